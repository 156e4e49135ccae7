"""`cocflow doctor` against the sandbox over HTTP: clean after `init`, and each broken thing is found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from click.testing import Result
from github.Repository import Repository

from cocflow.cli.doctor import summary
from cocflow.setup.examine import CHECKS, Finding, Verdict
from cocflow.setup.shipped import workflows
from tests.cli.findings import each_has_one_thing_to_do
from tests.cli.premises import REPO, SECRET, Town
from tests.cli.test_rooms import BROKEN as BROKEN_OF_ROOMS
from tests.faults.count import EVERYTHING, tried
from tests.servers.imap import PASSWORD, USER, imap_server, takes_tokens
from tests.servers.oauth import Provider, provider
from tests.servers.slack import TOKEN, SlackDouble, slack_double
from tests.servers.smtp import SmtpServer, smtp_server


def verdicts(done: Result) -> dict[str, str]:
    """Return the verdict of each check of a doctor that was asked for JSON."""
    return {one["check"]: one["verdict"] for one in json.loads(done.stdout)}


def repository(town: Town) -> Repository:
    """Return the repository as its owner reaches it."""
    return town.client().get_repo(REPO)


def test_a_fresh_repository_with_an_answered_report_is_clean(settled: Town) -> None:
    """After `init`, a report and the job's run, every check is fine and the exit code is 0."""
    settled.file()
    assert settled.handle().complete
    done = settled.run("doctor", REPO)
    assert done.exit_code == 0, done.output
    assert verdicts(settled.run("doctor", REPO, "--json")) == dict.fromkeys(
        (check.name for check in CHECKS), "ok"
    )
    assert SECRET not in done.output


def test_a_probe_tells_what_github_does_and_no_words(settled: Town) -> None:
    """Row by row, or as JSON; all is as cocflow takes it, so the exit code is 0."""
    settled.file()
    assert settled.handle().complete
    done = settled.run("doctor", REPO, "--probe")
    assert done.exit_code == 0, done.output
    assert re.search(r"^ID-03 +holds ", done.stdout, re.MULTILINE)
    assert SECRET not in done.output
    found = json.loads(settled.run("doctor", REPO, "--probe", "--json").stdout)
    assert {one["seen"] for one in found} <= {"holds", "unseen"}


def _reads_both(town: Town) -> None:
    done = town.run("init", "acme/second", "--like", REPO, "--administrator", "lou")
    assert done.exit_code == 0, (done.output, done.exception)
    town.sandbox.store.set_permission("acme/second", "tom", "read")


def _disagrees(town: Town) -> None:
    _reads_both(town)
    _replaced(COCFLOW, '- login: "lou"', '- login: "ada"')(town)


def _public(town: Town) -> None:
    repository(town).edit(name="incidents", visibility="public")


def _internal(town: Town) -> None:
    repository(town).edit(name="incidents", visibility="internal")


def _guest(town: Town) -> None:
    town.sandbox.store.set_permission(REPO, "guest", "read")


def _team(town: Town) -> None:
    town.sandbox.store.add_team("acme", "interns", ("intern",), {REPO: "read"})


def _owner(town: Town) -> None:
    town.sandbox.store.add_member("acme", "founder", "admin")


def _tom_is_gone(town: Town) -> None:
    town.sandbox.store.set_permission(REPO, "tom", "none")


def _tom_only_reads(town: Town) -> None:
    town.sandbox.store.set_permission(REPO, "tom", "read")


def _restricted(town: Town) -> None:
    town.sandbox.store.restrict_filing(REPO)


def _locked(town: Town) -> None:
    number = town.file()
    town.handle()
    repository(town).get_issue(number).lock("off-topic")


def _by_hand_only(town: Town) -> None:
    for _ in range(5):
        town.sandbox.store.move_clock(advance=4 * 3600)
        town.sandbox.store.record_run(REPO, "sweep.yml", "workflow_dispatch")


def _selected(own: bool, *patterns: str) -> Callable[[Town], None]:
    def act(town: Town) -> None:
        _actions("", {"enabled": True, "allowed_actions": "selected"})(town)
        chosen = {"github_owned_allowed": own, "patterns_allowed": list(patterns)}
        _actions("/selected-actions", chosen)(town)

    return act


