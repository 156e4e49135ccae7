"""The shapes of a form: its questions, what is answered, and what a body says.

Owns what a question, an answer and a report are, and which four questions the process asks. Refuses to
know how any of them stands in a file or in a body; the modules beside this one do.

Answers are confidential: no repr and no exception here holds any.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Element = Literal["textarea", "input", "upload", "dropdown", "checkboxes"]
"""The types of elements that are answered. An upload's answer is the links that GitHub puts into the body.

https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema#upload
"""

Value = str | tuple[str, ...]
Extra = tuple[str, str]
"""A section that is no question of the form: its heading ("" for what stands before any), and its text."""

QUESTIONS = ("nature", "who", "material", "privacy")
"""The ids of the process's four questions; a question's number is its place here, counted from 1."""

NO_RESPONSE = "_No response_"
NO_CHOICE = "None"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One question: what it's called, what may be answered, and how GitHub renders it."""

    id: str
    label: str
    kind: Element = "textarea"
    required: bool = False
    options: tuple[str, ...] = ()
    multiple: bool = False
    render: str | None = None
    """The language of the code fence that GitHub puts around the answer."""
    place: int = 0
    """Which entry of the template's `body` it is, counted from 0, so that its line can be named."""

    @property
    def free(self) -> bool:
        """Tell whether the answer is any text, such as a person types, instead of a choice."""
        return self.kind not in ("dropdown", "checkboxes")


class LeftAlone(msgspec.Struct, frozen=True, kw_only=True):
    """An element of a type that we don't know: what stands below its heading is kept, and answers nothing."""

    id: str = ""
    label: str = ""
    """Its heading in a body; "" if it can't have one."""
    type: str
    place: int
    """Which entry of the template's `body` it is, counted from 0."""

    @property
    def warning(self) -> str:
        """Say to whoever maintains the form what is left alone."""
        name = self.id or self.label or "an element"
        return f"`{name}` is of the type `{self.type}`, which cocflow doesn't know: its answers aren't read"


class Form(msgspec.Struct, frozen=True, cache_hash=True):
    """The questions in the order of the template, and what beside them can't be read."""

    fields: tuple[Field, ...]
    left_alone: tuple[LeftAlone, ...] = ()

    @property
    def elements(self) -> tuple[Field | LeftAlone, ...]:
        """Return all that has a heading in a body, in the template's order."""
        if not self.left_alone:
            return self.fields
        both: list[Field | LeftAlone] = [*self.fields, *(one for one in self.left_alone if one.label)]
        return tuple(sorted(both, key=lambda one: one.place))

    @property
    def labels(self) -> frozenset[str]:
        """Return the headings that are the form's own."""
        return frozenset(one.label for one in self.elements)

    def field(self, id: str) -> Field | None:
        """Return the question with that id."""
        return next((field for field in self.fields if field.id == id), None)

    def option(self, field: str, place: int) -> str | None:
        """Return a choice by its place, counted from 1; None if the form has no such field or choice.

        What a choice says is for the community to word; the process knows it by its place.
        """
        asked = self.field(field)
        return asked.options[place - 1] if asked and 1 <= place <= len(asked.options) else None

    def is_chosen(self, answers: "Answers", field: str, place: int) -> bool:
        """Tell whether the choice at that place was made, alone or with others; False if there is none."""
        option = self.option(field, place)
        return option is not None and option in answers.choices(field)


class _Confidential(msgspec.Struct, frozen=True):
    """What holds people's words: it shows which fields it has, never what they say."""

    def _ids(self) -> tuple[str, ...]:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._ids())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        # msgspec's own would hand every value to rich's tracebacks.
        return [("fields", self._ids())]


class Answers(_Confidential, frozen=True):
    """What was answered, by field id: typed or chosen text, or all the choices where several may be made."""

    values: Mapping[str, Value] = msgspec.field(default_factory=dict)

    def _ids(self) -> tuple[str, ...]:
        return tuple(self.values)

    def __getitem__(self, id: str) -> Value | None:
        """Return the answer, or None where there is none."""
        return self.values.get(id)

    def text(self, id: str) -> str:
        """Return a typed or single answer, or ""."""
        value = self.values.get(id)
        return value if isinstance(value, str) else ""

    def choices(self, id: str) -> tuple[str, ...]:
        """Return all that was chosen, be it one or several."""
        value = self.values.get(id, ())
        return (value,) if isinstance(value, str) else value


class Question(msgspec.Struct, frozen=True):
    """One of the four questions, as it's asked again: by its number, with its label."""

    number: int
    id: str
    label: str


class Report(_Confidential, frozen=True, kw_only=True):
    """What a body says: the answers, and what couldn't be had from it."""

    form: Form
    answers: Answers
    ambiguous: tuple[str, ...] = ()
    """Ids of fields whose heading stands twice, or whose choice isn't among the choices. Unanswered."""
    extra: tuple[Extra, ...] = ()

    def _ids(self) -> tuple[str, ...]:
        return (*self.answers.values, *(f"{id}?" for id in self.ambiguous))

    @property
    def missing(self) -> tuple[str, ...]:
        """The ids of all required fields without an answer, in the template's order."""
        return tuple(
            field.id for field in self.form.fields if field.required and self.answers[field.id] is None
        )

    @property
    def unanswered(self) -> tuple[Question, ...]:
        """Those of the four questions that are still to be answered."""
        return tuple(one for one in questions(self.form) if self.answers[one.id] is None)

    @property
    def complete(self) -> bool:
        """Tell whether all four questions are answered; it's this that the process asks."""
        return not self.unanswered


def questions(form: Form) -> tuple[Question, ...]:
    """Return those of the four questions that the form asks, with their fixed numbers."""
    asked = ((number, form.field(id)) for number, id in enumerate(QUESTIONS, start=1))
    return tuple(Question(number, field.id, field.label) for number, field in asked if field)
