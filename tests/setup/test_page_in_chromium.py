"""The page for reports by mail in a real browser: what is written on it arrives, for everybody.

No module's twin: of `cocflow/setup/page.py` and the files of `templates/page/` together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from cocflow.adapters.letters import read_letter
from cocflow.adapters.markdown import html
from cocflow.core.forms.by_mail import END, read_mailed
from cocflow.core.forms.form import Answers
from cocflow.core.forms.normal import normalised
from cocflow.core.forms.reading import read
from cocflow.core.forms.writing import write
from cocflow.setup.in_force import load_process_and_form
from cocflow.setup.page import LONGEST_LINK, page
from tests.core.forms.examples import TYPED, chosen_from
from tests.servers.browser import AXE, PROGRAM, browser
from tests.setup.communities import community

pytestmark = pytest.mark.skipif(
    PROGRAM is None and not os.environ.get("CI"), reason="Chromium isn't installed: apt-get install chromium"
)

PHONE, DESK = (390, 844), (1280, 900)
_, FORM = load_process_and_form(Path("nowhere"), "incident")
LABELS = [field.label for field in FORM.fields]
LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "2. ", "> ", "\\", "\\> 3) "]),
    st.sampled_from([*LABELS, *(label.upper() for label in LABELS), LABELS[2].replace(" ", "\n"), END]),
    st.sampled_from(["", " x", ":", "\n"]),
)
ODD = st.sampled_from(
    [
        "2. Kim",
        "> he said",
        "### What",
        "\U0001f642\u200d\U0001f642",
        "\u05d0\u05d1\u05d2",
        "-- ",
        "%0D%0A&to=x",
    ]
)
WRITTEN = st.lists(LINES | ODD | TYPED, max_size=6).map("\n".join)
ANSWERS = st.fixed_dictionaries(
    {}, optional={one.id: WRITTEN if one.free else chosen_from(one) for one in FORM.fields}
).map(Answers)

WORDS = {
    "nature": """\
2. Who is involved in this incident?
> \u201cShut up\u201d, he said.

### And then
\u05e9\u05dc\u05d5\u05dd \U0001f642""",
    "who": "Kim",
    "privacy": "None",
}
INVOLVED = FORM.option("involved", 1) or ""
REPORT = Answers({**WORDS, "learned": "I saw it", "involved": (INVOLVED,)})


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for all of these tests."""
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the page lies: on the disk."""
    folder = community(tmp_path_factory.mktemp("community") / "files")
    (folder / "report.html").write_text(page(folder, html), "utf-8")
    return (folder / "report.html").as_uri()


class Visit:
    """The page as somebody has it open, and what it asked the network for."""

    def __init__(self, chromium: Browser, address: str, size: tuple[int, int] = DESK, **more: object) -> None:
        self.context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **more)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)

    @property
    def link(self) -> str:
        """What the button opens."""
        return self.page.get_attribute("#open", "href") or ""

    @property
    def text(self) -> str:
        """The text that is shown, and that the other button copies."""
        return self.page.input_value("#mail")

    @property
    def state(self) -> str:
        """What is said about the mail."""
        return self.page.inner_text("#state")

    def fill(self, answers: Answers) -> None:
        """Put answers in as a person's fingers would, but at once."""
        self.page.evaluate(
            FILL, {id: list(one) if isinstance(one, tuple) else one for id, one in answers.values.items()}
        )


FILL = """answers => {
  for (const field of document.querySelectorAll("[data-line]")) {
    const id = field.id || field.querySelector("[id]").id.replace("-hint", "");
    if (field.tagName === "FIELDSET") {
      const chosen = answers[id] || [];
      for (const box of field.querySelectorAll("input")) box.checked = chosen.includes(box.value);
    } else field.value = answers[id] || "";
  }
  document.getElementById("report").dispatchEvent(new Event("input"));
}"""


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Visit]:
    """The page on a desk."""
    made = Visit(chromium, address)
    yield made
    assert (made.errors, made.requests) == ([], [address])
    made.context.close()


