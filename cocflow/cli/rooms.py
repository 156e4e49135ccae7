"""`cocflow rooms`: a place in which each reporter files on GitHub and sees nothing but their own report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cocflow.cli.visiting import (
    Visit,
    VisitError,
    checked_out,
    community_in,
    explaining,
    processes_in,
    shipped_for,
    survey,
    visit,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from cocflow.core.people.roster import Community, RoomsSettings
    from cocflow.core.process import Process
    from cocflow.ports import App, Grounds, Rooms
    from cocflow.run.desk import Desk
    from cocflow.setup.install import Installation
    from cocflow.setup.keeping import Kept


@click.group()
def rooms() -> None:
    """Set rooms up, list them, erase them.

    A room is a private repository for one person, in which they file a report and talk with the
    administrators. docs/rooms.md tells how. Needs a token of somebody who owns the organization that
    rooms are in, and administers the vault (the repository of the incidents), in GH_TOKEN.
    """


vault_option = click.option(
    "--vault", metavar="OWNER/REPO", help="The repository of the incidents; else GITHUB_REPOSITORY."
)


@rooms.command()
@click.argument("organization")
@vault_option
@click.option("--template", default="", help="What the repository is called that rooms are made from.")
@click.option("--app", type=click.IntRange(min=1), help="The number of the App, if it is registered.")
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with a private key of the App; else COCFLOW_ROOMS_KEY.",
)
def init(organization: str, vault: str | None, template: str, app: int | None, key: Path | None) -> None:
    """Set rooms up in an organization of the community's own.

    Checks the organization, switches Actions off in whatever is made there from now on (where jobs run
    already, they go on), makes the template that rooms are made from, has the App registered that
    makes them, gives its key to the vault's jobs, and writes where rooms are into the vault's
    configuration. Run again, it finishes what was interrupted, or renews the template. Needs a token of
    an owner of the organization (scopes repo, workflow and admin:org).

    \b
    Example: cocflow rooms init our-rooms --vault OWNER/incidents
    """
    from cocflow.core.people.roster import RoomsSettings
    from cocflow.setup.install import CONFIGURATION, Installation
    from cocflow.setup.rooms import TEMPLATE, fit, keep_jobs_out

    work = Installation(click.echo)
    with explaining():
        here = visit(vault)
        grounds = here.grounds(organization)
        settings = fit(grounds, organization)
        with checked_out(here.premises) as folder:
            processes, path = processes_in(folder), folder / CONFIGURATION
            if not path.exists():
                raise VisitError("There is no vault yet. Run cocflow init first.")
            community = community_in(path.read_bytes().decode(), processes, here.repository)
            before = community.rooms
            template = template or (before.template if before is not None else TEMPLATE)
            keep_jobs_out(work, grounds, organization, template)
            _template(here, f"{organization}/{template}", community, folder, work)
            made = _app(here, grounds, organization, before, app, _key(here, key), work)
            installation = _installed(here, grounds, organization, template, made)
            wrong = _rights(here, folder)
            wanted = RoomsSettings(
                organization=organization, app=made.number, template=template, installation=installation
            )
            _configure(here, path, wanted, processes, work)
    for one in wrong:
        click.echo(f"\n{one}")
    if settings.two_factor:
        click.echo(_TWO_FACTOR.format(organization=organization))
    click.echo(_NEXT if work.changed else "Everything is as it should be; nothing was changed.")


_TWO_FACTOR = """
{organization} demands two-factor authentication: a guest has to switch it on before they can come in."""

_NEXT = """
Next: delete the file of the key, if you have one. Run Sweep once on the page Actions of the vault, and then
`cocflow doctor`. With more than the role Triage in the vault an administrator could take the key. To let
somebody in, write `/room LOGIN` on an incident, or file the vault's form "Open a room". The sweep comes every
hour now: about 720 minutes a month of the 2,000 that are free."""


def _key(here: Visit, file: Path | None) -> str:
    """Return the App's key as it was given, "" if none was."""
    from cocflow.setup.rooms import KEY

    text = file.read_text(encoding="utf-8") if file is not None else here.settings[KEY]
    if text and "PRIVATE KEY-----" not in text:
        raise VisitError("That is no private key: GitHub gives a file that begins with -----BEGIN.")
    return text


def _template(here: Visit, name: str, community: Community, folder: Path, work: Installation) -> None:
    from cocflow.setup import shipped
    from cocflow.setup.in_force import own_or_shipped
    from cocflow.setup.job import SWEEP_JOB, sweep_interval, with_hourly_sweep, within
    from cocflow.setup.rooms import CHOOSER, FORM, set_up_template, template_files

    job = folder / SWEEP_JOB
    sweeps = with_hourly_sweep((job if job.exists() else shipped.root() / SWEEP_JOB).read_text("utf-8"))
    form, chooser, readme = (
        own_or_shipped(folder, one).read_text(encoding="utf-8")
        for one in (FORM, CHOOSER, "templates/room/README.md")
    )
    wanted = template_files(community, form, chooser, readme, within(sweep_interval(sweeps)))
    set_up_template(work, here.beside(name), wanted)


