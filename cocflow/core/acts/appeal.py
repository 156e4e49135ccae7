"""Appeals: what somebody writes against a decision, when it is heard, and how it is decided.

Of a suspension its person appeals; of an incident the reporter does, and each party. Nobody who agreed to a
decision decides its appeal, and where the reporter hasn't appealed it never becomes harsher for anybody.
Where no administrator is left, the outside contact's letter decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from cocflow.core.acts.conversation import says_appeal
from cocflow.core.acts.outcome import decided_by, heads, outcome_of, said_of, tells
from cocflow.core.acts.resolve import Resolution, resolutions_told, still_to_tell
from cocflow.core.acts.say import in_question
from cocflow.core.acts.suspend import of_person, suspensions
from cocflow.core.acts.suspension import began
from cocflow.core.case.act import Act, Ask, Guard, Instant, Needed, Recorder
from cocflow.core.case.addressed import Addressed, begins_with, parse_parts, unaddressed, words_for
from cocflow.core.case.appeals import Appeals, Verdict
from cocflow.core.case.case import OUTSIDE, Case
from cocflow.core.case.decided import Decided, Outcomes
from cocflow.core.case.facts import Commented, Fact
from cocflow.core.case.grammar import Command, Said, Usage, needed_words
from cocflow.core.case.harsher import harsher
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Words
from cocflow.core.people.person import Person
from cocflow.core.people.roster import Administrator
from cocflow.core.text.inert import inline
from cocflow.core.text.typed import has_words, quoted_lines
from cocflow.core.text.when import format_when
from cocflow.errors import UserMistake

USAGE = Usage(
    "/appeal <words>",
    "/appeal\n> I was not in the channel on that day.",
    "File an appeal: your own, or one that reached you by mail or message. Before its time comes it is kept.",
)

WITHHELD = "(its words lie in the mailbox, set aside)"
"""What stands for an appeal's words on a page that isn't for its writer's words."""


NOTHING_DECIDED = "There is no decision here that could be appealed now."

LOOKED_AT_AGAIN = (
    "It is being looked at again, so there is nothing to appeal just now. What is decided then is told, and"
    " may be appealed."
)

NO_APPEAL_YET = (
    "This isn't filed as an appeal yet. If it is one, it is sent once more with `appeal` as its first"
    " word{last}."
)

DECISION = "decision"
"""What a move keeps by which an appeal is decided, by its name in the process files."""


class Appeal(Said, frozen=True):
    """File somebody's justification."""

    words: str


class Uphold(Said, frozen=True):
    """Let what was decided stand, for these reasons."""

    reasons: str


class Overturn(Said, frozen=True):
    """End the suspension, in view of this new context."""

    context: str


class AppealKept(Change, frozen=True, kw_only=True, tag="appeal_kept"):
    """These words are part of the appeal that is open or will be filed.

    `who` appeals in an incident (a key); "": the suspended person.
    """

    words: Words
    verified: bool = True
    who: str = ""

    def apply(self, progress: Progress, record: Record) -> None:
        """Add them; what surely is somebody's is filed from then on."""
        if self.who and self.verified:
            _file(progress, (self.who,), record.at)
        progress.keep(Waiting(appeal=(*progress[Waiting].appeal, self)))

    def told_only(self) -> tuple[str, ...] | None:
        """In an incident, only who appeals is told."""
        return (self.who,) if self.who else None


class AppealsTaken(Change, frozen=True, kw_only=True, tag="appeals_taken"):
    """Somebody with a say takes up the appeals of these people (keys), be it sure or not who wrote them."""

    to: tuple[str, ...]

    def apply(self, progress: Progress, record: Record) -> None:
        """File them."""
        _file(progress, self.to, record.at)
        waits = (msgspec.structs.replace(one, verified=True) for one in progress[Waiting].appeal)
        progress.keep(Waiting(appeal=tuple(waits)))

    def told_only(self) -> tuple[str, ...] | None:
        """Whoever appeals is told."""
        return self.to


