"""Drafts: what those concerned say to words that wait, and who approves that they go out.

Owns the rules of any move that is `drafted`: who is asked, who has been silent long enough, whose approval
counts. The words themselves belong to the subject of the move.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from cocflow.core.acts.consent import Consent, consent, silence_is_consent
from cocflow.core.acts.report import in_their_name
from cocflow.core.case.act import Act, Ask, Guard, Instant, Needed, Recorder
from cocflow.core.case.addressed import Addressed
from cocflow.core.case.case import Case
from cocflow.core.case.draft import Draft, DraftAnswered, DraftApproved, DraftDropped, Drafted, SilenceCounted
from cocflow.core.case.grammar import command_word
from cocflow.core.case.heads import stated
from cocflow.core.case.progress import Change
from cocflow.core.case.voices import agreeing, asked_for
from cocflow.core.people.roster import Administrator
from cocflow.core.process import KINDS, Drafting, Move
from cocflow.core.text.when import format_when

CHANGED = "The words were changed since they were shown, so nobody gets them. Write the command anew."
NOT_QUOTED = "A yes is the reporter's to say. Quote their words below the command, behind `>`."
NOTHING_ASKED = "Nothing waits for your yes or no."
ONE_SUFFICES = "one_suffices"
"""What a timer keeps from which on one voice suffices, as too few have agreed for too long."""

NO_DRAFT = "There is no draft to {what}. A draft is made with {commands}."


def drafted_move(case: Case) -> Move | None:
    """Return the move whose words wait, None if none do. Drafts before 1.1 name none: their command does."""
    draft = case.progress.newest(Draft)
    if draft is None:
        return None
    comment = case.comments.get(draft.words.fact)
    word = command_word(comment.body, case.subjects.grammar) if comment is not None else ""
    moves = [move for move in case.process.moves if move.drafted is not None]
    named = next((move for move in moves if move.name == draft.move), None)
    return named or next((move for move in moves if move.command == word), None)


def drafting(case: Case) -> Drafting:
    """Return how the present draft is approved."""
    move = drafted_move(case)
    return move.drafted if move is not None and move.drafted is not None else Drafting()


def lost_by_closing(case: Case) -> bool:
    """Whether words wait to be approved here that couldn't be any more in a state that is final."""
    draft, move = case.progress.newest(Draft), drafted_move(case)
    if draft is None or case.command(draft.words) is None:
        return False
    if move is None or case.progress.state not in move.from_:
        return False
    return not any(state.final for state in case.process.states if state.name in move.from_)


def concerned(case: Case) -> tuple[str, ...]:
    """Return the keys of those who are asked before the present draft goes out."""
    roles = [notice.partition("/")[0] for notice in drafting(case).asks]
    return tuple(one.key for role in roles for one in case.people if one.role == role)


def judges(case: Case) -> tuple[Administrator, ...]:
    """Return the administrators who may approve the present draft: whom its move keeps out, may not."""
    move = drafted_move(case)
    return case.subjects.let(case, move.guards) if move is not None else case.eligible


def _others(case: Case, draft: Draft) -> tuple[Administrator, ...]:
    """Return who may approve a draft besides its author."""
    author = case.administrator_of(draft.by)
    return tuple(one for one in judges(case) if one != author)


def silent(case: Case) -> tuple[str, ...]:
    """Return the keys of those who have said nothing about the draft, and are waited for.

    That is for a time; but for the reporter for ever, unless they let the community know themself.
    """
    draft = case.progress.newest(Draft)
    if draft is None:
        return ()
    keys = tuple(key for key in concerned(case) if key not in draft.answers)
    if not draft.asked:
        return keys
    return tuple(key for key in keys if key == "reporter" and not silence_is_consent(case))


def against(case: Case) -> tuple[str, ...]:
    """Return the keys of those who said no to the draft."""
    draft = case.progress.newest(Draft)
    return tuple(key for key, yes in draft.answers.items() if not yes) if draft is not None else ()


