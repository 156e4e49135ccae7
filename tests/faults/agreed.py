"""What the reporter agreed to, as a test knows it: from what they did, and in which order.

Owns a model of consent that shares nothing with cocflow's own. Of what an administrator records in the
reporter's words it takes from cocflow only whether that was granted, and of time that it passes. Where it
can't know better, it lets more be shared than may be: so what it finds is a leak.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import msgspec

from tests.faults.crowd import ACTORS, INCIDENT, REPORTER, Crowd, Edit, Mailed, Said

NONE, PARTIES, COMMUNITY = 0, 1, 2
_LEVEL = re.compile(r"/consent (none|parties|community)( by name)?$", re.MULTILINE)
WAITS = timedelta(days=1)


def level_of(share: str) -> tuple[int, bool]:
    """Return what a level allows as people write it: how much, and whether by name."""
    return ("none", "parties", "community").index(share.partition(" ")[0]), "by name" in share


class Agreed(msgspec.Struct, kw_only=True):
    """What may be shared of a report, from what the reporter did and what was recorded for them."""

    level: int = NONE
    named: bool = False
    public: bool = False
    waits: tuple[int, bool, datetime] | None = None

    def says(self, share: str) -> None:
        """Let the reporter say what may be shared: that counts at once, and alone."""
        (self.level, self.named), self.waits = level_of(share), None

    def recorded(self, share: str, at: datetime) -> None:
        """Let it be recorded in their words: more than those concerned need to know waits for a day."""
        level, named = level_of(share)
        now = min(level, max(self.level, PARTIES)), named and self.named
        self.waits = None if now == (level, named) else (level, named, at)
        self.level, self.named = now

    def passes(self, to: datetime) -> None:
        """Let time pass: what waited for the reporter to contradict may count by then."""
        if self.waits is not None and to >= self.waits[2] + WAITS:
            self.level, self.named, self.waits = *self.waits[:2], None

    def lets(self, reader: str) -> bool:
        """Whether the words of a letter may reach somebody."""
        if reader == "community":
            return self.level == COMMUNITY or self.public
        return reader == "reporter" or self.level >= PARTIES


def most(*states: Agreed) -> Agreed:
    """Return all that any of these lets."""
    return Agreed(
        level=max(one.level for one in states),
        named=any(one.named for one in states),
        public=any(one.public for one in states),
    )


class Consents:
    """Follows what the reporter agrees to, as the book of the crowd tells it, run by run."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._own = crowd.filing.by == REPORTER and not crowd.filing.for_another
        self._upto: datetime | None = None
        self._form: tuple[str, bool] = ("none", False)
        self._altered = False
        self.now = Agreed()
        self.meanwhile: list[Agreed] = []

    def follow(self) -> Agreed:
        """Return what is agreed to after all that came before this run; `meanwhile`: what was on the way."""
        self.meanwhile = [msgspec.structs.replace(self.now)]
        if self._upto is None:
            self._files()
        for one in self._news():
            self.now.passes(one.at)
            if isinstance(one, Edit):
                self._edited(one)
            else:
                self._said(one)
            self.meanwhile.append(msgspec.structs.replace(self.now))
        self.now.passes(self._crowd.tracker.now)
        self._upto = self._crowd.tracker.now
        return self.now

    def _files(self) -> None:
        """Read the form as it was filed, unless somebody else changed it unread."""
        filing, edits = self._crowd.filing, self._crowd.edits
        self._form = (self._crowd.share, self._crowd.public)
        self._altered = bool(edits) and edits[-1].by != filing.by
        trusted = filing.for_another and filing.by in ACTORS.values()
        if self._altered or not (self._own or trusted):
            return
        self.now.public = self._crowd.public
        if self._own:
            self.now.says(self._crowd.share)
        else:
            self.now.recorded(self._crowd.share, self._crowd.tracker.threads[INCIDENT].opened.at)

    def _news(self) -> list[Said | Edit | Mailed]:
        """Return what is new since the last run, in its order."""
        crowd = self._crowd
        said = [one for one in crowd.said.values() if not one.gone and not one.meddled]
        found = (
            *said,
            *(crowd.edits if self._upto is not None else ()),
            *(one for one in crowd.mailed if one.reporters),
        )
        new = [one for one in found if self._upto is None or one.at >= self._upto]
        return sorted(new, key=lambda one: one.at)

    def _edited(self, edit: Edit) -> None:
        form, self._form = self._form, (edit.share, edit.public)
        if edit.by != REPORTER or not self._own:
            return
        if self._altered or edit.share != form[0]:
            self.now.says(edit.share)
        if self._altered or edit.public != form[1]:
            self.now.public = edit.public
        self._altered = False

    def _said(self, one: Said | Mailed) -> None:
        level = _LEVEL.match(one.text)
        if level is None:
            return
        share = f"{level[1]}{level[2] or ''}"
        if isinstance(one, Mailed):
            if not self._own:
                self.now.says(share)
        elif one.number == INCIDENT and one.by == REPORTER:
            self.now.says(share)
        elif one.by in ACTORS.values() and self._granted(one):
            self.now.recorded(share, one.at)

    def _granted(self, one: Said) -> bool:
        records = self._crowd.tracker.records(INCIDENT)
        return any(record.of == one.id and not record.refused for record in records)
