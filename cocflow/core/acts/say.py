"""Who has a say: nobody in their own cause, and nobody gets another administrator out of the way alone.

Owns what keeps an administrator out of a case, how it is found, and how it is settled. Whoever takes
another's say gives up their own decisions until an administrator without a part in it, or the outside
contact, says how it is; meanwhile both keep what the process calls acts of care.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from cocflow.core.acts.consent import LEVELS, Consent, consent
from cocflow.core.acts.report import Answer, AnswerGiven, ReportMailed, mailed_words, report
from cocflow.core.acts.suspend import Suspend
from cocflow.core.case.accounts import same_account
from cocflow.core.case.act import Act, Ask, Guard, Instant, Recorder
from cocflow.core.case.case import Case, digests, once
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change
from cocflow.core.case.say import How, Out, Outs, SayLost, SaySettled
from cocflow.core.people.naming import Sureness
from cocflow.core.people.roster import Administrator
from cocflow.core.process import KINDS
from cocflow.core.text.typed import has_words
from cocflow.errors import UserMistake

INVOLVED = "involved"
"""The id of the form's question which of the administrators are involved."""

ANSWERS = "answers"
"""What a move records that changes what the report says."""

THEMSELF, ALTERED = "themself", "altered"


class Recuse(Said, frozen=True):
    """Have no say in this case; no reason is asked for."""

    words: str = ""


class Confirm(Said, frozen=True):
    """What keeps an administrator out holds; `login` None: for everybody of whom it is open."""

    login: str | None
    words: str


class Clear(Said, frozen=True):
    """What keeps an administrator out doesn't hold, for this reason."""

    login: str | None
    words: str


class Naming(msgspec.Struct, frozen=True):
    """A text of the report that may mean an administrator, where it stands, and how that counts."""

    source: str
    text: str
    how: How


def parse_recuse(line: str, rest: str) -> Recuse:
    """Read optional words, which nobody is asked for."""
    return Recuse(f"{line}\n{rest}".strip())


def parse_confirm(line: str, rest: str) -> Confirm:
    """Read perhaps a login, and perhaps words."""
    return Confirm(*_login_and_words(line, rest))


def parse_clear(line: str, rest: str) -> Clear:
    """Read perhaps a login, and a reason."""
    login, words = _login_and_words(line, rest)
    if not has_words(words):
        raise UserMistake("Say why it doesn't concern them.")
    return Clear(login, words)


def _login_and_words(line: str, rest: str) -> tuple[str | None, str]:
    first, _, others = line.partition(" ")
    if not first.startswith("@"):
        return None, f"{line}\n{rest}".strip()
    return first.strip("@,:").casefold(), f"{others}\n{rest}".strip()


# --- what means an administrator -----------------------------------------------------------------


def lost(
    before: Case, after: Case, changes: tuple[Change, ...], records: Iterable[str], cause: Actor | None
) -> tuple[SayLost, ...]:
    """Return what a decision adds to what keeps administrators out, or may.

    `after` is the case with its changes, `records` what its move keeps, `cause` who brought it about. Only
    what no receipt has said yet is new, so what was settled stays so. What meant them before already, as
    where the roster has changed, nobody has brought about.
    """
    roster = after.community.administrators
    texts = tuple(_texts(after, changes, records))
    return tuple(change for one in roster for change in _lost(before, after, one, texts, cause))


def _lost(
    before: Case,
    after: Case,
    administrator: Administrator,
    texts: tuple[Naming, ...],
    cause: Actor | None,
) -> Iterable[SayLost]:
    known = {one.source: one.is_sure for one in after.outs_of(administrator)}
    stood = set(_meaning(before, administrator)) if before.progress.state is not None else set()
    found: list[tuple[str, Sureness | None, How, Actor | None]] = [
        (source, sureness, "recognised", None if (source, sureness) in stood else cause)
        for source, sureness in _meaning(after, administrator)
    ]
    found += [(one.source, administrator.meant_by(one.text), one.how, cause) for one in texts]
    for source, sureness, how, by in found:
        sure = sureness == "surely"
        if sureness is None or (source in known and known[source] >= sure):
            continue
        known[source] = sure
        yield _out(after, administrator, source, how if sure else "perhaps", by)
        if how == "reporter" and sure:
            return  # nothing is left to ask about


def _meaning(case: Case, administrator: Administrator) -> Iterable[tuple[str, Sureness | None]]:
    """Give who of the case means an administrator, and how surely, by what stands now or did once."""
    people = case.people if case.incident is None else ()  # the incident knows its suspensions' people
    yield from ((one.source, case.means(one, administrator)) for one in people)
    mine = digests(administrator)
    yield from ((key, "surely") for key, one in case.subjects.recorded(case) if one in mine)


