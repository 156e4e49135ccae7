"""A private repository on the sandbox, people who act in it, and the runs that their acts start."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import requests

from cocflow.sandbox import Sandbox
from tests.jobs.act import Act, Json, Log, read_workflow
from tests.servers.slack import TOKEN
from tests.servers.smtp import PASSWORD, USER

REPO = "acme/incidents"
# Words that nobody but the incident's people may ever see: one for each place where people write.
TITLE, ANSWER, COMMENT, PARTY = "markedtitle", "markedanswer", "markedcomment", "Markedparty"
RESOLUTION, LABEL, REPORTER = "markedresolution", "markedlabel", "markedlogin"
MARKS = (TITLE, ANSWER, COMMENT, PARTY, RESOLUTION, LABEL, REPORTER)
# What the workflows grant to the job's token.
GRANTED = {"issues": "write", "contents": "read", "actions": "read"}


class Channels(msgspec.Struct, frozen=True):
    """A mail server and a Slack workspace on this machine: the port of one, and where the other's API is."""

    smtp: int
    slack: str

    @property
    def secrets(self) -> dict[str, str]:
        """Return the repository's secrets, by their names, that lead there."""
        return {"SLACK_BOT_TOKEN": TOKEN, "COCFLOW_SMTP_URL": self.address(quote(PASSWORD, safe=""))}

    @property
    def hidden(self) -> tuple[str, ...]:
        """What of them no log may show."""
        return (*self.secrets.values(), quote(PASSWORD, safe=""), PASSWORD)

    def address(self, password: str) -> str:
        """Return the mail server's address with a password."""
        return f"smtp://{USER}:{password}@127.0.0.1:{self.smtp}?from=us@mail.example"


class Ran(msgspec.Struct, frozen=True):
    """What one event came to: the event, and the log of the run, if its type starts one."""

    event: str
    action: str | None
    log: Log


class Community:
    """People with their tokens, over HTTP, and act with the job's token."""

    def __init__(self, sandbox: Sandbox, act: Act, channels: Channels) -> None:
        self.sandbox = sandbox
        self.act = act
        self.channels = channels
        store = sandbox.store
        store.add_repo(REPO, labels=False)
        people = {"mft": "admin", "ada": "admin", REPORTER: "read"}
        self._tokens = {}
        for login, permission in people.items():
            store.add_user(login)
            store.set_permission(REPO, login, permission)
            self._tokens[login] = store.add_token(login)
        self.job_token = store.job_token(REPO, GRANTED)
        self.secrets = {"GITHUB_TOKEN": self.job_token, **channels.secrets}
        self._seen = 0

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """Do something in the repository as somebody; return the answer."""
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        url = f"{self.sandbox.url}/repos/{REPO}{path}"
        response = requests.request(method, url, json=body, headers=headers, timeout=30)
        response.raise_for_status()
        return response.json()

    def report(self, body: str) -> int:
        """File a report as the reporter; return its number."""
        number: int = self.ask(REPORTER, "POST", "/issues", {"title": TITLE, "body": body})["number"]
        return number

    def state(self, number: int) -> str:
        """Return the label that shows an incident's state."""
        labels = self.ask("mft", "GET", f"/issues/{number}")["labels"]
        (label,) = (one["name"] for one in labels if one["name"].startswith("state: "))
        return str(label)

    def answers(self, number: int) -> list[str]:
        """Return what the bot has written on an incident."""
        comments = self.ask("mft", "GET", f"/issues/{number}/comments?per_page=100")
        return [one["body"] for one in comments if one["user"]["type"] == "Bot"]

    def events(self) -> list[Json]:
        """Return the events that happened since this was last asked."""
        url = f"{self.sandbox.url}/_sandbox/events?after={self._seen}"
        events: list[Json] = requests.get(url, timeout=30).json()
        self._seen = max([self._seen, *(one["seq"] for one in events)])
        return events

    def run(self, event: Json) -> Log | None:
        """Run the workflow that an event starts, as GitHub would; None if its type starts none."""
        folder = self.act.repository / ".github" / "workflows"
        for path in (folder / "incident.yml", folder / "sweep.yml"):
            triggers = read_workflow(path)["on"]
            if event["event"] not in triggers or not event["starts_run"]:
                continue
            asked = triggers[event["event"]]
            if isinstance(asked, dict) and event["action"] not in asked["types"]:
                continue
            apis = {"GITHUB_API_URL": self.sandbox.url, "SLACK_API_URL": self.channels.slack}
            return self.act.run(
                path.name, event["event"], event["payload"], variables=apis, secrets=self.secrets
            )
        return None

    def drain(self) -> list[Ran]:
        """Run everything that has happened since the last time, and what those runs start in turn."""
        ran: list[Ran] = []
        while events := self.events():
            for event in events:
                log = self.run(event)
                if log is not None:
                    ran.append(Ran(event["event"], event["action"], log))
        return ran


def filed(checkout: Path) -> str:
    """Return a report as the form renders it, with a mark in one of its answers."""
    text = (checkout / "tests" / "core" / "forms" / "form" / "positive" / "as-filed.md").read_text("utf-8")
    assert "Shouting." in text
    return text.replace("Shouting.", f"Shouting, {ANSWER}.")
