"""The line goes dead at every exchange with a mail server, a mailbox and Slack: nothing is lost.

A proxy stands between the real client and a real server (Slack: the double) and hangs up at the k-th
thing that the client says, before the server hears it or after; for every k that there is.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from cocflow.adapters.mail import MailNotifier, SmtpSettings
from cocflow.adapters.mailbox import ImapMailbox, ImapSettings
from cocflow.adapters.slack import SlackNotifier
from cocflow.core.people.person import Person
from cocflow.errors import AdapterError
from cocflow.ports import ChannelError, Message
from tests.faults.count import tried
from tests.servers.imap import PASSWORD, USER, imap_server
from tests.servers.line import Line
from tests.servers.slack import TOKEN, slack_double
from tests.servers.smtp import smtp_server

NOTICE = Message(
    id="I_1.2.reporter/estimate.reporter",
    to=Person(key="reporter", name="Riya", mail="riya@example.org", slack="U0000ALICE"),
    subject="An estimate",
    text="By Friday.",
    thread="I_1",
)
LETTER = (
    b"From: sam@example.org\r\nTo: appeals@example.org\r\nMessage-ID: <1@x>\r\n\r\nPlease look again.\r\n"
)
LOGIN = f"{USER}:{quote(PASSWORD, safe='')}"
SHORT = 0.3
"""Seconds: these servers answer in less, and a silence isn't sat out for longer."""
MOST = 60
"""Exchanges that no delivery and no reading of one letter comes near."""


class Proxy(Line):
    """A line to a server that fails once, at the k-th thing said by the client (from 1; 0: never)."""

    def __init__(self, port: int) -> None:
        self._lock = threading.Lock()
        self.said = 0
        self.at, self.after, self.silent = 0, False, False
        super().__init__(port)

    def cut(self, at: int, *, after: bool) -> None:
        """Let the line die at that exchange; `after`: once the server has heard it."""
        with self._lock:
            self.said, self.at, self.after, self.silent = 0, at, after, False

    def hang(self, at: int) -> None:
        """Let the line stay open at that exchange, and nothing come of what is said on it any more."""
        with self._lock:
            self.said, self.at, self.after, self.silent = 0, at, False, True

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        dying, heard = threading.Event(), threading.Event()
        self._start(self._pass_on, client, server, dying, heard)
        self._start(self._answer, server, client, dying, heard)

    def _pass_on(
        self, client: socket.socket, server: socket.socket, dying: threading.Event, heard: threading.Event
    ) -> None:
        with closing(client), closing(server), suppress(OSError):
            while data := client.recv(65536):
                with self._lock:
                    self.said += 1
                    dead = self.said == self.at
                if dead and self.after:
                    dying.set()
                if dead and self.silent:
                    while client.recv(65536):
                        pass
                    break
                if not dead or self.after:
                    server.sendall(data)
                if dead:
                    if self.after:
                        heard.wait(1)
                    break
            for end in (client, server):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _answer(
        server: socket.socket, client: socket.socket, dying: threading.Event, heard: threading.Event
    ) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if dying.is_set():
                    heard.set()
                    return
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    """Run a proxy to a port."""
    made = Proxy(port)
    try:
        yield made
    finally:
        made.close()


def points(line: Proxy, once: Callable[[], None]) -> Iterator[tuple[int, bool]]:
    """Return every point at which the line may die, by doing it once undisturbed; with the line cut there."""
    line.cut(0, after=False)
    once()
    count = line.said
    assert 0 < count < MOST
    for at in range(1, count + 1):
        for after in (False, True):
            line.cut(at, after=after)
            yield at, after


def test_a_mail_is_handed_in_whatever_happens_to_the_line(
    record_property: Callable[[str, object], None],
) -> None:
    """Cut at any exchange, the mail goes out with the next run, and every copy is the same mail."""
    count = 0
    with smtp_server() as server, proxy(server.port) as line:
        url = f"smtp://127.0.0.1:{line.port}?from=coc@example.org"
        notifier = MailNotifier(SmtpSettings.from_url(url))
        for _ in points(line, lambda: notifier.deliver(NOTICE)):
            server.envelopes.clear()
            with suppress(AdapterError):
                notifier.deliver(NOTICE)
            line.cut(0, after=False)
            notifier.deliver(NOTICE)
            assert 1 <= len(server.mails()) <= 2
            assert len({mail["Message-ID"] for mail in server.mails()}) == 1
            count += 1
    tried(record_property, "crash points", count)


