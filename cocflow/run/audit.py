"""Is every case what its receipts say, and were they ever altered: the checks of `cocflow audit`.

Owns the comparison of receipts, replayed, with what GitHub shows: comments, their editors, deletions,
labels, buttons, sub-issues, rooms. It names accounts as GitHub does, since it is for administrators, and no
word that anybody wrote. What an administrator has settled, with `/recover` or with `/gone` on the board,
isn't found again. Refuses to mend anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from cocflow.core.acts.continuation import numbers, origin
from cocflow.core.acts.guest import GUEST, room_name
from cocflow.core.acts.suspend import Standing, suspensions
from cocflow.core.acts.suspension import End, began
from cocflow.core.case.case import Case
from cocflow.core.case.facts import (
    Actor,
    Closed,
    CommentDeleted,
    Corrected,
    Fact,
    Labeled,
    Reopened,
    Unlabeled,
    sha256,
)
from cocflow.core.case.ids import Occurrence, read_own
from cocflow.core.case.ledger import Receipt
from cocflow.core.case.progress import Moved, Progress, Record
from cocflow.core.case.records import Board, Stub, Words, claim, is_signed, is_vouched
from cocflow.core.engine.openness import stays_open
from cocflow.core.engine.reading import stepped
from cocflow.core.engine.requests import open_requests
from cocflow.core.process import BACK, CHILDREN, STATE_PREFIX, Move, Process
from cocflow.core.text.codename import code_name
from cocflow.core.text.numbers import read_compact
from cocflow.core.views.tokens import is_token_of
from cocflow.errors import AdapterError, CocflowError
from cocflow.ports import Room, Rooms, StrayRun
from cocflow.run.board import said_gone
from cocflow.run.book import Pages
from cocflow.run.desk import Desk
from cocflow.run.listing import whole
from cocflow.run.overview import look


class Trace(msgspec.Struct, frozen=True):
    """What isn't as it was written: one sentence, by whom GitHub says, and since when."""

    found: str
    by: str = ""
    since: datetime | None = None


class Discrepancy(msgspec.Struct, frozen=True, kw_only=True):
    """A trace in one case, and the name of the rule that found it. `number` None: of the whole repository."""

    number: int | None
    code_name: str
    rule: str
    found: str
    by: str
    since: datetime | None


class Unchecked(msgspec.Struct, frozen=True):
    """What couldn't be checked: an issue, or all of them (None), and why."""

    number: int | None
    why: str


class Audit(msgspec.Struct, kw_only=True):
    """What an audit has looked at, what it found, and what it couldn't check."""

    issues: int = 0
    receipts: int = 0
    findings: list[Discrepancy] = msgspec.field(default_factory=list)
    unchecked: list[Unchecked] = msgspec.field(default_factory=list)


class _Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """A suspension as its own receipts tell it, to be compared with what its incident noted."""

    number: int
    id: str
    key: str
    incident: int
    state: str
    until: datetime | None
    is_open: bool
    parent: int | None
    before: tuple[int, ...] = ()


