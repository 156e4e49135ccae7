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
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cocflow.core.case.facts import Actor
from tests.faults.count import EVERYTHING
from tests.faults.crowd import (
    ACTORS,
    BRIDGE,
    CONSENT,
    EVERYBODY,
    IMPOSTOR,
    KIM,
    LETTERS,
    MEDDLING,
    MEMBER,
    NAMES,
    REPORTER,
    ROADS,
    ROBIN,
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
    "begun": BEGUN,
    "drafted": [*BEGUN, *done(MIABOT, "resolve to each")],
    "resolved, but for those whom mail doesn't reach": [
        *BEGUN,
        *done(MIABOT, "mail fails", "resolve to each", "approve"),
    ],
    "a post is drafted": [*BEGUN, *done(MFT, "post")],
    "posted": [*BEGUN, *done(MFT, "post"), *done(MIABOT, "approve", "three days")],
    "an answer is drafted": [*BEGUN, *done(MFT, "suspend", "eight days", "appeal"), *done(MIABOT, "uphold")],
}
ENDINGS: dict[str, list[Step]] = {
    "approved": [*done(THCLPR, "approve", "approve the suspension"), *done(MIABOT, "approve", "three days")],
    "approved by who may not": [
        step for one in (STRANGER, IMPOSTOR) for step in done(one, "approve", "approve the suspension")
    ],
    "resolved": [*done(MIABOT, "resolve to each"), *done(THCLPR, "approve")],
    "corrected": [*done(MIABOT, "correct to each"), *done(THCLPR, "approve")],
    "posted": [*done(MIABOT, "post"), *done(THCLPR, "approve", "three days")],
}

SHARED = st.sampled_from(["none", "none", *SHARES])
FILINGS = st.one_of(
    st.builds(Filing, share=SHARED, public=st.booleans()),
    st.builds(Filing, share=SHARED),
    st.builds(Filing, share=SHARED, edited_by=st.sampled_from([WRITER, STRANGER, MFT])),
    st.builds(
        Filing,
        by=st.sampled_from([MFT, MFT, MEMBER, BRIDGE]),
        share=SHARED,
        public=st.booleans(),
        for_another=st.just(True),
    ),
)
"""How a report may come: by the reporter, perhaps meddled with unread, or by somebody else for them."""
INVOLVED = st.sampled_from([(), (), (), ("@mft (Mika)",), ("@thclpr",)])
ADMINISTRATORS = st.sampled_from([MFT, MIABOT, THCLPR])
RUNS = st.sampled_from([True, True, False])
BETWEEN = (
    (MIABOT, "reword one's own"),
    (MFT, "reword one's own"),
    (WRITER, "reword the newest"),
    (WRITER, "delete the newest"),
    (WRITER, "have the reporter consent"),
    (WRITER, "report: share community by name"),
    (REPORTER, "talk"),
    (REPORTER, "consent: none"),
    (REPORTER, "consent: parties"),
    (REPORTER, "consent: parties by name"),
    (REPORTER, "consent: no"),
    (REPORTER, "consent: yes"),
    (REPORTER, "report: an answer"),
    (MFT, "record consent: community by name"),
    (MFT, "party: Robin leaves"),
    (MFT, "mail arrives"),
    (MFT, "a day"),
    (THCLPR, "heard"),
    (THCLPR, "approve"),
    (STRANGER, "approve"),
    (IMPOSTOR, "approve"),
)
"""What most likely comes between the words, their approval and their arrival."""
STEPS = st.one_of(
    *(st.builds(lambda one, runs: (*one, runs), st.sampled_from(BETWEEN), RUNS),) * 4,
    st.tuples(st.just(REPORTER), st.sampled_from([*CONSENT, "talk"]), RUNS),
    st.tuples(st.just(WRITER), st.sampled_from(sorted(MEDDLING | CONSENT)), RUNS),
    st.tuples(ADMINISTRATORS, st.sampled_from(sorted(WORDS | CONSENT)), RUNS),
    st.tuples(ADMINISTRATORS, st.sampled_from(["approve", "heard", "reword one's own", "a day"]), RUNS),
    st.tuples(st.just(REPORTER), st.sampled_from(sorted(LETTERS)), RUNS),
    st.tuples(st.sampled_from(EVERYBODY), st.sampled_from(sorted(ROADS.keys() - MEDDLING.keys())), RUNS),
)


def played(filing: Filing, steps: list[Step], size: int = 3, **fields: Any) -> Watch:
    """Let all of it happen, and look at what went out after each run; return who has seen that."""
    crowd = Crowd(size, filing, **fields)
    watch = Watch(crowd)
    watch.looks()
    for by, name, runs in [*steps, (MFT, "mail arrives", True), (MFT, "a day", True)]:
        ROADS[name](crowd, by)
        if runs:
            crowd.runs()
            watch.looks()
    return watch


