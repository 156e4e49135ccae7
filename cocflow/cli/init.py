"""`cocflow init`: from nothing to a private repository that works, or a folder that can become one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from cocflow.cli.visiting import (
    VisitError,
    checked_out,
    community_in,
    explaining,
    processes_in,
    shipped_for,
    visit,
)
from cocflow.core.people.providers import PROVIDERS
from cocflow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cocflow.core.people.roster import Administrator
    from cocflow.core.process import Process
    from cocflow.ports import Accounts, Files
    from cocflow.setup.install import Asked, Installation, Plan

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
def init(repository: str | None, local: Path | None, dry_run: bool, **given: str | tuple[str, ...]) -> None:
    """Create a private repository for incidents, or bring one up to date.

    Creates OWNER/REPO or takes an existing private one, closes what must be closed, creates the
    labels, and writes form, jobs, configuration, processes and templates. What isn't given by a flag
    is asked for. Run again, it finishes what was interrupted, or updates what the community hasn't
    changed, and keeps what it has. Needs a token of yours in GH_TOKEN (scopes repo, workflow and
    read:org).
    """
    from cocflow.setup.install import Installation

    flags = msgspec.convert({name: _typed(value) for name, value in given.items()}, Given)
    work = Installation(click.echo, dry_run=dry_run)
    with explaining():
        if local is not None:
            _set_up_folder(local, repository, work, flags)
        else:
            _set_up_repository(repository, work, flags)
    if not work.changed:
        click.echo("Everything is as it should be; nothing was changed.")
    elif not dry_run and local is None:
        click.echo(_NEXT)


_NEXT = """
Next: invite the administrators (Settings, Collaborators): in an organization with the role Triage, and one
keeper with Write. In a person's own repository there is no such role: whoever is let in can push, so the
roster, the jobs and the secrets are theirs too. Then run Sweep once on the page Actions, and `cocflow
doctor`. Whoever can read the repository can read every incident in it."""


def _set_up_folder(folder: Path, repository: str | None, work: Installation, given: Given) -> None:
    from cocflow.adapters.folder import Folder

    if repository is not None:
        raise VisitError("Name either OWNER/REPO or --local DIR, not both.")
    files = Folder(folder)
    planned, _ = _plan(files, given, None)
    _show(planned)
    work.write(files, planned)


def _set_up_repository(repository: str | None, work: Installation, given: Given) -> None:
    from cocflow.setup.install import acceptable

    here = visit(repository)
    settings = acceptable(here.premises)
    planned, processes = _plan(here.premises, given, here.premises)
    _show(planned)
    settings = settings or work.create(here.premises)
    if settings is not None:
        work.close_off(here.premises, settings)
        work.make_labels(here.premises, processes)
    work.write(here.premises, planned)


def _plan(files: Files, given: Given, accounts: Accounts | None) -> tuple[Plan, tuple[Process, ...]]:
    """Compare what is there with what is shipped, and check the configuration before anything is written.

    `accounts` says whose the logins of a new roster are; None where nobody can be asked.
    """
    from cocflow.setup import shipped
    from cocflow.setup.install import (
        CONFIGURATION,
        Filling,
        Remembered,
        blame,
        configuration,
        filling_of,
        plan,
        renew,
    )

    files = Remembered(files)
    wanted = shipped_for(files)
    with checked_out(files) as folder:
        planned = plan(files, wanted, Filling(values={}), {})
        renew(folder, planned)
        try:
            processes = processes_in(folder)
        except DefinitionError as mistake:
            raise blame(planned, mistake) from None
        template = (shipped.root() / CONFIGURATION).read_text(encoding="utf-8")
        own = folder / CONFIGURATION
        present = own.read_text(encoding="utf-8") if own.exists() else template
        if present == template:
            text = configuration(template, _pinned(_asked(given), accounts))
            new: Mapping[str, bytes] = {CONFIGURATION: text.encode()}
        else:
            text, new = present, {}
        community = community_in(text, processes)
    return plan(files, wanted, filling_of(community, processes), new), processes


def _pinned(asked: Asked, accounts: Accounts | None) -> Asked:
    """Return what was asked with each administrator's account, and say of whom there is none."""
    from cocflow.setup.roster import pinned, pins

    if accounts is None:
        return asked
    found = pins(asked.administrators, accounts)
    for one in found:
        if one.standing == "nobody":
            click.echo(f"{one.administrator.login}: there is no such account on GitHub (yet).")
    return msgspec.structs.replace(asked, administrators=pinned(found))


def _asked(given: Given) -> Asked:
    """Return what a new configuration says, by the flags and, where they are silent, by asking.

    Whoever gives all that is required by flags runs unattended, and is asked nothing.
    """
    from cocflow.setup.install import Asked

    unattended = given.community and given.code_of_conduct and given.time_zone and given.administrators
    optional = _leave if unattended else _offer
    texts = {
        "community": given.community or _prompt("What do people call your community?"),
        "code_of_conduct": given.code_of_conduct or _prompt("Where is its Code of Conduct (https://…)?"),
        "time_zone": given.time_zone or _prompt("In which time zone are dates meant?", "UTC"),
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


def _mail(given: Given, optional: Callable[[str], str]) -> dict[str, str]:
    """Return the address for appeals, and who runs the mailbox, which is asked only where there is one."""
    address = given.appeals or optional("To which mail address do appeals go? (Enter: none)")
    whose = f"Who runs that mailbox: {', '.join(PROVIDERS)}? (Enter: somebody else)"
    return {
        "appeals": address,
        "mail_provider": given.mail_provider or (optional(whose).lower() if address or given.reports else ""),
    }


def _leave(question: str) -> str:
    """Don't ask."""
    return ""


def _offer(question: str) -> str:
    """Ask what may be left out."""
    return _prompt(question, "")


def _prompt(question: str, default: str | None = None) -> str:
    answer: str = click.prompt(question, default=default, show_default=bool(default))
    return _read(answer).strip()


def _typed(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return _read(value) if isinstance(value, str) else tuple(_read(one) for one in value)


def _read(text: str) -> str:
    """Return what was typed as UTF-8, where the machine's locale knows no such letters."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _administrators(given: tuple[str, ...]) -> tuple[Administrator, ...]:
    if given:
        return tuple(_administrator(one) for one in given)
    question = f"Who are the administrators? {ADMINISTRATOR}; several with a semicolon between them"
    return tuple(_administrator(one) for one in _prompt(question).split(";") if one.strip())


def _administrator(text: str) -> Administrator:
    from cocflow.core.people.roster import Administrator

    parts = [part.strip() for part in text.split(",")]
    if len(parts) > len(PARTS) or not parts[0]:
        raise VisitError(f"An administrator is given as {ADMINISTRATOR}.")
    login, name, mail, slack = (*parts, *[""] * (len(PARTS) - len(parts)))
    return Administrator(login=login.removeprefix("@"), name=name, mail=mail, slack=slack)


def _show(planned: Plan) -> None:
    """Show the difference of each file that is there already."""
    said = {
        "update": "update",
        "remove": "remove: it is shipped no more",
        "keep": "keep: you have changed it",
    }
    for change in planned.changes:
        if change.kind == "add":
            continue
        click.echo(f"{change.path}: {said[change.kind]}")
        click.echo(change.difference(), nl=False)
