"""Posts: which channel, how long, and that nothing goes out that the reporter keeps to themselves."""

from __future__ import annotations

import pytest

from cocflow.core.acts.post import LONGEST_POST, Post, post_in
from cocflow.core.case.facts import sha256
from cocflow.core.case.grammar import Said
from cocflow.core.case.records import Words
from tests.core.acts.asking import asked
from tests.core.play import MFT, Play, body, community, played_to
from tests.scene import PUBLIC, SHARES

ACCEPTED: list[tuple[str, Said]] = [
    ("/post rules\nBe kind.", Post("rules", "Be kind.")),
    ("/POST #rules\n\nBe kind.\n\nAlways.", Post("#rules", "Be kind.\n\nAlways.")),
    ("/post rules\nSee /etc for more.\n/etc", Post("rules", "See /etc for more.\n/etc")),
]

REFUSED = [
    ("/post", "A channel is missing"),
    ("/post rules", "The text is missing"),
    ("/post rules\n\u200b", "The text is missing"),
    ("/post\nBe kind.", "A channel is missing"),
    ("/post rules\nBe kind.\n/help", "One command a comment"),
]


def case_of(share: str, where: str | None = None, channel: str = "#rules") -> Play:
    """Return a triaged case under this consent."""
    said = body(share=SHARES[share], where=where)
    return played_to("triaged", text=said, community_=community(rules_channel=channel))


@pytest.mark.parametrize(
    ("share", "where", "allowed"),
    [
        ("none", None, False),
        ("parties by name", None, False),
        ("community", None, True),
        ("none", PUBLIC, True),
    ],
)
def test_a_post_needs_consent_or_that_it_was_public(share: str, where: str | None, allowed: bool) -> None:
    """Where neither is, it isn't even drafted."""
    assert (asked(case_of(share, where), "post_allowed", "/post rules\nBe kind.") is None) is allowed


@pytest.mark.parametrize(
    ("channel", "said", "allowed"),
    [
        ("#rules", "rules", True),
        ("#rules", "#RULES", True),
        ("#our-rules", "our-rules", True),
        ("#our-rules", "rules", True),
        ("#rules", "general", False),
        ("", "rules", False),
        ("", "#", False),
    ],
)
def test_a_post_goes_to_the_rules_channel_only(channel: str, said: str, allowed: bool) -> None:
    """By `rules` or by its own name; without one there is nowhere to post."""
    play = case_of("community", channel=channel)
    assert (asked(play, "post_allowed", f"/post {said}\nBe kind.") is None) is allowed


@pytest.mark.parametrize(("more", "allowed"), [(0, True), (1, False)])
def test_a_post_fits_into_one_message(more: int, allowed: bool) -> None:
    """As long as Slack takes in one piece, and not a character longer."""
    said = f"/post rules\n{'x' * (LONGEST_POST + more)}"
    assert (asked(case_of("community"), "post_allowed", said) is None) is allowed


def test_without_a_post_there_is_nothing_to_allow() -> None:
    """The guard refuses what is another command, or none."""
    assert asked(case_of("community"), "post_allowed") == "Say what is to be posted."
    assert asked(case_of("community"), "post_allowed", "/help") == "Say what is to be posted."


def test_only_the_very_words_are_posted() -> None:
    """Changed since, or no post at all, there is no text."""
    play = case_of("community")
    said = play.says(MFT, "/post rules\nBe kind.")
    other = play.says(MFT, "/help")
    words = Words(said, sha256("/post rules\nBe kind."))
    assert post_in(play.case(), words) == "Be kind."
    assert post_in(play.case(), Words(other, sha256("/help"))) is None
    assert post_in(play.case(), None) is None
    play.edits(said, MFT, "/post rules\nBe kinder.")
    assert post_in(play.case(), words) is None
