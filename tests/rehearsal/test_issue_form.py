"""The form as GitHub would show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cocflow.core.forms.reading import read
from cocflow.errors import DefinitionError
from cocflow.rehearsal.issue_form import read_form
from cocflow.setup import shipped

INCIDENT = (shipped.issue_forms() / "incident.yml").read_text("utf-8")
RIGHT = {
    "learned": ["I saw it"],
    "nature": ["Jokes\r\nfor weeks"],
    "who": ["Sam"],
    "material": ["None"],
    "privacy": ["None"],
    "tried": ["Those involved tried to resolve it peacefully", "made up"],
}


def test_what_is_sent_makes_the_body_that_cocflow_reads_back() -> None:
    """Answers survive being written as GitHub writes them; a choice that there isn't is left out."""
    form = read_form("incident.yml", INCIDENT)
    answers = form.answers(RIGHT)
    assert form.missing(answers) == {}
    back = read(form.form, form.body(answers)).answers
    assert (back.text("nature"), back.choices("tried")) == ("Jokes\nfor weeks", answers.choices("tried"))
    assert back.choices("tried") == (RIGHT["tried"][0],)


@pytest.mark.parametrize("gone", ["learned", "nature", "who", "material", "privacy"])
@pytest.mark.parametrize("left", [[], [""], ["  "]])
def test_a_required_answer_that_is_missing_is_named(gone: str, left: list[str]) -> None:
    """Blanks are no answer, nor is a choice that isn't offered."""
    form = read_form("incident.yml", INCIDENT)
    assert list(form.missing(form.answers({**RIGHT, gone: left}))) == [gone]


def test_texts_and_descriptions_stand_where_the_file_has_them() -> None:
    """What GitHub shows above and below a question is there to be shown."""
    form = read_form("incident.yml", INCIDENT)
    first, second = form.elements[:2]
    assert first.field is None
    assert "emergency number" in first.text
    assert second.field is not None
    assert second.field.id == "learned"
    assert next(one.text for one in form.elements if one.field and one.field.id == "nature").startswith(
        "Question 1"
    )


def test_a_box_that_has_to_be_ticked_is_named_by_its_words() -> None:
    """The form can ask for a promise."""
    form = read_form(
        "x.yml",
        "name: X\nbody:\n- type: checkboxes\n  id: agreed\n  attributes:\n    label: Terms\n    options:\n"
        "    - label: I have read them\n      required: true\n    - label: Send me news\n",
    )
    assert form.missing(form.answers({})) == {"agreed": "Tick “I have read them”."}
    assert form.missing(form.answers({"agreed": ["Send me news"]})) != {}
    assert form.missing(form.answers({"agreed": ["I have read them"]})) == {}


def test_every_shipped_form_can_be_shown() -> None:
    """Also those that only administrators fill in."""
    for path in sorted(Path(shipped.issue_forms()).glob("*.yml")):
        if path.name != "config.yml":
            assert read_form(path.name, path.read_text("utf-8")).elements


def test_a_form_without_questions_is_none() -> None:
    """It says so instead of showing an empty page."""
    with pytest.raises(DefinitionError):
        read_form("x.yml", "name: X\nbody: []")
