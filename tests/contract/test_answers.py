"""Both answers to what nobody could look up of GitHub: whichever is true, nothing is lost or done twice.

Each test names the rows of the contract that it is about, and plays whole runs: once on the answer that
cocflow hopes for, and once on each other one that there may be.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cocflow.adapters.actions import SECRETS, masks, read_event
from cocflow.adapters.github import NotPrivateError
from cocflow.core.acts.suspend import suspensions
from cocflow.core.case.ledger import MOVED
from cocflow.core.case.records import is_receipt
from cocflow.core.case.seal import Seal
from cocflow.core.engine.reading import read_ledger
from cocflow.core.forms.reading import read as form_read
from cocflow.errors import AdapterError
from cocflow.run.sweep import handle, sweep
from cocflow.sandbox.issues import Transaction, find_issue
from tests.contract.playing import (
    HONEST,
    PEOPLE,
    REPO,
    Before,
    Change,
    Make,
    Reply,
    World,
    as_it_is,
    other,
    settle,
)
from tests.contract.target import row
from tests.core import play

# --- who we are -------------------------------------------------------------------------------------------


def _legacy_viewer(reply: Reply) -> None:
    viewer = (reply.body or {}).get("data", {}).get("viewer") if isinstance(reply.body, dict) else None
    if viewer:
        viewer["id"] = base64.b64encode(f"03:Bot{viewer['databaseId']}".encode()).decode()


@row("ID-01", "ID-05", "ID-06")
@pytest.mark.parametrize("change", [HONEST, other(_legacy_viewer)])
def test_the_bot_knows_itself_in_either_form(make: Make, change: Change) -> None:
    """Whichever form the viewer's id has, what is asked is answered once, and later runs do nothing."""
    world = make(change)
    number = world.opens()
    world.sweeps()
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    assert world.moves(number) == [None, "estimate"]
    assert world.writes() == 0


def _another_viewer(reply: Reply) -> None:
    viewer = (reply.body or {}).get("data", {}).get("viewer") if isinstance(reply.body, dict) else None
    if viewer:
        viewer.update(id="U_kgAB", databaseId=1)


def _never_ours(reply: Reply) -> None:
    for one in reply.each():
        if "viewerDidAuthor" in one:
            one["viewerDidAuthor"] = False


@row("ID-01", "ID-04")
@pytest.mark.parametrize("change", [_another_viewer, _never_ours])
def test_a_bot_that_can_not_know_itself_does_nothing_twice(make: Make, change: Change) -> None:
    """Where the signs disagree the issue is set aside: one receipt at most, however many runs there are."""
    world = make(change)
    number = world.opens()
    settle(world)
    assert world.receipts(number) <= 1
    assert world.writes() <= 2  # the board may say so


def _contradiction(reply: Reply) -> None:
    viewer = (reply.body or {}).get("data", {}).get("viewer") if isinstance(reply.body, dict) else None
    if viewer:
        viewer["databaseId"] = 1


@row("ID-01")
def test_a_viewer_that_contradicts_itself_stops_the_run_before_it_writes(make: Make) -> None:
    """Nothing at all is written."""
    world = make(_contradiction)
    number = world.opens()
    with pytest.raises(AdapterError):
        world.sweeps()
    assert (world.receipts(number), world.labels(number)) == (0, set())


@row("ID-11")
def test_another_app_stops_every_case(make: Make) -> None:
    """Its receipts would be nobody's, so nothing is decided; with the first App's token it goes on."""
    world = make()
    number = world.opens()
    settle(world)
    first = world.token
    world.says("mft", number, "/estimate 3 days")
    world.moves_to_another_app()
    settle(world)
    assert world.receipts(number) == 1
    world.token = first
    settle(world)
    assert world.moves(number) == [None, "estimate"]


@row("ID-09", "ID-10")
def test_a_vanished_or_renamed_account_stops_nothing(make: Make) -> None:
    """Its issue is dealt with as before; who has a say is read from the roster."""
    world = make()
    number = world.opens()
    settle(world)
    world.says("stranger", number, "Hello.")
    world.store.delete_user("stranger")
    world.store.rename_user("riya", "somebody")
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    assert world.moves(number) == [None, "estimate"]
    assert world.writes() == 0


# --- texts and edits --------------------------------------------------------------------------------------


def _trimmed(reply: Reply) -> None:
    for one in reply.each():
        if isinstance(one.get("body"), str):
            one["body"] = one["body"].strip()


def _crlf(reply: Reply) -> None:
    for one in reply.each():
        if isinstance(one.get("body"), str):
            one["body"] = one["body"].replace("\r\n", "\n").replace("\n", "\r\n")


@row("BODY-01", "BODY-02", "BODY-03")
@pytest.mark.parametrize("change", [HONEST, other(_trimmed), other(_crlf)])
def test_white_space_may_come_back_otherwise(make: Make, change: Change) -> None:
    """Receipts are read all the same, and each request is answered once."""
    world = make(change)
    number = world.opens()
    world.sweeps()
    world.says("mft", number, "/estimate 3 days")
    world.says("mft", number, "/party Robin Example robin@example.org")
    settle(world)
    assert world.receipts(number) == 3


def _by_itself(one: dict[str, Any]) -> bool:
    """Whether an object is a bot's comment that a bot edited."""
    return all((one.get(name) or {}).get("__typename") == "Bot" for name in ("author", "editor"))


