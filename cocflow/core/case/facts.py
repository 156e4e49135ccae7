"""What happened on an issue, in the past tense, as one read of its timeline shows it.

Owns the shapes of facts and of a whole read. Refuses to judge: who may ask for what is
`decide.py`'s, which comments are receipts is `ledger.py`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec

from cocflow.core.case.accounts import account_number, same_account
from cocflow.core.case.capacity import left
from cocflow.core.case.growing import grown, grows
from cocflow.core.process import CHILDREN, STATE_PREFIX


class Actor(msgspec.Struct, frozen=True):
    """Whoever did something. `login` is as GraphQL gives it, so a bot's lacks its `[bot]`."""

    id: str
    login: str
    bot: bool = False

    @property
    def number(self) -> int | None:
        """The account's number, whatever form its id has; None where that can't be read."""
        return account_number(self.id)

    def __repr__(self) -> str:
        """Show the id only: no name enters a log."""
        return f"Actor({self.id})"


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `id` is GitHub's node id, `at` its time (UTC, whole seconds).

    `by` is None where the account no longer exists.
    """

    id: str
    at: datetime
    by: Actor | None

    def __repr__(self) -> str:
        """Show the kind and the id only: no word a person wrote enters a log."""
        return f"{type(self).__name__}({self.id})"


class Opened(Fact, frozen=True, kw_only=True):
    """The issue was opened. Its id is the issue's own."""


class BodyEdited(Fact, frozen=True, kw_only=True):
    """The issue's body was edited.

    GitHub names the last edit only (`lastEditedAt`, `editor`), so earlier ones are not facts and
    the id is made of the issue's id and that time.
    """

    @staticmethod
    def id_of(issue: str, at: str) -> str:
        """Return the id of an edit, by the issue's node id and the time as GitHub writes it."""
        return f"{issue}@{at}"

    @staticmethod
    def is_one_of(id_: str, issues: Iterable[str]) -> bool:
        """Whether an id is that of an edit of one of these issues (node ids)."""
        return any(id_.startswith(f"{one}@") for one in issues)


class Commented(Fact, frozen=True, kw_only=True):
    """Somebody commented; `body` is the comment's present text, edited or not."""

    body: str
    database_id: int
    edited_at: datetime | None = None
    edited_by: Actor | None = None

    @property
    def comment(self) -> str:
        """The node id of the comment in which the words stand."""
        return self.id

    @property
    def unchanged_since(self) -> datetime:
        """Since when it has said what it says now."""
        return self.edited_at or self.at

    @property
    def edited_by_another(self) -> bool:
        """Whether the words may be somebody else's than the author's.

        GitHub doesn't promise to name a job as the editor of its own comment, so of a bot's comment an
        editor whom it doesn't name is the bot; of a person's it may be anybody whose account is gone.
        """
        if self.edited_at is None:
            return False
        if self.by is None or self.edited_by is None:
            return self.by is None or not self.by.bot
        return not same_account(self.edited_by.id, self.by.id)


class Corrected(Commented, frozen=True, kw_only=True):
    """A comment as its author corrected it after it was refused, at the time of the edit.

    GitHub names the last edit only, so the id is made of the comment's and that time.
    """

    @classmethod
    def of(cls, comment: Commented) -> Corrected:
        """Return what an edited comment asks for since its edit."""
        at = comment.unchanged_since
        fields = {name: getattr(comment, name) for name in comment.__struct_fields__}
        return cls(**(fields | {"id": f"{comment.id}@{at.isoformat()}", "at": at}))

    @staticmethod
    def comment_of(id_: str) -> str:
        """Return the node id of the comment that an id is about; any other id is itself."""
        return id_.partition("@")[0]

    @property
    def comment(self) -> str:
        """The node id of the comment in which the words stand."""
        return self.comment_of(self.id)


class Labeled(Fact, frozen=True, kw_only=True):
    """A label was put on."""

    label: str


class Unlabeled(Fact, frozen=True, kw_only=True):
    """A label was taken off. Never a request."""

    label: str


class Assigned(Fact, frozen=True, kw_only=True):
    """The issue was assigned to somebody; None where that account no longer exists, or is no person's."""

    assignee: Actor | None


class Unassigned(Fact, frozen=True, kw_only=True):
    """Somebody was taken off the issue. Never a request."""

    assignee: Actor | None


class Closed(Fact, frozen=True, kw_only=True):
    """The issue was closed."""


class Reopened(Fact, frozen=True, kw_only=True):
    """The issue was reopened."""


class Locked(Fact, frozen=True, kw_only=True):
    """The conversation was locked: from then on only who can push may comment. Never a request."""


class CommentDeleted(Fact, frozen=True, kw_only=True):
    """Some comment was deleted; GitHub says whose it was (None: that account is gone), and not which."""

    author: Actor | None = None


