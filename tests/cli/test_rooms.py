"""`cocflow rooms` against the sandbox over HTTP: an organization set up, rooms listed, rooms erased."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from click.testing import Result
from github import UnknownObjectException

from cocflow.bootstrap import desk
from cocflow.core.case.ledger import UNVERIFIED
from cocflow.core.case.records import read_claim
from cocflow.core.case.seal import SETTING
from cocflow.core.views.tokens import reply_token
from cocflow.run.desk import Desk
from cocflow.run.sweep import sweep
from cocflow.sandbox.store import SCOPES
from cocflow.setup.install import CONFIGURATION
from cocflow.setup.rooms import KEY, PERMISSIONS
from tests.cli.findings import each_has_one_thing_to_do
from tests.cli.premises import REPO, Kept, Town, filled_in, kept

ORGANIZATION = "acme-rooms"
TEMPLATE = f"{ORGANIZATION}/template"
SWEEP = ".github/workflows/sweep.yml"
SETTER = (*SCOPES, "admin:org")
OWNER = (*SETTER, "delete_repo")
UNCHANGED = "Everything is as it should be; nothing was changed."


@pytest.fixture
def grounds(settled: Town) -> Town:
    """Return the town with a vault, and an organization for rooms of which riya is the owner."""
    return organized(settled)


def organized(town: Town) -> Town:
    """Make the organization."""
    town.sandbox.store.add_org(ORGANIZATION, members={"riya": "admin"}, base_permission="none")
    town.token = town.sandbox.store.add_token("riya", SETTER)
    return town


def text(town: Town, repository: str, path: str) -> str:
    """Return what a file holds."""
    found = town.client().get_repo(repository).get_contents(path)
    assert not isinstance(found, list)
    return found.decoded_content.decode()


def register(town: Town, *repositories: str, **permissions: str) -> tuple[int, Path]:
    """Register an App and install it; return its number, and the file of its key."""
    apps = town.sandbox.store.apps
    made = apps.register("acme-rooms", ORGANIZATION, permissions or PERMISSIONS)
    if repositories:
        apps.install(made.id, repositories)
    file = town.folder / "key.pem"
    file.write_text(made.pem, "utf-8")
    return made.id, file


def init(town: Town, *words: str, input: str | None = None) -> Result:
    """Set rooms up."""
    return town.run("rooms", "init", ORGANIZATION, "--vault", REPO, *words, input=input)


def set_up(town: Town) -> tuple[int, Path]:
    """Set rooms up to the end, with an App that was registered by hand."""
    town.sandbox.store.add_repo(TEMPLATE)
    number, key = register(town, TEMPLATE)
    done = init(town, "--app", str(number), "--key", str(key))
    assert done.exit_code == 0, (done.output, done.exception)
    return number, key


@cache
def with_rooms() -> Kept:
    """Return a town with rooms, which were set up once."""
    return kept(_has_rooms)


def _has_rooms(town: Town) -> None:
    town.init()
    set_up(organized(town))


@pytest.fixture
def hosting(tmp_path: Path) -> Iterator[Town]:
    """Run a town with rooms."""
    with with_rooms().copied(tmp_path) as running:
        yield running


def test_it_makes_the_template_gives_the_key_and_writes_where_rooms_are(grounds: Town) -> None:
    """One command makes the template, stores the key as the vault's secret, and sets the hourly sweep."""
    number, key = set_up(grounds)
    template = grounds.client().get_repo(TEMPLATE)
    assert (template.visibility, template.is_template, template.has_wiki) == ("private", True, False)
    assert "Riya Sen and tom" in text(grounds, TEMPLATE, "README.md")
    assert "within about an hour" in text(grounds, TEMPLATE, "README.md")
    form = text(grounds, TEMPLATE, ".github/ISSUE_TEMPLATE/incident.yml")
    assert "If that matters to you, don't file it here" not in form
    assert "only where those whom it is about can't read it" in form
    assert "blank_issues_enabled: false" in text(grounds, TEMPLATE, ".github/ISSUE_TEMPLATE/config.yml")
    assert grounds.sandbox.store.secret(REPO, KEY) == key.read_text("utf-8")
    said = f"\nrooms:\n  organization: {ORGANIZATION}\n  app: {number}\n  template: template\n"
    assert said in text(grounds, REPO, CONFIGURATION)
    assert 'cron: "37 * * * *"' in text(grounds, REPO, SWEEP)