class Waiting(Part, frozen=True, kw_only=True, tag="appeal"):
    """What the appeal that is open, or will be filed, consists of."""

    appeal: tuple[AppealKept, ...] = ()


class AppealDecided(Change, frozen=True, kw_only=True, tag="appeal_decided"):
    """The words that decided the appeal: the reasons, or the new context.

    Of an incident's: who is told (keys), None for everybody; whether the decision was changed (None: it is a
    suspension's); for whom (keys) something is decided anew; and whether the outside contact decided.
    """

    words: Words
    to: tuple[str, ...] | None = None
    changed: bool | None = None
    anew: tuple[str, ...] = ()
    outside: bool = False

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep the decision; no appeal waits any more, but for what may be anybody's in an incident.

        For whom something is decided anew isn't told the old words any more.
        """
        progress.keep(self)
        known, waits = progress[Appeals], progress[Waiting].appeal
        progress.forget(Waiting)
        if self.changed is None:
            return
        old = progress[Resolution].words
        progress.told.update(one.id for one in progress.owed() if one.to in self.anew and one.words == old)
        if unsure := tuple(one for one in waits if not one.verified):
            progress.keep(Waiting(appeal=unsure))
        progress.keep(
            Appeals(
                made=known.made,
                verdicts=(*known.verdicts, Verdict(record.at, self.changed)),
                anew=known.anew | dict.fromkeys(self.anew, record.at),
            )
        )

    def words_told(self, before: Progress) -> Words | None:
        """These are the words."""
        return self.words

    def told_only(self) -> tuple[str, ...] | None:
        """Whoever appealed is told, and for whom something changes."""
        return self.to


class AppealFallen(Change, frozen=True, kw_only=True, tag="appeal_fallen"):
    """The outside contact has decided that the decision doesn't stand; administrators decide anew."""

    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Let anybody with a say do so."""
        progress.keep(msgspec.structs.replace(progress[Appeals], fallen=True))


class AppealsLate(Change, frozen=True, kw_only=True, tag="appeals_late"):
    """These people (keys) hear that the answer to their appeal is late."""

    to: tuple[str, ...]

    def apply(self, progress: Progress, record: Record) -> None:
        """Tell each once."""
        known = progress[Appeals]
        progress.keep(msgspec.structs.replace(known, late=(*known.late, *self.to)))

    def told_only(self) -> tuple[str, ...] | None:
        """It is for nobody else."""
        return self.to


def _file(progress: Progress, keys: Iterable[str], at: datetime) -> None:
    """Count appeals of these people (keys) as filed; what is added to one that is open changes no date."""
    known, open_ = progress[Appeals], {one.who for one in progress[Waiting].appeal if one.verified}
    new = dict.fromkeys((key for key in keys if key not in open_), at)
    progress.keep(msgspec.structs.replace(known, made=known.made | new))


def parse_appeal(line: str, rest: str) -> Appeal:
    """Read the justification, as it was sent."""
    return Appeal(
        needed_words(line, rest, "The justification is missing: say what should be looked at again, and why.")
    )


def parse_uphold(line: str, rest: str) -> Uphold:
    """Read the reasons, which the suspended person is told."""
    return Uphold(needed_words(line, rest, "The reasons are missing; the suspended person is told them."))


def parse_overturn(line: str, rest: str) -> Overturn:
    """Read the new context, in the administrator's own words."""
    missing = "The new context is missing: what do you see differently now?"
    return Overturn(needed_words(line, rest, missing))


def waiting(case: Case) -> tuple[AppealKept, ...]:
    """Return what waits to be heard."""
    return case.progress[Waiting].appeal


def surely_theirs(case: Case) -> bool:
    """Whether something of what waits surely comes from the suspended person, and is filed by itself."""
    return any(one.verified for one in waiting(case))


# --- whose it is, and until when ----------------------------------------------------------------------


