"""What whoever is accused, a guest, a squatter or a keeper may try with rooms, and what comes of it.

No module's twin: of rooms, letters, intake and access together.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from cocflow.core.case.facts import Actor
from cocflow.core.case.records import Claim, Seen, claim_line, read_arrival, read_claim
from cocflow.core.case.seal import Seal
from cocflow.core.people.roster import Administrator, Vault
from cocflow.core.views.tokens import reply_token
from cocflow.errors import AdapterError
from cocflow.run.sweep import sweep
from tests.core import play
from tests.core.play import MFT, MIABOT, RIYA, STRANGER
from tests.fakes import FakeTracker, desk
from tests.run.house import Died, House

SECOND = "acme/second"
HOUR = timedelta(hours=1)
FIRSTS = Seal((b"k" * 32,))
SHARED = "What the people concerned need to know, with my name"


def house_of(*order: str, seal: Seal | None = None) -> House:
    """Return a house of which these are the community's vaults: `example/incidents` is its own."""
    house = House(seal=seal)
    rosters = {house.desk.repository: play.ROSTER, SECOND: (Administrator(login="kim"),)}
    vaults = tuple(Vault(repository=one, administrators=rosters[one]) for one in order)
    _has(house, vaults)
    return house


def _has(house: House, vaults: tuple[Vault, ...]) -> None:
    community = msgspec.structs.replace(house.desk.community, vaults=vaults)
    house.desk = msgspec.structs.replace(house.desk, community=community)


def _reporter(house: House) -> tuple[str, str]:
    person = house.desk.open(house.desk.read(house.incident)).person("reporter")
    assert person is not None
    return person.room, person.account


# --- whoever is accused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "It was @mft who did this.",
        f"It was @mft who did this.\n\n{play.body()}",
        f"{play.body()}\n\n### A heading of their own\n\nIt was @mft.",
        f"{play.body()}\n\n{play.body(who='It was @mft.')}",
        play.body(material=f"{'x ' * 20_000} It was @mft. {'@y ' * 15_000}"),
    ],
    ids=["plain words", "above the form", "below the form", "the form twice", "too long for the vault"],
)
def test_whom_a_report_names_anywhere_has_no_say_and_does_not_look_in(body: str) -> None:
    """Whatever the form makes of it: all that was written counts, and no word that fits is lost."""
    house = House()
    house.files(body)
    assert house.rooms.inside(house.name) == {"riya", "miabot", "thclpr"}
    case = house.desk.open(house.desk.read(house.incident))
    assert [one.login for one in case.eligible] == ["miabot", "thclpr"]


@pytest.mark.parametrize("where", ["the title", "a comment", "above the form"])
def test_no_vault_takes_what_names_its_reader_outside_of_the_form(where: str) -> None:
    """Its title, what its author wrote below, and what the form doesn't ask for, count as well."""
    house = house_of("example/incidents", SECOND)
    named = "It was @mft."
    number = house.room.opens(RIYA, f"{named}\n\n{play.body()}" if where == "above the form" else None)
    if where == "the title":
        house.room.threads[number].title = named
    if where == "a comment":
        house.room.says(RIYA, number, named)
    house.run()
    assert (house.incidents(), house.room.by_bot(1)) == ([], [])


def test_a_name_that_was_not_chosen_names_nobody() -> None:
    """A box that was left empty says nothing, so that the first vault still takes a report."""
    house = house_of("example/incidents", SECOND)
    house.files()
    assert len(house.incidents()) == 1


def test_a_new_login_keeps_nobody_in_a_room() -> None:
    """Who was let in by a login that is there no more is the one who is there by an unknown one."""
    house = House()
    house.files()
    _is_renamed(house, "mft", "someone-else")
    house.says("/answer 3 It was @mft")
    assert house.rooms.inside(house.name) == {"riya", "miabot", "thclpr"}


def test_a_guest_with_a_new_login_is_not_taken_for_who_has_to_go() -> None:
    """They wrote the report, so what they are called now is known."""
    house = House()
    house.files()
    for old, new in (("mft", "someone-else"), ("riya", "riya-sen")):
        _is_renamed(house, old, new)
    renamed = Actor(RIYA.id, "riya-sen")
    house.room.threads[1].opened = msgspec.structs.replace(house.room.threads[1].opened, by=renamed)
    house.says("/answer 3 It was @mft", by=renamed)
    assert house.rooms.inside(house.name) == {"riya-sen", "miabot", "thclpr"}


