"""A repository as 0.1.0 left it, made by `python -m tests.upgrades.recording` in a clone with its history.

Owns the story and the record, `from_0_1_0.json`: the tables of a sandbox on which 0.1.0's own code, as it
lies in the history, set a repository up and ran its jobs. Nothing of today's code but the sandbox takes part,
and its wheel is left out. Refuses to be run by a test: the record is never made anew because code differs.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from github import Auth, Github

from cocflow.sandbox import Clock, Sandbox
from cocflow.sandbox.database import Database
from tests.cli.premises import REPO

COMMIT = "2e6fe0f5a834bcc0eee02cb339c2ee7deba92551"
"""The last one of 0.1.0 in the history."""

RECORD = Path(__file__).with_name("from_0_1_0.json")
TABLES = (
    *("account", "membership", "repository", "collaborator", "label", "issue", "issue_label", "comment"),
    *("edit", "timeline", "file"),
)
"""What the record holds of a sandbox, in the order in which it can be put back."""

WHEEL = (".github/cocflow-0.1.0-py3-none-any.whl", b"0.1.0's wheel")
START = "2026-01-05T09:00:00Z"
APPEALS, MAIL_SERVER, PIM = "appeals@example.org", "mx.example.org", "pim@example.org"
ZOE_UNTIL = "2026-02-01"
APPEAL = "It wasn't me. Somebody had my password that day; I have changed it."
FLAGS = (
    *("--community", "Enginexp", "--code-of-conduct", "https://example.org/coc", "--time-zone", "UTC"),
    *(
        "--administrator",
        "riya,Riya Sen,riya@example.org",
        "--administrator",
        "tom",
        "--administrator",
        "ada",
    ),
    *("--outside-contact", "help@example.org", "--appeals", APPEALS),
)
_INIT = f"""
import sys
from cocflow import wheel
wheel.wheel = lambda shipped: ({WHEEL[0].rpartition("/")[2]!r}, {WHEEL[1]!r})
from cocflow.cli import cocflow
cocflow({("init", REPO, *FLAGS)!r})
"""
_RUN = f"""
import os
from pathlib import Path
import msgspec
from cocflow import bootstrap
from cocflow.adapters.maildir import MaildirMailbox
from cocflow.sweep import sweep
place = Path(os.environ["PLACE"])
desk = bootstrap.desk(place, {REPO!r}, os.environ["TOKEN"], os.environ["GITHUB_API_URL"], place / "outbox")
box = MaildirMailbox(place / "mailbox", address={APPEALS!r}, authserv_id={MAIL_SERVER!r})
desk = msgspec.structs.replace(desk, mailbox=box)
assert sweep(desk).complete
"""
REPORT = """### How did you learn of it?

It happened to me

### What’s the nature of the incident or Code of Conduct violation?

{nature}

### Who is involved in this incident?

Robin

### What material supports this situation?

Three messages.

### Any privacy concerns? (Reporter consent is required before sharing any information regarding the incident)