def appellants(case: Case) -> tuple[str, ...]:
    """Return the keys of those whose appeal against an incident's decision is open."""
    if not case.is_incident:
        return ()
    return tuple(dict.fromkeys(one.who for one in waiting(case) if one.verified))


def may_be_anybodys(case: Case) -> tuple[str, ...]:
    """Return the keys of those in whose name somebody has appealed of whom it isn't sure that it was them."""
    keys = dict.fromkeys(one.who for one in waiting(case) if one.who and not one.verified)
    return tuple(key for key in keys if key not in appellants(case))


def appeal_until(case: Case, key: str = "") -> datetime | None:
    """Return until when an appeal may be made; None where none may, or for ever.

    In an incident it is somebody's (a key): what was decided about them anew may be appealed as long again,
    and whoever isn't told at once has as long from when they are.
    """
    begins, span = _begins(case, key), case.period_that("appeal_window")
    if begins is None or span is None:
        return None
    soon = case.period_that("told_at_once")
    told = told_at(case, key) or (case.issue.now if key in still_to_tell(case) else begins)
    return (told if soon is not None and told > begins + soon else begins) + span


def told_at(case: Case, key: str) -> datetime | None:
    """Return when what may be appealed first reached somebody (a key), None if it hasn't."""
    begins = _begins(case, key)
    times = resolutions_told(case, key).values()
    return min((at for at in times if begins is not None and at >= begins), default=None)


def last_appeal_until(case: Case) -> datetime | None:
    """Return until when anybody may still appeal in an incident; None where nobody may, or for ever."""
    keys = (one.key for one in case.people if may_appeal(case, one.key))
    return max((end for key in keys if (end := appeal_until(case, key)) is not None), default=None)


def _begins(case: Case, key: str) -> datetime | None:
    """Return since when what may be appealed stands for somebody (a key)."""
    opened = _opened(case)
    return max(opened, case.progress[Appeals].anew.get(key, opened)) if opened is not None else None


def _opened(case: Case) -> datetime | None:
    return case.progress.since_in(case.process.are("appeal_open"))


def has_appealed(case: Case, key: str) -> bool:
    """Whether somebody (a key) has appealed against the present resolution; once is all there is."""
    opened, made = _opened(case), case.progress[Appeals].made.get(key)
    return opened is not None and made is not None and made >= opened


def may_appeal(case: Case, key: str) -> bool:
    """Whether somebody (a key) is told in an incident that they may appeal, and how."""
    person = case.person(key)
    return case.is_incident and case.is_("appeal_open") and _why_not(case, person) is None


def still_may_appeal(case: Case, key: str, at: datetime) -> bool:
    """Whether somebody (a key) may appeal in an incident, and at that time can."""
    until = appeal_until(case, key)
    return may_appeal(case, key) and (until is None or at < until)


def _why_not(case: Case, person: Person | None) -> str | None:
    """Return why somebody may not appeal against what an incident decided; None if they may."""
    if person is None or person.role not in ("reporter", "party"):
        return "Only the reporter, and whoever it was decided about, may appeal."
    outcome = outcome_of(case, person.key)
    if outcome is not None and outcome.suspends:
        return "An appeal against a suspension is made on its own page, and by answering its own messages."
    return "They have appealed already: once is all there is." if has_appealed(case, person.key) else None


def answer_due(case: Case, key: str) -> datetime | None:
    """Return by when somebody's (a key) open appeal is to be decided; None where there is none, or never."""
    made, span = case.progress[Appeals].made.get(key), case.period_that("appeal_answer")
    return made + span if made is not None and span is not None and key in appellants(case) else None


def first_due(case: Case) -> datetime | None:
    """Return by when the first of an incident's open appeals is to be decided; None where there is none."""
    dues = (answer_due(case, key) for key in appellants(case))
    return min((one for one in dues if one is not None), default=None)


def _overdue(case: Case) -> dict[str, datetime]:
    """Return since when answers are late whose writers haven't been told so, by their keys."""
    late = case.progress[Appeals].late
    dues = {key: answer_due(case, key) for key in appellants(case) if key not in late}
    return {key: due for key, due in dues.items() if due is not None}