def test_the_title_of_a_report_keeps_out_whom_it_names() -> None:
    """It is the guest's own words like any other, and stands with them."""
    house = House()
    number = house.room.opens(RIYA)
    house.room.threads[number].title = "About @mft"
    house.run()
    assert house.rooms.inside(house.name) == {"riya", "miabot", "thclpr"}


def test_a_login_that_is_nobodys_keeps_no_other_out() -> None:
    """Whoever deletes or renames their account delays no report; the board says so."""
    house = House()
    house.rooms.logins = {"riya", "miabot", "thclpr"}
    house.room.opens(RIYA)
    run = house.run()
    assert house.rooms.inside(house.name) == {"riya", "miabot", "thclpr"}
    assert [one.subject for one in run.troubles] == [f"{house.name} shut out"]
    assert (house.state, len(house.told()), run.failures) == ("reported", 1, [])


def test_who_loses_their_say_is_put_out_of_a_room_that_can_not_be_read() -> None:
    """That something there waits to be read, or to be filed, keeps nobody in."""
    house = House()
    house.files()
    house.room.opens(RIYA)
    house.tracker.says(MIABOT, house.incident, "/party mft")

    def fails(call: str) -> None:
        if call == "room read":
            raise AdapterError(500, "room")

    house.rooms.before = fails
    house.run()
    assert "mft" not in house.rooms.inside(house.name)
    house.rooms.before = lambda call: None
    house.run()
    assert "mft" not in house.claim().may
    assert "mft" not in house.rooms.inside(house.name)


def _is_renamed(house: House, old: str, new: str) -> None:
    people = house.rooms.people[house.name]
    people[new] = people.pop(old)


def test_nobody_is_made_the_reporter_by_an_edit_of_where_it_came_from() -> None:
    """The line of another report says whose that one is; taken away, the reporter is still who they are."""
    house = House()
    house.files()
    of, room, account = house.incident, house.name, RIYA.id
    other = house.rooms.made("room-of-eve", "A room for one person. abc", eve="inside")
    other.opens(Actor("U_eve", "eve"))
    house.run()
    theirs = next(one for one in house.incidents() if one != of)
    line = house.tracker.threads[theirs].body.partition("\n")[0]
    own = house.tracker.threads[of].body.partition("\n")[2]
    for body in (f"{line}\n{own}", own.strip()):
        house.tracker.edits_body(MFT, of, body)
        house.run()
        assert _reporter(house) == (room, account)
    other.says(Actor("U_eve", "eve"), 1, "/withdraw")
    house.run()
    assert house.state == "reported"
    house.says("/withdraw")
    assert house.state == "withdrawn"


def test_a_report_that_was_edited_before_it_was_first_read_is_opened_anew() -> None:
    """Where a run ends between opening and reading, the guest's words are those of the room."""
    house = House()
    house.room.opens(RIYA, play.body(nature="It was said."))

    def dies(call: str) -> None:
        if call == "open_issue":
            raise Died

    house.tracker.after = dies
    with pytest.raises(Died):
        house.run()
    house.tracker.after = lambda call: None
    number = house.incident
    head = house.tracker.threads[number].body.partition("\n")[0]
    house.tracker.edits_body(MFT, number, f"{head}\n\n{play.body(nature='It was nothing.')}")
    house.passes(HOUR)
    first, anew = house.incidents()
    assert first == number
    assert "It was said." in house.tracker.threads[anew].body
    assert house.claim().token == reply_token(anew, house.tracker.threads[anew].opened.id, "reporter", None)
    case = house.desk.open(house.desk.read(first))
    reporter = case.person("reporter")
    assert reporter is not None
    assert (reporter.room, reporter.account) == ("", "")


def test_a_claim_of_another_issue_holds_nothing() -> None:
    """One that a guest or an administrator writes is words; the App's alone is believed."""
    house = House()
    house.files()
    stolen = next(one for one in house.room.by_bot(1) if read_claim(one) is not None)
    number = house.room.opens(RIYA)
    house.room.says(RIYA, number, stolen)
    house.room.says(MFT, number, claim_line(Claim(vault=SECOND, token="abc")))
    house.run()
    assert len(house.incidents()) == 2
    assert house.claim(number).token != house.claim(1).token


def test_no_room_is_opened_for_others_of_a_case_by_who_has_no_say_in_it() -> None:
    """Nobody lets an accomplice read what a party or the reporter is told."""
    house = House()
    house.files(play.body(who="It was @mft."))
    house.tracker.says(MIABOT, house.incident, "/party Sam Poe, sam@example.org")
    house.run()
    for whom in ("party Sam Poe", "reporter"):
        house.tracker.says(MFT, house.incident, f"/room eve as {whom}")
        house.run()
    assert list(house.rooms.people) == [house.name]


