"""A night that is being played: what happens before it begins, and how far it has come.

Owns the playing of the setting, by the real engine, and what is shown of the steps. What has been reached is
looked up anew after everything that happens, and not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import assert_never

import msgspec

from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.process import INCIDENT
from cocflow.demo.script import AddLabel, File, Mail, Wait, Write
from cocflow.demo.story import REPOSITORY
from cocflow.errors import CocflowError
from cocflow.rehearsal.house import House
from cocflow.rehearsal.nights.facts import Facts
from cocflow.rehearsal.nights.night import Deed, Night, Step
from cocflow.rehearsal.nights.nights import NIGHTS
from cocflow.rehearsal.nights.verdict import Finding, verdict


class NoNightError(CocflowError):
    """There is no night of that name."""

    def __init__(self) -> None:
        super().__init__(
            f"There is no night of that name. There are: {', '.join(one.slug for one in NIGHTS)}."
        )


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """A step, and what is still missing of it; "" once it is done."""

    step: Step
    missing: str

    @property
    def done(self) -> bool:
        """Whether it is done."""
        return not self.missing


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a night has come; `findings` are empty until it is over."""

    steps: tuple[Reached, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def done(self) -> int:
        """Return how many steps are done."""
        return sum(one.done for one in self.steps)

    @property
    def next(self) -> Reached | None:
        """Return the first step that isn't done; None when it is over."""
        return next((one for one in self.steps if not one.done), None)


class Playing:
    """A night in a house of its own, which its setting is played in at once."""

    def __init__(self, night: Night, house: House) -> None:
        self.night = night
        self._house = house
        self._known: tuple[int, Progress] | None = None
        for who, deed in night.before:
            _play(house, who, deed)

    def progress(self) -> Progress:
        """Return how far it has come."""
        happened = len(self._house.moments)
        if self._known is None or self._known[0] != happened:
            self._known = (happened, self._look())
        return self._known[1]

    def _look(self) -> Progress:
        facts = Facts(self._house)
        steps = tuple(Reached(step=one, missing=one.missing(facts)) for one in self.night.steps)
        over = all(one.done for one in steps)
        return Progress(steps=steps, findings=verdict(facts) if over else ())


def night(slug: str) -> Night:
    """Return the night of that name; NoNightError for none."""
    found: Mapping[str, Night] = {one.slug: one for one in NIGHTS}
    if slug not in found:
        raise NoNightError
    return found[slug]


def _play(house: House, who: str, deed: Deed) -> None:
    """Have somebody do something that belongs to the setting."""
    match deed:
        case File():
            room = next(one.name for one in house.visitor(who).repositories() if one.is_room)
            body = {"title": "Incident", "body": write(house.form(INCIDENT), Answers(dict(deed.answers)))}
            route = f"repos/{room}/issues"
            house.act(who, "filed a report", partial(house.visitor(who).ask, "POST", route, body), waits=True)
        case Write():
            _on_the_report(house, who, "wrote a comment", "comments", {"body": deed.text})
        case AddLabel():
            _on_the_report(house, who, "put a label", "labels", {"labels": [deed.label]})
        case Mail():
            house.write_mail(deed.sender, deed.text)
        case Wait():
            house.let_pass(timedelta(hours=deed.hours))
        case _:
            assert_never(deed)


def _on_the_report(house: House, who: str, did: str, where: str, body: object) -> None:
    """Have somebody do something to the newest report of the vault."""
    number = max(one.number for one in Facts(house).incidents() if one.repository == REPOSITORY)
    route = f"repos/{REPOSITORY}/issues/{number}/{where}"
    house.act(who, did, partial(house.visitor(who).ask, "POST", route, body))
