"""Rows as GraphQL nodes: dictionaries whose lists and other things are functions, called when asked for."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from cocflow.sandbox import search
from cocflow.sandbox.access import (
    ADMIN,
    LEVELS,
    READ,
    TRIAGE,
    WRITE,
    Access,
    Identity,
    access_to,
    association,
    find_repository,
    may_delete_issues,
    readers,
    repository_by_id,
)
from cocflow.sandbox.clock import iso, parse_instant
from cocflow.sandbox.connections import Node, Ordered, Window, from_list, from_rows
from cocflow.sandbox.ids import account_node_id, node_id, parse_node_id
from cocflow.sandbox.refusals import Refusal
from cocflow.sandbox.render import DEFAULT_LABELS, assignees_of, full_name, labels_of, site, sub_issue_counts
from cocflow.sandbox.search import ASSIGNED, MENTIONING

Row = sqlite3.Row
INT_LIMIT = 2**31
ISSUE_ORDERS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "COMMENTS": "comment_count"}
REPOSITORY_ORDERS = {"CREATED_AT": "created_at", "PUSHED_AT": "pushed_at", "UPDATED_AT": "updated_at"}
REACTIONS = ("THUMBS_UP", "THUMBS_DOWN", "LAUGH", "HOORAY", "CONFUSED", "HEART", "ROCKET", "EYES")
BLANK_ISSUES_OFF = re.compile(rb"^blank_issues_enabled:\s*false\b", re.MULTILINE)


def item_kind(item_type: str) -> str:
    """Return the type of a timeline item by its enum value: LABELED_EVENT is LabeledEvent."""
    return "".join(word.capitalize() for word in item_type.split("_"))


def small(number: int) -> int | None:
    """Return a database id as GraphQL's 32-bit Int: nothing if it has outgrown it."""
    return number if number < INT_LIMIT else None


def maybe(instant: int | None) -> str | None:
    """Return an instant or nothing."""
    return None if instant is None else iso(instant)