TRIED: dict[str, tuple[str, ...]] = {
    "drafted": ("none", "parties by name"),
    "resolved, but for those whom mail doesn't reach": ("none", "parties by name"),
    "a post is drafted": ("community",),
    "an answer is drafted": ("none", "parties"),
}
"""Where one thing more is tried, and under which consent: in turn, and under all in `make proof`."""


@pytest.mark.slow
@pytest.mark.matrix
@pytest.mark.parametrize("beginning", TRIED)
def test_one_thing_more_before_words_arrive(beginning: str) -> None:
    """Whatever may come between words, their approval and their arrival, one by one, in a run of its own."""
    shares = TRIED[beginning]
    for turn, deed in enumerate(BETWEEN):
        for share in SHARES if EVERYTHING else shares[turn % len(shares) :][:1]:
            for runs in (True, False) if EVERYTHING else (True,):
                steps = [*BEGINNINGS[beginning], (*deed, runs), *ENDINGS["approved"]]
                played(Filing(share=share), steps, pinned=3)


FOUND: dict[str, tuple[Filing, list[Step]]] = {
    "an edit of something else, after a no": (
        Filing(share="parties"),
        [*BEGUN, *done(REPORTER, "consent: none", "report: an answer"), *done(MIABOT, "resolve to each")],
    ),
    "an edit over somebody else's": (
        Filing(),
        [
            *BEGUN,
            *done(WRITER, "report: share parties"),
            *done(REPORTER, "report: an answer", "report: an answer"),
            *done(MIABOT, "resolve to each"),
        ],
    ),
    "an edit over somebody else's of where it was": (
        Filing(),
        [
            *BEGUN,
            *done(WRITER, "report: in public"),
            *done(REPORTER, "report: an answer"),
            *done(MFT, "post"),
        ],
    ),
    "a no in the minute of the question": (
        Filing(share="community"),
        [*BEGUN, (MIABOT, "post", False), *done(REPORTER, "consent: none")],
    ),
    "a no that somebody else made a yes of": (
        Filing(share="parties"),
        [
            *BEGUN,
            *done(MIABOT, "resolve to each"),
            (REPORTER, "talk", False),
            *done(WRITER, "have the reporter consent"),
        ],
    ),
    "a yes to the name between the approval and the arrival": (
        Filing(share="parties"),
        [
            *BEGINNINGS["resolved, but for those whom mail doesn't reach"],
            *done(REPORTER, "consent: parties by name"),
        ],
    ),
}
"""By what words reached somebody once who may not have them, or as nobody had seen them."""


@pytest.mark.slow
@pytest.mark.parametrize("found", FOUND)
def test_what_once_let_words_out_does_no_more(found: str) -> None:
    """The shortest sequences of what these tests have found."""
    filing, steps = FOUND[found]
    played(filing, [*steps, *ENDINGS["approved"]])


def test_the_words_of_a_sequence_do_reach_their_readers() -> None:
    """What may be told is found where it may be, by hand and by channel: real words are watched."""
    seen: set[tuple[str, str]] = set()
    for beginning, share in (
        ("drafted", "parties"),
        ("posted", "community"),
        ("an answer is drafted", "parties"),
    ):
        seen |= played(Filing(share=share), [*BEGINNINGS[beginning], *ENDINGS["approved"]]).seen
    assert {("all", ROBIN), ("parties", ROBIN), (ROBIN, ROBIN), ("all", KIM), (KIM, KIM)} <= seen
    assert {("all", "reporter"), ("reporter", "reporter"), ("post", "community"), ("post", ROBIN)} <= seen
    assert {("why", "suspended"), ("suspended", "suspended")} <= seen


@pytest.mark.slow
@pytest.mark.matrix
@settings(
    max_examples=int(os.environ.get("COCFLOW_HISTORIES", "80")),
    derandomize=True,
    phases=(Phase.generate,) if "COCFLOW_HISTORIES" in os.environ else tuple(Phase),
)
@given(
    size=st.sampled_from([3, 3, 1, 2, 4, 5]),
    pinned=st.sampled_from([0, 3, 5]),
    filing=FILINGS,
    involved=INVOLVED,
    beginning=st.sampled_from(sorted(BEGINNINGS)),
    steps=st.lists(STEPS, min_size=2, max_size=6),
    ending=st.sampled_from(sorted(ENDINGS)),
)
def test_words_reach_whom_they_may_and_as_they_were_shown(
    size: int,
    pinned: int,
    filing: Filing,
    involved: tuple[str, ...],
    beginning: str,
    steps: list[Step],
    ending: str,
) -> None:
    """Whoever does whatever: consent rules who reads words, and a sender has seen what goes out."""
    fields: dict[str, Any] = {"involved": involved} if involved else {}
    whole = [*BEGINNINGS[beginning], *steps, *ENDINGS[ending]]
    played(filing, whole, size, pinned=pinned, **fields)
