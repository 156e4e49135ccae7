"""Nobody in their own cause, whatever they do: sequences of everything that one account can ask for.

One account acts, by every road that it has: commands, labels, buttons, edits of the report and of its own
comments, deletions, the suspension form. However many of them it takes, and in whatever order, it never
becomes the only one left to decide; no say that was lost comes back by it; and where nobody is left,
somebody who can go on has been told.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.faults.crowd import ACTORS, MEMBER, NAMES, SAY, Crowd, Filing

TOGETHER = sorted(
    name
    for name in SAY
    if any(word in name for word in ("other", "report", "duplicate", "clear", "confirm", "reopen"))
    and name != "recuse in the other"  # there it is one's own, and changes nothing here
)
"""What two reports may do to one another."""
DEEDS = st.tuples(st.sampled_from(NAMES[:4]), st.sampled_from(TOGETHER))
FIRST = (
    "report again",
    "report again, of another",
    "mail a report, of another",
    "mail a report, of the first",
)
ORDERS = st.lists(st.sampled_from(sorted(SAY)), min_size=1, max_size=7)
BY = ACTORS["mft"]
TOLD = frozenset({"outside/say_in_question", "outside/nobody_left"})
"""What the outside contact is told where no administrator may decide."""


def resolved(crowd: Crowd) -> None:
    """Bring the incident to where its resolution is told, and a party still has to be."""
    for name in ("party: Kim", "estimate", "resolve", "approve"):
        crowd.does(ACTORS["miabot"], name)
    assert crowd.state == "resolved"


@pytest.mark.slow
@pytest.mark.parametrize("begins_resolved", [False, True])
@pytest.mark.parametrize("size", [2, 3, 5])
@settings(max_examples=20, deadline=None)
@given(orders=ORDERS)
def test_no_account_makes_itself_the_only_one_left(
    size: int, begins_resolved: bool, orders: list[str]
) -> None:
    """Whatever one administrator does, alone and in any order, wherever the incident stands."""
    crowd = Crowd(size)
    if begins_resolved:
        resolved(crowd)
    before = crowd.says_left()
    for name in orders:
        crowd.does(BY, name)
        now = crowd.says_left()
        assert [name for name, say in now.items() if say == "whole"] != ["mft"]
        assert not [name for name in now if before[name] == "none" and now[name] != "none"]
        if "whole" not in now.values():
            assert TOLD & crowd.told()
        before = now


@pytest.mark.slow
@pytest.mark.parametrize("size", [3, 5])
@settings(max_examples=20, deadline=None)
@given(orders=ORDERS)
def test_whoever_is_accused_gets_nothing_back_by_themselves(size: int, orders: list[str]) -> None:
    """Named by the reporter, an administrator stays out, and gets nobody else out."""
    crowd = Crowd(size, who="It was @mft.")
    for name in orders:
        crowd.does(BY, name)
        says_ = crowd.says_left()
        assert says_["mft"] == "none"
        assert {say for name, say in says_.items() if name != "mft"} == {"whole"}


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(orders=ORDERS)
def test_a_report_filed_by_an_administrator_takes_nobody_out_of_their_way(orders: list[str]) -> None:
    """Filed for somebody else, with the others' names in it, by whoever would like to decide alone."""
    crowd = Crowd(3, Filing(by=BY, for_another=True), who="It was @miabot, @thclpr.")
    for name in (None, *orders):
        if name is not None:
            crowd.does(BY, name)
        says_ = crowd.says_left()
        assert [name for name, say in says_.items() if say == "whole"] != ["mft"]


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(orders=st.lists(st.tuples(st.sampled_from(NAMES[:4]), st.sampled_from(sorted(SAY))), max_size=9))
def test_among_several_a_lost_say_comes_back_by_somebody_elses_word_only(
    orders: list[tuple[str, str]],
) -> None:
    """Whoever acts, nobody regains a say by an act of their own, and somebody always knows how to go on."""
    crowd = Crowd(4)
    for by, name in orders:
        before = crowd.says_left()
        crowd.does(ACTORS[by], name)
        now = crowd.says_left()
        order = ("none", "in question", "whole")
        assert order.index(now[by]) <= order.index(before[by])
        if "whole" not in now.values():
            assert TOLD & crowd.told()


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(
    who=st.sampled_from(["Somebody.", "It was @mft."]),
    first=st.sampled_from(FIRST),
    before=st.lists(DEEDS, max_size=3),
    after=st.lists(DEEDS, max_size=5),
)
@example(
    "Somebody.",
    "mail a report, of the first",
    [("mft", "answer: it was another")],
    [("miabot", "clear"), ("miabot", "clear another")],
)
@example("It was @mft.", "mail a report, of the first", [], [("miabot", "clear")])
def test_nobody_who_is_kept_out_of_a_report_decides_it_with_another(
    who: str, first: str, before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    """However two reports are made one: whoever may be meant by either has no say in both."""
    crowd = Crowd(4, who=who)
    crowd.does(MEMBER, first)
    for by, name in [*before, ("miabot", "dismiss the other as a duplicate"), *after]:
        crowd.does(ACTORS[by], name)
        says_ = crowd.says_left()
        for number in crowd.handled_here():
            there = crowd.says_left(number)
            assert not [one for one in there if there[one] == "none" and says_[one] == "whole"]