def _own_edits_unmarked(reply: Reply) -> None:
    for one in reply.each():
        if _by_itself(one):
            one["lastEditedAt"] = one["editor"] = None


def _own_edits_by_nobody(reply: Reply) -> None:
    for one in reply.each():
        if _by_itself(one):
            one["editor"] = None


def _titles_are_edits(reply: Reply) -> None:
    issue = reply.issue()
    ours = [issue] if issue and issue["title"].startswith("Incident") else []
    for one in (*ours, *(one for one in reply.each() if "updatedAt" in one and one["labels"]["nodes"])):
        if one["lastEditedAt"] is None:  # the title comes with the first labels
            one["lastEditedAt"] = "2026-01-05T09:00:30Z"
            one["editor"] = reply.body["data"]["viewer"] | {"__typename": "Bot", "login": "github-actions"}


@row("EDIT-02", "EDIT-05", "BODY-10")
@pytest.mark.parametrize(
    "change", [HONEST, other(_own_edits_unmarked), other(_own_edits_by_nobody), other(_titles_are_edits)]
)
def test_own_edits_may_show_or_not(make: Make, change: Change) -> None:
    """The card is believed, the title is no request, nothing is answered twice, and a quiet run is cheap."""
    world = make(change)
    number = world.opens()
    world.sweeps()
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    assert world.moves(number) == [None, "estimate"]
    assert world.looks() == 0
    issue = world.tracker().read(number)
    ledger = read_ledger(issue)
    assert issue.newest_edit() is None
    assert ledger.card_record is not None
    assert ledger.card_record.overruled is None


@row("EDIT-02", "EDIT-03")
@pytest.mark.parametrize("change", [HONEST, other(_own_edits_unmarked), other(_own_edits_by_nobody)])
def test_a_card_that_a_person_edited_is_not_believed(make: Make, change: Change) -> None:
    """Whatever GitHub says of own edits, it names a person; the card is written again, and says so."""
    world = make()
    number = world.opens()
    settle(world)
    card = read_ledger(world.tracker().read(number)).card
    assert card is not None
    world.change = change
    world.store.clock.advance(60)
    with world.as_("mft") as at:
        at.change_comment(card.database_id, f"Nothing to do.\n\n{card.body}")
    settle(world)
    record = read_ledger(world.tracker().read(number)).card_record
    assert record is not None
    assert record.overruled is not None


def _unmoved(reply: Reply) -> None:
    for one in reply.each():
        if "updatedAt" in one:
            one["updatedAt"] = "2026-01-05T09:00:00Z"


@row("EDIT-08", "TIME-11")
@pytest.mark.parametrize("change", [HONEST, other(_unmoved)])
def test_an_edit_that_moves_nothing_up_is_found_by_a_sweep(make: Make, change: Change) -> None:
    """A command that was put right is answered, wherever its issue stands in a listing."""
    world = make(change)
    number = world.opens()
    settle(world)
    world.says("mft", number, "/estimate soon")
    settle(world)
    world.store.clock.advance(60)
    with world.as_("mft") as at:
        found = at.db.execute("SELECT id FROM comment WHERE body LIKE '/estimate%'").fetchone()
        at.change_comment(found["id"], "/estimate 3 days")
    settle(world)
    assert world.moves(number)[-1] == "estimate"
    assert world.writes() == 0


def _no_pins(reply: Reply) -> None:
    if reply.what.startswith("mutation Pin"):
        error = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}
        reply.body = {"data": {"pinIssue": None}, "errors": [error]}


def _pins_are_403(reply: Reply) -> None:
    if reply.what.startswith("mutation Pin"):
        reply.refuse("403 Forbidden", "Resource not accessible by integration")


@row("PIN-01", "PIN-02")
@pytest.mark.parametrize("change", [HONEST, other(_no_pins), other(_pins_are_403)])
def test_a_board_that_can_not_be_pinned_is_a_board(make: Make, change: Change) -> None:
    """It is opened once, says what it has to, and costs nobody an answer."""
    world = make(change)
    first, second = world.opens(), world.opens()
    with world.as_("mft") as at:
        at.lock(first, None)
    settle(world)
    with world.store.read() as db:
        boards = db.execute("SELECT 1 FROM issue WHERE title = 'What needs attention'").fetchall()
    assert len(boards) == 1
    assert "state: reported" in world.labels(second)
    assert world.writes() == 0


def _hidden_receipts(reply: Reply) -> None:
    issue = reply.issue()
    if issue:
        kept = [one for one in reply.items() if not (is_receipt(one.get("body", "")) and _first(one, reply))]
        issue["timelineItems"]["nodes"] = kept


def _first(item: dict[str, Any], reply: Reply) -> bool:
    receipts = [one["id"] for one in reply.items() if is_receipt(one.get("body", ""))]
    return len(receipts) > 1 and item["id"] == receipts[0]


def _null_receipts(reply: Reply) -> None:
    issue = reply.issue()
    if issue:
        hidden = [_first(one, reply) for one in reply.items()]
        nodes = [None if gone else one for one, gone in zip(reply.items(), hidden, strict=True)]
        issue["timelineItems"]["nodes"] = nodes


@row("EDIT-07", "TIME-12", "ID-13")
@pytest.mark.parametrize("change", [_hidden_receipts, _null_receipts])
def test_a_receipt_that_is_hidden_stops_the_case(make: Make, change: Change) -> None:
    """Whether it is left out or null: nothing is decided on half a history, and it goes on when it shows."""
    world = make()
    number = world.opens()
    world.sweeps()
    world.says("mft", number, "/estimate 3 days")
    world.sweeps()
    world.says("mft", number, "/resolve We talked.")
    world.change = change
    settle(world)
    assert world.receipts(number) == 2
    world.change = as_it_is
    settle(world)
    assert world.moves(number)[:3] == [None, "estimate", "resolve"]


