"""Guards: each lets its case pass, and refuses the other with a sentence that is safe to post."""

from __future__ import annotations

from datetime import datetime

import pytest

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.case.act import Ask
from cocflow.core.case.grammar import read_command
from cocflow.core.process import Role
from tests.core.play import HOUR, MFT, START, Play, body, played_to

ADMINISTRATOR: frozenset[Role] = frozenset({"administrator"})
REPORTER: frozenset[Role] = frozenset({"reporter"})


def asked(
    play: Play, guard: str, said: str | None = None, roles: frozenset[Role] = ADMINISTRATOR
) -> str | None:
    """Return why a guard refuses what was said, None if it lets it pass."""
    command = read_command(said, GRAMMAR) if said else None
    return ACTS.guards[guard].check(play.case(), Ask(at=play.now, roles=roles, command=command))


@pytest.mark.parametrize("among", ["guards", "records", "instants", "commands", "changes", "parts"])
def test_every_name_of_the_vocabulary_means_one_thing(among: str) -> None:
    """No two subjects offer something of one name: the registry would hold only one of them."""
    named = [one for act in ACTS.all for one in getattr(act, among)]
    names = [str(getattr(one, "name", None) or one.tag()) for one in named]
    assert sorted(names) == sorted(set(names))


def test_every_instant_of_the_vocabulary_can_be_asked_for() -> None:
    """The names that a timer may be due at are those that a case can give."""
    case = played_to("reported").case()
    for instant in ACTS.instants.values():
        assert instant.of(case) is None or isinstance(instant.of(case), datetime)


def test_answers_complete() -> None:
    """All four answers, in the body or by `/answer`; what is missing is named by number."""
    assert asked(played_to("reported"), "answers_complete") is None
    missing = Play(text=body(nature=None, material=None))
    missing.run()
    assert asked(missing, "answers_complete") == "There is still no answer to question 1, 3."
    assert asked(missing, "answers_complete", "/answer 1 x") == "There is still no answer to question 3."
    assert asked(missing, "answers_complete", "/answer 1. x\n3. y") is None


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("/estimate 3 days", True),
        ("/estimate 3 days triage 1 day", True),
        ("/estimate 3 days triage 3 days", True),
        ("/estimate 1 day triage 3 days", False),
        ("/estimate 2020-01-01", False),
        ("/estimate soon", False),
        (None, False),
    ],
)
def test_estimate_ahead(said: str | None, passes: bool) -> None:
    """An estimate lies in the future, and the triage not after it."""
    assert (asked(played_to("reported"), "estimate_ahead", said) is None) is passes


def test_everyone_told() -> None:
    """Closing waits for the reporter and every party, each named who hasn't been told."""
    play = played_to("resolved")
    assert asked(play, "everyone_told") == "Robin Example hasn't been told yet."
    play.says(MFT, "/party Kim Example")
    play.run()
    assert asked(play, "everyone_told") == "Robin Example and Kim Example haven't been told yet."
    play.says(MFT, "/told Kim Example by phone")
    play.says(MFT, "/party -Robin Example")
    play.run()
    assert play.state == "closed"
    assert asked(play, "everyone_told") is None


def test_a_reporter_elsewhere_must_be_told_as_well() -> None:
    """Where an administrator filed, the reporter doesn't read the issue, so the case waits for it."""
    play = Play(by=MFT, text=body(learned="I file for someone else", reporter="Riya Sen"))
    play.run()
    for said in ("/estimate 3 days", "/resolve We talked."):
        play.says(MFT, said)
    play.run()
    assert asked(play, "everyone_told") == "The reporter hasn't been told yet."
    play.says(MFT, "/told reporter by phone")
    play.run()
    assert play.state == "closed"


def test_quotes_reporter() -> None:
    """Reporters withdraw in person; an administrator quotes them."""
    play = played_to("reported")
    assert asked(play, "quotes_reporter", "/withdraw", REPORTER) is None
    assert asked(play, "quotes_reporter", "/withdraw\n> Please stop.") is None
    assert asked(play, "quotes_reporter", "/withdraw they asked me to") is not None
    assert asked(play, "quotes_reporter") is not None


def test_party_known() -> None:
    """A party is added once, by any spelling of the name, and taken off only if it is there."""
    play = played_to("resolved")
    assert asked(play, "party_known", "/party Kim") is None
    assert asked(play, "party_known", "/party robin example") is not None
    assert asked(play, "party_known", "/party -Robin Example") is None
    assert asked(play, "party_known", "/party -Kim") is not None
    assert asked(play, "party_known") is not None


def test_someone_untold() -> None:
    """`/told` names somebody who still has something to be told."""
    play = played_to("resolved")
    assert asked(play, "someone_untold", "/told Robin Example by phone") is None
    assert asked(play, "someone_untold", "/told party 1 by phone") is None
    assert asked(play, "someone_untold", "/told reporter by phone") is not None
    assert asked(play, "someone_untold", "/told Kim by phone") is not None
    assert asked(play, "someone_untold") is not None


def test_instants_follow_the_estimate() -> None:
    """The named instants are those that the reporter was last told."""
    play = played_to("reported")
    assert ACTS.instants["estimate.resolve"].of(play.case()) is None
    play.says(MFT, "/estimate 2 days triage 1 day", 6)
    play.run()
    assert ACTS.instants["estimate.resolve"].of(play.case()) == START + 54 * HOUR
    assert ACTS.instants["estimate.triage"].of(play.case()) == START + 30 * HOUR
    play.says(MFT, "/estimate 3 days", 7)
    play.run()
    assert ACTS.instants["estimate.triage"].of(play.case()) is None


def test_the_first_guard_that_refuses_is_the_reason() -> None:
    """Of several guards, the first in the definition's order speaks."""
    play = Play(text=body(nature=None))
    play.run()
    ask = Ask(at=play.now, roles=ADMINISTRATOR)
    assert ACTS.refusal(play.case(), (), ask) is None
    first = ACTS.refusal(play.case(), ("answers_complete", "party_known"), ask)
    assert first == "There is still no answer to question 1."