def _app(
    here: Visit,
    grounds: Grounds,
    organization: str,
    before: RoomsSettings | None,
    number: int | None,
    key: str,
    work: Installation,
) -> App:
    """Return the App, with its key where it is known here; the vault's jobs have it."""
    from cocflow.ports import App
    from cocflow.setup.rooms import KEY

    number = number or (before.app if before is not None else None)
    page = f"{grounds.web}/organizations/{organization}/settings/apps"
    if not key and KEY in here.premises.secrets():
        if number is None:
            raise VisitError(
                "The vault's jobs have the key of an App already, so one is registered, and this goes on with"
                f" it: give --app with its number (App ID), from its page: {page}"
            )
        return App(number=number)
    if number is not None and not key:
        raise VisitError(
            f"The jobs of {here.repository} have no key of the App {number} yet. Generate a private key on"
            f" its page (it may have several), and give --key with the file: {page}"
        )
    if number is None:
        made = _registered(grounds, organization, work) if not key else None
        if made is None:
            raise VisitError(
                "Give --app with the number of the App (App ID) and --key with the file of a private key,"
                f" both from its page: {page}"
            )
        number, key = made.number, made.key
    given = App(number=number, key=key)
    grounds.installation(given)  # a key that isn't the App's is refused here
    work.step(
        "give the vault's jobs the key",
        f"Set {KEY} for the vault's jobs",
        lambda: here.premises.set_secret(KEY, key),
    )
    return given


def _registered(grounds: Grounds, organization: str, work: Installation) -> App | None:
    """Have the App registered in a browser; None where there is none, or nobody did it."""
    from cocflow.adapters.registering import has_browser, registered_code
    from cocflow.setup.rooms import manifest, registration_link, registration_page

    click.echo(_REGISTER.format(link=registration_link(grounds, organization)))
    if not has_browser():
        return None
    click.echo("It is opened in this machine's browser, and its key fetched from there. Ctrl-C stops.")
    code = registered_code(
        registration_page(grounds, organization), lambda back: manifest(grounds, organization, back)
    )
    if not code:
        return None
    made = grounds.registered(code)
    click.echo(f"Registered the App {made.number}. If this is interrupted, go on with --app {made.number}.")
    work.done.append("registered the App")
    return made


_REGISTER = """
Register the App that makes rooms, as an owner of the organization. This link has everything filled in:
  {link}
Then, on its page, generate a private key, and give this command again with --app and --key.
"""


def _installed(here: Visit, grounds: Grounds, organization: str, template: str, app: App) -> int:
    """Have the App installed in the template alone; return that installation. VisitError where it isn't."""
    from cocflow.setup.rooms import lacking

    found = grounds.installation(app)
    if found is None and app.key:
        click.prompt(
            f"Install the App in {organization}, in selected repositories: {template} alone, on its page at\n"
            f"  {grounds.web}/organizations/{organization}/settings/apps\nThen press Enter",
            default="",
            show_default=False,
            prompt_suffix=". ",
        )
        found = grounds.installation(app)
    if found is None:
        raise VisitError(
            f"The App isn't installed in {organization} yet. Install it there, in {template} alone, and give"
            f" the command again, with --app {app.number}. The vault's jobs have its key already."
        )
    where = f"{grounds.web}/organizations/{organization}/settings/installations"
    if found.suspended:
        raise VisitError(f"The App is suspended there. Unsuspend it: {where}")
    if not found.selected:
        raise VisitError(
            f"The App is installed in all repositories, so its key opens them all. Choose {template} alone:"
            f" {where}"
        )
    if wrong := lacking(found.permissions):
        raise VisitError(f"{wrong} Mend it on its page: {where}")
    if app.key and grounds.reaches(app, here.repository):
        raise VisitError(f"The App is installed in the vault. Take {here.repository} out: {where}")
    if app.key and not grounds.reaches(app, f"{organization}/{template}"):
        raise VisitError(f"The App isn't installed in {organization}/{template}. Choose it: {where}")
    return found.number


def _rights(here: Visit, folder: Path) -> list[str]:
    """Return what is wrong with who may do what in the vault, whose jobs have the key now."""
    from cocflow.setup.examine import administrators_can_act, rights_are_few

    seen = survey(here, folder)
    found = (look(seen) for look in (administrators_can_act, rights_are_few))
    return [f"In {here.repository}: {one.what} {one.fix}" for one in found if one.verdict != "ok"]


