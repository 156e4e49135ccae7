"""`cocflow init`: from nothing to a private repository that works, or a folder that can become one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from cocflow.cli.visiting import (
    VisitError,
    checked_out,
    community_in,
    community_of,
    configured_in,
    explaining,
    processes_in,
    shipped_for,
    visit,
)
from cocflow.core.people.providers import PROVIDERS
from cocflow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cocflow.cli.visiting import Visit
    from cocflow.core.people.roster import Administrator, Vault
    from cocflow.core.process import Process
    from cocflow.ports import Accounts, Files
    from cocflow.setup.install import Asked, Installation, Plan
    from cocflow.setup.roster import Pin

_LIKE_A_LOGIN = re.compile(r"@?[a-z0-9]+(-[a-z0-9]+)*")

PARTS = ("login", "name", "mail", "slack")
ADMINISTRATOR = "LOGIN[,NAME[,MAIL[,SLACK-ID]]]"


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the flags say of a new configuration; "" and () where they say nothing."""

    community: str
    code_of_conduct: str
    time_zone: str
    administrators: tuple[str, ...]
    rules_channel: str
    outside_contact: str
    reports: str
    appeals: str
    mail_provider: str
    administrators_slack_channel: str


@click.command()
@click.argument("repository", metavar="[OWNER/REPO]", required=False)
@click.option(
    "--local", type=click.Path(file_okay=False, path_type=Path), help="Write into this folder instead."
)
@click.option(
    "--like",
    metavar="OWNER/FIRST",
    help="Make it another vault of the community that has this one, with administrators of its own.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and every difference; write nothing.")
@click.option("--community", default="", help="What people call the community.")
@click.option("--code-of-conduct", default="", help="Where its Code of Conduct can be read: https://…")
@click.option("--time-zone", default="", help="As in Europe/Berlin, or UTC.")
@click.option(
    "--administrator", "administrators", multiple=True, metavar=ADMINISTRATOR, help="Once for each of them."
)
@click.option("--rules-channel", default="", help="Where people talk about the rules.")
@click.option("--outside-contact", default="", help="Who can be turned to about an administrator.")
@click.option("--reports", default="", help="The mail address to which reports go that come by mail.")
@click.option("--appeals", default="", help="The mail address to which appeals against a suspension go.")
@click.option("--mail-provider", default="", help=f"Who runs that mailbox: {', '.join(PROVIDERS)}.")
@click.option(
    "--administrators-slack-channel", default="", help="Slack's id of a channel that only they read."
)
def init(
    repository: str | None,
    local: Path | None,
    like: str | None,
    dry_run: bool,
    **given: str | tuple[str, ...],
) -> None:
    """Create a private repository for incidents, or bring one up to date.

    Creates OWNER/REPO or takes an existing private one, closes what must be closed, creates the
    labels, and writes form, jobs, configuration, processes and templates. What isn't given by a flag
    is asked for. Run again, it finishes what was interrupted, or updates what the community hasn't
    changed, and keeps what it has. With --like, all vaults of the community are told of each other.
    Needs a token of yours in GH_TOKEN (scopes repo, workflow and read:org).

    \b
    Examples:
      GH_TOKEN=$(gh auth token) cocflow init OWNER/incidents
      cocflow init OWNER/incidents --dry-run
    """
    from cocflow.setup.install import Installation

    flags = msgspec.convert({name: _typed(value) for name, value in given.items()}, Given)
    work = Installation(click.echo, dry_run=dry_run)
    with explaining():
        if like is not None:
            if local is not None or not _only_of_its_own(flags):
                raise VisitError(
                    "With --like, give the administrators and their Slack channel alone: the rest is the"
                    " other vault's, and it is made on GitHub."
                )
            _set_up_another_vault(repository, like, work, flags)
        elif local is not None:
            _set_up_folder(local, repository, work, flags)
        else:
            _set_up_repository(repository, work, flags)
    if not work.changed:
        click.echo("Everything is as it should be; nothing was changed.")
    elif like is not None and not dry_run:
        click.echo(_NEXT)
        click.echo(_NEXT_VAULT)


_NEXT = """
Incidents are kept for ever, unless .github/cocflow.yml has the line `retention: by outcome`
(docs/retention.md).

Three steps are left:

1. Invite the administrators (Settings, Collaborators): in an organization with the role Triage, and one
   keeper with Write. In a person's own repository there is no such role: whoever is let in can push, so the
   roster, the jobs and the secrets are theirs too. Whoever can read the repository can read every incident.
2. Run Sweep once, on the page Actions.
3. Run `cocflow doctor`: it says who can read what, and what is missing."""


