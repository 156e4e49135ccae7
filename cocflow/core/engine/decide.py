"""What to do next about one case: the single place where requests and timers become decisions.

Owns rule 1 of the ledger: requests and transitions of timers are merged into one order of time,
timers first on ties, and decided one by one; what the clock did not know doesn't matter. It looks
moves up in the process; a missing row is a refusal. Refuses to do anything: it returns a record
and the texts to post with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec

from cocflow.core.acts import guards
from cocflow.core.acts.commands import (
    GRAMMAR,
    Answer,
    Appeal,
    Command,
    Consent,
    Estimate,
    Overturn,
    Party,
    Post,
    Recover,
    Resolve,
    Suspend,
    Told,
    Until,
    Uphold,
    is_command,
    read_command,
)
from cocflow.core.acts.guards import Ask
from cocflow.core.engine import timers
from cocflow.core.engine.case import (
    FOR_ANOTHER,
    UNTIL,
    Case,
    account_digest,
    answers_of,
    digests,
    filed_for,
    party_person,
)
from cocflow.core.engine.facts import (
    Actor,
    BodyEdited,
    Closed,
    Commented,
    Fact,
    Labeled,
    Opened,
    Reopened,
    sha256,
)
from cocflow.core.engine.progress import Progress, Standing, checkpoint, replay
from cocflow.core.engine.records import (
    AccessReturned,
    AnswerGiven,
    AnyChange,
    AppealDecided,
    AppealKept,
    ConsentGiven,
    EndSet,
    Filed,
    Moved,
    Owed,
    PartyAdded,
    PartyRemoved,
    PostAnswered,
    PostApproved,
    PostDrafted,
    PostDropped,
    Record,
    Reminded,
    ReporterKnown,
    Resolved,
    SuspensionBegan,
    SuspensionNoted,
    SuspensionOrdered,
    ToldByHand,
    Words,
)
from cocflow.core.forms.consent import consent
from cocflow.core.process import Move, Role
from cocflow.core.text.inert import inline
from cocflow.core.text.when import read_when
from cocflow.errors import CocflowError, UserMistake

STATE_PREFIX = "state: "

FOLDERS: tuple[tuple[Role, str], ...] = (
    ("administrator", "administrators"),
    ("reporter", "reporter"),
    ("party", "party"),
    ("suspended", "suspended"),
)
"""The folder of templates that answers a role; of several roles, the first one's."""


EDITED = "Somebody else edited this comment before I read it. Nothing was done; please write it again."


PING = "channel/ping"
"""What the administrators' channel is told: where to look, and nothing of what happened."""

AUTOMATIC = "It is an automatic answer, as of an absence or a bounce: perhaps a notice didn't arrive."
ANSWERS = "It answers a message about this incident."
LETTERS = "mail"
"""The label of the incident that holds letters which match nothing."""

MAIL_EDITED = "Somebody edited it here before I read it. The mail itself lies in the mailbox."
UNMATCHED = "It matches no suspension, so it may be anything."
NEEDS_WORDS = "That needs words, so a label can't do it."


class TwiceMadeError(CocflowError):
    """Two issues were made for one suspension; the later one is to be closed."""

    def __init__(self, number: int, first: int) -> None:
        super().__init__(f"Issue {number} repeats the suspension {first}.")
        self.first = first


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt to be posted: its record, and which templates make its text.

    `says` names the templates; `reason` is why a request is refused, `copy` a command that the
    refused person could send instead, `put_back` what is undone (a label, or a button pressed),
    `asker` who asked.
    """

    record: Record
    says: tuple[str, ...]
    reason: str | None = None
    copy: str | None = None
    put_back: str | None = None
    asker: Actor | None = None


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the process knows it: which moves it can mean, and the command with it.

    `instead` is the state that a label asked for, to find the command that would lead there; `copy`
    the command itself, where a label only asks how it is written.
    """

    means: Callable[[Move], bool]
    command: Command | None = None
    instead: str | None = None
    copy: str | None = None


