"""Lines that a mail program broke are whole again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.text.flowed import unflowed


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("One long \nline.\nAnother.", "One long line.\nAnother."),
        ("Broken\r\n here, \r\nand there.", "Broken\nhere, and there."),
        (" > typed, not quoted\n From me\n  indented", "> typed, not quoted\nFrom me\n indented"),
        ("> quoted \n> on two\n>> deeper \nMine.", "> quoted on two\n>> deeper \nMine."),
        ("Words. \n-- \nRiya", "Words. \n-- \nRiya"),
        ("", ""),
    ],
)
def test_lines_are_as_they_were_typed(sent: str, typed: str) -> None:
    """A space at a line's end goes on; one before a line goes; quotes and signatures stay apart."""
    assert unflowed(sent) == typed


def test_an_added_space_goes_too() -> None:
    """Where the program says that it added the space, it goes, as languages without spaces need."""
    assert unflowed("\u6c34\u66dc \n\u65e5", delsp=True) == "\u6c34\u66dc\u65e5"


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    """Whatever comes, nothing but spaces, marks of quotations and line ends changes."""
    assert "".join(unflowed(text).replace(">", "").split()) == "".join(text.replace(">", "").split())
