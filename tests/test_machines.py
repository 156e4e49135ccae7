"""Machines of other kinds: a locale that isn't UTF-8, a screen with few letters, no time zone database.

No module's twin: it is about what every command may find.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest

from cocflow.errors import DefinitionError
from cocflow.setup.community import load_community

ROOT = Path(__file__).parents[1]
MODULES = sorted([*(ROOT / "cocflow").rglob("*.py"), *(ROOT / "docs").glob("*.py")])
READERS = {"read_text": 0, "write_text": 1, "open": 2}
"""What reads or writes text, and at which place it may name the encoding."""

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
"""As poor a locale as there is; without the switches Python takes the locale `C` for UTF-8."""
CONFIGURATION = """\
community: Zoë
code_of_conduct: https://example.org/coc
time_zone: {zone}
administrators: [riya]
"""


def nameless(path: Path) -> Iterator[int]:
    """Return the lines on which a text is read or written in whichever encoding the machine has."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        named = {one.arg: one.value for one in node.keywords}
        if name == "open" and isinstance(node.func, ast.Attribute):
            continue  # of ours: a desk opens cases; that no file is opened so is for the reader to see
        if name in READERS and not {"encoding", None} & set(named) and len(node.args) <= READERS[name]:
            yield node.lineno
        if named.get("text") is not None and "encoding" not in named and name in ("run", "Popen"):
            yield node.lineno


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Give a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cocflow", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_no_text_depends_on_the_machine_s_encoding() -> None:
    """Whatever reads or writes text says in which encoding."""
    found = {path.relative_to(ROOT).as_posix(): [*nameless(path)] for path in MODULES}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_text_without_its_encoding_is_found(tmp_path: Path) -> None:
    """Each way to leave the encoding to the machine is seen, and none that names it."""
    path = tmp_path / "some.py"
    path.write_text("a.read_text()\nb.write_text(c)\nopen(d)\nrun(e, text=True)\n", encoding="utf-8")
    assert [*nameless(path)] == [1, 2, 3, 4]
    path.write_text("a.read_text('utf-8')\nb.write_text(c, encoding='utf-8')\n", encoding="utf-8")
    assert [*nameless(path)] == []


def test_a_configuration_is_whole_whatever_the_locale(tmp_path: Path) -> None:
    """Names with letters that the locale doesn't know are written as they were typed."""
    flags = ("--community", "Zoë", "--code-of-conduct", "https://example.org/coc", "--time-zone", "UTC")
    done = run("init", "--local", str(tmp_path), *flags, "--administrator", "riya,Ríya Şen", **ASCII)
    assert done.returncode == 0, done.stderr
    written = (tmp_path / ".github" / "cocflow.yml").read_text(encoding="utf-8")
    assert "Zoë" in written
    assert "Ríya Şen" in written
    assert "Ríya Şen" in (tmp_path / ".github/ISSUE_TEMPLATE/incident.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", [ASCII, {"PYTHONIOENCODING": "latin-1"}], ids=["ascii", "latin-1"])
@pytest.mark.parametrize("words", [("process", "show"), ("notice", "preview", "reporter/arrived")])
def test_a_screen_with_few_letters_stops_nothing(locale: dict[str, str], words: tuple[str, ...]) -> None:
    """What a screen can't show is shown as a question mark, or as it is, and the command goes on."""
    environment = {**os.environ, **locale}
    command = [sys.executable, "-m", "cocflow", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.fixture
def bare() -> Iterator[None]:
    """Take the machine's own time zone database away."""
    zoneinfo.ZoneInfo.clear_cache()
    zoneinfo.reset_tzpath(to=())
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.usefixtures("bare")
def test_zones_are_known_without_the_machine_s_database(tmp_path: Path) -> None:
    """Where the system has no time zones, those of the package `tzdata` serve."""
    path = tmp_path / "cocflow.yml"
    path.write_text(CONFIGURATION.format(zone="Europe/Berlin"), encoding="utf-8")
    assert load_community(path, {}).zone.key == "Europe/Berlin"


@pytest.mark.usefixtures("bare")
def test_no_database_at_all_is_what_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package either, the machine is named as what lacks something, not the zone as wrong."""
    for name in {"tzdata", *(one for one in sys.modules if one.startswith("tzdata"))}:
        monkeypatch.setitem(sys.modules, name, None)
    path = tmp_path / "cocflow.yml"
    path.write_text(CONFIGURATION.format(zone="Europe/Berlin"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="no time zone database"):
        load_community(path, {})