_NEXT_VAULT = """
Let nobody of the first vault's administrators into the new one, which is for reports about them: if you
made it and are one of them, have an owner take your access to it away. Owners of the organization read
both. Give it the secrets for mail that the first has, and a COCFLOW_LEDGER_KEY of its own. Where there are
rooms, its jobs need a key of the App, too: generate another one on the App's page, and give `cocflow rooms
init` with --vault and the new vault, and --key and the file. Then run `cocflow doctor` for each: it says
whether somebody reads what they shouldn't."""


_UPDATED = """
Up to date. Cases go on as they were. Now run `cocflow doctor {repository}`: it says what the repository needs
besides, as roles, pinned accounts or secrets."""


_KEPT = """
You have changed these, so they stay as they are. What is new in them stands above, to take over by hand:
{paths}"""


def _only_of_its_own(given: Given) -> bool:
    """Whether the flags say nothing but what is each vault's own."""
    own = ("administrators", "administrators_slack_channel")
    return not any(value for name, value in msgspec.structs.asdict(given).items() if name not in own)


def _set_up_folder(folder: Path, repository: str | None, work: Installation, given: Given) -> None:
    from cocflow.adapters.folder import Folder

    if repository is not None:
        raise VisitError("Name either OWNER/REPO or --local DIR, not both.")
    files = Folder(folder)
    planned, _ = _plan(files, lambda: _new(given, None))
    _show(planned)
    work.write(files, planned)


def _set_up_repository(repository: str | None, work: Installation, given: Given) -> None:
    here = visit(repository)
    _say_what_counts(here, given)
    planned = _set_up(here, work, lambda: _new(given, here.premises))
    if work.changed and not work.dry_run:
        click.echo(_NEXT if planned.is_first else _UPDATED.format(repository=here.repository))
        if planned.kept and not planned.is_first:
            click.echo(_KEPT.format(paths="\n".join(f"  {one}" for one in planned.kept)))


def _say_what_counts(here: Visit, given: Given) -> None:
    """Say which flags change nothing, since the repository has a configuration that says something else."""
    from cocflow.setup.install import CONFIGURATION

    flags = {name: value for name, value in msgspec.structs.asdict(given).items() if value}
    if not flags or community_of(here) is None:
        return
    text = here.premises.content(CONFIGURATION).decode()
    flags["administrators"] = tuple(one.partition(",")[0].strip() for one in given.administrators)
    ignored = [name for name, value in flags.items() if any(one not in text for one in _each(value))]
    if ignored:
        named = ", ".join(_flag(name) for name in ignored)
        click.echo(
            f"{here.repository} is set up already, and this changes nothing of its configuration:"
            f" {named}."
            " Write it into .github/cocflow.yml there."
        )


def _flag(name: str) -> str:
    """Return the flag that gives a value of that name."""
    return next(param.opts[0] for param in init.params if param.name == name)


