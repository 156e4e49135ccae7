"""What the docs say of the code and of the processes is so, and what is made of them is current.

No module's twin: of `docs/`, and of what writes it.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from cocflow.bootstrap import load_processes
from cocflow.core.acts import GRAMMAR
from cocflow.core.forms.form import QUESTIONS
from cocflow.core.text.when import read_duration
from cocflow.process.reference import reference
from cocflow.run.away import AWAY, BACK
from cocflow.run.board import GONE
from cocflow.setup import shipped
from docs import pictures
from docs.event import Loop, Step, flow
from docs.making import ROOT, made

DOCS = ROOT / "docs"
PROCESSES = load_processes(shipped.root())
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/administrators.md",
    "docs/reporters.md",
    "docs/confidentiality.md",
)
COMMUNITIES = tuple(page for page in PAGES if page != "CONTRIBUTING.md")
"""Pages about what is shipped; the other one shows how to change it."""


def text(page: str) -> str:
    """Return a page as it stands."""
    return (ROOT / page).read_text("utf-8")


def code(page: str) -> list[str]:
    """Return what a page shows as code, within a line."""
    return re.findall(
        r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text(page), flags=re.DOTALL | re.MULTILINE)
    )


# --- what is made ----------------------------------------------------------------------------------


def test_the_reference_page_and_its_drawings_are_current() -> None:
    """Each file is exactly what `make docs` would write."""
    made_now = reference(PROCESSES)
    assert {"process.md", "incident.svg"} <= made_now.keys()
    old = [name for name, written in made_now.items() if (DOCS / name).read_text("utf-8") != written]
    assert old == [], "out of date: run `make docs`"


def test_what_else_is_made_is_current() -> None:
    """An event's drawing, the commands of administrators and the job's list are as they would be made."""
    old = [path.name for path, written in made().items() if path.read_text("utf-8") != written]
    assert old == [], "out of date: run `make docs`"


def test_the_pictures_are_of_the_pages_as_they_are() -> None:
    """Each was made from a page that is still the same, and is small enough to be read on a phone."""
    there = DOCS / pictures.FOLDER
    assert json.loads((there / pictures.DIGESTS).read_text("utf-8")) == pictures.digests(), "run `make docs`"
    sizes = {one.name: one.stat().st_size for one in there.glob("*.jpg")}
    assert sizes.keys() == json.loads((there / pictures.DIGESTS).read_text("utf-8")).keys()
    assert max(sizes.values()) < 90_000


def steps(loop: Loop) -> list[Step]:
    """Return the steps of a drawing, in order."""
    return [step for part in loop.parts for step in ([part] if isinstance(part, Step) else steps(part))]


def test_the_drawing_of_an_event_shows_the_order_of_effects() -> None:
    """It tells, decides, posts and shows what the event is about, then lists; each step says what it does."""
    drawn = steps(flow())
    names = [step.name for step in drawn]
    order = ["deliver", "decide", "post", "project", "show", "Tracker.write", "Desk.latest", "picked"]
    assert list(dict.fromkeys(name for name in names if name in order)) == order
    assert all(step.does for step in drawn)


def test_the_drawing_of_an_event_can_be_read_on_a_phone() -> None:
    """It is narrow, and its letters are large beside its width."""
    drawn = (DOCS / "event.svg").read_text("utf-8")
    width = re.search(r'<svg width="([0-9]+)pt"', drawn)
    sizes = [float(size) for size in re.findall(r'font-size="([0-9.]+)"', drawn)]
    assert width is not None
    assert int(width[1]) * 96 / 72 <= 800
    assert min(sizes) / int(width[1]) >= 1 / 30


# --- what is named ---------------------------------------------------------------------------------


@pytest.mark.parametrize("word", GRAMMAR)
def test_every_command_is_documented(word: str) -> None:
    """Administrators find each command on their page, at the beginning of a row."""
    assert re.search(rf"^\| `/{word}\b", text("docs/administrators.md"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_shown_is_one(page: str) -> None:
    """What looks like a command, in code or at the beginning of a line of it, is one."""
    said = {one.partition(" ")[0] for one in code(page) if re.match(r"/[a-z]+\b(?!/)", one)}
    said |= set(re.findall(r"^ *(/[a-z]+)\b(?!/)", text(page), re.MULTILINE))
    more = {GONE, AWAY, BACK}  # on the board, where no process runs
    more |= {"/pause"} if page == "CONTRIBUTING.md" else set()  # what it shows how to add
    assert {one.removeprefix("/") for one in said - more} <= set(GRAMMAR)


LABELS = {
    label
    for process in PROCESSES
    for label in (
        *(state.label for state in process.states),
        *process.quick_labels(),
        *(mark.name for mark in process.marks),
    )
}
FAMILIES = {label.partition(": ")[0] for label in LABELS if ": " in label}


@pytest.mark.parametrize("page", COMMUNITIES)
def test_every_label_that_is_named_is_there(page: str) -> None:
    """A state's, a quick or a showing label in a page is one of a shipped process."""
    named = [one for one in code(page) if re.match(rf"({'|'.join(FAMILIES)}): ", one)]
    assert {one for one in named if not one.endswith(": …")} <= LABELS


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("docs/administrators.md", "the label `{}`, on its page"),
        ("docs/administrators.md", "Another administrator puts the label `{}` on, and it goes out"),
        ("docs/administrators.md", "Add the label `{}`."),
        ("docs/administrators.md", "Swap the label for `{}`:"),
        ("docs/administrators.md", "you accept it with `{}`."),
    ],
)
def test_a_label_that_is_to_be_put_on_asks_for_something(page: str, words: str) -> None:
    """Where a page says that a label does something, it is a quick label or that of a state."""
    before, after = map(re.escape, words.split("{}"))
    found = re.search(f"{before}(.*?){after}", text(page))
    assert found is not None
    assert found[1] in LABELS


