"""The mutations of GraphQL: what a client writes by node ids, by the same rules as over REST."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cocflow.sandbox import context, creating
from cocflow.sandbox.access import Access
from cocflow.sandbox.connections import Node
from cocflow.sandbox.graph import Graph
from cocflow.sandbox.ids import cursor, parse_node_id
from cocflow.sandbox.issues import IssueDesk, Transaction
from cocflow.sandbox.refusals import Refusal

Input = dict[str, Any]
TABLES = {"Issue": "issue", "IssueComment": "comment", "Label": "label", "Repository": "repository"}
PEOPLE = ("User", "Bot", "Mannequin", "Organization")


def of(base: str) -> dict[str, Callable[..., Node]]:
    """Return the fields of Mutation for one request; each answers with what was changed."""
    return {name: _echoing(base, one) for name, one in MUTATIONS.items()}


def _echoing(base: str, mutate: Callable[[str, Input], Node]) -> Callable[..., Node]:
    def resolve(_: Any, input: Input) -> Node:
        return mutate(base, input) | {"clientMutationId": input.get("clientMutationId")}

    return resolve


@dataclass
class Place:
    """An issue (and the comment on it that was named) with the operations on it, in one transaction."""

    graph: Graph
    access: Access
    desk: IssueDesk
    issue: sqlite3.Row
    comment: sqlite3.Row | None = None

    @property
    def number(self) -> int:
        """The issue's number in its repository."""
        return int(self.issue["number"])

    def shown(self) -> Node:
        """Return the issue as it is now."""
        query = "SELECT * FROM issue WHERE id = ?"
        row = self.graph.db.execute(query, (self.issue["id"],)).fetchone()
        return self.graph.issue_nodes(self.access, [row])[0]

    def labels(self, ids: list[str]) -> list[str]:
        """Return the names of labels of this repository; 404 for one of another."""
        return [str(self._label(text)["name"]) for text in ids]

    def _label(self, text: str) -> sqlite3.Row:
        row = _row(self.graph, text, "Label")
        if row["repository_id"] != self.access.repository["id"]:
            raise _unresolved(text)
        return row

    def assign_only(self, logins: list[str]) -> None:
        """Leave the issue assigned to these people and to nobody else."""
        query = (
            "SELECT a.login FROM issue_assignee i JOIN account a ON a.id = i.account_id WHERE issue_id = ?"
        )
        assigned = [row["login"] for row in self.graph.db.execute(query, (self.issue["id"],))]
        self.desk.unassign(self.number, [one for one in assigned if one not in logins])
        self.desk.assign(self.number, logins)


@contextmanager
def _open(base: str) -> Iterator[Graph]:
    with context.store().write() as (db, _):
        yield Graph(db, context.me(), base, new_ids=context.wants_new_ids())


@contextmanager
def _at(base: str, text: str, kind: str = "Issue") -> Iterator[Place]:
    """Open the operations on the issue, or on the issue of the comment, that a node id names."""
    with _open(base) as graph:
        row = _row(graph, text, kind)
        comment = row if kind == "IssueComment" else None
        query = "SELECT * FROM issue WHERE id = ?"
        issue = row if comment is None else graph.db.execute(query, (row["issue_id"],)).fetchone()
        access = graph.access(issue["repository_id"])
        with Transaction(context.store(), access) as desk:
            yield Place(graph, access, desk, issue, comment)


def _row(graph: Graph, text: str, kind: str) -> sqlite3.Row:
    """Return what a node id of this kind names, if it may be seen; 404 otherwise."""
    parsed = parse_node_id(text)
    if parsed is None or parsed[0] != kind:
        raise _unresolved(text)
    graph.node(text)
    query = f"SELECT * FROM {TABLES[kind]} WHERE id = ?"
    row: sqlite3.Row = graph.db.execute(query, (parsed[1],)).fetchone()
    return row


def _unresolved(text: str) -> Refusal:
    return Refusal(404, f"Could not resolve to a node with the global id of '{text}'")


def _logins(graph: Graph, ids: list[str]) -> list[str]:
    return [str(_account(graph, text)["login"]) for text in ids]


