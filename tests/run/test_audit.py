"""The audit: clean where nobody meddled, and each thing that was altered is found, by whom and since when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from cocflow.core.acts.suspension import EndSet
from cocflow.core.case.progress import Moved, Record
from cocflow.core.case.records import Card, Halt, card_line, halt_line, receipt_line
from cocflow.core.case.seal import Seal
from cocflow.errors import AdapterError
from cocflow.ports import StrayRun
from cocflow.run.audit import REPLAYED, WRITTEN, Audit, Discrepancy, audit
from cocflow.run.desk import Desk
from cocflow.run.sweep import sweep
from tests.core import play
from tests.core.play import APPROVE, BOT, MFT, OTHER_BOT, RIYA, STRANGER
from tests.fakes import BOARD, FakeTracker, desk
from tests.run.house import House

SEAL = Seal((b"k" * 32,))
SECRET = "the kettle was thrown"


class Town:
    """A repository with a resolved incident, one that waits, and a suspension, all of them answered."""

    def __init__(self, seal: Seal | None = None) -> None:
        self.tracker = FakeTracker()
        self.desk: Desk = msgspec.structs.replace(desk(self.tracker), seal=seal)
        self.tracker.opens(RIYA, play.body(nature=SECRET))
        self.tracker.opens(RIYA)
        self.run()
        for text in ("/party Robin Example robin@example.org", "/estimate 3 days"):
            self.tracker.says(MFT, 1, text)
        self.words = self.tracker.says(MFT, 1, f"/resolve We talked: {SECRET}")
        self.tracker.says(MFT, 2, f"/suspend {SECRET}\nSam Poe, sam@example.org")
        self.run()
        self.tracker.labels(MFT, 1, APPROVE)
        self.run()

    def run(self) -> None:
        """Let a sweep run, and pass a second."""
        assert sweep(self.desk).complete

    def audit(self) -> Audit:
        """Look at everything; nothing that anybody wrote may be in what is said."""
        self.tracker.forget()
        done = audit(self.desk)
        assert self.tracker.writes() == []
        assert SECRET not in msgspec.json.encode(done).decode()
        return done

    def only(self) -> Discrepancy:
        """Return what the audit finds: exactly one thing."""
        (found,) = self.audit().findings
        return found

    def receipt(self, number: int, place: int) -> tuple[str, str]:
        """Return a receipt's node id and text."""
        found = self.tracker.receipts(number)[place]
        return found.id, found.body


@pytest.mark.parametrize("seal", [None, SEAL])
def test_where_nobody_meddled_nothing_is_found(seal: Seal | None) -> None:
    """Open, closed and suspended alike are clean, with a key and without, and nothing is written."""
    town = Town(seal)
    done = town.audit()
    assert (done.findings, done.unchecked) == ([], [])
    assert done.issues == 3
    assert done.receipts == sum(len(town.tracker.receipts(number)) for number in (1, 2, 3))


def _edited_receipt(town: Town) -> None:
    id_, text = town.receipt(1, 1)
    town.tracker.edits(STRANGER, 1, id_, text + "\n")


def _deleted_receipt(town: Town) -> None:
    town.tracker.deletes(STRANGER, 1, town.receipt(1, 1)[0])


def _deleted_newest(town: Town) -> None:
    town.tracker.deletes(STRANGER, 1, town.receipt(1, -1)[0])


def _other_bots_receipt(town: Town) -> None:
    town.tracker.says(OTHER_BOT, 1, town.receipt(1, -1)[1])


def _unreadable(town: Town) -> None:
    town.tracker.says(BOT, 1, "<!-- cocflow:receipt {} -->")


def _imitated(town: Town) -> None:
    town.tracker.says(STRANGER, 1, town.receipt(1, -1)[1])


def _edited_card(town: Town) -> None:
    card = next(one for one in town.tracker.threads[1].comments() if one.body == town.tracker.card(1))
    town.tracker.edits(STRANGER, 1, card.id, card.body)


def _edited_halt(town: Town) -> None:
    made = town.tracker.says(BOT, 1, halt_line(Halt(why="x")))
    town.tracker.edits(STRANGER, 1, made, halt_line(Halt(why="y")))


