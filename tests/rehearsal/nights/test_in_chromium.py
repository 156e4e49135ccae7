"""The guided nights in a real browser, each played to its end by role and label.

No module's twin: of `cocflow/rehearsal/nights/` and the pages together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from cocflow.demo.story import REPOSITORY, SECOND
from cocflow.rehearsal.nights.nights import DARIO, NIGHTS, PIM, SAM
from cocflow.rehearsal.serving import Rehearsal
from tests.servers.browser import AXE, PROGRAM, browser, leads_on

pytestmark = pytest.mark.skipif(
    PROGRAM is None and not os.environ.get("CI"), reason="Chromium isn't installed: apt-get install chromium"
)

TITLES = {one.slug: one.title for one in NIGHTS}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for all of these tests."""
    with browser() as running:
        yield running


class Clicking:
    """Somebody at the pages, who finds things by what they are called."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.main = page.get_by_role("main")
        self.night = page.get_by_role("complementary", name="The night")

    def is_at(self, done: int) -> None:
        """Look at the panel: so many steps are done."""
        self.night.get_by_text(f"{done} of", exact=False).first.wait_for()
        assert f"{done} of " in self.night.inner_text()

    def be(self, name: str) -> None:
        """Be somebody else, at the page of all that they see."""
        self.page.get_by_text("Be somebody else").click()
        leads_on(self.page.get_by_label("Who and when").get_by_role("link", name=name, exact=True))
        crumb = self.main.get_by_role("link", name=f"All that {name} sees")
        if crumb.count():
            leads_on(crumb)

    def opens(self, repository: str, issue: str, holding: str = "") -> None:
        """Open an issue of a repository; `holding`: the one whose page holds these words."""
        leads_on(self.main.get_by_role("link", name=repository, exact=True))
        where = self.page.url
        for nth in range(self._named(issue).count()):
            leads_on(self._named(issue).nth(nth))
            if holding in self.main.inner_text():
                return
            self.page.goto(where)
        raise AssertionError(holding)

    def _named(self, issue: str) -> Locator:
        return self.main.get_by_role("link", name=re.compile(rf"#\d+ {issue}"))

    def opens_room(self) -> None:
        """Open the only room that is shown."""
        leads_on(self.main.get_by_role("link", name="enginexp/room-"))

    def says(self, text: str) -> None:
        """Comment."""
        self.page.get_by_label("Comment as").fill(text)
        leads_on(self.page.get_by_role("button", name="Comment"))

    def labels(self, name: str) -> None:
        """Choose one more label."""
        self.page.get_by_text("Labels", exact=True).click()
        self.page.get_by_label(name, exact=True).check()
        leads_on(self.page.get_by_role("button", name="Set the labels"))

    def sends(self, text: str) -> None:
        """Draft words, and let them go."""
        self.says(text)
        self.labels("approve")

    def sweeps(self) -> None:
        """Wait for the next sweep."""
        leads_on(self.page.get_by_role("button", name="To the next sweep"))

    def answers(self, subject: str, text: str) -> None:
        """Answer the mail of that subject."""
        leads_on(self.main.get_by_role("link", name=subject).first)
        self.page.get_by_label("Answer as").fill(text)
        leads_on(self.page.get_by_role("button", name="Send the answer"))

    def reports(self, involved: str = "") -> None:
        """File a report in the room."""
        self.opens_room()
        leads_on(self.main.get_by_role("link", name="New issue").last)
        leads_on(self.page.get_by_role("link", name="Report an incident"))
        self.page.get_by_label("How did you learn").select_option("It happened to me")
        for question, answer in {
            "What’s the nature": "They told others what I had said in confidence.",
            "Who is involved": "One of the table.",
            "What material": "None",
            "Any privacy": "Not my name.",
        }.items():
            self.page.get_by_label(question).fill(answer)
        if involved:
            self.page.get_by_label(involved).check()
        leads_on(self.page.get_by_role("button", name="File it"))


def first_report(one: Clicking) -> Iterator[None]:
    """Play it, one step after the other."""
    one.reports()
    yield
    one.sweeps()
    yield
    one.be("mft")
    one.opens(REPOSITORY, "Incident")
    one.labels("estimate: 1 day")
    yield
    one.be("Iris")
    one.opens_room()
    leads_on(one.main.get_by_role("link", name=re.compile(r"#1 Incident")))
    one.says("It is still there.")
    one.sweeps()
    yield
    one.be("miabot")
    one.opens(REPOSITORY, "Incident")
    one.sends("/say reporter Thank you, we have seen it.")
    yield
    one.sends("/resolve We talked with them, and it is gone.")
    yield


def missed_estimate(one: Clicking) -> Iterator[None]:
    """Play it, one step after the other."""
    one.opens(REPOSITORY, "Incident")
    incident = one.page.url
    one.says("/estimate 3 days\nTwo of us were ill.")
    yield
    one.be("Kim Doe")
    one.answers("An estimate", "Thank you. May I bring a friend next time?")
    one.sweeps()
    yield
    one.page.goto(incident)
    one.sends("/say reporter Please do.")
    yield
    one.labels("state: triaged")
    yield
    one.sends("/resolve It won’t happen again.")
    yield


def two_suspensions(one: Clicking) -> Iterator[None]:
    """Play it, one step after the other."""
    one.opens(REPOSITORY, "Incident")
    incident = one.page.url
    one.says(f"/suspend A flood of insults\nPim Ode, {PIM}\nSam Okafor, {SAM}")
    yield
    one.be("miabot")
    one.opens(REPOSITORY, "Suspension", "Sam Okafor")
    one.labels("state: lifted")
    yield
    one.be("mft")
    one.opens(REPOSITORY, "Suspension", "Pim Ode")
    suspension = one.page.url
    one.says("/until indefinite\nUntil we know who wrote it.")
    yield
    one.be("Pim Ode")
    one.answers("suspended", "It wasn’t me. Somebody had my password.")
    one.sweeps()
    yield
    leads_on(one.page.get_by_role("button", name="A week on"))
    leads_on(one.page.get_by_role("button", name="A day on"))
    yield
    one.page.goto(suspension)
    one.says("/overturn I was too quick.")
    assert "somebody else decides its appeal" in one.main.inner_text()
    one.be("miabot")
    one.opens(REPOSITORY, "Suspension", "Pim Ode")
    one.sends("/overturn Somebody else had taken over the account.")
    yield
    one.page.goto(incident)
    one.sends("/resolve It has ended, and the messages are gone.")
    yield


def about_an_administrator(one: Clicking) -> Iterator[None]:
    """Play it, one step after the other."""
    one.reports(involved="@dario")
    yield
    one.sweeps()
    yield
    one.be("ines")
    one.opens(SECOND, "Incident")
    incident = one.page.url
    one.labels("estimate: 3 days")
    yield
    one.be("Iris")
    one.opens_room()
    leads_on(one.main.get_by_role("link", name=re.compile(r"#1 Incident")))
    one.says("/consent parties")
    one.sweeps()
    yield
    one.page.goto(incident)
    one.says(f"/party dario {DARIO}")
    yield
    one.sends("/resolve\nTo reporter:\nHe is sorry.\nTo parties:\nKeep to yourself what you are told.")
    yield


def flood_of_mail(one: Clicking) -> Iterator[None]:
    """Play it, one step after the other."""

    def opens(holding: str) -> str:
        if "/r/" in one.page.url:
            leads_on(one.main.get_by_role("link", name="All that thclpr sees"))
        one.opens(REPOSITORY, "Incident", holding)
        return one.page.url

    one.sweeps()
    yield
    kim = opens("touching my shoulder")
    one.labels("estimate: 1 day")
    yield
    opens("a guest was touched")
    one.says(f"/dismiss duplicate of #{kim.partition('?')[0].rpartition('/')[2]}")
    yield
    opens("Watches")
    one.says("/dismiss spam")
    yield
    opens("You are all terrible")
    one.says("/dismiss spam")
    yield
    one.page.goto(kim)
    one.sends("/resolve Sam keeps away from the meetups.")
    yield


WAYS: dict[str, Callable[[Clicking], Iterator[None]]] = {
    "first-report": first_report,
    "missed-estimate": missed_estimate,
    "two-suspensions": two_suspensions,
    "about-an-administrator": about_an_administrator,
    "flood-of-mail": flood_of_mail,
}


def unfit(page: Page, *, axe: bool) -> list[str]:
    """Return what is wrong with a page on a phone and at a desk: what is too wide, and axe's findings."""
    wrong: list[str] = []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        if axe:
            page.add_script_tag(path=AXE)
            wrong += page.evaluate("axe.run().then(all => all.violations.map(one => one.id))")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"wider than {width}")
    page.set_viewport_size({"width": 1280, "height": 844})
    return wrong


@pytest.mark.parametrize("slug", TITLES)
def test_each_night_is_played_to_its_end_by_clicking(
    chromium: Browser, rehearsal: Rehearsal, slug: str
) -> None:
    """Each step is ticked once it is reached, and at the end it says what a committee would say."""
    context = chromium.new_context(viewport={"width": 1280, "height": 844}, bypass_csp=True)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(rehearsal.url)
    leads_on(page.get_by_role("button", name=f"Play {TITLES[slug]}"))
    one = Clicking(page)
    one.is_at(0)
    for done, _ in enumerate(WAYS[slug](one), start=1):
        one.is_at(done)
    first = slug == NIGHTS[0].slug
    wrong = unfit(page, axe=first)
    leads_on(one.night.get_by_role("link", name="What a committee would say"))
    assert "Was everybody told?" in one.main.inner_text()
    wrong += unfit(page, axe=first)
    leads_on(page.get_by_role("button", name="Leave it"))
    assert one.night.count() == 0
    context.close()
    assert wrong == []