class Graph:
    """What one identity sees of one state of the database, for the length of one request."""

    def __init__(
        self, db: sqlite3.Connection, identity: Identity, base: str, *, new_ids: bool = False
    ) -> None:
        self.new_ids = new_ids
        self.db = db
        self.identity = identity
        self.site = site(base)
        self._actors: dict[int, Node] = {}
        self._accesses: dict[int, Access] = {}
        self._associations: dict[tuple[int | None, int], str] = {}

    # the ways in

    def viewer(self, _: Any = None) -> Node:
        """Return the token's account; GitHub shows a job's bot as a User here, ``[bot]`` and all."""
        return self.actor(self.identity.account_id, viewer=True) or {}

    def repository(self, owner: str, name: str) -> Node:
        """Return a repository by name."""
        try:
            access = access_to(self.db, self.identity, find_repository(self.db, owner, name))
        except Refusal:
            message = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise Refusal(404, message) from None
        self._accesses[access.repository["id"]] = access
        return self.repository_node(access)

    def user(self, login: str) -> Node:
        """Return a person by login."""
        row = self.db.execute("SELECT id FROM account WHERE login = ? AND kind = 'User'", (login,)).fetchone()
        if row is None:
            raise Refusal(404, f"Could not resolve to a User with the login of '{login}'.")
        return self.actor(row["id"]) or {}

    def organization(self, login: str) -> Node:
        """Return an organization by login."""
        query = "SELECT id FROM account WHERE login = ? AND kind = 'Organization'"
        row = self.db.execute(query, (login,)).fetchone()
        if row is None:
            raise Refusal(404, f"Could not resolve to an Organization with the login of '{login}'.")
        return self.actor(row["id"]) or {}

    def owner(self, login: str) -> Node | None:
        """Return a person or an organization by login; None if there is neither."""
        row = self.db.execute("SELECT id, kind FROM account WHERE login = ?", (login,)).fetchone()
        return self.actor(row["id"]) if row and row["kind"] in ("User", "Organization") else None

    def search(self, query: str, kind: str, **window: Any) -> Node:
        """Search issues or repositories among those that may be seen."""
        found = search.ids(self.db, self.identity, query, kind)
        nodes = [self._found(kind, one) for one in found]
        connection = from_list(nodes, Window("search", **window))
        counts = {"issueCount": 0, "repositoryCount": 0}
        return connection | counts | {f"{kind.lower()}Count": len(nodes)}

    def _found(self, kind: str, number: int) -> Node:
        if kind == "REPOSITORY":
            return self.repository_node(self.access(number))
        row = self._issue_row(number)
        assert row is not None  # noqa: S101 - it was found in this state of the database
        return self._issue(self.access(row["repository_id"]), row)

    def node(self, text: str) -> Node:
        """Return anything by its node id, if it may be seen."""
        parsed = parse_node_id(text)
        found = None
        if parsed is not None:
            try:
                found = self._by_id(*parsed)
            except Refusal:
                found = None
        if found is None:
            raise Refusal(404, f"Could not resolve to a node with the global id of '{text}'")
        return found

    def _by_id(self, kind: str, number: int) -> Node | None:
        if kind in ("User", "Bot", "Organization", "Mannequin"):
            return self.actor(number)
        if kind == "Repository":
            return self.repository_node(self.access(number)) if repository_by_id(self.db, number) else None
        tables = {"Issue": "issue", "IssueComment": "comment", "Label": "label"}
        table = tables.get(kind, "timeline")
        row = self.db.execute(f"SELECT * FROM {table} WHERE id = ?", (number,)).fetchone()
        if row is None or (table == "timeline" and row["kind"] != kind):
            return None
        if kind == "Label":
            return self.label_node(self.access(row["repository_id"]), row)
        issue = row if kind == "Issue" else self._issue_row(row["issue_id"])
        if issue is None:
            return None
        access = self.access(issue["repository_id"])
        if kind == "Issue":
            return self.issue_nodes(access, [row])[0]
        if kind == "IssueComment":
            return self.comment_nodes(access, issue, [row])[0]
        return self.timeline_nodes(access, issue, [row])[0]

    def access(self, repository_id: int) -> Access:
        """Return what may be done in a repository that exists; 404 if it may not be seen."""
        found = self._accesses.get(repository_id)
        if found is None:
            found = access_to(self.db, self.identity, repository_by_id(self.db, repository_id))
            self._accesses[repository_id] = found
        return found

    # accounts

    def actor(self, account_id: int | None, *, viewer: bool = False) -> Node | None:
        """Return an account, or None for GitHub's ghost. Bots have no ``[bot]`` in their login here."""
        if account_id is None:
            return None
        found = self._actors.get(account_id)
        if found is None or viewer:
            row = self.db.execute("SELECT * FROM account WHERE id = ?", (account_id,)).fetchone()
            if row is None:
                return None
            found = self._account(row, viewer=viewer)
            if not viewer:
                self._actors[account_id] = found
        return found

    def _account(self, row: Row, *, viewer: bool) -> Node:
        plain = row["login"].removesuffix("[bot]")
        path = f"/apps/{plain}" if row["kind"] == "Bot" else f"/{plain}"
        return {
            "__typename": "User" if viewer else row["kind"],
            "id": account_node_id(row["kind"], row["id"], legacy=row["legacy"] and not self.new_ids),
            "databaseId": small(row["id"]),
            "login": row["login"] if viewer else plain,
            "name": row["name"],
            "email": None,
            "createdAt": iso(row["created_at"]),
            "updatedAt": iso(row["created_at"]),
            "isViewer": row["id"] == self.identity.account_id,
            "resourcePath": path,
            "url": self.site + path,
            "avatarUrl": lambda _, size=None: f"{self.site}/avatars/u/{row['id']}",
            "repositories": self._repositories(row),
            "organizations": self._organizations(row),
        }

    def _repositories(self, owner: Row) -> Callable[..., Node]:
        def resolve(
            _: Any,
            orderBy: dict[str, str] | None = None,  # noqa: N803 - GraphQL's name
            privacy: str | None = None,
            visibility: str | None = None,
            isArchived: bool | None = None,  # noqa: N803
            isFork: bool | None = None,  # noqa: N803
            affiliations: list[str] | None = None,
            ownerAffiliations: list[str] | None = None,  # noqa: N803
            **window: Any,
        ) -> Node:
            del affiliations, ownerAffiliations  # one's own only: the owner is who was asked for
            where = f"id IN ({', '.join(str(one) for one in self._seen(owner['id']))})"
            if isArchived or isFork:
                where += " AND FALSE"  # there are none here
            if privacy is not None:
                where += f" AND visibility {'=' if privacy == 'PUBLIC' else '!='} 'public'"
            values: tuple[Any, ...] = ()
            if visibility is not None:
                where, values = f"{where} AND visibility = ?", (visibility.lower(),)
            order = orderBy or {"field": "CREATED_AT", "direction": "ASC"}
            columns = (REPOSITORY_ORDERS[order["field"]], "id")
            rows = Ordered("repository", where, values, columns, order["direction"] == "DESC")

            def nodes(found: list[Row]) -> list[Node]:
                return [self.repository_node(self.access(row["id"])) for row in found]

            return from_rows(self.db, rows, Window("repositories", **window), nodes)

        return resolve

    def _organizations(self, member: Row) -> Callable[..., Node]:
        def resolve(_: Any, **window: Any) -> Node:
            # Whoever isn't in it themselves sees public members only.
            rows = self.db.execute(
                "SELECT m.org_id FROM membership m WHERE m.user_id = :member AND (m.public OR EXISTS"
                " (SELECT 1 FROM membership o WHERE o.org_id = m.org_id AND o.user_id = :me))"
                " ORDER BY m.org_id",
                {"member": member["id"], "me": self.identity.account_id},
            )
            nodes = [self.actor(row["org_id"]) or {} for row in rows]
            return from_list(nodes, Window("organizations", **window))

        return resolve

    def _seen(self, owner_id: int) -> list[int]:
        """Return the repositories of an owner that may be seen."""
        ids = [
            row["id"] for row in self.db.execute("SELECT id FROM repository WHERE owner_id = ?", (owner_id,))
        ]
        return [one for one in ids if self._repository_or_none(one) is not None]

    def _association(self, account_id: int | None, access: Access) -> str:
        key = (account_id, access.repository["id"])
        if key not in self._associations:
            self._associations[key] = association(self.db, account_id, access.repository)
        return self._associations[key]

    # repositories

    def repository_node(self, access: Access) -> Node:
        """Return a Repository."""
        row = access.repository
        path = f"/{full_name(row)}"
        node = {
            "__typename": "Repository",
            "id": node_id("Repository", row["id"]),
            "databaseId": small(row["id"]),
            "name": row["name"],
            "nameWithOwner": full_name(row),
            "description": row["description"],
            "visibility": row["visibility"].upper(),
            "issueCreationPolicy": row["issue_creation"],
            "isPrivate": row["visibility"] != "public",
            "isInOrganization": row["owner_kind"] == "Organization",
            "isTemplate": bool(row["is_template"]),
            "forkingAllowed": bool(row["allow_forking"]),
            "viewerPermission": LEVELS[access.level].upper(),
            "viewerCanAdminister": access.level >= ADMIN,
            "createdAt": iso(row["created_at"]),
            "updatedAt": iso(row["updated_at"]),
            "pushedAt": iso(row["pushed_at"]),
            "resourcePath": path,
            "url": self.site + path,
            "owner": lambda _: self.actor(row["owner_id"]),
            "isBlankIssuesEnabled": lambda _: self._blank_issues(row),
            "defaultBranchRef": lambda _: self._branch(access),
            "issue": lambda _, number: self._issue_by_number(access, number),
            "issues": self._issues(access),
            # There are none here; GitHub gives them numbers of the same row as issues.
            "pullRequests": lambda _, states=None, **window: from_list([], Window("pullRequests", **window)),
            "issueOrPullRequest": lambda _, number: self._issue_by_number(access, number),
            "sshUrl": f"git@{self.site.partition('//')[2]}:{full_name(row)}.git",
            "parent": None,
            "label": lambda _, name: self._label_by_name(access, name),
            "labels": self._labels(access),
            "collaborators": self._collaborators(access),
            "assignableUsers": self._assignable(access),
        }
        node |= dict.fromkeys(("isArchived", "isDisabled", "isFork"), False)
        node |= dict.fromkeys(("mergeCommitAllowed", "rebaseMergeAllowed", "squashMergeAllowed"), True)
        switches = {"Issues": "issues", "Wiki": "wiki", "Projects": "projects", "Discussions": "discussions"}
        return node | {f"has{name}Enabled": bool(row[f"has_{key}"]) for name, key in switches.items()}

    def _blank_issues(self, row: Row) -> bool:
        found = self.db.execute(
            "SELECT content FROM file WHERE repository_id = ? AND path = '.github/ISSUE_TEMPLATE/config.yml'",
            (row["id"],),
        ).fetchone()
        return found is None or not BLANK_ISSUES_OFF.search(found["content"])

    def _branch(self, access: Access) -> Node | None:
        repository = access.repository["id"]
        if not self.db.execute("SELECT 1 FROM file WHERE repository_id = ?", (repository,)).fetchone():
            return None  # a repository without a file has no branch yet
        return {
            "__typename": "Ref",
            "id": node_id("Ref", repository),
            "name": "main",
            "prefix": "refs/heads/",
            "repository": lambda _: self.repository_node(access),
        }

    def _collaborators(self, access: Access) -> Callable[..., Node]:
        def resolve(_: Any, affiliation: str = "ALL", **window: Any) -> Node:
            if not self.identity.is_integration and access.level < WRITE:
                raise Refusal(403, "You do not have permission to view repository collaborators.")
            people = readers(self.db, access.repository, affiliation)
            nodes = [self.actor(account["id"]) or {} for account, _ in people]
            edges = [{"permission": LEVELS[level].upper()} for _, level in people]
            return from_list(nodes, Window("collaborators", **window), edges)

        return resolve

    def _assignable(self, access: Access) -> Callable[..., Node]:
        def resolve(_: Any, query: str | None = None, **window: Any) -> Node:
            people = [
                self.actor(account["id"]) or {} for account, _ in readers(self.db, access.repository, "ALL")
            ]
            wanted = (query or "").casefold()
            found = [one for one in people if wanted in one["login"].casefold()]
            return from_list(found, Window("assignableUsers", **window))

        return resolve

    # labels

    def label_node(self, access: Access, row: Row | dict[str, Any]) -> Node:
        """Return a Label."""
        path = f"/{full_name(access.repository)}/labels/{row['name'].replace(' ', '%20')}"
        return {
            "__typename": "Label",
            "id": node_id("Label", row["id"], access.repository["id"]),
            "name": row["name"],
            "color": row["color"],
            "description": row["description"],
            "isDefault": row["name"] in DEFAULT_LABELS,
            "createdAt": iso(row["created_at"]),
            "updatedAt": iso(row["updated_at"]),
            "resourcePath": path,
            "url": self.site + path,
            "repository": lambda _: self.repository_node(access),
        }

    def _labels(self, access: Access, issue_id: int | None = None) -> Callable[..., Node]:
        def resolve(_: Any, orderBy: dict[str, str], query: str = "", **window: Any) -> Node:  # noqa: N803
            if issue_id is None:
                every = "SELECT * FROM label WHERE repository_id = ? AND instr(lower(name), lower(?))"
                rows = self.db.execute(every, (access.repository["id"], query or "")).fetchall()
            else:
                rows = labels_of(self.db, [issue_id])[issue_id]
            key = {"NAME": lambda row: row["name"].casefold(), "CREATED_AT": lambda row: row["id"]}
            rows.sort(key=key[orderBy["field"]], reverse=orderBy["direction"] == "DESC")
            return from_list([self.label_node(access, row) for row in rows], Window("labels", **window))

        return resolve

    def _assignees(self, issue_id: int) -> Callable[..., Node]:
        def resolve(_: Any, **window: Any) -> Node:
            nodes = [self.actor(row["id"]) for row in assignees_of(self.db, issue_id)]
            return from_list([one for one in nodes if one is not None], Window("assignees", **window))

        return resolve

    def _label_by_name(self, access: Access, name: str) -> Node | None:
        query = "SELECT * FROM label WHERE repository_id = ? AND name = ?"
        row = self.db.execute(query, (access.repository["id"], name)).fetchone()
        return None if row is None else self.label_node(access, row)

    # issues

    def _issue_row(self, issue_id: int) -> Row | None:
        row: Row | None = self.db.execute("SELECT * FROM issue WHERE id = ?", (issue_id,)).fetchone()
        return row

    def _issue_by_number(self, access: Access, number: int) -> Node:
        access.require(READ)
        row = self.db.execute(
            "SELECT * FROM issue WHERE repository_id = ? AND number = ?", (access.repository["id"], number)
        ).fetchone()
        if row is None:
            raise Refusal(404, f"Could not resolve to an Issue with the number of {number}.")
        return self.issue_nodes(access, [row])[0]

    def _issues(self, access: Access) -> Callable[..., Node]:
        def resolve(
            _: Any,
            states: list[str] | None = None,
            labels: list[str] | None = None,
            orderBy: dict[str, str] | None = None,  # noqa: N803 - GraphQL's name
            filterBy: dict[str, Any] | None = None,  # noqa: N803
            **window: Any,
        ) -> Node:
            access.require(READ)
            filters = dict(filterBy or {})
            filters["states"] = states or filters.get("states")
            filters["labels"] = labels or filters.get("labels")
            where, values = _issue_filters(access.repository["id"], filters)
            order = orderBy or {"field": "CREATED_AT", "direction": "ASC"}
            rows = Ordered(
                "issue", where, values, (ISSUE_ORDERS[order["field"]], "id"), order["direction"] == "DESC"
            )
            return from_rows(
                self.db, rows, Window("issues", **window), lambda found: self.issue_nodes(access, found)
            )

        return resolve

    def issue_nodes(self, access: Access, rows: list[Row]) -> list[Node]:
        """Return Issues."""
        return [self._issue(access, row) for row in rows]

    def _issue(self, access: Access, row: Row) -> Node:
        path = f"/{full_name(access.repository)}/issues/{row['number']}"
        mine = row["author_id"] == self.identity.account_id
        reason = row["state_reason"]
        return self._text(access, row, "issue") | {
            "__typename": "Issue",
            "id": node_id("Issue", row["id"], access.repository["id"]),
            "number": row["number"],
            "title": row["title"],
            "state": row["state"].upper(),
            "stateReason": lambda _, enableDuplicate=None: reason and reason.upper(),  # noqa: N803
            "closed": row["state"] == "closed",
            "closedAt": maybe(row["closed_at"]),
            "locked": bool(row["locked"]),
            "isPinned": bool(row["pinned"]),
            "activeLockReason": _lock_reason(row),
            "resourcePath": path,
            "url": self.site + path,
            "labels": self._labels(access, row["id"]),
            "assignees": self._assignees(row["id"]),
            "assignedActors": self._assignees(row["id"]),
            "projectCards": lambda _, **window: from_list([], Window("projectCards", **window)),
            "projectItems": lambda _, **window: from_list([], Window("projectItems", **window)),
            "blockedBy": lambda _, **window: from_list([], Window("blockedBy", **window)),
            "blocking": lambda _, **window: from_list([], Window("blocking", **window)),
            "milestone": None,
            "issueType": None,
            "comments": self._comments(access, row),
            "timelineItems": self._timeline(access, row),
            "parent": lambda _: self._issue_or_none(access, row["parent_id"]),
            "subIssues": self._sub_issues(access, row),
            "subIssuesSummary": lambda _: self._sub_issue_counts(row["id"]),
            "viewerCanClose": mine or access.may(TRIAGE),
            "viewerCanDelete": may_delete_issues(self.db, access),
            "viewerCanLabel": access.may(TRIAGE),
            "viewerCanReopen": access.may(TRIAGE) or (mine and row["closed_by"] == row["author_id"]),
        }

    def _text(self, access: Access, row: Row, subject: str) -> Node:
        """Return the fields of GitHub's Comment interface, which issues and comments share."""
        mine = row["author_id"] == self.identity.account_id
        return {
            "databaseId": small(row["id"]),
            "fullDatabaseId": str(row["id"]),
            "body": row["body"] or "",
            "author": lambda _: self.actor(row["author_id"]),
            "authorAssociation": lambda _: self._association(row["author_id"], access),
            "editor": lambda _: self.actor(row["editor_id"]),
            "createdAt": iso(row["created_at"]),
            "publishedAt": iso(row["created_at"]),
            "updatedAt": iso(row["updated_at"]),
            "lastEditedAt": maybe(row["edited_at"]),
            "includesCreatedEdit": row["edited_at"] is not None,
            "repository": lambda _: self.repository_node(access),
            "userContentEdits": self._edits(access, row, subject),
            "reactionGroups": _reactions,
            "viewerCanUpdate": mine or access.may(WRITE),
            "viewerDidAuthor": mine,
        }

    def _issue_or_none(self, access: Access, issue_id: int | None) -> Node | None:
        row = None if issue_id is None else self._issue_row(issue_id)
        if row is None:
            return None
        if row["repository_id"] == access.repository["id"]:
            return self._issue(access, row)
        try:
            return self._issue(self.access(row["repository_id"]), row)
        except Refusal:
            return None  # of a repository that may not be seen

    def _sub_issues(self, access: Access, row: Row) -> Callable[..., Node]:
        def resolve(_: Any, **window: Any) -> Node:
            rows = Ordered("issue", "parent_id = ?", (row["id"],), ("parent_position",))

            def nodes(found: list[Row]) -> list[Any]:
                return [self._issue_or_none(access, one["id"]) for one in found]

            return from_rows(self.db, rows, Window("subIssues", **window), nodes)

        return resolve

    def _sub_issue_counts(self, issue_id: int) -> Node:
        counts = sub_issue_counts(self.db, [issue_id])[issue_id]
        return {
            "total": counts["total"],
            "completed": counts["completed"],
            "percentCompleted": counts["percent_completed"],
        }

    # comments and the timeline

    def comment_nodes(self, access: Access, issue: Row, rows: list[Row]) -> list[Node]:
        """Return IssueComments of one issue."""
        return [self._comment(access, issue, row) for row in rows]

    def _comment(self, access: Access, issue: Row, row: Row) -> Node:
        path = f"/{full_name(access.repository)}/issues/{issue['number']}#issuecomment-{row['id']}"
        mine = row["author_id"] == self.identity.account_id
        node = self._text(access, row, "comment")
        node["__typename"] = "IssueComment"
        node["id"] = node_id("IssueComment", row["id"], access.repository["id"])
        node["isMinimized"] = row["minimized"] is not None
        node["minimizedReason"] = row["minimized"]
        node["viewerCanMinimize"] = mine or access.may(TRIAGE)
        node["issue"] = lambda _: self._issue(access, issue)
        node["resourcePath"] = path
        node["url"] = self.site + path
        node["viewerCanDelete"] = mine or access.may(WRITE)
        return node

    def _comments(self, access: Access, issue: Row) -> Callable[..., Node]:
        def resolve(_: Any, **window: Any) -> Node:
            rows = Ordered("comment", "issue_id = ?", (issue["id"],))
            return from_rows(
                self.db,
                rows,
                Window("comments", **window),
                lambda found: self.comment_nodes(access, issue, found),
            )

        return resolve

    def _edits(self, access: Access, row: Row, subject: str) -> Callable[..., Node]:
        def resolve(_: Any, **window: Any) -> Node:
            rows = Ordered("edit", "subject = ? AND subject_id = ?", (subject, row["id"]), descending=True)
            return from_rows(
                self.db,
                rows,
                Window("userContentEdits", **window),
                lambda found: [self._edit(access, one) for one in found],
            )

        return resolve

    def _edit(self, access: Access, row: Row) -> Node:
        stamp = iso(row["at"])
        return {
            "__typename": "UserContentEdit",
            "id": node_id("UserContentEdit", row["id"], access.repository["id"]),
            "createdAt": stamp,
            "editedAt": stamp,
            "updatedAt": stamp,
            "deletedAt": None,
            "deletedBy": None,
            "diff": row["body"],
            "editor": lambda _: self.actor(row["editor_id"]),
        }

    def _timeline(self, access: Access, issue: Row) -> Callable[..., Node]:
        def resolve(
            _: Any,
            since: str | None = None,
            itemTypes: list[str] | None = None,  # noqa: N803 - GraphQL's name
            **window: Any,
        ) -> Node:
            where, values = "issue_id = ?", [issue["id"]]
            if since is not None:
                where += " AND at >= ?"
                values.append(parse_instant(since))
            if itemTypes:
                where += f" AND kind IN ({', '.join('?' * len(itemTypes))})"
                values += [item_kind(one) for one in itemTypes]
            rows = Ordered("timeline", where, tuple(values))
            connection = from_rows(
                self.db,
                rows,
                Window("timelineItems", **window),
                lambda found: self.timeline_nodes(access, issue, found),
            )
            return connection | {"updatedAt": iso(issue["updated_at"])}

        return resolve

    def timeline_nodes(self, access: Access, issue: Row, rows: list[Row]) -> list[Node]:
        """Return timeline items of one issue, with one query for all comments among them."""
        ids = [row["comment_id"] for row in rows if row["kind"] == "IssueComment"]
        comments: dict[int, Row] = {}
        if ids:
            marks = ",".join("?" * len(ids))
            found = self.db.execute(f"SELECT * FROM comment WHERE id IN ({marks})", ids)
            comments = {row["id"]: row for row in found}
        return [
            self._comment(access, issue, comments[row["comment_id"]])
            if row["kind"] == "IssueComment"
            else self._event(access, issue, row)
            for row in rows
        ]

    def _event(self, access: Access, issue: Row, row: Row) -> Node:
        kind = row["kind"]
        node: Node = {
            "__typename": kind,
            "id": node_id(kind, row["id"], access.repository["id"]),
            "actor": lambda _: self.actor(row["actor_id"]),
            "createdAt": iso(row["at"]),
        }
        if kind in ("LabeledEvent", "UnlabeledEvent"):
            node["label"] = lambda _: self._label_of(access, row)
            node["labelable"] = lambda _: self._issue(access, issue)
        elif kind in ("AssignedEvent", "UnassignedEvent"):
            node["assignee"] = lambda _: self.actor(row["other_account_id"])
        elif kind in ("ClosedEvent", "ReopenedEvent"):
            node["stateReason"] = (row["state_reason"] or "").upper() or None
            node["closable"] = lambda _: self._issue(access, issue)
            path = f"/{full_name(access.repository)}/issues/{issue['number']}#event-{row['id']}"
            node |= {"resourcePath": path, "url": self.site + path}
        elif kind == "RenamedTitleEvent":
            node |= {"previousTitle": row["old_title"], "currentTitle": row["new_title"]}
            node["subject"] = lambda _: self._issue(access, issue)
        elif kind == "LockedEvent":
            node["lockReason"] = _lock_reason(row)
        elif kind == "UnlockedEvent":
            pass
        elif kind == "TransferredEvent":
            node["fromRepository"] = lambda _: self._repository_or_none(row["other_repository_id"])
            node["issue"] = lambda _: self._issue(access, issue)
        elif kind == "CommentDeletedEvent":
            node["databaseId"] = small(row["id"])
            node["deletedCommentAuthor"] = lambda _: self.actor(row["other_account_id"])
        else:
            other = "subIssue" if kind.startswith("SubIssue") else "parent"
            node[other] = lambda _: self._issue_or_none(access, row["other_issue_id"])
        return node

    def _repository_or_none(self, repository_id: int) -> Node | None:
        try:
            return self.repository_node(self.access(repository_id))
        except Refusal:
            return None

    def _label_of(self, access: Access, row: Row) -> Node | None:
        """Return the label of an event; None where it was deleted since, as was seen on github.com."""
        label = self.db.execute("SELECT * FROM label WHERE id = ?", (row["label_id"],)).fetchone()
        return None if label is None else self.label_node(access, label)


