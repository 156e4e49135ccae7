"""An issue form as GitHub would show it: its elements, what is missing in the answers, and their body.

Owns the wording and the checks of the form's page. What an answer is, and how a body is written, is the
core's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import yaml

from cocflow.core.forms.form import Answers, Field, Form, Value
from cocflow.core.forms.template import form_from_template
from cocflow.core.forms.writing import write


class Choice(msgspec.Struct, frozen=True):
    """One choice of a question; `required`: a box that has to be ticked."""

    text: str
    required: bool = False


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One element: a text (`field` None), or a question with what helps to answer it, both Markdown."""

    text: str = ""
    field: Field | None = None
    placeholder: str = ""
    value: str = ""
    choices: tuple[Choice, ...] = ()


class IssueForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form: its name, what it says of itself, the title and labels of the issue, and its elements."""

    file: str
    name: str
    about: str
    title: str
    labels: tuple[str, ...]
    elements: tuple[Shown, ...]
    form: Form

    def answers(self, sent: Mapping[str, Sequence[str]]) -> Answers:
        """Return what was sent as answers, by the ids of the questions."""
        found: dict[str, Value] = {}
        for field in self.form.fields:
            values = tuple(one for one in sent.get(field.id, ()) if one)
            if field.kind == "checkboxes" or field.multiple:
                found[field.id] = tuple(one for one in values if one in field.options)
            elif values and (field.free or values[0] in field.options):
                found[field.id] = values[0].replace("\r\n", "\n")
        return Answers(found)

    def missing(self, answers: Answers) -> dict[str, str]:
        """Return the ids of the questions that must still be answered, each with what is missing."""
        found: dict[str, str] = {}
        for one in self.elements:
            if one.field is None:
                continue
            field = one.field
            unticked = [
                choice.text
                for choice in one.choices
                if choice.required and choice.text not in answers.choices(field.id)
            ]
            if unticked:
                found[field.id] = f"Tick “{unticked[0]}”."
            elif field.required and not any(text.strip() for text in answers.choices(field.id)):
                found[field.id] = "This needs an answer."
        return found

    def body(self, answers: Answers) -> str:
        """Return the body of the issue, as GitHub would write it."""
        return write(self.form, answers)


def read_form(file: str, text: str) -> IssueForm:
    """Return the form that a file of `.github/ISSUE_TEMPLATE` defines; DefinitionError for a wrong one."""
    data = yaml.safe_load(text)
    form = form_from_template(data, ())
    fields = {one.place: one for one in form.fields}
    elements = [_shown(one, fields.get(place)) for place, one in enumerate(data["body"])]
    return IssueForm(
        file=file,
        name=str(data.get("name", file)),
        about=str(data.get("description", "")),
        title=str(data.get("title", "")),
        labels=tuple(data.get("labels", ())),
        elements=tuple(one for one in elements if one.field is not None or one.text),
        form=form,
    )


def _shown(element: Mapping[str, Any], field: Field | None) -> Shown:
    attributes = element.get("attributes", {})
    if field is None:
        return Shown(text=str(attributes.get("value", "")) if element.get("type") == "markdown" else "")
    required = {
        str(one.get("label", "")).strip()
        for one in attributes.get("options", ())
        if isinstance(one, Mapping) and one.get("required")
    }
    return Shown(
        field=field,
        text=str(attributes.get("description", "")),
        placeholder=str(attributes.get("placeholder", "")),
        value=str(attributes.get("value", "")),
        choices=tuple(Choice(text, text in required) for text in field.options),
    )
