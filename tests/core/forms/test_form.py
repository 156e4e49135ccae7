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
