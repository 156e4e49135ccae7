"""Make the archives of what the jobs import, for one Python: `python .ci/bundle.py python3.13 [FOLDER]`.

Runs where cocflow is installed. It takes the wheels that the lock names, by their hashes, and the wheel of
cocflow that `init` pins; leaves out what no job imports; and has that Python compile the rest. The same lock
and the same source give the same bytes: nothing of the machine's, no time and no order of its own gets in.
What only signs, for an App or a service account, is half of it all, and an archive of its own.
Writes the archives and their sums into FOLDER, by default where `init` takes them from.
"""

from __future__ import annotations

import io
import os
import py_compile
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]

NEVER = (
    *("cocflow/sandbox/", "cocflow/demo/", "cocflow/rehearsal/"),  # what people run, and no job
    *("rich", "pygments"),  # what only a terminal shows
    *("nacl", "pynacl", "pycparser", "slack/", "certifi/tests/"),
    "charset_normalizer",  # what a job has requests do without
    *(f"slack_sdk/{part}/" for part in ("audit_logs", "oauth", "rtm", "rtm_v2", "scim", "socket_mode")),
)
"""What no job imports, among the packages of the lock."""

NEVER_ENDING = (".pyi", "/py.typed", ".c", ".h", ".exe", "/RECORD", "/WHEEL", "/entry_points.txt")
"""How files end that are there for others than who runs a package."""

SIGNING = ("cryptography", "cffi", "_cffi_backend")
"""How the paths begin of what only those jobs import that sign with a key."""

GLIBC = 28
"""The newest glibc, 2.28, that what is compiled may ask for: any Linux since 2019 has it."""


def made_by(python: str) -> dict[str, bytes]:
    """Return the archives for a Python, and their sums, by path; SystemExit if it can't make them."""
    from cocflow.setup import shipped
    from cocflow.setup.archive import archive_name, signing_name, with_sums
    from cocflow.setup.install import CONFIGURATION, LOCK, shipped_files, with_wheel
    from cocflow.setup.wheel import wheel

    ask = "import sys, platform; from importlib.machinery import EXTENSION_SUFFIXES as them;"
    ask += "print(*sys.version_info[:2], platform.machine(), them[0][:-3])"
    try:
        major, minor, machine, suffix = _asked(python, "-IS", "-c", ask).split()
    except (OSError, subprocess.CalledProcessError):
        raise SystemExit(
            f"{python} doesn't run here. Name a Python like that of the jobs, by its path."
        ) from None
    if not suffix.endswith("-linux-gnu"):
        raise SystemExit(f"{python} isn't what the jobs run: {suffix}")
    wanted = shipped_files(shipped.root())
    name, own = wheel(wanted | {CONFIGURATION: (shipped.root() / CONFIGURATION).read_bytes()})
    with tempfile.TemporaryDirectory() as place:
        _download(wanted[LOCK], f"{major}.{minor}", machine, Path(place))
        most, signing = packed(python, [*sorted(Path(place).glob("*.whl")), io.BytesIO(own)])
    archives = {archive_name(suffix): most, signing_name(suffix): signing}
    return with_sums(archives, LOCK, with_wheel(wanted, name, own)[LOCK])


def packed(python: str, wheels: Iterable[Path | io.BytesIO]) -> tuple[bytes, bytes]:
    """Return the archive of what these wheels hold, compiled by a Python, and that of what signs."""
    with tempfile.TemporaryDirectory() as place:
        modules = Path(place)
        for one in wheels:
            _unpack(one, modules)
        _asked(python, "-sSP", "-X", "no_debug_ranges", __file__, "--compile", place)
        if (modules / "jinja2").is_dir():
            _asked(python, "-sSP", "-X", "no_debug_ranges", __file__, "--templates", place)
        files = sorted(one for one in modules.rglob("*") if one.is_file())
        signing = [one for one in files if one.relative_to(modules).as_posix().startswith(SIGNING)]
        return _archived(modules, set(files).difference(signing)), _archived(modules, signing)


def _asked(*command: str) -> str:
    """Run a Python whose order of sets is always the same; return what it prints."""
    environment = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _download(lock: bytes, version: str, machine: str, wheels: Path) -> None:
    """Fetch the wheels that a lock names, for a Python on Linux, each checked by its hash."""
    (wheels / "lock.txt").write_bytes(lock)
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, 4, -1)]
    platforms += [f"manylinux{year}_{machine}" for year in ("2014", "2010", "1")]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--python-version", version]
    command += [part for one in platforms for part in ("--platform", one)]
    subprocess.run((*command, "--dest", wheels, "--requirement", wheels / "lock.txt"), check=True)


def _unpack(wheel: Path | io.BytesIO, modules: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not name.endswith("/") and not name.startswith(NEVER) and not name.endswith(NEVER_ENDING):
                archive.extract(name, modules)


def compiled(modules: Path) -> None:
    """Put each module's bytecode, which is never compared with a source, in the place of its source.

    It is compiled without the columns of its lines, a fifth of it, as no job shows where in a line it was;
    and without docstrings, a tenth, which no job shows either (nor asserts: ours speak to the type checker).
    """
    for source in sorted(modules.rglob("*.py")):
        py_compile.compile(
            str(source),
            cfile=str(source.with_suffix(".pyc")),
            dfile=source.relative_to(modules).as_posix(),
            doraise=True,
            optimize=2,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        source.unlink()


def with_templates(modules: Path) -> None:
    """Put the code of the shipped templates beside them."""
    sys.path.insert(0, str(modules))
    from cocflow.messages import Templates
    from cocflow.setup.shipped import templates

    Templates([templates()], ZoneInfo("UTC")).keep()


def _archived(modules: Path, files: Iterable[Path]) -> bytes:
    """Return files of a folder as an archive, in a fixed order, without owners and times."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz", format=tarfile.USTAR_FORMAT, preset=9) as archive:
        for path in sorted(files):
            entry = tarfile.TarInfo(path.relative_to(modules).as_posix())
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as content:
                archive.addfile(entry, content)
    return buffer.getvalue()


def main(python: str, folder: str = str(ROOT)) -> None:
    """Write the archives and their sums, and take former ones away."""
    made = made_by(python)
    for former in Path(folder, ".github").glob("cocflow-modules.*"):
        former.unlink()
    for path, content in made.items():
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        sys.stdout.write(f"{path}: {len(content):,} bytes\n")


if __name__ == "__main__":
    if sys.argv[1] == "--compile":
        compiled(Path(sys.argv[2]))
    elif sys.argv[1] == "--templates":
        with_templates(Path(sys.argv[2]))
    else:
        main(*sys.argv[1:])