def test_no_job_runs_in_the_template(hosting: Town) -> None:
    """Actions are off in the template, and no job lies there."""
    requester = hosting.client().requester
    _, found = requester.requestJsonAndCheck("GET", f"/repos/{TEMPLATE}/actions/permissions")
    assert found["enabled"] is False
    tree = hosting.client().get_repo(TEMPLATE).get_git_tree("main", recursive=True)
    assert not [one.path for one in tree.tree if one.path.startswith(".github/workflows")]


def test_what_is_made_later_has_no_jobs_and_what_had_them_keeps_them(grounds: Town) -> None:
    """Actions are off in new repositories of the organization; a vault that lies there goes on."""
    store = grounds.sandbox.store
    for name in ("incidents", "room-old"):
        store.add_repo(f"{ORGANIZATION}/{name}")
    number, key = register(grounds, f"{ORGANIZATION}/room-old")
    said = init(grounds, "--app", str(number), "--key", str(key)).output
    assert "from now on; they stay on in incidents." in said
    store.add_repo(f"{ORGANIZATION}/room-new")
    names = ("incidents", "room-old", "room-new")
    requester = grounds.client().requester
    paths = (f"/repos/{ORGANIZATION}/{name}/actions/permissions" for name in names)
    on = [requester.requestJsonAndCheck("GET", path)[1]["enabled"] for path in paths]
    assert on == [True, False, False]
    assert "from now on" not in init(grounds, "--app", str(number)).output
    second = grounds.run("init", f"{ORGANIZATION}/second", "--like", REPO, "--administrator", "lou,Lou Ray")
    assert second.exit_code == 0, (second.output, second.exception)
    path = f"/repos/{ORGANIZATION}/second/actions/permissions"
    assert requester.requestJsonAndCheck("GET", path)[1]["enabled"] is True


def test_the_key_is_never_shown(grounds: Town) -> None:
    """Neither a run that succeeds nor one that is refused prints any line of the key."""
    grounds.sandbox.store.add_repo(TEMPLATE)
    number, key = register(grounds, TEMPLATE, REPO)
    refused = init(grounds, "--app", str(number), "--key", str(key))
    grounds.sandbox.store.apps.install(number, [TEMPLATE])
    done = init(grounds, "--app", str(number), "--key", str(key))
    said = refused.output + done.output + str(refused.exception)
    assert not [line for line in key.read_text("utf-8").splitlines() if line in said]


def test_a_second_run_changes_nothing_and_needs_no_key(hosting: Town) -> None:
    """The same command again, without the key, writes nothing and says so."""
    hosting.sandbox.store.requests.reset()
    done = init(hosting)
    assert done.output.strip().endswith(UNCHANGED), (done.output, done.exception)
    assert hosting.sandbox.store.requests.as_dict()["rest_writes"] == 0
    assert hosting.run("init", REPO).output.strip() == UNCHANGED


def test_the_template_follows_the_roster(hosting: Town) -> None:
    """When the administrators change, the next run renews what guests read in new rooms."""
    roster = text(hosting, REPO, CONFIGURATION).replace('login: "tom"', 'login: "ada"')
    hosting.sandbox.store.put_file(REPO, CONFIGURATION, roster)
    assert "Wrote 2 files of the template" in init(hosting).output
    assert "Riya Sen and ada" in text(hosting, TEMPLATE, "README.md")


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"base_permission": "read"}, "base permission is read"), ({"forks_private": True}, "may fork private")],
)
def test_an_organization_in_which_others_could_read_is_refused(
    settled: Town, settings: dict[str, object], said: str
) -> None:
    """A base permission or forks are named with the page where they are set, and nothing is written."""
    options = {"base_permission": "none", **settings}
    settled.token = settled.sandbox.store.add_token("riya", SETTER)
    settled.sandbox.store.add_org(ORGANIZATION, members={"riya": "admin"}, **options)  # type: ignore[arg-type]
    settled.sandbox.store.requests.reset()
    done = init(settled)
    assert said in str(done.exception)
    assert f"/organizations/{ORGANIZATION}/settings/member_privileges" in str(done.exception)
    assert settled.sandbox.store.requests.as_dict()["rest_writes"] == 0


