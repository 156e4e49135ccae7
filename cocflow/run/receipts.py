"""Receipts: posted, checked whether they count, and what they say.

Owns the half of the rule *Which receipts count* that writes: a receipt that lost a race is deleted before
anything else is done. Owns the texts that an administrator tells by hand, too. It refuses to post twice
what may have been posted, and to cut a text: what doesn't fit into a comment is left out whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from cocflow.core.acts.consent import consent
from cocflow.core.acts.hearing import spoken_name
from cocflow.core.acts.told import NOT_PEOPLE, NoticesReturned, owed_to_people
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Commented
from cocflow.core.case.progress import Record
from cocflow.core.case.records import WITHOUT_RECORD, Owed, receipt_line
from cocflow.core.engine.decision import Decision
from cocflow.core.engine.reading import Read
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.core.views.doubts import doubts, doubts_of_all
from cocflow.errors import AdapterError, CocflowError
from cocflow.messages import coded, fenced, inline
from cocflow.ports import AddComment, DeleteComment, fits
from cocflow.run.desk import Desk

TOO_LONG = "(This is too long to repeat here. The words stand in the comment that asked for it.)"

GOES_ON = "(This belongs to what is said above.)"
BETWEEN = "\n\n---\n\n"


class TooLongError(CocflowError):
    """What a receipt has to record fits into no comment, so nothing was decided."""

    def __init__(self, number: int) -> None:
        super().__init__(f"What issue {number} would have to record fits into no comment.")


def post(desk: Desk, case: Case, decision: Decision) -> tuple[Read, bool]:
    """Post a receipt and read the tail; return the read as it is then, and whether the receipt counts."""
    line = receipt_line(decision.record, desk.seal, case.issue.id)
    if not fits(line):
        raise TooLongError(case.issue.number)
    body, *further = in_comments(_parts(desk, case, decision), line)
    expecting: str | None = None
    try:
        expecting, tail = desk.tracker.answer(case.issue, body)
    except AdapterError as error:
        if not error.uncertain:
            raise
        read = desk.went_on(case, desk.tracker.tail(case.issue))
        issue = read.issue
        if not any(issue.is_mine(one) and one.body.endswith(line) for one in issue.comments()):
            raise
    else:
        read = desk.went_on(case, tail)
    issue, ledger = read.issue, read.ledger
    news = issue.comments()[len(case.issue.comments()) :]
    same = {one.id for one in news if issue.is_mine(one) and one.body.endswith(line)}
    ours = same if expecting is None else {expecting}
    counts = any(entry.id in ours for entry in ledger.counted)
    lost = [entry.id for entry in ledger.void if entry.id in ours]
    if counts and further:
        desk.tracker.write(issue, [AddComment(text) for text in further])
    if not lost:
        return read, counts
    desk.tracker.write(issue, [DeleteComment(one) for one in lost])
    left = tuple(fact for fact in issue.facts if fact.id not in lost)
    return desk.parsed(msgspec.structs.replace(issue, facts=left)), counts


def say_the_rest(desk: Desk, read: Read, decided: Callable[[Read], tuple[Case, Decision | None]]) -> None:
    """Post what the newest receipt goes on with, where a run died before it had said all of it.

    Then the card names a receipt before it. `decided` decides as on a read of before that receipt, once more:
    where that is another decision now, words have changed since, and nobody gets them.
    """
    issue, last, card = read.issue, read.ledger.last, read.ledger.card_record
    places = {fact.id: place for place, fact in enumerate(issue.facts)}
    if last is None or last.id not in places or (card is not None and card.n >= last.record.n):
        return
    before, since = issue.facts[: places[last.id]], issue.facts[places[last.id] :]
    case, decision = decided(desk.parsed(msgspec.structs.replace(issue, facts=before)))
    if decision is None or _decides(decision.record) != _decides(last.record):
        return
    _, *further = in_comments(_parts(desk, case, decision), receipt_line(last.record, desk.seal, issue.id))
    said = [one for one in since if isinstance(one, Commented) and issue.is_mine(one)]
    missing = further[sum(one.body.startswith(GOES_ON) for one in said) :]
    if missing:
        desk.tracker.write(issue, [AddComment(text) for text in missing])


def _decides(record: Record) -> tuple[object, ...]:
    """Return what a record decides, without what it only remembers."""
    return record.n, record.prev, record.of, record.move, record.refused, record.changes, record.owed


def _parts(desk: Desk, case: Case, decision: Decision) -> list[str]:
    """Return what a receipt says: the notices whose channel is the issue, then what to tell by hand."""
    after = case.after(decision.record)
    outside = [one for one in decision.record.owed if one.to not in NOT_PEOPLE and not one.by_receipt]
    by_hand = [one for one in outside if not _reachable(desk, after, one)]
    by_hand += [one for one in after.progress.owed() if one.id in _returned(decision)]
    occasion = Occasion(
        decision=decision,
        sent=tuple(after.called(one.to) for one in outside if one not in by_hand),
        by_hand=tuple(after.called(one.to) for one in by_hand),
    )
    parts = [_said(desk, after, name, occasion) for name in decision.says]
    sent = after.after(decision.would) if decision.would is not None else after
    letters = [_letter(desk, sent, one) for one in decision.shows]
    if decision.shows and (twice := doubts_of_all(sent, decision.shows[0].words)):
        letters = [_look_twice(twice), *letters]
    told = [told_by_hand(desk, after, one) for one in by_hand]
    return [*parts, *letters, *told, *_anew(desk, case, after)]


def _returned(decision: Decision) -> frozenset[str]:
    """Return the notices of which a receipt says that they came back."""
    changes = decision.record.changes
    return frozenset(id_ for one in changes if isinstance(one, NoticesReturned) for id_ in one.notices)


def _letter(desk: Desk, case: Case, owed: Owed) -> str:
    """Return a letter of a draft exactly as its reader would get it, so that it can be approved."""
    name, subject = inline(case.called(owed.to)), desk.templates.subject(owed.notice)
    letter = f"**What {name} would get** (subject: *{subject}*):\n\n{fenced(rendered(desk, case, owed))}"
    twice = doubts(case, owed)
    return f"{letter}\n\n{_look_twice(twice)}" if twice else letter


def _look_twice(at: Iterable[str]) -> str:
    return "**Look twice.** " + " ".join(at)


def _anew(desk: Desk, case: Case, after: Case) -> list[str]:
    """Return the texts to be told by hand that a new consent has made others than they were."""
    if consent(after) == consent(case) or case.progress.state is None:
        return []
    still = [one for one in owed_to_people(case) if one in owed_to_people(after)]
    waiting = [msgspec.structs.replace(one, under="") for one in still]
    by_hand = [one for one in waiting if not _reachable(desk, after, one)]
    changed = [one for one in by_hand if rendered(desk, case, one) != rendered(desk, after, one)]
    if not changed:
        return []
    return [
        "**What waits to be told by hand is another text now.** Use this, and nothing from above.",
        *(told_by_hand(desk, after, one) for one in changed),
    ]


def rendered(desk: Desk, case: Case, owed: Owed) -> str:
    """Return what a notice says to whom it is owed, under the present consent."""
    return desk.templates.render(owed.notice, view(owed.notice.partition("/")[0], case, Occasion(owed=owed)))


def _said(desk: Desk, after: Case, name: str, occasion: Occasion) -> str:
    """Return what one template says; whoever is mentioned is led to the card."""
    text = desk.templates.render(name, view(name.partition("/")[0], after, occasion))
    card = after.ledger.card
    if card is None or not text.startswith("@"):
        return text
    return (
        f"{text}\n\n[How it stands, and what comes next]({after.issue.url}#issuecomment-{card.database_id})"
    )


def in_comments(parts: Iterable[str], line: str) -> list[str]:
    """Return the parts as comments that GitHub takes, each part whole; the first one ends with a line.

    What doesn't fit into the first goes on in further ones. A part that no comment holds isn't repeated.
    """
    texts: list[str] = [""]
    for part in (part for part in parts if part):
        alone = f"{GOES_ON}\n\n{part}"
        said = part if fits(_ending(alone, WITHOUT_RECORD)) else TOO_LONG
        longer = BETWEEN.join(one for one in (texts[-1], said) if one)
        if fits(_ending(longer, line if len(texts) == 1 else WITHOUT_RECORD)):
            texts[-1] = longer
        else:
            texts.append(f"{GOES_ON}\n\n{said}")
    first, *further = texts
    return [_ending(first, line), *(_ending(text, WITHOUT_RECORD) for text in further)]


def in_one(parts: Iterable[str], line: str) -> str:
    """Return the parts as one comment that GitHub takes and that ends with a line, as the card is one."""
    kept: list[str] = []
    for part in (part for part in parts if part):
        longer = _ending(BETWEEN.join([*kept, part]), f"{TOO_LONG}{line}")
        kept.append(part if fits(longer) else TOO_LONG)
    return _ending(BETWEEN.join(dict.fromkeys(kept)), line)


def _ending(text: str, line: str) -> str:
    return f"{text}\n\n{line}"


def told_by_hand(desk: Desk, case: Case, owed: Owed) -> str:
    """Return a notice that no channel reaches, ready to copy and to be told by an administrator.

    They see it as it is told, so it says what may be shared now.
    """
    name = case.called(owed.to)
    text = rendered(desk, case, msgspec.structs.replace(owed, under=""))
    subject = desk.templates.subject(owed.notice)
    return (
        f"**To be told by hand: {inline(name)}.** Copy this to them (subject: *{subject}*), then write"
        f" {coded(f'/told {spoken_name(case, owed.to)} <how>')}, with your words in place of `<how>`:"
        f"\n\n{fenced(text)}"
    )


def _reachable(desk: Desk, case: Case, owed: Owed) -> bool:
    person = case.person(owed.to)
    return person is not None and desk.reaches(person)