def _out(case: Case, administrator: Administrator, source: str, how: How, cause: Actor | None) -> SayLost:
    """Return what keeps an administrator out: whoever takes another's say is known with it."""
    lost_ = SayLost(handles=_marks(case, administrator), source=source, how=how)
    actor = case.administrator(cause)
    if cause is None or how == "perhaps":
        return lost_
    if actor == administrator and not _is_sole(case):
        return msgspec.structs.replace(lost_, how="recused")
    if actor == administrator:
        return lost_
    if actor is None or _is_reporter(case, cause):
        return lost_
    return msgspec.structs.replace(lost_, how="taken", by=cause.id, taker=_marks(case, actor))


def altered(case: Case, changed: Iterable[Actor], by: Actor | None) -> tuple[SayLost, ...]:
    """Return what a recovery adds: whoever altered what cocflow wrote has no say until another clears that.

    What is gone may have taken somebody's say, so the report is read again. `by`: who has the case go on.
    """
    mine = case.administrator(by)
    found = dict.fromkeys(map(case.administrator, changed))
    outs = (
        SayLost(handles=_marks(case, one), source=ALTERED, how="altered")
        for one in found
        if one not in (None, mine)
    )
    return (*outs, *lost(case, case, (), (ANSWERS,), case.writer))


def _is_sole(case: Case) -> bool:
    return len(case.community.administrators) == 1


def _marks(case: Case, administrator: Administrator) -> tuple[str, ...]:
    return tuple(sorted(case.community.marks_of(administrator)))


def _is_reporter(case: Case, actor: Actor) -> bool:
    return any(same_account(one.account, actor.id) for one in case.people_who("reporter"))


def _texts(case: Case, changes: tuple[Change, ...], records: Iterable[str]) -> Iterable[Naming]:
    """Give the texts of the report that are new: all of it when it is opened or edited, else the answers."""
    if case.is_suspension:
        return
    given = [one for one in changes if isinstance(one, AnswerGiven)]
    for change in given:
        command = case.command(change.words)
        if isinstance(command, Answer):
            yield Naming(change.words.fact, command.answers().get(change.number, ""), "recognised")
    for mail in (one for one in changes if isinstance(one, ReportMailed)):
        yield Naming(ANSWERS, mailed_words(case, mail.words), "recognised")
    opening = not case.progress.stays[:-1] and case.ledger.last is None
    if opening or (ANSWERS in records and not given):
        yield Naming(INVOLVED, "\n".join(report(case).answers.choices(INVOLVED)), "reporter")
        yield Naming(ANSWERS, case.body, "recognised")  # all of it, whatever of it can be read


# --- what is open ----------------------------------------------------------------------------------


def open_outs(case: Case, administrator: Administrator) -> tuple[Out, ...]:
    """Return what may still be settled about an administrator."""
    return tuple(one for one in case.outs_of(administrator) if one.is_open)


def _own(case: Case, administrator: Administrator) -> tuple[Out, ...]:
    """Return what may be settled about an administrator here, and not in the incident."""
    outs = case.progress[Outs].of(case.community.marks_of(administrator))
    return tuple(one for one in outs if one.is_open)


@once
def asked_about(case: Case) -> tuple[Administrator, ...]:
    """Return the administrators of whom somebody has to say whether the case concerns them.

    A sole one has nobody to say it, and acts.
    """
    if _is_sole(case):
        return ()
    return tuple(one for one in case.community.administrators if open_outs(case, one))


def questioned_at(case: Case) -> datetime | None:
    """Return since when somebody's say has been in question, or waits to be confirmed: the newest.

    Of what is open in its incident, nobody is asked on a suspension: it can't be answered there.
    """
    return max((out.since for one in asked_about(case) for out in _own(case, one)), default=None)


def nobody_decides(case: Case) -> bool:
    """Whether no administrator is left of whom it is sure that the case doesn't concern them."""
    perhaps = {one.login for one in asked_about(case)}
    return not any(one.login not in perhaps for one in case.eligible)


def left_at(case: Case) -> datetime | None:
    """Return since when nobody is left to decide; None while somebody is, or may be again.

    Where that is so in its incident, it is said there, and not on each of its suspensions.
    """
    if not nobody_decides(case) or in_question(case):
        return None
    if case.incident is not None and left_at(case.incident) is not None:
        return None
    since = (out.since for one in case.community.administrators for out in case.outs_of(one))
    return max(since, default=case.issue.opened_at)


