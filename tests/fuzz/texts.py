"""Texts to try readers with: the corpus, examples that are right, and what hypothesis makes of both."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.party import PartyAdded, PartyRemoved
from cocflow.core.acts.report import AnswerGiven
from cocflow.core.acts.suspend import SuspensionOrdered
from cocflow.core.acts.suspension import EndSet
from cocflow.core.case.progress import Moved, Record, Reminded
from cocflow.core.case.records import (
    Card,
    Filed,
    Halt,
    Marker,
    Owed,
    Words,
    card_line,
    halt_line,
    mail_line,
    marker_line,
    receipt_line,
)
from cocflow.core.forms.form import NO_RESPONSE
from cocflow.setup import shipped
from tests.core import play
from tests.hostile import HOSTILE

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
LETTERS = HERE.parent / "adapters" / "letters"

RECORDS = tuple(
    line.removeprefix("<!-- cocflow:").removesuffix(" -->").partition(" ")[::2]
    for line in (
        receipt_line(
            Record(
                n=4,
                prev="IC_3",
                of="IC_9",
                at=play.START,
                process="incident/1.0",
                move="party",
                by="U_mft",
                changes=(
                    Moved(to="triaged"),
                    EndSet(until=play.START),
                    PartyAdded(key="p1", words=Words("IC_1", "00"), handles=("00",)),
                    SuspensionOrdered(key="s1", words=Words("IC_1", "00"), line=0, since=play.START, by="U"),
                ),
                told=("1.reporter/arrived.reporter",),
                reached={"2.party/said.p1": play.START},
                snapshot={"stays": [{"state": "triaged", "since": "2026-01-05T09:00:00Z"}], "told": []},
            )
        ),
        receipt_line(
            Record(
                n=4,
                prev="IC_3",
                of="timer:estimate_owed@2026-01-05T09:00:00+00:00",
                at=play.START,
                process="incident/1.0",
                changes=(
                    Estimated(resolve=play.START),
                    Reminded(timer="estimate_owed", due=play.START),
                    PartyRemoved(key="p1"),
                    AnswerGiven(number=2, words=Words("IC_1", "00")),
                    Moved(to="resolved"),
                ),
                owed=(Owed(id="4.reporter/estimate.reporter", notice="reporter/estimate", to="reporter"),),
            )
        ),
        card_line(
            Card(
                n=3,
                last="IC_3",
                due=play.START,
                seen="IC_1",
                edited=play.START,
                reached={"1.a.b": play.START},
            )
        ),
        halt_line(Halt(why="00")),
        mail_line(Filed(mail="00", received=play.START, verified=True)),
        marker_line(Marker(incident="I_1", number=1, key="s1")),
    )
)
"""Records of each kind, as their names and their JSON."""


def _files(folder: Path, pattern: str) -> list[str]:
    return [file.read_bytes().decode("utf-8", "surrogateescape") for file in sorted(folder.glob(pattern))]


@cache
def kept() -> tuple[tuple[str, str], ...]:
    """Return the corpus: each file's name, and what it says."""
    return tuple((file.name, _files(CORPUS, file.name)[0]) for file in sorted(CORPUS.iterdir()))


@cache
def examples_once() -> tuple[str, ...]:
    """Return texts that some reader takes, and those that people may type to break one, read once."""
    return (
        *(one.usage.example for one in GRAMMAR.values()),
        play.body(),
        play.suspension_body(),
        *(f"<!-- cocflow:{name} {payload} -->" for name, payload in RECORDS),
        *(text[:2000] for text in HOSTILE.values()),
        *_files(LETTERS, "*.eml"),
        *_files(shipped.workflows(), "*.yml"),
        *_files(shipped.issue_forms(), "*.yml"),
        *_files(HERE.parent / "setup" / "community" / "positive", "*.yml"),
    )


PIECES = (
    *(
        "### ",
        "### What happened?",
        NO_RESPONSE,
        "None",
        "- [x] ",
        "```",
        "~~~",
        "> ",
        "- ",
        "1. ",
        "    ",
        "<!--",
    ),
    *(
        "-->",
        "<",
        ">",
        "[",
        "](",
        "*",
        "`",
        "#",
        "\\",
        "|",
        "&lt;",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "\x00",
        "\ud800",
    ),
    *(f"/{name} " for name in GRAMMAR),
    *(
        "To reporter: ",
        "To parties:",
        " until ",
        "triage ",
        "by name",
        "yes",
        "-",
        "@",
        "a@b.org",
        "<@U0MIKA001>",
    ),
    *(
        "36h",
        "3 days",
        "tomorrow",
        "2026-11-30",
        "2026-02-30 25:61",
        "9999-12-31",
        "P7D",
        "PT99999H",
        "never",
    ),
    *(
        "<!-- cocflow:receipt ",
        "<!-- cocflow:card ",
        "<!-- cocflow:mail ",
        " -->",
        '{"n":1',
        '":',
        "null",
        "1e999",
    ),
    *(
        "From: ",
        "Subject: ",
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n",
        "--a--",
        "=?utf-8?q?=0A?=",
    ),
    *(
        "Content-Transfer-Encoding: base64\n\n",
        "charset=idna",
        "Received: ",
        "Message-ID: <a@b>",
        "\u202e",
        "\u200b",
    ),
    *(
        "states:\n",
        "  - ",
        "&a ",
        "*a",
        "<<: ",
        "!!python/object:x ",
        "? ",
        "{",
        "}",
        ": ",
        "'",
        '"',
        "\u2028",
        "😀",
    ),
)
"""What the languages that are read here are made of."""


@cache
def _mutable() -> tuple[str, ...]:
    return (*examples_once(), *(text for _, text in kept()))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a text that some reader takes, with pieces cut out, repeated, moved and put in."""
    text = draw(st.sampled_from(_mutable()))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        new = draw(st.sampled_from(PIECES) | st.text(max_size=4))
        deed = draw(st.sampled_from(["put in", "replace", "cut", "repeat"]))
        part = {"put in": new + text[start:end], "replace": new, "cut": "", "repeat": text[start:end] * 3}[
            deed
        ]
        text = text[:start] + part + text[end:]
    return text


made = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join)
"""Texts made of pieces."""

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from(
        [
            "",
            "triaged",
            "2026-01-05T09:00:00",
            "2026-01-05T09:00:00Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "reported",
            "q",
            "p1",
        ]
    )
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def forged(draw: st.DrawFn) -> str:
    """Return a record's line of which some value, anywhere, is something else."""
    name, payload = draw(st.sampled_from(RECORDS))
    record = json.loads(payload)
    for _ in range(draw(st.integers(1, 3))):
        _replace(draw, record)
    line = json.dumps(record).translate({ord("<"): "\\u003c", ord(">"): "\\u003e", ord("-"): "\\u002d"})
    return f"Text.\n\n<!-- cocflow:{name} {line} -->"


def _replace(draw: st.DrawFn, value: dict[str, object] | list[object]) -> None:
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not keys:
        return
    key = draw(st.sampled_from(keys))
    inner = value[key]  # type: ignore[call-overload,index]
    if isinstance(inner, dict | list) and inner and draw(st.booleans()):
        _replace(draw, inner)
    elif draw(st.integers(0, 4)) == 0:
        del value[key]  # type: ignore[arg-type]
    else:
        value[key] = draw(anything)  # type: ignore[call-overload,index]


texts = st.one_of(made, mutated(), forged())
"""Whatever can be tried."""