class _Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room as its own receipts tell it. `inside`: its guest is in it, so it has to be there.

    `ids`: the node ids of its issue, from before it was moved or went on here too.
    """

    number: int
    ids: tuple[str, ...]
    code_name: str
    name: str
    inside: bool


class _Seen(msgspec.Struct):
    """What is kept of the cases for the checks across them. `now_at`: where one goes on, by number."""

    standings: dict[int, dict[str, Standing]] = msgspec.field(default_factory=dict)
    suspensions: list[_Suspension] = msgspec.field(default_factory=list)
    rooms: list[_Room] = msgspec.field(default_factory=list)
    now_at: dict[int, int] = msgspec.field(default_factory=dict)
    open: set[int] = msgspec.field(default_factory=set)
    gone: set[int] = msgspec.field(default_factory=set)
    unbelieved: set[int] = msgspec.field(default_factory=set)
    stubs: tuple[Stub, ...] = ()
    signed: bool = False


def audit(desk: Desk, strays: Iterable[StrayRun] = (), rooms: Rooms | None = None) -> Audit:
    """Check every case, open and closed. One read an issue, two for a suspension, besides the listing.

    `strays`: the runs of jobs that weren't of the default branch, which may have written anything. `rooms`:
    those of the community, of which a listing is compared with the issues about them.
    """
    done, seen, numbers = Audit(), _Seen(), _numbers(desk)
    for number in numbers:
        try:
            case = look(desk, number)
        except CocflowError as error:
            if isinstance(error, AdapterError) and error.status in (401, 403, 429):
                raise
            done.issues += 1
            done.unchecked.append(Unchecked(number, str(error)))
            seen.unbelieved.add(number)
            continue
        if isinstance(case, Board):
            seen.open |= read_compact(case.cases)
            seen.gone |= said_gone(desk.tracker.read(number), desk.community).keys()
            continue
        if isinstance(case, Pages):
            seen.stubs += case.stubs
            continue
        done.issues += 1
        done.receipts += len(case.ledger.counted)
        done.findings += findings(case)
        _note(seen, case)
    closed = _closed_repetitions(seen).union(seen.now_at)
    done.findings = [one for one in done.findings if one.number not in closed or one.rule in WRITTEN]
    erased = {number for one in seen.stubs for number in read_compact(one.numbers)}
    done.findings += (one for one in _across(seen) if one.number not in erased)
    done.findings += _unfinished(seen, numbers)
    done.findings += _vanished(desk, seen, [*numbers, *erased])
    done.findings += map(_of_branch, strays)
    if rooms is not None:
        try:
            done.findings += _of_rooms(seen, rooms.listing(), alone=not desk.community.vaults)
        except CocflowError as error:
            done.unchecked.append(Unchecked(None, f"The rooms couldn't be listed: {error}"))
    done.findings.sort(key=lambda one: one.number or 0)
    if seen.signed and desk.seal is None:
        why = "There are signatures, and without COCFLOW_LEDGER_KEY nobody can check them."
        done.unchecked.append(Unchecked(None, why))
    return done


def _numbers(desk: Desk) -> list[int]:
    """Return the numbers of all issues, in order."""
    return sorted({one.number for page in whole(desk.tracker) for one in page.issues})


def _unfinished(seen: _Seen, numbers: Iterable[int]) -> Iterator[Discrepancy]:
    """Find what somebody has begun to erase, of which a part is there still."""
    there = set(numbers)
    for one in seen.stubs:
        left = read_compact(one.numbers) & there
        if left and left != read_compact(one.numbers):
            listed = ", ".join(f"#{number}" for number in sorted(left))
            yield Discrepancy(
                number=one.first,
                code_name="",
                rule="erasure",
                found=f"It is being erased, and {listed} is there still: run cocflow erase again.",
                by="",
                since=None,
            )


def _vanished(desk: Desk, seen: _Seen, numbers: Iterable[int]) -> Iterator[Discrepancy]:
    """Find the numbers that have no issue any more: each is given out once, to an issue or a pull request."""
    there = set(numbers)
    absent = {*range(1, max(there | seen.open, default=0)), *seen.open} - there - seen.gone
    absent -= desk.tracker.pull_requests() if absent else set()
    for number in sorted(absent):
        says = "It was open when it was last seen, and is gone" if number in seen.open else "It is gone"
        yield Discrepancy(
            number=number,
            code_name="",
            rule="numbers",
            found=f"{says}: deleted, moved to another repository, or its author is hidden by GitHub.",
            by="",
            since=None,
        )


def findings(case: Case) -> list[Discrepancy]:
    """Return what is found in one case by itself. What a broken one's receipts say isn't judged."""
    rules = WRITTEN if case.ledger.faults else {**WRITTEN, **REPLAYED}
    return [_finding(case, name, trace) for name, rule in rules.items() for trace in rule(case)]


def _of_branch(run: StrayRun) -> Discrepancy:
    return Discrepancy(
        number=None,
        code_name="",
        rule="branches",
        found=f"The job {run.job} has run as the branch {run.branch} has it, with that branch's roster.",
        by=run.by,
        since=run.at,
    )


def _of_rooms(seen: _Seen, listed: Iterable[Room], *, alone: bool) -> Iterator[Discrepancy]:
    """Compare the rooms that there are with the issues about them. `alone`: no other vault has any."""
    there = {room.name: room for room in listed}
    for one in seen.rooms:
        found = there.get(one.name)
        token = found.description.rpartition(" ")[2] if found is not None else ""
        if found is None and one.inside:
            yield _of_room(one, "Its room isn't to be had: it was deleted, renamed, or is no room any more.")
        elif found is not None and not any(is_token_of(token, id_, GUEST) for id_ in one.ids):
            yield _of_room(one, "The description of its room was changed: its words may find no way here.")
    unknown = there.keys() - {one.name for one in seen.rooms}
    for name in sorted(unknown) if alone and not seen.unbelieved else ():
        yield Discrepancy(
            number=None,
            code_name=name,
            rule="rooms",
            found="There is a room that no issue tells of.",
            by="",
            since=None,
        )


def _of_room(one: _Room, says: str) -> Discrepancy:
    return Discrepancy(
        number=one.number, code_name=one.code_name, rule="rooms", found=says, by="", since=None
    )


def _finding(case: Case, rule: str, trace: Trace) -> Discrepancy:
    return Discrepancy(
        number=case.issue.number,
        code_name=case.code_name,
        rule=rule,
        found=trace.found,
        by=trace.by,
        since=trace.since,
    )


def _login(actor: Actor | None) -> str:
    """Return an account as GitHub names it."""
    if actor is None:
        return "an account that is gone"
    return f"{actor.login}[bot]" if actor.bot else actor.login


def _deletions(case: Case, *, ours: bool = False) -> Trace:
    """Return who has deleted comments here, and since when: GitHub says whose they were, and not which.

    `ours`: only those that may have been cocflow's, and that somebody else deleted.
    """
    deleted = [fact for fact in case.issue.facts if isinstance(fact, CommentDeleted)]
    if ours:
        of_us = (fact for fact in deleted if fact.author is None or case.issue.is_me(fact.author))
        deleted = [fact for fact in of_us if not case.issue.is_mine(fact)]
    by = dict.fromkeys(_login(fact.by) for fact in deleted)
    return Trace("", " or ".join(by), deleted[0].at if deleted else None)


# --- what is written ---------------------------------------------------------------------------------


def receipts(case: Case) -> Iterator[Trace]:
    """Find receipts that were edited, deleted or forged: whatever makes the ledger disbelieve a case."""
    for fault in case.ledger.faults:
        comment = case.comments.get(fault.comment or "")
        if comment is None or "gap" in fault.says:
            gone = _deletions(case, ours=True)
            yield Trace(fault.says, gone.by, gone.since)
        elif comment.edited_at is not None:
            yield Trace(fault.says, _login(comment.edited_by), comment.edited_at)
        else:
            yield Trace(fault.says, _login(comment.by), comment.at)


def imitations(case: Case) -> Iterator[Trace]:
    """Find comments of others that end like one of cocflow's. Nothing of them is believed."""
    for comment in case.issue.comments():
        what = claim(comment.body)
        by_bot = comment.by is not None and comment.by.bot
        if what is None or case.issue.is_mine(comment) or (what == "receipt" and by_bot):
            continue
        author = comment.edited_by if comment.edited_by_another else comment.by
        yield Trace(f"A comment imitates a {what} of cocflow's.", _login(author), comment.unchanged_since)


