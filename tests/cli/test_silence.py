"""Whatever is in trouble, no command prints a word of a report, a name or an address, and the board has none.

No module's twin: all commands are given, over a repository in which every free text holds a marker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import msgspec
import pytest
from github.Issue import Issue
from github.Repository import Repository

from cocflow.core.forms.form import QUESTIONS, Answers
from cocflow.core.forms.writing import write
from cocflow.process.loading import load_form
from cocflow.run import board
from cocflow.setup.shipped import issue_forms
from tests.cli.premises import REPO, Kept, Town, kept
from tests.servers.slack import TOKEN, Fault, SlackDouble, slack_double
from tests.servers.smtp import SmtpServer, smtp_server

MARK = re.compile(r"zq\w*?x7", re.IGNORECASE)
JOBS = ("handle", "sweep", "mail")
VISITS = (("status",), ("status", "1"), ("audit",), ("audit", "--json"), ("doctor",), ("doctor", "--json"))


def mark(field: str) -> str:
    """Return the marker of a field."""
    return f"zq{field}x7"


class World:
    """A repository with two incidents and a suspension, and the channels that its jobs are given."""

    def __init__(self, town: Town, smtp: SmtpServer, slack: SlackDouble) -> None:
        self.town, self.smtp, self.slack = town, smtp, slack
        self.printed: list[str] = []
        self.secrets = {
            "COCFLOW_SMTP_URL": f"smtp://127.0.0.1:{smtp.port}?from=coc@example.org",
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_API_URL": slack.url,
            "COCFLOW_LEDGER_KEY": "",
        }

    def begins(self) -> None:
        """Set the repository up, and let all of that happen in it."""
        self.town.init()
        for _ in range(2):
            self._file()
        self.job("sweep")
        self.says(1, f"/party {mark('party')}, {mark('mail')}@example.org")
        self.says(1, f"/party {mark('slack')}, U0000ALICE")
        self.says(1, f"/suspend {mark('reason')}\n{mark('account')}, {mark('accountmail')}@example.org")
        self.job("sweep")

    @property
    def repository(self) -> Repository:
        """The repository as its owner reaches it."""
        return self.town.client().get_repo(REPO)

    def _file(self) -> None:
        form = load_form(issue_forms() / "incident.yml", QUESTIONS)
        answers: dict[str, str | tuple[str, ...]] = {
            name: mark(name) for name in ("nature", "who", "material", "privacy")
        }
        body = write(form, Answers({"learned": "It happened to me", **answers}))
        self.repository.create_issue(mark("title"), body=body)

    def says(self, number: int, text: str) -> None:
        """Let the owner comment."""
        self.repository.get_issue(number).create_comment(text)

    def job(self, command: str) -> None:
        """Give a command as a job does, and keep all that it prints and how it ends."""
        self.town._desk(None)  # checks the configuration out
        payload = {
            "action": "created",
            "issue": {"number": 1, "title": mark("title"), "body": mark("nature")},
            "comment": {"body": f"/{mark('title')}"},
            "repository": {"private": True},
            "sender": {"login": mark("login"), "type": "User"},
        }
        event = self.town.folder / "event.json"
        event.write_bytes(msgspec.json.encode(payload))
        environment = {
            "GITHUB_REPOSITORY": REPO,
            "GITHUB_TOKEN": self.town.sandbox.store.job_token(REPO),
            "GITHUB_EVENT_NAME": "issue_comment",
            "GITHUB_EVENT_PATH": str(event),
        }
        self.give(command, env=environment | self.secrets)

    def give(self, *words: str, env: Mapping[str, str]) -> None:
        """Give a command, and keep all that it prints and how it ends."""
        done = self.town.run(*words, env=env)
        assert done.exit_code in (0, 1, 2)
        self.printed += [done.output, f"{done.exception} {done.exception!r}"]

    def everything(self) -> str:
        """Return what all commands print now, and what stands on the board."""
        self.printed.clear()
        for command in JOBS:
            self.job(command)
        for words in VISITS:
            where = (words[0], REPO, *words[1:])
            self.give(*where, env=self.secrets)
        return "\n".join([*self.printed, *self.on_the_board()])

    def on_the_board(self) -> Iterator[str]:
        """Give the title, the body and the comments of the board."""
        for issue in self.repository.get_issues(state="all"):
            if issue.title == board.TITLE:
                yield from (issue.title, issue.body, *(one.body for one in issue.get_comments()))


@cache
def begun() -> Kept:
    """Return what is there at the beginning, which happened once."""

    def play(town: Town) -> None:
        with served(town) as world:
            world.begins()

    return kept(play)


@contextmanager
def served(town: Town) -> Iterator[World]:
    """Run the channels for as long as the jobs run in a town's checkout."""
    with pytest.MonkeyPatch.context() as here, smtp_server() as smtp, slack_double() as slack:
        here.chdir(town.folder)
        yield World(town, smtp, slack)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Run a copy of the world as it is in the beginning."""
    with begun().copied(tmp_path) as town, served(town) as made:
        yield made


def _receipt(issue: Issue) -> None:
    next(iter(issue.get_comments())).edit(mark("edited"))
    issue.create_comment("/help")


def _locked(world: World) -> None:
    world.says(1, f"/resolve {mark('resolution')}")
    world.repository.get_issue(1).lock("off-topic")


def _smtp(verb: str, code: int) -> Callable[[World], None]:
    def act(world: World) -> None:
        world.smtp.answers[verb] = f"{code} {mark('answer')}"
        world.says(1, f"/resolve {mark('resolution')}")

    return act


def _slack(status: int, body: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        for method in ("auth.test", "conversations.open", "chat.postMessage"):
            world.slack.faults[method] = [Fault(status, body) for _ in range(50)]
        world.says(1, f"/resolve {mark('resolution')}")

    return act


def _setting(**secrets: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        world.secrets |= secrets
        world.says(1, f"/resolve {mark('resolution')}")

    return act


def _own_process(world: World) -> None:
    text = (Path(__file__).parents[2] / "workflows" / "incident.yml").read_text("utf-8")
    world.town.sandbox.store.put_file(REPO, "workflows/incident.yml", text.replace("reported", "filed"))


TROUBLES: dict[str, Callable[[World], None]] = {
    "a locked incident": _locked,
    "receipts that were edited": lambda world: _receipt(world.repository.get_issue(2)),
    "mail that is refused for good": _smtp("RCPT", 550),
    "mail that is refused for now": _smtp("RCPT", 451),
    "a sender that is refused": _smtp("MAIL", 553),
    "an error of Slack's": _slack(200, f'{{"ok": false, "error": "{mark("slackerror")}"}}'),
    "an odd answer of Slack's": _slack(500, mark("slackpage")),
    "a login that Slack refuses": _setting(SLACK_BOT_TOKEN=f"xoxb-{mark('token')}"),
    "a mail server that is down": _setting(
        COCFLOW_SMTP_URL=f"smtp://u:{mark('pw')}@127.0.0.1:9?from=a@b.org"
    ),
    "a mailbox that is down": _setting(COCFLOW_IMAP_URL=f"imap://u:{mark('pw')}@127.0.0.1:9/"),
    "a sign-in that is refused": _setting(
        COCFLOW_OAUTH=f'{{"type": "client_credentials", "client_id": "{mark("client")}", "client_secret":'
        f' "{mark("secret")}", "token_uri": "http://127.0.0.1:9/{mark("tenant")}"}}',
        COCFLOW_IMAP_URL="imap://u@127.0.0.1:9/",
        COCFLOW_SMTP_URL="smtp://u@127.0.0.1:9?from=a@b.org",
    ),
    "settings that are no addresses": _setting(
        COCFLOW_IMAP_URL=mark("imap"), COCFLOW_SMTP_URL=mark("smtp"), COCFLOW_HEARTBEAT_URL=mark("heart")
    ),
    "a ledger's key that is wrong": _setting(COCFLOW_LEDGER_KEY=mark("key")),
    "a state that is gone": _own_process,
}


@pytest.mark.parametrize("name", TROUBLES)
def test_no_command_prints_a_word_whatever_fails(world: World, name: str) -> None:
    """Jobs, `status`, `audit` and `doctor` tell what is wrong by numbers and names of settings alone."""
    TROUBLES[name](world)
    assert MARK.findall(world.everything()) == []


def test_the_look_sees_what_there_is_to_see(world: World) -> None:
    """A word that is printed would be found: the report itself, which `status --content` shows."""
    world.printed.clear()
    world.give("status", REPO, "1", "--content", env=world.secrets)
    assert mark("nature") in MARK.findall("\n".join(world.printed))


def test_troubles_stand_on_the_board(world: World) -> None:
    """What fails is on the board that is looked at: it isn't empty where nothing leaks."""
    _locked(world)
    _setting(COCFLOW_IMAP_URL=f"imap://u:{mark('pw')}@127.0.0.1:9/")(world)
    assert MARK.findall(world.everything()) == []
    assert "The mailbox gives no answer" in "\n".join(world.on_the_board())