def _reactions(_: Any) -> list[Node]:
    """Return the groups of reactions: all of them are there, and nobody has reacted."""
    users = lambda _, **window: from_list([], Window("users", **window))  # noqa: E731
    return [{"content": one, "viewerHasReacted": False, "users": users} for one in REACTIONS]


def _lock_reason(row: Row) -> str | None:
    reason = row["lock_reason"]
    return None if reason is None else str(reason).upper().replace("-", "_").replace(" ", "_")


def _issue_filters(repository_id: int, filters: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    where, values = ["repository_id = ?"], [repository_id]
    if filters.get("states"):
        where.append(f"state IN ({', '.join('?' * len(filters['states']))})")
        values += [state.lower() for state in filters["states"]]
    if filters.get("since"):
        where.append("updated_at >= ?")
        values.append(parse_instant(filters["since"]))
    if filters.get("createdBy"):
        where.append("author_id = (SELECT id FROM account WHERE login = ?)")
        values.append(filters["createdBy"])
    if filters.get("assignee"):
        where.append(f"id IN ({ASSIGNED})")
        values.append(filters["assignee"])
    if filters.get("mentioned"):
        where.append(f"id IN ({MENTIONING})")
        values += [filters["mentioned"]] * 2
    if filters.get("labels"):
        # Any of the labels will do here; REST wants all of them.
        where.append(
            "id IN (SELECT issue_id FROM issue_label il JOIN label l ON l.id = il.label_id"
            f" WHERE l.repository_id = ? AND l.name IN ({', '.join('?' * len(filters['labels']))}))"
        )
        values += [repository_id, *filters["labels"]]
    return " AND ".join(where), tuple(values)
