"""What cocflow says on a case of another report: that it is handled here, or by itself again.

Owns the receipt of it. Whoever filed that report becomes a party, and is one no more once it is handled by
itself. Who comes in may be an administrator, who then has no say: that is so by whatever road they come, and
whoever dismissed the report has brought it about.
"""

from __future__ import annotations

from cocflow.core.acts.continuation import numbers
from cocflow.core.acts.dismiss import Joined, Reports, duplicate_of, filed_as, takes_no_more
from cocflow.core.acts.party import Member, PartyAdded, PartyRemoved, introduced, next_key
from cocflow.core.acts.report import read_by, reporter
from cocflow.core.case.accounts import same_account
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor, Commented, sha256
from cocflow.core.case.progress import Change
from cocflow.core.case.records import Joining, Words
from cocflow.core.engine.decision import Decision, done, new_record
from cocflow.core.people.person import Person, digest

ENDED = "This one has ended without a resolution, so that report is taken up by itself."
ALTERED = "Somebody edited here what I said of another report. I say it again."
JOINED = "administrators/joined"
REFUSED = "administrators/not_joined"


def news(case: Case, other: Case, receipt: int) -> Joining:
    """Return what the receipt of that number of a case has to be said of it on another one."""
    person = reporter(case)
    record = next((one.record for one in case.ledger.counted if one.record.n == receipt), None)
    by = record.by or "" if record is not None else ""
    administrator = case.administrator_of(by)
    marks = () if administrator is None else case.community.marks_of(administrator)
    return Joining(
        issue=case.issue.id,
        number=filed_as(case),
        receipt=receipt,
        at=record.at if record is not None else case.issue.now,
        by=by,
        marks=tuple(sorted(marks)),
        account=person.account if read_by(other) is None else "",
        handles=person.digests(),
        unasked=person.unasked,
        known=next((one.key for one in _insiders(other) if _is_same(one, person)), ""),
        leaves=duplicate_of(case) not in numbers(other),
    )


def joined(case: Case, comment: Commented, joining: Joining) -> Decision:
    """Return the answer to what cocflow says here of another report."""
    if comment.edited_at is not None:
        return _not_joined(case, comment, ALTERED)
    if not joining.leaves and takes_no_more(case):
        return _not_joined(case, comment, ENDED)
    changes = _leaves(case, joining) if joining.leaves else _joins(case, comment, joining)
    return done(case, comment.id, joining.at, None, changes, (JOINED,), cause=_cause(case, joining))


def _cause(case: Case, joining: Joining) -> Actor | None:
    """Return who brought it about, by the login of the roster: they may never have been here."""
    roster = case.community.administrators
    known = (one for one in roster if not case.community.marks_of(one).isdisjoint(joining.marks))
    return next((Actor(joining.by, one.login) for one in known), None)


def _not_joined(case: Case, comment: Commented, why: str) -> Decision:
    record = new_record(case, comment.id, comment.at, refused=True)
    return Decision(record=record, says=(REFUSED,), reason=why)


def _leaves(case: Case, joining: Joining) -> tuple[Change, ...]:
    known = case.progress[Reports].all.get(joining.number)
    change = Joined(number=joining.number, exchange=joining.exchange, leaves=True)
    return (change, PartyRemoved(key=known.key)) if known is not None and known.added else (change,)


def _joins(case: Case, comment: Commented, joining: Joining) -> tuple[Change, ...]:
    """Return what it changes: who filed it is a party, unless they are the reporter or a party already."""
    words = Words(comment.id, sha256(comment.body))
    member = Member(words=words, report=joining.number, account=joining.account, unasked=joining.unasked)
    key = next_key(case)
    person = introduced(case, key, member)
    known = (one.key for one in _insiders(case) if one.key == joining.known or _is_same(one, person))
    if (there := next(known, None)) is not None:
        return (Joined(number=joining.number, exchange=joining.exchange, key=there),)
    added = PartyAdded(
        key=key,
        words=words,
        handles=tuple(sorted({*person.digests(), *joining.handles})),
        name=digest(person.name.casefold()),
        report=member.report,
        account=member.account,
        unasked=member.unasked,
    )
    return (Joined(number=joining.number, exchange=joining.exchange, key=key, added=True), added)


def _insiders(case: Case) -> tuple[Person, ...]:
    return (*case.people_who("reporter"), *case.people_who("party"))


def _is_same(known: Person, person: Person) -> bool:
    """Whether it is surely the same person, by account or by address."""
    if known.account and person.account:
        return same_account(known.account, person.account)
    return known.is_surely(login=person.login, mail=person.mail, slack=person.slack)
