"""Everything that reads what strangers, other jobs or a slip of the hand have written.

Each reader takes a text, and returns, or raises an error of `errors.py`. `READERS` maps a name to it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from cocflow.adapters.letters import read_letter
from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.told import split_told
from cocflow.core.case import grammar
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import read_command
from cocflow.core.case.records import (
    claim,
    is_signed,
    is_vouched,
    read_arrival,
    read_card,
    read_halt,
    read_mail,
    read_marker,
    receipt_line,
)
from cocflow.core.case.seal import Seal, read_seal
from cocflow.core.engine.decide import decide
from cocflow.core.engine.reading import read_ledger, read_receipt
from cocflow.core.engine.recovery import recovery
from cocflow.core.forms.by_mail import read_mailed, write_mailed
from cocflow.core.forms.form import QUESTIONS
from cocflow.core.forms.numbered import numbered_answers
from cocflow.core.forms.reading import read
from cocflow.core.forms.writing import write
from cocflow.core.text.when import read_duration, read_when
from cocflow.errors import CocflowError
from cocflow.messages import quoted
from cocflow.process.loading import load_form, load_process
from cocflow.run.audit import findings
from cocflow.setup import shipped
from cocflow.setup.community import load_community
from tests.core import play
from tests.core.play import BOT, MFT, RIYA, Play, played_to

Reader = Callable[[str], object]

SEAL = Seal((b"k" * 32,), since=play.START)


def form(text: str) -> None:
    """Read a report, and what can be had back of it once more: it must be the same."""
    for definition in (play.definition(), play.suspension_definition()):
        report = read(definition.form, text)
        again = read(definition.form, write(definition.form, report.answers))
        assert again.answers == report.answers


def mailed(text: str) -> None:
    """Read a report that came by mail; the body that is made of it says the same, and so does a mail."""
    asked = play.definition().form
    report = read_mailed(asked, text)
    assert read(asked, write(asked, report.answers, report.extra)).answers == report.answers
    assert read_mailed(asked, write_mailed(asked, report.answers)).answers == report.answers


def answers(text: str) -> None:
    """Read answers that are given later, by number."""
    numbered_answers(text)


def command(text: str) -> None:
    """Read a comment as a command; whatever begins without a slash, behind one."""
    read_command(text if text.startswith("/") else f"/{text}", GRAMMAR)


def letters_command(text: str) -> None:
    """Read a letter's command, as the letter is filed."""
    grammar.read_letter(f"**A mail**\n\n{quoted(text)}", GRAMMAR)


def told(text: str) -> None:
    """Tell a name's end."""
    split_told(text, ["Robin", "Robin Example", "U0MIKA001"])


def time(text: str) -> None:
    """Read a time that was typed."""
    read_when(text, now=play.START, zone=ZoneInfo("Europe/Berlin"))


def duration(text: str) -> None:
    """Read a waiting period of the configuration."""
    read_duration(text)


def key(text: str) -> None:
    """Read the setting with the ledger's keys."""
    read_seal(text)


def records(text: str) -> None:
    """Read a comment as each kind of record."""
    for reader in (read_receipt, read_card, read_halt, read_mail, read_marker, read_arrival):
        reader(text)
    read_arrival(text, SEAL, play.START)
    claim(text)
    is_signed(text)
    is_vouched(text, SEAL, "I_1", play.START)
    read_marker(text, SEAL, play.START)


def ledger(text: str) -> None:
    """Read a case in which a comment by a person and one in cocflow's own name say this, and decide it.

    A record that can be read is also tried as the next receipt of the case, which then counts.
    """
    for author in (MFT, RIYA, BOT):
        _look(text, author)
    record = read_receipt(text)
    if record is not None:
        made = acknowledged()
        last = read_ledger(made.read()).counted[-1]
        _look(receipt_line(msgspec.structs.replace(record, n=last.record.n + 1, prev=last.id)), BOT)


@cache
def acknowledged() -> Play:
    """Return a case that is under way, to be copied."""
    return played_to("acknowledged")


def _look(text: str, author: Actor) -> None:
    """Put a comment of somebody's behind a case that is under way, and look at the whole."""
    made = acknowledged().copy()
    made.says(author, text)
    read_ledger(made.read(), SEAL)
    case = made.case(200)
    findings(case)
    decision = None
    if case.ledger.broken:
        made.says(MFT, "/recover It was a mistake.")
        decision = recovery(made.case(200))
    elif case.process.state(case.progress.state or "") is not None:
        decision = decide(case)
    if decision is not None:
        receipt_line(decision.record)


def letter(text: str) -> None:
    """Read a mail's bytes, which never fails."""
    raw = text.encode("utf-8", "surrogateescape" if _escapes(text) else "replace")
    read = read_letter(
        raw, key="1", received=play.START, authserv_id="mx.example.org", mailbox="a@example.org"
    )
    assert read.message_id


def _escapes(text: str) -> bool:
    return all(not "\ud800" <= letter <= "\udfff" or "\udc80" <= letter <= "\udcff" for letter in text)


def process(text: str) -> None:
    """Load a process."""
    _in_file(text, lambda path: load_process(path, shipped.templates()))


def template(text: str) -> None:
    """Load an issue form."""
    _in_file(text, lambda path: load_form(path, QUESTIONS))


def configuration(text: str) -> None:
    """Load a community's configuration."""
    figures = {figure.name: figure for figure in play.process().figures}
    _in_file(text, lambda path: load_community(path, figures))


def _in_file(text: str, load: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.yml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        load(path)


READERS: dict[str, Reader] = {
    one.__name__: one
    for one in (
        form,
        mailed,
        answers,
        command,
        letters_command,
        told,
        time,
        duration,
        key,
        records,
        ledger,
        letter,
        process,
        template,
        configuration,
    )
}


def survives(reader: Reader, text: str) -> str:
    """Let a reader read; return the name of the error of ours that it raised, "" for none."""
    try:
        reader(text)
    except CocflowError as error:
        return type(error).__name__
    return ""
