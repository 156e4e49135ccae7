"""Outcomes in the words of a resolution: `Sam: suspension until 30 days`, and below it Sam's own.

Owns how such a head is written, whom it means, and what is nearly one. What isn't one is prose: a sentence
with a colon in it is no head. Where the process keeps no outcomes, nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain

import msgspec

from cocflow.core.case.addressed import NOBODY, Addressed, Part, meant
from cocflow.core.case.case import Case, once
from cocflow.core.case.grammar import Confidential
from cocflow.core.outcomes import Outcome
from cocflow.core.people.person import Person
from cocflow.core.text.inert import inline
from cocflow.core.text.placed import Line, own_lines
from cocflow.core.text.typed import INVISIBLE, apart, fold, has_words

RECORD = "outcomes"
"""What a move keeps that states outcomes, by its name in the process files."""

LONGEST_NAME = 5
"""The words of a name that nobody here has, before a colon and an outcome."""

LONGEST_OUTCOME = 4
"""The words behind a known name and a colon that may be meant as an outcome; more are a sentence."""

LONGEST_NEAR = 8
"""The same, where the first of them is nearly an outcome."""

IN_QUOTE = "One line is drawn into the quote above it. Leave a line empty between them."

WITHOUT_COLON = "One line is nearly the head of somebody's words: a colon stands behind the name."

_STROKES = " -=\u2013\u2014\u2192>"
"""What people put behind a name in place of a colon."""

_LINE = re.compile(r"\s{0,8}([^\s:\uff1a>][^:\uff1a]{0,99})[:\uff1a](.{0,100})")
_AROUND = " \t*_-\u2022."
_AROUND_BOTH = re.compile(r"^\s*[*_\u2022-]|[*_-]\s*(?:[:\uff1a]|$)|[:\uff1a]\s*[*_-]")
_UNTIL = re.compile(r"until\s+(\S.*)", re.IGNORECASE)


class Head(Confidential, msgspec.Struct, frozen=True, kw_only=True):
    """One head: whom it means, the outcome, and its end as typed.

    `person` is None where it means nobody; `outcome` is its name. `why` is what is wrong with it, None where
    nothing is, and `copy` the line as it may be meant.
    """

    person: Person | None
    outcome: str = ""
    until: str | None = None
    why: str | None = None
    copy: str = ""


class Stated(Confidential, msgspec.Struct, frozen=True, kw_only=True):
    """A resolution's words, cut at their heads too; and the heads in the order in which they were written."""

    command: Addressed
    heads: tuple[Head, ...] = ()

    @property
    def mistake(self) -> Head | None:
        """The first head that isn't one."""
        return next((one for one in self.heads if one.why is not None), None)


def states_outcomes(case: Case) -> bool:
    """Whether resolutions of the case may state outcomes: its process keeps them, and there are any."""
    return bool(case.process.outcomes) and any(RECORD in move.records for move in case.process.moves)


def concerned(case: Case) -> tuple[Person, ...]:
    """Return those about whom an outcome may be stated; a party who is suspended too, as the party."""
    return (*case.people_who("party"), *case.people_who("suspended"))


@once
def stated(case: Case, command: Addressed) -> Stated:
    """Return the words of a resolution cut at their heads.

    What stands below a head goes to whom it means; if it means nobody (any more), to nobody. What only looks
    like a head stays where it is: no such resolution is granted.
    """
    if not states_outcomes(case):
        return Stated(command=command)
    parts: list[Part] = []
    heads: list[Head] = []
    for part, written in _drawn(command):
        now, lines = part, list[str]()
        for line, drawn in written:
            head = _read(case, line) if drawn is not None else None
            if head is not None and drawn is not None and drawn.in_quote:
                head = _wrong(msgspec.structs.replace(head, outcome=""), IN_QUOTE, line.strip())
            if head is not None:
                heads.append(head)
            if head is None or not head.outcome:
                lines.append(line)
                continue
            parts.append(msgspec.structs.replace(now, words="\n".join(lines).strip()))
            key = head.person.key if head.person is not None else NOBODY
            now, lines = Part(head="", words="", key=key), []
        parts.append(msgspec.structs.replace(now, words="\n".join(lines).strip()))
    cut = tuple(one for one in parts if has_words(one.words) or one.head)
    return Stated(command=Addressed(cut), heads=tuple(_told_apart(case, heads)))


