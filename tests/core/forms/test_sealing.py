"""A typed text in a body opens no section, swallows none, and otherwise stands as it was typed."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.forms.form import Answers
from cocflow.core.forms.normal import normalised
from cocflow.core.forms.reading import read
from cocflow.core.forms.writing import write
from tests.core.forms.examples import SHIPPED


@given(st.lists(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"])), min_size=1).map("\n".join))
def test_plain_answers_are_written_as_they_are(text: str) -> None:
    """Words without Markdown structure stand in the body as they were typed, for those who read it there."""
    plain = "\n".join(f"a{unicodedata.normalize('NFC', line)}" for line in text.split("\n"))
    assert f"\n\n{plain}\n\n" in write(SHIPPED, Answers({"nature": plain}))


@pytest.mark.parametrize(
    "pack",
    [
        lambda n: "#\n" * n,
        lambda n: "```\n" * n,
        lambda n: "> " * n,
        lambda n: "- " * n,
        lambda n: "- a\n" * n,
        lambda n: "<!--\n" * n,
        lambda n: "".join(f"{'  ' * depth}- a\n" for depth in range(int(n**0.5))),
    ],
    ids=["headings", "fences", "quotes", "one-line lists", "lists", "comments", "nested lists"],
)
def test_hostile_bodies_are_read_and_written(pack: Callable[[int], str]) -> None:
    """Bodies packed with structure, however deep, neither fail nor swallow the next answer."""
    answers = Answers({"nature": pack(10_000), "who": "Ada"})
    assert read(SHIPPED, write(SHIPPED, answers)).answers == normalised(SHIPPED, answers)
