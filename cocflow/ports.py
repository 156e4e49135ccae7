"""What cocflow needs from the world, as protocols: a tracker of issues, ways to reach people, premises.

Adapters implement these; the use cases know nothing else. Every method may raise AdapterError.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

import msgspec

from cocflow.core.case.facts import Access, Earlier, Issue, Listed, Page, Tail
from cocflow.core.case.records import LetterKind
from cocflow.core.people.person import Person
from cocflow.errors import AdapterError

LONGEST_COMMENT = 65_536
"""The characters of a comment that GitHub says it takes."""

LARGEST_COMMENT = 262_144
"""The bytes of a comment that it was seen to take. What is written stays within both."""


LATEST = 100
"""How many of the latest issues an event's run looks through."""


def fits(text: str) -> bool:
    """Whether a text is sure to be taken as a comment, or as an issue's body, whatever its script."""
    size = len(text.encode("utf-8", "surrogatepass"))
    return len(text) <= LONGEST_COMMENT and size <= LARGEST_COMMENT


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """An issue that we have opened out of another: by what it is known, and whether it is linked."""

    number: int
    database_id: int
    linked: bool


class AddLabels(msgspec.Struct, frozen=True):
    """Put labels on, leaving all others as they are; one that the repository lacks is made."""

    names: tuple[str, ...]


class RemoveLabels(msgspec.Struct, frozen=True):
    """Take labels off; one that is gone already is no error."""

    names: tuple[str, ...]


class Retitle(msgspec.Struct, frozen=True):
    """Give the issue another title."""

    title: str


class SetOpen(msgspec.Struct, frozen=True):
    """Open or close the issue."""

    open_: bool


class AddComment(msgspec.Struct, frozen=True):
    """Post a comment by which nothing is decided."""

    body: str

    def __repr__(self) -> str:
        """Show no words."""
        return "AddComment()"


class EditComment(msgspec.Struct, frozen=True):
    """Replace the text of a comment of our own, by its node id."""

    id: str
    body: str

    def __repr__(self) -> str:
        """Show no words."""
        return f"EditComment({self.id})"


class DeleteComment(msgspec.Struct, frozen=True):
    """Delete a comment of our own, by its node id; one that is gone already is no error."""

    id: str


Write: TypeAlias = AddLabels | RemoveLabels | Retitle | SetOpen | AddComment | EditComment | DeleteComment
"""One thing that is changed of an issue, after what decides it."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A notice on its way to one person.

    `id` is the same each time the notice is sent, `thread` for all notices of a case. `text` is
    Markdown. `token`, if there is one, brings an answer back to the case. `invites`: it is the invitation of
    its reader into a room of their own.
    """

    id: str
    to: Person
    subject: str
    text: str
    thread: str = ""
    token: str = ""
    invites: bool = False

    def __repr__(self) -> str:
        """Show the id only."""
        return f"Message({self.id})"


class Accounts(Protocol):
    """Whose a login is."""

    def account(self, login: str) -> int | None:
        """Return the number of the account that has this login now, None if none has. One read."""