def _account(graph: Graph, text: str) -> sqlite3.Row:
    parsed = parse_node_id(text)
    number = parsed[1] if parsed is not None and parsed[0] in PEOPLE else 0
    row: sqlite3.Row | None = graph.db.execute("SELECT * FROM account WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise _unresolved(text)
    return row


# issues


def _create_issue(base: str, input: Input) -> Node:
    with _open(base) as graph:
        repository = _row(graph, input["repositoryId"], "Repository")
        access = graph.access(repository["id"])
        with Transaction(context.store(), access) as desk:
            issue = desk.open_issue(input["title"], input.get("body"), [])
            place = Place(graph, access, desk, issue)
            if input.get("labelIds"):
                desk.add_labels(place.number, place.labels(input["labelIds"]))
            if input.get("assigneeIds"):
                desk.assign(place.number, _logins(graph, input["assigneeIds"]))
            if input.get("parentIssueId"):
                parent = _row(graph, input["parentIssueId"], "Issue")
                desk.add_sub_issue(parent["number"], issue["id"])
            return {"issue": place.shown()}


def _update_issue(base: str, input: Input) -> Node:
    with _at(base, input["id"]) as at:
        changes = {name: input[name] for name in ("title", "body", "state") if input.get(name) is not None}
        if "state" in changes:
            changes["state"] = changes["state"].lower()
        at.desk.change_issue(at.number, changes)
        if input.get("labelIds") is not None:
            at.desk.set_labels(at.number, at.labels(input["labelIds"]))
        if input.get("assigneeIds") is not None:
            at.assign_only(_logins(at.graph, input["assigneeIds"]))
        return {"issue": at.shown()}


def _close_issue(base: str, input: Input) -> Node:
    with _at(base, input["issueId"]) as at:
        reason = (input.get("stateReason") or "COMPLETED").lower()
        at.desk.change_issue(at.number, {"state": "closed", "state_reason": reason})
        return {"issue": at.shown()}


def _reopen_issue(base: str, input: Input) -> Node:
    with _at(base, input["issueId"]) as at:
        at.desk.change_issue(at.number, {"state": "open"})
        return {"issue": at.shown()}


def _delete_issue(base: str, input: Input) -> Node:
    with _at(base, input["issueId"]) as at:
        at.desk.delete_issue(at.issue)
        return {"repository": at.graph.repository_node(at.access)}


def _transfer_issue(base: str, input: Input) -> Node:
    with _at(base, input["issueId"]) as at:
        target = at.graph.access(_row(at.graph, input["repositoryId"], "Repository")["id"])
        with Transaction(context.store(), target) as there:
            made = at.desk.transfer(at.issue, there, make_labels=bool(input.get("createLabelsIfMissing")))
        return {"issue": at.graph.issue_nodes(target, [made])[0]}


def _pin_issue(base: str, input: Input) -> Node:
    with _at(base, input["issueId"]) as at:
        at.desk.pin(at.issue)
        return {"issue": at.shown()}


def _unpin_issue(base: str, input: Input) -> Node:
    with _at(base, input["issueId"]) as at:
        at.desk.unpin(at.issue)
        return {"issue": at.shown()}


def _lock(base: str, input: Input) -> Node:
    with _at(base, input["lockableId"]) as at:
        reason = input.get("lockReason")
        # REST names the reasons with a hyphen or a blank: off-topic, too heated.
        spelled = {"OFF_TOPIC": "off-topic", "TOO_HEATED": "too heated"}
        at.desk.lock(at.number, reason and spelled.get(reason, reason.lower()))
        return {"lockedRecord": at.shown()}


def _unlock(base: str, input: Input) -> Node:
    with _at(base, input["lockableId"]) as at:
        at.desk.unlock(at.number)
        return {"unlockedRecord": at.shown()}


# labels and assignees


def _add_labels(base: str, input: Input) -> Node:
    with _at(base, input["labelableId"]) as at:
        at.desk.add_labels(at.number, at.labels(input["labelIds"]))
        return {"labelable": at.shown()}


def _remove_labels(base: str, input: Input) -> Node:
    with _at(base, input["labelableId"]) as at:
        for name in at.labels(input["labelIds"]):
            at.desk.remove_label(at.number, name)
        return {"labelable": at.shown()}


def _add_assignees(base: str, input: Input) -> Node:
    with _at(base, input["assignableId"]) as at:
        at.desk.assign(at.number, _logins(at.graph, input["assigneeIds"]))
        return {"assignable": at.shown()}


def _remove_assignees(base: str, input: Input) -> Node:
    with _at(base, input["assignableId"]) as at:
        at.desk.unassign(at.number, _logins(at.graph, input["assigneeIds"]))
        return {"assignable": at.shown()}


def _replace_assignees(base: str, input: Input) -> Node:
    with _at(base, input["assignableId"]) as at:
        at.assign_only([*_logins(at.graph, input.get("actorIds") or []), *(input.get("actorLogins") or [])])
        return {"assignable": at.shown()}


# comments


def _add_comment(base: str, input: Input) -> Node:
    with _at(base, input["subjectId"]) as at:
        made = at.desk.add_comment(at.number, input["body"])
        node = at.graph.comment_nodes(at.access, at.issue, [made])[0]
        return {"commentEdge": {"cursor": cursor(made["id"]), "node": node}, "subject": at.shown()}


def _update_comment(base: str, input: Input) -> Node:
    with _at(base, input["id"], "IssueComment") as at:
        changed = at.desk.change_comment(_named(at)["id"], input["body"])
        return {"issueComment": at.graph.comment_nodes(at.access, at.issue, [changed])[0]}


def _delete_comment(base: str, input: Input) -> Node:
    with _at(base, input["id"], "IssueComment") as at:
        at.desk.delete_comment(_named(at)["id"])
        return {}


def _minimize_comment(base: str, input: Input) -> Node:
    with _at(base, input["subjectId"], "IssueComment") as at:
        changed = at.desk.minimize_comment(_named(at)["id"], input["classifier"])
        return {"minimizedComment": at.graph.comment_nodes(at.access, at.issue, [changed])[0]}


def _named(at: Place) -> sqlite3.Row:
    assert at.comment is not None  # noqa: S101 - the place was opened by a comment's id
    return at.comment


# repositories


def _create_repository(base: str, input: Input) -> Node:
    with _open(base) as graph:
        home = _account(graph, input["ownerId"])["login"] if input.get("ownerId") else context.me().login
        creating.require_home(home)
        body = {"description": input.get("description"), "is_template": input["template"]}
        body |= {"has_issues": input["hasIssuesEnabled"], "has_wiki": input["hasWikiEnabled"]}
        made = creating.make(graph.db, home, input["name"], input["visibility"].lower(), body)
        return {"repository": graph.repository_node(graph.access(made["id"]))}


def _clone_template(base: str, input: Input) -> Node:
    with _open(base) as graph:
        template = graph.access(_row(graph, input["repositoryId"], "Repository")["id"])
        home = _account(graph, input["ownerId"])["login"]
        given = {"description": input.get("description")}
        made = creating.generate(graph.db, template, home, input["name"], input["visibility"].lower(), given)
        return {"repository": graph.repository_node(graph.access(made["id"]))}


MUTATIONS: dict[str, Callable[[str, Input], Node]] = {
    "addAssigneesToAssignable": _add_assignees,
    "addComment": _add_comment,
    "addLabelsToLabelable": _add_labels,
    "cloneTemplateRepository": _clone_template,
    "closeIssue": _close_issue,
    "createIssue": _create_issue,
    "createRepository": _create_repository,
    "deleteIssue": _delete_issue,
    "deleteIssueComment": _delete_comment,
    "lockLockable": _lock,
    "minimizeComment": _minimize_comment,
    "pinIssue": _pin_issue,
    "removeAssigneesFromAssignable": _remove_assignees,
    "removeLabelsFromLabelable": _remove_labels,
    "reopenIssue": _reopen_issue,
    "replaceActorsForAssignable": _replace_assignees,
    "transferIssue": _transfer_issue,
    "unlockLockable": _unlock,
    "unpinIssue": _unpin_issue,
    "updateIssue": _update_issue,
    "updateIssueComment": _update_comment,
}
