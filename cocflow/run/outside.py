"""Telling the outside contact of words that no vault takes, since each has somebody whom they may concern.

Owns that message, which says that something has come and where it lies, and nothing of it. The one vault that
sends it is the last in the order (`core/people/vaults.py::tells_outside`), once all have had time to look.
"""

from __future__ import annotations

from datetime import datetime

from cocflow.core.case.case import OUTSIDE
from cocflow.core.people.person import Person
from cocflow.core.views.outside import outside_of_all
from cocflow.ports import Message
from cocflow.run.desk import Desk
from cocflow.run.trouble import NobodyOutsideError

NOTICE = "outside/nobody_takes"


def tell_outside(desk: Desk, about: str, *, link: str = "", received: datetime | None = None) -> None:
    """Tell the outside contact that something has come; `about` is what knows it, the same every time.

    It stands in a room, at `link`, or came by mail, when it was `received`. Raises NobodyOutsideError where
    no channel leads to the contact, and AdapterError where one failed: then it isn't told yet.
    """
    contact = Person(key=OUTSIDE, name="", mail=desk.community.outside_contact_mail)
    if not desk.reaches(contact):
        raise NobodyOutsideError
    what = outside_of_all(desk.community, link=link, received=received)
    desk.notifier.deliver(
        Message(
            id=f"{about}.{OUTSIDE}",
            to=contact,
            subject=desk.templates.subject(NOTICE),
            text=desk.templates.render(NOTICE, what),
            thread="",
            token="",
        )
    )
