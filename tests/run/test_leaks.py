"""Nothing leaks: whatever happens, nobody gets a word that their view doesn't hold.

Every field of a case holds a marker of its own. Random histories, allowed and refused, are played with
everything captured that leaves the engine. `MAY_REACH` states, as data, which field may reach whom and
under which consent; any other marker anywhere is a leak. That the check can fail is shown at the end.
"""

from __future__ import annotations

import io
import logging
import os
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, assert_never
from zoneinfo import ZoneInfo

import click
import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cocflow.adapters.actions import read_event
from cocflow.cli.running import finish
from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.report import report
from cocflow.core.case.facts import Actor, Issue, Tail
from cocflow.core.case.grammar import read_command
from cocflow.core.case.records import read_mail
from cocflow.core.views import view
from cocflow.core.views.base import View
from cocflow.core.views.community import CommunityView
from cocflow.core.views.party import PartyView
from cocflow.core.views.reporter import ReporterView
from cocflow.core.views.tokens import notice_id, notice_name, reply_token
from cocflow.errors import AdapterError, CocflowError, Reason, UserMistake
from cocflow.messages import Templates
from cocflow.ports import (
    AddComment,
    AddLabels,
    ChannelError,
    DeleteComment,
    EditComment,
    Message,
    RemoveLabels,
    Retitle,
    SetOpen,
    Write,
)
from cocflow.run import board
from cocflow.run.sweep import Run, handle, mail, sweep
from cocflow.setup import shipped
from tests.core import play
from tests.core.play import APPROVE, MFT, MIABOT, STRANGER, THCLPR
from tests.fakes import FakeMailbox, FakeTracker, desk, nothing
from tests.scene import PUBLIC, SHARES, Post

pytestmark = pytest.mark.slow


def mark(field: str) -> str:
    """Return the marker of a field; as it stands it passes for a name, a login or part of an address."""
    return f"zq{field}x7"


MARK = re.compile(r"zq([a-z]+)x7")
REPORTER = Actor("U_reporter", mark("reporter"))
TWIN = Actor("U_twin", mark("twin"))
"""Who reports the same."""

# --- what may reach whom -----------------------------------------------------------------------------

ALWAYS, PARTIES, NAMED, COMMUNITY = "always", "parties", "named", "community"

ROLE = {"post": ALWAYS}
REPORTERS = {
    **ROLE,
    "toreporter": ALWAYS,
    "resolution": ALWAYS,
    "correction": ALWAYS,
    "saidreporter": ALWAYS,
    "withestimate": ALWAYS,
    "incidentname": ALWAYS,
    "dismissal": ALWAYS,
    "reasons": ALWAYS,
}
PARTYS = {
    **ROLE,
    "askedparty": PARTIES,
    "toparties": PARTIES,
    "resolution": PARTIES,
    "correction": PARTIES,
    "reasons": PARTIES,
    "reporter": NAMED,
    "incidentname": ALWAYS,
}
TYPED = ("partyone", "partytwo", "partyhand", "account", "accounthand", "toparties", "askedparty")
MAY_REACH: dict[str, dict[str, str]] = {
    # Outside of everything: logs, standard output and error, step summaries, titles, labels, records.
    "log": {},
    # The board: numbers, channels and settings, and not even by which name people call an incident.
    "board": {},
    "title": {"incidentname": ALWAYS, "suspensionname": ALWAYS},
    "label": {},
    "record": {},
    # The reporter's own page, in our words and in mails that we file there: they read it. What their own
    # messages may not hold (`TYPED`) may stand there only where a person has typed it on that page before.
    "page": {
        **REPORTERS,
        **dict.fromkeys(TYPED, ALWAYS),
        "toparties": PARTIES,
        "askedparty": PARTIES,
        **dict.fromkeys(("reporter", "outsideanswer"), ALWAYS),  # the outside contact is told who reads it
    },
    # The other pages, which no reporter reads: those of the suspended accounts.
    "suspension page": {
        **dict.fromkeys(("account", "accounthand", "post", "suspensiontoken", "suspensionname"), ALWAYS),
        "reason": PARTIES,
        "upheld": PARTIES,
        "askedaccount": PARTIES,
    },
    # The page of whoever reports the same: it is theirs.
    "twin page": dict.fromkeys(("twin", "dismissal"), ALWAYS),
    # The page of a report by mail: what was understood of it stands there where no mail reaches them.
    "mailed page": dict.fromkeys(("mailer", "mailed"), ALWAYS),
    # What we file there as it came: a mail, and the form of a suspension that `/suspend` ordered.
    # A mail's head says whose it is, as the page does anyway.
    "mail": dict.fromkeys(
        (
            *(
                "letter",
                "subject",
                "stranger",
                "accountmail",
                "partyonemail",
                "attachment",
                "account",
                "outsideanswer",
            ),
            *("mailed", "mailermail"),
        ),
        ALWAYS,
    ),
    # The form, as a mail that opens an incident fills it in: all of that mail, and whose it is.
    "report": dict.fromkeys(
        (
            *("letter", "stranger", "accountmail", "partyonemail", "outsideanswer"),
            *("mailed", "mailer", "mailermail", "subject"),
        ),
        ALWAYS,
    ),
    "form": {"account": ALWAYS, "accounthand": ALWAYS, "reason": ALWAYS, "accountmail": ALWAYS},
    # People, each by themselves.
    "reporter": {**REPORTERS, "mailed": ALWAYS},  # who reports by mail is shown what was understood
    "sender": {},  # whoever a mail says wrote it, and of whom nobody is sure: not even a name for it
    "p1": PARTYS,
    "p2": PARTYS,
    "p3": PARTYS,  # where somebody else came in before the two
    "suspended": {
        **ROLE,
        "account": ALWAYS,
        "reason": PARTIES,
        "upheld": PARTIES,
        "askedaccount": PARTIES,
        "suspensiontoken": ALWAYS,
    },
    "community": {"post": COMMUNITY},
    "channel": {"incidentname": ALWAYS, "suspensionname": ALWAYS},
    "outside": {},
}
"""Sink or person: the fields that may reach it, and the consent that each needs. All else is a leak."""


