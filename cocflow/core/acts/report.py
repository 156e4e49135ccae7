"""The report: the four questions, the answers given later, and who the reporter is.

What the process takes from the form is recorded when it is first read, from the version that its author
wrote. Whoever files for somebody else, and is no administrator, is the filer: the reporter is whom they
name, and nothing is done in that person's name before they have said yes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from cocflow.core.acts.room import housed
from cocflow.core.case.accounts import same_account
from cocflow.core.case.act import Act, Ask, Begun, Guard, Needed, Recorder
from cocflow.core.case.case import Case, once
from cocflow.core.case.facts import BodyEdited, Commented, Fact, sha256
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Arrival, Filed, Number, Words
from cocflow.core.forms.form import QUESTIONS, Report
from cocflow.core.forms.numbered import merge, numbered_answers
from cocflow.core.people.contacts import without_contacts
from cocflow.core.people.person import Person, named
from cocflow.core.process import Role
from cocflow.core.text.typed import has_words, quoted_lines
from cocflow.errors import UserMistake

NOT_ASKED = (
    "Somebody else filed this in the reporter's name, who hasn't said yes yet. Ask them, and record it with"
    " `/agree` and their words behind `>`."
)

UNSURE = (
    "Nobody has said yet that the mail by which it came is a report of its sender's own, so nothing is done"
    " in their name, and nothing of it goes to that address by itself. If it is, for all you know, add the"
    " label `{label}`, or write `/agree`."
)

IN_DANGER = (
    "**The report says that somebody may be in danger.** So its reminders go to everyone who decides it,"
    " until the tick in the report is taken away."
)

ACCEPTED = "accepted"
"""What a move records by which an administrator says that a mail is from whom it says."""

LET_IN = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""What GitHub calls an author who surely can read the repository."""

REPORTER = "reporter"
"""The id of the form's field that says for whom somebody else files."""


class Answer(Said, frozen=True):
    """Answer question `number`; without a number, `text` is a pasted list `1.` to `4.`."""

    number: int | None
    text: str

    def answers(self) -> dict[int, str]:
        """Return the answers by the question's number; UserMistake for a list that can't be read."""
        return {self.number: self.text} if self.number is not None else numbered_answers(self.text)


class ReporterKnown(Change, frozen=True, kw_only=True, tag="reporter"):
    """Who the reporter is: the issue's author, or somebody for whom the author filed.

    `said` is then the digest of the answer that says who, since the form's body stays editable, and
    `handles` are digests of the ways to name the person, to know an administrator by. `agreed`: they want
    to be; of whom an administrator files for, that is taken for granted, and of whoever surely wrote the mail
    by which it came, or filed it in their room (`mailed`). `association`: what GitHub called the author then.
    `room` and `account`: in which room it was filed and by whose account, whatever is made of the body since.
    """

    is_author: bool
    readers_off_roster: bool = False
    said: str = ""
    handles: tuple[str, ...] = ()
    agreed: bool = True
    association: str = ""
    mailed: bool = False
    room: str = ""
    account: str = ""


class ReporterAgreed(Change, frozen=True, kw_only=True, tag="reporter_agreed"):
    """The person whom somebody else named wants to be the reporter; `words` say how that is known."""

    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """From now on things can be done in their name."""
        if (known := progress.newest(ReporterKnown)) is not None:
            progress.keep(msgspec.structs.replace(known, agreed=True))


class CameBy(Change, frozen=True, kw_only=True, tag="came_by"):
    """cocflow opened it for the letter of this digest, which picks its code name: it is known before."""

    mail: str


class FormRead(Change, frozen=True, kw_only=True, tag="form_read"):
    """What the form says besides, as its author wrote it. `own`: it was theirs when it was first read.

    `said`: what stands there, where that doesn't count, since somebody else had edited it.
    """

    in_public: bool = False
    own: bool = True
    said: bool | None = None