def in_question(case: Case) -> tuple[Administrator, ...]:
    """Return whose say is in question, be it as the one who was named or as the one who named."""
    return tuple(one for one in case.community.administrators if case.say_of(one) == "in question")


def takers(case: Case, administrator: Administrator) -> tuple[Administrator, ...]:
    """Return who took an administrator's say, and waits with them."""
    taken = [set(out.taker) for out in open_outs(case, administrator) if out.is_question]
    marks = case.community.marks_of
    return tuple(one for one in case.community.administrators if any(marks(one) & taker for taker in taken))


def meant(case: Case, ask: Ask) -> tuple[Administrator, ...]:
    """Return of whom it is said whether the case concerns them."""
    command = ask.command
    if not isinstance(command, Confirm | Clear):
        return ()
    login = command.login or _bare_login(case, command.words)
    return tuple(one for one in asked_about(case) if login in (None, one.login.casefold()))


def _bare_login(case: Case, words: str) -> str | None:
    """Return the login of the roster with which words begin, as somebody writes it who leaves the `@` out."""
    first = words.partition("\n")[0].partition(" ")[0].strip(",:").casefold()
    return first if first in {one.login.casefold() for one in case.community.administrators} else None


# --- guards ----------------------------------------------------------------------------------------


def opener_without_say(case: Case, ask: Ask) -> str | None:
    """Refuse where whoever filed the form has a say in the incident, or cocflow opened it for one of them."""
    author = case.issue.author
    if case.issue.is_me(author):
        return "It was ordered in its incident."
    mine = case.administrator(author)
    has_say = mine is not None and (case.incident or case).say_of(mine) == "whole"
    return "Whoever filed it has a say." if has_say else None


def say_is_open(case: Case, ask: Ask) -> str | None:
    """Refuse to settle what isn't open, and anybody who has a part in it."""
    who = meant(case, ask)
    if case.incident is not None and not any(_own(case, one) for one in who):
        return f"Say it in its incident, #{case.incident.issue.number}."
    if not who:
        return "There is no administrator in this case of whom that has to be said."
    asker = case.actor(ask.asker) if ask.asker is not None else None
    mine = case.administrator(asker)
    if mine in who or case.is_in_question(asker) or (mine is not None and open_outs(case, mine)):
        return "Somebody without a part in it has to say that."
    if len(who) > 1 and asker is not None:  # the outside contact is told no names, and answers for all
        return f"Say of whom, each by themself: {', '.join(f'`@{one.login}`' for one in who)}."
    return None


def _of_one(case: Case, ask: Ask) -> str | None:
    """Return the line for the first of several of whom it has to be said."""
    who = meant(case, ask)
    name = type(ask.command).__name__.lower()
    return f"/{name} @{who[0].login}" if len(who) > 1 else None


def may_recuse(case: Case, ask: Ask) -> str | None:
    """Refuse whoever is no administrator of the roster."""
    actor = case.actor(ask.asker or "")
    return None if case.administrator(actor) is not None else "Only an administrator has a say to give up."


def nobody_without_part(case: Case, ask: Ask) -> str | None:
    """Refuse where an administrator is left who can say how it is."""
    return None if nobody_decides(case) else "An administrator without a part in it can say that."


def of_no_administrator(case: Case, ask: Ask) -> str | None:
    """Refuse accounts that are, or may be, an administrator's or the reporter's."""
    accounts = ask.command.accounts if isinstance(ask.command, Suspend) else ()
    if not any(case.is_insider(one.person("")) for one in accounts):
        return None
    return "It may be an administrator's or the reporter's account: who has a say out of question decides."


def without_end(case: Case, ask: Ask) -> str | None:
    """Refuse a suspension with an end: an interim one keeps people safe until somebody decides."""
    ends = isinstance(ask.command, Suspend) and any(one.until for one in ask.command.accounts)
    return "Leave the end out: somebody whose say isn't in question decides on it." if ends else None


def shares_less(case: Case, ask: Ask) -> str | None:
    """Refuse a consent that lets more be shared than the one that there is."""
    if not isinstance(ask.command, Consent) or ask.command.level is None:
        return "Somebody whose say isn't in question does that."
    now, new = consent(case), ask.command
    less = LEVELS.index(new.level) <= LEVELS.index(now.level) and (now.named or not new.named)
    return None if less else "It would share more, so somebody whose say isn't in question records it."


# --- records ---------------------------------------------------------------------------------------


