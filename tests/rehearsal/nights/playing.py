"""A player who knows the way: each night, played over a house without any page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.process import INCIDENT
from cocflow.demo.story import GUEST, REPOSITORY, SECOND
from cocflow.rehearsal.house import DAY, House
from cocflow.rehearsal.nights.facts import Facts
from cocflow.rehearsal.nights.nights import DARIO, KIM, LOU, OFFERS, PIM, SAM, SHOUTS

REPORT: dict[str, str | tuple[str, ...]] = {
    "learned": "It happened to me",
    "nature": "Somebody told others what I had said in confidence.",
    "who": "Somebody of the table.",
    "material": "None",
    "privacy": "Not my name.",
}


class Player:
    """Does in a house what somebody does at its pages."""

    def __init__(self, house: House) -> None:
        self.house = house

    def file(self, **answers: str | tuple[str, ...]) -> None:
        """File a report in Iris's room."""
        body = write(self.house.form(INCIDENT), Answers(REPORT | answers))
        self._post(GUEST, f"{self._room()}/issues", {"title": "Incident", "body": body})

    def says(self, who: str, text: str, *, by: str = GUEST, about: str = "") -> None:
        """Comment on the newest report by somebody, or on the suspension of `about`."""
        self._post(who, f"{self._place(by, about)}/comments", {"body": text})

    def labels(self, who: str, label: str, *, by: str = GUEST, about: str = "") -> None:
        """Choose a label there."""
        self._post(who, f"{self._place(by, about)}/labels", {"labels": [label]})

    def sends(self, who: str, text: str, *, by: str = GUEST, about: str = "") -> None:
        """Draft words, and let them go."""
        self.says(who, text, by=by, about=about)
        self.labels(who, "approve", by=by, about=about)

    def writes_in_room(self, text: str) -> None:
        """Have Iris write below her report."""
        self._post(GUEST, f"{self._room()}/issues/1/comments", {"body": text})

    def answers(self, who: str, text: str) -> None:
        """Answer the newest mail to somebody."""
        self.house.answer_mail([one for one in self.house.mails if one.to == who][-1], text)

    def sweeps(self) -> None:
        """Wait for the next sweep."""
        self.house.to_next_sweep()

    def number(self, by: str) -> int:
        """Return the number of the newest report by somebody."""
        return Facts(self.house).incidents(by)[-1].number

    def _room(self) -> str:
        return next(one.name for one in self.house.visitor(GUEST).repositories() if one.is_room)

    def _place(self, by: str, about: str) -> str:
        facts = Facts(self.house)
        at = (facts.suspensions(about) if about else facts.incidents(by))[-1]
        return f"{at.repository}/issues/{at.number}"

    def _post(self, who: str, route: str, body: object) -> None:
        deed = partial(self.house.visitor(who).ask, "POST", f"repos/{route}", body)
        self.house.act(who, "acted", deed, waits=not route.startswith((f"{REPOSITORY}/", f"{SECOND}/")))


def first_report(player: Player) -> Iterator[None]:
    """Play it, one step after the other."""
    player.file()
    yield
    player.sweeps()
    yield
    player.labels("mft", "estimate: 1 day")
    yield
    player.writes_in_room("It is still there.")
    player.sweeps()
    yield
    player.sends("miabot", "/say reporter Thank you, we have seen it.")
    yield
    player.sends("mft", "/resolve We talked with them, and it is gone.")
    yield


def missed_estimate(player: Player) -> Iterator[None]:
    """Play it, one step after the other."""
    player.says("thclpr", "/estimate 3 days\nWe are sorry. Two of us were ill.", by=KIM)
    yield
    player.answers(KIM, "Thank you. May I bring a friend next time?")
    player.sweeps()
    yield
    player.sends("thclpr", "/say reporter Please do.", by=KIM)
    yield
    player.labels("thclpr", "state: triaged", by=KIM)
    yield
    player.sends("thclpr", "/resolve It won’t happen again.", by=KIM)
    yield


def two_suspensions(player: Player) -> Iterator[None]:
    """Play it, one step after the other."""
    player.says("mft", f"/suspend A flood of insults\nPim Ode, {PIM}\nSam Okafor, {SAM}")
    yield
    player.labels("miabot", "state: lifted", about=SAM)
    yield
    player.says("mft", "/until indefinite\nUntil we know who wrote it.", about=PIM)
    yield
    player.answers(PIM, "It wasn’t me. Somebody had my password.")
    player.sweeps()
    yield
    player.house.let_pass(7 * DAY)
    player.sweeps()
    yield
    player.sends("miabot", "/overturn Somebody else had taken over the account.", about=PIM)
    yield
    player.sends("miabot", "/resolve It has ended, and the messages are gone.")
    yield


def about_an_administrator(player: Player) -> Iterator[None]:
    """Play it, one step after the other."""
    player.file(involved=("@dario",), who="dario")
    yield
    player.sweeps()
    yield
    player.labels("ines", "estimate: 3 days")
    yield
    player.writes_in_room("/consent parties")
    player.sweeps()
    yield
    player.says("ines", f"/party dario {DARIO}")
    yield
    player.sends(
        "ines", "/resolve\nTo reporter:\nHe is sorry.\nTo parties:\nKeep to yourself what you are told."
    )
    yield


def flood_of_mail(player: Player) -> Iterator[None]:
    """Play it, one step after the other."""
    player.sweeps()
    yield
    player.labels("thclpr", "estimate: 1 day", by=KIM)
    yield
    player.says("thclpr", f"/dismiss duplicate of #{player.number(KIM)}", by=LOU)
    yield
    player.says("thclpr", "/dismiss spam", by=OFFERS)
    yield
    player.says("thclpr", "/dismiss spam", by=SHOUTS)
    yield
    player.sends("thclpr", "/resolve Sam keeps away from the meetups.", by=KIM)
    yield


WAYS: dict[str, Callable[[Player], Iterator[None]]] = {
    "first-report": first_report,
    "missed-estimate": missed_estimate,
    "two-suspensions": two_suspensions,
    "about-an-administrator": about_an_administrator,
    "flood-of-mail": flood_of_mail,
}
"""How each night is played, by its slug: one step after the other."""
