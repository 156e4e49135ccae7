"""The year that the demo plays: its report and its picture in `docs/report.md`.

Owns what stands between two marks of the page, and the picture. Playing takes long, so what was counted is
kept in `demo-year.json`, which `make docs` writes and the demo's test compares.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec

from cocflow.adapters.picture import svg
from cocflow.core.people.roster import Community
from cocflow.core.views.yearly import yearly
from cocflow.core.yearly.picture import picture
from cocflow.core.yearly.year import Year
from cocflow.demo import REPOSITORY, Stage
from cocflow.demo.script import Wait
from cocflow.messages import Templates
from cocflow.run.yearly import year
from cocflow.setup import shipped
from docs.administrators import with_part

PAGE = "report.md"
COUNTED = "demo-year.json"
DRAWING = "report.svg"
PLAYED_IN = 2026

_BEGIN = "<!-- made by `make docs` of the demo's year -->"
_COMMUNITY = Community(
    name="Enginexp",
    code_of_conduct="https://example.org/code-of-conduct",
    zone=ZoneInfo("UTC"),
    administrators=(),
)


def counted(stage: Stage) -> bytes:
    """Return what is counted of a story that was played on a stage, once its year is over."""
    stage.perform("mft", Wait(timedelta(days=366) // timedelta(hours=1)), 1, 0)
    found = year(stage.desk(REPOSITORY), PLAYED_IN)
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


def drawing(kept: bytes) -> str:
    """Return the picture of what was counted."""
    found = msgspec.json.decode(kept, type=Year)
    return svg(picture(found, _said("yearly/picture", found))).decode()


def with_report(page: str, kept: bytes) -> str:
    """Return the page with the report of what was counted."""
    found = msgspec.json.decode(kept, type=Year)
    lines = [f"> {line}".rstrip() for line in _said("yearly/report", found).splitlines()]
    alt = _said("yearly/picture", found)
    return with_part(PAGE, page, _BEGIN, [*lines, "", f"![{alt}]({DRAWING})"])


def _said(template: str, found: Year) -> str:
    return Templates([shipped.templates()], ZoneInfo("UTC")).render(template, yearly(_COMMUNITY, found))