def _drawn(command: Addressed) -> Iterator[tuple[Part, list[tuple[str, Line | None]]]]:
    """Give the parts with their lines, and how each is drawn: None where it is code, a quote or hidden."""
    written = [part.words.split("\n") for part in command.parts]
    above = [["", f"To {part.head}:"] for part in command.parts]
    text = "\n".join(line for lines in zip(above, written, strict=True) for line in chain(*lines))
    drawn = {line.place: line for line in own_lines(text)}
    place = 0
    for part, lines in zip(command.parts, written, strict=True):
        place += 2
        yield part, [(line, drawn.get(place + n)) for n, line in enumerate(lines)]
        place += len(lines)


def own_words(said: Stated, key: str) -> str:
    """Return the words that stand below somebody's head."""
    return "\n\n".join(part.words for part in said.command.parts if part.key == key)


@once
def outcome_names(case: Case) -> tuple[str, ...]:
    """Return what an outcome may be called here: as it is today, and as it was when it was decided."""
    today = (one.name for one in case.process.outcomes)
    return tuple(dict.fromkeys((*today, *(one.outcome for one in case.outcomes))))


def _read(case: Case, line: str) -> Head | None:
    """Read a line as a head, or as what is nearly one; None for prose."""
    plain = "".join(letter for letter in line[:240] if letter not in INVISIBLE)
    found = _LINE.fullmatch(plain.rstrip())
    if found is None:
        return _without_colon(case, plain)
    name, said = found[1].strip(_AROUND), found[2].strip(_AROUND)
    who = meant(concerned(case), name)
    one = _one(who)
    outcome, rest = _outcome_in(case, said)
    if outcome is None:
        return _nearly(case, line, name, said, one) if who else None
    until = _UNTIL.fullmatch(rest.rstrip("."))
    if rest and until is None and not who:
        return None
    end = until[1].strip() if until is not None else None
    head = Head(person=one, outcome=outcome, until=end)
    if not who and len(name.split()) > LONGEST_NAME:
        return None
    shown = inline(name)
    if not who and len(several := _names(case, name)) > 1:
        copies = "\n".join(f"{one}: {said}\n<words>" for one in several)
        return _wrong(head, f"\u201c{shown}:\u201d names several. Each has a line of their own.", copies)
    clean = f"{name}: {outcome}{f' until {end}' if end else ''}"
    known = case.process.outcomes.get(outcome)
    if not who:
        return _wrong(
            head, f"\u201c{shown}:\u201d stands for nobody in this case.", _with_known(case, name, said)
        )
    if one is None:
        names = " or ".join(inline(each.called) for each in who)
        return _wrong(
            head, f"\u201c{shown}:\u201d may mean {names}. Write the whole name.", f"<name>: {said}"
        )
    if rest and until is None:
        why = f"What stands behind \u201c{shown}: {outcome}\u201d isn't read there: write it one line down."
        if known is not None and known.end != "none":
            why = f"Until when? `{outcome}` is written with `until` and a time, nothing else."
        return _wrong(msgspec.structs.replace(head, outcome=""), why, _form(name, known, rest))
    if known is not None and known.end == "needed" and end is None:
        return _wrong(head, f"Until when? `{outcome}` is said with an end.", _form(name, known, ""))
    if known is not None and known.end == "none" and end is not None:
        return _wrong(head, f"`{outcome}` has no end.", f"{name}: {outcome}")
    if not _is_plain(line):
        return _wrong(head, "One line is nearly the head of somebody's words.", clean)
    return head


def _without_colon(case: Case, line: str) -> Head | None:
    """Return what would be a head if it had its colon: a known name and an outcome, and nothing else."""
    words = line.strip(_AROUND).split()
    for length in range(1, min(len(words), LONGEST_NAME + 1)):
        name = " ".join(words[:length]).rstrip(_STROKES)
        outcome, rest = _outcome_in(case, " ".join(words[length:]).lstrip(_STROKES))
        if outcome is None or (rest and _UNTIL.fullmatch(rest) is None):
            continue
        if who := meant(concerned(case), name):
            copy = _form(name, case.process.outcomes.get(outcome), rest)
            return _wrong(Head(person=_one(who)), WITHOUT_COLON, copy)
    return None


