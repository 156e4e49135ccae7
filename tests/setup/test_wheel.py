"""The wheel that a repository pins is this package, the same every time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from cocflow.setup import shipped
from cocflow.setup.install import CONFIGURATION, shipped_files
from cocflow.setup.wheel import wheel
from tests.cli.premises import FLAGS

CARRIED = {"workflows/incident.yml": b"process: incident\n"}


def test_it_holds_the_package_and_what_is_shipped() -> None:
    """The modules, the shipped files, the metadata and a record of every file are in it."""
    name, content = wheel(CARRIED)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        (record,) = (one for one in names if one.endswith(".dist-info/RECORD"))
        lines = archive.read(record).decode().splitlines()
    assert name.endswith("-py3-none-any.whl")
    assert {"cocflow/__main__.py", "cocflow/_shipped/workflows/incident.yml"} <= names
    assert {line.split(",")[0] for line in lines} == names
    assert not [one for one in names if "__pycache__" in one]


def test_it_is_the_same_every_time() -> None:
    """Two wheels of one package have the same bytes, so a second run of `init` changes nothing."""
    assert wheel(CARRIED) == wheel(dict(CARRIED))


def test_installed_elsewhere_it_works_and_makes_itself_again(tmp_path: Path) -> None:
    """pip installs it, its command line runs, and `init` from there pins the very same bytes."""
    carried = shipped_files(shipped.root()) | {CONFIGURATION: (shipped.root() / CONFIGURATION).read_bytes()}
    name, content = wheel(carried)
    (tmp_path / name).write_bytes(content)
    target = tmp_path / "installed"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target)
    subprocess.run((*pip, tmp_path / name), check=True)
    init = (sys.executable, "-m", "cocflow", "init", "--local", tmp_path / "made", *FLAGS)
    environment = {**os.environ, "PYTHONPATH": str(target)}
    subprocess.run(init, check=True, cwd=tmp_path, env=environment, capture_output=True)
    assert (tmp_path / "made" / ".github" / name).read_bytes() == content
