"""A real IMAP server (pymap) with one mailbox: in memory without keywords, or a Maildir with them.

Before it can stand a line that makes it speak as others do, and refuse what they refuse.
"""

from __future__ import annotations

import asyncio
import base64
import imaplib
import re
import socket
import ssl
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import UTC, datetime
from mailbox import Maildir
from pathlib import Path
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import DictBackend
from pymap.backend.maildir import Identity, MaildirBackend
from pymap.config import IMAPConfig
from pymap.imap import IMAPServer, IMAPService
from pymap.interfaces.backend import BackendInterface
from pymap.user import UserMetadata
from pysasl.hashing import BuiltinHash

from tests.servers.line import Line
from tests.servers.loop import LoopThread
from tests.servers.oauth import Provider

USER, PASSWORD = "demouser", "demo/pass"
_QUICK = BuiltinHash(rounds=1)
"""A login that takes no time: nothing here is worth guessing."""


class ImapServer:
    """A running server, and a second client's view of its mailbox."""

    def __init__(self, port: int, tls: ssl.SSLContext | None) -> None:
        self.port = port
        self._tls = tls

    @contextmanager
    def client(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Log in with the standard library's client."""
        client = (
            imaplib.IMAP4("127.0.0.1", self.port)
            if self._tls is None
            else imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=self._tls)
        )
        try:
            client.login(USER, PASSWORD)
            client.select(folder)
            yield client
        finally:
            client.logout()

    def arrive(self, raw: bytes, received: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        """Let a mail arrive at an instant."""
        with self.client() as client:
            status, _ = client.append("INBOX", "", f'"{received:%d-%b-%Y %H:%M:%S %z}"', raw)
            assert status == "OK"

    def flags(self, folder: str = "INBOX") -> list[str]:
        """Return the flags of each mail in a folder."""
        with self.client(folder) as client:
            found = client.fetch("1:*", "(FLAGS)")[1]
            return [line.decode() for line in found if isinstance(line, bytes)]

    def count(self, folder: str) -> int:
        """Return how many mails a folder holds, 0 if there is none."""
        with self.client() as client:
            status, found = client.select(folder)
            return int(found[0] or 0) if status == "OK" else 0


@contextmanager
def imap_server(
    *, maildir: Path | None = None, tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None
) -> Iterator[ImapServer]:
    """Run a server; `maildir`: its folder. `tls`: the server's context and the client's."""
    with LoopThread() as loop, AsyncStack(loop) as stack:
        port = loop.run(_start(stack.stack, maildir, None if tls is None else tls[0]))
        yield ImapServer(port, None if tls is None else tls[1])


class AsyncStack:
    """An exit stack that is closed on the loop."""

    def __init__(self, loop: LoopThread) -> None:
        self._loop = loop
        self.stack = AsyncExitStack()

    def __enter__(self) -> AsyncStack:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self.stack.aclose())


async def _start(stack: AsyncExitStack, maildir: Path | None, tls: ssl.SSLContext | None) -> int:
    backend, config = await _backend(maildir)
    config.apply_context()
    await backend.start(stack)
    imap, serving = IMAPServer(backend.login, config), set[asyncio.Task[Any] | None]()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, info: SocketInfo) -> None:
        serving.add(asyncio.current_task())  # nobody else holds it, and Python 3.13.0 collects it then
        try:
            await imap(reader, writer, info)
        finally:
            serving.discard(asyncio.current_task())

    serve = ProxyProtocolReader(config.proxy_protocol).get_callback(served)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    stack.callback(server.close)
    port: int = server.sockets[0].getsockname()[1]
    return port


async def _backend(maildir: Path | None) -> tuple[BackendInterface, IMAPConfig]:
    if maildir is None:
        arguments = _arguments(["dict", "--demo-user", USER, "--demo-password", PASSWORD])
        return await DictBackend.init(arguments, hash_context=_QUICK)
    backend, config = await MaildirBackend.init(_arguments(["maildir", str(maildir)]))
    identity = Identity(config, backend.login.tokens, USER, None, frozenset({"admin"}))
    await identity.set(UserMetadata(config, USER, password=_QUICK.hash(PASSWORD)))
    folder = Maildir(maildir / USER, create=True)
    (maildir / USER / "dovecot-keywords").write_text("0 $CocflowDone\n")
    folder.close()
    return backend, config


def _arguments(arguments: list[str]) -> Namespace:
    """Return the options of the server's own command line."""
    parser = ArgumentParser()
    parser.set_defaults(debug=False, passlib_cfg=None)
    subparsers = parser.add_subparsers(dest="backend")
    DictBackend.add_subparser("dict", subparsers)
    MaildirBackend.add_subparser("maildir", subparsers)
    IMAPService.add_arguments(parser)
    return parser.parse_args(["--no-tls", *arguments])


