"""What happened on an issue, in the past tense, as one read of its timeline shows it.

Owns the shapes of facts and of a whole read. Refuses to judge: who may ask for what is
`decide.py`'s, which comments are receipts is `ledger.py`'s.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec


class Actor(msgspec.Struct, frozen=True):
    """Whoever did something. `login` is as GraphQL gives it, so a bot's lacks its `[bot]`."""

    id: str
    login: str
    bot: bool = False

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


class Commented(Fact, frozen=True, kw_only=True):
    """Somebody commented; `body` is the comment's present text, edited or not."""

    body: str
    database_id: int
    edited_at: datetime | None = None
    edited_by: Actor | None = None

    @property
    def unchanged_since(self) -> datetime:
        """Since when it has said what it says now."""
        return self.edited_at or self.at

    @property
    def edited_by_another(self) -> bool:
        """Whether the words may be somebody else's than the author's."""
        return self.edited_at is not None and (
            self.by is None or self.edited_by is None or self.edited_by.id != self.by.id
        )


class Labeled(Fact, frozen=True, kw_only=True):
    """A label was put on."""

    label: str


class Unlabeled(Fact, frozen=True, kw_only=True):
    """A label was taken off. Never a request."""

    label: str


class Closed(Fact, frozen=True, kw_only=True):
    """The issue was closed."""


class Reopened(Fact, frozen=True, kw_only=True):
    """The issue was reopened."""


class CommentDeleted(Fact, frozen=True, kw_only=True):
    """Some comment was deleted; GitHub doesn't say which."""


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """One issue as one moment's read shows it, with every fact so far in GitHub's order.

    `me` is the node id of the account that asks (the bot), `now` the `Date` of GitHub's answer,
    `cursor` where a later read of the tail goes on, `parent` the number of the issue that it is a
    sub-issue of.
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

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Issue({self.number})"

    def comments(self) -> tuple[Commented, ...]:
        """Return the comments, in order."""
        return tuple(fact for fact in self.facts if isinstance(fact, Commented))

    def is_mine(self, fact: Fact) -> bool:
        """Whether the bot itself did it."""
        return fact.by is not None and fact.by.id == self.me

    def newest_by_person(self) -> str | None:
        """Return the id of the newest fact that isn't the bot's own, None if there is none.

        The opening and edits of the body are left out: they are no timeline items, and the
        listing shows them by other fields.
        """
        for fact in reversed(self.facts):
            if not self.is_mine(fact) and not isinstance(fact, Opened | BodyEdited):
                return fact.id
        return None


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

    def __repr__(self) -> str:
        """Show no words."""
        return f"Tail({len(self.facts)} facts)"


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One issue in a listing: just enough to know whether a run has to look at it.

    `tail` holds the newest timeline items as (node id, done by the bot), newest last;
    `whole` says that these are all there are. `card` is the text of the bot's card, if it was
    among the first comments.
    """

    id: str
    number: int
    is_open: bool
    is_suspension: bool
    updated_at: datetime
    body_edited_at: datetime | None
    card: str | None
    tail: tuple[tuple[str, bool], ...]
    whole: bool

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Listed({self.number})"


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a listing, and the cursors of the next: None where there is none.

    `labels` names up to 100 labels of the repository, where the page came with them.
    """

    issues: tuple[Listed, ...]
    now: datetime
    next_open: str | None = None
    next_closed: str | None = None
    labels: frozenset[str] = frozenset()


def extended(issue: Issue, tail: Tail) -> Issue:
    """Return the issue as it stands after the tail was read; known facts aren't taken twice."""
    known = {fact.id for fact in issue.facts}
    news: list[Fact] = [fact for fact in tail.facts if fact.id not in known]
    if tail.body_edit is not None and tail.body_edit.id not in known:
        news.append(tail.body_edit)
    return msgspec.structs.replace(
        issue,
        facts=issue.facts + tuple(news),
        cursor=tail.cursor or issue.cursor,
        now=tail.now,
        labels=tail.labels,
        is_open=tail.is_open,
        title=tail.title,
        body=tail.body,
        body_edited_at=tail.body_edited_at,
    )


def sha256(text: str) -> str:
    """Return the hex digest by which a record names words without holding them."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