class Leak(msgspec.Struct, frozen=True, order=True):
    """A field that reached where it must not."""

    field: str
    sink: str


class Watched(FakeTracker):
    """A tracker that shows every text of cocflow's, by its sink, before it is written."""

    def __init__(self, see: Callable[[str, str], None]) -> None:
        super().__init__()
        self._see = see

    def comment(self, number: int, body: str) -> None:
        """See `Tracker.comment`."""
        self._sees(body, number)
        super().comment(number, body)

    def answer(self, issue: Issue, body: str) -> tuple[str, Tail]:
        """See `Tracker.answer`."""
        self._sees(body, issue.number)
        return super().answer(issue, body)

    def write(self, issue: Issue, writes: Sequence[Write]) -> None:
        """See `Tracker.write`."""
        for one in writes:
            match one:
                case AddComment(body=body) | EditComment(body=body):
                    self._sees(body, issue.number)
                case AddLabels(names=names):
                    self._see("label", " ".join(names))
                case Retitle(title=title):
                    self._see("title", title)
                case RemoveLabels() | SetOpen() | DeleteComment():
                    pass  # it says nothing
                case _:
                    assert_never(one)
        super().write(issue, writes)

    def edit_body(self, number: int, body: str) -> None:
        """See `Tracker.edit_body`."""
        self._see("form", body) if number > 1 else None
        super().edit_body(number, body)

    def _sees(self, body: str, number: int) -> None:
        text, _, record = body.rpartition("\n")
        self._see(self._page(number, body), text)
        self._see("record", record)

    def _page(self, number: int, body: str) -> str:
        if number == 1:
            return "page"
        if self.threads[number].title == board.TITLE:
            return "board"
        if self.threads[number].opened.by == TWIN:
            return "twin page"
        if read_mail(body):
            return "mail"
        return "suspension page" if "suspension" in self.threads[number].labels else "mailed page"

    def open_issue(self, title: str, body: str, labels: list[str]) -> int:
        """See `Tracker.open_issue`."""
        self._see("title", title)
        self._see("report", body)
        self._see("label", " ".join(labels))
        return super().open_issue(title, body, labels)

    def open_child(self, parent: int, title: str, body: str, labels: list[str]) -> int:
        """See `Tracker.open_child`."""
        self._see("title", title)
        self._see("form", body)
        return super().open_child(parent, title, body, labels)


class Carrier(Post):
    """A notifier that shows what it takes to its reader, and the rest of the message to nobody's."""

    def __init__(self, see: Callable[[str, str], None]) -> None:
        super().__init__()
        self._see = see
        self.error: Exception | None = None

    def try_out(self) -> str:
        """See `Notifier.try_out`."""
        if self.error is not None:
            raise self.error
        return ""

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""
        self.try_out()
        super().deliver(message)
        key = message.to.key
        person = "suspended" if re.fullmatch(r"s\d+", key) else key
        self._see(person, f"{message.subject}\n{message.text}")
        self._see("log", f"{message.id}\n{message.thread}\n{message!r}\n{message.to!r}")


class Watching(Templates):
    """Templates that show what is said to the reporter: be it sent, put on their page or shown before."""

    def __init__(self, *folders: Path) -> None:
        super().__init__([*folders, shipped.templates()], ZoneInfo("UTC"))
        self.see: Callable[[str, str], None] = lambda sink, text: None

    def render(self, name: str, view: View) -> str:
        """See `Templates.render`."""
        text = self.said(name, view)
        if name.startswith("reporter/"):
            self.see("reporter", text)
        return text

    def said(self, name: str, view: View) -> str:
        """Return what a template says."""
        return super().render(name, view)


