"""One suspension, on its own page: whose account it is, since when, by whom, and until when."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from cocflow.core.acts.consent import consent
from cocflow.core.acts.continuation import WentOn, origin
from cocflow.core.acts.resolve import is_decided
from cocflow.core.acts.room import housed
from cocflow.core.acts.suspend import (
    Ending,
    Standing,
    SuspensionNoted,
    ordered,
    reason_in,
    suspensions,
    takes_several,
)
from cocflow.core.case.act import Act, Ask, Begun, Guard, Instant, Note, Recorder
from cocflow.core.case.case import Case, digests, once
from cocflow.core.case.child import TwiceMadeError, to_incident
from cocflow.core.case.facts import Fact, sha256
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.ids import OfChild, child_id
from cocflow.core.case.progress import Change, Moved, Part, Progress, Record
from cocflow.core.case.records import Number, Owed, Time
from cocflow.core.people.person import Person, named
from cocflow.core.people.roster import Administrator
from cocflow.core.process import SUSPENSION
from cocflow.core.text.readings import LONGEST
from cocflow.core.text.typed import has_words
from cocflow.core.text.when import is_endless, looks_like_when, read_when, right_when
from cocflow.errors import UserMistake

ACCOUNT, REACH, REASON, UNTIL, OF_INCIDENT = "account", "reach", "reason", "until", "incident"
"""The ids of the suspension form's fields."""

SUSPENDED = "suspended"
"""The key of the one person on a suspension's page."""

_REASON = re.compile(r"\s*[:,;]\s*|\s+[-\u2013\u2014]\s+|\s+(?=(?:because|as|since|for)\b)", re.IGNORECASE)
"""What stands between a time and a reason on one line."""


class Until(Said, frozen=True):
    """Set when a suspension ends, as typed; None for one that is indefinite by decision."""

    when: str | None
    reason: str


class End(Part, frozen=True, kw_only=True, tag="end"):
    """When the suspension ends. `returned`: the end has passed while its appeal is open.

    `above`: up to which receipt of the incident an end that was decided there is taken over; `settled`: this
    end is such a one.
    """

    until: Time | None = None
    indefinite: bool = False
    returned: bool = False
    above: Number = 0
    settled: bool = False

    @property
    def interim(self) -> bool:
        """Whether nobody has decided on an end yet, be it that there is none."""
        return self.until is None and not self.indefinite


class SuspensionBegan(Change, frozen=True, kw_only=True, tag="suspension_began"):
    """A suspension's own beginning: since when, by whom, of which incident, under which key.

    `account` is the digest of the form's answers that say who it is, `why` that of its reason ("" in
    receipts of earlier versions). `endless`: it has no end, by decision.
    """

    key: str
    incident: Number
    by: str
    account: str
    why: str = ""
    until: Time | None = None
    endless: bool = False

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep it, and its end."""
        progress.keep(self)
        progress.keep(msgspec.structs.replace(progress[End], until=self.until, indefinite=self.endless))


class EndSet(Change, frozen=True, kw_only=True, tag="end_set"):
    """The suspension ends at `until`; None: it is indefinite by decision.

    `above`: the number of the incident's receipt that decided so, 0 where that was decided here.
    """

    until: Time | None = None
    above: Number = 0

    def apply(self, progress: Progress, record: Record) -> None:
        """Let it end then."""
        above = max(self.above, progress[End].above)
        progress.keep(
            End(until=self.until, indefinite=self.until is None, above=above, settled=self.above > 0)
        )


class AccessReturned(Change, frozen=True, kw_only=True, tag="access_returned"):
    """The suspension's end has passed while its appeal is open."""

    def apply(self, progress: Progress, record: Record) -> None:
        """Let the account be back."""
        progress.keep(msgspec.structs.replace(progress[End], returned=True))


def parse(line: str, rest: str) -> Until:
    """Read `<when>` or `indefinite`, in whatever words, on the command's line, and a reason below it."""
    if not line:
        raise UserMistake("A time is missing, or `indefinite`.")
    if not has_words(rest):
        line, rest = _with_reason(line)
    if not has_words(rest):
        raise UserMistake("A reason is missing; write it below the command.")
    return Until(None if is_endless(line) else line, rest)


