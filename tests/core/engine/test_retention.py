"""How long what is over is kept: the latest clock of a unit counts, whatever happened in which order."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocflow.core.acts.appeal import last_appeal_until
from cocflow.core.acts.hold import held_until
from cocflow.core.case.case import Case
from cocflow.core.engine.decide import noted
from cocflow.core.engine.happening import happened
from cocflow.core.engine.retention import (
    all_numbers,
    below,
    ended,
    goes_with,
    is_root,
    kept_until,
    policy,
    stub_of,
)
from cocflow.core.outcomes import Outcomes, months_after
from cocflow.core.text.numbers import read_compact
from tests.core.play import (
    DAY,
    HOUR,
    MFT,
    MIABOT,
    RIYA,
    Play,
    definition,
    moment,
    played_to,
    suspended_in,
    suspension_played_to,
)

VOCABULARY: Outcomes = definition().process.outcomes
A_DAY = DAY / HOUR


def shut(case: Case) -> Case:
    """Return a case as it stands once everybody was told and the issue is closed."""
    progress = case.progress.copy()
    progress.told.update(progress.notices)
    issue = msgspec.structs.replace(case.issue, is_open=False)
    return msgspec.structs.replace(case, issue=issue, progress=progress)


def resolved(play: Play, heads: str, at: float) -> None:
    """Resolve again, so that it closes."""
    play.reopens(MFT, at)
    play.says(RIYA, "/consent parties", at + 0.5)  # else a letter that states a level asks for a second tap
    play.sends(MFT, f"/resolve We talked.{heads}", at + 1)
    play.run()
    if play.state == "resolved":
        play.says(MFT, "/told Robin Example by phone", at + 2)
        play.run()


def kept(play: Play) -> datetime:
    """Return until when an incident alone is kept; it has an end."""
    until = kept_until(VOCABULARY, shut(play.case()))
    assert until is not None
    return until


@pytest.mark.parametrize(("state", "months"), [("withdrawn", 1), ("dismissed", 1), ("closed", 14)])
def test_what_states_no_outcome_is_kept_as_what_it_came_to(state: str, months: int) -> None:
    """Withdrawn and dismissed a month; resolved as the longest of what has no end of its own."""
    play = played_to(state)
    since = ended(shut(play.case()))
    assert since is not None
    assert kept(play) == months_after(since, months)


@pytest.mark.parametrize("state", ["reported", "triaged", "resolved"])
def test_what_is_not_over_has_no_end(state: str) -> None:
    """Nothing runs while a case is open, and a closed issue alone doesn't end it."""
    assert kept_until(VOCABULARY, shut(played_to(state).case())) is None
    assert kept_until(VOCABULARY, played_to("closed").case()) is None, "the issue is open still"
    assert kept_until(Outcomes(), shut(played_to("closed").case())) is None, "no vocabulary, no end"


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "no violation", "warning", "settled"]), st.integers(1, 200)),
        max_size=4,
    )
)
def test_the_last_resolution_counts_from_its_own_closing(steps: list[tuple[str, int]]) -> None:
    """However often it is reopened: from the last thing done, for as long as what stands now says."""
    play = played_to("closed", parties=("Robin Example",))
    at, outcome = 10.0, ""
    for outcome, days in steps:
        at += days * A_DAY
        head = f"\nRobin Example: {outcome}\nPlease be kind." if outcome else ""
        resolved(play, head, at)
    assert play.state == "closed"
    since = ended(shut(play.case()))
    assert since is not None
    assert since >= moment(at if steps else 4)
    stated = [one.outcome for one in play.case().outcomes]
    assert stated == ([outcome] if outcome else [])
    months = VOCABULARY[outcome].keep.months if outcome else 14
    appealable = last_appeal_until(play.case())
    assert appealable is not None
    assert kept(play) == max(months_after(since, months), appealable)


def appealed(play: Play, at: float, answer: str) -> None:
    """Let the reporter appeal, and another answer it so that it closes again."""
    play.says(RIYA, "/appeal It goes on.", at)
    play.run()
    play.sends(MIABOT, answer, at + 1)
    play.run()
    if play.state == "resolved":
        play.says(MFT, "/told Robin Example by phone", at + 2)
        play.run()


@pytest.mark.parametrize(
    ("answer", "months"),
    [
        ("/uphold We read it again.", 1),
        ("/resolve We read it again.\nRobin Example: warning\nPlease be kind.", 14),
    ],
)
def test_an_appeal_begins_the_time_anew(answer: str, months: int) -> None:
    """While it is open there is no end; then it runs from its closing, as long as what stands now says."""
    play = played_to("closed", parties=("Robin Example",))
    resolved(play, "\nRobin Example: no violation\nNothing was found.", 10)
    first = kept(play)
    play.says(RIYA, "/appeal It goes on.", 20 * A_DAY)
    play.run()
    assert play.state == "appealed"
    assert kept_until(VOCABULARY, shut(play.case())) is None
    appealed(play, 25 * A_DAY, answer)
    assert play.state == "closed"
    since = ended(shut(play.case()))
    assert since is not None
    assert since >= moment(25 * A_DAY)
    assert kept(play) == months_after(since, months) > first


