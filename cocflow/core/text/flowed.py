"""Paragraphs that a mail program has broken into lines, and says so (`format=flowed`, RFC 3676).

Owns the way back: what was typed as one line is one line again, and what was put before a line goes.
"""

from __future__ import annotations


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Return the lines as they were typed. `delsp`: the space at which a line was broken was added, too."""
    pieces: list[str] = []
    depth, broken = 0, False
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = len(line) - len(line.lstrip(">"))
        said = line[quoted:].removeprefix(" ")
        if not broken or quoted != depth or said == "-- ":
            pieces += ["\n", f"{'>' * quoted} " if quoted else ""]
        depth, broken = quoted, said.endswith(" ") and said != "-- "
        pieces.append(said[:-1] if broken and delsp else said)
    return "".join(pieces[1:])
