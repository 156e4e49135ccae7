"""The template: what it makes of a form, what is put into it, and what is refused."""

import re
from collections.abc import Mapping

import pytest
import yaml

from cocflow.core.forms.form import QUESTIONS, Field, LeftAlone
from cocflow.core.forms.template import Keys, TemplateError, fill_template, form_from_template
from cocflow.errors import DefinitionError
from tests.core.forms.examples import SHIPPED, SHIPPED_TEXT, TEMPLATES


def test_filling_puts_names_between_the_markers() -> None:
    """Filling replaces what stands between markers, keeps the rest, and can be done again."""
    once = fill_template(SHIPPED_TEXT, {"readers": "Ada and Grace", "rules_channel": r"#rules \1"})
    assert "<!-- cocflow:readers -->Ada and Grace<!-- /cocflow:readers -->" in once
    assert r"#rules \1" in once
    again = fill_template(once, {"readers": "Ada"})
    assert "Grace" not in again
    assert form_from_template(yaml.safe_load(again)) == SHIPPED


def test_filling_quotes_a_line_of_yaml() -> None:
    """A value in a line of YAML is quoted, so it can't become anything but a text."""
    text = (TEMPLATES / "config.yml").read_text("utf-8")
    url = 'https://example.org/a: "b" # c'
    for _ in range(2):
        text = fill_template(text, {"outside_contact_url": url})
        assert yaml.safe_load(text)["contact_links"][0]["url"] == url
    assert yaml.safe_load(text)["blank_issues_enabled"] is False


@pytest.mark.parametrize("value", ["two\nlines", "two\rlines", "a <!-- comment"])
def test_filling_refuses_what_would_break_the_template(value: str) -> None:
    """A value with a line break or the beginning of a comment is refused."""
    with pytest.raises(DefinitionError, match="readers"):
        fill_template(SHIPPED_TEXT, {"readers": value})


def question(**attributes: object) -> dict[str, object]:
    """Return a textarea of a template, with changes."""
    return {"type": "textarea", "id": "more", "attributes": {"label": "More?"}} | attributes


FOUR = [question(id=id, attributes={"label": id}) for id in QUESTIONS]


def choices(*options: object, kind: str = "dropdown") -> dict[str, object]:
    """Return a question of a template with these choices."""
    return question(type=kind, attributes={"label": "Which?", "options": list(options)})


SLIDER = question(type="slider", id="mood", attributes={"label": "How bad is it?", "from": 1})


@pytest.mark.parametrize(
    ("element", "says", "keys"),
    [
        ("text", "mapping", ()),
        (question(id=None), "no id", ("id",)),
        (question(id="two words"), "no id", ("id",)),
        (question(id="who"), "id `who`", ("id",)),
        (question(attributes={"label": "who"}), "label `who`", ("attributes", "label")),
        (question(attributes={"label": "  "}), "label of one line", ("attributes", "label")),
        (question(attributes={"label": "two\nlines"}), "label of one line", ("attributes", "label")),
        (question(attributes={"label": "closing ##"}), "can be a heading", ("attributes", "label")),
        (question(attributes="none"), "attributes", ("attributes",)),
        (question(type=None), "no type", ("type",)),
        (question(type="two words"), "no type", ("type",)),
        (SLIDER | {"attributes": {"label": "who"}}, "label `who`", ("attributes", "label")),
        (
            SLIDER | {"validations": {"required": True}},
            "`mood` is required, but of no known type: `slider`",
            ("validations", "required"),
        ),
        (question(validations={"required": "yes"}), "required", ("validations", "required")),
        (question(attributes={"label": "More?", "render": 3}), "render", ("attributes", "render")),
        (choices(), "no choices", ("attributes", "options")),
        (choices(True, False), "isn't a text", ("attributes", "options", 0)),
        (choices("Some", "None"), "can't be told", ("attributes", "options", 1)),
        (choices("A", "A"), "same choice twice", ("attributes", "options", 1)),
        (choices({"name": "A"}, kind="checkboxes"), "isn't a text", ("attributes", "options", 0, "label")),
    ],
)
def test_nonsense_in_a_template_is_refused(element: object, says: str, keys: Keys) -> None:
    """A template that couldn't be read back from a body is refused, with what is wrong and where."""
    with pytest.raises(TemplateError, match=re.escape(says)) as refusal:
        form_from_template({"body": [*FOUR, element]})
    assert refusal.value.keys == ("body", len(FOUR), *keys)


