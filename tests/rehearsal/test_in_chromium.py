"""The rehearsal room in a real browser: a newcomer's way through it by role and label, and by keyboard.

No module's twin: of `cocflow/rehearsal/pages.py`, its templates and its style together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from cocflow.demo.story import REPOSITORY
from cocflow.rehearsal.serving import Rehearsal
from tests.servers.browser import AXE, PROGRAM, browser, leads_on

pytestmark = pytest.mark.skipif(
    PROGRAM is None and not os.environ.get("CI"), reason="Chromium isn't installed: apt-get install chromium"
)

PHONE, DESK = (390, 844), (1280, 900)


@pytest.fixture
def rehearsal() -> Iterator[Rehearsal]:
    """A room of each test's own, as they may run in any order."""
    with Rehearsal() as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for all of these tests."""
    with browser() as running:
        yield running


@pytest.fixture
def page(chromium: Browser, rehearsal: Rehearsal) -> Iterator[Page]:
    """A tab on the first page, and whatever it asks for stays on this machine."""
    context = chromium.new_context(viewport={"width": DESK[0], "height": DESK[1]})
    tab = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    tab.goto(rehearsal.url)
    yield tab
    context.close()
    assert {urlsplit(one).netloc for one in asked} == {urlsplit(rehearsal.url).netloc}
    assert [one for one in wrong if "status of 4" not in one] == []


def be(page: Page, name: str) -> None:
    """Be somebody else."""
    page.get_by_text("Be somebody else").click()
    leads_on(page.get_by_label("Who and when").get_by_role("link", name=name, exact=True))


def handles_a_report(page: Page) -> None:
    """File a report, handle it, suspend somebody and decide their appeal, all by clicking."""
    leads_on(page.get_by_role("main").get_by_role("link", name="Iris").first)
    leads_on(page.get_by_role("main").get_by_role("link", name=f"{REPOSITORY.partition('/')[0]}/room-"))
    leads_on(page.get_by_role("main").get_by_role("link", name="New issue").last)
    leads_on(page.get_by_role("link", name="Report an incident"))
    page.get_by_label("What’s the nature").fill("A flood of insults, for an hour.")
    leads_on(page.get_by_role("button", name="File it"))
    assert "Who is involved" in page.get_by_role("alert").inner_text()
    page.get_by_label("How did you learn").select_option("I saw it")
    page.get_by_label("Who is involved").fill("The account of Pim Ode.")
    page.get_by_label("What material").fill("The channel's history.")
    page.get_by_label("Any privacy").fill("None")
    leads_on(page.get_by_role("button", name="File it"))
    leads_on(page.get_by_role("button", name="Wait for the sweep"))
    assert "Your report has arrived." in page.get_by_role("main").inner_text()

    be(page, "mft")
    leads_on(page.get_by_role("link", name="All that mft sees", exact=True))
    leads_on(page.get_by_role("main").get_by_role("link", name=REPOSITORY))
    leads_on(page.get_by_role("main").get_by_role("link", name=re.compile(r"#\d+ Incident")).first)
    incident = page.url
    page.get_by_label("Comment as mft").fill("/estimate 2 weeks")
    leads_on(page.get_by_role("button", name="Comment"))
    page.get_by_label("Comment as mft").fill("/suspend A flood of insults\nPim Ode, pim@example.org")
    leads_on(page.get_by_role("button", name="Comment"))
    assert "It sent 1 message" in page.get_by_role("status").inner_text()

    leads_on(page.get_by_role("link", name="Two people side by side"))
    right = page.get_by_role("region", name="Iris, reporter")
    assert "We expect to have resolved this" in right.inner_text()
    assert "/suspend" not in right.inner_text()

    be(page, "Pim Ode")
    leads_on(page.get_by_role("main").get_by_role("link", name="suspended").first)
    page.get_by_label("Answer as Pim Ode").fill("It wasn't me. Somebody had my password.")
    leads_on(page.get_by_role("button", name="Send the answer"))
    leads_on(page.get_by_role("button", name="A week on"))
    leads_on(page.get_by_role("button", name="A day on"))

    be(page, "miabot")
    leads_on(page.get_by_role("main").get_by_role("link", name=REPOSITORY))
    leads_on(page.get_by_role("main").get_by_role("link", name=re.compile(r"#\d+ Suspension")).first)
    page.get_by_label("Comment as miabot").fill("/overturn Somebody else had taken over the account.")
    leads_on(page.get_by_role("button", name="Comment"))
    page.get_by_text("Labels", exact=True).click()
    page.get_by_label("approve", exact=True).check()
    leads_on(page.get_by_role("button", name="Set the labels"))
    assert "overturned" in page.get_by_role("main").inner_text()
    leads_on(page.get_by_role("link", name="What cocflow did here, and why"))
    assert "overturned" in page.locator('[aria-current="step"]').inner_text()
    page.goto(incident)
    page.get_by_text("Assignees", exact=True).click()
    page.get_by_label("thclpr").check()
    leads_on(page.get_by_role("button", name="Assign it"))
    assert "thclpr" in page.get_by_role("main").inner_text()


def test_a_newcomer_files_a_report_handles_it_and_decides_an_appeal(page: Page) -> None:
    """By clicking: a report in a room, an estimate, what the reporter saw, a suspension, an appeal."""
    handles_a_report(page)


def test_by_keyboard_alone_somebody_writes_a_mail_and_waits_for_the_answer(page: Page) -> None:
    """Tab and Enter reach everything, and what is typed is sent."""

    def to(name: str) -> None:
        # Where an address leads into a page, Chromium moves the focus there when it first shows it.
        page.evaluate("new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(shown)))")
        for _ in range(80):
            page.keyboard.press("Tab")
            if name in page.evaluate(
                "(document.activeElement.labels?.[0] ?? document.activeElement).innerText"
            ):
                return
        raise AssertionError(name)

    to("Kim Doe")
    page.keyboard.press("Enter")
    page.wait_for_url("**/as/kim/mail")
    to("Write a mail")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mail/new")
    to("Text")
    page.keyboard.type("1. Jokes.\n2. Sam.\n3. Nothing.\n4. None.")
    to("Send it")
    page.keyboard.press("Enter")
    page.wait_for_url("**/as/kim/mail?*")
    to("Wait for the sweep")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="arrived").wait_for()


def everywhere(rehearsal: Rehearsal) -> list[str]:
    """Return every kind of page, with something on it, once somebody has filed and been suspended."""
    room = rehearsal.house.visitor("iris").repositories()[0].name
    incidents = rehearsal.house.visitor("mft").listed(f"repos/{REPOSITORY}/issues", state="all")
    number = next(one["number"] for one in incidents if one["title"].startswith("Incident"))
    mail = next(iter(one for one in rehearsal.house.mails if one.to == "pim@example.org"))
    vault = f"as/mft/r/{REPOSITORY}"
    return [
        *("", "outbox", "why", f"why/{REPOSITORY}/{number}", "beside", "beside?left=pim&right=juno", "reset"),
        *("as/iris/", "as/juno/", "as/pim/mail", f"as/pim/mail/{mail.number}", "as/pim/mail/new"),
        *(
            f"{vault}/",
            f"{vault}/members",
            f"{vault}/new",
            f"{vault}/{number}",
            f"{vault}/new/suspension.yml",
        ),
        *(f"as/iris/r/{room}/new/incident.yml", f"as/iris/r/{room}/1?after=1", f"as/iris/r/{room}/1/edit/0"),
        *(f"as/iris/r/{room}/members", f"as/juno/r/{REPOSITORY}/{number}", "nowhere"),
    ]


def test_every_page_can_be_used_by_everybody_on_a_phone_and_at_a_desk(
    chromium: Browser, rehearsal: Rehearsal, page: Page
) -> None:
    """axe finds nothing, and nothing is wider than the screen; a report is there to be looked at."""
    handles_a_report(page)
    context = chromium.new_context(bypass_csp=True)  # axe is put into the page
    tab = context.new_page()
    wrong: list[str] = []
    for path in everywhere(rehearsal):
        tab.goto(rehearsal.url + path)
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for width, height in (DESK, PHONE):
            tab.set_viewport_size({"width": width, "height": height})
            if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{path} is wider than {width}")
        tab.add_script_tag(path=AXE)
        found = tab.evaluate("axe.run().then(all => all.violations.map(one => one.id))")
        wrong += [f"{path}: {one}" for one in found]
    context.close()
    assert wrong == []
