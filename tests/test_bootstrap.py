"""The one place that picks classes: a community's folder becomes a desk, its own files first."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cocflow.adapters.github import GitHubTracker
from cocflow.adapters.outbox import Outbox
from cocflow.adapters.rooms import GitHubRooms
from cocflow.bootstrap import desk, load_definition, own_rooms, rooms
from cocflow.core.people.person import Person
from cocflow.core.people.roster import RoomsSettings
from cocflow.errors import DefinitionError
from cocflow.ports import ChannelError
from cocflow.run.channels import Channels, UnusableRooms
from cocflow.run.trouble import of_channel, of_mailbox
from cocflow.setup import shipped
from cocflow.setup.job import SWEEP_JOB
from tests.core.play import community
from tests.fakes import templates
from tests.servers.imap import PASSWORD, USER, imap_server, takes_tokens
from tests.servers.oauth import provider
from tests.servers.smtp import smtp_server

CONFIGURATION = """\
community: Enginexp
code_of_conduct: https://example.org/code-of-conduct
time_zone: UTC
administrators: [mft, miabot]
waiting_periods:
  estimate.remind_after: PT12H
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the checked-out folder of a community that wrote nothing but its configuration."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "cocflow.yml").write_text(CONFIGURATION, encoding="utf-8")
    return tmp_path


def test_a_configuration_alone_is_enough(folder: Path) -> None:
    """Processes, form and templates are the shipped ones; without an outbox everybody is told by hand."""
    made = desk(folder, "acme/incidents", "token")
    assert isinstance(made.tracker, GitHubTracker)
    assert isinstance(made.notifier, Channels)
    assert made.definitions["incident"].process.id == "incident/1.1"
    assert [one.login for one in made.community.administrators] == ["mft", "miabot"]
    assert made.templates.subject("reporter/arrived") == templates().subject("reporter/arrived")


def test_how_often_the_sweep_comes_is_the_jobs_own(folder: Path) -> None:
    """What the community's job says is what late is measured by; without one it can't be told."""
    assert desk(folder, "acme/incidents", "token").sweeps_every == timedelta(days=1)
    (folder / ".github" / "workflows").mkdir()
    (folder / SWEEP_JOB).write_text('- cron: "37 */6 * * *"')
    assert desk(folder, "acme/incidents", "token").sweeps_every == timedelta(hours=6)


def test_an_outbox_is_a_folder(folder: Path) -> None:
    """Given a folder, mails go there."""
    assert isinstance(desk(folder, "acme/incidents", "token", outbox=folder / "out").notifier, Outbox)


def test_nothing_connects_when_a_desk_is_made(folder: Path) -> None:
    """A desk is made without a word to GitHub: an address where nobody listens does no harm."""
    desk(folder, "acme/incidents", "token", "http://127.0.0.1:9")


def test_a_communitys_own_process_stands_before_the_shipped_one(folder: Path) -> None:
    """A process file in the community's repository is the one that counts."""
    own = folder / "workflows" / "incident.yml"
    own.parent.mkdir()
    text = (shipped.workflows() / "incident.yml").read_text(encoding="utf-8")
    own.write_text(text.replace('version: "1.1"', 'version: "1.1-acme"'), encoding="utf-8")
    assert load_definition(folder, "incident").process.version == "1.1-acme"


def test_without_a_configuration_nothing_runs(tmp_path: Path) -> None:
    """An unconfigured repository is refused by one line that says what to write."""
    with pytest.raises(DefinitionError, match="isn't configured") as error:
        desk(tmp_path, "acme/incidents", "token")
    assert "\n" not in str(error.value)
    assert "administrators" in str(error.value)


