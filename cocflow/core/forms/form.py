"""The report as a form: which questions it asks, and how its answers stand in an issue's body.

Owns both directions between answers and the body that GitHub renders from `incident.yml`, answers that
are given later by number, and the filling of the template with a community's names. Refuses to guess: a
heading that stands twice, or a choice that isn't among the choices, counts as unanswered and is named.

**What a body is.** GitHub renders each answer as `### Label`, a blank line and the value, and doesn't
escape what a person typed. A line is a heading of ours if Markdown makes a level 3 heading of it, outside
of fences, lists, quotes and HTML, and its text is exactly a label. `write` escapes, by one more
backslash, lines of an answer that look like one, and closes what would swallow the next question; `read`
takes exactly that back, so `read(form, write(form, answers))` gives `normalised(form, answers)`.

**What that costs in bodies of GitHub's own making.** A person who typed `\\### Label`, backslash and all,
loses the backslash; one who typed a label as a heading made it stand twice, and is asked again. Nothing
else that was typed changes, but for `normalise`.

Answers are confidential: no repr and no exception here holds any.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, hr

from cocflow.errors import DefinitionError, UserMistake

Kind = Literal["textarea", "input", "dropdown", "checkboxes"]
Value = str | tuple[str, ...]
Extra = tuple[str, str]
"""A section that is no question of the form: its heading ("" for what stands before any), and its text."""

QUESTIONS = ("nature", "who", "material", "privacy")
"""The ids of the process's four questions; a question's number is its place here, counted from 1."""

NO_RESPONSE = "_No response_"
NO_CHOICE = "None"

_CLOSED = "<!-- cocflow: closed -->"
"""Stands below a line that `write` added to an answer; both are taken off again by `read`."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One question: what it's called, what may be answered, and how GitHub renders it."""

    id: str
    label: str
    kind: Kind = "textarea"
    required: bool = False
    options: tuple[str, ...] = ()
    multiple: bool = False
    render: str | None = None
    """The language of the code fence that GitHub puts around the answer."""

    @property
    def free(self) -> bool:
        """Tell whether a person types the answer, instead of choosing it."""
        return self.kind in ("textarea", "input")


class Form(msgspec.Struct, frozen=True):
    """The questions in the order of the template."""

    fields: tuple[Field, ...]

    def field(self, id: str) -> Field | None:
        """Return the question with that id."""
        return next((field for field in self.fields if field.id == id), None)


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


class Consent(msgspec.Struct, frozen=True):
    """What the reporter lets us share: nothing, with the people concerned, or with the community as well."""

    level: Literal["none", "parties", "community"] = "none"
    named: bool = False
    """Whether the reporter's name may be told to those who may be told."""


CONSENTS: Mapping[str, Consent] = {
    "Nothing until you have asked me": Consent(),
    "What the people concerned need to know, without my name": Consent("parties"),
    "What the people concerned need to know, with my name": Consent("parties", named=True),
    "What the people concerned need to know, and the community may be told, all without my name": Consent(
        "community"
    ),
    "What the people concerned need to know, and the community may be told, all with my name": Consent(
        "community", named=True
    ),
}
"""What each choice of the field `share` means. A choice that isn't here shares nothing."""


def consent(answers: Answers) -> Consent:
    """Return what the reporter allowed by the form: nothing, unless a known choice says more."""
    return CONSENTS.get(answers.text("share"), Consent())


def questions(form: Form) -> tuple[Question, ...]:
    """Return those of the four questions that the form asks, with their fixed numbers."""
    asked = ((number, form.field(id)) for number, id in enumerate(QUESTIONS, start=1))
    return tuple(Question(number, field.id, field.label) for number, field in asked if field)


# --- The template ----------------------------------------------------------------------------------------


