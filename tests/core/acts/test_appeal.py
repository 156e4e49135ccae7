"""Appeals: kept until their time, filed once, decided by somebody else than who suspended, or agreed."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import msgspec
import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.agreement import asked_to_agree, standing
from cocflow.core.acts.appeal import (
    Appeal,
    Overturn,
    Uphold,
    Waiting,
    answer_due,
    appeal_until,
    appellants,
    deciders,
    may_appeal,
    may_be_anybodys,
    told_at,
    upheld_for,
)
from cocflow.core.acts.draft import approvers
from cocflow.core.acts.resolve import still_to_tell
from cocflow.core.acts.suspension import End
from cocflow.core.case.appeals import Appeals
from cocflow.core.case.decided import Decided, Outcomes, OutcomesDecided
from cocflow.core.case.facts import Actor, Commented
from cocflow.core.case.grammar import Said
from cocflow.core.case.progress import Record
from cocflow.core.case.records import Card, card_line, receipt_line
from cocflow.core.engine.reading import read_receipt
from cocflow.core.engine.timers import waits
from cocflow.core.people.roster import Administrator
from cocflow.core.text.when import format_when
from cocflow.core.views import view
from cocflow.core.views.administrators import AdministratorsView
from cocflow.core.views.base import Occasion, possible
from cocflow.core.views.party import PartyView
from cocflow.core.views.suspended import SuspendedView
from tests.core.drafts import AGREE, skips
from tests.core.play import (
    APPROVE,
    BOT,
    DAY,
    HOUR,
    MFT,
    MIABOT,
    RIYA,
    ROSTER,
    START,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    suspended_by,
    suspension_body,
    suspension_played_to,
)

WEEK = 7 * DAY
FOURTH = Actor("U_4", "four")

ACCEPTED: list[tuple[str, Said]] = [
    ("/appeal I was not there.", Appeal("I was not there.")),
    ("/appeal\n> I was not there.\n/help", Appeal("> I was not there.\n/help")),
    ("/uphold Nothing\nspeaks for it.", Uphold("Nothing\nspeaks for it.")),
    ("/overturn\nSomebody else.", Overturn("Somebody else.")),
]

REFUSED = [
    ("/appeal", "The justification is missing"),
    ("/appeal \u200b", "The justification is missing"),
    ("/uphold", "The reasons are missing"),
    ("/uphold It is.\n/help", "One command a comment"),
    ("/overturn", "The new context is missing"),
    ("/overturn It is.\n/uphold It is.", "One command a comment"),
]


def test_further_appeals_are_added_to_the_kept_one() -> None:
    """Two early mails are kept as one appeal, which is filed by itself when the time comes."""
    play = suspended_by()
    play.run()
    first, second = play.mails("I was not there.", 3), play.mails("Ask Kit.", 20)
    play.run()
    assert [one.words.fact for one in play.case().progress[Waiting].appeal] == [first, second]
    decisions = play.run(7 * 24)
    assert [one.record.move for one in decisions if one.record.move] == ["file"]
    assert [one.words.fact for one in play.case().progress[Waiting].appeal] == [first, second]


def test_what_may_be_forged_is_filed_by_an_administrator_only() -> None:
    """An unverified mail isn't filed by itself, is told of, and `state: appealed` takes it up."""
    play = suspended_by(text=suspension_body(until="8 weeks"))
    play.run()
    play.mails("Please look again.", 3, verified=False)
    play.run()
    play.run(7 * 24)
    assert play.state == "appealable"
    assert waits(play.case())["unverified_waits"] == START + 8 * DAY
    play.labels(STRANGER, "state: appealed")
    play.run()
    assert play.state == "appealable"
    play.labels(MFT, "state: appealed")
    (accepted,) = play.run()
    assert play.state == "appealed"
    assert [owed.notice for owed in accepted.record.owed] == ["suspended/appeal_filed", "noted"]


def test_who_sent_an_unverified_mail_isn_t_answered() -> None:
    """A mail that may be forged, sent when an appeal may be made, is answered to nobody."""
    play = suspension_played_to("appealable")
    play.mails("Please look again.", verified=False)
    kept, *_ = play.run()
    assert (kept.record.move, kept.record.owed) == ("keep_unverified", ())


def test_a_stranger_can_have_us_write_but_once() -> None:
    """The first early mail is answered to the address on record; further unverified ones are kept quietly."""
    play = suspended_by()
    play.run()
    play.mails("Please look again.", 3, verified=False)
    play.mails("And again.", 4, verified=False)
    first, second = play.run()
    assert [owed.notice for owed in first.record.owed] == ["suspended/appeal_kept"]
    assert (second.record.move, second.record.owed) == ("keep_quietly", ())
    assert len(play.case().progress[Waiting].appeal) == 2


def test_a_new_end_after_access_returned_is_in_force_again() -> None:
    """Who is given a new end while their appeal is open is suspended again, and is told nothing else."""
    play = suspended_by(text=suspension_body(until="10 days"))
    play.run()
    play.mails("Please look again.", 24 * 8)
    play.run(24 * 11)
    assert play.case().progress[End].returned
    play.says(MFT, "/until 4 weeks\nThe account was used again.")
    play.run()
    assert not play.case().progress[End].returned