def is_request(case: Case, fact: Fact) -> bool:
    """Whether a fact asks for something (the closed list of the design).

    The bot itself asks only for others: the suspensions that it opens, the mails that it files.
    """
    if case.issue.is_mine(fact) and isinstance(fact, Commented):
        filed = case.mail(fact)
        return filed is not None and filed.part == filed.parts
    if case.issue.is_mine(fact) and not isinstance(fact, Opened):
        return False
    if fact.by is not None and fact.by.bot and not isinstance(fact, Opened):
        return False  # answering other bots could go round for ever; what they moved is put back
    match fact:
        case Opened() | Closed() | Reopened():
            return True
        case BodyEdited():
            return any(move.edit for move in case.process.moves)
        case Commented(body=body):
            return is_command(body)
        case Labeled(label=label):
            return label.startswith(STATE_PREFIX) or label in case.process.quick_labels()
    return False


def open_requests(case: Case) -> list[Fact]:
    """Return the unanswered requests in the order of time; GitHub's own order breaks ties."""
    progress = case.progress
    waiting = [
        fact
        for fact in case.issue.facts
        if fact.at >= progress.answered_upto and fact.id not in progress.answered and is_request(case, fact)
    ]
    return sorted(waiting, key=partial(when, case))


def when(case: Case, fact: Fact) -> datetime:
    """Return when something was asked: a mail, when its server received it.

    What is edited may say anything, and so may what somebody else than cocflow has written.
    """
    filed = case.mail(fact)
    if filed is None or (isinstance(fact, Commented) and fact.edited_at is not None):
        return fact.at
    return filed.received


def consent_waits(case: Case) -> bool:
    """Whether somebody has asked for what may change what may be shared, and isn't answered yet."""
    return any(_may_change_consent(fact) for fact in open_requests(case))


def _may_change_consent(fact: Fact) -> bool:
    return isinstance(fact, BodyEdited) or (
        isinstance(fact, Commented) and fact.body[:9].casefold().startswith("/consent")
    )


def decide(case: Case) -> Decision | None:
    """Return the next decision about a sound case; None if there is nothing to do now."""
    requests = open_requests(case)
    if case.progress.state is None:
        return _opened(case, requests[0]) if requests and isinstance(requests[0], Opened) else None
    if (decision := _automatic(case)) is not None:
        return decision
    due = _happening_due(case)
    if due is not None and (not requests or due.at <= when(case, requests[0])):
        return _timer(case, due)
    if requests:
        return _request(case, requests[0])
    return _reminder(case)


def recovery(case: Case) -> Decision | None:
    """Return the checkpoint that an administrator's `/recover` asks for in a broken case, if any.

    It believes the receipts that are right by themselves. What was asked before the newest of them
    counts as answered; what was asked since is decided afterwards.
    """
    sound = case.ledger.sound
    believed = msgspec.structs.replace(case, progress=replay(sound))
    for fact in reversed(case.issue.comments()):
        if fact.id in believed.progress.answered or not _is_recovery(believed, fact):
            continue
        return _checkpoint(believed, fact)
    return None


def _is_recovery(case: Case, fact: Commented) -> bool:
    if not is_request(case, fact) or fact.edited_by_another:
        return False
    if "administrator" not in case.roles(fact.by):
        return False
    try:
        return isinstance(read_command(fact.body, GRAMMAR), Recover)
    except UserMistake:
        return False


def _checkpoint(case: Case, fact: Commented) -> Decision:
    upto = max((entry.record.at for entry in case.ledger.sound), default=case.issue.opened_at)
    progress = case.progress
    at_once = {one.id for one in case.issue.facts if one.at >= upto and one.id in progress.answered}
    record = Record(
        n=case.ledger.highest + 1,
        prev=None,
        of=fact.id,
        at=max(fact.at, upto),
        process=case.process.id,
        move="recover",
        by=fact.by.id if fact.by else None,
        told=case.marks,
        snapshot=checkpoint(progress, at_once, upto),
    )
    return Decision(record=record, says=("administrators/recovered",), asker=fact.by)