def test_a_letter_is_dealt_with_whatever_happens_to_the_line(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Cut at any exchange, the letter is read by this run or the next, and then it is done for good."""
    count = 0
    with imap_server(maildir=tmp_path / "mail") as server, proxy(server.port) as line:

        def run() -> list[str]:
            settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{line.port}/INBOX")
            with ImapMailbox(settings) as box:
                read = []
                for envelope in box.waiting(lambda: datetime(2000, 1, 1, tzinfo=UTC)):
                    letter = box.letter(envelope)
                    assert letter is not None
                    read.append(letter.text.strip())
                    box.done(letter)
                return read

        def once() -> None:
            server.arrive(LETTER)
            assert run() == ["Please look again."]

        for _ in points(line, once):
            server.arrive(LETTER)
            read: list[str] = []
            with suppress(AdapterError):
                read = run()
            line.cut(0, after=False)
            again = run()
            assert [*read, *again] != [] or "$CocflowDone" in " ".join(server.flags())
            assert run() == []
            count += 1
    tried(record_property, "crash points", count)


def test_a_slack_message_is_sent_once_whatever_happens_to_the_line(
    record_property: Callable[[str, object], None],
) -> None:
    """Cut at any exchange, the message stands in the conversation after the next run, and once only."""
    count = 0
    with slack_double() as double, proxy(double.port) as line:
        url = double.url.replace(f":{double.port}", f":{line.port}")
        for at, after in points(line, lambda: SlackNotifier(TOKEN, url).deliver(NOTICE)):
            own = f"I_1.{at}.{after}.reporter"
            notice = Message(id=own, to=NOTICE.to, subject=NOTICE.subject, text=NOTICE.text)
            before = len(double.messages)
            with suppress(AdapterError):
                SlackNotifier(TOKEN, url).deliver(notice)
            line.cut(0, after=False)
            SlackNotifier(TOKEN, url).deliver(notice)
            assert len(double.messages) == before + 1
            count += 1
    tried(record_property, "crash points", count)


def silences(line: Proxy, once: Callable[[], None]) -> Iterator[int]:
    """Return every point at which the line may fall silent, by doing it once undisturbed; silent there."""
    line.cut(0, after=False)
    once()
    count = line.said
    assert 0 < count < MOST
    for at in range(1, count + 1):
        line.hang(at)
        yield at


def fails_itself(deliver: Callable[[], object]) -> None:
    """Do what may meet a silence; if it fails, it must be the channel that does, so that it is left alone."""
    with suppress(ChannelError):
        deliver()


def test_a_mail_server_that_falls_silent_costs_one_wait(
    record_property: Callable[[str, object], None],
) -> None:
    """Silent at any exchange, it is the channel's failure after one short wait, and no mail is lost."""
    count = 0
    with smtp_server() as server, proxy(server.port) as line:
        settings = SmtpSettings.from_url(f"smtp://127.0.0.1:{line.port}?from=coc@example.org")
        notifier = MailNotifier(settings, timeout=SHORT)
        for _ in silences(line, lambda: notifier.deliver(NOTICE)):
            server.envelopes.clear()
            fails_itself(lambda: notifier.deliver(NOTICE))
            line.cut(0, after=False)
            notifier.deliver(NOTICE)
            assert len({mail["Message-ID"] for mail in server.mails()}) == 1
            count += 1
    tried(record_property, "silences", count)


def test_a_mailbox_that_falls_silent_costs_one_wait(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Silent at any exchange, a letter is dealt with by this run or the next, and once."""
    count = 0
    with imap_server(maildir=tmp_path / "mail") as server, proxy(server.port) as line:

        def run() -> None:
            settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{line.port}/INBOX")
            with ImapMailbox(settings, timeout=SHORT) as box:
                for envelope in box.waiting(lambda: datetime(2000, 1, 1, tzinfo=UTC)):
                    assert box.letter(envelope) is not None
                    box.done(envelope)

        def once() -> None:
            server.arrive(LETTER)
            run()

        for _ in silences(line, once):
            server.arrive(LETTER)
            fails_itself(run)
            line.cut(0, after=False)
            run()
            assert all("$CocflowDone" in flags for flags in server.flags())
            count += 1
    tried(record_property, "silences", count)


def test_slack_that_falls_silent_costs_one_wait(record_property: Callable[[str, object], None]) -> None:
    """Silent at any exchange, the message stands in the conversation after the next run, and once only."""
    count = 0
    with slack_double() as double, proxy(double.port) as line:
        url = double.url.replace(f":{double.port}", f":{line.port}")
        for at in silences(line, lambda: SlackNotifier(TOKEN, url, timeout=1).deliver(NOTICE)):
            own = f"I_1.{at}.silent.reporter"
            notice = Message(id=own, to=NOTICE.to, subject=NOTICE.subject, text=NOTICE.text)
            before = len(double.messages)
            fails_itself(partial(SlackNotifier(TOKEN, url, timeout=1).deliver, notice))
            line.cut(0, after=False)
            SlackNotifier(TOKEN, url).deliver(notice)
            assert len(double.messages) == before + 1
            count += 1
    tried(record_property, "silences", count)


def test_the_line_really_dies() -> None:
    """Cut at its first exchange, a delivery fails: else nothing here would be shown."""
    with smtp_server() as server, proxy(server.port) as line:
        notifier = MailNotifier(SmtpSettings.from_url(f"smtp://127.0.0.1:{line.port}?from=coc@example.org"))
        line.cut(1, after=False)
        with pytest.raises(AdapterError):
            notifier.deliver(NOTICE)
        assert server.mails() == []
