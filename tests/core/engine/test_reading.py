"""Reading: which process governs an issue, to which incident it belongs, and what its marks are worth."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.case.corrected import newest_about
from cocflow.core.case.facts import Actor, Commented, Issue, Tail
from cocflow.core.case.ledger import Receipt
from cocflow.core.case.progress import Record
from cocflow.core.case.records import Card, Marker, card_line, marker_line, receipt_line
from cocflow.core.case.seal import Seal
from cocflow.core.engine.reading import (
    Read,
    governed_by,
    incident_number,
    open_case,
    parsed,
    read_receipt,
    replay,
    went_on,
)
from cocflow.core.engine.requests import open_requests
from tests.core.play import (
    BOT,
    MFT,
    OTHER_BOT,
    RIYA,
    START,
    Play,
    body,
    community,
    definition,
    played_to,
    suspended_by,
    suspension_body,
    suspension_definition,
)

MARKER = Marker(incident="I_7", number=7, key="s1")
SEAL = Seal((b"k" * 32,))
MARKED = f"{marker_line(MARKER)}\n\n{suspension_body(incident='8')}"
OF_ROOM = marker_line(Marker(incident="I_9", number=9, key="room1", process="room"))
SIGNED = f"{marker_line(MARKER, SEAL)}\n\n{suspension_body()}"


def opened(by: Actor | None, text: str = "", *labels: str, **fields: Any) -> Issue:
    """Return a read of an issue that nobody has answered."""
    issue = Play(by or RIYA, text).read()
    return msgspec.structs.replace(issue, labels=frozenset(labels), author=by, **fields)


@pytest.mark.parametrize(
    ("issue", "kind"),
    [
        (opened(RIYA), "incident"),
        (opened(RIYA, MARKED, "suspension"), "incident"),
        (opened(None, MARKED, "suspension"), "incident"),
        (opened(OTHER_BOT, MARKED, "suspension"), "incident"),
        (opened(BOT), "incident"),
        (opened(BOT, "", "suspension"), "incident"),
        (opened(BOT, MARKED), "suspension"),
        (opened(MFT, MARKED), "incident"),
        (opened(MFT, "", "suspension"), "suspension"),
        (opened(BOT, OF_ROOM), "room"),
        (opened(RIYA, OF_ROOM, "room"), "incident"),
        (opened(BOT, "", "room"), "incident"),
        (opened(MFT, "", "room"), "room"),
        (opened(RIYA, "", "room"), "incident"),
    ],
)
def test_how_it_was_opened_says_what_an_issue_is(issue: Issue, kind: str) -> None:
    """By cocflow with its marker, or by an administrator with the form's label; all else is an incident."""
    assert governed_by(parsed(issue), community()) == kind


@pytest.mark.parametrize(("text", "kind"), [(MARKED, "incident"), (SIGNED, "suspension")])
def test_where_there_is_a_key_a_marker_is_signed(text: str, kind: str) -> None:
    """What another job wrote in cocflow's own name opens no suspension."""
    assert governed_by(parsed(opened(BOT, text), SEAL), community()) == kind


@pytest.mark.parametrize("labels", [(), ("suspension",)])
def test_once_answered_the_receipts_say_it(labels: tuple[str, ...]) -> None:
    """Neither a label nor a changed roster makes another of it."""
    incident, suspension = played_to("reported"), suspended_by(MFT)
    suspension.run()
    for play, kind in ((incident, "incident"), (suspension, "suspension")):
        shown = msgspec.structs.replace(play.read(), labels=frozenset(labels))
        assert governed_by(parsed(shown), community()) == kind


@pytest.mark.parametrize(
    ("issue", "number"),
    [
        (opened(BOT, MARKED), 7),
        (opened(MFT, MARKED), 8),
        (opened(MFT, suspension_body(incident="12")), 12),
        (opened(MFT, suspension_body(incident=" #12 ")), 12),
        (opened(MFT, suspension_body(incident="that one")), None),
        (opened(MFT, suspension_body(incident="1234567890")), None),
        (opened(MFT, suspension_body(incident="١٢")), None),
        (opened(MFT, suspension_body()), None),
        (opened(MFT, suspension_body(), parent=5), 5),
        (opened(MFT, suspension_body(incident="12"), parent=5), 12),
    ],
)
def test_a_suspension_names_its_incident(issue: Issue, number: int | None) -> None:
    """By cocflow's marker, else by the form, else by the issue that it is a sub-issue of."""
    assert incident_number(parsed(issue), suspension_definition()) == number


def test_once_recorded_nobody_changes_to_which_incident_it_belongs() -> None:
    """The first receipt says it, whatever the body says by now."""
    incident = Play()
    incident.run()
    play = suspended_by(MFT, text=suspension_body(incident="1"), incident=incident, number=2)
    play.run()
    play.edits_body(RIYA, suspension_body(incident="99"))
    assert incident_number(parsed(play.read()), suspension_definition()) == 1