class World:
    """A case with a marker in every field, and everything that leaves the engine while it is played."""

    def __init__(self, folder: Path, templates: Watching | None = None) -> None:
        self.folder = folder
        self.leaks: set[Leak] = set()
        self.consent = {ALWAYS}
        self.public = False
        self.tracker = Watched(self.see)
        self.post = Carrier(self.see)
        self.mailbox = FakeMailbox()
        watching = templates or Watching()
        watching.see = self.see
        self.desk = desk(
            self.tracker,
            self.post,
            community=play.community(
                rules_channel="#rules",
                rules_slack_channel="C0RULES01",
                administrators_slack_channel="C0ADMIN01",
                appeals="appeals@example.org",
                reports="reports@example.org",
            ),
            templates_=watching,
            mailbox=self.mailbox,
        )

    # --- the check ---

    def see(self, sink: str, text: str) -> None:
        """Note every field in a text that may not reach this sink now."""
        allowed = MAY_REACH.get(sink, {})
        typed = self.typed() if sink == "page" else set(TYPED)
        for field in sorted(self.fields(text)):
            needed = allowed.get(field)
            if needed not in self.consent or (field in TYPED and field not in typed):
                self.leaks.add(Leak(field, sink))

    def typed(self) -> set[str]:
        """Return the fields whose markers people have typed on the reporter's page."""
        thread = self.tracker.threads[1]
        people = (one.body for one in thread.comments() if one.by is not None and not one.by.bot)
        return {one for text in (thread.body, *people) for one in MARK.findall(text)}

    def fields(self, text: str) -> set[str]:
        """Return the fields whose markers stand in a text."""
        found = set(MARK.findall(text.casefold()))
        for thread in self.tracker.threads.values() if hasattr(self, "tracker") else ():
            kind = "suspension" if "suspension" in thread.labels else "incident"
            keys = ("reporter", "outside", "suspended", *(f"{role}{n}" for role in "ps" for n in range(1, 9)))
            tokens = (reply_token(thread.number, thread.opened.id, key, None) for key in keys)
            found |= {f"{kind}token"} if any(token in text for token in tokens) else set()
            found |= {f"{kind}name"} if thread.number == 1 and self.name(1) in text else set()
            found |= (
                {"suspensionname"} if kind == "suspension" and self.name(thread.number) in text else set()
            )
        return found

    def name(self, number: int) -> str:
        """Return the code name that an issue's title bears; one that no text holds while it has none."""
        title = self.tracker.threads[number].title
        return title.partition(" ")[2] if title.startswith(("Incident ", "Suspension ")) else "\0"

    def agrees(self, level: str, *, named: bool = False) -> None:
        """Let the reporter's consent be this from now on."""
        self.consent = {ALWAYS}
        self.consent |= {PARTIES} if level != "none" else set()
        self.consent |= {NAMED} if level != "none" and named else set()
        self.consent |= {COMMUNITY} if level == "community" or self.public else set()

    # --- what happens ---

    def files(self, share: str, *, public: bool) -> None:
        """Let the reporter file, with a marker in every answer."""
        where = PUBLIC if public else None
        answers = {name: mark(name) for name in ("nature", "who", "material", "privacy")}
        body = play.body(**answers, share=SHARES[share], where=where)
        self.tracker.opens(REPORTER, body, mark("title"))
        self.public = public
        self.agrees(share.partition(" ")[0], named="name" in share)
        self.runs(sweep)

    def says(self, by: Actor, text: str, on: int = 1) -> None:
        """Let somebody comment on an issue, if it is there."""
        if on in self.tracker.threads:
            self.tracker.says(by, on, text)

    def runs(self, how: Callable[[Any], Run]) -> None:
        """Let cocflow run as a job does, and look at all that it leaves behind."""
        with everything_captured(self.folder) as said:
            self.event()
            try:
                run = how(self.desk)
            except CocflowError as error:
                said.append(f"{error} {error!r} {traceback.format_exc()}")
            else:
                said += [repr(run), *(f"{one.error} {one.error!r}" for one in run.failures)]
                try:
                    finish(run)
                except SystemExit as left:
                    said.append(str(left))
            with self.calm():
                said += self.reprs()
        self.see("log", "\n".join(said))

    @contextmanager
    def calm(self) -> Iterator[None]:
        """Let nothing fail while we look."""
        before_on, before = self.tracker.before_on, self.mailbox.before
        self.tracker.before_on, self.mailbox.before = nothing, nothing
        yield
        self.tracker.before_on, self.mailbox.before = before_on, before

    def event(self) -> None:
        """Let the job read an event whose payload holds words, and print its line."""
        payload = {
            "action": "opened",
            "issue": {"number": 1, "title": mark("title"), "body": mark("nature")},
            "comment": {"body": f"/{mark('title')}"},
            "repository": {"private": True},
            "sender": {"login": mark("reporter"), "type": "User"},
        }
        path = self.folder / "event.json"
        path.write_bytes(msgspec.json.encode(payload))
        click.echo(read_event({"GITHUB_EVENT_NAME": "issues", "GITHUB_EVENT_PATH": str(path)}).line)

    def reprs(self) -> Iterator[str]:
        """Return how what holds words shows itself: that is what an exception's frame would log."""
        yield repr(self.tracker.latest())
        yield repr(self.mailbox.handled + self.mailbox.inbox + self.mailbox.aside)
        for number, thread in self.tracker.threads.items():
            issue = self.tracker.read(number)
            case = self.desk.open(self.desk.parsed(issue))
            yield f"{issue!r} {case!r} {case.people!r} {report(case)!r}"
            yield repr(self.tracker.tail(msgspec.structs.replace(issue, cursor="0")))
            if case.progress.state is not None:
                yield repr([view(folder, case) for folder in ("administrators", "party", "reporter")])
            for comment in thread.comments():
                try:
                    yield repr(read_command(comment.body, GRAMMAR))
                except UserMistake as mistake:
                    yield f"{mistake} {mistake!r}"


