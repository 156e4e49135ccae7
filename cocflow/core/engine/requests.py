"""What asks for something: which facts are requests, in which order, and which moves they can mean.

The list is closed: opened; body edited; a person's command, or what is nearly one; its author's edit of
one that was answered; a `state:` or quick label added; closed; reopened; assigned; what cocflow has
filed, be it a letter or what it says of another report; and talk of the reporter's where it holds something
up, or objects.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.acts.dismiss import is_news
from cocflow.core.acts.hearing import awaits_hearing, is_first, speech, spoken
from cocflow.core.case.capacity import LAST, OWN
from cocflow.core.case.case import Case, once
from cocflow.core.case.corrected import corrections, was_done
from cocflow.core.case.facts import (
    Assigned,
    BodyEdited,
    Closed,
    Commented,
    Corrected,
    Fact,
    Labeled,
    Opened,
    Reopened,
    Unlabeled,
)
from cocflow.core.case.grammar import Command, Said, command_word, is_command, read_command, refuse_unfilled
from cocflow.core.case.ids import Edit
from cocflow.core.case.index import asking
from cocflow.core.case.letters import filed_again
from cocflow.core.engine import meant
from cocflow.core.process import STATE_PREFIX, Button, Move
from cocflow.core.text.inert import inline
from cocflow.core.text.mailed import mailed_lines
from cocflow.core.text.placed import starts_job
from cocflow.errors import UserMistake

LATEST = timedelta(days=1)
"""How old a command may be that nothing told of: what is older may not be meant any more."""

SOON = timedelta(minutes=15)
"""Whatever is answered within it isn't late."""

_HOLDING = tuple(one.name for one in GRAMMAR.values() if one.holds)
"""The commands over which nothing is told, one with more letters too."""

LEADING_ON = "continuation"
"""What a move records by which a case goes on in another issue."""


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the process knows it: which moves it can mean, and the command with it.

    `instead` is the state that a label asked for, to find the command that would lead there; `copy`
    the command itself, where a label only asks how it is written; `button` the button pressed.
    """

    means: Callable[[Move], bool]
    command: Said | None = None
    instead: str | None = None
    copy: str | None = None
    button: Button | None = None


def is_request(case: Case, fact: Fact) -> bool:
    """Whether a fact asks for something.

    The bot itself asks only for others: the suspensions that it opens, the mails that it files.
    """
    if case.issue.is_mine(fact) and isinstance(fact, Commented):
        filed = case.mail(fact)
        is_letter = filed is not None and filed.part == filed.parts and fact not in filed_again(case)
        return is_news(case, fact) or is_letter
    if case.issue.is_mine(fact) and not isinstance(fact, Opened):
        return False
    if fact.by is not None and fact.by.bot and not isinstance(fact, Opened):
        return False  # answering other bots could go round for ever; what they moved is put back
    match fact:
        case Opened() | Closed() | Reopened():
            return True
        case BodyEdited():
            return any(move.edit for move in case.process.moves)
        case Assigned():
            return any(move.assign for move in case.process.moves)
        case Commented(body=body):
            asks = _is_read(case, fact) and _asks(case, fact, body)
            return asks or holds_up(case, fact) or objects(case, fact)
        case Labeled(label=label):
            label = case.process.spelt(label)
            return label.startswith(STATE_PREFIX) or label in case.process.quick_labels()
        case _:
            return False


def _asks(case: Case, fact: Commented, body: str) -> bool:
    """Whether a comment is a command, or so nearly one that it has to be answered."""
    return is_command(body, GRAMMAR) or meant.is_meant(case, fact)


def _is_read(case: Case, fact: Commented) -> bool:
    """Whether a comment is read as people type: what stood there under an earlier version was only talk."""
    return fact.body.startswith("/") or fact.unchanged_since >= _typed_since(case)


@once
def _typed_since(case: Case) -> datetime:
    """Return since when commands are read wherever people type them; in the future, where none is yet."""
    since = (entry.record.at for entry in case.ledger.counted if entry.record.typed)
    return next(since, case.issue.now + SOON)


def is_late(case: Case, fact: Fact) -> bool:
    """Whether a comment is answered late, as it holds nothing by which the job would have been started."""
    if not isinstance(fact, Commented) or starts_job(fact.body) or case.mail(fact) is not None:
        return False
    author = case.issue.author
    if author is not None and fact.by is not None and author.id == fact.by.id:
        return False
    return case.issue.now - fact.unchanged_since >= SOON


def holds_up(case: Case, fact: Fact) -> bool:
    """Whether talk of the reporter's holds up what waits, and no receipt says yet that they spoke."""
    return not awaits_hearing(case) and spoken(case, fact) is not None


