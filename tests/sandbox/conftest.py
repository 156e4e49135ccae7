"""The running sandbox that the tests of this folder talk to over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from cocflow.sandbox import Clock, Sandbox
from tests.sandbox.world import REPO, ROLES, START, World


@pytest.fixture
def world() -> Iterator[World]:
    """Run a sandbox on a frozen clock, holding one private repository with one person of every role."""
    with Sandbox(clock=Clock(START, frozen=True)) as sandbox, requests.Session() as session:
        store = sandbox.store
        store.add_repo(REPO)
        tokens = {"job": store.job_token(REPO)}
        for role in (*ROLES, "outsider"):
            store.add_user(role)
            tokens[role] = store.add_token(role)
            store.set_permission(REPO, role, "none" if role == "outsider" else role)
        yield World(sandbox, session, tokens)