def _secret(name: str, *, swept: bool = False) -> Callable[[Town], None]:
    def act(town: Town) -> None:
        town.sandbox.store.move_clock(advance=60)
        town.sandbox.store.add_secret(REPO, name)
        if swept:
            town.sandbox.store.move_clock(advance=60)
            town.sandbox.store.record_run(REPO, "sweep.yml")

    return act


def _fast_clock(town: Town) -> None:
    town.sandbox.store.move_clock(advance=-600)


def _tom_and_another_write(town: Town) -> None:
    for login in ("tom", "kim"):
        town.sandbox.store.set_permission(REPO, login, "write")


def _account(town: Town, new: str) -> None:
    found = repository(town).get_contents(COCFLOW)
    assert not isinstance(found, list)
    text, count = re.subn(r" +account: \d+\n", new, found.decoded_content.decode(), count=1)
    assert count == 1
    town.sandbox.store.put_file(REPO, COCFLOW, text)


def _unpinned(town: Town) -> None:
    _account(town, "")


def _pinned_to_another(town: Town) -> None:
    _account(town, "    account: 77\n")


def _run_from_a_branch(town: Town) -> None:
    town.sandbox.store.record_run(REPO, "sweep.yml", "workflow_dispatch", branch="mine", by="tom")


def _forks(town: Town) -> None:
    repository(town).edit(name="incidents", allow_forking=True)


def _wiki(town: Town) -> None:
    repository(town).edit(name="incidents", has_wiki=True)


def _no_issues(town: Town) -> None:
    repository(town).edit(name="incidents", has_issues=False)


def _replaced(path: str, old: str, new: str) -> Callable[[Town], None]:
    def act(town: Town) -> None:
        found = repository(town).get_contents(path)
        assert not isinstance(found, list)
        text = found.decoded_content.decode()
        assert old in text
        town.sandbox.store.put_file(REPO, path, text.replace(old, new))

    return act


def _both(*acts: Callable[[Town], None]) -> Callable[[Town], None]:
    def act(town: Town) -> None:
        for one in acts:
            one(town)

    return act


def _deleted(path: str) -> Callable[[Town], None]:
    def act(town: Town) -> None:
        found = repository(town).get_contents(path)
        assert not isinstance(found, list)
        repository(town).delete_file(path, "Delete", found.sha)

    return act


def _no_label(town: Town) -> None:
    repository(town).get_label("state: triaged").delete()


def _other_color(town: Town) -> None:
    repository(town).get_label("state: triaged").edit("state: triaged", "000000")


def _actions(path: str, body: dict[str, object]) -> Callable[[Town], None]:
    def act(town: Town) -> None:
        url = f"/repos/{REPO}/actions/permissions{path}"
        town.client().requester.requestJsonAndCheck("PUT", url, input=body)

    return act


def _late(town: Town) -> None:
    town.sandbox.store.move_clock(advance=13 * 3600)


def _very_late(town: Town) -> None:
    town.sandbox.store.move_clock(advance=25 * 3600)


def _failing(town: Town) -> None:
    town.sandbox.store.move_clock(advance=3600)
    town.sandbox.store.record_run(REPO, "sweep.yml", conclusion="failure")


def _unanswered(town: Town) -> None:
    repository(town).get_issue(town.file()).create_comment("/help")


def _owed(town: Town) -> None:
    issue = repository(town).get_issue(town.file())
    body = issue.body.replace("It happened to me", "I file for someone else")
    issue.edit(body=f"{body}\n")
    town.handle()


def _edited_receipt(town: Town) -> None:
    number = town.file()
    town.handle()
    next(iter(repository(town).get_issue(number).get_comments())).edit("Nothing happened.")


def _in_trouble(town: Town) -> None:
    _edited_receipt(town)
    repository(town).get_issue(1).create_comment("/help")
    town.sweep()


def _two_states(town: Town) -> None:
    number = town.file()
    town.handle()
    repository(town).get_issue(number).add_to_labels("state: triaged")


def _lost_state(town: Town) -> None:
    town.file()
    town.handle()
    text = (workflows() / "incident.yml").read_text().replace("reported", "filed")
    town.sandbox.store.put_file(REPO, "workflows/incident.yml", text)


def _stranger(town: Town) -> None:
    _guest(town)
    town.file("guest")
    town.handle()


def _monitor(town: Town) -> None:
    town.environment["COCFLOW_HEARTBEAT_URL"] = "ping.example.org"


