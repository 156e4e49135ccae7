"""Consent: what the reporter lets be shared of a report, by the form, by a command, or by an edit.

What they give themself counts at once. What an administrator records in their words opens no more at once
than what those concerned need to know, without the name: the reporter is told first, and the rest waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args

from cocflow.core.acts.report import FormRead, ReporterKnown, begun, others_edited, reporter, was_altered
from cocflow.core.case.act import Act, Ask, Begun, Guard, Instant, Needed, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.draft import Draft, DraftDropped
from cocflow.core.case.facts import BodyEdited, Fact
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Owed, Time, Words
from cocflow.core.process import ChoiceName
from cocflow.core.text.typed import quoted_lines
from cocflow.errors import UserMistake

Level = Literal["none", "parties", "community"]

LEVELS: tuple[Level, ...] = get_args(Level)
"""From least to most."""


class Consent(Said, frozen=True):
    """Let this much be shared, by name or not; or answer what is to be sent.

    With `level` it is the reporter's consent. Without, `yes` is an answer to the present draft, by
    `name` (None: by whoever writes). `quote` holds the lines behind `>`.
    """

    level: Level | None = None
    named: bool = False
    name: str | None = None
    yes: bool = False
    words: str = ""
    quote: str | None = None


class ConsentGiven(Change, frozen=True, kw_only=True, tag="consent"):
    """What the reporter lets be shared: `none`, `parties` or `community`; and whether by name.

    `recorded`: an administrator recorded it in their words. What waits to count is void by it. `words`: where
    they said it themself; it counts while it stands there.
    """

    level: Level
    named: bool = False
    recorded: bool = False
    words: Words | None = None

    def apply(self, progress: Progress, record: Record) -> None:
        """Let it count, and nothing that was recorded before."""
        progress.keep(self)
        progress.forget(ConsentWaiting)

    @property
    def allows(self) -> tuple[Level, bool]:
        """What it allows, whoever gave it."""
        return self.level, self.named


class ConsentWaiting(Part, frozen=True, kw_only=True, tag="consent_waiting"):
    """What an administrator recorded in the reporter's words, who may still contradict, and since when."""

    level: Level = "none"
    named: bool = False
    since: Time | None = None


class FormShares(Change, frozen=True, kw_only=True, tag="form_shares"):
    """What the form said of sharing when it was last read: an edit says only what it changes of that."""

    level: Level = "none"
    named: bool = False


class ConsentRecorded(Change, frozen=True, kw_only=True, tag="consent_recorded"):
    """An administrator recorded this in the reporter's words: it waits for the reporter to contradict."""

    level: Level
    named: bool = False

    def apply(self, progress: Progress, record: Record) -> None:
        """Let it wait."""
        progress.keep(ConsentWaiting(level=self.level, named=self.named, since=record.at))


class ConsentCounted(Change, frozen=True, kw_only=True, tag="consent_counted"):
    """The reporter didn't contradict what was recorded in their words: it counts."""

    def apply(self, progress: Progress, record: Record) -> None:
        """Let it count."""
        if (waits := progress.newest(ConsentWaiting)) is not None:
            ConsentGiven(level=waits.level, named=waits.named, recorded=True).apply(progress, record)


_SPELT = {"nobody": "none", "nothing": "none"}
"""Other words for what may be shared."""

NOTHING = ConsentGiven(level="none")

CHOICES: dict[ChoiceName, ConsentGiven] = {
    "consent_parties": ConsentGiven(level="parties"),
    "consent_parties_by_name": ConsentGiven(level="parties", named=True),
    "consent_community": ConsentGiven(level="community"),
    "consent_community_by_name": ConsentGiven(level="community", named=True),
}
"""What each choice of the form allows. Any other, or none, shares nothing."""


def parse(line: str, rest: str) -> Consent:
    """Read `none`, `parties` or `community`, perhaps `by name`; or `[name] yes` or `no`, and words."""
    said = quoted_lines(rest)
    tokens = line.split()
    plain = [token.lower().strip(".,:;!") for token in tokens]
    plain = [_SPELT.get(one, one) for one in plain]
    if plain and (level := next((one for one in LEVELS if plain[0] == one), None)):
        how = " ".join(plain[1:])
        if how not in ("", "by name"):
            raise UserMistake("After the level comes `by name`, or nothing. Quote words below, behind `>`.")
        return Consent(level=level, named=how == "by name", quote=said)
    for index, token in enumerate(tokens):
        if (answer := token.lower().strip(".,:;")) in ("yes", "no"):
            words = "\n".join(part for part in (" ".join(tokens[index + 1 :]), rest) if part)
            name = " ".join(tokens[:index]).removeprefix("@").strip(" ,:") or None
            return Consent(name=name, yes=answer == "yes", words=words, quote=said)
    raise UserMistake("Say what may be shared, or answer `yes` or `no` to what is to be sent.")


