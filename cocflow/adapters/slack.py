"""Slack: direct messages to people, posts to channels. The only module that knows slack_sdk.

Owns lengths, rate limits, repeats and the meaning of Slack's errors. People's words are only ever
`plain_text` or escaped, so that none of them mentions anybody or becomes a link. Slack takes messages
to deactivated accounts without an error: what is delivered here never counts for a suspended person.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cocflow.adapters.characters import one_line
from cocflow.adapters.markdown import Block, blocks, slack_escaped
from cocflow.core.people.person import Person
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import ChannelError, Message, RefusedError

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

API = "https://slack.com/api/"
EVENT = "cocflow_notice"
NEEDED = "chat:write"
"""The scope without which nothing can be sent."""
TRIES = 4
TIMEOUT = 10
"""Seconds that Slack may be silent; more than one such silence no run waits for."""
LONGEST_WAIT = 60.0
"""Seconds; a rate limit that asks for more is left to the next run."""
BLOCKS = 49
"""Slack takes 50; one is kept for the subject."""
WHOLE = 10_000
"""Bytes of text in one message. Slack states 40,000 characters, but refuses blocks from some 13,000 on."""
REMEMBERED = 100
"""How many messages of a conversation are looked through for one that was sent already."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_REFUSED = frozenset(
    """user_not_found user_not_visible user_disabled users_not_found channel_not_found is_archived
    cannot_dm_bot messages_tab_disabled invalid_user_combination restricted_action
    restricted_action_read_only_channel restricted_action_thread_only_channel
    method_not_supported_for_channel_type msg_too_long msg_blocks_too_long no_text invalid_blocks
    """.split()
)
_LOGIN = frozenset(
    """not_authed invalid_auth account_inactive token_revoked token_expired org_login_required
    ekm_access_denied team_access_not_granted not_allowed_token_type team_added_to_org accesslimited
    """.split()
)
"""What is wrong with the token, and so with every message."""
_OURS_TO_MEND = frozenset("not_in_channel no_permission missing_scope access_denied".split())
"""What is wrong with the token in one place: another conversation may take it."""
_PERHAPS_DONE = frozenset("fatal_error internal_error request_timeout service_unavailable".split())
_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_NAMED = _REFUSED | _LOGIN | _OURS_TO_MEND | _PERHAPS_DONE | _LIMITED


def reaches(person: Person) -> bool:
    """Whether Slack reaches somebody: whoever has an id, deactivated or not; and channels, by theirs."""
    return _is_user(person.slack) or _is_channel(person.slack)


