"""A world to break: the sandbox behind the fault layer, a desk of the real engine, and what can be seen.

Owns snapshots of GitHub's whole state, runs over them, and the comparison of what became of them. Time
is the sandbox's: whoever sleeps moves it on.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partial
from itertools import chain, zip_longest
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from cocflow.adapters.github import GitHubTracker
from cocflow.core.case.records import is_card, is_receipt, read_card
from cocflow.core.engine.reading import read_receipt
from cocflow.core.engine.requests import open_requests
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.people.person import Person
from cocflow.errors import AdapterError, CocflowError
from cocflow.ports import Letter, Message
from cocflow.run.board import read_board
from cocflow.run.desk import Desk
from cocflow.run.issue import enforce
from cocflow.run.sweep import Run
from cocflow.sandbox import Clock, Store, create_app
from cocflow.sandbox.database import connect
from cocflow.sandbox.ids import node_id, parse_node_id
from cocflow.sandbox.issues import IssueDesk, Transaction
from cocflow.sandbox.wire import LoopbackServer
from tests.fakes import FakeMailbox
from tests.faults.layer import Answer, Call, Died, FaultLayer, HungUpError, Plan
from tests.faults.turns import Turns, at_once

Job = Callable[[Desk], Run]
Snapshot = sqlite3.Connection
Seen = dict[int, dict[str, Any]]
_ID = re.compile(r"([A-Z]{1,4}_(?:\w|-|\\u002d)+)")
_CIRCUMSTANCES = re.compile(r',"reached":\{[^}]*\}|,"edited":"[^"]*"')
"""In which record a mark stands, and when our own edit of a body was: that depends on how runs went."""
_DELIVERED = Answer("200 OK", [], b"")


class Postbox:
    """A notifier that keeps what it delivers; a delivery is a call like any other, and may go wrong."""

    def __init__(self, layer: FaultLayer, reaches: Callable[[Person], bool], name: str = "") -> None:
        self._deliver = f"deliver {name}".strip()
        self._layer = layer
        self._reaches = reaches
        self.delivered: list[Message] = []

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`."""
        return self._reaches(person)

    def try_out(self) -> str:
        """See `Notifier.try_out`."""
        return ""

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""

        def act() -> Answer:
            self.delivered.append(message)
            return _DELIVERED

        try:
            answer = self._layer.passes(Call(what=f"{self._deliver} {message.id}"), act)
        except HungUpError:
            if self._layer.dead:
                raise Died from None
            raise AdapterError(None, "delivery", uncertain=True) from None
        if answer.status != _DELIVERED.status:
            raise AdapterError(int(answer.status[:3]), "delivery")


