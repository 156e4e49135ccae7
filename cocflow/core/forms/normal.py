"""The normal form of an answer: what is left of it after its way through a body.

Owns what counts as no answer, and the line ends and blank lines that nobody meant. Refuses an answer that
the form can't take.

Answers are confidential: no repr and no exception here holds any.
"""

from collections.abc import Sequence

from cocflow.core.forms.form import NO_RESPONSE, Answers, Field, Form, Value


def normalise(text: str) -> str:
    """Return a typed answer as it can be had back from a body.

    Line ends become LF; blank lines before and after go; only white space, or `_No response_` alone, is no
    answer, "".
    """
    kept = "\n".join(trimmed(lines_of(text)))
    return "" if kept.strip() in ("", NO_RESPONSE) else kept


def normalised(form: Form, answers: Answers) -> Answers:
    """Return answers as they can be had back: typed ones normalised, choices in order, empty ones left out.

    Raises ValueError for an answer that the form can't take.
    """
    unknown = set(answers.values) - {field.id for field in form.fields}
    if unknown:
        raise ValueError("answers to questions that the form doesn't ask")
    values = {
        field.id: value
        for field in form.fields
        if (value := _normal_value(field, answers.values.get(field.id)))
    }
    return Answers(values)


def _normal_value(field: Field, value: Value | None) -> Value | None:
    if value is None:
        return None
    several = field.kind == "checkboxes" or field.multiple
    if isinstance(value, str) == several:
        raise ValueError(f"`{field.id}` takes {'several choices' if several else 'one text'}")
    if isinstance(value, str) and field.free:
        return normalise(value)
    chosen = {value} if isinstance(value, str) else set(value)
    if not chosen - {""} <= set(field.options):
        raise ValueError(f"not a choice of `{field.id}`")
    return value if isinstance(value, str) else tuple(option for option in field.options if option in chosen)


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, whatever ends them on the web."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def trimmed(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines without the blank ones at both ends."""
    full = [number for number, line in enumerate(lines) if line.strip()]
    return lines[full[0] : full[-1] + 1] if full else ()