@contextmanager
def everything_captured(folder: Path) -> Iterator[list[str]]:
    """Give a list that holds, in the end, what was logged at any level, printed, or summed up."""
    said: list[str] = []
    output, logged = io.StringIO(), io.StringIO()
    handler, root = logging.StreamHandler(logged), logging.getLogger()
    level, others = root.level, root.handlers
    root.handlers = [handler]  # pytest's would each write all of it once more
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(output), redirect_stderr(output):
            yield said
    finally:
        root.handlers = others
        root.setLevel(level)
        summary = folder / "summary.md"
        said += [output.getvalue(), logged.getvalue(), summary.read_text() if summary.exists() else ""]


# --- histories ---------------------------------------------------------------------------------------

Deed = Callable[[World], None]


def comment(by: Actor, text: str, on: int = 1) -> Deed:
    """Return a comment as a deed."""
    return lambda world: world.says(by, text, on)


def label(by: Actor, text: str, on: int = 1) -> Deed:
    """Return a label as a deed."""
    return lambda world: world.tracker.labels(by, on, text) if on in world.tracker.threads else None


def sent(by: Actor, text: str, on: int = 1) -> Deed:
    """Return as a deed that words are drafted, shown, and sent."""

    def deed(world: World) -> None:
        comment(by, text, on)(world)
        world.runs(sweep)
        label(by, APPROVE, on)(world)

    return deed


def consent(by: Actor, level: str, *, named: bool = False, quote: bool = False) -> Deed:
    """Return the reporter's consent, in person or quoted by an administrator."""

    def deed(world: World) -> None:
        said = f"\n> {mark('quote')}" if quote else ""
        world.says(by, f"/consent {level}{' by name' if named else ''}{said}")
        world.agrees(level, named=named)

    return deed


def letter(
    sender: str,
    *,
    token: bool,
    on: int = 2,
    whose: str = "suspended",
    text: str = mark("letter"),
    **fields: Any,
) -> Deed:
    """Return a mail about the first suspension, or another issue: an answer to what `whose` got."""

    def deed(world: World) -> None:
        thread = world.tracker.threads.get(on)
        tokens = (reply_token(on, thread.opened.id, whose, None),) if token and thread else ()
        world.mailbox.arrives(text, received=world.tracker.now, sender=sender, tokens=tokens, **fields)

    return deed


def reported(world: World, *, verified: bool, text: str = "", **fields: Any) -> None:
    """Let somebody write to where reports go."""
    world.mailbox.arrives(
        f"{text}{mark('mailed')}",
        received=world.tracker.now,
        sender=f"{mark('mailermail')}{'' if verified else 2}@example.org",
        name=mark("mailer"),
        subject=mark("subject"),
        addressed=("reports@example.org",),
        verified=verified,
        **fields,
    )


def accepted(world: World) -> None:
    """Let an administrator say of every mail that it is from whom it says."""
    for number in list(world.tracker.threads):
        world.tracker.labels(MIABOT, number, "reporter: verified")


def channel(name: str, *, on: bool) -> Deed:
    """Return a failure of every channel, for now or for good, or its end, as a deed."""

    def deed(world: World) -> None:
        keys = {"reporter", "p1", "p2", "suspended", "s1", "s2", "community", "channel"}
        setattr(world.post, name, keys if on else set())

    return deed


def failing(error: Exception, call: str, on: int) -> Deed:
    """Return what goes wrong with every such call on an issue from then on as a deed; its text has words."""

    def fails(called: str, number: int) -> None:
        if (called, number) == (call, on):
            raise error

    return lambda world: setattr(world.tracker, "before_on", fails)


def mailbox(error: Exception) -> Deed:
    """Return a mailbox that fails, or another failure of it, as a deed."""

    def fails(call: str) -> None:
        raise error

    return lambda world: setattr(world.mailbox, "before", fails)


def broken_channel(error: Exception) -> Deed:
    """Return a channel that fails for everybody as a deed."""
    return lambda world: setattr(world.post, "error", error)


def unreadable(world: World) -> None:
    """Let GitHub list what can't be understood."""
    world.tracker.unreadable = 2


def refused(reason: Reason) -> AdapterError:
    """Return GitHub's refusal of one thing."""
    return AdapterError(403, "POST comment", kind="refused_thing", reason=reason)


def edited(start: str) -> Deed:
    """Return an edit of what was read before, by another hand or by their own.

    What somebody mends before anything has read it, they said that way.
    """

    def deed(world: World) -> None:
        world.runs(sweep)
        for thread in world.tracker.threads.values():
            for one in thread.comments():
                if one.body.startswith(start):
                    world.tracker.edits(MFT, thread.number, one.id, f"{one.body} {mark('edited')}")

    return deed


def tampered(world: World) -> None:
    """Let somebody edit a receipt, so that the case stops."""
    for receipt in world.tracker.receipts(1)[:1]:
        world.tracker.edits(MFT, 1, receipt.id, f"{mark('edited')}\n\n{receipt.body}")


def returned(world: World) -> None:
    """Let a mail server return a notice of the incident to party one, with address and text."""
    with world.calm():
        owed = world.desk.open(world.desk.read(1)).progress.notices.values()
    about = tuple(notice_name(notice_id("I_1", one.id)) for one in owed if one.to == "p1")
    sender = f"{mark('stranger')}@example.org"
    letter(sender, token=True, on=1, whose="p1", automatic=True, report="failed", about=about)(world)


def twin(world: World) -> int:
    """Let somebody else report the same, once; return the number of that report."""
    there = (number for number, one in world.tracker.threads.items() if one.opened.by == TWIN)
    known = next(there, None)
    answers = {name: mark(f"twin{name}") for name in ("nature", "who", "material", "privacy")}
    return world.tracker.opens(TWIN, play.body(**answers)) if known is None else known


