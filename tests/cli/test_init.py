"""`cocflow init` against the sandbox over HTTP, and into a folder."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from cocflow.core.people.roster import Community
from cocflow.core.text.blobs import blob_sha
from cocflow.setup import shipped
from cocflow.setup.community import load_community
from cocflow.setup.in_force import load_processes
from cocflow.setup.install import CONFIGURATION, NOT_SHIPPED, RECORD
from cocflow.setup.labels import labels_of
from tests.cli.premises import FLAGS, REPO, Town

FORM = ".github/ISSUE_TEMPLATE/incident.yml"
SWEEP = ".github/workflows/sweep.yml"
ANSWERS = (
    "Enginexp\nhttps://example.org/coc\nUTC\n#rules\nhelp@example.org\nappeals@example.org\nFastmail\n"
    "riya; tom,Tom Ito,tom@example.org\n"
)
UNCHANGED = "Everything is as it should be; nothing was changed."


def files(town: Town) -> set[str]:
    """Return the paths of the repository's files."""
    tree = town.client().get_repo(REPO).get_git_tree("main", recursive=True)
    return {entry.path for entry in tree.tree}


def text(town: Town, path: str) -> str:
    """Return what a file holds."""
    found = town.client().get_repo(REPO).get_contents(path)
    assert not isinstance(found, list)
    return found.decoded_content.decode()


def test_it_makes_a_private_repository_that_holds_everything(town: Town) -> None:
    """One command creates the repository, closes it off, makes the labels and writes the files."""
    done = town.run("init", REPO, *FLAGS)
    assert done.exit_code == 0, done.output
    repository = town.client().get_repo(REPO)
    switched_on = (repository.has_wiki, repository.has_projects, repository.allow_forking)
    assert (repository.visibility, *switched_on) == ("private", False, False, False)
    assert {FORM, SWEEP, CONFIGURATION, RECORD, "workflows/incident.yml"} <= files(town)
    assert not NOT_SHIPPED & files(town)
    assert "state: triaged" in [label.name for label in repository.get_labels()]
    assert "Riya Sen and tom" in text(town, FORM)
    assert 'mail: "riya@example.org"' in text(town, CONFIGURATION)


def test_what_lies_in_the_mailbox_so_far_is_not_for_cocflow(town: Town) -> None:
    """The time at which it ran is when letters begin, and running it again doesn't change that."""
    began = datetime.now(UTC).replace(microsecond=0)
    town.run("init", REPO, *FLAGS)
    written = re.search(r'^letters_since: "(.*)"$', text(town, CONFIGURATION), re.M)
    assert written is not None
    assert began <= datetime.fromisoformat(written[1]) <= datetime.now(UTC)
    town.run("init", REPO, *FLAGS)
    assert written[0] in text(town, CONFIGURATION)


def test_a_second_run_changes_nothing_and_says_so(town: Town) -> None:
    """The same command again writes nothing."""
    town.run("init", REPO, *FLAGS)
    town.sandbox.store.requests.reset()
    done = town.run("init", REPO, *FLAGS)
    assert done.output.strip() == UNCHANGED
    assert town.sandbox.store.requests.as_dict()["rest_writes"] == 0


def test_it_takes_an_existing_private_repository(town: Town) -> None:
    """A private repository is taken as it is, and keeps its own files and labels."""
    town.sandbox.store.add_repo(REPO)
    town.sandbox.store.put_file(REPO, "notes.md", "ours")
    assert town.run("init", REPO, *FLAGS).exit_code == 0
    assert text(town, "notes.md") == "ours"
    assert "bug" in [label.name for label in town.client().get_repo(REPO).get_labels()]


def test_it_fills_an_empty_repository(town: Town) -> None:
    """A private repository without a single commit is set up, too."""
    town.sandbox.store.add_repo(REPO)
    assert town.run("init", REPO, *FLAGS).exit_code == 0
    assert {FORM, RECORD} <= files(town)


