"""The file of outcomes: what is right is loaded, and each mistake is named with its line and a hint."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from cocflow.core.outcomes import Outcomes
from cocflow.errors import DefinitionError
from cocflow.process.loading import load_process
from cocflow.process.outcomes import FILE, load_outcomes, with_outcomes
from cocflow.process.schema import OUTCOMES_FILE, outcomes_schema_text
from cocflow.setup import shipped

SCHEMA = shipped.workflows() / "schema" / OUTCOMES_FILE
LETTERS = [shipped.templates()]
RIGHT = """version: "1.0-ours"
outcomes:
  settled:
    means: It is settled.
    table: talk
    keep: {for: P14M, from: closed}
  time off:
    means: Some time away.
    end: needed
    suspends: true
    measure: true
    voices: 3
    table: suspension
    keep: {for: P26M, from: end}
    letter: suspension
"""

WRONG = {
    "talk\n    keep": ("talks\n    keep", 5, "unknown row `talks`", "did you mean `talk`?"),
    "for: P14M": ("for: 14 months", 6, "is no span of months", "write it as P12M"),
    "P14M, from: closed": ("P14M, from: end", 6, "`settled` has no end", "end: needed"),
    "  settled:": ("  Settled:", 3, "`Settled` can't be an outcome", "small letters"),
    "  time off:": ("  off until then:", 7, "can't be an outcome", "none of them `until`"),
    "voices: 3": ("voices: most", 12, "is no number of people", "two_thirds"),
    "letter: suspension": (
        "letter: suspenson",
        15,
        "unknown letter `suspenson`",
        "did you mean `suspension`?",
    ),
    "measure: true\n": ("asked_only: true\n", 9, "is no measure", "measure: true"),
    "suspends: true": ("asked_only: true", 10, "nobody might be told of `time off`", "delete `asked_only`"),
    "end: needed": ("ends: needed", 9, "unknown key `ends`", "did you mean `end`?"),
    "    means: It is settled.\n": ("", 3, "lacks `means`", "add the line"),
}
"""What is replaced in the right file by what, on which line that is found, and what is said."""


def written(folder: Path, text: str) -> Path:
    """Write a file of outcomes, and return its path."""
    path = folder / FILE
    path.write_text(text)
    return path


def seen(*paths: Path) -> bool:
    """Whether the schema lets files pass."""
    program = Path(sys.executable).parent / "check-jsonschema"
    command: list[str | Path] = [program, "--output-format", "json", "--schemafile", SCHEMA, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said: dict[str, str] = json.loads(done.stdout)
    return said["status"] == "ok"


def test_a_communitys_own_outcomes_are_loaded_in_its_order(tmp_path: Path) -> None:
    """Names, letters and figures are the community's; the rest has defaults."""
    found = load_outcomes(written(tmp_path, RIGHT), LETTERS)
    assert [one.name for one in found] == ["settled", "time off"]
    assert found["settled"].letter == "resolution"
    assert found["time off"].voices == 3
    assert found["time off"].form == "time off until <when>"


@pytest.mark.parametrize("before", WRONG)
def test_a_mistake_is_named_with_its_line_and_the_right_form(before: str, tmp_path: Path) -> None:
    """Nothing is taken from a file of which a part is wrong."""
    after, line, message, hint = WRONG[before]
    path = written(tmp_path, RIGHT.replace(before, after, 1))
    with pytest.raises(DefinitionError) as refused:
        load_outcomes(path, LETTERS)
    assert message in str(refused.value)
    assert hint in str(refused.value)
    assert refused.value.line == line


def test_the_schema_is_current_and_lets_the_shipped_ones_pass(tmp_path: Path) -> None:
    """What is committed is what `make docs` would write; an editor takes what the loader takes."""
    assert SCHEMA.read_text() == outcomes_schema_text(), "out of date: run `make docs`"
    assert seen(shipped.workflows() / FILE, written(tmp_path, RIGHT))
    assert not seen(written(tmp_path, RIGHT.replace("end: needed", "ends: needed")))


def test_each_outcome_has_a_quick_label_where_a_move_states_them() -> None:
    """One whose end only a command can say asks how that is written; others' labels say it."""
    process = load_process(shipped.workflows() / "incident.yml", shipped.templates())
    assert not process.outcomes
    outcomes = load_outcomes(shipped.workflows() / FILE, LETTERS)
    labels = with_outcomes(process, outcomes).quick_labels()
    assert {one.label for one in outcomes} <= set(labels)
    assert labels["outcome: talk"] == "talk"
    assert labels["outcome: suspension"] == "suspension"
    assert labels["outcome: limits"] == "limits"  # which takes several, so that one person's command won't do
    alone = (msgspec.structs.replace(one, voices=1, heard=False) for one in outcomes)
    labels = with_outcomes(process, Outcomes(all=tuple(alone))).quick_labels()
    assert labels["outcome: limits"] == ""
