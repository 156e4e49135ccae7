"""The resolution: whose words are whose, and that nobody is forgotten."""

from __future__ import annotations

from cocflow.core.acts.resolve import Resolve
from cocflow.core.case.addressed import Part
from cocflow.core.case.grammar import Said
from tests.core.acts.asking import asked
from tests.core.play import APPROVE, MFT, Play, body, played_to


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