@pytest.mark.parametrize("visibility", ["public", "internal"])
def test_it_refuses_what_others_can_read(town: Town, visibility: str) -> None:
    """A repository that isn't private is refused, and nothing is written."""
    town.sandbox.store.add_repo(REPO, visibility=visibility)
    town.sandbox.store.requests.reset()
    done = town.run("init", REPO, *FLAGS)
    assert done.exit_code != 0
    assert f"The repository is {visibility}." in str(done.exception)
    assert town.sandbox.store.requests.as_dict()["rest_writes"] == 0


def test_it_asks_for_what_no_flag_says(town: Town) -> None:
    """Without flags it asks, and what was answered stands in the configuration and the form."""
    done = town.run("init", REPO, input=ANSWERS)
    assert done.exit_code == 0, done.output
    assert 'rules_channel: "#rules"' in text(town, CONFIGURATION)
    assert 'mail_provider: "fastmail"' in text(town, CONFIGURATION)
    assert "riya and Tom Ito" in text(town, FORM)


def test_who_runs_the_mailbox_is_asked_only_where_there_is_one(town: Town) -> None:
    """Whoever names no address for appeals isn't asked whose mailbox it is."""
    done = town.run("init", REPO, input=ANSWERS.replace("appeals@example.org\nFastmail\n", "\n"))
    assert done.exit_code == 0, done.output
    assert "Who runs that mailbox" not in done.output


def test_a_mistake_in_the_answers_stops_it_before_anything_is_written(town: Town) -> None:
    """A time zone that there isn't is named, and no repository is made."""
    flags = [flag if flag != "UTC" else "Moon" for flag in FLAGS]
    done = town.run("init", REPO, *flags)
    assert "unknown time zone `Moon`" in str(done.exception)
    assert CONFIGURATION in str(done.exception)
    assert town.run("doctor", REPO).exit_code != 0


def test_an_update_keeps_what_the_community_has_changed(settled: Town) -> None:
    """What is as it was installed is updated, with its difference shown; the community's own words stay."""
    store = settled.sandbox.store
    own = text(settled, FORM).replace("Write as much", "Write all you like, as much")
    store.put_file(REPO, FORM, own)
    done = settled.run("init", REPO, *FLAGS)
    assert f"{FORM}: keep" in done.output
    assert "-        You will get an answer <!-- cocflow:answered -->as soon as this is filed" in done.output
    assert text(settled, FORM) == own


def test_the_names_in_a_reworded_form_are_renewed(settled: Town) -> None:
    """When the roster changes, the form says who reads, and keeps the community's other words."""
    own = text(settled, FORM).replace("Write as much", "Write all you like, as much")
    settled.sandbox.store.put_file(REPO, FORM, own)
    roster = text(settled, CONFIGURATION).replace('login: "tom"', 'login: "ada"')
    settled.sandbox.store.put_file(REPO, CONFIGURATION, roster)
    assert settled.run("init", REPO).exit_code == 0
    renewed = own.replace("Riya Sen and tom", "Riya Sen and ada").replace('"@tom"', '"@ada"')
    assert text(settled, FORM) == renewed
    assert text(settled, CONFIGURATION) == roster


def test_a_dry_run_writes_nothing(town: Town) -> None:
    """`--dry-run` tells every step and every difference, and changes nothing."""
    told = town.run("init", REPO, *FLAGS, "--dry-run")
    assert "Would create the private repository." in told.output
    assert town.run("labels", REPO).exit_code != 0
    town.init()
    town.sandbox.store.put_file(REPO, SWEEP, text(town, SWEEP).replace("name: ", "name: Our "))
    town.sandbox.store.requests.reset()
    assert "+" in town.run("init", REPO, "--dry-run").output
    assert town.sandbox.store.requests.as_dict()["rest_writes"] == 0


def test_an_interrupted_run_is_finished_by_the_next(town: Town) -> None:
    """It says what was done and how to go on, and the second run does only what is left."""
    town.sandbox.store.add_repo(REPO, labels=False)
    town.sandbox.store.set_permission(REPO, "tom", "triage")
    helper = {"GH_TOKEN": town.sandbox.store.add_token("tom")}
    stopped = town.run("init", REPO, *FLAGS, env=helper)
    assert stopped.exit_code != 0
    assert town.run("init", REPO, *FLAGS).exit_code == 0
    assert town.run("init", REPO, *FLAGS).output.strip() == UNCHANGED


