"""The house: the sandbox with a community on it, the engine's runs, the clock, and the mail of everybody.

Owns the order of things: whoever does something, the runs that it starts follow at once, and then it is said
what came of it. Time passes when it is told to, with the sweeps that the schedule starts. It knows no page.
"""

from __future__ import annotations

import email
import email.policy
import mailbox
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from threading import Lock, RLock
from types import TracebackType

import msgspec

from cocflow.core.acts.guest import LOGIN
from cocflow.core.case.case import Case
from cocflow.core.case.records import Board, read_card
from cocflow.core.forms.form import Answers, Form
from cocflow.core.forms.writing import write
from cocflow.core.process import ROOM, Process
from cocflow.demo.place import Place
from cocflow.demo.story import (
    APPEALS,
    GUEST,
    KEEPER,
    OTHERS,
    PEOPLE,
    PUBLISHED,
    REPORTS,
    REPOSITORY,
    RULES_CHANNEL,
    RULES_CHANNEL_ID,
)
from cocflow.errors import CocflowError
from cocflow.rehearsal.people import Persona, persona
from cocflow.rehearsal.visitor import Visitor
from cocflow.run.book import Pages
from cocflow.run.desk import Desk
from cocflow.run.overview import Line, history, look, open_issues

SWEPT = 37
"""The minute of each hour at which the schedule starts a sweep, as it does where there are rooms."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One message as its reader gets it. `number` counts all of them from 1; `at` is when it was sent."""

    number: int
    at: datetime
    to: str
    subject: str
    text: str
    notice: str
    answers_to: str = ""

    @property
    def slack(self) -> bool:
        """Whether Slack brings it, not a mail."""
        return "@" not in self.to

    @property
    def reader(self) -> str:
        """Say to whom it goes."""
        return RULES_CHANNEL if self.to == RULES_CHANNEL_ID else self.to


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that somebody wrote to the community."""

    at: datetime
    sender: str
    to: str
    subject: str
    text: str


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did, and what came of it: how often cocflow wrote, and which mails went out.

    `number` counts from 1. `waits`: nothing starts by that, so cocflow finds it at the next sweep. `undone`:
    a run left something for the next one.
    """

    number: int
    at: datetime
    who: str
    did: str
    wrote: int = 0
    mails: tuple[Mail, ...] = ()
    waits: bool = False
    undone: bool = False


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One receipt: what it says for overviews, and the text that people read."""

    line: Line
    text: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A case as its receipts tell it: its process, its state, and each receipt, oldest first."""

    repository: str
    number: int
    name: str
    process: Process
    state: str
    since: datetime | None
    due: datetime | None
    entries: tuple[Entry, ...]
    broken: tuple[str, ...] = ()