class Tracker(Accounts, Protocol):
    """The issues of one repository. Times are GitHub's, in UTC; nothing here is cached."""

    @property
    def written(self) -> int:
        """How many writes have been sent so far, each time that one was tried, whatever became of them."""

    @property
    def points(self) -> int:
        """How many of GitHub's points all reads so far have cost, whatever became of them."""

    @property
    def points_left(self) -> int | None:
        """How many points GitHub has left for this hour, other runs' counted; None while it hasn't said."""

    def listing(self, *, open_: str | None, closed: str | None) -> Page:
        """Return up to 100 open issues, oldest first, and up to 100 closed, newest update first.

        Each from a cursor of the page before; "" from the beginning, None not at all. One read.
        """

    def latest(self) -> Page:
        """Return the 100 most recently updated issues, open and closed.

        One read, or more where GitHub finds a page of them too much.
        """

    def read(self, number: int) -> Issue:
        """Return an issue with all its facts: one read, and one more for each further 100 facts."""

    def tail(self, issue: Issue, expecting: str | None = None) -> Tail:
        """Return what came after the read that gave `issue`. One read.

        `expecting`: a comment that was just posted; reads may lag behind writes, so it is read again,
        a few times at most, until that comment shows, or that some comment has been deleted: another
        run may have tidied it away. AdapterError if neither does.
        """

    def comment(self, number: int, body: str) -> None:
        """Post a comment. AdapterError with `uncertain` if it may have been posted all the same."""

    def answer(self, issue: Issue, body: str) -> tuple[str, Tail]:
        """Post a comment, and return its node id and the tail with it: one write, and what `tail` reads.

        The answer shows the tail mostly; where it doesn't, it is read. AdapterError as by `comment`.
        """

    def write(self, issue: Issue, writes: Sequence[Write]) -> None:
        """Change an issue in so many ways, in their order, and in one request where that can be.

        Each is done or not by itself: AdapterError for the first that isn't, after all others were tried.
        """

    def assign(self, number: int, login: str) -> None:
        """Assign an issue to somebody; whoever GitHub lets have none is left out without an error."""

    def unassign(self, number: int, login: str) -> None:
        """Take somebody off an issue; whoever isn't on it is no error."""

    def edit_body(self, number: int, body: str) -> None:
        """Replace the body of an issue."""

    def children(self, number: int) -> dict[tuple[int, str], Child]:
        """Return what we have opened out of an issue, by its number and key: suspensions, its continuation.

        Of two that were made for one key, the older. One read: the sub-issues, and the newest suspensions
        and issues of the repository, since one may not have been linked yet.
        """

    def earlier(self, issues: Sequence[str], comments: Sequence[str]) -> Earlier:
        """Return the first one's body and author of these issues (node ids), and these comments on them.

        What is gone, or stands on another issue, is left out. One read for each hundred.
        """

    def unlock(self, number: int) -> None:
        """Let everybody comment again who may read the issue."""

    def labelled(self, label: str, *, anybodys: bool = False) -> tuple[int, ...]:
        """Return the issues with that label that we have opened, open and closed, oldest first. One read.

        `anybodys`: whoever opened them.
        """

    def pull_requests(self) -> frozenset[int]:
        """Return the numbers of all pull requests: they are given out from the same row as issues'."""

    def pin(self, issue: Issue) -> None:
        """Pin an issue to the repository's list, where the token may."""

    def not_erasable(self, issues: Sequence[str]) -> tuple[str, ...]:
        """Return which of these issues (node ids) are there and may not be erased by whoever asks.

        One read for each hundred.
        """

    def erase(self, issue: str) -> None:
        """Delete an issue (by its node id) for good; one that is gone already is no error.

        No job's token may do that, nor an App's.
        """

    def open_issue(self, title: str, body: str, labels: list[str]) -> int:
        """Open an issue, and return its number."""

    def open_child(self, parent: int, title: str, body: str, labels: list[str]) -> int:
        """Open an issue as a sub-issue of another, and return its number."""

    def link(self, parent: int, database_id: int) -> None:
        """Make an issue a sub-issue of this one alone; one that is already, or finds no room, is no error."""


class RefusedError(AdapterError):
    """A channel will never deliver this: the recipient is unknown to it, or it refuses the message."""


ChannelFault = Literal[
    "setting", "library", "connection", "certificate", "token", "login", "folder", "scopes", "place", "pause"
]
"""What can be wrong with a channel, or with the mailbox. `token`: there is none to log in with;
`scopes`: who we are may not do what is needed; `place`: somewhere that the configuration names can't be
written to; `pause`: it asks us to come later.
"""

_FAULTS: dict[ChannelFault, str] = {
    "setting": "its setting is wrong",
    "library": "its library isn't installed",
    "connection": "no connection",
    "certificate": "no trusted certificate",
    "token": "no token to log in with",
    "login": "the login is refused",
    "folder": "a folder can't be opened or made",
    "scopes": "it lacks scopes",
    "place": "that place can't be written to",
    "pause": "it asks for a pause",
}


class ChannelError(AdapterError):
    """A channel itself fails, or the mailbox, whoever a message is for: nothing gets through there now.

    `detail` says more where there is more: which setting and how, which folder of ours, what a login lacks.
    """

    def __init__(
        self,
        fault: ChannelFault,
        route: str,
        *,
        status: int | None = None,
        detail: str = "",
        uncertain: bool = False,
    ):
        super().__init__(status, route, uncertain=uncertain)
        self.args = (detail or f"{route} failed: {_FAULTS[fault] if status is None else status}",)
        self.fault = fault
        self.detail = detail


