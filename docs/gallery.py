"""The gallery: every message to every audience, as on a phone, on one page that a person can page through.

Owns `docs/gallery.html`. It shows the shipped templates with the invented people of the samples, so it
refuses to be written by hand.
"""

from __future__ import annotations

from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from markdown_it import MarkdownIt

from cocflow.core.views.base import View
from cocflow.core.views.samples import full, least
from cocflow.messages import SUFFIX, Templates
from cocflow.setup import shipped

PAGE = "gallery.html"

TITLE = "What cocflow says, to whom"
INTRODUCTION = """\
Every message, with everything in it that can stand in it, so some say more at once than they ever would;
and folded, with the least. The people are invented."""

STYLE = """\
.letter { border: 1px solid #8888; border-radius: 8px; padding: 4px 12px; margin: 12px 0; max-width: 390px;
  overflow-wrap: anywhere }
.letter h3 { font-size: 1rem }
.letter pre { white-space: pre-wrap }
"""
"""How a message looks on the site."""

_FITTING: dict[str, dict[str, Any]] = {
    "administrators/broken": {"reason": "A comment of mine was edited."},
    "administrators/mail_refused": {"reason": "It answers a message about this incident."},
    "administrators/mail_wordless": {"reason": "It holds a file, and no words."},
    "administrators/not_joined": {"reason": "#12 is closed; reopen it first."},
    "administrators/words_lost": {"reason": "The words of the resolution were changed."},
    "administrators/wrote": {"reason": "That isn't possible while this is closed."},
    "board/away": {"reason": "That time has passed already."},
    "party/refused": {"reason": "Nothing waits for your yes or no."},
    "reporter/words_lost": {"reason": "Your answer to question 2 was changed."},
}
"""What a message says that the samples can't fit to each."""

_ROOM = {"notes": ("For `iris`, in `acme/room-cedar-inlet`.",)}

_FENCE = "`" * 9
_HEAD = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{TITLE}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 390px; margin: 0 auto; padding: 12px;
  overflow-wrap: anywhere; box-sizing: border-box }}
article {{ border: 1px solid #8888; border-radius: 8px; padding: 4px 12px; margin: 12px 0 }}
h2 {{ margin-top: 32px }} h3, nav {{ font-size: 14px }} blockquote {{ border-left: 3px solid #8888;
  margin-left: 0; padding-left: 12px }} pre {{ white-space: pre-wrap }} summary {{ font-size: 14px }}
table {{ border-collapse: collapse }} td {{ padding: 2px 12px 2px 0 }}
</style>
<h1>{TITLE}</h1>
<p>{INTRODUCTION}</p>
"""


def html() -> str:
    """Return the page."""
    letters = _letters()
    links = " · ".join(f'<a href="#{one}">{one}</a>' for one in letters)
    parts = [_HEAD, f"<nav>{links}</nav>"]
    for audience, articles in letters.items():
        parts += [f'<h2 id="{audience}">To: {audience}</h2>', *articles]
    return "\n".join(parts) + "\n</html>\n"


def markdown() -> str:
    """Return the same as a page of the site."""
    parts = [f"# {TITLE}", INTRODUCTION]
    for audience, articles in _letters().items():
        shown = "\n".join(articles).replace("<article ", '<article class="letter" ')
        parts += [f"## To: {audience}", f"{_FENCE}{{raw}} html\n{shown}\n{_FENCE}"]
    return "\n\n".join(parts) + "\n"


def _letters() -> dict[str, list[str]]:
    """Return the messages, each as an article, by audience."""
    names = sorted(
        str(path.relative_to(shipped.templates())).removesuffix(SUFFIX)
        for path in shipped.templates().glob(f"*/*{SUFFIX}")
    )
    templates = Templates([shipped.templates()], ZoneInfo("UTC"))
    reader = MarkdownIt("commonmark", {"breaks": True}).enable("table")
    found: dict[str, list[str]] = {}
    for name in names:
        audience = name.partition("/")[0]
        text = reader.render(templates.render(name, _fitting(name, full(audience))))
        bare = reader.render(templates.render(name, least(audience)))
        folded = f"<details><summary>With the least in it</summary>{bare}</details>" if bare != text else ""
        subject = f"<h3>{escape(templates.subject(name))}</h3>" if _is_letter(audience) else ""
        head = f'<article id="{name}"><h3><code>{name}</code></h3>{subject}'
        found.setdefault(audience, []).append(f"{head}\n{text}{folded}</article>")
    return found


def _fitting(name: str, view: View) -> View:
    """Return the sample as it fits that message."""
    fitting = _ROOM if name.startswith("administrators/room_") else _FITTING.get(name, {})
    return msgspec.structs.replace(view, **fitting)


def _is_letter(audience: str) -> bool:
    return audience not in ("administrators", "board", "community")