def _ticked_by_nobody(reply: Reply) -> None:
    issue = reply.issue()
    if issue:
        issue["editor"] = None


def _ticked_by_its_author(reply: Reply) -> None:
    issue = reply.issue()
    if issue and issue["editor"]:
        issue["editor"] = issue["author"]


def _ticked_without_an_edit(reply: Reply) -> None:
    issue = reply.issue()
    if issue:
        issue["lastEditedAt"] = issue["editor"] = None


@row("EDIT-09")
@pytest.mark.parametrize(
    "change",
    [
        HONEST,
        other(_ticked_by_nobody),
        other(_ticked_by_its_author),
        other(_ticked_without_an_edit),
    ],
)
def test_a_box_that_somebody_ticks_in_a_report_moves_nothing(make: Make, change: Change) -> None:
    """Whoever shows as its editor, and whether it shows as an edit: it is an answer at most, told once."""
    world = make(change)
    number = world.opens()
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    before, labels = world.moves(number), world.labels(number)
    world.store.clock.advance(60)
    with world.as_("mft") as at:
        found = at.db.execute("SELECT body FROM issue WHERE number = ?", (number,)).fetchone()
        at.change_issue(number, {"body": found["body"].replace("- [ ]", "- [x]", 1)})
    settle(world)
    assert world.moves(number)[:2] == before
    assert [one for one in world.moves(number)[2:] if one is not None] in ([], ["answer"])
    assert world.receipts(number) <= 3
    assert world.labels(number) == labels
    assert world.writes() == 0


def _without_a_trace(reply: Reply) -> None:
    for one in reply.each():
        if is_receipt(one.get("body") or ""):
            one["lastEditedAt"] = one["editor"] = None


@row("EDIT-10")
@pytest.mark.parametrize("change", [HONEST, other(_without_a_trace)])
def test_a_receipt_that_somebody_edited_is_never_believed(make: Make, change: Change) -> None:
    """Where its revision is deleted, and no edit shows any more, the community's signature tells."""
    world = make(change)
    seal = Seal((b"k" * 32,))
    number = world.opens()
    sweep(world.desk(seal=seal))
    world.says("mft", number, "/estimate 3 days")
    sweep(world.desk(seal=seal))
    world.store.clock.advance(60)
    with world.as_("mft") as at:
        found = at.db.execute(
            'SELECT id, body FROM comment WHERE body LIKE \'%"move":"estimate"%\''
        ).fetchone()
        at.change_comment(found["id"], found["body"].replace('"move":"estimate"', '"move":"triage"'))
    for _ in range(3):
        sweep(world.desk(seal=seal))
    desk = world.desk(seal=seal)
    assert desk.read(number).ledger.broken
    assert "state: triaged" not in world.labels(number)


def _endless_titles(reply: Reply) -> None:
    for one in reply.each():
        if one.get("title") == "Their words":
            one["title"] = "long " * 1000


@row("BODY-12")
@pytest.mark.parametrize("change", [HONEST, other(_endless_titles)])
def test_a_title_may_be_as_long_as_github_lets_it_be(make: Make, change: Change) -> None:
    """Its report is answered, and what cocflow calls it is a few words."""
    world = make(change)
    number = world.opens()
    settle(world)
    assert world.moves(number) == [None]
    with world.store.read() as db:
        (found,) = db.execute("SELECT title FROM issue WHERE number = ?", (number,)).fetchall()
    assert len(found["title"]) < 40
    assert world.writes() == 0


# --- labels -----------------------------------------------------------------------------------------------


@row("LABEL-03", "JOB-07")
@pytest.mark.parametrize("made", ["state: triaged", "State: Triaged", "STATE: TRIAGED"])
def test_a_states_label_means_the_state_in_any_case(make: Make, made: str) -> None:
    """Whoever made it, and however it is written: who puts it on asks for the state."""
    world = make()
    with world.as_("mft") as at:
        at.create_label(made, "ededed", None)
    number = world.opens()
    settle(world)
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    with world.as_("mft") as at:
        at.add_labels(number, [made])
    settle(world)
    assert made in world.labels(number)
    assert {one for one in world.labels(number) if one.casefold().startswith("state: ")} == {made}
    assert world.moves(number)[-1] == "triage"
    assert world.writes() == 0


def _kept_name(reply: Reply) -> None:
    for one in reply.each():
        if one.get("__typename") in ("LabeledEvent", "UnlabeledEvent") and one.get("label") is None:
            one["label"] = {"name": "state: reported"}


def _null_entry(reply: Reply) -> None:
    issue = reply.issue()
    for place, one in enumerate(reply.items()):
        if one and one["__typename"] in ("LabeledEvent", "UnlabeledEvent") and one["label"] is None:
            issue["timelineItems"]["nodes"][place] = None
            path = ["repository", "issue", "timelineItems", "nodes", place, "label"]
            reply.body.setdefault("errors", []).append({"path": path, "message": "null for a non-null field"})


def _without_an_event(reply: Reply) -> None:
    for one in reply.each():
        nodes = one.get("nodes")
        if isinstance(nodes, list):
            one["nodes"] = [node for node in nodes if not _is_unlabeled(node)]


