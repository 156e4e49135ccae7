"""What a form says around its questions: its name, the words before them, and a hint below each.

Owns what a page needs of a template beside the form itself. Refuses nothing: a template that is a form was
checked as one, and what isn't text there says nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from cocflow.core.forms.template import fill_template


class Wording(msgspec.Struct, frozen=True):
    """The name of a form, its texts in Markdown, and the hints of its questions, by id."""

    name: str
    texts: tuple[str, ...]
    hints: Mapping[str, str]


def wording_from_template(data: object, values: Mapping[str, str | tuple[str, ...]]) -> Wording:
    """Return what a parsed issue form says, `values` between its markers as `fill_template` puts them."""
    elements = tuple(_mappings(_below(data, "body")))
    texts = (_text(one, "value") for one in elements if one.get("type") == "markdown")
    hints = {str(one["id"]): _text(one, "description") for one in elements if "id" in one}
    return Wording(
        name=str(_below(data, "name") or ""),
        texts=tuple(_COMMENT.sub("", fill_template(text, values)).strip() for text in texts),
        hints={id: hint for id, hint in hints.items() if hint},
    )


_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def _text(element: Mapping[str, object], key: str) -> str:
    value = _below(element.get("attributes"), key)
    return value.strip() if isinstance(value, str) else ""


def _below(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, Mapping) else None


def _mappings(listed: object) -> Iterator[Mapping[str, object]]:
    if isinstance(listed, Sequence) and not isinstance(listed, str):
        yield from (one for one in listed if isinstance(one, Mapping))
