"""A name in a line of Markdown is nothing but text, whatever was typed."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cocflow.core.text.inert import JOINER, inline, unlinked
from tests.hostile import HOSTILE

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TAG = re.compile(r"<[^>]*>")


def tags(name: str) -> list[str]:
    """Return the HTML tags that a name in a sentence becomes, besides the sentence's own."""
    return TAG.findall(MARKDOWN.render(f"Told {inline(name)} now."))[1:-1]


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hostile_does_anything(name: str) -> None:
    """No link, image, code, heading, emphasis or HTML comes of it."""
    assert tags(name) == []


@given(st.text())
def test_no_name_makes_markup(name: str) -> None:
    """Any text at all stays text in one line."""
    assert tags(name) == []
    assert "\n" not in inline(name)


@given(st.text("@abc", min_size=1))
def test_nobody_is_mentioned(name: str) -> None:
    """After no `@` a login follows, so nobody is pinged."""
    assert not re.search(r"@\w", inline(name))


@pytest.mark.parametrize("text", ["@mft", "see #12", "acme/incidents#12", "# 12", "C#", "a@example.org"])
def test_a_text_points_at_nobody_and_nothing(text: str) -> None:
    """GitHub finds no login and no number of an issue in it, and a reader sees no difference."""
    shown = unlinked(text)
    assert not re.search(r"@\w|#[0-9]", shown)
    assert shown.replace(JOINER, "") == text


@pytest.mark.parametrize("name", ["Riya Sen", "Sean O'Neil", "فاطمه\u200cزهرا", "a*b_c", "C#", "x~y"])
def test_a_name_reads_as_it_was_typed(name: str) -> None:
    """What is shown is the very name, with nothing lost."""
    shown = TAG.sub("", MARKDOWN.render(f"Told {inline(name)} now."))
    assert html.unescape(shown).strip() == f"Told {name} now."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "See https://github.com/acme/room-quiet-bay-abcd/issues/1#issuecomment-2.",
            "See https://redirect.github.com/acme/room-quiet-bay-abcd/issues/1#issuecomment-2.",
        ),
        ("www.GitHub.com/acme/x/pull/12", "redirect.github.com/acme/x/pull/12"),
        ("https://redirect.github.com/acme/x/issues/1", "https://redirect.github.com/acme/x/issues/1"),
        ("https://github.com/acme/x", "https://github.com/acme/x"),
        ("https://notgithub.com/acme/x/issues/1", "https://notgithub.com/acme/x/issues/1"),
    ],
)
def test_an_address_of_an_issue_leads_there_and_draws_no_reference(text: str, said: str) -> None:
    """What somebody names in a letter doesn't show on the issue that it names, in whichever repository."""
    assert unlinked(text) == said
    assert unlinked(said) == said
