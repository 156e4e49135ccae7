"""Everybody who can have to do with an incident, and every road by which each of them can act on it.

Owns the machine of the proofs about people: a report filed by whoever files, over the fakes of the ports,
and what may then be done to it by command, label, button, form, edit, deletion and letter. Every word that
somebody writes bears a mark of its own, so that a test can tell whose words went where. It refuses to
judge: what must hold is each test's.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from cocflow.core.acts.dismiss import handled_here
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor, Commented
from cocflow.core.case.say import Say
from cocflow.core.people.roster import Administrator
from cocflow.core.views.tokens import reply_token
from cocflow.run.sweep import sweep
from tests.core import play
from tests.core.play import FOR_ANOTHER
from tests.fakes import FakeMailbox, FakeTracker, desk
from tests.scene import PUBLIC, SHARES, Post

INCIDENT = 1
NEWEST = 0
"""Stands for the suspension that was opened last."""
OTHER = -1
"""Stands for the report that came last besides the first."""


def account(number: int, login: str) -> Actor:
    """Return an account by its number."""
    return Actor(base64.b64encode(f"04:User{number}".encode()).decode(), login)


NAMES = ("mft", "miabot", "thclpr", "zed", "quill")
"""The logins of the roster, in its order."""
ACTORS = {name: account(number, name) for number, name in enumerate(NAMES, start=101)}
REPORTER = account(201, "zorvane")
MEMBER = account(202, "member")
STRANGER = account(203, "stranger")
WRITER = account(204, "writer")
IMPOSTOR = account(205, NAMES[0])
"""Whoever took the login that the first of the roster once had: a stranger, where that one is pinned."""
PARTY = account(206, "robinz")
BRIDGE = Actor("BOT_bridge", "bridge", bot=True)

EVERYBODY = (*ACTORS.values(), REPORTER, MEMBER, STRANGER, WRITER, IMPOSTOR, PARTY)

ROBIN, KIM, SAM = "Robin Zelkova", "Kim Quillon", "Sam Zubrin"
"""A party with a mail address and an account, one without either, and somebody who is suspended."""
ROBINS_MAIL, SAMS_MAIL, REPORTERS_MAIL = "robin@zelkova.example", "sam@zubrin.example", "zora@vane.example"
REPORTED_FOR = f"Zora Vane, {REPORTERS_MAIL}, @{REPORTER.login}"
REPORTS, PASSERS_MAIL = "reports@example.org", "passer@by.example"
SECRETS = ("nature", "who", "material", "privacy")
"""The answers of the form that nobody but those who read the page may ever read."""


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """How the report came: by whom, what it says of sharing, and who edited it before the first run."""

    by: Actor = REPORTER
    share: str = "none"
    public: bool = False
    for_another: bool = False
    edited_by: Actor | None = None


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A mark, whom whoever wrote it meant (a role, a person's name, or nobody), and when it was written."""

    mark: str
    scope: str
    at: datetime


class Said(msgspec.Struct, kw_only=True):
    """A comment as it was written, and what became of it: `meddled` where somebody else changed it unread."""

    id: str
    by: Actor
    text: str
    number: int
    at: datetime
    pattern: str
    gone: bool = False
    meddled: bool = False
    read: bool = False


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """A label that somebody put on an issue."""

    by: Actor
    label: str
    number: int
    at: datetime


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """An edit of the report, with what it says of sharing and of where it happened from then on."""

    by: Actor
    share: str
    public: bool
    at: datetime


