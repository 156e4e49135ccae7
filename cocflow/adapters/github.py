"""The tracker on GitHub: issues read and written to by GraphQL, and by REST what that can't do.

Owns what a read says, fact by fact, and each write. How GitHub is talked to is `client.py`'s.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from math import inf
from typing import Any, assert_never

import msgspec

from cocflow.adapters import queries
from cocflow.adapters.client import API, NEW_IDS, TRIES, Client, Pace, Viewer, next_page
from cocflow.adapters.refusals import date_of, refused, remaining, understood
from cocflow.core.case.accounts import database_number, same_account
from cocflow.core.case.facts import (
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
    Unreadable,
    label_name,
)
from cocflow.core.case.records import is_card, read_marker
from cocflow.errors import AdapterError, CocflowError
from cocflow.ports import (
    LATEST,
    AddComment,
    AddLabels,
    Child,
    DeleteComment,
    EditComment,
    RemoveLabels,
    Retitle,
    SetOpen,
    Write,
)

NODES = 100
"""How many things GitHub gives at a time by their ids."""


class NotPrivateError(CocflowError):
    """The repository isn't private: nothing of an incident may be written there."""

    def __init__(self) -> None:
        super().__init__(
            "The repository isn't private, so anybody could read incidents in it. Make it private first."
        )