def test_an_upheld_appeal_may_be_repeated_after_its_time() -> None:
    """The person is told so, and when they may ask again; then the appeal opens anew."""
    play = suspension_played_to("upheld", text=suspension_body(until="8 weeks"))
    (upheld,) = [record for record in play.records() if record.move == "uphold" and record.owed]
    case = play.case()
    (owed,) = [one for one in upheld.owed if one.to == "suspended"]
    seen = view("suspended", case, Occasion(owed=owed))
    assert isinstance(seen, SuspendedView)
    assert seen.decision is None, "there is no reporter who could agree to more than the bare decision"
    assert seen.appeal_from == upheld.at + WEEK
    assert case.progress[Waiting].appeal == ()
    play.run(upheld.at + WEEK - timedelta(seconds=1))
    assert play.state == "upheld"
    play.run(upheld.at + WEEK)
    assert play.state == "appealable"


def test_an_overturned_suspension_tells_the_person_the_incident_and_the_community() -> None:
    """All three are owed their notice at once."""
    play = suspension_played_to("overturned")
    (overturned,) = [record for record in play.records() if record.move == "overturn" and record.owed]
    assert [(owed.notice, owed.to) for owed in overturned.owed] == [
        ("suspended/overturned", "suspended"),
        ("community/overturned", "community"),
        ("noted", "incident"),
    ]


def test_whoever_suspended_is_told_who_may_decide() -> None:
    """The refusal names the others with a say."""
    play = suspension_played_to("appealed")
    play.says(MFT, "/overturn I was wrong.")
    (refused,) = play.run()
    assert refused.reason == "You suspended this account, so somebody else decides its appeal: Mia, thclpr."


def test_a_sole_administrator_decides_also_their_own_suspension() -> None:
    """With a roster of one there is nobody else, so the appeal is decided all the same."""
    play = suspension_played_to("active", community_=community(ROSTER[0]))
    play.says(MFT, "/appeal I was not there.", 200)
    play.sends(MFT, "/overturn They were not there.", 201)
    play.run()
    assert play.state == "overturned"


def test_a_suspended_administrator_has_no_say_in_it() -> None:
    """An administrator whose account is suspended can't lift it, decide it or file for others."""
    play = suspended_by(text=suspension_body(account="@THCLPR"))
    play.run()
    assert play.state == "proposed"
    play.says(MIABOT, "/confirm", 1)
    play.labels(MIABOT, "state: active", 1)
    play.run()
    play.run(8 * 24)
    play.says(MIABOT, "/appeal I was not there.", 8 * 24)
    play.run()
    assert play.state == "appealed"
    assert play.case().roles(THCLPR) == {"suspended"}
    for asked in (
        play.labels(THCLPR, "state: lifted"),
        play.says(THCLPR, "/overturn It was me."),
        play.says(THCLPR, "/until 25h\nEnough."),
    ):
        play.run()
        (record,) = [record for record in play.records() if record.of == asked]
        assert record.refused
    assert play.state == "appealed"


def test_no_form_of_their_node_id_lets_who_suspended_decide() -> None:
    """GitHub names one account in two forms; whoever suspended isn't somebody else in either."""
    play = suspended_by(Actor("MDQ6VXNlcjc3", "mft"))
    play.run(7 * 24)
    play.says(MIABOT, "/appeal I was not there.", 170)
    play.run()
    play.says(Actor("U_kgBN", "mft"), "/uphold It stands.", 171)
    assert "You suspended this account" in play.refusal()[0]


# --- of an incident ----------------------------------------------------------------------------------

WARNED = "/resolve We talked.\nRobin: warning\nStop the jokes.\nKim: talk"
MONTH, FORTNIGHT = 30 * DAY, 14 * DAY


def resolved(words: str = WARNED, by: Actor = MFT, approved: Actor = MFT, **fields: Any) -> Play:
    """Return an incident that was resolved with these words, of which only the reporter was told."""
    play = Play(text=body(share="What the people concerned need to know, without my name"), **fields)
    play.run()
    play.says(by, "/party Robin Example robin@example.org")
    play.says(by, "/party Kim Example kim@example.org")
    play.says(by, "/estimate 3 days")
    play.run()
    skips(play, "Robin", "Kim")
    play.says(by, words)
    play.run()
    play.labels(approved, APPROVE)
    play.run()
    assert play.state == "resolved"
    return play


def made(play: Play, text: str = "Appeal. I wasn't there.", at: Any = None, **fields: Any) -> Record:
    """Let Robin write a letter, and return the record that answers it."""
    id_ = play.mails(text, at, **({"person": "p1"} | fields))
    play.run()
    return play.answer(id_)


def appealed(words: str = WARNED, **fields: Any) -> Play:
    """Return an incident against whose resolution Robin has appealed."""
    play = resolved(words, **fields)
    assert made(play).move == "appeal"
    assert play.state == "appealed"
    return play


def owed(record: Record) -> list[tuple[str, str]]:
    """Return what a record owes to people, and to whom."""
    return [(one.notice, one.to) for one in record.owed if one.to != "channel"]


def last_move(play: Play, move: str) -> Record:
    """Return the newest record of a move that went out."""
    return [record for record in play.records() if record.move == move and record.owed][-1]


