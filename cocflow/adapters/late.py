"""Modules that wait: each is run when something of it is used, not when it is imported.

Owns the finder that does so, and the list of what waits in a job: PyGithub, of whose hundred and fifty
modules a job uses a tenth; the libraries that sign for Apps; those that read Markdown and templates, which a
sweep with nothing to say does without; and what other libraries import and no event uses. It changes nothing
but the moment: a name that a module lacks is an error as ever. Python's own `LazyLoader` would run a module
at its second import, and so most of PyGithub. It is for a job, which has one thread: two that use a module
at once for the first time may meet it half run.
"""

from __future__ import annotations

import sys
import warnings
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:  # what these import is a part of what waits
    from collections.abc import Sequence
    from importlib.abc import Loader
    from types import ModuleType

WAITING = (
    *("bz2", "csv", "lzma", "mimetypes", "selectors", "stringprep", "zipfile"),
    *("github.", "jwt", "markdown_it", "markdown_it.", "jinja2", "jinja2."),
)
"""What waits in a job: single modules; and with a dot, those of a package, not the package itself."""


class _Waiting:
    """A loader whose module is run when a name is wanted that it hasn't got yet (see PEP 562)."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        loader = module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = loader

        def run(name: str) -> object:
            if name == "__path__":  # so an import asks whether it is a package
                raise AttributeError(name)
            del module.__getattr__
            loader.exec_module(module)
            return getattr(module, name)

        module.__getattr__ = run  # type: ignore[method-assign]


class Late:
    """Finds modules that may wait, named as in `WAITING`."""

    def __init__(self, *names: str) -> None:
        self._names = frozenset(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how a module is found, and that it waits; None for any other's."""
        if self._names.isdisjoint((fullname, f"{fullname.rpartition('.')[0]}.")):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", _Waiting(spec.loader))
        return spec


def install() -> None:
    """Have these modules wait, wherever they are imported from now on, and have requests guess no encoding.

    It guesses none where it is installed without what guesses: text that names no encoding is UTF-8.
    """
    if any(isinstance(one, Late) for one in sys.meta_path):
        return
    sys.meta_path.insert(0, Late(*WAITING))
    sys.modules.setdefault("charset_normalizer", None)  # type: ignore[arg-type]
    warnings.filterwarnings("ignore", "Unable to find acceptable character detection dependency")
