"""Examples of views: each shipped template reads well with all of it, and with the least."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import pytest

from cocflow.core.views import VIEWS
from cocflow.core.views.base import View
from cocflow.core.views.samples import counted, full, least
from cocflow.messages import SUFFIX
from cocflow.setup import shipped
from tests.core.play import definition, suspension_definition
from tests.fakes import templates

NAMES = sorted(
    str(path.relative_to(shipped.templates())).removesuffix(SUFFIX)
    for path in shipped.templates().glob(f"*/*{SUFFIX}")
)
TO_ADMINISTRATORS = ("administrators/", "board/", "channel/")
JARGON = re.compile(r"\b(issues?|labels?|transitions?|workflows?|sweep|unfortunately)\b", re.I)
HOW = re.compile(r"`[^`]*`|https?://\S+")


@pytest.mark.parametrize("audience", sorted(VIEWS))
def test_every_audience_has_an_example(audience: str) -> None:
    """Nothing is missing in the full one, and what may be missing is missing in the other."""
    whole, little = full(audience), least(audience)
    assert type(whole) is type(little) is VIEWS[audience]
    for field in whole.__struct_fields__:
        value = getattr(whole, field)
        assert value not in (None, "", ())
        assert isinstance(value, bool) or getattr(little, field) in (None, "", (), "none", value)
    assert little != whole


@pytest.mark.parametrize("example", [full, least])
@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_template_reads_well(name: str, example: Callable[[str], View]) -> None:
    """No gap, no trace of code, no exclamation mark, no double space, and to people no jargon of ours."""
    text = templates().render(name, example(name.partition("/")[0]))
    assert text or name in (
        "administrators/suspension_noted",
        "administrators/room_noted",
        "administrators/post_answered",
    )
    assert not re.search(r"None|\{\{|\{%|\n\n\n|!|  \S|\(\)|\*\*\*\*| [.,;:]|, \.|: ?\.", text)
    assert not re.search(r"[ \t]$", text, re.M)
    if not name.startswith(TO_ADMINISTRATORS):
        assert not JARGON.search(HOW.sub("", text))


PEOPLE = r"(?:Robin Example|Kim Example|the reporter|Mika|Mia|Tom|Sam Poe|Toni Example|Alex Poe)(?:\*\*)?"


@pytest.mark.parametrize("name", NAMES)
def test_every_list_reads_well_in_both_numbers(name: str) -> None:
    """One person has, two have: no verb is of the wrong number behind a list of names."""
    audience = name.partition("/")[0]
    one = templates().render(name, counted(audience, 1))
    several = templates().render(name, counted(audience, 2))
    assert not re.search(rf"(?<! and )(?<! or ){PEOPLE} (have|are|were|read|decide|handle|write)\b", one)
    assert not re.search(rf"{PEOPLE} and {PEOPLE} (has|is|was|reads|decides|handles|writes)\b", several)
    for text in (one, several):
        assert not re.search(r"\b1 (more have|older ones|things|reports wait|reminders)\b", text)


BY_LETTER = sorted(
    {
        move.reply
        for one in (definition(), suspension_definition())
        for move in one.process.moves
        if move.letter and move.reply and f"administrators/{move.reply}" in NAMES
    }
)
"""What administrators read of what somebody asks for by letter, whom no account names."""


@pytest.mark.parametrize("example", [full, least])
@pytest.mark.parametrize("reply", BY_LETTER)
def test_what_was_asked_for_by_letter_reads_well_without_an_asker(
    reply: str, example: Callable[[str], View]
) -> None:
    """Nothing stands open where a comment's writer would be named."""
    seen = msgspec.structs.replace(example("administrators"), asker="", mentions=("mft",))
    text = templates().render(f"administrators/{reply}", seen)
    assert not re.search(r"  \S| [.,;:]|\bby\b[ .]*$|^ ", text, re.M)
    assert text[:1].isupper() or text[:1] in "*@"


@pytest.mark.parametrize("name", [name for name in NAMES if "appeal" in name or "estimate" in name])
def test_times_are_said_with_their_day_and_zone(name: str) -> None:
    """Whoever reads a time reads the weekday, the date and the zone with it."""
    text = templates().render(name, full(name.partition("/")[0]))
    for found in re.finditer(r"\d\d:\d\d", text):
        before, after = text[: found.start()], text[found.end() :]
        assert re.search(r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d+ January 2026, $", before)
        assert after.startswith(" UTC")