class Unreadable(Fact, frozen=True, kw_only=True):
    """Something that can't be read: an item of no kind we know, without its label, or null. Never a request.

    `at` is the time before it where it has none of its own; `named`: whether `id` is GitHub's. `lasting`: no
    later read says more, for its label is deleted.
    """

    named: bool = True
    lasting: bool = False


F = TypeVar("F", bound=Fact)


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What a case needs of the issues that it goes on from: the first one's body and author, words of all."""

    body: str = ""
    author: Actor | None = None
    comments: tuple[Commented, ...] = ()

    def __repr__(self) -> str:
        """Show no words."""
        return f"Earlier({len(self.comments)} comments)"


class Issue(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One issue as one moment's read shows it, with every fact so far in GitHub's order.

    `me` is the node id of the account that asks (the bot), `now` the `Date` of GitHub's answer,
    `cursor` where a later read of the tail goes on, `parent` the number of the issue that it is a
    sub-issue of, if that is of this repository. `locked`: only who can push may comment. `earlier`:
    what stands on the issues that it goes on from, if it does. `commented`: how many comments GitHub counts
    on it, None where it doesn't say. `association`: what GitHub calls the author here, as `COLLABORATOR`.
    `assignees`: to whom it is assigned.
    """

    id: str
    number: int
    title: str
    body: str
    author: Actor | None
    opened_at: datetime
    is_open: bool
    labels: frozenset[str]
    facts: tuple[Fact, ...]
    me: str
    now: datetime
    cursor: str | None = None
    body_edited_at: datetime | None = None
    url: str = ""
    parent: int | None = None
    locked: bool = False
    earlier: Earlier | None = None
    commented: int | None = None
    association: str = ""
    assignees: tuple[Actor, ...] = ()

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Issue({self.number})"

    @property
    def row(self) -> tuple[Fact, ...]:
        """What grows while a run goes on: its facts."""
        return self.facts

    def of(self, kind: type[F]) -> tuple[F, ...]:
        """Return the facts of exactly that kind, in order."""
        return _kinds(self).get(kind, ())  # type: ignore[return-value]  # each stands under its own

    def comments(self) -> tuple[Commented, ...]:
        """Return the comments, in order."""
        return self.of(Commented)

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Everybody who did something here, each as GitHub called them then."""
        return tuple(_actors(self))

    @property
    def space(self) -> int:
        """How many more comments it takes."""
        return left(len(self.comments()))

    @property
    def unreadable(self) -> int:
        """How many of the facts can't be read."""
        return len(self.of(Unreadable))

    def is_me(self, actor: Actor | None) -> bool:
        """Whether an account is the bot's own, in whatever form its id is."""
        return actor is not None and same_account(actor.id, self.me)

    def is_mine(self, fact: Fact) -> bool:
        """Whether the bot itself did it."""
        return self.is_me(fact.by)

    def newest_edit(self) -> datetime | None:
        """Return when somebody else than the bot last edited a comment, None if nobody did."""
        edits = (one.edited_at for one in self.comments() if one.edited_at and not self._edited_by_me(one))
        return max(edits, default=None)

    def _edited_by_me(self, comment: Commented) -> bool:
        """Whether the bot last edited a comment: it is named, or nobody is and the comment is its own."""
        return self.is_me(comment.edited_by) or (self.is_mine(comment) and not comment.edited_by_another)

    @property
    def unread(self) -> tuple[Unreadable, ...]:
        """What a later read may show: somebody may wait there for an answer."""
        return tuple(one for one in self.of(Unreadable) if not one.lasting)

    @property
    def may_miss_ours(self) -> bool:
        """Whether a comment of our own may be among what can't be read: GitHub counts more than it shows."""
        doubtful = any(not one.named or self.is_mine(one) for one in self.unread)
        return doubtful and (self.commented is None or self.commented > len(self.comments()))

    def newest_by_person(self) -> str | None:
        """Return the id of the newest fact that isn't the bot's own, None if there is none.

        The opening and edits of the body are left out: they are no timeline items, and the
        listing shows them by other fields; and so is what GitHub gives no id, for no listing shows it.
        """
        for fact in reversed(self.facts):
            if isinstance(fact, Opened | BodyEdited) or (isinstance(fact, Unreadable) and not fact.named):
                continue
            if not self.is_mine(fact):
                return fact.id
        return None


@grows(dict[type[Fact], tuple[Fact, ...]])
def _kinds(
    issue: Issue, known: dict[type[Fact], tuple[Fact, ...]], news: tuple[Fact, ...]
) -> dict[type[Fact], tuple[Fact, ...]]:
    found: dict[type[Fact], list[Fact]] = {}
    for fact in news:
        found.setdefault(type(fact), []).append(fact)
    return {**known, **{kind: (*known.get(kind, ()), *facts) for kind, facts in found.items()}}


@grows(dict[Actor, None])
def _actors(issue: Issue, known: dict[Actor, None], news: tuple[Fact, ...]) -> dict[Actor, None]:
    return {**known, **dict.fromkeys(fact.by for fact in news if fact.by is not None)}


class Tail(msgspec.Struct, frozen=True, kw_only=True):
    """What came after an earlier read: the newer facts, and the fields that change."""

    facts: tuple[Fact, ...]
    cursor: str | None
    now: datetime
    labels: frozenset[str]
    is_open: bool
    title: str
    body: str
    body_edited_at: datetime | None
    body_edit: BodyEdited | None = None
    locked: bool = False
    commented: int | None = None
    assignees: tuple[Actor, ...] = ()

    def __repr__(self) -> str:
        """Show no words."""
        return f"Tail({len(self.facts)} facts)"


LISTED_LABELS = 20
"""How many labels of an issue a listing shows at most."""


class Item(NamedTuple):
    """An item of a timeline in a listing: its node id, whether it is our own, and the id of whose it is."""

    id: str
    ours: bool
    by: str = ""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One issue in a listing: just enough to know whether a run has to look at it.

    `by` is the id of who opened it, "" where that isn't known. `tail` holds the newest timeline items,
    newest last; `whole` says that these are all there are. `card` is the text of the bot's card, if it was
    among the first comments. `labels`: the first of its labels, None where GitHub doesn't say.
    `comments`: how many it has, of the 2,500 that it can have. `edited_at`: when a person last edited one
    of the newest comments, None if none was.
    """

    id: str
    number: int
    is_open: bool
    labels: frozenset[str] | None
    updated_at: datetime
    body_edited_at: datetime | None
    card: str | None
    tail: tuple[Item, ...]
    whole: bool
    by: str = ""
    locked: bool = False
    comments: int = 0
    edited_at: datetime | None = None

    @property
    def is_incident(self) -> bool | None:
        """Whether it has no label of an issue below another, None where GitHub doesn't say."""
        return None if self.labels is None else self.labels.isdisjoint(CHILDREN)

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Listed({self.number})"


ROOM = "room-"
"""How the name of every room begins."""


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets into a room: the logins of those who are in, and of those who are invited and haven't come.

    `expired` are those whose invitation has run out. `exists`: the room is there. `accounts`: the node ids of
    all of them, by login.
    """

    exists: bool = True
    inside: frozenset[str] = frozenset()
    invited: frozenset[str] = frozenset()
    expired: frozenset[str] = frozenset()
    accounts: Mapping[str, str] = msgspec.field(default_factory=dict)

    def login_of(self, account: str) -> str:
        """Return the login that an account has now, "" where it isn't among them."""
        return next((login for login, one in self.accounts.items() if same_account(one, account)), "")

    def __repr__(self) -> str:
        """Show no name."""
        return f"Access({self.exists}, {len(self.inside)} inside)"


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a listing, and the cursors of the next: None where there is none.

    `labels` names up to 100 labels of the repository, where the page came with them. `unreadable` counts
    the issues that GitHub left out, or that can't be understood: nothing is known of them.
    """

    issues: tuple[Listed, ...]
    now: datetime
    next_open: str | None = None
    next_closed: str | None = None
    labels: frozenset[str] = frozenset()
    unreadable: int = 0

    def __repr__(self) -> str:
        """Show the issues by their numbers only: people name labels."""
        return f"Page({self.issues})"


def label_name(name: str) -> str:
    """Return a label's name as the processes spell it: to GitHub, names are one in any case of letters.

    The rest is a community's own, and stays as it is written.
    """
    folded = name.casefold()
    return folded if folded.startswith(STATE_PREFIX) or folded in CHILDREN else name


def extended(issue: Issue, tail: Tail) -> Issue:
    """Return the issue as it stands after the tail was read; known facts aren't taken twice."""
    known = {fact.id for fact in issue.facts}
    news: list[Fact] = [fact for fact in tail.facts if fact.id not in known]
    if tail.body_edit is not None and tail.body_edit.id not in known:
        news.append(tail.body_edit)
    after = msgspec.structs.replace(
        issue,
        facts=issue.facts + tuple(news),
        cursor=tail.cursor or issue.cursor,
        now=tail.now,
        labels=tail.labels,
        is_open=tail.is_open,
        title=tail.title,
        body=tail.body,
        body_edited_at=tail.body_edited_at,
        locked=tail.locked,
        commented=tail.commented,
        assignees=tail.assignees,
    )
    return grown(after, issue)


def sha256(text: str) -> str:
    """Return the hex digest by which a record names words without holding them."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