def test_whoever_appeals_hears_that_it_arrived_and_by_when_it_is_decided() -> None:
    """Nobody else is told; the card says whose turn it is, and until when."""
    play = resolved()
    record = made(play)
    assert owed(record) == [("party/appeal_filed", "p1")]
    case = play.case()
    assert appellants(case) == ("p1",)
    assert answer_due(case, "p1") == record.at + FORTNIGHT
    seen = view("administrators", case)
    assert isinstance(seen, AdministratorsView)
    assert (seen.turn, seen.due) == (("Mia", "thclpr"), record.at + FORTNIGHT)
    assert any("to be decided by" in note for note in seen.notes)


def test_the_reporter_appeals_where_they_read_it() -> None:
    """By a command on the issue, where the answer to it is the receipt."""
    play = resolved()
    id_ = play.says(RIYA, "/appeal It goes on.")
    play.run()
    record = play.answer(id_)
    assert record.move == "appeal"
    assert [(one.to, one.by_receipt) for one in record.owed] == [("reporter", True)]
    assert play.state == "appealed"


def test_an_administrator_records_one_for_somebody() -> None:
    """By the name with which the words begin; who agreed to the decision may do it too."""
    play = resolved()
    id_ = play.says(MFT, "/appeal Robin\n> I wasn't there.")
    play.run()
    assert play.answer(id_).move == "record_appeal"
    assert appellants(play.case()) == ("p1",)


def test_each_appeals_once_and_may_add_to_it() -> None:
    """What is added changes no date; once it is decided, there is no second one, and what is said is kept."""
    play = appealed()
    due = answer_due(play.case(), "p1")
    assert made(play, "Appeal: and Kit saw it.", play.now + DAY).move == "add_to_appeal"
    assert answer_due(play.case(), "p1") == due
    play.sends(MIABOT, "/uphold It was you.")
    play.run()
    again = made(play, "Appeal! Once more.")
    assert again.move is None
    assert owed(again) == [("party/refused", "p1")]
    assert "once is all there is" in again.owed[-1].reason


@pytest.mark.parametrize("who", ["p1", "reporter"])
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_the_window_closes_to_the_second(who: str, seconds: int) -> None:
    """Thirty days from the decision; from then on the answer says the date, and nothing is lost."""
    play = resolved()
    play.says(MFT, "/told Robin by phone")
    play.run()
    until = appeal_until(play.case(), who)
    assert until == play.case().progress.since_in(("resolved",)) + MONTH  # type: ignore[operator]
    at = until + timedelta(seconds=seconds)
    if who == "p1":
        record = made(play, at=at)
    else:
        id_ = play.says(RIYA, "/appeal It goes on.", at)
        decisions = play.run()
        record = next(one.record for one in decisions if one.record.of == id_)
    assert (record.move == "appeal") is (seconds < 0)
    if seconds >= 0 and who == "p1":
        (answer,) = [one for one in record.owed if one.to == "p1"]
        assert "The time for an appeal ended on Wednesday, 4 February 2026" in answer.reason
        assert any("has had no answer since" in note for note in ACTS.notes(play.case()))


def test_who_is_reached_late_has_the_whole_time_from_then() -> None:
    """While a decision hasn't reached somebody their time doesn't run, nor while it has come back."""
    play = resolved()
    since = play.case().progress.since_in(("resolved",))
    assert since is not None
    play.run(since + 40 * DAY)
    assert appeal_until(play.case(), "p1") == play.now + MONTH
    play.says(MFT, "/told Robin by phone")
    play.run()
    told = play.now
    play.run(told + 20 * DAY)
    case = play.case()
    assert appeal_until(case, "p1") == told + MONTH
    assert appeal_until(case, "p2") == play.now + MONTH
    assert appeal_until(case, "reporter") == since + MONTH
    assert made(play).move == "appeal"


def test_a_decision_that_comes_back_has_reached_nobody() -> None:
    """The time begins with the telling that got through."""
    play = resolved()
    owed_ = next(one.id for one in play.case().progress.owed() if one.to == "p1")
    play.delivered.add(owed_)
    play.says(MFT, "/told Kim by phone")
    play.run()
    since = play.case().progress.since
    assert appeal_until(play.case(), "p1") == since + MONTH
    play.mails("", play.now + 3 * DAY, returned=(owed_,), automatic=True, person="p1")
    play.run()
    play.run(play.now + 10 * DAY)
    assert appeal_until(play.case(), "p1") == play.now + MONTH
    play.says(MFT, "/told Robin by phone")
    play.run()
    assert appeal_until(play.case(), "p1") == play.now + MONTH


def test_who_is_reached_at_once_has_no_longer_because_somebody_else_is_not() -> None:
    """When the next receipt comes changes nothing: a machine that told them late says when that was."""
    play = resolved()
    since, last = play.case().progress.since, play.case().ledger.last
    assert last is not None
    first, second = (one.id for one in play.case().progress.owed())
    late = since + 5 * DAY
    card = Card(n=last.record.n, last=last.id, told=(first, second), reached={second: late})
    play.says(BOT, card_line(card))
    for now in (late + 10 * DAY, late + 20 * DAY):
        play.run(now)
        until = [appeal_until(play.case(), key) for key in ("p1", "p2")]
        assert until == [since + MONTH, late + MONTH]
        play.says(MFT, "Something else.")
        play.run()


