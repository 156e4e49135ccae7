"""Notices by Slack, against a double that refuses what Slack's documentation says it refuses."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator

import pytest

from cocflow.adapters.slack import TIMEOUT, SlackNotifier
from cocflow.core.people.person import Person
from cocflow.errors import AdapterError, DefinitionError
from cocflow.messages import quoted
from cocflow.ports import ChannelError, Message, RefusedError
from tests.hostile import HOSTILE
from tests.servers.slack import TOKEN, Fault, Json, SlackDouble, slack_double

ALICE, RULES = "U0000ALICE", "C0000RULES"
LIMITED = '{"ok": false, "error": "ratelimited"}'


@pytest.fixture(scope="module")
def _double() -> Iterator[SlackDouble]:
    with slack_double() as double:
        yield double


@pytest.fixture
def double(_double: SlackDouble) -> SlackDouble:
    """Return the workspace, as if new."""
    new = SlackDouble()
    _double.__dict__.update(new.__dict__ | {"port": _double.port})
    return _double


class Sleeper:
    """A clock that only notes how long it was asked to wait."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


def notifier(double: SlackDouble, sleep: Sleeper | None = None, token: str = TOKEN) -> SlackNotifier:
    """Return a notifier that leads to the double, and never really waits."""
    return SlackNotifier(token, double.url, sleep=sleep or Sleeper())


def notice(
    text: str = "Hello.", subject: str = "Your report", slack: str = ALICE, id_: str = "IC_1:told"
) -> Message:
    """Return a notice to one person."""
    return Message(id=id_, to=Person(key="p1", name="Alice", slack=slack), subject=subject, text=text)


def words(message: Json) -> str:
    """Return the plain words of a message's blocks."""
    return "".join(one["text"]["text"] for one in message["blocks"] if one["text"]["type"] == "plain_text")


def test_a_notice_arrives(double: SlackDouble) -> None:
    """A notice is a direct message: its subject, its words, and the links of our own words to click."""
    notifier(double).deliver(notice("See **the** [page](https://example.org).\n\n> <!channel>"))
    (message,) = double.messages
    assert message["channel"] == "D0000ALICE"
    assert [(one["text"]["type"], one["text"]["text"]) for one in message["blocks"]] == [
        ("plain_text", "Your report"),
        ("plain_text", "See the page (https://example.org)."),
        ("mrkdwn", "<https://example.org>"),
        ("plain_text", "> <!channel>"),
    ]
    assert message["text"] == ("Your report\n\nSee the page (https://example.org).\n\n&gt; &lt;!channel&gt;")


def test_nothing_is_parsed_or_fetched(double: SlackDouble) -> None:
    """Slack is told to look for no names, no markup and no previews."""
    notifier(double).deliver(notice())
    asked = {name: double.messages[0][name] for name in ("mrkdwn", "parse", "link_names", "unfurl_links")}
    assert asked == {"mrkdwn": False, "parse": "none", "link_names": False, "unfurl_links": False}


