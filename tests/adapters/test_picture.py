"""Pictures: the same bytes each time, nothing fetched, and words for those who can't see them."""

from __future__ import annotations

import re
import struct
from xml.etree import ElementTree as ET

from cocflow.adapters.picture import SCALE, png, svg
from cocflow.core.yearly.coarsening import Row
from cocflow.core.yearly.picture import BLUE, picture
from cocflow.core.yearly.year import Counted, Year

YEAR = Year(
    year=2026,
    over=True,
    tables=(Counted(title="Received", total=31, rows=(Row("on GitHub", 19), Row("by mail", 12))),),
)
SAID = 'Bars "of" <2026>: 31.'
DESCRIBED = picture(YEAR, SAID)


def test_the_same_numbers_make_the_same_bytes() -> None:
    """Twice, as SVG and as PNG."""
    assert svg(DESCRIBED) == svg(DESCRIBED)
    assert png(DESCRIBED) == png(DESCRIBED)


def test_an_svg_says_what_it_shows() -> None:
    """The whole has a label, and so has each bar; the numbers stand as text in it."""
    root = ET.fromstring(svg(DESCRIBED))  # noqa: S314 - our own
    assert root.attrib["aria-label"] == SAID
    labels = [
        one.attrib["aria-label"] for one in root.iter() if one.attrib.get("aria-roledescription") == "bar"
    ]
    assert labels == ["Received: 31", "Received, on GitHub: 19", "Received, by mail: 12"]
    texts = ["".join(one.itertext()) for one in root.iter() if one.tag.endswith("}text")]
    assert {"31", "19", "12", "on GitHub"} <= set(texts)


def test_an_svg_depends_on_no_font_and_no_address() -> None:
    """Its size is by its rows alone, and it points at nothing but the names of its languages."""
    drawn = svg(DESCRIBED).decode()
    assert BLUE in drawn
    assert {*re.findall(r'https?://[^"]+', drawn)} <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    around = DESCRIBED["padding"]
    width = around["left"] + DESCRIBED["width"] + around["right"]
    height = around["top"] + DESCRIBED["height"] + around["bottom"]
    assert f'width="{width}" height="{height}"' in drawn


def test_a_png_is_large_enough_to_read() -> None:
    """So many dots a point."""
    drawn = png(DESCRIBED)
    width, _ = struct.unpack(">II", drawn[16:24])
    around = DESCRIBED["padding"]
    assert width == SCALE * (around["left"] + DESCRIBED["width"] + around["right"])