# --- what the process does by itself ---------------------------------------------------------


def _opened(case: Case, fact: Fact) -> Decision:
    if case.is_suspension:
        return _suspended(case, fact)
    report = case.report
    administrator = case.community.administrator(fact.by.login) if fact.by else None
    trusted = administrator is not None or case.issue.is_mine(fact)
    for_another = trusted and report.answers.text("learned") == FOR_ANOTHER
    given = consent(report.answers)
    ask = Ask(at=fact.at, roles=frozenset())
    opening = next(one for one in case.process.openings if guards.refusal(case, one.guards, ask) is None)
    changes: list[AnyChange] = [
        _reporter(case, for_another=for_another, readers_off_roster=not trusted),
        Moved(to=opening.to),
    ]
    if given.level != "none":
        changes.append(ConsentGiven(level=given.level, named=given.named))
    return _done(case, fact.id, fact.at, None, tuple(changes), opening.notices, asker=fact.by)


def _reporter(case: Case, *, for_another: bool, readers_off_roster: bool) -> ReporterKnown:
    if not for_another:
        return ReporterKnown(is_author=True, readers_off_roster=readers_off_roster)
    said = case.report.answers.text("reporter")
    return ReporterKnown(
        is_author=False,
        readers_off_roster=readers_off_roster,
        said=sha256(said),
        handles=digests(filed_for(said)),
    )


def _suspended(case: Case, fact: Fact) -> Decision:
    """Begin a suspension: at GitHub's time of the `/suspend`, or of the form's own opening."""
    marker = case.marker
    standing = case.incident.progress.suspensions.get(marker.key) if case.incident and marker else None
    if standing is not None and standing.since is not None:
        key, by, since, until = standing.key, standing.by, standing.since, standing.until
    else:
        key, by, since = f"d{case.issue.number}", fact.by.id if fact.by else "", fact.at
        until = _said_end(case, fact)
    opening = case.process.openings[-1]
    changes: tuple[AnyChange, ...] = (
        SuspensionBegan(
            key=key,
            incident=case.incident.issue.number if case.incident else 0,
            by=by,
            account=account_digest(case.report),
            until=until,
        ),
        Moved(to=opening.to),
    )
    return _done(case, fact.id, since, None, changes, opening.notices, asker=fact.by)


def _said_end(case: Case, fact: Fact) -> datetime | None:
    """Return the end that the form names; without one that can be read, the suspension is interim."""
    said = case.report.answers.text(UNTIL)
    try:
        return read_when(said, now=fact.at, zone=case.community.zone) if said else None
    except UserMistake:
        return None


def noted(case: Case, suspension: Case) -> Decision | None:
    """Return the receipt that an incident owes to a receipt of one of its suspensions, if it lacks it.

    Labels of a suspension can be forged, so the incident believes only its own receipts (rule 10).
    """
    began, last = suspension.progress.began, suspension.ledger.last
    if began is None or last is None or suspension.progress.state is None:
        return None
    of = f"suspension:{suspension.issue.id}#{last.record.n}"
    standing = case.progress.suspensions.get(began.key)
    change = SuspensionNoted(
        key=began.key,
        issue=suspension.issue.id,
        number=suspension.issue.number,
        state=suspension.progress.state,
        until=suspension.progress.until,
        interim=suspension.progress.until is None and not suspension.progress.indefinite,
        handles=digests(suspension.suspended[0]),
    )
    if of in case.progress.answered or (standing is not None and _says(standing, change)):
        return None
    if standing is not None and standing.issue not in ("", change.issue):
        raise TwiceMadeError(suspension.issue.number, standing.number or 0)
    return _done(case, of, last.record.at, None, (change,), ("administrators/suspension_noted",))


def _says(standing: Standing, change: SuspensionNoted) -> bool:
    """Whether the incident knows all of that already."""
    return all(getattr(standing, name) == getattr(change, name) for name in change.__struct_fields__)