def test_delivered_notices_are_marked_until_a_receipt_absorbs_them() -> None:
    """What this run or the card says was told isn't owed, and the next receipt records it once."""
    play = played_to("acknowledged", parties=("Robin Example robin@example.org",))
    play.sends(MFT, "/resolve We talked.")
    play.run()
    (owed,) = play.case().progress.owed()
    last = play.case().ledger.last
    assert last is not None
    told = (owed.id, "1.reporter/arrived.reporter")
    play.says(BOT, card_line(Card(n=last.record.n, last=last.id, told=told)))
    case = open_case(parsed(play.read()), definition(), community(), ["x"])
    assert list(case.marks) == sorted({owed.id, "x"})
    assert case.progress.owed() == ()
    (closed,) = play.run()
    assert list(closed.record.reached) == [owed.id]
    assert play.case().marks == {}


def test_receipts_are_read_by_what_all_subjects_keep() -> None:
    """Each receipt of a played case comes back from its comment as it was decided."""
    play = played_to("resolved")
    comments = [fact for fact in play.facts if isinstance(fact, Commented) and fact.by == BOT]
    assert [read_receipt(one.body) for one in comments] == play.records()
    assert len(comments) == len(play.records()) > 0


def test_what_is_restored_grows_on() -> None:
    """A checkpoint stands for all receipts before it, and later ones go on from there."""
    play = played_to("reported")
    snapshot = {"stays": [{"state": "triaged", "since": START.isoformat()}], "kept": {"nobody's": {"x": 1}}}
    line = receipt_line(
        Record(n=9, prev=None, of="IC_9", at=START, process="incident/1.1", snapshot=snapshot)
    )
    read = read_receipt(line)
    assert read is not None
    entries = [*play.case().ledger.counted, Receipt(id="IC_9", database_id=9, record=read)]
    progress = replay(entries)
    assert (progress.state, progress.kept) == ("triaged", {}), "a kind that nobody knows is left out"


@pytest.mark.parametrize(
    "snapshot", [{"stays": 3}, {"stays": [{"state": "x", "since": "0001-01-01T00:00:00Z"}]}]
)
def test_a_checkpoint_that_cannot_be_restored_is_no_receipt(snapshot: dict[str, object]) -> None:
    """Of the wrong shape, or of another century: unreadable, so the case stops instead of failing."""
    line = receipt_line(
        Record(n=9, prev=None, of="IC_9", at=START, process="incident/1.1", snapshot={"kept": {}} | snapshot)
    )
    assert read_receipt(line) is None


def test_a_read_shows_its_number_only() -> None:
    """No word of the issue enters a repr."""
    assert repr(parsed(opened(RIYA, body(nature="secret")))) == "Read(1)"


SAYINGS = st.sampled_from(["/help", "/estimate 3 days", "Thank you.", "/recover it is sound"])
DEEDS = st.sampled_from(["talk", "receipt", "twin", "forged", "another bot", "card", "delete", "label"])


@given(deeds=st.lists(st.tuples(DEEDS, SAYINGS), max_size=8), seen=st.integers(0, 8))
def test_what_comes_later_is_read_as_if_it_had_been_there(deeds: list[tuple[str, str]], seen: int) -> None:
    """A read that goes on knows what a fresh one does, whoever writes whatever in between."""
    play = played_to("acknowledged")
    begun: Read | None = None
    for place, (deed, saying) in enumerate(deeds):
        begun = parsed(play.read()) if place == seen else begun
        _do(play, deed, saying)
    issue = play.read()
    begun = begun or parsed(play.read())
    later = went_on(begun, tail_of(issue, begun))
    fresh = parsed(msgspec.structs.replace(later.issue))
    assert later == fresh
    assert later.issue.comments() == tuple(one for one in later.issue.facts if isinstance(one, Commented))
    one, other = (open_case(read, definition(), community()) for read in (later, fresh))
    assert one.progress == other.progress
    assert (open_requests(one), newest_about(one)) == (open_requests(other), newest_about(other))


def tail_of(issue: Issue, begun: Read) -> Tail:
    """Return what a read of the tail would show of an issue, after what has been read."""
    fields = {name: getattr(issue, name) for name in Tail.__struct_fields__ if hasattr(issue, name)}
    known = {one.id for one in begun.issue.facts}
    return Tail(**(fields | {"facts": tuple(one for one in issue.facts if one.id not in known)}))


def _do(play: Play, deed: str, saying: str) -> None:
    if not play.records():
        return
    newest = max(play.records(), key=lambda one: one.n)
    record = msgspec.structs.replace(
        newest, n=newest.n + 1, prev=play.receipt_ids()[-1], of=f"IC_of{newest.n}", changes=(), owed=()
    )
    match deed:
        case "talk":
            play.says(MFT, saying)
        case "receipt":
            play.post(record)
        case "twin":
            play.post(newest)
        case "forged":
            play.says(MFT, receipt_line(record))
        case "another bot":
            play.says(OTHER_BOT, receipt_line(record))
        case "card":
            play.says(BOT, card_line(Card(n=newest.n, last=play.receipt_ids()[-1])))
        case "delete":
            play.deletes(MFT, play.receipt_ids()[-1])
        case _:
            play.labels(MFT, "state: triaged")
