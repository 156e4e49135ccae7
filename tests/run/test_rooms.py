"""Rooms as a road: reports and words out of them, what goes back, and who may look in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from cocflow.core.case.facts import Actor
from cocflow.core.case.records import Claim, Filed, claim_line, mail_line, read_arrival
from cocflow.core.people.roster import Administrator, Vault
from cocflow.core.process import BOARD_LABEL
from cocflow.core.views.tokens import reply_token
from cocflow.errors import AdapterError
from cocflow.ports import ChannelError, ChannelFault, RefusedError
from cocflow.run.sweep import Run, handle, sweep
from tests.core import play
from tests.core.play import APPROVE, MFT, MIABOT, RIYA, STRANGER
from tests.run.house import Died, House

NEED = "What the people concerned need to know"
BY_NAME = f"{NEED}, with my name"


def test_a_report_filed_in_a_room_becomes_an_incident_and_is_answered_there() -> None:
    """Its body is the guest's form, its first line says where it came from, and the answer is in the room."""
    house = House()
    house.files()
    incident = house.tracker.threads[house.incident]
    arrival = read_arrival(incident.body)
    assert arrival is not None
    assert (arrival.room, arrival.account, arrival.login) == (house.name, RIYA.id, "riya")
    assert incident.body.endswith(play.body())
    assert house.state == "reported"
    assert len(house.told()) == 1
    assert house.claim().token == reply_token(house.incident, incident.opened.id, "reporter", None)
    assert house.letters() == []


def test_what_the_guest_writes_there_is_filed_and_decided() -> None:
    """A word of theirs is their own, and what comes of it is said in the room, once."""
    house = House()
    house.files()
    house.says("/withdraw")
    assert house.state == "withdrawn"
    told = house.told()
    assert len(told) == 2
    house.run()
    assert house.told() == told


def test_nothing_new_costs_one_listing() -> None:
    """Where no guest has written anything, no room is read and nothing is written."""
    house = House()
    house.files()
    house.run()
    house.rooms.calls.clear()
    house.room.forget()
    house.run()
    handle(house.desk)
    assert house.rooms.calls == ["rooms", "rooms"]
    assert house.room.calls == []


def test_an_administrators_own_comment_in_a_room_is_no_draft() -> None:
    """It is filed nowhere and told nobody, and the board says so until they take it away."""
    house = House()
    house.files()
    told = house.told()
    said = house.room.says(MFT, 1, "/withdraw")
    for run in (house.run(), house.run(), house.passes(timedelta(days=1)), handle(house.desk)):
        assert (house.letters(), house.told(), house.state) == ([], told, "reported")
        assert [one.subject for one in run.troubles] == [f"{house.name} written in"]
        assert run.complete, "cocflow has nothing left to do there"
        assert "administrator has written" in house.tracker.card(1_000)
    house.room.forget()
    house.run()
    assert house.room.calls == []
    house.room.deletes(MFT, 1, said)
    assert house.run().troubles == ()
    assert house.run().troubles == ()


def test_an_issue_that_an_administrator_opens_in_a_room_is_told_until_it_is_closed() -> None:
    """It is no report, and whoever may look in there reads it."""
    house = House()
    house.files(by=MFT)
    assert [one.subject for one in house.run().troubles] == [f"{house.name} written in"]
    house.room.closes(MFT, 1)
    assert house.run().troubles == ()


def test_an_app_that_gets_at_the_vault_is_told_until_it_does_not() -> None:
    """The board says so for as long as the listing shows the vault, at no further read."""
    house = House()
    house.rooms.besides = {house.desk.repository}
    house.rooms.calls.clear()
    assert [one.subject for one in house.run().troubles] == ["the vault"]
    assert house.rooms.calls == ["rooms"]
    assert "could read every incident" in house.tracker.card(1_000)
    house.rooms.besides = set()
    assert house.run().troubles == ()
    assert "could read every incident" not in house.tracker.card(1_000)