def _automatic(case: Case) -> Decision | None:
    last = case.ledger.last
    if last is None:
        return None
    ask = Ask(at=last.record.at, roles=frozenset({"cocflow"}))
    for move in case.process.moves:
        if move.automatic and case.progress.state in move.from_:
            if guards.refusal(case, move.guards, ask) is not None:
                continue
            of = f"auto:{move.name}@{last.record.n}"
            changes: tuple[AnyChange, ...] = _moved(move)
            if "post_ready" in move.guards:
                changes = (*changes, PostDropped(sent=True))
            return _done(case, of, last.record.at, move, changes, move.notices)
    return None


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
        if not timer.in_order and (due := timers.newest_due(case, timer, case.issue.now)) is not None:
            return _timer(case, due)
    return None


def _timer(case: Case, due: timers.Due) -> Decision:
    changes: tuple[AnyChange, ...] = (Reminded(timer=due.timer.name, due=due.at),)
    if due.timer.in_order and due.timer.to is None:
        changes = (*changes, AccessReturned())
    if due.timer.to is not None:
        changes = (*changes, Moved(to=due.timer.to))
    return _done(case, due.id, due.at, None, changes, due.timer.notices)


# --- what people ask for ---------------------------------------------------------------------


def _request(case: Case, fact: Fact) -> Decision:
    filed = case.mail(fact)
    if filed is not None:
        return _mailed(case, fact, filed)
    roles = case.roles(fact.by)
    if not roles:
        return _refused(case, fact, roles, None)
    if isinstance(fact, Commented) and fact.edited_by_another:
        return _refused(case, fact, roles, EDITED)
    try:
        trigger = _trigger(case, fact)
    except UserMistake as mistake:
        return _refused(case, fact, roles, str(mistake))
    ask = Ask(at=fact.at, roles=roles, command=trigger.command, asker=fact.by.id if fact.by else None)
    if trigger.command is None and trigger.copy is not None:
        return _refused(case, fact, roles, NEEDS_WORDS, trigger.copy)
    reason: str | None = None
    here = [move for move in case.process.moves if trigger.means(move) and case.progress.state in move.from_]
    for move in here:
        if not roles.isdisjoint(move.by):
            reason = guards.refusal(case, move.guards, ask)
            if reason is None:
                changes = _changes(case, move, ask, fact)
                return _done(case, fact.id, fact.at, move, changes, move.notices, asker=fact.by, roles=roles)
    copy = _copy(case, trigger, roles)
    return _refused(case, fact, roles, reason or _why_not(case, trigger, here, copy), copy)


def _mailed(case: Case, fact: Fact, filed: Filed) -> Decision:
    """Decide what a mail of the suspended person asks for: that their appeal be heard."""
    at = when(case, fact)
    ask = Ask(at=at, roles=frozenset({"suspended"}), command=Appeal(""), verified=filed.verified)
    reason: str | None = AUTOMATIC if filed.automatic else None
    if isinstance(fact, Commented) and fact.edited_at is not None:
        reason = MAIL_EDITED
    for move in case.process.moves if reason is None else ():
        if move.command == "appeal" and case.progress.state in move.from_ and "suspended" in move.by:
            reason = guards.refusal(case, move.guards, ask)
            if reason is None:
                changes = _changes(case, move, ask, fact)
                return _done(case, fact.id, at, move, changes, move.notices)
    record = _record(case, fact.id, at, refused=True)
    if reason is None and case.is_suspension:
        reason = f"There is nothing to appeal while this is {case.progress.state}."
    if reason is None:
        reason = UNMATCHED if LETTERS in case.issue.labels else ANSWERS
    return Decision(record=record, says=("administrators/mail_refused",), reason=reason)


