"""A definition as data: what is looked up in it, by name or by property."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from cocflow.core.process import AUDIENCES, CHOICES, FOLDERS, PROPERTIES, Figure, Move, State, Timer
from tests.core.play import definition, process, suspension_definition

PROCESSES = (definition().process, suspension_definition().process)
PROCESS = msgspec.structs.replace(
    definition().process,
    name="incident",
    version="9.9",
    states=(
        State(name="here", color="ffffff", means="Here", is_=("awaits_triage",)),
        State(name="there", color="ffffff", means="There", is_=("awaits_estimate", "awaits_triage")),
        State(name="gone", color="ffffff", means="Gone", final=True),
    ),
    moves=(
        Move(
            name="go", means="Go", from_=("here",), to="there", by=("reporter",), quick_labels=(("g", "x"),)
        ),
        Move(name="leave", means="Leave", from_=("here", "there"), to="gone", by=("reporter",)),
    ),
    timers=(
        Timer(name="late", means="Late", in_=("here",), after="wait"),
        Timer(name="kept", means="Kept", in_=("here",), after="wait", records=("silence",), is_=("promise",)),
        Timer(name="moved", means="Moved", in_=("here",), after="wait", to="gone"),
    ),
    figures=(
        Figure(name="wait", default=timedelta(days=1), means="How long"),
        Figure(name="window", default=None, means="How long", is_=("appeal_window",)),
    ),
)


def test_a_receipt_names_process_and_version() -> None:
    """What is recorded is both, so that a later version knows what was in force."""
    assert PROCESS.id == "incident/9.9"


def test_a_state_is_found_by_its_name_and_shown_by_its_label() -> None:
    """A name that the definition lacks, and none at all, is no state."""
    here = PROCESS.state("here")
    assert here is not None
    assert here.label == "state: here"
    assert PROCESS.state("nowhere") is PROCESS.state(None) is None


def test_states_are_found_by_any_of_their_properties() -> None:
    """Each that has one of them, in the file's order; without a property there is none."""
    assert PROCESS.are("awaits_triage") == ("here", "there")
    assert PROCESS.are("awaits_estimate") == ("there",)
    assert PROCESS.are("awaits_estimate", "awaits_triage") == ("here", "there")
    assert PROCESS.are("appeal_open") == PROCESS.are() == ()


def test_timers_and_figures_are_found_by_their_property() -> None:
    """By what they are to the program; where none is, there is none."""
    timer, figure = PROCESS.timer_that("promise"), PROCESS.figure_that("appeal_window")
    assert timer is not None
    assert figure is not None
    assert (timer.name, figure.name) == ("kept", "window")
    bare = msgspec.structs.replace(PROCESS, timers=(), figures=())
    assert bare.timer_that("promise") is None
    assert bare.figure_that("appeal_window") is None


def test_a_figure_that_is_missing_is_an_error() -> None:
    """A definition that names one has it, or was never loaded."""
    assert PROCESS.figure("wait").default == timedelta(days=1)
    with pytest.raises(KeyError):
        PROCESS.figure("nothing")


def test_what_moves_or_records_happens_in_order() -> None:
    """A timer that does neither only reminds, and coalesces with those that were missed."""
    assert [timer.in_order for timer in PROCESS.timers] == [False, True, True]


def test_moves_are_looked_up_by_the_state_that_they_lead_from() -> None:
    """In the file's order; from a state that there isn't, none."""
    assert [move.name for move in PROCESS.moves_from("here")] == ["go", "leave"]
    assert [move.name for move in PROCESS.moves_from("there")] == ["leave"]
    assert list(PROCESS.moves_from("nowhere")) == list(PROCESS.moves_from(None)) == []


def test_quick_labels_are_those_of_all_moves() -> None:
    """Each with what it stands for."""
    assert PROCESS.quick_labels() == {"g": "x"}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: str(process.name))
def test_a_set_of_a_shipped_process_names_states_and_is_resolved(process: msgspec.Struct) -> None:
    """A name for several states stands for exactly those; no move, timer or set is left with such a name."""
    states = {state.name for state in process.states}  # type: ignore[attr-defined]
    sets = dict(process.sets)  # type: ignore[attr-defined]
    assert sets
    assert states.isdisjoint(sets)
    named = [one.from_ for one in process.moves] + [one.in_ for one in process.timers]  # type: ignore[attr-defined]
    for names in (*sets.values(), *named):
        assert names
        assert set(names) <= states
        assert len(set(names)) == len(names)


def test_a_choice_that_none_binds_is_nowhere() -> None:
    """A process without a consent of its own has no place for it."""
    assert definition().process.choice("in_public") is not None
    assert suspension_definition().process.choice("in_public") is None


@pytest.mark.parametrize("words", [*PROPERTIES.values(), *CHOICES.values()])
def test_what_everything_means_is_a_sentence(words: str) -> None:
    """The reference prints it as it stands."""
    assert words[0].isupper()
    assert words.endswith(".")


def test_every_role_that_is_answered_is_an_audience() -> None:
    """Notices lie in the same folders, and besides, the community's, the outside contact's, and a sender's."""
    assert set(AUDIENCES) == {*FOLDERS.values(), "community", "outside", "sender"}


def test_a_label_is_known_in_any_case_of_letters() -> None:
    """On GitHub `Approve` is `approve`; what the process doesn't have stays as it is."""
    spelt = process().spelt
    assert (spelt("Approve"), spelt("STATE: Triaged"), spelt("Other")) == (
        "approve",
        "state: triaged",
        "Other",
    )