def _unsure_since(case: Case) -> datetime | None:
    """Return since when an appeal has waited of which it isn't sure whose it is."""
    keys = may_be_anybodys(case)
    comments = (case.comments.get(one.words.fact) for one in waiting(case) if one.who in keys)
    return min((one.at for one in comments if one is not None), default=None)


def _writer(case: Case, ask: Ask) -> Person | None:
    """Return who appeals by what they wrote themself; None where somebody records it for them."""
    filed = case.mail(ask.fact) if ask.fact is not None else None
    if filed is not None:
        return case.person(filed.person)
    asker = case.actor(ask.asker or "")
    own = (one for one in case.people if one.role in ("reporter", "party") and one.role in ask.roles)
    return next((one for one in own if asker is not None and case.is_account_of(one, asker)), None)


def _named(case: Case, ask: Ask) -> Person:
    """Return for whom an appeal is recorded; UserMistake where that is nobody, or nothing is said."""
    words = ask.command.words if isinstance(ask.command, Appeal) else ""
    person, rest = begins_with(case, words)
    if not has_words(rest):
        raise UserMistake(f"What did they write? Copy it below `/appeal {inline(person.called)}`.")
    return person


def own_appeal(case: Case, ask: Ask) -> str | None:
    """Refuse whoever has nothing to appeal against, or has done so."""
    return _why_not(case, _writer(case, ask))


def named_appeal(case: Case, ask: Ask) -> str | None:
    """Refuse an appeal for nobody, or for somebody who has nothing to appeal against, or has done so."""
    try:
        return _why_not(case, _named(case, ask))
    except UserMistake as mistake:
        return str(mistake)


def why_no_appeal(case: Case, fact: Fact, command: Said | None, at: datetime) -> str | None:
    """Say of an incident's letter, to which nothing else was said, why it isn't filed as an appeal.

    It speaks of one but doesn't begin as one, or nothing is decided; None where it is about something else.
    """
    filed = case.mail(fact)
    if isinstance(command, Appeal):
        if case.is_("appeal_open"):
            return _why_not(case, case.person(filed.person) if filed is not None else None)
        return LOOKED_AT_AGAIN if case.progress[Resolution].words is not None else NOTHING_DECIDED
    if filed is None or not filed.verified or not isinstance(fact, Commented) or command is not None:
        return None
    if not still_may_appeal(case, filed.person, at):
        return None
    until = appeal_until(case, filed.person)
    last = f", by {format_when(until, case.community.zone)}" if until is not None else ""
    return NO_APPEAL_YET.format(last=last) if says_appeal(quoted_lines(fact.body) or "") else None


def _appellant(case: Case, ask: Ask) -> str:
    """Return whose (a key) an appeal is; "": the suspended person's. UserMistake where it is nobody's."""
    if not case.is_incident:
        return ""
    return (_writer(case, ask) or _named(case, ask)).key


def appeal_is_open(case: Case, ask: Ask) -> str | None:
    """Refuse to add to an appeal that there isn't."""
    try:
        mine = _appellant(case, ask) in appellants(case)
    except UserMistake as mistake:
        return str(mistake)
    return None if mine else "There is no appeal of theirs to add to."


# --- who decides it, and what they may -----------------------------------------------------------------


def suspenders(case: Case) -> frozenset[str]:
    """Return who suspended in the incident of a suspension, this account or another (node ids)."""
    mine = began(case)
    ordered = suspensions(case.incident).values() if case.incident is not None else ()
    return frozenset(one for one in (mine.by if mine is not None else "", *(o.by for o in ordered)) if one)


