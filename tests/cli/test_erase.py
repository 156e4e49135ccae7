"""`cocflow erase` against the sandbox over HTTP: what goes and stays, who may, what the audit says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cocflow.core.case.records import Stub, read_stubs
from cocflow.core.process import BOARD_LABEL, BOOK_LABEL
from tests.cli.findings import each_has_one_thing_to_do
from tests.cli.premises import REPO, SECRET, Kept, Town, kept

DAY = 86_400


class Vault:
    """A repository with retention, and an incident that was resolved in it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.first = 1

    def resolves(self, *, suspends: bool = False) -> None:
        """Set it up, and resolve an incident in it."""
        town, store = self.town, self.town.sandbox.store
        town.init()
        store.add_user("zora")
        store.set_permission(REPO, "zora", "read")
        self.configured("retention: by outcome")
        assert town.file("zora") == self.first
        town.handle()
        self.says("/estimate 3 days")
        if suspends:
            self.says("/suspend Repeated insults\nSam Poe, sam@example.org until 2 weeks")
            self.passes(20)
        self.says("/resolve We talked with everybody.")
        town.client().get_repo(REPO).get_issue(self.first).add_to_labels("approve")
        town.handle()
        self.passes(1)

    def says(self, text: str, number: int | None = None) -> None:
        """Let riya comment, and the job answer."""
        self.town.client().get_repo(REPO).get_issue(number or self.first).create_comment(text)
        self.town.handle()

    def passes(self, days: int) -> None:
        """Let time pass, with a sweep at its end."""
        self.town.sandbox.store.move_clock(advance=days * DAY)
        self.town.sweep()

    def configured(self, line: str) -> None:
        """Have the configuration say how long incidents are kept, or nothing of it."""
        repository = self.town.client().get_repo(REPO)
        found = repository.get_contents(".github/cocflow.yml")
        assert not isinstance(found, list)
        text = found.decoded_content.decode().replace("retention: by outcome\n", "")
        repository.update_file(found.path, "Keep by outcome", f"{text}{line}\n", found.sha)

    def delete(self, number: int) -> None:
        """Let riya delete an issue by hand."""
        requester = self.town.client().requester
        node = self.town.client().get_repo(REPO).get_issue(number).raw_data["node_id"]
        query = "mutation($id: ID!) {deleteIssue(input: {issueId: $id}) {clientMutationId}}"
        sent = {"query": query, "variables": {"id": node}}
        requester.requestJsonAndCheck("POST", requester.graphql_url, input=sent)

    def labels(self) -> set[str]:
        """Return the labels of the incident."""
        return {one.name for one in self.town.client().get_repo(REPO).get_issue(self.first).labels}

    def board(self) -> int:
        """Return the number of the board."""
        (found,) = self.town.client().get_repo(REPO).get_issues(labels=[BOARD_LABEL])
        return found.number

    def stubs(self) -> tuple[Stub, ...]:
        """Return what the book holds."""
        (found,) = self.town.client().get_repo(REPO).get_issues(labels=[BOOK_LABEL])
        pages = (read_stubs(one.body) for one in found.get_comments())
        return tuple(stub for page in pages if page is not None for stub in page.all)

    def numbers(self) -> set[int]:
        """Return the numbers of the issues that are there."""
        with self.town.sandbox.store.read() as db:
            return {row["number"] for row in db.execute("SELECT number FROM issue")}

    def audit(self) -> Any:
        """Return what an audit finds."""
        return json.loads(self.town.run("audit", REPO, "--json").stdout)["findings"]


@cache
def resolved() -> Kept:
    """Return a town with an incident that was resolved."""
    return kept(lambda town: Vault(town).resolves())


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """Return a copy of that."""
    with resolved().copied(tmp_path) as town:
        yield Vault(town)


