"""Rows, tests and pages of the contract agree, and what github.com does otherwise is no secret."""

from __future__ import annotations

import re
from datetime import date

import pytest

from docs import contract
from tests.contract.rows import HERE, Verdict, asked, rows, together, verdicts, written

ROWS = rows()
PROBED, PLAYED = asked("test_probe_*.py"), asked("test_answers*.py")
KINDS = dict.fromkeys(name.partition("-")[0] for name in ROWS)


def test_every_row_is_asked_clicked_or_has_a_reason() -> None:
    """In a test, by clicks in a browser, or with the reason why not; and every test is of a row."""
    assert set(ROWS) >= PROBED | PLAYED
    for name, row in ROWS.items():
        assert (name in PROBED | PLAYED) or row.why or row.clicks, name
        assert not (name in PROBED and row.why), f"{name} has a probe: take the reason away"
        assert row.source or row.known == "unknown", f"{name} doesn't say where it is {row.known}"


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_numbered_without_a_gap(kind: str) -> None:
    """Each kind's from 1 on, so that none is lost unnoticed."""
    numbers = [name for name in ROWS if name.startswith(f"{kind}-")]
    assert numbers == [f"{kind}-{place:02}" for place in range(1, len(numbers) + 1)]


def test_what_nobody_knows_is_played_both_ways() -> None:
    """A row that is unknown has a test of each answer, or says that no code of cocflow's sees which it is."""
    for name, row in ROWS.items():
        assert row.known != "unknown" or name in PLAYED or row.either, name
        assert not (row.either and name in PLAYED), f"{name} is played: take the reason away"


def test_probes_know_nothing_of_the_sandbox() -> None:
    """They could be run against any GitHub: only what the target is made of knows which it is."""
    for path in (HERE / "target.py", HERE / "live.py", *HERE.glob("test_probe_*.py")):
        assert "cocflow.sandbox" not in path.read_text(encoding="utf-8"), path.name


def test_probes_mention_nobody() -> None:
    """Nothing that they write has an @ before a name."""
    for path in HERE.glob("test_probe_*.py"):
        source = re.sub(r"(?m)^@.*$", "", path.read_text("utf-8"))
        assert re.findall(r"(?<=[\"'\s(])@[A-Za-z]", source) == []


# --- what github.com does -------------------------------------------------------------------------------


def test_github_does_as_the_sandbox_does() -> None:
    """Where somebody saw it do otherwise, the sandbox and the probe follow; then it is asked again."""
    found = verdicts()
    assert set(found) <= set(ROWS)
    assert [name for name, one in found.items() if one.seen == "differs"] == []


def test_verdicts_are_read_as_they_are_written() -> None:
    """One that differs outweighs one that is unclear, and that outweighs one that holds."""
    found = {"ID-01": Verdict(seen="holds", on=date(2026, 12, 1))}
    path = HERE / "verdicts.toml"
    assert written(verdicts(path)) == path.read_text("utf-8")
    assert 'seen = "holds"\non = 2026-12-01' in written(found)
    assert together(["holds", "unclear", "differs"]) == "differs"
    assert together(["holds", "unclear"]) == "unclear"
    assert together(["holds"]) == "holds"


def test_the_page_says_plainly_what_nobody_has_seen() -> None:
    """Each row, with its day once it was seen; the clicks have a box."""
    page = contract.page()
    for name in ROWS:
        (line,) = re.findall(rf"^\| {name} \|.*$", page, re.MULTILINE)
        assert line.endswith(f"| {contract.shown(verdicts().get(name))} |")
    assert contract.shown(None) == "not yet seen on github.com"
    assert contract.shown(Verdict(seen="differs", on=date(2026, 12, 1))) == "**differs**, 2026-12-01"
    assert {*re.findall(r"^- \[[ x]\] \*\*(.*?)\*\*", page, re.MULTILINE)} == {
        name for name, row in ROWS.items() if row.clicks
    }
