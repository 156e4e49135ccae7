"""A double of Slack's Web API: what cocflow calls, checked as Slack's documentation states it.

It refuses what Slack refuses, by the same names, and keeps what it accepts. Beyond the documentation,
blocks of more than some 13,000 characters are refused, as applications have found.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
TOKEN = "xoxb-test"
ARGUMENTS = frozenset(
    """channel text blocks attachments metadata mrkdwn parse link_names unfurl_links unfurl_media
    thread_ts reply_broadcast username icon_emoji icon_url""".split()
)


class Fault:
    """One answer that isn't the ordinary one: a status, its body, its headers. `done`: after the deed."""

    def __init__(self, status: int, body: str = "{}", *, done: bool = False, **headers: str) -> None:
        self.status = status
        self.body = body
        self.done = done
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class SlackDouble:
    """A workspace: its people, channels and messages, what the token may do, and the next faults."""

    def __init__(self) -> None:
        self.port = 0
        self.scopes = {"chat:write", "im:write", "im:history", "channels:history"}
        self.users = {"U0000ALICE": "active", "U00000BOBB": "active", "U0000ROBOT": "bot"}
        self.channels = {"C0000RULES": "member", "C000ARCHIV": "archived", "C000STRANG": "stranger"}
        self.messages: list[Json] = []
        self.calls: list[tuple[str, Json]] = []
        self.faults: dict[str, list[Fault]] = {}

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.port}/api/"

    def to(self, channel: str) -> list[Json]:
        """Return the messages of a conversation, oldest first."""
        return [message for message in self.messages if message["channel"] == channel]

    def answer(self, method: str, token: str, fields: Json) -> Json:
        """Return what Slack would."""
        methods: dict[str, tuple[str, Callable[[Json], Json]]] = {
            "auth.test": ("", lambda _: {"ok": True, "user_id": "U0000ROBOT", "bot_id": "B0000ROBOT"}),
            "conversations.info": ("channels:read", self._info),
            "conversations.open": ("im:write", self._open),
            "conversations.history": ("im:history", self._history),
            "chat.postMessage": ("chat:write", self._post),
        }
        if method not in methods:
            return _error("unknown_method")
        if token != f"Bearer {TOKEN}":
            return _error("invalid_auth" if token else "not_authed")
        scope, perform = methods[method]
        granted = not scope or scope in self.scopes
        return perform(fields) if granted else {**_error("missing_scope"), "needed": scope}

    def _open(self, fields: Json) -> Json:
        users = str(fields.get("users", "")).split(",")
        if users == [""]:
            return _error("users_list_not_supplied")
        if len(users) != 1 or users[0] not in self.users:
            return _error("user_not_found")
        if self.users[users[0]] == "bot":
            return _error("cannot_dm_bot")
        return {"ok": True, "channel": {"id": "D" + users[0][1:]}}

    def _info(self, fields: Json) -> Json:
        channel = str(fields.get("channel", ""))
        if (known := self.channels.get(channel)) is None:
            return _error("channel_not_found")
        found = {"id": channel, "is_member": known == "member", "is_archived": known == "archived"}
        return {"ok": True, "channel": {**found, "is_private": False}}

    def _history(self, fields: Json) -> Json:
        channel, limit = fields.get("channel", ""), int(fields.get("limit", 100))
        if not 1 <= limit <= 999:
            return _error("invalid_limit")
        found = list(reversed(self.to(channel)))[:limit]
        if fields.get("include_all_metadata") not in (True, "true", "1"):
            found = [{key: value for key, value in one.items() if key != "metadata"} for one in found]
        return {"ok": True, "messages": found, "has_more": False}

    def _post(self, fields: Json) -> Json:
        channel = str(fields.get("channel", ""))
        if wrong := self._wrong_channel(channel) or _wrong_message(fields):
            return _error(wrong)
        channel = "D" + channel[1:] if channel.startswith("U") else channel
        stamp = f"1700000000.{len(self.messages):06}"
        self.messages.append({**fields, "channel": channel, "ts": stamp})
        return {"ok": True, "channel": channel, "ts": stamp}

    def _wrong_channel(self, channel: str) -> str:
        known = self.channels.get(channel)
        if known == "archived":
            return "is_archived"
        if known == "stranger":
            return "not_in_channel"
        person = "U" + channel[1:]
        return "" if known or person in self.users else "channel_not_found"


def _error(name: str) -> Json:
    return {"ok": False, "error": name}


def _wrong_message(fields: Json) -> str:
    """Return what Slack says against a message, "" if nothing."""
    text, blocks = fields.get("text", ""), fields.get("blocks", [])
    if unknown := set(fields) - ARGUMENTS:
        return f"invalid_arguments {sorted(unknown)}"
    if not isinstance(blocks, list) or len(blocks) > 50 or not all(_is_block(one) for one in blocks):
        return "invalid_blocks"
    if not text and not blocks:
        return "no_text"
    if len(text) > 40_000:
        return "msg_too_long"
    if len(json.dumps(blocks, ensure_ascii=False).encode()) > 13_000 + 100 * len(blocks):
        return "msg_blocks_too_long"
    return _wrong_metadata(fields.get("metadata"))


def _is_block(block: Json) -> bool:
    if block.get("type") == "divider":
        return True
    text = block.get("text", {})
    limit = {"section": 3000, "header": 150}.get(block.get("type", ""), 0)
    allowed = {"plain_text": {"emoji"}, "mrkdwn": {"verbatim"}}.get(text.get("type", ""))
    width = len(str(text.get("text", "")).encode("utf-16-le")) // 2
    return allowed is not None and set(text) <= {"type", "text", *allowed} and 1 <= width <= limit


def _wrong_metadata(metadata: object) -> str:
    if metadata is None:
        return ""
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        return "invalid_metadata_format"
    plain = all(isinstance(value, str | int | bool) for value in metadata["event_payload"].values())
    small = len(json.dumps(metadata)) <= 8000
    return "" if plain and small else "invalid_metadata_schema" if small else "metadata_too_large"


def _handler(double: SlackDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer a read."""
            query = parse_qs(urlsplit(self.path).query)
            self._answer({name: values[0] for name, values in query.items()})

        def do_POST(self) -> None:
            """Answer a request with a body: JSON, or a form as the library sends for reads."""
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            kind = self.headers.get("Content-Type", "")
            form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            # Older libraries call JSON what has no arguments, and send nothing; Slack takes that.
            self._answer(json.loads(raw or b"{}") if kind.startswith("application/json") else form)

        def _answer(self, fields: Json) -> None:
            method = urlsplit(self.path).path.removeprefix("/api/")
            double.calls.append((method, fields))
            faults = double.faults.get(method, [])
            fault = faults.pop(0) if faults else None
            token = self.headers.get("Authorization", "")
            if fault is None:
                scopes = {"X-OAuth-Scopes": ",".join(sorted(double.scopes))}
                self._send(200, json.dumps(double.answer(method, token, fields)), scopes)
                return
            if fault.done:
                double.answer(method, token, fields)
            if fault.status:
                self._send(fault.status, fault.body, fault.headers)

        def _send(self, status: int, body: str, headers: dict[str, str]) -> None:
            raw = body.encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def slack_double() -> Iterator[SlackDouble]:
    """Run a workspace; a fault of status 0 hangs up."""
    double = SlackDouble()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(double))
    server.daemon_threads = True
    double.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
