"""What people type, and what is read of it: each line of `lines.txt` is a test.

No module's twin: it is the corpus of everybody who writes, wherever that is. Adding a line adds a test. The
file's own beginning says how a line is written.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.suspension import EndSet
from cocflow.core.case.decided import OutcomesDecided
from cocflow.core.case.draft import Drafted
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import read_letter
from cocflow.core.engine.decide import decide
from cocflow.core.engine.decision import Decision
from cocflow.core.engine.meant import grammar_for
from cocflow.core.engine.requests import is_request
from cocflow.core.process import Role
from cocflow.core.text.placed import BEGINS, HOLDS, starts_job
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.messages import quoted
from cocflow.setup import shipped
from tests.core.play import (
    MFT,
    RIYA,
    STRANGER,
    Play,
    community,
    played_to,
    suspension_body,
    suspension_played_to,
)
from tests.fakes import templates

DRAWN = ("-", "*", ".", "@", "\u201c", "\u2022")
"""With what a line begins that is drawn as one of a list, or bold, or that stands in quotes."""

LINES = Path(__file__).parent / "lines.txt"
BERLIN = ZoneInfo("Europe/Berlin")
SAM = Actor("U_sam", "sam")
WHO: dict[str, tuple[Actor, Role]] = {
    "administrator": (MFT, "administrator"),
    "reporter": (RIYA, "reporter"),
    "party": (STRANGER, "party"),
    "suspended": (SAM, "suspended"),
}


class Typed(NamedTuple):
    """A line of the file: who typed what, where the case stood, and what is to be read."""

    view: str
    state: str
    text: str
    reading: str

    def __str__(self) -> str:
        return f"{self.view}, {self.state}: {self.text}"


def lines() -> list[Typed]:
    """Return the lines of the file."""
    found: list[Typed] = []
    view = state = ""
    for line in LINES.read_text(encoding="utf-8").splitlines():
        if head := re.fullmatch(r"\[(\w+)(?:, (\w+))?\]", line):
            view, state = head[1], head[2] or ""
        elif line and not line.startswith("#"):
            text, _, reading = line.rpartition("  -> ")
            found.append(Typed(view, state, json.loads(f'"{text.rstrip()}"'), reading))
    return found


CORPUS = lines()


@cache
def case_in(view: str, state: str) -> Play:
    """Return a case that has come to a state, with everybody in it who may write there."""
    here = community(zone=BERLIN)
    if view in ("suspended", "page"):
        return suspension_played_to(state, community_=here, text=suspension_body(reach="@sam"))
    play = played_to(state, parties=("Robin Example robin@example.org", "Kim @stranger"), community_=here)
    if state == "triaged":
        play.says(MFT, "/heard Robin skipped: He would destroy what there is.")
        play.run()
    return play


def outcomes_of(decision: Decision) -> str:
    """Return how a draft would have it end for whom."""
    changes = decision.would.changes if decision.would is not None else ()
    decided = next((one.decided for one in changes if isinstance(one, OutcomesDecided)), ())
    ends = (f" until {one.until.astimezone(BERLIN):%Y-%m-%d %H:%M}" if one.until else "" for one in decided)
    return "".join(f", {one.person} {one.outcome}{end}" for one, end in zip(decided, ends, strict=True))


def reading_of(decision: Decision) -> str:
    """Return a decision as the file writes it."""
    record = decision.record
    if record.refused:
        copy = (decision.copy or "").replace("\n", "\\n")
        return f"{decision.reason} => {copy}" if copy else decision.reason or ""
    for change in record.changes:
        match change:
            case Estimated(resolve=resolve):
                return f"estimate {resolve.astimezone(BERLIN):%Y-%m-%d %H:%M}"
            case EndSet(until=until):
                return (
                    f"until {until.astimezone(BERLIN):%Y-%m-%d %H:%M}" if until is not None else "until ever"
                )
            case Drafted(move=move):
                return f"draft {move}{outcomes_of(decision)}"
            case _:
                continue
    return record.move or "heard"


def read(typed: Typed) -> str:
    """Return what is read of a line."""
    if typed.view == "letter":
        word, command = read_letter(f"**A mail**\n\n{quoted(typed.text)}", GRAMMAR)
        return word if command is not None else "?"
    play = case_in(typed.view, typed.state).copy()
    id_ = play.says(WHO.get(typed.view, WHO["administrator"])[0], typed.text)
    return next((reading_of(one) for one in play.run() if one.record.of == id_), "talk")


@pytest.mark.parametrize("typed", CORPUS, ids=str)
def test_what_people_type_is_read_as_they_mean_it(typed: Typed) -> None:
    """It is the command that is wanted, or it is answered with what was read and the right form, or talk.

    Where a reading has `…` there is more.
    """
    found = read(typed)
    begins, more, ends = typed.reading.partition("…")
    assert found.startswith(begins)
    assert found.endswith(ends) if more else found == begins


def test_every_view_is_in_the_corpus() -> None:
    """There are at least 200 lines, and some for everybody who may write somewhere."""
    assert len(CORPUS) >= 200
    assert {one.view for one in CORPUS} == {*WHO, "letter", "page"}


# --- the job's if: -----------------------------------------------------------------------------------

BODY = "github.event.comment.body"


def let_through(expression: str, comment: str) -> bool:
    """Evaluate what the job's `if:` asks of a comment, as GitHub does: in any case of letters."""
    asks = re.findall(
        rf"(startsWith|contains)\({re.escape(BODY)}, (?:fromJSON\('(.*?)'\)|'(.*?)')\)", expression
    )
    signs = [(how, json.loads(escaped) if escaped else plain) for how, escaped, plain in asks]
    said = comment.casefold()
    return any(said.startswith(one) if how == "startsWith" else one in said for how, one in signs)


