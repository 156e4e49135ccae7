"""One Markdown source in three forms: complete in each, and inert in each."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.adapters.markdown import SECTION, blocks, html, pieces, plain
from cocflow.messages import inline, quoted
from tests.hostile import HOSTILE

LINK = re.compile(r"<(?:https?://|mailto:)[^<>|\s]+>")
TAGS = frozenset("p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong a br hr".split())

ways = pytest.mark.parametrize("way", [str, quoted, inline], ids=["raw", "quoted", "inline"])
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


class Seen(HTMLParser):
    """Everything in a page that could do something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.comments = 0
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes.extend((tag, name, value or "") for name, value in attrs)

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.comments += 1

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha() and character.isascii())


@hostile
@ways
def test_html_does_nothing(text: str, way: type[str]) -> None:
    """No tag but those of text, no attribute but a link's, no comment, no script, no image."""
    seen = Seen(html(way(text)))
    assert seen.tags <= TAGS
    assert seen.comments == 0
    for tag, name, value in seen.attributes:
        assert (tag, name) in {("a", "href"), ("a", "rel"), ("ol", "start"), ("code", "class")}
        assert name != "href" or re.match(r"(https?://|mailto:)", value, re.IGNORECASE)


@hostile
@ways
def test_slack_blocks_mention_nobody(text: str, way: type[str]) -> None:
    """Words are plain text; the only markup is a link that we made, to an address in full."""
    for block in blocks(way(text)):
        assert block["type"] == "section"
        said = block["text"]
        assert 1 <= len(said["text"].encode("utf-16-le")) // 2 <= SECTION
        assert said["type"] == "plain_text" or LINK.fullmatch(said["text"])


@hostile
def test_quoted_words_are_complete(text: str) -> None:
    """Nothing that a person wrote is left out of any form: each letter is in each of them."""
    source = quoted(text)
    wanted = _letters(unescape(text).replace("mailto:", ""))
    said = "".join(block["text"]["text"] for block in blocks(source))
    for form in (plain(source), said, Seen(html(source)).text):
        rest = iter(_letters(form))
        assert all(letter in rest for letter in wanted)


def test_emoji_are_all_there() -> None:
    """60 kB of emoji reach Slack in full, in texts that it takes."""
    said = "".join(block["text"]["text"] for block in blocks(HOSTILE["emoji"]))
    assert said == HOSTILE["emoji"]


def test_the_three_forms() -> None:
    """Headings, lists, quotations, code and links in plain text, HTML and blocks."""
    source = "# Two\n\nSee **the** [page](https://example.org/a|b).\n\n> no\n> pings\n\n1. one\n2. two"
    source += "\n\n```\n/told x\n```"
    assert plain(source) == (
        "Two\n\nSee the page (https://example.org/a%7Cb).\n\n> no\n> pings\n\n1. one\n2. two\n\n/told x"
    )
    page = html(source)
    assert '<a href="https://example.org/a%7Cb" rel="noopener noreferrer nofollow">page</a> (https://' in page
    assert [block["text"]["text"] for block in blocks(source)] == [
        "Two\n\nSee the page (https://example.org/a%7Cb).",
        "<https://example.org/a%7Cb>",
        "> no\n> pings\n\n1. one\n2. two\n\n/told x",
    ]


def test_links_in_quotations_are_not_to_be_clicked() -> None:
    """A link that a person put into their words stays text in Slack."""
    assert [block["text"]["type"] for block in blocks("> [form](https://evil.example)")] == ["plain_text"]


def test_an_address_is_shown_once() -> None:
    """A link whose words are its address doesn't say it twice."""
    assert plain("<https://example.org> <mailto:a@example.org>") == "https://example.org a@example.org"
    assert html("<https://example.org>").count("https://example.org") == 2


def test_words_in_odd_places_are_kept() -> None:
    """Titles, the words beside a fence and definitions of links are said, though Markdown hides them."""
    source = '[a](https://example.org "title")\n\n[b]: https://example.org\n\n``` beside\ncode\n```'
    expected = 'a (https://example.org "title")\n\n[b]: https://example.org\n\nbeside\ncode'
    assert plain(source) == expected
    assert Seen(html(source)).text.split() == expected.split()


def test_the_guard_against_mentions_is_gone() -> None:
    """Outside GitHub a mail address can be copied, and answered."""
    assert plain(inline("coc@example.org")) == "coc@example.org"


@given(st.text(alphabet="ab \n\U0001f600", max_size=300), st.integers(2, 40))
def test_pieces_lose_no_word(text: str, longest: int) -> None:
    """Pieces are short enough, and together hold every character but spaces between them."""
    found = pieces(text, longest)
    assert all(0 < len(piece.encode("utf-16-le")) // 2 <= longest for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(st.text(max_size=300))
def test_any_source_gives_all_forms(source: str) -> None:
    """No source makes a form fail."""
    assert isinstance(plain(source) + html(source), str)
    assert all(block["text"]["text"] for block in blocks(source))
