"""The tracker on GitHub: the only module that knows PyGithub.

Owns reads (GraphQL), writes (REST), retries, pacing, and the translation of failures, whose texts
hold what people wrote and so never leave this module. PyGithub's own retries are off, since they
repeat a POST that may have been done; its own pacing too, since it takes queries for writes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlparse

import github
import requests
from github.GithubException import GithubException, RateLimitExceededException

from cocflow.adapters import queries
from cocflow.core.case.facts import (
    Actor,
    BodyEdited,
    Closed,
    CommentDeleted,
    Commented,
    Fact,
    Issue,
    Labeled,
    Listed,
    Opened,
    Page,
    Reopened,
    Tail,
    Unlabeled,
)
from cocflow.core.case.records import is_card, read_marker
from cocflow.errors import AdapterError, CocflowError
from cocflow.ports import Addressees, Child, Posted

_Answer = TypeVar("_Answer")

API = "https://api.github.com"
PAUSE = 1.0
"""Seconds between writes, as GitHub asks of automations; none on loopback."""
TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds; a rate limit that asks for more is left to the next run."""


class NotPrivateError(CocflowError):
    """The repository isn't private: nothing of an incident may be written there."""

    def __init__(self) -> None:
        super().__init__(
            "The repository isn't private, so anybody could read incidents in it. Make it private first."
        )