CONFIG = ".github/ISSUE_TEMPLATE/config.yml"
FORM = ".github/ISSUE_TEMPLATE/incident.yml"
SWEEP = ".github/workflows/sweep.yml"
COCFLOW = ".github/cocflow.yml"
ARRIVED = "templates/reporter/arrived.md.j2"

BROKEN: dict[str, tuple[Callable[[Town], None], str, str]] = {
    "public": (_public, "private", "failure"),
    "internal": (_internal, "private", "failure"),
    "a collaborator off the roster": (_guest, "readers", "failure"),
    "a team off the roster": (_team, "readers", "failure"),
    "an owner off the roster": (_owner, "readers", "warning"),
    "an administrator without access": (_tom_is_gone, "administrators", "failure"),
    "something that cocflow couldn't do": (_in_trouble, "board", "failure"),
    "an administrator who can't write": (_tom_only_reads, "administrators", "failure"),
    "two who may write": (_tom_and_another_write, "rights", "warning"),
    "a roster without accounts": (_unpinned, "accounts", "warning"),
    "a login of another account": (_pinned_to_another, "accounts", "failure"),
    "a run from another branch": (_run_from_a_branch, "branches", "failure"),
    "forks allowed": (_forks, "forks", "failure"),
    "a wiki": (_wiki, "issues only", "warning"),
    "no issues": (_no_issues, "issues only", "failure"),
    "a broken configuration": (_replaced(COCFLOW, "UTC", "Moon"), "configuration", "failure"),
    "no configuration": (_deleted(COCFLOW), "configuration", "failure"),
    "a broken process": (
        _replaced("workflows/incident.yml", "to: triaged", "to: x"),
        "configuration",
        "failure",
    ),
    "no form": (_deleted(FORM), "forms", "failure"),
    "broken outcomes": (
        _replaced("workflows/outcomes.yml", "table: talk", "table: chat"),
        "configuration",
        "failure",
    ),
    "a form that names others": (_replaced(FORM, "Riya Sen and tom", "Riya Sen"), "forms", "warning"),
    "a reworded form": (_replaced(FORM, "Write as much", "Write all"), "forms", "warning"),
    "blank issues": (_replaced(CONFIG, "enabled: false", "enabled: true"), "blank issues", "failure"),
    "no chooser": (_deleted(CONFIG), "blank issues", "failure"),
    "no outside contact": (_replaced(COCFLOW, "outside_contact:", "# it was:"), "outside contact", "warning"),
    "no job": (_deleted(SWEEP), "jobs", "failure"),
    "another job": (_replaced(SWEEP, "name: ", "name: Our "), "jobs", "warning"),
    "no lock": (_deleted(".github/requirements.txt"), "jobs", "failure"),
    "a quick label that starts no job": (
        _replaced("workflows/incident.yml", "approve: approved", "fine: approved"),
        "quick labels",
        "failure",
    ),
    "no process": (_deleted("workflows/incident.yml"), "processes", "failure"),
    "a template that leaks": (_replaced(ARRIVED, "{{", "{{ parties }}{{"), "templates", "failure"),
    "a missing label": (_no_label, "labels", "failure"),
    "a label of another colour": (_other_color, "labels", "warning"),
    "Actions off": (_actions("", {"enabled": False}), "actions", "failure"),
    "own actions only": (
        _actions("", {"enabled": True, "allowed_actions": "local_only"}),
        "actions",
        "failure",
    ),
    "some actions only": (_selected(own=False), "actions", "failure"),
    "one of two actions": (_selected(False, "actions/checkout@v5"), "actions", "failure"),
    "filing restricted": (_restricted, "filing", "warning"),
    "sweeps by hand only": (_by_hand_only, "sweeps", "warning"),
    "a clock that is off": (_fast_clock, "clock", "warning"),
    "a locked incident": (_locked, "locks", "failure"),
    "mail that no sweep has tried": (_secret("COCFLOW_SMTP_URL"), "mail", "unknown"),
    "a mailbox that no sweep has tried": (
        _both(
            _secret("COCFLOW_IMAP_URL"),
            _replaced(COCFLOW, "outside_contact:", "mail_provider: gmail\noutside_contact:"),
        ),
        "mailbox",
        "unknown",
    ),
    "a mailbox whose server nobody trusts": (
        _secret("COCFLOW_IMAP_URL", swept=True),
        "senders",
        "warning",
    ),
    "a bot that no sweep has tried": (_secret("SLACK_BOT_TOKEN"), "slack", "unknown"),
    "an administrator who reads the other vault": (_reads_both, "wall", "failure"),
    "vaults that disagree": (_disagrees, "vaults", "failure"),
    "a monitor that is no address": (_monitor, "heartbeat", "failure"),
    "an appeals address without a mailbox": (
        _replaced(COCFLOW, "outside_contact:", "appeals: a@example.org\noutside_contact:"),
        "mailbox",
        "warning",
    ),
    "jobs that may write": (
        _actions("/workflow", {"default_workflow_permissions": "write"}),
        "actions",
        "warning",
    ),
    "a late sweep": (_late, "sweeps", "warning"),
    "no sweep for a day": (_very_late, "sweeps", "failure"),
    "a failing sweep": (_failing, "sweeps", "warning"),
    "an unanswered report": (_unanswered, "unanswered", "warning"),
    "an owed notice": (_owed, "notices", "warning"),
    "an edited receipt": (_edited_receipt, "receipts", "failure"),
    "two states": (_two_states, "state labels", "warning"),
    "a state that the process lacks": (_lost_state, "states", "failure"),
    "a report by a stranger": (_stranger, "filed by", "warning"),
}