@pytest.mark.parametrize(
    ("soon", "after", "begins_anew"),
    [(DAY, DAY, False), (DAY, 2 * DAY, True), (3 * DAY, 2 * DAY, False), (None, 40 * DAY, False)],
)
def test_how_soon_is_at_once_is_the_processs_to_say(
    soon: timedelta | None, after: timedelta, begins_anew: bool
) -> None:
    """By a figure, which a community may set, and which may be never."""
    play = resolved(community_=community(waiting_periods={"decision.told_within": soon}))
    since = play.case().progress.since
    play.says(MFT, "/told Robin by phone", since + after)
    play.run()
    play.run(play.now + DAY)
    assert appeal_until(play.case(), "p1") == since + MONTH + (after if begins_anew else timedelta())


def test_a_correction_leaves_the_time_as_it_was() -> None:
    """Whoever was told the decision knows of it; whom only the correction reached, since then."""
    play = resolved()
    since = play.case().progress.since
    play.delivered = {one.id for one in play.case().progress.owed() if one.to == "p1"}
    play.says(MFT, "/help")
    play.run()
    play.sends(MFT, "/correct\nTo parties: It was on Tuesday.", since + 20 * DAY)
    play.run()
    play.delivered.update(one.id for one in play.case().progress.owed())
    play.run(play.now + HOUR)
    told = play.now
    play.run(told + DAY)
    case = play.case()
    assert case.progress.owed() == ()
    assert [appeal_until(case, key) for key in ("p1", "p2")] == [since + MONTH, told + MONTH]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("I want to appeal this. I was not there.", "appeal` as its first word, by Wednesday, 4 February"),
        ("Thank you for telling me.", ""),
    ],
)
def test_who_speaks_of_an_appeal_is_told_how_one_is_made(text: str, answer: str) -> None:
    """Their words aren't taken for one, as once is all there is; they are told, with until when."""
    play = resolved()
    play.says(MFT, "/told Robin by phone")
    play.run()
    record = made(play, text)
    assert (record.move, play.state) == (None, "resolved")
    found = [one for one in record.owed if one.to == "p1"]
    assert [answer in one.reason for one in found] == [True] * bool(answer)


def test_nothing_that_isn_t_decided_is_appealed() -> None:
    """Who tries is told so, and not that they lack a say; so it is while it is looked at again."""
    play = Play(text=body(share="Nothing until you have asked me"))
    play.run()
    play.says(MFT, "/party Robin Example robin@example.org")
    play.run()
    (answer,) = made(play).owed
    assert answer.reason == "There is no decision here that could be appealed now."
    play = resolved()
    play.says(MFT, "/told Robin by phone\n")
    play.says(MFT, "/told Kim by phone")
    play.run()
    play.says(MFT, "/reopen")
    play.run()
    (answer,) = [one for one in made(play).owed if one.to == "p1"]
    assert answer.reason.startswith("It is being looked at again")


def test_what_the_letter_says_is_what_holds() -> None:
    """The date in the letter is the instant at which the window closes."""
    play = resolved()
    case = play.case()
    (notice,) = [one for one in case.progress.owed() if one.to == "p1"]
    seen = view("party", case, Occasion(owed=notice))
    assert isinstance(seen, PartyView)
    assert seen.may_appeal
    assert seen.appeal_until == appeal_until(case, "p1")


def test_a_community_may_leave_it_open_for_ever() -> None:
    """Then no date is named, and none passes."""
    play = resolved(community_=community(waiting_periods={"decision.appeal_within": None}))
    assert appeal_until(play.case(), "p1") is None
    assert made(play, at=play.now + 400 * DAY).move == "appeal"


def test_what_may_be_anybodys_is_kept_and_asked_about() -> None:
    """It moves nothing and is answered to nobody; the state's label takes it up, from when it counts."""
    play = resolved()
    record = made(play, verified=False)
    assert (record.move, owed(record)) == ("keep_unsure_appeal", [])
    assert play.state == "resolved"
    assert may_be_anybodys(play.case()) == ("p1",)
    play.labels(MFT, "state: appealed", play.now + DAY)
    taken = play.run()[-1].record
    assert owed(taken) == [("party/appeal_filed", "p1")]
    assert answer_due(play.case(), "p1") == taken.at + FORTNIGHT


def test_what_may_be_anybodys_asks_for_nothing_else() -> None:
    """Who only says that they are somebody can't add to an appeal, nor withdraw the report."""
    play = appealed()
    for text, person in (("Appeal. More.", "p1"), ("Withdraw.", "reporter"), ("Consent none", "reporter")):
        assert made(play, text, person=person, verified=False).move is None
    assert play.state == "appealed"


def test_an_unsure_one_waits_on_while_anothers_is_decided() -> None:
    """The decision about Robin's leaves the one in Kim's name where it is."""
    play = resolved()
    made(play, person="p2", verified=False)
    made(play)
    play.sends(MIABOT, "/uphold It was you.")
    play.run()
    assert may_be_anybodys(play.case()) == ("p2",)