def handed_on(link: str) -> tuple[str, str, str]:
    """Return to whom a link writes, about what, and the text as a mail program has it."""
    parts = urlsplit(link)
    query = parse_qs(parts.query, strict_parsing=True, errors="strict")
    assert parts.scheme == "mailto"
    return parts.path, query["subject"][0], query.get("body", [""])[0]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=ANSWERS)
@example(Answers({one.id: f"{one.label}\n{END}" for one in FORM.fields if one.free}))
@example(Answers({"nature": "\\", "who": f"\\{LABELS[1]}", "tried": FORM.fields[-2].options}))
def test_what_is_written_arrives(visit: Visit, answers: Answers) -> None:
    """The mail's text, and the link that hands it on, are read to the same answers."""
    visit.fill(answers)
    expected = normalised(FORM, answers)
    assert read_mailed(FORM, visit.text).answers == expected
    body = handed_on(visit.link)[2]
    assert read_mailed(FORM, body).answers == (expected if body else Answers())
    assert len(visit.link) <= LONGEST_LINK
    assert body or not visit.text or visit.state.startswith("It is too long")


def test_a_person_s_report_becomes_an_incident_s_body(visit: Visit) -> None:
    """Typed and chosen, handed to a mail program, sent, received: the issue has the same answers."""
    for id, words in WORDS.items():
        visit.page.locator(f"#{id}").press_sequentially(words)
    visit.page.get_by_text("More, if you like").click()
    visit.page.select_option("#learned", label="I saw it")
    visit.page.get_by_label(INVOLVED).check()
    to, subject, body = handed_on(visit.link)
    assert (to, subject) == ("conduct@example.org", "Report an incident")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "kim@example.org", to, subject
    mail.set_content(f"{body.replace(chr(13), '')}\n\n-- \nSent from a phone")
    letter = read_letter(mail.as_bytes(), key="1", received=datetime(2026, 1, 5, tzinfo=UTC))
    report = read_mailed(FORM, letter.text)
    assert report.answers == normalised(FORM, REPORT)
    assert report.extra == (("", "-- \nSent from a phone"),)
    assert read(FORM, write(FORM, report.answers, report.extra)).answers == report.answers


def test_the_reporter_says_who_gets_it(visit: Visit) -> None:
    """Ticks decide, several get one mail, and nobody ticked is said."""
    for label, to in (
        ("The outside contact", "conduct@example.org,board@example.org"),
        ("The administrators", "board@example.org"),
        ("The outside contact", ""),
    ):
        visit.page.get_by_label(label).click()
        assert handed_on(visit.link)[0] == to
    assert visit.state == "Nobody is ticked, so it goes to nobody yet."


def test_a_long_report_is_copied_instead(chromium: Browser, address: str) -> None:
    """Where a link would be too long, it opens an empty mail, and the text is copied to be pasted."""
    visit = Visit(chromium, address)
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    long = Answers({"nature": "He went on. " * 1000, "who": "Kim"})
    visit.fill(long)
    assert handed_on(visit.link) == ("conduct@example.org", "Report an incident", "")
    assert visit.state.startswith("It is too long to be handed over in one go.")
    visit.page.click("#copy")
    visit.page.get_by_text("The text is copied.").wait_for()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert read_mailed(FORM, copied).answers == normalised(FORM, long)
    visit.fill(Answers({"who": "Kim"}))
    assert visit.state == ""
    assert read_mailed(FORM, handed_on(visit.link)[2]).answers == Answers({"who": "Kim"})
    visit.context.close()


def test_a_browser_that_copies_nothing_shows_the_text(visit: Visit) -> None:
    """Where there is no clipboard, the text is shown and selected, ready to be copied by hand."""
    visit.page.evaluate(
        "document.execCommand = () => false;Object.defineProperty(navigator, 'clipboard', {value: undefined})"
    )
    visit.fill(Answers({"who": "Kim"}))
    visit.page.click("#copy")
    assert visit.state.startswith("Your browser didn\u2019t let it be copied.")
    assert visit.page.evaluate("getSelection().toString()") == visit.text
    assert visit.page.is_visible("#mail")


