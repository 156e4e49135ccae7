"""GitHub's own client, octokit, against the sandbox.

No module's twin: what people's scripts ask, and how redirects, pages and tags are followed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.world import REPO, World

ROOT = Path(__file__).parents[2]


def test_octokit_reads_what_is_answered(world: World) -> None:
    """It opens, labels, pages, searches, invites, and follows a renamed repository for reads and writes."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules/@octokit/rest").exists():
        pytest.skip("node, or node_modules, isn't installed: npm ci")
    world.sandbox.store.put_file(REPO, "README.md", "# Hello")
    program = Path(__file__).with_name("octokit.mjs")
    words = [node, str(program), world.sandbox.url, world.tokens["admin"]]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert json.loads(done.stdout) == {
        "created": [201, True],
        "comments": [f"comment {number}" for number in range(5)],
        "found": ["New incident"],
        "viewer": "admin",
        "readme": "# Hello",
        "unchanged": 304,
        "invited": [201, "triage"],
        "moved": "acme/renamed",
        "title": "Renamed",
    }