None.
"""


class Recording:
    """A sandbox, the code of 0.1.0, and a folder for what it writes beside."""

    def __init__(self, sandbox: Sandbox, code: Path, place: Path) -> None:
        self._sandbox, self._code, self._place = sandbox, code, place
        store = sandbox.store
        store.add_org("acme", members={"riya": "admin"}, base_permission="none")
        people = ("riya", "tom", "ada", "noor")
        for login in people[1:]:
            store.add_user(login)
        self._tokens = {login: store.add_token(login) for login in people}

    def play(self) -> None:
        """Set the repository up, and play what happens in it."""
        self._old(_INIT, GH_TOKEN=self._tokens["riya"])
        for login, permission in {"tom": "write", "ada": "write", "noor": "read"}.items():
            self._sandbox.store.set_permission(REPO, login, permission)
        for path in (".github", "workflows", "templates"):
            self._check_out(path)
        noor = self._repository("noor")
        for nature in ("Jokes.", "An insult.", "A flood of insults.", "Shouting.", "A shove."):
            noor.create_issue("Incident", REPORT.format(nature=nature))
        self.run()
        self._repository("tom").get_issue(2).add_to_labels("estimate: 1 week")
        self._says(
            "tom",
            3,
            f"/suspend A flood of insults\nPim Ode, {PIM}\nZoe Ash, zoe@example.org until {ZOE_UNTIL}",
        )
        self._says("noor", 4, "/withdraw We have talked.")
        self._says("tom", 5, "/estimate 2 days")
        self.run()
        for number in (2, 5):
            self._repository("ada").get_issue(number).add_to_labels("state: triaged")
        self._says("ada", 2, "/party Robin Example robin@example.org")
        self.run()
        self._says("ada", 5, "/resolve We talked with both.")
        self.run()
        self._sandbox.store.move_clock(advance=2 * 86400)
        self._writes(PIM, APPEAL)
        self.run()

    def run(self) -> None:
        """Run 0.1.0's sweep, which does all that its jobs would have done by now."""
        self._old(_RUN, TOKEN=self._sandbox.store.job_token(REPO))

    def _old(self, program: str, **settings: str) -> None:
        here = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        here |= {
            "PYTHONPATH": str(self._code),
            "GITHUB_API_URL": self._sandbox.url,
            "PLACE": str(self._place),
        }
        subprocess.run(
            (sys.executable, "-P", "-c", program), env=here | settings, cwd=self._place, check=True
        )

    def _repository(self, login: str) -> Any:
        auth = Auth.Token(self._tokens[login])
        client = Github(auth=auth, base_url=self._sandbox.url, lazy=True, seconds_between_writes=None)
        return client.get_repo(REPO)

    def _says(self, login: str, number: int, words: str) -> None:
        self._repository(login).get_issue(number).create_comment(words)

    def _check_out(self, path: str) -> None:
        for one in self._repository("riya").get_contents(path):
            if one.type == "dir":
                self._check_out(one.path)
            else:
                target = self._place / one.path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self._repository("riya").get_contents(one.path).decoded_content)

    def _writes(self, sender: str, words: str) -> None:
        mail = EmailMessage()
        mail["Authentication-Results"] = f"{MAIL_SERVER}; dmarc=pass header.from={sender.partition('@')[2]}"
        mail["From"], mail["To"], mail["Subject"] = sender, APPEALS, "My account"
        mail["Message-ID"] = "<first@example.org>"
        mail.set_content(words)
        (self._place / "mailbox" / "new").mkdir(parents=True, exist_ok=True)
        path = self._place / "mailbox" / "new" / "first"
        path.write_bytes(mail.as_bytes())
        now = datetime.fromisoformat(str(self._sandbox.store.clock.as_dict()["now"])).timestamp()
        os.utime(path, (now, now))


def dumped(database: Database) -> dict[str, Any]:
    """Return the tables of a sandbox, and its time."""
    with database.read() as db:
        tables = {name: [dict(row) for row in db.execute(f"SELECT * FROM {name}")] for name in TABLES}  # noqa: S608
    return {"now": database.clock.as_dict()["now"], "tables": tables}


def recorded() -> dict[str, Any]:
    """Return what 0.1.0 left, as `dumped` does."""
    record: dict[str, Any] = json.loads(RECORD.read_text("utf-8"))
    for row in record["tables"]["file"]:
        row["content"] = row["content"].encode()
    return record


def restore(sandbox: Sandbox, record: dict[str, Any]) -> None:
    """Put what was dumped into a new sandbox, by the names of its columns."""
    with sandbox.store.database.write(tick=False) as (db, _):
        db.execute("PRAGMA defer_foreign_keys = ON")
        for name, rows in record["tables"].items():
            for row in rows:
                _put(db, name, row)
    sandbox.store.move_clock(to=record["now"])


def _put(db: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608


def main() -> None:
    """Play it and write the record."""
    with tempfile.TemporaryDirectory() as name, Sandbox(clock=Clock(START, frozen=True)) as sandbox:
        code, place = Path(name) / "code", Path(name) / "place"
        for folder in (code, place):
            folder.mkdir()
        archive = subprocess.run(("git", "archive", COMMIT), check=True, capture_output=True).stdout
        subprocess.run(("tar", "-x", "-C", code), input=archive, check=True)
        Recording(sandbox, code, place).play()
        found = dumped(sandbox.store.database)
    for row in found["tables"]["file"]:
        row["content"] = bytes(row["content"]).decode()
    RECORD.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