def _trigger(case: Case, fact: Fact) -> Trigger:
    quick = case.process.quick_labels()
    match fact:
        case Commented(body=body):
            command = read_command(body, GRAMMAR)
            name = type(command).__name__.lower()
            if isinstance(command, Answer):
                answers_of(command)
            return Trigger(means=lambda move: move.command == name, command=command)
        case Labeled(label=label) if quick.get(label) == "":
            return Trigger(means=lambda move: label in dict(move.quick_labels), copy=_usage(case, label))
        case Labeled(label=label) if label in quick:
            means = partial(_has_label, label)
            by_command = any(means(move) and move.command == "estimate" for move in case.process.moves)
            return Trigger(means=means, command=Estimate(resolve=quick[label]) if by_command else None)
        case Labeled(label=label):
            to = label.removeprefix(STATE_PREFIX)
            return Trigger(means=lambda move: move.label and move.to == to, instead=to)
        case Closed():
            return Trigger(means=lambda move: move.button == "close", instead="closed")
        case Reopened():
            return Trigger(means=lambda move: move.button == "reopen")
    return Trigger(means=lambda move: move.edit)


def _has_label(label: str, move: Move) -> bool:
    return label in dict(move.quick_labels)


def _usage(case: Case, label: str) -> str:
    """Return the command that a label stands for, ready to fill in."""
    move = next(move for move in case.process.moves if label in dict(move.quick_labels))
    return GRAMMAR[move.command or ""].usage.form


def _why_not(case: Case, trigger: Trigger, here: list[Move], copy: str | None) -> str:
    """Say why no move fits: somebody else's, one that needs words, or not from this state."""
    if not case.eligible:
        contact = case.community.outside_contact
        return f"No administrator may decide in a case that concerns all of them. Please turn to {contact}."
    if trigger.instead == case.progress.state:
        return f"It is {case.progress.state} already. Nothing changed."
    if trigger.instead == "closed" and (reason := _left_undone(case)) is not None:
        return reason
    if here and trigger.instead == "closed":
        return "Closing alone would tell nobody anything."
    if here:
        return "That isn't yours to do in this case."
    if copy is not None:
        return NEEDS_WORDS
    return f"That isn't possible while this is {case.progress.state}."


def _left_undone(case: Case) -> str | None:
    """Return why a finished case can't be closed yet, None if its state isn't final."""
    state = case.process.state(case.progress.state or "")
    if state is None or not state.final:
        return None
    names = {inline(guards.shown(case, notice.to)) for notice in guards.owed_to_people(case)}
    if names:
        return f"It stays open until everybody has been told: {', '.join(sorted(names))}."
    return "It stays open while an account is suspended over it."


def _copy(case: Case, trigger: Trigger, roles: frozenset[Role]) -> str | None:
    """Return the command, ready to fill in, that leads to where a label asked to go."""
    for move in case.process.moves:
        leads = move.to is not None and move.to == trigger.instead and move.command is not None
        if leads and case.progress.state in move.from_ and not roles.isdisjoint(move.by):
            return GRAMMAR[move.command or ""].usage.form
    return None


def _moved(move: Move) -> tuple[AnyChange, ...]:
    return (Moved(to=move.to),) if move.to is not None else ()