@pytest.mark.parametrize("word", ["/uphold It stands.", "/resolve\nRobin: talk"])
def test_whoever_agreed_does_not_decide(word: str) -> None:
    """Neither who drafted the decision, nor who let it go out: not even as the one who approves."""
    play = appealed(by=MFT, approved=MIABOT)
    for administrator in (MFT, MIABOT):
        play.says(administrator, word)
        assert play.refusal()[0] == "You agreed to what is appealed, so somebody else decides: thclpr."
    play.says(THCLPR, word)
    play.run()
    play.labels(MFT, APPROVE)
    assert "You agreed to what is appealed" in play.refusal()[0]
    play.labels(THCLPR, APPROVE)
    play.run()
    assert play.state == "resolved"


@pytest.mark.parametrize("recused", list(product((False, True), repeat=3)), ids=str)
@pytest.mark.parametrize("agreed", [(0, 0), (0, 1), (1, 2)], ids=str)
@pytest.mark.parametrize("outside", [False, True])
def test_who_may_decide_under_agreement_and_recusal(
    agreed: tuple[int, int], recused: tuple[bool, ...], *, outside: bool
) -> None:
    """Who has a say and didn't agree; else the outside contact; without one, whoever has a say."""
    three = (MFT, MIABOT, THCLPR)
    here = community(outside_contact="council@example.org" if outside else "")
    play = appealed(by=three[agreed[0]], approved=three[agreed[1]], community_=here)
    for account, gives_up in zip(three, recused, strict=True):
        if gives_up:
            play.says(account, "/recuse")
    play.run()
    have_say = {place for place in range(3) if not recused[place]}
    expected = have_say - set(agreed) or (set() if outside else have_say)
    for place in range(3):
        once = play.copy()
        id_ = once.says(three[place], "/uphold It stands.")
        once.run()
        assert once.answer(id_).refused is (place not in expected)
    shown = {0: "Mika", 1: "Mia", 2: "thclpr"}
    wanted = {shown[place] for place in expected} or ({"the outside contact"} if outside else set())
    assert set(deciders(play.case())) == wanted
    letter = play.mails("Uphold. It stands.", person="outside")
    play.run()
    assert play.answer(letter).refused is not (outside and not (have_say - set(agreed)))


def test_the_outside_contact_decides_where_nobody_is_left() -> None:
    """They are asked with a link; who appealed gets fixed words, and administrators what they wrote."""
    play = appealed(by=MFT, approved=MIABOT, community_=community(*ROSTER[:2]))
    asked = [one for record in play.records() for one in record.owed if one.notice == "outside/appeal"]
    assert [one.to for one in asked] == ["outside"]
    forged = play.mails("Uphold. It stands.", person="outside", verified=False)
    play.run()
    assert play.answer(forged).move is None
    letter = play.mails("Uphold. Robin was there.\n--\nC. Outside", person="outside")
    play.run()
    record = play.answer(letter)
    assert record.move == "outside_upholds"
    assert owed(record) == [("party/appeal_upheld", "p1")]
    seen = view("party", play.case(), Occasion(owed=record.owed[0]))
    assert isinstance(seen, PartyView)
    assert (seen.upheld, seen.by_outside) == (None, True)


def test_what_the_outside_contact_overturns_an_administrator_decides_anew() -> None:
    """Whoever has a say may draft it then, as it is shown before it is sent; to let it stand isn't theirs."""
    play = appealed(by=MFT, approved=MIABOT, community_=community(*ROSTER[:2]))
    play.mails("Overturn. Robin wasn't there.", person="outside")
    play.run()
    play.says(MFT, "/uphold It stands.")
    assert "It doesn't stand" in play.refusal()[0]
    play.sends(MFT, "/resolve\nRobin: no violation\nIt wasn't you.")
    play.run()
    assert play.case().outcomes == (Decided("p1", "no violation"), Decided("p2", "talk"))
    assert [one.changed for one in play.case().progress[Appeals].verdicts] == [True]


LIMITS = "/resolve\nRobin: limits until {} days\nKeep out of #help."


def test_an_answer_that_takes_two_goes_out_though_one_alone_may_give_it() -> None:
    """After 7 days the outside contact hears that it waits, after 14 one voice is enough, and it says so."""
    play = appealed(LIMITS.format(90), approved=MIABOT)
    play.says(THCLPR, LIMITS.format(30))
    play.run()
    proposed, case = play.now, play.case()
    assert (asked_to_agree(case), approvers(case)) == ((), ())
    assert "Nobody else may agree: they have a part in what is appealed." in standing(case)
    assert f"From {format_when(proposed + FORTNIGHT, case.community.zone)} one voice is enough" in standing(
        case
    )
    for administrator, why in ((MIABOT, "You agreed to what is appealed"), (THCLPR, "Nobody else may agree")):
        play.labels(administrator, AGREE)
        assert why in play.refusal()[0]
    told = [one.record for one in play.run(proposed + WEEK)]
    assert [one.to for record in told for one in record.owed if one.notice == "outside/agreement_missing"]
    play.run(proposed + FORTNIGHT - timedelta(seconds=1))
    play.labels(THCLPR, AGREE)
    assert "Nobody else may agree" in play.refusal()[0]
    play.run(proposed + FORTNIGHT)
    assert approvers(play.case()) == ("thclpr",)
    play.labels(THCLPR, AGREE)
    play.run()
    assert play.state == "resolved"
    assert (play.case().progress[Outcomes].agreed, play.case().progress[Outcomes].alone) == (
        (THCLPR.id,),
        "late",
    )
    notice = next(one for one in last_move(play, "decide_anew").owed if one.to == "p1")
    seen = view("party", play.case(), Occasion(owed=notice))
    assert isinstance(seen, PartyView)
    assert (seen.one_voice, seen.on_appeal) == (True, True)


