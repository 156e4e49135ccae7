"""Appeals: what a suspended person writes, when it is heard, and how it is decided."""

from __future__ import annotations

from collections.abc import Iterable

from cocflow.core.acts.say import in_question
from cocflow.core.acts.suspend import suspensions
from cocflow.core.acts.suspension import began
from cocflow.core.case.act import Act, Ask, Guard, Needed, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Said, Usage, needed_words
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Words
from cocflow.core.people.roster import Administrator
from cocflow.core.text.when import format_when

USAGE = Usage(
    "/appeal <what the suspended person wrote>",
    "/appeal\n> I was not in the channel on that day.",
    "File an appeal that reached you by mail or message. Before its time comes it is kept.",
)


class Appeal(Said, frozen=True):
    """File the suspended person's justification."""

    words: str


class Uphold(Said, frozen=True):
    """Let the suspension stand, for these reasons."""

    reasons: str


class Overturn(Said, frozen=True):
    """End the suspension, in view of this new context."""

    context: str


class AppealKept(Change, frozen=True, kw_only=True, tag="appeal_kept"):
    """These words are part of the appeal that is open or will be filed."""

    words: Words
    verified: bool = True

    def apply(self, progress: Progress, record: Record) -> None:
        """Add them."""
        progress.keep(Waiting(appeal=(*progress[Waiting].appeal, self)))


class Waiting(Part, frozen=True, kw_only=True, tag="appeal"):
    """What the appeal that is open, or will be filed, consists of."""

    appeal: tuple[AppealKept, ...] = ()


class AppealDecided(Change, frozen=True, kw_only=True, tag="appeal_decided"):
    """The words that decided the appeal: the reasons, or the new context."""

    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep the decision; no appeal waits any more."""
        progress.keep(self)
        progress.forget(Waiting)

    def words_told(self, before: Progress) -> Words | None:
        """These are the words."""
        return self.words


def parse_appeal(line: str, rest: str) -> Appeal:
    """Read the justification, as it was sent."""
    return Appeal(needed_words(line, rest, "The justification is missing: copy what the person wrote."))


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


def suspenders(case: Case) -> frozenset[str]:
    """Return who suspended in the incident of a suspension, this account or another (node ids)."""
    mine = began(case)
    ordered = suspensions(case.incident).values() if case.incident is not None else ()
    return frozenset(one for one in (mine.by if mine is not None else "", *(o.by for o in ordered)) if one)


def without_part(case: Case) -> tuple[Administrator, ...]:
    """Return who has a say and suspended nobody in the incident."""
    known = {case.administrator_of(one) for one in suspenders(case)}
    return tuple(one for one in case.eligible if one not in known)


def deciders(case: Case) -> tuple[str, ...]:
    """Return who may decide an appeal: nobody who suspended in its incident, where there is another."""
    if began(case) is None:
        return ()
    return tuple(one.shown() for one in without_part(case) or case.eligible)


def another_decides(case: Case, ask: Ask) -> str | None:
    """Refuse whoever suspended in the incident, unless there is nobody else, nor may be."""
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
    opened = case.progress.since_in(case.process.are("appeal_open"))
    span = case.period_that("appeal_window")
    if opened is None or span is None or ask.at < opened + span:
        return None
    return "The time for an appeal ended on " + format_when(opened + span, case.community.zone) + "."


def _needs(case: Case) -> Iterable[Needed]:
    for one in waiting(case):
        yield Needed(words=one.words, holds="what the suspended person appeals with", again=USAGE.form)


ACT = Act(
    name="appeal",
    serves=("suspension",),
    commands=(
        Command(
            name="appeal",
            usage=USAGE,
            parse=parse_appeal,
            slashes="text",
        ),
        Command(
            name="uphold",
            usage=Usage(
                "/uphold <reasons>",
                "/uphold The messages are from that account, and nothing speaks for a mistake.",
                "Decide an appeal: the suspension stands. The suspended person is told the reasons.",
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
    changes=(AppealKept, AppealDecided),
    parts=(Waiting,),
    needs=_needs,
    guards=(
        Guard(
            "another_decides",
            "Another administrator than the one who suspended, where there is one with a say.",
            another_decides,
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
            lambda case, ask: (AppealKept(words=ask.words, verified=ask.verified),),
            commands=("appeal",),
            by_letter=True,
            holds_words=True,
        ),
        Recorder(
            "decision",
            "which words decided the appeal",
            lambda case, ask: (AppealDecided(words=ask.words),),
            commands=("uphold", "overturn"),
            guards=("another_decides",),
            holds_words=True,
        ),
    ),
)