class Mailed(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that somebody sent, from what its server vouches for as the reporter's address or not."""

    text: str
    reporters: bool
    at: datetime


class _Fresh(dict[str, str]):
    """What a text's places are filled with: a name, or a mark of their own for words to somebody."""

    def __init__(self, crowd: Crowd, by: Actor) -> None:
        super().__init__()
        self._crowd, self._by = crowd, by

    def __missing__(self, scope: str) -> str:
        if scope == "other":
            return self._crowd.other(self._by)
        if scope == "duplicate":
            return str(self._crowd.on(OTHER) or 999)
        return self._crowd.mark(scope)


class Crowd:
    """A report over fakes, everybody around it, and a book of what they did.

    `pinned`: the accounts of so many administrators. `ran`: when each run began. `edits` are those of the
    report that a run saw: of several between two runs GitHub shows the last.
    """

    def __init__(
        self, size: int = 3, filing: Filing | None = None, *, pinned: int = 0, **answers: str
    ) -> None:
        self.filing = filing or Filing()
        self.tracker = FakeTracker()
        self.post = Post()
        self.mailbox = FakeMailbox()
        self.community = play.community(
            *(
                Administrator(login=name, account=ACTORS[name].number if place < pinned else None)
                for place, name in enumerate(NAMES[:size])
            ),
            rules_channel="#rules",
            rules_slack_channel="C0RULES01",
            administrators_slack_channel="C0ADMIN01",
            appeals="appeals@example.org",
            reports=REPORTS,
        )
        self.desk = desk(self.tracker, self.post, community=self.community, mailbox=self.mailbox)
        self.words: dict[str, Word] = {}
        self.said: dict[str, Said] = {}
        self.put: list[Put] = []
        self.edits: list[Edit] = []
        self.mailed: list[Mailed] = []
        self.ran: list[datetime] = []
        self.others: list[int] = []
        self._edit: Edit | None = None
        self._turn = 0
        self.answers: dict[str, Any] = {name: self.mark("secret") for name in SECRETS} | answers
        self.share, self.public = self.filing.share, self.filing.public
        self.tracker.opens(self.filing.by, self._body())
        if self.filing.edited_by is not None:
            self.edits_report(self.filing.edited_by, share="community by name", public=True)
        self.runs()

    # --- what is written --------------------------------------------------------------------------------

    def mark(self, scope: str) -> str:
        """Return a mark that stands nowhere yet, for words that are meant for somebody."""
        word = Word(mark=f"zq{len(self.words)}x", scope=scope, at=self.tracker.now)
        self.words[word.mark] = word
        return word.mark

    def other(self, by: Actor) -> str:
        """Return the login of another administrator, each in turn."""
        others = [one.login for one in self.community.administrators if one.login != by.login]
        self._turn += 1
        return others[self._turn % len(others)] if others else by.login

    def worded(self, pattern: str, by: Actor) -> str:
        """Return a text with a mark of its own in each place."""
        return pattern.format_map(_Fresh(self, by))

    def _body(self) -> str:
        fields: dict[str, Any] = dict(self.answers) | {"share": SHARES[self.share]}
        if self.public:
            fields["where"] = PUBLIC
        if self.filing.for_another:
            fields |= {"learned": FOR_ANOTHER, "reporter": REPORTED_FOR}
        return play.body(**fields)

    # --- what people do -----------------------------------------------------------------------------------

    def on(self, number: int) -> int | None:
        """Return the number of the issue that is meant, None where there is none yet."""
        if number == OTHER:
            return max(self.others, default=None)
        if number != NEWEST:
            return number
        return max(self.suspensions(), default=None)

    def suspensions(self) -> Iterator[int]:
        """Give the numbers of the suspensions."""
        return (one for one in self.tracker.threads if 1 < one < 1000 and one not in self.others)

    def says(self, by: Actor, pattern: str, number: int = INCIDENT) -> None:
        """Let somebody comment."""
        if (there := self.on(number)) is not None:
            text, at = self.worded(pattern, by), self.tracker.now
            id_ = self.tracker.says(by, there, text)
            self.said[id_] = Said(id=id_, by=by, text=text, number=there, at=at, pattern=pattern)

    def labels(self, by: Actor, label: str, number: int = INCIDENT) -> None:
        """Let somebody put a label on."""
        if (there := self.on(number)) is not None:
            self.put.append(Put(by=by, label=label, number=there, at=self.tracker.now))
            self.tracker.labels(by, there, label)

    def edits_report(
        self, by: Actor, *, share: str | None = None, public: bool | None = None, **answers: str
    ) -> None:
        """Let somebody edit the report; what isn't given stays as it stands."""
        self.share = share or self.share
        self.public = self.public if public is None else public
        self.answers |= answers
        self._edit = Edit(by=by, share=self.share, public=self.public, at=self.tracker.now)
        self.tracker.edits_body(by, INCIDENT, self._body())

    def rewrites(self, by: Actor, pattern: str | None = None, *, of: Actor | None = None) -> None:
        """Let somebody change a comment, as far as they may; without a pattern only its words are others."""
        if (one := self._newest(of)) is not None:
            one.text = self.worded(pattern or one.pattern, by)
            one.meddled = one.meddled or (not one.read and by != one.by)
            self.tracker.edits(by, one.number, one.id, one.text)

    def deletes(self, by: Actor, *, of: Actor | None = None) -> None:
        """Let somebody delete a comment, as far as they may."""
        if (one := self._newest(of)) is not None:
            one.gone = True
            self.tracker.deletes(by, one.number, one.id)

    def alters(self, by: Actor) -> None:
        """Let somebody change cocflow's own last answer."""
        receipts = self.tracker.receipts(INCIDENT)
        if receipts:
            self.tracker.edits(by, INCIDENT, receipts[-1].id, f"{receipts[-1].body} ")

    def mails(self, text: str, *, sender: str, to: str, verified: bool = True, about: int = INCIDENT) -> None:
        """Let a letter come in answer to a notice that went to somebody (a key)."""
        if (there := self.on(about)) is None:
            return
        token = reply_token(there, self.tracker.threads[there].opened.id, to, None)
        at, said = self.tracker.now, self.worded(text, REPORTER)
        self.mailbox.arrives(said, received=at, sender=sender, verified=verified, tokens=(token,))
        theirs = sender == REPORTERS_MAIL and verified and there == INCIDENT
        self.mailed.append(Mailed(text=said, reporters=theirs, at=at))

    def opens(self, by: Actor, account_: str) -> None:
        """Let somebody open a suspension with the form."""
        reason = self.mark("why")
        said = play.suspension_body(account=self.worded(account_, by), reason=reason, incident=str(INCIDENT))
        number = self.tracker.opens(by, said)
        self.tracker.labels(by, number, "suspension")

    def reports(self, by: Actor, who: str) -> None:
        """Let somebody file another report."""
        said = play.body(nature=self.mark("secret"), who=self.worded(who, by))
        self.others.append(self.tracker.opens(by, said))

    def mails_report(self, text: str, by: Actor, *, verified: bool = True) -> None:
        """Let another report come by mail, if none came yet from that address, and cocflow read it."""
        before = set(self.tracker.threads)
        said, at = self.worded(text, by), self.tracker.now
        self.mailbox.arrives(said, received=at, sender=PASSERS_MAIL, verified=verified, addressed=(REPORTS,))
        self.runs()
        self.others += [one for one in self.tracker.threads if one not in before and one < 1000][:1]

    def _newest(self, of: Actor | None) -> Said | None:
        theirs = [one for one in self.said.values() if not one.gone and of in (None, one.by)]
        return theirs[-1] if theirs else None

    # --- what becomes of it -------------------------------------------------------------------------------

    def runs(self) -> None:
        """Let cocflow run over all of it."""
        self.ran.append(self.tracker.now)
        sweep(self.desk)
        self.edits += [] if self._edit is None else [self._edit]
        self._edit = None
        for one in self.said.values():
            one.read = True

    def does(self, by: Actor, name: str) -> None:
        """Let somebody take a road, and cocflow run."""
        ROADS[name](self, by)
        self.runs()

    def passes(self, by: timedelta) -> None:
        """Let time pass."""
        self.tracker.moves_clock(by)

    @property
    def state(self) -> str | None:
        """The state that the receipts say the incident is in."""
        return self._case.progress.state

    @property
    def _case(self) -> Case:
        return self.desk.open(self.desk.read(INCIDENT))

    def says_left(self, number: int = INCIDENT) -> dict[str, Say]:
        """Return what say each administrator has in the incident, or in another report."""
        case = self.desk.open(self.desk.read(number))
        return {one.login: case.say_of(one) for one in case.community.administrators}

    def handled_here(self) -> tuple[int, ...]:
        """Return the numbers of the reports that are handled with the incident."""
        return handled_here(self._case)

    def told(self) -> set[str]:
        """Return the kinds of notices that were ever owed."""
        return {
            owed.notice
            for number in (INCIDENT, *self.suspensions())
            for record in self.tracker.records(number)
            for owed in record.owed
        }

    def answers_of_ours(self, number: int) -> list[Commented]:
        """Return the comments of cocflow's own on an issue, the card too."""
        return [one for one in self.tracker.threads[number].comments() if one.by == self.tracker.me]


# --- every road -------------------------------------------------------------------------------------------

Act = Callable[[Crowd, Actor], object]


def says(pattern: str, number: int = INCIDENT) -> Act:
    """Ask by a comment.

    In braces: `other`, another administrator; `duplicate`, the number of the other report; else for whom the
    words there are.
    """
    return lambda crowd, by: crowd.says(by, pattern, number)


def labels(label: str, number: int = INCIDENT) -> Act:
    """Ask by a label."""
    return lambda crowd, by: crowd.labels(by, label, number)


def forms(account_: str) -> Act:
    """Open a suspension with the form."""
    return lambda crowd, by: crowd.opens(by, account_)


def passes(days: int) -> Act:
    """Let days pass."""
    return lambda crowd, by: crowd.passes(timedelta(days=days))


def mails(pattern: str, sender: str, to: str = "reporter", about: int = INCIDENT) -> Act:
    """Let a letter come in answer to what somebody (a key) was told, whoever does it."""
    return lambda crowd, by: crowd.mails(pattern, sender=sender, to=to, about=about)


def mails_report(pattern: str, *, verified: bool = True) -> Act:
    """Let another report come by mail."""
    return lambda crowd, by: crowd.mails_report(pattern, by, verified=verified)


def edits_report(**fields: Any) -> Act:
    """Edit the report."""
    return lambda crowd, by: crowd.edits_report(by, **fields)


SAY: dict[str, Act] = {
    "party: another": says("/party {other}"),
    "party: another by a list": says("/party {other}, Somebody"),
    "party: another leaves": says("/party -{other}"),
    "suspend another": says("/suspend {why}\n{other}, x@example.org"),
    "suspend the reporter": says(f"/suspend {{why}}\n{REPORTER.login}, {REPORTERS_MAIL}"),
    "answer: it was another": says("/answer 2 It was @{other}. {secret}"),
    "confirm": says("/confirm"),
    "confirm another": says("/confirm @{other} {nobody}"),
    "clear": says("/clear {nobody}"),
    "clear another": says("/clear @{other} {nobody}"),
    "dismiss as spam": says("/dismiss spam"),
    "dismiss as not ours": says("/dismiss not ours"),
    "report again": lambda crowd, by: crowd.reports(by, "Somebody."),
    "report again, of another": lambda crowd, by: crowd.reports(by, "It was @{other}."),
    "mail a report": mails_report("It was said in a meeting. {passer}"),
    "mail a report, of another": mails_report("1. A joke.\n2. @{other} told it. {passer}\n3. -\n4. -"),
    "mail a report, of the first": mails_report(f"It was @{NAMES[0]}. {{passer}}", verified=False),
    "dismiss as a duplicate": says("/dismiss duplicate of #{duplicate}"),
    "dismiss the other as a duplicate": says(f"/dismiss duplicate of #{INCIDENT}", OTHER),
    "reopen the other": says("/reopen", OTHER),
    "party: another, in the other": says("/party {other}", OTHER),
    "recuse in the other": says("/recuse", OTHER),
    "clear another in the other": says("/clear @{other} {nobody}", OTHER),
    "confirm in the other": says("/confirm", OTHER),
    "verified: the other": labels("reporter: verified", OTHER),
    "reopen by command": says("/reopen"),
    "say to the reporter": says("/say reporter {reporter}"),
    "estimate": says("/estimate 3 days"),
    "resolve": says("/resolve {all}"),
    "withdraw": says("/withdraw {nobody}\n> {nobody}"),
    "record consent: community by name": says("/consent community by name\n> {nobody}"),
    "record consent: none": says("/consent none\n> {nobody}"),
    "form: another": forms("{other}"),
    "form: the reporter": forms(REPORTER.login),
    "report: it was another": lambda crowd, by: crowd.edits_report(
        by, who=f"It was @{crowd.other(by)}. {crowd.mark('secret')}"
    ),
    "rewrite as another party": lambda crowd, by: crowd.rewrites(by, "/party Somebody Else", of=by),
    "delete one's own": lambda crowd, by: crowd.deletes(by, of=by),
    "second": labels("state: active", NEWEST),
    "lift by label": labels("state: lifted", NEWEST),
    "triage": labels("state: triaged"),
    "approve": labels("approve"),
    "close": lambda crowd, by: crowd.tracker.closes(by, INCIDENT),
    "reopen": lambda crowd, by: crowd.tracker.reopens(by, INCIDENT),
}
"""What may change who has a say, and what moves the incident meanwhile."""

CONSENT: dict[str, Act] = {
    **{f"consent: {level}": says(f"/consent {level}") for level in SHARES},
    **{f"record consent: {level}": says(f"/consent {level}\n> {{nobody}}") for level in SHARES},
    **{f"report: share {level}": edits_report(share=level) for level in SHARES},
    "report: in public": edits_report(public=True),
    "report: not in public": edits_report(public=False),
    "report: an answer": lambda crowd, by: crowd.edits_report(by, nature=crowd.mark("secret")),
    "consent: yes": says("/consent yes"),
    "consent: no": says("/consent no {nobody}"),
    "record the reporter's yes": says("/consent reporter yes\n> {nobody}"),
    "agree": says("/agree\n> {nobody}"),
}
"""What may be said of what may be shared, by whoever says it."""

LETTERS: dict[str, Act] = {
    "mail: none": mails("/consent none\n{nobody}", REPORTERS_MAIL),
    "mail: community by name": mails("/consent community by name", REPORTERS_MAIL),
    "mail: community by name, by somebody else": mails("/consent community by name", "else@example.org"),
    "mail: agree": mails("/agree", REPORTERS_MAIL),
    "mail: no": mails("No. {nobody}", REPORTERS_MAIL),
    "mail: it wasn't me": mails("{nobody}", SAMS_MAIL, "suspended", NEWEST),
    "mail: Robin's yes": mails("/consent yes", ROBINS_MAIL, "p1"),
    "mail: Robin would share": mails("/consent community by name", ROBINS_MAIL, "p1"),
    "mail: withdraw": mails("/withdraw", REPORTERS_MAIL),
    "mail: reopen": mails("/reopen", REPORTERS_MAIL),
    "mail: Robin answers": mails("{nobody}", ROBINS_MAIL, "p1"),
    "mail: Robin as the reporter": mails("/withdraw\n{nobody}", ROBINS_MAIL, "reporter"),
    "mail: recuse": mails("/recuse", REPORTERS_MAIL),
    "mail: confirm": mails("confirm", "council@example.org", "outside"),
    "mail: clear": mails("clear {nobody}", "council@example.org", "outside"),
}
"""What comes by mail, whoever lets it come."""

WORDS: dict[str, Act] = {
    "party: Robin": says(f"/party {ROBIN}, {ROBINS_MAIL}, @{PARTY.login}"),
    "party: Kim": says(f"/party {KIM}"),
    "party: Robin leaves": says(f"/party -{ROBIN}"),
    "resolve to each": says(
        "/resolve {all}\nTo reporter: {reporter}\nTo parties: {parties}\n"
        f"To {ROBIN}:\n{{{ROBIN}}}\nTo {KIM}:\n{{{KIM}}}"
    ),
    "resolve to Robin": says(f"/resolve {{all}}\nTo {ROBIN}:\n{{{ROBIN}}}"),
    "resolve by roles": says("/resolve To reporter: {reporter}\nTo parties: {parties}"),
    "correct to each": says(f"/correct {{all}}\nTo reporter: {{reporter}}\nTo {ROBIN}:\n{{{ROBIN}}}"),
    "correct": says("/correct {all}\nTo parties: {parties}"),
    "say to Robin": says(f"/say {ROBIN} {{{ROBIN}}}"),
    "say to Kim": says(f"/say {KIM}\n{{{KIM}}}"),
    "ask Robin": says(f"/ask {ROBIN} {{{ROBIN}}} by friday"),
    "ask the reporter": says("/ask reporter {reporter}"),
    "say to Sam": says(f"/say {SAM} {{suspended}}", NEWEST),
    "heard Robin": says(f"/heard {ROBIN}\n> {{nobody}}"),
    "dismiss in words": says("/dismiss not ours\n{reporter}"),
    "reporter: verified": labels("reporter: verified"),
    "post": says("/post rules\n{post}"),
    "correct the post": says("/correct post\n{post}"),
    "suspend": says(f"/suspend {{why}}\n{SAM}, {SAMS_MAIL}"),
    "recuse": says("/recuse {nobody}"),
    "until": says("/until indefinite\n{nobody}", NEWEST),
    "appeal": says("/appeal {nobody}", NEWEST),
    "uphold": says("/uphold {suspended}", NEWEST),
    "overturn": says("/overturn {nobody}", NEWEST),
    "lift": says("/lift {suspended}", NEWEST),
    "correct the suspension": says("/correct {suspended}", NEWEST),
    "approve the suspension": labels("approve", NEWEST),
    "heard": labels("reporter: heard"),
    "told Kim": says(f"/told {KIM} {{nobody}}"),
    "told the reporter": says("/told reporter {nobody}"),
    "help": says("/help"),
    "talk": says("{nobody}"),
    "recover": says("/recover {nobody}"),
    "reword one's own": lambda crowd, by: crowd.rewrites(by, of=by),
    "a day": passes(1),
    "three days": passes(3),
    "eight days": passes(8),
    "mail fails": lambda crowd, by: crowd.post.failing.update(
        ("reporter", "p1", "p2", "s1", "suspended", "community")
    ),
    "mail arrives": lambda crowd, by: crowd.post.failing.clear(),
}
"""What carries words to somebody, and what lets them go or keeps them."""

MEDDLING: dict[str, Act] = {
    "reword the newest": lambda crowd, by: crowd.rewrites(by),
    "reword the reporter": lambda crowd, by: crowd.rewrites(by, of=REPORTER),
    "have the reporter consent": lambda crowd, by: crowd.rewrites(
        by, "/consent community by name", of=REPORTER
    ),
    "have the reporter ask for help": lambda crowd, by: crowd.rewrites(by, "/help", of=REPORTER),
    "delete the newest": lambda crowd, by: crowd.deletes(by),
    "delete the reporter": lambda crowd, by: crowd.deletes(by, of=REPORTER),
    "alter an answer": lambda crowd, by: crowd.alters(by),
}
"""What only somebody with the role Write can do, as to others' comments."""

ROADS: dict[str, Act] = SAY | CONSENT | LETTERS | WORDS | MEDDLING
"""All of it."""