def edits(case: Case) -> Iterator[Trace]:
    """Find what cocflow wrote and somebody else edited. Only the card is edited, and by cocflow alone."""
    for comment in case.issue.comments():
        what = claim(comment.body)
        if not case.issue.is_mine(comment) or comment.edited_at is None or what == "receipt":
            continue
        if what != "card" or comment.edited_by_another:
            name = what or "comment"
            yield Trace(
                f"A {name} of cocflow's has been edited.", _login(comment.edited_by), comment.edited_at
            )


def signatures(case: Case) -> Iterator[Trace]:
    """Find what was written in cocflow's name without its key; receipts have their own rule."""
    for comment in case.issue.comments():
        what = claim(comment.body)
        if what in (None, "receipt") or not case.issue.is_mine(comment):
            continue
        if not is_vouched(comment.body, case.seal, case.issue.id, comment.unchanged_since):
            author = comment.edited_by if comment.edited_at is not None else comment.by
            says = f"A {what} isn't signed with this community's key."
            yield Trace(says, _login(author), comment.unchanged_since)


# --- what the receipts say, replayed --------------------------------------------------------------------


def words(case: Case) -> Iterator[Trace]:
    """Find words that a receipt names, and that have changed or gone since."""
    told: set[Words] = set()
    for entry in case.ledger.counted:
        for named in _words_of(entry.record):
            if named in told or not named.fact:
                continue
            told.add(named)
            comment = case.comments.get(named.fact)
            if comment is None:
                gone = _deletions(case)
                yield Trace(f"The words that receipt {entry.record.n} names are gone.", gone.by, gone.since)
            elif sha256(comment.body) != named.sha:
                says = f"The words that receipt {entry.record.n} names have changed since."
                yield Trace(says, _login(comment.edited_by), comment.edited_at)


