"""What the README says of a fresh machine is so, taken literally.

No module's twin: of `README.md`.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from cocflow.version import VERSION
from tests.cli.premises import FLAGS

ROOT = Path(__file__).parents[1]
ADDRESS = "https://github.com/OWNER/cocflow"


def test_from_a_clone_two_lines_lead_to_init(tmp_path: Path) -> None:
    """The README's lines, given as they stand, install a cocflow that sets a repository up."""
    (block,) = re.findall(r"^```\n(git clone .*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    assert block.count("\n") == 2
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    clone = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{ROOT}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
    }
    here = {**kept, **clone, "HOME": str(tmp_path)}
    script = f'set -e\n{block}.venv/bin/cocflow --version\n.venv/bin/cocflow init --local ../made "$@"\n'
    command = ("bash", "-c", script, "bash", *FLAGS)
    done = subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert f"cocflow {VERSION} (" in done.stdout
    assert list((tmp_path / "made" / ".github").glob(f"cocflow-{VERSION}-*.whl"))