def test_the_words_of_an_interruption(town: Town) -> None:
    """A refusal in the middle names the step, the cause, what is done, and how to go on."""
    town.sandbox.store.add_repo(REPO, labels=False)
    town.sandbox.store.limits.set_remaining("core", 12)
    stopped = str(town.run("init", REPO, *FLAGS).exception)
    assert "Stopped while trying to" in stopped
    assert "Done so far:" in stopped
    assert "give the same command again" in stopped


def test_a_folder_gets_the_same(town: Town, tmp_path: Path) -> None:
    """`--local` writes what a repository would hold, needs no token, and changes nothing a second time."""
    folder = tmp_path / "incidents"
    assert town.run("init", "--local", str(folder), *FLAGS, env={"GH_TOKEN": None}).exit_code == 0
    town.run("init", REPO, *FLAGS)
    there = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    assert there == files(town) - {"README.md"}
    assert town.run("init", "--local", str(folder)).output.strip() == UNCHANGED


def test_without_a_token_it_says_where_one_comes_from(town: Town) -> None:
    """No token is a mistake with its remedy, not a failure of GitHub's."""
    done = town.run("init", REPO, env={"GH_TOKEN": None})
    assert "Set GH_TOKEN to a token of yours" in str(done.exception)


def test_a_repository_has_an_owner_and_a_name(town: Town) -> None:
    """Anything else is refused with an example."""
    assert "OWNER/NAME" in str(town.run("init", "incidents").exception)


PROCESS = "workflows/incident.yml"
JOB = ".github/workflows/incident.yml"
FORMER = "process: incident\nversion: '1.0'\nstates: {}\n"


def test_the_job_starts_for_the_quick_labels_of_the_communitys_own_process(settled: Town) -> None:
    """A changed process brings the job up to date, in one that is as installed and in one of their own."""
    own = text(settled, PROCESS).replace('"estimate: 1 week": 1 week', "it's a week: 1 week")
    settled.sandbox.store.put_file(REPO, PROCESS, own.replace('"1.1"', '"1.1-ours"'))
    assert settled.run("init", REPO).exit_code == 0
    assert "\"it''s a week\"" in text(settled, JOB)
    assert '"estimate: 1 week"' not in text(settled, JOB)
    assert text(settled, PROCESS) == own.replace('"1.1"', '"1.1-ours"')
    again = settled.run("init", REPO).output
    assert f"{PROCESS}: keep: you have changed it" in again
    assert again.strip().endswith(UNCHANGED)


def test_a_process_of_the_communitys_own_has_to_be_converted_first(settled: Town) -> None:
    """One that this version can't read stays, nothing is written, and it is said how to go on."""
    own = text(settled, PROCESS).replace("draft.made", "post.drafted")
    settled.sandbox.store.put_file(REPO, PROCESS, own)
    settled.sandbox.store.put_file(REPO, SWEEP, "# old\n")
    done = settled.run("init", REPO)
    assert done.exit_code != 0
    said = str(done.exception)
    assert said.startswith(f"{PROCESS}:")
    assert "write `at: draft.made`" in said
    assert "You have changed this file, so it stays yours" in said
    assert "CHANGELOG.md tells how" in said
    assert text(settled, PROCESS) == own
    assert text(settled, SWEEP) == "# old\n"


def test_a_process_as_it_was_installed_is_brought_up_to_date_whatever_it_says(settled: Town) -> None:
    """An upgrade replaces what the community hasn't changed, even if this version can't read it."""
    store, record = settled.sandbox.store, json.loads(text(settled, RECORD))
    current = text(settled, PROCESS)
    store.put_file(REPO, PROCESS, FORMER)
    record["files"][PROCESS] = blob_sha(FORMER.encode())
    store.put_file(REPO, RECORD, json.dumps(record))
    assert settled.run("init", REPO).exit_code == 0
    assert text(settled, PROCESS) == current


# --- another vault ----------------------------------------------------------------------------------------