class GitHubTracker(Client):
    """The issues of one repository.

    `token` is the job's, or what gives one that is good now; for the rest see `Client`. `claimed`: a listing
    knows its issues by our first comment, whatever that says, rather than by their cards.
    """

    claimed = False

    def __init__(
        self,
        repository: str,
        token: str | Callable[[], str],
        base_url: str = API,
        sleep: Callable[[float], None] = time.sleep,
        timeout: int = 30,
        *,
        patience: float = inf,
        pace: Pace | None = None,
    ) -> None:
        super().__init__(token, base_url, sleep, timeout, patience=patience, pace=pace)
        self._owner, _, self._name = repository.partition("/")
        self._labels: dict[str, str] = {}
        self._pages_at_once = queries.PAGES_AT_ONCE

    @cached_property
    def _repository(self) -> Any:
        """What few writes go through: without them, none of PyGithub's classes is run."""
        return self._github.get_repo(f"{self._owner}/{self._name}")

    # --- reads -----------------------------------------------------------------------------------

    def listing(self, *, open_: str | None, closed: str | None) -> Page:
        """See `Tracker.listing`."""
        asked = {part: after for part, after in (("open", open_), ("closed", closed)) if after is not None}
        query = "LISTING" if len(asked) == 2 else next(iter(asked), "open").upper()
        data, now = self._query(query, {f"{part}After": after or None for part, after in asked.items()})
        with understood(f"query {query}"):
            repository, viewer = data["repository"], self._known_viewer()
            parts = {name: repository[name] for name in asked}
            nodes = [node for part in parts.values() for node in part["nodes"]]
            labels = (repository.get("labels") or {}).get("nodes") or ()
            found = [listed(node, viewer, self.claimed) for node in nodes]
            return Page(
                issues=tuple(one for one in found if one is not None),
                now=now,
                next_open=next_page(parts.get("open")),
                next_closed=next_page(parts.get("closed")),
                labels=frozenset(label_name(label["name"]) for label in labels if label),
                unreadable=found.count(None),
            )

    def latest(self) -> Page:
        """See `Tracker.latest`. More than one read only where GitHub finds a page of them too much."""
        found: list[Listed | None] = []
        after: str | None = None
        while True:
            data, now = self._query("LATEST", {"after": after})
            with understood("query LATEST"):
                part = data["repository"]["latest"]
                found += [listed(node, self._known_viewer(), self.claimed) for node in part["nodes"]]
                after = next_page(part)
            if after is None or len(found) >= LATEST:
                break
        issues = {one.number: one for one in found if one is not None}
        return Page(issues=tuple(issues.values()), now=now, unreadable=found.count(None))

    def read(self, number: int) -> Issue:
        """See `Tracker.read`."""
        try:
            data, now = self._issue(number, None)
        except AdapterError as error:
            if error.status != 404:
                raise
            self._sleep(0.0 if self._local else 2.0)  # it may have been made just now
            data, now = self._issue(number, None)
        with understood("query ISSUE"):
            node = data["repository"]["issue"]
            opened = _opened(node)
            facts: list[Fact] = [opened]
            cursor: str | None = None
            for page in self._pages(node, now):
                node, now, part = page
                facts.extend(self._facts(node, part, facts[-1].at))
                cursor = part["pageInfo"]["endCursor"] or cursor
            viewer = self._known_viewer()
            _is_ours(node, viewer)
            edit = _body_edit(node)
            return Issue(
                id=_text(node["id"]),
                number=int(node["number"]),
                author=_actor(node["author"]),
                opened_at=opened.at,
                facts=tuple(facts if edit is None else [*facts, edit]),
                me=viewer.id,
                cursor=cursor,
                url=node["url"],
                association=str(node.get("authorAssociation") or ""),
                parent=_parent(node, data["repository"]["id"]),
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
        cursor, more, at = issue.cursor, True, issue.now
        with understood("query ISSUE"):
            while more:
                data, now = self._issue(issue.number, cursor)
                node = data["repository"]["issue"]
                facts.extend(self._facts(node, node["timelineItems"], facts[-1].at if facts else at))
                cursor = node["timelineItems"]["pageInfo"]["endCursor"] or cursor
                more = node["timelineItems"]["pageInfo"]["hasNextPage"]
            return _tail(node, facts, cursor, now)

    def _pages(
        self, node: dict[str, Any], now: datetime
    ) -> Iterator[tuple[dict[str, Any], datetime, dict[str, Any]]]:
        """Give the pages of a timeline from its first on, each with its issue and the time when it was read.

        Where several are to come, one request reads them by their places. As places shift where a comment is
        deleted meanwhile, each begins with the last item of the one before, which isn't given twice; where
        it doesn't, or GitHub doesn't give so many at once, the rest is read page by page, after a cursor.
        """
        number, parts, seen = int(node["number"]), [node["timelineItems"]], 0
        total, cursor = parts[0].get("filteredCount") or 0, None
        while parts:
            for part in parts:
                yield node, now, part
                seen += len(part["nodes"])
                cursor = part["pageInfo"]["endCursor"] or cursor
            last, parts = part, []
            if not last["pageInfo"]["hasNextPage"]:
                return
            step = self._size("PAGES") - 1
            count = min(-(-(total - seen) // step), self._pages_at_once)
            if count > 1:
                skips = {f"s{place}": seen - 1 + place * step for place in range(count)}
                asked = {"number": number, **skips}
                try:
                    data, now = self._query("PAGES", asked, queries.pages(count), again=False)
                except AdapterError as error:
                    if error.kind not in ("unavailable", "odd"):
                        raise
                    self._pages_at_once = max(1, count // 4)  # nor would it give the next ones so
                else:
                    node = _there(data, number)
                    parts = list(_joined(last["nodes"], [node[f"p{place}"] for place in range(count)]))
            if not parts:
                data, now = self._issue(number, cursor)
                node, total = _there(data, number), 0
                parts = [node["timelineItems"]]

    def _facts(self, node: dict[str, Any], part: dict[str, Any], since: datetime) -> list[Fact]:
        """Return the facts of one page of a timeline. `since`: the time of what stands before it."""
        facts: list[Fact] = []
        viewer = self._known_viewer()
        for place, item in enumerate(part["nodes"]):
            fact = _fact(item, viewer)
            if fact is None:
                id_ = f"{node['id']}?{part['pageInfo']['endCursor']}?{place}"
                fact = Unreadable(id=id_, at=since, by=None, named=False)
            facts.append(fact)
            since = fact.at
        return facts

    def children(self, number: int) -> dict[tuple[int, str], Child]:
        """See `Tracker.children`."""
        linked, newest = self._family(number)
        numbers = {int(node["number"]) for node in linked}
        found: dict[tuple[int, str], Child] = {}
        with understood("query CHILDREN"):
            nodes = {int(node["number"]): node for node in (*newest, *linked)}
            for _, node in sorted(nodes.items(), reverse=True):
                marker = read_marker(node["body"])
                if marker is not None and _is_ours(node, self._known_viewer()):
                    found[marker.number, marker.key] = Child(
                        number=node["number"],
                        database_id=_database_id(node),
                        linked=node["number"] in numbers,
                    )
        return found

    def _family(self, number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the sub-issues of an issue that are of this repository, and its newest ones."""
        linked: list[dict[str, Any]] = []
        newest: list[dict[str, Any]] = []
        latest: list[dict[str, Any]] | None = None
        cursors: dict[str, str | None] = {"linked": None, "newest": None}
        while True:
            data, _ = self._query("CHILDREN", {"number": number, **cursors})
            with understood("query CHILDREN"):
                repository = data["repository"]
                if repository["issue"] is None:
                    raise AdapterError(404, "query CHILDREN", reason="missing")
                parts = {"linked": repository["issue"]["linked"], "newest": repository["newest"]}
                here = (one for one in _nodes(parts["linked"]) if one["repository"]["id"] == repository["id"])
                linked += here
                newest += _nodes(parts["newest"])
                latest = _nodes(repository["latest"]) if latest is None else latest
                after = {name: part["pageInfo"]["endCursor"] for name, part in parts.items()}
                more = next_page(parts["linked"]) or (next_page(parts["newest"]) and len(newest) < LATEST)
            if not more:
                return linked, [*latest, *newest]
            cursors = {name: after[name] or cursors[name] for name in cursors}

    def earlier(self, issues: Sequence[str], comments: Sequence[str]) -> Earlier:
        """See `Tracker.earlier`. Ids come in either form, so each answer is taken by its place."""
        asked = [issues[0], *comments]
        nodes: list[dict[str, Any] | None] = []
        for start in range(0, len(asked), NODES):
            data, _ = self._query("EARLIER", {"ids": asked[start : start + NODES]})
            with understood("query EARLIER"):
                nodes += data["nodes"]
        with understood("query EARLIER"):
            if len(nodes) != len(asked):
                raise ValueError
            first, *rest = nodes
            kept = [
                _earlier_comment(id_, node, issues, self._known_viewer())
                for id_, node in zip(comments, rest, strict=True)
            ]
            there = first is not None and first["__typename"] == "Issue"
            return Earlier(
                body=_text(first["body"]) if first is not None and there else "",
                author=_actor(first["author"]) if first is not None and there else None,
                comments=tuple(one for one in kept if one is not None),
            )

    def labelled(self, label: str, *, anybodys: bool = False) -> tuple[int, ...]:
        """See `Tracker.labelled`."""
        data, _ = self._query("LABELLED", {"label": label})
        with understood("query LABELLED"):
            nodes = _nodes(data["repository"]["issues"])
            ours = (one for one in nodes if anybodys or _surely_ours(one, self._known_viewer()))
            return tuple(int(node["number"]) for node in ours)

    def not_erasable(self, issues: Sequence[str]) -> tuple[str, ...]:
        """See `Tracker.not_erasable`."""
        found: list[str] = []
        for start in range(0, len(issues), NODES):
            asked = issues[start : start + NODES]
            data, _ = self._query("ERASABLE", {"ids": list(asked)})
            with understood("query ERASABLE"):
                found += [
                    id_
                    for id_, node in zip(asked, data["nodes"], strict=True)
                    if node is not None and node["viewerCanDelete"] is not True
                ]
        return tuple(found)

    def erase(self, issue: str) -> None:
        """See `Tracker.erase`. What is gone may be asked for again."""
        try:
            self._write("mutation ERASE", lambda: self._mutate("ERASE", "deleteIssue", issue))
        except AdapterError as error:
            if error.status != 404:
                raise

    def pull_requests(self) -> frozenset[int]:
        """See `Tracker.pull_requests`."""
        found: set[int] = set()
        after: str | None = None
        while True:
            data, _ = self._query("PULLS", {"after": after})
            with understood("query PULLS"):
                part = data["repository"]["pullRequests"]
                found.update(int(node["number"]) for node in _nodes(part))
                after = next_page(part)
            if after is None:
                return frozenset(found)

    def account(self, login: str) -> int | None:
        """See `Accounts.account`."""
        requester = self._requester
        try:
            _, found = self._call(
                "GET user", lambda: requester.requestJsonAndCheck("GET", f"/users/{login}"), repeatable=True
            )
        except AdapterError as error:
            if error.status != 404:
                raise
            return None
        with understood("GET user"):
            return int(found["id"])

    def _issue(self, number: int, after: str | None) -> tuple[dict[str, Any], datetime]:
        data, now = self._query("ISSUE", {"number": number, "after": after})
        self._labels |= _label_ids(data["repository"]) | _label_ids(_there(data, number))
        return data, now

    def _query(
        self, name: str, variables: dict[str, Any], text: str | None = None, *, again: bool = True
    ) -> tuple[dict[str, Any], datetime]:
        """Send one query about the repository, which has to be private; see `Client`."""
        asked = {"owner": self._owner, "name": self._name, **variables}
        data, now = super()._query(name, asked, text, again=again)
        if data["repository"]["visibility"] != "PRIVATE":
            raise NotPrivateError
        return data, now

    # --- writes ----------------------------------------------------------------------------------

    def comment(self, number: int, body: str) -> None:
        """See `Tracker.comment`."""
        made = self._post("POST comment", f"issues/{number}/comments", {"body": body})
        with understood("POST comment", uncertain=True):
            _text(made["node_id"])  # else it isn't said that it was made

    def answer(self, issue: Issue, body: str) -> tuple[str, Tail]:
        """See `Tracker.answer`."""
        sent = {"issue": issue.id, "body": body, "after": issue.cursor, "first": NODES}

        def comment() -> tuple[dict[str, Any], Mapping[str, Any]]:
            headers, answer = self._mutated("ANSWER", queries.ANSWER, sent)
            return _told_of(headers, answer, "addComment", "mutation ANSWER"), headers

        made, headers = self._write("mutation ANSWER", comment, repeatable=False)
        with understood("mutation ANSWER", uncertain=True):
            id_ = _text(made["commentEdge"]["node"]["id"])
        tail = self._tail_with(issue, made.get("subject"), headers)
        shown = tail is not None and any(fact.id == id_ for fact in tail.facts)
        return id_, tail if tail is not None and shown else self.tail(issue, id_)

    def _tail_with(self, issue: Issue, node: Any, headers: Mapping[str, Any]) -> Tail | None:
        """Return the tail that an answer shows; None where it doesn't show all of it."""
        try:
            if node["repository"]["visibility"] != "PRIVATE":
                raise NotPrivateError
            if node["timelineItems"]["pageInfo"]["hasNextPage"]:
                return None
            cursor = node["timelineItems"]["pageInfo"]["endCursor"] or issue.cursor
            now = date_of(headers) or issue.now
            self._labels |= _label_ids(node)
            facts = self._facts(node, node["timelineItems"], issue.now)
            return _tail(node, facts, cursor, max(now, issue.now))
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    def write(self, issue: Issue, writes: Sequence[Write]) -> None:
        """See `Tracker.write`. What isn't done is tried again by itself; a comment, only after a limit."""
        undone: list[AdapterError] = []
        missing = self._unknown(writes, AddLabels)
        if missing:  # it is made by this road alone
            try:
                self._post_labels(issue.number, missing)
            except AdapterError as error:
                if error.kind == "limited":  # nothing else would be done either
                    raise
                undone.append(error)
        if self._unknown(writes, RemoveLabels):  # it was read without its id
            undone.append(AdapterError(200, "mutation WRITE", kind="odd"))
        waiting = [sent for one in writes for sent in self._sent(issue, one)]
        if waiting:
            self._write(
                "mutation WRITE",
                lambda: self._tried(waiting, undone),
                repeatable=lambda: all(field != "addComment" for field, _ in waiting),
                writes=lambda: len(waiting),
            )
        if undone:
            raise undone[0]

    def _unknown(self, writes: Sequence[Write], kind: type[AddLabels] | type[RemoveLabels]) -> list[str]:
        """Return the labels that writes of a kind name, and whose ids nobody has told."""
        named = (name for one in writes if isinstance(one, kind) for name in one.names)
        return [name for name in named if name not in self._labels]

    def _sent(self, issue: Issue, write: Write) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give the mutations that make a change, each with what it takes."""
        match write:
            case AddLabels(names=names) | RemoveLabels(names=names):
                adds = isinstance(write, AddLabels)
                field = "addLabelsToLabelable" if adds else "removeLabelsFromLabelable"
                known = [self._labels[name] for name in names if name in self._labels]
                # One that is gone already costs no other.
                for ids in [known] if adds and known else [[one] for one in known]:
                    yield field, {"labelableId": issue.id, "labelIds": ids}
            case Retitle(title=title):
                yield "updateIssue", {"id": issue.id, "title": title}
            case SetOpen(open_=open_):
                yield "reopenIssue" if open_ else "closeIssue", {"issueId": issue.id}
            case AddComment(body=body):
                yield "addComment", {"subjectId": issue.id, "body": body}
            case EditComment(id=id_, body=body):
                yield "updateIssueComment", {"id": id_, "body": body}
            case DeleteComment(id=id_):
                yield "deleteIssueComment", {"id": id_}
            case _:
                assert_never(write)

    def _tried(self, waiting: list[tuple[str, dict[str, Any]]], undone: list[AdapterError]) -> None:
        """Send what waits in one document, and take out of it what is done. AdapterError for the rest.

        A comment that may have been made waits no more: it is kept among what is `undone`.
        """
        variables = {f"w{place}": taken for place, (_, taken) in enumerate(waiting)}
        text = queries.write([field for field, _ in waiting])
        headers, answer = self._mutated("WRITE", text, variables)
        if answer.get("errors") and not isinstance(answer.get("data"), dict):
            raise refused(200, headers, answer, "mutation WRITE")  # it says nothing of any of them
        failures: list[AdapterError] = []
        left: list[tuple[str, dict[str, Any]]] = []
        for place, one in enumerate(waiting):
            try:
                _told_of(headers, answer, f"w{place}", "mutation WRITE")
            except AdapterError as error:
                if error.status == 404 and one[0] in _GONE_IS_DONE:
                    continue
                if error.uncertain and one[0] == "addComment":
                    undone.append(error)
                    continue
                failures.append(error)
                left.append(one)
        waiting[:] = left
        if failures:
            raise next((one for one in failures if one.kind == "limited"), failures[0])

    def _post_labels(self, number: int, labels: list[str]) -> None:
        """Put labels on by REST, which makes those that the repository lacks; it may be repeated."""
        issue = self._repository.get_issue(number)
        self._write("POST labels", lambda: issue.add_to_labels(*labels))

    def open_issue(self, title: str, body: str, labels: list[str]) -> int:
        """See `Tracker.open_issue`."""
        return self._open(title, body, labels)[0]

    def _open(self, title: str, body: str, labels: list[str]) -> tuple[int, int]:
        """Open an issue; return its number and its database id."""
        made = self._post("POST issue", "issues", {"title": title, "body": body, "labels": labels})
        with understood("POST issue", uncertain=True):
            return int(made["number"]), int(made["id"])

    def _post(self, route: str, path: str, sent: dict[str, Any]) -> dict[str, Any]:
        """Make something, and return it. It may have been made whenever the answer doesn't say otherwise."""
        url, requester = f"/repos/{self._owner}/{self._name}/{path}", self._requester
        _, made = self._write(
            route, lambda: requester.requestJsonAndCheck("POST", url, input=sent), repeatable=False
        )
        return made if isinstance(made, dict) else {}

    def open_child(self, parent: int, title: str, body: str, labels: list[str]) -> int:
        """See `Tracker.open_child`."""
        number, database_id = self._open(title, body, labels)
        self.link(parent, database_id)
        return number

    def link(self, parent: int, database_id: int) -> None:
        """See `Tracker.link`."""
        path = f"/repos/{self._owner}/{self._name}/issues/{parent}/sub_issues"
        requester = self._requester
        sent = {"sub_issue_id": database_id, "replace_parent": True}
        try:
            self._write(
                "POST sub_issues",
                lambda: requester.requestJsonAndCheck("POST", path, input=sent),
            )
        except AdapterError as error:
            if error.status != 422:
                raise

    def pin(self, issue: Issue) -> None:
        """See `Tracker.pin`."""
        self._write("mutation PIN", lambda: self._mutate("PIN", "pinIssue", issue.id), repeatable=False)

    def _mutate(self, name: str, field: str, issue: str) -> None:
        """Have GraphQL change an issue, once. AdapterError where its answer doesn't say that it did."""
        headers, answer = self._mutated(name, queries.ALL[name], {"issue": issue})
        _told_of(headers, answer, field, f"mutation {name}")

    def _mutated(
        self, name: str, text: str, variables: dict[str, Any]
    ) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """Send a mutation once; return the answer's headers, and the answer, of which each part may fail."""
        self._points += queries.points(name, 1)
        requester, sent = self._requester, {"query": text, "variables": variables}
        headers, answer = requester.requestJsonAndCheck(
            "POST", requester.graphql_url, headers=dict(NEW_IDS), input=sent
        )
        self._points_left = remaining(headers) if remaining(headers) is not None else self._points_left
        if not isinstance(answer, dict):
            raise AdapterError(200, f"mutation {name}", kind="odd", uncertain=True)
        return headers, answer

    def assign(self, number: int, login: str) -> None:
        """See `Tracker.assign`. Repeating it changes nothing, so it may be repeated."""
        issue = self._repository.get_issue(number)
        self._write("POST assignees", lambda: issue.add_to_assignees(login))

    def unassign(self, number: int, login: str) -> None:
        """See `Tracker.unassign`."""
        issue = self._repository.get_issue(number)
        self._write("DELETE assignees", lambda: issue.remove_from_assignees(login))

    def edit_body(self, number: int, body: str) -> None:
        """See `Tracker.edit_body`."""
        issue = self._repository.get_issue(number)
        self._write("PATCH issue", lambda: issue.edit(body=body))

    def unlock(self, number: int) -> None:
        """See `Tracker.unlock`."""
        issue = self._repository.get_issue(number)
        self._write("DELETE lock", issue.unlock)


# --- answers to facts ------------------------------------------------------------------------------


_GONE_IS_DONE = ("removeLabelsFromLabelable", "deleteIssueComment")
"""What is done where GitHub doesn't find it any more."""


def _told_of(headers: Mapping[str, Any], answer: dict[str, Any], name: str, route: str) -> dict[str, Any]:
    """Return what an answer tells of one of its mutations. AdapterError where that wasn't made.

    `uncertain` where the answer doesn't say whether it was.
    """
    data, errors = answer.get("data"), answer.get("errors")
    made = data.get(name) if isinstance(data, dict) else None
    if isinstance(made, dict):
        return made
    errors = errors if isinstance(errors, list) else []
    own = [one for one in errors if isinstance(one, dict) and (one.get("path") or [name])[:1] == [name]]
    if own:
        raise refused(200, headers, {"errors": own}, route)
    raise AdapterError(200, route, kind="odd", uncertain=True)


def _label_ids(node: Any) -> dict[str, str]:
    """Return the ids of labels by their names, as far as they are told."""
    labels = node.get("labels") if isinstance(node, dict) else None
    found = labels.get("nodes") if isinstance(labels, dict) else None
    told = (one for one in found or () if isinstance(one, dict))
    return {
        label_name(one["name"]): one["id"]
        for one in told
        if isinstance(one.get("name"), str) and isinstance(one.get("id"), str)
    }


def _tail(node: dict[str, Any], facts: Sequence[Fact], cursor: str | None, now: datetime) -> Tail:
    return Tail(facts=tuple(facts), cursor=cursor, now=now, body_edit=_body_edit(node), **_fields(node))


def _nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of a list; a TypeError where the whole list is null, which isn't an empty one."""
    return [node for node in connection["nodes"] if node is not None]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _actor(node: dict[str, Any] | None) -> Actor | None:
    """Return who did it. GraphQL leaves `[bot]` out of a bot's login, so its type must tell."""
    if node is None:
        return None
    return Actor(id=node["id"], login=node["login"], bot=node["__typename"] == "Bot")


def _is_ours(node: dict[str, Any], viewer: Viewer) -> bool:
    """Whether an issue or a comment is our own. ValueError where its signs disagree: nothing may be guessed.

    GitHub says so itself, and names the author, who is a bot if we are known for one.
    """
    did, author = node["viewerDidAuthor"] is True, _actor(node["author"])
    same = author is not None and same_account(author.id, viewer.id)
    person = author is not None and not author.bot
    if did != same or (did and viewer.bot and person):
        raise ValueError
    return did


def _database_id(node: dict[str, Any]) -> int:
    """Return the number by which REST knows a thing: what GitHub says, else what its id holds, else 0."""
    said = node["fullDatabaseId"]
    return int(said) if said is not None else database_number(node["id"]) or 0


def _parent(node: dict[str, Any], repository: str) -> int | None:
    """Return the number of the parent, if it is of this repository: another's numbers mean other issues."""
    parent = node["parent"]
    here = parent is not None and parent["repository"]["id"] == repository
    return int(parent["number"]) if here else None


def _fields(node: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an issue that change."""
    edited = node["lastEditedAt"]
    return {
        "title": _text(node["title"]),
        "body": _text(node["body"]),
        "is_open": node["state"] == "OPEN",
        "labels": frozenset(label_name(label["name"]) for label in node["labels"]["nodes"]),
        "body_edited_at": None if edited is None else _time(edited),
        "locked": node["locked"] is True,
        "commented": int(node["comments"]["totalCount"]),
        "assignees": tuple(one for one in map(_actor, node["assignees"]["nodes"]) if one is not None),
    }


def _opened(node: dict[str, Any]) -> Opened:
    return Opened(id=node["id"], at=_time(node["createdAt"]), by=_actor(node["author"]))


def _there(data: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the issue of an answer; AdapterError where there is none: it may lie elsewhere by now."""
    node: dict[str, Any] | None = data["repository"]["issue"]
    with understood("query ISSUE"):
        if node is None or int(node["number"]) != number:
            raise AdapterError(404, "query ISSUE")
    return node


def _joined(before: list[Any], parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give the pages that go on from some items, without the item with which each begins for a sign of it."""
    for part in parts:
        first, *rest = part["nodes"] or [None]
        if not before or not first or not before[-1] or first.get("id") != before[-1].get("id"):
            return
        yield {**part, "nodes": rest}
        before = part["nodes"]
        if not part["pageInfo"]["hasNextPage"]:
            return


def _body_edit(node: dict[str, Any]) -> BodyEdited | None:
    if node["lastEditedAt"] is None:
        return None
    at = node["lastEditedAt"]
    return BodyEdited(id=BodyEdited.id_of(node["id"], at), at=_time(at), by=_actor(node["editor"]))


def _fact(node: dict[str, Any] | None, viewer: Viewer) -> Fact | None:
    """Return what an item of a timeline is; None where nothing of it can be told.

    ValueError where it is a comment of which it can't be said whether it is ours.
    """
    if node is None:
        return None
    if node.get("__typename") == "IssueComment":
        _is_ours(node, viewer)
    try:
        return _known_fact(node)
    except (AttributeError, KeyError, TypeError, ValueError):
        return _unreadable(node)


def _known_fact(node: dict[str, Any]) -> Fact:
    kind, at, id_ = node["__typename"], _time(node["createdAt"]), _text(node["id"])
    if kind == "IssueComment":
        edited = node["lastEditedAt"]
        return Commented(
            id=id_,
            at=at,
            by=_actor(node["author"]),
            body=_text(node["body"]),
            database_id=_database_id(node),
            edited_at=None if edited is None else _time(edited),
            edited_by=_actor(node["editor"]),
        )
    by = _actor(node["actor"])
    if kind == "LabeledEvent":
        return Labeled(id=id_, at=at, by=by, label=label_name(node["label"]["name"]))
    if kind == "UnlabeledEvent":
        return Unlabeled(id=id_, at=at, by=by, label=label_name(node["label"]["name"]))
    if kind == "CommentDeletedEvent":
        return CommentDeleted(id=id_, at=at, by=by, author=_actor(node["deletedCommentAuthor"]))
    if kind == "AssignedEvent":
        return Assigned(id=id_, at=at, by=by, assignee=_actor(node["assignee"]))
    if kind == "UnassignedEvent":
        return Unassigned(id=id_, at=at, by=by, assignee=_actor(node["assignee"]))
    plain = {"ClosedEvent": Closed, "ReopenedEvent": Reopened, "LockedEvent": Locked}
    return plain[kind](id=id_, at=at, by=by)


def _earlier_comment(
    id_: str, node: dict[str, Any] | None, issues: Sequence[str], viewer: Viewer
) -> Commented | None:
    """Return a comment of another issue under the id by which it was asked for; None where it isn't there."""
    if node is None or node["__typename"] != "IssueComment" or not _is_among(node["issue"]["id"], issues):
        return None
    fact = _fact(node, viewer)
    return msgspec.structs.replace(fact, id=id_) if isinstance(fact, Commented) else None


def _is_among(id_: str, ids: Sequence[str]) -> bool:
    """Whether a thing's id is one of these, in whatever form."""
    number = database_number(id_)
    return id_ in ids or (number is not None and number in map(database_number, ids))


def _unreadable(node: dict[str, Any]) -> Unreadable | None:
    """Return an item by its id and time alone; None where it lacks either."""
    try:
        return Unreadable(
            id=_text(node["id"]),
            at=_time(node["createdAt"]),
            by=_actor(node.get("actor") or node.get("author")),
            lasting=node["__typename"] in ("LabeledEvent", "UnlabeledEvent") and node["label"] is None,
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def listed(node: dict[str, Any] | None, viewer: Viewer, claimed: bool = False) -> Listed | None:
    """Return an issue as a listing shows it; None where it can't be told.

    `claimed`: it is known by our first comment, whatever that says, rather than by its card.
    """
    try:
        return None if node is None else _known_listed(node, viewer, claimed)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _known_listed(node: dict[str, Any], viewer: Viewer, claimed: bool) -> Listed:
    edited, items = node["lastEditedAt"], node["timelineItems"]
    cards = [
        comment
        for comment in node["comments"]["nodes"] or ()
        if comment is not None and (claimed or is_card(comment["body"])) and _surely_ours(comment, viewer)
    ]
    return Listed(
        id=_text(node["id"]),
        number=int(node["number"]),
        is_open=node["state"] == "OPEN",
        labels=_listed_labels(node.get("labels")),
        updated_at=_time(node["updatedAt"]),
        body_edited_at=None if edited is None else _time(edited),
        card=_believable(cards[:1] if claimed else cards, viewer),
        by=_who(node.get("author")),
        tail=tuple(_item(item, viewer) for item in items["nodes"] or () if item and "id" in item),
        whole=items["nodes"] is not None and not items["pageInfo"]["hasPreviousPage"],
        locked=node["locked"] is True,
        comments=int(node["comments"]["totalCount"]),
        edited_at=max((at for one in items["nodes"] or () if (at := _edited_at(one, viewer))), default=None),
    )


def _believable(cards: list[dict[str, Any]], viewer: Viewer) -> str | None:
    """Return the text of the only card, as we wrote it last; else None: a run has to look."""
    if len(cards) != 1 or _edited_at(cards[0], viewer) is not None:
        return None
    return _text(cards[0]["body"])


def _edited_at(item: dict[str, Any] | None, viewer: Viewer) -> datetime | None:
    """Return when somebody else than we edited a comment; None for what isn't edited, or is none.

    Where GitHub names no editor, the editor of our own comment is taken to be us, as a case takes it.
    """
    if item is None or (at := item.get("lastEditedAt")) is None:
        return None
    editor = item.get("editor")
    ours = _surely_ours(item, viewer) if editor is None else same_account(str(editor["id"]), viewer.id)
    return None if ours else _time(at)


def _listed_labels(connection: dict[str, Any] | None) -> frozenset[str] | None:
    """Return the labels of a listed issue; None where GitHub doesn't say which it has."""
    nodes = None if connection is None else connection["nodes"]
    if nodes is None or None in nodes:
        return None
    return frozenset(label_name(label["name"]) for label in nodes)


def _surely_ours(comment: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a comment is ours beyond doubt. A card in doubt isn't believed, so a run has to look."""
    try:
        return _is_ours(comment, viewer)
    except ValueError:
        return False


def _item(node: dict[str, Any], viewer: Viewer) -> Item:
    by = _who(node.get("author") or node.get("actor"))
    ours = bool(by) and same_account(by, viewer.id) and node.get("viewerDidAuthor") is not False
    return Item(node["id"], ours, by)


def _who(actor: dict[str, Any] | None) -> str:
    """Return the id of an account, "" where GitHub doesn't say whose it is."""
    return "" if actor is None else str(actor["id"])
