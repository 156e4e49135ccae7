"""The target of the probes: the sandbox, or the GitHub that `live.py` asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cocflow.sandbox import Clock, Sandbox
from tests.contract.playing import Before, Change, Make, World, as_it_is
from tests.contract.target import App, Target

ROLES = ("admin", "job", "read", "triage", "write", "outsider")
REPOSITORY, OTHER = "acme/incidents-contract", "acme/other-contract"
ORGANIZATION = "acme-contract"
GRANTED = {"administration": "write", "contents": "read", "issues": "write", "metadata": "read"}


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Return what the probes are run against."""
    live = request.config.pluginmanager.get_plugin("live")
    if live is not None:
        yield live.target
        return
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox:
        yield sandboxed(sandbox)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make worlds that are closed in the end."""
    made: list[World] = []

    def new(change: Change = as_it_is, refuse: Before | None = None) -> World:
        made.append(World(tmp_path / str(len(made)), change, refuse))
        return made[-1]

    yield new
    for one in made:
        one.close()


def sandboxed(sandbox: Sandbox) -> Target:
    """Return a sandbox's repository with an account for each role, and another repository beside it."""
    store = sandbox.store
    store.add_repo(REPOSITORY)
    store.add_repo(OTHER)
    store.add_org(REPOSITORY.partition("/")[0], deletes_issues=True)
    tokens = {"job": store.job_token(REPOSITORY)}
    for role in ROLES:
        if role != "job":
            store.add_user(role)
            tokens[role] = store.add_token(role)
            store.set_permission(REPOSITORY, role, "none" if role == "outsider" else role)
    store.set_permission(OTHER, "admin", "admin")
    store.add_org(ORGANIZATION, base_permission="none")
    store.add_repo(f"{ORGANIZATION}/template-contract")
    store.add_repo(f"{ORGANIZATION}/private-contract")
    with store.write() as (db, _):
        db.execute("UPDATE repository SET is_template = 1 WHERE name = 'template-contract'")
    made = store.apps.register("Rooms of a probe", ORGANIZATION, GRANTED)
    store.apps.install(made.id, [f"{ORGANIZATION}/template-contract"])
    return Target(sandbox.url, REPOSITORY, tokens, OTHER, App(ORGANIZATION, made.id, made.pem))
