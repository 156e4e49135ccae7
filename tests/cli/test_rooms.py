"""`cocflow rooms` against the sandbox over HTTP: an organization set up, rooms listed, rooms erased."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import Result

from cocflow.setup.install import CONFIGURATION
from cocflow.setup.rooms import KEY, PERMISSIONS
from tests.cli.premises import REPO, Town

ORGANIZATION = "acme-rooms"
TEMPLATE = f"{ORGANIZATION}/template"
SWEEP = ".github/workflows/sweep.yml"
UNCHANGED = "Everything is as it should be; nothing was changed."


@pytest.fixture
def grounds(town: Town) -> Town:
    """Return the town with a vault, and an organization for rooms of which riya is the owner."""
    town.init()
    town.sandbox.store.add_org(ORGANIZATION, members={"riya": "admin"}, base_permission="none")
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


def test_no_job_runs_in_the_template(grounds: Town) -> None:
    """Actions are off in the template, and no job lies there."""
    set_up(grounds)
    requester = grounds.client().requester
    _, found = requester.requestJsonAndCheck("GET", f"/repos/{TEMPLATE}/actions/permissions")
    assert found["enabled"] is False
    tree = grounds.client().get_repo(TEMPLATE).get_git_tree("main", recursive=True)
    assert not [one.path for one in tree.tree if one.path.startswith(".github/workflows")]


def test_the_key_is_never_shown(grounds: Town) -> None:
    """Neither a run that succeeds nor one that is refused prints any line of the key."""
    grounds.sandbox.store.add_repo(TEMPLATE)
    number, key = register(grounds, TEMPLATE, REPO)
    refused = init(grounds, "--app", str(number), "--key", str(key))
    grounds.sandbox.store.apps.install(number, [TEMPLATE])
    done = init(grounds, "--app", str(number), "--key", str(key))
    said = refused.output + done.output + str(refused.exception)
    assert not [line for line in key.read_text("utf-8").splitlines() if line in said]


def test_a_second_run_changes_nothing_and_needs_no_key(grounds: Town) -> None:
    """The same command again, without the key, writes nothing and says so."""
    set_up(grounds)
    grounds.sandbox.store.requests.reset()
    done = init(grounds)
    assert done.output.strip().endswith(UNCHANGED), (done.output, done.exception)
    assert grounds.sandbox.store.requests.as_dict()["rest_writes"] == 0
    assert grounds.run("init", REPO).output.strip() == UNCHANGED


def test_the_template_follows_the_roster(grounds: Town) -> None:
    """When the administrators change, the next run renews what guests read in new rooms."""
    set_up(grounds)
    roster = text(grounds, REPO, CONFIGURATION).replace('login: "tom"', 'login: "ada"')
    grounds.sandbox.store.put_file(REPO, CONFIGURATION, roster)
    assert "Wrote 2 files of the template" in init(grounds).output
    assert "Riya Sen and ada" in text(grounds, TEMPLATE, "README.md")


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"base_permission": "read"}, "base permission is read"), ({"forks_private": True}, "may fork private")],
)
def test_an_organization_in_which_others_could_read_is_refused(
    town: Town, settings: dict[str, object], said: str
) -> None:
    """A base permission or forks are named with the page where they are set, and nothing is written."""
    town.init()
    options = {"base_permission": "none", **settings}
    town.sandbox.store.add_org(ORGANIZATION, members={"riya": "admin"}, **options)  # type: ignore[arg-type]
    town.sandbox.store.requests.reset()
    done = init(town)
    assert said in str(done.exception)
    assert f"/organizations/{ORGANIZATION}/settings/member_privileges" in str(done.exception)
    assert town.sandbox.store.requests.as_dict()["rest_writes"] == 0


def test_a_personal_account_can_t_host_rooms(town: Town) -> None:
    """Whoever names their own account is told why not, and what to do instead."""
    town.init()
    done = town.run("rooms", "init", "riya", "--vault", REPO)
    assert "riya is no organization" in str(done.exception)
    assert "can write" in str(done.exception)
    assert "report by mail" in str(done.exception)


def test_a_member_who_owns_nothing_is_told_whose_token_is_needed(grounds: Town) -> None:
    """Somebody who doesn't own the organization can't set rooms up there."""
    grounds.sandbox.store.set_permission(REPO, "tom", "admin")
    env = {"GH_TOKEN": grounds.sandbox.store.add_token("tom")}
    done = grounds.run("rooms", "init", ORGANIZATION, "--vault", REPO, env=env)
    assert "has to be of an owner" in str(done.exception)


def test_two_factor_is_said_to_be_needed_by_guests(town: Town) -> None:
    """Where the organization demands two-factor authentication, it is said that guests need it."""
    town.init()
    town.sandbox.store.add_org(
        ORGANIZATION, members={"riya": "admin"}, base_permission="none", two_factor=True
    )
    town.sandbox.store.set_two_factor("riya", True)
    town.sandbox.store.add_repo(TEMPLATE)
    number, key = register(town, TEMPLATE)
    done = init(town, "--app", str(number), "--key", str(key))
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
