"""Exim itself, if it is installed: takes mail by STARTTLS or TLS from whoever shows a good token by XOAUTH2.

What it takes it keeps in its queue. It runs as whoever runs the tests, in a folder of its own.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers.loop import Certificates
from tests.servers.oauth import Provider

PROGRAM = shutil.which("exim4", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
"""None where it isn't installed: `apt-get install exim4-daemon-light`."""

_CONFIGURATION = r"""
exim_user = {user}
exim_group = {group}
never_users =
spool_directory = {folder}/spool
log_file_path = {folder}/log-%s
pid_file_path = {folder}/pid
primary_hostname = mx.example.org
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_on_connect_ports = {on_connect}
tls_advertise_hosts = *
tls_certificate = {folder}/tls.pem
tls_privatekey = {folder}/tls.pem
queue_only = true
smtputf8_advertise_hosts = *
acl_smtp_rcpt = rcpt

begin acl
rcpt:
  accept authenticated = *
         encrypted = *
  deny message = 5.7.1 only whoever has logged in

begin authenticators
xoauth2:
  driver = plaintext
  public_name = XOAUTH2
  server_advertise_condition = ${{if def:tls_in_cipher}}
  server_prompts = :
  server_condition = ${{if match{{$auth1}}{{\N^user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01$\N}}\
    {{${{if match{{${{readsocket{{inet:127.0.0.1:{provider}}}\
      {{GET /introspect?token=$2&user=$1 HTTP/1.0\r\n\r\n}}{{5s}}}}}}{{"active": true}}}}}}{{false}}}}
  server_set_id = xoauth2
"""


class EximServer:
    """A running server: where it listens, and what it has taken."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self._folder = folder

    def mails(self) -> list[str]:
        """Return the words of what is in the queue, without heads."""
        return [one.read_text("utf-8") for one in sorted((self._folder / "spool/input").glob("*-D"))]


@contextmanager
def exim(provider: Provider, tls: Certificates, *, on_connect: bool = False) -> Iterator[EximServer]:
    """Run a server until the block is left. `on_connect`: TLS from the start, instead of STARTTLS."""
    assert PROGRAM is not None
    me = pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="ex", dir="/tmp"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "tls.pem").write_bytes(tls.pem)
    configuration = folder / "exim.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            user=me.pw_name,
            group=grp.getgrgid(me.pw_gid).gr_name,
            folder=folder,
            port=port,
            on_connect=port if on_connect else "",
            provider=provider.port,
        ),
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [PROGRAM, "-C", str(configuration), "-bdf"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait(process, port)
        yield EximServer(port, folder)
    finally:
        process.terminate()
        process.communicate(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(100):
        if process.poll() is not None:
            raise AssertionError(process.communicate()[1].decode())
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 10):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise AssertionError("it doesn't answer")
