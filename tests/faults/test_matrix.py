"""Every odd answer at every call of a sweep: it costs what depends on that call, is said, and is made good.

In the gate each kind of call meets each answer once, with few things to do around it; `make proof` tries
all of them at each call of a sweep in which everything is to be done.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec
import pytest

from cocflow.core.case.records import Board, read_card, read_marker
from cocflow.run.board import TITLE, key_of
from cocflow.run.sweep import TOLD_ELSEWHERE, Run, sweep
from tests.faults.answers import EVERYWHERE, GRAPHQL, LIST, PORT, Path, null, paths
from tests.faults.count import EVERYTHING, tried
from tests.faults.layer import Answer, Call, Plan, Wrong
from tests.faults.reference import RETRY
from tests.faults.town import CHANNELS, FEW, Town, Waiting, everything, plant, unsettled
from tests.faults.world import Seen

pytestmark = pytest.mark.matrix

HEALING_RUNS = 3
LETTERS = 3
"""Letters in a sweep with few things to do."""
ALL = frozenset(range(1, 1000))
PORTS = (
    *(f"deliver {one}" for one in CHANNELS),
    *(f"mailbox {one}" for one in ("waiting", "letter", "done", "set_aside")),
)
"""The calls that aren't GitHub's."""
KINDS = (
    "query Listing",
    "query Issue",
    "query Children",
    "mutation Answer",
    "mutation Write",
    "POST issues",
    "POST issues/N/comments",
    "POST issues/N/labels",
    "POST issues/N/assignees",
    "POST issues/N/sub_issues",
    "PATCH issues/N",
    "DELETE issues/N/assignees",
    *PORTS,
)


def kind(call: Call) -> str:
    """Return which route a call takes."""
    if call.what.startswith("deliver"):
        return " ".join(call.what.split()[:2])
    return re.sub(r"\d+", "N", re.sub(r"/repos/[^/]+/[^/]+/", "", call.what))


class Expected(msgspec.Struct, frozen=True):
    """A sweep without faults: where it begins, its calls, what GitHub shows then, and who was told what.

    `concerned`: what depends on each call; `listed`: how many come before the listing, for letters;
    `planted`: how many issues there were; `texts`: how each looks;
    `crowded`: several suspensions of one incident change at once.
    """

    waiting: Waiting
    calls: tuple[Call, ...]
    concerned: tuple[frozenset[int], ...]
    listed: int
    planted: int
    crowded: bool
    seen: Seen
    texts: dict[int, tuple[int | None, str]]
    told: set[tuple[str, ...]]
    mail: tuple[list[str], list[str]]


class Case(msgspec.Struct, frozen=True):
    """One answer at one call of a sweep."""

    expected: Expected
    plan: Plan

    @property
    def call(self) -> Call:
        """The call that goes wrong."""
        return self.expected.calls[self.plan.at - 1]

    def __str__(self) -> str:
        again = ", each time" if self.plan.stubborn else ""
        return f"{self.plan.at} {self.call.what}: {self.plan.wrong}{again}"


# --- without faults --------------------------------------------------------------------------------------


def expected(town: Town, waiting: Waiting) -> tuple[Expected, list[tuple[Call, Answer]]]:
    """Sweep without faults, and return GitHub's answers too; sweeping again changes nothing."""
    town.begin(waiting)
    planted, wheres = max(town.seen()), list[set[int]]()
    run = town.run(sweep, before=lambda place, call: wheres.append(_issues_of(town, call)))
    assert run is not None
    assert run.complete, run.troubles
    calls, seen = tuple(town.layer.calls), town.seen()
    lettered = {one.number for one in run.letters.outcomes}
    # Where letters lie in the mailbox, a listing before says where they may belong.
    listed = max(place for place, call in enumerate(calls) if kind(call) == "query Listing")
    for where in wheres[:listed]:
        where |= lettered  # what goes wrong there goes wrong with letters
    concerned = [_families(where, seen) for where in wheres]
    concerned[listed] = ALL
    answered = list(town.layer.answers)
    found = Expected(
        waiting,
        calls,
        tuple(concerned),
        listed,
        planted,
        len(waiting.letters) > LETTERS,
        seen,
        _texts(seen, planted),
        _told(town, planted),
        _mail(town),
    )
    assert town.run(sweep) is not None
    assert [kind(call) for call in town.layer.calls] == ["mailbox waiting", "query Listing"]
    assert town.seen() == seen
    return found, answered


