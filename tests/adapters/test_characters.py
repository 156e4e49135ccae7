"""Which characters pass, and what a mail address is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.adapters.characters import address, clean, one_line
from tests.hostile import HOSTILE

FORBIDDEN = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_control_character_passes(text: str) -> None:
    """A cleaned text can be encoded, and holds no controls but line feeds and tabs."""
    for character in clean(text):
        assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
        assert character not in FORBIDDEN
    clean(text).encode()


@given(st.text(st.characters(), max_size=400), st.integers(2, 80))
def test_one_line_is_one_line(text: str, longest: int) -> None:
    """A text for a header is one line of bounded length, whatever it was made of."""
    line = one_line(text, longest)
    assert len(line) <= longest
    assert line.splitlines() in ([], [line])
    assert "=?" not in line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("riya@example.org", "riya@example.org"),
        (" Riya.Sen+coc@Example.ORG ", "Riya.Sen+coc@example.org"),
        ("o'brien_1@mail.example.co.uk", "o'brien_1@mail.example.co.uk"),
        ("jürgen@example.org", "jürgen@example.org"),
        ("a@exämple.org", "a@xn--exmple-cua.org"),
        ("a@XN--EXMPLE-CUA.org", "a@xn--exmple-cua.org"),
    ],
)
def test_addresses(text: str, expected: str) -> None:
    """An address is one bare address; its domain becomes ASCII and lower case."""
    assert address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "riya",
        "@example.org",
        "riya@",
        "riya@localhost",
        "riya@127.0.0.1",
        "riya@[127.0.0.1]",
        "Riya <riya@example.org>",
        '"riya sen"@example.org',
        "riya@example.org, mallory@evil.example",
        "riya@example.org;mallory@evil.example",
        "riya@example.org mallory@evil.example",
        "riya@evil.example@example.org",
        "riya@example.org\r\nBcc: mallory@evil.example",
        "riya@example.org>\r\nRCPT TO:<mallory@evil.example",
        "riya..sen@example.org",
        ".riya@example.org",
        "riya@-example.org",
        "riya@example..org",
        "riya@straße.example",
        "riya@exam\u200bple.org",
        "r\u202eiya@example.org",
        f"{'x' * 65}@example.org",
        f"riya@{'x' * 64}.org",
        "riya@" + "x" * 300 + ".org",
    ],
)
def test_what_is_no_address(text: str) -> None:
    """Lists, names, routes, odd domains and anything with a line end are refused."""
    assert address(text) is None
