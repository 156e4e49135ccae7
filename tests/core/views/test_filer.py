"""What whoever filed for somebody else may know: nothing that is the reporter's."""

from __future__ import annotations

from cocflow.core.views.base import Occasion, View
from cocflow.core.views.filer import FilerView, filer
from tests.core.play import FOR_ANOTHER, STRANGER, Play, body


def test_they_learn_what_is_missing_and_what_they_can_add() -> None:
    """Neither date, decision nor consent is theirs to know, and only facts theirs to add."""
    play = Play(STRANGER, body(learned=FOR_ANOTHER, reporter="Riya Sen", nature=None))
    play.run()
    known = filer(play.case(), Occasion())
    theirs = {"code_name", "means", "readers", "missing", "named", "agreed", "possible", "reason"}
    theirs |= {"copy", "hint", "in_danger"}
    assert set(FilerView.__struct_fields__) - set(View.__struct_fields__) == theirs
    assert known.named
    assert not known.agreed
    assert len(known.missing) == 1
    assert {one.how.partition("`")[2].partition(" ")[0] for one in known.possible} == {"/answer"}