def approvers(case: Case) -> tuple[str, ...]:
    """Return the names of those whose approval the draft lacks; empty if it lacks none."""
    draft = case.progress.newest(Draft)
    if draft is None or is_approved(case):
        return ()
    could = (_others(case, draft) or judges(case)) if takes_another(case) else judges(case)
    agree = agreeing(case, draft) if voices(case) > 1 and takes_another(case) else ()
    have = {case.administrator_of(one) for one in (*draft.approved_by(), *agree) if one}
    lacking = tuple(one.shown() for one in could if one not in have)
    if lacking or lacks_voices(case):  # of an appeal's answer there may be nobody whom it lacks
        return lacking
    return tuple(one.shown() for one in could)  # one tap more, by whom ever


def several(case: Case) -> int:
    """Return how many voices the outcomes of the present draft take; 1 where none takes more."""
    draft = case.progress.newest(Draft)
    return asked_for(case, drafted_move(case), draft.words) if draft is not None else 1


def voices(case: Case) -> int:
    """Return how many voices the present draft takes now: waited for too long, one will do."""
    draft = case.progress.newest(Draft)
    return 1 if draft is not None and draft.overdue == "one" else several(case)


def lacks_voices(case: Case) -> bool:
    """Whether the present draft can be sent here, and waits for somebody else to agree to its outcomes."""
    draft = case.progress.newest(Draft)
    if draft is None or not waits_here(case) or case.command(draft.words) is None:
        return False
    return len(agreeing(case, draft)) < voices(case) and voices(case) > 1


def one_voice_from(case: Case) -> datetime | None:
    """Return from when one voice suffices for a draft that lacks voices; None for never."""
    draft = case.progress.newest(Draft)
    after = next((one.after for one in case.process.timers if ONE_SUFFICES in one.records), None)
    span = case.waiting_period(after) if after is not None else None
    since = draft.waits_since if draft is not None else None
    return since + span if since is not None and span is not None else None


def alone_from(case: Case) -> str:
    """Say that nobody else may agree to a draft, and from when that isn't needed."""
    at = one_voice_from(case)
    then = (
        f" From {format_when(at, case.community.zone)} one voice is enough, and the letter says so."
        if at
        else ""
    )
    return f"Nobody else may agree: they have a part in what is appealed.{then}"


def takes_another(case: Case) -> bool:
    """Whether somebody else than its author has to approve the present draft."""
    by = drafting(case).approved_by
    return by == "another" or (by == "anybody" and voices(case) > 1)


def is_approved(case: Case) -> bool:
    """Whether as many approved the draft, as it stands, as the process asks for and there are.

    Where nobody has a say nothing is approved. Where nobody else has one, the author approves it, having seen
    what each reader gets.
    """
    draft = case.progress.newest(Draft)
    if draft is None or not case.eligible or awaits_second_tap(case):
        return False
    have, by = _have_approved(case, draft), drafting(case).approved_by
    if (needed := voices(case)) > 1 and len(agreeing(case, draft)) < needed:
        return False
    if by == "another":
        return any(case.is_another(one, draft.by) for one in have) if _others(case, draft) else bool(have)
    different = {case.administrator_of(one) for one in have}
    return len(different) >= (1 if by == "anybody" else min(by, len(judges(case))))


TAPS = 2
"""How often a draft is approved whose letters tell somebody of a report of which nothing may be shared."""


def told_of_report(case: Case) -> tuple[str, ...]:
    """Return the keys of those to whom the present draft tells how it ended, without the reporter's consent.

    Such a letter tells them that there was a report.
    """
    draft = case.progress.newest(Draft)
    command = case.command(draft.words) if draft is not None else None
    if not isinstance(command, Addressed) or consent(case).level != "none":
        return ()
    told = (
        one for one in stated(case, command).heads if one.person is not None and one.person.role == "party"
    )
    known = ((one.person, case.process.outcomes.get(one.outcome)) for one in told)
    return tuple(
        person.key for person, one in known if person is not None and one is not None and not one.asked_only
    )


def awaits_second_tap(case: Case) -> bool:
    """Whether the draft has to be approved once more: its letters tell somebody of the report."""
    draft = case.progress.newest(Draft)
    if draft is None or not told_of_report(case):
        return False
    return sum(one.basis == draft.basis for one in draft.approvals) < TAPS