def test_it_is_written_with_the_keyboard_alone(visit: Visit) -> None:
    """From the first Tab to the button: past the plea, every field in order, each visibly in focus."""
    press, focused = visit.page.keyboard.press, "document.activeElement"
    press("Tab")
    assert visit.page.evaluate(f"{focused}.textContent") == "Go to the questions"
    press("Enter")
    reached = []
    for _ in range(40):
        press("Tab")
        style = visit.page.evaluate(f"(s => s.outlineStyle + s.outlineWidth)(getComputedStyle({focused}))")
        assert style == "solid3px"
        reached.append(visit.page.evaluate(f"{focused}.id || {focused}.value || {focused}.textContent"))
        match reached[-1]:
            case "nature":
                visit.page.keyboard.type("Shouting.\n2. Kim")
            case "board@example.org":
                press("Space")
            case "open":
                break
            case _:
                pass
    assert reached == [
        *("nature", "who", "material", "privacy"),
        *(option for field in FORM.fields if field.id in {"danger", "involved"} for option in field.options),
        "More, if you like",
        *("conduct@example.org", "board@example.org", "open"),
    ]
    to, _, body = handed_on(visit.link)
    assert to == "conduct@example.org,board@example.org"
    assert read_mailed(FORM, body).answers.values == {"nature": "Shouting.\n2. Kim"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nobody_is_shut_out(chromium: Browser, address: str, size: tuple[int, int], scheme: str) -> None:
    """axe finds nothing, in both colour schemes, with everything open; what is tapped is large enough."""
    if not AXE.exists():
        pytest.skip("node_modules isn't installed: npm ci")
    visit = Visit(chromium, address, size, color_scheme=scheme, has_touch=size == PHONE)
    visit.fill(REPORT)
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    visit.page.evaluate(AXE.read_text("utf-8"))
    found = visit.page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert len(found["passes"]) > 20
    low = "one => one.getBoundingClientRect().height < 44"
    tapped = "textarea, select, summary, .choice, .button"
    assert (
        visit.page.evaluate(
            f"[...document.querySelectorAll('{tapped}')].filter({low}).map(one => one.outerHTML)"
        )
        == []
    )
    assert visit.page.evaluate("document.documentElement.scrollWidth") == size[0]
    visit.context.close()


def test_without_a_script_the_address_and_the_questions_stand_there(chromium: Browser, address: str) -> None:
    """No field is shown that could do nothing; how to write by hand is."""
    visit = Visit(chromium, address, PHONE, java_script_enabled=False)
    assert not visit.page.is_visible("#report")
    assert visit.page.is_visible("pre")
    assert "4. Any privacy concerns?" in visit.page.inner_text("pre")
    assert visit.page.get_by_role("link", name="conduct@example.org").is_visible()
    visit.context.close()


def test_nothing_can_be_requested(chromium: Browser, address: str) -> None:
    """Whatever would ask the network for something, or run, is refused by the page's own policy."""
    visit = Visit(chromium, address)
    refused = visit.page.evaluate(
        """() => new Promise(done => {
          const seen = new Set();
          document.addEventListener("securitypolicyviolation", event => {
            seen.add(event.effectiveDirective);
            if (seen.size === 4) done([...seen].sort());
          });
          new Image().src = "https://example.org/image";
          fetch("https://example.org/fetched").catch(() => null);
          const script = document.createElement("script");
          script.textContent = "document.title = 'run'";
          document.body.append(script);
          const style = document.createElement("style");
          document.body.append(style);
          style.textContent = "body { color: red }";
        })"""
    )
    assert refused == ["connect-src", "img-src", "script-src-elem", "style-src-elem"]
    visit.context.close()
