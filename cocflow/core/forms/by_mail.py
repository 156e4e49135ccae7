"""Answers in a mail: how they stand there, and how they are read from what a person or `cocflow page` wrote.

Owns the shape: each answer below its question, the question behind its number, and a line that ends them,
since mail programs put a signature below. Reads it back after a mail program wrapped or quoted it; reads bare
`1. …` too, and plain words, which answer the first question. Refuses to drop anything: what answers no
question is an extra section. `read_mailed(form, write_mailed(form, answers))` gives the normalised answers.

Answers are confidential: no repr and no exception here holds any.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from cocflow.core.forms.form import QUESTIONS, Answers, Field, Form, Report, Value, questions
from cocflow.core.forms.normal import lines_of, normalise, normalised, trimmed
from cocflow.core.forms.numbered import numbered_answers
from cocflow.errors import UserMistake

END = "* * *"
"""The line below the last answer; what a mail program adds stands below it."""

LONGEST_GREETING = 60
"""Characters of a line that may stand before answers by number alone; more is a story with a list in it."""


class Asked(msgspec.Struct, frozen=True):
    """A question as a mail asks it."""

    number: int
    field: Field

    @property
    def line(self) -> str:
        """The question behind its number, as it stands above an answer."""
        return f"{self.number}. {self.field.label}"


def asked(form: Form) -> tuple[Asked, ...]:
    """Return the questions as a mail asks them: the four by their numbers, from 5 on what else there is."""
    four = [Asked(one.number, field) for one in questions(form) if (field := form.field(one.id))]
    others = (field for field in form.fields if field.id not in QUESTIONS)
    return (*four, *(Asked(number, field) for number, field in enumerate(others, len(QUESTIONS) + 1)))


# --- writing ---------------------------------------------------------------------------------------


def write_mailed(form: Form, answers: Answers) -> str:
    """Return a mail's text with these answers, "" for none; what isn't answered isn't asked in it.

    Raises ValueError for an answer that the form can't take.
    """
    kept = normalised(form, answers)
    marks = _marks(form)
    parts = [
        f"{one.line}\n\n{_escaped(_written(one.field, value), marks)}"
        for one in asked(form)
        if (value := kept[one.field.id]) is not None
    ]
    return "\n\n".join([*parts, END]) if parts else ""


def _written(field: Field, value: Value) -> str:
    """Return an answer as it is typed: choices where several may be made, each behind a dash."""
    return value if isinstance(value, str) else "\n".join(f"- {one}" for one in value)


def _escaped(text: str, marks: "_Marks") -> str:
    """Put a backslash before each line that has one, would begin a question, or would end the answers."""
    lines = text.split("\n")
    return "\n".join(
        f"\\{line}" if marks.begins("\n".join(lines[place : place + marks.longest])) else line
        for place, line in enumerate(lines)
    )


def _unescaped(lines: Sequence[str]) -> str:
    """Take off what `_escaped` put there."""
    return "\n".join(line.removeprefix("\\") for line in lines)


# --- where a question stands -----------------------------------------------------------------------


class _Mark(msgspec.Struct, frozen=True):
    """What begins at a line: a question, or, without a field, the end of all answers."""

    field: Field | None = None
    quoted: int = 0
    """How deep it is quoted."""
    lines: int = 1
    """On how many lines it stands."""
    rest: str = ""
    """What stands behind it on its last line."""


class _Marks:
    """How the questions of a form look in a mail, whatever a mail program has done to them."""

    def __init__(self, form: Form) -> None:
        # The longest first: a label may begin like another one.
        fields = sorted(form.fields, key=lambda field: len(field.label), reverse=True)
        patterns = [_pattern(field.label) for field in fields]
        self.longest = max((len(field.label.split()) for field in fields), default=1)
        """On how many lines a question may stand."""
        self.source = rf"^(?:\\|{_BEFORE}(?:{_END}|{_NUMBER}(?:{'|'.join(patterns)})))"
        """A pattern of all that must not begin an answer's line, for whatever else writes a mail."""
        self._opening = re.compile(self.source, re.IGNORECASE)
        self._fields = [
            (one, re.compile(text, re.IGNORECASE)) for one, text in zip(fields, patterns, strict=True)
        ]
        first = "|".join(_word(field.label.split()[0]) for field in fields)
        self._first = re.compile(first, re.IGNORECASE)

    def begins(self, text: str) -> bool:
        """Whether an answer's text needs a backslash before it."""
        return self._opening.match(text) is not None

    def at(self, lines: Sequence[str], place: int) -> _Mark | None:
        """Return what begins at that line."""
        before = _BEFORE_LINE.match(lines[place])
        assert before is not None  # noqa: S101 - it matches nothing as well
        line = lines[place][before.end() :]
        if line.rstrip() == END:
            return _Mark()
        number = _NUMBER_LINE.match(line)
        assert number is not None  # noqa: S101 - it matches nothing as well
        line = line[number.end() :]
        if not self._first.match(line):
            return None
        text = "\n".join([line, *lines[place + 1 : place + self.longest]])
        for field, pattern in self._fields:
            found = pattern.match(text)
            if found is None:
                continue
            rest = text[found.end() :].partition("\n")[0].strip()
            if rest and not number[0] and field.label[-1].isalnum():
                continue  # a sentence that begins like a question
            return _Mark(field, before[0].count(">"), found[0].count("\n") + 1, rest)
        return None