class Notifier(Protocol):
    """A way to reach people outside the issue."""

    def reaches(self, person: Person) -> bool:
        """Whether there is a channel to this person."""

    def deliver(self, message: Message) -> None:
        """Deliver a message; when this returns, it has been handed over.

        AdapterError: it failed and may be tried again; RefusedError: it will fail every time;
        ChannelError: nothing else gets through now either.
        """

    def try_out(self) -> str:
        """Do all that comes before a message, and send none. ChannelError: nothing would get through.

        Returns what couldn't be tried, as a sentence, "" if nothing was left out.
        """


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room in a listing: its name, what its description says, and its newest issues.

    `issues` are as a tracker lists them, so that `card` is the text of our first comment there, the claim.
    `whole`: these are all that there are.
    """

    name: str
    description: str
    issues: tuple[Listed, ...]
    whole: bool = True

    def __repr__(self) -> str:
        """Show the name only."""
        return f"Room({self.name})"


class Rooms(Protocol):
    """The rooms of a community: a private repository for each guest. ChannelError says what of it fails.

    Logins are compared whatever their letter case. Nothing here is cached but the tokens.
    """

    @property
    def written(self) -> int:
        """How many writes have been sent so far to rooms, and about them; those of their trackers too."""

    def listing(self) -> tuple[Room, ...]:
        """Return every room, without its template: one read for each hundred, and two for a token."""

    def lists(self, repository: str) -> bool:
        """Whether the newest listing showed a repository, `owner/name`, that is no room: no read.

        Whoever has the App's key gets at what is listed.
        """

    def access(self, name: str) -> Access:
        """Return who was let into a room: two reads. Who owns the organization isn't among them."""

    def open(self, name: str, description: str) -> None:
        """Make a room from the template, in which no job ever runs; one that is there is finished.

        RefusedError where it can't be made as it has to be: by a name that somebody else took, say.
        """

    def let_in(self, name: str, login: str, account: int | None = None) -> bool:
        """Let somebody read a room, and write on its issues; whether they are in, rather than invited.

        An invitation that has run out is replaced. RefusedError: nobody has that login, or, where the number
        of their `account` is known, somebody else has it now, who isn't invited.
        """

    def put_out(self, name: str, login: str) -> None:
        """Take somebody's access away, and an invitation; that they have none is no error."""

    def tracker(self, name: str) -> Tracker:
        """Return the issues of a room. Its token is for that room alone, and renewed as long as it is used.

        ChannelError where nobody lets the App in, or answers; a room that is gone is AdapterError 404.
        """

    def erase(self, name: str) -> None:
        """Delete a room; that it is gone already is no error."""

    def try_out(self) -> None:
        """Find out whether rooms could be listed, made and written to now, without doing it."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a mail before it is read: enough to say whose turn it is.

    `key` is the mailbox's own name for it. `sender` is as the mail says, "" if it doesn't; `verified`:
    the receiving server vouches for it. `tokens`: every reply token in its addresses and subject.
    `received` is the server's INTERNALDATE, in UTC. `size` is in bytes, 0 where it doesn't matter. `room`:
    the name of the room in which it was written, "" for a mail.
    """

    key: str
    sender: str
    verified: bool
    tokens: tuple[str, ...]
    received: datetime
    size: int = 0
    room: str = ""

    def __repr__(self) -> str:
        """Show the key only."""
        return f"{type(self).__name__}({self.key})"


