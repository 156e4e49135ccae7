"""What the sender of a mail that may be anybody's may know: nothing."""

from __future__ import annotations

from cocflow.core.views.base import Occasion, View
from cocflow.core.views.sender import SenderView, sender
from tests.core.play import played_to


def test_they_learn_nothing_of_the_case() -> None:
    """There is nothing beyond the community's own words: not even a code name."""
    known = sender(played_to("triaged").case(), Occasion())
    assert SenderView.__struct_fields__ == View.__struct_fields__
    assert known.community == "Enginexp"