class Danger(Part, frozen=True, kw_only=True, tag="danger"):
    """Whether the form says that somebody may be in danger."""

    said: bool = False


class DangerSaid(Change, frozen=True, kw_only=True, tag="danger_said"):
    """The form says that somebody may be in danger, or says so no more, whoever wrote that there."""

    said: bool

    def apply(self, progress: Progress, record: Record) -> None:
        """Have more people told of it from now on, or no more."""
        progress.keep(Danger(said=self.said))


class Agree(Said, frozen=True):
    """The person named agrees to be the reporter; `quote` holds the lines behind `>`."""

    quote: str | None = None


class ReportMailed(Change, frozen=True, kw_only=True, tag="report_mailed"):
    """The words of a comment are the mail by which the report came, or the last part of it."""

    words: Words


class Later(Part, frozen=True, kw_only=True, tag="answers"):
    """The answers given later, by the question's number."""

    words: dict[int, Words] = msgspec.field(default_factory=dict)


class AnswerGiven(Change, frozen=True, kw_only=True, tag="answer"):
    """The words of a comment hold the answer to the question of that number (1 to 4)."""

    number: Number
    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Let it stand in place of an earlier answer."""
        progress.keep(Later(words={**progress[Later].words, self.number: self.words}))


_NUMBER = re.compile(r"(?:question )?#?([0-9]{1,4})(?:([.):])(?![0-9])|(?=\s|$))")
_LISTED = re.compile(rf"^([1-{len(QUESTIONS)}])[.)](?=[ \t]|$)", re.MULTILINE)


def parse(line: str, rest: str) -> Answer:
    """Read `<n> text`, or a pasted list. `1. …` followed by a line `2. …` is a list, not answer 1."""
    text = f"{line}\n{rest}".strip()
    number = _NUMBER.match(text)
    last = len(QUESTIONS)
    if number is None:
        raise UserMistake(f"Say which question you answer, by its number from 1 to {last}.")
    if not 1 <= int(number[1]) <= last:
        raise UserMistake(f"The questions are numbered from 1 to {last}.")
    following = _LISTED.search(text, number.end())
    if number[2] and following and int(following[1]) > int(number[1]):
        return Answer(None, text)
    words = text[number.end() :].strip()
    if not has_words(words):
        raise UserMistake("The answer itself is missing.")
    return Answer(int(number[1]), words)


def parse_agree(line: str, rest: str) -> Agree:
    """Read the quoted lines; what else is typed is a note."""
    return Agree(quoted_lines(rest))


@once
def report(case: Case) -> Report:
    """Return the answers: those of the body, and above them those given later by `/answer`."""
    later: dict[int, str] = {}
    for number, words in case.progress[Later].words.items():
        command = case.command(words)
        given = command.answers() if isinstance(command, Answer) else {}
        if number in given:
            later[number] = given[number]
    return merge(case.filed, later) if later else case.filed


@once
def reporter(case: Case) -> Person:
    """Return the reporter: the author, the guest of the room where it was filed, or whom the form names."""
    return housed(case, _reporter(case))


def _reporter(case: Case) -> Person:
    if (guest := _guest_of(case)) is not None:
        return guest
    author, known = case.author, case.progress.newest(ReporterKnown)
    if known is None or known.is_author:
        login = author.login if author else ""
        account = author.id if author and known is not None else ""
        here = author is not None and not _lost_access(case, known)
        return Person(key="reporter", name=login, role="reporter", login=login, account=account, here=here)
    said = case.filed.answers.text(REPORTER)
    if sha256(said) != known.said:
        return Person(key="reporter", name="", role="reporter", unasked=not known.agreed)
    return msgspec.structs.replace(filed_for(said), unasked=not known.agreed)


def _guest_of(case: Case) -> Person | None:
    """Return the guest in whose room it was filed, None where it wasn't.

    Who that is was recorded as it began: the line in the body may have been edited since, or be another's.
    """
    came, known = case.arrival, case.progress.newest(ReporterKnown)
    if known is None:
        return _by_room(came) if came is not None and came.room else None
    if not known.room:
        return None
    if came is not None and (came.room, came.account) == (known.room, known.account):
        return _by_room(came)
    return _by_room(Arrival(mail="", room=known.room, account=known.account))


def _by_room(came: Arrival) -> Person:
    """Return the guest of a room: they filed it there themself, and read there what they are told."""
    return Person(
        key="reporter",
        name=came.login,
        role="reporter",
        login=came.login,
        account=came.account,
        room=came.room,
    )


def _lost_access(case: Case, known: ReporterKnown | None) -> bool:
    """Whether an author can't read the issue any more, as far as GitHub says.

    It doesn't say that somebody is a member who hides it, so only what it doesn't say any more counts.
    """
    then = known.association if known is not None else ""
    now = case.issue.association if case.issue.earlier is None else ""
    return then in LET_IN and now != "" and now not in LET_IN


def agreed(case: Case) -> bool:
    """Whether the reporter is known to want to be it."""
    known = case.progress.newest(ReporterKnown)
    return known is None or known.agreed


def was_altered(case: Case) -> bool:
    """Whether somebody else had edited the form before it was first read, so that nothing counts of it."""
    read = case.progress.newest(FormRead)
    return read is not None and not read.own


def filer(case: Case) -> Person | None:
    """Return who filed for somebody else without being an administrator; None for bots, and if nobody did."""
    known, author = case.progress.newest(ReporterKnown), case.author
    if known is None or known.is_author or not known.readers_off_roster or author is None or author.bot:
        return None
    name = author.login
    return Person(key="filer", name=name, role="filer", login=name, account=author.id, here=True)


@once
def read_by(case: Case) -> Role | None:
    """Return the role of whoever filed it themself, and so reads its page; None where nobody did."""
    author = case.author
    if author is None or author.bot:
        return None
    return next((one.role for one in _people(case) if one.here and one.account), None)


def _people(case: Case) -> tuple[Person, ...]:
    files = filer(case)
    return (reporter(case),) if files is None else (reporter(case), files)


def in_their_name(case: Case, ask: Ask) -> str | None:
    """Refuse what somebody else would do in the name of a reporter who hasn't said yes to being it."""
    return None if agreed(case) or "reporter" in ask.roles else _not_asked(case)


