"""What keeps an administrator out: what it says by itself, and how it is settled."""

from __future__ import annotations

import pytest

from cocflow.core.case.progress import Progress, Record
from cocflow.core.case.say import How, Outs, SayLost, SaySettled
from tests.core.play import START, process

RECORD = Record(n=1, prev=None, of="IC_1", at=START, process=process().id)


def lost(how: How, source: str = "p1", who: str = "mia", **fields: object) -> SayLost:
    """Return that an administrator is kept out."""
    return SayLost(handles=(who,), source=source, how=how, **fields)  # type: ignore[arg-type]


def outs(*changes: SayLost | SaySettled) -> Outs:
    """Return what these changes, one after the other, add up to."""
    progress = Progress()
    for change in changes:
        change.apply(progress, RECORD)
    return progress[Outs]


@pytest.mark.parametrize(
    ("how", "keeps_out", "is_open", "is_question"),
    [
        ("reporter", True, False, False),
        ("recognised", True, True, False),
        ("perhaps", False, True, False),
        ("taken", True, True, True),
        ("recused", True, False, False),
    ],
)
def test_what_keeps_out_and_what_may_be_settled(
    how: How, keeps_out: bool, is_open: bool, is_question: bool
) -> None:
    """The reporter's choice and one's own hold; what is only perhaps meant keeps nobody out."""
    (out,) = outs(lost(how)).all
    assert (out.keeps_out, out.is_open, out.is_question) == (keeps_out, is_open, is_question)


@pytest.mark.parametrize("how", ["recognised", "taken"])
@pytest.mark.parametrize("held", [True, False])
def test_settling_decides_all_that_is_open_about_somebody(how: How, held: bool) -> None:
    """It holds for good, or never was; about others it says nothing."""
    found = outs(
        lost(how), lost(how, "answers"), lost(how, who="kim"), SaySettled(handles=("mia",), held=held)
    )
    assert {one.keeps_out for one in found.of(frozenset({"mia"}))} == {held}
    assert not any(one.is_open for one in found.of(frozenset({"mia"})))
    assert all(one.is_open for one in found.of(frozenset({"kim"})))


@pytest.mark.parametrize("how", ["reporter", "recused"])
def test_nobody_clears_what_the_reporter_or_they_themselves_said(how: How) -> None:
    """There is nothing to settle about it."""
    (out,) = outs(lost(how), SaySettled(handles=("mia",), held=False)).all
    assert out.keeps_out


def test_whoever_took_a_say_is_in_question_until_it_is_settled() -> None:
    """They are known by any way to name them."""
    taken = lost("taken", taker=("mika", "mika's address"))
    assert outs(taken).questioned_by(frozenset({"mika's address"}))
    assert not outs(taken).questioned_by(frozenset({"kim"}))
    assert not outs(taken, SaySettled(handles=("mia",), held=True)).questioned_by(frozenset({"mika"}))


def test_what_is_said_anew_of_one_source_stands_for_what_was_said_before() -> None:
    """An administrator who says that one word meant somebody takes their say by it."""
    found = outs(lost("perhaps", "answers"), lost("taken", "answers", taker=("mika",)))
    assert [one.how for one in found.all] == ["taken"]
