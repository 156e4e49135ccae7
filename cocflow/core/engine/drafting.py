"""Drafted moves: their words are shown as each reader will get them, and go out once they are approved.

Owns when a draft is shown, shown anew, and sent. An approval is bound to what the letters depend on, so
another party, address or consent has the draft shown, and approved, again.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.acts import ACTS
from cocflow.core.acts.consent import shown_under
from cocflow.core.acts.draft import basis, drafted_move, is_approved, silent
from cocflow.core.acts.hearing import awaits_hearing, unheard, why_unheard
from cocflow.core.case.accounts import same_account
from cocflow.core.case.act import Ask
from cocflow.core.case.case import Case
from cocflow.core.case.draft import Draft, DraftDropped, Drafted
from cocflow.core.case.facts import Actor, Commented, Fact
from cocflow.core.case.ids import ByItself
from cocflow.core.case.progress import Record
from cocflow.core.case.records import Owed, Words
from cocflow.core.case.voices import decided_about
from cocflow.core.engine.decision import PING, Decision, changes_of, done, new_record, owed_by
from cocflow.core.process import Move, Role

LONGEST_DRAFT = 10_000
"""Characters of a comment whose words are drafted: a letter of it, quoted, fits into one comment of ours."""

TOO_LONG = f"What is drafted is shown to those who approve it, so write it in {LONGEST_DRAFT:,} characters."


def too_long(ask: Ask) -> str | None:
    """Refuse words that couldn't be shown whole: nobody approves what they haven't seen."""
    fact = ask.fact
    return TOO_LONG if isinstance(fact, Commented) and len(fact.body) > LONGEST_DRAFT else None


def drafted(case: Case, move: Move, ask: Ask, fact: Fact) -> Decision:
    """Return the decision that shows the words of a request, and asks those who are asked first."""
    return _shown(case, move, ask.words, fact.id, ask, fact.by)


def by_itself(case: Case) -> Decision | None:
    """Return what becomes of the present draft by itself: it is shown anew, or sent; None if neither."""
    draft, move, last = case.progress.newest(Draft), drafted_move(case), case.ledger.last
    if draft is None or move is None or last is None or case.progress.state not in move.from_:
        return None
    ask = _asked(case, draft)
    if ask.command is None:
        return None  # the words have changed since: nobody gets them
    of = str(ByItself(move.name, last.record.n))
    if draft.basis and draft.basis != _basis(case, move, draft.words):
        return _shown(case, move, draft.words, of, ask, None)
    if (
        unheard(case)
        or silent(case)
        or not is_approved(case)
        or ACTS.refusal(case, move.guards, ask) is not None
    ):
        return None
    changes = (DraftDropped(sent=True), *changes_of(case, move, ask))
    author = case.actor(draft.by)
    sent = done(case, of, ask.at, move_without_reply(move), changes, move.notices, cause=author)
    owed = tuple(_as_shown(case, one) for one in sent.record.owed)
    return msgspec.structs.replace(sent, record=msgspec.structs.replace(sent.record, owed=owed))


def _as_shown(case: Case, owed: Owed) -> Owed:
    """Return a notice bound to the consent under which its words were shown."""
    return owed if owed.words is None else msgspec.structs.replace(owed, under=shown_under(case))


def of_another(case: Case, asker: str) -> bool:
    """Whether words wait that another account (not that node id's) drafted."""
    draft, move = case.progress.newest(Draft), drafted_move(case)
    waits = draft is not None and move is not None and case.progress.state in move.from_
    if draft is None or not waits or case.command(draft.words) is None:
        return False
    return not same_account(draft.by, asker)


def held_back(case: Case, approver: str, at: datetime) -> str | None:
    """Return why the present draft can't go out with that approval (a node id) then; None if it can.

    What its author may say, whoever approves it must be able to say too: else two would get around a rule
    that holds for each of them.
    """
    draft, move = case.progress.newest(Draft), drafted_move(case)
    if draft is None or move is None:
        return None
    if awaits_hearing(case):
        return why_unheard(case)
    ask = msgspec.structs.replace(_asked(case, draft), at=at)
    reason = ACTS.refusal(case, move.guards, ask)
    return reason or ACTS.refusal(case, move.guards, msgspec.structs.replace(ask, asker=approver))


def move_without_reply(move: Move) -> Move:
    """Return a move as it happens by itself: nobody asked, so nobody is answered."""
    return msgspec.structs.replace(move, reply=None)


def _shown(case: Case, move: Move, words: Words, of: str, ask: Ask, asker: Actor | None) -> Decision:
    by = ask.asker or ""
    basis_ = _basis(case, move, words)
    about = decided_about(case, words)
    change = Drafted(words=words, by=by, move=move.name, basis=basis_, moots=True, about=about)
    known = case.progress.newest(Draft)
    again = known is not None and known.words == words
    asks = tuple(move.drafted.asks) if move.drafted is not None else ()
    roles: frozenset[Role] = ask.roles
    would = _would(case, move, ask, change)
    letters = tuple(one for one in would.owed if one.notice != PING)
    decision = done(case, of, ask.at, move, (change,), asks, asker=asker, roles=roles, shows=letters)
    decision = msgspec.structs.replace(decision, would=would, voids=known is not None and not again)
    if not again or known is None:
        return decision
    # Whoever has answered these very words isn't asked about them twice.
    owed = tuple(one for one in decision.record.owed if one.to not in known.answers)
    return msgspec.structs.replace(decision, record=msgspec.structs.replace(decision.record, owed=owed))


def _would(case: Case, move: Move, ask: Ask, change: Drafted) -> Record:
    """Return the record by which it would go out, if it did now."""
    showing = case.after(new_record(case, "", ask.at, changes=(change,)))
    changes = (DraftDropped(sent=True), *changes_of(showing, move, ask))
    record = new_record(showing, "", ask.at, changes=changes)
    return msgspec.structs.replace(record, owed=owed_by(showing, record, showing.after(record), move.notices))


def _asked(case: Case, draft: Draft) -> Ask:
    """Return what the draft's author asked for, as of now."""
    last = case.ledger.last
    fact = case.comments.get(draft.words.fact)
    return Ask(
        at=last.record.at if last is not None else case.issue.now,
        roles=frozenset({"administrator"}),
        command=case.command(draft.words),
        asker=draft.by,
        fact=fact,
    )


def _basis(case: Case, move: Move, words: Words) -> str:
    """Return what the letters depend on; a case that has left the move's states and come back is another.

    So is one whose process has come to tell others, and one for which one voice suffices since: it says so.
    """
    told, known = sorted(move.notices), case.progress.newest(Draft)
    late = " late" if known is not None and known.words == words and known.overdue == "one" else ""
    return basis(case, words.sha, f"{ACTS.basis(case)} {case.progress.since_in(move.from_)} {told}{late}")