def _with_reason(line: str) -> tuple[str, str]:
    """Cut a line into the time and the reason behind it; as it is, without one, where that can't be told."""
    for cut in reversed([] if looks_like_when(line) else list(_REASON.finditer(line, 0, LONGEST))):
        when, why = line[: cut.start()], line[cut.end() :]
        if has_words(why) and (is_endless(when) or looks_like_when(when)):
            return when, why.strip()
    return line, ""


def began(case: Case) -> SuspensionBegan | None:
    """Return how the suspension began; None before it is recorded."""
    return case.progress.newest(SuspensionBegan)


def standing(case: Case) -> Standing | None:
    """Return how the incident knows this suspension, None where it doesn't, or there is none."""
    mine = began(case)
    return suspensions(case.incident).get(mine.key) if case.incident and mine else None


def began_at(case: Case) -> datetime | None:
    """Return since when the account has been suspended; None where it never was."""
    in_force_ = case.process.are("account_suspended")
    return next((stay.since for stay in case.progress.stays if stay.state in in_force_), None)


def needs_another(case: Case, person: Person) -> bool:
    """Whether nobody suspends that account alone: it is an administrator's, or the incident's reporter's.

    `case` is the incident, where there is one. A sole administrator has nobody to ask.
    """
    return len(case.community.administrators) > 1 and case.is_insider(person) == "surely"


def in_force(case: Case) -> bool:
    """Whether the account is suspended now."""
    return case.is_("account_suspended") and not case.progress[End].returned


@once
def suspended_person(case: Case) -> Person:
    """Return whose account it is: whom the incident's `/suspend` named, else whom the form names.

    The form's body stays editable, so it is believed only while it says what it said at first.
    """
    return housed(case, msgspec.structs.replace(_suspended_person(case), ordered_as=_key(case)))


def _key(case: Case) -> str:
    """Return the key by which the incident knows the suspension, from the first moment."""
    mine, marker = began(case), case.marker
    if mine is not None:
        return mine.key
    return marker.key if marker is not None else f"d{case.issue.number}"


def _suspended_person(case: Case) -> Person:
    mine, known = began(case), standing(case)
    if case.incident is not None and known is not None and known.words is not None:
        return ordered(case.incident, SUSPENDED, known)
    if mine is not None and account_digest(case) != mine.account:
        return Person(key=SUSPENDED, name="", role="suspended")
    said = case.filed.answers
    name = " ".join(said.text(ACCOUNT).split())[:100]
    return named(SUSPENDED, name, said.text(REACH), "suspended")


def reason(case: Case) -> str:
    """Return why the account is suspended, as it was said at first; "" where the words have changed since."""
    known, mine, said = standing(case), began(case), case.filed.answers.text(REASON)
    if case.incident is not None and known is not None and known.words is not None:
        return reason_in(case.incident, known)
    return said if mine is None or mine.why in ("", sha256(said)) else ""


def account_digest(case: Case) -> str:
    """Return the digest of the answers that say whose account is suspended."""
    said = case.filed.answers
    return sha256(f"{said.text(ACCOUNT)}\n{said.text(REACH)}")


def end_ahead(case: Case, ask: Ask) -> str | None:
    """Refuse an end that lies in the past, or can't be read."""
    if not isinstance(ask.command, Until):
        return "Say until when, or `indefinite`."
    try:
        _end(case, ask)
    except UserMistake as mistake:
        return str(mistake)
    return None


def _line(case: Case, ask: Ask) -> str | None:
    """Return the command with an end that lies ahead."""
    if not isinstance(ask.command, Until) or ask.command.when is None:
        return None
    now, zone = ask.at, case.community.zone
    return f"/until {right_when(ask.command.when, now=now, zone=zone, otherwise='2 weeks')}"


def end_for_one(case: Case, ask: Ask) -> str | None:
    """Refuse an end that takes several: the incident's resolution decides that.

    One administrator says for the time being until when, and ends sooner what was decided.
    """
    if not isinstance(ask.command, Until) or case.incident is None:
        return None
    end, known = _end(case, ask), standing(case)
    outcome = takes_several(case.incident, endless=end is None)
    is_open = (known is None or known.said is None) and not is_decided(case.incident)
    if outcome is None or is_open or _is_sooner(case, end):
        return None
    again = " Reopen it for that." if is_decided(case.incident) else ""
    return (
        f"That takes several: say it in the `/resolve` of #{case.incident.issue.number}, on a line of its"
        f" own, as `<name>: {outcome.form}`.{again}"
    )


