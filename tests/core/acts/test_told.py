"""Told by other means: whom the words of `/told` mean, and what they are owed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.acts.told import Told, split_told
from cocflow.core.case.grammar import Said
from cocflow.errors import UserMistake
from tests.core.acts.asking import PIECES, asked
from tests.core.play import played_to

KNOWN = ["Riya", "Riya Sharma", "Smith, Jane", "José", "The Reporter"]

ACCEPTED: list[tuple[str, Said]] = [
    ("/told reporter by phone", Told("reporter by phone")),
    ("/told Riya\nby mail", Told("Riya\nby mail")),
]

REFUSED = [
    ("/told Riya by mail\n/told reporter by mail", "One command a comment"),
    ("/told", "Say who was told"),
]


def test_someone_untold() -> None:
    """`/told` names somebody who still has something to be told."""
    play = played_to("resolved")
    assert asked(play, "someone_untold", "/told Robin Example by phone") is None
    assert asked(play, "someone_untold", "/told party 1 by phone") is None
    assert asked(play, "someone_untold", "/told Robin by phone") is None
    assert asked(play, "someone_untold", "/told reporter by phone") is not None
    assert asked(play, "someone_untold", "/told Kim by phone") is not None
    assert asked(play, "someone_untold") is not None


@pytest.mark.parametrize(
    ("rest", "who", "how"),
    [
        ("reporter by phone", "reporter", "by phone"),
        ("Reporter: by phone", "reporter", "by phone"),
        ("riya by mail", "Riya", "by mail"),
        ("@RIYA  sharma \u2013 by mail", "Riya Sharma", "by mail"),
        ("Riya Sharmas mother told her", "Riya", "Sharmas mother told her"),
        ("Smith, Jane, in person", "Smith, Jane", "in person"),
        ("Jose\u0301\nin person,\nat noon", "José", "in person,\nat noon"),
        ("the reporter by phone", "The Reporter", "by phone"),
    ],
)
def test_told_is_cut_after_the_longest_known_name(rest: str, who: str, how: str) -> None:
    """The longest name that is known counts, in any case, with or without @, and the rest is how."""
    assert split_told(rest, KNOWN) == (who, how)


@pytest.mark.parametrize(
    ("rest", "answer"),
    [
        ("Riya how", "Say how they were told"),
        ("reporter <how>", "Say how they were told"),
        ("Sam by mail", "I know nobody of that name"),
        ("", "I know nobody of that name"),
        ("Riyas by mail", "I know nobody of that name"),
        ("Riya", "Say how"),
        ("Riya Sharma:", "Say how"),
        ("reporter \u200b", "Say how"),
    ],
)
def test_told_needs_someone_known_and_a_way(rest: str, answer: str) -> None:
    """Nobody known, or no way of telling, is a mistake, and the reply doesn't list who is known."""
    with pytest.raises(UserMistake, match=answer) as refused:
        split_told(rest, KNOWN)
    assert "Sharma" not in str(refused.value)


def test_the_reporter_cannot_be_hidden_by_a_name() -> None:
    """`reporter` means the reporter, also where somebody known is called so."""
    assert split_told("Reporter by phone", ["Reporter", "", " @ "]) == ("reporter", "by phone")


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.lists(st.text("abAB ,:@-", min_size=1)))
def test_told_never_loses_words(rest: str, known: list[str]) -> None:
    """Who is one of those known, and how ends what was typed."""
    try:
        who, how = split_told(rest, known)
    except UserMistake:
        return
    assert who in {"reporter", *known}
    assert rest.rstrip().endswith(how)