def _not_asked(case: Case) -> str:
    return UNSURE.format(label=accept_label(case)) if is_unsure(case) else NOT_ASKED


def accept_label(case: Case) -> str:
    """Return the label by which an administrator says that a mail is from whom it says."""
    moves = (move for move in case.process.moves if ACCEPTED in move.records)
    return next((name for move in moves for name, _ in move.quick_labels), "")


def by_mail(case: Case) -> bool:
    """Whether the report came by mail, so that its reporter answers by mail too."""
    known = case.progress.newest(ReporterKnown)
    return known is not None and known.mailed and not by_room(case)


def by_room(case: Case) -> bool:
    """Whether the report was filed in a room, where its reporter reads and answers."""
    return _guest_of(case) is not None


def is_unsure(case: Case) -> bool:
    """Whether the report came by a mail that may be anybody's, and no administrator has said otherwise."""
    known = case.progress.newest(ReporterKnown)
    if known is None:
        return case.arrival is not None and not case.arrival.sure
    return known.mailed and not known.agreed


def sender_unsure(case: Case, ask: Ask) -> str | None:
    """Refuse where it didn't come by mail, or is known to be from whom it says."""
    return None if is_unsure(case) else "There is no mail here of which that has to be said."


def mailed_words(case: Case, words: Words) -> str:
    """Return the text of the mail of which a comment is the last part; "" once that has changed."""
    last = case.comments.get(words.fact)
    filed = case.mail(last) if last is not None and sha256(last.body) == words.sha else None
    if filed is None:
        return ""
    parts = (one for one in case.comments.values() if (read := case.mail(one)) and read.mail == filed.mail)
    return "\n".join(quoted_lines(one.body) or "" for one in parts)