def agreed_to(case: Case) -> frozenset[str]:
    """Return who agreed to what an incident decided, or wrote it, on an appeal too (node ids)."""
    opened, known, words = _opened(case), case.progress[Outcomes], case.progress[Resolution].words
    since = (by for by, at in known.ever.items() if opened is not None and at >= opened)
    wrote = case.comments.get(words.fact) if words is not None else None  # what the first version kept of it
    return frozenset((*since, *known.agreed, *([wrote.by.id] if wrote is not None and wrote.by else ())))


def by_another(case: Case, decided: AppealDecided) -> bool:
    """Whether an appeal was surely decided by somebody who didn't agree to what was appealed."""
    wrote = case.comments.get(decided.words.fact)
    by = wrote.by.id if wrote is not None and wrote.by is not None else None
    return by is not None and all(case.is_another(by, one) for one in agreed_to(case))


def _took_part(case: Case) -> frozenset[str]:
    return agreed_to(case) if case.is_incident else suspenders(case)


def without_part(case: Case) -> tuple[Administrator, ...]:
    """Return who has a say and no part in what is appealed: who suspended nobody, or didn't agree to it."""
    known = {case.administrator_of(one) for one in _took_part(case)}
    return tuple(one for one in case.eligible if one not in known)


def deciders(case: Case) -> tuple[str, ...]:
    """Return who may decide an appeal: nobody with a part in what is appealed, where there is another."""
    if case.is_incident:
        if not appellants(case):
            return ()
        if left_to_outside_at(case) is not None:
            return (case.called(OUTSIDE),)
    elif began(case) is None:
        return ()
    return tuple(one.shown() for one in called_upon(case))


def called_upon(case: Case) -> tuple[Administrator, ...]:
    """Return the administrators who may decide an appeal; none where that is left to the outside contact."""
    if left_to_outside_at(case) is not None:
        return ()
    fallen = case.progress[Appeals].fallen
    return case.eligible if fallen else without_part(case) or case.eligible


def _is_left_to_outside(case: Case) -> bool:
    """Whether no administrator is left to decide an incident's appeal, and somebody outside can by letter."""
    return not without_part(case) and not in_question(case) and case.community.outside_contact_mail != ""


def left_to_outside_at(case: Case) -> datetime | None:
    """Return since when the outside contact is to decide an incident's appeal; None while they aren't."""
    if not appellants(case) or case.progress[Appeals].fallen or not _is_left_to_outside(case):
        return None
    return min(case.progress[Appeals].made[key] for key in appellants(case))


def another_decides(case: Case, ask: Ask) -> str | None:
    """Refuse whoever has a part in what is appealed, unless there is nobody else, nor may be."""
    if case.is_incident:
        return _another_decides_there(case, ask)
    by = suspenders(case)
    if ask.asker is not None and by and all(case.is_another(ask.asker, one) for one in by):
        return None
    mine = began(case)
    own = mine is not None and ask.asker is not None and not case.is_another(ask.asker, mine.by)
    whose = "You suspended this account" if own else "You suspended an account of this incident"
    if others := without_part(case):
        names = ", ".join(one.shown() for one in others)
        return f"{whose}, so somebody else decides its appeal: {names}."
    return f"{whose}, and it is open whether somebody else has a say in it." if in_question(case) else None


def _another_decides_there(case: Case, ask: Ask) -> str | None:
    """Refuse whoever agreed to what an incident decided: another decides, or somebody outside."""
    outside = case.called(OUTSIDE)
    if case.progress[Appeals].fallen:
        upholds = isinstance(ask.command, Uphold)
        return (
            f"It doesn't stand, as {outside} has decided: resolve it anew, by `/resolve`."
            if upholds
            else None
        )
    if "outside" in ask.roles:
        return None if _is_left_to_outside(case) else "An administrator decides that."
    if ask.asker is not None and all(case.is_another(ask.asker, one) for one in agreed_to(case)):
        return None
    if others := without_part(case):
        names = ", ".join(one.shown() for one in others)
        return f"You agreed to what is appealed, so somebody else decides: {names}."
    if in_question(case):
        return "You agreed to what is appealed, and it is open whether somebody else has a say in it."
    left = _is_left_to_outside(case)
    return (
        f"Everybody with a say agreed to what is appealed, so {outside} decides, by mail." if left else None
    )


