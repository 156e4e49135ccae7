"""Where the files lie that a community's repository holds: form, jobs, processes, templates.

Owns the two layouts: an installed wheel carries them inside the package; a checkout (and so an
editable install, in which force-included files are invisible) has them at its top. Refuses to
read them.
"""

from __future__ import annotations

from pathlib import Path

from cocflow.errors import DefinitionError

_PACKAGE = Path(__file__).parents[1]


def root() -> Path:
    """Return the folder that holds `.github/`, `workflows/` and `templates/`.

    Raises DefinitionError where neither layout is found: the installation is broken.
    """
    for folder in (_PACKAGE / "_shipped", _PACKAGE.parent):
        if (folder / "workflows").is_dir():
            return folder
    raise DefinitionError(
        "the processes that cocflow ships are missing", file=str(_PACKAGE), hint="install cocflow again"
    )


def workflows() -> Path:
    """Return the folder of the processes, `workflows/`."""
    return root() / "workflows"


def templates() -> Path:
    """Return the folder of the notices' templates, `templates/`."""
    return root() / "templates"


def issue_forms() -> Path:
    """Return the folder of the issue forms, `.github/ISSUE_TEMPLATE/`."""
    return root() / ".github" / "ISSUE_TEMPLATE"


def jobs() -> Path:
    """Return the folder of the jobs that GitHub runs, `.github/workflows/`."""
    return root() / ".github" / "workflows"
