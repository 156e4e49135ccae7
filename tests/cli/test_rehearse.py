"""`cocflow rehearse` as people run it: one command, an address, and Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_command_opens_the_room_until_it_is_interrupted(ends: signal.Signals, tmp_path: Path) -> None:
    """It prints where, says that it is for this machine only, plays the night, and ends without a trace."""
    command = [sys.executable, "-u", "-m", "cocflow", "rehearse", "first-report", "--port", "0"]
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as served:
        assert served.stdout is not None
        said = served.stdout.readline() + served.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/night", said)
        assert address is not None
        assert "this machine only" in said
        assert "A first report" in requests.get(address[0], timeout=30).text
        served.send_signal(ends)
        assert served.wait(30) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_named_with_another_one() -> None:
    """Exit 2 and one line, which can be copied."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-m", "cocflow", "rehearse", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "cocflow rehearse --port" in done.stderr


def test_a_night_that_there_is_not_is_refused_with_those_there_are() -> None:
    """Exit 2, before anything is served."""
    command = [sys.executable, "-m", "cocflow", "rehearse", "last-report", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "first-report, missed-estimate" in done.stderr
