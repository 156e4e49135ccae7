"""Estimates: how they are written, that they lie ahead, and what follows the newest."""

from __future__ import annotations

import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.estimate import Estimate, note
from cocflow.core.case.grammar import Said
from cocflow.core.views import view
from tests.core.acts.asking import asked
from tests.core.play import HOUR, MFT, START, played_to
from tests.fakes import templates

ACCEPTED: list[tuple[str, Said]] = [
    ("/estimate 3d", Estimate("3d")),
    ("/ESTIMATE \t 3 Days  ", Estimate("3 Days")),
    ("/estimate 3d triage tomorrow", Estimate("3d", "tomorrow")),
    ("/estimate 2026-11-30 17:00, Triage: 36h", Estimate("2026-11-30 17:00", "36h")),
    ("/estimate 3d\nWe are on it.\n", Estimate("3d", note="We are on it.")),
    ("/estimate\u00a03d", Estimate("3d")),
]

REFUSED = [
    ("/estimate", "A time is missing"),
    ("/estimate\n3d", "A time is missing"),
    ("/estimate triage 1d", "A time is missing"),
    ("/estimate 3d triage", "After `triage` comes one time"),
    ("/estimate 3d triage 1d triage 2d", "After `triage` comes one time"),
    ("/estimate 3d\n/party Riya", "One command a comment"),
    ("/estimate 3d\n\n  /whatever", "One command a comment"),
]


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("/estimate 3 days", True),
        ("/estimate 3 days triage 1 day", True),
        ("/estimate 3 days triage 3 days", True),
        ("/estimate 1 day triage 3 days", False),
        ("/estimate 2020-01-01", False),
        ("/estimate soon", False),
        (None, False),
    ],
)
def test_estimate_ahead(said: str | None, passes: bool) -> None:
    """An estimate lies in the future, and the triage not after it."""
    assert (asked(played_to("reported"), "estimate_ahead", said) is None) is passes


def test_instants_follow_the_estimate() -> None:
    """The named instants are those that the reporter was last told."""
    play = played_to("reported")
    assert ACTS.instants["estimate.resolve"].of(play.case()) is None
    play.says(MFT, "/estimate 2 days triage 1 day", 6)
    play.run()
    assert ACTS.instants["estimate.resolve"].of(play.case()) == START + 54 * HOUR
    assert ACTS.instants["estimate.triage"].of(play.case()) == START + 30 * HOUR
    play.says(MFT, "/estimate 3 days", 7)
    play.run()
    assert ACTS.instants["estimate.triage"].of(play.case()) is None


def test_a_new_estimate_says_what_it_replaces_and_why() -> None:
    """The reporter reads the earlier estimate, and the words below the command, while they are as written."""
    play = played_to("reported")
    play.says(MFT, "/estimate 2 days", 6)
    play.run()
    first = templates().render("reporter/estimate", view("reporter", play.case()))
    assert "replaces" not in first
    comment = play.says(MFT, "/estimate 3 days\nI am sorry that it takes longer.", 7)
    play.run()
    told = templates().render("reporter/estimate", view("reporter", play.case()))
    assert "This replaces the estimate that you had, Wednesday, 7 January 2026, 15:00 UTC." in told
    assert told.endswith("> I am sorry that it takes longer.")
    answered = templates().render("administrators/estimated", view("administrators", play.case()))
    assert "It replaces the estimate of Wednesday, 7 January 2026, 15:00 UTC." in answered
    assert "with your words below it" in answered
    play.edits(comment, MFT, "/estimate 3 days\nOther words.")
    told = templates().render("reporter/estimate", view("reporter", play.case()))
    assert "words" not in told


def test_what_a_mail_program_added_reaches_no_reporter() -> None:
    """Whoever answers by mail quotes what others were told: alone it is dropped, else refused."""
    quoted = (
        "On Mon, 5 Jan 2026 at 10:12 cocflow <notifications@github.com> wrote:\n\n> I doubt what she says."
    )
    play = played_to("reported")
    play.says(MFT, f"/estimate 3 days\n\n{quoted}")
    (given,) = play.run()
    assert given.record.move == "estimate"
    assert note(play.case()) == ""
    play.says(MFT, f"/estimate 5 days\nIt takes longer.\n\n{quoted}")
    reason, copy, _ = play.refusal()
    assert "the reporter would get them" in reason
    assert copy == "/estimate 5 days"