@pytest.mark.parametrize("way", [str, quoted], ids=["raw", "quoted"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_are_only_words(double: SlackDouble, text: str, way: type[str]) -> None:
    """Whatever is typed, Slack takes it, nobody is mentioned, and nothing is cut."""
    notifier(double).deliver(notice(way(text), subject=text))
    assert double.messages
    for message in double.messages:
        assert "<" not in message["text"]
        for one in message["blocks"]:
            said = one["text"]
            assert said["type"] == "plain_text" or said["text"].startswith(("<http", "<mailto:"))
    assert sum(words(message).count("\U0001f600") for message in double.messages) >= text.count("\U0001f600")


def test_long_words_are_split_in_order(double: SlackDouble) -> None:
    """A long text is several messages, numbered, with every word in order."""
    text = "\n\n".join(f"word{number} " * 40 for number in range(200))
    notifier(double).deliver(notice(text))
    assert len(double.messages) > 1
    said = " ".join(words(one).replace("Your report", "", 1) for one in double.messages)
    assert said.split() == text.split()
    payloads = [one["metadata"]["event_payload"] for one in double.messages]
    assert [one["part"] for one in payloads] == list(range(1, len(payloads) + 1))
    assert {one["parts"] for one in payloads} == {len(payloads)}


def test_a_repeat_is_recognised(double: SlackDouble) -> None:
    """A notice that the conversation shows already isn't sent again; another one is."""
    notifier(double).deliver(notice())
    notifier(double).deliver(notice())
    notifier(double).deliver(notice(id_="IC_2:told"))
    assert len(double.messages) == 2


def test_what_was_sent_in_part_is_completed(double: SlackDouble) -> None:
    """After a failure in the middle only the parts that are missing are sent."""
    double.faults["chat.postMessage"] = [Fault(200, done=True, body='{"ok": true}'), Fault(500)]
    text = "word " * 5_000
    with pytest.raises(AdapterError):
        notifier(double).deliver(notice(text))
    notifier(double).deliver(notice(text))
    parts = [one["metadata"]["event_payload"]["part"] for one in double.messages]
    assert sorted(parts) == sorted(set(parts)) == list(range(1, len(parts) + 1))


def test_an_answer_that_never_comes_is_found_again(double: SlackDouble) -> None:
    """A message that was posted though the connection broke isn't posted twice."""
    double.faults["chat.postMessage"] = [Fault(0, done=True)]
    with pytest.raises(AdapterError) as caught:
        notifier(double).deliver(notice())
    assert caught.value.uncertain
    notifier(double).deliver(notice())
    assert len(double.messages) == 1


@pytest.mark.parametrize("missing", ["im:history", "im:write"])
def test_a_token_that_may_do_less(double: SlackDouble, missing: str) -> None:
    """Without the scopes to look back or to open a conversation, notices still arrive, repeats too."""
    double.scopes.discard(missing)
    notifier(double).deliver(notice())
    notifier(double).deliver(notice())
    assert [one["channel"] for one in double.messages] == ["D0000ALICE", "D0000ALICE"]


def test_ids_give_nothing_away(double: SlackDouble) -> None:
    """Metadata can be read by every application of a workspace, so it holds no id of GitHub's."""
    notifier(double).deliver(notice())
    assert "IC_1" not in json.dumps(double.messages)


def test_a_post_to_a_channel(double: SlackDouble) -> None:
    """A post goes to its channel once, however often it is asked for."""
    notifier(double).post(RULES, "A suspension was overturned on appeal.", id="I_1:post")
    notifier(double).post(RULES, "A suspension was overturned on appeal.", id="I_1:post")
    (message,) = double.to(RULES)
    assert words(message) == "A suspension was overturned on appeal."


@pytest.mark.parametrize("channel", ["", "#rules", "rules", ALICE, "<!channel>", "C0000RULES,C000OTHER"])
def test_what_is_no_channel(double: SlackDouble, channel: str) -> None:
    """A channel is given by its id; anything else is refused before anything is sent."""
    with pytest.raises(RefusedError):
        notifier(double).post(channel, "x", id="1")
    assert double.calls == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_who_is_no_user(double: SlackDouble, text: str) -> None:
    """What is no Slack id reaches nobody, and nothing is sent to it."""
    message = notice(slack=text)
    assert not notifier(double).reaches(message.to)
    with pytest.raises(RefusedError):
        notifier(double).deliver(message)
    assert double.calls == []


def test_reaches_whoever_has_an_id(double: SlackDouble) -> None:
    """A person with a Slack id can be reached, as far as Slack tells."""
    assert notifier(double).reaches(notice().to)


def test_a_rate_limit_is_obeyed(double: SlackDouble) -> None:
    """After 429 the same request is made again, as late as Slack asks."""
    sleep = Sleeper()
    double.faults["chat.postMessage"] = [
        Fault(429, LIMITED, Retry_After="7"),
        Fault(429, "busy", Retry_After="3"),
    ]
    notifier(double, sleep).deliver(notice())
    assert sleep.waits == [7.0, 3.0]
    assert len(double.messages) == 1


@pytest.mark.parametrize("seconds", ["61", "86400"])
def test_a_long_wait_is_left_to_the_next_run(double: SlackDouble, seconds: str) -> None:
    """A job doesn't sit out a long rate limit."""
    sleep = Sleeper()
    double.faults["chat.postMessage"] = [Fault(429, LIMITED, Retry_After=seconds)]
    with pytest.raises(ChannelError) as caught:
        notifier(double, sleep).deliver(notice())
    assert caught.value.fault == "pause"
    assert (caught.value.status, sleep.waits, caught.value.uncertain) == (429, [], False)


def test_a_rate_limit_without_end(double: SlackDouble) -> None:
    """A few tries, then it is an error."""
    sleep = Sleeper()
    double.faults["chat.postMessage"] = [Fault(429, LIMITED) for _ in range(9)]
    with pytest.raises(AdapterError):
        notifier(double, sleep).deliver(notice())
    assert len(sleep.waits) == 3


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("user_not_found", RefusedError),
        ("user_disabled", RefusedError),
        ("channel_not_found", RefusedError),
        ("is_archived", RefusedError),
        ("cannot_dm_bot", RefusedError),
        ("restricted_action", RefusedError),
        ("not_in_channel", AdapterError),
        ("account_inactive", ChannelError),
        ("invalid_auth", ChannelError),
        ("token_revoked", ChannelError),
        ("fatal_error", AdapterError),
        ("something_new", AdapterError),
    ],
)
def test_errors_by_name(double: SlackDouble, name: str, kind: type[AdapterError]) -> None:
    """Who can't be reached is refused for ever; what somebody can mend may be tried again."""
    double.faults["chat.postMessage"] = [
        Fault(200, json.dumps({"ok": False, "error": name, "needed": "secret"}))
    ]
    with pytest.raises(AdapterError) as caught:
        notifier(double).deliver(notice("secret words"))
    assert type(caught.value) is kind
    assert caught.value.__cause__ is None
    told = f" ({name})" if name != "something_new" else ""
    assert str(caught.value) == f"Slack chat.postMessage{told} failed: 200"
    assert caught.value.uncertain == (name == "fatal_error")


