"""Operations on issues, comments, labels and sub-issues: GitHub's rules, timeline and events."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import re
import sqlite3
from typing import Any

from cocflow.sandbox.access import (
    READ,
    TRIAGE,
    WRITE,
    Access,
    access_to,
    may_delete_issues,
    repository_by_id,
    user_level,
)
from cocflow.sandbox.eventlog import EventLog
from cocflow.sandbox.refusals import Refusal, forbidden, invalid, not_found
from cocflow.sandbox.store import Store

BODY_LIMIT = 65_536
"""The characters that a refusal names."""
BODY_BYTES = 262_144
"""What a body may really hold, in UTF-8."""
TITLE_LIMIT = 256
COMMENT_LIMIT = 2_500
SUB_ISSUE_LIMIT = 100
SUB_ISSUE_DEPTH = 8
LABEL_LIMIT = 50
LABEL_DESCRIPTION_LIMIT = 100
LABELS_PER_ISSUE = 100
DEFAULT_COLOR = "ededed"
MOST_PINNED = 3
"""How many issues a repository pins at most."""

LOCK_REASONS = ("off-topic", "too heated", "resolved", "spam")
CLOSE_REASONS = ("completed", "not_planned", "duplicate")

Db = sqlite3.Connection
Row = sqlite3.Row


def find_issue(db: Db, access: Access, number: int) -> Row:
    """Return an issue of the repository; 404 if there is none, 410 if it was deleted."""
    row: Row | None = db.execute(
        "SELECT * FROM issue WHERE repository_id = ? AND number = ?", (access.repository["id"], number)
    ).fetchone()
    if row is None:
        _say_where(db, access, number)
        # Asked of the same state as the issue: to a lagging list a new issue isn't deleted but missing.
        query = "SELECT next_number FROM repository WHERE id = ?"
        known = db.execute(query, (access.repository["id"],)).fetchone()
        if known is not None and 0 < number < known["next_number"]:
            raise Refusal(410, "This issue was deleted")
        raise not_found()
    return row


def _say_where(db: Db, access: Access, number: int) -> None:
    """Send whoever may see where an issue was transferred there; everybody else sees none."""
    row: Row | None = db.execute(
        "SELECT i.number, i.repository_id FROM moved m JOIN issue i ON i.id = m.issue_id"
        " WHERE m.repository_id = ? AND m.number = ?",
        (access.repository["id"], number),
    ).fetchone()
    if row is None:
        return
    there = access_to(db, access.identity, repository_by_id(db, row["repository_id"])).repository
    place = f"/repos/{there['owner_login']}/{there['name']}/issues/{row['number']}"
    raise Refusal(301, "Moved Permanently", headers={"Location": place})


def find_comment(db: Db, access: Access, comment_id: int) -> Row:
    """Return a comment of the repository, with its issue's ``number``; 404 if there is none."""
    row: Row | None = db.execute(
        "SELECT c.*, i.number FROM comment c JOIN issue i ON i.id = c.issue_id"
        " WHERE c.id = ? AND i.repository_id = ?",
        (comment_id, access.repository["id"]),
    ).fetchone()
    if row is None:
        raise not_found()
    return row


def find_label(db: Db, access: Access, name: str) -> Row:
    """Return a label of the repository, in any case of letters; 404 if there is none."""
    row: Row | None = db.execute(
        "SELECT * FROM label WHERE repository_id = ? AND name = ?", (access.repository["id"], name)
    ).fetchone()
    if row is None:
        raise not_found()
    return row


