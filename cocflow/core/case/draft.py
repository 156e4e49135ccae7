"""Words that wait to be approved: what a drafted move says, as each reader would get it.

Owns the one draft that a case can have, and what becomes of it. A draft is bound to its words and to all
that its letters depend on (`basis`): who is in the case, how they are reached, what may be shared. What
changes any of that voids the approvals, and the draft is shown anew.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from cocflow.core.case.accounts import same_account
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Time, Words

Overdue: TypeAlias = Literal["", "outside", "one"]
"""What became of it that too few agree: nothing yet, the outside contact was told, one voice suffices."""


class Approval(msgspec.Struct, frozen=True):
    """Who approved (a node id), and on what basis the letters stood then."""

    by: str
    basis: str = ""


class Objection(msgspec.Struct, frozen=True):
    """Who objects (a node id), and where it stands why."""

    by: str
    words: Words


class Draft(Part, frozen=True, kw_only=True, tag="draft"):
    """The draft: of which move, since when and by whom; what those asked said, and who approved.

    `basis` is "" in a draft that a version before 1.1 recorded: it is bound to its words only.
    `asked` says that the time of those who have said nothing is over. `first` is since when these words
    wait, however often the letters were shown anew; `overdue`, what became of it that too few agree to them.
    `about`: the keys of those of whom they decide something.
    """

    words: Words = Words("", "")
    by: str = ""
    move: str = ""
    basis: str = ""
    since: Time | None = None
    answers: dict[str, bool] = msgspec.field(default_factory=dict)
    asked: bool = False
    approvals: tuple[Approval, ...] = ()
    objections: tuple[Objection, ...] = ()
    first: Time | None = None
    overdue: Overdue = ""
    about: tuple[str, ...] = ()

    @property
    def waits_since(self) -> Time | None:
        """Since when the words wait; of a draft that an earlier version recorded, since it was shown last."""
        return self.first or self.since

    def objects(self, actor_id: str) -> bool:
        """Whether whoever that is objects."""
        return any(same_account(one.by, actor_id) for one in self.objections)

    def approved_by(self) -> frozenset[str]:
        """Return who approved the letters as they stand (node ids)."""
        return frozenset(one.by for one in self.approvals if one.basis == self.basis)


class Drafted(Change, frozen=True, kw_only=True, tag="post_drafted"):
    """The words of a comment wait to be approved. A draft before it is void.

    The same words on another basis: the letters were shown anew, what was answered about them stands; but
    not how long they have waited, if they are `about` other people (keys) now.
    `moots`: nobody is asked about the words before any more, which earlier versions went on with.
    (The tags of this module are those of the first version, which drafted posts only.)
    """

    words: Words
    by: str
    move: str = ""
    basis: str = ""
    moots: bool = False
    about: tuple[str, ...] = ()

    def apply(self, progress: Progress, record: Record) -> None:
        """Begin the draft, or show it anew."""
        old = progress.newest(Draft)
        if self.moots and old is not None and old.words != self.words:
            _ask_no_more(progress, old)
        again = old if old is not None and old.words == self.words and self.basis else Draft()
        if again.about != self.about:
            again = msgspec.structs.replace(again, first=None, since=None, overdue="")
        progress.keep(
            Draft(
                words=self.words,
                by=self.by,
                move=self.move,
                basis=self.basis,
                since=record.at,
                answers=again.answers,
                objections=again.objections,
                first=again.waits_since or record.at,
                overdue=again.overdue,
                about=self.about,
            )
        )

    def words_told(self, before: Progress) -> Words | None:
        """Those who are asked are asked about these words."""
        return self.words


class DraftAnswered(Change, frozen=True, kw_only=True, tag="post_answered"):
    """What somebody concerned says to the draft. `to` is their key in the case."""

    to: str
    yes: bool
    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep the newest answer of each."""
        if (draft := progress.newest(Draft)) is not None:
            progress.keep(msgspec.structs.replace(draft, answers={**draft.answers, self.to: self.yes}))


class DraftApproved(Change, frozen=True, kw_only=True, tag="post_approved"):
    """Somebody with a say lets the letters go out as they were shown, on that basis."""

    by: str = ""
    basis: str = ""

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep the approval."""
        if (draft := progress.newest(Draft)) is not None:
            by = self.by or record.by or ""
            approvals = (*draft.approvals, Approval(by, self.basis))
            objections = tuple(one for one in draft.objections if not same_account(one.by, by))
            progress.keep(msgspec.structs.replace(draft, approvals=approvals, objections=objections))


class DraftObjected(Change, frozen=True, kw_only=True, tag="draft_objected"):
    """Somebody with a say doesn't want the draft as it is, for the reason that these words give."""

    by: str
    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep the newest objection of each, and no yes of theirs."""
        if (draft := progress.newest(Draft)) is not None:
            others = tuple(one for one in draft.objections if not same_account(one.by, self.by))
            approvals = tuple(one for one in draft.approvals if not same_account(one.by, self.by))
            objections = (*others, Objection(self.by, self.words))
            progress.keep(msgspec.structs.replace(draft, objections=objections, approvals=approvals))


class AgreementMissed(Change, frozen=True, kw_only=True, tag="agreement_missed"):
    """Too few have agreed to the draft for so long that this follows."""

    follows: Overdue

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep it, for as long as these words wait."""
        if (draft := progress.newest(Draft)) is not None:
            progress.keep(msgspec.structs.replace(draft, overdue=self.follows))


class DraftDropped(Change, frozen=True, kw_only=True, tag="post_dropped"):
    """The draft is none any more: it went out, or was stopped. `moots`: nobody is asked about it any more."""

    sent: bool
    moots: bool = False

    def apply(self, progress: Progress, record: Record) -> None:
        """Forget the draft; a stopped one's words go to nobody any more, if they were on their way."""
        draft = progress.newest(Draft)
        progress.forget(Draft)
        if not self.sent:
            progress.told.update(one.id for one in progress.owed() if one.to == "community")
            if self.moots and draft is not None:
                _ask_no_more(progress, draft)

    def words_told(self, before: Progress) -> Words | None:
        """What goes out are the draft's words."""
        draft = before.newest(Draft)
        return draft.words if draft is not None and self.sent else None


def _ask_no_more(progress: Progress, draft: Draft) -> None:
    """Ask nobody about words that wait no more."""
    progress.told.update(one.id for one in progress.owed() if one.words == draft.words)


class SilenceCounted(Change, frozen=True, kw_only=True, tag="silence"):
    """Who has said nothing to the draft counts as asked from now on."""

    def apply(self, progress: Progress, record: Record) -> None:
        """Wait for nobody any more."""
        if (draft := progress.newest(Draft)) is not None:
            progress.keep(msgspec.structs.replace(draft, asked=True))