def reported_twice(world: World) -> None:
    """Let somebody else report the same."""
    twin(world)


DEEDS: dict[str, Deed] = {
    "estimate": comment(MFT, f"/estimate 3 days\n{mark('withestimate')}"),
    "party one": comment(MFT, f"/party {mark('partyone')}, {mark('partyonemail')}@example.org"),
    "party two": comment(MFT, f"/party {mark('partytwo')}, U0ZQPARTYTWOIDX7"),
    "party by hand": comment(MFT, f"/party {mark('partyhand')}"),
    "party is administrator": comment(MFT, "/party thclpr"),
    "triage": label(MFT, "state: triaged"),
    "resolve": sent(MFT, f"/resolve {mark('resolution')}"),
    "resolve in parts": sent(
        MFT,
        f"/resolve {mark('resolution')}\nTo reporter: {mark('toreporter')}\nTo parties: {mark('toparties')}",
    ),
    "correct": sent(MFT, f"/correct {mark('correction')}"),
    "say reporter": sent(MFT, f"/say reporter {mark('saidreporter')}"),
    "ask party": sent(MFT, f"/ask {mark('partyone')} {mark('askedparty')} by 3 days"),
    "ask account": sent(MFT, f"/ask {mark('account')} {mark('askedaccount')}", 2),
    "heard party": comment(MFT, f"/heard {mark('partyone')}\n> {mark('quote')}"),
    "withdraw": comment(REPORTER, f"/withdraw {mark('withdrawn')}"),
    "withdraw for": comment(MIABOT, f"/withdraw\n> {mark('quote')}"),
    "answer": comment(REPORTER, f"/answer 2 {mark('who')}"),
    "talk": comment(REPORTER, mark("talk")),
    "help": comment(REPORTER, f"/help {mark('talk')}"),
    "help administrators": comment(MFT, "/help"),
    "consent none": consent(REPORTER, "none"),
    "consent parties": consent(REPORTER, "parties"),
    "consent by name": consent(REPORTER, "parties", named=True),
    "consent community": consent(REPORTER, "community"),
    "consent quoted": consent(MFT, "parties", quote=True),
    "consent unquoted": comment(MFT, "/consent community by name"),
    "consent of a stranger": comment(STRANGER, f"/consent community\n> {mark('quote')}"),
    "consent by label": label(MFT, "consent: community"),
    "suspend": comment(
        MFT,
        f"/suspend {mark('reason')}\n{mark('account')}, {mark('accountmail')}@example.org until 8 weeks\n"
        f"{mark('accounthand')}",
    ),
    "end": comment(MFT, f"/until 9 weeks\n{mark('why')}", 2),
    "lift": label(MIABOT, "state: lifted", 3),
    "appeal": comment(MFT, f"/appeal {mark('justification')}", 2),
    "appeal by mail": letter(f"{mark('accountmail')}@example.org", token=False),
    "appeal by token": letter(
        f"{mark('stranger')}@example.org", token=True, attachments=(mark("attachment"),)
    ),
    "mail of a party": letter(f"{mark('partyonemail')}@example.org", token=True, on=1, whose="p1"),
    "no by mail of a party": letter(
        f"{mark('partyonemail')}@example.org",
        token=True,
        on=1,
        whose="p1",
        text=f"Consent no, {mark('letter')}\n{mark('letter')}",
    ),
    "everybody is named": comment(REPORTER, "/answer 2 It was @mft, @miabot and @thclpr."),
    "mail of the outside contact": letter(
        "council@example.org", token=True, on=1, whose="outside", text=f"clear {mark('outsideanswer')}"
    ),
    "appeal of a party": letter(
        f"{mark('partyonemail')}@example.org",
        token=True,
        on=1,
        whose="p1",
        text=f"Appeal. {mark('letter')}\n{mark('letter')}",
        attachments=(mark("attachment"),),
    ),
    "appeal of anybody": letter(
        f"{mark('stranger')}@example.org",
        token=True,
        on=1,
        whose="p2",
        text=f"Appeal. {mark('letter')}",
        verified=False,
    ),
    "appeal of the reporter": comment(REPORTER, f"/appeal {mark('justification')}"),
    "appeal recorded": comment(MFT, f"/appeal {mark('partyhand')}\n> {mark('justification')}"),
    "appeal taken up": label(THCLPR, "state: appealed"),
    "stands": sent(MIABOT, f"/uphold {mark('reasons')}\nTo reporter: {mark('toreporter')}"),
    "decided anew": sent(
        MIABOT, f"/resolve {mark('resolution')}\n{mark('partyone')}: talk\n{mark('toparties')}"
    ),
    "answer of the outside contact": letter(
        "council@example.org", token=True, on=1, whose="outside", text=f"uphold {mark('outsideanswer')}"
    ),
    "mail of a stranger": letter(
        f"{mark('stranger')}@example.org", token=True, on=1, whose="p2", attachments=(mark("attachment"),)
    ),
    "mail comes back": returned,
    "stray mail": letter(f"{mark('stranger')}@example.org", token=False),
    "automatic mail": letter(f"{mark('accountmail')}@example.org", token=True, automatic=True),
    "report by mail": partial(reported, verified=True, attachments=(mark("attachment"),)),
    "report of anybody": partial(reported, verified=False),
    "withdraw by mail": partial(reported, verified=True, text="/withdraw "),
    "ask by mail": partial(reported, verified=True, text="/help\n\n"),
    "accepted": accepted,
    "uphold": sent(MIABOT, f"/uphold {mark('upheld')}", 2),
    "overturn": sent(MIABOT, f"/overturn {mark('context')}", 2),
    "post": comment(MFT, f"/post rules\n{mark('post')}"),
    "yes": comment(REPORTER, f"/consent yes {mark('answer')}"),
    "no": comment(REPORTER, f"/consent no {mark('answer')}"),
    "no of a party": comment(MFT, f"/consent {mark('partyone')} no {mark('answer')}"),
    "approve": label(MIABOT, "approve"),
    "told": comment(MFT, f"/told {mark('partyhand')} {mark('how')}"),
    "close": lambda world: world.tracker.closes(MFT, 1),
    "close of the reporter": lambda world: world.tracker.closes(REPORTER, 1),
    "reopen of the reporter": lambda world: world.tracker.reopens(REPORTER, 1),
    "label of the reporter": label(REPORTER, "state: resolved"),
    "resolve of the reporter": comment(REPORTER, f"/resolve {mark('talk')}"),
    "suspend of the reporter": comment(REPORTER, f"/suspend {mark('talk')}\n{mark('account')}"),
    "reopen": lambda world: world.tracker.reopens(MFT, 1),
    "dismiss": comment(MFT, f"/dismiss spam {mark('note')}"),
    "dismiss in words": sent(MFT, f"/dismiss not ours {mark('dismissal')}"),
    "twin": reported_twice,
    "twin dismissed": lambda world: world.says(
        MIABOT, f"/dismiss duplicate of #1 {mark('note')}", twin(world)
    ),
    "twin taken up": lambda world: world.tracker.reopens(MFT, twin(world)),
    "refused": comment(STRANGER, f"/resolve {mark('refused')}"),
    "refused party": comment(THCLPR, f"/party -{mark('refused')}"),
    "unknown command": comment(MFT, f"/{mark('refused')} {mark('refused')}"),
    "unknown label": label(STRANGER, f"state: {mark('refused')}"),
    "resolution edited": edited("/resolve"),
    "post edited": edited("/post"),
    "suspend edited": edited("/suspend"),
    "tampered": tampered,
    "recover": comment(MFT, f"/recover {mark('recovery')}"),
    "locked": failing(refused("locked"), "comment", 1),
    "full": failing(refused("full"), "comment", 1),
    "own fault": failing(KeyError(mark("nature")), "read", 1),
    "own fault in a suspension": failing(ValueError(mark("reason")), "read", 2),
    "mailbox down": mailbox(ChannelError("connection", "IMAP SEARCH")),
    "mailbox misunderstood": mailbox(TypeError(mark("letter"))),
    "channel refuses": broken_channel(ChannelError("login", "SMTP login", status=535)),
    "channel breaks": broken_channel(RuntimeError(mark("partyonemail"))),
    "unreadable": unreadable,
    "failing": channel("failing", on=True),
    "refusing": channel("refusing", on=True),
    "delivering": channel("failing", on=False),
    "a day": lambda world: world.tracker.moves_clock(timedelta(days=1)),
    "a week": lambda world: world.tracker.moves_clock(timedelta(days=7)),
    "three days": lambda world: world.tracker.moves_clock(timedelta(days=3)),
}
BEGINNING = ["estimate", "party one", "party two", "party by hand"]
RESOLVED = [*BEGINNING, "resolve in parts", "told", "a day"]
APPEALED = [*RESOLVED, "appeal of a party", "appeal of anybody", "appeal of the reporter"]
HEARD = ["estimate", "suspend", "appeal by mail", "a week", "appeal by token"]
MAILED = ["report by mail", "report of anybody", "ask by mail", "accepted", "withdraw by mail"]
TROUBLES = (
    *("locked", "full", "own fault", "own fault in a suspension", "mailbox down", "mailbox misunderstood"),
    *("channel refuses", "channel breaks", "unreadable", "tampered"),
)
ASKED = [*BEGINNING, "suspend", "say reporter", "talk", "ask party", "ask account", "mail of a party"]
MAILS = (
    "mail of a party",
    "no by mail of a party",
    "mail of a stranger",
    "mail of the outside contact",
    "mail comes back",
)
BY_THE_REPORTER = tuple(name for name in DEEDS if name.endswith(" of the reporter"))
POSTED = [*BEGINNING, "suspend", "post", "no of a party", "approve", "three days"]

