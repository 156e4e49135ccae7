"""What is open at a glance, the history of one case, and whose receipts a read shows, whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime

from cocflow.core.case.facts import Actor, Commented, Issue
from cocflow.run.overview import history, written_by_jobs
from tests.core.play import MFT, RIYA
from tests.scene import PUBLIC, Scene

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


def test_the_jobs_account_is_recognised_among_others() -> None:
    """Read by a person, the issue's receipts are still the job's."""
    assert written_by_jobs(read(OTHER, PERSON, JOB)).me == JOB.id


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
