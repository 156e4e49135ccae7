"""What to look at twice in a letter before it goes: names, addresses, and what a mail program added.

Owns what a reader may not know of the others in a case. It refuses to decide: whoever approves does. Only
what a person wrote is looked at; what templates say of others, the views rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cocflow.core.acts.consent import consent
from cocflow.core.acts.report import report
from cocflow.core.case.addressed import PARTIES, Addressed
from cocflow.core.case.case import Case
from cocflow.core.case.records import Owed, Words
from cocflow.core.people.contacts import mails_in, not_addresses, slack_in
from cocflow.core.people.person import Person
from cocflow.core.text.inert import inline
from cocflow.core.text.mailed import mailed_lines
from cocflow.core.text.typed import fold
from cocflow.core.views import view
from cocflow.core.views.base import Occasion, is_named

_LOGIN = re.compile(r"(?<![\w@.])@[A-Za-z0-9][A-Za-z0-9-]{0,38}(?![\w@])")
_HEAD = re.compile(
    r"^\W{0,8}to\s{1,8}(@?[^\s:\uff1a])[^:\uff1a\n]{0,60}[:\uff1a](\W{0,8}$)?", re.IGNORECASE | re.MULTILINE
)
"""What looks like the head of a part; before words on the same line, only with a name's capital."""


def doubts(case: Case, owed: Owed) -> tuple[str, ...]:
    """Return what in a letter is to be looked at twice, each a sentence in Markdown."""
    written = view(owed.notice.partition("/")[0], case, Occasion(owed=owed)).written
    return tuple(_doubts(case, owed, written)) if written else ()


def _doubts(case: Case, owed: Owed, written: str) -> Iterator[str]:
    if names := [inline(_called(one)) for one in _unknown(case, owed.to) if is_named(one, written)]:
        yield f"It names {' and '.join(dict.fromkeys(names))}, whom this reader may not know."
    own = case.person(owed.to)
    public = {mail.casefold() for mail in (*_public(case), own.mail if own else "") if mail}
    addresses = [*mails_in(written), *not_addresses(written), slack_in(written)]
    if found := [inline(one) for one in addresses if one and one.casefold() not in public]:
        yield f"It holds an address: {', '.join(dict.fromkeys(found))}."
    if logins := [inline(one) for one in _LOGIN.findall(written)]:
        yield f"It holds a login: {', '.join(dict.fromkeys(logins))}."
    if lines := mailed_lines(written):
        shown = "; ".join(inline(line[:100]) for line in lines[:5])
        yield f"Your mail program seems to have added lines: {shown}"
    if heads := [
        inline(head[0]) for head in _HEAD.finditer(written) if head[2] is not None or not head[1].islower()
    ]:
        yield f"\u201c{heads[0]}\u201d heads no part here: this reader gets what stands below it."


def _called(person: Person) -> str:
    return "the reporter" if person.role == "reporter" else person.called


def _unknown(case: Case, to: str) -> tuple[Person, ...]:
    """Return the people whom somebody may not know: the reporter without their yes, and the others.

    Whom the report names, the reporter knows.
    """
    people = (*case.people, *(case.incident.people if case.incident is not None else ()))
    given = consent(case.incident or case)
    allowed = given.named and given.level in (
        ("community",) if to == "community" else ("parties", "community")
    )
    own = case.person(to)
    found = [one for one in people if one.key != to and not (own is not None and _is_same(one, own))]
    if to == "reporter":
        said = "\n".join(str(value) for value in report(case).answers.values.values())
        return tuple(one for one in found if not is_named(one, said))
    return tuple(one for one in found if not (one.role == "reporter" and allowed))


def _is_same(one: Person, other: Person) -> bool:
    return bool(one.handles() & other.handles()) or (bool(one.name) and fold(one.name) == fold(other.name))


def _public(case: Case) -> tuple[str, ...]:
    return (*mails_in(case.community.outside_contact), case.community.appeals)


def doubts_of_all(case: Case, words: Words | None) -> tuple[str, ...]:
    """Return what is to be looked at twice in a draft as a whole: parts that nobody gets."""
    command = case.command(words)
    if not isinstance(command, Addressed) or case.people_who("party"):
        return ()
    if any(part.head == PARTIES for part in command.parts):
        return ("\u201cTo parties:\u201d is for nobody yet: there is no party.",)
    return ()