# --- figures ---------------------------------------------------------------------------------------

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven")
DAY = timedelta(days=1)


def said(default: timedelta) -> str:
    """Say a waiting period as the pages do: `three days`, `one week`, `a day`."""
    weeks, days = default // (7 * DAY), default // DAY
    if weeks and default == weeks * 7 * DAY:
        return f"{NUMBERS[weeks]} week{'s' if weeks > 1 else ''}"
    assert default == days * DAY
    return "a day" if days == 1 else f"{NUMBERS[days]} days"


@pytest.mark.parametrize(
    ("page", "figure", "words"),
    [
        ("README.md", "appeal.opens_after", "appeals by mail, from {} after the suspension"),
        ("docs/administrators.md", "decision.answer_within", "by when it is decided: in {} (`decision."),
        ("docs/administrators.md", "decision.told_within", "more than {} after the decision (`decision."),
        ("docs/administrators.md", "agreement.one_after", "after {} one voice is enough (`agreement."),
        ("README.md", "appeal.opens_after", "an appeal opens {} after the suspension"),
        ("docs/reporters.md", "appeal.opens_after", "when you may appeal: {} after the suspension"),
        ("docs/reporters.md", "estimate.remind_after", "| within {} |"),
        ("docs/administrators.md", "post.silence", "{} of silence count as asked"),
        ("docs/administrators.md", "suspension.review_within", "After {} the digest asks you to set one"),
    ],
)
def test_every_figure_in_words_is_the_default(page: str, figure: str, words: str) -> None:
    """A waiting period that a page says in words is that of the shipped process."""
    defaults = {one.default for process in PROCESSES for one in process.figures if one.name == figure}
    (default,) = defaults
    assert default is not None
    assert words.format(said(default)) in text(page)


def test_every_figure_by_name_is_one_and_so_is_its_default() -> None:
    """The configuration names every figure that may be set, with the default that holds without it."""
    rows = re.findall(r"^#   ([a-z]+\.[a-z_]+): (\S+)$", text(".github/cocflow.yml"), re.MULTILINE)
    named = {name: None if span == "never" else read_duration(span) for name, span in rows}
    assert named == {one.name: one.default for process in PROCESSES for one in process.figures}


# --- targets, files and commands -------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_target_that_is_named_is_there(page: str) -> None:
    """`make x` in a page is a target of the Makefile."""
    blocks = re.findall(r"^```\n(.*?)^```", text(page), re.DOTALL | re.MULTILINE)
    named = {
        target
        for shown in (*code(page), *(line for block in blocks for line in block.splitlines()))
        for target in re.findall(r"(?:^|&& )make ([a-z]+)", shown)
    }
    assert named <= set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("page", [*PAGES, "SECURITY.md", "docs/design.md"])
def test_every_file_that_is_named_is_there(page: str) -> None:
    """A path of the project in a page, or a link to one, leads somewhere."""
    here = (ROOT / page).parent
    links = [one for one in re.findall(r"\]\(([^)#]+)\)", text(page)) if "://" not in one]
    assert [one for one in links if not (here / one).exists()] == []
    added = {
        "cocflow/core/acts/pause.py",
        "templates/administrators/paused.md.j2",
        "tests/core/acts/test_pause.py",
    }
    paths = [
        one for one in code(page) if re.fullmatch(r"(cocflow|tests|workflows|templates|docs)/[\w./-]*", one)
    ]
    assert [one for one in paths if not (ROOT / one).exists() and one not in added] == []


@pytest.mark.parametrize("page", [*PAGES, "SECURITY.md", "CHANGELOG.md"])
def test_a_heading_stands_by_itself(page: str) -> None:
    """There is an empty line before each, so that it isn't read as the end of what stands before it."""
    body = re.sub(r"^ *```.*?^ *```", "", text(page), flags=re.DOTALL | re.MULTILINE)
    assert re.findall(r"(?<=[^\n]\n)#+ .+$", body, re.MULTILINE) == []


def anchors(path: Path) -> set[str]:
    """Return the places of a page that a link can lead to, as GitHub names them after its headings."""
    body = re.sub(r"^ *```.*?^ *```", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", body, re.MULTILINE)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", one).strip().lower() for one in headings)
    return {re.sub(r"[^\w\- ]", "", one).replace(" ", "-") for one in plain}


WRITTEN = sorted((*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("tests/**/*.md")))


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_on_github_leads_to_a_file_and_to_a_place_in_it(page: Path) -> None:
    """What is linked within the repository, and each picture, is there; an anchor names a heading."""
    shown = re.sub(r"^ *```.*?^ *```|`[^`\n]+`", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    links = re.findall(r"\]\(([^)\s]+)\)", shown) + re.findall(r'<img src="([^"]+)"', shown)
    wrong = []
    for link in (one for one in links if "://" not in one and not one.startswith("mailto:")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []


def test_reporters_are_told_each_question() -> None:
    """There are as many questions on their page as the form has, which are numbered in `/answer`."""
    told = text("docs/reporters.md").partition("## What you are asked")[2].partition("## ")[0]
    assert len(re.findall(r"^[0-9]\. ", told, re.MULTILINE)) == len(QUESTIONS)