@pytest.mark.parametrize("data", [{}, {"body": []}, {"body": "text"}])
def test_template_without_questions_is_refused(data: Mapping[str, object]) -> None:
    """A template that asks nothing is refused."""
    with pytest.raises(TemplateError, match="no questions") as refusal:
        form_from_template(data)
    assert refusal.value.keys == ("body",)


@pytest.mark.parametrize("id", QUESTIONS)
def test_template_must_ask_all_four_questions(id: str) -> None:
    """A template that lacks one of the four questions is refused by that question's name."""
    with pytest.raises(TemplateError, match=f"`{id}` is gone") as refusal:
        form_from_template({"body": [element for element in FOUR if element["id"] != id]})
    assert refusal.value.keys == ("body",)


def test_question_of_the_process_must_be_typed() -> None:
    """A choice in the place of one of the four questions is refused where its type stands."""
    with pytest.raises(TemplateError, match="nothing can be typed at `privacy`") as refusal:
        form_from_template({"body": [*FOUR[:3], choices("A") | {"id": "privacy"}]})
    assert refusal.value.keys == ("body", 3, "type")


def test_template_keeps_what_it_says_of_a_field() -> None:
    """Kind, obligation, choices, multiplicity, rendering and place are taken from the template."""
    boxes = choices({"label": "A, or B", "required": True}, kind="checkboxes")
    several = choices("A, B", "C")
    several |= {"id": "several", "attributes": {"label": "S?", "multiple": True, "options": ["A, B", "C"]}}
    log = question(id="log", attributes={"label": "Log", "render": "shell"})
    shots = question(id="shots", type="upload", validations={"required": True, "accept": ".png,.jpg"})
    body = [*FOUR, {"type": "markdown"}, boxes, several, log, shots]
    fields = form_from_template({"body": body}).fields[4:]
    assert fields == (
        Field(id="more", label="Which?", kind="checkboxes", required=True, options=("A, or B",), place=5),
        Field(id="several", label="S?", kind="dropdown", options=("A, B", "C"), multiple=True, place=6),
        Field(id="log", label="Log", render="shell", place=7),
        Field(id="shots", label="More?", kind="upload", required=True, place=8),
    )


def test_optional_element_of_an_unknown_type_is_left_alone() -> None:
    """What GitHub may add one day is no question and no mistake, but it's listed, with a warning."""
    form = form_from_template({"body": [*FOUR[:2], SLIDER, *FOUR[2:]]})
    assert [field.id for field in form.fields] == list(QUESTIONS)
    (left,) = form.left_alone
    assert left == LeftAlone(id="mood", label="How bad is it?", type="slider", place=2)
    assert left.warning == (
        "`mood` is of the type `slider`, which cocflow doesn't know: its answers aren't read"
    )
    assert [one.place for one in form.elements] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("attributes", "label"),
    [
        (None, ""),
        ({"label": 3}, ""),
        ({"label": "  "}, ""),
        ({"label": " two\nlines"}, "two"),
        ({"label": "A ##"}, "A"),
        ({"label": "#"}, ""),
    ],
)
def test_element_of_an_unknown_type_may_look_like_anything(attributes: object, label: str) -> None:
    """What is left alone needs neither an id nor a label; a label is what would be a heading in a body."""
    strange = {"type": "slider", "id": ["x"], "attributes": attributes, "validations": "none"}
    form = form_from_template({"body": [strange, *FOUR]})
    assert [(one.id, one.label) for one in form.left_alone] == [("", label)]
    assert len(form.elements) == len(FOUR) + bool(label)
