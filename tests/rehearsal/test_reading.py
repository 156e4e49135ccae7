"""Texts as GitHub shows them, and nothing active in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from cocflow.rehearsal.reading import as_read
from tests.fuzz.test_cost import GROWTH, work
from tests.hostile import HOSTILE

ALLOWED = {
    *("p br hr h3 h4 h5 h6 ul ol li blockquote pre code em strong s a span".split()),
    *("table thead tbody tr th td details summary sub sup kbd".split()),
}
ATTRIBUTES = {"href", "rel", "class", "role", "aria-label", "tabindex", "start", "style"}


def read(text: str) -> str:
    """Read a text on the page of an issue of `o/r`, where `http://gh` is the sandbox."""
    return as_read(text, ours="http://gh", here="http://us/as/mft/r/", number_leads_to="/r/o/r/")


class Looking(HTMLParser):
    """Notes all tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("around", ["{}", "<details>{}", "- [x] {}", "`{}", "<!-- {}"])
def test_a_hostile_text_has_no_tag_no_script_and_no_address_of_its_own(text: str, around: str) -> None:
    """Only a few tags without attributes pass, and links lead to pages and mail addresses only."""
    looking = Looking()
    looking.feed(read(around.format(text)))
    assert looking.tags <= ALLOWED
    assert {name for name, _ in looking.attributes} <= ATTRIBUTES
    links = [value for name, value in looking.attributes if name == "href"]
    assert all(re.match(r"https?://|mailto:|/r/o/r/\d+\Z", one, re.IGNORECASE) for one in links)
    styles = {value for name, value in looking.attributes if name == "style"}
    assert styles <= {"text-align:left", "text-align:right", "text-align:center"}


def test_what_cocflow_hides_is_hidden_and_what_folds_folds() -> None:
    """A marker is in no page, and the fold of a card opens."""
    html = read(
        'It stands.\n\n<details><summary>More</summary>\n\n- a\n\n</details>\n\n<!-- cocflow:card {"n":1} -->'
    )
    assert "cocflow:card" not in html
    assert "<details><summary>More</summary>" in html
    assert "</details>" in html


def test_links_to_issues_stay_in_the_house_and_in_who_one_is() -> None:
    """An address of the sandbox leads to the same issue as the reader would open it."""
    assert 'href="http://us/as/mft/r/o/r/7#issuecomment-1"' in read(
        "[it](http://gh/o/r/issues/7#issuecomment-1)"
    )
    assert 'href="/r/o/r/12"' in read("See #12.")
    assert "<a" not in read("`#12` and a#12")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://example.org/a_b_c?x=1&y=2.", "https://example.org/a_b_c?x=1&y=2"),
        ("(as in http://example.org/a_(b))", "http://example.org/a_(b)"),
        ("https://example.org/#7, and so on", "https://example.org/#7"),
        ("https://example.org/@mft", "https://example.org/@mft"),
        ('https://example.org/"onclick="alert(1)', 'https://example.org/"onclick="alert(1)'),
        ("[it](https://example.org/)", "https://example.org/"),
    ],
)
def test_a_bare_address_is_one_link_without_the_end_of_its_sentence(text: str, address: str) -> None:
    """As on GitHub, and what stands in it is neither a number nor a name."""
    looking = Looking()
    looking.feed(read(text))
    assert looking.attributes == [("href", address), ("rel", "noopener noreferrer nofollow")]
    assert "mention" not in read(text)


@pytest.mark.parametrize(
    "text", ["`https://example.org`", "https://", "ftp://example.org", "xhttps://example.org"]
)
def test_what_is_no_address_or_is_quoted_as_code_is_no_link(text: str) -> None:
    """It stands there as it was written."""
    assert "<a" not in read(text)


def test_headings_stand_below_those_of_the_page_in_steps() -> None:
    """Siblings have one level, and none is more than a step below the one before it."""
    assert re.findall(r"<h(\d)>", read("### a\n\n### b\n\n# c\n\n###### d")) == ["3", "4", "3", "4"]
    assert re.findall(r"<h(\d)>", read("### a\n\n### b")) == ["3", "3"]


def test_a_text_that_nests_too_deep_is_shown_whole() -> None:
    """The parser would leave its end out."""
    assert "the end" in read("> " * 90 + "the end")


def test_a_tick_is_read_aloud() -> None:
    """A box of a list has a name for whoever doesn't see it."""
    assert 'aria-label="ticked">' in read("- [X] yes")
    assert 'aria-label="not ticked">' in read("- [ ] no")


def test_twice_the_lines_are_twice_the_work() -> None:
    """A page of a long text takes a time that grows with its length, not with the square of it."""
    lines = ("a word\n", "a [link](https://example.org) and a word\n")
    for one in lines:
        once, twice = (work(read, one * count) for count in (200, 400))
        assert twice < GROWTH * once
