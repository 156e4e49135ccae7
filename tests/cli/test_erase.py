"""`cocflow erase` against the sandbox over HTTP: what goes, what stays, who may, and what the audit says then."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.cli.premises import REPO, SECRET, Town

DAY = 86_400


class Vault:
    """A repository with retention, and an incident that was resolved in it."""

    def __init__(self, town: Town, *, suspends: bool = False) -> None:
        self.town = town
        town.init()
        store = town.sandbox.store
        store.add_user("zora")
        store.set_permission(REPO, "zora", "read")
        found = town.client().get_repo(REPO).get_contents(".github/cocflow.yml")
        assert not isinstance(found, list)
        text = f"{found.decoded_content.decode()}\nretention: by outcome\n"
        town.client().get_repo(REPO).update_file(found.path, "Keep by outcome", text, found.sha)
        self.first = town.file("zora")
        town.handle()
        if suspends:
            self.says("/suspend Repeated insults\nSam Poe, sam@example.org until 2 weeks")
        self.says("/told sam by phone" if suspends else "/estimate 3 days")
        if suspends:
            self.says("/estimate 3 days")
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

    def numbers(self) -> set[int]:
        """Return the numbers of the issues that are there."""
        with self.town.sandbox.store.read() as db:
            return {row["number"] for row in db.execute("SELECT number FROM issue")}

    def audit(self) -> Any:
        """Return what an audit finds."""
        return json.loads(self.town.run("audit", REPO, "--json").stdout)["findings"]


def test_it(town: Town) -> None:
    vault = Vault(town)
    issue = town.client().get_repo(REPO).get_issue(1)
    print(issue.state, [l.name for l in issue.labels])
    for c in issue.get_comments():
        print("---", c.body[-400:])
    print(vault.numbers())
    assert 0
