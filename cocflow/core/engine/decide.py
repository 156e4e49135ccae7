"""What to do next about one case: the single place where requests and timers become decisions.

Owns the rule *Order*: requests and transitions of timers are merged into one order of time, timers
first on ties, and decided one by one; what the clock did not know doesn't matter. It looks moves up in
the process; a missing row is a refusal. Refuses to do anything: it returns a record and the texts to
post with it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.acts.appeal import why_no_appeal
from cocflow.core.acts.continuation import goes_on
from cocflow.core.acts.hearing import speech
from cocflow.core.acts.report import read_mail, report
from cocflow.core.acts.told import NoticesReturned, sent
from cocflow.core.case.act import Ask
from cocflow.core.case.capacity import LAST
from cocflow.core.case.case import OUTSIDE, Case
from cocflow.core.case.facts import Commented, Fact, Opened, sha256
from cocflow.core.case.grammar import Said, is_command, read_letter
from cocflow.core.case.ids import ByItself, read_own
from cocflow.core.case.progress import Moved, Reminded
from cocflow.core.case.records import Filed
from cocflow.core.engine import drafting, hearing, timers
from cocflow.core.engine.decision import Decision, changes_of, done, new_record, with_reply
from cocflow.core.engine.joining import joined
from cocflow.core.engine.losing import lost_words
from cocflow.core.engine.meant import is_meant
from cocflow.core.engine.refusing import DONE, EDITED, NEEDS_WORDS, command_instead, not_now, refused, why_not
from cocflow.core.engine.requests import answerable, is_done, is_late, open_requests, trigger_of, when
from cocflow.core.engine.wordless import wordless
from cocflow.core.forms.form import questions
from cocflow.core.process import BACK, Move, Role
from cocflow.errors import UserMistake

AUTOMATIC = "It is an automatic answer, as of an absence or a bounce: perhaps a notice didn't arrive."
ANSWERS = "It answers a message about this incident."
ROOM_EDITED = "Somebody edited it here before I read it. In their room it stands as they wrote it."
MAIL_EDITED = "Somebody edited it here before I read it. The mail itself lies in the mailbox."
APPROVAL = "approval"
"""What a move records that lets a draft go out."""

IN_QUESTION = (
    "Somebody else decides that: your say in this case is in question until an administrator without a part"
    " in it, or the outside contact, has said how it is."
)
WAITS = (
    "Somebody else's words wait to be approved, and these would void them: your say in this case is in"
    " question. Say it once they have gone out."
)
LATE = "administrators/late"
"""What says that a command was answered late."""

ANEW = "Edit your comment, or send it anew; `/help` shows what you can do now."
THE_LINE = "Put that line right in your comment: I read it again once it is edited."
FILL_IN = "Send it as a comment, with your own words in place of `<…>`."
BY_ITSELF = "Send it as a comment of its own."
NOWHERE = "There is nothing to go back to."


def decide(case: Case) -> Decision | None:
    """Return the next decision about a sound case; None if there is nothing to do now.

    Nothing is decided before what opened the case, however early a letter was received; nor where it goes
    on in another issue. Where little room is left, only what it is kept for.
    """
    if goes_on(case):
        return None
    requests = answerable(case, open_requests(case))
    if case.progress.state is None:
        opened = next((fact for fact in requests if isinstance(fact, Opened)), None)
        return _opened(case, opened) if opened is not None else None
    if case.issue.space <= LAST:
        return _request(case, requests[0]) if requests else None
    if (decision := _automatic(case) or drafting.by_itself(case)) is not None:
        return decision
    due = _happening_due(case)
    if due is not None and (not requests or due.at <= when(case, requests[0])):
        return _timer(case, due)
    if requests:
        return _request(case, requests[0])
    return _reminder(case) or lost_words(case)


def noted(case: Case, below: Case) -> Decision | None:
    """Return the receipt that a case owes to a receipt of one below it, if it lacks it."""
    note = ACTS.noting(case, below)
    if note is None or goes_on(case) or case.issue.space <= LAST:
        return None
    return done(case, str(note.of), note.at, None, (note.change,), (note.says,), cause=below.actor(note.by))


# --- what the process does by itself ---------------------------------------------------------


def _opened(case: Case, fact: Fact) -> Decision:
    ask = Ask(at=fact.at, roles=frozenset())
    opening = next(one for one in case.process.openings if ACTS.refusal(case, one.guards, ask) is None)
    begun = ACTS.begun(case, fact)
    changes = (*begun.changes, Moved(to=opening.to))
    at = begun.since or fact.at
    return done(case, fact.id, at, None, changes, opening.notices, asker=fact.by, cause=case.writer)


def _automatic(case: Case) -> Decision | None:
    last = case.ledger.last
    if last is None:
        return None
    ask = Ask(at=last.record.at, roles=frozenset({"cocflow"}))
    for move in case.process.moves_from(case.progress.state):
        if move.automatic and not _just_made(case, move) and _refusal(case, move, ask) is None:
            of = str(ByItself(move.name, last.record.n))
            return done(case, of, last.record.at, move, changes_of(case, move, ask), move.notices)
    return None


def _just_made(case: Case, move: Move) -> bool:
    """Whether only moves of cocflow's own have happened since it made this one: it would go on for ever."""
    for entry in reversed(case.ledger.counted):
        own = read_own(entry.record.of)
        if not isinstance(own, ByItself):
            return False
        if own.move == move.name:
            return True
    return False