def form_from_template(data: Mapping[str, object], needed: Iterable[str] = QUESTIONS) -> Form:
    """Return the form that a parsed issue form template defines.

    Raises DefinitionError, without file and line, where the template doesn't define one that `read` could
    read back: unknown kinds, ids or labels that are missing or stand twice, or one of the `needed` ids gone.
    """
    body = data.get("body")
    if not isinstance(body, Sequence) or isinstance(body, str) or not body:
        raise DefinitionError("the form has no questions", hint="list them under `body`")
    fields = tuple(_field(element) for element in body if not _is_text(element))
    for what, texts in (("id", [field.id for field in fields]), ("label", [field.label for field in fields])):
        if twice := [text for text, times in Counter(texts).items() if times > 1]:
            raise DefinitionError(
                f"two questions have the {what} `{twice[0]}`", hint=f"each needs its own {what}"
            )
    form = Form(fields)
    for id in needed:
        field = form.field(id)
        if field is None or not field.free:
            raise DefinitionError(f"the question `{id}` is gone", hint="all four are needed, as textareas")
    return form


def fill_template(text: str, values: Mapping[str, str]) -> str:
    """Return a template's text with a community's names put between its markers.

    `<!-- cocflow:name -->…<!-- /cocflow:name -->` in running text, and `key: …  # cocflow:name` for a line
    of YAML, get the value of that name. Names without a value stay as they are, and filling again with
    other values replaces the first ones. Raises DefinitionError for a value that would break the template.
    """
    for name, value in values.items():
        if "\n" in value or "\r" in value or "<!--" in value:
            raise DefinitionError(f"`{name}` must be one line without `<!--`")

    def in_text(found: re.Match[str]) -> str:
        return found[1] + values.get(found[2], found[3]) + found[4]

    def in_yaml(found: re.Match[str]) -> str:
        # JSON's quoted text is YAML's too, whatever it holds.
        value = json.dumps(values[found[3]], ensure_ascii=False) if found[3] in values else found[2]
        return f"{found[1]}{value}  # cocflow:{found[3]}"

    return _IN_YAML.sub(in_yaml, _IN_TEXT.sub(in_text, text))


_IN_TEXT = re.compile(r"(<!-- cocflow:([a-z_]+) -->)(.*?)(<!-- /cocflow:\2 -->)")
_IN_YAML = re.compile(r"^([ -]*[a-z_]+: )(\S.*?)  # cocflow:([a-z_]+)$", re.MULTILINE)


def _is_text(element: object) -> bool:
    return isinstance(element, Mapping) and element.get("type") == "markdown"