RUNS: dict[str, Callable[[Any], Run]] = {"handle": handle, "sweep": sweep, "mail": mail}

history = st.lists(
    st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from(["no run", *RUNS, "sweep"])),
    max_size=20,
)


def played(
    folder: Path,
    deeds: list[tuple[str, str]],
    share: str = "none",
    *,
    public: bool = False,
    templates: Watching | None = None,
) -> set[Leak]:
    """Play a history, and return what leaked."""
    world = World(folder, templates)
    world.files(share, public=public)
    for name, run in deeds:
        DEEDS[name](world)
        if run != "no run" or "consent" in name:
            world.runs(RUNS.get(run, sweep))
    DEEDS["delivering"](world)
    for _ in range(2):
        world.tracker.moves_clock(timedelta(days=1))
        world.runs(sweep)
    return world.leaks


def swept(*names: str) -> list[tuple[str, str]]:
    """Return a history with a sweep after each deed."""
    return [(name, "sweep") for name in names]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a job's folder, with the file for its summary in the environment."""
    made = tmp_path_factory.mktemp("job")
    with pytest.MonkeyPatch.context() as environment:
        environment.setitem(os.environ, "GITHUB_STEP_SUMMARY", str(made / "summary.md"))
        environment.setitem(os.environ, "COCFLOW_DEBUG", "1")
        yield made


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(beginning=RESOLVED, deeds=[], share="none", public=False)
@example(beginning=RESOLVED, deeds=swept("consent parties", "consent none"), share="parties", public=False)
@example(beginning=POSTED, deeds=[], share="none", public=True)
@example(beginning=POSTED, deeds=[], share="community", public=False)
@example(
    beginning=[],
    deeds=[("estimate", "sweep"), ("post", "no run"), ("post edited", "sweep")],
    share="community",
    public=False,
)
@example(beginning=HEARD, deeds=swept("uphold", "a week", "appeal", "overturn"), share="none", public=False)
@example(beginning=HEARD, deeds=swept("uphold"), share="parties by name", public=False)
@example(
    beginning=BEGINNING,
    deeds=swept("failing", "resolve", "consent none", "delivering", "a day"),
    share="community by name",
    public=False,
)
@example(
    beginning=BEGINNING,
    deeds=[("resolve", "no run"), ("consent none", "sweep")],
    share="parties",
    public=False,
)
@example(beginning=RESOLVED[:-2], deeds=swept(*MAILS, *BY_THE_REPORTER), share="none", public=False)
@example(beginning=RESOLVED, deeds=swept("correct", "close of the reporter"), share="parties", public=False)
@example(
    beginning=BEGINNING,
    deeds=swept("everybody is named", "mail of the outside contact", "help"),
    share="none",
    public=False,
)
@example(beginning=BEGINNING, deeds=swept("suspend", *BY_THE_REPORTER), share="parties", public=False)
@example(beginning=BEGINNING, deeds=swept("tampered", "resolve", "recover"), share="none", public=False)
@example(beginning=ASKED, deeds=swept("heard party", "three days"), share="none", public=False)
@example(beginning=ASKED, deeds=swept("consent none", "a day"), share="parties", public=False)
@example(
    beginning=["twin"],
    deeds=swept("twin dismissed", *RESOLVED, "reopen", "dismiss", "twin taken up", "dismiss in words"),
    share="none",
    public=False,
)
@example(beginning=HEARD, deeds=swept(*TROUBLES), share="none", public=False)
@example(
    beginning=APPEALED,
    deeds=swept("appeal recorded", "stands", "appeal taken up", "decided anew", "a week", "three days"),
    share="none",
    public=False,
)
@example(beginning=APPEALED, deeds=swept("a week", "a week", "decided anew"), share="parties", public=False)
@example(
    beginning=["party is administrator", *APPEALED],
    deeds=swept("answer of the outside contact", "stands"),
    share="none",
    public=False,
)
@example(beginning=MAILED, deeds=swept("stray mail", "party one", "help"), share="none", public=False)
@example(beginning=[], deeds=swept("refusing", "ask by mail"), share="none", public=False)
@given(
    beginning=st.sampled_from([[], BEGINNING, RESOLVED, HEARD, POSTED, MAILED, ASKED, APPEALED]),
    deeds=history,
    share=st.sampled_from(sorted(SHARES)),
    public=st.booleans(),
)
def test_no_field_reaches_whom_its_view_withholds_it_from(
    folder: Path, beginning: list[str], deeds: list[tuple[str, str]], share: str, public: bool
) -> None:
    """In every history, each marker is found only where `MAY_REACH` lets it be."""
    assert played(folder, swept(*beginning) + deeds, share, public=public) == set()


