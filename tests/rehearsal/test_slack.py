"""What Slack shows: blocks as its readers see them, and nothing of a person's words as anything but words."""

from __future__ import annotations

import re

import pytest

from cocflow.rehearsal.slack import as_shown
from tests.hostile import HOSTILE

CHANNEL = "C0RULES01"


def test_words_stand_as_they_are_sent_and_the_link_is_below_them() -> None:
    """No Markdown is left to be read, no word is bold, and one address can be clicked."""
    (shown,) = as_shown(
        CHANNEL, "Something to look at", "**Coral** & more:\n\n- [the case](http://a.example/1?b=1&c=2)"
    )
    said = re.sub(r"<[^>]+>", "", shown.html)
    assert said.split("\n")[:2] == ["Something to look at", "Coral &amp; more:"]
    assert "**" not in said
    assert re.findall(r'href="([^"]*)"', shown.html) == ["http://a.example/1?b=1&amp;c=2"]
    assert shown.notification.startswith("Something to look at\n\nCoral & more:")


def test_what_slack_takes_in_several_messages_is_shown_in_as_many() -> None:
    """All of it, and the subject once."""
    shown = as_shown(CHANNEL, "Long", "\n\n".join(["words " * 500] * 9))
    assert len(shown) > 1
    assert "".join(one.html for one in shown).count("words") == 4500
    assert [("Long" in one.html) for one in shown].count(True) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_are_words(name: str) -> None:
    """Nothing in them is a tag, and no address of theirs in Slack's language is a link."""
    said = f"{HOSTILE[name]} <script>alert(1)</script> <http://evil.example|safe> <!channel> <@U12345678>"
    quoted = "\n".join(f"> {line}" for line in said.splitlines())
    for one in as_shown(CHANNEL, said, quoted):
        assert set(re.findall(r"<(\w+)", one.html)) <= {"p"}