def test_nobody_else_is_let_in_by_an_edit_of_whom_a_room_is_for() -> None:
    """Edited before it was first read, the form lets in nobody."""
    house = House(empty=True)
    house.asked()
    body = house.tracker.threads[1].body
    house.tracker.edits_body(MIABOT, 1, body.replace("riya", "eve"))
    house.run()
    assert house.rooms.people == {}
    assert house.tracker.state_labels(1) == {"state: dropped"}


def test_closing_the_page_of_a_room_silences_nobody() -> None:
    """What the guest reports and says is heard, whatever is made of the room's page in the vault."""
    house = House()
    house.tracker.closes(MFT, 1)
    house.run()
    house.files(play.body(who="It was @mft."))
    assert house.state == "reported"
    house.says("/withdraw")
    assert house.state == "withdrawn"


# --- two vaults --------------------------------------------------------------------------------------------


def test_what_no_vault_takes_is_read_by_none_of_their_administrators() -> None:
    """Those who had been let in for an earlier report are put out, as the room says."""
    house = house_of("example/incidents", SECOND)
    house.files()
    assert house.rooms.inside(house.name) == {"riya", "mft", "miabot", "thclpr"}
    _has(house, house.desk.community.vaults[::-1])
    house.files(play.body(who="It was @mft, and @kim."))
    assert house.rooms.inside(house.name) == {"riya"}
    assert "none of them is let in here" in house.room.by_bot(2)[0]


def test_what_is_anothers_to_take_is_not_read_here_meanwhile() -> None:
    """Who was let in by this vault is put out before the other one has looked."""
    house = house_of("example/incidents", SECOND)
    house.files()
    house.files(play.body(who="It was @mft."))
    assert house.rooms.inside(house.name) == {"riya"}
    assert len(house.incidents()) == 1


def test_a_vault_that_claimed_and_never_went_on_keeps_no_other_from_taking_it() -> None:
    """Such a claim holds for a quarter of an hour, whichever vault's it is."""
    house = house_of("example/incidents", SECOND)
    house.room.opens(RIYA)
    house.room.says(play.APP, 1, claim_line(Claim(vault=SECOND)))
    house.run()
    assert house.incidents() == []
    house.passes(HOUR)
    assert len(house.incidents()) == 1
    assert house.claim().vault == "example/incidents"


def test_the_outside_contact_is_told_once_where_a_run_had_begun() -> None:
    """A claim that never went on isn't taken up again and again by the vault that tells."""
    house = house_of(SECOND, "example/incidents")
    house.room.opens(RIYA, play.body(who="It was @mft, and @kim."))
    house.room.says(play.APP, 1, claim_line(Claim(vault="example/incidents")))
    for _ in range(3):
        house.passes(HOUR)
    assert len(house.notifier.messages) == 1
    assert house.claim().vault == "outside"


def test_a_case_that_was_moved_to_another_vault_takes_its_room_along() -> None:
    """The guest is heard and told where they always were, and whoever decided before is put out."""
    house = house_of("example/incidents", SECOND, seal=FIRSTS)
    house.files()
    told = len(house.told())
    thread = house.tracker.threads.pop(house.incident)
    house.room.says(RIYA, 1, "/withdraw")
    other = FakeTracker(house.tracker.now, name="second_")
    thread.number, thread.opened = 1, msgspec.structs.replace(thread.opened, id="I_second")
    thread.items = [
        (at, msgspec.structs.replace(fact, id=f"second_{at}_{place}"))
        for place, (at, fact) in enumerate(thread.items)
    ]
    other.threads[1], other._made = thread, 900
    house.run()
    there = desk(
        other,
        rooms=house.rooms,
        repository=SECOND,
        seal=Seal((b"o" * 32, *FIRSTS.keys)),
        community=msgspec.structs.replace(house.desk.community, administrators=(Administrator(login="kim"),)),
    )
    other.says(Actor("U_kim", "kim"), 1, "/recover It concerns somebody there.")
    for _ in range(3):
        other.moves_clock(HOUR)
        sweep(there)
    assert house.rooms.people[house.name] == {"riya": "inside", "kim": "invited"}
    assert (house.claim().vault, house.claim().may) == (SECOND, ("kim",))
    assert other.state_labels(1) == {"state: withdrawn"}
    assert len(house.told()) == told + 1
    assert house.run().failures == []
    assert list(house.room.threads) == [1]