# These are read by Python and, in the page, by a browser: they are written in what both know.
_BEFORE = r"(?:[^\S\n]|[>|])*"
"""What stands before a quoted line."""

_NUMBER = r"(?:[*#\u2022\u00b7_-]{1,3}[^\S\n]*)?(?:\(?[0-9]{1,2}[.):]{0,2}[^\S\n]*)?[*_]{0,2}"
"""What may stand before a question: a list's mark, its number, emphasis."""

_END = r"\* \* \*\s*?(?:\n|$)"

_BEFORE_LINE = re.compile(_BEFORE)
_NUMBER_LINE = re.compile(_NUMBER)

_ALIKE = ("'\u2019\u2018\u00b4`", '"\u201c\u201d\u201e\u00ab\u00bb', "-\u2010\u2011\u2012\u2013\u2014")
"""Characters that a program puts in the place of one another."""


def _pattern(label: str) -> str:
    """Return the pattern of a label, wrapped anywhere between its words, the lines of it quoted or not."""
    between = r"(?:[^\S\n]+|[^\S\n]*\n(?:[^\S\n]|>)*)"
    bounded = r"(?!\w)" if label[-1].isalnum() else ""
    return f"{between.join(map(_word, label.split()))}{bounded}[*_]{{0,2}}:?"


def _word(word: str) -> str:
    return "".join(map(_character, word))


def _character(one: str) -> str:
    alike = next((group for group in _ALIKE if one in group), "")
    return f"[{alike}]" if alike else re.sub(r"[\\^$.*+?()\[\]{}|/]", r"\\\g<0>", one)


@lru_cache(maxsize=32)
def _marks(form: Form) -> _Marks:
    return _Marks(form)


def needs_backslash(form: Form) -> tuple[str, int]:
    """Return what `write_mailed` escapes, for what writes a mail elsewhere.

    That is a pattern, case ignored, of what an answer's line must not begin with, to be held against the
    line and so many lines with it, joined by LF. A backslash before the line escapes it.
    """
    return _marks(form).source, _marks(form).longest


# --- reading ---------------------------------------------------------------------------------------


def read_mailed(form: Form, text: str) -> Report:
    """Return what a mail's plain text answers to a form that asks the four. Never raises.

    Answers are taken below the questions where these stand, else by bare numbers, else the whole answers
    the first question. What couldn't be read with certainty is in `ambiguous`, and its words in `extra`,
    which holds one section without a heading at most.
    """
    lines = lines_of(text)
    found = _below_questions(form, lines) or _by_number(form, lines) or _Found(_plain(lines))
    return Report(
        form=form,
        answers=normalised(form, Answers(found.values)),
        ambiguous=tuple(field.id for field in form.fields if field.id in found.ambiguous),
        extra=(("", found.beside),) if found.beside else (),
    )


class _Found(msgspec.Struct):
    """What was found, and what stands beside it; shown to nobody."""

    values: dict[str, Value]
    ambiguous: tuple[str, ...] = ()
    beside: str = ""


def _plain(lines: Sequence[str]) -> dict[str, Value]:
    """Take the whole for the answer to the first question."""
    return {QUESTIONS[0]: normalise("\n".join(lines))}


def _by_number(form: Form, lines: Sequence[str]) -> _Found | None:
    """Return the answers to bare numbers, from 1 on; None where they may be a list of the person's own."""
    full = list(trimmed(lines))
    first = next((place for place, line in enumerate(full) if _FIRST.match(line)), None)
    greeting = [line for line in full[:first] if line.strip()]
    if first is None or len(greeting) > 1 or any(_tells(line) for line in greeting):
        return None
    try:
        answers = numbered_answers("\n".join(full[first:]))
    except UserMistake:
        return None
    ids = {one.number: one.id for one in questions(form)}
    if len(answers) < 2 or not answers.keys() <= ids.keys():
        return None
    return _Found({ids[number]: text for number, text in answers.items()}, beside="\n".join(greeting))


_FIRST = re.compile(r"1[.)](?:[^\S\n]|$)")


def _tells(line: str) -> bool:
    """Whether a line before a list is more than a greeting."""
    return len(line.strip()) > LONGEST_GREETING or line.rstrip().endswith((":", "\uff1a"))