def test_a_personal_account_can_t_host_rooms(settled: Town) -> None:
    """Whoever names their own account is told why not, and what to do instead."""
    done = settled.run("rooms", "init", "riya", "--vault", REPO)
    assert "riya is no organization" in str(done.exception)
    assert "can write" in str(done.exception)
    assert "report by mail" in str(done.exception)


def test_a_member_who_owns_nothing_is_told_whose_token_is_needed(grounds: Town) -> None:
    """Somebody who doesn't own the organization can't set rooms up there."""
    grounds.sandbox.store.set_permission(REPO, "tom", "admin")
    env = {"GH_TOKEN": grounds.sandbox.store.add_token("tom")}
    done = grounds.run("rooms", "init", ORGANIZATION, "--vault", REPO, env=env)
    assert "has to be of an owner" in str(done.exception)


def test_a_token_that_shows_no_settings_is_told_the_scope(grounds: Town) -> None:
    """An owner whose token lacks admin:org is told how to get it, and nothing is written."""
    grounds.token = grounds.sandbox.store.add_token("riya")
    assert "--scopes admin:org" in str(init(grounds).exception)


def test_two_factor_is_said_to_be_needed_by_guests(settled: Town) -> None:
    """Where the organization demands two-factor authentication, it is said that guests need it."""
    settled.sandbox.store.add_org(
        ORGANIZATION, members={"riya": "admin"}, base_permission="none", two_factor=True
    )
    settled.sandbox.store.set_two_factor("riya", True)
    settled.token = settled.sandbox.store.add_token("riya", SETTER)
    settled.sandbox.store.add_repo(TEMPLATE)
    number, key = register(settled, TEMPLATE)
    done = init(settled, "--app", str(number), "--key", str(key))
    assert "a guest has to switch it on before they can come in" in done.output, done.exception


def test_an_app_that_reaches_the_vault_is_refused(grounds: Town) -> None:
    """The key of rooms must never open the vault, and the configuration isn't written."""
    grounds.sandbox.store.add_repo(TEMPLATE)
    number, key = register(grounds, TEMPLATE, REPO)
    done = init(grounds, "--app", str(number), "--key", str(key))
    assert "installed in the vault" in str(done.exception)
    assert "\nrooms:" not in text(grounds, REPO, CONFIGURATION)


def test_an_app_that_may_more_or_less_is_refused(grounds: Town) -> None:
    """What it lacks and what it has too much of is named."""
    grounds.sandbox.store.add_repo(TEMPLATE)
    number, key = register(grounds, TEMPLATE, contents="write", issues="write", secrets="write")
    grounds.sandbox.store.apps.install(number, [TEMPLATE])
    said = str(init(grounds, "--app", str(number), "--key", str(key)).exception)
    assert "lacks administration (write), contents (read)" in said
    assert "may more than it needs: secrets" in said


def test_a_run_that_was_interrupted_registers_no_second_app(grounds: Town) -> None:
    """Once the jobs have a key, an App is registered: its number is asked for, and no key is needed again."""
    number, key = register(grounds)
    broken_off = init(grounds, "--app", str(number), "--key", str(key), input="\n")
    said = str(broken_off.exception)
    assert ("isn't installed" in said, f"--app {number}" in said, "--key" in said) == (True, True, False)
    again = init(grounds)
    assert "is registered" in str(again.exception)
    assert "settings/apps/new" not in again.output
    grounds.sandbox.store.apps.install(number, [TEMPLATE])
    done = init(grounds, "--app", str(number))
    assert done.exit_code == 0, (done.output, done.exception)
    assert f"\n  app: {number}\n" in text(grounds, REPO, CONFIGURATION)


def test_whoever_may_do_more_in_the_vault_than_they_need_is_named(grounds: Town) -> None:
    """An administrator who could take the key by a job of their own is told with the role that suffices."""
    for login in ("tom", "ada"):
        grounds.sandbox.store.add_user(login)
        grounds.sandbox.store.set_permission(REPO, login, "write")
    set_up(grounds)
    said = init(grounds).output
    assert "More than Triage: ada, tom" in said.replace("tom, ada", "ada, tom")
    assert "take secrets" in said


