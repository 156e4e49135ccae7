"""What the outside contact may know: a link, and nothing of the case."""

from __future__ import annotations

from cocflow.core.views.base import Occasion, View
from cocflow.core.views.outside import OutsideView, outside
from tests.core.play import played_to


def test_they_learn_where_they_are_needed_and_nothing_else() -> None:
    """Beyond the community's own words there is the link alone, or how many cases wait."""
    case = played_to("triaged", parties=("Robin Example",)).case()
    known = outside(case, Occasion())
    assert set(OutsideView.__struct_fields__) - set(View.__struct_fields__) == {"link", "waiting"}
    assert known.link == case.issue.url
