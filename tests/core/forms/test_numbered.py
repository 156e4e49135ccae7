"""Answers given later, by number."""

import re

import pytest

from cocflow.core.forms.form import Answers
from cocflow.core.forms.numbered import merge, numbered_answers
from cocflow.core.forms.reading import read
from cocflow.errors import UserMistake
from tests.core.forms.examples import FULL, SHIPPED, WHO, body


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("2 Ada and Bob", {2: "Ada and Bob"}),
        (" 2. Ada", {2: "Ada"}),
        ("2) Ada", {2: "Ada"}),
        ("2: Ada\nand Bob\n\nand Cleo", {2: "Ada\nand Bob\n\nand Cleo"}),
        ("4\nNone", {4: "None"}),
        ("1. a\n2. b\n3) c\n4. None", {1: "a", 2: "b", 3: "c", 4: "None"}),
        ("\r\n1. a\r\nmore\r\n\r\n3.\r\nc\r\n", {1: "a\nmore", 3: "c"}),
        ("3 The steps:\n 1. first\n 2. second", {3: "The steps:\n 1. first\n 2. second"}),
        (
            "3 A log:\n```\n1. first\n9. last\n```\n4. None",
            {3: "A log:\n```\n1. first\n9. last\n```", 4: "None"},
        ),
        ("1. at 2.30\n2 of them", {1: "at 2.30\n2 of them"}),
    ],
)
def test_numbered_answers_are_told_apart(text: str, answers: dict[int, str]) -> None:
    """One answer by its number, or a list of them, each of one or more lines, is read by number."""
    assert numbered_answers(text) == answers


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ada",
        "Ada\n2. Bob",
        "0 x",
        "5 x",
        "1. a\n5. b",
        "1. a\n1. b",
        "3 steps:\n1. a\n2. b",
        "2",
        "1.\n2. b",
        "06012345. x",
    ],
)
def test_numbers_that_answer_nothing_are_refused(text: str) -> None:
    """Numbers that are unknown, repeated, falling or without words are refused, quoting nothing."""
    with pytest.raises(UserMistake, match="questions are 1 to 4") as refusal:
        numbered_answers(text)
    assert not re.search("Ada|steps|0601", str(refusal.value))


def test_later_answers_take_their_place() -> None:
    """Answers given by number fill what was missing, settle what was ambiguous, and replace earlier ones."""
    report = read(SHIPPED, body(**{**FULL, "nature": f"### {WHO}\n", "material": ""}))
    later = merge(report, {1: "Shouting.", 2: "Ada\r\n", 4: "Only Ada."})
    assert later.answers == Answers({"nature": "Shouting.", "who": "Ada", "privacy": "Only Ada."})
    assert (later.ambiguous, [one.id for one in later.unanswered]) == ((), ["material"])
    assert report.ambiguous == ("who",)


def test_empty_later_answer_changes_nothing() -> None:
    """An answer without words takes nothing away."""
    report = read(SHIPPED, body(**FULL))
    assert merge(report, {1: " \n"}) == report


@pytest.mark.parametrize("number", [0, 5])
def test_later_answer_to_no_question_is_refused(number: int) -> None:
    """There are four questions to answer by number."""
    with pytest.raises(UserMistake):
        merge(read(SHIPPED, ""), {number: "x"})