def consent(case: Case) -> ConsentGiven:
    """Return what may be shared of an incident's report: nothing by what was edited or deleted."""
    given = case.progress.newest(ConsentGiven) or NOTHING
    stands = given.words is None or case.command(given.words) is not None
    return given if stands else NOTHING


def shown_under(case: Case) -> str:
    """Return the consent under which letters are shown now, as what is owed keeps it."""
    given = _about(case)
    return f"{given.level} by name" if given.named else given.level


def lets(case: Case, owed: Owed | None) -> ConsentGiven:
    """Return what a notice may say of the report: what may be shared now, and could be when it was shown.

    So what is allowed only afterwards goes to nobody before somebody has seen the letter as it goes.
    """
    now = _about(case)
    if owed is None or owed.under == "":
        return now
    then, _, by_name = owed.under.partition(" ")
    level: Level = next((one for one in LEVELS if one == then), LEVELS[0])
    return less_of(now, ConsentGiven(level=level, named=by_name != ""))


def less_of(one: ConsentGiven, other: ConsentGiven) -> ConsentGiven:
    """Return what both of two allow."""
    level = LEVELS[min(LEVELS.index(one.level), LEVELS.index(other.level))]
    return ConsentGiven(level=level, named=one.named and other.named)


def form_differs(case: Case) -> bool:
    """Whether the form of the reporter's own says something else of sharing than what counts."""
    known = case.progress.newest(ReporterKnown)
    own = known is not None and known.is_author
    return own and by_form(case).allows != consent(case).allows


def _about(case: Case) -> ConsentGiven:
    """Return what may be shared of the report that a case is about; of none, nothing."""
    about: Case | None = case
    while about is not None and not about.is_incident:
        about = about.incident
    return consent(about) if about is not None else NOTHING


def by_form(case: Case) -> ConsentGiven:
    """Return what the form, as it stands, allows: nothing where that was chosen, whatever else was."""
    if case.chosen("consent_none"):
        return NOTHING
    return next((given for name, given in CHOICES.items() if case.chosen(name)), NOTHING)


def is_public(case: Case) -> bool:
    """Whether the reporter said that it happened in a public channel.

    In a case that began before that was recorded the form says so, while nobody else edited it last.
    """
    read = case.progress.newest(FormRead)
    return read.in_public if read is not None else case.body_is_authors and case.chosen("in_public")


def may_tell_community(case: Case) -> bool:
    """Whether anything of the incident may be posted at all: by consent, or as it was public."""
    return is_public(case) or consent(case).level == "community"


def consent_level(case: Case, ask: Ask) -> str | None:
    """Refuse an answer about a draft: another move takes it."""
    level = isinstance(ask.command, Consent) and ask.command.level is not None
    return None if level else "Say what may be shared: `none`, `parties` or `community`."


def silence_is_consent(case: Case) -> bool:
    """Whether the reporter's silence to a text for the community is a yes: they gave that themself."""
    given = consent(case)
    return given.level == "community" and not given.recorded


def waiting(case: Case) -> ConsentWaiting | None:
    """Return what was recorded in the reporter's words and doesn't count yet, None if nothing."""
    return case.progress.newest(ConsentWaiting)


