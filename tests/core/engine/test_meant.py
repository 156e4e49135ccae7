"""What was meant: the nearest right thing for who asks, and never what isn't theirs."""

from __future__ import annotations

import pytest

from cocflow.core.engine.meant import grammar_for, no_command
from tests.core.play import MFT, RIYA, STRANGER, played_to


@pytest.mark.parametrize(
    ("state", "word", "copy"),
    [
        ("triaged", "close", "/resolve"),
        ("reported", "close", "/dismiss"),
        ("triaged", "warn", "/say"),
        ("triaged", "ban", "/suspend"),
        ("triaged", "dismissed", "/dismiss"),
        ("triaged", "estmate", "/estimate"),
        ("closed", "open", "/reopen"),
        ("triaged", "nonsense", ""),
    ],
)
def test_an_administrator_is_shown_what_is_possible_now(state: str, word: str, copy: str) -> None:
    """A word that people write for something gets the command that does it where the case stands."""
    mistake = no_command(played_to(state).case(), word, frozenset({"administrator"}))
    assert mistake.copy.split()[:1] == ([copy] if copy else [])


@pytest.mark.parametrize(
    ("state", "word", "says"),
    [
        ("resolved", "approve", "put on `approve`"),
        ("acknowledged", "triaged", "put on `state: triaged`"),
        ("triaged", "triaged", "It is triaged already."),
        ("closed", "close", "It is closed already."),
        ("triaged", "assign", "*Assignees*"),
    ],
)
def test_labels_buttons_and_githubs_own_ways_are_named(state: str, word: str, says: str) -> None:
    """What no command does is said with where it is done."""
    assert says in str(no_command(played_to(state).case(), word, frozenset({"administrator"})))


@pytest.mark.parametrize(
    ("word", "copy"),
    [("close", "/withdraw"), ("cancel", "/withdraw"), ("ban", ""), ("resolved", ""), ("assign", "")],
)
def test_a_reporter_is_shown_only_what_is_theirs(word: str, copy: str) -> None:
    """No administrators' command, label or button comes near to whoever reported."""
    mistake = no_command(played_to("triaged").case(), word, frozenset({"reporter"}))
    assert mistake.copy.split()[:1] == ([copy] if copy else [])
    assert "`state:" not in str(mistake)
    assert "/estimate" not in grammar_for(played_to("triaged").case(), {"reporter"})


def test_a_stranger_who_writes_nearly_a_command_is_left_alone() -> None:
    """Only who has a part in the case is asked what they mean."""
    for actor, answers in ((MFT, 1), (RIYA, 1), (STRANGER, 0)):
        play = played_to("triaged")
        play.says(actor, "help")
        assert len(play.run()) == answers
