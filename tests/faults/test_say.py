"""Nobody in their own cause, whatever they do: sequences of everything that one account can ask for.

One account acts, by every road that it has: commands, labels, buttons, edits of the report and of its own
comments, deletions, the suspension form. However many of them it takes, and in whatever order, it never
becomes the only one left to decide; no say that was lost comes back by it; and where nobody is left,
somebody who can go on has been told.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocflow.core.acts.party import introduction
from cocflow.core.case.facts import Actor, Commented
from cocflow.core.case.records import joining_line
from cocflow.core.engine.decide import decide, noted
from cocflow.core.engine.joining import news
from cocflow.core.people.roster import Administrator
from cocflow.messages import fenced
from tests.core.play import (
    BOT,
    FOR_ANOTHER,
    RIYA,
    Play,
    body,
    community,
    suspension_body,
    suspension_definition,
)

NAMES = ("mft", "miabot", "thclpr", "zed", "quill")
ACTORS = {name: Actor(f"U_{name}", name) for name in NAMES}

Act = Callable[["Histories", Actor], object]


def says(text: str) -> Act:
    """Ask by a comment; `{who}` is another administrator."""
    return lambda made, by: made.incident.says(by, text.format(who=made.other(by))) and None


def forms(account: str) -> Act:
    """Open a suspension with the form, and have the incident note it."""

    def act(made: Histories, by: Actor) -> None:
        made.opens(by, account.format(who=made.other(by)))

    return act


def edits_report(made: Histories, by: Actor) -> None:
    """Write another administrator's name into the report."""
    made.incident.edits_body(by, body(who=f"It was @{made.other(by)}."))


def edits_own(made: Histories, by: Actor) -> None:
    """Change one's own last comment."""
    own = [one.id for one in made.incident.facts if isinstance(one, Commented) and one.by == by]
    if own:
        made.incident.edits(own[-1], by, "/party Somebody Else")


def deletes_own(made: Histories, by: Actor) -> None:
    """Delete one's own last comment."""
    own = [one.id for one in made.incident.facts if isinstance(one, Commented) and one.by == by]
    if own:
        made.incident.deletes(by, own[-1])


def labels(label: str) -> Act:
    """Ask by a label, on the incident and on every suspension."""

    def act(made: Histories, by: Actor) -> None:
        for play in (made.incident, *made.children):
            play.labels(by, label)

    return act


def merges(reporter: str) -> Act:
    """File a report for somebody, and have it handled with the incident."""

    def act(made: Histories, by: Actor) -> None:
        text = body(learned=FOR_ANOTHER, reporter=f"@{reporter.format(who=made.other(by))}")
        incident, number = made.incident, made.next_report()
        report = Play(by, text, community_=incident.community, number=number, start=incident.now)
        report.run()
        report.says(by, "/dismiss duplicate of #1")
        decision = decide(msgspec.structs.replace(report.case(), beside={1: incident.case()}))
        if decision is None or decision.record.refused:
            return
        report.post(decision.record)
        joining = news(report.case(), incident.case(), decision.record.n)
        who = fenced(introduction(report.case().people[0]))
        incident.says(BOT, f"Who filed it:\n\n{who}\n\n{joining_line(joining)}", report.now)

    return act


ACTS: tuple[Act, ...] = (
    says("/party {who}"),
    says("/party {who}, Somebody"),
    says("/party -{who}"),
    says("/suspend Insults\n{who}, x@example.org"),
    says("/suspend Insults\nriya, riya@example.org"),
    says("/answer 2 It was @{who}."),
    says("/confirm"),
    says("/confirm @{who}"),
    says("/clear No."),
    says("/clear @{who} No."),
    says("/estimate 3 days"),
    says("/resolve We talked."),
    says("/withdraw\n> Please stop."),
    says("/consent community by name\n> All of it."),
    says("/consent none\n> Nothing."),
    forms("{who}"),
    forms("riya"),
    edits_report,
    edits_own,
    deletes_own,
    labels("state: active"),
    labels("state: lifted"),
    labels("state: triaged"),
    labels("approve"),
    says("/dismiss spam"),
    says("/dismiss not ours"),
    says("/dismiss not ours: it is theirs"),
    labels("state: reported"),
    merges("{who}"),
    merges("riya"),
    lambda made, by: made.incident.closes(by) and None,
    lambda made, by: made.incident.reopens(by) and None,
)


