"""Whose results are believed; the corpus of letters shows the rest in whole mails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.adapters.vouching import vouched

PASS = "dmarc=pass header.from=example.org"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], False),
        ([f"mx.example.org; {PASS}"], True),
        ([f"other.example; {PASS}", f"mx.example.org; {PASS}"], True),
        (["mx.example.org; dmarc=fail", f"mx.example.org; {PASS}"], False),
        (["mx.example.org; none", f"mx.example.org; {PASS}"], False),
        ([f"mx.example.org.evil.example; {PASS}"], False),
        ([f"evil.example (mx.example.org; {PASS})"], False),
        ([f'mx.example.org; spf=pass smtp.mailfrom="x; {PASS}"'], False),
        (["mx.example.org; spf=pass dmarc=pass"], False),
        (["mx.example.org; dkim=pass header.d=org"], False),
    ],
)
def test_only_our_topmost_results_count(headers: list[str], expected: bool) -> None:
    """The topmost header of our own server decides, and in it only results that are results."""
    assert vouched(headers, "mx.example.org", "riya@example.org") == expected


@given(st.lists(st.text(max_size=100), max_size=4), st.text(max_size=20))
def test_no_header_makes_it_fail(headers: list[str], sender: str) -> None:
    """Any headers give an answer, and without our server's name it is no."""
    assert not vouched(headers, "", sender)
    vouched(headers, "mx.example.org", sender)
