"""From answers to a body, as GitHub would render it.

Owns how each kind of answer is rendered, and where extra sections go. Refuses answers and headings that
`read` couldn't read back.

Answers are confidential: no repr and no exception here holds any.
"""

import re
from collections.abc import Iterable

from cocflow.core.forms.form import NO_CHOICE, NO_RESPONSE, Answers, Extra, Field, Form, Value
from cocflow.core.forms.markdown import heading_text
from cocflow.core.forms.normal import normalised
from cocflow.core.forms.sealing import sealed


def write(form: Form, answers: Answers, extra: Iterable[Extra] = ()) -> str:
    """Return a body with these answers, as GitHub would render it, that `read` reads back.

    Extra sections follow the questions if the last one is a choice; below an answer that is typed they
    would be a part of it, so they go before the questions then. Raises ValueError for an answer or a
    heading that the form can't take.
    """
    kept = normalised(form, answers)
    labels = form.labels
    asked = [f"### {field.label}\n\n{_written(field, kept[field.id], labels)}" for field in form.fields]
    taken = {field.label for field in form.fields}
    bare: list[str] = []
    headed: list[str] = []
    for heading, text in extra:
        if heading and (heading in taken or heading_text(f"### {heading}") != heading or "\n" in heading):
            raise ValueError("the heading of an extra section can't be told from the form's own")
        (headed if heading else bare).append(
            f"### {heading}\n\n{sealed(text, None)}".removeprefix("### \n\n")
        )
    last = form.fields[-1] if form.fields else None
    parts = [*bare, *asked, *headed] if last and not last.free else [*bare, *headed, *asked]
    return "\n\n".join(parts)


def _written(field: Field, value: Value | None, labels: frozenset[str]) -> str:
    """Return an answer as GitHub renders it below its heading."""
    if field.kind == "checkboxes":
        ticked = value if isinstance(value, tuple) else ()
        return "\n".join(f"- [{'X' if option in ticked else ' '}] {option}" for option in field.options)
    if value is None:
        return NO_CHOICE if field.kind == "dropdown" else NO_RESPONSE
    if isinstance(value, tuple):
        return ", ".join(value)
    if field.kind == "dropdown":
        return value
    if field.render is not None:
        longest = max(map(len, re.findall("`+", value)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}{field.render}\n{value}\n{fence}"
    return sealed(value, labels)