def _happening_due(case: Case) -> timers.Due | None:
    """Return the earliest timer due now that has its place in the order of time."""
    dues = [
        due
        for timer in case.process.timers
        if timer.in_order and (due := timers.next_due(case, timer)) is not None and due.at <= case.issue.now
    ]
    return min(dues, key=lambda due: due.at, default=None)


def _reminder(case: Case) -> Decision | None:
    for timer in case.process.timers:
        told_here = not timer.in_order and not timers.is_told_elsewhere(case, timer)
        if told_here and (due := timers.newest_due(case, timer, case.issue.now)) is not None:
            return _timer(case, due)
    return None


def _timer(case: Case, due: timers.Due) -> Decision:
    timer = due.timer
    recorded = ACTS.changes(case, timer.records, Ask(at=due.at, roles=frozenset({"cocflow"})))
    moved = (Moved(to=timer.to),) if timer.to is not None else ()
    changes = (Reminded(timer=timer.name, due=due.at), *recorded, *moved)
    return done(case, due.id, due.at, None, changes, timer.notices)


# --- what people ask for ---------------------------------------------------------------------


def _request(case: Case, fact: Fact) -> Decision:
    joining = case.joining(fact)
    if joining is not None and isinstance(fact, Commented):
        return joined(case, fact, joining)
    filed = case.mail(fact)
    if filed is not None:
        return hearing.with_speech(case, fact, _letter(case, fact, filed))
    if isinstance(fact, Commented) and not is_command(fact.body, GRAMMAR) and not is_meant(case, fact):
        return hearing.talk(case, fact)
    answer = hearing.with_speech(case, fact, hearing.in_vain(case, fact, _asked(case, fact)))
    if isinstance(fact, Commented) and not answer.record.read and case.roles(fact.by):
        record = msgspec.structs.replace(answer.record, read=sha256(fact.body))
        answer = msgspec.structs.replace(answer, record=record)
    if is_late(case, fact) and "administrator" in case.roles(fact.by):
        return msgspec.structs.replace(answer, says=(*answer.says, LATE))
    return answer


def _asked(case: Case, fact: Fact) -> Decision:
    roles = case.roles(fact.by)
    if not roles:
        return refused(case, fact, roles, None)
    if isinstance(fact, Commented) and fact.edited_by_another:
        return refused(case, fact, roles, EDITED)
    if is_done(case, fact):
        return refused(case, fact, roles, DONE)
    try:
        trigger = trigger_of(case, fact)
    except UserMistake as mistake:
        return refused(case, fact, roles, str(mistake), mistake.copy or None, mistake.hint or None)
    if trigger.command is None and trigger.copy is not None:
        return refused(case, fact, roles, NEEDS_WORDS, trigger.copy)
    asker = fact.by.id if fact.by else None
    asked = Ask(at=fact.at, roles=roles, command=trigger.command, asker=asker, fact=fact)
    here = [move for move in case.process.moves_from(case.progress.state) if trigger.means(move)]
    reason: str | None = None
    line: str | None = None
    for move in here:
        if roles.isdisjoint(move.by) or any(ACTS.guards[one].unsure for one in move.guards):
            continue
        ask = _as_whom(case, move, asked)
        reason = _refusal(case, move, ask)
        if reason is None and move.drafted is not None:
            return drafting.drafted(case, move, ask, fact)
        if reason is None:
            changes = changes_of(case, move, ask)
            return done(case, fact.id, fact.at, move, changes, move.notices, asker=fact.by, roles=ask.roles)
        line = ACTS.copy(case, move.guards, ask) if reason != drafting.TOO_LONG else None
    copy = command_instead(case, trigger, roles)
    hint = ANEW if reason is not None and copy is None and isinstance(fact, Commented) else None
    if reason is not None and line is not None:
        # What is another command is sent by itself, and what is to be filled in isn't right as it stands.
        own = isinstance(fact, Commented) and "<" not in line and not _is_another(line, here)
        copy, hint = line, THE_LINE if own else FILL_IN if "<" in line else BY_ITSELF
    return refused(case, fact, roles, reason or why_not(case, trigger, here, copy, roles), copy, hint)


