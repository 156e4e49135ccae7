"""People of a case who have a room, end to end: every word over HTTP, by the tokens of those who say it.

It is of no one module: the roads, the process of rooms, the adapters and a sandbox play together.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rooms import ORGANIZATION, House
from benchmarks.world import ADMINISTRATOR, ANSWERS, REPORTER, REPOSITORY, report
from cocflow.core.forms.form import QUESTIONS, Answers
from cocflow.core.forms.writing import write
from cocflow.process.loading import load_form
from cocflow.run.sweep import sweep
from cocflow.setup.shipped import issue_forms

VAULT = f"/repos/{REPOSITORY}/issues"
DAY = 24 * 3600
GUESTS = ("robin", "sam", "kim")


class Town:
    """A vault and an organization on a sandbox, in which people write with their own tokens."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.store = self.house.world.store
        for login in (*GUESTS, "ada"):
            self.store.add_user(login)
            self.house.tokens[login] = self.store.add_token(login)
        self.store.set_permission(REPOSITORY, "ada", "triage")

    def runs(self, times: int = 1) -> None:
        """Let the job sweep."""
        for _ in range(times):
            sweep(self.house.desk())

    def passes(self, days: int) -> None:
        """Let time pass, and the job sweep."""
        self.store.clock.advance(days * DAY)
        self.runs(2)

    def opens(self, who: str, body: str) -> int:
        """Let somebody file an issue in the vault, and the job sweep; return its number."""
        made = self.house.send(who, "POST", VAULT, {"title": "Report", "body": body})
        self.runs()
        return int(made["number"])

    def says(self, who: str, number: int, text: str) -> None:
        """Let somebody comment in the vault, and the job sweep."""
        self.house.send(who, "POST", f"{VAULT}/{number}/comments", {"body": text})
        self.runs()

    def approves(self, number: int, who: str = ADMINISTRATOR) -> None:
        """Let an administrator have a draft go out."""
        self.house.send(who, "POST", f"{VAULT}/{number}/labels", {"labels": [self.approve]})
        self.runs()

    @property
    def approve(self) -> str:
        """The label by which drafts are approved."""
        process = self.house.desk().definitions["incident"].process
        return next(
            label for move in process.moves if move.name == "approve" for label, _ in move.quick_labels
        )

    def lets_in(self, who: str, number: int, as_: str = "") -> str:
        """Let an administrator open a room for somebody, who comes in; return its issues' address."""
        self.says(ADMINISTRATOR, number, f"/room {who}{as_}")
        (invited,) = self.house.send(who, "GET", "/user/repository_invitations")
        self.house.send(who, "PATCH", f"/user/repository_invitations/{invited['id']}")
        self.runs(2)
        return f"/repos/{invited['repository']['full_name']}/issues"

    def told(self, who: str, room: str) -> list[str]:
        """Return what stands in a room besides somebody's own words, as they read it."""
        found: list[str] = []
        for issue in self.house.send(who, "GET", f"{room}?state=all"):
            comments = self.house.send(who, "GET", f"{room}/{issue['number']}/comments")
            found += [one["body"] for one in comments if one["user"]["login"] != who]
        return found

    def writes(self, who: str, room: str, text: str, number: int = 1) -> None:
        """Let somebody comment in their room, and the job sweep."""
        self.house.send(who, "POST", f"{room}/{number}/comments", {"body": text})
        self.runs()

    def state(self, number: int) -> str:
        """Return the state that an issue of the vault shows."""
        labels: list[dict[str, Any]] = self.house.send(ADMINISTRATOR, "GET", f"{VAULT}/{number}")["labels"]
        (state,) = [one["name"] for one in labels if one["name"].startswith("state: ")]
        return str(state).removeprefix("state: ")

    def page(self, number: int) -> str:
        """Return all that stands on an issue of the vault."""
        comments = self.house.send(ADMINISTRATOR, "GET", f"{VAULT}/{number}/comments?per_page=100")
        return "\n".join(one["body"] for one in comments)

    def suspension(self) -> int:
        """Return the number of the one suspension."""
        (found,) = self.house.send(ADMINISTRATOR, "GET", f"{VAULT}?labels=suspension&state=all")
        return int(found["number"])


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Run a sandbox on a clock that stands."""
    made = Town(tmp_path)
    with made.house.world:
        yield made


def test_a_party_is_asked_answers_and_is_told_the_resolution_in_their_room(town: Town) -> None:
    """They read nothing else of it, and nobody else reads their room but who decides."""
    number = town.opens(REPORTER, report())
    town.says(REPORTER, number, "/consent parties")
    town.says(ADMINISTRATOR, number, "/party Robin Example")
    town.says(ADMINISTRATOR, number, "/estimate 3 days")
    room = town.lets_in("robin", number, " as party")
    town.says(ADMINISTRATOR, number, "/ask Robin Example Were you in the meeting?")
    town.approves(number)
    assert any("Were you in the meeting?" in one for one in town.told("robin", room))
    town.writes("robin", room, "I was, and I am sorry.")
    assert "In a room" in town.page(number)
    assert "sorry" not in town.page(number)  # whoever filed it reads that page
    town.says(ADMINISTRATOR, number, "/resolve We talked.\nTo parties: Please be kind.")
    town.approves(number)
    assert any("Please be kind." in one for one in town.told("robin", room))
    town.passes(1)
    assert sum("Please be kind." in one for one in town.told("robin", room)) == 1
    for other in ("sam", REPORTER):
        with pytest.raises(Exception, match="404"):
            town.house.send(other, "GET", room)
    with pytest.raises(Exception, match="404"):
        town.house.send("robin", "GET", VAULT)


def test_a_suspended_person_appeals_from_their_room(town: Town) -> None:
    """What they write before the window is kept, and filed when it opens; the decision reaches them there."""
    number = town.opens(REPORTER, report())
    town.says(ADMINISTRATOR, number, "/estimate 3 days")
    town.says(ADMINISTRATOR, number, "/suspend Insults\nSam Poe, @sam until 60 days")
    page = town.suspension()
    room = town.lets_in("sam", page)
    town.passes(2)
    assert any("suspended" in one for one in town.told("sam", room))
    assert not any("in the subject" in one for one in town.told("sam", room))
    town.writes("sam", room, "I was not even there.")
    assert town.state(page) == "active"
    assert "I was not even there." in town.page(page)
    town.passes(31)
    assert town.state(page) == "appealed"
    town.says("ada", page, "/overturn It was somebody else.")
    town.approves(page, "ada")
    assert any("You are welcome back" in one for one in town.told("sam", room))


def test_a_reporter_filed_for_gets_a_room_afterwards(town: Town) -> None:
    """From then on they are told there, and what they write there is theirs."""
    form = load_form(issue_forms() / "incident.yml", QUESTIONS)
    body = write(form, Answers({**ANSWERS, "learned": "I file for someone else", "reporter": "Kim Example"}))
    number = town.opens(ADMINISTRATOR, body)
    room = town.lets_in("kim", number, " as reporter")
    town.says(ADMINISTRATOR, number, "/estimate 3 days")
    assert any("3 days" in one or "Thursday" in one for one in town.told("kim", room))
    town.writes("kim", room, "/withdraw")
    assert town.state(number) == "withdrawn"
    assert ORGANIZATION in room