def may_agree(case: Case, ask: Ask) -> str | None:
    """Refuse where nobody has to agree, where nobody is named, and without the person's own words."""
    if agreed(case):
        why = "Whose report this is, is settled: nobody has to agree to it any more."
        words = " To agree to words that wait, put on the label that their draft names."
        return why + words if "administrator" in ask.roles else why
    if not case.filed.answers.text(REPORTER).strip():
        return "The report doesn't say who the reporter is. Name them there first, by an edit."
    if "reporter" in ask.roles or (isinstance(ask.command, Agree) and ask.command.quote):
        return None
    return "That is theirs to say. Quote their words below the command, behind `>`."


def filed_for(said: str) -> Person:
    """Return the reporter whom the form of somebody else names: "Riya Sen, riya@example.org"."""
    first = said.strip().partition("\n")[0][:200]
    name = without_contacts(first).strip(" \t,;:()<>-`")
    return named("reporter", name, said, "reporter")


def answers_complete(case: Case, ask: Ask) -> str | None:
    """Refuse while one of the four questions has no answer."""
    answered = report(case)
    if isinstance(ask.command, Answer):
        answered = merge(answered, ask.command.answers())
    missing = ", ".join(str(one.number) for one in answered.unanswered)
    return f"There is still no answer to question {missing}." if missing else None


def in_danger(case: Case) -> bool:
    """Whether the report says that somebody may be in danger."""
    return case.progress[Danger].said


def _danger(case: Case) -> tuple[Change, ...]:
    """Return what the form says of danger, where that is news: a false alarm costs less than a missed one."""
    said = case.chosen("in_danger")
    return (DangerSaid(said=said),) if said != in_danger(case) else ()


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Keep which comment answers what, and what whoever may say it makes of the form by an edit."""
    if isinstance(ask.command, Answer):
        return tuple(AnswerGiven(number=n, words=ask.words) for n in sorted(ask.command.answers()))
    return (*_danger(case), *_edited(case, ask)) if isinstance(ask.fact, BodyEdited) else ()


def _edited(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Return what an edit of the form changes of who the reporter is, and of where it happened."""
    known = case.progress.newest(ReporterKnown)
    if known is None:
        return ()
    if was_altered(case) and known.is_author:
        return _read(case) if case.body_is_authors else ()
    if known.is_author:
        return _reread(case) if "reporter" in ask.roles and case.body_is_authors else ()
    if known.mailed:
        return ()  # whoever wrote the mail is the reporter, whatever anybody makes of the form
    if known.agreed and known.readers_off_roster and "administrator" not in ask.roles:
        return ()  # who has said yes is the reporter, whatever the filer makes of it
    new = _named(case, known.readers_off_roster, agreed=known.agreed, mailed=known.mailed)
    return (new,) if new != known else ()


def begun(case: Case) -> ReporterKnown | None:
    """Return who the reporter is as a case begins, if the form's other answers count as theirs; else None."""
    changes = _read(case) if case.body_is_authors else ()
    if any(isinstance(one, FormRead) and not one.own for one in changes):
        return None
    known = next((one for one in changes if isinstance(one, ReporterKnown)), None)
    return known if known is not None and known.agreed else None


def _begins(case: Case, fact: Fact) -> Begun:
    came = (CameBy(mail=case.arrival.mail),) if case.arrival is not None else ()
    if case.body_is_authors:
        return Begun((*came, *_read(case), *_danger(case)))
    nobodys = _is_bridged(case) or case.issue.is_me(case.author)
    who = _nobody() if nobodys else _author(case)
    return Begun((*came, who, FormRead(own=False), *_danger(case)))


def _names(case: Case) -> str | None:
    known = case.progress.newest(CameBy)
    if known is not None:
        return known.mail
    return case.arrival.mail if case.arrival is not None else None


