"""What people type: whether there is anything to see, how names compare, what joins them, what is quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.text.typed import INVISIBLE, apart, fold, has_words, quoted_lines, unquoted_lines


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b", "\u2060\ufeff \u00a0", "\x00", "\u202e"])
def test_what_cannot_be_seen_is_nothing(text: str) -> None:
    """White space, control and invisible characters alone are no words."""
    assert not has_words(text)


@given(st.text(sorted(INVISIBLE)), st.characters(categories=["L", "N"]), st.text(sorted(INVISIBLE)))
def test_one_letter_among_them_is_a_word(before: str, letter: str, after: str) -> None:
    """A single letter or digit of any script can be seen, whatever stands around it."""
    assert has_words(before + letter + after)


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Riya", "RIYA"),
        ("@riya", "Riya"),
        ("Riya   Sen", "riya sen"),
        (" Riya:", "riya"),
        ("Riya,", "riya"),
        ("Jose\u0301", "José"),
        ("STRASSE", "straße"),
    ],
)
def test_names_that_read_alike_compare_alike(name: str, same: str) -> None:
    """Case, spaces, a leading `@`, a trailing colon or comma and the way an accent is typed don't matter."""
    assert fold(name) == fold(same)


@pytest.mark.parametrize(
    ("names", "each"),
    [
        ("Robin Example", ["Robin Example"]),
        ("Robin and Kim", ["Robin", "Kim"]),
        ("Robin UND Kim Lee", ["Robin", "Kim Lee"]),
        ("Robin, Kim & Sam", ["Robin", "Kim", "Sam"]),
        ("Robin+Kim; Sam / Alex", ["Robin", "Kim", "Sam", "Alex"]),
        ("Robin,, Kim", ["Robin", "", "Kim"]),
        ("Robin she/her", ["Robin she/her"]),
        ("Alexandra Sandoval", ["Alexandra Sandoval"]),
        ("Andy Withers", ["Andy Withers"]),
    ],
)
def test_names_are_cut_at_what_joins_them(names: str, each: list[str]) -> None:
    """A comma, an ampersand or a word for "and" stands between two names; what is in one leaves it whole."""
    assert apart(names) == each


@given(st.text())
def test_folding_twice_leaves_no_space_behind(name: str) -> None:
    """A folded name has no white space around it and none that is doubled."""
    folded = fold(name)
    assert folded == " ".join(folded.split())


def test_only_the_lines_behind_a_mark_are_quoted() -> None:
    """With `>` or `> ` before it, a line is quoted, without the mark; every other one is not."""
    text = "They said:\n> It is\n>all right.\n>\n  > indented\nBye"
    assert quoted_lines(text) == "It is\nall right."
    assert unquoted_lines(text) == "They said:\n  > indented\nBye"


@pytest.mark.parametrize("text", ["", "nothing quoted", ">", "> \u200b\n>"])
def test_a_quotation_that_says_nothing_is_none(text: str) -> None:
    """An empty quotation is no quotation, so nobody is taken to have said something."""
    assert quoted_lines(text) is None


@given(st.lists(st.tuples(st.booleans(), st.text("ab c", min_size=1))))
def test_each_line_is_quoted_or_not(lines: list[tuple[bool, str]]) -> None:
    """Apart from white space at the ends, no line is lost, and none is in both."""
    text = "\n".join(f"> {line}" if quoted else line for quoted, line in lines)
    assert unquoted_lines(text) == "\n".join(line for quoted, line in lines if not quoted).strip()
    behind = "\n".join(line for quoted, line in lines if quoted).strip()
    assert quoted_lines(text) == (behind or None)
