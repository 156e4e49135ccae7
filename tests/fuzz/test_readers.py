"""No reader crashes on anything: it returns, or raises an error of ours.

A few seconds in the gate; `COCFLOW_FUZZ=long` tries for minutes. What once broke a reader is kept in
`corpus/`, and each file there is tried with every reader, always.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, example, given, settings

from tests.fuzz.readers import READERS, survives
from tests.fuzz.texts import examples_once, forged, kept, texts

EXAMPLES = 20_000 if os.environ.get("COCFLOW_FUZZ") == "long" else 250
few = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", READERS)
@few
@given(text=texts)
@example(text="")
@example(text="/")
@example(text="\ud800")
def test_no_reader_raises_anything_of_its_own(name: str, text: str) -> None:
    """Texts of pieces, right ones with mistakes put in, and forged records: read, or refused by name."""
    survives(READERS[name], text)


@few
@given(text=forged())
def test_a_forged_record_in_our_own_name_is_read_or_stops_the_case(text: str) -> None:
    """Whatever value stands in a record, the ledger, its replay and the next decision take it."""
    survives(READERS["ledger"], text)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(("file", "text"), kept(), ids=[file for file, _ in kept()])
def test_the_corpus_breaks_no_reader(name: str, file: str, text: str) -> None:
    """What broke a reader once, or was near it, breaks none."""
    survives(READERS[name], text)


@pytest.mark.parametrize("name", READERS)
def test_what_is_right_somewhere_breaks_no_reader(name: str) -> None:
    """Every reader takes every example, its own and the others'."""
    assert examples_once()
    for text in examples_once():
        survives(READERS[name], text)


@pytest.mark.parametrize("name", READERS)
def test_each_reader_takes_something_and_refuses_something(name: str) -> None:
    """The tries aren't all alike: a reader that could do nothing else than return would prove nothing."""
    found = {survives(READERS[name], text) for text in [*examples_once(), *OWN]}
    assert "" in found
    assert len(found) > 1 or name in TOTAL


OWN = ("1. It was so.", "Robin by phone", "3 days", "P7D", "n" * 40)
"""What readers of a few words take."""

TOTAL = ("form", "records", "ledger", "letter")
"""The readers that never refuse anything."""