def _words_of(record: Record) -> list[Words]:
    found = [getattr(change, "words", None) for change in record.changes]
    found += [owed.words for owed in record.owed]
    return [one for one in found if isinstance(one, Words)]


def requests(case: Case) -> Iterator[Trace]:
    """Find receipts whose request is gone, or was somebody else's than they say."""
    facts = {fact.id: fact for fact in case.issue.facts}
    named = {one.fact for entry in case.ledger.counted for one in _words_of(entry.record)}
    for entry in case.ledger.counted:
        record = entry.record
        fact = facts.get(record.of, case.comments.get(Corrected.comment_of(record.of)))
        if fact is None and not _is_no_fact(record) and record.of not in named:
            gone = _deletions(case)
            yield Trace(f"What receipt {record.n} answers is gone.", gone.by, gone.since)
        elif (
            fact is not None and fact.by is not None and record.by and case.is_another(record.by, fact.by.id)
        ):
            yield Trace(f"Receipt {record.n} names another than who asked.", _login(fact.by), fact.at)


def _is_no_fact(record: Record) -> bool:
    """Whether what is answered stands in no timeline: timers, moves of cocflow's own, edits of the body."""
    return read_own(record.of) is not None or "@" in record.of


def duplicates(case: Case) -> Iterator[Trace]:
    """Find what is there twice: two answers to one request, receipts that lost a race, further cards."""
    answers = Counter(entry.record.of for entry in case.ledger.counted)
    for entry in case.ledger.counted:
        if answers.pop(entry.record.of, 1) > 1:
            yield _written(case, entry, f"What receipt {entry.record.n} answers is answered twice.")
    for entry in case.ledger.void:
        yield _written(case, entry, f"A receipt {entry.record.n} that doesn't count still stands there.")
    for card in case.ledger.spare_cards:
        yield Trace("There is a further card.", _login(card.by), card.at)


def _written(case: Case, entry: Receipt, says: str) -> Trace:
    comment = case.comments[entry.id]
    return Trace(says, _login(comment.by), comment.at)


def steps(case: Case) -> Iterator[Trace]:
    """Find receipts that take a step which the process doesn't allow, in the version that they name."""
    progress = Progress()
    for entry in case.ledger.counted:
        record, before = entry.record, progress.state
        progress = stepped(progress, record)
        of_this_version = record.process == case.process.id and record.snapshot is None
        if of_this_version and not _is_allowed(case.process, record, before):
            says = (
                f"Receipt {record.n} takes a step from {before or 'the beginning'} that isn't in the process."
            )
            yield _written(case, entry, says)


