"""Pictures: what Vega-Lite describes, drawn as SVG or PNG by the library of the extra `report`.

Owns the only use of that library. It draws without a network: nothing but what it is given enters a picture.
"""

from __future__ import annotations

from html import escape
from typing import Any

from cocflow.errors import MissingExtraError

SCALE = 2
"""How many dots a point of a PNG has in each direction."""


def svg(described: dict[str, Any]) -> bytes:
    """Return a picture as SVG, the same bytes each time, that says to screen readers what it shows.

    Raises MissingExtraError without the extra `report`.
    """
    drawn: str = _library().vegalite_to_svg(described, allowed_base_urls=[])
    said = escape(str(described["description"]))
    labelled = drawn.replace("<svg ", f'<svg role="graphics-document" aria-label="{said}" ', 1)
    return f"{labelled}\n".encode()


def png(described: dict[str, Any]) -> bytes:
    """Return a picture as PNG, the same bytes each time. Raises MissingExtraError as `svg` does."""
    drawn: bytes = _library().vegalite_to_png(described, scale=SCALE, allowed_base_urls=[])
    return drawn


def _library() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise MissingExtraError("report") from None
    return vl_convert
