"""Odd answers at every exchange with a mail server, a mailbox and Slack: nothing is lost, or said.

A line stands between the real client and a real server (Slack: the double), and says itself, at the k-th
thing that the client says, what the server might have said; for every k that there is.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from cocflow.adapters.mail import MailNotifier, SmtpSettings
from cocflow.adapters.mailbox import ImapMailbox, ImapSettings
from cocflow.adapters.slack import SlackNotifier
from cocflow.errors import AdapterError
from cocflow.ports import Message, RefusedError
from tests.faults.count import EVERYTHING, tried
from tests.faults.test_channels_cut import LETTER, LOGIN, NOTICE
from tests.servers.imap import imap_server
from tests.servers.line import Line
from tests.servers.slack import TOKEN, Fault, slack_double
from tests.servers.smtp import smtp_server

pytestmark = pytest.mark.matrix

Record = Callable[[str, object], None]
_Answer = TypeVar("_Answer")
WORDS = "Zq7Marker"
"""What the servers say beside their codes: it must be nowhere."""
SHORT = 2.0
"""Seconds; nothing here waits for so long."""
MOST = 40
NEVER = -1


class Odd(Line):
    """A line to a server that answers the k-th line of the client itself (from 1; 0: the greeting).

    What is said holds the client's tag in the place of TAG. `ends`: then the line is cut.
    """

    def __init__(self, port: int) -> None:
        self.said, self.at, self.answer, self.ends = 0, NEVER, "", False
        super().__init__(port)

    def say(self, at: int, answer: str, *, ends: bool = False) -> None:
        """Let the line answer at that exchange."""
        self.said, self.at, self.answer, self.ends = 0, at, answer, ends

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        if self.at == 0:
            self.at = NEVER
            with suppress(OSError), server, server.makefile("rb") as lines:
                lines.readline()
                client.sendall(self.answer.encode())
            client.close()
            return
        self._start(self._hear, client, server)
        self._start(self._pass_on, server, client)

    def _hear(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, suppress(OSError), client.makefile("rb") as lines:
            mail = False
            for line in lines:
                self.said += (
                    not mail or line == b".\r\n"
                )  # the lines of a mail get no answer, but for its end
                if self.said != self.at or (mail and line != b".\r\n"):
                    mail = line.upper() == b"DATA\r\n" or (mail and line != b".\r\n")
                    server.sendall(line)
                    continue
                client.sendall(self.answer.replace("TAG", line.decode("latin-1").partition(" ")[0]).encode())
                if mail and lines.readline():  # the server still waits for the mail's end
                    client.sendall(b"221 bye\r\n")
                if mail or self.ends:
                    client.shutdown(socket.SHUT_RDWR)
                    break
            server.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _pass_on(server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)


def exchanges(line: Odd, once: Callable[[], object]) -> range:
    """Return every exchange at which a server may be odd, by doing it once undisturbed."""
    line.say(NEVER, "")
    once()
    assert 0 < line.said < MOST
    return range(line.said + 1)


def in_turns(answers: list[_Answer], at: int) -> list[_Answer]:
    """Return what is to be said at an exchange: all of it in `make proof`, in the gate a third at each."""
    return answers if EVERYTHING else answers[at % 3 :: 3]


def fails_quietly(call: Callable[[], object]) -> AdapterError | None:
    """Do what may fail; return the failure, in which nothing is that the server said."""
    failure: AdapterError | None = None
    try:
        call()
    except AdapterError as error:
        failure = error
    assert WORDS not in f"{failure} {failure!r} {failure and failure.route}"
    return failure


# --- SMTP ------------------------------------------------------------------------------------------------

CODES = """334 421 432 450 451 452 454 455 458 500 501 502 503 504 521 530 534 535 538 541 550 551 552
553 554 555 556""".split()
SMTP = {code: f"{code} {WORDS}\r\n" for code in CODES} | {
    "no code": f"{WORDS}\r\n",
    "an empty line": "\r\n",
    "a line too long": "2" * 9000 + "\r\n",
}


def test_a_mail_is_handed_in_whatever_the_server_says(record_property: Record) -> None:
    """Whatever it says to any command, the mail goes out with the next run, the same mail each time."""
    count = 0
    with smtp_server() as server, closing(Odd(server.port)) as line:
        settings = SmtpSettings.from_url(f"smtp://127.0.0.1:{line.port}?from=coc@example.org")
        notifier = MailNotifier(settings, timeout=SHORT)
        for at in exchanges(line, lambda: notifier.deliver(NOTICE)):
            for answer in in_turns(list(SMTP.values()), at):
                server.envelopes.clear()
                line.say(at, answer)
                failure = fails_quietly(lambda: notifier.deliver(NOTICE))
                assert failure is not None or len(server.mails()) == 1
                line.say(NEVER, "")
                notifier.deliver(NOTICE)
                assert len({one["Message-ID"] for one in server.mails()}) == 1
                count += 1
    tried(record_property, "odd answers of channels", count)


# --- IMAP ------------------------------------------------------------------------------------------------

IMAP = {
    "NO": (f"TAG NO [ALERT] {WORDS}\r\n", False),
    "NO, no time for it": (f"TAG NO [UNAVAILABLE] {WORDS}\r\n", False),
    "BAD": (f"TAG BAD {WORDS}\r\n", False),
    "BYE": (f"* BYE {WORDS}\r\n", True),
    "BYE, and no": (f"* BYE {WORDS}\r\nTAG NO {WORDS}\r\n", True),
    "OK, and nothing with it": ("TAG OK done\r\n", False),
    "no answer of IMAP's": (f"{WORDS}\r\n", True),
    "something unasked for": (f"* 7 EXISTS\r\n* OK [ALERT] {WORDS}\r\nTAG NO {WORDS}\r\n", False),
}


def test_a_letter_is_dealt_with_whatever_the_mailbox_says(tmp_path: Path, record_property: Record) -> None:
    """Whatever it says to any command, a letter is dealt with by this run or the next, and none is lost."""
    count = 0
    with imap_server(maildir=tmp_path / "mail") as server, closing(Odd(server.port)) as line:
        settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{line.port}/INBOX")

        def run() -> None:
            with ImapMailbox(settings, timeout=SHORT) as box:
                for envelope in box.waiting(lambda: datetime(2000, 1, 1, tzinfo=UTC)):
                    if box.letter(envelope) is not None:
                        box.done(envelope)

        def once() -> None:
            server.arrive(LETTER)
            run()

        arrived = 1
        for at in exchanges(line, once):
            for answer, ends in in_turns(list(IMAP.values()), at):
                server.arrive(LETTER)
                arrived += 1
                line.say(at, answer, ends=ends)
                fails_quietly(run)
                line.say(NEVER, "")
                run()
                assert len(server.flags()) == arrived
                assert all("$CocflowDone" in flags for flags in server.flags())
                count += 1
    tried(record_property, "odd answers of channels", count)


# --- Slack -----------------------------------------------------------------------------------------------

NAMED = """
access_denied accesslimited account_inactive as_user_not_supported attachment_payload_limit_exceeded
cannot_dm_bot cannot_reply_to_message channel_not_found channel_type_not_supported
deprecated_endpoint duplicate_message_not_found ekm_access_denied enterprise_is_restricted
fatal_error internal_error invalid_arg_name invalid_arguments invalid_array_arg invalid_auth
invalid_blocks invalid_blocks_format invalid_charset invalid_cursor invalid_form_data
invalid_metadata_format invalid_metadata_schema invalid_post_type invalid_ts_latest
invalid_user_combination is_archived is_inactive message_limit_exceeded messages_tab_disabled
metadata_must_be_sent_from_app metadata_too_large method_deprecated
method_not_supported_for_channel_type missing_post_type missing_scope msg_blocks_too_long
msg_too_long no_permission no_text not_allowed_token_type not_authed not_enough_users not_in_channel
org_login_required rate_limited ratelimited request_timeout restricted_action
restricted_action_non_threadable_channel restricted_action_read_only_channel
restricted_action_thread_locked restricted_action_thread_only_channel service_unavailable
team_access_not_granted team_added_to_org team_not_found token_expired token_revoked
too_many_attachments too_many_users two_factor_setup_required user_disabled user_not_found
user_not_visible users_list_not_supplied users_not_found
""".split()
"""What Slack documents for the methods that are called."""
PAGE = f"<!DOCTYPE html><html><body>{WORDS}</body></html>"
SLACK = {name: Fault(200, json.dumps({"ok": False, "error": name, "detail": WORDS})) for name in NAMED} | {
    "429 in seconds": Fault(429, "{}", Retry_After="3"),
    "429 by a date": Fault(429, "{}", Retry_After="Mon, 05 Jan 2026 09:20:20 GMT"),
    "429, no time": Fault(429),
    "429 for an hour": Fault(429, "{}", Retry_After="3600"),
    "an error of no name": Fault(200, json.dumps({"ok": False, "error": WORDS})),
    "an error that is no text": Fault(200, json.dumps({"ok": False, "error": [WORDS]})),
    "HTML": Fault(200, PAGE, Content_Type="text/html"),
    "HTML with 500": Fault(500, PAGE, Content_Type="text/html"),
    "400": Fault(400, "{}"),
    "404": Fault(404, "{}"),
    "500": Fault(500),
    "503": Fault(503),
    "nothing": Fault(200, ""),
    "null": Fault(200, "null"),
    "a list": Fault(200, "[]"),
    "an empty object": Fault(200, "{}"),
    "ok, and null": Fault(200, json.dumps({"ok": True, "channel": None, "messages": None})),
    "hung up": Fault(0),
}
METHODS = ("conversations.open", "conversations.history", "chat.postMessage")


@pytest.mark.parametrize("method", METHODS)
def test_a_slack_message_is_sent_whatever_slack_says(method: str, record_property: Record) -> None:
    """Whatever a method answers, the message stands in the conversation after the next run, and once only."""
    with slack_double() as double:
        for number, (name, fault) in enumerate(SLACK.items()):
            slept: list[float] = []
            notifier = SlackNotifier(TOKEN, double.url, sleep=slept.append)
            own = Message(id=f"I_1.{number}.reporter", to=NOTICE.to, subject=NOTICE.subject, text=NOTICE.text)
            before = len(double.messages)
            double.faults[method] = [fault] * 9
            failure = fails_quietly(lambda own=own, notifier=notifier: notifier.deliver(own))  # type: ignore[misc]
            assert failure is not None or method != "chat.postMessage" or name == "ok, and null", name
            assert isinstance(failure, RefusedError) <= (name in NAMED), name
            assert sum(slept) < 60
            double.faults.clear()
            SlackNotifier(TOKEN, double.url).deliver(own)
            assert len(double.messages) - before in ((1,) if method == "chat.postMessage" else (1, 2)), name
    tried(record_property, "odd answers of channels", len(SLACK))