def _settled(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Settle it. What was only asked about, and now keeps somebody out, is taken by whoever says so."""
    held = isinstance(ask.command, Confirm)
    changes: list[Change] = []
    taker = case.actor(ask.asker) if held and ask.asker is not None else None
    for one in meant(case, ask):
        outs = _own(case, one)
        asked = [out for out in outs if out.how == "perhaps" and taker is not None]
        changes += [_out(case, one, out.source, "recognised", taker) for out in asked]
        if len(asked) < len(outs):
            changes.append(SaySettled(handles=_marks(case, one), held=held))
    # What is settled comes first, so that what somebody has just taken stays open.
    return tuple(sorted(changes, key=lambda one: isinstance(one, SayLost)))


def _recused(case: Case, ask: Ask) -> tuple[Change, ...]:
    actor = case.actor(ask.asker or "")
    administrator = case.administrator(actor)
    if administrator is None:
        return ()
    handles = _marks(case, administrator)
    return (SayLost(handles=handles, source=THEMSELF, how="recused"), SaySettled(handles=handles, held=True))


def _notes(case: Case) -> tuple[str, ...]:
    """Say on the card of whom it has to be said whether the case concerns them."""
    lines: list[str] = []
    chosen = report(case).answers.choices(INVOLVED) if case.is_incident else ()
    roster = case.community.administrators
    if any(all(one.meant_by(choice) != "surely" for one in roster) for choice in chosen):
        lines.append(
            "The reporter chose in the form that somebody who reads the reports is involved, and I can't tell"
            " who. Ask them; whoever it is writes `/recuse`."
        )
    for one in asked_about(case):
        outs = open_outs(case, one)
        others = ", ".join(other.shown() for other in takers(case, one))
        if any(out.is_question for out in outs):
            lines.append(f"{one.shown()} has no decision here, and {others} neither, until that is settled.")
        elif any(out.how == "altered" for out in outs):
            lines.append(f"{one.shown()} altered what I wrote, and has no say here unless that is cleared.")
        elif any(out.how == "recognised" for out in outs):
            lines.append(
                f"The report seems to mean {one.shown()}, who has no say here unless that is cleared."
            )
        else:
            lines.append(f"The report may mean {one.shown()}. Please say whether it does.")
    return tuple(lines)


ACT = Act(
    name="say",
    serves=KINDS,
    commands=(
        Command(
            name="recuse",
            usage=Usage("/recuse", "/recuse", "Have no say in this case. Nobody asks you for a reason."),
            parse=parse_recuse,
            slashes="no command",
            instead=("abstain", "conflict"),
        ),
        Command(
            name="confirm",
            usage=Usage(
                "/confirm [@login] [why]",
                "/confirm @robin",
                "Say that an administrator is involved, and so has no say.",
            ),
            parse=parse_confirm,
            slashes="no command",
        ),
        Command(
            name="clear",
            usage=Usage(
                "/clear [@login] <why>",
                "/clear @robin It was another Robin.",
                "Say that an administrator isn't involved: they have their say again.",
            ),
            parse=parse_clear,
            slashes="no command",
        ),
    ),
    changes=(SayLost, SaySettled),
    parts=(Outs,),
    guards=(
        Guard(
            "opener_without_say",
            "Whoever filed it has no say in the incident that it names.",
            opener_without_say,
            across="the incident says who has a say",
        ),
        Guard(
            "say_is_open",
            "It is open whether the case concerns an administrator, and whoever asks has no part in that.",
            say_is_open,
            commands=("confirm", "clear"),
            copies=_of_one,
            offers=lambda case: any(case.incident is None or _own(case, one) for one in asked_about(case)),
        ),
        Guard(
            "may_recuse", "Whoever asks is an administrator of the roster.", may_recuse, commands=("recuse",)
        ),
        Guard(
            "of_no_administrator",
            "No account is, or may be, an administrator's or the reporter's.",
            of_no_administrator,
            commands=("suspend",),
        ),
        Guard(
            "nobody_without_part",
            "No administrator is left of whom it is sure that the case doesn't concern them.",
            nobody_without_part,
        ),
        Guard("without_end", "The suspension has no end yet.", without_end, commands=("suspend",)),
        Guard("shares_less", "Nothing more may be shared than before.", shares_less, commands=("consent",)),
    ),
    records=(
        Recorder(
            "say_settled",
            "whether the case concerns an administrator",
            _settled,
            commands=("confirm", "clear"),
            guards=("say_is_open",),
            by_letter=True,
        ),
        Recorder(
            "recused",
            "that an administrator has no say by their own wish",
            _recused,
            commands=("recuse",),
            guards=("may_recuse",),
        ),
    ),
    instants=(
        Instant(
            "say.questioned",
            "The time since when it has been open whether the case concerns an administrator.",
            questioned_at,
        ),
        Instant(
            "say.nobody", "The time since when nobody without a part in the case is left to decide.", left_at
        ),
    ),
    notes=_notes,
)