SECOND = "acme/second"


def made_second(town: Town) -> None:
    """Make a second vault, which nobody of the first one's roster reads."""
    store = town.sandbox.store
    store.add_member("acme", "keeper", "admin")
    store.add_member("acme", "riya", "member")
    maker = {"GH_TOKEN": store.add_token("keeper")}
    words = ("init", SECOND, "--like", REPO, "--administrator", "lou,Lou B\u00f6hm")
    done = town.run(*words, env=maker)
    assert done.exit_code == 0, (done.output, done.exception)
    store.set_permission(SECOND, "lou", "triage")


def examined(town: Town, repository: str = REPO) -> Result:
    """Return what the doctor tells a keeper, who can look into every vault."""
    keeper = {"GH_TOKEN": town.sandbox.store.add_token("keeper")}
    return town.run("doctor", repository, "--json", env=keeper)


def test_two_vaults_with_a_wall_between_them_are_right(settled: Town) -> None:
    """Each by its own check, whichever is looked at."""
    made_second(settled)
    for one in (REPO, SECOND):
        done = examined(settled, one)
        assert [found(done, name)["verdict"] for name in ("wall", "vaults")] == ["ok", "ok"], done.output


def test_who_is_on_both_rosters_may_read_both(settled: Town) -> None:
    """A report that may mean them goes to neither, so no wall is broken."""
    made_second(settled)
    settled.sandbox.store.set_permission(SECOND, "tom", "triage")
    assert found(examined(settled), "wall")["found"].startswith("These read acme/second, and so reports")
    for path in (REPO, SECOND):
        held = settled.client("keeper").get_repo(path).get_contents(COCFLOW)
        assert not isinstance(held, list)
        text = held.decoded_content.decode().replace('- login: "lou"', '- login: "tom"\n  - login: "lou"')
        if path == REPO:
            text = text.replace('- login: "tom"\n  - login: "lou"', '- login: "tom"\n      - login: "lou"')
        settled.sandbox.store.put_file(path, COCFLOW, text)
    assert found(examined(settled), "wall")["verdict"] == "ok"


def test_an_owner_on_a_roster_reads_every_vault(settled: Town) -> None:
    """GitHub lets nobody keep an owner out, so it is said."""
    made_second(settled)
    settled.sandbox.store.add_member("acme", "tom", "admin")
    one = found(examined(settled), "wall")
    assert (one["verdict"], "as owners they read every vault: tom" in one["found"]) == ("warning", True)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('- login: "lou"', '- login: "ada"', "another list of vaults and administrators"),
        ("vaults:", "# vaults:", "In acme/second"),
        ("letters_since: ", "letters_since: 2019-01-01 # ", "another letters_since"),
        ("time_zone: ", "time_zone: Moon # ", "unknown time zone"),
    ],
)
def test_vaults_that_disagree_are_found(old: str, new: str, says: str, settled: Town) -> None:
    """Whichever is looked at, since each goes by its own list."""
    made_second(settled)
    held = settled.client("keeper").get_repo(SECOND).get_contents(COCFLOW)
    assert not isinstance(held, list)
    text = re.sub(f"^( *){re.escape(old)}", rf"\1{new}", held.decoded_content.decode(), count=1, flags=re.M)
    settled.sandbox.store.put_file(SECOND, COCFLOW, text)
    one = found(examined(settled), "vaults")
    assert says in one["found"]
    assert one["verdict"] in ("failure", "warning")
    assert one["fix"]