class Letter(Envelope, frozen=True, kw_only=True):
    """A mail that somebody sent to the mailbox, read but not yet dealt with.

    `message_id` is the mail's (made from its bytes where it has none). `automatic`: an auto-reply, a
    bounce, a list's mail; never answered. `kind`: what it holds. `attachments`: names only.
    `unreadable`: the parser gave up; `text` is then "". `report`: what a report about a mail of ours says
    of it, `failed` where it will never arrive, and `about` names the notices that the report shows. `name` is
    what the mail calls its sender, `addressed` are the addresses that it went to, in small letters. `button`:
    it isn't words, but that somebody closed or reopened the issue in their room.
    """

    message_id: str
    subject: str
    text: str
    automatic: bool = False
    kind: LetterKind = "words"
    attachments: tuple[str, ...] = ()
    unreadable: bool = False
    report: Literal["failed", "other"] | None = None
    about: tuple[str, ...] = ()
    name: str = ""
    addressed: tuple[str, ...] = ()
    button: Literal["", "close", "reopen"] = ""

    def __repr__(self) -> str:
        """Show the key only."""
        return f"Letter({self.key})"


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What the receiving server put on top of a mail to say whether its sender is who they say.

    `server` is how it names itself, "" if it doesn't; `provider` whose shape that is, "" if of none that is
    known; `decides`: it says what came of DMARC. `believed`: by the configuration, it is ours; `verified`:
    and by it the sender is who they say.
    """

    server: str
    provider: str
    decides: bool
    believed: bool
    verified: bool


class Attached(msgspec.Struct, frozen=True):
    """A file that came with a letter. `name` is of one line, and says nothing of where a file may lie."""

    name: str
    content: bytes

    def __repr__(self) -> str:
        """Show the size only."""
        return f"Attached({len(self.content)} bytes)"


class Mailbox(Protocol):
    """Where letters arrive by mail. ChannelError says which part of it fails."""

    def waiting(self, since: Callable[[], datetime]) -> tuple[Envelope, ...]:
        """Return what isn't done or set aside and was received at `since` or later, oldest first.

        `since` is asked only where there is anything at all.
        """

    def letter(self, envelope: Envelope) -> Letter | None:
        """Read a letter, which changes nothing; None if it has gone."""

    def done(self, letter: Envelope) -> None:
        """Mark a letter as dealt with: its receipt stands."""

    def set_aside(self, letter: Envelope) -> None:
        """Put a letter where administrators find it and no run reads it again."""

    def attached(self, received: datetime, is_it: Callable[[Letter], bool]) -> tuple[Attached, ...] | None:
        """Return what came with a letter, wherever it was put: the one of these that is it, received then.

        None where it isn't there (any more). Nothing is changed by it.
        """

    def try_out(self) -> None:
        """Open it, and find or make the folders that are needed, without reading a letter."""

    def stamps(self, count: int) -> tuple[Stamp, ...]:
        """Return what the server put on its newest letters, done or not, newest first, at most `count`."""

    def close(self) -> None:
        """Let go of the connection, if there is one."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A label of a repository. `color` is six small hexadecimal digits."""

    name: str
    color: str
    description: str


class Labels(Protocol):
    """The labels that a repository has."""

    def labels(self) -> tuple[Label, ...]:
        """Return every label: one read for each hundred."""

    def create_label(self, label: Label) -> None:
        """Make a label; that it is there already is no error."""

    def change_label(self, label: Label) -> None:
        """Give the label of that name this colour and description."""


class Files(Protocol):
    """The files of a repository's default branch, or of a folder."""

    def shas(self) -> dict[str, str]:
        """Return git's name of each file's content, by path. Empty where there is no file yet."""

    def content(self, path: str) -> bytes:
        """Return what a file holds."""

    def commit(self, changes: Mapping[str, bytes | None], message: str) -> None:
        """Write these files, all or none; None takes one out.

        Raises AdapterError, `too_long`, where one is larger than is taken.
        """


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a repository is set to. `organization`: an organization owns it, not a person.

    `template`: others can be made from it.
    """

    visibility: str
    organization: bool
    issues: bool
    wiki: bool
    projects: bool
    discussions: bool
    forks: bool
    archived: bool = False
    template: bool = False


class Actions(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of GitHub Actions. `default` is what a job may do that doesn't say: read or write.

    Where only selected actions may run, `githubs_own` says whether GitHub's are among them, and `patterns`
    which others are.
    """

    enabled: bool
    allowed: str
    default: str
    githubs_own: bool = False
    patterns: tuple[str, ...] = ()


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can read a repository: by which role, what it lets them do, and where it comes from.

    `triages`: may label, close and reopen; `writes`: may also push, and so change the roster and the jobs,
    delete what others wrote and start jobs. `account` is the account's number, None where it can't be seen.
    """

    login: str
    role: str
    triages: bool
    writes: bool
    sources: tuple[str, ...]
    account: int | None = None


class Readers(msgspec.Struct, frozen=True):
    """Everybody who can read a repository; `unseen` names the sources that the token can't look into."""

    people: tuple[Reader, ...]
    unseen: tuple[str, ...] = ()