def test_a_wrong_process_is_refused_before_anything_is_done(folder: Path) -> None:
    """A mistake in the community's own process is named with its file."""
    own = folder / "workflows" / "incident.yml"
    own.parent.mkdir()
    own.write_text("process: incident\nstats: {}\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"incident\.yml"):
        desk(folder, "acme/incidents", "token")


SECRET = "s3cr3t"
WRONG = [
    ("COCFLOW_SMTP_URL", f"smtp.example.org:{SECRET}", "mail"),
    ("COCFLOW_SMTP_URL", f"smtps://u:{SECRET}@mail.example.org", "mail"),
    ("SLACK_BOT_TOKEN", f"xoxb\n{SECRET}", "slack"),
]


@pytest.mark.parametrize(("name", "value", "channel"), WRONG)
def test_a_wrong_setting_is_its_channels_failure(folder: Path, name: str, value: str, channel: str) -> None:
    """A desk is made all the same; whom the channel would reach waits for it, and why is known, not shown."""
    made = desk(folder, "acme/incidents", "token", settings={name: value})
    assert isinstance(made.notifier, Channels)
    ((failed, error),) = made.notifier.failed.items()
    assert (failed, error.fault) == (channel, "setting")
    assert SECRET not in str(error)
    reached = Person(key="p1", name="Riya", mail="riya@example.org", slack="U0RIYA0001")
    assert made.notifier.reaches(reached)
    told = of_channel(failed, error)
    assert (told.kind, told.subject) == ("setting", channel)
    assert name in told.remedy
    assert SECRET not in told.line


def test_a_wrong_mailbox_is_its_own_failure(folder: Path) -> None:
    """The desk is made, and reading the mailbox says what is wrong with its setting, without showing it."""
    made = desk(folder, "acme/incidents", "token", settings={"COCFLOW_IMAP_URL": f"imap://x:{SECRET}@mx/"})
    assert made.mailbox is not None
    with pytest.raises(ChannelError) as error:
        made.mailbox.waiting(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    assert error.value.fault == "setting"
    assert SECRET not in of_mailbox(error.value).line
    assert of_mailbox(error.value).kind == "setting"


def test_one_token_serves_mail_and_mailbox(folder: Path) -> None:
    """Where neither has a password, one token is asked for, and a password stands before any."""
    with (
        provider(USER) as tokens,
        smtp_server(login=True, provider=tokens) as smtp,
        imap_server() as imap,
    ):
        line = f"{USER}@127.0.0.1"
        settings = {
            "COCFLOW_OAUTH": tokens.app(),
            "COCFLOW_SMTP_URL": f"smtp://{line}:{smtp.port}?from=coc@example.org",
        }
        with takes_tokens(imap.port, tokens) as only_tokens:
            settings["COCFLOW_IMAP_URL"] = f"imap://{line}:{only_tokens.port}/"
            made = desk(folder, "acme/incidents", "token", settings=settings)
            assert made.mailbox is not None
            with closing(made.mailbox) as mailbox:
                mailbox.try_out()
            made.notifier.try_out()
        assert isinstance(made.notifier, Channels)
        assert (made.notifier.failed, len(tokens.asked)) == ({}, 1)
        own = f"imap://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{imap.port}/"
        made = desk(folder, "acme/incidents", "token", settings=settings | {"COCFLOW_IMAP_URL": own})
        assert made.mailbox is not None
        with closing(made.mailbox) as mailbox:
            mailbox.try_out()
        assert len(tokens.asked) == 1


OAUTH = [f"{{{SECRET}", f'{{"type": "client_credentials", "client_id": "a", "client_secret": "{SECRET}"}}']


@pytest.mark.parametrize("value", ["", *OAUTH])
def test_a_wrong_sign_in_is_the_failure_of_whoever_needs_it(folder: Path, value: str) -> None:
    """Without a right COCFLOW_OAUTH, mail and mailbox without a password fail; whatever has one doesn't."""
    with imap_server() as imap, smtp_server(login=True) as smtp:
        settings = {
            "COCFLOW_OAUTH": value,
            "COCFLOW_SMTP_URL": f"smtp://{USER}@127.0.0.1:{smtp.port}?from=coc@example.org",
            "COCFLOW_IMAP_URL": f"imap://{USER}@127.0.0.1:{imap.port}/",
        }
        made = desk(folder, "acme/incidents", "token", settings=settings)
        made.notifier.try_out()
        assert isinstance(made.notifier, Channels)
        assert made.mailbox is not None
        with pytest.raises(ChannelError) as error:
            made.mailbox.try_out()
        for told in (of_channel("mail", made.notifier.failed["mail"]), of_mailbox(error.value)):
            assert (told.kind, SECRET in told.line) == ("setting", False)
            assert "COCFLOW_OAUTH" in told.line


def test_without_a_setting_there_is_no_channel(folder: Path) -> None:
    """What was never set up fails nothing: people are told by hand."""
    made = desk(folder, "acme/incidents", "token", settings={})
    assert isinstance(made.notifier, Channels)
    assert (made.notifier.failed, made.mailbox) == ({}, None)
    assert not made.notifier.reaches(Person(key="p1", name="Riya", mail="riya@example.org"))


# --- rooms -----------------------------------------------------------------------------------------

IN_ROOMS = RoomsSettings(organization="acme-rooms", app=7, template="template")


def test_without_rooms_in_the_configuration_there_are_none(folder: Path) -> None:
    """Whatever key is given, nothing changes; the desk knows its own repository."""
    made = desk(folder, "acme/incidents", "token", settings={"COCFLOW_ROOMS_KEY": "a key"})
    assert (made.rooms, made.repository) == (None, "acme/incidents")


@pytest.mark.parametrize("key", ["", "Zq7Marker"])
def test_rooms_with_a_wrong_key_fail_when_they_are_asked(key: str) -> None:
    """The run goes on without them, and says which secret is wrong, and nothing of what it holds."""
    with_rooms = msgspec.structs.replace(community(), rooms=IN_ROOMS)
    found = rooms(with_rooms, {"COCFLOW_ROOMS_KEY": key})
    assert isinstance(found, UnusableRooms)
    with pytest.raises(ChannelError, match="COCFLOW_ROOMS_KEY") as caught:
        found.listing()
    assert caught.value.fault == "setting"
    assert "Zq7Marker" not in f"{caught.value}{caught.value.detail}"


def test_rooms_are_made_without_a_word_to_github() -> None:
    """By the App's key, or by the token of a person who keeps them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    with_rooms = msgspec.structs.replace(community(), rooms=IN_ROOMS)
    nowhere = "http://127.0.0.1:9"
    assert isinstance(rooms(with_rooms, {"COCFLOW_ROOMS_KEY": key.decode()}, nowhere), GitHubRooms)
    assert isinstance(own_rooms(IN_ROOMS, "token", nowhere), GitHubRooms)