def test_a_vault_that_a_token_cannot_see_is_unknown(settled: Town) -> None:
    """Whether a wall stands is never guessed."""
    made_second(settled)
    seen = verdicts(settled.run("doctor", REPO, "--json"))
    assert (seen["wall"], seen["vaults"]) == ("unknown", "unknown")


CODES = {"failure": 1, "warning": 1, "unknown": 2}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_thing_is_found(settled: Town, name: str) -> None:
    """Whatever is broken by itself is what the doctor finds, by the check that looks for it."""
    act, check, verdict = BROKEN[name]
    act(settled)
    done = settled.run("doctor", REPO, "--json")
    assert verdicts(done)[check] == verdict
    assert done.exit_code == CODES[verdict]
    each_has_one_thing_to_do(done)


FIRST = {verdict: next(name for name in BROKEN if BROKEN[name][2] == verdict) for verdict in CODES}


@pytest.mark.matrix
@pytest.mark.parametrize("name", BROKEN if EVERYTHING else FIRST.values())
def test_the_table_says_what_the_json_says(
    settled: Town, name: str, record_property: Callable[[str, object], None]
) -> None:
    """With the table, too, the verdict stands beside its check, and what to do; the exit code tells."""
    act, check, verdict = BROKEN[name]
    act(settled)
    done = settled.run("doctor", REPO)
    assert re.search(rf"│ {check} +│ {verdict} +│", done.stdout)
    assert found(settled.run("doctor", REPO, "--json"), check)["do"] in done.stdout
    assert done.exit_code == CODES[verdict]
    tried(record_property, "tables", 1)


def found(done: Result, check: str) -> dict[str, str]:
    """Return what a doctor that was asked for JSON says of one thing."""
    return next(one for one in json.loads(done.stdout) if one["check"] == check)


CHANNELS = {"mail": "COCFLOW_SMTP_URL", "mailbox": "COCFLOW_IMAP_URL", "slack": "SLACK_BOT_TOKEN"}


@pytest.fixture
def served(settled: Town) -> Iterator[tuple[SmtpServer, SlackDouble]]:
    """Set up a community that has each channel, in the jobs and on this machine, and all of them up."""
    with smtp_server() as smtp, imap_server() as imap, slack_double() as slack:
        login = f"{USER}:{quote(PASSWORD, safe='')}"
        settled.environment |= {
            "COCFLOW_SMTP_URL": f"smtp://127.0.0.1:{smtp.port}?from=coc@example.org",
            "COCFLOW_IMAP_URL": f"imap://{login}@127.0.0.1:{imap.port}/INBOX",
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_API_URL": slack.url,
        }
        for name in CHANNELS.values():
            settled.sandbox.store.add_secret(REPO, name)
        yield smtp, slack


def test_each_channel_is_tried_and_nothing_is_sent(
    settled: Town, served: tuple[SmtpServer, SlackDouble]
) -> None:
    """Where the secrets are set on the machine, each channel is logged in to; nobody gets a message."""
    done = settled.run("doctor", REPO, "--json")
    assert {check: found(done, check)["verdict"] for check in CHANNELS} == dict.fromkeys(CHANNELS, "ok")
    smtp, slack = served
    assert (smtp.envelopes, slack.messages) == ([], [])


PASSES = b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n"
GMX = b"Authentication-Results: gmx.net; dkim=pass header.i=@example.org\r\n"
FROM = b"From: riya@example.org\r\nSubject: Hello\r\n\r\nHello"
FASTMAIL = PASSES.replace(b"mx.example.org", b"mx1.messagingengine.com")