def _is_plain(line: str) -> bool:
    """Whether a line is a name and an outcome with nothing around them, as of a list or of bold letters."""
    return not _AROUND_BOTH.search(line)


def _one(who: tuple[Person, ...]) -> Person | None:
    """Return the one person that these are: a party, whose account may be suspended too; None if several."""
    parties = tuple(one for one in who if one.role == "party")
    if len(parties) == 1 and all(fold(one.name) == fold(parties[0].name) for one in who):
        return parties[0]
    return who[0] if len(who) == 1 else None


def _outcome_in(case: Case, said: str) -> tuple[str | None, str]:
    """Cut what follows a colon into an outcome, by the longest name, and the rest; None where none is."""
    words = said.split()
    for length in range(min(len(words), LONGEST_OUTCOME), 0, -1):
        name = fold(" ".join(words[:length]).rstrip(".,;!?"))
        if name in outcome_names(case):
            return name, " ".join(words[length:])
    return None, said


def _nearly(case: Case, line: str, name: str, said: str, person: Person | None) -> Head | None:
    """Return what is nearly a head: a known name, and a word that isn't an outcome; None for a sentence."""
    first = said.split(" until ")[0]
    near = _nearest(case, first)
    length = len(first.split())
    is_longer = near is None or length > len(near.split())
    ends = is_longer and line.rstrip().endswith((".", "!", "?"))
    if said and (ends or length > (LONGEST_OUTCOME if near is None else LONGEST_NEAR)):
        return None
    known = case.process.outcomes.get(near or "")
    several = ", ".join(one.name for one in case.process.outcomes)
    why = (
        f"That is no outcome. There are: {several}."
        if said
        else f"The outcome is missing. There are: {several}."
    )
    end = said.partition(" until ")[2]
    return Head(person=person, why=why, copy=_form(name, known, f"until {end}" if end else ""))


def _nearest(case: Case, said: str) -> str | None:
    words = fold(said).split()
    names = [one for one in outcome_names(case) if words and one[0] == words[0][0]]
    starts = (" ".join(words[:length]) for length in range(min(len(words), LONGEST_OUTCOME), 0, -1))
    close = (get_close_matches(one, names, n=1, cutoff=0.6) for one in starts)
    return next((one[0] for one in close if one), None)


def _form(name: str, outcome: Outcome | None, rest: str) -> str:
    """Return a line as it would be read, with what has to be filled in."""
    if outcome is None:
        return f"{name}: <outcome>"
    end = _UNTIL.fullmatch(re.sub(r"^(?:for|till|to|,)\s+", "until ", rest.rstrip(".")))
    if outcome.end == "none" or end is None or len(end[1].split()) > LONGEST_OUTCOME:
        return f"{name}: {outcome.form}"
    return f"{name}: {outcome.name} until {end[1]}"


def _names(case: Case, name: str) -> tuple[str, ...]:
    """Return the names that stand where one should, as the case has them; () unless each is somebody's."""
    found = [_one(meant(concerned(case), one)) for one in apart(name) if one]
    known = tuple(one.called for one in found if one is not None)
    return known if len(known) == len(found) else ()


def _with_known(case: Case, name: str, said: str) -> str:
    """Return a head with the name that a misspelt one may be."""
    whole = {fold(one.name): one.name for one in concerned(case) if one.name}
    names = {word: one for name_, one in whole.items() for word in name_.split()} | whole
    near = get_close_matches(fold(name), names, n=1)
    return f"{names[near[0]] if near else '<name>'}: {said}"


def _wrong(head: Head, why: str, copy: str) -> Head:
    return msgspec.structs.replace(head, why=why, copy=copy)


def _told_apart(case: Case, heads: list[Head]) -> Iterator[Head]:
    """Give the heads; a second one for the same person is a mistake."""
    seen: set[str] = set()
    for head in heads:
        key = head.person.key if head.person is not None else None
        if head.why is None and key in seen:
            why = f"There are two outcomes for {inline(case.called(key or ''))}. Leave the one that is meant."
            yield _wrong(head, why, f"{case.called(key or '')}: {head.outcome}")
            continue
        if key is not None:
            seen.add(key)
        yield head
