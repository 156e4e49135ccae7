"""The mirror: every module has its twin, and a test that is no module's twin says what else it is.

No module's twin: it looks at the folders. `cocflow/x/y.py` has `tests/x/test_y.py`; a test beside the twins
may be of a whole package (`tests/test_demo.py`), or has a second paragraph in its docstring, as this one.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE, TESTS = ROOT / "cocflow", ROOT / "tests"

WITHOUT_TWIN: dict[str, tuple[str, ...]] = {
    "one story, played and compared as a whole by tests/test_demo.py and tests/cli/test_demo.py": (
        "demo/news",
        "demo/place",
        "demo/player",
        "demo/printing",
        "demo/script",
        "demo/stage",
        "demo/story",
    ),
    "a GitHub is asked over HTTP and by no other way: tests/sandbox/ goes by what GitHub documents": (
        "sandbox/access",
        "sandbox/connections",
        "sandbox/context",
        "sandbox/control",
        "sandbox/cost",
        "sandbox/creating",
        "sandbox/database",
        "sandbox/eventlog",
        "sandbox/graph",
        "sandbox/ids",
        "sandbox/refusals",
        "sandbox/render",
        "sandbox/rest_actions",
        "sandbox/rest_apps",
        "sandbox/rest_contents",
        "sandbox/rest_git",
        "sandbox/rest_issues",
        "sandbox/rest_repositories",
        "sandbox/rest_search",
        "sandbox/server",
        "sandbox/store",
    ),
    "rules of definitions, each broken by an example of tests/process/test_checking.py": (
        "process/drafts",
        "process/fitting",
    ),
    "what it writes is compared with docs/ by tests/test_docs.py": ("process/reference",),
    "what all commands that visit a repository share is seen in each of them, in tests/cli/": (
        "cli/visiting",
    ),
}
"""The modules that need no twin of their own, by the reason why."""

EXCUSED = {name: reason for reason, names in WITHOUT_TWIN.items() for name in names}
MODULES = sorted(
    path.relative_to(CODE).with_suffix("").as_posix()
    for path in CODE.rglob("*.py")
    if path.stem not in ("__init__", "__main__")
)
PACKAGES = {path.relative_to(CODE).parent.as_posix() for path in CODE.rglob("__init__.py")}
MIRRORED = sorted(
    path.relative_to(TESTS).as_posix()
    for path in TESTS.rglob("test_*.py")
    if path.relative_to(TESTS).parent.as_posix() in PACKAGES
)


def twin(module: str) -> str:
    """Return the test that is the twin of a module."""
    folder, _, stem = module.rpartition("/")
    return f"{folder}/test_{stem}.py".lstrip("/")


def test_the_folders_are_where_they_are_looked_for() -> None:
    """Nothing is in order only because nothing was found."""
    assert {"core/acts/draft", "run/desk", "errors"} <= set(MODULES)
    assert {"core/acts/test_draft.py", "test_mirror.py"} <= set(MIRRORED)
    assert "faults/test_races.py" not in MIRRORED, "a folder that mirrors none is free"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_twin_or_a_reason(module: str) -> None:
    """Who knows a module's name finds its test; one that is excused has none."""
    there = twin(module) in MIRRORED
    assert there or module in EXCUSED, f"write tests/{twin(module)}"
    assert not (there and module in EXCUSED), "it has a twin: take it off the list"


@pytest.mark.parametrize("module", sorted(EXCUSED))
def test_only_a_module_that_there_is_is_excused(module: str) -> None:
    """A module that is gone or renamed is missed here; each is excused for one reason."""
    assert module in MODULES
    assert sum(names.count(module) for names in WITHOUT_TWIN.values()) == 1


@pytest.mark.parametrize("test", MIRRORED)
def test_a_test_has_its_module_or_says_what_else_it_is(test: str) -> None:
    """It is of a module, of a package, or has a paragraph on what it is of."""
    of = {twin(one) for one in (*MODULES, *PACKAGES)}
    said = ast.get_docstring(ast.parse((TESTS / test).read_text(encoding="utf-8"))) or ""
    assert test in of or "\n\n" in said, "say in a second paragraph of its docstring what it is of"
