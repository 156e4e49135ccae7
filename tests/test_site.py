"""The documentation as a site: complete, whole within itself, and searched without a network.

No module's twin: of `docs/site.py` and of the pages together.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize

from cocflow.messages import SUFFIX
from cocflow.setup import shipped
from docs.making import ROOT
from docs.site import SOURCE, START, doors, pages
from tests.jobs.act import read_workflow
from tests.servers.browser import PROGRAM, browser

SHOWN = pytest.mark.skipif(
    PROGRAM is None and not os.environ.get("CI"), reason="Chromium isn't installed: apt-get install chromium"
)
TO_COPY = {"docs/fault.md"}
"""What is no page, but to be filled in."""

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the site as `make site` does."""
    target = tmp_path_factory.mktemp("site")
    command = (sys.executable, "-m", "docs.site", target)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return target


def test_its_job_publishes_what_make_site_makes_and_can_do_no_more() -> None:
    """Only cocflow's own repository runs it, if it has Pages; what builds can't publish."""
    workflow = read_workflow(ROOT / ".github" / "workflows" / "site.yml")
    build, publish = workflow["jobs"].values()
    assert workflow["permissions"] == {}
    assert workflow["on"] == {"push": {"branches": ["main"]}}
    assert build["if"] == "github.event.repository.is_template && github.event.repository.has_pages"
    assert build["permissions"] == {"contents": "read"}
    assert "make site" in [step.get("run") for step in build["steps"]]
    assert publish["needs"] == "build"
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    used = [step["uses"] for job in (build, publish) for step in job["steps"] if "uses" in step]
    assert [one.partition("@")[0] for one in used] == [
        "actions/checkout",
        "actions/setup-python",
        "actions/upload-pages-artifact",
        "actions/deploy-pages",
    ]
    assert all(re.fullmatch(r"[^@]+@[0-9a-f]{40}", one) for one in used)
    assert build["steps"][0]["with"] == {"persist-credentials": False}
    assert all(0 < job["timeout-minutes"] <= 60 for job in (build, publish))


class Document(HTMLParser):
    """What a page holds: the ids in it, where its links lead, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found["id"]} if "id" in found else set()
        if "src" in found or (tag == "link" and "href" in found):
            self.loads.append(found.get("src", found.get("href", "")))
        elif tag == "a" and "href" in found:
            self.links.append(found["href"])


def documents(site: Path) -> dict[Path, Document]:
    """Read every page that was made."""
    return {path: Document(path) for path in site.rglob("*.html")}


def test_everything_that_is_documented_has_its_place_behind_a_door() -> None:
    """Each page of the repository is named once, for administrators, reporters or contributors."""
    there = {path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))}
    assert sorted(pages()) == sorted(there - TO_COPY | {"docs/gallery.html"})
    assert list(doors()) == ["For administrators", "For reporters", "For contributors"]
    assert pages()[0] == START


def test_every_link_and_anchor_of_the_site_leads_somewhere(site: Path) -> None:
    """A link within it finds its page and the place there; one to the repository finds its file."""
    read = documents(site)
    wrong = []
    for path, document in read.items():
        for link in (*document.links, *document.loads):
            if link.startswith(SOURCE):
                wrong += [] if (ROOT / link.removeprefix(SOURCE)).exists() else [(path.name, link)]
            if (parts := urlsplit(link)).scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            ids = read[target].ids if target in read else set()
            if not target.exists() or (parts.fragment and unquote(parts.fragment) not in ids):
                wrong.append((path.name, link))
    assert wrong == []
    assert sum(len(document.links) for document in read.values()) > 500


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    """Fonts, scripts, styles and pictures are its own."""
    loaded = [link for document in documents(site).values() for link in document.loads]
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    found = re.findall(r"""url\(['"]?([^)'"]+)|@import\s+['"]([^'"]+)""", styles)
    loaded += [one for pair in found for one in pair if one]
    assert [one for one in loaded if urlsplit(one).scheme not in ("", "data")] == []
    assert len(loaded) > 100


def test_the_gallery_is_in_it_with_every_message(site: Path) -> None:
    """Each template is shown on its page, which the search finds, too."""
    ids = Document(site / "docs" / "gallery.html").ids
    names = {
        path.relative_to(shipped.templates()).as_posix().removesuffix(SUFFIX)
        for path in shipped.templates().glob(f"*/*{SUFFIX}")
    }
    assert names <= ids


def opened(page: Page, address: str) -> list[str]:
    """Open a page of the site as a file; return what went wrong, and what was asked of another place."""
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            wrong.append(request.url)

    page.on("request", asked)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.goto(address)
    return wrong


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run a browser for all that look at pages."""
    with browser() as running:
        yield running


@contextmanager
def phone(chromium: Browser) -> Iterator[Page]:
    """Open a tab on a phone."""
    page = chromium.new_page(viewport=PHONE)
    yield page
    page.close()


@SHOWN
def test_the_search_works_on_a_phone_without_a_network(site: Path, chromium: Browser) -> None:
    """Opened as a file, it finds the page that says what was looked for, and leads there."""
    with phone(chromium) as page:
        wrong = opened(page, f"{site.as_uri()}/search.html?q=guided+nights")
        page.locator("#search-results li a").first.wait_for()
        found = page.locator("#search-results li a").all_inner_texts()
        assert "Rehearsing" in found
        page.get_by_role("link", name="Rehearsing > Guided nights").click()
        page.get_by_role("heading", name="Guided nights").wait_for()
        assert wrong == []


@SHOWN
@pytest.mark.parametrize("name", ["index", "docs/rehearsing", "docs/process", "docs/gallery"])
def test_a_page_fits_a_phone_and_its_pictures_are_there(site: Path, chromium: Browser, name: str) -> None:
    """Nothing of it is wider than the screen, and every picture is shown."""
    with phone(chromium) as page:
        wrong = opened(page, f"{site.as_uri()}/{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        shown = page.evaluate("[...document.images].map(one => one.naturalWidth)")
        assert all(shown)
        assert len(shown) >= (2 if name in ("index", "docs/rehearsing", "docs/process") else 0)
        assert wrong == []
