"""The demo as a picture, `docs/demo.svg`: three steps of it as a terminal shows them, made when it is played.

Owns which steps they are, how wide the terminal is, and its look, the same in light and dark. Refuses
to load anything from elsewhere, as rich's own look would.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from cocflow.demo import Narrator
from cocflow.demo.player import Played

DRAWING = "demo.svg"
SHOWS = ("estimate", "illegal label put back", "told by hand, and closed by itself")
"""A date for the reporter, a slip that is put back, and the end."""

COLUMNS = 48  # to be read on a phone

BACKGROUND = (29, 33, 40)
_LETTERS = (230, 237, 243)
_EIGHT = (
    *((110, 118, 129), (255, 123, 114), (86, 211, 100), (227, 179, 65)),
    *((121, 192, 255), (210, 168, 255), (118, 212, 224), (230, 237, 243)),
)
_COLORS = TerminalTheme(BACKGROUND, _LETTERS, list(_EIGHT), list(_EIGHT))

_LOOK = """\
<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}"
 xmlns="http://www.w3.org/2000/svg" role="img">
<title>Three steps of the demo, in a terminal.</title>
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, monospace }}
.{unique_id}-title {{ font: bold 18px system-ui, sans-serif }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def svg(played: Iterable[Played]) -> str:
    """Return the picture of those steps of a demo that was played."""
    console = Console(width=COLUMNS, record=True, file=io.StringIO(), highlight=False, force_terminal=True)
    narrator = Narrator(console)
    for one in played:
        if one.shows in SHOWS:
            narrator.tell(one)
    drawn = console.export_svg(title="cocflow demo", theme=_COLORS, code_format=_LOOK, unique_id="demo")
    return re.sub(r"[ \t]+$", "", drawn, flags=re.MULTILINE)