def _is_another(line: str, moves: list[Move]) -> bool:
    """Whether a line to copy is a command, and not the one that these moves were asked for by."""
    word = line.split()[0]
    return word.startswith("/") and word not in {f"/{move.command}" for move in moves}


def _letter(case: Case, fact: Fact, filed: Filed) -> Decision:
    """Decide what a letter asks for: whoever wrote it, or a server that returns a notice."""
    at, role = when(case, fact), _writer(case, filed)
    untouched = isinstance(fact, Commented) and fact.edited_at is None
    if returned := tuple(one for one in filed.returned if untouched and one in sent(case)):
        return _came_back(case, fact, at, returned)
    nothing_said = wordless(case, fact, filed, at) if untouched else None
    if (came := read_mail(case, fact, filed)) is not None and untouched:
        nothing_said = None if _tells_all_the_same(case, filed) else nothing_said
        return _reported(done(case, fact.id, at, None, (came,), ()), nothing_said)
    if nothing_said is not None:
        return nothing_said
    word, command = _asks_for(case, fact, filed, role)
    roles = frozenset({role}) if role is not None else frozenset()
    writer = filed.person if filed.verified else None
    ask = Ask(at=at, roles=roles, command=command, verified=filed.verified, writer=writer, fact=fact)
    reason: str | None = AUTOMATIC if filed.automatic else None
    if isinstance(fact, Commented) and fact.edited_at is not None:
        reason = ROOM_EDITED if filed.room else MAIL_EDITED
    if role is None and (claimed := _claimed(case, filed)) is not None:
        ask = msgspec.structs.replace(ask, roles=frozenset({claimed}))
    heard = [move for move in case.process.moves if _may_ask(case, move, ask) and _is_heard(move, filed)]
    for move in heard if reason is None else ():
        if case.progress.state in move.from_ and (filed.button or _is_asked(move, word)):
            reason = _refusal(case, move, ask)
            if reason is None:
                answer = done(case, fact.id, at, move, changes_of(case, move, ask), move.notices)
                answer = with_reply(case, answer, move.reply, filed.person)
                told = any(one.startswith("administrators/") for one in answer.says)
                reply = "mail_answered" if _only_asks(move) else move.reply
                says = answer.says if told else (*answer.says, f"administrators/{reply}")
                return msgspec.structs.replace(answer, says=says)
    asked = role is not None and (bool(filed.button) or command is not None)
    return _ungranted(case, fact, filed, reason, command, heard=bool(heard), asked=asked)


def _ungranted(
    case: Case,
    fact: Fact,
    filed: Filed,
    reason: str | None,
    command: Said | None,
    *,
    heard: bool,
    asked: bool,
) -> Decision:
    """Return the answer to a letter that got nothing: a person reads it, and its writer is told why.

    `heard`: there is something that its writer may ask for; `asked`: they surely asked for something.
    """
    at = when(case, fact)
    if reason is None and heard and case.is_suspension:
        reason = f"There is nothing to appeal while this is {case.progress.state}."
    if reason is None and case.is_incident and (why := why_no_appeal(case, fact, command, at)) is not None:
        reason, asked = why, True
    if reason is None and asked and case.is_incident:
        reason = not_now(case)
    if speech(case, fact) is not None:
        answer = hearing.letter(case, fact, at, reason)
    else:
        says = ("administrators/mail_refused",)
        record = new_record(case, fact.id, at, refused=True)
        answer = Decision(record=record, says=says, reason=reason or ANSWERS)
    return with_reply(case, answer, "refused", filed.person, reason) if asked else answer


def _asks_for(case: Case, fact: Fact, filed: Filed, role: Role | None) -> tuple[str, Said | None]:
    """Return the command with which a letter begins, "" where it counts as words alone.

    On a suspension's page a letter is an appeal, but for one that surely only asks how things stand.
    """
    if not isinstance(fact, Commented) or filed.button:
        return "", None
    word, command = read_letter(fact.body, GRAMMAR)
    asks = command is not None and GRAMMAR[word].asks and filed.verified
    return (word, command) if not case.is_suspension or role == "outside" or asks else ("", None)


