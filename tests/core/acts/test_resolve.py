"""The resolution: whose words are whose, and that nobody is forgotten."""

from __future__ import annotations

import msgspec
import pytest

from cocflow.core.acts.resolve import Resolution, Resolve, resolutions_told
from cocflow.core.case.addressed import Part
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Said
from cocflow.core.case.progress import Progress
from cocflow.core.engine.continuing import taken_over
from cocflow.core.engine.reading import stepped
from tests.core.acts.asking import asked
from tests.core.play import APPROVE, HOUR, MFT, MIABOT, Play, body, played_to


def resolve(*parts: tuple[str, str]) -> Resolve:
    """Return the command with these parts, each a head and its words."""
    return Resolve(tuple(Part(*part) for part in parts))


ACCEPTED: list[tuple[str, Said]] = [
    ("/resolve We talked.", resolve(("", "We talked."))),
    ("/resolve\n\nWe talked.\nAll is well. \n", resolve(("", "We talked.\nAll is well."))),
    ("/resolve To reporter: Thanks.", resolve(("reporter", "Thanks."))),
    (
        "/resolve A\nTO PARTIES:\nB\n\nC\n  to reporter : D",
        resolve(("", "A"), ("parties", "B\n\nC"), ("reporter", "D")),
    ),
    ("/resolve\nTo parties: B", resolve(("parties", "B"))),
    ("/resolve A\nTo Robin:\nB\n to @kim :\nC", resolve(("", "A"), ("Robin", "B"), ("@kim", "C"))),
    (
        "/resolve Say /help to see more.\n/etc is a folder.",
        resolve(("", "Say /help to see more.\n/etc is a folder.")),
    ),
    ("/resolve <!-- kept -->", resolve(("", "<!-- kept -->"))),
    ("/resolve Too reporter: A", resolve(("", "Too reporter: A"))),
    (
        "/resolve We listened to parties: all of them",
        resolve(("", "We listened to parties: all of them")),
    ),
]

REFUSED = [
    ("/resolve We talked.\n/TOLD Riya by mail", "One command a comment"),
    ("/resolve", "The words are missing"),
    ("/resolve \u200b\n\u2060", "The words are missing"),
    ("/resolve A\nTo parties:\n", "The words after `To parties:` are missing"),
    ("/resolve\nTo reporter: A\nto Reporter: B", "`To reporter:` is there twice"),
    ("/resolve A\n**To reporter:** B", "looks like the start of a part"),
    ("/resolve A\n\u200bTo reporter: B", "looks like the start of a part"),
    ("/resolve A\nTo the reporter: B", "looks like the start of a part"),
    ("/resolve A\nTo reporter (Sam): B", "looks like the start of a part"),
    ("/resolve A\nFor the parties - B", "looks like the start of a part"),
    ("/resolve A\nTo partie\u017f: B", "looks like the start of a part"),
    ("/resolve A\nTo party\nB", "looks like the start of a part"),
]


def test_everyone_told() -> None:
    """Closing waits for the reporter and every party, each named who hasn't been told."""
    play = played_to("resolved")
    assert asked(play, "everyone_told") == "Robin Example hasn't been told yet."
    play.says(MFT, "/party Kim Example")
    play.run()
    assert asked(play, "everyone_told") == "Words wait to be approved, and would be lost."
    play.labels(MFT, APPROVE)
    play.run()
    assert asked(play, "everyone_told") == "Robin Example and Kim Example haven't been told yet."
    play.says(MFT, "/told Kim Example by phone")
    play.says(MFT, "/party -Robin Example")
    play.run()
    assert play.state == "closed"
    assert asked(play, "everyone_told") is None


def test_a_reporter_elsewhere_must_be_told_as_well() -> None:
    """Where an administrator filed, the reporter doesn't read the issue, so the case waits for it."""
    play = Play(by=MFT, text=body(learned="I file for someone else", reporter="Riya Sen"))
    play.run()
    play.says(MFT, "/estimate 3 days")
    play.sends(MFT, "/resolve We talked.")
    play.run()
    assert asked(play, "everyone_told") == "The reporter hasn't been told yet."
    play.says(MFT, "/told reporter by phone")
    play.run()
    assert play.state == "closed"


def looked_at_again(way: str) -> Case:
    """Return a case whose resolution reached its reporter and one of two parties, reopened; it went on so."""
    play = played_to("triaged", parties=("Robin Example robin@example.org", "Kim Example kim@example.org"))
    play.sends(MFT, "/resolve We talked.", 6)
    play.run()
    play.delivered = {one.id for one in play.case().progress.owed() if one.to == "p1"}
    play.says(MFT, "/party -Kim Example")
    play.run()
    play.says(MFT, "/reopen")
    play.says(MFT, "/party Kim Example kim@example.org")
    play.sends(MFT, "/say Robin We look at it again.")
    play.run()
    play.delivered.update(one.id for one in play.case().progress.owed())
    if way == "recovered":
        play.edits(play.receipt_ids()[0], MFT, "Gone.")
        play.run()
        play.says(MIABOT, "/recover It was a slip.", 8)
        play.run()
        assert play.records()[-1].move == "recover"
    before = play.case()
    if way != "in another issue":
        return before
    here = Play(number=9, start=play.now + HOUR).case()
    record = taken_over(before, here).record
    return msgspec.structs.replace(before, progress=stepped(Progress(), record), ledger=here.ledger)


@pytest.mark.parametrize("way", ["", "recovered", "in another issue"])
def test_what_somebody_was_told_is_known_wherever_the_case_goes_on(way: str) -> None:
    """So what is decided then stands in place of it for them, and for nobody whom it hasn't reached."""
    case = looked_at_again(way)
    assert case.progress.state == "triaged"
    told = case.progress[Resolution].words
    assert [list(resolutions_told(case, key)) for key in ("reporter", "p1", "p3")] == [[told], [told], []]