def _is_allowed(process: Process, record: Record, before: str | None) -> bool:
    to = next((change.to for change in record.changes if isinstance(change, Moved)), None)
    if before is None:
        return to in {opening.to for opening in process.openings}
    if record.move is not None:
        moves = [move for move in process.moves if move.name == record.move]
        return any(before in move.from_ and _may_lead_to(move, to) for move in moves)
    own = read_own(record.of)
    if not isinstance(own, Occurrence):
        return to is None
    timers = [timer for timer in process.timers if timer.name == own.timer]
    return any(timer.to == to and before in timer.in_ for timer in timers)


def _may_lead_to(move: Move, to: str | None) -> bool:
    """Whether a receipt of a move may lead to a state; a draft is shown before it happens."""
    if to is None:
        return move.to is None or move.drafted is not None
    return move.to == to or (move.to == BACK and to not in move.from_)


def unanswered(case: Case) -> Iterator[Trace]:
    """Find what somebody asked for and nobody answered."""
    if case.progress.state is None:
        yield Trace("It hasn't been answered yet.", _login(case.issue.author), case.issue.opened_at)
        return
    for fact in open_requests(case):
        yield Trace("A request hasn't been answered yet.", _login(fact.by), fact.at)


def labels(case: Case) -> Iterator[Trace]:
    """Find labels that show another state, or another kind of issue, than the receipts tell."""
    state = case.process.state(case.progress.state or "")
    if case.progress.state is None:
        return
    if state is None:
        yield Trace(f"The process lacks the state {case.progress.state}.")
        return
    shown = {label for label in case.issue.labels if label.startswith(STATE_PREFIX) or label in CHILDREN}
    wanted = {state.label} if case.is_incident else {state.label, case.process.name}
    for label in sorted(shown - wanted):
        yield _last(case, Labeled, label, "There is the label `{}`, and the receipts don't tell so.")
    for label in sorted(wanted - shown):
        yield _last(case, Unlabeled, label, "The label `{}` is missing.")


def _last(case: Case, kind: type[Labeled | Unlabeled], label: str, says: str) -> Trace:
    """Return who last did that to a label; somebody's own label is repeated only if it is one of ours."""
    known = {state.label for state in case.process.states} | {*CHILDREN}
    says = says.format(label if label in known else f"{STATE_PREFIX}…")
    done = [fact for fact in case.issue.facts if isinstance(fact, kind) and fact.label == label]
    return Trace(says, _login(done[-1].by), done[-1].at) if done else Trace(says)


def projections(case: Case) -> Iterator[Trace]:
    """Find states that cocflow itself once showed, and that no receipt tells: a receipt is gone."""
    known = {f"{STATE_PREFIX}{stay.state}" for stay in case.progress.stays}
    for fact in case.issue.facts:
        if not isinstance(fact, Labeled) or not case.issue.is_mine(fact):
            continue
        if fact.label.startswith(STATE_PREFIX) and fact.label not in known:
            known.add(fact.label)
            yield Trace("A state was shown that no receipt tells.", _login(fact.by), fact.at)


def openness(case: Case) -> Iterator[Trace]:
    """Find issues that are open or closed while their case isn't."""
    if case.process.state(case.progress.state or "") is None or case.issue.is_open == stays_open(case):
        return
    kind: type[Fact] = Reopened if case.issue.is_open else Closed
    done = [fact for fact in case.issue.facts if isinstance(fact, kind)]
    says = f"It is {'open' if case.issue.is_open else 'closed'}, and the receipts tell otherwise."
    yield Trace(says, _login(done[-1].by), done[-1].at) if done else Trace(says)


Rule = Callable[[Case], Iterable[Trace]]

WRITTEN: Mapping[str, Rule] = {
    "receipts": receipts,
    "imitations": imitations,
    "edits": edits,
    "signatures": signatures,
}
"""What is looked at in every case: the comments as they stand."""

REPLAYED: Mapping[str, Rule] = {
    "words": words,
    "requests": requests,
    "duplicates": duplicates,
    "steps": steps,
    "unanswered": unanswered,
    "labels": labels,
    "projections": projections,
    "openness": openness,
}
"""What is looked at where the receipts can be believed."""