def reasons_addressed(case: Case, ask: Ask) -> str | None:
    """Refuse reasons with a part that is for nobody, or for one of two."""
    if not isinstance(ask.command, Uphold):
        return None
    try:
        wrong = unaddressed(case, Addressed(parse_parts(ask.command.reasons)))
    except UserMistake as mistake:
        return str(mistake)
    return str(wrong) if wrong is not None else None


def upheld_for(case: Case, key: str) -> str | None:
    """Return the reasons for which a decision stands, as somebody (a key) is told them; None for none.

    What somebody outside wrote is for administrators.
    """
    decided = case.progress.newest(AppealDecided)
    command = case.command(decided.words) if decided is not None and not decided.outside else None
    if not isinstance(command, Uphold):
        return None
    try:
        return words_for(case, Addressed(parse_parts(command.reasons)), key) or None
    except UserMistake:
        return None


def never_harsher(case: Case, ask: Ask) -> str | None:
    """Refuse what is harsher for anybody, where the reporter hasn't appealed; and what changes nothing."""
    found = heads(case, ask)
    if case.outcomes and not found:
        return "Nothing changes by that. Say of whom: `<name>: <outcome>`, or let it stand by `/uphold`."
    for one in decided_by(case, ask) if "reporter" not in appellants(case) else ():
        before = _before(case, one)
        if not harsher(case.process.outcomes, before, one):
            continue
        name = inline(case.called(one.person or ""))
        if before is None:
            return (
                f"How it ended for {name} isn't stated, so this may be harsher. First: `/outcome <outcome>`."
            )
        stands = said_of(case, Decided(None, before.outcome, before.until))
        return f"On somebody's own appeal it never becomes harsher. It was {stands} for {name}."
    return None


def suspension_ends_first(case: Case, ask: Ask) -> str | None:
    """Refuse what suspends nobody for somebody whose account is suspended: that ends on a page of its own."""
    for one in decided_by(case, ask):
        person, outcome = case.person(one.person or ""), case.process.outcomes.get(one.outcome)
        known = of_person(case, person) if person is not None else None
        if person is not None and known is not None and outcome is not None and not outcome.suspends:
            page = f"#{known.number}" if known.number is not None else "its own page"
            name = inline(person.called)
            return (
                f"The account of {name} is suspended. First lift that on {page}, or decide its appeal there."
            )
    return None


def _before(case: Case, one: Decided) -> Decided | None:
    """Return what was decided about somebody so far: about them, else as a whole."""
    found = {each.person: each for each in case.outcomes}
    return found.get(one.person) or found.get(None)


def answered_once(case: Case, ask: Ask) -> str | None:
    """Refuse to answer again whom we can't verify: anybody could have us write to somebody else."""
    return None if ask.verified or not waiting(case) else "That was answered once already."


def appeal_waiting(case: Case, ask: Ask) -> str | None:
    """Refuse to take up an appeal that there isn't."""
    return None if waiting(case) else "There is no appeal to take up. File one with `/appeal`."


def appeal_verified(case: Case, ask: Ask) -> str | None:
    """Refuse to file by itself what may come from anybody."""
    return None if surely_theirs(case) else "There is no appeal that surely comes from the suspended person."


def sender_verified(case: Case, ask: Ask) -> str | None:
    """Refuse a mail whose sender may be forged: an administrator accepts it."""
    return None if ask.verified else "The sender of this mail can't be verified."


def sender_unverified(case: Case, ask: Ask) -> str | None:
    """Refuse what surely comes from the suspended person: it needs no acceptance."""
    return "The sender is verified." if ask.verified else None


def window_open(case: Case, ask: Ask) -> str | None:
    """Refuse an appeal after the time for it has ended."""
    until = appeal_until(case, _appellant(case, ask))
    if until is None or ask.at < until:
        return None
    ended = f"The time for an appeal ended on {format_when(until, case.community.zone)}."
    goes_on = " An administrator reads what was written, and can have it looked at again."
    return f"{ended}{goes_on if case.is_incident else ''}"


