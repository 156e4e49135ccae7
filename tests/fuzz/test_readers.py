"""No reader crashes on anything: it returns, or raises an error of ours.

A few seconds in the gate; `make proof` (`COCFLOW_FUZZ=long`) tries for minutes. What once broke a reader is
kept in `corpus/`, and each file there is tried with every reader, always.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings

from tests.faults.count import tried
from tests.fuzz.readers import READERS, survives
from tests.fuzz.texts import examples_once, forged, kept, texts

pytestmark = [pytest.mark.slow, pytest.mark.matrix]

EXAMPLES = 20_000 if os.environ.get("COCFLOW_FUZZ") == "long" else 250
few = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))


Record = Callable[[str, object], None]


@pytest.mark.parametrize("name", READERS)
def test_no_reader_raises_anything_of_its_own(name: str, record_property: Record) -> None:
    """Texts of pieces, right ones with mistakes put in, and forged records: read, or refused by name."""
    count = 0

    @few
    @given(text=texts)
    @example(text="")
    @example(text="/")
    @example(text="\ud800")
    def each(text: str) -> None:
        nonlocal count
        count += 1
        survives(READERS[name], text)

    each()
    tried(record_property, "texts", count)


def test_a_forged_record_in_our_own_name_is_read_or_stops_the_case(record_property: Record) -> None:
    """Whatever value stands in a record, the ledger, its replay and the next decision take it."""
    count = 0

    @few
    @given(text=forged())
    def each(text: str) -> None:
        nonlocal count
        count += 1
        survives(READERS["ledger"], text)

    each()
    tried(record_property, "texts", count)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(("file", "text"), kept(), ids=[file for file, _ in kept()])
def test_the_corpus_breaks_no_reader(name: str, file: str, text: str) -> None:
    """What broke a reader once, or was near it, breaks none."""
    survives(READERS[name], text)


@pytest.mark.parametrize("name", READERS)
def test_what_is_right_somewhere_breaks_no_reader(name: str) -> None:
    """Every reader takes every example, its own and the others', and no reader could only return."""
    found = {survives(READERS[name], text) for text in [*examples_once(), *OWN]}
    assert "" in found
    assert len(found) > 1 or name in TOTAL


OWN = ("1. It was so.", "Robin by phone", "3 days", "P7D", "n" * 40)
"""What readers of a few words take."""

TOTAL = ("form", "mailed", "letters_command", "records", "ledger", "letter")
"""The readers that never refuse anything."""