def test_an_issue_that_somebody_else_opens_in_a_room_is_no_report() -> None:
    """Of a keeper's, and of an administrator's, none is opened, and it is looked at once."""
    house = House()
    house.files(by=STRANGER)
    house.files(by=MFT)
    assert house.incidents() == []
    assert [house.claim(number).vault for number in (1, 2)] == ["", ""]
    house.room.forget()
    house.run()
    assert house.room.calls == []


def test_a_form_that_is_edited_says_only_what_changes() -> None:
    """An answer is theirs anew, and so is what may be shared; the rest isn't said again."""
    house = House()
    house.files()
    house.room.edits_body(RIYA, 1, play.body(nature="It was said twice.", share=BY_NAME))
    house.run()
    assert len(house.letters()) == 2
    assert "consent: parties" in house.tracker.threads[house.incident].labels
    house.says("/consent none")
    house.room.edits_body(RIYA, 1, play.body(nature="It was said three times.", share=BY_NAME))
    house.run()
    assert len(house.letters()) == 4
    assert "consent: none" in house.tracker.threads[house.incident].labels


def test_a_form_that_somebody_else_edits_says_nothing() -> None:
    """What an owner makes of it is not the guest's."""
    house = House()
    house.files()
    house.room.edits_body(STRANGER, 1, play.body(nature="It was nothing."))
    house.run()
    assert house.letters() == []


def test_words_are_filed_anew_as_they_are_edited_and_stay_when_they_are_deleted() -> None:
    """The case holds what the guest said at each time."""
    house = House()
    house.files()
    said = house.says("It was in the lobby.")
    house.room.edits(RIYA, 1, said, "It was in the garden.")
    house.run()
    house.room.deletes(RIYA, 1, said)
    house.run()
    assert [("lobby" in one, "garden" in one) for one in house.letters()] == [(True, False), (False, True)]
    house.says("And at night.")
    assert len(house.letters()) == 3
    house.room.forget()
    house.run()
    assert house.room.calls == []


def test_words_that_came_before_the_report_was_taken_are_theirs_too() -> None:
    """What the guest adds at once is filed in the same run, behind the report."""
    house = House()
    house.room.opens(RIYA)
    house.room.says(RIYA, 1, "/consent none")
    house.run()
    assert len(house.letters()) == 1


def test_closing_and_reopening_there_are_the_guests_buttons() -> None:
    """They are filed as such, and hold no words."""
    house = House()
    house.files()
    house.room.closes(RIYA, 1)
    house.run()
    (letter,) = house.letters()
    assert "closed there" in letter


def test_attachments_are_named_and_stay_in_the_room() -> None:
    """The letter says which there are."""
    house = House()
    house.files()
    house.says("See https://github.com/user-attachments/files/77/chat.txt for it.")
    assert "Attachments, which stay in the room: 77/chat.txt." in house.letters()[0]


# --- nothing is lost, and nothing is said twice -------------------------------------------------------


def _reports(house: House) -> None:
    house.room.opens(RIYA)


def _speaks(house: House) -> None:
    house.room.says(RIYA, 1, "/consent parties")
    house.room.says(RIYA, 1, "/withdraw")


def _edits(house: House) -> None:
    house.room.edits_body(RIYA, 1, play.body(nature="It was said twice.", share=BY_NAME))


def _concerns(house: House) -> None:
    house.tracker.says(MFT, house.incident, "/party thclpr")


def _invites(house: House) -> None:
    house.asked()


SCENES: dict[str, tuple[Callable[[], House], Callable[[House], None]]] = {
    "a room": (lambda: House(empty=True), _invites),
    "a report": (House, _reports),
    "words": (lambda: _with_report(), _speaks),
    "an edit": (lambda: _with_report(), _edits),
    "recusal": (lambda: _with_report(), _concerns),
}


def _with_report() -> House:
    house = House()
    house.files()
    return house


