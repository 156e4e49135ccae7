"""The target of the probes: the sandbox, or the GitHub that the environment names.

COCFLOW_CONTRACT_URL, COCFLOW_CONTRACT_REPOSITORY, COCFLOW_CONTRACT_OTHER (if there is one), and a token for
each role: COCFLOW_CONTRACT_ADMIN, COCFLOW_CONTRACT_JOB, …, and COCFLOW_CONTRACT_ORGANIZATION, _APP, _APP_KEY.
See README.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from cocflow.sandbox import Clock, Sandbox
from tests.contract.target import App, Target

PREFIX = "COCFLOW_CONTRACT_"
ROLES = ("admin", "job", "read", "triage", "write", "outsider")
REPOSITORY, OTHER = "acme/incidents-contract", "acme/other-contract"
ORGANIZATION = "acme-contract"
GRANTED = {"administration": "write", "contents": "read", "issues": "write", "metadata": "read"}


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """Return what the probes are run against."""
    url = os.environ.get(f"{PREFIX}URL")
    if url is None:
        with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox:
            yield sandboxed(sandbox)
        return
    tokens = {role: os.environ[name] for role in ROLES if (name := f"{PREFIX}{role.upper()}") in os.environ}
    repository = os.environ[f"{PREFIX}REPOSITORY"]
    yield Target(url.rstrip("/"), repository, tokens, os.environ.get(f"{PREFIX}OTHER", ""), _app())


def _app() -> App | None:
    """Return the App that the environment names, if it does."""
    given = {name: os.environ.get(f"{PREFIX}{name}", "") for name in ("ORGANIZATION", "APP", "APP_KEY")}
    if not all(given.values()):
        return None
    return App(given["ORGANIZATION"], int(given["APP"]), given["APP_KEY"])


def sandboxed(sandbox: Sandbox) -> Target:
    """Return a sandbox's repository with an account for each role, and another repository beside it."""
    store = sandbox.store
    store.add_repo(REPOSITORY)
    store.add_repo(OTHER)
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
