"""The shapes: the four questions, and what no repr shows."""

import pytest
import yaml

from cocflow.core.forms.form import QUESTIONS, Answers, questions
from cocflow.core.forms.reading import read
from cocflow.core.forms.writing import write
from tests.core.forms.examples import ALL_KINDS, FULL, SHIPPED, SHIPPED_TEXT, body


def test_shipped_form_asks_the_four_questions() -> None:
    """The shipped form asks the process's four questions in order, requires them, and sets no label."""
    data = yaml.safe_load(SHIPPED_TEXT)
    assert tuple(question.id for question in questions(SHIPPED)) == QUESTIONS
    assert all(field.required for field in SHIPPED.fields if field.id in QUESTIONS)
    assert "labels" not in data
    assert data["title"] == "Incident"


def test_nothing_that_was_said_is_shown() -> None:
    """Neither a repr nor an exception shows an answer; a repr shows which fields there are."""
    report = read(SHIPPED, f"secret\n\n{body(**FULL, where='secret')}")
    for holder in (report, report.answers):
        assert "Shouting" not in repr(holder) + str(holder) + repr(holder.__rich_repr__())
        assert "nature" in repr(holder)
    assert "secret" not in repr(report)
    with pytest.raises(ValueError, match="place") as refusal:
        write(ALL_KINDS, Answers({"place": "secret"}))
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("field", "place", "option"),
    [
        ("place", 1, "Here"),
        ("means", 5, "Chat"),
        ("told", 2, "A friend"),
        ("place", 0, None),
        ("place", -1, None),
        ("place", 3, None),
        ("nature", 1, None),
        ("gone", 1, None),
    ],
)
def test_choice_is_known_by_its_place(field: str, place: int, option: str | None) -> None:
    """A choice is found by its place from 1: none at 0, none behind the last, none where words are typed."""
    assert ALL_KINDS.option(field, place) == option


def test_choices_made_are_asked_by_place() -> None:
    """One choice, several or ticked boxes: each is told by its place; what isn't offered was never chosen."""
    answers = Answers({"nature": "Here", "place": "Here", "means": ("Mail", "Chat"), "told": ("A friend",)})
    chosen = {
        field.id: [place for place in range(-1, 8) if ALL_KINDS.is_chosen(answers, field.id, place)]
        for field in ALL_KINDS.fields
    }
    assert {id: places for id, places in chosen.items() if places} == {
        "place": [1],
        "means": [1, 5],
        "told": [2],
    }
    assert not ALL_KINDS.is_chosen(Answers(), "place", 1)
    assert not ALL_KINDS.is_chosen(answers, "gone", 1)