def _have_approved(case: Case, draft: Draft) -> frozenset[str]:
    """Return who approved the letters as they stand and has a say still (node ids).

    An approval that a version before 1.1 recorded in a checkpoint names nobody, so it counts for nobody.
    """
    return frozenset(one for one in draft.approved_by() if one and case.administrator_of(one) in judges(case))


def basis(case: Case, words_sha: str, other: str) -> str:
    """Return the digest of all that the letters of a draft depend on.

    That is the words, the consent, the people and their addresses, and the texts around the words: the
    templates, and what they say of the community.
    """
    people = ((one.key, one.name, one.login, one.mail, one.slack) for one in case.people)
    ours = case.community
    around = (case.wording, ours.name, ours.code_of_conduct, ours.rules_channel, ours.outside_contact)
    said = (words_sha, other, tuple(people), around, ours.appeals)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def shown_at(case: Case) -> datetime | None:
    """Return when the present draft was shown, or taken over by a checkpoint; None if it wasn't yet."""
    for entry in reversed(case.ledger.counted):
        drafted = any(isinstance(change, Drafted) for change in entry.record.changes)
        if drafted or entry.record.snapshot is not None:
            comment = case.comments.get(entry.id)
            return comment.at if comment is not None else None
    return None


def answering(case: Case, ask: Ask) -> str | None:
    """Return whose answer about the draft this is: who is named, else who writes; None if nobody's."""
    if not isinstance(ask.command, Consent) or ask.command.level is not None:
        return None
    named = ask.command.name
    if named is not None:
        if "administrator" not in ask.roles:
            return None
        if named.casefold() == "reporter":
            return "reporter"
        others = (one for one in case.people if one.role != "reporter")
        return next((one.key for one in others if one.name.casefold() == named.casefold()), None)
    if "reporter" in ask.roles:
        return "reporter"
    if ask.writer is not None:
        return ask.writer
    asker = case.actor(ask.asker or "")
    mine = (one.key for one in case.people if asker is not None and case.is_account_of(one, asker))
    return next(mine, None)


def waits_here(case: Case) -> bool:
    """Whether there is a draft that can be sent in this state."""
    move = drafted_move(case)
    return move is not None and case.progress.state in move.from_


def _is_asked_about(case: Case) -> bool:
    """Whether there is a draft about which people are asked."""
    return case.progress.newest(Draft) is not None and bool(drafting(case).asks)


def draft_answer(case: Case, ask: Ask) -> str | None:
    """Refuse an answer to nothing, or by nobody whom it concerns."""
    if case.progress.newest(Draft) is None:
        return _no_draft(case, "answer about") if "administrator" in ask.roles else NOTHING_ASKED
    if answering(case, ask) is None:
        return "Say who answers: `reporter`, or a name as it was given to `/party` or `/suspend`."
    if answering(case, ask) != "reporter" or "reporter" in ask.roles:
        return None
    quoted = isinstance(ask.command, Consent) and (ask.command.quote or not ask.command.yes)
    return in_their_name(case, ask) or (None if quoted else NOT_QUOTED)


def _level(case: Case, ask: Ask) -> str | None:
    """Return what the reporter may mean who answers to nothing: what may be shared of the report."""
    if not isinstance(ask.command, Consent) or "reporter" not in ask.roles:
        return None
    if case.progress.newest(Draft) is not None:
        return None
    return "/consent <parties or community>" if ask.command.yes else "/consent none"


def draft_waits(case: Case, ask: Ask) -> str | None:
    """Refuse where no words wait for nothing but an approval.

    Of those that people are asked about first, it is told when nobody is waited for any more; and what takes
    the agreement of others is told by another timer.
    """
    draft, move = case.progress.newest(Draft), drafted_move(case)
    there = draft is not None and case.command(draft.words) is not None
    here = move is not None and case.progress.state in move.from_ and not drafting(case).asks
    return None if there and here and not lacks_voices(case) else "No words wait to be approved."


