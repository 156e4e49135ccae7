"""What people are still to be told, and that somebody was told by other means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from cocflow.core.acts.hearing import spoken_name
from cocflow.core.case.act import Act, Ask, Guard, Instant, Needed, Recorder
from cocflow.core.case.addressed import named, readers
from cocflow.core.case.case import SENDER, Case
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Owed, Words
from cocflow.core.process import KINDS
from cocflow.core.text.inert import inline
from cocflow.core.text.typed import fold, has_words
from cocflow.errors import UserMistake

NOT_PEOPLE = ("incident", "channel", "other", SENDER)
"""Whom a notice may be owed to besides people of the case: a suspension's incident, the administrators'
channel, another report with which this one is handled, and whoever a mail says wrote it.
"""


class Told(Said, frozen=True):
    """Record that someone was told by other means; `rest` is cut into who and how by split_told."""

    rest: str


class ToldByHand(Change, frozen=True, kw_only=True, tag="told"):
    """These notices were told by other means; the words say how."""

    notices: tuple[str, ...]
    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Owe them no more."""
        progress.tell(dict.fromkeys(self.notices, record.at))


class Returned(Part, frozen=True, kw_only=True, tag="returned"):
    """The notices that came back: they aren't sent again, and somebody tells them by hand."""

    notices: tuple[str, ...] = ()


class NoticesReturned(Change, frozen=True, kw_only=True, tag="notices_returned"):
    """These notices were sent and came back, so nobody has been told."""

    notices: tuple[str, ...]

    def apply(self, progress: Progress, record: Record) -> None:
        """Owe them again, by hand, from now on."""
        progress.told.difference_update(self.notices)
        progress.reached = {id_: at for id_, at in progress.reached.items() if id_ not in self.notices}
        progress.owed_since.update(dict.fromkeys(self.notices, record.at))
        progress.keep(Returned(notices=(*progress[Returned].notices, *self.notices)))


_SOMEHOW = "somehow"
_LEFT_OPEN = ("how", "<how>")
"""What stands for how somebody was told in a form that isn't filled in."""

USAGE = Usage(
    "/told <name or reporter> <how>",
    "/told reporter by phone, this morning",
    "Record that someone was told by other means.",
)


def parse(line: str, rest: str) -> Told:
    """Read `<name> <how>`, uncut: only who knows the case can tell a name's end; see split_told."""
    text = f"{line}\n{rest}".strip()
    if not has_words(text):
        raise UserMistake("Say who was told, and how.")
    return Told(text)


def split_told(rest: str, known: Iterable[str]) -> tuple[str, str]:
    """Cut the words of `/told` into who, as spelt in `known` or `reporter`, and how.

    The longest known name wins; case doesn't matter, nor a leading `@`. Raises UserMistake when nobody
    known is named, without listing who is known, or when it isn't said how.
    """
    names = {tuple(fold(name).split()): name for name in (*known, "reporter")}
    names.pop((), None)
    tokens = list(islice(re.finditer(r"\S+", rest), max(map(len, names))))
    for length in range(len(tokens), 0, -1):
        said = tuple(fold(" ".join(token[0] for token in tokens[:length])).split())
        if said in names:
            how = rest[tokens[length - 1].end() :].lstrip(" \t\n:,-\u2013\u2014").rstrip()
            if has_words(how) and fold(how) not in _LEFT_OPEN:
                return names[said], how
            raise UserMistake("Say how they were told.")
    raise UserMistake(
        "I know nobody of that name here. It is either `reporter`, or a name as it was given to `/party`."
    )


def owed_to_people(case: Case) -> tuple[Owed, ...]:
    """Return the notices that somebody has yet to get."""
    return tuple(notice for notice in case.progress.owed() if notice.to not in NOT_PEOPLE)


def told(case: Case, command: Told) -> tuple[Owed, ...]:
    """Return what `/told` marks as told; UserMistake if it names nobody.

    Somebody may be in a case in several roles, by one name: all that they are owed is meant. One word of a
    name means them, as at the head of words, where nobody else has it.
    """
    names: dict[str, set[str]] = {
        "community": {"community"},
        "reporter": {"reporter"},
        "outside contact": {"outside"},
        "the outside contact": {"outside"},
    }
    for person in case.people:
        if person.role == "reporter":
            continue
        standing = f"party {person.key.removeprefix('p')}" if person.role == "party" else person.key
        for name in filter(None, (person.name, standing, person.key)):
            names.setdefault(fold(name), set()).add(person.key)
    for person in readers(case):
        for word in fold(person.name).split():
            if [one.key for one in named(case, word)] == [person.key]:
                names.setdefault(word, {person.key})
    who, _ = split_told(command.rest, names)
    return tuple(notice for notice in case.progress.owed() if notice.to in names[who])


def sent(case: Case) -> tuple[str, ...]:
    """Return the notices that were sent and may still come back: a notice comes back once."""
    progress = case.progress
    return tuple(id_ for id_ in progress.notices if id_ in progress.told - set(progress[Returned].notices))


def someone_untold(case: Case, ask: Ask) -> str | None:
    """Refuse a `/told` that names nobody, or somebody who has been told everything."""
    if not isinstance(ask.command, Told):
        return "Say who was told, and how."
    if not owed_to_people(case):
        return "Everyone has been told what there is to tell."
    try:
        notices = told(case, ask.command)
    except UserMistake as mistake:
        return str(mistake)
    return None if notices else "There is nothing that they haven't been told."


def _line(case: Case, ask: Ask) -> str | None:
    """Return the line for whoever is named and has something to be told, or for the first one who has."""
    said = ask.command.rest if isinstance(ask.command, Told) else ""
    try:
        meant = told(case, Told(f"{said} {_SOMEHOW}"))
    except UserMistake:
        meant = ()
    owed = meant or owed_to_people(case)
    return f"/told {spoken_name(case, owed[0].to)} <how>" if owed else None


def notices_owed(case: Case, ask: Ask) -> str | None:
    """Refuse where everybody has been told everything."""
    return None if owed_to_people(case) else "Nobody is owed anything."


def owed_since(case: Case) -> datetime | None:
    """Return since when somebody has been owed a notice."""
    since = (case.progress.owed_since.get(one.id) for one in owed_to_people(case))
    return min((one for one in since if one is not None), default=None)


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    if not isinstance(ask.command, Told):
        return ()
    return (ToldByHand(notices=tuple(one.id for one in told(case, ask.command)), words=ask.words),)


def _needs(case: Case) -> Iterable[Needed]:
    for one in owed_to_people(case):
        if one.words is not None:
            yield Needed(
                words=one.words,
                holds=f"what {inline(case.called(one.to))} is still to be told",
                again=USAGE.form,
            )


ACT = Act(
    name="told",
    serves=KINDS,
    commands=(
        Command(name="told", usage=USAGE, parse=parse, slashes="refused", instead=("informed", "notified")),
    ),
    changes=(ToldByHand, NoticesReturned),
    parts=(Returned,),
    needs=_needs,
    guards=(
        Guard(
            "someone_untold",
            "The person named has something to be told and has not been told it yet.",
            someone_untold,
            commands=("told",),
            copies=_line,
        ),
        Guard("notices_owed", "Somebody has yet to be told something.", notices_owed),
    ),
    records=(
        Recorder(
            "told",
            "what somebody was told by other means",
            _recorded,
            commands=("told",),
            guards=("someone_untold",),
            holds_words=True,
        ),
    ),
    instants=(Instant("notices.owed", "The time since when somebody has been owed a notice.", owed_since),),
)
