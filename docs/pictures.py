"""The pictures of the rehearsal room, `docs/pictures/`, made from its real pages with Chromium.

Owns what they show, and `pages.json`, which holds for each the digest of the page that it was made from: so
whether they are current is known without a browser. Without Chromium none is made, and that is said.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
import requests

from cocflow.demo.story import REPOSITORY
from cocflow.rehearsal.serving import Rehearsal

FOLDER, DIGESTS = "pictures", "pages.json"
DESK, HALF, PHONE = (980, 560), (760, 760), (390, 640)
STYLE = "style.css"


class Picture(msgspec.Struct, frozen=True):
    """One picture: its file, the size of the window, the page, and what stands at the top (a selector)."""

    name: str
    size: tuple[int, int]
    page: str
    top: str
    digest: str


def played(rehearsal: Rehearsal) -> Iterator[Picture]:
    """Play a first report, and give each page of which there is a picture, while it stands there."""
    with requests.Session() as session:
        session.headers["Origin"] = rehearsal.url.rstrip("/")

        def shown(name: str, page: str, size: tuple[int, int], top: str = "body") -> Picture:
            texts = [session.get(rehearsal.url + one, timeout=30).text for one in (page, STYLE)]
            same = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", "".join(texts))
            return Picture(f"{name}.jpg", size, page, top, sha256(same.encode()).hexdigest())

        def sent(page: str, **form: str) -> None:
            session.post(rehearsal.url + page, data=form, timeout=30).raise_for_status()

        room = f"as/iris/r/{rehearsal.house.visitor('iris').repositories()[0].name}"
        yield shown("start", "", PHONE)
        sent(f"{room}/new/incident.yml", **REPORT)
        sent("clock", way="sweep")
        incident = f"as/mft/r/{REPOSITORY}/{_incident(rehearsal)}"
        sent(f"{incident}/comment", text="/estimate 2 days", button="comment")
        yield shown("beside", "beside?left=mft&right=iris", DESK, ".pane:last-child .ours")
        yield shown("why", incident.replace("as/mft/r", "why"), HALF, ".timeline li:last-child")


REPORT = {
    "learned": "It happened to me",
    "nature": "For two weeks, jokes about how I speak.",
    "who": "Sam Okafor",
    "material": "Links to three messages.",
    "privacy": "I would rather not be named.",
}


def _incident(rehearsal: Rehearsal) -> int:
    issues = rehearsal.house.visitor("mft").listed(f"repos/{REPOSITORY}/issues")
    return next(int(one["number"]) for one in issues if one["title"].startswith("Incident"))


def digests() -> dict[str, str]:
    """Return for each picture the digest of the page that it shows."""
    with Rehearsal() as rehearsal:
        return {one.name: one.digest for one in played(rehearsal)}


def program() -> str | None:
    """Return where Chromium is; None where it isn't."""
    return shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")


def write(docs: Path) -> Iterator[Path]:
    """Make the pictures whose page has changed, and give their files."""
    kept = docs / FOLDER / DIGESTS
    try:
        before = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    except ValueError:
        raise SystemExit(f"{kept} can't be read. Delete it, and run this again: it is made anew.") from None
    if (now := digests()) == before:
        return
    if program() is None:
        raise SystemExit("docs/pictures aren't current, and can't be made: Chromium isn't installed.")
    yield from _made(docs / FOLDER)
    kept.write_text(json.dumps(now, indent=2) + "\n", "utf-8")
    yield kept


def _made(folder: Path) -> Iterator[Path]:
    from playwright.sync_api import sync_playwright

    folder.mkdir(exist_ok=True)
    with Rehearsal() as rehearsal, sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        for one in played(rehearsal):
            page = chromium.new_page(viewport={"width": one.size[0], "height": one.size[1]})
            page.goto(rehearsal.url + one.page)
            page.locator(one.top).first.evaluate("one => one.scrollIntoView()")
            page.screenshot(path=folder / one.name, type="jpeg", quality=50)
            page.close()
            yield folder / one.name
        chromium.close()