def unready(case: Case, ask: Ask, what: str, again: str) -> str | None:
    """Refuse to judge (`what`) a draft that there isn't, or that wasn't shown yet as it stands."""
    draft = case.progress.newest(Draft)
    if draft is None:
        return _no_draft(case, what)
    if not waits_here(case):
        return f"What waits can't be sent while this is {case.progress.state}."
    shown = shown_at(case)
    if shown is None or ask.at < shown:
        return f"What each of them would get was shown only after that. Read it, and {again} again."
    return CHANGED if case.command(draft.words) is None else None


def may_approve(case: Case, ask: Ask) -> str | None:
    """Refuse to approve nothing, what wasn't shown yet, twice, or one's own where another has to."""
    draft = case.progress.newest(Draft)
    reason = unready(case, ask, "approve", "put the label on")
    if draft is None or reason is not None:
        return reason
    asker = ask.asker or ""
    twice = any(not case.is_another(asker, one) for one in draft.approved_by() if one)
    if twice and not awaits_second_tap(case):
        return "You have approved it already."
    others = _others(case, draft)
    takes_back = voices(case) > 1 and draft.objects(asker)
    if takes_another(case) and not takes_back and not case.is_another(asker, draft.by):
        if not others:
            return (
                None if voices(case) == 1 else f"You drafted it, and so you have agreed. {alone_from(case)}"
            )
        names = ", ".join(one.shown() for one in others)
        if voices(case) > 1:
            return f"You drafted it, and so you have agreed. Others who may: {names}."
        return f"You drafted it, so somebody else approves it: {names}."
    return None


def _no_draft(case: Case, what: str) -> str:
    drafted = (f"`/{move.command}`" for move in case.process.moves if move.drafted is not None)
    *others, last = dict.fromkeys(drafted)
    commands = f"{', '.join(others)} or {last}" if others else last
    return NO_DRAFT.format(what=what, commands=commands)


def _answered(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Record an answer about a draft. The reporter's no stops it; others' no is shown and weighed."""
    if not isinstance(ask.command, Consent):
        return ()
    key = answering(case, ask) or ""
    answered = DraftAnswered(to=key, yes=ask.command.yes, words=ask.words)
    if key == "reporter" and key in concerned(case) and not ask.command.yes:
        return (answered, DraftDropped(sent=False, moots=True))
    return (answered,)


def _approved(case: Case, ask: Ask) -> tuple[Change, ...]:
    draft = case.progress.newest(Draft)
    return (DraftApproved(by=ask.asker or "", basis=draft.basis),) if draft is not None else ()


def _made(case: Case) -> datetime | None:
    draft = case.progress.newest(Draft)
    return draft.since if draft is not None else None


def _needs(case: Case) -> Iterable[Needed]:
    draft, move = case.progress.newest(Draft), drafted_move(case)
    if draft is not None and move is not None and move.command is not None:
        again = case.subjects.grammar[move.command].usage.form
        yield Needed(words=draft.words, holds="the draft", again=again)


ACT = Act(
    name="draft",
    serves=KINDS,
    needs=_needs,
    guards=(
        Guard(
            "draft_answer",
            "There is a draft, and the answer is by somebody whom it concerns.",
            draft_answer,
            commands=("consent",),
            offers=_is_asked_about,
            form="/consent [name] <yes or no> [words]",
            copies=_level,
        ),
        Guard(
            "draft_waits",
            "Words wait to be approved, and nobody else is asked about them, nor has to agree first.",
            draft_waits,
        ),
        Guard(
            "may_approve",
            "There is a draft, it was shown, and whoever approves may.",
            may_approve,
            asked=True,
            offers=waits_here,
        ),
    ),
    records=(
        Recorder(
            "draft_answer",
            "what somebody concerned says to the draft",
            _answered,
            commands=("consent",),
            guards=("draft_answer",),
            by_letter=True,
            holds_words=True,
        ),
        Recorder(
            "approval",
            "who lets the draft go out as it was shown",
            _approved,
            guards=("may_approve",),
            by_label=True,
        ),
        Recorder(
            "silence",
            "that nobody is waited for any more",
            lambda case, ask: (SilenceCounted(),),
            by_timer=True,
        ),
    ),
    instants=(Instant("draft.made", "The time when the draft was shown to those whom it concerns.", _made),),
)
