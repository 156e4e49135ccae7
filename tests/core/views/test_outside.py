"""What the outside contact may know: a link, and nothing of the case."""

from __future__ import annotations

from cocflow.core.views.base import Occasion, View
from cocflow.core.views.outside import OutsideView, outside, outside_of_all
from tests.core.play import START, community, played_to


def test_they_learn_where_they_are_needed_and_nothing_else() -> None:
    """Beyond the community's own words there is the link alone, or how many cases wait."""
    case = played_to("triaged", parties=("Robin Example",)).case()
    known = outside(case, Occasion())
    own = set(OutsideView.__struct_fields__) - set(View.__struct_fields__)
    assert {name: getattr(known, name) for name in own} == {
        "link": case.issue.url,
        "mailbox": "",
        "received": None,
        "waiting": 0,
        "report": True,
    }


def test_of_what_no_case_has_they_learn_where_it_lies() -> None:
    """A room by its address, a mail by the mailbox and the time at which it came."""
    said = community(reports="reports@example.org")
    assert outside_of_all(said, link="https://example.org/room").link == "https://example.org/room"
    mailed = outside_of_all(said, received=START)
    assert (mailed.link, mailed.mailbox, mailed.received) == ("", "reports@example.org", START)