def _is_unlabeled(node: Any) -> bool:
    return isinstance(node, dict) and node.get("__typename") == "UnlabeledEvent" and not node.get("label")


@row("LABEL-04", "LABEL-07", "LABEL-08", "GQL-08")
@pytest.mark.parametrize("change", [HONEST, other(_kept_name), other(_null_entry), other(_without_an_event)])
def test_a_deleted_label_costs_nobody_an_answer(make: Make, change: Change) -> None:
    """However its events show, that issue and all others are answered, and its state shows again."""
    world = make(change)
    number = world.opens()
    settle(world)
    state = next(one for one in world.labels(number) if one.startswith("state: "))
    with world.as_("mft") as at:
        at.delete_label(state)
    second = world.opens()
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    assert "state: acknowledged" in world.labels(number)
    assert any(one.startswith("state: ") for one in world.labels(second))
    assert world.moves(number) == [None, "estimate"]
    assert world.writes() == 0


def _old_names(reply: Reply) -> None:
    for one in reply.each():
        if one.get("__typename") == "LabeledEvent" and one.get("label", {}).get("name") == "renamed":
            one["label"]["name"] = "state: triaged"


@row("LABEL-09", "LABEL-12")
@pytest.mark.parametrize("change", [HONEST, other(_old_names)])
def test_a_renamed_label_asks_for_what_its_event_says(make: Make, change: Change) -> None:
    """With the new name it asks for nothing, with the old one for the state; either way nothing hangs."""
    world = make(change)
    number = world.opens()
    settle(world)
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    with world.as_("mft") as at:
        at.add_labels(number, ["state: triaged"])
        at.change_label("state: triaged", {"new_name": "renamed"})
    settle(world)
    assert world.moves(number) in ([None, "estimate"], [None, "estimate", "triage"])
    assert world.writes() == 0


def _repeated_events(reply: Reply) -> None:
    issue = reply.issue()
    again = [
        one | {"id": f"{one['id']}again"} for one in reply.items() if one["__typename"] == "LabeledEvent"
    ]
    if (
        issue
        and not issue["timelineItems"]["pageInfo"]["hasNextPage"]
        and not reply.asked["variables"]["after"]
    ):
        issue["timelineItems"]["nodes"] += [one for one in again if one["actor"]["__typename"] == "Bot"]


def _assigned_again(reply: Reply) -> None:
    again = [
        one | {"id": f"{one['id']}again"} for one in reply.items() if one["__typename"] == "AssignedEvent"
    ]
    issue = reply.issue()
    if again and not issue["timelineItems"]["pageInfo"]["hasNextPage"]:
        issue["timelineItems"]["nodes"] += again


@row("ASSIGN-02")
@pytest.mark.parametrize("change", [HONEST, other(_assigned_again)])
def test_who_is_assigned_again_is_asked_nothing(make: Make, change: Change) -> None:
    """However many events tell of it, by cocflow or by a person: one has the case, and runs come to rest."""
    world = make(change)
    number = world.opens()
    settle(world)
    with world.as_("mft") as at:
        at.assign(number, ["miabot"])
    settle(world)
    with world.as_("mft") as at:
        at.assign(number, ["miabot"])
    settle(world)
    assert "AssignedEvent" in {one["__typename"] for one in _items_of(world, number)}
    assert world.writes() == 0
    with world.store.read() as db:
        found = db.execute(
            "SELECT u.login FROM issue_assignee a JOIN account u ON u.id = a.account_id"
        ).fetchall()
    assert [one["login"] for one in found] == ["miabot"]


def _items_of(world: World, number: int) -> list[Any]:
    """Return what happened on an issue, as the answers show it."""
    seen: list[Any] = []
    before = world.change

    def keep(reply: Reply) -> None:
        before(reply)
        seen.extend(reply.items())

    world.change = keep
    world.tracker().read(number)
    world.change = before
    return seen


@row("LABEL-13", "TIME-08")
@pytest.mark.parametrize("change", [HONEST, other(_repeated_events)])
def test_an_event_for_what_was_so_already_is_no_request(make: Make, change: Change) -> None:
    """The bot's own are the bot's, however many there are."""
    world = make(change)
    number = world.opens()
    settle(world)
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    assert world.moves(number) == [None, "estimate"]


# --- timelines --------------------------------------------------------------------------------------------


def _refused_cursors(reply: Reply) -> None:
    if reply.what == "query Issue" and reply.asked["variables"].get("after"):
        error = {"type": "INVALID_CURSOR_ARGUMENTS", "message": "It does not appear to be a valid cursor."}
        reply.body = {"data": {"viewer": None, "repository": None}, "errors": [error]}


@row("TIME-03")
@pytest.mark.parametrize("change", [HONEST, other(_refused_cursors)])
def test_a_cursor_that_is_refused_delays_and_repeats_nothing(make: Make, change: Change) -> None:
    """Each run goes on where the one before it had to stop."""
    world = make(change)
    number = world.opens()
    settle(world)
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    assert world.moves(number) == [None, "estimate"]


def _backwards(reply: Reply) -> None:
    issue = reply.issue()
    if issue:
        issue["timelineItems"]["nodes"] = reply.items()[::-1]


@row("TIME-01")
def test_a_timeline_in_another_order_stops_the_case(make: Make) -> None:
    """Nothing is decided on an order that the receipts contradict."""
    world = make()
    number = world.opens()
    settle(world)
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    world.says("mft", number, "/resolve We talked.")
    world.change = _backwards
    settle(world)
    world.change = as_it_is
    settle(world)
    assert world.moves(number)[:3] == [None, "estimate", "resolve"]