def _configure(
    here: Visit, path: Path, wanted: RoomsSettings, processes: tuple[Process, ...], work: Installation
) -> None:
    """Write where rooms are into the configuration, and bring the vault's jobs to what rooms need."""
    import msgspec

    from cocflow.errors import DefinitionError
    from cocflow.setup.install import CONFIGURATION, filling_of, plan
    from cocflow.setup.rooms import with_rooms

    text = path.read_bytes().decode()
    community = community_in(text, processes, here.repository)
    told = msgspec.structs.replace(community, rooms=wanted)
    if community != told:
        text = with_rooms(text, wanted)
        try:
            right = community_in(text, processes, here.repository) == told
        except DefinitionError:
            right = False
        if not right:
            lines = "".join(f"\n  {name}: {value}" for name, value in msgspec.structs.asdict(wanted).items())
            raise VisitError(
                f"Write this into {CONFIGURATION} by hand, and give the command again:\nrooms:{lines}"
            )
    filling = filling_of(told, processes)
    shipped = shipped_for(here.premises, signs=True)
    planned = plan(here.premises, shipped, filling, {CONFIGURATION: text.encode()})
    work.write(here.premises, planned)


@rooms.command(name="list")
@vault_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def list_(vault: str | None, as_json: bool) -> None:
    """Show each room: its state, the vault's issue about it, who is in, when somebody last wrote.

    It shows no word that anybody wrote. Needs the token of somebody who owns the organization.

    \b
    Example: cocflow rooms list --vault OWNER/incidents
    """
    from cocflow.setup.keeping import kept

    with explaining():
        here = visit(vault)
        with checked_out(here.premises) as folder:
            desk, keeping = _keeping(here, folder)
            found = kept(desk, keeping)
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    elif found:
        _show(found, desk.community.zone)
    else:
        click.echo("There is no room.")


@rooms.command()
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
@vault_option
@click.option("--running", is_flag=True, help="Even rooms that are still used; asked once more for each.")
def erase(names: tuple[str, ...], vault: str | None, running: bool) -> None:
    """Erase rooms, by their code names, with everything that was written in them.

    What the vault knows of the case stays there. A room that is still used is refused, unless --running is
    given. Owners of the organization can restore a repository for 90 days. Needs the token of an owner,
    with the scope delete_repo (gh auth refresh --scopes delete_repo).

    \b
    Example: cocflow rooms erase quiet-harbor --vault OWNER/incidents
    """
    from cocflow.setup.keeping import kept

    with explaining():
        here = visit(vault)
        with checked_out(here.premises) as folder:
            desk, keeping = _keeping(here, folder)
            rooms_ = _named(names, kept(desk, keeping))
            _refuse_running(rooms_, running)
            listed = ", ".join(one.name for one in rooms_)
            click.confirm(f"Erase {listed}, with everything that was written there?", abort=True)
            settings = desk.community.rooms
            for one in rooms_:
                if one.runs:
                    click.confirm(f"{one.name} is still used. Erase it all the same?", abort=True)
                _erase(keeping, one.name)
                click.echo(f"Erased {one.name}.")
    organization = settings.organization if settings is not None else ""
    page = f"{here.grounds(organization).web}/organizations/{organization}/settings/deleted_repositories"
    click.echo(f"For 90 days an owner of {organization} can restore what was erased: {page}")


def _keeping(here: Visit, folder: Path) -> tuple[Desk, Rooms]:
    """Return the vault's desk, and the rooms by the person's own token."""
    from cocflow.bootstrap import own_rooms

    desk = here.desk(folder)
    if desk.community.rooms is None:
        raise VisitError("No rooms are set up. cocflow rooms init does it.")
    return desk, own_rooms(desk.community.rooms, here.token, here.base_url)


def _named(names: tuple[str, ...], found: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """Return the rooms of these names; VisitError for the first that there isn't."""
    from cocflow.core.case.facts import ROOM

    by_name = {one.name.casefold(): one for one in found}
    chosen: dict[str, Kept] = {}
    for given in names:
        name = f"{ROOM}{given.strip().casefold().replace(' ', '-').removeprefix(ROOM)}"
        if name not in by_name:
            raise VisitError(f"There is no room {name}. `cocflow rooms list` shows all. Nothing was erased.")
        chosen[name] = by_name[name]
    return tuple(chosen.values())


def _refuse_running(chosen: tuple[Kept, ...], told: bool) -> None:
    used = [f"{one.name} (#{one.number})" for one in chosen if one.runs]
    if used and not told:
        raise VisitError(
            f"Still used: {', '.join(used)}. Close those issues of the vault first, or say --running. Nothing"
            " was erased."
        )


def _erase(keeping: Rooms, name: str) -> None:
    from cocflow.errors import AdapterError

    try:
        keeping.erase(name)
    except AdapterError as error:
        if error.status != 403:
            raise
        raise VisitError(
            f"GitHub refuses to erase {name}: the token needs the scope delete_repo, of an owner of the"
            " organization (gh auth refresh --scopes delete_repo)."
        ) from None


def _show(found: tuple[Kept, ...], zone: ZoneInfo) -> None:
    from rich.console import Console
    from rich.table import Table

    from cocflow.core.text.when import format_when

    table = Table("room", "state", "about", "inside", "invited", "last written")
    for one in found:
        table.add_row(
            one.code_name,
            one.state,
            f"#{one.number}" if one.number is not None else "no issue of the vault",
            ", ".join(one.inside),
            ", ".join(one.invited),
            format_when(one.written, zone) if one.written is not None else "",
        )
    Console().print(table)
