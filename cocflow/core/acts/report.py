"""The report: the four questions, the answers given later, and who the reporter is."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from cocflow.core.case.act import Act, Ask, Begun, Guard, Needed, Recorder
from cocflow.core.case.case import Case, once
from cocflow.core.case.facts import BodyEdited, Fact, sha256
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Number, Words
from cocflow.core.forms.form import QUESTIONS, Report
from cocflow.core.forms.numbered import merge, numbered_answers
from cocflow.core.people.contacts import without_contacts
from cocflow.core.people.person import Person, named
from cocflow.core.text.typed import has_words
from cocflow.errors import UserMistake

REPORTER = "reporter"
"""The id of the form's field that says for whom somebody else files."""


class Answer(Said, frozen=True):
    """Answer question `number`; without a number, `text` is a pasted list `1.` to `4.`."""

    number: int | None
    text: str

    def answers(self) -> dict[int, str]:
        """Return the answers by the question's number; UserMistake for a list that can't be read."""
        return {self.number: self.text} if self.number is not None else numbered_answers(self.text)


class ReporterKnown(Change, frozen=True, kw_only=True, tag="reporter"):
    """Who the reporter is: the issue's author, or somebody for whom the author filed.

    `said` is then the digest of the answer that says who, since the form's body stays editable, and
    `handles` are digests of the ways to name the person, to know an administrator by.
    """

    is_author: bool
    readers_off_roster: bool = False
    said: str = ""
    handles: tuple[str, ...] = ()


class Later(Part, frozen=True, kw_only=True, tag="answers"):
    """The answers given later, by the question's number."""

    words: dict[int, Words] = msgspec.field(default_factory=dict)


class AnswerGiven(Change, frozen=True, kw_only=True, tag="answer"):
    """The words of a comment hold the answer to the question of that number (1 to 4)."""

    number: Number
    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Let it stand in place of an earlier answer."""
        progress.keep(Later(words={**progress[Later].words, self.number: self.words}))


_NUMBER = re.compile(r"([0-9]{1,4})(?:([.):])(?![0-9])|(?=\s|$))")
_LISTED = re.compile(rf"^([1-{len(QUESTIONS)}])[.)](?=[ \t]|$)", re.MULTILINE)


def parse(line: str, rest: str) -> Answer:
    """Read `<n> text`, or a pasted list. `1. …` followed by a line `2. …` is a list, not answer 1."""
    text = f"{line}\n{rest}".strip()
    number = _NUMBER.match(text)
    last = len(QUESTIONS)
    if number is None:
        raise UserMistake(f"Say which question you answer, by its number from 1 to {last}.")
    if not 1 <= int(number[1]) <= last:
        raise UserMistake(f"The questions are numbered from 1 to {last}.")
    following = _LISTED.search(text, number.end())
    if number[2] and following and int(following[1]) > int(number[1]):
        return Answer(None, text)
    words = text[number.end() :].strip()
    if not has_words(words):
        raise UserMistake("The answer itself is missing.")
    return Answer(int(number[1]), words)


@once
def report(case: Case) -> Report:
    """Return the answers: those of the body, and above them those given later by `/answer`."""
    later: dict[int, str] = {}
    for number, words in case.progress[Later].words.items():
        command = case.command(words)
        given = command.answers() if isinstance(command, Answer) else {}
        if number in given:
            later[number] = given[number]
    return merge(case.filed, later) if later else case.filed


@once
def reporter(case: Case) -> Person:
    """Return the reporter: the author, or the person for whom an administrator filed."""
    author, known = case.author, case.progress.newest(ReporterKnown)
    if known is None or known.is_author:
        login = author.login if author else ""
        account = author.id if author and known is not None else ""
        return Person(key="reporter", name=login, role="reporter", login=login, account=account, here=True)
    said = case.filed.answers.text(REPORTER)
    if sha256(said) != known.said:
        return Person(key="reporter", name="", role="reporter")
    return filed_for(said)


def filed_for(said: str) -> Person:
    """Return the reporter whom the form of somebody else names: "Riya Sen, riya@example.org"."""
    first = said.strip().partition("\n")[0][:200]
    name = without_contacts(first).strip(" \t,;:()<>-`")
    return named("reporter", name, said, "reporter")


def answers_complete(case: Case, ask: Ask) -> str | None:
    """Refuse while one of the four questions has no answer."""
    answered = report(case)
    if isinstance(ask.command, Answer):
        answered = merge(answered, ask.command.answers())
    missing = ", ".join(str(one.number) for one in answered.unanswered)
    return f"There is still no answer to question {missing}." if missing else None


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Keep which comment answers what; an edit of the form may put right how somebody is reached."""
    if isinstance(ask.command, Answer):
        return tuple(AnswerGiven(number=n, words=ask.words) for n in sorted(ask.command.answers()))
    known = case.progress.newest(ReporterKnown)
    if not isinstance(ask.fact, BodyEdited) or known is None or known.is_author:
        return ()
    new = _known(case, for_another=True, readers_off_roster=known.readers_off_roster)
    return (new,) if new != known else ()


def _begins(case: Case, fact: Fact) -> Begun:
    administrator = case.administrator(fact.by)
    trusted = administrator is not None or case.issue.is_mine(fact)
    for_another = trusted and case.chosen("filed_for_another")
    return Begun((_known(case, for_another=for_another, readers_off_roster=not trusted),))


def _known(case: Case, *, for_another: bool, readers_off_roster: bool) -> ReporterKnown:
    if not for_another:
        return ReporterKnown(is_author=True, readers_off_roster=readers_off_roster)
    said = case.filed.answers.text(REPORTER)
    return ReporterKnown(
        is_author=False,
        readers_off_roster=readers_off_roster,
        said=sha256(said),
        handles=filed_for(said).digests(),
    )


def _handles(case: Case) -> Iterable[tuple[str, str]]:
    known = case.progress.newest(ReporterKnown)
    return (("reporter", handle) for handle in (known.handles if known is not None else ()))


def _needs(case: Case) -> Iterable[Needed]:
    for number, words in case.progress[Later].words.items():
        yield Needed(words=words, holds=f"the answer to question {number}", again=f"/answer {number} <text>")
    known = case.progress.newest(ReporterKnown)
    if known is not None and not known.is_author:
        said = case.filed.answers.text(REPORTER)
        words = Words(case.issue.id, known.said)
        yield Needed(words=words, holds="the name and the address of the reporter", text=said)


ACT = Act(
    name="report",
    serves=("incident",),
    commands=(
        Command(
            name="answer",
            usage=Usage(
                f"/answer <1 to {len(QUESTIONS)}> <text>",
                "/answer 2 It was on Tuesday, in the afternoon.",
                "Answer one of the four questions, or paste a list from 1. to 4. with several answers.",
            ),
            parse=parse,
            slashes="text",
        ),
    ),
    changes=(ReporterKnown, AnswerGiven),
    parts=(Later,),
    guards=(Guard("answers_complete", "All four questions of the form have an answer.", answers_complete),),
    records=(
        Recorder(
            "answers",
            "which comment answers which question, and how an edited form says to reach the reporter",
            _recorded,
            commands=("answer",),
            by_edit=True,
            holds_words=True,
        ),
    ),
    begins=_begins,
    people=lambda case: (reporter(case),),
    recorded=_handles,
    needs=_needs,
)
