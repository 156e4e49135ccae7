"""Where Markdown sees headings, fences, and blocks that are left open.

Owns which lines of a body are level 3 headings, in a time that grows with their length only. Knows nothing
of forms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import markdown_it.rules_block  # nothing of it at once: a run that reads no body does without
import msgspec

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock


class Structure(msgspec.Struct, frozen=True):
    """Where Markdown sees level 3 headings, what it sees unclosed at the end, and the lines inside fences."""

    headings: tuple[int, ...]
    open: str | None
    """What opened it: the fence's own marks, or "" for HTML."""
    fenced: frozenset[int]


def structure_of(lines: Sequence[str]) -> Structure:
    """Return the structure of lines of Markdown, in a time that grows with their length only."""
    return _structure("\n".join(lines), len(lines))


@lru_cache(maxsize=128)
def _structure(text: str, count: int) -> Structure:
    """Return the structure of a text of so many lines; kept, as a run comes back to a body many times."""
    env: dict[str, Any] = {"headings": []}
    # A heading after the end: if it isn't seen as one, then what is last swallows whatever follows.
    blocks = _blocks().parse(f"{text}\n\n###" if count else "\n###", env)
    headings: list[int] = env["headings"]
    closed = headings[-1:] == [count + 1]
    fences = [block.map for block in blocks if block.type == "fence" and block.map]
    return Structure(
        headings=tuple(headings[:-1] if closed else headings),
        open=None if closed else blocks[-1].markup,
        fenced=frozenset(line for start, end in fences for line in range(start, end)),
    )


def heading_text(line: str) -> str | None:
    """Return the text of a level 3 heading's line, without the closing sequence; None for other lines."""
    bare = line.lstrip(" ")
    if len(line) - len(bare) > 3 or not bare.startswith("###") or bare[3:4] not in ("", " ", "\t"):
        return None
    text = bare[3:].strip(" \t")
    without = text.rstrip("#")
    return without.rstrip(" \t") if not without or without[-1] in " \t" else text


@cache
def _blocks() -> MarkdownIt:
    """Return markdown-it reduced to what decides whether a line at the top level is a heading.

    Fences, HTML blocks and rules are markdown-it's own. Its headings, lists and paragraphs make tokens for
    all that they hold, and look at it once for each level of nesting: 65,536 characters took it 400 ms.
    Ours look at each line once. Quotes need no rule: none of their lines starts like a heading, and all
    that can stop a quote stops a paragraph. What is lost with the depth: after a fence or HTML inside a list
    item or a quote, a line that isn't indented is taken for a part of that item, as after text.
    """
    parser = markdown_it.MarkdownIt("zero", {"html": True})
    parser.core.ruler.enableOnly(["normalize", "block"])
    # Without "code", markdown-it takes indented lines for the beginnings of blocks.
    parser.enable(["code", "fence", "html_block", "hr", "list", "heading"])
    parser.block.ruler.at("list", _pass_list, {"alt": ["paragraph"]})
    parser.block.ruler.at("heading", _note_heading, {"alt": ["paragraph"]})
    parser.block.ruler.at("paragraph", _pass_paragraph)
    return parser


def _note_heading(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Markdown-it's rule for headings, which notes where those of level 3 are instead of making tokens."""
    found = _heading_at(state, line)
    if found is None or silent:
        return found is not None
    while found is not None:
        if len(found[0]) == 3:
            state.env["headings"].append(line)
        line += 1
        # A run of headings is taken in one go: it's the most that can be packed into a body.
        found = _heading_at(state, line) if line < end and not state.isEmpty(line) else None
    state.line = line
    return True


def _heading_at(state: StateBlock, line: int) -> re.Match[str] | None:
    start = state.bMarks[line] + state.tShift[line]
    return None if state.is_code_block(line) else _HEADING.match(state.src, start, state.eMarks[line])


_HEADING = re.compile(r"#{1,6}(?=[ \t]|\Z)")


def _pass_list(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Markdown-it's rule for lists, which passes over the items without looking inside."""
    found = _item_at(state, line)
    if found is None:
        return False
    if silent:  # may it end a paragraph?
        return bool(found[4]) and found[2] in (None, "1")
    while found is not None:
        line = _item_end(state, line, end, found)
        over = line >= end or state.isEmpty(line) or markdown_it.rules_block.hr(state, line, end, True)
        found = None if over else _item_at(state, line)
    state.line = line
    return True


def _item_at(state: StateBlock, line: int) -> re.Match[str] | None:
    if state.is_code_block(line):
        return None
    found = _ITEM.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])
    return None if found is None or (found[4] and not found[3]) else found


_ITEM = re.compile(r"([-+*]|([0-9]{1,9})[.)])([ \t]*)(.?)")


def _item_end(state: StateBlock, line: int, end: int, item: re.Match[str]) -> int:
    """Return the first line that isn't a part of the item that begins at a line."""
    # Columns, not characters: a tab reaches the next multiple of four.
    marker = state.sCount[line] + len(item[1])
    gap = len((" " * marker + item[3]).expandtabs(4)) - marker
    content = marker + (gap if item[4] and gap < 5 else 1)
    line += 1
    if not item[4] and state.isEmpty(line):
        return line  # an item may begin with one blank line, not with two
    after_blank = not item[4]  # only a line of text goes on without being indented
    while line < end:
        if state.isEmpty(line):
            after_blank = True
        elif state.sCount[line] >= content:
            after_blank = False
        elif after_blank or _starts_quote(state, line) or _stops_paragraph(state, line):
            break
        line += 1
    return line


def _starts_quote(state: StateBlock, line: int) -> bool:
    return state.src.startswith(">", state.bMarks[line] + state.tShift[line])


def _pass_paragraph(state: StateBlock, line: int, end: int, _silent: bool) -> bool:
    """Markdown-it's rule for paragraphs, without tokens."""
    line += 1
    while line < end and not state.isEmpty(line) and not _stops_paragraph(state, line):
        line += 1
    state.line = line
    return True


def _stops_paragraph(state: StateBlock, line: int) -> bool:
    # Asking every rule about every line costs more than all the rest; most lines begin like none of them.
    start = state.bMarks[line] + state.tShift[line]
    if state.is_code_block(line) or not _MAY_STOP.match(state.src, start, state.eMarks[line]):
        return False
    return any(rule(state, line, state.lineMax, True) for rule in state.md.block.ruler.getRules("paragraph"))


_MAY_STOP = re.compile(r"#|```|~~~|<|[-+*]|_[ \t]*_|1[.)]")
