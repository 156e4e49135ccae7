"""The real webhook payloads that npm's `@octokit/webhooks-examples` holds."""

from __future__ import annotations

import json
from typing import Any

from tests.jobs.layouts import CHECKOUT

FOLDER = CHECKOUT / "node_modules" / "@octokit" / "webhooks-examples"


def examples() -> list[tuple[str, dict[str, Any]]]:
    """Return every example of an event about issues: its name and payload."""
    files = [FOLDER / server / "index.json" for server in ("api.github.com", "ghes-31")]
    events = [event for file in files for event in json.loads(file.read_text("utf-8"))]
    wanted = [event for event in events if event["name"] in ("issues", "issue_comment")]
    return [(event["name"], payload) for event in wanted for payload in event["examples"]]
