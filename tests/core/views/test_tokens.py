"""Reply tokens: they lead back to one issue, and nobody can guess another's."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.views.tokens import reply_token, token_number

NUMBERS = st.integers(0, 32**4 - 1)


@given(NUMBERS, st.text())
def test_a_token_leads_back_to_its_number(number: int, issue_id: str) -> None:
    """Twelve small letters and digits, of which the number is read again."""
    token = reply_token(number, issue_id)
    assert re.fullmatch(r"[a-z2-7]{12}", token)
    assert token_number(token) == number


@given(NUMBERS, st.text(), st.text())
def test_a_token_holds_for_its_own_issue_only(number: int, issue_id: str, other: str) -> None:
    """Who knows a number doesn't know the node id, so the check tells a made-up token."""
    same = reply_token(number, issue_id) == reply_token(number, other)
    assert same is (issue_id == other)


@given(st.text())
def test_any_text_has_a_number_and_none_is_an_accident(text: str) -> None:
    """What isn't a token leads somewhere, and `reply_token` then tells that it isn't one."""
    assert 0 <= token_number(text) < 32**4