SENDERS = {
    "no setting, no letter": ("", [], "warning", "No server's word"),
    "no setting, a provider's letters": (
        "",
        [FASTMAIL, GMX, FASTMAIL],
        "warning",
        "set mail_provider: fastmail",
    ),
    "no setting, another server's letters": ("", [PASSES], "warning", "set authserv_id: mx.example.org"),
    "a server that says nothing of DMARC": (
        "authserv_id: gmx.net",
        [GMX],
        "warning",
        "none says what came of",
    ),
    "another's setting": ("mail_provider: gmail", [FASTMAIL], "warning", "set mail_provider: fastmail"),
    "the right setting": (
        "mail_provider: fastmail",
        [FASTMAIL, b"", b""],
        "ok",
        "Of the newest 3 letters, 1",
    ),
    "a pattern": ('authserv_id: "*.messagingengine.com"', [FASTMAIL], "ok", "Of the newest 1 letters, 1"),
    "a right setting, and nobody who passes": (
        "mail_provider: fastmail",
        [FASTMAIL.replace(b"pass", b"fail")],
        "warning",
        "of none of the newest 1",
    ),
    "a setting, no letter": ("mail_provider: fastmail", [], "ok", "no letter has come"),
}


@pytest.mark.parametrize("what", SENDERS)
def test_the_newest_letters_show_whether_anybody_can_be_verified(settled: Town, what: str) -> None:
    """With the mailbox's own address on the machine, the setting that would fit is named; no mail is sent."""
    setting, heads, verdict, says = SENDERS[what]
    if setting:
        _replaced(COCFLOW, "outside_contact:", f"{setting}\noutside_contact:")(settled)
    with imap_server() as imap:
        for head in heads:
            imap.arrive(head + FROM)
        login = f"{USER}:{quote(PASSWORD, safe='')}"
        settled.environment["COCFLOW_IMAP_URL"] = f"imap://{login}@127.0.0.1:{imap.port}/INBOX"
        before = imap.flags()
        one = found(settled.run("doctor", REPO, "--json"), "senders")
        assert (one["verdict"], says in f"{one['found']} {one['fix']}") == (verdict, True), one
        assert imap.flags() == before


@pytest.mark.usefixtures("served")
def test_since_when_letters_count_is_told(settled: Town) -> None:
    """Whoever looks for an old letter reads that it is left alone."""
    assert re.search(
        r"Letters before .* UTC are left alone",
        found(settled.run("doctor", REPO, "--json"), "mailbox")["found"],
    )


