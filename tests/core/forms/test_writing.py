"""What is written into a body is had back from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.forms.form import Answers, Extra, Value
from cocflow.core.forms.normal import normalise, normalised
from cocflow.core.forms.reading import read
from cocflow.core.forms.writing import write
from tests.core.forms.examples import (
    ALL_KINDS,
    ENDING_IN_TEXT,
    LABELS,
    LEAVING_ALONE,
    SHIPPED,
    TYPED,
    answers_to,
)


def as_heading(text: str) -> bool:
    """Tell whether a text survives as the heading of an extra section."""
    return bool(text) and text not in LABELS and text[0] not in " #" and text[-1] not in " #"


HEADINGS = st.text(alphabet="abc #\\`<", min_size=1, max_size=6).filter(as_heading)
ASIDE = [one.label for one in LEAVING_ALONE.left_alone]
EXTRAS = st.lists(st.tuples(HEADINGS, TYPED.map(normalise)), max_size=2)


@given(answers=answers_to(ALL_KINDS), extra=EXTRAS)
def test_what_is_written_is_read_again(answers: Answers, extra: list[Extra]) -> None:
    """Whatever a person answers comes back from the body that we write, and extra sections with it."""
    report = read(ALL_KINDS, write(ALL_KINDS, answers, extra))
    assert report.answers == normalised(ALL_KINDS, answers)
    assert report.extra == tuple(extra)
    assert report.ambiguous == ()


@given(answers=answers_to(ENDING_IN_TEXT), extra=EXTRAS, before=TYPED.map(normalise).filter(bool))
def test_what_is_written_is_read_again_when_text_comes_last(
    answers: Answers, extra: list[Extra], before: str
) -> None:
    """The same holds for a form whose last question is typed, and for words before everything."""
    report = read(ENDING_IN_TEXT, write(ENDING_IN_TEXT, answers, [*extra, ("", before)]))
    assert report.answers == normalised(ENDING_IN_TEXT, answers)
    assert report.extra == (("", before), *extra)


@given(
    answers=answers_to(LEAVING_ALONE),
    extra=st.lists(st.tuples(HEADINGS | st.sampled_from(ASIDE), TYPED.map(normalise)), max_size=3),
)
def test_what_is_left_alone_comes_back_beside_the_answers(answers: Answers, extra: list[Extra]) -> None:
    """Around elements that we can't read, answers come back, and what stands there as extra sections."""
    report = read(LEAVING_ALONE, write(LEAVING_ALONE, answers, extra))
    assert report.answers == normalised(LEAVING_ALONE, answers)
    assert report.extra == tuple(extra)


@given(answers=answers_to(SHIPPED))
def test_written_bodies_survive_the_web(answers: Answers) -> None:
    """A body that we write reads the same after its line ends became CRLF and space was added around it."""
    written = write(SHIPPED, answers)
    assert read(SHIPPED, "\r\n" + written.replace("\n", "\r\n") + "\r\n").answers == normalised(
        SHIPPED, answers
    )


@pytest.mark.parametrize(
    ("answers", "extra"),
    [
        ({"unknown": "x"}, []),
        ({"means": "Mail"}, []),
        ({"nature": ("x",)}, []),
        ({"told": ("A stranger",)}, []),
        ({}, [("Who?", "x")]),
        ({}, [("two\nlines", "x")]),
        ({}, [("closing #", "x")]),
    ],
)
def test_what_the_form_cannot_take_is_not_written(answers: dict[str, Value], extra: list[Extra]) -> None:
    """Answers and headings that couldn't be read back are refused, not bent."""
    with pytest.raises(ValueError, match=r"takes|not a choice|doesn't ask|told from"):
        write(ALL_KINDS, Answers(answers), extra)