@pytest.mark.parametrize(
    ("slack", "name"), [("U0000NOONE", "user_not_found"), ("U0000ROBOT", "cannot_dm_bot")]
)
def test_people_who_are_not_there(double: SlackDouble, slack: str, name: str) -> None:
    """An unknown person or a bot is refused for ever."""
    with pytest.raises(RefusedError, match=name):
        notifier(double).deliver(notice(slack=slack))


@pytest.mark.parametrize(
    ("channel", "kind"),
    [("C000ARCHIV", RefusedError), ("C0000GONE0", RefusedError), ("C000STRANG", AdapterError)],
)
def test_channels_that_take_nothing(double: SlackDouble, channel: str, kind: type[AdapterError]) -> None:
    """An archived or unknown channel is refused; one that the bot isn't in waits for an invitation."""
    with pytest.raises(AdapterError) as caught:
        notifier(double).post(channel, "x", id="1")
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "fault", [Fault(500, "<html>"), Fault(502, ""), Fault(200, "[]"), Fault(200, "no json"), Fault(0)]
)
def test_broken_answers(double: SlackDouble, fault: Fault) -> None:
    """An answer that makes no sense is an error that may be tried again."""
    double.faults["chat.postMessage"] = [fault]
    with pytest.raises(AdapterError) as caught:
        notifier(double).deliver(notice())
    assert not isinstance(caught.value, RefusedError)
    assert "html" not in str(caught.value)


