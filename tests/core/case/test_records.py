"""Records: one line that says everything but words, and that nothing in it can end early."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.told import ToldByHand
from cocflow.core.case.progress import Moved, Record
from cocflow.core.case.records import (
    Arrival,
    Card,
    Claim,
    Halt,
    Owed,
    Words,
    card_line,
    halt_line,
    is_card,
    is_receipt,
    read_card,
    read_halt,
    receipt_line,
)
from cocflow.core.engine.reading import read_receipt

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
text = st.text(max_size=40)
instants = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
words = st.builds(Words, text, text)
changes = st.one_of(
    st.builds(Moved, to=text),
    st.builds(Estimated, resolve=instants, triage=st.none() | instants),
    st.builds(ToldByHand, notices=st.lists(text, max_size=3).map(tuple), words=words),
)
records = st.builds(
    Record,
    n=st.integers(1, 10**6),
    prev=st.none() | text,
    of=text,
    at=instants,
    process=text,
    move=st.none() | text,
    by=st.none() | text,
    refused=st.booleans(),
    changes=st.lists(changes, max_size=3).map(tuple),
    owed=st.lists(
        st.builds(Owed, id=text, notice=text, to=text, words=st.none() | words, by_receipt=st.booleans()),
        max_size=2,
    ).map(tuple),
    told=st.lists(text, max_size=2).map(tuple),
)


@given(records, text)
def test_a_receipt_is_read_back_as_it_was_written(record: Record, above: str) -> None:
    """Whatever text stands above it, the record in a receipt's last line is read back unchanged."""
    body = f"{above}\n\n{receipt_line(record)}"
    assert read_receipt(body) == record
    assert is_receipt(body)


@given(records)
def test_nothing_in_a_record_ends_its_comment_early(record: Record) -> None:
    """Between the markers no `<`, `>` or `-` stands, so no value can end the HTML comment."""
    line = receipt_line(record)
    inner = line.removeprefix("<!-- cocflow:receipt ").removesuffix(" -->")
    assert set("<>-\n").isdisjoint(inner)


@pytest.mark.parametrize(
    "body",
    [
        "{line}\nand a word below it",
        "> {line}",
        "`{line}`",
        " {line}",
        "    {line}",
        "{line} ",
    ],
)
def test_only_the_very_last_line_is_a_record(body: str) -> None:
    """A record that is quoted, in code, indented or followed by words is only text."""
    line = receipt_line(Record(n=1, prev=None, of="I", at=AT, process="incident/1.0"))
    is_last = body.format(line=line).rstrip() == line
    assert is_receipt(body.format(line=line)) is is_last
    assert (read_receipt(body.format(line=line)) is not None) is is_last


def test_an_unreadable_record_claims_to_be_one_and_says_nothing() -> None:
    """A receipt's or card's line that holds no record is recognised by its claim and read as None."""
    for broken in ("{}", "nonsense", '{"n":1', "\ud800"):
        assert is_receipt(f"<!-- cocflow:receipt {broken} -->")
        assert read_receipt(f"<!-- cocflow:receipt {broken} -->") is None
        assert is_card(f"<!-- cocflow:card {broken} -->")
        assert read_card(f"<!-- cocflow:card {broken} -->") is None
        assert read_halt(f"<!-- cocflow:halt {broken} -->") is None
    assert is_receipt("<!-- cocflow:receipt {")
    assert read_receipt("<!-- cocflow:receipt {") is None


def test_cards_and_halts_are_read_back() -> None:
    """A card and a halt are read back as they were written, and never as each other or a receipt."""
    card = Card(n=3, last="IC_3", due=AT, seen="LE_1", edited=AT, told=("2.reporter/arrived.reporter",))
    halt = Halt(why="f00")
    assert read_card("Words\n\n" + card_line(card)) == card
    assert read_halt("Words\n\n" + halt_line(halt)) == halt
    assert read_receipt(card_line(card)) is None
    assert read_card(halt_line(halt)) is None
    assert not is_receipt(halt_line(halt))


def test_no_name_of_a_claim_or_an_arrival_enters_a_repr() -> None:
    """Whoever may read a room, and whose it is, stays out of whatever is logged."""
    claim = Claim(vault="acme/incidents", may=("riya",), entering=("riya",))
    assert "riya" not in repr([claim, Arrival(mail="m", room="room-a", account="U_riya", login="riya")])


def test_a_snapshot_travels_in_a_record() -> None:
    """A checkpoint's snapshot comes back as the same JSON."""
    snapshot = {"kept": {}, "process": "<b> --> c"}
    record = Record(n=1, prev=None, of="I", at=AT, process="p", snapshot=snapshot)
    read = read_receipt(receipt_line(record))
    assert read is not None
    assert read.snapshot == snapshot


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 10**9 + 1},
        {"n": 1.5},
        {"at": "2026-01-05T09:00:00"},
        {"at": "9999-12-31T23:59:59Z"},
        {"changes": [{"is": "end_set", "until": "1066-10-14T09:00:00Z"}]},
        {"changes": [{"is": "nothing that we know"}]},
    ],
)
def test_a_record_that_no_run_of_ours_could_write_is_unreadable(wrong: dict[str, object]) -> None:
    """A number that no issue reaches, a time without a zone or in another century: none of ours."""
    right: dict[str, object] = {
        "n": 1,
        "prev": None,
        "of": "I",
        "at": "2026-01-05T09:00:00Z",
        "process": "p/1",
    }
    assert read_receipt(f"<!-- cocflow:receipt {json.dumps(right)} -->") is not None
    assert read_receipt(f"<!-- cocflow:receipt {json.dumps(right | wrong)} -->") is None