class IssueDesk:
    """The operations of one identity in one repository, within one transaction; opened by ``Transaction``."""

    def __init__(self, db: Db, at: int, access: Access) -> None:
        self.db = db
        self.at = at
        self.access = access
        self.me = access.identity.account_id
        self.log = EventLog(db, at, access)

    # issues

    def open_issue(self, title: Any, body: Any, labels: list[str]) -> Row:
        """Open an issue; labels of someone who may not label are silently dropped."""
        self.access.require_voice()
        if not self.access.repository["has_issues"]:
            raise Refusal(410, "Issues has been disabled in this repository.")
        if self.access.repository["issue_creation"] != "ALL":
            self.access.require(WRITE)
        title, body = _title(title), _issue_body(body)
        repository = self.access.repository["id"]
        number = self._next_number()
        self.db.execute(
            "INSERT INTO issue (repository_id, number, title, body, author_id, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (repository, number, title, body, self.me, self.at, self.at),
        )
        issue = self._issue(number)
        allowed = [self._label_or_new(name) for name in labels] if self.access.may(TRIAGE) else []
        fresh = [label for label in allowed if self._attach(issue, label)]
        self.log.issue("opened", issue)
        for label in fresh:
            self.log.label("labeled", issue, label)
        return issue

    def change_issue(self, number: int, changes: dict[str, Any]) -> Row:
        """Apply a PATCH: title, body, state with its reason, and labels, each by its own rule."""
        issue = self._issue(number)
        mine = issue["author_id"] == self.me
        if not (mine or self.access.may(TRIAGE)):
            self.access.require(TRIAGE)
        words = {"title": _title, "body": _issue_body}
        new = {name: check(changes[name]) for name, check in words.items() if name in changes}
        if new and not mine:
            self.access.require(TRIAGE)
        self._change_words(issue, new)
        if changes.get("state") is not None:
            self._change_state(self._issue(number), str(changes["state"]), changes.get("state_reason"))
        if changes.get("labels") is not None and self.access.may(TRIAGE):
            self.set_labels(number, list(changes["labels"]))
        return self._issue(number)

    def _change_words(self, issue: Row, new: dict[str, str | None]) -> None:
        before: dict[str, dict[str, str | None]] = {}
        if "title" in new and new["title"] != issue["title"]:
            before["title"] = {"from": issue["title"]}
            self._happened(issue, "RenamedTitleEvent", old_title=issue["title"], new_title=new["title"])
        if "body" in new and (new["body"] or "") != (issue["body"] or ""):
            before["body"] = {"from": issue["body"]}
            self._keep_version("issue", issue, new["body"] or "")
            self.db.execute(
                "UPDATE issue SET edited_at = ?, editor_id = ? WHERE id = ?", (self.at, self.me, issue["id"])
            )
        if not before:
            return
        for column in before:
            self.db.execute(
                f"UPDATE issue SET {column} = ? WHERE id = ?",
                (new[column], issue["id"]),
            )
        self._touch(issue)
        self.log.issue("edited", self._issue(issue["number"]), changes=before)

    def _change_state(self, issue: Row, state: str, reason: Any) -> None:
        if state not in ("open", "closed"):
            raise invalid("Issue", "state", "invalid")
        if state == "closed" and reason not in (None, *CLOSE_REASONS):
            raise invalid("Issue", "state_reason", "invalid")
        if state == issue["state"]:
            if state == "closed" and reason is not None:
                values = (reason, issue["id"])
                self.db.execute("UPDATE issue SET state_reason = ? WHERE id = ?", values)
            return
        if state == "closed":
            self._close(issue, reason or "completed")
        else:
            self._reopen(issue)

    def _close(self, issue: Row, reason: str) -> None:
        self.db.execute(
            "UPDATE issue SET state = 'closed', state_reason = ?, closed_at = ?, closed_by = ? WHERE id = ?",
            (reason, self.at, self.me, issue["id"]),
        )
        self._happened(issue, "ClosedEvent", state_reason=reason)
        self._touch(issue)
        self.log.issue("closed", self._issue(issue["number"]))

    def _reopen(self, issue: Row) -> None:
        # An author without a role may take back only their own closing.
        if issue["closed_by"] != self.me:
            self.access.require(TRIAGE, message="You do not have permission to reopen this issue.")
        self.db.execute(
            "UPDATE issue SET state = 'open', state_reason = 'reopened', closed_at = NULL, closed_by = NULL"
            " WHERE id = ?",
            (issue["id"],),
        )
        self._happened(issue, "ReopenedEvent", state_reason="reopened")
        self._touch(issue)
        self.log.issue("reopened", self._issue(issue["number"]))

    def delete_issue(self, issue: Row) -> None:
        """Delete an issue for good, where one may."""
        self.access.require_person()
        if not may_delete_issues(self.db, self.access):
            login = self.access.identity.login
            raise forbidden(f"{login} does not have the correct permissions to execute `DeleteIssue`")
        self.log.issue("deleted", issue)
        here = (issue["id"],)
        self.db.execute("UPDATE issue SET parent_id = NULL WHERE parent_id = ?", here)
        comments = "SELECT id FROM comment WHERE issue_id = ?"
        self.db.execute(f"DELETE FROM edit WHERE subject = 'comment' AND subject_id IN ({comments})", here)
        self.db.execute("DELETE FROM edit WHERE subject = 'issue' AND subject_id = ?", here)
        for table in ("timeline", "comment", "issue_label", "issue_assignee"):
            self.db.execute(f"DELETE FROM {table} WHERE issue_id = ?", here)
        self.db.execute("DELETE FROM issue WHERE id = ?", here)

    def pin(self, issue: Row) -> Row:
        """Pin an issue to the top of the repository's list, which holds three."""
        self.access.require(WRITE)
        count = "SELECT COUNT(*) FROM issue WHERE repository_id = ? AND pinned AND id != ?"
        here = (issue["repository_id"], issue["id"])
        if self.db.execute(count, here).fetchone()[0] >= MOST_PINNED:
            raise Refusal(422, "Maximum 3 pinned issues per repository")
        self.db.execute("UPDATE issue SET pinned = 1 WHERE id = ?", (issue["id"],))
        return self._issue(issue["number"])

    def unpin(self, issue: Row) -> Row:
        """Take an issue off the top of the list."""
        self.access.require(WRITE)
        self.db.execute("UPDATE issue SET pinned = 0 WHERE id = ?", (issue["id"],))
        return self._issue(issue["number"])

    def lock(self, number: int, reason: Any) -> None:
        """Lock a conversation: from now on only who can push comments."""
        issue = self._issue(number)
        self.access.require(WRITE)
        if reason is not None and reason not in LOCK_REASONS:
            raise invalid("Issue", "lock_reason", "invalid")
        if not issue["locked"]:
            self._happened(issue, "LockedEvent", lock_reason=reason)
        self._set_lock(issue, 1, reason, "locked")

    def unlock(self, number: int) -> None:
        """Let everybody comment again."""
        issue = self._issue(number)
        self.access.require(WRITE)
        if issue["locked"]:
            self._happened(issue, "UnlockedEvent")
        self._set_lock(issue, 0, None, "unlocked")

    def _set_lock(self, issue: Row, locked: int, reason: Any, action: str) -> None:
        values = (locked, reason, issue["id"])
        self.db.execute("UPDATE issue SET locked = ?, lock_reason = ? WHERE id = ?", values)
        self._touch(issue)
        if issue["locked"] != locked:
            self.log.issue(action, self._issue(issue["number"]))

    def transfer(self, issue: Row, there: IssueDesk, *, make_labels: bool) -> Row:
        """Move an issue to another repository of the same owner: it, and all on it, get new ids there.

        Labels stay where the other repository has one of that name. It leaves its family.
        """
        self.access.require_person()
        for desk in (self, there):
            desk.access.require(WRITE)
        if self.access.repository["owner_id"] != there.access.repository["owner_id"]:
            raise invalid("Issue", "repository", "invalid")
        names = [label["name"] for label in self._labels_on(issue)]
        made = there._take(issue, self.access.repository["id"])
        self.db.execute("UPDATE issue SET parent_id = NULL WHERE parent_id = ?", (issue["id"],))
        self.log.issue("transferred", issue)
        for table in ("issue_label", "issue_assignee"):
            self.db.execute(f"DELETE FROM {table} WHERE issue_id = ?", (issue["id"],))
        self.db.execute("DELETE FROM issue WHERE id = ?", (issue["id"],))
        row = (self.access.repository["id"], issue["number"], made["id"])
        self.db.execute("INSERT INTO moved VALUES (?, ?, ?)", row)
        there._relabel(made, names, make=make_labels)
        there.log.issue("opened", there._issue(made["number"]))
        return there._issue(made["number"])

    def _take(self, issue: Row, source: int) -> Row:
        """Take over an issue of another repository, with what stands and happened on it."""
        number = self._next_number()
        same = "title, body, state, state_reason, author_id, created_at, closed_at, closed_by, edited_at"
        same += ", editor_id, comment_count, locked, lock_reason"
        self.db.execute(
            f"INSERT INTO issue (repository_id, number, updated_at, {same}) SELECT ?, ?, ?, {same}"
            " FROM issue WHERE id = ?",
            (self.access.repository["id"], number, self.at, issue["id"]),
        )
        made = self._issue(number)
        for comment in self.db.execute(
            "SELECT id FROM comment WHERE issue_id = ?", (issue["id"],)
        ).fetchall():
            rest = "author_id, body, created_at, updated_at, edited_at, editor_id, minimized"
            new = self.db.execute(
                f"INSERT INTO comment (issue_id, {rest}) SELECT ?, {rest} FROM comment WHERE id = ?",
                (made["id"], comment["id"]),
            ).lastrowid
            swap = (new, comment["id"])
            self.db.execute("UPDATE timeline SET comment_id = ? WHERE comment_id = ?", swap)
            edits = "UPDATE edit SET subject_id = ? WHERE subject = 'comment' AND subject_id = ?"
            self.db.execute(edits, swap)
            self.db.execute("DELETE FROM comment WHERE id = ?", (comment["id"],))
        rest = "kind, at, actor_id, comment_id, label_id, label_name, label_color, state_reason, old_title"
        rest += ", new_title, other_account_id, other_issue_id, lock_reason, other_repository_id"
        self.db.execute(
            f"INSERT INTO timeline (issue_id, {rest}) SELECT ?, {rest} FROM timeline WHERE issue_id = ?"
            " ORDER BY id",
            (made["id"], issue["id"]),
        )
        self.db.execute("DELETE FROM timeline WHERE issue_id = ?", (issue["id"],))
        edits = "UPDATE edit SET subject_id = ? WHERE subject = 'issue' AND subject_id = ?"
        self.db.execute(edits, (made["id"], issue["id"]))
        self._happened(made, "TransferredEvent", other_repository_id=source)
        return made

    def _relabel(self, issue: Row, names: list[str], *, make: bool) -> None:
        for name in names:
            query = "SELECT * FROM label WHERE repository_id = ? AND name = ?"
            known = self.db.execute(query, (self.access.repository["id"], name)).fetchone()
            label = self._label_or_new(name) if make else known
            if label is not None:
                row = (issue["id"], label["id"])
                self.db.execute("INSERT OR IGNORE INTO issue_label VALUES (?, ?)", row)

    def minimize_comment(self, comment_id: int, classifier: str) -> Row:
        """Hide a comment behind a click; its text stays readable, and it isn't edited."""
        comment = find_comment(self.db, self.access, comment_id)
        if comment["author_id"] != self.me:
            self.access.require(TRIAGE)
        reason = classifier.lower().replace("_", "-")
        self.db.execute("UPDATE comment SET minimized = ? WHERE id = ?", (reason, comment_id))
        return find_comment(self.db, self.access, comment_id)

    # comments

    def add_comment(self, number: int, body: Any) -> Row:
        """Add a comment, unless the issue has as many as GitHub takes."""
        issue = self._issue(number)
        self.access.require_voice()
        text = _comment_body(body)
        if issue["locked"] and self.access.level < WRITE:
            raise Refusal(403, "Unable to create comment because issue is locked.")
        if issue["comment_count"] >= COMMENT_LIMIT:
            raise Refusal(403, "Commenting is disabled on issues with more than 2500 comments")
        made = self.db.execute(
            "INSERT INTO comment (issue_id, author_id, body, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
            (issue["id"], self.me, text, self.at, self.at),
        ).lastrowid
        self.db.execute("UPDATE issue SET comment_count = comment_count + 1 WHERE id = ?", (issue["id"],))
        self._happened(issue, "IssueComment", comment_id=made)
        self._touch(issue)
        comment = find_comment(self.db, self.access, int(made or 0))
        self.log.comment("created", self._issue(number), comment)
        return comment

    def change_comment(self, comment_id: int, body: Any) -> Row:
        """Edit a comment; the same text is no edit."""
        comment = find_comment(self.db, self.access, comment_id)
        text = _comment_body(body)
        if comment["author_id"] != self.me:
            self.access.require(WRITE)
        if text == comment["body"]:
            return comment
        self._keep_version("comment", comment, text)
        self.db.execute(
            "UPDATE comment SET body = ?, updated_at = ?, edited_at = ?, editor_id = ? WHERE id = ?",
            (text, self.at, self.at, self.me, comment_id),
        )
        issue = self._issue(comment["number"])
        self._touch(issue)
        changed = find_comment(self.db, self.access, comment_id)
        self.log.comment("edited", issue, changed, changes={"body": {"from": comment["body"]}})
        return changed

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment; the timeline tells that one was deleted and whose, but not which."""
        comment = find_comment(self.db, self.access, comment_id)
        if comment["author_id"] != self.me:
            self.access.require(WRITE)
        issue = self._issue(comment["number"])
        self.db.execute("DELETE FROM timeline WHERE comment_id = ?", (comment_id,))
        self.db.execute("DELETE FROM edit WHERE subject = 'comment' AND subject_id = ?", (comment_id,))
        self.db.execute("DELETE FROM comment WHERE id = ?", (comment_id,))
        self.db.execute("UPDATE issue SET comment_count = comment_count - 1 WHERE id = ?", (issue["id"],))
        self._happened(issue, "CommentDeletedEvent", other_account_id=comment["author_id"])
        self._touch(issue)
        self.log.comment("deleted", self._issue(issue["number"]), comment)

    # labels on issues

    def add_labels(self, number: int, names: list[str]) -> None:
        """Put labels on an issue; one that the repository lacks is made, as GitHub does."""
        issue = self._issue(number)
        self.access.require(TRIAGE)
        for name in names:
            label = self._label_or_new(name)
            if self._attach(issue, label):
                self.log.label("labeled", self._issue(number), label)

    def remove_label(self, number: int, name: str) -> None:
        """Take one label off; 404 if it isn't on."""
        issue = self._issue(number)
        self.access.require(TRIAGE)
        label = self.db.execute(
            "SELECT l.* FROM issue_label il JOIN label l ON l.id = il.label_id"
            " WHERE il.issue_id = ? AND l.name = ?",
            (issue["id"], name),
        ).fetchone()
        if label is None:
            raise Refusal(404, "Label does not exist")
        self._detach(issue, label)

    def set_labels(self, number: int, names: list[str]) -> None:
        """Make the labels of an issue exactly these."""
        issue = self._issue(number)
        self.access.require(TRIAGE)
        wanted = {name.casefold() for name in names}
        for label in self._labels_on(issue):
            if label["name"].casefold() not in wanted:
                self._detach(issue, label)
        self.add_labels(number, names)

    def _labels_on(self, issue: Row) -> list[Row]:
        return self.db.execute(
            "SELECT l.* FROM issue_label il JOIN label l ON l.id = il.label_id WHERE il.issue_id = ?"
            " ORDER BY l.name",
            (issue["id"],),
        ).fetchall()

    def _label_or_new(self, name: Any) -> Row:
        try:
            return find_label(self.db, self.access, str(name))
        except Refusal:
            return self._insert_label(name, DEFAULT_COLOR, None)

    def _attach(self, issue: Row, label: Row) -> bool:
        put = self.db.execute("INSERT OR IGNORE INTO issue_label VALUES (?, ?)", (issue["id"], label["id"]))
        if not put.rowcount:
            return False
        if len(self._labels_on(issue)) > LABELS_PER_ISSUE:
            raise invalid("Issue", "labels", "custom", "labels is too long (maximum is 100)")
        self._happened(issue, "LabeledEvent", **_label_columns(label))
        self._touch(issue)
        return True

    def _detach(self, issue: Row, label: Row) -> None:
        self.db.execute(
            "DELETE FROM issue_label WHERE issue_id = ? AND label_id = ?", (issue["id"], label["id"])
        )
        self._happened(issue, "UnlabeledEvent", **_label_columns(label))
        self._touch(issue)
        self.log.label("unlabeled", self._issue(issue["number"]), label)

    # assignees

    def assign(self, number: int, logins: list[str]) -> None:
        """Assign an issue; whoever can't be assigned is left out without a word, as on GitHub."""
        issue = self._issue(number)
        self.access.require(TRIAGE)
        for account in self._accounts(logins):
            row = (issue["id"], account["id"])
            put = self.db.execute("INSERT OR IGNORE INTO issue_assignee VALUES (?, ?)", row)
            if put.rowcount:
                self._happened(issue, "AssignedEvent", other_account_id=account["id"])
                self._touch(issue)
                self.log.assignee("assigned", self._issue(number), account)

    def unassign(self, number: int, logins: list[str]) -> None:
        """Take people off an issue; whoever isn't assigned is left out."""
        issue = self._issue(number)
        self.access.require(TRIAGE)
        for account in self._accounts(logins):
            row = (issue["id"], account["id"])
            gone = self.db.execute("DELETE FROM issue_assignee WHERE issue_id = ? AND account_id = ?", row)
            if gone.rowcount:
                self._happened(issue, "UnassignedEvent", other_account_id=account["id"])
                self._touch(issue)
                self.log.assignee("unassigned", self._issue(number), account)

    def _accounts(self, logins: list[str]) -> list[Row]:
        found = (
            self.db.execute("SELECT * FROM account WHERE login = ?", (one,)).fetchone() for one in logins
        )
        people = [one for one in found if one is not None and one["kind"] == "User"]
        return [one for one in people if user_level(self.db, one["id"], self.access.repository) >= READ]

    # labels of the repository

    def create_label(self, name: Any, color: Any, description: Any) -> Row:
        """Make a label; 422 if there is one of that name, in any case of letters."""
        self._require_label_rights()
        existing = "SELECT 1 FROM label WHERE repository_id = ? AND name = ?"
        if self.db.execute(existing, (self.access.repository["id"], name)).fetchone():
            raise invalid("Label", "name", "already_exists")
        return self._insert_label(name, DEFAULT_COLOR if color is None else color, description)

    def change_label(self, name: str, changes: dict[str, Any]) -> Row:
        """Rename, recolour or describe a label, wherever it is on."""
        self._require_label_rights()
        label = find_label(self.db, self.access, name)
        new = (
            changes.get("new_name", label["name"]),
            changes.get("color", label["color"]),
            changes.get("description", label["description"]),
        )
        _check_label(*new)
        taken = "SELECT 1 FROM label WHERE repository_id = ? AND name = ? AND id != ?"
        if self.db.execute(taken, (self.access.repository["id"], new[0], label["id"])).fetchone():
            raise invalid("Label", "name", "already_exists")
        self.db.execute(
            "UPDATE label SET name = ?, color = ?, description = ?, updated_at = ? WHERE id = ?",
            (*new, self.at, label["id"]),
        )
        return find_label(self.db, self.access, new[0])

    def delete_label(self, name: str) -> None:
        """Delete a label of the repository; it comes off every issue, and no event says which it was."""
        self._require_label_rights()
        label = find_label(self.db, self.access, name)
        query = "SELECT i.* FROM issue i JOIN issue_label il ON il.issue_id = i.id WHERE il.label_id = ?"
        issues = self.db.execute(f"{query} ORDER BY i.id", (label["id"],)).fetchall()
        self.db.execute("DELETE FROM issue_label WHERE label_id = ?", (label["id"],))
        self.db.execute("DELETE FROM label WHERE id = ?", (label["id"],))
        for issue in issues:
            self._happened(issue, "UnlabeledEvent", **_label_columns(label))
            self._touch(issue)
            self.log.label_gone(self._issue(issue["number"]))

    def _require_label_rights(self) -> None:
        # Triage applies labels; making and changing them takes write.
        self.access.require(WRITE)

    def _insert_label(self, name: Any, color: Any, description: Any) -> Row:
        _check_label(name, color, description)
        self.db.execute(
            "INSERT INTO label (repository_id, name, color, description, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (self.access.repository["id"], name, color, description, self.at, self.at),
        )
        return find_label(self.db, self.access, name)

    # sub-issues

    def add_sub_issue(self, number: int, sub_issue_id: Any, *, replace: bool = False) -> Row:
        """Put an issue under this one: one parent each, at most 100 under one, closed ones included."""
        parent = self._issue(number)
        self.access.require(TRIAGE)
        child = self._by_id(sub_issue_id)
        self._check_family(parent, child, replace=replace)
        if child["parent_id"] is not None:
            self._unlink(child)
        position = self.db.execute(
            "SELECT coalesce(max(parent_position), 0) + 1 FROM issue WHERE parent_id = ?", (parent["id"],)
        ).fetchone()[0]
        self.db.execute(
            "UPDATE issue SET parent_id = ?, parent_position = ? WHERE id = ?",
            (parent["id"], position, child["id"]),
        )
        self._happened(parent, "SubIssueAddedEvent", other_issue_id=child["id"])
        self._happened(child, "ParentIssueAddedEvent", other_issue_id=parent["id"])
        self._touch(parent)
        self._touch(child)
        return self._row(child["id"]) or child

    def remove_sub_issue(self, number: int, sub_issue_id: Any) -> Row:
        """Take an issue from under this one; 404 if it isn't there."""
        parent = self._issue(number)
        self.access.require(TRIAGE)
        child = self._by_id(sub_issue_id)
        if child["parent_id"] != parent["id"]:
            raise not_found()
        self._unlink(child)
        return self._row(child["id"]) or child

    def _check_family(self, parent: Row, child: Row, *, replace: bool) -> None:
        wrong = "An error occurred while adding the sub-issue to the parent issue. "
        if child["parent_id"] == parent["id"]:
            raise Refusal(422, f"{wrong}Issue may not contain duplicate sub-issues")
        if child["parent_id"] is not None and not replace:
            raise Refusal(422, f"{wrong}Sub issue may only have one parent")
        count = "SELECT count(*) FROM issue WHERE parent_id = ?"
        if self.db.execute(count, (parent["id"],)).fetchone()[0] >= SUB_ISSUE_LIMIT:
            raise Refusal(422, f"{wrong}Parent cannot have more than {SUB_ISSUE_LIMIT} sub-issues")
        ancestor: Row | None = parent
        for _ in range(SUB_ISSUE_DEPTH):
            if ancestor is None:
                return
            if ancestor["id"] == child["id"]:
                raise Refusal(422, f"{wrong}Sub issue cannot be one of its own ancestors")
            ancestor = self._row(ancestor["parent_id"])
        raise Refusal(422, f"{wrong}Sub-issues may be nested {SUB_ISSUE_DEPTH} deep at most")

    def _unlink(self, child: Row) -> None:
        parent = self._row(child["parent_id"])
        self.db.execute(
            "UPDATE issue SET parent_id = NULL, parent_position = NULL WHERE id = ?", (child["id"],)
        )
        if parent is not None:
            self._happened(parent, "SubIssueRemovedEvent", other_issue_id=child["id"])
            self._happened(child, "ParentIssueRemovedEvent", other_issue_id=parent["id"])
            self._touch(parent)
        self._touch(child)

    # shared

    def _next_number(self) -> int:
        query = "UPDATE repository SET next_number = next_number + 1 WHERE id = ? RETURNING next_number - 1"
        return int(self.db.execute(query, (self.access.repository["id"],)).fetchone()[0])

    def _issue(self, number: int) -> Row:
        return find_issue(self.db, self.access, number)

    def _row(self, issue_id: int | None) -> Row | None:
        row: Row | None = self.db.execute("SELECT * FROM issue WHERE id = ?", (issue_id,)).fetchone()
        return row

    def _by_id(self, issue_id: Any) -> Row:
        row = self._row(issue_id if isinstance(issue_id, int) else None)
        if row is None or not self._is_in_reach(row["repository_id"]):
            raise Refusal(404, "The provided sub-issue does not exist")
        return row

    def _is_in_reach(self, repository_id: int) -> bool:
        """Whether a repository's issues may be sub-issues here: of the same owner, and in our say."""
        here = self.access.repository
        if repository_id == here["id"]:
            return True
        there = repository_by_id(self.db, repository_id)
        try:
            found = access_to(self.db, self.access.identity, there)
        except Refusal:
            return False
        return bool(there["owner_id"] == here["owner_id"] and found.may(TRIAGE))

    def _touch(self, issue: Row) -> None:
        self.db.execute("UPDATE issue SET updated_at = ? WHERE id = ?", (self.at, issue["id"]))

    def _happened(self, issue: Row, kind: str, **columns: Any) -> None:
        values = {"issue_id": issue["id"], "kind": kind, "at": self.at, "actor_id": self.me} | columns
        marks = ", ".join(f":{name}" for name in values)
        self.db.execute(f"INSERT INTO timeline ({', '.join(values)}) VALUES ({marks})", values)

    def _keep_version(self, subject: str, row: Row, text: str) -> None:
        # GitHub's history of an edited text begins with the text as it was first written.
        known = "SELECT 1 FROM edit WHERE subject = ? AND subject_id = ?"
        insert = "INSERT INTO edit (subject, subject_id, editor_id, at, body) VALUES (?, ?, ?, ?, ?)"
        if not self.db.execute(known, (subject, row["id"])).fetchone():
            first = (subject, row["id"], row["author_id"], row["created_at"], row["body"] or "")
            self.db.execute(insert, first)
        self.db.execute(insert, (subject, row["id"], self.me, self.at, text))


