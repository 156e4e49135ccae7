"""A locked issue: who locked it, and unlocking it, since a case in which nobody can answer stands still.

GitHub lets people with write access comment on a locked issue, and nobody else: not the reporter, and no
job. A job that may write issues may unlock them. It names nobody who isn't in the roster.
"""

from __future__ import annotations

from cocflow.core.acts.continuation import goes_on
from cocflow.core.case.capacity import LAST
from cocflow.core.case.facts import Issue, Locked, extended
from cocflow.core.case.records import WITHOUT_RECORD
from cocflow.core.engine.reading import Read
from cocflow.core.people.roster import Community
from cocflow.errors import AdapterError
from cocflow.run.desk import Desk
from cocflow.run.trouble import LockedError


def unlocked(desk: Desk, read: Read) -> Read:
    """Have a locked issue unlocked, and say so there once; return the read as it is then.

    One in which the case goes on no more stays locked. Raises LockedError where that is refused.
    """
    issue = read.issue
    if not issue.locked or goes_on(desk.open(read)):
        return read
    by = locked_by(issue, desk.community)
    try:
        desk.tracker.unlock(issue.number)
    except AdapterError as error:
        if error.kind != "refused_thing":
            raise
        raise LockedError(by) from None
    if issue.space > LAST:
        desk.tracker.comment(issue.number, f"{_SAYS.format(by=by)}\n\n{WITHOUT_RECORD}")
    return desk.parsed(extended(issue, desk.tracker.tail(issue)))


_SAYS = (
    "This conversation was locked, by {by}. While it is, neither the reporter nor I can answer here, so I"
    " have unlocked it, and go on where it was."
)


def locked_by(issue: Issue, community: Community) -> str:
    """Return who locked an issue last: an administrator by their login, anybody else without a name."""
    locks = [fact for fact in issue.facts if isinstance(fact, Locked)]
    by = locks[-1].by if locks else None
    administrator = community.administrator(by.login, by.number) if by is not None else None
    return f"@{administrator.login}" if administrator is not None else "somebody who isn't in the roster"
