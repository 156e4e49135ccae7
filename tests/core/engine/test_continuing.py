"""The first receipt of a continuation: all that the case is, and what stood unanswered before it."""

from __future__ import annotations

from datetime import timedelta

from cocflow.core.acts.continuation import WentOn, origin
from cocflow.core.case.capacity import NEAR
from cocflow.core.case.case import Case
from cocflow.core.case.progress import Progress
from cocflow.core.engine.continuing import MOST_LISTED, taken_over
from cocflow.core.engine.reading import stepped
from tests.core.acts.test_continuation import filled
from tests.core.play import MFT, RIYA, STRANGER, Play, played_to


def there(play: Play) -> Case:
    """Return the issue that takes the play's case over, as it was just opened."""
    return Play(number=9, start=play.now + timedelta(hours=1)).case()


def test_the_checkpoint_holds_the_case_and_goes_on_counting() -> None:
    """State, clocks and what was decided are the same, and no number is given twice."""
    play = filled(NEAR)
    play.says(MFT, "/continue")
    play.run()
    before, here = play.case(), there(play)
    record = taken_over(before, here).record
    after = stepped(Progress(), record)
    assert record.n == before.ledger.highest + 1
    assert (record.prev, record.of, record.at) == (None, here.issue.id, here.issue.opened_at)
    assert record.changes == (WentOn(numbers=(1,), issues=(before.issue.id,)),)
    assert after.stays == before.progress.stays
    assert after.reminded == before.progress.reminded
    assert {*before.progress.kept, "went_on"} - {"goes_on"} == set(after.kept)


def test_what_stood_unanswered_is_named_of_those_who_have_a_part_in_the_case() -> None:
    """A reader's requests aren't carried along, however many; the newest of the others are named."""
    play = played_to("acknowledged")
    for _ in range(MOST_LISTED):
        play.says(RIYA, "/answer 2 More of it.")
        play.says(STRANGER, "/help")
    play.labels(MFT, "state: triaged")
    play.closes(RIYA)
    play.edits_body(RIYA, "Nothing.")
    play.mails("I wrote before.")
    before = play.case()
    decision = taken_over(before, there(play))
    assert decision.more == 4
    assert len(decision.unanswered) == MOST_LISTED
    assert not any("stranger" in line for line in decision.unanswered)
    assert decision.unanswered[0].startswith(f"@riya: {before.issue.url}#issuecomment-")
    assert decision.unanswered[-4:-2] == ("@mft: the label `state: triaged`", "@riya: closed it")


def test_of_several_issues_the_first_gives_the_name() -> None:
    """A case that goes on twice knows all its issues, in order."""
    play = played_to("acknowledged")
    first = taken_over(play.case(), there(play))
    second = Play(number=9, start=play.now + timedelta(hours=1))
    second.post(first.record)
    last = taken_over(second.case(), there(second))
    assert last.record.changes == (WentOn(numbers=(1, 9), issues=("I_1", "I_9")),)
    assert origin(second.case()) == WentOn(numbers=(1,), issues=("I_1",))
    assert second.case().code_name == play.case().code_name
