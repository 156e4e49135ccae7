"""The plain words: every move, timer and figure is told, by whom, when and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cocflow.bootstrap import load_processes
from cocflow.core.process import Process
from cocflow.process.rules import listed, rules, span
from cocflow.setup import shipped

PROCESSES = load_processes(shipped.root())


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: str(process.name))
def test_nothing_of_a_process_is_left_out(process: Process) -> None:
    """Each state, move, way of asking and figure stands in the text."""
    text = rules(process)
    for word in (
        *(state.means for state in process.states),
        *(move.means for move in process.moves),
        *(f"/{move.command}" for move in process.moves if move.command),
        *(f"`{label}`" for label in process.quick_labels()),
        *(f"`{figure.name}`" for figure in process.figures),
    ):
        assert word in text


def test_a_move_says_who_how_and_what_follows() -> None:
    """The estimate is an administrator's, by label or command, and the reporter is told."""
    _, _, rest = rules(PROCESSES[0]).partition("### Tell the reporter by when\n")
    part, _, _ = rest.partition("###")
    assert "an administrator, while it is *incomplete* or *reported*" in part
    assert "a comment `/estimate" in part
    assert "the estimate lies in the future" in part
    assert "it is then **acknowledged**. The reporter is told." in part


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (None, "never"),
        (timedelta(days=7), "7 days"),
        (timedelta(hours=24), "24 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=5), "5 seconds"),
    ],
)
def test_waiting_periods_are_said_in_words(duration: timedelta | None, said: str) -> None:
    """A day is said as 24 hours; anything longer in days where it is whole ones."""
    assert span(duration) == said


def test_lists_read_as_people_write_them() -> None:
    """Commas, and a word before the last."""
    assert [listed(()), listed("a"), listed("ab"), listed("abc", "or")] == ["", "a", "a and b", "a, b or c"]