SECOND = "acme/second"
LIKE = (SECOND, "--like", REPO, "--administrator", "lou,Lou B\u00f6hm")


def held(town: Town, repository: str, path: str) -> str:
    """Return what a file of one of several repositories holds."""
    found = town.client().get_repo(repository).get_contents(path)
    assert not isinstance(found, list)
    return found.decoded_content.decode()


def community_of(town: Town, repository: str, folder: Path) -> Community:
    """Return what a repository's configuration says."""
    path = folder / "read.yml"
    path.write_text(held(town, repository, CONFIGURATION))
    return load_community(path, {}, repository)


def test_one_command_makes_a_second_vault_with_the_community_s_settings(
    settled: Town, tmp_path: Path
) -> None:
    """It has administrators of its own, and both configurations name both vaults in one order."""
    own = held(settled, REPO, CONFIGURATION) + 'administrators_slack_channel: "C024BE7LR"\n'
    settled.sandbox.store.put_file(REPO, CONFIGURATION, own)
    done = settled.run("init", *LIKE)
    assert done.exit_code == 0, (done.output, done.exception)
    first, second = (community_of(settled, one, tmp_path) for one in (REPO, SECOND))
    assert [one.shown() for one in second.administrators] == ["Lou B\u00f6hm"]
    assert first.vaults == second.vaults
    assert [one.repository for one in first.vaults] == [REPO, SECOND]
    assert first.vaults[0].administrators == first.administrators
    assert first.vaults[1].administrators == second.administrators
    assert (second.name, second.outside_contact) == (first.name, first.outside_contact)
    assert second.letters_since == first.letters_since
    assert (first.administrators_slack_channel, second.administrators_slack_channel) == ("C024BE7LR", "")
    assert settled.client().get_repo(SECOND).visibility == "private"
    assert "Lou B\u00f6hm" in held(settled, SECOND, FORM)


def test_a_second_vault_made_again_changes_nothing(settled: Town) -> None:
    """The same command again finds all as it should be."""
    settled.run("init", *LIKE)
    done = settled.run("init", *LIKE)
    assert UNCHANGED in done.output
    assert settled.run("init", SECOND).output.strip() == UNCHANGED


def test_a_second_vault_has_the_community_s_own_words(settled: Town) -> None:
    """What the community has changed comes along, and is its own there too: no update takes it back."""
    own = text(settled, FORM).replace("Write as much", "Write all you like, as much")
    settled.sandbox.store.put_file(REPO, FORM, own)
    settled.sandbox.store.put_file(REPO, "templates/reporter/estimate.md.j2", "Soon.\n")
    settled.run("init", *LIKE)
    assert "Write all you like" in held(settled, SECOND, FORM)
    assert '"@lou (Lou B\u00f6hm)"' in held(settled, SECOND, FORM)
    assert held(settled, SECOND, "templates/reporter/estimate.md.j2") == "Soon.\n"
    assert UNCHANGED in settled.run("init", SECOND).output


def test_a_roster_that_changed_is_told_to_the_other_vault(settled: Town, tmp_path: Path) -> None:
    """What a vault's own configuration says of its administrators holds in all of them."""
    settled.run("init", *LIKE)
    changed = held(settled, SECOND, CONFIGURATION).replace('- login: "lou"', '- login: "ada"', 1)
    settled.sandbox.store.put_file(SECOND, CONFIGURATION, changed)
    done = settled.run("init", SECOND, "--like", REPO)
    assert done.exit_code == 0, (done.output, done.exception)
    first = community_of(settled, REPO, tmp_path)
    assert [one.login for one in first.vaults[1].administrators] == ["ada"]
    assert [one.login for one in first.administrators] == ["riya", "tom"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((REPO, "--like", REPO), "a repository of its own"),
        ((SECOND, "--like", "acme/nothing"), "isn't set up yet"),
        ((*LIKE, "--community", "Another"), "the rest is the other vault's"),
    ],
)
def test_what_makes_no_second_vault_is_refused(words: tuple[str, ...], says: str, settled: Town) -> None:
    """Nothing is written, in neither."""
    settled.sandbox.store.requests.reset()
    done = settled.run("init", *words)
    assert says in str(done.exception)
    assert settled.sandbox.store.requests.as_dict()["rest_writes"] == 0