def test_it_goes_whole_and_the_audit_is_clean(town: Town) -> None:
    """After its time and two weeks' notice incident and suspension go, and nothing is found."""
    vault = Vault(town)
    vault.resolves(suspends=True)
    assert 2 in vault.numbers()
    vault.says("/told suspended by phone", 2)
    before = vault.numbers()
    vault.passes(26 * 31)
    assert "Nothing is to be erased." in town.run("erase", REPO, "--yes").output
    vault.passes(15)
    done = town.run("erase", REPO, input=f"{REPO}\n")
    assert done.exit_code == 0, (done.output, done.exception)
    assert "Goes: #1, with #" in done.output
    assert "Erased #1." in done.output
    assert SECRET not in done.output
    assert len(before - vault.numbers()) == 2
    assert vault.audit() == []
    vault.passes(1)
    assert vault.audit() == []
    (stub,) = vault.stubs()
    assert stub.erased
    told = {(one.what, one.how) for one in stub.happened}
    assert {("received", "github"), ("finished", "decided"), ("to_estimate", "a day")} <= told
    assert "Nothing is to be erased." in town.run("erase", REPO, "--yes").output


def test_what_is_deleted_by_hand_is_found(vault: Vault) -> None:
    """A missing number without a stub isn't accounted for, also once retention is on."""
    vault.town.sandbox.store.add_org("acme", members={"riya": "admin"}, deletes_issues=True)
    vault.delete(vault.first)
    vault.passes(1)
    assert [(one["number"], one["rule"]) for one in vault.audit()] == [(vault.first, "numbers")]


def test_the_doctor_names_what_can_be_erased(vault: Vault) -> None:
    """Until an owner erases it, with the command that shows what would go."""
    vault.passes(15 * 31)
    vault.passes(15)
    done = vault.town.run("doctor", REPO, "--json")
    (found,) = [one for one in json.loads(done.stdout) if one["check"] == "retention"]
    assert (found["verdict"], found["do"]) == ("warning", f"cocflow erase {REPO}")
    assert f"#{vault.first}." in found["found"]
    each_has_one_thing_to_do(done)


def test_what_is_held_or_open_again_stays(vault: Vault) -> None:
    """A hold that comes after the stub is heard by the command, and the next day the stub is gone."""
    vault.passes(15 * 31)
    vault.passes(15)
    assert len(vault.stubs()) == 1
    vault.says("/hold A complaint is open, until 3 months")
    done = vault.town.run("erase", REPO, "--yes")
    assert "Stays: #1. #1 is held until" in done.output
    vault.passes(1)
    assert vault.stubs() == ()
    assert vault.first in vault.numbers()
    assert "held" in vault.labels()
    vault.passes(80)
    vault.passes(15)
    assert "held" not in vault.labels()
    assert "Erased #1." in vault.town.run("erase", REPO, "--yes").output


def test_whoever_may_not_erase_is_told_before_anything_goes(vault: Vault) -> None:
    """An administrator of an organization's repository isn't enough, unless the organization lets them."""
    vault.passes(15 * 31)
    vault.passes(15)
    store = vault.town.sandbox.store
    store.set_permission(REPO, "tom", "admin")
    tom = {"GH_TOKEN": store.add_token("tom")}
    done = vault.town.run("erase", REPO, "--yes", env=tom)
    assert "may not erase #1" in str(done.exception)
    assert vault.first in vault.numbers()
    store.add_org("acme", deletes_issues=True)
    assert "Erased #1." in vault.town.run("erase", REPO, "--yes", env=tom).output


def test_no_job_erases_and_nothing_goes_unasked(vault: Vault) -> None:
    """In a job it refuses; another name than the repository's ends it; without the line nothing is erased."""
    vault.passes(15 * 31)
    vault.passes(15)
    assert "by a job" in str(vault.town.run("erase", REPO, "--yes", env={"GITHUB_ACTIONS": "true"}).exception)
    assert "isn't its name" in str(vault.town.run("erase", REPO, input="acme/other\n").exception)
    assert vault.town.run("erase", REPO, input="").exit_code != 0
    assert vault.first in vault.numbers()
    vault.configured("")
    assert "No retention is configured" in str(vault.town.run("erase", REPO, "--yes").exception)


def test_the_digest_says_it_two_weeks_before(vault: Vault) -> None:
    """What has long been over when retention begins waits as long; the board names it, and how to keep it."""
    vault.passes(15 * 31)
    assert vault.stubs() == ()
    said = [one.body for one in vault.town.client().get_repo(REPO).get_issue(vault.board()).get_comments()]
    assert any("#1 can be erased from" in one and "/hold" in one for one in said)
    vault.passes(13)
    assert vault.stubs() == ()
    vault.passes(1)
    assert len(vault.stubs()) == 1
