"""The target of the probes: the sandbox, or the GitHub that the environment names.

COCFLOW_CONTRACT_URL, COCFLOW_CONTRACT_REPOSITORY, COCFLOW_CONTRACT_OTHER (if there is one), and a token for
each role: COCFLOW_CONTRACT_ADMIN, COCFLOW_CONTRACT_JOB, … See README.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from cocflow.sandbox import Clock, Sandbox
from tests.contract.target import Target

PREFIX = "COCFLOW_CONTRACT_"
ROLES = ("admin", "job", "read", "triage", "write", "outsider")
REPOSITORY, OTHER = "acme/incidents-contract", "acme/other-contract"


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
    yield Target(url.rstrip("/"), repository, tokens, os.environ.get(f"{PREFIX}OTHER", ""))


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
    return Target(sandbox.url, REPOSITORY, tokens, OTHER)