class GitHubTracker:
    """The issues of one repository.

    `token` is the job's; `base_url` the REST address. `sleep` waits a number of seconds. `timeout`:
    the seconds after which an answer doesn't come any more.
    """

    def __init__(
        self,
        repository: str,
        token: str,
        base_url: str = API,
        sleep: Callable[[float], None] = time.sleep,
        timeout: int = 30,
    ) -> None:
        logging.getLogger("github").disabled = True
        logging.getLogger("github.Requester").disabled = True
        self._github = github.Github(
            auth=github.Auth.Token(token),
            base_url=base_url,
            lazy=True,
            retry=0,
            timeout=timeout,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self._owner, _, self._name = repository.partition("/")
        self._repository = self._github.get_repo(repository)
        self._sleep = sleep
        self._local = urlparse(base_url).hostname in ("127.0.0.1", "localhost", "::1")
        self._last_write: float | None = None
        self._written = 0

    def close(self) -> None:
        """Close the connections."""
        self._github.close()

    # --- reads -----------------------------------------------------------------------------------

    def listing(self, *, open_: str | None, closed: str | None) -> Page:
        """See `Tracker.listing`."""
        asked = {part: after for part, after in (("open", open_), ("closed", closed)) if after is not None}
        query = "LISTING" if len(asked) == 2 else next(iter(asked), "open").upper()
        data, now = self._query(query, {f"{part}After": after or None for part, after in asked.items()})
        parts = {name: data["repository"].get(name) for name in ("open", "closed")}
        return Page(
            issues=tuple(
                _listed(node, data["viewer"]["id"]) for part in parts.values() for node in _nodes(part)
            ),
            now=now,
            next_open=_next(parts["open"]),
            next_closed=_next(parts["closed"]),
            labels=frozenset(label["name"] for label in _nodes(data["repository"].get("labels"))),
        )

    def latest(self) -> Page:
        """See `Tracker.latest`."""
        data, now = self._query("LATEST", {})
        nodes = _nodes(data["repository"]["latest"])
        return Page(issues=tuple(_listed(node, data["viewer"]["id"]) for node in nodes), now=now)

    def read(self, number: int) -> Issue:
        """See `Tracker.read`."""
        try:
            data, now = self._issue(number, None)
        except AdapterError as error:
            if error.status != 404:
                raise
            self._sleep(0.0 if self._local else 2.0)  # it may have been made just now
            data, now = self._issue(number, None)
        node = data["repository"]["issue"]
        facts = [_opened(node), *_facts(_nodes(node["timelineItems"]))]
        cursor = node["timelineItems"]["pageInfo"]["endCursor"]
        while node["timelineItems"]["pageInfo"]["hasNextPage"]:
            data, now = self._issue(number, cursor)
            node = data["repository"]["issue"]
            facts.extend(_facts(_nodes(node["timelineItems"])))
            cursor = node["timelineItems"]["pageInfo"]["endCursor"] or cursor
        edit = _body_edit(node)
        return Issue(
            id=node["id"],
            number=node["number"],
            author=_actor(node["author"]),
            opened_at=_time(node["createdAt"]),
            facts=tuple(facts if edit is None else [*facts, edit]),
            me=data["viewer"]["id"],
            cursor=cursor,
            url=node["url"],
            parent=node["parent"]["number"] if node["parent"] else None,
            now=now,
            **_fields(node),
        )

    def tail(self, issue: Issue, expecting: str | None = None) -> Tail:
        """See `Tracker.tail`."""
        for attempt in range(TRIES):
            tail = self._tail(issue)
            if expecting is None or any(
                fact.id == expecting or isinstance(fact, CommentDeleted) for fact in tail.facts
            ):
                return tail
            self._sleep(0.0 if self._local else 2.0**attempt)
        raise AdapterError(None, "reading back a comment")

    def _tail(self, issue: Issue) -> Tail:
        facts: list[Fact] = []
        cursor, more = issue.cursor, True
        while more:
            data, now = self._issue(issue.number, cursor)
            node = data["repository"]["issue"]
            facts.extend(_facts(_nodes(node["timelineItems"])))
            cursor = node["timelineItems"]["pageInfo"]["endCursor"] or cursor
            more = node["timelineItems"]["pageInfo"]["hasNextPage"]
        return Tail(facts=tuple(facts), cursor=cursor, now=now, body_edit=_body_edit(node), **_fields(node))

    def children(self, number: int) -> dict[tuple[int, str], Child]:
        """See `Tracker.children`."""
        data, _ = self._query("CHILDREN", {"number": number})
        linked = _nodes(data["repository"]["issue"]["subIssues"])
        nodes = [*linked, *_nodes(data["repository"]["newest"])]
        numbers = {int(node["number"]) for node in linked}
        found: dict[tuple[int, str], Child] = {}
        for node in sorted(nodes, key=lambda node: int(node["number"]), reverse=True):
            marker = read_marker(node["body"])
            if marker is not None and node["author"] and node["author"]["id"] == data["viewer"]["id"]:
                found[marker.number, marker.key] = Child(
                    number=node["number"],
                    database_id=int(node["fullDatabaseId"]),
                    linked=node["number"] in numbers,
                )
        return found

    def addressees(self) -> Addressees:
        """See `Tracker.addressees`."""
        suspensions: list[tuple[str, int]] = []
        after: str | None = None
        while True:
            data, _ = self._query("ADDRESSEES", {"after": after})
            part = data["repository"]["suspensions"]
            suspensions.extend((node["id"], node["number"]) for node in _nodes(part))
            after = _next(part)
            if after is None:
                break
        me = data["viewer"]["id"]
        ours = [
            int(node["number"])
            for node in _nodes(data["repository"]["letters"])
            if node["author"] is not None and node["author"]["id"] == me
        ]
        return Addressees(suspensions=tuple(suspensions), letters=min(ours, default=None))

    def _issue(self, number: int, after: str | None) -> tuple[dict[str, Any], datetime]:
        data, now = self._query("ISSUE", {"number": number, "after": after})
        if data["repository"]["issue"] is None:
            raise AdapterError(404, "query ISSUE")
        return data, now

    def _query(self, name: str, variables: dict[str, Any]) -> tuple[dict[str, Any], datetime]:
        """Send one query; return its data and the `Date` of the answer, which is now."""
        variables = {"owner": self._owner, "name": self._name, **variables}
        requester = self._repository.requester
        headers, answer = self._call(
            f"query {name}", lambda: requester.graphql_query(queries.ALL[name], variables), repeatable=True
        )
        data: dict[str, Any] = answer["data"]
        if data["repository"]["visibility"] != "PRIVATE":
            raise NotPrivateError
        return data, parsedate_to_datetime(headers["date"]).astimezone(UTC)

    # --- writes ----------------------------------------------------------------------------------

    @property
    def written(self) -> int:
        """See `Tracker.written`."""
        return self._written

    def comment(self, number: int, body: str) -> Posted:
        """See `Tracker.comment`."""
        issue = self._repository.get_issue(number)
        made = self._write("POST comment", lambda: issue.create_comment(body), repeatable=False)
        return Posted(made.node_id, made.id)

    def open_issue(self, title: str, body: str, labels: list[str]) -> int:
        """See `Tracker.open_issue`."""
        return int(self._open(title, body, labels).number)

    def _open(self, title: str, body: str, labels: list[str]) -> github.Issue.Issue:
        return self._write(
            "POST issue",
            lambda: self._repository.create_issue(title, body, labels=labels),
            repeatable=False,
        )

    def open_child(self, parent: int, title: str, body: str, labels: list[str]) -> int:
        """See `Tracker.open_child`."""
        made = self._open(title, body, labels)
        self.link(parent, made.id)
        return int(made.number)

    def link(self, parent: int, database_id: int) -> None:
        """See `Tracker.link`."""
        path = f"/repos/{self._owner}/{self._name}/issues/{parent}/sub_issues"
        requester = self._repository.requester
        try:
            self._write(
                "POST sub_issues",
                lambda: requester.requestJsonAndCheck("POST", path, input={"sub_issue_id": database_id}),
            )
        except AdapterError as error:
            if error.status != 422:
                raise

    def edit_comment(self, database_id: int, body: str) -> None:
        """See `Tracker.edit_comment`."""
        comment = self._repository.get_issue(1).get_comment(database_id)
        self._write("PATCH comment", lambda: comment.edit(body))

    def delete_comment(self, database_id: int) -> None:
        """See `Tracker.delete_comment`."""
        comment = self._repository.get_issue(1).get_comment(database_id)
        self._gone_is_done("DELETE comment", comment.delete)

    def add_labels(self, number: int, labels: list[str]) -> None:
        """See `Tracker.add_labels`. Repeating it changes nothing, so it may be repeated."""
        issue = self._repository.get_issue(number)
        self._write("POST labels", lambda: issue.add_to_labels(*labels))

    def remove_label(self, number: int, label: str) -> None:
        """See `Tracker.remove_label`."""
        issue = self._repository.get_issue(number)
        self._gone_is_done("DELETE label", lambda: issue.remove_from_labels(label))

    def edit_issue(
        self, number: int, *, title: str | None = None, body: str | None = None, open_: bool | None = None
    ) -> None:
        """See `Tracker.edit_issue`."""
        fields: dict[str, Any] = {} if title is None else {"title": title}
        if body is not None:
            fields["body"] = body
        if open_ is not None:
            fields["state"] = "open" if open_ else "closed"
        issue = self._repository.get_issue(number)
        self._write("PATCH issue", lambda: issue.edit(**fields))

    def _gone_is_done(self, route: str, call: Callable[[], None]) -> None:
        try:
            self._write(route, call)
        except AdapterError as error:
            if error.status != 404:
                raise

    def _write(self, route: str, call: Callable[[], _Answer], *, repeatable: bool = True) -> _Answer:
        if self._last_write is not None and not self._local:
            self._sleep(max(0.0, self._last_write + PAUSE - time.monotonic()))
        self._written += 1
        try:
            return self._call(route, call, repeatable=repeatable)
        finally:
            self._last_write = time.monotonic()

    def _call(self, route: str, call: Callable[[], _Answer], *, repeatable: bool) -> _Answer:
        """Call GitHub, again where that is safe; AdapterError in the end.

        A rate limit's refusal did nothing, so anything may be repeated after it. Another failure
        may have come after the deed, so only what may be done twice is repeated.
        """
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                return call()
            except GithubException as error:
                wait = _wait(error, attempt)
                limited = _is_limit(error)
                retry = limited or (repeatable and error.status >= 500)
                if last or not retry or wait > LONGEST_WAIT:
                    uncertain = not limited and error.status >= 500
                    raise AdapterError(error.status, route, uncertain=uncertain) from None
            except requests.exceptions.RequestException:
                wait = 2.0**attempt
                if last or not repeatable:
                    raise AdapterError(None, route, uncertain=True) from None
            self._sleep(0.0 if self._local and not wait else wait)
        raise AssertionError  # the last try returns or raises


def _is_limit(error: GithubException) -> bool:
    """Whether this is a refusal by a primary or secondary rate limit: nothing was done."""
    headers = error.headers or {}
    return isinstance(error, RateLimitExceededException) or (
        error.status in (403, 429)
        and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")
    )


def _wait(error: GithubException, attempt: int) -> float:
    """Return the seconds that GitHub asks for, or a growing pause."""
    headers = error.headers or {}
    if "retry-after" in headers:
        return float(headers["retry-after"])
    if headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in headers:
        now = parsedate_to_datetime(headers["date"]).timestamp() if "date" in headers else time.time()
        return max(0.0, float(headers["x-ratelimit-reset"]) - now)
    return 2.0**attempt


# --- answers to facts ------------------------------------------------------------------------------


def _nodes(connection: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [] if connection is None else [node for node in connection["nodes"] if node]


def _next(connection: dict[str, Any] | None) -> str | None:
    if connection is None or not connection["pageInfo"]["hasNextPage"]:
        return None
    cursor: str | None = connection["pageInfo"]["endCursor"]
    return cursor


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _actor(node: dict[str, Any] | None) -> Actor | None:
    """Return who did it. GraphQL leaves `[bot]` out of a bot's login, so its type must tell."""
    if node is None:
        return None
    return Actor(id=node["id"], login=node["login"], bot=node["__typename"] == "Bot")


def _fields(node: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an issue that change."""
    edited = node["lastEditedAt"]
    return {
        "title": node["title"],
        "body": node["body"],
        "is_open": node["state"] == "OPEN",
        "labels": frozenset(label["name"] for label in _nodes(node["labels"])),
        "body_edited_at": None if edited is None else _time(edited),
    }


def _opened(node: dict[str, Any]) -> Opened:
    return Opened(id=node["id"], at=_time(node["createdAt"]), by=_actor(node["author"]))


def _body_edit(node: dict[str, Any]) -> BodyEdited | None:
    if node["lastEditedAt"] is None:
        return None
    at = node["lastEditedAt"]
    return BodyEdited(id=f"{node['id']}@{at}", at=_time(at), by=_actor(node["editor"]))


def _facts(nodes: Iterable[dict[str, Any]]) -> list[Fact]:
    return [_fact(node) for node in nodes]


def _fact(node: dict[str, Any]) -> Fact:
    kind, at = node["__typename"], _time(node["createdAt"])
    if kind == "IssueComment":
        edited = node["lastEditedAt"]
        return Commented(
            id=node["id"],
            at=at,
            by=_actor(node["author"]),
            body=node["body"],
            database_id=int(node["fullDatabaseId"]),
            edited_at=None if edited is None else _time(edited),
            edited_by=_actor(node["editor"]),
        )
    by = _actor(node["actor"])
    if kind == "LabeledEvent":
        return Labeled(id=node["id"], at=at, by=by, label=node["label"]["name"])
    if kind == "UnlabeledEvent":
        return Unlabeled(id=node["id"], at=at, by=by, label=node["label"]["name"])
    plain = {"ClosedEvent": Closed, "ReopenedEvent": Reopened, "CommentDeletedEvent": CommentDeleted}
    return plain[kind](id=node["id"], at=at, by=by)


def _listed(node: dict[str, Any], me: str) -> Listed:
    edited = node["lastEditedAt"]
    labels = {label["name"] for label in _nodes(node["labels"])}
    cards = [
        comment["body"]
        for comment in _nodes(node["comments"])
        if comment["author"] is not None and comment["author"]["id"] == me and is_card(comment["body"])
    ]
    items = _nodes(node["timelineItems"])
    tail = tuple((item["id"], _by(item) == me) for item in items)
    return Listed(
        id=node["id"],
        number=node["number"],
        is_open=node["state"] == "OPEN",
        is_suspension="suspension" in labels,
        updated_at=_time(node["updatedAt"]),
        body_edited_at=None if edited is None else _time(edited),
        card=cards[0] if len(cards) == 1 else None,  # two are one too many: a run has to look
        tail=tail,
        whole=not node["timelineItems"]["pageInfo"]["hasPreviousPage"],
    )


def _by(item: dict[str, Any]) -> str | None:
    actor = item.get("author") or item.get("actor")
    return None if actor is None else str(actor["id"])
