"""Dovecot itself, if it is installed, with one mailbox of its own in a folder of its own.

What is below `INBOX.` there, as on many hosts; what it can do it says after the login only. With a
provider of tokens, it asks that whether a token is good.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers.imap import PASSWORD, ImapServer
from tests.servers.loop import Certificates
from tests.servers.oauth import Provider

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
"""None where it isn't installed: `apt-get install dovecot-imapd`."""

_CONFIGURATION = """\
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
{ssl}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0 secs
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
mail_location = maildir:{folder}/mail
{tokens}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail} gid={mail_group} home={folder}
}}
namespace inbox {{
  inbox = yes
  separator = .
  prefix = {prefix}
}}
service imap-login {{
  chroot =
  process_min_avail = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
{more}
"""


_TOKENS = """\
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""
_ASKED = """\
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
timeout_msecs = 5000
"""


@contextmanager
def dovecot(
    *,
    prefix: str = "INBOX.",
    more: str = "",
    tls: Certificates | None = None,
    provider: Provider | None = None,
    mechanisms: str = "plain xoauth2 oauthbearer",
) -> Iterator[ImapServer]:
    """Run a server until the block is left. Its sockets' paths must be short, so it lies in /tmp.

    `provider`: whose tokens it takes besides the password, by those `mechanisms`.
    """
    assert PROGRAM is not None
    root = os.geteuid() == 0
    me = pwd.getpwuid(os.geteuid())
    mail = pwd.getpwnam("nobody") if root else me
    folder = Path(tempfile.mkdtemp(prefix="dc", dir="/tmp"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "mail").mkdir()
    if tls is not None:
        (folder / "tls.pem").write_bytes(tls.pem)
    if provider is not None:
        (folder / "oauth2.conf").write_text(_ASKED.format(url=provider.introspection), encoding="utf-8")
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder,
            internal="dovecot" if root else me.pw_name,
            login="dovenull" if root else me.pw_name,
            group="dovecot" if root else grp.getgrgid(me.pw_gid).gr_name,
            mail=mail.pw_uid,
            mail_group=mail.pw_gid,
            password=PASSWORD,
            prefix=prefix,
            imap=port if tls is None else 0,
            imaps=port if tls is not None else 0,
            ssl="ssl = no"
            if tls is None
            else f"ssl = yes\nssl_cert = <{folder}/tls.pem\nssl_key = <{folder}/tls.pem",
            mechanisms=mechanisms if provider is not None else "plain",
            tokens=_TOKENS.format(folder=folder) if provider is not None else "",
            more=more,
        ),
        encoding="utf-8",
    )
    folder.chmod(0o755)
    for path in (folder, folder / "mail"):
        os.chown(path, mail.pw_uid, mail.pw_gid)
    process = subprocess.Popen(
        [PROGRAM, "-F", "-c", str(configuration)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(process, port, folder / "log", tls)
        yield ImapServer(port, tls.client if tls is not None else None)
    finally:
        # Asked to end, it would take a second for its leave; nothing of it is kept.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, tls: Certificates | None) -> None:
    """Wait until the server greets: it has its socket only once it has read its configuration."""
    for _ in range(100):
        if process.poll() is not None:
            raise AssertionError(log.read_text("utf-8") if log.exists() else "it has ended")
        with suppress(OSError), _line(port, tls) as line:
            if line.recv(4) == b"* OK":
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise AssertionError("it doesn't answer")


def _line(port: int, tls: Certificates | None) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", port), 10)
    return plain if tls is None else tls.client.wrap_socket(plain, server_hostname="127.0.0.1")