class JobRun(msgspec.Struct, frozen=True):
    """One run of a job: when it was made, how it ended (None while it is under way), and what started it."""

    at: datetime
    conclusion: str | None
    by_schedule: bool = True


class StrayRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a job as another branch than the default one has it: by which login, and when it was made."""

    job: str
    branch: str
    by: str
    at: datetime


class JobRuns(msgspec.Struct, frozen=True):
    """The newest runs of a job, newest first, and GitHub's time of the answer."""

    runs: tuple[JobRun, ...]
    now: datetime


class Premises(Accounts, Labels, Files, Protocol):
    """The administration of one repository, by a person's own token."""

    def settings(self) -> Settings | None:
        """Return the settings; None if there is no such repository, or the token may not see it."""

    def create(self) -> None:
        """Create the repository: private, with a first commit, and nothing but issues switched on."""

    def close_off(self) -> None:
        """Switch issues on, and wiki, projects, discussions and forks off, where GitHub lets that be set."""

    def readers(self) -> Readers:
        """Return who can read the repository."""

    def actions(self) -> Actions:
        """Return the settings of GitHub Actions."""

    def make_template(self) -> None:
        """Let repositories be made from this one, and no job run in it: nothing but issues is switched on."""

    def set_secret(self, name: str, value: str) -> None:
        """Give the jobs a secret, in place of the one that they had by that name."""

    def set_actions(self) -> None:
        """Switch GitHub Actions on, and let jobs that don't say otherwise read only."""

    def inactive_jobs(self) -> tuple[str, ...]:
        """Return the files of the jobs that are switched off."""

    def runs(self, job: str) -> JobRuns:
        """Return the newest runs of a job's file; none if GitHub doesn't know the file."""

    def secrets(self) -> Mapping[str, datetime]:
        """Return the names of the secrets that jobs are given, and when each was last set."""

    def filing_is_restricted(self) -> bool:
        """Whether only those who can write may open issues."""

    def stray_runs(self) -> tuple[StrayRun, ...]:
        """Return those of the newest 1,000 runs that aren't of the default branch, newest first.

        One read for each hundred runs.
        """


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """What an organization is set to; None: the token doesn't show it, as it belongs to no owner.

    `base` is what each member may do in each repository: none, read, write, admin. `forks`: members may fork
    private ones. `two_factor`: nobody is let in without two-factor authentication.
    """

    base: str | None
    forks: bool | None
    two_factor: bool | None


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """What an App may do in an organization. `selected`: in chosen repositories only, not in all."""

    number: int
    slug: str
    selected: bool
    suspended: bool
    permissions: Mapping[str, str]


class App(msgspec.Struct, frozen=True, kw_only=True):
    """An App: its number, and its private key (PEM), "" where nobody here has it."""

    number: int
    key: str = ""

    def __repr__(self) -> str:
        """Show the number only."""
        return f"App({self.number})"


class Grounds(Protocol):
    """An organization in which rooms are, by the token of a person who owns it."""

    @property
    def web(self) -> str:
        """The address of GitHub's pages, without a slash at its end."""

    def organization(self) -> Organization | None:
        """Return what it is set to; None if it is a person's account, or there is none of that name."""

    def registered(self, code: str) -> App:
        """Return the App that was just registered by a manifest, for the code that GitHub gave for it."""

    def installation(self, app: App) -> Installation | None:
        """Return what an App may do here, by its key, else by the token; None: it isn't installed."""

    def reaches(self, app: App, repository: str) -> bool:
        """Whether an App gets at a repository (`owner/name`), by its key. One read."""

    def actions_everywhere(self) -> bool:
        """Whether a repository that is made there has Actions on from its first moment. One read."""

    def with_actions(self) -> Mapping[str, int]:
        """Return the ids of the repositories in which Actions are on, by name. A read for each repository."""

    def select_actions(self, numbers: Collection[int]) -> None:
        """Let Actions be on in the repositories of these ids alone, and in none that is made later."""