class _Section(msgspec.Struct):
    """A question that stands in a mail, and the lines below it."""

    mark: _Mark
    lines: list[str]


def _below_questions(form: Form, lines: Sequence[str], more: bool = True) -> _Found | None:
    """Return the answers below the questions; None if none stands there, or nothing below any.

    `more`: where only the last of several has words below, all were pasted above the answers, so those
    words are looked into once more.
    """
    marks = _marks(form)
    before, sections, after = _sections(_unquoted(lines, marks), marks)
    answered = [one for one in sections if _words(one)]
    if not answered:
        return None
    if after is None and len(sections) > 1 and answered == sections[-1:]:
        below = _words(answered[0])
        again = _below_questions(form, below, more=False) if more else None
        found = again or _by_number(form, below) or _Found(_plain(below))
        found.beside = _together(before, found.beside)
        return found
    return _found(answered, before, after)


def _found(answered: Sequence[_Section], before: str, after: str | None) -> _Found:
    """Return the answers of sections; a choice that can't be told is ambiguous, and stands beside.

    Only where the end is marked, `after` it, did `write_mailed` write them, and escape lines.
    """
    found = _Found({})
    unclear = []
    for one in answered:
        field, lines = one.mark.field, _words(one)
        words = "\n".join(lines) if after is None else _unescaped(lines)
        assert field is not None  # noqa: S101 - only a question begins a section
        value = normalise(words) if field.free else _chosen(field, words)
        if value is None:
            found.ambiguous += (field.id,)
            unclear.append(f"{field.label}\n{words}")
        elif value:
            found.values[field.id] = value
    found.beside = _together(before, *unclear, after or "")
    return found


def _together(*texts: str) -> str:
    return "\n\n".join(kept for text in texts if (kept := normalise(text)))


def _words(section: _Section) -> Sequence[str]:
    """Return the lines of an answer; below a quoted question, empty quoted lines around it are none of it."""
    if not section.mark.quoted:
        return trimmed(section.lines)
    return trimmed(["" if _BEFORE_LINE.fullmatch(line) else line for line in section.lines])


def _sections(lines: Sequence[str], marks: _Marks) -> tuple[str, list[_Section], str | None]:
    """Return the sections of a mail, what stands before the first, and what below the end (None: no end).

    A question counts where it stands first; again, it is a part of the answer that it stands in. The end is
    the first one below the last question.
    """
    before: list[str] = []
    sections: list[_Section] = []
    end: int | None = None
    place = 0
    while place < len(lines):
        mark = marks.at(lines, place)
        now = sections[-1].lines if sections else before
        if mark is not None and mark.field is None and end is None and sections:
            end = len(now)
        if mark is None or mark.field is None or any(one.mark.field == mark.field for one in sections):
            now.append(lines[place])
            place += 1
            continue
        sections.append(_Section(mark, [mark.rest] if mark.rest else []))
        end = None
        place += mark.lines
    if end is None:
        return "\n".join(before), sections, None
    last = sections[-1].lines
    after = "\n".join(last[end + 1 :])
    del last[end:]
    return "\n".join(before), sections, after


def _unquoted(lines: Sequence[str], marks: _Marks) -> Sequence[str]:
    """Return the lines as they were before they were quoted, if all are from the first question on."""
    found = ((place, marks.at(lines, place)) for place in range(len(lines)))
    first = next(((place, mark) for place, mark in found if mark and mark.field), None)
    if first is None or not first[1].quoted:
        return lines
    quote = re.compile(rf"(?:[^\S\n]*>){{{first[1].quoted}}} ?")
    below = [(quote.match(line), line) for line in lines[first[0] :]]
    if not all(found or not line.strip() for found, line in below):
        return lines
    return [*lines[: first[0]], *(line[found.end() :] if found else line for found, line in below)]


def _chosen(field: Field, words: str) -> Value | None:
    """Return what was chosen, alone or one below the other; None if that can't be told."""
    options = {_folded(option): option for option in field.options}
    for split in (_ITEM, _LINE, _COMMA):
        items = [one for one in split.split(words) if one.strip()]
        chosen = {options.get(_folded(one)) for one in items}
        if None in chosen:
            continue
        if field.kind == "checkboxes" or field.multiple:
            return tuple(option for option in field.options if option in chosen)
        return chosen.pop() if len(chosen) == 1 else None
    return None


_ITEM = re.compile(r"^[^\S\n]*[-*\u2022\u00b7][^\S\n]+", re.MULTILINE)
_LINE = re.compile(r"\n")
_COMMA = re.compile(r"[,;\n]")


def _folded(text: str) -> str:
    """Return a choice as it is compared: without case, typography and the places where it was wrapped."""
    for group in _ALIKE:
        text = re.sub(f"[{re.escape(group)}]", group[0], text)
    return " ".join(text.casefold().split())
