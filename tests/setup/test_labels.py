"""The labels that processes need, and what a repository lacks of them."""

from __future__ import annotations

import re

import msgspec
import pytest

from cocflow.bootstrap import load_processes
from cocflow.core.process import BOARD_LABEL
from cocflow.ports import Label
from cocflow.setup import shipped
from cocflow.setup.labels import LONGEST, OURS, ensure_labels, labels_of, wanting

WANTED = labels_of(load_processes(shipped.root()))


class Shelf:
    """Labels in memory."""

    def __init__(self, *labels: Label) -> None:
        self.kept = {label.name: label for label in labels}

    def labels(self) -> tuple[Label, ...]:
        """See `Labels.labels`."""
        return tuple(self.kept.values())

    def create_label(self, label: Label) -> None:
        """See `Labels.create_label`."""
        assert label.name not in self.kept
        self.kept[label.name] = label

    def change_label(self, label: Label) -> None:
        """See `Labels.change_label`."""
        self.kept[label.name] = label


def test_every_state_and_quick_label_has_its_label() -> None:
    """What a move or a state of any process is asked for or shown by is among the labels."""
    names = [label.name for label in WANTED]
    for process in load_processes(shipped.root()):
        assert {state.label for state in process.states} | set(process.quick_labels()) <= set(names)
    assert len(names) == len(set(names))


def test_an_outcomes_label_says_what_it_means() -> None:
    """Whoever picks it on a phone reads there what it says."""
    described = {label.name: label.description for label in WANTED}
    assert described["outcome: talk"] == "Somebody talked with the person about it, and that is all."


@pytest.mark.parametrize("label", WANTED, ids=lambda label: label.name)
def test_the_picker_says_what_happens_once_a_label_is_put_on(label: Label) -> None:
    """As long as GitHub takes it: what it does, what to write instead, or that cocflow puts it on."""
    assert len(label.description) <= LONGEST
    moves = [move for process in load_processes(shipped.root()) for move in process.moves]
    asked = {f"state: {move.to}": move for move in moves if move.label}
    asked |= {name: move for move in moves for name, _ in move.quick_labels}
    stated = {one.label: one.means for process in load_processes(shipped.root()) for one in process.outcomes}
    if label.name in stated:
        kept, _, asks = label.description.partition("…")
        assert (kept if asks else label.description).startswith(stated[label.name][:50])
    elif label.name in asked:
        assert any(label.description.startswith(f"{move.means}.") for move in moves)
    else:
        assert "…" not in label.description
        assert re.search(rf"(Write /(\w+) instead|{re.escape(OURS[:-1])})\.$", label.description)


def test_a_label_that_only_asks_for_words_names_the_command() -> None:
    """Whoever is about to put one on reads in the picker what will be asked of them."""
    says = {label.name: label.description for label in WANTED}
    assert says["suspend"].endswith("Shows how /suspend is written.")
    assert says["state: resolved"].endswith("Write /resolve instead.")


def test_a_long_meaning_makes_room_for_what_happens() -> None:
    """A community's own long sentence is cut, and never what the label does."""
    incident = next(one for one in load_processes(shipped.root()) if one.name == "incident")
    long = msgspec.structs.replace(incident.states[0], means="A state. " * 30)
    (first, *_) = labels_of([msgspec.structs.replace(incident, states=(long, *incident.states[1:]))])
    assert len(first.description) <= LONGEST
    assert first.description.endswith(f"… {OURS}")


def test_labels_are_compared_in_any_case_of_letters() -> None:
    """GitHub takes `State: Closed` for the same label, and so do we."""
    label = Label(name="state: closed", color="c2e0c6", description="d")
    there = Label(name="State: Closed", color="C2E0C6", description="d")
    assert not wanting([there], [label])


def test_a_sweep_creates_what_is_missing_and_leaves_the_rest() -> None:
    """A template copy gets its labels; a recoloured one keeps its colour."""
    own = Label(name="state: closed", color="000000", description="ours")
    shelf = Shelf(own)
    made = ensure_labels(shelf, load_processes(shipped.root()))
    assert len(made) == len(WANTED) - 1
    assert shelf.kept["state: closed"] == own
    assert ensure_labels(shelf, load_processes(shipped.root())) == ()


def test_a_label_that_came_about_by_being_put_on_gets_its_looks() -> None:
    """The first sweep opens the board before it makes labels: GitHub makes one without a description."""
    shelf = Shelf(Label(name=BOARD_LABEL, color="ededed", description=""))
    assert len(ensure_labels(shelf, load_processes(shipped.root()))) == len(WANTED)
    assert not wanting(shelf.labels(), WANTED)
