"""The one place that picks concrete classes: a community's folder and a repository to a desk.

A community's own processes, form and templates stand before the shipped ones. A class that only some
communities, or other commands than the jobs', need is imported where it is picked.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cocflow.adapters.client import API, TIMEOUT
from cocflow.adapters.github import GitHubTracker
from cocflow.core.case.case import Definition
from cocflow.core.case.seal import read_seal
from cocflow.core.people.roster import Community, RoomsSettings
from cocflow.errors import DefinitionError
from cocflow.messages import Templates
from cocflow.ports import ChannelError, Grounds, Mailbox, Notifier, Premises, Rooms
from cocflow.run.channels import Channels, Unreadable, Unusable, UnusableRooms
from cocflow.run.desk import Desk
from cocflow.setup.community import load_community
from cocflow.setup.in_force import FORM_FIELDS, check_together, load_process_and_form, templates_of
from cocflow.setup.in_force import load_processes as load_processes
from cocflow.setup.job import SWEEP_JOB, sweep_interval

if TYPE_CHECKING:
    from cocflow.adapters.probing import GitHubProbing
    from cocflow.adapters.sasl import Token

CONFIGURATION = Path(".github") / "cocflow.yml"


def desk(
    folder: Path,
    repository: str,
    token: str,
    base_url: str = API,
    outbox: Path | None = None,
    settings: Mapping[str, str] | None = None,
    rooms_timeout: int = TIMEOUT,
) -> Desk:
    """Return the desk of a community whose repository is checked out in `folder`.

    `repository` is `owner/name`. `outbox`: a folder that becomes a Maildir, instead of the channels
    that `settings` set up (`SLACK_BOT_TOKEN`, `COCFLOW_SMTP_URL`, `COCFLOW_IMAP_URL`, and for the last two
    `COCFLOW_OAUTH`); whoever is reached by none is told by hand. `COCFLOW_LEDGER_KEY` signs what is written.
    `COCFLOW_ROOMS_KEY` leads into rooms, where there are any, which have `rooms_timeout` seconds to answer.
    Raises DefinitionError for anything wrong in files or in the ledger's key; another wrong setting is its
    channel's failure.
    """
    settings = settings or {}
    definitions = {name: load_definition(folder, name) for name in FORM_FIELDS}
    check_together((one.process for one in definitions.values()), folder)
    figures = {one.name: one for definition in definitions.values() for one in definition.process.figures}
    community = load_community(folder / CONFIGURATION, figures, repository)
    templates = Templates(templates_of(folder), community.zone)
    signing_in = tokens(settings)
    return Desk(
        repository=repository,
        tracker=GitHubTracker(repository, token, base_url),
        notifier=channels(community, settings, signing_in) if outbox is None else _outbox(outbox, community),
        templates=templates,
        definitions=definitions,
        community=community,
        mailbox=mailbox(community, settings, signing_in),
        seal=read_seal(settings.get("COCFLOW_LEDGER_KEY", "")),
        rooms=rooms(community, settings, base_url, rooms_timeout),
        sweeps_every=sweep_interval(_text(folder / SWEEP_JOB)),
    )


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def tokens(settings: Mapping[str, str]) -> Token | None:
    """Return what gets the tokens for mail and mailbox, once for both; None if none are set up."""
    setting = settings.get("COCFLOW_OAUTH")
    if not setting:
        return None
    from cocflow.adapters.oauth import Tokens

    return Tokens(setting)


def channels(community: Community, settings: Mapping[str, str], signing_in: Token | None = None) -> Channels:
    """Return the channels that are set up, in the community's order of preference.

    One whose setting is wrong is among them: it fails, and those whom it would reach wait for it.
    """
    made: dict[str, Notifier] = {}
    if url := settings.get("COCFLOW_SMTP_URL"):
        made["mail"] = _mail(url, community, signing_in)
    if token := settings.get("SLACK_BOT_TOKEN"):
        made["slack"] = _slack(token, settings.get("SLACK_API_URL", ""), community)
    return Channels([(name, made[name]) for name in community.channels if name in made])


def _outbox(folder: Path, community: Community) -> Notifier:
    from cocflow.adapters.outbox import Outbox

    return Outbox(folder, community.answers_to)


def _mail(url: str, community: Community, signing_in: Token | None) -> Notifier:
    from cocflow.adapters import mail

    try:
        smtp = mail.SmtpSettings.from_url(url, tokens=signing_in is not None)
        return mail.MailNotifier(smtp, mailbox=community.answers_to, name=community.name, token=signing_in)
    except DefinitionError as error:
        return Unusable(mail.reaches, ChannelError("setting", "COCFLOW_SMTP_URL", detail=str(error)))


def _slack(token: str, url: str, community: Community) -> Notifier:
    from cocflow.adapters import slack

    names = ("rules_slack_channel", "administrators_slack_channel")
    places = {name: channel for name in names if (channel := getattr(community, name))}
    try:
        return slack.SlackNotifier(token, url or slack.API, places=places)
    except DefinitionError as error:
        return Unusable(slack.reaches, ChannelError("setting", "SLACK_BOT_TOKEN", detail=str(error)))


def mailbox(
    community: Community, settings: Mapping[str, str], signing_in: Token | None = None
) -> Mailbox | None:
    """Return the mailbox for letters, None if none is set up; set up wrongly, it fails when it is read."""
    url = settings.get("COCFLOW_IMAP_URL")
    if not url:
        return None
    from cocflow.adapters.mailbox import ImapMailbox, ImapSettings

    try:
        imap = ImapSettings.from_url(url, tokens=signing_in is not None)
    except DefinitionError as error:
        return Unreadable(ChannelError("setting", "COCFLOW_IMAP_URL", detail=str(error)))
    return ImapMailbox(
        imap,
        address=community.answers_to,
        ours=(community.reports, community.appeals),
        authserv_id=community.authserv_id,
        mail_provider=community.mail_provider,
        token=signing_in,
    )


def rooms(
    community: Community, settings: Mapping[str, str], base_url: str = API, timeout: int = TIMEOUT
) -> Rooms | None:
    """Return the community's rooms, by the key of its App in `settings`; None if it has none.

    With a wrong key they fail when they are asked for. `timeout`: the seconds that an answer may take.
    """
    if community.rooms is None:
        return None
    from cocflow.adapters.app import SETTING, App, read_key
    from cocflow.adapters.rooms import GitHubRooms

    try:
        key = read_key(settings.get(SETTING, ""))
    except DefinitionError as error:
        return UnusableRooms(ChannelError("setting", SETTING, detail=str(error)))
    app = App(community.rooms, key, base_url, timeout=timeout)
    return GitHubRooms(community.rooms, app, base_url, timeout=timeout)


def own_rooms(settings: RoomsSettings, token: str, base_url: str = API) -> Rooms:
    """Return rooms by the own token of a person who may keep them."""
    from cocflow.adapters.rooms import GitHubRooms

    return GitHubRooms(settings, lambda name, permissions: token, base_url)


def load_definition(folder: Path, name: str) -> Definition:
    """Return a process and its form: the community's own files, else the shipped ones."""
    return Definition(*load_process_and_form(folder, name))


def premises(repository: str, token: str, base_url: str = API) -> Premises:
    """Return the administration side of a repository, `owner/name`, by a person's own token."""
    from cocflow.adapters.repository import GitHubPremises

    return GitHubPremises(repository, token, base_url)


def grounds(organization: str, token: str, base_url: str = API) -> Grounds:
    """Return the organization in which rooms are, by the token of a person who owns it."""
    from cocflow.adapters.organization import GitHubGrounds

    return GitHubGrounds(organization, token, base_url)


def probing(repository: str, token: str, base_url: str = API) -> GitHubProbing:
    """Return what asks GitHub, by reading a repository, whether it does as cocflow takes for granted."""
    from cocflow.adapters.probing import GitHubProbing

    return GitHubProbing(repository, token, base_url)
