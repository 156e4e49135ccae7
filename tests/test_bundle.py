"""The archives of what the jobs import: the same bytes every time, and nothing in it that no job imports.

No module's twin: of `.ci/bundle.py`. That jobs run from it is test_jobs.py's.
"""

from __future__ import annotations

import io
import os
import runpy
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from cocflow.run import sweep
from cocflow.setup.archive import SUMS
from cocflow.setup.wheel import wheel
from tests.test_version import BUILT

ROOT = Path(__file__).parents[1]
BUNDLE = runpy.run_path(str(ROOT / ".ci" / "bundle.py"))


def packed() -> bytes:
    """Pack cocflow's own wheel."""
    _, content = wheel({"workflows/incident.yml": b"process: incident\n"})
    archive: bytes = BUNDLE["packed"](sys.executable, [io.BytesIO(content)])[0]
    return archive


def test_it_is_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder, another time and another order of sets make no other archive."""
    first = packed()
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    assert packed() == first


def test_it_holds_bytecode_and_what_is_shipped() -> None:
    """A module is there compiled, by no path of this machine's; what people alone run isn't."""
    with tarfile.open(fileobj=io.BytesIO(packed())) as archive:
        names = set(archive.getnames())
        content = archive.extractfile("cocflow/run/sweep.pyc")
        assert content is not None
        code = content.read()
    assert {"cocflow/__main__.pyc", "cocflow/_shipped/workflows/incident.yml"} <= names
    assert not [name for name in names if name.endswith(".py") or name.startswith(BUNDLE["NEVER"])]
    assert b"cocflow/run/sweep.py" in code
    assert os.sep + "tmp" not in code.decode("latin-1")
    assert sweep.__doc__
    assert sweep.__doc__[:20].encode() not in code


def test_what_signs_is_apart() -> None:
    """A library that only signing needs is in the second archive, and nothing else is."""
    wheel_ = io.BytesIO()
    with zipfile.ZipFile(wheel_, "w") as content:
        for name in ("cryptography/x509/base.py", "cryptography-50.0.dist-info/METADATA", "jwt/api.py"):
            content.writestr(name, "")
    parts = []
    for one in BUNDLE["packed"](sys.executable, [wheel_]):
        with tarfile.open(fileobj=io.BytesIO(one)) as archive:
            parts.append(archive.getnames())
    assert parts == [
        ["jwt/api.pyc"],
        ["cryptography/x509/base.pyc", "cryptography-50.0.dist-info/METADATA"],
    ]


@pytest.mark.parametrize("python", ["nowhere", "false"])
def test_a_python_that_does_not_run_is_named(python: str, tmp_path: Path) -> None:
    """It says so in one line, and the archives of before stay."""
    (tmp_path / SUMS).parent.mkdir()
    (tmp_path / SUMS).write_text("sums", "utf-8")
    with pytest.raises(SystemExit, match=f"^{python} doesn't run here."):
        BUNDLE["main"](python, str(tmp_path))
    assert (tmp_path / SUMS).read_text("utf-8") == "sums"


def test_a_wheel_that_is_built_where_it_lies_carries_it(tmp_path: Path) -> None:
    """A release gives what `make bundle` made to whoever installs it, and so to their repositories."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in BUILT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tree / name)
    (tree / SUMS).write_text("sums", "utf-8")
    command = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, tree)
    subprocess.run(command, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        assert archive.read(f"cocflow/_shipped/{SUMS}") == b"sums"