def objects(case: Case, fact: Fact) -> bool:
    """Whether the reporter begins to object by a fact, where the process has that put before people.

    What was said before it came so far is no objection to it.
    """
    since = case.progress.since_in(case.process.are("objection_open"))
    said = speech(case, fact) if since is not None and is_first(case, fact, since) else None
    return said is not None and said.who.role == "reporter"


@once
def open_requests(case: Case) -> list[Fact]:
    """Return the unanswered requests in the order of time; GitHub's own order breaks ties.

    A label that its own hand took off again before it was read asks for nothing.
    """
    progress, (facts, surely) = case.progress, asking(case.issue)
    waiting = [
        fact
        for fact in (*facts, *corrections(case))
        if fact.at >= progress.answered_upto and fact.id not in progress.answered
        if fact.id in surely or is_request(case, fact)
    ]
    off = _taken_off(case, waiting) | _told_as_lost(case, waiting)
    return sorted(
        (fact for fact in waiting if fact.id not in off),
        key=lambda fact: fact.at if fact.id in surely else when(case, fact),
    )


def is_done(case: Case, fact: Fact) -> bool:
    """Whether an edit is of a command that was done: what it asks for now isn't, unless it may take back."""
    return isinstance(fact, Commented) and was_done(case, fact) and not _takes_back(fact)


def _takes_back(fact: Commented) -> bool:
    return command_word(fact.body, GRAMMAR) in _HOLDING


def _told_as_lost(case: Case, waiting: list[Fact]) -> set[str]:
    """Return the edits of words that the case needs: whoever wrote them is told of that, and not twice."""
    done_ = {
        one: str(Edit(one.comment, one.at.isoformat()))
        for one in waiting
        if isinstance(one, Corrected) and is_done(case, one)
    }
    needed = {one.words.fact for one in ACTS.needs(case)} if done_ else set[str]()
    told = case.progress.answered
    return {one.id for one, edit in done_.items() if one.comment in needed or edit in told}


def _taken_off(case: Case, waiting: list[Fact]) -> set[str]:
    """Return which of these labels the same account has taken off again."""
    ids = {fact.id for fact in waiting if isinstance(fact, Labeled)}
    found, last = set[str](), dict[str, Fact]()
    for fact in case.issue.facts if ids else ():
        if not isinstance(fact, Labeled | Unlabeled):
            continue
        label = case.process.spelt(fact.label)
        before = last.pop(label, None)
        if isinstance(fact, Labeled):
            last[label] = fact
        elif before is not None and before.id in ids and before.by is not None and fact.by is not None:
            found |= {before.id} if before.by.id == fact.by.id else set()
    return found


def answerable(case: Case, requests: list[Fact]) -> list[Fact]:
    """Return those of the requests for which there is room: whoever fills an issue stops nothing by it.

    Of the last comments, some are for those who have a say, and the very last for going on in another issue.
    What isn't answered here is named where it goes on.
    """
    left = case.issue.space
    if left > OWN or case.progress.state is None:
        return requests
    theirs = [fact for fact in requests if "administrator" in case.roles(fact.by)]
    return theirs if left > LAST else [fact for fact in theirs if leads_on(case, fact)]


def leads_on(case: Case, fact: Fact) -> bool:
    """Whether a request would have the case go on in another issue."""
    try:
        trigger = trigger_of(case, fact)
    except UserMistake:
        return False
    return any(trigger.means(move) and LEADING_ON in move.records for move in case.process.moves)


