"""The digest: what cases wait for, once a day at most, in one comment on the board.

Owns what it says, whom it calls, and when there is another. It is made from the cards of the listing, so it
costs no read of a case, and the last one is replaced. A case that concerns an administrator isn't in it, but
counts where the outside contact is told how many wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from cocflow.core.case.facts import Issue
from cocflow.core.case.records import Board, Leaving
from cocflow.core.engine.timers import Reached, passed
from cocflow.core.people.person import Person
from cocflow.core.people.roster import Administrator, Community
from cocflow.core.people.rota import in_turn
from cocflow.core.text.numbers import compact, read_compact
from cocflow.core.views.base import View
from cocflow.core.views.board import Waits, board, leaves
from cocflow.core.views.channel import waiting as waiting_channel
from cocflow.core.views.outside import waiting as waiting_outside
from cocflow.errors import AdapterError
from cocflow.ports import DeleteComment, Message, fits
from cocflow.run.desk import Desk
from cocflow.run.rota import Waiting

MOST = 100
"""How many things the digest names at most: those that wait longest."""

TELLS_OUTSIDE = "outside/waiting"
TELLS_CHANNEL = "channel/waiting"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that waits: what, since when, whose it is, the step that it has reached."""

    number: int
    says: str
    since: datetime
    reached: Reached
    owner: Administrator | None
    apart: bool


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What waits now, and what of it has reached a step since the last digest; and what can be erased soon.

    `news`: of some of the latter no digest has said so.
    """

    entries: tuple[Entry, ...] = ()
    fresh: tuple[Entry, ...] = ()
    outside: int = 0
    leaving: tuple[Leaving, ...] = ()
    news: bool = False

    @property
    def named(self) -> tuple[Entry, ...]:
        """What it names: the longest wait first."""
        return tuple(one for one in self.entries if not one.apart)


def due(desk: Desk, record: Board, now: datetime, leaving: tuple[Leaving, ...] = ()) -> Digest | None:
    """Return the digest that is to be written now; None where what stands may stay.

    `leaving`: what can be erased soon. One without entries takes away what stands, unless cases are left out
    of the listing: they may wait. The outside contact hears of what an earlier sweep knew of, and so has
    reminded the administrators of.
    """
    entries = tuple(sorted(_entries(desk, now), key=lambda one: (one.since, one.number)))
    over = record.digest and not desk.rota.gaps and all(one.apart for one in entries) and not leaving
    if record.digested is not None and _day(record.digested, desk) == _day(now, desk):
        return Digest() if over else None
    fresh = tuple(one for one in entries if record.digested is None or one.reached.at > record.digested)
    known = [one for one in entries if record.swept is not None and one.since <= record.swept]
    outside = any(one.reached.step.outside and _is_new(one, record.outside) for one in known)
    count = sum(_is_long(one) for one in known) if outside else 0
    news = not {one.number for one in leaving} <= read_compact(record.leaving)
    if fresh or news or count:
        return Digest(entries=entries, fresh=fresh, outside=count, leaving=leaving, news=news)
    return Digest() if over else None


def _is_new(one: Entry, told: datetime | None) -> bool:
    """Whether something has reached its step since the outside contact was told last."""
    return told is None or one.reached.at > told


def _is_long(one: Entry) -> bool:
    """Whether something has waited so long that the outside contact hears of it."""
    return one.reached.step.outside or one.reached.step.again is not None


def _day(at: datetime, desk: Desk) -> object:
    return at.astimezone(desk.community.zone).date()


def _entries(desk: Desk, now: datetime) -> Iterator[Entry]:
    for number, one in desk.rota.waiting.items():
        process = desk.definitions[one.kind].process if one.kind in desk.definitions else None
        for timer in process.timers if process is not None else ():
            first = dict(one.waits).get(timer.name)
            if process is None or first is None or not timer.digest:
                continue
            every = _every(
                desk.community, process.figure(timer.every).default if timer.every else None, timer.every
            )
            reached = passed(timer, first, every, now, urgent=one.urgent)
            if reached is not None:
                yield Entry(
                    number=number,
                    says=timer.digest,
                    since=first,
                    reached=reached,
                    owner=_owner(desk.community, one),
                    apart=one.apart,
                )


def _every(community: Community, default: timedelta | None, figure: str | None) -> timedelta | None:
    return community.waiting_periods.get(figure, default) if figure is not None else None


def _owner(community: Community, one: Waiting) -> Administrator | None:
    marks = frozenset(one.owner)
    return next((who for who in community.administrators if community.marks_of(who) & marks), None)


def write(desk: Desk, issue: Issue, record: Board, digest: Digest, now: datetime) -> Board:
    """Put the digest on the board instead of the last one, tell the outside contact; return the record."""
    made = digest.news or any(not one.apart for one in digest.fresh)
    before = [one for one in issue.comments() if issue.is_mine(one) and one.body.endswith(DIGEST)]
    todays = next((one for one in reversed(before) if _day(one.at, desk) == _day(now, desk)), None)
    if made and todays is None:  # else the run that wrote it died before it wrote the card
        desk.tracker.comment(issue.number, _text(desk, digest, now))
        if any(_is_everybodys(one) for one in digest.fresh if not one.apart):
            _tell_channel(desk, issue, digest, now)
    if made or not digest.named:
        old = (one for one in before if not made or one is not todays)
        desk.tracker.write(issue, [DeleteComment(one.id) for one in old])
    else:
        made = record.digest
    written = now if digest.fresh or digest.news else record.digested
    told = now if digest.outside and _told_outside(desk, issue, digest.outside, now) else record.outside
    leaving = compact(one.number for one in digest.leaving)
    return msgspec.structs.replace(record, digest=made, digested=written, outside=told, leaving=leaving)


DIGEST = "<!-- cocflow: the digest; nothing is recorded here -->"
"""By which the last one is found. Nothing is recorded in it."""


def _text(desk: Desk, digest: Digest, now: datetime) -> str:
    community = desk.community
    called = {who for one in digest.fresh if not one.apart for who in _called(desk, one, now)}
    mentions = tuple(one.login for one in community.administrators if one in called or digest.news)
    named = digest.named
    for count in (MOST, MOST // 4):
        waiting = tuple(
            Waits(one.number, one.says, one.since, one.owner.login if one.owner else "")
            for one in named[:count]
        )
        view = board(
            community,
            mentions=mentions,
            waiting=waiting,
            more=len(named) - len(waiting),
            leaving=tuple(map(leaves, digest.leaving[:count])),
        )
        body = f"{desk.templates.render('board/digest', view)}\n\n{DIGEST}"
        if fits(body):
            break
    return body


def _is_everybodys(one: Entry) -> bool:
    return one.owner is None or one.reached.step.tells == "everyone"


def _called(desk: Desk, one: Entry, now: datetime) -> tuple[Administrator, ...]:
    """Return whom the step that something has reached calls; whoever is away, only with everybody else."""
    community, away = desk.community, desk.rota.at(now).away
    if one.owner is None or _is_everybodys(one):
        return community.administrators
    after = community.marks_of(one.owner)
    turn = in_turn(community, community.administrators, after, away)
    following = [who for who in turn if who != one.owner][:1]
    return (one.owner, *following) if one.reached.step.tells == "next" else (one.owner,)


def _tell_channel(desk: Desk, issue: Issue, digest: Digest, now: datetime) -> None:
    """Tell the administrators' channel, which all of them read, once it is everybody's turn."""
    channel = Person(key="channel", name="", slack=desk.community.administrators_slack_channel)
    view = waiting_channel(desk.community, len(digest.named), issue.url)
    _told(desk, channel, f"{issue.id}.{TELLS_CHANNEL}.{now:%Y-%m-%d}", TELLS_CHANNEL, view)


def _told_outside(desk: Desk, issue: Issue, count: int, now: datetime) -> bool:
    """Tell the outside contact how many wait; whether they could be told."""
    person = Person(key="outside", name="", mail=desk.community.outside_contact_mail)
    view = waiting_outside(desk.community, count)
    return _told(desk, person, f"{issue.id}.{TELLS_OUTSIDE}.{now:%Y-%m-%d}", TELLS_OUTSIDE, view)


def _told(desk: Desk, person: Person, id_: str, notice: str, view: View) -> bool:
    """Tell somebody outside GitHub; whether they could be told."""
    if not desk.reaches(person):
        return False
    message = Message(
        id=id_,
        to=person,
        subject=desk.templates.subject(notice),
        text=desk.templates.render(notice, view),
    )
    try:
        desk.notifier.deliver(message)
    except AdapterError:
        return False
    return True
