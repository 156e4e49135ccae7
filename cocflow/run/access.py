"""Who may look into the rooms of a case: the administrators who decide in it, and nobody else of them.

Owns when that is made so: whoever loses their say is put out before anything else of the case is done, and
who has one is let in once it has been answered. How it is kept, `cocflow/run/rooms.py` knows.
"""

from __future__ import annotations

from functools import partial

from cocflow.core.case.case import Case
from cocflow.core.views.tokens import is_token_of, reply_token
from cocflow.run.desk import Desk
from cocflow.run.rooms import NAME


def put_out(desk: Desk, case: Case) -> None:
    """Put whoever has no say in a case out of its rooms."""
    if desk.road is None or NAME in desk.unheard:
        return
    for person in case.people:
        if person.room:
            token = reply_token(case.issue.number, case.issue.id, person.key, desk.seal)
            desk.road.put_out(person.room, partial(_is_theirs, case, person.key), token, _may(case))


def let_in(desk: Desk, case: Case) -> bool:
    """Let whoever decides in a case into its rooms; whether that is done, for all that is known."""
    rooms = [one.room for one in case.people if one.room]
    if desk.road is None or not rooms:
        return True
    if NAME in desk.unheard:
        return False
    for person in case.people:
        if person.room:
            desk.road.let_in(person.room, partial(_is_theirs, case, person.key), _may(case))
    return True


def _may(case: Case) -> tuple[str, ...]:
    return tuple(one.login for one in case.eligible)


def _is_theirs(case: Case, key: str, token: str) -> bool:
    """Whether a token is that of somebody in a case, by any issue that it has had."""
    return any(is_token_of(token, one, key) for one in case.ids)
