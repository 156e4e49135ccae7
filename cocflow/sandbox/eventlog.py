"""The log of everything that starts a workflow, with payloads like those of GitHub's webhooks."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import msgspec

from cocflow.sandbox import render
from cocflow.sandbox.access import Access, actions_run
from cocflow.sandbox.clock import iso

Json = dict[str, Any]
# Stands in stored payloads for the base, which isn't known before the server runs.
BASE = "http://sandbox.invalid"


class EventLog:
    """Writes the log within the transaction of the write that caused the event."""

    def __init__(self, db: sqlite3.Connection, at: int, access: Access) -> None:
        self._db = db
        self._at = at
        self._access = access

    def issue(self, action: str, issue: sqlite3.Row, **more: Any) -> None:
        """Log an ``issues`` event."""
        body = render.issues(self._db, BASE, self._access.repository, [issue])[0]
        self._append("issues", action, {"issue": body} | more)

    def label(self, action: str, issue: sqlite3.Row, label: sqlite3.Row) -> None:
        """Log that a label was put on or taken off."""
        self.issue(action, issue, label=render.label(BASE, self._access.repository, label))

    def assignee(self, action: str, issue: sqlite3.Row, account: sqlite3.Row) -> None:
        """Log that an issue was assigned to somebody, or isn't any more."""
        self.issue(action, issue, assignee=render.account(BASE, account))

    def label_gone(self, issue: sqlite3.Row) -> None:
        """Log that a label came off an issue because it was deleted: the event doesn't say which it was."""
        self.issue("unlabeled", issue)

    def comment(self, action: str, issue: sqlite3.Row, comment: sqlite3.Row, **more: Any) -> None:
        """Log an ``issue_comment`` event."""
        repository = self._access.repository
        bodies = {
            "issue": render.issues(self._db, BASE, repository, [issue])[0],
            "comment": render.comments(self._db, BASE, repository, [comment])[0],
        }
        self._append("issue_comment", action, bodies | more)

    def dispatch(self, workflow: str, ref: str, inputs: Json) -> None:
        """Log a ``workflow_dispatch``, the one event that a job's token can start a run with."""
        payload = {"workflow": f".github/workflows/{workflow}", "ref": ref, "inputs": inputs}
        self._append("workflow_dispatch", None, payload)

    def schedule(self, cron: str) -> None:
        """Log a ``schedule`` event."""
        self._append("schedule", None, {"schedule": cron})

    def _append(self, event: str, action: str | None, payload: Json) -> None:
        access, identity = self._access, self._access.identity
        sender = self._db.execute("SELECT * FROM account WHERE id = ?", (identity.account_id,)).fetchone()
        head: Json = {} if action is None else {"action": action}
        body = head | payload
        body["repository"] = render.repository(self._db, BASE, access.repository)
        body["sender"] = render.account(BASE, sender)
        if access.repository["owner_kind"] == "Organization":
            body["organization"] = {"login": access.repository["owner_login"]}
        self._db.execute(
            "INSERT INTO event (at, event, action, actor, token_kind, starts_run, repository, payload)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._at,
                event,
                action,
                identity.login,
                identity.kind,
                actions_run(access.repository) and (not identity.is_job or event == "workflow_dispatch"),
                render.full_name(access.repository),
                msgspec.json.encode(body).decode(),
            ),
        )


def events_after(db: sqlite3.Connection, seq: int, base: str) -> list[Json]:
    """Return the logged events newer than ``seq``, oldest first, with addresses under ``base``."""
    rows = db.execute("SELECT * FROM event WHERE seq > ? ORDER BY seq", (seq,))
    return [
        {
            "seq": row["seq"],
            "at": iso(row["at"]),
            "event": row["event"],
            "action": row["action"],
            "actor": row["actor"],
            "token_kind": row["token_kind"],
            "starts_run": bool(row["starts_run"]),
            "repository": row["repository"],
            "payload": json.loads(row["payload"].replace(BASE, base)),
        }
        for row in rows
    ]
