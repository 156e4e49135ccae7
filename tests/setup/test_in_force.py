"""Which files are in force: a folder's own, else the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from cocflow.errors import DefinitionError
from cocflow.setup import shipped
from cocflow.setup.in_force import form_file, job_file, load_process_and_form, load_processes, process_files

TEXT = (shipped.workflows() / "incident.yml").read_text()
FORM = (shipped.issue_forms() / "incident.yml").read_text()


def own(folder: Path, path: str, text: str) -> Path:
    """Write a file of the folder's own."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


def test_what_a_folder_lacks_is_shipped(tmp_path: Path) -> None:
    """An empty folder runs by the shipped files, the incident's process first."""
    assert process_files(tmp_path) == process_files(shipped.root())
    assert [one.name for one in load_processes(tmp_path)] == ["incident", "room", "suspension"]
    assert job_file(tmp_path) == shipped.jobs() / "incident.yml"


def test_a_folders_own_files_stand_before_the_shipped_ones(tmp_path: Path) -> None:
    """Process and form are the folder's own where it has them."""
    mine = own(tmp_path, "workflows/incident.yml", TEXT.replace('"1.1"', '"1.1-acme"'))
    assert process_files(tmp_path)[0] == mine
    form = own(tmp_path, ".github/ISSUE_TEMPLATE/incident.yml", FORM)
    assert form_file(tmp_path, "incident") == form
    process, _ = load_process_and_form(tmp_path, "incident")
    assert process.version == "1.1-acme"


OUTCOMES = """version: "1.0-acme"
outcomes:
  time off:
    means: Some time away.
    table: talk
    keep: {for: P14M, from: closed}
"""


def test_a_folders_own_outcomes_stand_before_the_shipped_ones(tmp_path: Path) -> None:
    """Its incidents end by its words, and are labelled by them; other processes know none."""
    own(tmp_path, "workflows/outcomes.yml", OUTCOMES)
    incident, *others = load_processes(tmp_path)
    assert [one.name for one in incident.outcomes] == ["time off"]
    assert "outcome: time off" in incident.quick_labels()
    assert "outcome: talk" not in incident.quick_labels()
    assert not any(one.outcomes for one in others)
    own(tmp_path, "workflows/outcomes.yml", OUTCOMES.replace("talk", "chat"))
    with pytest.raises(DefinitionError, match=r"outcomes\.yml:5: unknown row `chat`"):
        load_processes(tmp_path)


def test_an_incident_process_of_before_is_as_it_was(tmp_path: Path) -> None:
    """One of the folder's own that keeps no outcomes gets no labels, and its resolutions no heads."""
    before = TEXT.replace(", outcomes_readable]", "]").replace("[resolution, outcomes]", "[resolution]")
    start, end = before.index("  state_outcome:"), before.index("  close:\n    means")
    own(tmp_path, "workflows/incident.yml", (before[:start] + before[end:]).replace('"1.1"', '"1.1-acme"'))
    incident = load_processes(tmp_path)[0]
    assert not any(label.startswith("outcome: ") for label in incident.quick_labels())


def test_a_suspension_process_of_before_is_told_what_it_lacks(tmp_path: Path) -> None:
    """One that never takes over an end that a resolution decides is refused, where resolutions do."""
    text = (shipped.workflows() / "suspension.yml").read_text()
    start, end = text.index("  take_over_end:"), text.index("  lift:\n    means")
    mine = own(tmp_path, "workflows/suspension.yml", text[:start] + text[end:])
    with pytest.raises(DefinitionError, match="nothing takes over the end") as refusal:
        load_processes(tmp_path)
    assert refusal.value.file == str(mine)
    assert "take_over_end" in refusal.value.hint
    own(tmp_path, "workflows/outcomes.yml", OUTCOMES)
    assert [one.name for one in load_processes(tmp_path)] == ["incident", "room", "suspension"]


def test_a_suspension_process_where_one_decides_what_takes_several_is_refused(tmp_path: Path) -> None:
    """Its move that sets an end has the guard, where an outcome that suspends takes several."""
    text = (shipped.workflows() / "suspension.yml").read_text(encoding="utf-8")
    own(tmp_path, "workflows/suspension.yml", text.replace("[end_ahead, end_for_one]", "[end_ahead]"))
    with pytest.raises(DefinitionError, match="by `set_end` one decides what takes several") as refusal:
        load_processes(tmp_path)
    assert "end_for_one" in refusal.value.hint
    own(tmp_path, "workflows/outcomes.yml", OUTCOMES)
    assert [one.name for one in load_processes(tmp_path)] == ["incident", "room", "suspension"]


def test_a_file_is_named_after_what_it_governs(tmp_path: Path) -> None:
    """A second incident process under another name would govern nothing, so it is refused."""
    own(tmp_path, "workflows/grievance.yml", TEXT)
    with pytest.raises(DefinitionError, match=r"the incident process stands in grievance\.yml") as refusal:
        load_processes(tmp_path)
    assert (refusal.value.line, refusal.value.hint) == (4, "call the file incident.yml")


def test_a_form_that_its_process_can_not_use_is_refused(tmp_path: Path) -> None:
    """A form of the folder's own that lacks a choice is named, before anything runs by it."""
    form = own(
        tmp_path, ".github/ISSUE_TEMPLATE/incident.yml", FORM.replace("    id: where\n", "    id: place\n")
    )
    with pytest.raises(DefinitionError, match="the question `where` is gone") as refusal:
        load_process_and_form(tmp_path, "incident")
    assert refusal.value.file == str(form)