def _is_sooner(case: Case, end: datetime | None) -> bool:
    """Whether an end is no later than the one that stands by decision."""
    now = case.progress[End]
    return end is not None and (now.indefinite or (now.until is not None and end <= now.until))


def needs_second(case: Case, ask: Ask) -> str | None:
    """Refuse where one administrator may suspend the account alone."""
    needed = needs_another(case.incident or case, suspended_person(case))
    return None if needed else "It is neither an administrator's account nor the reporter's."


def another_seconds(case: Case, ask: Ask) -> str | None:
    """Refuse whoever asked for the suspension: it takes two."""
    mine = began(case)
    if mine is not None and mine.by and ask.asker is not None and case.is_another(ask.asker, mine.by):
        return None
    return "You asked for this suspension, so another administrator has to agree."


def _others(case: Case) -> tuple[Administrator, ...]:
    """Return the administrators with a say but for whoever asked for the suspension."""
    mine = began(case)
    return case.others(mine.by) if mine is not None and mine.by else case.eligible


def interim(case: Case, ask: Ask) -> str | None:
    """Refuse where the suspension's end is decided, be it that there is none."""
    return None if case.progress[End].interim else "The suspension's end is decided."


def end_decided_above(case: Case, ask: Ask) -> str | None:
    """Refuse where the incident's resolution decided no end that isn't taken over yet."""
    return None if _decided_above(case) is not None else "The incident has decided no other end."


def _decided_above(case: Case) -> Ending | None:
    known = standing(case)
    ending = known.ending if known is not None else None
    return ending if ending is not None and ending.receipt > case.progress[End].above else None


def _taken_over(case: Case) -> tuple[Change, ...]:
    ending = _decided_above(case)
    return (EndSet(until=ending.until, above=ending.receipt),) if ending is not None else ()


def settled_words(case: Case) -> str:
    """Return what the resolution that decided the present end says to the person; "" where none did."""
    known = standing(case)
    if case.incident is None or known is None or not case.progress[End].settled:
        return ""
    return reason_in(case.incident, known) if known.said is not None else ""


def _end(case: Case, ask: Ask) -> datetime | None:
    said = ask.command.when if isinstance(ask.command, Until) else None
    end = None if said is None else read_when(said, now=ask.said_at, zone=case.community.zone)
    if end is not None and end <= ask.at:
        raise UserMistake("That end has passed.")
    return end


def _begins(case: Case, fact: Fact) -> Begun:
    """Begin a suspension: at GitHub's time of the `/suspend`, or of the form's own opening."""
    marker = case.marker
    known = suspensions(case.incident).get(marker.key) if case.incident and marker else None
    if known is not None and known.since is not None:
        key, by, since, until = known.key, known.by, known.since, known.until
        endless = until is None and not known.interim
    else:
        endless = False
        key, by, since = f"d{case.issue.number}", fact.by.id if fact.by else "", fact.at
        until = _said_end(case, fact)
    number = case.incident.issue.number if case.incident else 0
    change = SuspensionBegan(
        key=key,
        incident=number,
        by=by,
        account=account_digest(case),
        why=sha256(case.filed.answers.text(REASON)),
        until=until,
        endless=endless,
    )
    return Begun((change,), since)


def _said_end(case: Case, fact: Fact) -> datetime | None:
    """Return the end that the form names; without one that can be read, the suspension is interim."""
    said = case.filed.answers.text(UNTIL)
    try:
        return read_when(said, now=fact.at, zone=case.community.zone) if said else None
    except UserMistake:
        return None


def _noting(incident: Case, suspension: Case) -> Note | None:
    """Return what an incident has yet to note of one of its suspensions; None if it knows all.

    Labels of a suspension can be forged, so the incident believes only its own receipts (the rule
    *Suspensions*). Raises TwiceMadeError where it knows another issue for that suspension.
    """
    mine, last = began(suspension), suspension.ledger.last
    if mine is None or last is None or suspension.progress.state is None:
        return None
    of = OfChild(SUSPENSION, suspension.issue.id, last.record.n)
    end = suspension.progress[End]
    known = suspensions(incident).get(mine.key)
    handles = _handles(suspension)  # none where what named the person has changed since
    change = SuspensionNoted(
        key=mine.key,
        issue=suspension.issue.id,
        number=suspension.issue.number,
        state=suspension.progress.state,
        until=end.until,
        interim=end.interim,
        in_force=suspension.is_("account_suspended"),
        handles=handles or (known.handles if known is not None else ()),
    )
    if known is None and suspension.state is not None and suspension.state.final and not began_at(suspension):
        return None  # it came to nothing before the incident ever knew of it
    if str(of) in incident.progress.answered or (known is not None and _says(known, change)):
        return None
    before = origin(suspension)
    mine_too = ("", *suspension.ids, *(before.issues if before is not None else ()))
    if known is not None and known.issue not in mine_too:
        raise TwiceMadeError(suspension.issue.number, known.number or 0)
    return Note(of, last.record.at, change, "administrators/suspension_noted", mine.by)


