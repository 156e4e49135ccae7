"""Ids of our own: what one maker makes, the one parser reads, and nothing else is taken for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.case.ids import ByItself, NoticeId, Occurrence, OfChild, Own, child_id, read_own
from cocflow.core.process import ROOM, SUSPENSION
from tests.core.play import definition, played_to, suspension_definition

PROCESSES = (definition().process, suspension_definition().process)
NAMES = [move.name for process in PROCESSES for move in process.moves]
TIMERS = [timer.name for process in PROCESSES for timer in process.timers]
names = st.sampled_from([*NAMES, *TIMERS]) | st.text(st.characters(exclude_characters="@#:."), min_size=1)
numbers = st.integers(0, 10**9 - 1)
instants = st.datetimes(timezones=st.just(UTC))
owns = st.one_of(
    st.builds(Occurrence.at, names, instants),
    st.builds(ByItself, names, numbers),
    st.builds(OfChild, st.sampled_from((SUSPENSION, ROOM)), st.text(min_size=1), numbers),
)


@given(owns)
def test_what_is_made_is_read(own: Own) -> None:
    """Each kind comes back as it was, whatever the name, the instant, the node id or the number."""
    assert read_own(str(own)) == own


@given(owns, owns)
def test_different_ids_are_written_differently(one: Own, other: Own) -> None:
    """Two that aren't the same never look the same, of whatever kind."""
    assert (str(one) == str(other)) is (one == other)


@pytest.mark.parametrize(
    "of",
    [
        "",
        "I_1",
        "IC_kwDO",
        "BE_1",
        "auto:",
        "auto:file",
        "auto:file@",
        "auto:@3",
        "auto:file@-1",
        "auto:file@x",
        "auto:file@٣",
        "auto:file@1000000000",
        "suspension:I_1",
        "suspension:#3",
        "suspension:I_1#x",
        "nothing:a@1",
    ],
)
def test_a_node_id_is_none_of_ours(of: str) -> None:
    """GitHub's ids, and what only begins like one of ours, are none."""
    assert read_own(of) is None


def test_the_receipts_of_a_case_answer_facts_or_these() -> None:
    """Every receipt of a played case answers a fact that is there, or names a timer or a move there is."""
    play = played_to("acknowledged")
    play.run(500)
    facts = {fact.id for fact in play.facts}
    for record in play.records():
        own = read_own(record.of)
        assert (own is None) is (record.of in facts)
        if isinstance(own, Occurrence):
            assert own == Occurrence.at(own.timer, datetime.fromisoformat(own.due))
    assert any(isinstance(read_own(record.of), Occurrence) for record in play.records())


@given(
    numbers,
    st.text(st.characters(exclude_characters=".")),
    st.text(),
)
def test_a_notices_id_is_read_as_it_was_made(receipt: int, notice: str, to: str) -> None:
    """The receipt's number, the template and the addressee come back."""
    made = NoticeId(receipt, notice, to)
    assert NoticeId.read(str(made)) == made


@pytest.mark.parametrize("text", ["", "x", "x.reporter/arrived.reporter", "-1.a.b", "1000000000.a.b"])
def test_what_is_no_notices_id_is_of_no_receipt(text: str) -> None:
    """Receipts count from 1, so what isn't ours is older than all of them."""
    assert NoticeId.read(text).receipt == 0


def test_two_suspensions_of_one_incident_have_two_names() -> None:
    """Before its issue exists, a suspension is known by its incident and its key."""
    assert len({child_id(incident, key) for incident in ("I_1", "I_2") for key in ("s1", "s2")}) == 4


def test_an_occurrence_is_of_its_instant() -> None:
    """A second later is another occurrence."""
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert Occurrence.at("untold", at) != Occurrence.at("untold", at + timedelta(seconds=1))
