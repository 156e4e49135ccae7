"""What issues below another have in common: what they owe above, and how one too many is named."""

from __future__ import annotations

from cocflow.core.case.child import TwiceMadeError, to_incident
from cocflow.core.case.ids import NoticeId


def test_what_is_owed_above_is_of_its_receipt() -> None:
    """Each receipt that says how it stands owes one of its own, and it goes to nobody else."""
    owed = to_incident(7)
    assert (NoticeId.read(owed.id).receipt, owed.to) == (7, "incident")
    assert owed.id != to_incident(8).id


def test_the_one_that_came_first_is_named() -> None:
    """Whoever gives up the later issue knows by the error which is kept, and nothing else."""
    error = TwiceMadeError(9, 4)
    assert error.first == 4
    assert str(error) == "Issue 9 repeats the issue 4."