# --- guests ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", ["behind other issues", "below their own comments"])
def test_a_guest_who_writes_much_hides_no_claim(hidden: str) -> None:
    """Who is named is put out, who was named stays out, and no conversation is begun a second time."""
    house = House()
    if hidden == "below their own comments":
        house.room.opens(RIYA)
        for _ in range(6):
            house.room.says(RIYA, 1, "More.")
        house.run()
    else:
        house.files()
        for _ in range(7):
            house.files()
    house.tracker.says(MIABOT, house.incident, "/party mft")
    house.run()
    assert "mft" not in house.rooms.inside(house.name)
    opened = len(house.room.threads)
    house.says("/answer 2 It was on Tuesday.")
    assert len(house.room.threads) == opened
    assert house.claim(1).token


def test_a_hundred_reports_at_once_are_all_taken_and_keep_nobody_waiting() -> None:
    """Twenty a run of one room, the oldest first; another guest's is taken in the first run."""
    house = House()
    for _ in range(45):
        house.room.opens(RIYA)
    other = house.rooms.made("room-of-eve", "A room for one person. abc", eve="inside")
    other.opens(Actor("U_eve", "eve"))
    house.run()
    assert len(house.incidents()) == 21
    assert house.claim(1).token
    for _ in range(3):
        house.passes(HOUR)
    assert len(house.incidents()) == 46


def test_a_word_is_filed_once_whatever_is_deleted_before_it() -> None:
    """What a run filed and couldn't write down is known again in the next."""
    house = House()
    house.files()
    first = house.says("It was in the lobby.")
    second = house.says("It was in the garden.")
    house.room.deletes(RIYA, 1, first)
    claimed = house.claim()
    comment = next(one for one in house.room.threads[1].comments() if read_claim(one.body) is not None)
    unread = msgspec.structs.replace(claimed, seen=Seen(said=claimed.seen.said))
    house.room.edits(house.room.me, 1, comment.id, claim_line(unread))
    house.run()
    assert second
    assert sum("garden" in one for one in house.letters()) == 1


def test_words_that_no_question_asks_for_are_filed_when_they_are_edited() -> None:
    """A report in plain words is a report, and so is what its guest makes of it."""
    house = House()
    house.files("It was in the lobby.")
    house.room.edits_body(RIYA, 1, "It was in the garden.")
    house.run()
    (letter,) = house.letters()
    assert "garden" in letter


def test_a_repository_that_passes_for_a_room_of_somebody_is_none() -> None:
    """By a description that was copied from a room nobody reports anything."""
    house = House()
    copied = house.rooms.descriptions[house.name]
    house.rooms.made("room-of-nobody", copied, eve="inside").opens(Actor("U_eve", "eve"))
    house.run()
    assert house.incidents() == []


def test_a_party_says_nothing_in_the_reporters_name() -> None:
    """What they file in their room is a report of theirs, and what they say of it is of that alone."""
    house = House()
    house.files()
    sam = Actor("U_sam", "sam")
    for text in ("/party Sam Poe", "/room sam as party Sam Poe"):
        house.tracker.says(MIABOT, house.incident, text)
        house.run()
    house.run()
    (name,) = house.rooms.people.keys() - {house.name}
    house.rooms.accepts(name, "sam")
    house.run()
    room = house.rooms.trackers[name]
    room.opens(sam)
    house.run()
    room.says(sam, 1, "/withdraw")
    house.run()
    first, second = house.incidents()
    assert house.tracker.state_labels(first) == {"state: reported"}
    assert house.tracker.state_labels(second) == {"state: withdrawn"}


# --- keepers -----------------------------------------------------------------------------------------------


def test_what_a_keeper_makes_of_a_form_lets_nothing_be_shared() -> None:
    """Edited before it was first read, it says nothing of sharing, nor that it was in public."""
    house = House()
    house.room.opens(RIYA)
    house.room.edits_body(STRANGER, 1, play.body(share=SHARED, where="In a public channel"))
    house.run()
    arrival = read_arrival(house.tracker.threads[house.incident].body)
    assert arrival is not None
    assert arrival.altered
    assert "consent: none" in house.tracker.threads[house.incident].labels
    assert any("Somebody else had edited the report" in one for one in house.tracker.by_bot(house.incident))


def test_a_keeper_who_deletes_a_claim_has_nothing_told_or_filed_twice() -> None:
    """The report is known by what it was opened for, and each word by itself."""
    house = House()
    house.files()
    house.says("It was in the lobby.")
    told, letters = house.told(), house.letters()
    comment = next(one for one in house.room.threads[1].comments() if read_claim(one.body) is not None)
    house.room.deletes(STRANGER, 1, comment.id)
    house.passes(HOUR)
    assert len(house.incidents()) == 1
    assert house.letters() == letters
    assert house.told() == told
    house.says("/withdraw")
    assert house.state == "withdrawn"
