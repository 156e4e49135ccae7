"""The plain words: every move, timer and figure is told, by whom, when and what follows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cocflow.core.process import Process
from cocflow.process.loading import load_process
from cocflow.process.rules import listed, rules, span
from cocflow.setup import shipped
from cocflow.setup.in_force import load_processes

EXAMPLES = Path(__file__).parent / "definitions" / "positive"
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
    said, _, _ = rest.partition("###")
    assert "an administrator, while it is *waiting*" in said
    assert "a comment `/estimate" in said
    assert "the estimate lies in the future" in said
    assert "it is then **acknowledged**. The reporter is told." in said


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


def part(text: str, heading: str) -> str:
    """Return what is said under a move's heading."""
    return text.partition(f"### {heading}\n")[2].partition("###")[0]


def test_sets_and_the_way_back_are_said_in_words(templates: Path) -> None:
    """A set is what it is called; every state is every state; back is what it was."""
    text = rules(load_process(EXAMPLES / "back_and_letters.yml", templates))
    assert "- *undone*: open and paused" in text
    assert "an administrator, while it is *undone*" in part(text, "Finish it")
    assert "in every state" in part(text, "Say what may be done")
    assert "it is again what it was: **open** or **done**." in part(text, "Go on as before")
    assert "it is again what it was: **open** or **paused**." in part(text, "Go on after all")


def test_letters_and_records_are_said_in_words(templates: Path) -> None:
    """What a receipt keeps is said by the subject's own words, of moves and of timers."""
    text = rules(load_process(EXAMPLES / "back_and_letters.yml", templates))
    assert "or a letter of the suspended person." in part(text, "Appeal")
    assert "**What is recorded:** which words are part of the appeal." in part(text, "Appeal")
    assert "It is recorded that the account is back while its appeal is open." in text


def test_a_draft_is_said_to_be_one(templates: Path) -> None:
    """Who approves it and who is asked stands before what follows."""
    path = EXAMPLES / "drafted.yml"
    text = rules(load_process(path, templates))
    assert "it is a draft until 2 different administrators, or all there are, approve it." in text
    assert "The reporter is asked about exactly these words." in part(text, "Post something")
    assert "it is a draft until another administrator, where there is one, approves it." in rules(
        PROCESSES[0]
    )