@pytest.mark.parametrize("recused", list(product((False, True), repeat=4)), ids=str)
@pytest.mark.parametrize("outside", [False, True])
def test_no_answer_to_an_appeal_is_ever_locked(recused: tuple[bool, ...], *, outside: bool) -> None:
    """Whoever is out, an answer that takes two goes out in 14 days, or the outside contact gives it.

    Never by one before that, while two have a say.
    """
    four = (MFT, MIABOT, THCLPR, FOURTH)
    here = community(
        *ROSTER, Administrator(login=FOURTH.login), outside_contact="council@example.org" if outside else ""
    )
    play = appealed(LIMITS.format(90), approved=MIABOT, community_=here)
    for account, gives_up in zip(four, recused, strict=True):
        if gives_up:
            play.says(account, "/recuse")
    play.run()
    have_say = [one for one, gives_up in zip(four, recused, strict=True) if not gives_up]
    may = [one for one in have_say if one not in (MFT, MIABOT)] or ([] if outside else have_say)
    if not may and outside:
        play.mails("Uphold. It stands.", person="outside")
        play.run()
        assert play.state == "resolved"
        return
    if not may:
        assert deciders(play.case()) == ()
        return
    proposed = play.now
    play.says(may[0], LIMITS.format(30))
    play.run()
    for one in (*may[1:], may[0]):
        play.labels(one, AGREE)
        play.run()
    assert (play.state == "resolved") is (len(may) > 1 or len(have_say) == 1)
    if play.state == "appealed":
        play.run(proposed + FORTNIGHT)
        play.labels(may[0], AGREE)
        play.run()
    assert play.state == "resolved"


@pytest.mark.parametrize("said", ["limits until 30 days", "suspension until 30 days", "ban"])
def test_on_somebodys_own_appeal_it_never_becomes_harsher(said: str) -> None:
    """Neither for who appealed nor for anybody else; the reporter's appeal may make it so."""
    play = appealed()
    for name in ("Robin", "Kim"):
        play.says(MIABOT, f"/resolve\n{name}: {said}\nStop it.")
        assert "never becomes harsher" in play.refusal()[0]
    play.says(RIYA, "/appeal It goes on.")
    play.run()
    play.says(MIABOT, f"/resolve\nKim: {said}\nStop it.")
    assert not play.run()[-1].record.refused


def test_a_later_end_is_harsher_and_an_earlier_one_is_not() -> None:
    """An end is compared to the second."""
    play = appealed("/resolve\nRobin: limits until 2026-02-01 17:00\nKeep out of #help.", approved=MIABOT)
    play.says(THCLPR, "/resolve\nRobin: limits until 2026-02-01 17:01\nKeep out.")
    assert "never becomes harsher" in play.refusal()[0]
    play.says(THCLPR, "/resolve\nRobin: limits until 2026-02-01 17:00\nKeep out.")
    assert not play.run()[-1].record.refused


def test_where_it_is_not_stated_a_measure_has_to_be_stated_first() -> None:
    """Nobody can tell whether it is harsher than what was said in words alone."""
    play = appealed("/resolve We talked.")
    play.says(MIABOT, "/resolve\nRobin: warning\nStop.")
    assert "isn't stated" in play.refusal()[0]
    play.says(MFT, "/outcome warning")
    play.run()
    play.sends(MIABOT, "/resolve\nRobin: talk\nThat is all.")
    play.run()
    assert play.case().outcomes == (Decided("p1", "talk"),)


def test_a_decision_anew_tells_those_for_whom_something_changes() -> None:
    """What was decided about others stands, and they hear nothing; the reporter hears it."""
    play = appealed()
    play.sends(MIABOT, "/resolve We looked again.\nRobin: no violation\nSorry.")
    play.run()
    record = last_move(play, "decide_anew")
    assert owed(record) == [("reporter/resolution", "reporter"), ("party/no_violation", "p1")]
    assert play.case().outcomes == (Decided("p1", "no violation"), Decided("p2", "talk"))
    assert not any(one.notice == "party/warning" for one in play.case().progress.owed())


def test_whoever_was_not_told_yet_is_still_to_be() -> None:
    """A decision on an appeal closes nothing over the head of those about whom nothing changes."""
    play = resolved()
    play.says(RIYA, "/appeal It goes on.")
    play.run(play.now + HOUR)
    play.sends(MIABOT, "/resolve We looked again.\nRobin: warning\nIn other words: stop it.")
    play.run()
    assert [to for _, to in owed(last_move(play, "decide_anew"))] == ["reporter", "p1"]
    assert still_to_tell(play.case()) == ("p1", "p2")
    (stands,) = [one for one in play.case().progress.owed() if one.to == "p2"]
    seen = view("party", play.case(), Occasion(owed=stands))
    assert isinstance(seen, PartyView)
    assert (seen.outcome, seen.on_appeal) == ("talk", False)
    assert seen.decision == "We talked."
    for name in ("Robin", "Kim"):
        assert play.state == "resolved"
        play.says(MFT, f"/told {name} by phone")
        play.run()
    assert play.state == "closed"