def _changes(case: Case, move: Move, ask: Ask, fact: Fact) -> tuple[AnyChange, ...]:
    """Return what a granted request changes."""
    words = Words(fact.id, sha256(fact.body)) if isinstance(fact, Commented) else Words("", "")
    changes: tuple[AnyChange, ...] = ()
    match ask.command:
        case Estimate():
            changes = (guards.estimated(case, ask),)
        case Resolve():
            changes = (Resolved(words=words),)
        case Answer() as answer:
            changes = tuple(AnswerGiven(number=n, words=words) for n in sorted(answers_of(answer)))
        case Party(remove=True) as party:
            changes = (PartyRemoved(key=guards.same_party(case, party) or ""),)
        case Party() as party:
            key = f"p{case.progress.parties_ever + 1}"
            changes = (PartyAdded(key=key, words=words, handles=digests(party_person(key, party))),)
        case Told() as told:
            notices, _ = guards.told(case, told)
            changes = (ToldByHand(notices=tuple(one.id for one in notices), words=words),)
        case Suspend() as suspend:
            changes = _ordered(case, ask, suspend, words, fact)
        case Until(when=said):
            changes = (EndSet(until=guards.ends(case, ask, said)),)
        case Appeal():
            changes = (AppealKept(words=words, verified=ask.verified),)
        case Uphold() | Overturn():
            changes = (AppealDecided(words=words),)
        case Consent(level=str(level), named=named):
            changes = _consented(case, ConsentGiven(level=level, named=named))
        case Consent() as answer:
            changes = _answered(case, ask, answer, words)
        case Post():
            changes = (PostDrafted(words=words, by=fact.by.id if fact.by else ""),)
        case None if "another_approves" in move.guards:
            changes = (PostApproved(),)
        case None if isinstance(fact, BodyEdited):
            changes = (*_reporter_by_edit(case), *_consent_by_edit(case, fact))
    return (*changes, *_moved(move))


def _ordered(case: Case, ask: Ask, command: Suspend, words: Words, fact: Fact) -> tuple[AnyChange, ...]:
    lines, _ = guards.new_accounts(case, command)
    first = len(case.progress.suspensions) + 1
    return tuple(
        SuspensionOrdered(
            key=f"s{first + index}",
            words=words,
            line=line,
            since=fact.at,
            by=fact.by.id if fact.by else "",
            until=guards.ends(case, ask, command.accounts[line].until),
        )
        for index, line in enumerate(lines)
    )


def _answered(case: Case, ask: Ask, command: Consent, words: Words) -> tuple[AnyChange, ...]:
    """Record an answer about a draft. The reporter's no stops it; others' no is shown and weighed."""
    key = guards.answering(case, ask) or ""
    answered: AnyChange = PostAnswered(to=key, yes=command.yes, words=words)
    if key == "reporter" and not command.yes:
        return (answered, PostDropped(sent=False))
    return (answered,)


def _reporter_by_edit(case: Case) -> tuple[AnyChange, ...]:
    """Return whom an edited form names, if somebody filed it for them: a mail address may be put right."""
    known = case.progress.reporter
    if known is None or known.is_author:
        return ()
    new = _reporter(case, for_another=True, readers_off_roster=known.readers_off_roster)
    return (new,) if new != known else ()


def _consent_by_edit(case: Case, fact: BodyEdited) -> tuple[AnyChange, ...]:
    """Return the consent that an edited form gives; only whoever filed it may change that."""
    author = case.issue.author
    given = consent(case.report.answers)
    new = ConsentGiven(level=given.level, named=given.named)
    by_author = author is not None and fact.by is not None and fact.by.id == author.id
    return _consented(case, new) if by_author and new != case.progress.consent else ()


def _consented(case: Case, given: ConsentGiven) -> tuple[AnyChange, ...]:
    """Return what a new consent changes: one that leaves the community out stops what was to be posted."""
    progress = case.progress
    waits = progress.draft is not None or any(one.to == "community" for one in progress.owed())
    if waits and given.level != "community" and not guards.is_public(case):
        return (given, PostDropped(sent=False))
    return (given,)


# --- decisions ---------------------------------------------------------------------------------


def _record(case: Case, of: str, at: datetime, **fields: object) -> Record:
    last = case.ledger.last
    return Record(
        n=last.record.n + 1 if last else 1,
        prev=last.id if last else None,
        of=of,
        at=max(at, last.record.at) if last else at,
        process=case.process.id,
        told=case.marks,
        **fields,  # type: ignore[arg-type]
    )


