"""`cocflow process`: check, show, graph and write."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cocflow.cli import cocflow
from cocflow.setup import shipped
from cocflow.setup.shipped import workflows

INCIDENT = str(workflows() / "incident.yml")


def run(*words: str) -> Result:
    """Give a command of the group."""
    return CliRunner().invoke(cocflow, ("process", *words))


def test_a_sound_process_passes() -> None:
    """The shipped process is sound."""
    done = run("check", INCIDENT)
    assert (done.exit_code, "incident/1.1 is sound\n" in done.output) == (0, True)


def test_every_wrong_file_is_named_with_its_line(tmp_path: Path) -> None:
    """One wrong file doesn't hide another, and each is named with line and remedy."""
    for name in ("a", "b"):
        text = Path(INCIDENT).read_text().replace("to: triaged", "to: triagd", 1)
        (tmp_path / f"{name}.yml").write_text(text)
    done = run("check", str(tmp_path / "a.yml"), INCIDENT, str(tmp_path / "b.yml"))
    assert done.exit_code == 1
    assert done.stderr.count("did you mean `triaged`?") == 2
    assert "is sound" in done.stdout


def test_the_rules_are_shown_in_plain_words() -> None:
    """Who may do what is told for the shipped processes, and for a file."""
    assert "# The incident process" in run("show").output
    assert "**Who and when:** an administrator" in run("show", INCIDENT).output


def test_a_drawing_is_mermaid_or_svg(tmp_path: Path) -> None:
    """Mermaid goes to the screen, SVG to a file if that is wanted."""
    assert run("graph", INCIDENT).output.startswith("stateDiagram-v2\n")
    drawing = tmp_path / "incident.svg"
    assert run("graph", INCIDENT, "--svg", "--output", str(drawing)).exit_code == 0
    assert drawing.read_text().rstrip().endswith("</svg>")


def test_svg_holds_one_process() -> None:
    """Several processes don't fit into one SVG, and that is said."""
    done = run("graph", INCIDENT, INCIDENT, "--svg")
    assert done.exit_code == 2
    assert "name one file" in done.output


def test_the_reference_page_is_written(tmp_path: Path) -> None:
    """`write` leaves the page and a drawing for each process."""
    assert run("write", str(tmp_path)).exit_code == 0
    assert {"process.md", "incident.svg"} <= {one.name for one in tmp_path.iterdir()}


def own(folder: Path, name: str, text: str) -> str:
    """Write a community's own template beside its processes, and return the path of a sound process."""
    template = folder / "templates" / name
    template.parent.mkdir(parents=True, exist_ok=True)
    template.write_text(text)
    (folder / "workflows").mkdir(exist_ok=True)
    process = folder / "workflows" / "incident.yml"
    process.write_text(Path(INCIDENT).read_text())
    return str(process)


def test_a_communitys_own_templates_are_checked_too(tmp_path: Path) -> None:
    """One of its own beside the shipped ones is enough for the process, and is said to be sound."""
    done = run("check", own(tmp_path, "party/resolution.md.j2", "{{ decision or community }}"))
    assert done.exit_code == 0, done.output
    assert "1 templates are sound" in done.output


def test_every_wrong_template_is_named(tmp_path: Path) -> None:
    """What an audience may not know, what can't be read, and what fails without consent, each by its file."""
    own(tmp_path, "party/resolution.md.j2", "{{ consent }}")
    own(tmp_path, "reporter/estimate.md.j2", "{% if %}")
    own(tmp_path, "everybody/news.md.j2", "News")
    done = run("check", own(tmp_path, "suspended/suspended.md.j2", "{{ why | quoted }}"))
    assert done.exit_code == 1
    assert "party/resolution.md.j2: The audience party may not know consent." in done.stderr
    assert "reporter/estimate.md.j2:1: The template can't be read." in done.stderr
    assert "everybody/news.md.j2: The folder everybody is no audience." in done.stderr
    assert "suspended/suspended.md.j2: The template can't say what it is to say." in done.stderr


def folder_of(tmp_path: Path, text: str) -> Path:
    """Return a folder whose own incident process has that text."""
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "incident.yml").write_text(text)
    return tmp_path


def check_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Check what is in force in a folder."""
    monkeypatch.chdir(folder)
    return run("check")


def test_without_files_what_is_in_force_here_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder's own process, the shipped one that it lacks, their forms, the job and the templates."""
    folder = folder_of(tmp_path, Path(INCIDENT).read_text().replace('"1.1"', '"1.1-acme"'))
    done = check_in(folder, monkeypatch)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "workflows/incident.yml: incident/1.1-acme is sound" in done.stdout
    assert "suspension/1.1 is sound" in done.stdout
    assert "the form fits incident/1.1-acme" in done.stdout
    assert "the job starts for every quick label" in done.stdout