def _read(case: Case) -> tuple[Change, ...]:
    """Return what the form says of the reporter, as its author wrote it: a bot is nobody's reporter."""
    if case.arrival is not None and case.arrival.room:
        own = not case.arrival.altered
        return (_guest(case.arrival), FormRead(in_public=own and case.chosen("in_public"), own=own))
    if case.arrival is not None:
        return _mailed(case, case.arrival)
    trusted = _is_trusted(case)
    if not (case.chosen("filed_for_another") or _is_bridged(case)):
        return (_author(case), FormRead(in_public=case.chosen("in_public")))
    if trusted:
        return (_named(case, False), FormRead(in_public=case.chosen("in_public")))
    return (_named(case, True, agreed=False), FormRead())


def _reread(case: Case) -> tuple[Change, ...]:
    """Return what its author has changed of it; what somebody else may have, lets nothing more be told."""
    said, before = case.chosen("in_public"), case.progress.newest(FormRead)
    if before is None:
        return (FormRead(in_public=said),)
    known = before.in_public if before.said is None else before.said
    counts = before.in_public if said == known else said and (before.in_public or not others_edited(case))
    new = FormRead(in_public=counts, said=None if said == counts else said)
    return (new,) if new != before else ()


def others_edited(case: Case) -> bool:
    """Whether a receipt answers somebody else's edit of the form, and none an edit of its author's since."""
    edits = (
        entry.record.by
        for entry in reversed(case.ledger.counted)
        if BodyEdited.is_one_of(entry.record.of, case.ids)
    )
    last, author = next(edits, None), case.author
    return last is not None and (author is None or not same_account(last, author.id))


def _is_trusted(case: Case) -> bool:
    """Whether an administrator filed it, or cocflow."""
    return case.administrator(case.author) is not None or case.issue.is_me(case.author)


def _is_bridged(case: Case) -> bool:
    """Whether another program filed it, for whoever filled in a form elsewhere."""
    author = case.author
    return author is not None and author.bot and not case.issue.is_me(author)


def _author(case: Case) -> ReporterKnown:
    association = case.issue.association if case.issue.association in LET_IN else ""
    return ReporterKnown(is_author=True, readers_off_roster=not _is_trusted(case), association=association)


def _guest(came: Arrival) -> ReporterKnown:
    """Return the guest of a room: the report is theirs, whatever it says of for whom it was filed."""
    handles = _by_room(came).digests()
    return ReporterKnown(
        is_author=False,
        said=sha256(""),
        handles=handles,
        mailed=True,
        room=came.room,
        account=came.account,
    )


def _nobody() -> ReporterKnown:
    return ReporterKnown(is_author=False, readers_off_roster=True, said=sha256(""), agreed=False)


def _mailed(case: Case, arrival: Arrival) -> tuple[Change, ...]:
    """Return what a report that came by mail says; of one that may be anybody's, only whom it names."""
    public = arrival.sure and case.chosen("in_public")
    return (_named(case, False, agreed=arrival.sure, mailed=True), FormRead(in_public=public))


def _named(
    case: Case, readers_off_roster: bool, *, agreed: bool = True, mailed: bool = False
) -> ReporterKnown:
    said = case.filed.answers.text(REPORTER)
    return ReporterKnown(
        is_author=False,
        readers_off_roster=readers_off_roster,
        said=sha256(said),
        handles=filed_for(said).digests(),
        agreed=agreed,
        mailed=mailed,
    )


def _agreed(case: Case, ask: Ask) -> tuple[Change, ...]:
    return (ReporterAgreed(words=ask.words),)


def read_mail(case: Case, fact: Fact, filed: Filed) -> ReportMailed | None:
    """Return what the mail by which a report came records; None for any other letter."""
    arrival = case.arrival
    if arrival is None or filed.mail != arrival.mail or not isinstance(fact, Commented):
        return None
    return ReportMailed(words=Words(fact.id, sha256(fact.body)))


