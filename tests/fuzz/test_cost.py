"""What reading costs grows with the length, whatever the text repeats.

Work is counted in calls (of Python's functions and of C's, by the profiler's hook), not in seconds, so the
count is the same on every machine. What one call of C costs isn't seen by that; `make bench` times bodies
of GitHub's full length, 65,536 characters, against 100 ms each.
"""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from tests.fuzz.readers import READERS, Reader, survives

pytestmark = pytest.mark.slow

LENGTH = 2_048
GROWTH = 2.6
"""Twice the text is twice the work, and what is paid once; four times would be the square."""

PIECES = (
    *(
        "#",
        "# ",
        "### \n",
        "### What happened?\n\n",
        "`",
        "` `` ",
        "```\n",
        "```\na\n```\n",
        "~",
        ">",
        "> ",
        "> - ",
    ),
    *(
        "[",
        "](",
        "[](",
        "]",
        "<",
        "<a ",
        "<!--",
        "-->",
        "<![CDATA[",
        "<script>",
        "*a ",
        "_",
        "-",
        "- ",
        "1. ",
        "|",
    ),
    *(
        "=",
        "\n",
        " \n",
        "\n ",
        "\r",
        "\t",
        "a\n",
        "a\n\n",
        "\\",
        "&lt;",
        "&",
        "{",
        "(",
        '"',
        "'",
        "@a ",
        "/",
        "\u200b",
    ),
    *(
        "To reporter: a\n",
        "to ",
        "for all ",
        "1. a\n2. b\n",
        "a, ",
        " until ",
        "a@b.",
        "<@U1234567>",
        "U1234567 ",
    ),
    *(
        "- [x] a\n",
        "None, ",
        "<!-- cocflow:receipt ",
        "[1,",
        '{"a":',
        "=?utf-8?q?a?= ",
        "a: b\n",
        "a;b=",
        "--a\n",
    ),
    *("Received: a\n", "Content-Type: multipart/mixed; boundary=a\n\n--a\n", '<a href="', "yes ", "by name "),
)
"""What a hostile body repeats."""

BEFORE: dict[str, tuple[str, ...]] = {
    "form": ("", "### What happened?\n\n"),
    "answers": ("", "1. "),
    "command": tuple(
        f"/{name} "
        for name in (
            "answer 1",
            "answer",
            "suspend",
            "suspend a\n",
            "resolve",
            "party",
            "estimate",
            "consent",
            "post a\n",
        )
    ),
    "told": ("", "Robin "),
    "records": ("", "<!-- cocflow:receipt "),
    "letter": (
        *("", "From: ", "From: a@b.org\nSubject: ", "To: ", "Content-Type: text/html\n\n", "Content-Type: "),
        *("Content-Type: multipart/mixed; boundary=a\n\n", "Authentication-Results: mx.example.org; "),
    ),
}
"""What stands before it, for each reader of strangers' words."""


def work(reader: Reader, text: str) -> int:
    """Return how many calls a reader makes for a text."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        survives(reader, text)
    finally:
        sys.setprofile(None)
    return calls


def body(before: str, piece: str, length: int) -> str:
    """Return a text of about that length that repeats a piece, and whole ones only."""
    return before + piece * (length // len(piece))


@pytest.mark.parametrize("name", BEFORE)
def test_twice_the_text_is_twice_the_work(name: str) -> None:
    """No reader of strangers' words does four times the work for twice the text."""
    steep = {}
    for before in BEFORE[name]:
        for piece in PIECES:
            survives(
                READERS[name], body(before, piece, LENGTH // 2)
            )  # what is paid once; no text counted is known
            once, twice = (work(READERS[name], body(before, piece, size)) for size in (LENGTH, 2 * LENGTH))
            if twice > GROWTH * once + 200:
                steep[before, piece] = (once, twice)
    assert steep == {}


def test_a_reader_that_looks_back_each_time_would_be_noticed() -> None:
    """The count bites: work that grows with the square of the length is more than the growth allowed."""

    def square(text: str) -> None:
        for end in range(len(text) // 16):
            for _ in range(end):
                text.find("x", end)

    once, twice = (work(square, "a" * size) for size in (LENGTH, 2 * LENGTH))
    assert twice > GROWTH * once + 200
