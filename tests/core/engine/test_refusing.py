"""Refusals: nothing changes, and whoever asked learns why in words of their own folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import pytest

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.case.act import Ask
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import read_command
from cocflow.core.people.roster import Administrator
from cocflow.core.process import Role
from cocflow.errors import UserMistake
from tests.core.play import (
    MFT,
    MIABOT,
    RIYA,
    ROSTER,
    STRANGER,
    THCLPR,
    Play,
    community,
    played_to,
    suspension_played_to,
)
from tests.scene import Scene


def test_a_label_that_needs_words_names_the_command() -> None:
    """Who adds `state: resolved` gets the command that resolves, ready to copy."""
    play = played_to("acknowledged")
    play.labels(MFT, "state: resolved")
    reason, copy, says = play.refusal()
    assert "needs words" in reason
    assert copy is not None
    assert copy.startswith("/resolve ")
    assert says == ("administrators/refused",)


def test_the_label_of_the_present_state_changes_nothing() -> None:
    """Asking for where it stands already is refused in those words."""
    play = played_to("triaged")
    play.labels(MFT, "state: triaged")
    assert "already" in play.refusal()[0]


def test_a_move_of_another_state_is_not_possible_now() -> None:
    """A command of another state is refused with the state that it is in."""
    play = played_to("reported")
    play.says(MFT, "/resolve We talked.")
    assert play.refusal()[0] == "That isn't possible while this is reported."


def test_somebody_elses_move_is_not_yours() -> None:
    """A reporter who asks for an administrator's move is told so, from the reporter's folder."""
    play = played_to("reported")
    play.says(RIYA, "/estimate 3 days")
    reason, copy, says = play.refusal()
    assert (reason, copy, says) == ("That isn't yours to do in this case.", None, ("reporter/refused",))


def test_a_stranger_learns_nothing() -> None:
    """Who has no role gets the community's fixed words: no reason, no command, no state."""
    play = played_to("reported")
    play.says(STRANGER, "/resolve We talked.")
    assert play.refusal() == ("", None, ("community/refused",))


def test_an_administrator_in_the_case_is_answered_as_a_party() -> None:
    """Who lost their say by being concerned is refused from the party's folder."""
    play = played_to("acknowledged")
    play.says(MFT, "/party thclpr")
    play.says(MIABOT, "/confirm")
    play.run()
    play.labels(THCLPR, "state: triaged")
    assert play.refusal()[2] == ("party/refused",)
    assert play.state == "acknowledged"


def test_a_mistake_is_answered_with_the_nearest_right_form() -> None:
    """An unknown command names the one that was probably meant."""
    play = played_to("reported")
    play.says(MFT, "/estimat 3 days")
    assert "/estimate" in play.refusal()[0]


def test_with_nobody_eligible_nothing_is_decided_and_the_outside_contact_is_named() -> None:
    """When the case concerns every administrator, any move is refused and says where to turn."""
    two = community(Administrator(login="mft"), Administrator(login="miabot"))
    play = Play(by=MFT, community_=two)
    play.run()
    play.says(MIABOT, "/party miabot")
    play.run()
    play.says(MIABOT, "/estimate 3 days")
    reason, _, _ = play.refusal()
    assert "council@example.org" in reason
    assert play.state == "reported"


def test_a_sole_administrators_decisions_in_their_own_case_are_marked() -> None:
    """The record says that the decision was made by the only administrator, who is concerned."""
    play = Play(by=MFT, community_=community(community().administrators[0]))
    play.run()
    play.says(MFT, "/estimate 3 days")
    (decision,) = play.run()
    assert decision.record.sole
    assert play.state == "acknowledged"
    other = played_to("reported")
    other.says(MFT, "/estimate 3 days")
    assert not other.run()[0].record.sole


# --- what is put back, and what is left undone --------------------------------------------------------


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        (lambda play: play.labels(STRANGER, "state: triaged"), "I removed `state: triaged`."),
        (lambda play: play.labels(STRANGER, "approve"), "I removed `approve`."),
        (lambda play: play.labels(STRANGER, "state: @everyone"), "I removed the label."),
        (lambda play: play.closes(STRANGER), "I opened it again."),
        (lambda play: play.says(STRANGER, "/help"), None),
        (lambda play: play.reopens(STRANGER), None),
    ],
)
def test_what_a_refused_request_had_changed_is_put_back(
    asks: Callable[[Play], object], said: str | None
) -> None:
    """By name only where the name is one of the process's own: a label may say anything."""
    play = played_to("acknowledged")
    asks(play)
    (decision,) = play.run()
    assert decision.put_back == said


def test_what_is_reopened_in_vain_is_closed_again() -> None:
    """A closed case that a stranger reopens is as it was."""
    play = played_to("closed")
    play.reopens(STRANGER)
    (decision,) = play.run()
    assert decision.put_back == "I closed it again."
    assert play.state == "closed"


def test_closing_names_who_has_yet_to_be_told() -> None:
    """Whoever presses the button too early learns for whom it waits."""
    play = played_to("resolved")
    play.closes(MFT)
    assert play.refusal()[0] == "Robin Example hasn't been told yet."


