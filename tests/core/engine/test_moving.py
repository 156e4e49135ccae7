"""A case whose issue was moved to another repository: `/recover` takes it up as it was."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cocflow.core.acts.consent import consent
from cocflow.core.acts.continuation import WentOn
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor, Commented, Fact, Issue, Opened
from cocflow.core.case.ledger import MOVED, UNVERIFIED
from cocflow.core.case.progress import checkpoint
from cocflow.core.case.records import receipt_line
from cocflow.core.case.seal import Seal
from cocflow.core.engine import moving
from cocflow.core.engine.decide import decide
from cocflow.core.engine.reading import open_case, parsed
from cocflow.core.engine.recovery import recovery
from cocflow.core.people.roster import Administrator
from tests.core import play
from tests.core.play import BOT, MFT, MIABOT, RIYA, STRANGER, Play, played_to

SEAL = Seal((b"k" * 32,))
OTHER = Seal((b"o" * 32,))


class Sealed(Play):
    """A play whose receipts are signed."""

    def post(self, record: Any, text: str = "Answered.") -> str:
        """Let cocflow post a signed receipt."""
        return self.says(BOT, f"{text}\n\n{receipt_line(record, SEAL, self.facts[0].id)}")


def moved(issue: Issue, to: str = "I_new") -> Issue:
    """Return an issue as GitHub gives it after a transfer: everything has another id."""

    def anew(place: int, fact: Fact) -> Fact:
        return msgspec.structs.replace(fact, id=to if isinstance(fact, Opened) else f"{to}_{place}")

    facts = tuple(anew(place, fact) for place, fact in enumerate(issue.facts))
    return msgspec.structs.replace(issue, id=to, number=77, facts=facts)


def case_of(issue: Issue, seal: Seal | None) -> Case:
    """Return the case that a read of an issue shows."""
    return open_case(parsed(issue, seal), play.definition(), play.community())


def says(issue: Issue, by: Any, text: str) -> Issue:
    """Return an issue with one more comment."""
    made = len(issue.facts) + 9000
    fact = Commented(id=f"IC_{made}", at=issue.now, by=by, body=text, database_id=made)
    return msgspec.structs.replace(issue, facts=(*issue.facts, fact))


def recovered(issue: Issue, seal: Seal | None) -> tuple[Issue, Case]:
    """Return a moved issue after an administrator's `/recover`, and its case."""
    issue = says(issue, MIABOT, "/recover We moved it.")
    decision = recovery(case_of(issue, seal))
    assert decision is not None
    issue = says(issue, BOT, f"On.\n\n{receipt_line(decision.record, seal, issue.id)}")
    return issue, case_of(issue, seal)


def runs(started: Play) -> None:
    """Let cocflow run under the seal that the play signs with."""
    seal = SEAL if isinstance(started, Sealed) else None
    while (decision := decide(case_of(started.read(), seal))) is not None:
        started.post(decision.record)


def played(kind: type[Play]) -> Play:
    """Return a case with people, addresses, consent, answers, and a resolution that isn't told yet.

    It stands in the very second of its last request.
    """
    started = kind(RIYA, play.body(nature=None, share=None))
    runs(started)
    for at, by, text in (
        (1, RIYA, "/answer 2 In the meeting."),
        (1, RIYA, "/answer 1 It was said aloud."),
        (2, RIYA, "/consent parties by name"),
        (3, MFT, "/party Robin Example robin@example.org"),
        (4, MFT, "/estimate 3 days"),
        (5, MFT, "/suspend Insults\nSam Poe, sam@example.org"),
        (5, MFT, "/heard Sam skipped: There is no time."),
        (6, MFT, "/resolve We talked.\nSam: suspension until 2 weeks\nStop."),
    ):
        started.says(by, text, at)
        runs(started)
    started.labels(MIABOT, play.APPROVE, 6)
    runs(started)
    assert case_of(started.read(), SEAL if kind is Sealed else None).progress.state == "resolved"
    return started


