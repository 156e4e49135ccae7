"""`cocflow process`: check, show, graph and write."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from cocflow.cli import cocflow
from cocflow.shipped import workflows

INCIDENT = str(workflows() / "incident.yml")


def run(*words: str) -> Result:
    """Give a command of the group."""
    return CliRunner().invoke(cocflow, ("process", *words))


def test_a_sound_process_passes() -> None:
    """The shipped process is sound."""
    done = run("check", INCIDENT)
    assert (done.exit_code, done.output.endswith("incident/1.0 is sound\n")) == (0, True)


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