def _told(town: Town, planted: int) -> set[tuple[str, ...]]:
    """Return what was told to whom, without the ids and numbers of issues that were made since."""
    messages = town.told().items()
    return {
        (
            id_.partition(".")[2],
            one.to.mail,
            one.subject,
            _plain(one.text.replace(one.token or "\0", ""), planted),
        )
        for id_, one in messages
    }


_NUMBER = re.compile(r'(#|"number":|issues/)(\d+)')


@lru_cache(maxsize=4096)
def _plain(text: str, planted: int) -> str:
    """Leave out the numbers of issues that were made since."""
    return _NUMBER.sub(lambda found: found[0] if int(found[2]) <= planted else f"{found[1]}new", text)


def _texts(seen: Seen, planted: int) -> dict[int, tuple[int | None, str]]:
    """Return how each issue looks, by number, but for the board.

    What was made since may have come later, with another number and code name: after the board.
    """
    found: dict[int, tuple[int | None, str]] = {}
    for number, issue in seen.items():
        if issue["title"] == TITLE:
            continue
        text = _plain(repr(issue), planted)
        if number <= planted:
            found[number] = number, text
        else:
            found[number] = None, _TIME.sub("…", text.replace(issue["title"].partition(" ")[2], "…"))
    return found


def _ends(seen: Seen, planted: int) -> dict[int, tuple[object, ...]]:
    """Return how each issue that was there stands; the order in which suspensions are noted may vary."""
    shown = ("title", "body", "state", "labels", "parent")
    return {number: tuple(seen[number][one] for one in shown) for number in seen if number <= planted}


_TIME = re.compile(r"\d\d:\d\d(:\d\d)?")


def _mail(town: Town) -> tuple[list[str], list[str]]:
    return sorted(one.key for one in town.box.handled), sorted(one.key for one in town.box.aside)


def _issues_of(town: Town, call: Call) -> set[int]:
    """Return which issues a call is about."""
    if "number" in call.variables:
        return {int(call.variables["number"])}
    if call.what.startswith("mutation"):
        return {town.issue_of(one)[0] for one in call.about}
    if found := re.search(r"/issues/(\d+)", call.what):
        return {int(found[1])}
    if call.what.startswith("deliver"):
        return {town.number(call.what.split()[2].partition(".")[0])}
    marker = read_marker(json.loads(call.body)["body"]) if call.what.endswith("/issues") else None
    return {marker.number} if marker is not None else set()


def _families(numbers: set[int], seen: Seen) -> frozenset[int]:
    """Return issues with their incidents and suspensions."""
    heads = {seen[one]["parent"] or one for one in numbers}
    return frozenset(one for one in seen if (seen[one]["parent"] or one) in heads)


# --- with one --------------------------------------------------------------------------------------------


def wrong_with(town: Town, case: Case) -> list[str]:
    """Play a case; return what isn't as it has to be."""
    town.begin(case.expected.waiting)
    run = town.run(sweep, case.plan)
    assert town.layer.struck is not None, case
    seen = town.seen()
    wrong = [*_unsaid(case, run, _board(seen)), *_harmed(town, case, run, seen)]
    for _ in range(HEALING_RUNS):
        town.store.move_clock(advance=RETRY)
        run = town.run(sweep)
        if run is not None and run.complete:
            break
    else:
        wrong.append("the runs after it leave something undone")
    return [*wrong, *_different(town, case.expected)]


