"""Words in parts: what everybody gets who is told, and below a head what only those get whom it names.

Owns the heads: `To reporter:` and `To parties:`, and on a line of its own `To <name>:`, with a name, login
or key of somebody in the case; and the name with which words for one person begin. Who that is only a case
can tell. A head that nobody answers to (any more) has its words go to nobody: they were meant for one person
only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import islice

import msgspec

from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Confidential, Said
from cocflow.core.people.person import Person
from cocflow.core.text.inert import inline
from cocflow.core.text.typed import INVISIBLE, fold, has_words
from cocflow.errors import UserMistake

REPORTER, PARTIES = "reporter", "parties"
"""The heads that name a role."""

NOBODY = "nobody"
"""The key of words whose head names nobody (any more)."""

MOST_NAMES = 12
"""The words at the beginning of a text that may be a name."""

_AFTER_NAME = " \t,:;-\u2013\u2014"

# Only plain letters head a part: ſ is an s to IGNORECASE, and the words under it would belong to nobody.
_ROLE = re.compile(r"\s{0,8}to\s{1,8}(reporter|parties)\s{0,8}:(.*)", re.IGNORECASE | re.ASCII)
_PERSON = re.compile(r"\s{0,8}to\s{1,8}([^\s:][^:]{0,99})\s{0,8}:\s{0,8}", re.IGNORECASE)
_NUMBERED = re.compile(r"party\s[0-9]{1,3}\s{0,8}", re.IGNORECASE)
_NEARLY = re.compile(
    r"[\s>#*_-]{0,16}(?:to|for)\s{1,8}(?:the\s{1,8}|all\s{1,8})?(?:reporters?|party|parties)\b"
    r"(?:[^:\uff1a]{0,40}[:\uff1a]|[\s*_]{0,8}(?:[\u2013\u2014-]|$))",
    re.IGNORECASE,
)
_NEARLY_PERSON = re.compile(r"[\s>#*_-]{0,16}(?:to|for)\s{1,8}([^\s:\uff1a][^:\uff1a]{0,99})[:\uff1a]", re.I)


class Part(Confidential, msgspec.Struct, frozen=True):
    """The words below a head; the head is "" for those that everybody gets.

    `key`: whose alone they are (nobody has the key NOBODY), where the head isn't looked up any more.
    """

    head: str
    words: str
    key: str = ""


class Addressed(Said, frozen=True):
    """Words in parts, in the order in which they were written."""

    parts: tuple[Part, ...]


def parse_parts(text: str) -> tuple[Part, ...]:
    """Cut words at their heads. UserMistake where a role's part is there twice, or has no words."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in text.split("\n"):
        role, person = _ROLE.match(line), _PERSON.fullmatch(line)
        if role is not None:
            parts.append((role[1].lower(), [role[2]]))
        elif person is not None and (_NUMBERED.fullmatch(person[1]) or not _NEARLY.match(line)):
            parts.append((person[1].strip(), []))
        else:
            _refuse_nearly(line)
            parts[-1][1].append(line)
    read = tuple(Part(head, "\n".join(lines).strip()) for head, lines in parts)
    for name in (REPORTER, PARTIES):
        own = [part for part in read if part.head == name]
        if len(own) > 1:
            raise UserMistake(f"`To {name}:` is there twice, so I can't tell which words are meant.")
        if own and not has_words(own[0].words):
            raise UserMistake(f"The words after `To {name}:` are missing.")
    if not any(has_words(part.words) for part in read):
        raise UserMistake("The words are missing.")
    return tuple(part for part in read if part.head or has_words(part.words))


def _refuse_nearly(text: str) -> None:
    """Refuse what looks like a part's heading but isn't: its words would go to everyone."""
    start = "".join(letter for letter in text[:120] if letter not in INVISIBLE)
    if _NEARLY.match(start):
        raise UserMistake(
            "One line looks like the start of a part. A part starts with exactly `To reporter:` or "
            "`To parties:`, and I would rather ask than tell someone what isn't meant for them."
        )


def words_for(case: Case, command: Addressed, key: str) -> str:
    """Return all that somebody gets of words in parts: what everybody gets, and what is theirs."""
    return "\n\n".join(part.words for part in command.parts if _is_for(case, part, key))


def _is_for(case: Case, part: Part, key: str) -> bool:
    if part.key:
        return part.key == key
    if part.head in ("", REPORTER, PARTIES):
        return part.head == "" or (part.head == REPORTER) is (key == REPORTER)
    return [one.key for one in named(case, part.head)] == [key]


def readers(case: Case) -> tuple[Person, ...]:
    """Return those to whom words may be addressed; on a page below an incident, the one person of it."""
    if not case.is_incident:
        return (*case.people_who("suspended"), *case.people_who("guest"))
    return (*case.people_who("reporter"), *case.people_who("party"))


def named(case: Case, head: str) -> tuple[Person, ...]:
    """Return whom a head may mean: by a whole name, a login or a key, else by one word of a name."""
    return meant(readers(case), head)


