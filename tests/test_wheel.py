"""The wheel that a repository pins is this package, the same every time."""

from __future__ import annotations

import io
import zipfile

from cocflow.wheel import wheel

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