# --- suspensions and their incidents --------------------------------------------------------------------


def _note(seen: _Seen, case: Case) -> None:
    """Keep of a case what the others are compared with."""
    seen.signed = seen.signed or any(
        case.issue.is_mine(comment) and is_signed(comment.body) for comment in case.issue.comments()
    )
    mine = began(case)
    for number in numbers(case)[:-1]:
        seen.now_at[number] = max(case.issue.number, seen.now_at.get(number, 0))
    if case.ledger.faults:
        seen.unbelieved.add(case.issue.number)
    elif case.is_room:
        inside = case.state is not None and "guest_inside" in case.state.is_
        before = origin(case)
        seen.rooms.append(
            _Room(
                number=case.issue.number,
                ids=(*case.ids, *(before.issues if before is not None else ())),
                code_name=case.code_name,
                name=room_name(case),
                inside=inside and case.issue.number not in seen.now_at,
            )
        )
    elif case.is_incident:
        seen.standings[case.issue.number] = suspensions(case)
    elif mine is not None:
        seen.suspensions.append(
            _Suspension(
                number=case.issue.number,
                id=case.issue.id,
                key=mine.key,
                incident=mine.incident,
                state=case.progress.state or "",
                until=case.progress[End].until,
                is_open=case.issue.is_open,
                parent=case.issue.parent,
                before=numbers(case)[:-1],
            )
        )


def _closed_repetitions(seen: _Seen) -> set[int]:
    """Return the suspensions that were opened twice by two runs, and that cocflow has closed unfinished."""
    return {
        one.number
        for one in seen.suspensions
        if not one.is_open and _repeats(one, _standings(seen, one).get(one.key))
    }


def _repeats(one: _Suspension, standing: Standing | None) -> bool:
    return standing is not None and standing.number not in (None, one.number)


def _incident(seen: _Seen, one: _Suspension) -> int:
    """Return the number of the issue in which a suspension's incident is alive."""
    return seen.now_at.get(one.incident, one.incident)


def _standings(seen: _Seen, one: _Suspension) -> Mapping[str, Standing]:
    return seen.standings.get(_incident(seen, one), {})


def _across(seen: _Seen) -> Iterator[Discrepancy]:
    """Compare the suspensions with what their incidents noted of them."""
    for one in seen.suspensions:
        incident = _incident(seen, one)
        known = () if incident in seen.unbelieved else _against_incident(one, incident, seen.standings)
        for says in known:
            yield Discrepancy(
                number=one.number,
                code_name=code_name(one.id),
                rule="suspensions",
                found=says,
                by="",
                since=None,
            )
    there = seen.unbelieved.union(one.number for one in seen.suspensions)
    alive = {number: one for number, one in seen.standings.items() if number not in seen.now_at}
    for number, standings in alive.items():
        for standing in standings.values():
            if standing.number is None:
                yield _missing(
                    number, "A suspension was ordered, and its issue hasn't been opened.", standing
                )
            elif standing.number not in there:
                yield _missing(number, f"Suspension #{standing.number} isn't to be had.", standing)


def _missing(number: int, says: str, standing: Standing) -> Discrepancy:
    return Discrepancy(
        number=number, code_name="", rule="suspensions", found=says, by="", since=standing.since
    )


def _against_incident(
    one: _Suspension, incident: int, standings: Mapping[int, dict[str, Standing]]
) -> Iterator[str]:
    if incident not in standings:
        if incident:
            yield f"Incident #{incident}, which it belongs to, isn't to be had."
        return
    standing = standings[incident].get(one.key)
    if _repeats(one, standing):
        if one.is_open:
            yield "It repeats another suspension of its incident."
    elif standing is None or (standing.state, standing.until) != (one.state, one.until):
        yield f"Incident #{incident} has noted something else."
    if one.parent not in (None, incident, *one.before):
        yield f"It is a sub-issue of #{one.parent}, and belongs to incident #{incident}."