def _skip_is_ignored(reply: Reply) -> None:
    pages = _pages(reply)
    for page in pages.values():
        page["nodes"] = pages["p0"]["nodes"]


def _skip_is_one_off(reply: Reply) -> None:
    for page in _pages(reply).values():
        page["nodes"] = page["nodes"][1:]


def _a_page_is_empty(reply: Reply) -> None:
    if "p1" in _pages(reply):
        _pages(reply)["p1"]["nodes"] = []


def _nothing_is_counted(reply: Reply) -> None:
    reply.issue().get("timelineItems", {})["filteredCount"] = None


def _too_much_is_counted(reply: Reply) -> None:
    reply.issue().get("timelineItems", {})["filteredCount"] = 5_000


def _several_lists_are_too_much(reply: Reply) -> None:
    if reply.what == "query Pages" and reply.asked["variables"]["first"] > 10:
        reply.refuse("502 Bad Gateway", "")


def _several_lists_are_always_too_much(reply: Reply) -> None:
    if reply.what == "query Pages":
        reply.refuse("502 Bad Gateway", "")


def _pages(reply: Reply) -> dict[str, Any]:
    """Return the pages of a timeline that were read at once; none where that isn't what was asked."""
    if reply.what != "query Pages":
        return {}
    issue = reply.body["data"]["repository"]["issue"]
    return {name: issue[name] for name in issue if name[1:].isdigit()}


@row("TIME-13")
@pytest.mark.parametrize(
    "change",
    [
        HONEST,
        other(_skip_is_ignored),
        other(_skip_is_one_off),
        other(_a_page_is_empty),
        other(_nothing_is_counted),
        other(_too_much_is_counted),
        other(_several_lists_are_too_much),
        other(_several_lists_are_always_too_much),
    ],
)
def test_pages_read_at_once_are_those_read_one_by_one(make: Make, change: Change) -> None:
    """Nothing is lost or taken twice, whatever the places of several pages turn out to mean."""
    world = make(change)
    number = world.opens()
    for index in range(420):
        world.says("mft", number, str(index))
    said = [one.body for one in world.tracker().read(number).comments()]
    assert said == [str(index) for index in range(420)]


@row("TIME-10")
@pytest.mark.parametrize("lag", [0, 1, 2])
def test_reads_may_lag_behind_writes(make: Make, lag: int) -> None:
    """However far, it converges when they have caught up."""
    world = make()
    number = world.opens()
    world.store.set_lag(writes=lag)
    settle(world)
    world.store.set_lag()
    settle(world)
    assert world.moves(number) == [None]
    assert world.writes() == 0


# --- forms and jobs ---------------------------------------------------------------------------------------


@row("FORM-02", "FORM-03")
@pytest.mark.parametrize("empty", ["None", "_No response_", ""])
def test_an_empty_choice_may_be_written_in_each_way(empty: str) -> None:
    """The report is read as the same one."""
    form, body = play.definition().form, play.body()
    where = "### Where did it happen?\n\n"
    assert f"{where}None" in body
    changed = form_read(form, body.replace(f"{where}None", f"{where}{empty}"))
    assert changed == form_read(form, body)


@row("FORM-05")
@pytest.mark.parametrize("between", [", ", ",", "; ", "\n", "\n- "])
def test_whoever_is_chosen_is_kept_out_however_the_choices_are_joined(make: Make, between: str) -> None:
    """A choice that can't be told apart gives nobody a say."""
    first, second = _choices()
    world = make()
    number = world.opens(
        body=play.body(involved=(first, second)).replace(f"{first}, {second}", f"{first}{between}{second}")
    )
    settle(world)
    desk = world.desk()
    assert [one.login for one in desk.open(desk.read(number)).eligible] == ["thclpr"]


def _choices() -> tuple[str, str]:
    """Return whom the form offers first."""
    field = next(one for one in play.definition().form.fields if one.id == "involved")
    return field.options[0], field.options[1]


@row("FORM-08", "FORM-11", "FORM-12")
@pytest.mark.parametrize(
    ("body", "state"),
    [
        pytest.param(play.body(), "reported", id="as hoped"),
        pytest.param(play.body(nature=None), "incomplete", id="without what is required"),
        pytest.param("Somebody shouted at me.", "incomplete", id="without a form"),
        pytest.param("", "incomplete", id="blank"),
    ],
)
def test_a_report_arrives_whatever_the_form_lets_through(make: Make, body: str, state: str) -> None:
    """Whether GitHub keeps people to the form or not: it is answered once, and asked for what is missing."""
    world = make()
    number = world.opens(body=body)
    settle(world)
    assert f"state: {state}" in world.labels(number)
    assert world.receipts(number) == 1
    assert world.writes() == 0


@row("FORM-09")
@pytest.mark.parametrize(
    "typed", ["### Who is involved in this incident?", "\\### Who is involved in this incident?"]
)
def test_a_heading_that_somebody_types_is_a_part_of_their_answer(make: Make, typed: str) -> None:
    """Whether GitHub escapes it or not: no answer is taken for another one's."""
    world = make()
    number = world.opens(body=play.body(nature=f"It began so.\n\n{typed}\n\nNobody."))
    settle(world)
    assert "state: reported" in world.labels(number)
    desk = world.desk()
    answers = desk.open(desk.read(number)).filed.answers
    assert answers.text("who") == play.FULL["who"]
    assert "Nobody." in answers.text("nature")


