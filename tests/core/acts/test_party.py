"""Parties: how they are named, and that each is in a case once."""

from __future__ import annotations

import pytest

from cocflow.core.acts.party import Party
from cocflow.core.case.grammar import Said
from tests.core.acts.asking import asked
from tests.core.play import played_to

ACCEPTED: list[tuple[str, Said]] = [
    ("/party Riya", Party("Riya")),
    ("/party @riya-s", Party("riya-s", "@riya-s")),
    ("/party Riya S @riya-s, U012AB3CD", Party("Riya S", "@riya-s, U012AB3CD")),
    ("/party Riya `@riya-s`", Party("Riya", "@riya-s")),
    ("/party Riya  van der Berg", Party("Riya van der Berg")),
    ("/party Riya riya@example.org", Party("Riya", "riya@example.org")),
    ("/party Riya <riya@example.org>", Party("Riya", "riya@example.org")),
    ("/party Riya (mailto:riya@example.org)", Party("Riya", "riya@example.org")),
    ("/party Riya S, riya@example.org , U012AB3CD,", Party("Riya S", "riya@example.org, U012AB3CD")),
    ("/party Riya W012AB3CD riya@example.org", Party("Riya", "W012AB3CD, riya@example.org")),
    ("/party Riya <@UABCDEFGH>", Party("Riya", "UABCDEFGH")),
    ("/party Robbie WILLIAMS", Party("Robbie WILLIAMS")),
    ("/party Smith, Jane", Party("Smith, Jane")),
    ("/party فاطمه\u200cزهرا", Party("فاطمه\u200cزهرا")),
    ("/party -Riya", Party("Riya", remove=True)),
    ("/party - @Riya", Party("Riya", "@Riya", remove=True)),
    ("/party \u2013Riya", Party("Riya", remove=True)),
    ("/party Riya\nShe asked to be told.", Party("Riya", note="She asked to be told.")),
]

REFUSED = [
    ("/party Riya\n/party Sam", "One command a comment"),
    ("/party", "A name is missing"),
    ("/party -", "A name is missing"),
    ("/party @", "First comes the name"),
    ("/party riya@example.org", "A name is missing"),
    ("/party riya@example.org Riya", "First comes the name"),
    ('/party Riya a"b@example.org', "I can't read that mail address whole"),
    ("/party Riya a:b@example.org", "I can't read that mail address whole"),
    ("/party @riya-s Riya", "First comes the name"),
    ("/party Reporter", "always means who reported it"),
    ("/party @reporter U012AB3CD", "always means who reported it"),
    ("/party Ri\u200bya", "can't be seen"),
    ("/party Riya r\u200b@example.org", "can't be seen"),
    ("/party Ri\u202eya", "can't be seen"),
    ("/party Ri\x00ya", "can't be seen"),
    ("/party " + "a" * 101, "longer than 100"),
    ("/party Riya " + "r@x.example " * 40, "has to fit into 300"),
]


def test_party_known() -> None:
    """A party is added once, by any spelling of the name, and taken off only if it is there."""
    play = played_to("resolved")
    assert asked(play, "party_known", "/party Kim") is None
    assert asked(play, "party_known", "/party robin example") is not None
    assert asked(play, "party_known", "/party -Robin Example") is None
    assert asked(play, "party_known", "/party -Kim") is not None
    assert asked(play, "party_known") is not None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("/party Kim and Sam", "one person, or two"),
        ("/party Kim, Sam", "one person, or two"),
        ("/party Kim & Sam kim@example.org", "one person, or two"),
        ("/party Ann +49 170 1234567", "phone number"),
        ('/party "Kim and Sam"', None),
        ("/party \u201cSimon & Co, Ltd\u201d simon@example.org", None),
        ("/party Alexandra Sandoval", None),
    ],
)
def test_a_name_that_may_be_two_peoples_is_asked_about(said: str, why: str | None) -> None:
    """Nobody is left out as half of a name, nor believed to be reached by phone; in quotes it is one name."""
    answer = asked(played_to("triaged"), "party_known", said)
    assert (answer is None) if why is None else why in (answer or "")


def test_an_address_that_nobody_reads_is_refused() -> None:
    """An address for commits reaches nobody, so it is said what to write instead."""
    play = played_to("triaged")
    refused = asked(play, "party_known", "/party Kim 1+kim@users.noreply.github.com") or ""
    assert "reaches nobody" in refused
    suspended = "/suspend Insults\nKim 1+kim@users.noreply.github.com"
    assert asked(play, "accounts_new", suspended) == refused