def test_a_wrong_token_is_ours_to_mend(double: SlackDouble) -> None:
    """A token that Slack doesn't take leaves the notice owed."""
    with pytest.raises(ChannelError, match="invalid_auth") as caught:
        notifier(double, token="xoxb-wrong").deliver(notice())
    assert caught.value.fault == "login"


def test_a_slack_that_is_silent_is_waited_for_briefly() -> None:
    """One silence costs a run seconds, and is the channel's failure, so there is no second one."""
    assert TIMEOUT <= 10
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api/"
        with pytest.raises(ChannelError) as caught:
            SlackNotifier(TOKEN, url, timeout=1).deliver(notice())
    assert caught.value.fault == "connection"


def test_nothing_is_logged(double: SlackDouble, caplog: pytest.LogCaptureFixture) -> None:
    """Even with every logger open, no word of a notice is logged."""
    caplog.set_level(logging.DEBUG)
    notifier(double).deliver(notice("secret words"))
    assert "secret" not in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("token", "url"),
    [("", "https://slack.example/api/"), ("a\nb", "https://x/"), ("xoxb-1", "http://slack.example/")],
)
def test_wrong_settings(token: str, url: str) -> None:
    """No token, or an address that would send it in the open, is refused at once."""
    with pytest.raises(DefinitionError):
        SlackNotifier(token, url)


def placed(double: SlackDouble, **places: str) -> SlackNotifier:
    """Return a notifier that posts to these channels."""
    return SlackNotifier(TOKEN, double.url, places=places)


def test_trying_out_sends_nothing(double: SlackDouble) -> None:
    """Who we are, what we may do and each place are asked for, and nothing is posted."""
    double.scopes |= {"channels:read"}
    assert placed(double, rules_slack_channel=RULES).try_out() == ""
    assert [method for method, _ in double.calls] == ["auth.test", "conversations.info"]
    assert double.messages == []


def test_a_place_that_the_bot_may_not_look_at_is_left_out(double: SlackDouble) -> None:
    """Without the scope for it a place isn't called wrong, and which one wasn't seen is said."""
    assert "rules_slack_channel" in placed(double, rules_slack_channel=RULES).try_out()


@pytest.mark.parametrize(
    ("channel", "why"),
    [("C000ARCHIV", "archived"), ("C000STRANG", "isn't in"), ("C000NOWHER", "no such channel")],
)
def test_a_place_that_cannot_be_posted_to_is_named(double: SlackDouble, channel: str, why: str) -> None:
    """The setting is named and what is wrong with its channel, not the channel."""
    double.scopes |= {"channels:read"}
    with pytest.raises(ChannelError, match=why) as found:
        placed(double, rules_slack_channel=channel).try_out()
    assert (found.value.fault, channel in str(found.value)) == ("place", False)
    assert "rules_slack_channel" in str(found.value)


def test_a_bot_may_post_to_public_channels_that_it_is_not_in_if_it_has_the_scope(double: SlackDouble) -> None:
    """The scope `chat:write.public` opens every public channel."""
    double.scopes |= {"channels:read", "chat:write.public"}
    assert placed(double, rules_slack_channel="C000STRANG").try_out() == ""


def test_a_token_that_may_not_write_is_found(double: SlackDouble) -> None:
    """A bot without the one scope that everything needs fails before any message does."""
    double.scopes -= {"chat:write"}
    with pytest.raises(ChannelError, match="chat:write") as found:
        notifier(double).try_out()
    assert found.value.fault == "scopes"


def test_a_revoked_token_is_found_without_a_message(double: SlackDouble) -> None:
    """Whom Slack doesn't know fails as a login."""
    with pytest.raises(ChannelError) as found:
        notifier(double, token="xoxb-gone").try_out()
    assert found.value.fault == "login"
    assert "xoxb-gone" not in str(found.value)