def test_outcomes_are_checked_like_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given by name, or in force here: each mistake by its line, and a label that starts no job."""
    (tmp_path / "workflows").mkdir()
    path = tmp_path / "workflows" / "outcomes.yml"
    shipped_ones = (workflows() / "outcomes.yml").read_text()
    path.write_text(shipped_ones)
    assert "9 outcomes are sound" in run("check", str(path)).output
    path.write_text(shipped_ones.replace("  talk:", "  time off:"))
    monkeypatch.chdir(tmp_path)
    done = run("check")
    assert done.exit_code == 1
    assert "the job doesn't start for outcome: time off" in done.stderr
    path.write_text(shipped_ones.replace("letter: talk", "letter: tlak"))
    done = run("check", str(path))
    assert "outcomes.yml:34: unknown letter `tlak`" in done.stderr


def test_every_wrong_entry_of_one_file_is_named(tmp_path: Path) -> None:
    """Mistakes in what entries mean together are all said, by line."""
    text = Path(INCIDENT).read_text()
    for lost in ("    records: [estimate]\n", "    records: [told]\n"):
        text = text.replace(lost, "", 1)
    path = tmp_path / "incident.yml"
    path.write_text(text)
    done = run("check", str(path))
    assert done.exit_code == 1
    assert "nothing would be kept of `/estimate` (add `records: [estimate]`)" in done.stderr
    assert "nothing would be kept of `/told` (add `records: [told]`)" in done.stderr


def test_a_change_of_meaning_under_cocflow_s_own_version_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that differs from the shipped one of its version is to be called otherwise."""
    text = Path(INCIDENT).read_text().replace("  triage:\n", "  understood:\n")
    done = check_in(folder_of(tmp_path, text), monkeypatch)
    assert done.exit_code == 1
    assert (
        "workflows/incident.yml:5: this change needs a new version: the move `triage` is gone" in done.stderr
    )
    assert 'call yours otherwise, as in "1.1-ours"' in done.stderr


def test_a_change_since_the_last_commit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What open cases rely on isn't changed under a version that they know."""
    own_text = Path(INCIDENT).read_text().replace('"1.1"', '"7"')
    folder = folder_of(tmp_path, own_text)
    for words in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=Kim", "-c", "user.email=kim@example.org", "commit", "--quiet", "-m", "As it was"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    assert check_in(folder, monkeypatch).exit_code == 0
    path = folder / "workflows" / "incident.yml"
    path.write_text(own_text.replace("  triage:\n", "  understood:\n"))
    done = check_in(folder, monkeypatch)
    assert done.exit_code == 1
    assert "this change needs a new version: the move `triage` is gone" in done.stderr
    path.write_text(path.read_text().replace('"7"', '"8"'))
    assert check_in(folder, monkeypatch).exit_code == 0


def test_a_quick_label_that_starts_no_job_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A label of the process's own must be in the job's list."""
    text = Path(INCIDENT).read_text().replace("      approve: approved\n", "      it's fine: approved\n")
    done = check_in(folder_of(tmp_path, text.replace('"1.1"', '"1.1-acme"')), monkeypatch)
    assert done.exit_code == 1
    assert "the job doesn't start for it's fine (run cocflow init" in done.stderr


def test_a_form_that_lacks_a_choice_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The community's own form is checked against the process in force."""
    form = tmp_path / ".github" / "ISSUE_TEMPLATE" / "incident.yml"
    form.parent.mkdir(parents=True)
    form.write_text(
        (shipped.issue_forms() / "incident.yml").read_text().replace("    id: where\n", "    id: place\n")
    )
    done = check_in(tmp_path, monkeypatch)
    assert done.exit_code == 1
    assert ".github/ISSUE_TEMPLATE/incident.yml:8: the question `where` is gone" in done.stderr


def test_a_template_that_needs_what_the_process_lacks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process whose states don't say that the reporter waits can't tell by when an answer comes."""
    text = Path(INCIDENT).read_text().replace("    is: [promise]\n", "").replace('"1.1"', '"1.1-acme"')
    done = check_in(folder_of(tmp_path, text), monkeypatch)
    assert done.exit_code == 1
    assert "for which something must be `promise`" in done.stderr


def test_a_process_of_the_former_language_is_shown_the_new_form(tmp_path: Path) -> None:
    """A file as 0.1.0 shipped it is refused by the first line that is written otherwise now."""
    text = Path(INCIDENT).read_text()
    for old, new in (("draft.made", "post.drafted"), ("    shows: consent_none\n", "")):
        path = tmp_path / "incident.yml"
        path.write_text(text.replace(old, new))
        done = run("check", str(path))
        assert done.exit_code == 1
        assert "write `at: draft.made`" in done.stderr or "add the line `shows: consent_none`" in done.stderr


def test_the_schema_is_printed_or_written(tmp_path: Path) -> None:
    """`schema` gives the JSON Schema that the shipped files name."""
    committed = (workflows() / "schema" / "process.schema.json").read_text()
    assert run("schema").output == committed
    assert run("schema", "--output", str(tmp_path / "a" / "b.json")).exit_code == 0
    assert (tmp_path / "a" / "b.json").read_text() == committed