def meant(among: tuple[Person, ...], head: str) -> tuple[Person, ...]:
    """Return whom of these a head may mean."""
    said = fold(head)
    whole = tuple(one for one in among if said in _names(one))
    return whole or tuple(one for one in among if said in fold(one.name).split())


def begins_with(case: Case, text: str, besides: tuple[Person, ...] = ()) -> tuple[Person, str]:
    """Cut words for one person into who that is, by the longest name that they begin with, and the rest.

    `besides`: who else may be named. Raises UserMistake where they name nobody, or two, its `copy` a name
    that may be meant.
    """
    among = (*readers(case), *besides)
    ends = [token.end() for token in islice(re.finditer(r"\S+", text.partition("\n")[0]), MOST_NAMES)]
    heads = [(text[:end].rstrip(_AFTER_NAME), text[end:]) for end in reversed(ends)]
    for head, rest in heads:
        found = meant(among, head) if head else ()
        if len(found) > 1:
            names = " or ".join(inline(one.called) for one in found)
            raise UserMistake(
                f"\u201c{inline(head)}\u201d may mean {names}. Write the whole name.", copy=found[0].called
            )
        if found:
            return found[0], rest.lstrip(f"\n{_AFTER_NAME}").rstrip()
    suspended = case.people_who("suspended") if case.is_incident else ()
    if any(meant(suspended, head) for head, _ in heads if head):
        raise UserMistake("Their account is suspended: write it on the page of the suspension.")
    nameless = (one.key for one in readers(case) if not one.name and one.role != "reporter")
    known = [*(["reporter"] if case.is_incident else []), *_called(case).values(), *nameless]
    near = _nearest(case, heads[-1][0]) if heads else None
    hint = f"Did you mean {inline(near)}?" if near else f"It can be {', '.join(map(inline, known[:10]))}."
    raise UserMistake(
        f"Begin with the name of whom you mean. {hint}", copy=near or (known[0] if len(known) == 1 else "")
    )


def _names(person: Person) -> tuple[str, ...]:
    number = f"party {person.key.removeprefix('p')}" if person.role == "party" else ""
    known = (person.name, person.login, person.key, number, person.called)
    return tuple(fold(name) for name in known if name)


def unaddressed(case: Case, command: Addressed) -> UserMistake | None:
    """Return why the parts can't be handed out as they are: a head that names nobody, or two.

    Its `copy` is the head as it may be meant.
    """
    seen: set[str] = set()
    for part in command.parts:
        if part.head in ("", REPORTER, PARTIES):
            continue
        head, found = f"To {inline(part.head)}:", named(case, part.head)
        if len(found) > 1:
            names = " or ".join(inline(one.called) for one in found)
            return _headed(f"\u201c{head}\u201d may mean {names}. Write the whole name.", found[0].called)
        if not found:
            why = f"\u201c{head}\u201d stands for nobody who is told this. {_instead(case, part.head)}"
            return _headed(why, _nearest(case, part.head))
        if not has_words(part.words):
            return UserMistake(f"The words below \u201c{head}\u201d are missing.")
        if found[0].key in seen:
            return UserMistake(f"There are two parts for {inline(found[0].called)}. Make them one.")
        seen.add(found[0].key)
    return next(_nearly_addressed(case, command), None)


def _headed(why: str, name: str | None) -> UserMistake:
    return UserMistake(why, copy=f"To {name}:" if name else "")


def _instead(case: Case, head: str) -> str:
    near = _nearest(case, head)
    if near:
        return f"Did you mean \u201cTo {inline(near)}:\u201d?"
    heads = (f"\u201cTo {inline(name)}:\u201d" for name in ("reporter", *_called(case).values()))
    return f"It can be {', '.join(islice(heads, 10))}."


def _called(case: Case) -> dict[str, str]:
    """Return the names of those to whom words may be addressed, but the reporter's, as they are compared."""
    return {fold(one.name): one.name for one in readers(case) if one.name and one.role != "reporter"}


def _nearest(case: Case, head: str) -> str | None:
    """Return the name that a misspelt one may be."""
    names = _called(case)
    known = {**names, **{word: name for whole, name in names.items() for word in whole.split()}}
    near = get_close_matches(fold(head), known, n=1)
    return known[near[0]] if near else None


def _nearly_addressed(case: Case, command: Addressed) -> Iterator[UserMistake]:
    """Give why lines that begin as a head does may be meant as one: their words would go to others."""
    for line in (line for part in command.parts for line in part.words.split("\n")):
        found = _NEARLY_PERSON.match("".join(letter for letter in line[:240] if letter not in INVISIBLE))
        if found is not None and named(case, name := found[1].strip(" *_")):
            yield _headed(
                f"\u201cTo {inline(name)}:\u201d heads a part only on a line of its own. Write the words for"
                " that person below it.",
                name,
            )


def told(case: Case, command: Addressed, keys: Iterable[str]) -> tuple[str, ...]:
    """Return those of these people (keys) for whom there are words at all."""
    return tuple(key for key in keys if words_for(case, command, key))