def test_closing_what_is_withdrawn_names_what_keeps_it_open() -> None:
    """An account that is still suspended, or somebody untold, by name."""
    play = played_to("acknowledged")
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    play.says(RIYA, "/withdraw")
    play.run()
    play.closes(MFT)
    assert play.refusal()[0] == "It stays open while an account is suspended over it."


def test_the_reporter_learns_of_nobody_by_closing() -> None:
    """Who else is in it, and what became of them, isn't for the reporter, who may press the button too."""
    scene = Scene()
    scene.acknowledged("Robin Example")
    scene.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    scene.says(RIYA, "/withdraw")
    scene.tracker.closes(RIYA, 1)
    scene.run()
    assert "It stays open for now: something in it is left to be done." in scene.newest()
    assert "suspended" not in scene.newest()


def test_the_command_of_a_move_that_leads_there_is_offered() -> None:
    """Only to whom the move belongs, and only where one leads there from here."""
    play = played_to("acknowledged")
    play.labels(RIYA, "state: withdrawn")
    _, copy, says = play.refusal()
    assert copy == GRAMMAR["withdraw"].usage.form
    assert says == ("reporter/refused",)
    play.labels(RIYA, "state: resolved")
    assert play.refusal()[1] is None


def test_whose_say_is_in_question_is_offered_only_what_they_may_do() -> None:
    """Neither what they would be refused, nor that the case concerns everybody."""
    scene = Scene(roster=ROSTER[:2])
    scene.says(MFT, "/party miabot", "/resolve We talked.")
    assert "Nobody decides here before somebody without a part in it" in scene.newest()
    scene.says(MFT, "/help")
    answer = scene.newest()
    assert "/estimate" in answer
    assert "/recuse" in answer
    assert not any(one in answer for one in ("/withdraw", "/confirm", "/party", "concerns all"))


ELSEWHERE = {
    "end_for_one",
    "holds_longer",
    "kept_out_of_none",
    "no_answer",
    "of_no_open_say",
    "outcomes_heard",
    "outcomes_readable",
    "suspension_ends_first",
}
"""Guards that take more to refuse, as another case, or a letter; the tests of their subjects have them."""


def _asks() -> Iterator[tuple[Case, Ask]]:
    """Give every command as its help writes it, and two that are wrong, said by each role in many a case."""
    said = [read_command(one.usage.example or one.usage.form, GRAMMAR) for one in GRAMMAR.values()]
    said += [read_command(line, GRAMMAR) for line in ("/estimate 1 day triage 3 days", "/party -Nobody Here")]
    said += [read_command(line, GRAMMAR) for line in ("/correct Words.", "/resolve To Nobody Here:\nWords.")]
    said += [read_command(line, GRAMMAR) for line in ("/dismiss not ours\nWords.", "/suspend Insults\n@mft")]
    said.append(read_command("/uphold To Nobody Here:\nWords.", GRAMMAR))
    cases = [played_to(state).case() for state in ("incomplete", "triaged", "resolved", "closed")]
    cases += [suspension_played_to(state).case() for state in ("active", "appealed")]
    for case in cases:
        for command in (*said, None):
            for role, who in (("administrator", MFT), ("reporter", RIYA), ("suspended", STRANGER)):
                roles = frozenset({cast("Role", role)})
                yield case, Ask(at=case.issue.now, roles=roles, command=command, asker=who.id)


def test_no_guard_says_more_than_a_line_and_neither_does_its_copy() -> None:
    """So a refusal has three at most: why, the right line, one thing to do."""
    refusing: set[str] = set()
    for case, ask in _asks():
        for guard in ACTS.guards.values():
            try:
                reason = guard.check(case, ask)
            except UserMistake:  # of another command than the guard's, or refused before it
                continue
            if reason is None:
                continue
            refusing.add(guard.name)
            copy = guard.copies(case, ask) if guard.copies is not None else None
            assert "\n" not in f"{reason}{copy}", guard.name
            assert copy is None or copy.startswith(tuple(f"/{name}" for name in GRAMMAR)), guard.name
    assert {one.name for one in ACTS.guards.values() if one.commands} - refusing == ELSEWHERE


@pytest.mark.parametrize(
    ("line", "copy"),
    [
        ("/told Robin", "/told Robin Example <how>"),
        ("/told Robyn by phone", "/told Robin Example <how>"),
        ("/told reporter by phone", "/told Robin Example <how>"),
        ("/party -Robbin", "/party -Robin Example"),
        ("/party Kim and Sam", "/party Kim"),
        ("/party Ann +49 170 1234567", "/party Ann"),
    ],
)
def test_a_line_that_can_be_put_right_is_given_right(line: str, copy: str) -> None:
    """With the names of the case; what has to be filled in stands in `<…>`, and can't be sent as it is."""
    play = played_to("resolved")
    play.delivered = {one.id for one in play.case().progress.owed() if one.to == "reporter"}
    said = play.says(MFT, line)
    (decision,) = [one for one in play.run() if one.record.of == said]
    assert (decision.record.refused, decision.copy) == (True, copy)
    says = decision.hint or ""
    assert ("Put that line right in your comment" in says) is ("<" not in copy)
