"""Delivery of what is owed: who is told now, what failed, and when it is tried again.

Owns the tries and the pauses between them. It refuses to send words that changed since they were decided
(the rule *No words in records*) or that may not be told any more, and to send anything over a word about
consent that isn't answered yet, or may not have been heard. What a channel refuses for good, or what came
back, isn't tried again: people tell it by hand.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cocflow.core.acts.consent import may_tell_community
from cocflow.core.acts.guest import INVITED
from cocflow.core.acts.post import post_in
from cocflow.core.acts.told import NOT_PEOPLE, Returned
from cocflow.core.case.case import SENDER, Case
from cocflow.core.case.records import Owed, Try
from cocflow.core.engine.requests import words_wait
from cocflow.core.people.person import Person
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.core.views.tokens import notice_id, reply_token
from cocflow.errors import AdapterError
from cocflow.ports import Message, RefusedError
from cocflow.run.channels import LeftAloneError
from cocflow.run.desk import MAIL, Desk
from cocflow.run.rooms import NAME


def deliver(desk: Desk, case: Case, tries: dict[str, Try]) -> set[str]:
    """Deliver what is owed and due; return what went out, and keep in `tries` what didn't.

    Nothing goes out over a word about consent that isn't answered yet: it may take back what is told.
    """
    sent: set[str] = set()
    if words_wait(case) or (case.incident is not None and words_wait(case.incident)):
        return sent
    now = case.issue.now
    for owed in case.progress.owed():
        person, before = case.person(owed.to), tries.get(owed.id)
        if owed.id in case.progress[Returned].notices:
            tries.setdefault(owed.id, Try(1, now))
            continue
        if person is None or not desk.reaches(person) or words_changed(case, owed):
            continue
        if before is not None and (before.again is None or before.again > now):
            continue
        if _needs_consent(case, owed) and _is_unheard(desk, case):
            tries[owed.id] = _waiting(before, now)
            continue
        try:
            desk.notifier.deliver(_message(desk, case, owed, person))
        except RefusedError:
            if owed.to == SENDER:  # nobody has to be told by hand that somebody used their address
                sent.add(owed.id)
                continue
            tries[owed.id] = Try(1, now)
        except LeftAloneError:
            tries[owed.id] = _waiting(before, now)
        except AdapterError:
            tries[owed.id] = _later(before, now)
        else:
            sent.add(owed.id)
            tries.pop(owed.id, None)
    return sent


def _needs_consent(case: Case, owed: Owed) -> bool:
    """Whether a notice holds words that the reporter's consent lets somebody else have."""
    drafted = owed.under != "" or post_in(case, owed.words) is not None
    return drafted and owed.to not in ("reporter", "filer")


def _is_unheard(desk: Desk, case: Case) -> bool:
    """Whether a word of the reporter's may lie where this run couldn't read: what needs their yes waits.

    Once it has waited for a day, administrators are asked, as for everything that doesn't get through.
    """
    incident = case.incident or case
    return any(
        (NAME in desk.unheard or one.room in desk.unheard)
        if one.room
        else MAIL in desk.unheard and one.mail != "" and not one.here
        for one in incident.people_who("reporter")
    )


def _later(before: Try | None, now: datetime) -> Try:
    """Return when to try again: after a pause that doubles each time, from a quarter hour to half a day."""
    count = before.count + 1 if before is not None else 1
    return Try(count, before.since if before is not None else now, now + _pause(count))


def _waiting(before: Try | None, now: datetime) -> Try:
    """Return when to try what wasn't tried, since its channel failed before: its pauses don't grow by that.

    So a notice at which a channel hangs doesn't keep back for ever those that come after it.
    """
    count = before.count if before is not None else 1
    return Try(count, before.since if before is not None else now, now + _pause(count))


def _pause(count: int) -> timedelta:
    doubled: int = 2 ** min(count - 1, 10)
    return min(timedelta(minutes=15) * doubled, timedelta(hours=12))


def is_stuck(one: Try, now: datetime) -> bool:
    """Whether administrators have to know: it was refused for good, or failed for a day."""
    return one.again is None or now - one.since >= timedelta(days=1)


def words_changed(case: Case, owed: Owed) -> bool:
    """Whether the words aren't those that were decided, or may not be told any more: then nobody is."""
    if post_in(case, owed.words) is not None and not may_tell_community(case):
        return True
    return owed.words is not None and case.command(owed.words) is None


def _message(desk: Desk, case: Case, owed: Owed, person: Person) -> Message:
    issue, theirs = case.issue, owed.to not in (*NOT_PEOPLE, "community")
    what = view(owed.notice.partition("/")[0], case, Occasion(owed=owed))
    name = getattr(what, "code_name", "")
    subject = desk.templates.subject(owed.notice)
    return Message(
        id=notice_id(issue.id, owed.id),
        to=person,
        subject=f"{subject} ({name})" if name else subject,
        text=desk.templates.render(owed.notice, what),
        thread=f"{issue.id}.{owed.to}" if theirs else "",
        token=reply_token(issue.number, issue.id, owed.to, case.seal) if theirs else "",
        invites=owed.notice == INVITED,
    )