class Histories:
    """An incident with its suspensions, and what each administrator may still say in it."""

    def __init__(self, size: int, text: str | None = None, by: Actor = RIYA) -> None:
        roster = tuple(Administrator(login=name) for name in NAMES[:size])
        self.incident: Play = Play(by, text, community_=community(*roster))
        self.children: list[Play] = []
        self._turn = 0
        self._reports = 100
        self.runs()

    def resolves(self) -> None:
        """Bring the incident to where its resolution is told, and a party still has to be."""
        by = ACTORS["miabot"]
        for text in ("/party Kim Example", "/estimate 3 days", "/resolve We talked."):
            self.incident.says(by, text)
            self.incident.run()
        self.incident.labels(by, "approve")
        self.runs()

    def other(self, by: Actor) -> str:
        """Return another administrator, each in turn."""
        others = [one.login for one in self.incident.community.administrators if one.login != by.login]
        self._turn += 1
        return others[self._turn % len(others)] if others else by.login

    def next_report(self) -> int:
        """Return the number of a further report."""
        self._reports += 1
        return self._reports

    def opens(self, by: Actor, account: str) -> None:
        """Open a suspension with the form."""
        number = 2 + len(self.children)
        self.children.append(
            Play(
                by,
                suspension_body(account=account, incident="1"),
                definition_=suspension_definition(),
                community_=self.incident.community,
                incident=self.incident,
                number=number,
                start=self.incident.now,
            )
        )

    def runs(self) -> None:
        """Let cocflow run over all of it: the incident, what it ordered, and what it has yet to note."""
        self.incident.run()
        for child in self.children:
            child.now = max(child.now, self.incident.now)
            child.run()
            note = noted(self.incident.case(), child.case())
            if note is not None:
                self.incident.post(note.record)
        self.incident.run()

    def says(self) -> dict[str, str]:
        """Return what say each administrator has in the incident."""
        case = self.incident.case()
        return {one.login: case.say_of(one) for one in case.community.administrators}

    def told(self) -> set[str]:
        """Return the kinds of notices that were ever owed."""
        return {owed.notice for record in self.incident.records() for owed in record.owed}


ORDERS = st.lists(st.sampled_from(range(len(ACTS))), min_size=1, max_size=7)


@pytest.mark.slow
@pytest.mark.parametrize("resolved", [False, True])
@pytest.mark.parametrize("size", [2, 3, 5])
@settings(max_examples=60, deadline=None)
@given(orders=ORDERS)
def test_no_account_makes_itself_the_only_one_left(size: int, resolved: bool, orders: list[int]) -> None:
    """Whatever one administrator does, alone and in any order, wherever the incident stands."""
    made, by = Histories(size), ACTORS["mft"]
    if resolved:
        made.resolves()
        assert made.incident.state == "resolved"
    before = made.says()
    for place in orders:
        ACTS[place](made, by)
        made.runs()
        now = made.says()
        assert [name for name, say in now.items() if say == "whole"] != ["mft"]
        assert not [name for name in now if before[name] == "none" and now[name] != "none"]
        if "whole" not in now.values():
            assert {"outside/say_in_question", "outside/nobody_left"} & made.told()
        before = now


@pytest.mark.slow
@pytest.mark.parametrize("size", [3, 5])
@settings(max_examples=60, deadline=None)
@given(orders=ORDERS)
def test_whoever_is_accused_gets_nothing_back_by_themselves(size: int, orders: list[int]) -> None:
    """Named by the reporter, an administrator stays out, and gets nobody else out."""
    made, by = Histories(size, body(who="It was @mft.")), ACTORS["mft"]
    for place in orders:
        ACTS[place](made, by)
        made.runs()
        says_ = made.says()
        assert says_["mft"] == "none"
        assert {say for name, say in says_.items() if name != "mft"} == {"whole"}


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(orders=ORDERS)
def test_a_report_filed_by_an_administrator_takes_nobody_out_of_their_way(orders: list[int]) -> None:
    """Filed for somebody else, with the others' names in it, by whoever would like to decide alone."""
    text = body(learned=FOR_ANOTHER, reporter="Riya Sen, riya@example.org", who="It was @miabot, @thclpr.")
    made, by = Histories(3, text, ACTORS["mft"]), ACTORS["mft"]
    for place in (None, *orders):
        if place is not None:
            ACTS[place](made, by)
            made.runs()
        says_ = made.says()
        assert [name for name, say in says_.items() if say == "whole"] != ["mft"]


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(orders=st.lists(st.tuples(st.sampled_from(NAMES[:4]), st.sampled_from(range(len(ACTS)))), max_size=9))
def test_among_several_a_lost_say_comes_back_by_somebody_elses_word_only(
    orders: list[tuple[str, int]],
) -> None:
    """Whoever acts, nobody regains a say by an act of their own, and somebody always knows how to go on."""
    made = Histories(4)
    for name, place in orders:
        before = made.says()
        ACTS[place](made, ACTORS[name])
        made.runs()
        now = made.says()
        order = ("none", "in question", "whole")
        assert order.index(now[name]) <= order.index(before[name])
        if "whole" not in now.values():
            assert {"outside/say_in_question", "outside/nobody_left"} & made.told()
