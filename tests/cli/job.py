"""A job on this machine: the environment that Actions gives, a checkout, and the sandbox for GitHub."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests

from cocflow.cli import main
from cocflow.sandbox import Clock, Sandbox
from tests.faults.straight import near
from tests.jobs.layouts import CHECKOUT, CONFIGURATION

REPO = "acme/incidents"
REPORT = CHECKOUT / "tests" / "core" / "forms" / "form" / "positive" / "as-filed.md"


class Done(msgspec.Struct, frozen=True):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


class Job(msgspec.Struct):
    """A private repository with an administrator and a reporter, and the job that serves it."""

    sandbox: Sandbox
    folder: Path
    capture: pytest.CaptureFixture[str]
    tokens: dict[str, str] = {}
    environment: dict[str, str] = {}

    def prepare(self, visibility: str = "private") -> None:
        """Fill the sandbox, and set what Actions sets."""
        store = self.sandbox.store
        store.add_repo(REPO, labels=False, visibility=visibility)
        for login, permission in {"mft": "admin", "rita": "read"}.items():
            store.add_user(login)
            store.set_permission(REPO, login, permission)
            self.tokens[login] = store.add_token(login)
        (self.folder / ".github").mkdir()
        (self.folder / ".github" / "cocflow.yml").write_text(CONFIGURATION, "utf-8")
        for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV"):
            (self.folder / name).touch()
            self.environment[name] = str(self.folder / name)
        self.environment |= {
            "GITHUB_REPOSITORY": REPO,
            "GITHUB_API_URL": self.sandbox.url,
            "GITHUB_TOKEN": store.job_token(REPO, {"issues": "write", "contents": "read"}),
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
        }

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """Do something in the repository as somebody; return the answer."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        url = f"{self.sandbox.url}/repos/{REPO}{path}"
        response = requests.request(method, url, json=body, headers=headers, timeout=30)
        response.raise_for_status()
        return response.json()

    def report(self) -> int:
        """File a report as the form renders it; return its number."""
        body = {"title": "Incident", "body": REPORT.read_text("utf-8")}
        number: int = self.ask("rita", "POST", "/issues", body)["number"]
        return number

    def events(self) -> list[dict[str, Any]]:
        """Return every event so far."""
        found: list[dict[str, Any]] = requests.get(f"{self.sandbox.url}/_sandbox/events", timeout=30).json()
        return found

    def writes(self) -> int:
        """Return how many writes the sandbox has been asked for."""
        return self._asked("rest_writes")

    def reads(self) -> int:
        """Return how many queries the sandbox has been asked."""
        return self._asked("graphql_reads")

    def _asked(self, kind: str) -> int:
        count = self.sandbox.store.requests.as_dict()[kind]
        assert isinstance(count, int)
        return count

    def run(
        self, command: str, event: str = "issues", payload: object = None, without: str = "", **more: str
    ) -> Done:
        """Run a command of cocflow as the job does, for an event; `without` one of its variables."""
        (self.folder / "event.json").write_text(json.dumps(payload), "utf-8")
        return self.run_as_it_is(command, without=without, GITHUB_EVENT_NAME=event, **more)

    def run_as_it_is(self, command: str, without: str = "", **more: str) -> Done:
        """Run a command with the event's file as it is."""
        given = {k: v for k, v in (self.environment | more).items() if k != without}
        self.capture.readouterr()
        with _in_place(self.folder, given), pytest.MonkeyPatch.context() as here:
            here.setattr("sys.argv", ["cocflow", command])
            with pytest.raises(SystemExit) as ended:
                main()
        captured = self.capture.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, captured.out, captured.err)


@contextmanager
def running_job(folder: Path, capture: pytest.CaptureFixture[str]) -> Iterator[Job]:
    """Run a sandbox on a clock that stands still, with a job that is not yet prepared."""
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox, near(sandbox):
        yield Job(sandbox, folder, capture)


@contextmanager
def _in_place(folder: Path, given: Mapping[str, str]) -> Iterator[None]:
    """Work in a folder, with nothing of GitHub's or cocflow's in the environment but what is given."""
    with pytest.MonkeyPatch.context() as here:
        for name in [name for name in os.environ if name.startswith(("GITHUB_", "COCFLOW_", "SLACK_"))]:
            here.delenv(name)
        for name, value in given.items():
            here.setenv(name, value)
        here.chdir(folder)
        yield