def test_nothing_is_erased_while_it_may_be_appealed() -> None:
    """A month from a day in February is shorter than the 30 days that the letters name."""
    play = played_to("closed", parties=("Robin Example",))
    resolved(play, "\nRobin Example: no violation\nNothing was found.", 30 * A_DAY)
    since, until = ended(shut(play.case())), last_appeal_until(play.case())
    assert since is not None
    assert until is not None
    assert months_after(since, 1) < until
    assert kept(play) == until


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["extend", "appeal", "uphold"]), max_size=4),
    st.sampled_from(["lift", "overturn", "end"]),
    st.integers(1, 100),
)
def test_a_suspension_counts_from_its_true_end(steps: list[str], last: str, days: int) -> None:
    """Extended, appealed and upheld as often as it may be: the clock runs from when the account was back."""
    play = suspension_played_to("appealable")
    play.run(24 * 9)
    at = 24.0 * 9
    for step in steps:
        at += days
        if step == "extend":
            play.says(MFT, "/until 3 weeks\nAs ever.", at)
        elif step == "appeal":
            play.says(MFT, "/appeal They ask to look again.", at)
        else:
            play.says(MIABOT, "/uphold Nothing has changed.", at)
        play.run(at)
    assert kept_until(VOCABULARY, shut(play.case())) is None, "in force, it has no end"
    if last == "overturn":
        play.says(MFT, "/appeal They ask to look again.", at + 1)
        play.says(MIABOT, "/overturn It was somebody else.", at + 2)
        play.run(at + 3)
    elif last == "lift":
        play.labels(MFT, "state: lifted", at + 1)
        play.run(at + 2)
    else:
        play.says(MFT, "/until 3 days\nThat is enough.", at + 1)
        play.run(at + 1 + 4 * A_DAY)
    case = shut(play.case())
    if case.state is None or not case.state.final:
        assert kept_until(VOCABULARY, case) is None
        return
    since = ended(case)
    assert since is not None
    assert since >= case.progress.since
    months = 14 if case.progress.state == "overturned" else 26
    assert kept_until(VOCABULARY, case) == months_after(since, months)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 400), st.booleans())
def test_the_latest_of_a_unit_counts(days: int, held: bool) -> None:
    """An incident with a suspension is kept as long as whichever is kept longer, and as it is held."""
    incident = played_to("closed")
    below_ = suspension_played_to("appealable")
    below_.labels(MFT, "state: lifted", 24 * 8 + days * A_DAY)
    below_.run(24 * 9 + days * A_DAY)
    assert below_.state == "lifted"
    if held:
        below_.says(MFT, "/hold A complaint is open, until 5 months", 24 * 10 + days * A_DAY)
        below_.run()
    one, other = shut(incident.case()), shut(below_.case())
    alone = [kept_until(VOCABULARY, one), kept_until(VOCABULARY, other)]
    both = kept_until(VOCABULARY, one, (other,))
    assert both == max(at for at in alone if at is not None)
    assert (held_until(other) is not None) is held


def test_a_hold_keeps_no_clock_from_running() -> None:
    """It doesn't begin the time anew: once it ends, what had run has run."""
    play = played_to("closed")
    before = ended(shut(play.case()))
    play.says(MFT, "/hold A complaint is open, until 3 months", 24 * 300)
    play.run()
    assert ended(shut(play.case())) == before


def test_a_stub_counts_and_names_nobody() -> None:
    """Months, how it came and ended, what was decided, coarse times; none of the case's words or names."""
    play = played_to("closed", parties=("Robin Example",))
    resolved(play, "\nRobin Example: warning\nPlease be kind.", 24.0)
    case = shut(play.case())
    until = kept(play)
    stub = stub_of(case, (), until)
    assert read_compact(stub.numbers) == {case.issue.number}
    assert [(one.what, one.how) for one in stub.happened] == [(one.what, one.how) for one in happened(case)]
    assert ("outcome", "warning: a measure") in {(one.what, one.how) for one in stub.happened}
    assert stub_of(case, (case,), until).happened[-1].of == 1
    assert stub.kept == f"{until.astimezone(case.community.zone):%Y-%m}"
    said = msgspec.json.encode(stub).decode()
    assert "Robin" not in said
    assert case.code_name not in said


def test_a_root_goes_last_and_the_policy_is_known_again() -> None:
    """What is below goes first; a changed vocabulary has everything looked at anew."""
    case = played_to("closed").case()
    assert is_root(case)
    assert below(case) == ()
    assert all_numbers((case,)) == (case.issue.number,)
    assert policy(VOCABULARY) != policy(Outcomes(version="1.0", all=VOCABULARY.all[:3]))


def test_a_number_that_is_somebody_elses_goes_with_nothing() -> None:
    """Moved to another vault, an incident knows its suspension by its id, and takes no other issue along."""
    incident = played_to("triaged")
    incident.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    incident.run()
    page = suspended_in(incident, "s1", 2, opened=incident.now)
    page.run()
    note = noted(incident.case(), page.case())
    assert note is not None
    incident.post(note.record)
    assert below(incident.case()) == (2,)
    assert goes_with(incident.case(), page.case())
    assert not goes_with(incident.case(), Play(RIYA, number=3).case())
    other = shut(played_to("withdrawn").case())
    stranger = msgspec.structs.replace(other, issue=msgspec.structs.replace(other.issue, id="I_9", number=2))
    assert not goes_with(incident.case(), stranger)
