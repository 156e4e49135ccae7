"""HTML to text; the corpus of letters shows it in whole mails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.adapters.hypertext import hypertext_to_text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("words", "words"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>one</p><p>two<br/>three</p>", "one\n\ntwo\nthree"),
        ("<DIV>One</DIV>", "One"),
        ("a <!-- b --> c <!-- d", "a c <!-- d"),
        ("<!DOCTYPE html><?xml?>x", "x"),
        ("<style>p{}</style>x<script>y", "x"),
        ("&lt;b&gt; &amp;lt; &nbsp;&#x263a;", "<b> &lt; ☺"),
        ('<a href="https://example.org/?a&amp;b">here</a>', "here (https://example.org/?a&b)"),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ("<img src=x onerror=y>z", "z"),
        ("a <b", "a <b"),
        ("a<blockquote>b<br>c<p>d</p></blockquote>e", "a\n> b\n> c\n> d\n\ne"),
        ("<blockquote>a<blockquote>b</blockquote>c</blockquote>", "> a\n>> b\n> c"),
        ("</blockquote>a<blockquote>b", "a\n> b"),
        ("a\x02b\x03c", "abc"),
    ],
)
def test_what_is_said(source: str, expected: str) -> None:
    """Words and addresses are kept; tags, comments, styles and scripts aren't words."""
    assert hypertext_to_text(source) == expected


@given(st.text(alphabet="<>!-/ap\"'=& \nscript", max_size=200))
def test_any_page_is_read(source: str) -> None:
    """No page makes it fail."""
    assert isinstance(hypertext_to_text(source), str)
