"""`cocflow sandbox` as people run it: it says how to begin, and what it says works."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests
from click.testing import CliRunner

from cocflow.cli import cocflow
from cocflow.errors import CocflowError


@pytest.fixture
def hint() -> Iterator[str]:
    """Run the command on a free port, and give what it prints once it serves; Ctrl-C ends it."""
    command = [sys.executable, "-u", "-m", "cocflow", "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        lines = iter(served.stdout.readline, "")
        printed = ""
        for line in lines:
            printed += line
            if "cocflow init" in line:
                break
        try:
            yield printed
        finally:
            served.send_signal(signal.SIGINT)
            assert served.wait(30) == 0


def test_the_commands_that_it_prints_make_a_repository_to_begin_with(hint: str) -> None:
    """Copied as they stand: a person, a repository, a say in it, and a token that opens it."""
    commands = re.findall(r"curl -d '(\{.*?\})' (?:\\\n\s*)?(\S+)", hint)
    asked = [requests.post(url, json=json.loads(body), timeout=30) for body, url in commands]
    assert [one.ok for one in asked] == [True] * len(commands)
    assert len(commands) == hint.count("curl")
    token = asked[-1].json()["token"]
    (address,) = set(re.findall(r"GITHUB_API_URL=(\S+)", hint))
    seen = requests.get(
        f"{address}/repos/acme/incidents", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    assert seen.json()["permissions"]["admin"] is True


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    """Before anything is served."""
    command = [sys.executable, "-m", "cocflow", "sandbox", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_a_port_that_is_used_is_said_to_be() -> None:
    """It names the port, why, and another one, and is no fault of cocflow's own."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(cocflow, ["sandbox", "--port", str(port)])
    assert isinstance(done.exception, CocflowError)
    assert f"Nothing can be served on port {port}" in str(done.exception)
    assert "cocflow sandbox --port" in str(done.exception)