def _handles(suspension: Case) -> tuple[str, ...]:
    """Return digests of the ways to name the person, and of every administrator who is surely meant."""
    person = suspended_person(suspension)
    meant = (one for one in suspension.community.administrators if suspension.means(person, one) == "surely")
    return tuple(sorted({*person.digests(), *(handle for one in meant for handle in digests(one))}))


def _says(known: Standing, change: SuspensionNoted) -> bool:
    """Whether the incident knows all of that already."""
    return all(getattr(known, name) == value for name, value in change.news().items())


def _owes(case: Case, number: int, changes: tuple[Change, ...]) -> tuple[Owed, ...]:
    """Owe the incident a receipt of its own, for labels can be forged (the rule *Suspensions*)."""
    if not any(
        isinstance(one, Moved | EndSet | AccessReturned | SuspensionBegan | WentOn) for one in changes
    ):
        return ()
    return (to_incident(number),)


def _basis(case: Case) -> str:
    """Return on what its letters depend besides: what the incident's reporter lets be shared, and the end."""
    given = consent(case.incident) if case.incident is not None else None
    return f"{given.level if given is not None else ''} {case.progress[End].until}"


def _names(case: Case) -> str | None:
    mine = began(case)
    if case.incident is None or mine is None:
        return None
    return child_id(case.incident.subjects.name_of(case.incident), mine.key)


ACT = Act(
    name="suspension",
    serves=("suspension",),
    commands=(
        Command(
            name="until",
            usage=Usage(
                "/until <when or indefinite>\n<reason>",
                "/until 2 weeks\nThat is how long the last one was.",
                "Set when a suspension ends. Without an end it is an interim one, to be reviewed every day.",
            ),
            parse=parse,
            slashes="no command",
            instead=("extend", "end", "shorten", "indefinite", "permanent", "forever"),
        ),
    ),
    changes=(SuspensionBegan, EndSet, AccessReturned),
    parts=(End,),
    guards=(
        Guard(
            "end_ahead",
            "The end of the suspension lies in the future.",
            end_ahead,
            commands=("until",),
            copies=_line,
        ),
        Guard(
            "end_for_one",
            "One administrator may say so: it ends sooner, or it isn't decided yet; else the incident's"
            " resolution says it.",
            end_for_one,
            commands=("until",),
            across="the incident says how many it takes",
        ),
        Guard(
            "needs_second",
            "It is an administrator's account or the reporter's, so nobody suspends it alone.",
            needs_second,
            across="the incident says who reported",
        ),
        Guard(
            "another_seconds",
            "Another administrator than the one who asked for it.",
            another_seconds,
            lets=_others,
        ),
        Guard("interim", "The suspension has no end, and isn't indefinite by decision.", interim),
        Guard(
            "end_decided_above",
            "The incident's resolution has decided on another end.",
            end_decided_above,
            across="the incident says which",
        ),
    ),
    records=(
        Recorder(
            "end",
            "until when the account is suspended",
            lambda case, ask: (EndSet(until=_end(case, ask)),),
            commands=("until",),
            guards=("end_ahead",),
        ),
        Recorder(
            "decided_end",
            "until when the account is suspended, as the incident's resolution says",
            lambda case, ask: _taken_over(case),
            guards=("end_decided_above",),
            by_itself=True,
        ),
        Recorder(
            "access_returned",
            "that the account is back while its appeal is open",
            lambda case, ask: (AccessReturned(),),
            by_timer=True,
        ),
    ),
    instants=(
        Instant("suspension.end", "The end of the suspension.", lambda case: case.progress[End].until),
    ),
    begins=_begins,
    people=lambda case: (suspended_person(case),),
    owes=_owes,
    basis=_basis,
    names=_names,
    noting=_noting,
)
