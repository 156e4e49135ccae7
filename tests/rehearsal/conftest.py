"""One rehearsal room for the tests of a module, and its pages for a browser that needs none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from cocflow.rehearsal.serving import Rehearsal


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    """A room that is served."""
    with Rehearsal() as running:
        yield running


class Tab:
    """Pages asked for as a browser does, with the origin of each form."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.session = requests.Session()

    def get(self, path: str, **headers: str) -> requests.Response:
        """Open a page."""
        return self.session.get(self.rehearsal.url + path, headers=headers, timeout=30)

    def post(
        self, path: str, data: dict[str, str | list[str]], origin: str | None = None
    ) -> requests.Response:
        """Send a form, by default from a page of the same address."""
        where = self.rehearsal.url.rstrip("/") if origin is None else origin
        return self.session.post(self.rehearsal.url + path, data=data, headers={"Origin": where}, timeout=30)


@pytest.fixture(scope="module")
def tab(rehearsal: Rehearsal) -> Iterator[Tab]:
    """A tab of a browser."""
    made = Tab(rehearsal)
    with made.session:
        yield made
