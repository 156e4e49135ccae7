"""What the whole process owes: properties for guards and templates, and everything that is known of each."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import get_args

import pytest

from cocflow.core.process import CHOICES, FigureProperty, StateProperty, TimerProperty
from cocflow.process.loading import load_process
from cocflow.process.whole import CARD, MARKS, NEEDED_BY_FIELDS, carried, what_templates_lack
from cocflow.setup import shipped

FILES = {name: shipped.workflows() / f"{name}.yml" for name in ("incident", "suspension", "room")}
SHIPPED = {name: load_process(path, shipped.templates()) for name, path in FILES.items()}


def fields_of(notice: str) -> Collection[str]:
    """Say that every template names every field."""
    return NEEDED_BY_FIELDS


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_processes_have_whatever_a_template_may_need(name: str) -> None:
    """Even if every template named every field, nothing would be missing."""
    assert what_templates_lack(SHIPPED[name], FILES[name], fields_of) == ()


def test_every_property_is_carried_by_something_that_is_shipped() -> None:
    """No property of the vocabulary is without an example, and every choice is bound."""
    there = {property_ for process in SHIPPED.values() for property_ in carried(process)}
    assert there == {*get_args(StateProperty), *get_args(TimerProperty), *get_args(FigureProperty)}
    assert {choice.name for choice in SHIPPED["incident"].choices} == set(CHOICES)
    assert {mark.shows for mark in SHIPPED["incident"].marks} == set(MARKS["incident"])


@pytest.mark.parametrize(
    ("name", "property_", "notice", "field"),
    [
        ("incident", "awaits_estimate", "reporter/arrived", "answer_by"),
        ("incident", "promise", "reporter/arrived", "answer_by"),
        ("incident", "awaits_triage", "administrators/estimate_passed", "triage_due"),
        ("incident", "awaits_triage", CARD, "triage_due"),
        ("suspension", "account_suspended", "suspended/ended", "in_force"),
    ],
)
def test_a_template_that_needs_what_nothing_carries_is_named(
    name: str, property_: str, notice: str, field: str, tmp_path: Path
) -> None:
    """The error names the template, the field and the line of the process, and what to write there."""
    path = tmp_path / f"{name}.yml"
    text = FILES[name].read_text().replace(f"is: [{property_}, appeal_open]", "is: [appeal_open]")
    path.write_text("".join(f"{line}\n" for line in text.splitlines() if f"[{property_}]" not in line))
    process = load_process(path, shipped.templates())
    found = what_templates_lack(process, path, lambda one: {field} if one == notice else set())
    (mistake,) = (one for one in found if property_ in one.hint)
    assert mistake.message.startswith(f"templates/{notice} says `{field}`")
    assert mistake.hint.startswith(f"add `is: [{property_}]` to ")
    said = path.read_text().splitlines()[(mistake.line or 0) - 1]
    assert ("states:" if notice == CARD else notice) in said


def test_without_a_way_to_look_into_templates_nothing_is_said() -> None:
    """At a mere load, templates aren't read."""
    assert what_templates_lack(SHIPPED["incident"], FILES["incident"], None) == ()