@pytest.mark.parametrize(("kind", "seal"), [(Play, None), (Sealed, SEAL)])
def test_a_moved_case_goes_on_with_everybody_and_everything(kind: type[Play], seal: Seal | None) -> None:
    """State, clocks, people, addresses, consent and what is owed are as they were; nothing is asked again."""
    before = case_of(played(kind).read(), seal)
    issue = moved(before.issue)
    assert case_of(issue, seal).ledger.broken == (MOVED,)
    issue, after = recovered(issue, seal)
    assert after.ledger.broken == ()
    assert after.progress.stays == before.progress.stays
    assert after.people == before.people
    assert [one.mail for one in after.people] == ["", "robin@example.org", "sam@example.org"]
    assert after.code_name == before.code_name
    assert consent(after).allows == consent(before).allows == ("parties", True)
    assert [one.id for one in after.progress.owed()] == [one.id for one in before.progress.owed()]
    assert all(after.command(one.words) is not None for one in after.progress.owed() if one.words)
    assert decide(after) is None


@pytest.mark.parametrize(("kind", "seal"), [(Play, None), (Sealed, SEAL)])
def test_a_case_may_be_moved_again(kind: type[Play], seal: Seal | None) -> None:
    """The second transfer is taken up like the first, and the code name stays."""
    before = case_of(played(kind).read(), seal)
    issue, _ = recovered(moved(before.issue), seal)
    again = moved(issue, "I_newer")
    assert case_of(again, seal).ledger.broken == (MOVED,)
    _, after = recovered(again, seal)
    assert (after.people, after.code_name) == (before.people, before.code_name)
    assert after.ids == ("I_1", "I_new", "I_newer")
    assert decide(after) is None


def test_words_that_do_not_stand_there_any_more_stay_lost_and_are_told() -> None:
    """What was edited before the transfer is no more believed than anywhere else."""
    before = case_of(played(Play).read(), None)
    issue = moved(before.issue)
    said = next(one for one in issue.comments() if one.body.startswith("/party"))
    facts = tuple(
        msgspec.structs.replace(one, body="/party Eve eve@example.org", edited_at=issue.now, edited_by=MFT)
        if one is said
        else one
        for one in issue.facts
    )
    _, after = recovered(msgspec.structs.replace(issue, facts=facts), None)
    assert [one.name for one in after.people_who("party")] == [""]
    told = decide(after)
    assert told is not None
    assert (told.reason or "").startswith("The name and the address of party 1")


def test_the_same_words_by_somebody_else_are_not_taken() -> None:
    """A comment keeps its author when it is moved, so another's words are others."""
    issue = moved(case_of(played(Play).read(), None).issue)
    facts = tuple(
        msgspec.structs.replace(one, by=STRANGER)
        if isinstance(one, Commented) and one.body.startswith("/party")
        else one
        for one in issue.facts
    )
    _, after = recovered(msgspec.structs.replace(issue, facts=facts), None)
    assert [one.name for one in after.people_who("party")] == [""]


def test_nothing_of_a_moved_case_counts_before_an_administrator_lets_it() -> None:
    """A stranger's `/recover` is none, and what was asked meanwhile isn't answered."""
    issue = moved(case_of(played(Sealed).read(), SEAL).issue)
    assert recovery(case_of(says(issue, STRANGER, "/recover Mine."), SEAL)) is None


def test_without_the_key_that_signed_it_a_moved_case_is_not_begun_anew() -> None:
    """Nothing of it verifies, so `/recover` does nothing, and it is said which key is missing."""
    issue = moved(case_of(played(Sealed).read(), SEAL).issue)
    issue = says(issue, MIABOT, "/recover We moved it.")
    assert recovery(case_of(issue, OTHER)) is None
    assert case_of(issue, OTHER).ledger.broken == (UNVERIFIED,)
    assert recovery(case_of(issue, BOTH)) is not None