def _unsaid(case: Case, run: Run | None, board: Board | None) -> list[str]:
    """Return what the run doesn't say: its exit code, and on the board what lasts."""
    if run is None:
        return [] if kind(case.call) == "query Listing" else ["it ends the run"]
    if run.complete:
        return []
    if run.spent == "limit":
        return [] if re.search("limit|429", case.plan.wrong) else ["it is taken for a limit"]
    lasting = {key_of(one) for one in run.troubles if one.kind not in TOLD_ELSEWHERE}
    wrong = [] if run.troubles else ["the run isn't complete, and doesn't say why"]
    if lasting and (board is None or not lasting <= board.troubles.keys()):
        wrong.append("the board doesn't say it")
    return wrong


def _harmed(town: Town, case: Case, run: Run | None, seen: Seen) -> list[str]:
    """Return the issues that don't depend on the call, and aren't as they are without the fault."""
    if run is None or run.spent == "limit":
        return []
    one, at = case.expected, case.plan.at - 1
    made_good = run.complete and not _is_gone_already(case)
    concerned = frozenset[int]() if made_good else one.concerned[at]
    due = Counter(text for number, text in one.texts.items() if number not in concerned)
    missing = due - Counter(_texts(seen, one.planted).values())
    wrong = [f"#{number} isn't as it has to be" for number, _ in missing]
    if (run.complete or at >= one.listed) and _mail(town) != one.mail:
        wrong.append("a letter isn't where it has to be")
    return wrong


def _is_gone_already(case: Case) -> bool:
    """Whether GitHub says that what is to be deleted isn't there: that is believed until the next look."""
    return case.call.what.startswith("DELETE") and case.plan.wrong == "404"


def _different(town: Town, one: Expected) -> list[str]:
    """Return what isn't as it is without the fault, but for the board; and whether that is clear."""
    wrong, seen = [], town.seen()
    if one.crowded:
        wrong += [] if _ends(seen, one.planted) == _ends(one.seen, one.planted) else ["it ends elsewhere"]
    elif Counter(_texts(seen, one.planted).values()) != Counter(one.texts.values()):
        wrong.append("GitHub shows something else in the end")
    if _told(town, one.planted) != one.told:
        wrong.append("something else was told, or somebody wasn't")
    if _mail(town) != one.mail:
        wrong.append("a letter isn't where it has to be in the end")
    board = _board(seen)
    if board is not None and board.troubles:
        wrong.append("the board still says it")
    return wrong


def _board(seen: Seen) -> Board | None:
    """Return what the board says, None where there is none."""
    cards = [issue["card"][0][1] for issue in seen.values() if issue["title"] == TITLE if issue["card"]]
    card = read_card(cards[0]) if cards else None
    return card.board if card is not None else None


# --- the cases -------------------------------------------------------------------------------------------

READ_OF_WRITES = ("id", "node_id", "number")
"""What a run looks at in the answer to a write."""
BELIEVED = (("POST issues/N/sub_issues", "422"),)
"""GitHub says that an issue is a sub-issue already, or that there is no room: no failure."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Yield the town of this process."""
    made = Town(tmp_path_factory.mktemp("town"))
    with made:
        yield made


