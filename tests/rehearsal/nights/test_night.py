"""What every night's data holds: few steps, in plain sentences, that name what there is."""

from __future__ import annotations

import re

import pytest

from cocflow.bootstrap import load_processes
from cocflow.core.acts import ACTS
from cocflow.demo.script import AddLabel
from cocflow.rehearsal.nights.night import Night
from cocflow.rehearsal.nights.nights import NIGHTS
from cocflow.rehearsal.people import persona
from cocflow.setup import shipped
from cocflow.setup.labels import labels_of

LABELS = {one.name for one in labels_of(load_processes(shipped.root()))}
COMMANDS = {f"/{name}" for name in ACTS.grammar}

night = pytest.mark.parametrize("night", NIGHTS, ids=lambda one: one.slug)


def test_there_are_five_and_each_has_a_name_of_its_own() -> None:
    """By which it is opened."""
    assert len({one.slug for one in NIGHTS}) == len({one.title for one in NIGHTS}) == len(NIGHTS) == 5


@night
def test_it_has_five_to_eight_steps_for_people_who_can_be_played(night: Night) -> None:
    """Whoever is named can be chosen."""
    assert 5 <= len(night.steps) <= 8
    assert all(persona(one) is not None for one in (night.who, *(step.who for step in night.steps)))


@night
def test_it_speaks_in_plain_whole_sentences(night: Night) -> None:
    """No shouting, and not more than can be read at a glance."""
    for text in (night.about, *(text for step in night.steps for text in (step.says, step.look))):
        assert text.endswith((".", "?"))
        assert "!" not in text
        assert len(text) <= 240
    assert all(not step.title.endswith(".") and len(step.title) <= 40 for step in night.steps)


@night
def test_the_commands_and_labels_that_it_names_are_there(night: Night) -> None:
    """What stands in code can be typed or chosen as it is."""
    said = [code for step in night.steps for code in re.findall(r"`([^`]+)`", step.says)]
    said += [deed.label for _, deed in night.before if isinstance(deed, AddLabel)]
    commands = [one for one in said if one.startswith("/")]
    assert {one.split()[0] for one in commands} <= COMMANDS
    labels = [one for one in said if re.match(r"[a-z]+(: .+)?$", one)]
    assert set(labels) <= LABELS
    assert commands
    assert labels