SECOND = "acme/second"


def test_a_second_vault_shares_the_app_and_is_given_a_key_of_its_own(grounds: Town) -> None:
    """What it says of rooms comes along; its jobs lack a key until one is given, and the template stays."""
    _, key = set_up(grounds)
    made = grounds.run("init", SECOND, "--like", REPO, "--administrator", "lou,Lou Ray")
    assert "--vault and the new vault" in made.output
    second = ("rooms", "init", ORGANIZATION, "--vault", SECOND)
    assert f"The jobs of {SECOND} have no key" in str(grounds.run(*second).exception)
    done = grounds.run(*second, "--key", str(key))
    assert done.exit_code == 0, (done.output, done.exception)
    assert grounds.sandbox.store.secret(SECOND, KEY) == key.read_text("utf-8")
    assert "Lou Ray" in text(grounds, TEMPLATE, "README.md")
    for vault in (REPO, SECOND):
        words = ("rooms", "init", ORGANIZATION, "--vault", vault)
        assert grounds.run(*words).output.strip().endswith(UNCHANGED)


def test_a_suspended_app_is_refused(grounds: Town) -> None:
    """An App that the organization has suspended is named as that."""
    number, _ = set_up(grounds)
    installed = grounds.sandbox.store.apps.install(number, [TEMPLATE])
    grounds.sandbox.store.apps.suspend(installed)
    assert "suspended" in str(init(grounds).exception)


def test_what_is_no_key_is_refused_before_anything_is_written(grounds: Town) -> None:
    """A file that holds no private key is named as that."""
    file = grounds.folder / "key.pem"
    file.write_text("secretword", "utf-8")
    done = init(grounds, "--app", "1", "--key", str(file))
    assert "is no private key" in str(done.exception)
    assert "secretword" not in str(done.exception)


def test_without_a_browser_it_prints_a_link_that_has_everything_filled_in(grounds: Town) -> None:
    """The link names the App, what it may do and no webhook; then it is said how to go on."""
    done = grounds.run(
        "rooms", "init", ORGANIZATION, "--vault", REPO, env={"PATH": "", "BROWSER": "", "DISPLAY": None}
    )
    link = next(line.strip() for line in done.output.splitlines() if "settings/apps/new?" in line)
    asked = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    assert urlsplit(link).path == f"/organizations/{ORGANIZATION}/settings/apps/new"
    assert PERMISSIONS.items() <= asked.items()
    assert (asked["public"], asked["webhook_active"]) == ("false", "false")
    assert "Give --app" in str(done.exception)


WORDS = "the kettle was thrown"
GUEST = "gwen"


def vault_issue(town: Town, *, closed: bool = False) -> tuple[int, str]:
    """Open a room for the guest in the vault; return its issue's number and node id."""
    repository = town.client().get_repo(REPO)
    issue = repository.create_issue("Room", body=f"### For whom?\n\n{GUEST}\n", labels=["room"])
    town.handle()
    if closed:
        issue.edit(state="closed")
    return issue.number, issue.raw_data["node_id"]


def open_room(town: Town, name: str = "room-quiet-river", *, closed: bool = False) -> int:
    """Make a room with a guest and a report in it; return the number of the vault's issue about it."""
    store = town.sandbox.store
    number, node = vault_issue(town, closed=closed)
    store.add_user(GUEST)
    store.add_repo(f"{ORGANIZATION}/{name}")
    token = reply_token(number, node, "guest", None)
    room = town.client().get_repo(f"{ORGANIZATION}/{name}")
    room.edit(name=name, description=f"A room for one person. {token}")
    store.set_permission(f"{ORGANIZATION}/{name}", GUEST, "read")
    town.client(GUEST).get_repo(f"{ORGANIZATION}/{name}").create_issue(WORDS, body=WORDS)
    return number


