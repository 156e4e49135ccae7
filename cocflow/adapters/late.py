"""PyGithub a module at a time: each of its hundred and fifty is run when something of it is used, not before.

Owns the finder that does so, also for the library that signs for Apps. A job uses a tenth of them, and the
rest would be a third of its memory. It changes nothing but the moment: a name that a module lacks is an error
as ever. It is for a job, which has one thread: two that use a module at once for the first time may meet it
half run before Python 3.12.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType


class Late(MetaPathFinder):
    """Finds modules that may wait: those of a package, not the package itself, and single ones by name."""

    def __init__(self, package: str, *names: str) -> None:
        self._within, self._names = f"{package}.", names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how a module is found, and that it waits; None for any other's."""
        if not fullname.startswith(self._within) and fullname not in self._names:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def install() -> None:
    """Have PyGithub's modules wait, wherever they are imported from now on."""
    if not any(isinstance(one, Late) for one in sys.meta_path):
        sys.meta_path.insert(0, Late("github", "jwt"))