class Sweeps:
    """The sweeps that are to go wrong, each played once without faults, and what GitHub's answers look like.

    `shapes`: the paths in them, by kind of call. In the gate, what has the same name in the same place of two
    lists is taken once.
    """

    def __init__(self, town: Town) -> None:
        planted = plant(town)
        self.shapes: dict[str, dict[Path, Path]] = {}
        self.few = [self._expected(town, unsettled(town, planted, deed)) for deed in FEW.values()]
        self.whole = self._expected(town, everything(town, planted))

    def _expected(self, town: Town, waiting: Waiting) -> Expected:
        found, answered = expected(town, waiting)
        for call, answer in answered:
            if call.what.startswith(("query", "mutation", "POST")):
                shapes = self.shapes.setdefault(kind(call), {})
                for path in paths(json.loads(answer.body)):
                    shapes.setdefault(path if EVERYTHING else path[-2:], path)
        return found

    def answers(self, which: str) -> dict[str, Wrong]:
        """Return what may come back of a kind of call, by name."""
        if which in PORTS:
            return PORT
        shapes = [path for path in self.shapes.get(which, {}).values() if not _is_gone(path)]
        if which.startswith("mutation"):
            return EVERYWHERE | GRAPHQL | {f"null {'.'.join(path)}": null(path) for path in shapes}
        if not which.startswith("query"):
            nulls = {f"null {one}": null((one,)) for one in READ_OF_WRITES if (one,) in shapes}
            return {
                name: how for name, how in (EVERYWHERE | nulls).items() if (which, name[:3]) not in BELIEVED
            }
        nulls = {f"null {'.'.join(path)}": null(path) for path in shapes}
        told = {f"null {'.'.join(path)}, told": null(path, told=True) for path in shapes if _is_spared(path)}
        return EVERYWHERE | GRAPHQL | nulls | told


def _is_gone(path: Path) -> bool:
    """Whether null says there that an account is gone, or an event's label, which is no odd answer."""
    return path[-1] in ("actor", "editor", "label") or path[-2:] == ("issue", "author")


def _is_spared(path: tuple[str, ...]) -> bool:
    """Whether GraphQL tells that this is missing, as it does of an entry that it can't resolve."""
    return EVERYTHING or path[-1] in (LIST, "parent", "author")


@pytest.fixture(scope="module")
def sweeps(town: Town) -> Sweeps:
    """Return the sweeps, played in this process."""
    return Sweeps(town)


def cases_of(sweeps: Sweeps, which: str) -> Iterator[Case]:
    """Return what is to go wrong with a kind of call.

    Where it makes the fewest other calls, each answer once, at one such call after the other. Of a sweep in
    which everything is to be done, all of them.
    """
    answers = sweeps.answers(which)
    one = min((one for one in sweeps.few if _places(one, which)), key=lambda one: len(one.calls))
    places = _places(one, which)
    for turn, (name, how) in enumerate(answers.items()):
        for at in places if EVERYTHING else [places[turn % len(places)]]:
            yield Case(one, Plan(at, name, how, stubborn=which not in PORTS))
            if EVERYTHING:
                yield Case(one, Plan(at, name, how))
    if EVERYTHING:
        shown = (one for one in answers.items() if not one[0].startswith("null "))
        yield from (
            Case(sweeps.whole, Plan(at, name, how, stubborn=which not in PORTS))
            for name, how in shown
            for at in _places(sweeps.whole, which)
        )


def _places(one: Expected, which: str) -> list[int]:
    return [at for at, call in enumerate(one.calls, 1) if kind(call) == which]


@pytest.mark.parametrize("which", KINDS)
def test_an_odd_answer_costs_what_depends_on_it(
    town: Town, sweeps: Sweeps, which: str, record_property: Callable[[str, object], None]
) -> None:
    """All else is done, the run and the board say it, and it is made good by the next run, the board too."""
    found: list[tuple[str, list[str]]] = []
    count = 0
    for case in cases_of(sweeps, which):
        count += 1
        if wrong := wrong_with(town, case):
            found.append((str(case), wrong))
    tried(record_property, "odd answers", count)
    assert found == []


def test_every_kind_of_call_is_among_them(sweeps: Sweeps) -> None:
    """No sweep makes a kind of call that isn't tried, and each is made by one with few others."""
    assert {kind(call) for call in sweeps.whole.calls} == set(KINDS)
    assert {kind(call) for one in sweeps.few for call in one.calls} == set(KINDS)