def _is_heard(move: Move, filed: Filed) -> bool:
    """Whether a move may be asked for by such a letter: by a button, where that is what it says."""
    return move.button == filed.button if filed.button else move.letter


def _tells_all_the_same(case: Case, filed: Filed) -> bool:
    """Whether a report is somebody else's words, sent on without any of its sender's, who are told of it."""
    sure = case.arrival is not None and case.arrival.sure
    some = len(report(case).unanswered) < len(questions(case.filed.form))
    return filed.kind in ("empty", "attachments") and sure and some


def _reported(answer: Decision, nothing_said: Decision | None) -> Decision:
    """Return the decision about the mail by which a report came, be there words in it or not."""
    if nothing_said is None:
        return msgspec.structs.replace(answer, says=("administrators/report_mailed", *answer.says))
    record, changes = nothing_said.record, answer.record.changes
    record = msgspec.structs.replace(record, refused=False, changes=changes)
    return msgspec.structs.replace(nothing_said, record=record, says=(*nothing_said.says, *answer.says))


def _is_asked(move: Move, word: str) -> bool:
    """Whether a letter asks for a move: by its command, or by words that the move keeps."""
    return word == move.command if word else any(ACTS.records[name].by_letter for name in move.records)


def _only_asks(move: Move) -> bool:
    return move.command is not None and GRAMMAR[move.command].asks


def _came_back(case: Case, fact: Fact, at: datetime, returned: tuple[str, ...]) -> Decision:
    """Return the decision by which notices count as not told: whoever forges a report gains no more."""
    record = new_record(case, fact.id, at, changes=(NoticesReturned(notices=returned),))
    reached = {id_: at_ for id_, at_ in record.reached.items() if id_ not in returned}
    record = msgspec.structs.replace(record, reached=reached)
    return Decision(record=record, says=("administrators/notice_returned",))


def _writer(case: Case, filed: Filed) -> Role | None:
    """Return in which role somebody wrote a letter; None where it is nobody's, or may be somebody else's.

    On a suspension's page there is one person only, and the process itself tells a letter that surely is
    theirs from one that may be.
    """
    if case.is_suspension and filed.person != OUTSIDE:
        return "suspended"
    if not filed.verified:
        return None
    if filed.person == OUTSIDE:
        return "outside"
    person = case.person(filed.person)
    return person.role if person is not None else None


def _claimed(case: Case, filed: Filed) -> Role | None:
    """Return in which role somebody says that they wrote a letter, where that isn't sure."""
    person = case.person(filed.person) if not filed.verified and filed.person != OUTSIDE else None
    return person.role if person is not None else None


def _may_ask(case: Case, move: Move, ask: Ask) -> bool:
    """Whether a letter may ask for a move: one that may be anybody's, only where the move is for such.

    On a suspension's page the process itself tells the one from the other.
    """
    if ask.roles.isdisjoint(move.by):
        return False
    unsure = any(ACTS.guards[one].unsure for one in move.guards)
    return not unsure if ask.verified else unsure or case.is_suspension


def _refusal(case: Case, move: Move, ask: Ask) -> str | None:
    """Return why a move can't be made now: a guard refuses, or there is no state (any more) to go back to."""
    if move.drafted is not None and (long := drafting.too_long(ask)) is not None:
        return long  # before anything reads all that
    if (reason := ACTS.refusal(case, move.guards, ask)) is not None:
        return reason
    if (reason := _without_care(case, move, ask)) is not None:
        return reason
    if APPROVAL in move.records and (held := drafting.held_back(case, ask.asker or "", ask.at)) is not None:
        return f"It can't go out now. {held}"
    lost = move.to == BACK and case.process.state(case.progress.before(move.from_)) is None
    return NOWHERE if lost else None


def _as_whom(case: Case, move: Move, ask: Ask) -> Ask:
    """Return a request as whoever's say is in question makes it: in another role, where the move has one."""
    others = ask.roles & frozenset(move.by) - {"administrator"}
    asker = case.actor(ask.asker) if ask.asker is not None else None
    if not others or not case.is_in_question(asker):
        return ask
    return msgspec.structs.replace(ask, roles=ask.roles - {"administrator"})


def _without_care(case: Case, move: Move, ask: Ask) -> str | None:
    """Return why an administrator whose say is in question can't make a move: it decides something."""
    asker = case.actor(ask.asker) if ask.asker is not None else None
    if "administrator" not in ask.roles or not case.is_in_question(asker):
        return None
    if move.care is None:
        return IN_QUESTION
    if move.drafted is not None and drafting.of_another(case, ask.asker or ""):
        return WAITS
    return ACTS.refusal(case, move.care, ask)