class House:
    """A community to rehearse with. `folder` holds what it consists of, and has to be empty.

    At the beginning there is no report, and Iris has a room.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = RLock()
        self._visitors: dict[str, Visitor] = {}
        self.sending = Lock()
        """Held while something is done that was sent from a page, so that what is sent twice is known."""
        self.led: dict[str, str] = {}
        """Where what was sent from pages led."""
        with ExitStack() as exits:
            self._exits = exits
            self._place = exits.enter_context(Place(folder))
            self._outbox = mailbox.Maildir(self._place.outbox, create=True)
            self._keys: set[str] = set()
            self._seen = self._comments()
            self.mails: list[Mail] = []
            self.answers: list[Answer] = []
            self.moments: list[Moment] = []
            self._unheard = False
            self._swept = self.now()
            self._due: datetime | None = None
            self._put_out_whoever_handles_nothing()
            self._open_a_room(GUEST)
            self._exits = exits.pop_all()

    def __enter__(self) -> House:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave it: what stands in its folder is of no use then."""
        with self._lock:
            self._exits.close()

    @property
    def url(self) -> str:
        """Return where the sandbox answers, whose addresses stand in what cocflow writes."""
        return self._place.url

    def visitor(self, login: str) -> Visitor:
        """Return the eyes and hands of an account."""
        with self._lock:
            if login not in self._visitors:
                made = Visitor(self._place.url, self._place.tokens[login])
                self._exits.callback(made.close)
                self._visitors[login] = made
            return self._visitors[login]

    def persona(self, slug: str) -> Persona | None:
        """Return who is meant, among everybody who can be played or has got mail."""
        return persona(slug, {mail.to for mail in self.mails if not mail.slack})

    def _put_out_whoever_handles_nothing(self) -> None:
        """Leave those in a vault who handle its reports, as is told to reporters, and nobody else."""
        for vault, desk in self._place.desks.items():
            handle = {one.login for one in desk.community.administrators}
            for login in sorted({*PEOPLE, *OTHERS} - handle):
                self._place.let_in(vault, login, "none")

    def _open_a_room(self, login: str) -> None:
        """Have an administrator open a room for somebody, who accepts the invitation."""
        form = self._place.desks[REPOSITORY].definitions[ROOM].form
        body = {"title": "Room", "body": write(form, Answers({LOGIN: login})), "labels": [str(ROOM)]}
        route = f"repos/{REPOSITORY}/issues"
        administrator, guest = self.visitor(PUBLISHED[0]), self.visitor(login)
        self.act(PUBLISHED[0], f"opened a room for {login}", partial(administrator.ask, "POST", route, body))
        for one in guest.invitations():
            accept = f"user/repository_invitations/{one['id']}"
            self.act(login, "accepted the invitation", partial(guest.ask, "PATCH", accept))
        self._place.schedule()
        self._came_of("the clock", "started a sweep")
        self.moments.clear()

    # --- what happens --------------------------------------------------------------------------------

    def act(self, who: str, did: str, deed: Callable[[], object], *, waits: bool = False) -> Moment:
        """Have somebody do something, let the runs that it starts answer it, and return what came of it.

        `waits`: it starts none, as what is written in a room or by mail. Raises what the deed raises.
        """
        with self._lock:
            deed()
            self._unheard = self._unheard or waits
            return self._came_of(who, did, waits=waits)

    def write_mail(self, sender: str, text: str, *, to: str = REPORTS, subject: str = "Hello") -> Moment:
        """Have somebody write a mail to the community."""

        def send() -> None:
            self._place.receive(sender, text, to, " ".join(subject.split()))
            self.answers.append(Answer(at=self.now(), sender=sender, to=to, subject=subject, text=text))

        return self.act(sender, "wrote a mail", send, waits=True)

    def answer_mail(self, mail: Mail, text: str) -> Moment:
        """Have the reader of a mail answer it."""
        return self.write_mail(mail.to, text, to=mail.answers_to or APPEALS, subject=f"Re: {mail.subject}")

    def _came_of(self, who: str, did: str, *, waits: bool = False) -> Moment:
        """Let the runs that are due happen, and say what came of it."""
        complete = self._place.run()
        seen = self._comments()
        wrote, self._seen = len(seen - self._seen), seen
        moment = Moment(
            number=len(self.moments) + 1,
            at=self.now(),
            who=who,
            did=did,
            wrote=wrote,
            mails=self._new_mails(),
            waits=waits,
            undone=not complete,
        )
        self.moments.append(moment)
        self._due = min(self._dues(), default=None)
        return moment

    def _comments(self) -> frozenset[str]:
        """Return the ids of what cocflow wrote, in vaults and rooms, as the organization's owner sees it."""
        owner = self.visitor(KEEPER)
        return frozenset(
            one["node_id"]
            for seen in owner.repositories()
            for one in owner.listed(f"repos/{seen.name}/issues/comments")
            if one["user"] is not None and one["user"]["type"] == "Bot"
        )

    def _new_mails(self) -> tuple[Mail, ...]:
        keys = [key for key in self._outbox.keys() if key not in self._keys]  # noqa: SIM118 - no mapping
        self._keys.update(keys)
        found: list[Mail] = []
        for key in sorted(keys, key=_order):
            raw = self._outbox.get_bytes(key)
            letter = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
            body = letter.get_body(("plain",))
            id = str(letter["Message-ID"]).strip("<>").rpartition("@")[0].partition(".")[2]
            found.append(
                Mail(
                    number=len(self.mails) + len(found) + 1,
                    at=self.now(),
                    to=str(letter["To"]),
                    subject=str(letter["Subject"]),
                    text=body.get_content() if body is not None else "",
                    notice=id.split(".")[1],
                    answers_to=str(letter["Reply-To"] or ""),
                )
            )
        self.mails += found
        return tuple(found)

    # --- the clock -----------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the time in the house."""
        return datetime.fromisoformat(self._place.now())

    @property
    def unheard(self) -> bool:
        """Whether something was written in a room or by mail that no sweep has found yet."""
        return self._unheard

    @property
    def due(self) -> datetime | None:
        """Return when cocflow must look at something again by itself; None where nothing waits for a date."""
        return self._due

    def let_pass(self, time: timedelta) -> Moment:
        """Let time pass, with each sweep in between that has something to find, and at least one a day.

        Days end with the sweep that finds what fell due in them.
        """
        with self._lock:
            end = self.now() + time
            return self._pass_until(_sweep_at(end) if time >= DAY else end, f"let {_said(time)} pass")

    def to_next_sweep(self) -> Moment:
        """Let time pass until the schedule starts the next sweep."""
        with self._lock:
            return self._pass_until(_sweep_at(self.now() + timedelta(seconds=1)), "waited for the next sweep")

    def to_next_due(self) -> Moment:
        """Let time pass until a sweep finds what is due next; without such a thing, until the next sweep."""
        with self._lock:
            if self._due is None or self._due <= self.now():
                return self.to_next_sweep()
            return self._pass_until(_sweep_at(self._due), "waited for what is due next")

    def _pass_until(self, end: datetime, did: str) -> Moment:
        start = len(self.moments)
        tick = _sweep_at(self.now() + timedelta(seconds=1))
        while tick <= end:
            self._go_to(tick)
            self._place.schedule()
            self._unheard = False
            self._swept = self.now()
            self._came_of("the clock", "")
            tick = self._next_sweep()
        self._go_to(end)
        passed, self.moments[start:] = self.moments[start:], []
        moment = Moment(
            number=start + 1,
            at=self.now(),
            who="the clock",
            did=did,
            wrote=sum(one.wrote for one in passed),
            mails=tuple(mail for one in passed for mail in one.mails),
            undone=any(one.undone for one in passed),
        )
        self.moments.append(moment)
        return moment

    def _go_to(self, instant: datetime) -> None:
        seconds = int((instant - self.now()).total_seconds())
        if seconds > 0:  # what was written on the way may have taken longer
            self._place.advance(seconds)

    def _next_sweep(self) -> datetime:
        """Return when the next sweep comes that has something to find: what is due, or the day's digest."""
        soonest = self.now() + timedelta(seconds=1)
        wanted = min(one for one in (self._due, self._swept + DAY) if one is not None)
        return _sweep_at(max(soonest, wanted))

    def _dues(self) -> Iterator[datetime]:
        for desk in self._place.desks.values():
            for one in open_issues(desk):
                card = read_card(one.card) if one.card is not None else None
                if card is not None and card.due is not None:
                    yield card.due

    # --- what cocflow did ----------------------------------------------------------------------------

    @contextmanager
    def _at_rest(self) -> Iterator[None]:
        """Look while nothing happens."""
        with self._lock:
            yield

    def vaults(self) -> tuple[str, ...]:
        """Return the names of the vaults."""
        return tuple(self._place.desks)

    def process(self, name: str) -> Process:
        """Return a process by its name; KeyError for none."""
        return {str(key): one.process for key, one in self._desk(REPOSITORY).definitions.items()}[name]

    def form(self, name: str) -> Form:
        """Return the form by which a process's issues are opened; KeyError for none."""
        return {str(key): one.form for key, one in self._desk(REPOSITORY).definitions.items()}[name]

    def case(self, repository: str, number: int) -> Case | Board | Pages | None:
        """Return a case as it stands, or the board, or the book of what was erased; None where none is."""
        if repository not in self._place.desks:
            return None
        with self._at_rest():
            try:
                return look(self._desk(repository), number)
            except CocflowError:
                return None

    def told(self, repository: str, number: int) -> Told | None:
        """Return a case as its receipts tell it; None where there is none."""
        case = self.case(repository, number)
        if not isinstance(case, Case):
            return None
        texts = {one.id: one.body for one in case.issue.comments()}
        card = case.ledger.card_record
        entries = [
            Entry(line=line, text=texts.get(receipt.id, ""))
            for line, receipt in zip(history(case), case.ledger.counted, strict=True)
        ]
        return Told(
            repository=repository,
            number=number,
            name=case.code_name,
            process=case.process,
            state=case.progress.state or "",
            since=case.progress.since if case.progress.stays else None,
            due=card.due if card is not None else None,
            entries=tuple(entries),
            broken=tuple(case.ledger.broken),
        )

    def _desk(self, repository: str) -> Desk:
        return self._place.desks[repository]


def _order(key: str) -> tuple[int, ...]:
    """Return in which order a Maildir's keys were made: by second, part of it, and count."""
    return tuple(int(one) for one in re.findall(r"\d+", key.split(".", 2)[0] + " " + key.split(".", 2)[1]))


def _sweep_at(instant: datetime) -> datetime:
    """Return when the first sweep at or after an instant starts."""
    tick = instant.astimezone(UTC).replace(minute=SWEPT, second=0, microsecond=0)
    return tick if tick >= instant else tick + timedelta(hours=1)


def _said(time: timedelta) -> str:
    days, hours = time.days, time.seconds // 3600
    said = [f"{days} day{'s' * (days != 1)}"] if days else []
    return " and ".join([*said, *([f"{hours} hour{'s' * (hours != 1)}"] if hours else [])])