@row("FORM-10")
@pytest.mark.parametrize("labels", [["suspension"], []], ids=["as hoped", "not put on"])
def test_a_form_may_bring_its_label_or_not(make: Make, labels: list[str]) -> None:
    """Without it, it is an incident like any other, which asks for what is missing; nobody is suspended."""
    world = make()
    with world.as_("mft") as at:
        at.create_label("suspension", "b60205", None)
        number = int(at.open_issue("Their words", play.suspension_body(), labels)["number"])
    settle(world)
    assert ("state: incomplete" in world.labels(number)) == (not labels)
    assert world.receipts(number) == 1
    assert world.writes() == 0


@row("JOB-05")
@pytest.mark.parametrize("starts", [False, True], ids=["as hoped", "starts a run"])
def test_a_run_that_a_link_starts_finds_nothing_to_do(make: Make, starts: bool) -> None:
    """Linking a suspension may start a run, by whichever issue: nothing is written by it."""
    world = make()
    number = world.opens()
    settle(world)
    world.says("mft", number, "/suspend @robin discord 7 days")
    settle(world)
    tracker = world.tracker()
    for hinted in (number, number + 1) if starts else ():
        handle(msgspec.structs.replace(world.desk(), tracker=tracker), hinted=hinted)
    assert tracker.written == 0
    assert world.writes() == 0


def _internal(reply: Reply) -> None:
    for one in reply.each():
        if "visibility" in one:
            one["visibility"] = "INTERNAL"


@row("JOB-17")
@pytest.mark.parametrize("change", [HONEST, other(_internal)])
def test_where_a_whole_enterprise_could_read_nothing_is_written(make: Make, change: Change) -> None:
    """Though `private` be true there: what counts is `visibility`."""
    world = make(change)
    number = world.opens()
    if change is as_it_is:
        settle(world)
    else:
        with pytest.raises(NotPrivateError):
            settle(world)
    assert world.receipts(number) == (change is as_it_is)


@row("JOB-02", "JOB-03", "LABEL-08")
@pytest.mark.parametrize("label", [{"label": {"name": "state: reported"}}, {}], ids=["named", "without"])
def test_an_event_may_come_without_its_label(tmp_path: Path, label: dict[str, Any]) -> None:
    """That a label came off is taken up either way; the run finds which it was."""
    payload = {
        "action": "unlabeled",
        "issue": {"number": 7},
        "repository": {"private": True},
        "sender": {"type": "User"},
    }
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload | label), "utf-8")
    hint = read_event({"GITHUB_EVENT_NAME": "issues", "GITHUB_EVENT_PATH": str(path)})
    assert (hint.wanted, hint.number) == (True, 7)


@row("JOB-12")
@pytest.mark.parametrize("unset", [dict.fromkeys(SECRETS, ""), {}], ids=["empty", "missing"])
def test_a_secret_that_is_not_set_hides_nothing(unset: dict[str, str]) -> None:
    """Whether Actions leaves the variable out or empty."""
    assert masks({"GITHUB_ACTIONS": "true"} | unset) == []


def _warned(reply: Reply) -> None:
    if reply.what.startswith("query") and isinstance(reply.body, dict):
        reply.body["extensions"] = {"warnings": [{"type": "DEPRECATION", "message": "The id is deprecated."}]}


@row("GQL-09")
@pytest.mark.parametrize("change", [HONEST, other(_warned)])
def test_a_warning_beside_an_answer_changes_nothing(make: Make, change: Change) -> None:
    """GitHub tells of ids in the old form there."""
    world = make(change)
    number = world.opens()
    settle(world)
    assert world.moves(number) == [None]


def _warned_as_an_error(reply: Reply) -> None:
    if reply.what.startswith("query") and isinstance(reply.body, dict):
        reply.body["errors"] = [{"type": "DEPRECATION", "message": "The id is deprecated."}]


@row("GQL-09")
def test_a_warning_among_the_errors_stops_the_run_before_it_writes(make: Make) -> None:
    """What an error is about can't be guessed."""
    world = make(_warned_as_an_error)
    number = world.opens()
    with pytest.raises(AdapterError):
        world.sweeps()
    assert world.receipts(number) == 0


# --- families ---------------------------------------------------------------------------------------------


def _foreign_parent(reply: Reply) -> None:
    if reply.issue():
        reply.issue()["parent"] = {"number": 1, "repository": {"id": "R_elsewhere"}}


def _forbidden_parent(reply: Reply) -> None:
    if reply.issue():
        reply.issue()["parent"] = None
        error = {"type": "FORBIDDEN", "path": ["repository", "issue", "parent"]}
        reply.body.setdefault("errors", []).append(
            error | {"message": "Resource not accessible by integration"}
        )


@row("SUB-06")
@pytest.mark.parametrize("change", [HONEST, other(_foreign_parent), other(_forbidden_parent)])
def test_a_parent_elsewhere_is_nobody_here(make: Make, change: Change) -> None:
    """Null, another repository's number, or an error about it alone: the issue is read, and has no parent."""
    world = make(change)
    world.opens()
    number = world.opens()
    assert world.tracker().read(number).parent is None
    settle(world)
    assert world.moves(number) == [None]


def _no_closed_children(reply: Reply) -> None:
    linked = ((reply.body.get("data") or {}).get("repository") or {}).get("issue") if reply.body else None
    if reply.what.startswith("query Children") and linked:
        linked["linked"]["nodes"] = []


