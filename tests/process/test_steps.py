"""What leads where: by moves and timers, and back to wherever one came from."""

from __future__ import annotations

from pathlib import Path

from cocflow.core.process import Move, Opening, Process, State, Timer
from cocflow.process.loading import load_process
from cocflow.process.steps import closure, leads_to, people, requests, steps
from cocflow.setup import shipped


def move(name: str, *from_: str, to: str | None = None, label: bool = False) -> Move:
    """Return an administrator's move."""
    return Move(name=name, means=name, from_=from_, to=to, by=("administrator",), label=label)


def process(*moves: Move, timers: tuple[Timer, ...] = ()) -> Process:
    """Return a process of four states that begins in the first."""
    return Process(
        name="suspension",
        version="1",
        published="2026-01-05",
        openings=(Opening(to="a"),),
        states=tuple(State(name=name, color="000000", means=name) for name in "abcd"),
        moves=moves,
        timers=timers,
    )


def test_a_step_leads_from_one_state_to_another() -> None:
    """Moves and timers count, and what leads nowhere or to itself doesn't."""
    timer = Timer(name="t", means="t", in_=("b",), to="c")
    made = process(move("one", "a", to="b"), move("note", "a"), move("stay", "b", to="b"), timers=(timer,))
    assert steps(made) == {("a", "b"), ("b", "c")}


def test_back_leads_to_every_state_that_leads_into_where_one_is() -> None:
    """Whatever state outside of `from` has a step into it may be the one before."""
    back = move("back", "c", "d", to="back")
    made = process(move("one", "a", to="c"), move("two", "b", to="d"), move("inside", "c", to="d"), back)
    assert leads_to(made, back) == ("a", "b")
    assert {("c", "a"), ("c", "b"), ("d", "a"), ("d", "b")} <= steps(made)


def test_one_way_back_may_open_another() -> None:
    """A step that is itself a way back counts as a way into another one's `from`."""
    first, second = move("first", "b", to="back"), move("second", "c", to="back")
    made = process(move("one", "c", to="b"), move("two", "a", to="c"), first, second)
    # b leads back to c, so c may have been entered from b as well as from a.
    assert leads_to(made, first) == ("c",)
    assert leads_to(made, second) == ("a", "b")


def test_what_can_be_reached_includes_the_beginning() -> None:
    """The closure follows steps forwards, from every start."""
    assert closure({"a"}, {("a", "b"), ("b", "c"), ("d", "a")}) == {"a", "b", "c"}


def test_every_way_of_asking_is_given() -> None:
    """A letter is the suspended person's alone, whoever else may ask otherwise."""
    suspension = load_process(shipped.workflows() / "suspension.yml", shipped.templates())
    (appeal,) = (one for one in suspension.moves if one.name == "appeal")
    assert people(appeal) == {"administrator", "suspended"}
    assert set(requests(appeal)) == {
        ("/appeal", "administrator", "appealable"),
        ("/appeal", "suspended", "appealable"),
        ("a letter", "suspended", "appealable"),
    }


def test_a_new_state_is_taken_in_by_editing_one_set(tmp_path: Path) -> None:
    """A state added to a set may do all that the set's other states may, and the process stays sound."""
    text = (shipped.workflows() / "incident.yml").read_text()
    path = tmp_path / "incident.yml"
    path.write_text(
        text.replace("\nstates:\n", "\nstates:\n  mediated:\n    color: 5319e7\n    means: They talk.\n")
        .replace("  in_work: [acknowledged, triaged]", "  in_work: [acknowledged, triaged, mediated]")
        .replace("\nmoves:\n", "\nmoves:\n  mediate:\n    means: Let them talk\n    from: [triaged]\n"
                 "    to: mediated\n    by: [administrator]\n    label: true\n")
    )  # fmt: skip
    made = load_process(path, shipped.templates())
    able = {one.name for one in made.moves_from("mediated")}
    before = {one.name for one in made.moves_from("triaged")}
    assert able == before - {"mediate"}
