"""Rooms as issues of the vault: what stands in them, and which have to look whether their case is over.

Owns the bodies of ordered rooms. It refuses to open one whose command has changed since it was answered. The
rooms themselves are the business of `cocflow/run/rooms.py`.
"""

from __future__ import annotations

from cocflow.core.acts.guest import LOGIN
from cocflow.core.acts.room import RoomStanding, order_in, rooms
from cocflow.core.case.case import Case
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.process import ROOM
from cocflow.errors import DefinitionError
from cocflow.run.desk import Desk


def room_body(desk: Desk, case: Case, room: RoomStanding) -> str:
    """Return what stands in the issue of an ordered room, below its marker."""
    order = order_in(case, room)
    if order is None:
        raise DefinitionError(
            f"The `/room` of issue {case.issue.number} has changed since it was answered.",
            hint="open the room with the form",
        )
    return write(desk.definitions[ROOM].form, Answers({LOGIN: order.login}))


def outlasting(case: Case) -> list[int]:
    """Return the numbers of the rooms that go on, while what somebody had them for is over."""
    if case.state is None or not case.state.final:
        return []
    return [one.number for one in rooms(case).values() if one.who and one.number and not one.final]