def test_the_reporter_may_appeal_what_was_decided_anew_on_anothers_appeal() -> None:
    """It is another decision: they have the time for an appeal again."""
    play = appealed()
    play.sends(MIABOT, "/resolve\nRobin: talk\nThat is all.", play.now + 20 * DAY)
    play.run()
    anew = last_move(play, "decide_anew").at
    assert appeal_until(play.case(), "reporter") == anew + MONTH
    assert appeal_until(play.case(), "p2") == play.now + MONTH, "nobody has told them yet"
    play.says(MFT, "/told Kim by phone", anew + 5 * DAY)
    play.run()
    told = play.now
    play.run(told + 5 * DAY)
    assert appeal_until(play.case(), "p2") == told + MONTH


def test_whom_an_appeal_of_somebody_else_leaves_as_they_were_was_told_what_stands() -> None:
    """Their time goes on from the decision, and `/help` says that it is decided."""
    play = resolved()
    since = play.case().progress.since
    play.delivered = {one.id for one in play.case().progress.owed() if one.to == "p2"}
    assert [told_at(play.case(), key) for key in ("p1", "p2")] == [None, since]
    made(play)
    play.sends(MIABOT, "/resolve\nRobin: talk\nThat is all.", play.now + 20 * DAY)
    play.run()
    assert appeal_until(play.case(), "p2") == since + MONTH
    assert [told_at(play.case(), key) for key in ("p1", "p2")] == [None, since]


def test_nobody_hears_of_it_who_need_not_know() -> None:
    """Who was never told that nothing was found isn't told that nobody knows, on another's appeal."""
    play = appealed("/resolve\nRobin: warning\nStop.\nKim: no violation")
    play.says(RIYA, "/appeal It goes on.")
    play.run(play.now + HOUR)
    play.sends(MIABOT, "/resolve\nRobin: talk\nThat is all.\nKim: nobody known")
    play.run()
    assert [to for _, to in owed(last_move(play, "decide_anew"))] == ["reporter", "p1"]


def test_an_upheld_decision_is_told_to_who_appealed_and_nobody_else() -> None:
    """With the reasons, and for each only their part."""
    play = appealed()
    play.says(RIYA, "/appeal It goes on.")
    play.run(play.now + HOUR)
    play.sends(
        MIABOT, "/uphold We read it again.\nTo Robin:\nYou were there.\nTo reporter:\nWe keep an eye on it."
    )
    play.run()
    record = last_move(play, "uphold")
    assert owed(record) == [("reporter/appeal_upheld", "reporter"), ("party/appeal_upheld", "p1")]
    assert upheld_for(play.case(), "p1") == "We read it again.\n\nYou were there."
    assert upheld_for(play.case(), "reporter") == "We read it again.\n\nWe keep an eye on it."
    assert play.case().outcomes == (Decided("p1", "warning"), Decided("p2", "talk"))
    assert [one.changed for one in play.case().progress[Appeals].verdicts] == [False]


def test_what_is_decided_anew_about_somebody_may_be_appealed_as_long_again() -> None:
    """Once for each all the same: who has appealed already has no second one."""
    play = resolved()
    play.says(RIYA, "/appeal It goes on.", play.now + 29 * DAY)
    play.run(play.now + HOUR)
    play.sends(MIABOT, "/resolve\nRobin: warning\nStop it now.\nKim: warning\nStop it too.")
    play.run()
    anew = last_move(play, "decide_anew").at
    assert appeal_until(play.case(), "p2") == anew + MONTH
    assert made(play, at=anew + MONTH - timedelta(seconds=1), person="p2").move == "appeal"
    play.says(RIYA, "/appeal Again.")
    assert "once is all there is" in play.refusal()[0]


def test_who_decided_anew_does_not_decide_the_next_appeal() -> None:
    """Nor does whoever agreed to what was decided at first."""
    play = resolved()
    play.says(RIYA, "/appeal It goes on.")
    play.run(play.now + HOUR)
    play.sends(MIABOT, "/resolve\nKim: warning\nStop it.")
    play.run()
    made(play, person="p2")
    assert deciders(play.case()) == ("thclpr",)


def test_a_suspension_is_appealed_on_its_own_page() -> None:
    """There is one way, so it isn't offered here, and a record of it is refused."""
    play = resolved("/resolve\nRobin: suspension until 30 days\nStop.", approved=MIABOT)
    assert not may_appeal(play.case(), "p1")
    play.says(MIABOT, "/appeal Robin\n> I wasn't there.")
    assert "on its own page" in play.refusal()[0]