class Manners(Line):
    """A line to a server that speaks as another server does.

    What is one's own lies below `prefix`; what it `can` do it says after the login, and does no more;
    `makes`: whether folders can be made. `heard` holds what clients said, without tags.
    """

    def __init__(self, port: int, *, prefix: str = "INBOX.", can: str = "", makes: bool = True) -> None:
        self._prefix, self._can, self._makes = prefix, can.split(), makes
        self.heard: list[str] = []
        super().__init__(port)

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        self._start(self._hear, client, server)
        self._start(self._answer, server, client)

    def _hear(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, suppress(OSError), client.makefile("rb") as lines:
            for line in lines:
                tag, _, said = line.decode().strip().partition(" ")
                self.heard.append(said)
                own = self._own(said)
                if own is None:
                    server.sendall(line)
                else:
                    client.sendall(own.replace("TAG", tag).encode())
            server.shutdown(socket.SHUT_RDWR)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)

    def _own(self, said: str) -> str | None:
        """Return what this server answers otherwise than the one behind it."""
        words = said.removeprefix("UID ").split(" ")
        command = words[0].upper()
        if command == "CAPABILITY" and any(one.startswith("LOGIN") for one in self.heard):
            return f"* CAPABILITY IMAP4rev1 {' '.join(self._can)}\r\nTAG OK done\r\n"
        if said == 'LIST "" ""':
            return '* LIST (\\Noselect) "." ""\r\nTAG OK done\r\n'
        if command == "NAMESPACE":
            return f'* NAMESPACE (("{self._prefix}" ".")) NIL NIL\r\nTAG OK done\r\n'
        if (said.startswith("UID EXPUNGE") and "UIDPLUS" not in self._can) or (
            command == "MOVE" and "MOVE" not in self._can
        ):
            return "TAG BAD unknown command\r\n"
        folder = words[2] if command in ("COPY", "MOVE") else words[1] if command in _NAMING else self._prefix
        if not folder.strip('"').startswith(self._prefix):
            return "TAG NO nonexistent namespace\r\n"
        return "TAG NO permission denied\r\n" if command == "CREATE" and not self._makes else None


class TakesTokens(Line):
    """A line to a server that takes tokens by XOAUTH2 instead of passwords.

    `refusal`: what it says to one that isn't good; `after`: what it says to whatever comes after a good one,
    as Microsoft does where an app may not open the mailbox.
    """

    def __init__(self, port: int, provider: Provider, *, refusal: str = "", after: str = "") -> None:
        self._provider = provider
        self._refusal = refusal or "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
        self._after = after
        super().__init__(port)

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        self._start(self._hear, client, server)
        self._start(self._answer, server, client)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)

    def _hear(self, client: socket.socket, server: socket.socket) -> None:
        let_in = False
        with client, server, suppress(OSError), client.makefile("rb") as lines:
            for line in lines:
                tag, _, said = line.decode().strip().partition(" ")
                if said == "CAPABILITY" and not let_in:
                    client.sendall(f"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n{tag} OK done\r\n".encode())
                elif said == "AUTHENTICATE XOAUTH2":
                    client.sendall(b"+ \r\n")
                    let_in = self._is_good(next(lines))
                    if let_in:
                        server.sendall(f'{tag} LOGIN {USER} "{PASSWORD}"\r\n'.encode())
                        continue
                    client.sendall(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
                    assert next(lines) == b"\r\n"
                    client.sendall(f"{tag} {self._refusal}\r\n".encode())
                elif said.startswith("LOGIN") or not let_in or self._after:
                    client.sendall(f"{tag} {self._after or 'NO it takes no passwords'}\r\n".encode())
                else:
                    server.sendall(line)
            server.shutdown(socket.SHUT_RDWR)

    def _is_good(self, line: bytes) -> bool:
        found = re.fullmatch(rb"user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01", base64.b64decode(line))
        return found is not None and self._provider.good(*(one.decode() for one in found.groups()))


_NAMING = ("CREATE", "STATUS", "SUBSCRIBE")


@contextmanager
def manners(port: int, **how: Any) -> Iterator[Manners]:
    """Run a line to a server that speaks as another does."""
    line = Manners(port, **how)
    try:
        yield line
    finally:
        line.close()


@contextmanager
def takes_tokens(port: int, provider: Provider, **how: Any) -> Iterator[TakesTokens]:
    """Run a line to a server that takes tokens instead of passwords."""
    line = TakesTokens(port, provider, **how)
    try:
        yield line
    finally:
        line.close()