def _done(
    case: Case,
    of: str,
    at: datetime,
    move: Move | None,
    changes: tuple[AnyChange, ...],
    notices: tuple[str, ...],
    *,
    asker: Actor | None = None,
    roles: frozenset[Role] = frozenset(),
) -> Decision:
    record = _record(
        case,
        of,
        at,
        move=move.name if move else None,
        by=asker.id if asker else None,
        sole=bool("administrator" in roles and case.is_sole(asker)),
        changes=changes,
    )
    after = case.after(record).progress
    owed = tuple(_owed(case, record, after, notices))
    if case.is_suspension and any(isinstance(change, _TOLD_TO_INCIDENT) for change in changes):
        owed = (*owed, Owed(id=f"{record.n}.noted", notice="noted", to="incident"))
    says = [notice for notice in notices if _is_said_here(notice, after)]
    reply = f"{_folder(roles)}/{move.reply}" if move is not None and move.reply is not None else None
    if reply is not None and asker is not None and reply not in says:
        says.append(reply)
    return Decision(record=msgspec.structs.replace(record, owed=owed), says=tuple(says), asker=asker)


_TOLD_TO_INCIDENT = (Moved, EndSet, AccessReturned, SuspensionBegan)


def _is_said_here(notice: str, after: Progress) -> bool:
    """Whether the issue itself is the notice's channel: then the receipt is the notice."""
    folder = notice.partition("/")[0]
    by_author = after.reporter is not None and after.reporter.is_author
    return folder == "administrators" or (folder == "reporter" and by_author)


def _owed(case: Case, record: Record, after: Progress, notices: tuple[str, ...]) -> list[Owed]:
    """Return what is owed to people by a record; what administrators read is the receipt itself."""
    owed: list[Owed] = []
    for notice in notices:
        folder = notice.partition("/")[0]
        ping = folder == "administrators"
        owed.extend(
            Owed(
                id=f"{record.n}.{notice}.{to}",
                notice=PING if ping else notice,
                to=to,
                words=None if ping else _told_words(case, record),
                by_receipt=not ping and _is_said_here(notice, after),
            )
            for to in _recipients(case, folder, record, after)
        )
    return owed


def _recipients(case: Case, folder: str, record: Record, after: Progress) -> list[str]:
    if folder == "administrators":
        return ["channel"] if _pings(case) else []
    if folder == "party":
        if any(isinstance(change, PartyAdded | PartyRemoved) for change in record.changes):
            return [change.key for change in record.changes if isinstance(change, PartyAdded)]
        return list(after.parties)
    if folder == "suspended" and not case.is_suspension:
        return list(after.suspensions)
    return [folder]


def _pings(case: Case) -> bool:
    """Whether the administrators' channel is told that something happened: not where one is concerned."""
    community = case.community
    return bool(community.administrators_slack_channel) and case.eligible == community.administrators


def _told_words(case: Case, record: Record) -> Words | None:
    """Return the words that a record's notices tell; None where templates say it all."""
    for change in record.changes:
        if isinstance(change, Resolved | AppealDecided | PostDrafted):
            return change.words
        if isinstance(change, PostDropped):
            return case.progress.draft.words if case.progress.draft else None
        if isinstance(change, PartyAdded):
            return case.progress.resolution
    return None


def _folder(roles: frozenset[Role]) -> str:
    return next((folder for role, folder in FOLDERS if role in roles), "community")


def _refused(
    case: Case, fact: Fact, roles: frozenset[Role], reason: str | None, copy: str | None = None
) -> Decision:
    record = _record(case, fact.id, fact.at, by=fact.by.id if fact.by else None, refused=True)
    says = (f"{_folder(roles)}/refused",)
    return Decision(
        record=record, says=says, reason=reason, copy=copy, put_back=_put_back(case, fact), asker=fact.by
    )


def _put_back(case: Case, fact: Fact) -> str | None:
    """Return what a refused request had changed on the issue, and what is undone."""
    match fact:
        case Labeled(label=label):
            known = {state.label for state in case.process.states} | case.process.quick_labels().keys()
            return f"I put `{label}` back." if label in known else "I put the label back."
        case Closed():
            return "I opened it again."
        case Reopened() if case.process.state(case.progress.state or "") and not guards.stays_open(case):
            return "I closed it again."
    return None
