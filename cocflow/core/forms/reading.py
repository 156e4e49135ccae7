"""From a body to a report: which answers stand in an issue's body.

Refuses to guess: a heading that stands twice, or a choice that isn't among the choices, counts as
unanswered and is named.

**What a body is.** GitHub renders each answer as `### Label`, a blank line and the value, and doesn't
escape what a person typed. A line is a heading of ours if Markdown makes a level 3 heading of it, outside
of fences, lists, quotes and HTML, and its text is exactly a label. `read(form, write(form, answers))` gives
`normalised(form, answers)`.

Answers are confidential: no repr and no exception here holds any.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from cocflow.core.forms.form import NO_CHOICE, NO_RESPONSE, Answers, Extra, Field, Form, Report, Value
from cocflow.core.forms.markdown import heading_text, structure_of
from cocflow.core.forms.normal import lines_of, normalise, trimmed
from cocflow.core.forms.sealing import opened


@lru_cache(maxsize=64)
def read(form: Form, body: str) -> Report:
    """Return what a body answers; the same one is read once. Never raises, whatever the body holds."""
    lines = lines_of(body)
    sections, ambiguous = _sections(form, lines)
    labels = form.labels
    values: dict[str, Value] = {}
    extra: list[Extra] = []
    for section in sections:
        text = trimmed(lines[section.start : section.end])
        if section.field is None:
            if text or section.heading:
                extra.append((section.heading, opened(text, None)))
            continue
        try:
            value = _value(section.field, text, labels)
        except _UnclearError:
            ambiguous.add(section.field.id)
            continue
        if value:
            values[section.field.id] = value
    return Report(
        form=form,
        answers=Answers(values),
        ambiguous=tuple(field.id for field in form.fields if field.id in ambiguous),
        extra=tuple(extra),
    )


class _UnclearError(Exception):
    """An answer can't be read with certainty; deliberately without a word of it."""


class _Section(msgspec.Struct):
    """A stretch of lines below a heading: an answer to `field`, or, without one, an extra section."""

    field: Field | None
    heading: str
    start: int
    end: int


def _sections(form: Form, lines: list[str]) -> tuple[list[_Section], set[str]]:
    """Return the sections of a body, and the ids of the fields whose headings stand twice.

    A label counts only after those before it in the template; elsewhere it's a part of the answer that it
    stands in. That of an element that is left alone opens an extra section, as often as it stands there. An
    unknown heading is a part of a typed answer, but nobody can type below a choice: there, and before the
    first question, it opens an extra section too.
    """
    headings = _headings(form, lines)
    places = {element.label: place for place, element in enumerate(form.elements)}
    fields = {field.label: field for field in form.fields}
    twice = {
        text for text, times in Counter(text for _, text in headings).items() if times > 1 and text in fields
    }
    sections = [_Section(None, "", 0, len(lines))]
    latest = -1
    dropped = False
    for line, text in headings:
        place = places.get(text, -1)
        field = fields.get(text)
        if field is None:
            now = sections[-1]
            if place <= latest and (dropped or not text or (now.field and now.field.free)):
                continue
        elif text not in twice and place <= latest:
            continue
        if not dropped:
            sections[-1].end = line
        dropped = text in twice
        if not dropped:
            sections.append(_Section(field, "" if field else text, line + 1, len(lines)))
            latest = max(latest, place) if field else latest
    return sections, {fields[text].id for text in twice}


def _headings(form: Form, lines: list[str]) -> list[tuple[int, str]]:
    """Return the headings of a body, by their lines, the first one at 0.

    A body that ends inside an unclosed fence or HTML block is given a second look: GitHub wrote each label
    on a line of its own between blank lines, so if each label stands like that exactly once and in order,
    these are the form's own, whatever Markdown makes of them. Otherwise one stray ``` in the first answer
    would make us ask a person for everything that they have already told us.
    """
    structure = structure_of(lines)
    if structure.open is not None and (own := _own_headings(form, lines)):
        return own
    return [(number, heading_text(lines[number]) or "") for number in structure.headings]


def _own_headings(form: Form, lines: list[str]) -> list[tuple[int, str]]:
    """Return every label's line if all stand alone, once and in order; else nothing.

    Those of boxes to tick may be missing, as an earlier form may have had none, and those of what is left
    alone: nobody knows what GitHub renders there.
    """
    labels = form.labels
    found = [
        (number, text) for number, line in enumerate(lines) if (text := heading_text(line)) in labels and text
    ]
    seen = {text for _, text in found}
    asked = [one for one in form.elements if isinstance(one, Field) and one.kind != "checkboxes"]
    own = [one.label for one in form.elements if one in asked or one.label in seen]
    if [text for _, text in found] != own:
        return []
    for number, text in found:
        around = "".join([*lines[number - 1 : number], *lines[number + 1 : number + 2]])
        if lines[number] != f"### {text}" or around.strip():
            return []
    return found


def _value(field: Field, lines: Sequence[str], labels: frozenset[str]) -> Value | None:
    """Return a section's answer to its field; raise _UnclearError for a choice that isn't one."""
    if field.render is not None:
        return normalise("\n".join(_unfenced(lines)))
    if field.free:
        return normalise(opened(lines, labels))
    if field.kind == "checkboxes":
        return _ticked(field, lines)
    text = "\n".join(lines).strip()
    if text in ("", NO_CHOICE, NO_RESPONSE):
        return None
    if field.multiple:
        return _joined(field.options, text)
    if text not in field.options:
        raise _UnclearError
    return text


def _ticked(field: Field, lines: Sequence[str]) -> tuple[str, ...]:
    """Return the ticked choices, in the template's order."""
    boxes: dict[str, bool] = {}
    for line in lines:
        found = _BOX.fullmatch(line)
        if found is None and line.strip() in ("", NO_CHOICE, NO_RESPONSE):
            continue
        if found is None or found[2].strip() not in field.options or found[2].strip() in boxes:
            raise _UnclearError
        boxes[found[2].strip()] = found[1] != " "
    return tuple(option for option in field.options if boxes.get(option))


_BOX = re.compile(r" {0,3}[-*+] \[([ xX])\] (.*)")


def _joined(options: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the choices that GitHub joined with `, `; they may hold commas themselves."""
    readings: dict[int, tuple[str, ...]] = {0: ()}
    joined = f"{text}, "
    end = len(joined)
    # Each choice is made at most once, so a longer text than all of them joined isn't worth a look.
    for start in range(min(end, sum(len(option) + 2 for option in options))):
        if (reading := readings.get(start)) is None:
            continue
        for option in options:
            after = start + len(option) + 2
            if option in reading or not joined.startswith(f"{option}, ", start):
                continue
            if after in readings:
                raise _UnclearError  # the same words can be read in two ways
            readings[after] = (*reading, option)
    if end not in readings:
        raise _UnclearError
    return tuple(option for option in options if option in readings[end])


def _unfenced(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines inside the fence that GitHub put around them."""
    if len(lines) > 1 and (fence := re.match(r"`{3,}|~{3,}", lines[0])) and lines[-1].rstrip() == fence[0]:
        return lines[1:-1]
    return lines