class Transaction:
    """Opens an ``IssueDesk`` for the length of one transaction."""

    def __init__(self, store: Store, access: Access) -> None:
        self._transaction = store.write()
        self._access = access

    def __enter__(self) -> IssueDesk:
        db, at = self._transaction.__enter__()
        return IssueDesk(db, at, self._access)

    def __exit__(self, *error: Any) -> None:
        self._transaction.__exit__(*error)


def _label_columns(label: Row) -> dict[str, Any]:
    return {"label_id": label["id"], "label_name": label["name"], "label_color": label["color"]}


def _title(value: Any) -> str:
    if not isinstance(value, str | int) or not str(value).strip():
        raise invalid("Issue", "title", "missing_field")
    if len(str(value)) > TITLE_LIMIT:
        raise invalid("Issue", "title", "custom", f"title is too long (maximum is {TITLE_LIMIT} characters)")
    return str(value)


def _issue_body(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise invalid("Issue", "body", "invalid")
    if value is not None and _is_too_long(value):
        raise invalid("Issue", "body", "custom", f"body is too long (maximum is {BODY_LIMIT} characters)")
    return value


def _is_too_long(text: str) -> bool:
    return len(text.encode("utf-8", "surrogatepass")) > BODY_BYTES


def _comment_body(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise invalid("IssueComment", "data", "unprocessable", "Body cannot be blank")
    if _is_too_long(value):
        message = f"Body is too long (maximum is {BODY_LIMIT} characters)"
        raise invalid("IssueComment", "data", "unprocessable", message)
    return value


def _check_label(name: Any, color: Any, description: Any) -> None:
    if not isinstance(name, str) or not name.strip():
        raise invalid("Label", "name", "missing_field")
    if len(name) > LABEL_LIMIT:
        raise invalid("Label", "name", "custom", f"name is too long (maximum is {LABEL_LIMIT} characters)")
    if not re.fullmatch(r"[0-9a-fA-F]{6}", str(color)):
        raise invalid("Label", "color", "invalid")
    if description is not None and len(str(description)) > LABEL_DESCRIPTION_LIMIT:
        message = f"description is too long (maximum is {LABEL_DESCRIPTION_LIMIT} characters)"
        raise invalid("Label", "description", "custom", message)
