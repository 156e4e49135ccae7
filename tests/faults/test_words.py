"""Whose words reach whom: over sequences of everything that anybody can do, by everybody at once.

Up to five administrators, some of them unpinned or out, a reporter or whoever files for one, parties,
strangers and somebody with the role Write act by every road, in any order. No letter's words reach somebody
whom the reporter's consent leaves out, nothing goes out that its sender wasn't shown, and somebody can
always go on or has been told how. What consent there is, the test knows from what the reporter did, and of
what is recorded for them only whether cocflow granted it.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from cocflow.core.case.facts import Actor
from tests.faults.crowd import (
    ACTORS,
    BRIDGE,
    CONSENT,
    EVERYBODY,
    LETTERS,
    MEDDLING,
    MEMBER,
    NAMES,
    REPORTER,
    ROADS,
    STRANGER,
    WORDS,
    WRITER,
    Crowd,
    Filing,
)
from tests.faults.watch import Watch
from tests.scene import SHARES

# --- sequences --------------------------------------------------------------------------------------------

MFT, MIABOT, THCLPR = (ACTORS[name] for name in NAMES[:3])
Step = tuple[Actor, str, bool]
"""Who does what, and whether cocflow runs then."""


def done(by: Actor, *names: str) -> list[Step]:
    """Return steps by somebody, with a run after each."""
    return [(by, name, True) for name in names]


BEGUN = done(MFT, "party: Robin", "party: Kim", "estimate")
BEGINNINGS: dict[str, list[Step]] = {
    "nothing": [],
    "begun": BEGUN,
    "drafted": [*BEGUN, *done(MIABOT, "resolve to each")],
    "resolved": [*BEGUN, *done(MIABOT, "resolve to each", "approve")],
    "post drafted": [*BEGUN, *done(MFT, "post")],
    "suspended": [*BEGUN, *done(MFT, "suspend")],
    "appealed": [*BEGUN, *done(MFT, "suspend", "eight days", "appeal")],
}

FILINGS = st.one_of(
    st.builds(Filing, share=st.sampled_from(sorted(SHARES)), public=st.booleans()),
    st.builds(
        Filing, share=st.sampled_from(sorted(SHARES)), edited_by=st.sampled_from([WRITER, STRANGER, MFT])
    ),
    st.builds(
        Filing,
        by=st.sampled_from([MFT, MEMBER, BRIDGE]),
        share=st.sampled_from(sorted(SHARES)),
        public=st.booleans(),
        for_another=st.just(True),
        edited_by=st.sampled_from([None, None, WRITER]),
    ),
)

PEOPLE = st.sampled_from(EVERYBODY)
ADMINISTRATORS = st.sampled_from(list(ACTORS.values())[:3])
RUNS = st.sampled_from([True, True, True, False])
STEPS = st.one_of(
    st.tuples(ADMINISTRATORS, st.sampled_from([*WORDS, "approve"]), RUNS),
    st.tuples(ADMINISTRATORS, st.sampled_from(["approve", "approve the suspension", "heard"]), RUNS),
    st.tuples(st.just(REPORTER), st.sampled_from([*CONSENT, "talk"]), RUNS),
    st.tuples(ADMINISTRATORS, st.sampled_from(list(CONSENT)), RUNS),
    st.tuples(st.just(REPORTER), st.sampled_from(list(LETTERS)), RUNS),
    st.tuples(st.just(WRITER), st.sampled_from(list(MEDDLING)), RUNS),
    st.tuples(PEOPLE, st.sampled_from([name for name in ROADS if name not in MEDDLING]), RUNS),
)


def play_out(crowd: Crowd, steps: list[Step]) -> None:
    """Let all of it happen, and look at what went out after each run."""
    watch = Watch(crowd)
    watch.looks()
    for by, name, runs in [*steps, (MFT, "mail arrives", True), (MFT, "a day", True)]:
        ROADS[name](crowd, by)
        if runs:
            crowd.runs()
            watch.looks()


@pytest.mark.slow
@settings(max_examples=100, derandomize=True)
@given(
    size=st.integers(1, 5),
    pinned=st.integers(0, 5),
    filing=FILINGS,
    involved=st.sampled_from([(), (), (), ("@mft (Mika)",), ("@thclpr",)]),
    beginning=st.sampled_from(sorted(BEGINNINGS)),
    steps=st.lists(STEPS, max_size=10),
)
def test_words_reach_whom_they_may_and_as_they_were_shown(
    size: int,
    pinned: int,
    filing: Filing,
    involved: tuple[str, ...],
    beginning: str,
    steps: list[Step],
) -> None:
    """Whoever does whatever: consent rules who reads words, and a sender has seen what goes out."""
    crowd = Crowd(size, filing, pinned=pinned, **({"involved": involved} if involved else {}))
    play_out(crowd, [*BEGINNINGS[beginning], *steps])