def _end(house: House) -> object:
    """Return all that there is in the end, without ids and times."""
    there = house.rooms.trackers.values()
    return (
        sorted(
            (sorted(one.labels), one.is_open)
            for one in house.tracker.threads.values()
            if BOARD_LABEL not in one.labels
        ),
        [[text.partition("\n")[0] for text in one.by_bot(number)] for one in there for number in one.threads],
        house.rooms.people,
        [house.claim(number).may for number in (house.room.threads if house.rooms.trackers else ())],
        sorted(text.partition("\n")[0][:30] for text in (house.letters() if house.incidents() else ())),
    )


class Killer:
    """Kills a run at its n-th exchange with vault or rooms, before or after it."""

    def __init__(self, house: House, at: int, *, after: bool) -> None:
        self.count, self.at = 0, at
        for one in (house.tracker, house.rooms):
            if after:
                one.after = self
            else:
                one.before = self

    def __call__(self, call: str) -> None:
        self.count += 1
        if self.count == self.at:
            raise Died


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_dies_at_any_exchange_changes_nothing_in_the_end(scene: str, after: bool) -> None:
    """Whatever the exchange, later runs bring about the same, and each guest is told once."""
    begin, happens = SCENES[scene]
    calm = begin()
    happens(calm)
    counter = Killer(calm, 0, after=after)
    for _ in range(3):
        calm.passes(timedelta(hours=1))
    wanted = _end(calm)
    assert counter.count > 5
    killed = 0
    for at in range(1, counter.count):
        house = begin()
        happens(house)
        Killer(house, at, after=after)
        for _ in range(4):
            try:
                house.passes(timedelta(hours=1))
            except Died:
                killed += 1
        assert _end(house) == wanted, f"at exchange {at}"
    assert killed > 5


@pytest.mark.parametrize("scene", SCENES)
def test_two_relays_at_once_do_it_once(scene: str) -> None:
    """Whenever the second one begins and ends, there is one incident, one letter, and one answer."""
    begin, happens = SCENES[scene]
    calm = begin()
    happens(calm)
    counter = Killer(calm, 0, after=False)
    for _ in range(3):
        calm.passes(timedelta(hours=1))
    wanted = _end(calm)
    for at in range(1, counter.count):
        house = begin()
        happens(house)
        begun = [0]

        def another(call: str, house: House = house, at: int = at, begun: list[int] = begun) -> None:
            begun[0] += 1
            if begun[0] == at:
                sweep(house.desk)

        house.tracker.before = house.rooms.before = another
        for _ in range(4):
            house.passes(timedelta(hours=1))
        assert _end(house) == wanted, f"at exchange {at}"


# --- rooms with more issues than a listing shows --------------------------------------------------------


def test_every_issue_of_a_room_is_read_however_many_it_has() -> None:
    """A listing shows some; what was written in the others isn't lost, be it before or after they were."""
    house = House()
    house.rooms.shown = 2
    for _ in range(4):
        house.room.opens(RIYA)
    house.run()
    assert len(house.incidents()) == 4
    house.room.says(RIYA, 1, "/withdraw")
    for number in (2, 3, 4):
        house.room.says(RIYA, number, "More of it.")
    handle(house.desk)
    assert house.state == "withdrawn"
    house.room.says(RIYA, 2, "/withdraw")
    for number in (3, 4):
        house.room.says(play.APP, number, "A run that has begun before writes meanwhile.")
    house.run()
    assert house.tracker.state_labels(house.incidents()[1]) == {"state: withdrawn"}


def test_whom_an_issue_keeps_out_that_no_listing_shows_isnt_let_in() -> None:
    """Who may look in is who may on account of all issues there."""
    house = House()
    house.rooms.shown = 1
    house.files(play.body(who="@miabot"))
    house.files()
    house.run()
    assert house.rooms.inside(house.name) == {"riya", "mft", "thclpr"}


# --- two vaults ----------------------------------------------------------------------------------------


def _with_vaults() -> House:
    """Return a house whose vault is the first of two."""
    house = House()
    own = Vault(repository=house.desk.repository, administrators=play.ROSTER)
    other = Vault(repository="acme/second", administrators=(Administrator(login="kim"),))
    community = msgspec.structs.replace(house.desk.community, vaults=(own, other))
    house.desk = msgspec.structs.replace(house.desk, community=community)
    return house