class World:
    """One repository on a sandbox of its own, and as many runs as wanted."""

    def __init__(self, desk: Desk, repository: str, checkout: Path) -> None:
        self._desk = desk
        self.checkout = checkout
        self.repository = repository
        self.store = Store(clock=Clock("2026-01-05T09:00:00Z", frozen=True))
        self.layer = FaultLayer(create_app(self.store))
        self._server = LoopbackServer(self.layer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.postbox = Postbox(self.layer, desk.notifier.reaches)
        self.box, self._reads_mail = FakeMailbox(), False

    def __enter__(self) -> World:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.layer.release()
        self._server.close()
        self._thread.join()
        self.store.close()

    # --- people ----------------------------------------------------------------------------------------

    def found(self, people: Mapping[str, str]) -> None:
        """Create the private repository, and everybody who can see it, with their permission."""
        self.store.add_repo(self.repository, visibility="private", labels=False)
        for login, permission in people.items():
            self.store.add_user(login)
            self.store.set_permission(self.repository, login, permission)

    @contextmanager
    def as_(self, login: str) -> Iterator[IssueDesk]:
        """Give GitHub's operations as somebody may do them, in one write."""
        with Transaction(self.store, self.store.access(self.repository, login)) as github:
            yield github

    def opens(self, login: str, title: str, body: str, labels: tuple[str, ...] = ()) -> int:
        """Let somebody open an issue; return its number."""
        with self.as_(login) as github:
            return int(github.open_issue(title, body, list(labels))["number"])

    def says(self, login: str, number: int, text: str) -> None:
        """Let somebody comment."""
        with self.as_(login) as github:
            github.add_comment(number, text)

    def labels(self, login: str, number: int, label: str) -> None:
        """Let somebody put a label on."""
        with self.as_(login) as github:
            github.add_labels(number, [label])

    def presses(self, login: str, number: int) -> None:
        """Let somebody close an open issue, or reopen a closed one."""
        with self.as_(login) as github:
            row = github.db.execute("SELECT state FROM issue WHERE number = ?", (number,)).fetchone()
            github.change_issue(number, {"state": "closed" if row["state"] == "open" else "open"})

    def writes_below(self, login: str, number: int, words: str) -> None:
        """Let somebody add a line to an issue's body."""
        with self.as_(login) as github:
            row = github.db.execute("SELECT body FROM issue WHERE number = ?", (number,)).fetchone()
            github.change_issue(number, {"body": f"{row['body']}\n\n{words}"})

    def written(self, form: str, answers: Mapping[str, str]) -> str:
        """Return the body of an issue that was opened with a form."""
        return write(self._desk.definitions[form].form, Answers(dict(answers)))

    # --- time and state ------------------------------------------------------------------------------

    def restore(self, snapshot: Snapshot, letters: Iterable[Letter] | None = None) -> None:
        """Make everything as it was, and forget what was delivered. `letters`: what lies in the mailbox.

        Without any, the runs read none.
        """
        database = self.store.database
        with database.lock:
            self.store.set_lag()
            snapshot.backup(database.connection)
            database.connection.execute("DELETE FROM log.event")
            (row,) = database.connection.execute("SELECT value FROM meta WHERE key = 'clock'")
            self.store.move_clock(to=str(json.loads(row["value"])["now"]), frozen=True)
        self.store.limits.clear()
        self.postbox.delivered.clear()
        self.box, self._reads_mail = FakeMailbox(), letters is not None
        self.box.inbox.extend(letters or ())
        self.box.before = self._asked
        self.layer.effects.clear()
        self.layer.arm()

    def keep(self) -> Snapshot:
        """Return a snapshot of everything as it is."""
        copy = connect(":memory:")
        with self.store.database.lock:
            self.store.database.connection.backup(copy)
        return copy

    def _asked(self, call: str) -> None:
        """Let a run turn to its mailbox: a call like any other, at which it may die."""
        try:
            self.layer.passes(Call(what=f"mailbox {call}"), lambda: _DELIVERED)
        except HungUpError:
            if self.layer.dead:
                raise Died from None
            raise

    def nap(self, seconds: float) -> None:
        """Let a run sleep: time passes for everybody, and nobody waits. The dead don't wake."""
        if self.layer.dead:
            raise Died
        self.store.move_clock(advance=math.ceil(seconds))

    # --- runs ----------------------------------------------------------------------------------------

    @contextmanager
    def desk(self, timeout: int = 30, token: str | None = None) -> Iterator[Desk]:
        """Give the desk of a run of its own, with its own token and connection."""
        token = token or self.store.job_token(self.repository)
        tracker = GitHubTracker(self.repository, token, self.url, self.nap, timeout)
        try:
            box = self.box if self._reads_mail else None
            yield msgspec.structs.replace(self._desk, tracker=tracker, notifier=self.postbox, mailbox=box)
        finally:
            tracker.close()

    def run(
        self,
        job: Job,
        plan: Plan | None = None,
        timeout: int = 30,
        before: Callable[[int, Call], None] | None = None,
    ) -> Run | None:
        """Run once, with something going wrong, or happening `before` calls; None if it died or gave up."""
        self.layer.arm(plan)
        if before is not None:
            self.layer.before = before
        with self.desk(timeout) as desk:
            try:
                return job(desk)
            except (CocflowError, Died):
                return None
            finally:
                self.layer.release()

    def look_at_all(self) -> None:
        """Let a run look at each issue, whether it has to or not."""
        self.layer.arm()
        with self.desk() as desk:
            for number in self.seen():
                enforce(desk, number)

    def race(self, jobs: Sequence[Job], order: Iterable[int]) -> list[BaseException]:
        """Run jobs at once, their calls in this order (see `Turns`); return what they raised."""
        self.layer.arm()
        tokens = [self.store.job_token(self.repository) for _ in jobs]
        turns = Turns(len(jobs), order)

        def before(number: int, call: Call) -> None:
            token = call.token.rpartition(" ")[2]
            if token in tokens:
                turns.wait(tokens.index(token))

        self.layer.before = before
        with ExitStack() as exits:
            desks = [exits.enter_context(self.desk(token=token)) for token in tokens]
            errors = at_once([partial(job, desk) for job, desk in zip(jobs, desks, strict=True)], turns)
        return [error for error in errors if not isinstance(error, CocflowError)]

    # --- what can be seen ----------------------------------------------------------------------------

    def seen(self) -> Seen:
        """Return every issue as it stands, in words that don't depend on GitHub's numbering of things.

        The bot's own comments are named by their place; everything else is as GitHub shows it.
        """
        with self.store.read() as db:
            return _Look(db).issues()

    def unsound(self) -> list[str]:
        """Return what no case may show: a broken or doubled answer, two states, two cards."""
        wrong: list[str] = []
        with self.desk() as desk:
            for number in self.seen():
                read = desk.read(number)
                if read_board(read.issue, desk) is not None:
                    continue
                case = desk.open(read)
                ledger = case.ledger
                answered = [entry.record.of for entry in ledger.counted]
                states = {label for label in case.issue.labels if label.startswith("state: ")}
                state = case.process.state(case.progress.state or "")
                checks = {
                    "broken": not ledger.broken,
                    "void": not ledger.void,
                    "answered twice": len(answered) == len(set(answered)),
                    "unanswered": not open_requests(case),
                    "state": state is not None and states == {state.label},
                    "cards": not ledger.spare_cards,
                }
                wrong += [f"#{number}: {name}" for name, right in checks.items() if not right]
        return wrong

    def label_events(self) -> Counter[tuple[int, str, str]]:
        """Return how often cocflow has put each label on and taken it off, by issue and kind."""
        query = (
            "SELECT number, timeline.kind, label_name FROM timeline JOIN issue ON issue.id = issue_id"
            " JOIN account ON account.id = actor_id"
            " WHERE account.kind = 'Bot' AND label_name IS NOT NULL"
        )
        with self.store.read() as db:
            return Counter((row["number"], row["kind"], row["label_name"]) for row in db.execute(query))

    def marked_twice(self) -> list[str]:
        """Return the notices that were sent again although GitHub held their mark already."""
        again: list[str] = []
        sent: set[str] = set()
        marked: set[str] = set()
        for call in self.layer.effects:
            kind, _, id_ = call.what.partition(" ")
            if kind != "deliver":
                for issue, body in self._said(call):
                    marked.update(f"{issue}.{notice}" for notice in _marks(body))
                continue
            if id_ in marked & sent:
                again.append(id_)
            sent.add(id_)
        return again

    def _said(self, call: Call) -> list[tuple[str, str]]:
        """Return what a call says as a comment, each text with the node id of its issue."""
        if call.what.startswith("mutation"):
            return [(self.issue_of(id_)[1], body) for id_, body in call.texts]
        found = re.fullmatch(r"POST .*/issues/(\d+)/comments", call.what)
        if found is None:
            return []
        return [(self._issue("number = ?", int(found[1]))[1], str(json.loads(call.body).get("body", "")))]

    def issue_of(self, id_: str) -> tuple[int, str]:
        """Return the number and node id of the issue that a node id names, or whose comment it does."""
        parsed = parse_node_id(id_)
        kind, key = parsed if parsed is not None else ("", 0)
        return self._issue("id = ?" if kind == "Issue" else _OF_COMMENT, key)

    def _issue(self, where: str, key: int) -> tuple[int, str]:
        with self.store.read() as db:
            row = db.execute(f"SELECT * FROM issue WHERE {where}", (key,)).fetchone()  # noqa: S608
        return (row["number"], node_id("Issue", row["id"], row["repository_id"])) if row else (0, "")


_OF_COMMENT = "id = (SELECT issue_id FROM comment WHERE id = ?)"


def _marks(body: str) -> set[str]:
    """Return the notices that a comment marks as told."""
    found = read_card(body) or read_receipt(body)
    return set(found.reached) if found is not None else set()


@lru_cache(maxsize=4096)
def _apart(text: str) -> tuple[str, ...]:
    """Return a text without circumstances, in parts: every other one is a node id."""
    return tuple(_ID.split(_CIRCUMSTANCES.sub("", text)))


class _Look:
    """One look at the database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._logins = {row["id"]: str(row["login"]) for row in db.execute("SELECT id, login FROM account")}
        self._bots = {row["id"] for row in db.execute("SELECT id FROM account WHERE kind = 'Bot'")}
        self._issues = list(db.execute("SELECT * FROM issue ORDER BY number"))
        self._comments = list(db.execute("SELECT * FROM comment ORDER BY id"))
        self._names = dict(self._named())

    def _named(self) -> Iterator[tuple[str, str]]:
        numbers = {row["id"]: row for row in self._issues}
        for row in self._issues:
            if row["author_id"] in self._bots:
                yield node_id("Issue", row["id"], row["repository_id"]), f"#{row['number']}"
        counts: dict[tuple[int, str], int] = {}
        for row in self._comments:
            if row["author_id"] not in self._bots:
                continue
            issue, kind = numbers[row["issue_id"]], _kind(row["body"])
            counts[issue["number"], kind] = counts.get((issue["number"], kind), 0) + 1
            place = f"#{issue['number']} {kind} {counts[issue['number'], kind]}"
            yield node_id("IssueComment", row["id"], issue["repository_id"]), place

    def _plain(self, text: str) -> str:
        parts = _apart(text)
        names = (self._names.get(one.replace("\\u002d", "-"), one) for one in parts[1::2])
        return "".join(chain.from_iterable(zip_longest(parts[::2], names, fillvalue="")))

    def issues(self) -> Seen:
        """Return the issues by number."""
        return {row["number"]: self._issue(row) for row in self._issues}

    def _issue(self, row: sqlite3.Row) -> dict[str, Any]:
        labels = self._db.execute(
            "SELECT name FROM issue_label JOIN label ON label.id = label_id WHERE issue_id = ?", (row["id"],)
        )
        parent = next((one["number"] for one in self._issues if one["id"] == row["parent_id"]), None)
        told: set[str] = set()
        mine = [one for one in self._comments if one["issue_id"] == row["id"]]
        for one in mine:
            found = read_card(one["body"]) or read_receipt(one["body"])
            told.update(found.reached if found is not None else ())
        said = [
            (self._logins.get(one["author_id"], ""), self._plain(one["body"]), _edited(one)) for one in mine
        ]
        return {
            "title": row["title"],
            "body": self._plain(row["body"] or ""),
            "state": row["state"],
            "labels": sorted(label["name"] for label in labels),
            "parent": parent,
            "told": sorted(told),
            "card": [one for one in said if is_card(one[1])],
            "comments": [one for one in said if not is_card(one[1])],
        }


def _edited(comment: sqlite3.Row) -> bool:
    """Whether a comment that isn't the card has been edited; the card may be."""
    return comment["edited_at"] is not None and not is_card(comment["body"])


def _kind(body: str) -> str:
    return "card" if is_card(body) else "receipt" if is_receipt(body) else "text"
