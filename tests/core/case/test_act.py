"""Acts and their registry: each name means one thing, and the first guard that refuses speaks."""

from __future__ import annotations

from datetime import datetime

import pytest

from cocflow.core.acts import ACTS
from cocflow.core.case.act import Ask
from tests.core.acts.asking import ADMINISTRATOR
from tests.core.play import Play, body, played_to


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


def test_the_first_guard_that_refuses_is_the_reason() -> None:
    """Of several guards, the first in the definition's order speaks."""
    play = Play(text=body(nature=None))
    play.run()
    ask = Ask(at=play.now, roles=ADMINISTRATOR)
    assert ACTS.refusal(play.case(), (), ask) is None
    first = ACTS.refusal(play.case(), ("answers_complete", "party_known"), ask)
    assert first == "There is still no answer to question 1."
