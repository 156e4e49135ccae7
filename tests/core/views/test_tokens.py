"""Reply tokens: they lead back to one person of one case, tell nothing, and nobody can guess another's."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.case.seal import Seal
from cocflow.core.views.tokens import is_token_of, old_token, reply_token, token_numbers

NUMBERS = st.integers(0, 32**4 - 1)
KEYS = st.binary(min_size=32, max_size=40)
SEALS = st.none() | KEYS.map(lambda key: Seal((key,)))


@given(NUMBERS, st.text(), st.text(), SEALS)
def test_a_token_leads_back_to_its_case_and_person(
    number: int, issue_id: str, person: str, seal: Seal | None
) -> None:
    """Fourteen small letters and digits, of which the number is read again, and the person is known."""
    token = reply_token(number, issue_id, person, seal)
    assert re.fullmatch(r"[a-z2-7]{14}", token)
    assert token_numbers(token, seal) == (number,)
    assert is_token_of(token, issue_id, person)


@given(NUMBERS, st.text(), st.text(), st.text(), st.text())
def test_a_token_holds_for_its_own_case_and_person_only(
    number: int, issue_id: str, person: str, other_id: str, other: str
) -> None:
    """Who knows a number doesn't know the node id; and what one person was sent is no other's."""
    token = reply_token(number, issue_id, person, None)
    same = f"{issue_id}:{person}" == f"{other_id}:{other}"
    assert is_token_of(token, other_id, other) is same


@given(KEYS, KEYS)
def test_a_token_tells_nothing_without_the_key(key: bytes, other: bytes) -> None:
    """With another key, the numbers that are read of a hundred tokens aren't theirs."""
    made = [reply_token(number, "I_1", f"p{number}", Seal((key,))) for number in range(100)]
    read = [token_numbers(token, Seal((other,)))[0] for token in made]
    right = sum(number == got for number, got in enumerate(read))
    assert right == (100 if key == other else right)
    assert key == other or right < 50


@given(NUMBERS, KEYS, KEYS)
def test_a_token_made_with_an_older_key_is_found(number: int, older: bytes, newer: bytes) -> None:
    """While the older one still vouches."""
    token = reply_token(number, "I_1", "reporter", Seal((older,)))
    assert number in token_numbers(token, Seal((newer, older)))


@given(NUMBERS, st.text(), SEALS)
def test_the_token_of_an_older_version_leads_back_too(number: int, issue_id: str, seal: Seal | None) -> None:
    """Mails that bear it have been sent, and are answered yet."""
    token = old_token(number, issue_id)
    assert re.fullmatch(r"[a-z2-7]{12}", token)
    assert token_numbers(token, seal) == (number,)
    assert not is_token_of(token, issue_id, "")


@given(st.text(), SEALS)
def test_any_text_has_a_number_and_none_is_an_accident(text: str, seal: Seal | None) -> None:
    """What isn't a token leads somewhere, and `is_token_of` then tells that it isn't one."""
    assert all(0 <= number < 32**4 for number in token_numbers(text, seal))
