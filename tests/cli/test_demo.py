"""`cocflow demo` as people run it: a process of its own, its output and its exit code."""

from __future__ import annotations

import io
import json
import mailbox
import os
import subprocess
import sys
from pathlib import Path

import github
import msgspec
import pytest
from rich.console import Console

from cocflow.cli.demo import run
from cocflow.demo import REPOSITORY, STORY, Narrator, Played
from cocflow.sandbox import Sandbox


def _demo(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command, with a folder for temporary files of its own."""
    temporary = tmp_path / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(temporary), "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "cocflow", "demo", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


class Kept(msgspec.Struct, frozen=True):
    """A run that prints JSON and keeps what it made in a folder."""

    folder: Path
    done: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Run it once for all that look at what it kept."""
    made = tmp_path_factory.mktemp("json")
    return Kept(made / "kept", _demo(made, "--json", "--keep", str(made / "kept")))


def test_it_tells_the_same_story_each_time_and_leaves_nothing_behind(tmp_path: Path, kept: Kept) -> None:
    """Without options it prints plain text, exits with 0, and removes what it made; JSON tells the same."""
    done = _demo(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    at = 0
    for step in (step for chapter in STORY for step in chapter.steps):
        at = done.stdout.find(step.did.split(";")[0][:30], at) + 1
        assert at > 0, step.did
    assert "Each step came out as it had to." in done.stdout
    assert list((tmp_path / "tmp").iterdir()) == []
    same = io.StringIO()
    narrator = Narrator(Console(file=same, width=100, highlight=False))
    narrator.open()
    for line in kept.done.stdout.splitlines():
        narrator.tell(msgspec.json.decode(line, type=Played))
    narrator.close()
    assert done.stdout == same.getvalue()


def test_its_json_has_a_line_for_each_step(kept: Kept) -> None:
    """One JSON object for each step, in the story's order, each of them as expected."""
    steps = [json.loads(line) for line in kept.done.stdout.splitlines()]
    assert [step["shows"] for step in steps] == [step.shows for chapter in STORY for step in chapter.steps]
    assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
    assert all(step["ok"] for step in steps)


def test_what_is_kept_can_be_looked_at(kept: Kept) -> None:
    """The kept database answers as a sandbox again, to the kept tokens, and the mails can be read."""
    token = (kept.folder / "as" / "mft").read_text(encoding="utf-8").rpartition(" ")[2].strip().strip('"')
    with (
        Sandbox(kept.folder / "github.db") as sandbox,
        github.Github(auth=github.Auth.Token(token), base_url=sandbox.url) as client,
    ):
        issues = list(client.get_repo(REPOSITORY).get_issues(state="all"))
        states = [label.name for issue in issues for label in issue.labels if label.name[:6] == "state:"]
        assert states == [f"state: {name}" for name in ("closed", "lifted", "overturned", "closed", "closed")]
    assert "riya@example.org" in {
        mail["To"] for mail in mailbox.Maildir(kept.folder / "outbox", create=False)
    }
    assert (kept.folder / "repository" / ".github" / "cocflow.yml").is_file()


def test_json_stays_json_when_something_is_kept(kept: Kept) -> None:
    """How to look at what is kept goes to standard error, so that the lines can be read by programs."""
    assert kept.done.returncode == 0
    assert all(json.loads(line)["ok"] for line in kept.done.stdout.splitlines())
    assert f"cocflow sandbox --db {kept.folder}/github.db" in kept.done.stderr


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """A folder that holds something is refused before anything is written."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = _demo(tmp_path, "--keep", str(tmp_path))
    assert done.returncode == 2
    assert "isn't empty" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"mine.txt", "tmp"}


@pytest.mark.parametrize("as_json", [True, False])
def test_a_wrong_expectation_fails_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    """The exit code is 1 if a single step didn't come out as the story says."""
    first = STORY[1].steps[0]
    wrong = msgspec.structs.replace(first, expect=msgspec.structs.replace(first.expect, state="closed"))
    story = (msgspec.structs.replace(STORY[1], steps=(wrong,)),)
    with pytest.raises(SystemExit) as stopped:
        run(story, as_json=as_json, keep=tmp_path / "kept")
    assert stopped.value.code == 1
    assert "state: closed expected" in capsys.readouterr().out