def test_a_dry_run_of_a_second_vault_writes_nothing(settled: Town) -> None:
    """It tells what would be done in both."""
    settled.sandbox.store.requests.reset()
    done = settled.run("init", *LIKE, "--dry-run")
    assert "Would create the private repository." in done.output
    assert f"+  - repository: {json.dumps(SECOND)}" in done.output
    assert settled.sandbox.store.requests.as_dict()["rest_writes"] == 0


def test_flags_that_change_nothing_are_named(town: Town) -> None:
    """On a repository that is set up, a flag that says something else is named, with where to write it."""
    town.run("init", REPO, *FLAGS)
    done = town.run("init", REPO, "--rules-channel", "#another")
    assert "--rules-channel. Write it into .github/cocflow.yml there." in done.output
    assert "--outside-contact" not in done.output


# --- as people meet it ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("https://example.org/coc", "example.org/coc", "it begins with https://"),
        ("UTC", "Moon", "There is no such time zone"),
        ("appeals@example.org", "our mailbox", "That is no mail address."),
        ("Fastmail", "Pigeon", "One of fastmail"),
        ("riya; tom,Tom Ito,tom@example.org", "riya,tom", "`riya; tom`"),
    ],
)
def test_a_wrong_answer_is_asked_again_and_the_others_are_kept(
    town: Town, right: str, wrong: str, says: str
) -> None:
    """Only the question with the mistake comes again, with what is wrong; everything else stays answered."""
    done = town.run("init", REPO, input=ANSWERS.replace(f"{right}\n", f"{wrong}\n{right}\n"))
    assert done.exit_code == 0, done.output
    assert says in done.output
    plain = town.run("init", "acme/another", input=ANSWERS)
    assert done.output.count("?") - plain.output.count("?") == 1
    assert community_of(town, REPO, town.folder) == msgspec.structs.replace(
        community_of(town, "acme/another", town.folder),
        letters_since=community_of(town, REPO, town.folder).letters_since,
    )


def test_two_logins_with_a_comma_are_two_people(town: Town) -> None:
    """By flag, too, they aren't taken for one who is called by the other's login; nothing is written."""
    flags = [
        flag for flag in FLAGS if flag not in ("--administrator", "tom", "riya,Riya Sen,riya@example.org")
    ]
    done = town.run("init", REPO, *flags, "--administrator", "mft,miabot")
    assert done.exit_code != 0
    assert "`mft; miabot`" in str(done.exception)
    assert "no such repository" in str(town.run("doctor", REPO).exception)


def test_a_dry_run_names_every_file(town: Town) -> None:
    """Whoever looks first reads what would be written, by its path."""
    told = town.run("init", REPO, *FLAGS, "--dry-run").output
    town.init()
    assert [path for path in sorted(files(town) - {"README.md"}) if path not in told] == []


def test_a_flag_for_what_is_set_already_is_never_ignored_in_silence(settled: Town) -> None:
    """Whoever names an outside contact later is told where to write it."""
    done = settled.run("init", REPO, "--outside-contact", "council@example.org")
    assert "--outside-contact. Write it into .github/cocflow.yml there." in done.output


def test_it_says_how_githubs_own_labels_go_and_ends_with_the_next_steps(town: Town) -> None:
    """Each label with its command, and none of ours; the last thing to read are three steps."""
    town.sandbox.store.add_repo(REPO)
    done = town.run("init", REPO, *FLAGS).output
    offered = re.findall(rf'gh label delete "([^"]+)" --repo {REPO} --yes', done)
    assert {"bug", "wontfix", "good first issue"} <= set(offered)
    assert not set(offered) & {label.name for label in labels_of(load_processes(shipped.root()))}
    steps = done[done.index("Three steps are left:") :]
    assert re.findall(r"^([0-9])\. ", steps, re.M) == ["1", "2", "3"]
    assert steps.strip().endswith("who can read what, and what is missing.")