def test_every_field_of_a_history_is_seen_somewhere(folder: Path) -> None:
    """The markers do travel: what may be told is found where it may, so the check looks at real words."""
    seen: dict[str, set[str]] = {}

    class Noting(World):
        def see(self, sink: str, text: str) -> None:
            seen.setdefault(sink, set()).update(self.fields(text))
            super().see(sink, text)

    for share, names in (
        ("parties by name", [*RESOLVED, "correct"]),
        ("parties", [*HEARD, "uphold"]),
        ("parties", [*APPEALED, "stands"]),
        ("community", POSTED),
        ("parties", ASKED),
    ):
        world = Noting(folder)
        world.files(share, public=False)
        for name, _ in swept(*names, "a day", *MAILED, "stray mail", "a day"):
            DEEDS[name](world)
            world.runs(sweep)
    assert {"toparties", "correction", "reporter", "incidentname", "post", "askedparty"} <= seen["p1"]
    assert "reasons" in seen["p1"] & seen["reporter"]
    assert {"saidreporter", "askedparty"} <= seen["page"]
    assert "withestimate" in seen["reporter"]
    assert "askedaccount" in seen["suspension page"]
    assert "askedaccount" in seen["suspended"]
    assert {"toparties"} <= seen["p2"]
    assert {"account", "reason", "upheld", "suspensiontoken"} <= seen["suspended"]
    assert {"post"} <= seen["community"]
    assert {"incidentname", "suspensionname"} <= seen["channel"]
    assert {"letter", "stranger", "attachment"} <= seen["mail"]
    assert {"mailed", "mailer", "mailermail", "subject"} <= seen["report"]
    assert "mailed" in seen["reporter"]
    assert seen["sender"] == set()
    assert {"account", "reason", "accountmail"} <= seen["form"]
    assert {"partyone", "partyhand", "account", "toreporter"} <= seen["page"]