def _no_labelled(reply: Reply) -> None:
    if reply.what.startswith("query Labelled"):
        for one in reply.each():
            if "nodes" in one:
                one["nodes"] = []


@row("SUB-03", "SUB-07", "LABEL-15")
@pytest.mark.parametrize("change", [HONEST, other(_no_closed_children), other(_no_labelled)])
def test_a_child_that_is_not_listed_is_opened_once(make: Make, change: Change) -> None:
    """The newest suspensions of the repository are looked through as well."""
    world = make(change)
    number = world.opens()
    settle(world)
    world.says("mft", number, "/suspend @robin discord 7 days")
    settle(world)
    with world.store.read() as db:
        before = db.execute("SELECT count(*) FROM issue").fetchone()[0]
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    with world.store.read() as db:
        assert db.execute("SELECT count(*) FROM issue").fetchone()[0] == before


# --- refusals ---------------------------------------------------------------------------------------------


@row("LOCK-01", "LOCK-03", "LIMIT-01", "LIMIT-10", "BODY-04", "LABEL-05", "LABEL-06", "LABEL-11")
@pytest.mark.parametrize(
    ("what", "status", "message"),
    [
        ("mutation Answer", "403 Forbidden", "Unable to create comment because issue is locked."),
        ("mutation Answer", "403 Forbidden", "Commenting is disabled on issues with more than 2500 comments"),
        ("mutation Answer", "422 Unprocessable Entity", "Validation Failed"),
        ("POST /repos/acme/incidents/issues/1/labels", "403 Forbidden", "This issue is locked."),
        ("POST /repos/acme/incidents/issues/1/labels", "404 Not Found", "Not Found"),
        ("POST /repos/acme/incidents/issues/1/labels", "422 Unprocessable Entity", "Validation Failed"),
        ("mutation Write", "403 Forbidden", "Forbidden"),
    ],
)
def test_an_issue_that_refuses_costs_no_other_its_answer(
    make: Make, what: str, status: str, message: str
) -> None:
    """The first issue waits longest, and the second is answered in the same run; later both are."""
    world = make()
    first, second = world.opens(), world.opens()
    id_ = world.tracker().read(first).id
    world.refused = Before(f"{what} .*{id_}" if what.startswith("mutation") else what, status, message)
    run = world.sweeps()
    assert not run.complete
    assert "state: reported" in world.labels(second)
    world.refused = None
    settle(world)
    assert world.moves(first) == [None]
    assert world.labels(first) == world.labels(second)


LIMITS: dict[str, Callable[[World], None]] = {
    "GraphQL's, at 200": lambda world: world.store.limits.set_remaining("graphql", 2),
    "REST's": lambda world: world.store.limits.set_remaining("core", 2),
    "403 that names no time": lambda world: world.store.limits.refuse_next(9, retry_after=None),
    "429 that names no time": lambda world: world.store.limits.refuse_next(9, status=429, retry_after=None),
    "200 that names no time": lambda world: world.store.limits.refuse_next(9, status=200, retry_after=None),
    "a date": lambda world: world.store.limits.refuse_next(
        9, status=429, retry_after="Mon, 05 Jan 2026 23:00:00 GMT"
    ),
    "no date": lambda world: world.store.limits.refuse_next(9, status=429, retry_after="soon"),
}


@row("LIMIT-02", "LIMIT-03", "LIMIT-04", "LIMIT-05")
@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_ends_the_run_and_loses_nothing(make: Make, limit: str) -> None:
    """It isn't asked again at once, and when the limit is over everything is done, once."""
    world = make()
    number = world.opens()
    LIMITS[limit](world)
    kinds = []
    try:
        assert not world.sweeps().complete
    except AdapterError as error:
        kinds.append(error.kind)
    assert kinds in ([], ["limited"])
    assert all(one == 0.0 or one >= 1.0 for one in world.slept)
    assert len(world.slept) <= 3
    world.store.limits.clear()
    settle(world)
    assert world.moves(number) == [None]
    assert world.writes() == 0


