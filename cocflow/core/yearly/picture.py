"""The picture of a year, as Vega-Lite describes it: labelled bars, one below the other.

Owns what is drawn and how. It holds the numbers that the tables hold, and no other; each bar says its own to
those who can't see it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cocflow.core.yearly.year import Counted, Year

BLUE = "#0072B2"
"""Blue of the palette of Okabe and Ito, which people who see no red or green tell apart too."""

PALE = "#9CC9E3"
"""The same, for the rows that a total is divided into."""

INK = "#1f2328"

FONT = "Arial, Liberation Sans, DejaVu Sans, sans-serif"

WIDTH, STEP, LETTERS = 360, 28, 15
NAMES, HEAD, NUMBERS, FOOT = 240, 52, 130, 12
"""What lies around the bars. Nothing is measured by a font, so the picture is the same on every machine."""


def picture(year: Year, said: str) -> dict[str, Any]:
    """Return the picture's description in Vega-Lite. `said`: its text for those who can't see it."""
    bars = [bar for table in year.tables for bar in _bars(table)]
    most = max((bar["count"] for bar in bars), default=0)
    names = msgspec.json.encode([bar["name"] for bar in bars]).decode()
    y = {
        "field": "place",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelExpr": f"{names}[datum.value]", "domain": False, "ticks": False, "labelPadding": 8},
    }
    x = {"field": "count", "type": "quantitative", "axis": None, "scale": {"domain": [0, max(most, 1)]}}
    told = {"field": "says", "type": "nominal"}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": said,
        "title": {
            "text": f"Code of Conduct incidents in {year.year}{'' if year.over else ' so far'}",
            "anchor": "start",
            "frame": "group",
            "offset": 14,
            "dx": 16 - NAMES,
        },
        "width": WIDTH,
        "height": STEP * len(bars),
        "autosize": "none",
        "padding": {"left": NAMES, "top": HEAD, "right": NUMBERS, "bottom": FOOT},
        "background": "white",
        "data": {"values": [bar | {"place": place} for place, bar in enumerate(bars)]},
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "bar", "height": {"band": 0.7}},
                "encoding": {
                    "x": x,
                    "color": {"field": "color", "type": "nominal", "scale": None},
                    "description": told,
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "aria": False},
                "encoding": {"x": x, "text": {"field": "label", "type": "nominal"}},
            },
        ],
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "title": {"fontSize": LETTERS + 3, "color": INK},
            "axis": {
                "labelFontSize": LETTERS,
                "labelLimit": 0,
                "labelColor": INK,
                "grid": False,
                "aria": False,
            },
            "text": {"fontSize": LETTERS, "color": INK},
        },
    }


def _bars(table: Counted) -> list[dict[str, Any]]:
    """Return a table's bars: its total, and below it the rows that it is divided into."""
    total = {
        "name": table.title,
        "count": table.total or 0,
        "label": table.said,
        "color": BLUE,
        "says": f"{table.title}: {table.said}",
    }
    rows = [
        {
            "name": row.name,
            "count": row.count,
            "label": str(row.count),
            "color": PALE,
            "says": f"{table.title}, {row.name}: {row.count}",
        }
        for row in table.rows
    ]
    return [total, *rows]