def _each(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _set_up(
    here: Visit, work: Installation, configured: Callable[[], Configured], vaults: tuple[Vault, ...] = ()
) -> Plan:
    from cocflow.setup.install import acceptable

    settings = acceptable(here.premises)
    planned, processes = _plan(here.premises, configured, here.repository, vaults)
    _show(planned)
    settings = settings or work.create(here.premises)
    if settings is not None:
        work.close_off(here.premises, settings)
        work.make_labels(here.premises, processes)
        if work.changed:
            _offer_to_remove(here)
    work.write(here.premises, planned)
    return planned


def _offer_to_remove(here: Visit) -> None:
    """Say how the labels go that ask for nothing."""
    from cocflow.setup.labels import needless

    if others := needless(here.premises.labels()):
        click.echo(
            "Labels that ask for nothing, GitHub's own or an earlier version's, stand among yours in the"
            " picker. To take them away:"
        )
        for one in others:
            click.echo(f'  gh label delete "{one}" --repo {here.repository} --yes')


def _set_up_another_vault(repository: str | None, like: str, work: Installation, given: Given) -> None:
    """Make the vault, and only then have the others know of it: what they leave to it lies unread."""
    here, first = visit(repository), visit(like)
    if here.repository.casefold() == first.repository.casefold():
        raise VisitError("Another vault needs a repository of its own: name one that isn't there yet.")
    vaults = _vaults(here, first, given)
    for one in sorted(vaults, key=lambda one: one.repository.casefold() != here.repository.casefold()):
        click.echo(f"{one.repository}:")
        _set_up(visit(one.repository), work, lambda one=one: _like(first, one, given), vaults)  # type: ignore[misc]


def _vaults(here: Visit, first: Visit, given: Given) -> tuple[Vault, ...]:
    """Return all vaults in their order, the new one last, each with the administrators that it names."""
    from cocflow.core.people.roster import Vault
    from cocflow.setup.roster import pinned

    community = community_of(first)
    if community is None:
        raise VisitError(f"{first.repository} isn't set up yet: run cocflow init {first.repository} first.")
    names = [one.repository for one in community.vaults] or [first.repository]
    if here.repository.casefold() not in {one.casefold() for one in names}:
        names.append(here.repository)
    found: list[Vault] = []
    for name in names:
        known = community_of(visit(name))
        if known is not None:
            roster = known.administrators
        elif name.casefold() == here.repository.casefold():
            roster = pinned(_looked_up(_administrators(given.administrators), here.premises))
        else:
            raise VisitError(
                f"{name} is a vault of {first.repository}'s, and can't be read, or isn't set up."
            )
        found.append(Vault(repository=name, administrators=roster))
    return tuple(found)


class Configured(msgspec.Struct, frozen=True):
    """A new configuration, and what the community has changed of the files that are shipped."""

    text: str
    files: Mapping[str, bytes] = {}


def _new(given: Given, accounts: Accounts | None) -> Configured:
    """Return the configuration that flags and answers make."""
    from cocflow.setup import shipped
    from cocflow.setup.install import CONFIGURATION, configuration

    template = (shipped.root() / CONFIGURATION).read_text(encoding="utf-8")
    return Configured(configuration(template, _pinned(_asked(given), accounts)))


def _like(first: Visit, vault: Vault, given: Given) -> Configured:
    """Return the first one's configuration as another vault's, and what else is the community's own."""
    from cocflow.setup.install import CONFIGURATION, another_vault, own_files

    text = first.premises.content(CONFIGURATION).decode()
    own = another_vault(text, vault.administrators, given.administrators_slack_channel)
    return Configured(own, own_files(first.premises))


def _plan(
    files: Files,
    configured: Callable[[], Configured],
    repository: str = "",
    vaults: tuple[Vault, ...] = (),
) -> tuple[Plan, tuple[Process, ...]]:
    """Compare what is there with what is shipped, and check the configuration before anything is written.

    `configured` gives that of a repository that has none; `vaults` are written into it, if there are any.
    """
    from cocflow.setup import shipped
    from cocflow.setup.install import (
        CONFIGURATION,
        Filling,
        Remembered,
        blame,
        filling_of,
        plan,
        renew,
        shipped_files,
        with_vaults,
    )

    files = Remembered(files)
    with checked_out(files) as folder:
        present = configured_in(folder)
        given = configured() if present is None else Configured(present)
        planned = plan(files, shipped_files(shipped.root()), Filling(values={}), given.files)
        renew(folder, planned)
        try:
            processes = processes_in(folder)
        except DefinitionError as mistake:
            raise blame(planned, mistake) from None
        text = with_vaults(given.text, vaults, repository) if vaults else given.text
        community = community_in(text, processes, repository)
    filling = filling_of(community, processes)
    new = {path: filling.of(path, content) for path, content in given.files.items()}
    if text != present:
        new[CONFIGURATION] = text.encode()
    wanted = shipped_for(files, signs=community.rooms is not None)
    return plan(files, wanted, filling, new), processes


def _pinned(asked: Asked, accounts: Accounts | None) -> Asked:
    """Return what was asked with each administrator's account, and say of whom there is none."""
    from cocflow.setup.roster import pinned

    if accounts is None:
        return asked
    return msgspec.structs.replace(asked, administrators=pinned(_looked_up(asked.administrators, accounts)))


def _looked_up(administrators: tuple[Administrator, ...], accounts: Accounts) -> tuple[Pin, ...]:
    """Return whose the logins are, and say of whom there is none."""
    from cocflow.setup.roster import pins

    found = pins(administrators, accounts)
    for one in found:
        if one.standing == "nobody":
            click.echo(f"{one.administrator.login}: there is no such account on GitHub (yet).")
    return found


def _asked(given: Given) -> Asked:
    """Return what a new configuration says, by the flags and, where they are silent, by asking.

    Whoever gives all that is required by flags runs unattended, and is asked nothing.
    """
    from cocflow.setup.install import Asked

    unattended = given.community and given.code_of_conduct and given.time_zone and given.administrators
    optional = _leave if unattended else _offer
    texts = {
        "community": given.community or _prompt("What do people call your community?"),
        "code_of_conduct": given.code_of_conduct
        or _prompt("Where is its Code of Conduct (https://…)?", check=_address),
        "time_zone": given.time_zone or _prompt("In which time zone are dates meant?", "UTC", _zone),
        "rules_channel": given.rules_channel
        or optional("Where do people talk about the rules? (Enter: nowhere)"),
        "outside_contact": given.outside_contact
        or optional("Who can be turned to about an administrator? (Enter: nobody yet)"),
        "reports": given.reports,
        **_mail(given, optional),
        "letters_since": datetime.now(UTC).isoformat(timespec="seconds"),
        "administrators_slack_channel": given.administrators_slack_channel,
    }
    return Asked(texts=texts, administrators=_administrators(given.administrators))


def _mail(given: Given, optional: Callable[..., str]) -> dict[str, str]:
    """Return the address for appeals, and who runs the mailbox, which is asked only where there is one."""
    address = given.appeals or optional("To which mail address do appeals go? (Enter: none)", _mailbox)
    whose = f"Who runs that mailbox: {', '.join(PROVIDERS)}? (Enter: somebody else)"
    return {
        "appeals": address,
        "mail_provider": given.mail_provider
        or (optional(whose, _provider).lower() if address or given.reports else ""),
    }


def _leave(question: str, check: Callable[[str], None] | None = None) -> str:
    """Don't ask."""
    return ""


def _offer(question: str, check: Callable[[str], None] | None = None) -> str:
    """Ask what may be left out."""
    return _prompt(question, "", check)


def _prompt(question: str, default: str | None = None, check: Callable[[str], None] | None = None) -> str:
    """Ask until the answer can be used; what was answered before is kept."""

    def read(answer: str) -> str:
        text = _read(answer).strip()
        if text and check is not None:
            try:
                check(text)
            except VisitError as mistake:
                raise click.BadParameter(str(mistake)) from None
        return text

    answer: str = click.prompt(
        question, default=default, show_default=bool(default), value_proc=read, err=False
    )
    return answer


def _address(text: str) -> None:
    if not text.startswith(("https://", "http://")):
        raise VisitError("That is no address of a page: it begins with https://.")


def _zone(text: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise VisitError("There is no such time zone; as in Europe/Berlin, or UTC.") from None


def _mailbox(text: str) -> None:
    if "@" not in text or " " in text:
        raise VisitError("That is no mail address.")


def _provider(text: str) -> None:
    if text.lower() not in PROVIDERS:
        raise VisitError(f"One of {', '.join(PROVIDERS)}, or Enter.")


def _typed(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return _read(value) if isinstance(value, str) else tuple(_read(one) for one in value)


def _read(text: str) -> str:
    """Return what was typed as UTF-8, where the machine's locale knows no such letters."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _administrators(given: tuple[str, ...]) -> tuple[Administrator, ...]:
    if given:
        return tuple(_administrator(one) for one in given)
    question = f"Who are the administrators? {ADMINISTRATOR}; several with a semicolon between them"
    return _several(_prompt(question, check=_administrators_named))


def _administrators_named(text: str) -> None:
    _several(text)


def _several(text: str) -> tuple[Administrator, ...]:
    return tuple(_administrator(one) for one in text.split(";") if one.strip())


def _administrator(text: str) -> Administrator:
    from cocflow.core.people.roster import Administrator

    parts = [part.strip() for part in text.split(",")]
    if len(parts) > len(PARTS) or not parts[0]:
        raise VisitError(f"An administrator is given as {ADMINISTRATOR}.")
    if len(parts) > 1 and _LIKE_A_LOGIN.fullmatch(parts[1]):
        raise VisitError(
            f"`{parts[1][:40]}` reads like another login, and a name belongs there. Several administrators"
            f" stand with a semicolon between them: `{parts[0][:40]}; {parts[1][:40]}`."
        )
    login, name, mail, slack = (*parts, *[""] * (len(PARTS) - len(parts)))
    return Administrator(login=login.removeprefix("@"), name=name, mail=mail, slack=slack)


_STALE = "remove: it isn't what the jobs import now (in a checkout, `.ci/bundle.py` packs that)"


def _show(planned: Plan) -> None:
    """Show the difference of each file that is there already."""
    from cocflow.setup.archive import is_of_archive

    said = {
        "update": "update",
        "remove": "remove: it is shipped no more",
        "keep": "keep: you have changed it",
    }
    for change in planned.changes:
        if change.kind == "add":
            continue
        stale = change.kind == "remove" and is_of_archive(change.path)
        click.echo(f"{change.path}: {_STALE if stale else said[change.kind]}")
        click.echo(change.difference(), nl=False)
