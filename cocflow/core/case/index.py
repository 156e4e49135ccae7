"""What facts are by themselves, whatever was decided and whoever has a part: read once, however long a run.

Owns which facts can't ask for anything, which comments are commands by their very first character, and which
of cocflow's own hold a letter or a word of another report. Refuses to say who may ask for what: that is
`engine/requests.py`'s.
"""

from __future__ import annotations

from typing import NamedTuple

from cocflow.core.case.facts import Commented, Fact, Issue, Opened
from cocflow.core.case.grammar import command_word
from cocflow.core.case.growing import grows
from cocflow.core.case.records import JOINING, MAIL, claim


class Asking(NamedTuple):
    """The facts that may ask for something, in order, and the words of those that surely do, by id.

    A person's comment that begins with `/` is a command, whether the grammar knows it or not.
    """

    facts: tuple[Fact, ...] = ()
    words: dict[str, str] = {}  # noqa: RUF012 - never changed


@grows(Asking)
def asking(issue: Issue, known: Asking, news: tuple[Fact, ...]) -> Asking:
    """Return the facts of an issue that may ask for something: no bot's, but for what cocflow files."""
    may = [fact for fact in news if _may_ask(issue, fact)]
    words = {
        fact.id: word
        for fact in may
        if isinstance(fact, Commented) and fact.body.startswith("/") and not issue.is_mine(fact)
        if (word := command_word(fact.body, {}))
    }
    return Asking((*known.facts, *may), {**known.words, **words})


def _may_ask(issue: Issue, fact: Fact) -> bool:
    if isinstance(fact, Opened):
        return True
    if issue.is_mine(fact):
        return isinstance(fact, Commented) and claim(fact.body) in (MAIL, JOINING)
    return fact.by is None or not fact.by.bot


@grows(dict[str | None, tuple[Commented, ...]])
def _own(
    issue: Issue, known: dict[str | None, tuple[Commented, ...]], news: tuple[Fact, ...]
) -> dict[str | None, tuple[Commented, ...]]:
    found: dict[str | None, tuple[Commented, ...]] = dict(known)
    for fact in news:
        if isinstance(fact, Commented) and issue.is_mine(fact):
            claims = claim(fact.body)
            found[claims] = (*found.get(claims, ()), fact)
    return found


def own(issue: Issue, claims: str) -> tuple[Commented, ...]:
    """Return cocflow's own comments that claim to be something, in order: see `records.claim`."""
    return _own(issue).get(claims, ())


@grows(dict[str, Commented])
def comments(issue: Issue, known: dict[str, Commented], news: tuple[Fact, ...]) -> dict[str, Commented]:
    """Return the comments of an issue by their node ids."""
    return {**known, **{fact.id: fact for fact in news if isinstance(fact, Commented)}}
