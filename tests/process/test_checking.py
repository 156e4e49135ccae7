"""The rules: each is broken by an example, and a sound process breaks none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cocflow.core.acts import ACTS
from cocflow.core.case.act import Recorder
from cocflow.core.process import Process
from cocflow.errors import DefinitionError
from cocflow.process import checking, drafts, fitting, whole
from cocflow.process.checking import RULES
from cocflow.process.entries import Entry, Mistakes, read_yaml
from cocflow.process.loading import examine_process

EXAMPLES = Path(__file__).with_name("definitions")
Rule = Callable[[Process, Entry], Mistakes]


_READ: dict[str, list[tuple[Process, Entry]]] = {}
"""The examples of each folder, read once for all rules."""


def read(templates: Path, folder: str) -> list[tuple[Process, Entry]]:
    """Return the processes of a folder of examples that are at least written rightly."""
    if folder not in _READ:
        _READ[folder] = list(_read(templates, folder))
    return _READ[folder]


def _read(templates: Path, folder: str) -> Iterator[tuple[Process, Entry]]:
    for path in sorted(EXAMPLES.glob(f"{folder}/*.yml")):
        try:
            yield examine_process(path, templates)[0], read_yaml(path)
        except DefinitionError:
            continue


def name(rule: Rule) -> str:
    """Return what a rule is called."""
    return rule.__name__.strip("_")


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_each_rule_is_broken_by_an_example(rule: Rule, templates: Path) -> None:
    """No rule goes without an example that it refuses; each mistake has a line and a hint."""
    found = [mistake for process, root in read(templates, "negative") for mistake in rule(process, root)]
    assert found
    assert all(mistake.line and mistake.hint for mistake in found)


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_no_rule_refuses_what_is_right(rule: Rule, templates: Path) -> None:
    """The right examples break no rule."""
    assert [one for process, root in read(templates, "positive") for one in rule(process, root)] == []


def test_every_rule_of_each_file_is_asked() -> None:
    """The list of all rules holds those of the other files."""
    assert {*fitting.RULES, *drafts.RULES, *whole.RULES} <= set(checking.RULES)
    assert len(set(RULES)) == len(RULES)


def test_drafts_are_known_by_names_that_there_are() -> None:
    """What the rules of drafts call by name is there under that name."""
    assert {drafts.APPROVAL, drafts.ANSWER, drafts.SILENCE} <= set(ACTS.records)
    assert drafts.MADE in ACTS.instants
    assert set(drafts.ONLY_DRAFTED) <= set(ACTS.grammar)


@pytest.mark.parametrize("one", ACTS.records.values(), ids=lambda one: str(one.name))
def test_whatever_may_be_recorded_can_come_about(one: Recorder) -> None:
    """Each record has a way to come about, and its guards and commands are there."""
    assert list(fitting.comes_by(one))
    assert set(one.guards) <= set(ACTS.guards)
    assert set(one.commands) <= set(ACTS.grammar)
