"""`cocflow process`: check, show, graph and write."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from cocflow.cli import cocflow
from cocflow.setup.shipped import workflows

INCIDENT = str(workflows() / "incident.yml")


def run(*words: str) -> Result:
    """Give a command of the group."""
    return CliRunner().invoke(cocflow, ("process", *words))


def test_a_sound_process_passes() -> None:
    """The shipped process is sound."""
    done = run("check", INCIDENT)
    assert (done.exit_code, "incident/1.0 is sound\n" in done.output) == (0, True)


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