class SlackNotifier:
    """A notifier by Slack, with a bot's token (scopes chat:write and im:write; im:history if granted).

    `base_url`: `SLACK_API_URL` of a double. `places`: the channels that are posted to, by the names of their
    settings. `sleep` waits a number of seconds. `timeout`: the seconds that Slack may be silent.
    """

    def __init__(
        self,
        token: str,
        base_url: str = API,
        *,
        places: Mapping[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timeout: int = TIMEOUT,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise DefinitionError("SLACK_API_URL would send the token in the open.", hint="https://")
        if not re.fullmatch(r"[!-~]+", token):
            raise DefinitionError("SLACK_BOT_TOKEN is no token.", hint="it begins with xoxb-")
        self._token = token
        self._places = places or {}
        self._scopes: frozenset[str] | None = None
        self._base_url = base_url
        self._sleep = sleep
        self._timeout = timeout
        self._made: WebClient | None = None

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`."""
        return reaches(person)

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`: to a person as a direct message, to a channel as a post.

        What the conversation already holds isn't sent again, where the token may read it; where it
        may not, a repeat arrives twice.
        """
        if _is_channel(message.to.slack):
            return self.post(message.to.slack, message.text, id=message.id, subject=message.subject)
        if not _is_user(message.to.slack):
            raise RefusedError(None, "Slack user id")
        channel = self._opened(message.to.slack)
        return self._send(channel, message.id, message.subject, message.text)

    def post(self, channel: str, text: str, *, id: str, subject: str = "") -> None:
        """Post Markdown to a channel by its id; `id` is the same each time it is posted.

        AdapterError: it failed and may be tried again; RefusedError: it will fail every time.
        """
        if not _is_channel(channel):
            raise RefusedError(None, "Slack channel id")
        self._send(channel, id, subject, text)

    def try_out(self) -> str:
        """See `Notifier.try_out`: ask who we are and what we may do, and look at each place."""
        self._call("auth.test", {}, reading=True)
        if self._scopes is not None and NEEDED not in self._scopes:
            raise ChannelError("scopes", "Slack auth.test", detail=f"SLACK_BOT_TOKEN lacks {NEEDED}")
        unseen = [setting for setting, channel in self._places.items() if not self._is_open(setting, channel)]
        return f"{' and '.join(unseen)}: not seen without the scope channels:read." if unseen else ""

    def _is_open(self, setting: str, channel: str) -> bool:
        """Whether a place is seen to be open to us; ChannelError if it is seen not to be."""
        try:
            answer = self._call("conversations.info", {"channel": channel}, reading=True)
        except _MissingScopeError:
            return False
        except RefusedError:
            raise self._shut(setting, "there is no such channel, or it is hidden from the bot") from None
        found = answer.get("channel", {})
        if found.get("is_archived"):
            raise self._shut(setting, "the channel is archived")
        anywhere = self._scopes is not None and "chat:write.public" in self._scopes
        if not found.get("is_member") and (found.get("is_private") or not anywhere):
            raise self._shut(setting, "the bot isn't in the channel")
        return True

    @staticmethod
    def _shut(setting: str, why: str) -> ChannelError:
        return ChannelError(
            "place", "Slack conversations.info", detail=f"{setting} can't be posted to: {why}"
        )

    # --- sending ---------------------------------------------------------------------------------

    def _opened(self, user: str) -> str:
        """Return the conversation with a person; their own id where the token may not open one."""
        try:
            answer = self._call("conversations.open", {"users": user})
        except _MissingScopeError:
            return user
        channel = answer.get("channel")
        return str((isinstance(channel, dict) and channel.get("id")) or user)

    def _send(self, channel: str, name: str, subject: str, text: str) -> None:
        made = posts(channel, name, subject, text)
        sent = self._sent(channel, _stable(name))
        for number, body in enumerate(made, 1):
            if (number, len(made)) not in sent:
                self._call("chat.postMessage", body)

    def _sent(self, channel: str, stable: str) -> set[tuple[int, int]]:
        """Return which parts the conversation shows already; none if it can't be read."""
        if _is_user(channel):
            return set()
        query = {"channel": channel, "limit": REMEMBERED, "include_all_metadata": "true"}
        try:
            answer = self._call("conversations.history", query, reading=True)
        except AdapterError:
            return set()
        found = answer.get("messages")
        messages = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        return {part for message in messages if (part := _part_of(message, stable))}

    # --- the API ---------------------------------------------------------------------------------

    def _client(self) -> WebClient:
        if self._made is None:
            try:
                from slack_sdk import WebClient  # an extra: only if configured
            except ImportError:
                raise ChannelError("library", "Slack") from None
            # It would log what is sent, and repeat a message that may have been posted.
            quiet = logging.getLogger("cocflow.slack")
            quiet.disabled = True
            self._made = WebClient(
                self._token, base_url=self._base_url, timeout=self._timeout, logger=quiet, retry_handlers=[]
            )
        return self._made

    def _call(self, method: str, fields: dict[str, Any], *, reading: bool = False) -> Mapping[str, Any]:
        """Call a method, again after a rate limit's refusal, which did nothing; else AdapterError."""
        client = self._client()
        from slack_sdk.errors import SlackApiError, SlackClientError

        for attempt in range(TRIES):
            try:
                if reading:
                    answer = client.api_call(method, http_verb="GET", params=fields)
                else:
                    answer = client.api_call(method, json=fields)
            except SlackApiError as error:
                wait = _wait(error)
                if wait is None or wait > LONGEST_WAIT or attempt == TRIES - 1:
                    raise _translated(error, method) from None
                self._sleep(wait)
            except (OSError, HTTPException):
                raise ChannelError("connection", f"Slack {method}", uncertain=not reading) from None
            except (SlackClientError, ValueError, TypeError):
                raise AdapterError(None, f"Slack {method}", uncertain=not reading) from None
            else:
                self._scopes = _scopes(answer.headers) or self._scopes
                return answer.data if isinstance(answer.data, dict) else {}
        raise AssertionError  # the last try returns or raises


class _MissingScopeError(AdapterError):
    """The token may not do this; something else may do instead."""


def _is_channel(text: str) -> bool:
    return re.fullmatch(r"[CGD][A-Z0-9]{6,20}", text) is not None


def _is_user(text: str) -> bool:
    return re.fullmatch(r"[UW][A-Z0-9]{6,20}", text) is not None


def posts(channel: str, name: str, subject: str, text: str) -> list[dict[str, Any]]:
    """Return a notice as it is sent: one message, or several where it is long. `name`: the notice's id."""
    parts = list(messages(blocks(text))) or [[]]
    return [
        _body(channel, _stable(name), number, len(parts), subject, part)
        for number, part in enumerate(parts, 1)
    ]


def _stable(name: str) -> str:
    """Return by what a notice's messages are known again, which tells nothing of it."""
    return sha256(f"slack:{name}".encode("utf-8", "replace")).hexdigest()[:40]


def messages(found: list[Block]) -> Iterator[list[Block]]:
    """Return blocks in messages that Slack takes: few enough, short enough, in order, all of them."""
    group: list[Block] = []
    size = 0
    for block in found:
        length = len(slack_escaped(block["text"]["text"]).encode())
        if group and (len(group) == BLOCKS or size + length > WHOLE):
            yield group
            group, size = [], 0
        group.append(block)
        size += length
    if group:
        yield group


def _body(
    channel: str, stable: str, number: int, count: int, subject: str, part: list[Block]
) -> dict[str, Any]:
    """Return a message. Its top-level text is what notifications show and screen readers read."""
    words = "\n\n".join(block["text"]["text"] for block in part if block["text"]["type"] == "plain_text")
    title = one_line(subject) if number == 1 else ""
    heading = f"{title}\n\n" if title else ""
    titled: list[Block] = [{"type": "section", "text": {"type": "plain_text", "text": title, "emoji": False}}]
    return {
        "channel": channel,
        "text": slack_escaped(heading + words) or "–",
        "blocks": [*(titled if title else []), *part],
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {
            "event_type": EVENT,
            "event_payload": {"id": stable, "part": number, "parts": count},
        },
    }


def _part_of(message: Mapping[str, Any], stable: str) -> tuple[int, int] | None:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if metadata.get("event_type") != EVENT or payload.get("id") != stable:
        return None
    return int(payload.get("part", 0)), int(payload.get("parts", 0))


# --- errors ----------------------------------------------------------------------------------------


def _answer(error: SlackApiError) -> tuple[int, Mapping[str, Any], Mapping[str, str]]:
    """Return the status, the data and the headers of an answer, however the library gives them."""
    answer = error.response
    if isinstance(answer, dict):
        return int(answer.get("status") or 0), {}, answer.get("headers") or {}
    return answer.status_code, answer.data if isinstance(answer.data, dict) else {}, answer.headers


def _scopes(headers: Mapping[str, str]) -> frozenset[str] | None:
    """Return what the token may do; None where Slack doesn't say."""
    said = next((value for key, value in headers.items() if key.lower() == "x-oauth-scopes"), None)
    return None if said is None else frozenset(one.strip() for one in said.split(","))


def _name(data: Mapping[str, Any]) -> str:
    """Return an error's name, "" unless it is one of Slack's own: nothing else may be told."""
    name = data.get("error")
    return name if isinstance(name, str) and name in _NAMED else ""


def _wait(error: SlackApiError) -> float | None:
    """Return the seconds that a rate limit asks for; None if it is another failure."""
    status, data, headers = _answer(error)
    if status != 429 and _name(data) not in _LIMITED:
        return None
    asked = next((value for key, value in headers.items() if key.lower() == "retry-after"), "")
    return float(asked) if re.fullmatch(r"\d{1,6}", asked) else 1.0


def _translated(error: SlackApiError, method: str) -> AdapterError:
    status, data, _ = _answer(error)
    name = _name(data)
    route = f"Slack {method} ({name})" if name else f"Slack {method}"
    if name in _REFUSED:
        return RefusedError(status, route)
    if name == "missing_scope":
        return _MissingScopeError(status, route)
    if name in _LOGIN:
        return ChannelError("login", route, status=status)
    if status == 429 or name in _LIMITED:
        return ChannelError("pause", route, status=status)
    if status >= 500:
        return ChannelError("connection", route, status=status, uncertain=True)
    return AdapterError(status, route, uncertain=name in _PERHAPS_DONE)
