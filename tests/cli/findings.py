"""What every finding of the doctor's has: one thing to copy, or to click."""

from __future__ import annotations

import json
import re

from click.testing import Result

from tests.cli.test_help import parsed

ADDRESS = re.compile(r"https?://[^\s<>]+")
OF_GH = re.compile(
    r"gh (auth refresh --scopes [a-z:,]+|workflow run sweep\.yml --repo \S+/\S+"
    r"|secret set [A-Z_]+ --repo \S+/\S+)"
)


def each_has_one_thing_to_do(done: Result) -> None:
    """Assert that whatever isn't well has one command or one address, and nothing that is well has any."""
    for one in json.loads(done.stdout):
        do, named = one["do"], f"{one['check']}: {one['fix']} {one['do']}"
        if one["verdict"] == "ok":
            assert (one["fix"], one["who"], do) == ("", "", ""), named
            continue
        if do.startswith("cocflow "):
            assert parsed(do.removeprefix("cocflow ")), named
        else:
            assert ADDRESS.fullmatch(do) or OF_GH.fullmatch(do), named
        of_the_board = one["who"] == ""
        assert of_the_board or not re.search(f"cocflow [a-z]|{ADDRESS.pattern}", one["fix"]), named