def _heavy(reply: Reply) -> None:
    if reply.what == "query Listing" and reply.asked["variables"]["first"] > 25:
        error = {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."}
        reply.body = {"data": {"viewer": None, "repository": None}, "errors": [error]}


@row("GQL-06", "LIMIT-09")
@pytest.mark.parametrize("change", [HONEST, other(_heavy)])
def test_a_listing_that_is_too_much_comes_in_smaller_pages(make: Make, change: Change) -> None:
    """Every issue is answered all the same."""
    world = make(change)
    numbers = [world.opens() for _ in range(30)]
    settle(world)
    assert all("state: reported" in world.labels(one) for one in numbers)
    assert world.writes() == 0


def _no_date(reply: Reply) -> None:
    del reply.headers["Date"]


@row("LIMIT-07")
def test_without_a_date_nothing_is_decided(make: Make) -> None:
    """The run ends before its first write."""
    world = make(_no_date)
    number = world.opens()
    with pytest.raises(AdapterError):
        world.sweeps()
    assert world.receipts(number) == 0


def _nulls(path: tuple[str, ...]) -> Change:
    def change(reply: Reply) -> None:
        node: Any = reply.issue()
        if not node or node["number"] != 1:
            return
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = None

    change.__name__ = ".".join(path)
    return change


@row("GQL-08", "ID-08")
@pytest.mark.parametrize(
    "path",
    [("title",), ("body",), ("labels",), ("labels", "nodes"), ("timelineItems",), ("createdAt",), ("id",)],
    ids=".".join,
)
def test_a_null_where_there_should_be_none_costs_that_issue(make: Make, path: tuple[str, ...]) -> None:
    """Nothing is written to it, others are answered, and it is when it can be read."""
    world = make(_nulls(path))
    first, second = world.opens(), world.opens()
    run = world.sweeps()
    assert not run.complete
    assert (world.receipts(first), world.labels(first)) == (0, set())
    assert "state: reported" in world.labels(second)
    world.change = as_it_is
    settle(world)
    assert world.moves(first) == [None]


def _no_numbers(reply: Reply) -> None:
    for one in reply.each():
        if "fullDatabaseId" in one:
            one["fullDatabaseId"] = None


@row("ID-08")
@pytest.mark.parametrize("change", [HONEST, other(_no_numbers)])
def test_comments_without_numbers_are_found_by_their_ids(make: Make, change: Change) -> None:
    """The card is edited all the same."""
    world = make(change)
    number = world.opens()
    settle(world)
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    assert world.moves(number) == [None, "estimate"]
    assert world.writes() == 0


def _unknown_kinds(reply: Reply) -> None:
    if reply.items():
        reply.items().insert(0, {"__typename": "PinnedEvent", "id": "PE_1"})
        reply.items().insert(0, None)


@row("TIME-07", "TIME-12")
@pytest.mark.parametrize("change", [HONEST, other(_unknown_kinds)])
def test_kinds_that_nobody_asked_for_ask_for_nothing(make: Make, change: Change) -> None:
    """They are counted, and the issue is dealt with."""
    world = make(change)
    number = world.opens()
    settle(world)
    world.says("mft", number, "/estimate 3 days")
    settle(world)
    assert world.moves(number) == [None, "estimate"]
    assert world.tracker().read(number).unreadable == (0 if change is as_it_is else 2)


@row("TIME-09")
def test_a_transferred_issue_costs_no_other_its_answer(make: Make) -> None:
    """Where it was it is missing, and whoever files next is answered."""
    world = make()
    number = world.opens()
    settle(world)
    world.store.add_repo("acme/elsewhere")
    world.store.set_permission("acme/elsewhere", "mft", "write")
    with (
        world.as_("mft") as here,
        Transaction(world.store, world.store.access("acme/elsewhere", "mft")) as there,
    ):
        here.transfer(find_issue(here.db, here.access, number), there, make_labels=True)
    second = world.opens()
    settle(world)
    assert "state: reported" in world.labels(second)
    assert REPO == "acme/incidents"


def moved(world: World, number: int) -> int:
    """Move an issue to the other repository, and return its number there."""
    with (
        world.as_("mft") as here,
        Transaction(world.store, world.store.access("acme/elsewhere", "mft")) as there,
    ):
        found = here.transfer(find_issue(here.db, here.access, number), there, make_labels=True)
        return int(found["number"])


@row("TIME-09")
@pytest.mark.parametrize("seal", [None, Seal((b"k" * 32,))])
def test_a_transferred_incident_and_its_suspension_go_on_elsewhere(make: Make, seal: Seal | None) -> None:
    """Both stop, and `/recover` takes them up with people, addresses and clocks; later runs do nothing."""
    world = make()
    number = world.opens()
    sweep(world.desk(seal=seal))
    said = (
        "/estimate 3 days",
        "/party Robin Example robin@example.org",
        "/suspend Insults\nSam, sam@example.org",
    )
    for text in said:
        world.says("mft", number, text)
        sweep(world.desk(seal=seal))
    before = world.desk(seal=seal)
    was = before.open(before.read(number))
    (ordered,) = suspensions(was).values()
    assert ordered.number is not None
    suspended = before.open(before.read(ordered.number), incident=was)
    world.store.add_repo("acme/elsewhere", visibility="private", labels=False)
    for login, permission in PEOPLE:
        world.store.set_permission("acme/elsewhere", login, permission)
    with Transaction(world.store, world.store.access("acme/elsewhere", "mft")) as there:
        there.open_issue("Something else", "", [])
    child, parent = moved(world, ordered.number), moved(world, number)
    there_ = world.desk("acme/elsewhere", seal)
    sweep(there_)
    for one in (child, parent):
        assert there_.read(one).ledger.broken == (MOVED,)
    with Transaction(world.store, world.store.access("acme/elsewhere", "mft")) as at:
        found = at.db.execute(
            "SELECT id FROM issue WHERE number = ? AND repository_id = ?", (child, at.access.repository["id"])
        ).fetchone()
        at.add_sub_issue(parent, found["id"])
        for one in (parent, child):
            at.add_comment(one, "/recover We moved both.")
    for _ in range(3):
        sweep(there_)
    incident = there_.open(there_.read(parent))
    suspension = there_.open(there_.read(child), incident=there_.incident_of(there_.read(child)))
    assert incident.people == was.people
    assert (incident.progress.stays, incident.code_name) == (was.progress.stays, was.code_name)
    assert suspension.people == suspended.people
    assert (suspension.progress.stays, suspension.code_name) == (
        suspended.progress.stays,
        suspended.code_name,
    )
    assert [one.number for one in suspensions(incident).values()] == [child]
    tracker = world.desk("acme/elsewhere", seal).tracker
    sweep(msgspec.structs.replace(there_, tracker=tracker))
    assert tracker.written == 0
