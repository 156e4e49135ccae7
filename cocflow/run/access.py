"""Who may look into the rooms of a case: the administrators who decide in it, and nobody else of them.

Owns when that is made so: whoever loses their say is put out before anything else of the case is done, and
who has one is let in once it has been answered. How it is kept, `cocflow/run/rooms.py` knows.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from cocflow.core.acts.guest import GUEST, login_now, room_name
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Access, Listed, Page
from cocflow.core.process import ROOM
from cocflow.core.views.tokens import is_token_of, reply_token, token_numbers
from cocflow.ports import ChannelError
from cocflow.run.desk import Desk

DAY = timedelta(days=1)


def put_out(desk: Desk, case: Case) -> None:
    """Put whoever has no say in a case out of its rooms, also of one in which something waits to be read."""
    may = tuple(one.login for one in case.eligible)
    for person in case.people:
        if desk.road is not None and person.room and desk.road.can_list():
            token = reply_token(case.issue.number, case.issue.id, person.key, desk.seal)
            desk.road.put_out(person, partial(_is_theirs, case, person.key), token, may)


def let_in(desk: Desk, case: Case) -> bool:
    """Let whoever decides in a case into its rooms; whether that is done, for all that is known."""
    rooms = [one for one in case.people if one.room]
    if desk.road is None:
        return True
    may = {one.login: one.account for one in case.eligible}
    for person in rooms:
        if desk.road.knows(person.room):
            desk.road.let_in(person.room, partial(_is_theirs, case, person.key), may)
    return all(desk.road.knows(one.room) for one in rooms)


def who_is_in(desk: Desk, case: Case) -> Access | None:
    """Return who gets into the room of which this is the case; None for others, and where that isn't known.

    A room that is still to be made isn't looked for.
    """
    if not case.is_room or case.state is None or desk.road is None or not desk.road.can_list():
        return None
    if any(one.to == GUEST for one in case.progress.owed()):
        return None
    try:
        return desk.road.access(room_name(case))
    except ChannelError:  # what is wrong with the road, its reading says
        return None


def is_made(case: Case, sent: Collection[str]) -> bool:
    """Whether the guest was told: what is known of who is in the room is from before it was made."""
    return case.is_room and any(one.to == GUEST and one.id in sent for one in case.progress.owed())


def put_strangers_out(desk: Desk, case: Case) -> None:
    """Put out of the room of which this is the case whoever was let in by hand, if it is known who is in."""
    access, name = case.access, room_name(case) if case.is_room else ""
    if access is None or not access.exists or desk.road is None or not desk.road.knows(name):
        return
    if guest := login_now(case, access):  # else it isn't known any more whose room it is
        desk.road.put_strangers_out(name, guest, access)


def awaited(desk: Desk, page: Page) -> list[Listed]:
    """Return the rooms' own pages of a page of a listing that may have news without a fact of their own.

    Those whose guest is still to come in, those whose room isn't there any more, and once a day each of those
    whose guest is in.
    """
    definition = desk.definitions.get(ROOM)
    if definition is None or desk.road is None or not desk.road.can_list():
        return []
    process = definition.process
    entering = {
        state
        for move in process.moves
        if move.automatic and "guest_inside" in move.guards
        for state in move.from_
    }
    waiting = {state.label.casefold() for state in process.states if state.name in entering}
    inside = {state.label.casefold() for state in process.states if "guest_inside" in state.is_}
    there = {number for token in desk.road.made() for number in token_numbers(token, desk.seal)}
    return [
        one
        for one in page.issues
        if ROOM in (labels := one.labels or frozenset())
        and (
            labels & waiting
            or (labels & inside and (one.number not in there or _has_its_turn(desk, one.number, page.now)))
        )
    ]


def _has_its_turn(desk: Desk, number: int, now: datetime) -> bool:
    """Whether it is a room's time of the day: each has its own, so that no sweep looks at all of them."""
    times = max(1, DAY // desk.sweeps_every)
    return int(now.timestamp() // desk.sweeps_every.total_seconds()) % times == number % times


def _is_theirs(case: Case, key: str, token: str) -> bool:
    """Whether a token is that of somebody in a case, by any issue that it has had."""
    return any(is_token_of(token, one, key) for one in case.ids)