@pytest.mark.parametrize("name", TROUBLES)
def test_each_trouble_stands_on_the_board_without_a_word(folder: Path, name: str) -> None:
    """Whatever fails and with whatever words, the board and the job's lines say it, and none of them."""
    world = World(folder)
    world.files("none", public=False)
    for deed, _ in swept(*HEARD):
        DEEDS[deed](world)
        world.runs(sweep)
    for deed in (name, "talk", "help", "stray mail", "resolve", "uphold", "a day"):
        DEEDS[deed](world)
        world.runs(sweep)
    assert world.leaks == set()
    (found,) = (one for one in world.tracker.threads.values() if one.title == board.TITLE)
    assert len(found.comments()) >= 2


def test_runs_have_constant_names() -> None:
    """A job's run, its steps and its environment are never named by what somebody wrote."""
    for path in sorted(shipped.jobs().glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        assert "github.event.issue.title" not in text
        assert "github.event.comment.body }}" not in text
        assert re.search(r"^run-name: [^$]*$", text, re.M), path.name


# --- the check can fail ------------------------------------------------------------------------------


class LeakyPartyView(PartyView, frozen=True, kw_only=True):
    """A view with a field that parties may not have."""

    inner: str = mark("inner")


class Leaky(Watching):
    """Templates that give an audience a view with more in it than its own."""

    def __init__(self, more: Callable[[str, View], str]) -> None:
        super().__init__()
        self._more = more

    def said(self, name: str, view: View) -> str:
        """Return what a template says, and more."""
        return f"{super().said(name, view)}{self._more(name, view)}"


def told_more(audience: type[View], text: str) -> Leaky:
    """Return templates that tell one audience more."""
    return Leaky(lambda name, seen: text if isinstance(seen, audience) else "")


@pytest.mark.parametrize("share", ["none", "parties"])
def test_a_field_more_in_a_view_is_found(folder: Path, share: str) -> None:
    """Templates that show a party what only administrators may read are caught, with consent and without."""
    empty: dict[str, Any] = dict.fromkeys(PartyView.__struct_fields__, "")
    leaky = told_more(PartyView, LeakyPartyView(**empty).inner)
    assert Leak("inner", "p1") in played(folder, swept(*RESOLVED), share, templates=leaky)


@pytest.mark.parametrize(("share", "leaks"), [("none", True), ("parties", False)])
def test_words_without_consent_are_found(folder: Path, share: str, leaks: bool) -> None:
    """The very words that a party may read with the reporter's yes are a leak without it."""
    found = played(folder, swept(*RESOLVED), share, templates=told_more(PartyView, mark("toparties")))
    assert (Leak("toparties", "p2") in found) is leaks


def test_a_templates_folder_that_tells_too_much_is_found(folder: Path, tmp_path: Path) -> None:
    """A community's own template that repeats to the community what those concerned were asked is caught."""
    own = tmp_path / "community" / "overturned.md.j2"
    own.parent.mkdir()
    own.write_text(f"{{# subject: Overturned #}}\n{{{{ community }}}} {mark('account')}", encoding="utf-8")
    leaky = Watching(tmp_path)
    assert played(folder, swept(*HEARD, "overturn"), templates=leaky) == {Leak("account", "community")}


@pytest.mark.parametrize("audience", [CommunityView, View])
def test_a_name_to_the_wrong_reader_is_found(folder: Path, audience: type[View]) -> None:
    """Each audience is watched: one name in one text of theirs is enough."""
    found = played(folder, swept(*HEARD, "overturn"), templates=told_more(audience, mark("partyone")))
    assert Leak("partyone", "community") in found


@pytest.mark.parametrize(
    ("deed", "field", "leaks"),
    [("estimate", "partyone", True), ("party one", "partyone", False), ("party one", "partyonemail", True)],
)
def test_what_nobody_typed_on_the_reporters_page_is_found(
    folder: Path, deed: str, field: str, leaks: bool
) -> None:
    """A name is a leak there before an administrator wrote it on that page, an address after it, too."""
    says = ("administrators/estimated", "administrators/party")
    leaky = Leaky(lambda name, seen: mark(field) if name in says else "")
    assert (Leak(field, "page") in played(folder, swept(deed), templates=leaky)) is leaks


def test_a_word_more_to_the_reporter_is_found(folder: Path) -> None:
    """What is said to them is looked at wherever they read it, on their page too."""
    leaky = told_more(ReporterView, mark("partyone"))
    assert Leak("partyone", "reporter") in played(folder, swept("party one", "help"), templates=leaky)


def test_a_log_line_with_a_word_is_found(folder: Path) -> None:
    """What is logged anywhere below, at whatever level, is looked at too."""

    def logs(name: str, seen: View) -> str:
        logging.getLogger("anything.at.all").debug("rendering %s", mark("nature"))
        return ""

    assert Leak("nature", "log") in played(folder, swept("estimate"), templates=Leaky(logs))