def test_the_job_and_the_reader_agree() -> None:
    """Whatever is read as a command starts the job, but for what its expression can't see: that comes late.

    What the reader would let through, the job does, and nothing else; before an edit as after it.
    """
    job = (shipped.workflows().parent / ".github/workflows/incident.yml").read_text(encoding="utf-8")
    asks = [line for line in job.splitlines() if f"({BODY}" in line]
    assert len(asks) == len(BEGINS) + len(HOLDS)
    assert all(line.replace(BODY, "github.event.changes.body.from") in job for line in asks)
    unseen = set()
    for one in CORPUS:
        assert let_through(job, one.text) is starts_job(one.text), one
        if one.view in ("administrator", "page", "party", "suspended") and not starts_job(one.text):
            play = case_in(one.view, one.state).copy()
            id_ = play.says(WHO.get(one.view, WHO["administrator"])[0], one.text)
            case = play.case()
            if is_request(case, case.comments[id_]):
                unseen.add(one.text)
    assert unseen
    drawn = ("\u200b", "\u3000", "\t", *DRAWN)
    assert not [text for text in unseen if "/" in text and not text.startswith(drawn)]


def test_the_reporter_reads_no_administrators_command() -> None:
    """Whatever the reporter, a party or the suspended person typed, they are shown what is theirs to do."""
    for one in CORPUS:
        if one.view not in ("reporter", "party", "suspended"):
            continue
        play = case_in(one.view, one.state).copy()
        actor, role = WHO[one.view]
        id_ = play.says(actor, one.text)
        theirs = grammar_for(play.case(), {role})
        for decision in play.run():
            if decision.record.of == id_ and decision.copy:
                assert decision.copy.split()[0].removeprefix("/") in theirs, one


def test_a_comment_that_the_job_cannot_see_is_answered_late_and_says_so() -> None:
    """The next run answers it, and the administrator reads why it took so long; in time nothing is said."""
    for hours, late in ((2.0, True), (0.1, False)):
        play = case_in("administrator", "triaged").copy()
        play.says(MFT, "estimate 2 days")
        (decision,) = play.run(5 + hours)
        assert ("administrators/late" in decision.says) is late
        assert decision.copy == "/estimate 2 days"


def test_a_command_that_nothing_told_of_is_not_done_a_day_later() -> None:
    """What was typed so long ago may not be meant any more: it is asked for anew."""
    play = case_in("administrator", "triaged").copy()
    play.says(MFT, "\u3000/estimate 2 days")
    (decision, *_) = play.run(5 + 25)
    assert decision.record.refused
    assert "a day late" in (decision.reason or "")


def test_a_comment_of_before_is_only_talk() -> None:
    """What stood there under a version that read the very first character only isn't run today."""
    play = Play()
    opened = decide(play.case())
    assert opened is not None
    play.post(msgspec.structs.replace(opened.record, typed=False))
    before = play.says(MFT, " /estimate 2 days", 1)
    asked = play.says(MFT, "/help", 2)
    after = play.says(MFT, " /estimate 3 days", 3)
    answered = [one.record.of for one in play.run()]
    assert before not in answered
    assert [one for one in answered if one in (asked, after)] == [asked, after]


def test_what_is_refused_is_answered_in_three_lines() -> None:
    """What was read, the right form (or line) in a block, one thing to do; the menu is `/help`'s."""
    texts = templates()
    for one in CORPUS:
        if one.view == "letter":
            continue
        play = case_in(one.view, one.state).copy()
        id_ = play.says(WHO.get(one.view, WHO["administrator"])[0], one.text)
        for decision in play.run():
            if decision.record.of != id_ or not decision.record.refused:
                continue
            (name,) = decision.says[:1]
            shown = view(name.partition("/")[0], play.case(), Occasion(decision=decision))
            parts = texts.render(name, shown).strip().split("\n\n")
            assert len(parts) <= 3, one
            assert all("\n" not in part or part.startswith("```\n") for part in parts), one
