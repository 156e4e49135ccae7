"""Words that wait to be approved: what a drafted move says, as each reader would get it.

Owns the one draft that a case can have, and what becomes of it. A draft is bound to its words and to all
that its letters depend on (`basis`): who is in the case, how they are reached, what may be shared. What
changes any of that voids the approvals, and the draft is shown anew.
"""

from __future__ import annotations

import msgspec

from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Time, Words


class Approval(msgspec.Struct, frozen=True):
    """Who approved (a node id), and on what basis the letters stood then."""

    by: str
    basis: str = ""


class Draft(Part, frozen=True, kw_only=True, tag="draft"):
    """The draft: of which move, since when and by whom; what those asked said, and who approved.

    `basis` is "" in a draft that a version before 1.1 recorded: it is bound to its words only.
    `asked` says that the time of those who have said nothing is over; `anew`, that nobody asked for it to
    be shown as it is.
    """

    words: Words = Words("", "")
    by: str = ""
    move: str = ""
    basis: str = ""
    since: Time | None = None
    answers: dict[str, bool] = msgspec.field(default_factory=dict)
    asked: bool = False
    anew: bool = False
    approvals: tuple[Approval, ...] = ()

    def approved_by(self) -> frozenset[str]:
        """Return who approved the letters as they stand (node ids)."""
        return frozenset(one.by for one in self.approvals if one.basis == self.basis)


class Drafted(Change, frozen=True, kw_only=True, tag="post_drafted"):
    """The words of a comment wait to be approved. A draft before it is void.

    The same words on another basis: the letters were shown anew, what was answered about them stands.
    `moots`: nobody is asked about the words before any more, which earlier versions went on with.
    (The tags of this module are those of the first version, which drafted posts only.)
    """

    words: Words
    by: str
    move: str = ""
    basis: str = ""
    anew: bool = False
    moots: bool = False

    def apply(self, progress: Progress, record: Record) -> None:
        """Begin the draft, or show it anew."""
        old = progress.newest(Draft)
        answers = old.answers if old is not None and old.words == self.words and self.basis else {}
        if self.moots and old is not None and old.words != self.words:
            _ask_no_more(progress, old)
        progress.keep(
            Draft(
                words=self.words,
                by=self.by,
                move=self.move,
                basis=self.basis,
                since=record.at,
                answers=answers,
                anew=self.anew,
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
            approvals = (*draft.approvals, Approval(self.by or record.by or "", self.basis))
            progress.keep(msgspec.structs.replace(draft, approvals=approvals))


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
