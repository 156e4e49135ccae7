"""Runs a repository's workflow files on this machine, through act, and reads the log that they leave.

act neither heeds activity types nor concurrency, permissions and timeouts: those are asserted from the
files. A job that its `if:` skips leaves no line; a runner that act doesn't know must not look the same.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

Json = dict[str, Any]
ACTIONS = Path(__file__).parent / "actions"
NOWHERE = ("--env-file", "/dev/null", "--var-file", "/dev/null", "--input-file", "/dev/null")
# What pip needs here to reach its registry; nothing else of this machine's environment gets in.
KEPT = ("PIP_", "SSL_", "REQUESTS_", "http", "HTTP", "no_proxy", "NO_PROXY")


def find_act() -> Path | None:
    """Return act, which PyPI ships prebuilt; None where it has none for this machine."""
    beside = Path(sys.executable).with_name("act")
    found = beside if beside.exists() else shutil.which("act")
    return None if found is None else Path(found)


def read_workflow(path: Path) -> Json:
    """Return a workflow as data. YAML 1.1 takes the key `on` for the truth value."""
    workflow: dict[str | bool, Any] = yaml.safe_load(path.read_text("utf-8"))
    return {"on" if key is True else str(key): value for key, value in workflow.items()}


class Log(msgspec.Struct, frozen=True):
    """What a run of act left: its exit code and everything that it printed."""

    code: int
    printed: str

    def lines(self) -> list[Json]:
        """Return act's own lines as data."""
        return [json.loads(line) for line in self.printed.splitlines() if line.startswith("{")]

    def told(self) -> str:
        """Return the messages alone, for whoever has to read why a test failed."""
        return "\n".join(line["msg"].rstrip("\n") for line in self.lines() if line["level"] != "warning")

    @property
    def results(self) -> dict[str, str]:
        """What became of each job, success or failure; one that was skipped isn't there."""
        assert "Skipping unsupported platform" not in self.printed
        return {line["jobID"]: line["jobResult"] for line in self.lines() if "jobResult" in line}

    @property
    def result(self) -> str | None:
        """What became of the only job: success, failure, or None if its `if:` skipped it."""
        return next(iter(self.results.values()), None)

    def failed_step(self) -> str | None:
        """Return the name of the first step that failed."""
        failed = [line["step"] for line in self.lines() if line.get("stepResult") == "failure"]
        return failed[0] if failed else None

    def said(self, step: str) -> list[str]:
        """Return the lines that a step printed."""
        mine = [line for line in self.lines() if line.get("step") == step and line.get("raw_output")]
        return [line["msg"].rstrip("\n") for line in mine]

    def shown(self) -> str:
        """Return all that a reader of the log sees: not the commands, which the runner takes for itself."""
        lines = self.printed.splitlines()
        return "\n".join(
            line for line in lines if not line.startswith("{") or "command" not in json.loads(line)
        )


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """act in one repository: which Python is on its PATH, where it keeps its things."""

    program: Path
    repository: Path
    python: Path
    folder: Path

    def run(
        self,
        workflow: str,
        event: str,
        payload: Json,
        *,
        variables: Json | None = None,
        secrets: Json | None = None,
        options: Sequence[str] = (),
    ) -> Log:
        """Run a workflow file for an event; `variables` are the machine's, `options` are act's own."""
        event_file, secrets_file = self.folder / "event.json", self.folder / "secrets"
        event_file.write_text(json.dumps(payload), "utf-8")
        secrets_file.write_text("".join(f"{k}={v}\n" for k, v in (secrets or {}).items()), "utf-8")
        command: list[str | Path] = [self.program, event, "-C", self.repository, "-e", event_file]
        command += ["-W", f".github/workflows/{workflow}", "-P", "ubuntu-latest=-self-hosted"]
        command += ["--json", "--rm", "--no-cache-server", "--action-cache-path", self.folder / "cache"]
        command += ["--secret-file", secrets_file, *NOWHERE, "-a", "someone", *self._stubs(workflow)]
        command += ["--env", "GITHUB_REPOSITORY=acme/incidents", *options]
        command += [part for name, one in (variables or {}).items() for part in ("--env", f"{name}={one}")]
        done = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, check=False, timeout=300
        )
        return Log(done.returncode, done.stdout + done.stderr)

    def _stubs(self, workflow: str) -> list[str]:
        """Map each action but the repository's own, and checkout, which act does itself, to its stand-in."""
        jobs = read_workflow(self.repository / ".github" / "workflows" / workflow)["jobs"].values()
        used = [step["uses"] for job in jobs for step in job["steps"] if "uses" in step]
        others = [action for action in used if not action.startswith(("./", "actions/checkout@"))]
        folders = {one: ACTIONS / one.partition("@")[0].rpartition("/")[2] for one in others}
        return [part for one, there in folders.items() for part in ("--local-repository", f"{one}={there}")]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
        path = f"{self.python / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {**kept, "HOME": str(self.folder / "home"), "PATH": path, "LANG": "C.UTF-8"}