def test_what_suspends_nobody_waits_until_the_account_is_back() -> None:
    """What was decided never says one thing while the account says another."""
    play = resolved("/resolve\nRobin: suspension until 30 days\nStop.", approved=MIABOT)
    play.says(RIYA, "/appeal It was somebody else.")
    play.run(play.now + HOUR)
    play.says(THCLPR, "/resolve\nRobin: warning\nStop it.")
    assert "is suspended. First lift that" in play.refusal()[0]
    play.says(THCLPR, "/resolve\nKim: warning\nStop it.")
    assert not play.run()[-1].record.refused


@pytest.mark.parametrize("by", [RIYA, MFT])
def test_what_was_decided_cannot_be_withdrawn(by: Actor) -> None:
    """Others were told of it and may appeal: the reporter may appeal as well, or let nothing be shared."""
    for play in (resolved(), appealed()):
        state = play.state
        play.says(by, "/withdraw\n> It is all right.")
        now = "That isn't possible now. " if by == RIYA else f"That isn't possible while this is {state}."
        reason = play.refusal()[0]
        assert reason.startswith(now)
        assert ("write in your own words" in reason) is (by == RIYA)
        assert play.state == state


def test_a_reopened_case_may_be_appealed_anew() -> None:
    """Another resolution is another decision."""
    play = appealed()
    play.sends(MIABOT, "/uphold It was you.")
    play.says(MFT, "/told Robin by phone")
    play.says(MFT, "/told Kim by phone")
    play.run()
    assert play.state == "closed"
    play.reopens(MFT)
    play.run()
    play.sends(MFT, "/resolve\nRobin: talk", play.now + DAY)
    play.run()
    assert may_appeal(play.case(), "p1")
    assert made(play, at=play.now + DAY).move == "appeal"


@pytest.mark.parametrize("seconds", [-1, 0])
def test_an_answer_that_is_late_is_said_to_be(seconds: int) -> None:
    """On the second: who appealed hears it once, and the administrators are reminded."""
    play = appealed()
    due = answer_due(play.case(), "p1")
    assert due is not None
    made_ = [one.record for one in play.run(due + timedelta(seconds=seconds))]
    late = [owed(one) for one in made_ if any(each.notice.endswith("appeal_late") for each in one.owed)]
    assert late == ([[("party/appeal_late", "p1")]] if seconds == 0 else [])
    assert waits(play.case())["appeal_undecided"] == due
    again = [one.record for one in play.run(due + DAY)]
    assert not any(each.notice == "party/appeal_late" for one in again for each in one.owed) or seconds < 0


def test_who_agreed_before_a_checkpoint_does_not_decide_after_it() -> None:
    """Neither to the first decision, nor to the one on an appeal."""
    here = community(*ROSTER, Administrator(login=FOURTH.login))
    play = appealed(approved=MIABOT, community_=here)
    play.sends(THCLPR, "/resolve\nRobin: talk")
    play.run()
    play.edits(play.receipt_ids()[0], MFT, "Gone.")
    play.run()
    play.says(FOURTH, "/recover Somebody altered it.")
    play.run()
    assert "recover" in {one.move for one in play.records()}
    assert made(play, person="p2").move == "appeal"
    assert deciders(play.case()) == (FOURTH.login,)


def test_of_a_resolution_without_outcomes_its_writer_does_not_decide() -> None:
    """Receipts of earlier versions say nothing of outcomes, nor of who agreed: the words have a writer."""
    play = resolved("/resolve We talked.")
    records = play.records()
    resolving = next(one for one in records if any(isinstance(each, OutcomesDecided) for each in one.changes))
    older = tuple(one for one in resolving.changes if not isinstance(one, OutcomesDecided))
    play.facts = [
        msgspec.structs.replace(
            one,
            body=f"Answered.\n\n{receipt_line(msgspec.structs.replace(resolving, changes=older))}",
        )
        if isinstance(one, Commented) and read_receipt(one.body) == resolving
        else one
        for one in play.facts
    ]
    made(play)
    assert deciders(play.case()) == ("Mia", "thclpr")
    play.says(MFT, "/uphold It stands.")
    assert "You agreed" in play.refusal()[0]


def test_an_appeal_that_comes_too_late_says_so_and_is_offered_no_more() -> None:
    """To the reporter on the issue too: until when it was, and that what was written is read."""
    play = resolved()
    until = appeal_until(play.case(), "reporter")
    assert until is not None
    offered = "Appeal against what was decided"
    assert offered in {one.means for one in possible(play.case(), "reporter")}
    play.run(until)
    assert offered not in {one.means for one in possible(play.case(), "reporter")}
    play.says(RIYA, "/appeal It goes on.")
    assert play.refusal()[0].startswith("The time for an appeal ended on Wednesday, 4 February 2026")


def test_where_too_few_may_agree_it_is_said_until_when() -> None:
    """Whoever reads how many more it takes isn't left to wait for those who can't."""
    five = (*ROSTER, Administrator(login="lou"), Administrator(login="pat"))
    play = resolved(approved=MIABOT, community_=community(*five))
    play.says(RIYA, "/appeal It goes on.")
    play.run()
    play.says(MFT, "/heard Robin skipped: They know.")
    play.run()
    play.says(THCLPR, "/resolve\nRobin: ban\nNo more.")
    play.run()
    said = standing(play.case())
    assert "**3 more** have to agree" in said
    assert "lou or pat" in said
    assert "Nobody else may agree: they have a part in what is appealed. From " in said