def test_receipts_copied_from_another_case_are_not_taken_for_moved_ones() -> None:
    """A chain or a checkpoint that was signed for another issue counts nowhere where there is one already."""
    theirs, _ = recovered(moved(case_of(played(Sealed).read(), SEAL).issue, "I_theirs"), SEAL)
    ours = case_of(played(Sealed).read(), SEAL).issue
    for comment in theirs.comments():
        if "cocflow:receipt" in comment.body:
            ours = says(ours, BOT, comment.body)
    case = case_of(ours, SEAL)
    assert case.ledger.moved_from == ()
    assert case.ledger.broken != ()
    assert MOVED not in case.ledger.broken


def test_a_case_of_one_receipt_is_known_to_be_moved() -> None:
    """Where there is no gap, the first receipt says for which issue it was written."""
    started = Play(RIYA)
    started.run()
    assert case_of(moved(started.read()), None).ledger.broken == (MOVED,)
    assert played_to("acknowledged").case().ledger.moved_from == ()


# --- to another vault -------------------------------------------------------------------------------------

LOU, ANN = Actor("U_lou", "lou"), Actor("U_ann", "ann")
SECOND = play.community(
    Administrator(login="lou", name="Lou Böhm"), Administrator(login="ann"), Administrator(login="robin-e")
)
BOTH = Seal((*OTHER.keys, *SEAL.keys))
"""The second vault's own key, and the first one's behind it."""


def there(issue: Issue, seal: Seal | None = BOTH) -> Case:
    """Return the case as the second vault has it."""
    return open_case(parsed(issue, seal), play.definition(), SECOND)


def test_another_vault_takes_a_case_up_as_it_was() -> None:
    """People, addresses, dates and what is owed come along, and from then on its own key signs."""
    before = case_of(played(Sealed).read(), SEAL)
    issue = says(moved(before.issue), LOU, "/recover It concerns somebody in the other vault.")
    decision = recovery(there(issue))
    assert decision is not None
    issue = says(issue, BOT, f"On.\n\n{receipt_line(decision.record, BOTH, issue.id)}")
    after = there(issue)
    assert after.ledger.broken == ()
    assert after.progress.stays == before.progress.stays
    assert after.people == before.people
    assert consent(after).allows == consent(before).allows == ("parties", True)
    assert [one.id for one in after.progress.owed()] == [one.id for one in before.progress.owed()]
    assert [one.login for one in after.eligible] == ["lou", "ann", "robin-e"]
    assert after.administrator(MFT) is None
    passed_on = decide(after)  # whoever had it has no say here
    assert passed_on is not None
    assert passed_on.record.of.startswith("auto:pass_on")
    assert there(issue, OTHER).ledger.broken == ()


def test_an_administrator_of_where_it_came_from_lets_nothing_go_on() -> None:
    """Only who is on the roster of the vault that it is in now has a say there."""
    issue = moved(case_of(played(Sealed).read(), SEAL).issue)
    assert recovery(there(says(issue, MFT, "/recover It is ours."))) is None


def test_whom_the_report_means_in_the_other_vault_has_no_say_there_either() -> None:
    """The report is read again against the roster that is in force there."""
    started = Sealed(RIYA, play.body(who="It was Lou Böhm, again."))
    runs(started)
    issue = says(moved(started.read()), ANN, "/recover It concerns somebody in the other vault.")
    decision = recovery(there(issue))
    assert decision is not None
    issue = says(issue, BOT, f"On.\n\n{receipt_line(decision.record, BOTH, issue.id)}")
    assert [one.login for one in there(issue).eligible] == ["ann", "robin-e"]


def test_numbers_of_where_it_was_mean_nothing_here() -> None:
    """What it goes on from lies elsewhere: here its numbers are other people's, who aren't erased with it."""
    before = case_of(played(Play).read(), None)
    last = before.ledger.last
    assert last is not None
    progress = before.progress.copy()
    WentOn(numbers=(4,), issues=("I_4",)).apply(progress, last.record)
    kept = moving.moved(before, checkpoint(progress, set(), last.record.at), last.record.at)["kept"]
    assert kept[WentOn.tag()] == {"is": WentOn.tag(), "numbers": [], "issues": ["I_4"]}