def _notes(case: Case) -> tuple[str, ...]:
    """Say on the card whether somebody is in danger, whose the answers are, and who is still to be asked."""
    lines: list[str] = [IN_DANGER] if in_danger(case) and not _is_over(case) else []
    if was_altered(case):
        lines.append(
            "Somebody else had edited the report before I first read it, so nothing counts of what it says"
            " about sharing, about where it happened and about for whom it was filed. Ask the reporter."
        )
    elif not case.body_is_authors and case.issue.earlier is None:
        lines.append(
            "Somebody else than its author edited the report last. What may be shared, whether it was in"
            " public and who the reporter is stand as they were recorded."
        )
    known = case.progress.newest(ReporterKnown)
    unnamed = not by_room(case) and not case.filed.answers.text(REPORTER).strip()
    if known is not None and not known.is_author and unnamed:
        lines.append("It was filed for somebody else, and doesn't say for whom. Ask whoever filed it.")
    elif not agreed(case):
        lines.append(_not_asked(case))
    return tuple(lines)


def _is_over(case: Case) -> bool:
    return case.state is not None and case.state.final


def _handles(case: Case) -> Iterable[tuple[str, str]]:
    known = case.progress.newest(ReporterKnown)
    return (("reporter", handle) for handle in (known.handles if known is not None else ()))


def _needs(case: Case) -> Iterable[Needed]:
    for number, words in case.progress[Later].words.items():
        yield Needed(words=words, holds=f"the answer to question {number}", again=f"/answer {number} <text>")
    known = case.progress.newest(ReporterKnown)
    if known is not None and not known.is_author and not by_room(case):
        said = case.filed.answers.text(REPORTER)
        words = Words(case.issue.id, known.said)
        yield Needed(words=words, holds="the name and the address of the reporter", text=said)


ACT = Act(
    name="report",
    serves=("incident",),
    commands=(
        Command(
            name="answer",
            usage=Usage(
                f"/answer <1 to {len(QUESTIONS)}> <text>",
                "/answer 2 It was on Tuesday, in the afternoon.",
                "Answer one of the four questions, or paste a list from 1. to 4. with several answers.",
            ),
            parse=parse,
            slashes="text",
            instead=("edit", "add", "update", "change"),
        ),
        Command(
            name="agree",
            usage=Usage(
                "/agree",
                "/agree\n> Yes, please go on in my name.",
                "Record that the person for whom somebody else filed wants to be the reporter. Quote them.",
            ),
            parse=parse_agree,
            slashes="no command",
        ),
    ),
    changes=(CameBy, ReporterKnown, ReporterAgreed, ReportMailed, FormRead, DangerSaid, AnswerGiven),
    parts=(Later, Danger),
    guards=(
        Guard("answers_complete", "All four questions of the form have an answer.", answers_complete),
        Guard(
            "may_agree",
            "The person for whom somebody else filed hasn't said yes yet, and is quoted.",
            may_agree,
            commands=("agree",),
            offers=lambda case: not agreed(case) and not is_unsure(case),
        ),
        Guard(
            "sender_unsure",
            "It came by a mail that may be anybody's, and nobody has said that it is its sender's.",
            sender_unsure,
            offers=is_unsure,
        ),
    ),
    records=(
        Recorder(
            "answers",
            "which comment answers which question, and how an edited form says to reach the reporter",
            _recorded,
            commands=("answer",),
            by_edit=True,
            by_letter=True,
            holds_words=True,
        ),
        Recorder(
            ACCEPTED,
            "that the mail by which it came is from whom it says",
            _agreed,
            commands=("agree",),
            guards=("sender_unsure",),
            by_label=True,
            by_letter=True,
        ),
        Recorder(
            "agreed",
            "that the person for whom somebody else filed wants to be the reporter",
            _agreed,
            commands=("agree",),
            guards=("may_agree",),
            by_letter=True,
            holds_words=True,
        ),
    ),
    begins=_begins,
    notes=_notes,
    people=_people,
    recorded=_handles,
    needs=_needs,
    names=_names,
)