def recorded_at(case: Case) -> datetime | None:
    """Return since when a recorded consent has waited for the reporter, who has been told of it."""
    waits = waiting(case)
    told = all(one.to != reporter(case).key for one in case.progress.owed())
    return waits.since if waits is not None and told else None


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Keep what is allowed. Of an edited form, only whoever filed it as the reporter may change that."""
    own = "reporter" in ask.roles
    if isinstance(ask.command, Consent) and ask.command.level is not None:
        words = ask.words if own else None
        said = ConsentGiven(level=ask.command.level, named=ask.command.named, words=words)
        return _given(case, said) if own else _given(case, *_in_their_words(consent(case), said))
    if not isinstance(ask.fact, BodyEdited) or not own or not case.body_is_authors:
        return ()
    return _edited(case, by_form(case))


def _edited(case: Case, new: ConsentGiven) -> tuple[Change, ...]:
    """Return what an edit of the reporter's says of sharing: what it changes there since it was last read.

    Where somebody else has edited it meanwhile, the change may be theirs, so it lets nothing more be shared;
    but where they had before it was first read, the reporter was asked to look at all of it.
    """
    now, said = consent(case), FormShares(level=new.level, named=new.named)
    if said == (case.progress.newest(FormShares) or FormShares()):
        return ()
    given = less_of(now, new) if others_edited(case) and not was_altered(case) else new
    return (*(_given(case, given) if given.allows != now.allows else ()), said)


def _in_their_words(now: ConsentGiven, said: ConsentGiven) -> tuple[ConsentGiven, Change | None]:
    """Return what counts at once of what is recorded, and what waits: naming, and the community."""
    most = max(LEVELS.index(now.level), LEVELS.index("parties"))
    level = LEVELS[min(LEVELS.index(said.level), most)]
    # What is recorded again, as it was given, is still the reporter's own.
    recorded = now.recorded or said.level != now.level
    given = ConsentGiven(level=level, named=said.named and now.named, recorded=recorded)
    if given.allows == said.allows:
        return given, None
    return given, ConsentRecorded(level=said.level, named=said.named)


def _given(case: Case, given: ConsentGiven, waits: Change | None = None) -> tuple[Change, ...]:
    """Return what a new consent changes: one that leaves the community out stops what it was to be told."""
    changes = (given,) if waits is None else (given, waits)
    stops = _draft_is_public(case) or any(one.to == "community" for one in case.progress.owed())
    if stops and given.level != "community" and not _will_be_public(case):
        return (*changes, DraftDropped(sent=False, moots=True))
    return changes


def _will_be_public(case: Case) -> bool:
    """Whether it is public once an edit of the reporter's that is being decided counts."""
    return is_public(case) and (case.chosen("in_public") or not case.body_is_authors)


def _draft_is_public(case: Case) -> bool:
    """Whether there is a draft that would go to the community; one before 1.1 names no move."""
    draft = case.progress.newest(Draft)
    moves = [move for move in case.process.moves if draft is not None and draft.move in ("", move.name)]
    notices = [notice for move in moves if move.drafted is not None for notice in move.notices]
    return any(notice.startswith("community/") for notice in notices)


def _begins(case: Case, fact: Fact) -> Begun:
    """Take over what the form allows: the reporter's own word, or what an administrator says for them."""
    after = begun(case)
    given = by_form(case)
    if after is None or given == NOTHING:
        return Begun()
    if after.is_author or after.mailed:
        return Begun((given, FormShares(level=given.level, named=given.named)))
    now, waits = _in_their_words(NOTHING, given)
    return Begun((now,) if waits is None else (now, waits))


def _needs(case: Case) -> Iterable[Needed]:
    given = case.progress.newest(ConsentGiven)
    if given is not None and given.words is not None and given.level != "none":
        yield Needed(
            words=given.words, holds="the consent, without which nothing is shared,", again=USAGE.form
        )


def _counted(case: Case, ask: Ask) -> tuple[Change, ...]:
    return (ConsentCounted(),)


USAGE = Usage(
    "/consent <none, parties or community> [by name]\n/consent [name] <yes or no> [words]",
    "/consent parties\n> You may tell those concerned, without my name.",
    "Say what may be shared of a report, or answer about a text that is to be sent.",
)

ACT = Act(
    name="consent",
    serves=("incident",),
    commands=(
        Command(
            name="consent",
            usage=USAGE,
            parse=parse,
            slashes="no command",
            instead=("allow", "permit", "privacy", "share", "anonymous"),
            holds=True,
            keywords=(*LEVELS, "by", "name", "yes", "no"),
        ),
    ),
    changes=(ConsentGiven, FormShares, ConsentRecorded, ConsentCounted),
    parts=(ConsentWaiting,),
    guards=(
        Guard("consent_level", "The request names what may be shared.", consent_level, commands=("consent",)),
    ),
    records=(
        Recorder(
            "consent",
            "what the reporter lets be shared",
            _recorded,
            commands=("consent",),
            by_edit=True,
            by_letter=True,
        ),
        Recorder(
            "consent_counted",
            "that what was recorded in the reporter's words counts",
            _counted,
            by_timer=True,
        ),
    ),
    instants=(
        Instant(
            "consent.recorded",
            "The time when a consent was recorded in the reporter's words, once they have been told.",
            recorded_at,
        ),
    ),
    begins=_begins,
    needs=_needs,
    basis=lambda case: f"{consent(case).level} {consent(case).named}",
)
