"""Answers given later, by the numbers of the questions.

Owns how they are told apart, and how they take their place in a report. Refuses what could be a list
inside an answer: taken for answers, it would replace what was said before.

Answers are confidential: no repr and no exception here holds any.
"""

import re
from collections.abc import Mapping

import msgspec

from cocflow.core.forms.form import QUESTIONS, Answers, Report, questions
from cocflow.core.forms.markdown import structure_of
from cocflow.core.forms.normal import lines_of, normalise, trimmed
from cocflow.errors import UserMistake

_LAST = len(QUESTIONS)
_NUMBERS = (
    f"The questions are 1 to {_LAST}, each answered once: `/answer 2 …`, or `/answer` and a list of `1. …`."
)
_NUMBERED = re.compile(r"([0-9]+)[.)](?:[ \t]+|$)(.*)", re.DOTALL)
_ALONE = re.compile(r"([0-9]+)(?:[.):]|(?=[ \t]|$))[ \t]*(.*)", re.DOTALL)


def numbered_answers(text: str) -> dict[int, str]:
    """Return the answers of `1. …`, `2) …` or, for the first one, `3 …`, by number; each may have many lines.

    Numbers inside a fence or after white space are a part of an answer. Raises UserMistake for anything
    but the questions' numbers in rising order with words behind each: a list inside an answer, taken for
    answers, would replace what was said before.
    """
    lines = list(trimmed(lines_of(text)))
    fenced = structure_of(lines).fenced
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
    if digits not in map(str, range(1, _LAST + 1)):
        raise UserMistake(f"{_NUMBERS} Put a space before numbers that are a part of an answer.")
    return int(digits)


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
