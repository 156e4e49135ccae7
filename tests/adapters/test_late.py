"""PyGithub's modules run when something of them is used, and are then as they always were."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cocflow.adapters.late import Late

TOLD = """
import sys
from cocflow.adapters.late import install
install()
import cocflow.adapters.client, cocflow.adapters.github, cocflow.adapters.repository
import github
cold = sorted(name for name in ("cryptography", "nacl") if name in sys.modules)
print(cold, github.Auth.AppAuth.__module__, github.NamedUser.NamedUser.__name__)
from github.PublicKey import PublicKey
import jwt
print(jwt.get_algorithm_by_name("RS256").__class__.__name__, {"cryptography", "nacl"} <= set(sys.modules))
"""

UNNAMED = """
from cocflow.adapters.late import install
install()
import requests
answer = requests.Response()
answer._content = "Ä".encode()
print(ascii(answer.text))
"""


@pytest.fixture
def _found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a package of two modules in reach, whose modules wait."""
    package = tmp_path / "waits"
    package.mkdir()
    (package / "__init__.py").write_text("import waits.inner\nimport waits.inner\nRUN = []\n", "utf-8")
    (package / "inner.py").write_text("import waits\nwaits.RUN.append(__name__)\nTHING = 1\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [Late("waits."), *sys.meta_path])


@pytest.mark.usefixtures("_found")
def test_a_module_runs_once_it_is_used() -> None:
    """Importing it, even twice, runs nothing; using it runs it once; what it lacks is an error as ever."""
    import waits  # type: ignore[import-not-found]

    assert waits.RUN == []
    assert waits.inner.THING == 1
    assert waits.RUN == ["waits.inner"]
    with pytest.raises(AttributeError, match=r"'waits\.inner' has no attribute 'OTHER'"):
        _ = waits.inner.OTHER
    assert waits.RUN == ["waits.inner"]


@pytest.mark.usefixtures("_found")
def test_a_name_of_a_module_may_be_imported() -> None:
    """That uses it; and a name that it lacks can't be imported, as ever."""
    from waits.inner import THING  # type: ignore[import-not-found]

    assert THING == 1
    with pytest.raises(ImportError, match="OTHER"):
        from waits.inner import OTHER  # noqa: F401


def test_a_job_runs_nothing_of_what_signs_and_seals() -> None:
    """The adapters alone load no cryptography; whoever needs it has it by its usual name."""
    done = subprocess.run((sys.executable, "-c", TOLD), check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[] github.Auth NamedUser", "RSAAlgorithm True"]


def test_text_that_names_no_encoding_is_utf_8() -> None:
    """A job has it read without the library that guesses, and nothing warns of that."""
    command = (sys.executable, "-W", "error", "-c", UNNAMED)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "'\\xc4'"