def test_a_report_that_concerns_somebody_who_reads_here_is_left_to_the_other_vault() -> None:
    """Nothing is written of it, here or there; claimed by the other one, it isn't looked at any more."""
    house = _with_vaults()
    before = set(house.tracker.threads)
    house.room.opens(RIYA, play.body(who="It was @mft."))
    house.run()
    assert (set(house.tracker.threads), house.room.by_bot(1)) == (before, [])
    house.room.says(play.APP, 1, claim_line(Claim(vault="acme/second", token="abc")))
    house.room.says(RIYA, 1, "More of it.")
    house.run()
    assert (house.incidents(), len(house.room.by_bot(1))) == ([], 1)
    house.room.opens(RIYA)
    house.run()
    assert len(house.incidents()) == 1
    assert house.rooms.inside(house.name) == {"riya"}


def test_a_report_that_no_vault_takes_is_told_to_the_outside_contact_once() -> None:
    """By the last vault, without a word of it; the room says so, and nobody is let in."""
    house = _with_vaults()
    vaults = house.desk.community.vaults[::-1]
    community = msgspec.structs.replace(house.desk.community, vaults=vaults)
    house.desk = msgspec.structs.replace(house.desk, community=community)
    house.files(play.body(who="It was @mft, and @kim."))
    house.run()
    (message,) = house.notifier.messages
    assert message.to.mail == "council@example.org"
    assert "@mft" not in message.text
    (said,) = house.room.by_bot(1)
    assert "was told that it is here" in said
    assert house.incidents() == []


def test_a_guest_whom_another_vault_let_in_may_report_here() -> None:
    """They are known by having been let in, and by handling reports nowhere."""
    house = House(empty=True)
    theirs = house.rooms.made("room-of-another-vault", "A room for one person. xxxxxxxxxxxxxx", riya="inside")
    theirs.opens(RIYA)
    house.run()
    assert len(house.incidents()) == 1


# --- rooms of others in a case ---------------------------------------------------------------------------


def test_a_party_with_a_room_is_told_and_answers_there() -> None:
    """In a conversation that cocflow opens; what they write there is theirs, on the case."""
    house = House(empty=True)
    number = house.tracker.opens(RIYA)
    house.run()
    for text in ("/party Robin Example", "/estimate 3 days", "/room robin as party"):
        house.tracker.says(MFT, number, text)
        house.run()
    house.rooms.accepts(house.name, "robin")
    house.run()
    house.tracker.says(MFT, number, "/say Robin Example We would like to hear you.")
    house.run()
    house.tracker.labels(MFT, number, APPROVE)
    house.run()
    (told,) = house.told()
    assert "would like to talk with you" in told
    assert not any("arrived" in one for one in house.room.by_bot(1))  # they have written nothing yet
    house.room.says(Actor("U_robin", "robin"), 1, "I was not there.")
    house.run()
    case = house.desk.open(house.desk.read(number))
    (letter,) = [case.mail(one) for one in case.comments.values() if case.mail(one) is not None]
    assert letter is not None
    assert (letter.person, letter.verified, letter.room) == ("p1", True, house.name)
    assert house.rooms.inside(house.name) == {"robin", "mft", "miabot", "thclpr"}


# --- roads that can't be read, and words about consent -------------------------------------------------


def _drafted(house: House) -> None:
    """Bring the incident to where a resolution for a party waits to be sent, by consent."""
    number = house.incident
    house.says("/consent parties")
    for text in (
        "/party Robin Example robin@example.org",
        "/estimate 3 days",
        "/resolve We talked.\nTo parties: Be kind.",
    ):
        house.tracker.says(MIABOT, number, text)
        house.run()
    house.tracker.labels(MIABOT, number, APPROVE)


def _got(house: House, key: str = "p1") -> list[str]:
    return [one.text for one in house.notifier.messages if one.to.key == key]