def when(case: Case, fact: Fact) -> datetime:
    """Return when something was asked: a mail, when its server received it.

    What cocflow says of another report holds since that was so. What is edited may say anything, and so may
    what somebody else than cocflow has written.
    """
    filed, joining = case.mail(fact), case.joining(fact)
    if isinstance(fact, Commented) and fact.edited_at is not None:
        return fact.at
    if joining is not None:
        return joining.at
    return filed.received if filed is not None else fact.at


def words_wait(case: Case) -> bool:
    """Whether somebody has asked for what may take back what may be told, and isn't answered yet."""
    surely = asking(case.issue).words
    return any(
        _may_take_back(case, fact)
        for fact in open_requests(case)
        if fact.id not in surely or surely[fact.id].startswith(_HOLDING)
    )


def _may_take_back(case: Case, fact: Fact) -> bool:
    """Whether a fact may, if it is granted; nobody without a part in the case holds anything up."""
    if isinstance(fact, BodyEdited):
        return True
    if not isinstance(fact, Commented) or not case.roles(fact.by):
        return False
    return command_word(fact.body, GRAMMAR).startswith(_HOLDING)


def trigger_of(case: Case, fact: Fact) -> Trigger:
    """Return what a request can mean; UserMistake for what is no command, or isn't filled in."""
    match fact:
        case Commented():
            return _spoken(case, fact)
        case Labeled(label=label):
            label = case.process.spelt(label)
            if label in case.process.quick_labels():
                return _quick(case, label)
            to = label.removeprefix(STATE_PREFIX)
            return Trigger(means=lambda move: move.label and move.to == to, instead=to)
        case Closed():
            return Trigger(means=lambda move: move.button == "close", button="close")
        case Reopened():
            return Trigger(means=lambda move: move.button == "reopen", button="reopen")
        case Assigned():
            return Trigger(means=lambda move: move.assign)
        case _:
            return Trigger(means=lambda move: move.edit)


def _spoken(case: Case, fact: Commented) -> Trigger:
    """Return what a comment asks for; UserMistake where it is no command that its writer may give."""
    if not is_command(fact.body, GRAMMAR):
        raise meant.asked_about(case, fact)
    roles, word = case.roles(fact.by), command_word(fact.body, GRAMMAR)
    command = GRAMMAR.get(word)
    if command is None:
        raise meant.no_command(case, word, roles, fact.body)
    someones = {move.command for move in case.process.moves}
    if word not in meant.grammar_for(case, roles) and (word in someones or "administrator" not in roles):
        raise UserMistake("That isn't yours to do in this case.")
    if not fact.body.startswith("/") and case.issue.now - fact.unchanged_since > LATEST:
        raise meant.too_late()
    if command.at_once:
        _refuse_mailed(command, fact.body)
    refuse_unfilled(fact.body, GRAMMAR)
    said = read_command(fact.body, GRAMMAR)
    return Trigger(means=lambda move: move.command == word, command=said)


def _refuse_mailed(command: Command, body: str) -> None:
    """Refuse words that go out at once with what a mail program added: it was said to somebody else.

    A record that an older version made of such words is read as it was.
    """
    if lines := mailed_lines(body):
        raise UserMistake(
            "Your mail program seems to have added lines, and they would go out at once. They begin with:"
            f" {inline(lines[0][:100])}",
            copy=command.usage.form,
            hint="Send it without them.",
        )


def _quick(case: Case, label: str) -> Trigger:
    """Return what a quick label means: its command, with what the label stands for as its words."""
    moves = [move for move in case.process.moves if label in dict(move.quick_labels)]
    command = next((GRAMMAR[move.command] for move in moves if move.command is not None), None)
    value = case.process.quick_labels()[label]
    if value == "":
        return Trigger(means=lambda move: move in moves, copy=command.usage.form if command else None)
    said = command.parse(value, "") if command is not None else None
    return Trigger(means=lambda move: move in moves, command=said)
