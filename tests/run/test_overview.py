"""The incidents at a glance and the history of one, and whose receipts a read shows, whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from cocflow.core.case.facts import Actor, CommentDeleted, Commented, Issue
from cocflow.run.overview import (
    Row,
    by_deadline,
    due_by,
    glance,
    history,
    next_deadline,
    overview,
    written_by_jobs,
)
from tests.core.play import APPROVE, DAY, MFT, MIABOT, RIYA, STRANGER
from tests.scene import PUBLIC, SAM, Scene

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
PERSON = Actor("U_riya", "riya")
JOB = Actor("BOT_job", "github-actions", bot=True)
OTHER = Actor("BOT_other", "other-app", bot=True)
NAMESAKE = Actor("U_false", "github-actions")


def read(*authors: Actor) -> Issue:
    """Return an issue that riya reads, with a comment by each of these."""
    comments = [
        Commented(id=f"IC_{place}", at=NOW, by=by, body="x", database_id=place)
        for place, by in enumerate(authors)
    ]
    return Issue(
        id="I_1",
        number=1,
        title="Incident",
        body="",
        author=PERSON,
        opened_at=NOW,
        is_open=True,
        labels=frozenset(),
        facts=tuple(comments),
        me=PERSON.id,
        now=NOW,
    )


def test_what_is_due_first_comes_first() -> None:
    """What stopped stands before what is late, what waits for nothing at the end; `due_by` has a day's."""
    rows = tuple(
        Row(
            number=number,
            code_name="",
            state="",
            since=None,
            deadline=deadline,
            late=False,
            suspended=0,
            owed=0,
            broken=broken,
        )
        for number, deadline, broken in (
            (1, None, False),
            (2, NOW + timedelta(days=3), False),
            (3, NOW + timedelta(hours=1), False),
            (4, None, True),
        )
    )
    assert [one.number for one in by_deadline(rows)] == [4, 3, 2, 1]
    assert {one.number for one in due_by(rows, NOW)} == {3, 4}


def test_the_jobs_account_is_recognised_among_others() -> None:
    """Read by a person, the issue's receipts are still the job's."""
    assert written_by_jobs(read(OTHER, PERSON, JOB)).me == JOB.id


def test_the_jobs_account_is_recognised_by_what_was_deleted_of_it() -> None:
    """Where all that the job wrote is gone, GitHub still says whose it was."""
    gone = CommentDeleted(id="DE_1", at=NOW, by=PERSON, author=JOB)
    emptied = msgspec.structs.replace(read(PERSON), facts=(*read(PERSON).facts, gone))
    assert written_by_jobs(emptied).me == JOB.id


def test_nobody_else_passes_for_the_job() -> None:
    """Neither another bot, nor a person of that login, nor whoever asks is taken for who writes receipts."""
    found = written_by_jobs(read(OTHER, NAMESAKE, PERSON))
    assert not any(found.is_mine(comment) for comment in found.comments())


def test_the_history_shows_states_and_nothing_else_for_one() -> None:
    """An answer about a draft names who answers; that is no state, and the history keeps the one it has."""
    made = Scene(answers={"where": PUBLIC})
    made.acknowledged("Robin Example, robin@example.org")
    made.says(MFT, "/post rules\nIt was taken down.")
    made.says(RIYA, "/consent yes")
    states = {line.state for line in history(made.case())}
    assert states <= {state.name for state in made.case().process.states}
    assert history(made.case())[-1].state == made.case().progress.state


def town() -> Scene:
    """Return a desk with three reports: one resolved with a party untold, one new, one withdrawn."""
    scene = Scene()
    scene.acknowledged("Kim Example")
    scene.sends(MFT, "/resolve We talked.")
    for _ in range(2):
        scene.tracker.opens(RIYA)
        scene.run()
    scene.says(RIYA, "/withdraw", on=3)
    return scene


def test_each_open_incident_has_a_row_oldest_first() -> None:
    """Where it stands, what is due, and how many are still to be told; a closed one has none."""
    scene = town()
    first, second = overview(scene.desk)
    assert [(one.number, one.state, one.owed) for one in (first, second)] == [
        (1, "resolved", 1),
        (2, "reported", 0),
    ]
    assert second.since == scene.case(2).progress.since
    assert (first.suspended, first.broken, first.late) == (0, False, False)
    assert first.code_name == scene.case().code_name


def test_what_has_ended_is_counted_by_how() -> None:
    """What was dismissed is no resolution, and isn't counted as one."""
    scene = town()
    scene.says(MFT, "/told Kim Example by phone")
    scene.says(MFT, "/dismiss spam", on=2)
    assert glance(scene.desk).ended == {"closed": 1, "withdrawn": 1, "dismissed": 1}


def test_suspensions_are_counted_with_their_incident_and_have_no_row() -> None:
    """As long as an account is suspended."""
    scene = town()
    scene.says(MFT, f"/suspend Insults\n{SAM}\nAlex, alex@example.org", on=2)
    assert [one.suspended for one in overview(scene.desk)] == [0, 2]
    scene.labels(MIABOT, "state: lifted", on=4)
    assert [one.suspended for one in overview(scene.desk)] == [0, 1]


def test_a_deadline_is_the_first_that_passes_and_stays_when_it_has() -> None:
    """The reminders after it don't move it: what is late stays late by the same instant."""
    scene = town()
    due = next_deadline(scene.case(2))
    assert due is not None
    scene.passes(due - scene.tracker.now)
    scene.passes(5 * DAY)
    assert next_deadline(scene.case(2)) == due
    (row,) = [one for one in overview(scene.desk) if one.number == 2]
    assert (row.deadline, row.late) == (due, True)


def test_the_history_tells_each_receipt_without_a_word_of_anybody() -> None:
    """What happened by the process's own words, who did it by name or part, and who was to be told."""
    scene = town()
    scene.says(STRANGER, "/help")
    scene.says(MFT, "/ask Kim Example until tomorrow\nIs that so?")
    scene.labels(MFT, APPROVE)
    scene.passes(30 * DAY)
    case = scene.case()
    lines = history(case)
    means = {move.name: move.means for move in case.process.moves}
    assert [line.number for line in lines] == [entry.record.n for entry in case.ledger.counted]
    by = {line.what: line.by for line in lines}
    assert by[f"{means['resolve']} (drafted)"] == by[means["party"]] == by[means["approve"]] == "Mika"
    assert by[means["resolve"]] == "cocflow"
    assert by["Reported"] == "the reporter"
    assert by["Something was asked for and refused"] == "somebody else"
    assert "the clock" in by.values()
    (told,) = [line.told for line in lines if line.what == means["resolve"]]
    assert told == ("the reporter", "Kim Example")
    assert [line.state for line in lines][-1] == "resolved"
    assert "We talked" not in str(lines)


def test_a_broken_case_has_its_row() -> None:
    """What can't be believed is said to be so, and nothing else is in the way of the others."""
    scene = town()
    receipt = scene.tracker.receipts(1)[0]
    scene.tracker.edits(STRANGER, 1, receipt.id, f"{receipt.body} ")
    assert [one.broken for one in overview(scene.desk)] == [True, False]
