"""The wheel that a repository without the package pins: this very package, put together again.

Owns its bytes. They come from the files that run now, so the jobs run what the administrator ran, with
no package index in between; they are stored in a fixed order, without times and uncompressed (git
compresses), so the same package gives the same bytes on every machine.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

from cocflow.version import COMMIT, commit

_PACKAGE = Path(__file__).parents[1]
_KIND = "Wheel-Version: 1.0\nGenerator: cocflow\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_KEPT = ("METADATA", "entry_points.txt", "licenses/LICENSE")
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_SHIPPED = "_shipped"


def wheel(shipped: dict[str, bytes]) -> tuple[str, bytes]:
    """Return the name and the bytes of the wheel; `shipped` are the files that it carries, by path."""
    found = distribution("cocflow")
    name = f"cocflow-{found.version}"
    kept = {one: text for one in _KEPT if (text := found.read_text(one)) is not None}
    info = {f"{name}.dist-info/{one}": text.encode() for one, text in (kept | {"WHEEL": _KIND}).items()}
    carried = {f"cocflow/{_SHIPPED}/{path}": content for path, content in shipped.items()}
    files = dict(sorted((_package() | carried | info).items()))
    record = f"{name}.dist-info/RECORD"
    lines = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return f"{name}-py3-none-any.whl", _zipped(files)


@cache
def _package() -> dict[str, bytes]:
    """Return the files of the package that runs, which stay as they are while it does."""
    files = (one for one in _PACKAGE.rglob("*") if one.is_file())
    named = {one.relative_to(_PACKAGE).as_posix(): one for one in files}
    known = commit()
    return ({f"cocflow/{COMMIT}": f"{known}\n".encode()} if known else {}) | {
        f"cocflow/{path}": one.read_bytes()
        for path, one in named.items()
        if "__pycache__" not in path and not path.startswith(f"{_SHIPPED}/")
    }


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _BEGINNING)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
