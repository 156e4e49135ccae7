"""Fakes of the ports: a tracker of issues in memory, on a clock of its own, and a notifier that keeps.

The tracker behaves as GitHub does where the engine can tell: node ids, one fact an event, cursors,
edits without history, listings by update. `before` and `after` are called around every call, so a
test can let other things happen in between, or make a call fail; `before_on` knows the issue, of a
comment and a read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy, deepcopy
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol, TypeVar, assert_never
from zoneinfo import ZoneInfo

import msgspec

from cocflow.core.case import capacity
from cocflow.core.case.case import Definition
from cocflow.core.case.facts import (
    Access,
    Actor,
    Assigned,
    BodyEdited,
    Closed,
    CommentDeleted,
    Commented,
    Earlier,
    Fact,
    Issue,
    Item,
    Labeled,
    Listed,
    Locked,
    Opened,
    Page,
    Reopened,
    Tail,
    Unassigned,
    Unlabeled,
)
from cocflow.core.case.ledger import Ledger
from cocflow.core.case.progress import Record
from cocflow.core.case.records import is_card, read_marker
from cocflow.core.case.seal import Seal
from cocflow.core.engine.reading import read_ledger, read_receipt
from cocflow.core.people.person import Person
from cocflow.core.people.roster import Community
from cocflow.core.process import BOARD_LABEL, BOOK_LABEL
from cocflow.errors import AdapterError
from cocflow.messages import Templates
from cocflow.ports import (
    AddComment,
    AddLabels,
    Attached,
    Child,
    DeleteComment,
    EditComment,
    Envelope,
    Letter,
    Mailbox,
    Message,
    Notifier,
    RefusedError,
    RemoveLabels,
    Retitle,
    Room,
    Rooms,
    SetOpen,
    Stamp,
    Tracker,
    Write,
)
from cocflow.run.desk import Desk
from cocflow.setup import shipped
from tests.core import play

BOARD = 1_000
"""The number of the board, and of whatever is opened as one after it: so those of the cases stay in a row."""

READS = (
    "listing",
    "latest",
    "read",
    "tail",
    "children",
    "earlier",
    "labelled",
    "pull_requests",
    "not_erasable",
    "account",
)


def nothing(call: str, number: int = 0) -> None:
    """Let nothing happen around a call."""


class Thread:
    """One issue as the fake keeps it: `items` are its timeline, each with its place."""

    def __init__(self, number: int, opened: Opened, body: str, title: str) -> None:
        self.number, self.opened, self.body, self.title = number, opened, body, title
        self.items: list[tuple[int, Fact]] = []
        self.labels: set[str] = set()
        self.assignees: list[Actor] = []
        self.is_open = True
        self.edit: BodyEdited | None = None
        self.locked = False
        self.association = ""
        self.updated_at = opened.at

    def copy(self) -> Thread:
        """Return the same issue, which goes on by itself."""
        made = copy(self)
        made.items, made.labels, made.assignees = list(self.items), set(self.labels), list(self.assignees)
        return made

    def comments(self) -> list[Commented]:
        """Return the comments that are there now."""
        return [fact for _, fact in self.items if isinstance(fact, Commented)]


class FakeTracker:
    """The issues of one repository, in memory. People act by the methods that take an actor first."""

    def __init__(
        self, now: datetime = play.START, me: Actor = play.BOT, tick: int = 1, name: str = ""
    ) -> None:
        self.now = now
        self.me = me
        self.name = name
        self.tick = timedelta(seconds=tick)
        self.threads: dict[int, Thread] = {}
        self.parents: dict[int, int] = {}
        self.calls: list[str] = []
        self.written = 0
        self.points = 0
        self.points_left: int | None = None
        self.before: Callable[[str], None] = nothing
        self.after: Callable[[str], None] = nothing
        self.unreadable = 0
        self.pinned: list[int] = []
        self.accounts: dict[str, int] = {}
        self.outsiders: set[str] = set()
        self.before_on: Callable[[str, int], None] = nothing
        self._made = 0
        self._vanished = 0

    def copy(self) -> FakeTracker:
        """Return the same repository, which goes on by itself."""
        made = copy(self)
        made.threads = {number: one.copy() for number, one in self.threads.items()}
        made.parents, made.accounts = dict(self.parents), dict(self.accounts)
        made.calls, made.pinned = list(self.calls), list(self.pinned)
        return made

    # --- people ------------------------------------------------------------------------------------

    def opens(self, by: Actor, body: str | None = None, title: str = "Somebody's words") -> int:
        """Open an issue; return its number."""
        number = 1 + max([self._vanished, *(one for one in self.threads if one < BOARD)])
        return self._opens(number, by, body, title)

    def _opens(self, number: int, by: Actor, body: str | None, title: str) -> int:
        opened = Opened(id=f"I_{self.name}{number}", at=self.now, by=by)
        self.threads[number] = Thread(number, opened, play.body() if body is None else body, title)
        self._pass(number)
        return number

    def says(self, by: Actor, number: int, text: str) -> str:
        """Comment; return the comment's id."""
        made = self._id("IC")
        comment = Commented(id=made, at=self.now, by=by, body=text, database_id=self._made)
        self._add(number, comment)
        return made

    def labels(self, by: Actor, number: int, label: str) -> None:
        """Put a label on, if it isn't on yet."""
        thread = self.threads[number]
        if label not in thread.labels:
            thread.labels.add(label)
            self._add(number, Labeled(id=self._id("LE"), at=self.now, by=by, label=label))

    def unlabels(self, by: Actor, number: int, label: str) -> None:
        """Take a label off, if it is on."""
        thread = self.threads[number]
        if label in thread.labels:
            thread.labels.remove(label)
            self._add(number, Unlabeled(id=self._id("UE"), at=self.now, by=by, label=label))

    def assigns(self, by: Actor, number: int, assignee: Actor) -> None:
        """Assign the issue to somebody, if it isn't yet."""
        thread = self.threads[number]
        if assignee not in thread.assignees:
            thread.assignees.append(assignee)
            self._add(number, Assigned(id=self._id("AE"), at=self.now, by=by, assignee=assignee))

    def unassigns(self, by: Actor, number: int, assignee: Actor) -> None:
        """Take somebody off the issue, if they are on."""
        thread = self.threads[number]
        if assignee in thread.assignees:
            thread.assignees.remove(assignee)
            self._add(number, Unassigned(id=self._id("UAE"), at=self.now, by=by, assignee=assignee))

    def closes(self, by: Actor, number: int) -> None:
        """Close the issue, if it is open."""
        if self.threads[number].is_open:
            self.threads[number].is_open = False
            self._add(number, Closed(id=self._id("CE"), at=self.now, by=by))

    def reopens(self, by: Actor, number: int) -> None:
        """Reopen the issue, if it is closed."""
        if not self.threads[number].is_open:
            self.threads[number].is_open = True
            self._add(number, Reopened(id=self._id("RE"), at=self.now, by=by))

    def edits_body(self, by: Actor, number: int, text: str) -> None:
        """Edit the issue's body."""
        thread = self.threads[number]
        thread.body = text
        id_ = BodyEdited.id_of(thread.opened.id, self.now.isoformat())
        thread.edit = BodyEdited(id=id_, at=self.now, by=by)
        self._pass(number)

    def edits(self, by: Actor, number: int, id_: str, text: str) -> None:
        """Edit a comment."""
        items = self.threads[number].items
        for at, (place, fact) in enumerate(items):
            if fact.id == id_ and isinstance(fact, Commented):
                if fact.body == text and by == self.me:  # to GitHub, that is no edit
                    return
                new = msgspec.structs.replace(fact, body=text, edited_at=self.now, edited_by=by)
                items[at] = (place, new)
        self._pass(number)

    def deletes(self, by: Actor, number: int, id_: str) -> None:
        """Delete a comment, if it is there."""
        thread = self.threads[number]
        author = next((fact.by for _, fact in thread.items if fact.id == id_), None)
        kept = [(place, fact) for place, fact in thread.items if fact.id != id_]
        if len(kept) < len(thread.items):
            thread.items = kept
            self._add(number, CommentDeleted(id=self._id("DE"), at=self.now, by=by, author=author))

    def locks(self, by: Actor, number: int) -> None:
        """Lock the conversation: only who can push may comment, and no job."""
        self.threads[number].locked = True
        self._add(number, Locked(id=self._id("LOE"), at=self.now, by=by))

    def fills(self, by: Actor, number: int, left: int) -> None:
        """Comment until the issue takes no more than `left` further comments."""
        for _ in range(capacity.left(len(self.threads[number].comments())) - left):
            self.says(by, number, "More of it.")

    def vanishes(self, number: int) -> Thread:
        """Let an issue be deleted, moved away or hidden, number and all; return it."""
        self._vanished = max(self._vanished, number)
        return self.threads.pop(number)

    def moves_clock(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by

    def _id(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}_{self.name}{self._made}"

    def _add(self, number: int, fact: Fact) -> None:
        self._made += 1
        self.threads[number].items.append((self._made, fact))
        self._pass(number)

    def _pass(self, number: int) -> None:
        self.threads[number].updated_at = self.now
        self.now += self.tick

    # --- the port ------------------------------------------------------------------------------------

    def _call(self, call: str) -> None:
        self.before(call)
        self.calls.append(call)
        self.written += call not in READS
        if call in READS:
            self._reads({"listing": 6, "latest": 3}.get(call, 1))

    def _reads(self, points: int) -> None:
        self.points += points
        if self.points_left is not None:
            self.points_left = max(0, self.points_left - points)

    def listing(self, *, open_: str | None, closed: str | None) -> Page:
        """See `Tracker.listing`."""
        self._call("listing")
        opens = [thread for thread in self.threads.values() if thread.is_open]
        rest = [thread for thread in self.threads.values() if not thread.is_open]
        rest.sort(key=lambda thread: thread.updated_at, reverse=True)
        firsts, next_open = _page(opens, open_)
        seconds, next_closed = _page(rest, closed)
        listed = tuple(map(self._listed, [*firsts, *seconds]))
        return Page(
            issues=listed,
            now=self.now,
            next_open=next_open,
            next_closed=next_closed,
            unreadable=self.unreadable,
        )

    def latest(self) -> Page:
        """See `Tracker.latest`."""
        self._call("latest")
        return Page(issues=self.latest_of(100), now=self.now, unreadable=self.unreadable)

    def latest_of(self, count: int) -> tuple[Listed, ...]:
        """Return the issues that were updated last, as a listing shows them."""
        newest = sorted(self.threads.values(), key=lambda thread: thread.updated_at, reverse=True)
        return tuple(map(self._listed, newest[:count]))

    def read(self, number: int) -> Issue:
        """See `Tracker.read`."""
        self._call("read")
        self.before_on("read", number)
        if number not in self.threads:
            raise AdapterError(404, "query ISSUE")
        thread = self.threads[number]
        self._reads(max(0, len(thread.items) - 1) // 100)
        facts = [thread.opened, *(fact for _, fact in thread.items)]
        if thread.edit is not None:
            facts.append(thread.edit)
        return play.issue(
            facts,
            now=self.now,
            number=number,
            me=self.me.id,
            title=thread.title,
            body=thread.body,
            is_open=thread.is_open,
            labels=frozenset(thread.labels),
            cursor=str(thread.items[-1][0] if thread.items else 0),
            body_edited_at=thread.edit.at if thread.edit else None,
            parent=self.parents.get(number),
            locked=thread.locked,
            association=thread.association,
            assignees=tuple(thread.assignees),
        )

    def tail(self, issue: Issue, expecting: str | None = None) -> Tail:
        """See `Tracker.tail`."""
        self._call("tail")
        thread = self.threads[issue.number]
        after = int(issue.cursor or 0)
        new = [(place, fact) for place, fact in thread.items if place > after]
        deleted = any(isinstance(fact, CommentDeleted) for _, fact in new)
        if expecting is not None and not deleted and all(fact.id != expecting for _, fact in new):
            raise AdapterError(None, "reading back a comment")
        return Tail(
            facts=tuple(fact for _, fact in new),
            cursor=str(new[-1][0]) if new else issue.cursor,
            now=self.now,
            labels=frozenset(thread.labels),
            is_open=thread.is_open,
            title=thread.title,
            body=thread.body,
            body_edited_at=thread.edit.at if thread.edit else None,
            body_edit=thread.edit,
            locked=thread.locked,
            assignees=tuple(thread.assignees),
        )

    def account(self, login: str) -> int | None:
        """See `Accounts.account`."""
        self._call("account")
        return self.accounts.get(login)

    def comment(self, number: int, body: str) -> None:
        """See `Tracker.comment`."""
        self._comment(number, body)

    def answer(self, issue: Issue, body: str) -> tuple[str, Tail]:
        """See `Tracker.answer`. Its two halves are called as if they were two: either may fail."""
        made = self._comment(issue.number, body)
        return made, self.tail(issue, made)

    def write(self, issue: Issue, writes: Sequence[Write]) -> None:
        """See `Tracker.write`. Each is a call of its own, and fails by itself."""
        failures: list[AdapterError] = []
        for one in writes:
            try:
                self._written(issue.number, one)
            except AdapterError as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _written(self, number: int, write: Write) -> None:
        match write:
            case AddLabels(names=names):
                self._add_labels(number, names)
            case RemoveLabels(names=names):
                for name in names:
                    self._remove_label(number, name)
            case Retitle(title=title):
                self._edit_issue(number, title=title)
            case SetOpen(open_=open_):
                self._edit_issue(number, open_=open_)
            case AddComment(body=body):
                self._comment(number, body)
            case EditComment(id=id_, body=body):
                self._edit_comment(id_, body)
            case DeleteComment(id=id_):
                self._delete_comment(id_)
            case _:
                assert_never(write)

    def edit_body(self, number: int, body: str) -> None:
        """See `Tracker.edit_body`."""
        self._call("edit_body")
        self.edits_body(self.me, number, body)
        self.after("edit_body")

    def _comment(self, number: int, body: str) -> str:
        self._call("comment")
        self.before_on("comment", number)
        if len(body) > 65_536 or len(body.encode(errors="surrogatepass")) > 262_144:
            raise AdapterError(422, "POST comment")
        if self.threads[number].locked:
            raise AdapterError(403, "POST comment", kind="refused_thing", reason="locked")
        if not capacity.left(len(self.threads[number].comments())):
            raise AdapterError(403, "POST comment", kind="refused_thing", reason="full")
        made = self.says(self.me, number, body)
        self.after("comment")
        return made

    def _edit_comment(self, id_: str, body: str) -> None:
        self._call("edit_comment")
        found = self._find(id_)
        if found is None:
            raise AdapterError(404, "PATCH comment")
        if len(body) > 65_536 or len(body.encode(errors="surrogatepass")) > 262_144:
            raise AdapterError(422, "PATCH comment")
        self.edits(self.me, found, id_, body)
        self.after("edit_comment")

    def _delete_comment(self, id_: str) -> None:
        self._call("delete_comment")
        found = self._find(id_)
        if found is not None:
            self.deletes(self.me, found, id_)
        self.after("delete_comment")

    def _add_labels(self, number: int, labels: Sequence[str]) -> None:
        self._call("add_labels")
        for label in labels:
            self.labels(self.me, number, label)
        self.after("add_labels")

    def _remove_label(self, number: int, label: str) -> None:
        self._call("remove_label")
        self.unlabels(self.me, number, label)
        self.after("remove_label")

    def assign(self, number: int, login: str) -> None:
        """See `Tracker.assign`."""
        self._call("assign")
        known = {one.login: one for one in play.PEOPLE}
        if login not in self.outsiders:  # else GitHub lets them have none, and says nothing
            self.assigns(self.me, number, known.get(login) or Actor(f"U_{login}", login))
        self.after("assign")

    def unassign(self, number: int, login: str) -> None:
        """See `Tracker.unassign`."""
        self._call("unassign")
        found = next((one for one in self.threads[number].assignees if one.login == login), None)
        if found is not None:
            self.unassigns(self.me, number, found)
        self.after("unassign")

    def _edit_issue(self, number: int, *, title: str | None = None, open_: bool | None = None) -> None:
        self._call("edit_issue")
        if title is not None:
            self.threads[number].title = title
            self._pass(number)
        if open_ is not None:
            (self.reopens if open_ else self.closes)(self.me, number)
        self.after("edit_issue")

    def children(self, number: int) -> dict[tuple[int, str], Child]:
        """See `Tracker.children`."""
        self._call("children")
        found: dict[tuple[int, str], Child] = {}
        for thread in self.threads.values():
            marker = read_marker(thread.body) if thread.opened.by == self.me else None
            if marker is not None:
                linked = self.parents.get(thread.number) == number
                child = Child(number=thread.number, database_id=thread.number, linked=linked)
                found.setdefault((marker.number, marker.key), child)
        return found

    def earlier(self, issues: Sequence[str], comments: Sequence[str]) -> Earlier:
        """See `Tracker.earlier`."""
        self._call("earlier")
        there = [thread for thread in self.threads.values() if thread.opened.id in issues]
        first = next((thread for thread in there if thread.opened.id == issues[0]), None)
        known = {one.id: one for thread in there for one in thread.comments()}
        return Earlier(
            body=first.body if first is not None else "",
            author=first.opened.by if first is not None else None,
            comments=tuple(known[id_] for id_ in comments if id_ in known),
        )

    def unlock(self, number: int) -> None:
        """See `Tracker.unlock`."""
        self._call("unlock")
        self.before_on("unlock", number)
        self.threads[number].locked = False
        self._pass(number)
        self.after("unlock")

    def labelled(self, label: str, *, anybodys: bool = False) -> tuple[int, ...]:
        """See `Tracker.labelled`."""
        self._call("labelled")
        ours = (one for one in self.threads.values() if anybodys or one.opened.by == self.me)
        return tuple(one.number for one in ours if label in one.labels)

    def pull_requests(self) -> frozenset[int]:
        """See `Tracker.pull_requests`. The numbers up to the board's are as good as theirs here."""
        self._call("pull_requests")
        last = max([self._vanished, *(one for one in self.threads if one < BOARD)])
        return frozenset(range(last + 1, BOARD))

    def not_erasable(self, issues: Sequence[str]) -> tuple[str, ...]:
        """See `Tracker.not_erasable`: whoever asks may."""
        self._call("not_erasable")
        return ()

    def erase(self, issue: str) -> None:
        """See `Tracker.erase`."""
        self._call("erase")
        for number in [one.number for one in self.threads.values() if one.opened.id == issue]:
            self.vanishes(number)

    def pin(self, issue: Issue) -> None:
        """See `Tracker.pin`."""
        self._call("pin")
        self.pinned.append(issue.number)

    def open_issue(self, title: str, body: str, labels: list[str]) -> int:
        """See `Tracker.open_issue`."""
        self._call("open_issue")
        if BOARD_LABEL in labels or BOOK_LABEL in labels:
            number = self._opens(max([BOARD - 1, *self.threads]) + 1, self.me, body, title)
        else:
            number = self.opens(self.me, body, title)
        for label in labels:
            self.labels(self.me, number, label)
        self.after("open_issue")
        return number

    def open_child(self, parent: int, title: str, body: str, labels: list[str]) -> int:
        """See `Tracker.open_child`."""
        self._call("open_child")
        number = self.opens(self.me, body, title)
        for label in labels:
            self.labels(self.me, number, label)
        self.after("open_child")
        self.link(parent, number)
        return number

    def link(self, parent: int, database_id: int) -> None:
        """See `Tracker.link`; an issue's number is its database id here."""
        self._call("link")
        self.parents[database_id] = parent
        self.after("link")

    def _find(self, id_: str) -> int | None:
        every = ((number, fact.id) for number, thread in self.threads.items() for _, fact in thread.items)
        return next((number for number, one in every if one == id_), None)

    def _listed(self, thread: Thread) -> Listed:
        first = [one for one in thread.comments()[:5] if one.by == self.me and self._is_first(one.body)]
        own = first[0].body if first and not first[0].edited_by_another else None
        items = thread.items[-10:]
        comments = [one for _, one in items if isinstance(one, Commented) and one.edited_by != self.me]
        return Listed(
            id=thread.opened.id,
            number=thread.number,
            is_open=thread.is_open,
            labels=frozenset(thread.labels),
            updated_at=thread.updated_at,
            body_edited_at=thread.edit.at if thread.edit else None,
            card=own,
            by=thread.opened.by.id if thread.opened.by else "",
            tail=tuple(Item(fact.id, fact.by == self.me, fact.by.id if fact.by else "") for _, fact in items),
            whole=len(items) == len(thread.items),
            locked=thread.locked,
            comments=len(thread.comments()),
            edited_at=max((one.edited_at for one in comments if one.edited_at), default=None),
        )

    def _is_first(self, body: str) -> bool:
        return is_card(body)

    # --- what tests ask ------------------------------------------------------------------------------

    def writes(self) -> list[str]:
        """Return the writes that cocflow has made since `forget`, in order."""
        return [call for call in self.calls if call not in READS]

    def forget(self) -> None:
        """Forget the calls so far."""
        self.calls.clear()

    def ledger(self, number: int) -> Ledger:
        """Return the ledger of an issue as it stands."""
        calls = list(self.calls)
        before, self.before = self.before, nothing
        try:
            return read_ledger(self.read(number))
        finally:
            self.calls, self.before = calls, before

    def records(self, number: int) -> list[Record]:
        """Return the records that count."""
        return [entry.record for entry in self.ledger(number).counted]

    def by_bot(self, number: int) -> list[str]:
        """Return the bot's comments that aren't the card, oldest first."""
        return [
            one.body for one in self.threads[number].comments() if one.by == self.me and not is_card(one.body)
        ]

    def receipts(self, number: int) -> list[Commented]:
        """Return the comments that are receipts of ours."""
        comments = self.threads[number].comments()
        return [one for one in comments if one.by == self.me and read_receipt(one.body) is not None]

    def card(self, number: int) -> str:
        """Return the text of the card; there must be exactly one."""
        (card,) = [
            one.body for one in self.threads[number].comments() if one.by == self.me and is_card(one.body)
        ]
        return card

    def state_labels(self, number: int) -> set[str]:
        """Return the labels of the issue that show a state."""
        return {label for label in self.threads[number].labels if label.startswith("state: ")}


def _page(threads: list[Thread], cursor: str | None) -> tuple[list[Thread], str | None]:
    if cursor is None:
        return [], None
    start = int(cursor or 0)
    more = len(threads) > start + 100
    return threads[start : start + 100], str(start + 100) if more else None


class RoomTracker(FakeTracker):
    """The issues of a room, on the vault's clock. Every call is the App's too."""

    def __init__(self, rooms: FakeRooms, name: str) -> None:
        self._rooms = rooms
        super().__init__(rooms.vault.now, play.APP, rooms.tick, f"{name}_")
        self.before = lambda call: rooms.before(f"room {call}")
        self.after = lambda call: rooms.after(f"room {call}")

    @property
    def now(self) -> datetime:
        """The time of the one clock that there is."""
        return self._rooms.vault.now

    @now.setter
    def now(self, at: datetime) -> None:
        self._rooms.vault.now = at

    def _is_first(self, body: str) -> bool:
        return True


class FakeRooms:
    """The rooms of a community in memory, on the clock of a vault's tracker.

    `before` and `after` are called around every call, those of a room's tracker by `room` and its name.
    `people` are the logins of each room: `inside`, `invited` or `expired`. `accounts`: ids other than
    `U_login`. `taken`: names that can't be had. `shown`: how many issues of a room a listing shows.
    `besides`: repositories that are no rooms, and that the App gets at all the same.
    """

    def __init__(self, vault: FakeTracker, tick: int = 1) -> None:
        self.vault, self.tick = vault, tick
        self.trackers: dict[str, RoomTracker] = {}
        self.descriptions: dict[str, str] = {}
        self.people: dict[str, dict[str, str]] = {}
        self.logins: set[str] | None = None
        self.accounts: dict[str, str] = {}
        self.shown = 100
        self.taken: set[str] = set()
        self.besides: set[str] = set()
        self.calls: list[str] = []
        self.before: Callable[[str], None] = nothing
        self.after: Callable[[str], None] = nothing
        self._erased = 0

    # --- people ------------------------------------------------------------------------------------

    def made(self, name: str, description: str = "", **people: str) -> RoomTracker:
        """Let a room be there, with these people in it; return its issues."""
        self.descriptions[name] = description
        self.people[name] = dict(people)
        self.trackers[name] = RoomTracker(self, name)
        return self.trackers[name]

    def accepts(self, name: str, login: str) -> None:
        """Let somebody accept their invitation."""
        assert self.people[name][login] == "invited"
        self.people[name][login] = "inside"

    def expires(self, name: str, login: str) -> None:
        """Let an invitation run out."""
        self.people[name][login] = "expired"

    def leaves(self, name: str, login: str) -> None:
        """Let somebody leave a room, or a keeper take them out."""
        self.people[name].pop(login, None)

    def vanishes(self, name: str) -> None:
        """Let a keeper delete a room."""
        self._erased += self.trackers[name].written
        for kept in (self.trackers, self.descriptions, self.people):
            kept.pop(name)

    def inside(self, name: str) -> set[str]:
        """Return who is in."""
        return {login for login, how in self.people[name].items() if how == "inside"}

    # --- the port ------------------------------------------------------------------------------------

    def _call(self, call: str) -> None:
        self.before(call)
        self.calls.append(call)

    @property
    def written(self) -> int:
        """See `Rooms.written`."""
        own = sum(call not in ("rooms", "access") for call in self.calls)
        return own + self._erased + sum(one.written for one in self.trackers.values())

    def listing(self) -> tuple[Room, ...]:
        """See `Rooms.listing`."""
        self._call("rooms")
        return tuple(
            Room(
                name=name,
                description=self.descriptions[name],
                issues=tracker.latest_of(self.shown),
                whole=len(tracker.threads) <= self.shown,
            )
            for name, tracker in self.trackers.items()
        )

    def lists(self, repository: str) -> bool:
        """See `Rooms.lists`."""
        return repository in self.besides

    def access(self, name: str) -> Access:
        """See `Rooms.access`."""
        self._call("access")
        if name not in self.people:
            return Access(exists=False)
        of = self.people[name]

        def who(kind: str) -> frozenset[str]:
            return frozenset(login for login, how in of.items() if how == kind)

        accounts = {login: self.accounts.get(login, f"U_{login}") for login in of}
        return Access(inside=who("inside"), invited=who("invited"), expired=who("expired"), accounts=accounts)

    def open(self, name: str, description: str) -> None:
        """See `Rooms.open`."""
        self._call("open")
        if name in self.taken:
            raise RefusedError(422, "POST generate")
        if name not in self.trackers:
            self.made(name, description)
        self.after("open")

    def let_in(self, name: str, login: str, account: int | None = None) -> bool:
        """See `Rooms.let_in`: everybody but a guest is a member, and in at once."""
        self._call("let_in")
        if name not in self.people:
            raise AdapterError(404, "PUT collaborator")
        if self.logins is not None and login not in self.logins:
            raise RefusedError(404, "PUT collaborator")
        member = login in {one.login for one in play.ROSTER}
        if self.people[name].get(login) != "inside":
            self.people[name][login] = "inside" if member else "invited"
        self.after("let_in")
        return self.people[name][login] == "inside"

    def put_out(self, name: str, login: str) -> None:
        """See `Rooms.put_out`."""
        self._call("put_out")
        self.people.get(name, {}).pop(login, None)
        self.after("put_out")

    def tracker(self, name: str) -> Tracker:
        """See `Rooms.tracker`; of one that is gone, nothing can be read or written."""
        return self.trackers[name] if name in self.trackers else RoomTracker(self, name)

    def erase(self, name: str) -> None:
        """See `Rooms.erase`."""
        self._call("erase")
        if name in self.trackers:
            self.vanishes(name)
        self.after("erase")

    def try_out(self) -> None:
        """See `Rooms.try_out`."""
        self._call("rooms")


class FakeNotifier:
    """Reaches whoever has a mail address, and keeps what it delivered. `failing`: every delivery fails."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.failing = False

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`."""
        return bool(person.mail)

    def try_out(self) -> str:
        """See `Notifier.try_out`."""
        return ""

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""
        if self.failing:
            raise AdapterError(None, "mail")
        self.messages.append(message)


class FakeMailbox:
    """Letters in memory. `before` is called around every call, as the tracker's is."""

    def __init__(self) -> None:
        self.inbox: list[Letter] = []
        self.handled: list[Letter] = []
        self.aside: list[Letter] = []
        self.stamped: tuple[Stamp, ...] = ()
        self.before: Callable[[str], None] = nothing

    def arrives(self, text: str, *, received: datetime, **fields: Any) -> Letter:
        """Let a letter arrive; its fields are those of a person's own mail unless given."""
        key = str(len(self.inbox) + len(self.handled) + len(self.aside) + 1)
        defaults: dict[str, Any] = {
            "key": key,
            "message_id": f"<{key}@example.org>",
            "sender": "sam@example.org",
            "verified": True,
            "subject": "My account",
            "tokens": (),
        }
        letter = Letter(text=text, received=received, **(defaults | fields))
        self.inbox.append(letter)
        return letter

    def waiting(self, since: Callable[[], datetime]) -> tuple[Letter, ...]:
        """See `Mailbox.waiting`."""
        self.before("waiting")
        beginning = since() if self.inbox else None
        found = [one for one in self.inbox if beginning is not None and one.received >= beginning]
        return tuple(sorted(found, key=lambda letter: letter.received))

    def letter(self, envelope: Envelope) -> Letter | None:
        """See `Mailbox.letter`."""
        self.before("letter")
        return next((one for one in self.inbox if one.key == envelope.key), None)

    def done(self, letter: Envelope) -> None:
        """See `Mailbox.done`."""
        self.before("done")
        self.handled.append(self._taken(letter))

    def attached(self, received: datetime, is_it: Callable[[Letter], bool]) -> tuple[Attached, ...] | None:
        """See `Mailbox.attached`: each file holds its own name."""
        kept = (*self.inbox, *self.handled, *self.aside)
        found = next((one for one in kept if one.received == received and is_it(one)), None)
        return None if found is None else tuple(Attached(one, one.encode()) for one in found.attachments)

    def try_out(self) -> None:
        """See `Mailbox.try_out`."""

    def stamps(self, count: int) -> tuple[Stamp, ...]:
        """See `Mailbox.stamps`."""
        return self.stamped[:count]

    def close(self) -> None:
        """See `Mailbox.close`."""

    def set_aside(self, letter: Envelope) -> None:
        """See `Mailbox.set_aside`."""
        self.before("set_aside")
        self.aside.append(self._taken(letter))

    def _taken(self, letter: Envelope) -> Letter:
        taken = next(one for one in self.inbox if one.key == letter.key)
        self.inbox.remove(taken)
        return taken


@cache
def templates() -> Templates:
    """Return the shipped templates."""
    return Templates([shipped.templates()], ZoneInfo("UTC"))


class Place(Protocol):
    """Where something happens over fakes: a setting, a scene."""

    tracker: FakeTracker
    desk: Desk


P = TypeVar("P", bound=Place)


def copied(place: P) -> P:
    """Return a place as it stands, which goes on by itself; what nobody changes, both share."""
    desk = place.desk
    shared = (desk.definitions, desk.templates, desk.community, desk.seal)
    memo: dict[int, Any] = {id(one): one for one in shared}
    memo[id(place.tracker)] = place.tracker.copy()
    return deepcopy(place, memo)


def desk(
    tracker: Tracker | None = None,
    notifier: Notifier | None = None,
    *,
    community: Community | None = None,
    definitions: Mapping[str, Definition] | None = None,
    templates_: Templates | None = None,
    mailbox: Mailbox | None = None,
    rooms: Rooms | None = None,
    seal: Seal | None = None,
    repository: str = "example/incidents",
) -> Desk:
    """Return a desk over fakes. The only place that makes one."""
    return Desk(
        repository=repository,
        tracker=tracker if tracker is not None else FakeTracker(),
        notifier=notifier if notifier is not None else FakeNotifier(),
        templates=templates_ or templates(),
        definitions=definitions or play.definitions(),
        community=community or play.community(),
        mailbox=mailbox,
        rooms=rooms,
        seal=seal,
    )