def _field(element: object) -> Field:
    """Return one question of the template, checked."""
    if not isinstance(element, Mapping):
        raise DefinitionError("a question isn't a mapping", hint="type, id, attributes, validations")
    id = element.get("id")
    if not isinstance(id, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", id):
        raise DefinitionError("a question has no id", hint="letters, digits, - and _")
    match element.get("type"):
        case "textarea" | "input" | "dropdown" | "checkboxes" as kind:
            pass
        case _:
            raise DefinitionError(
                f"`{id}` is of no known type", hint="textarea, input, dropdown or checkboxes"
            )
    attributes = _mapping(id, "attributes", element)
    validations = _mapping(id, "validations", element)
    options, obliged = _options(id, kind, attributes.get("options", ()))
    render = attributes.get("render")
    if render is not None and not (isinstance(render, str) and render.strip() and "`" not in render):
        raise DefinitionError(f"`render` of `{id}` isn't the name of a language")
    return Field(
        id=id,
        label=_label(id, attributes.get("label")),
        kind=kind,
        required=_flag(id, "required", validations) or obliged,
        options=options,
        multiple=_flag(id, "multiple", attributes),
        render=render.strip() if render and kind == "textarea" else None,
    )


def _mapping(id: str, key: str, element: Mapping[str, object]) -> Mapping[str, object]:
    value = element.get(key, {})
    if not isinstance(value, Mapping):
        raise DefinitionError(f"`{key}` of `{id}` isn't a mapping")
    return value


def _flag(id: str, key: str, within: Mapping[str, object]) -> bool:
    value = within.get(key, False)
    if not isinstance(value, bool):
        raise DefinitionError(f"`{key}` of `{id}` is neither true nor false")
    return value


def _label(id: str, label: object) -> str:
    """Return the label; it must survive being a heading."""
    text = label.strip() if isinstance(label, str) else ""
    if not text or "\n" in text or _heading_text(f"### {text}") != text:
        raise DefinitionError(f"`{id}` needs a label of one line that can be a heading")
    return text


def _options(id: str, kind: Kind, listed: object) -> tuple[tuple[str, ...], bool]:
    """Return the choices of a field, and whether one of them must be ticked."""
    if kind in ("textarea", "input"):
        return (), False
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        raise DefinitionError(f"`{id}` has no choices", hint="list them under `options`")
    obliged = False
    texts: list[str] = []
    for entry in listed:
        option = entry
        if kind == "checkboxes" and isinstance(entry, Mapping):
            option = entry.get("label")
            obliged = _flag(id, "required", entry) or obliged
        texts.append(_option(id, option))
    if len(set(texts)) < len(texts):
        raise DefinitionError(f"`{id}` has the same choice twice")
    return tuple(texts), obliged


def _option(id: str, option: object) -> str:
    if not isinstance(option, str):
        raise DefinitionError(f"a choice of `{id}` isn't a text", hint="put yes, no and numbers in quotes")
    text = option.strip()
    if not text or "\n" in text or text in (NO_CHOICE, NO_RESPONSE):
        raise DefinitionError(
            f"a choice of `{id}` can't be told from no choice", hint="another word, one line"
        )
    return text


# --- What a person can type, and GitHub keep ------------------------------------------------------------


def normalise(text: str) -> str:
    """Return a typed answer as it can be had back from a body.

    Line ends become LF; blank lines before and after go; only white space, or `_No response_` alone, is no
    answer, "".
    """
    kept = "\n".join(_trimmed(_lines(text)))
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


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines without the blank ones at both ends."""
    full = [number for number, line in enumerate(lines) if line.strip()]
    return lines[full[0] : full[-1] + 1] if full else ()


# --- From a body to answers -----------------------------------------------------------------------------


def read(form: Form, body: str) -> Report:
    """Return what a body answers. Never raises, whatever the body holds."""
    lines = _lines(body)
    sections, ambiguous = _sections(form, lines)
    labels = frozenset(field.label for field in form.fields)
    values: dict[str, Value] = {}
    extra: list[Extra] = []
    for section in sections:
        text = _trimmed(lines[section.start : section.end])
        if section.field is None:
            if text or section.heading:
                extra.append((section.heading, _opened(text, None)))
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


def merge(report: Report, answers: Mapping[int, str]) -> Report:
    """Return the report with answers given later, by the questions' numbers, in place of earlier ones.

    An answer that normalises to nothing changes nothing. Raises UserMistake for a number without question.
    """
    ids = {question.number: question.id for question in questions(report.form)}
    if not answers.keys() <= ids.keys():
        raise UserMistake(_NUMBERS)
    given = {ids[number]: kept for number, text in answers.items() if (kept := normalise(text))}
    both = {**report.answers.values, **given}
    return msgspec.structs.replace(
        report,
        answers=Answers({field.id: both[field.id] for field in report.form.fields if field.id in both}),
        ambiguous=tuple(id for id in report.ambiguous if id not in given),
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
    stands in. An unknown heading is a part of a typed answer, but nobody can type below a choice: there,
    and before the first question, it opens an extra section.
    """
    headings = _headings(form, lines)
    labels = {field.label: (place, field) for place, field in enumerate(form.fields)}
    twice = {
        text for text, times in Counter(text for _, text in headings).items() if times > 1 and text in labels
    }
    sections = [_Section(None, "", 0, len(lines))]
    latest = -1
    dropped = False
    for line, text in headings:
        place, field = labels.get(text, (-1, None))
        if field is None:
            now = sections[-1]
            if dropped or not text or (now.field and now.field.free):
                continue
        elif text not in twice and place <= latest:
            continue
        if not dropped:
            sections[-1].end = line
        dropped = text in twice
        if not dropped:
            sections.append(_Section(field, "" if field else text, line + 1, len(lines)))
            latest = max(latest, place)
    return sections, {labels[text][1].id for text in twice}


def _headings(form: Form, lines: list[str]) -> list[tuple[int, str]]:
    """Return the headings of a body, by their lines, the first one at 0.

    A body that ends inside an unclosed fence or HTML block is given a second look: GitHub wrote each label
    on a line of its own between blank lines, so if each label stands like that exactly once and in order,
    these are the form's own, whatever Markdown makes of them. Otherwise one stray ``` in the first answer
    would make us ask a person for everything that they have already told us.
    """
    structure = _structure(lines)
    if structure.open is not None and (own := _own_headings(form, lines)):
        return own
    return [(number, _heading_text(lines[number]) or "") for number in structure.headings]


def _own_headings(form: Form, lines: list[str]) -> list[tuple[int, str]]:
    """Return every label's line if all stand alone, once and in order; else nothing."""
    labels = [field.label for field in form.fields]
    found = [
        (number, text)
        for number, line in enumerate(lines)
        if (text := _heading_text(line)) in labels and text
    ]
    if [text for _, text in found] != labels:
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
        return normalise(_opened(lines, labels))
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


# --- From answers to a body -----------------------------------------------------------------------------


def write(form: Form, answers: Answers, extra: Iterable[Extra] = ()) -> str:
    """Return a body with these answers, as GitHub would render it, that `read` reads back.

    Extra sections follow the questions if the last one is a choice; below an answer that is typed they
    would be a part of it, so they go before the questions then. Raises ValueError for an answer or a
    heading that the form can't take.
    """
    kept = normalised(form, answers)
    labels = frozenset(field.label for field in form.fields)
    asked = [f"### {field.label}\n\n{_written(field, kept[field.id], labels)}" for field in form.fields]
    bare: list[str] = []
    headed: list[str] = []
    for heading, text in extra:
        if heading and (heading in labels or _heading_text(f"### {heading}") != heading or "\n" in heading):
            raise ValueError("the heading of an extra section can't be told from the form's own")
        (headed if heading else bare).append(
            f"### {heading}\n\n{_sealed(text, None)}".removeprefix("### \n\n")
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
    return _sealed(value, labels)


def _sealed(text: str, labels: frozenset[str] | None) -> str:
    """Return a text that neither opens a section nor swallows the next one; `_opened` takes it back."""
    lines = [_escaped(line, labels) for line in _trimmed(_lines(text))]
    closer = _closer(lines)
    if closer is not None or lines[-1:] == [_CLOSED]:
        lines += [closer or "", _CLOSED]
    return "\n".join(lines)


def _opened(lines: Sequence[str], labels: frozenset[str] | None) -> str:
    """Return the text of which `_sealed` made these lines."""
    kept = lines[:-2] if lines[-1:] == [_CLOSED] else lines
    return "\n".join(_unescaped(line, labels) for line in kept)


_HEADING_LIKE = re.compile(r"( {0,3})(\\*)(###(?:[ \t].*)?)", re.DOTALL)


def _escaped(line: str, labels: frozenset[str] | None) -> str:
    """Put one more backslash before what looks like a heading of those labels (None: like any)."""
    found = _HEADING_LIKE.fullmatch(line)
    return f"{found[1]}\\{found[2]}{found[3]}" if found and _is_heading(found[3], labels) else line


def _unescaped(line: str, labels: frozenset[str] | None) -> str:
    """Take off the backslash that `_escaped` put there."""
    found = _HEADING_LIKE.fullmatch(line)
    return f"{found[1]}{found[2][1:]}{found[3]}" if found and _is_heading(found[3], labels) else line


def _is_heading(line: str, labels: frozenset[str] | None) -> bool:
    text = _heading_text(line)
    return text is not None and (labels is None or text in labels)


def _closer(lines: list[str]) -> str | None:
    """Return the line that closes what these lines leave open at their end, if anything."""
    open = _structure(lines).open
    if open is None:
        return None
    # The tag stands for <script>, <style> and <textarea> too: Markdown takes any of them for the end.
    return next(
        closer for closer in (open, "-->", "?>", "]]>", "</pre>") if _structure([*lines, closer]).open is None
    )


# --- Answers given later --------------------------------------------------------------------------------

_NUMBERS = "The questions are 1 to 4, each answered once: `/answer 2 …`, or `/answer` and a list of `1. …`."
_NUMBERED = re.compile(r"([0-9]+)[.)](?:[ \t]+|$)(.*)", re.DOTALL)
_ALONE = re.compile(r"([0-9]+)(?:[.):]|(?=[ \t]|$))[ \t]*(.*)", re.DOTALL)


def numbered_answers(text: str) -> dict[int, str]:
    """Return the answers of `1. …`, `2) …` or, for the first one, `3 …`, by number; each may have many lines.

    Numbers inside a fence or after white space are a part of an answer. Raises UserMistake for anything
    but numbers from 1 to 4 in rising order with words behind each: a list inside an answer, taken for
    answers, would replace what was said before.
    """
    lines = list(_trimmed(_lines(text)))
    fenced = _structure(lines).fenced
    parts: dict[int, list[str]] = {}
    for place, line in enumerate(lines):
        form = _NUMBERED if parts else _ALONE
        found = None if place in fenced else form.fullmatch(line if parts else line.strip())
        if found is None and not parts:
            raise UserMistake(f"Which question is this for? {_NUMBERS}")
        if found is None:
            parts[max(parts)].append(line)
            continue
        number = _number(found[1])
        if number <= max(parts, default=0):
            raise UserMistake(f"{_NUMBERS} Put a space before numbers that are a part of an answer.")
        parts[number] = [found[2]]
    answers = {number: normalise("\n".join(part)) for number, part in parts.items()}
    if not answers or not all(answers.values()):
        raise UserMistake(f"There is a number without an answer. {_NUMBERS}")
    return answers


def _number(digits: str) -> int:
    """Return the number of a question; what was typed isn't repeated, it may be a telephone number."""
    if digits not in ("1", "2", "3", "4"):
        raise UserMistake(f"{_NUMBERS} Put a space before numbers that are a part of an answer.")
    return int(digits)


# --- The structure of a body ----------------------------------------------------------------------------


class _Structure(msgspec.Struct, frozen=True):
    """Where Markdown sees level 3 headings, what it sees unclosed at the end, and the lines inside fences."""

    headings: tuple[int, ...]
    open: str | None
    """What opened it: the fence's own marks, or "" for HTML."""
    fenced: frozenset[int]


def _structure(lines: Sequence[str]) -> _Structure:
    """Return the structure of lines of Markdown, in a time that grows with their length only."""
    env: dict[str, Any] = {"headings": []}
    # A heading after the end: if it isn't seen as one, then what is last swallows whatever follows.
    blocks = _BLOCKS.parse("\n".join([*lines, "", "###"]), env)
    headings: list[int] = env["headings"]
    closed = headings[-1:] == [len(lines) + 1]
    fences = [block.map for block in blocks if block.type == "fence" and block.map]
    return _Structure(
        headings=tuple(headings[:-1] if closed else headings),
        open=None if closed else blocks[-1].markup,
        fenced=frozenset(line for start, end in fences for line in range(start, end)),
    )


def _heading_text(line: str) -> str | None:
    """Return the text of a level 3 heading's line, without the closing sequence; None for other lines."""
    bare = line.lstrip(" ")
    if len(line) - len(bare) > 3 or not bare.startswith("###") or bare[3:4] not in ("", " ", "\t"):
        return None
    text = bare[3:].strip(" \t")
    without = text.rstrip("#")
    return without.rstrip(" \t") if not without or without[-1] in " \t" else text


def _block_parser() -> MarkdownIt:
    """Return markdown-it reduced to what decides whether a line at the top level is a heading.

    Fences, HTML blocks and rules are markdown-it's own. Its headings, lists and paragraphs make tokens for
    all that they hold, and look at it once for each level of nesting: 65,536 characters took it 400 ms.
    Ours look at each line once. Quotes need no rule: none of their lines starts like a heading, and all
    that can stop a quote stops a paragraph. What is lost with the depth: after a fence or HTML inside a list
    item or a quote, a line that isn't indented is taken for a part of that item, as after text.
    """
    parser = MarkdownIt("zero", {"html": True})
    parser.core.ruler.enableOnly(["normalize", "block"])
    # Without "code", markdown-it takes indented lines for the beginnings of blocks.
    parser.enable(["code", "fence", "html_block", "hr", "list", "heading"])
    parser.block.ruler.at("list", _pass_list, {"alt": ["paragraph"]})
    parser.block.ruler.at("heading", _note_heading, {"alt": ["paragraph"]})
    parser.block.ruler.at("paragraph", _pass_paragraph)
    return parser


def _note_heading(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Markdown-it's rule for headings, which notes where those of level 3 are instead of making tokens."""
    found = _heading_at(state, line)
    if found is None or silent:
        return found is not None
    while found is not None:
        if len(found[0]) == 3:
            state.env["headings"].append(line)
        line += 1
        # A run of headings is taken in one go: it's the most that can be packed into a body.
        found = _heading_at(state, line) if line < end and not state.isEmpty(line) else None
    state.line = line
    return True


def _heading_at(state: StateBlock, line: int) -> re.Match[str] | None:
    start = state.bMarks[line] + state.tShift[line]
    return None if state.is_code_block(line) else _HEADING.match(state.src, start, state.eMarks[line])


_HEADING = re.compile(r"#{1,6}(?=[ \t]|\Z)")


def _pass_list(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Markdown-it's rule for lists, which passes over the items without looking inside."""
    found = _item_at(state, line)
    if found is None:
        return False
    if silent:  # may it end a paragraph?
        return bool(found[4]) and found[2] in (None, "1")
    while found is not None:
        line = _item_end(state, line, end, found)
        over = line >= end or state.isEmpty(line) or hr(state, line, end, True)
        found = None if over else _item_at(state, line)
    state.line = line
    return True


def _item_at(state: StateBlock, line: int) -> re.Match[str] | None:
    if state.is_code_block(line):
        return None
    found = _ITEM.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])
    return None if found is None or (found[4] and not found[3]) else found


_ITEM = re.compile(r"([-+*]|([0-9]{1,9})[.)])([ \t]*)(.?)")


def _item_end(state: StateBlock, line: int, end: int, item: re.Match[str]) -> int:
    """Return the first line that isn't a part of the item that begins at a line."""
    # Columns, not characters: a tab reaches the next multiple of four.
    marker = state.sCount[line] + len(item[1])
    gap = len((" " * marker + item[3]).expandtabs(4)) - marker
    content = marker + (gap if item[4] and gap < 5 else 1)
    line += 1
    if not item[4] and state.isEmpty(line):
        return line  # an item may begin with one blank line, not with two
    after_blank = not item[4]  # only a line of text goes on without being indented
    while line < end:
        if state.isEmpty(line):
            after_blank = True
        elif state.sCount[line] >= content:
            after_blank = False
        elif after_blank or _starts_quote(state, line) or _stops_paragraph(state, line):
            break
        line += 1
    return line


def _starts_quote(state: StateBlock, line: int) -> bool:
    return state.src.startswith(">", state.bMarks[line] + state.tShift[line])


def _pass_paragraph(state: StateBlock, line: int, end: int, _silent: bool) -> bool:
    """Markdown-it's rule for paragraphs, without tokens."""
    line += 1
    while line < end and not state.isEmpty(line) and not _stops_paragraph(state, line):
        line += 1
    state.line = line
    return True


def _stops_paragraph(state: StateBlock, line: int) -> bool:
    # Asking every rule about every line costs more than all the rest; most lines begin like none of them.
    start = state.bMarks[line] + state.tShift[line]
    if state.is_code_block(line) or not _MAY_STOP.match(state.src, start, state.eMarks[line]):
        return False
    return any(rule(state, line, state.lineMax, True) for rule in state.md.block.ruler.getRules("paragraph"))


_MAY_STOP = re.compile(r"#|```|~~~|<|[-+*]|_[ \t]*_|1[.)]")

_BLOCKS = _block_parser()