# --- what is recorded ----------------------------------------------------------------------------------


def _decided(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Return that an appeal is decided, and who of an incident is told so.

    Where it stands that is whoever appealed. Where it is decided anew, the reporter too, and about whom, but
    for somebody who needn't know of it, before or after.
    """
    if not case.is_incident:
        return (AppealDecided(words=ask.words),)
    who = appellants(case)
    if isinstance(ask.command, Uphold):
        outside = "outside" in ask.roles
        return (AppealDecided(words=ask.words, to=who, changed=False, outside=outside),)
    before, now = case.outcomes, decided_by(case, ask)
    if not before and not now:
        everybody = tuple(one.key for one in case.people if one.role in ("reporter", "party"))
        return (AppealDecided(words=ask.words, changed=True, anew=everybody),)
    named = [(one.person, one) for one in now if one.person is not None]
    told = (key for key, one in named if key in who or tells(case, one) or _was_told(case, one))
    anew = tuple(dict.fromkeys(("reporter", *told)))
    changed = any(one not in before for one in now)
    to = tuple(dict.fromkeys((*anew, *who)))
    return (AppealDecided(words=ask.words, to=to, changed=changed, anew=anew),)


def _was_told(case: Case, one: Decided) -> bool:
    before = _before(case, one)
    return before is not None and tells(case, Decided(one.person, before.outcome, before.until))


def _needs(case: Case) -> Iterable[Needed]:
    for one in waiting(case):
        who = case.called(one.who) if one.who else "the suspended person"
        yield Needed(words=one.words, holds=f"what {inline(who)} appeals with", again=USAGE.form)


def _notes(case: Case) -> tuple[str, ...]:
    """Say on an incident's card who has appealed, and until when and by whom that is to be decided."""
    zone, lines = case.community.zone, list[str]()
    for key in appellants(case):
        due = answer_due(case, key)
        until = f", to be decided by {format_when(due, zone)}" if due is not None else ""
        lines.append(f"Appealed: {inline(case.called(key))}{until}.")
    if appellants(case):
        lines.append(f"The appeal is decided by {' or '.join(map(inline, deciders(case)))}.")
    if keys := may_be_anybodys(case):
        names = ", ".join(inline(case.called(key)) for key in keys)
        lines.append(f"An appeal in the name of {names} waits: it isn't sure that it was them.")
    return tuple(lines)


ACT = Act(
    name="appeal",
    serves=("incident", "suspension"),
    commands=(
        Command(
            name="appeal",
            usage=USAGE,
            parse=parse_appeal,
            slashes="text",
            withheld=WITHHELD,
        ),
        Command(
            name="uphold",
            usage=Usage(
                "/uphold <reasons>",
                "/uphold The messages are from that account, and nothing speaks for a mistake.",
                "Decide an appeal: what was decided stands. Whoever appealed is told the reasons.",
            ),
            parse=parse_uphold,
            slashes="no command",
            instead=("reject", "deny", "keep"),
        ),
        Command(
            name="overturn",
            usage=Usage(
                "/overturn <new context>",
                "/overturn The account had been taken over by somebody else.",
                "Decide an appeal: the suspension ends at once. The community is told that, and no more.",
            ),
            parse=parse_overturn,
            slashes="no command",
            instead=("accept", "reverse", "revoke"),
        ),
    ),
    changes=(AppealKept, AppealsTaken, AppealDecided, AppealFallen, AppealsLate),
    parts=(Waiting, Appeals),
    needs=_needs,
    notes=_notes,
    guards=(
        Guard(
            "own_appeal",
            "Whoever appeals is the reporter, or somebody about whom something else than a suspension was"
            " decided, and hasn't appealed yet.",
            own_appeal,
            commands=("appeal",),
            offers=lambda case: still_may_appeal(case, "reporter", case.issue.now),
        ),
        Guard(
            "named_appeal",
            "The words begin with the name of somebody who may appeal, and hasn't yet.",
            named_appeal,
            commands=("appeal",),
            form="/appeal <name or reporter> <their words>",
        ),
        Guard(
            "appeal_is_open",
            "Their appeal is open.",
            appeal_is_open,
            commands=("appeal",),
            offers=lambda case: "reporter" in appellants(case),
        ),
        Guard(
            "reasons_addressed",
            "Each part of the reasons is for one person of the case.",
            reasons_addressed,
            commands=("uphold",),
        ),
        Guard(
            "never_harsher",
            "It says for whom something changes, and it becomes harsher for nobody, unless the reporter has"
            " appealed.",
            never_harsher,
            commands=("resolve",),
        ),
        Guard(
            "suspension_ends_first",
            "Whose account is suspended gets no outcome that suspends nobody: that ends on its own page.",
            suspension_ends_first,
            commands=("resolve",),
            across="the suspension process says which are",
        ),
        Guard(
            "another_decides",
            "It is another administrator than those who suspended, or who agreed to what is appealed, where"
            " there is one with a say.",
            another_decides,
            lets=called_upon,
            across="who has a say in the incident has one in its suspensions",
        ),
        Guard(
            "answered_once",
            "The sender is verified, or nothing is kept yet: no stranger can have us write on.",
            answered_once,
        ),
        Guard(
            "appeal_verified",
            "An appeal waits, and it surely comes from the suspended person.",
            appeal_verified,
        ),
        Guard("appeal_waiting", "An appeal waits, whoever sent it.", appeal_waiting),
        Guard(
            "sender_verified",
            "The appeal surely comes from the suspended person, or an administrator files it.",
            sender_verified,
        ),
        Guard(
            "sender_unverified",
            "The appeal came by mail, and its sender can't be verified.",
            sender_unverified,
            unsure=True,
        ),
        Guard(
            "window_open",
            "The time for appeals hasn't ended.",
            window_open,
            needs=("appeal_open", "appeal_window"),
        ),
    ),
    records=(
        Recorder(
            "appeal",
            "which words are part of the appeal",
            lambda case, ask: (
                AppealKept(words=ask.words, verified=ask.verified, who=_appellant(case, ask)),
            ),
            commands=("appeal",),
            by_letter=True,
            holds_words=True,
        ),
        Recorder(
            "appeals_taken",
            "whose appeal is taken up",
            lambda case, ask: (AppealsTaken(to=may_be_anybodys(case)),),
            guards=("appeal_waiting",),
            by_label=True,
        ),
        Recorder(
            DECISION,
            "which words decided the appeal, and what became of it",
            _decided,
            commands=("uphold", "overturn", "resolve"),
            guards=("another_decides",),
            by_letter=True,
            holds_words=True,
        ),
        Recorder(
            "fallen",
            "that it doesn't stand, and is decided anew",
            lambda case, ask: (AppealFallen(words=ask.words),),
            commands=("overturn",),
            guards=("another_decides",),
            by_letter=True,
            holds_words=True,
        ),
        Recorder(
            "appeal_late",
            "who hears that the answer is late",
            lambda case, ask: (
                AppealsLate(to=tuple(key for key, due in _overdue(case).items() if due <= ask.at)),
            ),
            by_timer=True,
        ),
    ),
    instants=(
        Instant("appeal.due", "The time by which the first open appeal is to be decided.", first_due),
        Instant(
            "appeal.late",
            "The time from which the next answer to an appeal is late.",
            lambda case: min(_overdue(case).values(), default=None),
        ),
        Instant(
            "appeal.outside",
            "The time since when only the outside contact may decide an appeal.",
            left_to_outside_at,
        ),
        Instant(
            "appeal.unsure",
            "The time since when an appeal has waited of which it isn't sure whose it is.",
            _unsure_since,
        ),
    ),
)