@pytest.mark.parametrize("run", [handle, sweep])
def test_a_no_in_the_room_is_decided_before_words_go_out(run: Callable[..., Run]) -> None:
    """It was said after the draft was approved and before any run: nobody concerned gets the words."""
    house = _with_report()
    _drafted(house)
    house.room.says(RIYA, 1, "/consent none")
    run(house.desk)
    assert not any("Be kind." in one for one in _got(house))
    house.passes(timedelta(days=2))
    assert not any("Be kind." in one for one in _got(house))


@pytest.mark.parametrize("run", [handle, sweep])
def test_words_that_need_a_yes_wait_while_the_rooms_cant_be_read(run: Callable[..., Run]) -> None:
    """All else goes on; after a day administrators are asked; once the rooms are read, the words go out."""
    house = _with_report()
    _drafted(house)
    house.tracker.opens(STRANGER)

    def fails(call: str) -> None:
        raise ChannelError("login", "rooms", status=401)

    house.rooms.before = fails
    done = run(house.desk)
    assert not any("Be kind." in one for one in _got(house))
    assert (
        "state: reported"
        in house.tracker.threads[max(one for one in house.tracker.threads if one < 1_000)].labels
    )
    assert "rooms" in [one.subject for one in done.troubles]
    assert "notice: undelivered" not in house.tracker.threads[house.incident].labels
    house.passes(timedelta(hours=25))
    assert "notice: undelivered" in house.tracker.threads[house.incident].labels
    house.rooms.before = lambda call: None
    house.passes(timedelta(hours=1))
    assert any("Be kind." in one for one in _got(house))
    assert "notice: undelivered" not in house.tracker.threads[house.incident].labels


def test_a_mailbox_that_fails_holds_back_nothing_of_who_has_a_room() -> None:
    """Each road holds back only what those who use it may have said."""
    house = _with_report()
    _drafted(house)

    def fails(call: str) -> None:
        raise ChannelError("connection", "IMAP")

    house.mailbox.before = fails
    house.run()
    assert any("Be kind." in one for one in _got(house))


def test_one_room_that_cant_be_read_keeps_no_other_from_being_heard() -> None:
    """The board names it, and what is written in it is read once it can be."""
    house = _with_report()
    other = house.rooms.made("room-other-place-aaaa", "A room for one person. xxxxxxxxxxxxxx", robin="inside")
    other.opens(Actor("U_robin", "robin"))

    def fails(call: str) -> None:
        raise AdapterError(502, "query ISSUE")

    other.before = fails
    house.room.says(RIYA, 1, "/withdraw")
    run = house.run()
    assert house.state == "withdrawn"
    assert "room-other-place-aaaa" in [one.subject for one in run.troubles]
    other.before = lambda call: None
    house.run()
    assert len(house.incidents()) == 2


@pytest.mark.parametrize("fault", ["login", "scopes", "connection"])
def test_an_app_that_is_suspended_or_without_its_key_costs_the_rooms_alone(fault: ChannelFault) -> None:
    """The board says so, every issue is looked at, and nothing of what guests wrote is lost."""
    house = _with_report()
    house.room.says(RIYA, 1, "/withdraw")

    def fails(call: str) -> None:
        raise ChannelError(fault, "rooms")

    house.rooms.before = fails
    run = house.run()
    assert [one.subject for one in run.troubles] == ["room", "rooms"]
    assert not run.failures
    house.rooms.before = lambda call: None
    house.passes(timedelta(hours=1))
    assert (house.state, len(house.told())) == ("withdrawn", 2)


# --- what guests and keepers do ------------------------------------------------------------------------


def test_a_guest_who_is_renamed_stays_who_they_are() -> None:
    """By the account, once they filed; before that, since they alone were let in under that name."""
    house = House()
    house.rooms.people[house.name] = {"riya-sen": "inside"}
    renamed = Actor(RIYA.id, "riya-sen")
    house.files(by=renamed)
    house.says("/withdraw", by=Actor(RIYA.id, "riya-sen-2"))
    assert house.state == "withdrawn"


