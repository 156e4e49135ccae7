"""Where a command stands: which lines are their writer's own, and which comments start the job."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.text.placed import is_indented, is_within, leading, own_lines, plain_lines, starts_job


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("a\nb", [(0, False), (1, False)]),
        ("a\n\nb", [(0, False), (2, False)]),
        ("> a\nb\n\nc", [(1, True), (3, False)]),
        ("```\na\n```\nb", [(3, False)]),
        ("````\na\n```\nb\n````\nc", [(5, False)]),
        ("~~~ text\na\n~~~\nb", [(3, False)]),
        ("```\na", []),
        ("<!--\na\n-->\nb", [(3, False)]),
        ("    a\n\nb", [(2, False)]),
        ("a\n    b", [(0, False), (1, False)]),
        ("\ta", []),
    ],
)
def test_quotes_code_and_what_is_hidden_are_no_own_lines(text: str, own: list[tuple[int, bool]]) -> None:
    """What GitHub shows as code, as a quote or not at all isn't said; a line drawn into a quote is marked."""
    assert [(one.place, one.in_quote) for one in own_lines(text)] == own


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("a `b\n/c` d", True),
        ("a [b\n/c](d)", True),
        ("it`s\n/c", False),
        ("a [b] c\n/d", False),
        ("`a`\n/b", False),
    ],
)
def test_code_and_links_may_begin_a_line_above(text: str, within: bool) -> None:
    """A line within code, or within a link's text, isn't its own, wherever that began in its paragraph."""
    assert is_within(text.split("\n"), 1) is within


@pytest.mark.parametrize("before", ["", " ", "\n\n", "\u00a0", "\u200b", "\ufeff \u3000\t", "\r\n"])
def test_white_space_that_nobody_sees_is_white_space(before: str) -> None:
    """Whatever a keyboard puts before a word, seen or not, is taken off."""
    assert leading(f"{before}/help") == "/help"


@pytest.mark.parametrize(
    ("text", "code"),
    [("    a", True), ("\n\ta", True), ("   a", False), ("    \na", False), ("\u00a0   a", False)],
)
def test_four_spaces_make_code(text: str, code: bool) -> None:
    """Markdown's own rule for code counts for the first line that isn't empty."""
    assert is_indented(text) is code


@pytest.mark.parametrize(
    ("comment", "starts"),
    [
        ("/a", True),
        (" /a", True),
        ("b\n/a", True),
        ("b\r\n /a", True),
        ("b /a", False),
        ("https://a", False),
        ("", False),
    ],
)
def test_only_what_may_hold_a_command_starts_the_job(comment: str, starts: bool) -> None:
    """A slash within a line is mostly a link, and costs no minutes."""
    assert starts_job(comment) is starts


@given(st.text(st.sampled_from("/a `>~-<![]()\n\r\t "), max_size=60))
def test_any_text_is_cut_into_lines_that_are_in_it(text: str) -> None:
    """Whatever Markdown there is, a line that is given is one of the text's, at its place."""
    lines = plain_lines(text).split("\n")
    assert all(lines[one.place] == one.text for one in own_lines(plain_lines(text)))