WRONG = {
    "a mail server that is down": ("mail", "smtp://127.0.0.1:9?from=coc@example.org", "no connection"),
    "a login that mail refuses": ("mail", "smtp://coc:s3cr3t@{}?from=coc@example.org", "refuses the login"),
    "mail's address": ("mail", "s3cr3t.example.org", "COCFLOW_SMTP_URL is no SMTP address"),
    "a mailbox that is down": ("mailbox", "imap://coc:s3cr3t@127.0.0.1:9/", "no connection"),
    "a login that the mailbox refuses": ("mailbox", "imap://coc:s3cr3t@{}/", "refuses the login"),
    "a folder that isn't there": ("mailbox", "imap://{login}@{}/s3cr3t", "the folder that COCFLOW_IMAP_URL"),
    "a revoked token": ("slack", "xoxb-s3cr3t", "refuses the login"),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.usefixtures("served")
def test_what_is_wrong_with_a_channel_is_named_and_no_secret(settled: Town, what: str) -> None:
    """Connection, login, folder and setting are told apart, with who mends it, and no secret is shown."""
    check, url, says = WRONG[what]
    place = re.search(r"127\.0\.0\.1:\d+", settled.environment[CHANNELS[check]])
    login = f"{USER}:{quote(PASSWORD, safe='')}"
    settled.environment[CHANNELS[check]] = url.format(place and place[0], login=login)
    done = settled.run("doctor", REPO, "--json")
    one = found(done, check)
    assert one["verdict"] == "failure"
    assert says in one["found"]
    assert re.match("An administrator of the repository|Whoever", one["fix"])
    assert "s3cr3t" not in done.output
    assert done.exit_code == 1


@pytest.mark.usefixtures("served")
def test_a_channel_that_only_this_machine_can_use_deserves_a_look(settled: Town) -> None:
    """A secret that is set here and not for the jobs serves nobody."""
    settled.sandbox.store.remove_secret(REPO, "COCFLOW_SMTP_URL")
    one = found(settled.run("doctor", REPO, "--json"), "mail")
    assert (one["verdict"], "no secret COCFLOW_SMTP_URL" in one["found"]) == ("warning", True)


def _signs_in(town: Town, tokens: Provider, port: int) -> None:
    town.environment |= {
        "COCFLOW_OAUTH": tokens.app(),
        "COCFLOW_IMAP_URL": f"imap://{USER}@127.0.0.1:{port}/INBOX",
    }


@pytest.mark.usefixtures("served")
def test_the_sign_in_by_token_is_tried(settled: Town) -> None:
    """A mailbox without a password is opened with a token; the jobs need both secrets for that."""
    with provider(USER) as tokens, imap_server() as imap, takes_tokens(imap.port, tokens) as line:
        _signs_in(settled, tokens, line.port)
        one = found(settled.run("doctor", REPO, "--json"), "mailbox")
        assert (one["verdict"], "no secret COCFLOW_OAUTH" in one["found"]) == ("warning", True)
        settled.sandbox.store.add_secret(REPO, "COCFLOW_OAUTH")
        one = found(settled.run("doctor", REPO, "--json"), "mailbox")
        assert (one["verdict"], "COCFLOW_IMAP_URL and COCFLOW_OAUTH" in one["found"]) == ("ok", True)


NOT_SIGNED_IN: dict[str, tuple[Callable[[Provider], str], dict[str, str], str]] = {
    "a secret that has expired": (
        lambda tokens: tokens.app(client_secret="s3cr3t"),
        {},
        "the secret has expired (invalid_client)",
    ),
    "no consent": (lambda tokens: tokens.service_account(scope="s3cr3t"), {}, "has no consent"),
    "no right to the mailbox": (
        Provider.app,
        {"after": "BAD User is authenticated but not connected."},
        "may not open this mailbox",
    ),
    "IMAP that is off": (
        Provider.app,
        {"refusal": "NO [ALERT] Your account is not enabled for IMAP use."},
        "IMAP",
    ),
}


@pytest.mark.parametrize("what", NOT_SIGNED_IN)
@pytest.mark.usefixtures("served")
def test_what_is_wrong_with_the_sign_in_is_named_and_no_secret(settled: Town, what: str) -> None:
    """Expired secret, lacking consent, and what is off at the provider are told apart."""
    setting, how, says = NOT_SIGNED_IN[what]
    user = "somebody" if "refusal" in how else USER
    with provider(user) as tokens, imap_server() as imap, takes_tokens(imap.port, tokens, **how) as line:
        _signs_in(settled, tokens, line.port)
        settled.environment["COCFLOW_OAUTH"] = setting(tokens)
        done = settled.run("doctor", REPO, "--json")
    one = found(done, "mailbox")
    assert (one["verdict"], says in one["found"]) == ("failure", True)
    assert "docs/oauth.md" in one["fix"]
    assert "s3cr3t" not in done.output
    assert "AADSTS" not in done.output


def test_a_secret_that_only_the_jobs_have_is_what_their_sweep_found(settled: Town) -> None:
    """A sweep that went well after a secret was set has tried it; what failed is said as on the board."""
    settled.sandbox.store.add_secret(REPO, "COCFLOW_SMTP_URL", of_organization=True)
    _secret("COCFLOW_IMAP_URL", swept=True)(settled)
    done = settled.run("doctor", REPO, "--json")
    assert [found(done, check)["verdict"] for check in ("mail", "mailbox", "board")] == ["ok"] * 3
    settled.sweep({"COCFLOW_SMTP_URL": "smtp://127.0.0.1:9?from=coc@example.org"})
    done = settled.run("doctor", REPO, "--json")
    one = found(done, "mail")
    assert one["verdict"] == "failure"
    assert "no connection" in one["found"]
    assert one["fix"].startswith("An administrator of the repository")
    assert (found(done, "mailbox")["verdict"], found(done, "board")["verdict"]) == ("ok", "ok")


def test_every_remedy_says_whose_it_is(settled: Town) -> None:
    """Whatever is to be done names the role that can do it, and where the token lacks it, too."""
    for act, check, _ in (
        BROKEN[name] for name in ("forks allowed", "a wiki", "a locked incident", "no job")
    ):
        assert check
        act(settled)
    settled.sandbox.store.set_permission(REPO, "guest", "read")
    for token in (settled.token, settled.sandbox.store.add_token("guest")):
        done = settled.run("doctor", REPO, "--json", env={"GH_TOKEN": token})
        each_has_one_thing_to_do(done)
        for one in json.loads(done.stdout):
            named = one["who"] or re.match("An administrator|Whoever|Nothing", one["fix"])
            assert named or not one["fix"], one["check"]


def test_the_first_line_counts(settled: Town) -> None:
    """The table is headed by one line that counts; what is wrong comes first, and then what is well."""
    _forks(settled)
    _wiki(settled)
    said = settled.run("doctor", REPO).stdout
    first = said.splitlines()[0]
    assert first == f"1 thing is wrong, 1 deserves a look, {len(CHECKS) - 2} are right."
    assert re.findall(r"│ (failure|warning|ok) +│", said) == ["failure", "warning"] + ["ok"] * (
        len(CHECKS) - 2
    )


@pytest.mark.parametrize(
    ("verdicts", "says"),
    [
        (("ok",), "Nothing is wrong, 1 is right."),
        (("failure", "failure", "ok", "ok"), "2 things are wrong, 2 are right."),
        (("warning", "warning", "unknown"), "Nothing is wrong, 2 deserve a look, 1 can't be told."),
    ],
)
def test_the_summary_is_a_sentence(verdicts: tuple[Verdict, ...], says: str) -> None:
    """One and many are told apart, and what there is none of isn't counted."""
    findings = [Finding(check="", verdict=one, found="", means="", fix="", who="", do="") for one in verdicts]
    assert summary(findings) == says


def test_triage_is_enough_for_an_administrator(settled: Town) -> None:
    """In an organization, whoever may label and close can do all that the process asks."""
    settled.sandbox.store.set_permission(REPO, "tom", "triage")
    assert verdicts(settled.run("doctor", REPO, "--json"))["administrators"] == "ok"


def test_whoever_could_change_the_roster_is_named(settled: Town) -> None:
    """Of those off the roster who can read, the ones who can also write are named again."""
    settled.sandbox.store.set_permission(REPO, "guest", "read")
    settled.sandbox.store.set_permission(REPO, "robin", "write")
    said = found(settled.run("doctor", REPO, "--json"), "readers")["found"]
    assert said.endswith("These of them can change the roster and the jobs, too: robin.")


@pytest.mark.parametrize(("own", "patterns"), [(True, ()), (False, ("actions/*",))])
def test_selected_actions_that_the_jobs_use_are_enough(
    settled: Town, own: bool, patterns: tuple[str, ...]
) -> None:
    """Where only some actions may run, the jobs' being among them is right."""
    _selected(own, *patterns)(settled)
    assert verdicts(settled.run("doctor", REPO, "--json"))["actions"] == "ok"


def test_every_check_is_broken_by_some_test() -> None:
    """No check goes without something that it finds."""
    of_rooms = {check for _, check, _, _ in BROKEN_OF_ROOMS.values()}
    of_rooms.add("rooms' key")  # which takes the key at hand: tests/cli/test_rooms.py has a test of its own
    of_rooms.add("retention")  # which takes months: tests/cli/test_erase.py has a test of its own
    assert {check for _, check, _ in BROKEN.values()} | of_rooms == {check.name for check in CHECKS}


def test_readers_are_listed_by_name_and_source(settled: Town) -> None:
    """Everybody off the roster who can read is named, with where their access comes from."""
    _team(settled)
    _owner(settled)
    found = settled.run("doctor", REPO).output
    assert "intern (team interns)" in found
    assert "founder (owner of the organization)" in found


def test_what_a_token_cannot_see_is_unknown(settled: Town) -> None:
    """Somebody who may only read learns that most things can't be seen, never that they are fine."""
    settled.sandbox.store.set_permission(REPO, "guest", "read")
    token = settled.sandbox.store.add_token("guest")
    done = settled.run("doctor", REPO, "--json", env={"GH_TOKEN": token})
    found = verdicts(done)
    assert (found["readers"], found["administrators"], found["actions"]) == ("unknown",) * 3


def test_no_such_repository_cannot_be_checked(town: Town) -> None:
    """A repository that can't be seen isn't reported on at all."""
    done = town.run("doctor", "acme/other")
    assert done.exit_code != 0
    assert "no such repository" in str(done.exception)