def test_whoever_has_a_guests_login_later_isnt_them() -> None:
    """The account decides: what a stranger writes under a name that was given up is no letter."""
    house = _with_report()
    house.says("/withdraw", by=Actor("U_squatter", "riya"))
    assert (house.state, house.letters()) == ("reported", [])


def _a_day(house: House) -> list[Run]:
    return [house.passes(timedelta(hours=1)) for _ in range(25)]


def test_a_guest_who_leaves_is_noticed_within_a_day() -> None:
    """Their room's page says so, though nothing is written there."""
    house = House()
    house.rooms.leaves(house.name, "riya")
    _a_day(house)
    assert house.tracker.state_labels(1) == {"state: left"}


def test_a_guest_who_has_another_name_now_is_not_gone() -> None:
    """They are in by their account, are put out by nobody, and what they write is theirs."""
    house = House()
    house.rooms.leaves(house.name, "riya")
    house.rooms.people[house.name]["riya-sen"] = "inside"
    house.rooms.accounts["riya-sen"] = RIYA.id
    _a_day(house)
    assert house.tracker.state_labels(1) == {"state: open"}
    assert house.rooms.inside(house.name) == {"riya-sen"}
    house.files(by=Actor(RIYA.id, "riya-sen"))
    assert house.state == "reported"


def test_whoever_is_let_in_by_hand_is_put_out_within_a_day_and_told_of() -> None:
    """The guest and who decides there stay; a party among the administrators is no exception."""
    house = House()
    house.files()
    house.tracker.says(MIABOT, house.incident, "/party thclpr")
    house.run()
    house.rooms.people[house.name] |= {"sam": "inside", "kim": "invited", "thclpr": "inside"}
    runs = _a_day(house)
    assert house.rooms.people[house.name] == {"riya": "inside", "mft": "inside"}
    assert [one.subject for run in runs for one in run.troubles] == [f"{house.name} let into"]
    assert all(run.complete for run in runs)


def test_a_guest_who_leaves_or_deletes_their_account_loses_nothing() -> None:
    """The case goes on, and so do its notices, for whoever may come back."""
    house = _with_report()
    house.rooms.leaves(house.name, "riya")
    house.tracker.says(MFT, house.incident, "/estimate 3 days")
    run = house.run()
    assert (house.state, run.troubles) == ("acknowledged", ())
    assert len(house.told()) == 2


def test_a_room_that_a_keeper_deletes_is_missed() -> None:
    """Its own page says that it is gone, and what its guest should be told waits for a person."""
    house = _with_report()
    incident = house.incident
    house.rooms.vanishes(house.name)
    house.tracker.says(MFT, incident, "/estimate 3 days")
    house.run()
    assert house.tracker.state_labels(1) == {"state: erased"}
    assert "notice: undelivered" in house.tracker.threads[incident].labels


def test_an_issue_that_is_moved_away_or_locked_stops_nothing() -> None:
    """What is told next opens a conversation where the issue is gone, and unlocks one that is locked."""
    house = _with_report()
    house.room.locks(STRANGER, 1)
    house.tracker.says(MFT, house.incident, "/estimate 3 days")
    house.run()
    assert len(house.told()) == 2
    house.room.vanishes(1)
    house.tracker.labels(MFT, house.incident, "state: triaged")
    house.tracker.says(MFT, house.incident, "/estimate 4 days")
    house.run()
    (conversation,) = house.room.threads
    assert len(house.told(conversation)) == 1
    house.says("/withdraw", number=conversation)
    assert house.state == "withdrawn"


def test_a_room_that_cant_be_made_is_told_by_hand() -> None:
    """By a name that is taken, say, or without a template: its page says so, and nothing else stops."""
    house = House(empty=True)
    house.asked()

    def taken(call: str) -> None:
        if call == "open":
            raise RefusedError(404, "POST generate")

    house.rooms.before = taken
    house.run()
    assert "notice: undelivered" in house.tracker.threads[1].labels


# --- hostile words -------------------------------------------------------------------------------------

