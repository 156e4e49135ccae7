"""Registering an App in a browser: what the page asks GitHub for, and which answer is believed."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from threading import Thread

import pytest
import requests

from cocflow.adapters.organization import GitHubGrounds
from cocflow.adapters.registering import registered_code
from cocflow.sandbox import Sandbox
from cocflow.sandbox.store import SCOPES
from cocflow.setup.rooms import manifest, registration_page
from tests.servers.browser import PROGRAM, browser

PAGE = "https://github.example/organizations/acme/settings/apps/new"


def browsing(visit: Callable[[str, str, str], None]) -> Callable[[str], object]:
    """Return a browser that opens our page, and goes on from there by itself: address, state, manifest."""

    def run(address: str) -> None:
        page = requests.get(address, timeout=10).text
        action, manifest = (html.unescape(found) for found in re.findall(r'(?:action|value)="([^"]*)"', page))
        assert action.startswith(f"{PAGE}?state=")
        visit(address, action.partition("state=")[2], manifest)

    return lambda address: Thread(target=run, args=(address,)).start()


def test_the_code_comes_back_that_github_gave_for_the_manifest() -> None:
    """The page posts to GitHub what is to be registered, and GitHub comes back to the address in it."""
    seen: list[str] = []

    def agree(address: str, state: str, manifest: str) -> None:
        seen.append(manifest)
        requests.get(manifest.removeprefix('to "'), params={"code": "c0de", "state": state}, timeout=10)

    assert registered_code(PAGE, lambda back: f'to "{back}', browsing(agree)) == "c0de"
    assert re.fullmatch(r'to "http://127\.0\.0\.1:\d+/registered', seen[0])


@pytest.mark.parametrize(
    "query", [{"code": "evil"}, {"code": "evil", "state": "guessed"}, {"state": "right"}]
)
def test_an_answer_without_our_own_text_is_not_believed(query: dict[str, str]) -> None:
    """Whatever else reaches the page is refused, and it goes on waiting for the right answer."""

    def agree(address: str, state: str, manifest: str) -> None:
        wrong = {name: state if value == "right" else value for name, value in query.items()}
        assert requests.get(f"{address}registered", params=wrong, timeout=10).status_code == 404
        assert requests.get(f"{address}other", timeout=10).status_code == 404
        requests.get(f"{address}registered", params={"code": "c0de", "state": state}, timeout=10)

    assert registered_code(PAGE, lambda back: back, browsing(agree)) == "c0de"


def test_nobody_who_registers_nothing_is_waited_for_without_end() -> None:
    """When the time is up, there is no code."""
    assert registered_code(PAGE, lambda back: back, lambda address: None, wait=0.01) == ""


@pytest.mark.skipif(
    PROGRAM is None and not os.environ.get("CI"), reason="Chromium isn't installed: apt-get install chromium"
)
def test_one_click_in_a_real_browser_registers_the_app() -> None:
    """Chromium carries the manifest to GitHub and its code back, and by it the App and its key are known."""

    def click(address: str) -> None:
        with browser() as chromium:
            page = chromium.new_page()
            page.goto(address)
            page.click("text=Register the App on GitHub")
            page.wait_for_load_state()

    with Sandbox() as sandbox:
        sandbox.store.add_org("acme", members={"olga": "admin"}, base_permission="none")
        token = sandbox.store.add_token("olga", (*SCOPES, "admin:org"))
        grounds = GitHubGrounds("acme", token, sandbox.url)
        page = registration_page(grounds, "acme")
        code = registered_code(page, lambda back: manifest(grounds, "acme", back), click, wait=60)
        made = grounds.registered(code)
        assert made.number > 0
        assert "PRIVATE KEY" in made.key
