"""The server itself: kept connections, silence, loopback only, and an end that really ends."""

from __future__ import annotations

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from cocflow.sandbox import Sandbox
from tests.sandbox.world import World


def test_keeps_the_connection(world: World) -> None:
    """Many requests go over one connection, also after refusals and empty answers."""
    connection = http.client.HTTPConnection("127.0.0.1", world.sandbox.port, timeout=5)
    headers = {"Authorization": f"Bearer {world.tokens['read']}"}
    connection.connect()
    local = connection.sock.getsockname()
    for path in ("/repos/acme/incidents", "/nothing", "/repos/acme/incidents/issues", "/rate_limit"):
        connection.request("GET", path, headers=headers)
        connection.getresponse().read()
        assert connection.sock is not None, path
        assert connection.sock.getsockname() == local
    connection.close()


def test_listens_on_loopback_only(world: World) -> None:
    """The server's socket is bound to 127.0.0.1."""
    assert world.sandbox.url == f"http://127.0.0.1:{world.sandbox.port}"
    with socket.create_connection(("127.0.0.1", world.sandbox.port), timeout=5) as connection:
        assert connection.getpeername()[0] == "127.0.0.1"
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", world.sandbox.port), timeout=5)


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Host": "evil.example:80"}, {"Origin": "http://evil.example"}]
)
def test_a_page_of_another_site_cant_set_anything_up(world: World, headers: dict[str, str]) -> None:
    """The routes that ask for no token refuse what a browser sends for it, under any name of this machine."""
    url = f"{world.sandbox.url}/_sandbox"
    assert requests.get(f"{url}/events", headers=headers, timeout=5).status_code == 403
    made = requests.post(f"{url}/tokens", data='{"login": "read"}', headers=headers, timeout=5)
    assert made.status_code == 403
    assert "token" not in made.json()


def test_closing_ends_open_conversations() -> None:
    """After close the port is free and a connection that was kept open has been hung up on."""
    sandbox = Sandbox()
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=5) as connection:
        connection.sendall(b"GET /_sandbox/clock HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        sandbox.close()
        assert connection.recv(1) == b""
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", sandbox.port), timeout=5)


def test_writes_nothing_to_the_terminal(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither requests nor refusals nor broken JSON leave a trace on stdout or stderr."""
    world.issue(title="a secret")
    world.call("read", "GET", "/nothing/secret")
    broken = world.session.post(
        f"{world.sandbox.url}/repos/acme/incidents/issues",
        data=b"{secret",
        headers={"Authorization": f"Bearer {world.tokens['read']}"},
        timeout=5,
    )
    assert (broken.status_code, broken.json()["message"]) == (400, "Problems parsing JSON")
    assert capfd.readouterr() == ("", "")


def test_refusals_look_like_githubs(world: World) -> None:
    """A refusal is JSON with message, documentation_url and status."""
    refused = world.call("outsider", "GET", "")
    assert refused.json() == {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    }
    assert refused.headers["X-GitHub-Request-Id"]


def test_many_write_at_once_and_nothing_is_lost(world: World) -> None:
    """Comments written over several connections at once are all there, each once, in one order."""
    number = world.issue()
    url = f"{world.sandbox.url}/repos/acme/incidents/issues/{number}/comments"
    headers = {"Authorization": f"Bearer {world.tokens['job']}"}

    def write(body: str) -> int:
        return requests.post(url, json={"body": body}, headers=headers, timeout=10).status_code

    bodies = [f"comment {place}" for place in range(40)]
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(write, bodies)) == {201}
    shown = world.ok("read", "GET", f"/issues/{number}/comments?per_page=100")
    assert sorted(one["body"] for one in shown) == sorted(bodies)
    stamps = [one["created_at"] for one in shown]
    assert stamps == sorted(stamps)
    assert len(set(stamps)) == 40