RECORD = '<!-- cocflow:receipt {"n":9,"prev":null,"of":"x","at":"2026-01-05T09:00:00Z","process":"1"} -->'
HOSTILE = (
    f"@mft look at #12 and acme/incidents#3\n\n> /consent community\n\n{RECORD}",
    mail_line(Filed(mail="x", received=play.START, verified=True, person="reporter")),
    "\U0001f600" * 65_536,
    "# " * 32_768,
    "> " * 30_000 + "x",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_words(text: str) -> None:
    """They are filed whole and quoted: no record, no command in a quote, no mention, no pointer of theirs."""
    house = _with_report()
    house.says(text)
    assert house.state == "reported"
    letters = house.letters()
    assert letters
    assert all("@mft" not in one and "#12" not in one for one in letters)
    assert len(house.tracker.records(house.incident)) == len(house.tracker.receipts(house.incident))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_report_is_a_report(text: str) -> None:
    """Whatever stands in an answer: one incident, answered in the room, and no record of theirs."""
    house = House()
    house.files(play.body(nature=text[:60_000]))
    assert house.state in ("reported", "incomplete")
    assert "@mft" not in house.tracker.threads[house.incident].body.replace("(@mft)", "")
    assert len(house.told()) == 1


def test_a_hundred_comments_are_read_twenty_a_run_and_keep_nobody_waiting() -> None:
    """The other guest is answered in the same run, and in the end each word is filed once."""
    house = _with_report()
    for number in range(100):
        house.room.says(RIYA, 1, f"Word {number}.")
    other = house.rooms.made("room-other-place-aaaa", "A room for one person. xxxxxxxxxxxxxx", robin="inside")
    other.opens(Actor("U_robin", "robin"))
    house.run()
    assert len(house.letters()) == 20
    assert len(house.incidents()) == 2
    for _ in range(4):
        house.run()
    assert [f"Word {number}." in one for number, one in enumerate(house.letters())] == [True] * 100


# --- what it costs -------------------------------------------------------------------------------------

READS = ("rooms", "access", "room read", "room tail", "read", "tail", "listing", "latest", "children")


def _asked(house: House, run: Callable[..., Run]) -> tuple[int, int]:
    """Return how many reads and writes a run asks of vault and rooms."""
    calls: list[str] = []
    house.tracker.before = house.rooms.before = calls.append
    run(house.desk)
    house.tracker.before = house.rooms.before = lambda call: None
    reads = sum(call in READS for call in calls)
    return reads, len(calls) - reads


@pytest.mark.parametrize("run", [handle, sweep])
def test_what_rooms_cost_is_counted(run: Callable[..., Run]) -> None:
    """Opening one, a report, who has it and may look in, words with their answer, and nothing new."""
    house = House(empty=True)
    house.run()  # makes the board
    house.asked()
    assert _asked(house, run) == (4, 6)
    house.run()
    house.comes_in()
    house.run()
    house.room.opens(RIYA)
    letting_in, handing_over = 3 + 2, 1
    assert _asked(house, run) == (9, 7 + letting_in + handing_over)
    house.room.says(RIYA, 1, "Thank you.")
    assert _asked(house, run) == (6, 4)
    house.room.says(RIYA, 1, "/answer 2 It was on Tuesday.")
    receipt_and_answer = 2
    assert _asked(house, run) == (5 + receipt_and_answer, 3 + receipt_and_answer)
    assert _asked(house, run) == (2, 0)


def test_an_incident_has_its_name_before_it_is_opened() -> None:
    """Its title is never set, and its name stays whatever becomes of its first line."""
    house = House()
    house.tracker.forget()
    house.files()
    thread = house.tracker.threads[house.incident]
    name = house.desk.open(house.desk.read(house.incident)).code_name
    assert thread.title == f"Incident {name}"
    assert not any(call.startswith("edit_issue") for call in house.tracker.writes())
    house.tracker.edits_body(MFT, house.incident, thread.body.partition("\n")[2])
    house.run()
    assert thread.title == f"Incident {name}"