def _edited_words(town: Town) -> None:
    town.tracker.edits(STRANGER, 1, town.words, f"/resolve Nothing: {SECRET}")


def _deleted_words(town: Town) -> None:
    town.tracker.deletes(STRANGER, 1, town.words)


def _deleted_request(town: Town) -> None:
    asked = next(one for one in town.tracker.threads[1].comments() if one.body.startswith("/estimate"))
    town.tracker.deletes(STRANGER, 1, asked.id)


def _state_label(town: Town) -> None:
    town.tracker.labels(STRANGER, 2, "state: closed")


def _kind_label(town: Town) -> None:
    town.tracker.labels(STRANGER, 2, "suspension")


def _no_state_label(town: Town) -> None:
    town.tracker.unlabels(STRANGER, 2, "state: reported")


def _closed(town: Town) -> None:
    town.tracker.closes(STRANGER, 2)


def _reopened(town: Town) -> None:
    town.tracker.reopens(STRANGER, 1)


def _unanswered(town: Town) -> None:
    town.tracker.says(STRANGER, 2, "/help")


def _unopened(town: Town) -> None:
    town.tracker.opens(STRANGER)


DEEDS: dict[str, tuple[Callable[[Town], None], str, str]] = {
    "receipt edited": (_edited_receipt, "receipts", "stranger"),
    "receipt deleted": (_deleted_receipt, "receipts", "stranger"),
    "newest receipt deleted": (_deleted_newest, "receipts", "stranger"),
    "receipt of another bot": (_other_bots_receipt, "receipts", "dependabot[bot]"),
    "receipt unreadable": (_unreadable, "receipts", "github-actions[bot]"),
    "receipt imitated": (_imitated, "imitations", "stranger"),
    "card edited": (_edited_card, "edits", "stranger"),
    "halt edited": (_edited_halt, "edits", "stranger"),
    "words edited": (_edited_words, "words", "stranger"),
    "words deleted": (_deleted_words, "words", "stranger"),
    "request deleted": (_deleted_request, "requests", "stranger"),
    "state label": (_state_label, "labels unanswered", "stranger"),
    "label of the kind": (_kind_label, "labels", "stranger"),
    "state label off": (_no_state_label, "labels", "stranger"),
    "closed": (_closed, "openness unanswered", "stranger"),
    "reopened": (_reopened, "openness unanswered", "stranger"),
    "unanswered": (_unanswered, "unanswered", "stranger"),
    "never answered": (_unopened, "unanswered", "stranger"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_somebody_did_is_found_with_the_account_and_the_time(deed: str) -> None:
    """Each deed is found by its rule, under the login that GitHub names, since the time it was done."""
    act, rules, by = DEEDS[deed]
    town = Town()
    town.tracker.moves_clock(timedelta(minutes=5))
    at = town.tracker.now
    act(town)
    found = town.audit().findings
    assert {one.rule for one in found} == set(rules.split())
    assert {one.by for one in found} == {by}
    assert all(
        one.since is not None and timedelta(0) <= one.since - at <= timedelta(seconds=2) for one in found
    )


def _forged(town: Town, **fields: object) -> None:
    """Let another job write a receipt in cocflow's name, as good as it can without a key."""
    last = town.tracker.ledger(2).counted[-1]
    given: dict[str, object] = {
        "n": last.record.n + 1,
        "prev": last.id,
        "of": "auto:x@1",
        "at": town.tracker.now,
        "process": last.record.process,
    }
    record = Record(**(given | fields))  # type: ignore[arg-type]
    made = town.tracker.says(BOT, 2, f"Answered.\n\n{receipt_line(record)}")
    card = next(one for one in town.tracker.threads[2].comments() if one.body == town.tracker.card(2))
    town.tracker.edits(BOT, 2, card.id, card_line(Card(n=record.n, last=made)))


def test_a_step_that_the_process_lacks_is_found() -> None:
    """A receipt in cocflow's own name that moves where no move leads is found, though it counts."""
    town = Town()
    _forged(town, changes=(Moved(to="closed"),))
    rules = {one.rule for one in town.audit().findings}
    assert {"steps", "labels", "openness"} <= rules


def test_a_request_answered_in_anothers_name_is_found() -> None:
    """A receipt that names another account than GitHub does for the request is found."""
    town = Town()
    asked = town.tracker.says(STRANGER, 2, "/help")
    _forged(town, of=asked, by=MFT.id, move="help")
    assert (town.only().rule, town.only().by) == ("requests", "stranger")


def test_a_request_answered_twice_is_found() -> None:
    """Two receipts that count for one request are found."""
    town = Town()
    last = town.tracker.ledger(2).counted[-1].record
    _forged(town, of=last.of, by=last.by, move=last.move)
    assert town.only().rule == "duplicates"


def test_leftovers_of_a_race_are_found() -> None:
    """A receipt that lost, and a second card, are shown until a run tidies them away."""
    town = Town()
    town.tracker.says(BOT, 1, town.receipt(1, -1)[1])
    town.tracker.says(BOT, 1, town.tracker.card(1))
    assert [one.rule for one in town.audit().findings] == ["duplicates", "duplicates"]


def test_a_state_that_was_shown_and_is_told_by_no_receipt_is_found() -> None:
    """Where cocflow's own token deleted the newest receipts and the card, labels give them away."""
    town = Town()
    comments = town.tracker.threads[1].comments()
    newest = town.receipt(1, -1)[0]
    card = next(one for one in comments if one.body == town.tracker.card(1))
    for id_ in (newest, card.id):
        town.tracker.deletes(BOT, 1, id_)
    assert "projections" in {one.rule for one in town.audit().findings}


def test_what_is_settled_by_recover_is_not_found_again() -> None:
    """An administrator's `/recover` closes the matter, for the audit as for cocflow."""
    town = Town()
    _edited_receipt(town)
    town.tracker.says(MFT, 1, "/recover It was a mistake.")
    sweep(town.desk)
    assert town.audit().findings == []


def test_who_deletes_their_own_words_is_not_named_for_a_receipt() -> None:
    """GitHub says whose a deleted comment was, so nobody else is held for who deleted a receipt."""
    town = Town()
    town.tracker.deletes(RIYA, 1, town.tracker.says(RIYA, 1, "Oh."))
    assert town.audit().findings == []
    town.tracker.deletes(STRANGER, 1, town.receipt(1, -1)[0])
    assert {one.by for one in town.audit().findings if one.rule == "receipts"} == {"stranger"}


def test_a_run_from_another_branch_is_found() -> None:
    """It had that branch's roster, and the secrets; it is told with who started it."""
    town = Town()
    run = StrayRun(job="sweep.yml", branch="mine", by="stranger", at=town.tracker.now)
    (found,) = audit(town.desk, [run]).findings
    assert (found.number, found.rule, found.by, found.since) == (None, "branches", "stranger", run.at)
    assert "sweep.yml" in found.found
    assert "mine" in found.found


# --- suspensions ---------------------------------------------------------------------------------------


def test_a_suspension_that_its_incident_knows_otherwise_is_found() -> None:
    """A receipt on the suspension alone, which the incident never noted, is found."""
    town = Town()
    last = town.tracker.ledger(3).counted[-1]
    record = msgspec.structs.replace(
        last.record,
        n=last.record.n + 1,
        prev=last.id,
        of="auto:x@1",
        move="set_end",
        owed=(),
        told=(),
        changes=(EndSet(until=town.tracker.now),),
    )
    town.tracker.says(BOT, 3, receipt_line(record))
    assert "suspensions" in {one.rule for one in town.audit().findings}


def test_a_suspension_under_another_parent_is_found() -> None:
    """Linking a suspension to another issue is found; the incident's receipts say where it belongs."""
    town = Town()
    town.tracker.parents[3] = 1
    assert town.only().found == "It is a sub-issue of #1, and belongs to incident #2."


def test_a_suspension_that_was_ordered_and_is_not_there_is_found() -> None:
    """An incident whose suspension was deleted says so."""
    town = Town()
    del town.tracker.threads[3]
    assert town.only().found == "Suspension #3 isn't to be had."


def test_a_suspension_of_a_broken_incident_is_not_blamed() -> None:
    """What can't be compared isn't a finding of its own."""
    town = Town()
    id_, text = town.receipt(2, 0)
    town.tracker.edits(STRANGER, 2, id_, text)
    assert [(one.number, one.rule) for one in town.audit().findings] == [(2, "receipts")]


# --- the key -------------------------------------------------------------------------------------------


def test_what_is_not_signed_is_found() -> None:
    """With the key, a card and a halt in cocflow's own name without its signature are found."""
    town = Town(SEAL)
    town.tracker.says(BOT, 1, halt_line(Halt(why="x")))
    assert (town.only().rule, town.only().by) == ("signatures", "github-actions[bot]")


def test_without_the_key_signatures_are_left_unchecked() -> None:
    """Whoever hasn't the key is told that the signatures weren't checked."""
    town = Town(SEAL)
    town.desk = msgspec.structs.replace(town.desk, seal=None)
    done = town.audit()
    assert done.findings == []
    assert [one.number for one in done.unchecked] == [None]


# --- what can't be seen ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "raised"), [(500, False), (404, False), (401, True), (403, True)])
def test_an_issue_that_cannot_be_read_is_left_unchecked(status: int, raised: bool) -> None:
    """One issue that fails is named; a token that isn't let in ends the audit."""
    town = Town()

    def fail(call: str) -> None:
        if call == "read":
            raise AdapterError(status, "query ISSUE")

    town.tracker.before = fail
    if raised:
        with pytest.raises(AdapterError):
            audit(town.desk)
    else:
        done = audit(town.desk)
        assert [one.number for one in done.unchecked] == [1, 2, 3, BOARD]
        assert done.findings == []


def test_an_issue_that_is_gone_is_found_until_an_administrator_settles_it() -> None:
    """Open or closed, whoever deleted or moved it: its number is missing. Pull requests have numbers too."""
    town = Town()
    town.tracker.moves_clock(timedelta(hours=1))
    town.run()
    for number in (1, 2):
        town.tracker.vanishes(number)
    found = [one for one in town.audit().findings if one.rule == "numbers"]
    assert [(one.number, one.found.partition(" and ")[0]) for one in found] == [
        (1, "It is gone: deleted, moved to another repository, or its author is hidden by GitHub."),
        (2, "It was open when it was last seen,"),
    ]
    town.tracker.says(STRANGER, BOARD, "/gone 1")
    town.tracker.says(MFT, BOARD, "/gone #2")
    assert [one.number for one in town.audit().findings if one.rule == "numbers"] == [1]


def test_every_rule_has_found_something_here() -> None:
    """Each rule of the two tables is shown to bite by a deed above."""
    by_deed = {rule for _, rules, _ in DEEDS.values() for rule in rules.split()}
    others = {"steps", "duplicates", "projections", "signatures"}
    assert by_deed | others >= {*WRITTEN, *REPLAYED}


# --- rooms ----------------------------------------------------------------------------------------------


def of_rooms(house: House) -> list[tuple[int | None, str]]:
    """Return what an audit finds about rooms."""
    done = audit(house.desk, rooms=house.rooms)
    assert done.unchecked == []
    return [(one.number, one.found) for one in done.findings if one.rule == "rooms"]


def test_a_room_is_compared_with_the_issue_about_it() -> None:
    """Nothing is found where both agree; a room that is gone, changed, or that nobody knows is."""
    house = House()
    assert of_rooms(house) == []
    description = house.rooms.descriptions[house.name]
    house.rooms.descriptions[house.name] = "A room."
    assert [(number, "description" in found) for number, found in of_rooms(house)] == [(1, True)]
    house.rooms.descriptions[house.name] = description
    house.rooms.made("room-lone-hill")
    assert of_rooms(house) == [(None, "There is a room that no issue tells of.")]
    house.rooms.vanishes("room-lone-hill")
    house.rooms.vanishes(house.name)
    assert [(number, "isn't to be had" in found) for number, found in of_rooms(house)] == [(1, True)]


def test_rooms_that_cannot_be_listed_are_said_to_be_unchecked() -> None:
    """The cases are looked at all the same."""
    house = House()
    house.rooms.before = failing_listing
    done = audit(house.desk, rooms=house.rooms)
    assert [one.why.startswith("The rooms couldn't be listed") for one in done.unchecked] == [True]
    assert done.issues > 0


def failing_listing(call: str) -> None:
    """Fail as GitHub does."""
    raise AdapterError(502, "query ROOMS")