def test_each_room_is_listed_without_a_word(hosting: Town) -> None:
    """The code name, the state, the vault's issue, who is in and when somebody wrote; nothing they wrote."""
    number = open_room(hosting)
    done = hosting.run("rooms", "list", "--vault", REPO, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    (found,) = json.loads(done.stdout)
    assert (found["name"], found["number"], found["state"]) == ("room-quiet-river", number, "invited")
    assert (found["inside"], found["runs"]) == ([GUEST], True)
    shown = hosting.run("rooms", "list", "--vault", REPO).output
    assert "quiet river" in shown
    assert WORDS not in shown + done.stdout


def test_the_status_counts_the_rooms_that_are_used(hosting: Town) -> None:
    """Below the incidents stands how many rooms there are, by their state."""
    open_room(hosting)
    assert "Rooms: 1 invited." in hosting.run("status", REPO).output


def test_a_room_without_an_issue_in_the_vault_is_listed_as_that(hosting: Town) -> None:
    """A repository that is named as a room, and that no issue tells of, isn't hidden."""
    hosting.sandbox.store.add_repo(f"{ORGANIZATION}/room-lone-hill")
    shown = hosting.run("rooms", "list", "--vault", REPO).output
    assert "lone hill" in shown
    assert "no issue of the vault" in shown


def test_without_rooms_it_is_said_how_to_set_them_up(settled: Town) -> None:
    """Where no rooms are set up, nothing is listed, and the command that does it is named."""
    assert "cocflow rooms init does it" in str(settled.run("rooms", "list", "--vault", REPO).exception)


def test_where_there_is_no_room_it_is_said(hosting: Town) -> None:
    """The template isn't taken for a room."""
    assert hosting.run("rooms", "list", "--vault", REPO).output == "There is no room.\n"


def there(town: Town, name: str) -> bool:
    """Whether a room is still there."""
    try:
        return bool(town.client().get_repo(f"{ORGANIZATION}/{name}").id)
    except UnknownObjectException:
        return False


def test_a_room_that_is_over_is_erased_once_somebody_agrees(hosting: Town) -> None:
    """It is asked for, gone afterwards, and said that an owner can restore it for 90 days."""
    open_room(hosting, closed=True)
    hosting.token = hosting.sandbox.store.add_token("riya", OWNER)
    no = hosting.run("rooms", "erase", "quiet river", "--vault", REPO, input="n\n")
    assert no.exit_code != 0
    assert there(hosting, "room-quiet-river")
    done = hosting.run("rooms", "erase", "quiet river", "--vault", REPO, input="y\n")
    assert done.exit_code == 0, (done.output, done.exception)
    assert not there(hosting, "room-quiet-river")
    assert f"For 90 days an owner of {ORGANIZATION} can restore" in done.output


def test_a_room_that_is_still_used_is_erased_only_if_told_twice(hosting: Town) -> None:
    """Without --running it is refused; with it, it is asked once more for that room."""
    number = open_room(hosting)
    hosting.token = hosting.sandbox.store.add_token("riya", OWNER)
    refused = hosting.run("rooms", "erase", "room-quiet-river", "--vault", REPO, input="y\ny\n")
    assert f"Still used: room-quiet-river (#{number})" in str(refused.exception)
    words = ("rooms", "erase", "quiet-river", "--vault", REPO, "--running")
    assert hosting.run(*words, input="y\nn\n").exit_code != 0
    assert there(hosting, "room-quiet-river")
    assert hosting.run(*words, input="y\ny\n").exit_code == 0
    assert not there(hosting, "room-quiet-river")


def test_a_token_that_may_not_erase_is_told_the_scope(hosting: Town) -> None:
    """Without the scope delete_repo nothing is erased, and it is said how to get it."""
    open_room(hosting, closed=True)
    done = hosting.run("rooms", "erase", "quiet river", "--vault", REPO, input="y\n")
    assert "--scopes delete_repo" in str(done.exception)
    assert there(hosting, "room-quiet-river")


@pytest.mark.parametrize("name", ["lone hill", "template", "../incidents"])
def test_nothing_but_a_room_is_erased(hosting: Town, name: str) -> None:
    """A name that is no room's erases nothing, whatever repository has it."""
    open_room(hosting, closed=True)
    done = hosting.run("rooms", "erase", "quiet river", name, "--vault", REPO, input="y\n")
    assert "There is no room" in str(done.exception)
    assert there(hosting, "room-quiet-river")


def verdict(done: Result, check: str) -> tuple[str, str]:
    """Return what a doctor that was asked for JSON says of one thing: the verdict, and what was found."""
    one = next(one for one in json.loads(done.stdout) if one["check"] == check)
    return one["verdict"], one["found"]


ROWS = ("rooms", "rooms' App", "rooms' key", "rooms' template", "in rooms", "rooms' jobs", "rooms' sweep")


def test_rooms_that_were_set_up_are_right(grounds: Town) -> None:
    """After `rooms init`, with the key at hand, the doctor finds nothing wrong with rooms."""
    _, key = set_up(grounds)
    grounds.environment[KEY] = key.read_text("utf-8")
    done = grounds.run("doctor", REPO, "--json")
    assert {row: verdict(done, row)[0] for row in ROWS} == dict.fromkeys(ROWS, "ok"), done.output


def _base(town: Town) -> None:
    town.sandbox.store.add_org(ORGANIZATION, base_permission="read")


def _forks(town: Town) -> None:
    town.sandbox.store.add_org(ORGANIZATION, base_permission="none", forks_private=True)


def _no_key(town: Town) -> None:
    town.sandbox.store.remove_secret(REPO, KEY)


def _app(town: Town) -> int:
    return int(text(town, REPO, CONFIGURATION).partition("app: ")[2].partition("\n")[0])


def _suspended(town: Town) -> None:
    apps = town.sandbox.store.apps
    apps.suspend(apps.install(_app(town), [TEMPLATE]))


def _uninstalled(town: Town) -> None:
    apps = town.sandbox.store.apps
    apps.uninstall(apps.install(_app(town), [TEMPLATE]))


def _no_template(town: Town) -> None:
    town.sandbox.store.delete_repo(TEMPLATE)


def _a_public_template(town: Town) -> None:
    town.client().get_repo(TEMPLATE).edit(name="template", visibility="public")


def _no_template_any_more(town: Town) -> None:
    town.client().get_repo(TEMPLATE).edit(name="template", is_template=False)


def _a_job_in_the_template(town: Town) -> None:
    town.sandbox.store.put_file(TEMPLATE, ".github/workflows/x.yml", "on: push")


def _somebody_else_inside(town: Town) -> None:
    town.sandbox.store.set_permission(f"{ORGANIZATION}/room-quiet-river", "kim", "read")


def _actions_on(town: Town) -> None:
    owners = {"Authorization": f"Bearer {town.sandbox.store.add_token('riya', OWNER)}"}
    url = f"{town.sandbox.url}/orgs/{ORGANIZATION}/actions/permissions"
    requests.put(url, json={"enabled_repositories": "all"}, headers=owners, timeout=30).raise_for_status()


def _every_four_hours(town: Town) -> None:
    town.sandbox.store.put_file(REPO, SWEEP, text(town, REPO, SWEEP).replace("37 * * * *", "37 */4 * * *"))


BROKEN: dict[str, tuple[Callable[[Town], None], str, str, str]] = {
    "base permission": (_base, "rooms", "failure", "base permission is read"),
    "forks": (_forks, "rooms", "failure", "may fork"),
    "no key": (_no_key, "rooms' App", "failure", "no secret COCFLOW_ROOMS_KEY"),
    "a suspended App": (_suspended, "rooms' App", "failure", "suspended"),
    "an App that isn't installed": (_uninstalled, "rooms' App", "failure", "isn't installed"),
    "no template": (_no_template, "rooms' template", "failure", "There is no repository"),
    "a public template": (_a_public_template, "rooms' template", "failure", "is public"),
    "a repository that is no template": (_no_template_any_more, "rooms' template", "failure", "no template"),
    "a job in the template": (_a_job_in_the_template, "rooms' template", "failure", "has jobs"),
    "somebody off the roster": (_somebody_else_inside, "in rooms", "failure", "kim in room-quiet-river"),
    "Actions in a room": (_actions_on, "rooms' jobs", "warning", "Actions are on in room-quiet-river"),
    "a sweep every 4 hours": (_every_four_hours, "rooms' sweep", "warning", "every 4 hours"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_thing_of_rooms_is_found(hosting: Town, name: str) -> None:
    """Whatever is broken by itself is what the doctor finds, by the check that looks for it."""
    act, check, expected, said = BROKEN[name]
    open_room(hosting)
    act(hosting)
    done = hosting.run("doctor", REPO, "--json")
    found = verdict(done, check)
    assert found[0] == expected
    assert said in found[1]
    each_has_one_thing_to_do(done)


def test_whether_the_key_opens_the_vault_only_the_app_can_see(grounds: Town) -> None:
    """Without the key at hand it is unknown until a sweep, which has it, has looked."""
    number, key = set_up(grounds)
    assert verdict(grounds.run("doctor", REPO, "--json"), "rooms' key")[0] == "unknown"
    grounds.sweep({KEY: key.read_text("utf-8")})
    assert verdict(grounds.run("doctor", REPO, "--json"), "rooms' key")[0] == "ok"
    grounds.environment[KEY] = key.read_text("utf-8")
    grounds.sandbox.store.apps.install(number, [TEMPLATE])
    assert verdict(grounds.run("doctor", REPO, "--json"), "rooms' key")[0] == "ok"


def test_guests_and_administrators_belong_in_rooms(hosting: Town) -> None:
    """Whoever the room is for, and whoever is on the roster, is no stranger there."""
    open_room(hosting)
    hosting.sandbox.store.set_permission(f"{ORGANIZATION}/room-quiet-river", "tom", "read")
    found = verdict(hosting.run("doctor", REPO, "--json"), "in rooms")
    assert found == ("ok", "In the one room there is nobody but guests and administrators.")


BROWSER = """
import html, re, sys, urllib.parse, urllib.request, json
page = urllib.request.urlopen(sys.argv[1]).read().decode()
action, manifest = (html.unescape(one) for one in re.findall(r'(?:action|value)="([^"]*)"', page))
where, asked = urllib.parse.urlsplit(action), json.loads(manifest)
body = json.dumps({"organization": where.path.split("/")[2], "manifest": asked}).encode()
offer = urllib.request.Request(f"{where.scheme}://{where.netloc}/_sandbox/manifests", body)
offer.add_header("Content-Type", "application/json")
code = json.load(urllib.request.urlopen(offer))["code"]
state = urllib.parse.parse_qs(where.query)["state"][0]
urllib.request.urlopen(asked["redirect_url"] + "?" + urllib.parse.urlencode({"code": code, "state": state}))
"""


def test_it_has_the_app_registered_in_a_browser_and_fetches_its_key(grounds: Town) -> None:
    """With a browser at hand one command does it all: register, install when asked, keep the key."""
    script = grounds.folder / "browser.py"
    script.write_text(BROWSER, "utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "COCFLOW_"))}
    env |= {"GH_TOKEN": grounds.token, "GITHUB_API_URL": grounds.sandbox.url, "PYTHONUNBUFFERED": "1"}
    env["BROWSER"] = f"{sys.executable} {script} %s"
    command = [sys.executable, "-m", "cocflow", "rooms", "init", ORGANIZATION, "--vault", REPO]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True, env=env
    ) as run:
        assert run.stdout is not None
        said: list[str] = []
        number = None
        while number is None and (line := run.stdout.readline()):
            said.append(line)
            number = re.match(r"Registered the App (\d+)\.", line)
        assert number is not None, said
        grounds.sandbox.store.apps.install(int(number[1]), [TEMPLATE])
        rest, _ = run.communicate("\n", timeout=60)
    assert run.returncode == 0, [*said, rest]
    assert f"\n  app: {number[1]}\n" in text(grounds, REPO, CONFIGURATION)
    assert "PRIVATE KEY" in grounds.sandbox.store.secret(REPO, KEY)
    assert "PRIVATE KEY" not in "".join(said) + rest
    assert init(grounds).output.strip().endswith(UNCHANGED)


# --- a case that is transferred to another vault ------------------------------------------------------------

FIRST_KEY, SECOND_KEY = "f" * 32, "s" * 32


def desk_of(town: Town, repository: str, ledger: str) -> Desk:
    """Return the desk of a vault's job, with this setting of its signatures."""
    folder = town.folder / repository.rpartition("/")[2]
    (folder / ".github").mkdir(parents=True, exist_ok=True)
    (folder / CONFIGURATION).write_text(text(town, repository, CONFIGURATION), "utf-8")
    settings = {KEY: town.sandbox.store.secret(repository, KEY), SETTING: ledger}
    token = town.sandbox.store.job_token(repository)
    return desk(folder, repository, token, town.sandbox.url, settings=settings)


def transfer(town: Town, number: int) -> int:
    """Transfer an issue of the first vault to the second, as its keeper does; return its number there."""
    issue, there = town.client().get_repo(REPO).get_issue(number), town.client().get_repo(SECOND)
    asked = {"issueId": issue.raw_data["node_id"], "repositoryId": there.raw_data["node_id"]}
    query = "mutation($input: TransferIssueInput!) { transferIssue(input: $input) { issue { number } } }"
    sent = {"query": query, "variables": {"input": {**asked, "createLabelsIfMissing": True}}}
    head = {"Authorization": f"Bearer {town.token}"}
    done = requests.post(f"{town.sandbox.url}/graphql", json=sent, headers=head, timeout=30).json()
    return int(done["data"]["transferIssue"]["issue"]["number"])


def test_a_transferred_case_goes_on_in_the_second_vault_with_its_room(grounds: Town) -> None:
    """Without the first key it stops and says so; with it names, dates and the room's words come along."""
    _, key = set_up(grounds)
    store = grounds.sandbox.store
    assert grounds.run("init", SECOND, "--like", REPO, "--administrator", "lou,Lou Ray").exit_code == 0
    grounds.run("rooms", "init", ORGANIZATION, "--vault", SECOND, "--key", str(key))
    for who in (GUEST, "lou"):
        store.add_user(who)
    store.set_permission(SECOND, "lou", "triage")
    first = desk_of(grounds, REPO, FIRST_KEY)
    page = (
        grounds.client()
        .get_repo(REPO)
        .create_issue("Room", body=f"### For whom?\n\n{GUEST}\n", labels=["room"])
    )
    sweep(first)
    head = {"Authorization": f"Bearer {store.add_token(GUEST)}"}
    (invited,) = requests.get(
        f"{grounds.sandbox.url}/user/repository_invitations", headers=head, timeout=30
    ).json()
    requests.patch(
        f"{grounds.sandbox.url}/user/repository_invitations/{invited['id']}", headers=head, timeout=30
    )
    room = grounds.client(GUEST).get_repo(invited["repository"]["full_name"])
    report = room.create_issue("Incident", body=filled_in(WORDS))
    sweep(first)
    (number,) = (
        one.number for one in grounds.client().get_repo(REPO).get_issues() if "by room" in str(one.labels)
    )
    for said in ("/party Robin Example robin@example.org", "/estimate 3 days"):
        grounds.client("tom").get_repo(REPO).get_issue(number).create_comment(said)
    sweep(first)
    before = first.open(first.read(number))

    there, moved_page = transfer(grounds, number), transfer(grounds, page.number)
    report.create_comment("It happened again.")
    sweep(first)
    second = desk_of(grounds, SECOND, SECOND_KEY)
    for one in (there, moved_page):
        grounds.client("lou").get_repo(SECOND).get_issue(one).create_comment("/recover It concerns Riya.")
    for _ in range(2):
        sweep(second)
    assert second.read(there).ledger.broken == (UNVERIFIED,)
    told = [one.body for one in grounds.client().get_repo(SECOND).get_issue(there).get_comments()]
    assert len([one for one in told if "put that repository's key" in one]) == 1

    second = desk_of(grounds, SECOND, f"{SECOND_KEY} {FIRST_KEY}")
    for _ in range(3):
        sweep(second)
    after = second.open(second.read(there))
    assert (after.people, after.code_name) == (before.people, before.code_name)
    assert after.progress.stays == before.progress.stays
    assert [one.login for one in after.eligible] == ["lou"]
    letters = [one.body for one in after.comments.values() if after.mail(one) is not None]
    assert ["It happened again." in one for one in letters] == [True]
    claims = [claim for one in report.get_comments() if (claim := read_claim(one.body)) is not None]
    assert [(one.vault, one.may) for one in claims] == [(SECOND, ("lou",))]
    keepers = grounds.client().get_repo(room.full_name)
    assert [one.invitee.login for one in keepers.get_pending_invitations()] == ["lou"]
    assert [one.number for one in keepers.get_issues()] == [report.number]
