"""Reports by mail: a letter that belongs to no case opens one of its own.

Owns which case knows a sender, as the cards of one listing say, and the incident that is opened for a letter
of nobody's: from the form, with the sender as its reporter, known by its first line if a run dies. Two
strangers never share one, and a run opens so many. Refuses to file a letter, and to decide what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from cocflow.core.acts.report import REPORTER, filed_for
from cocflow.core.case.facts import Listed, sha256
from cocflow.core.case.letters import address_mark, letter_mark
from cocflow.core.case.records import Arrival, arrival_line, read_card
from cocflow.core.forms.by_mail import read_mailed
from cocflow.core.forms.form import QUESTIONS, Answers, Extra, Form, Value
from cocflow.core.forms.reading import read
from cocflow.core.forms.writing import write
from cocflow.core.people.contacts import without_contacts, without_plus
from cocflow.core.people.roster import Community
from cocflow.core.process import BY_ROOM, INCIDENT
from cocflow.core.text.codename import code_name, title
from cocflow.core.text.inert import unlinked
from cocflow.messages import listed
from cocflow.ports import Envelope, Letter, fits
from cocflow.run.desk import Desk
from cocflow.run.rooms import Written, besides

LETTERS = "mail"
"""The label of an incident that was opened for a mail."""

LONGEST = 400_000
"""Characters of a letter that is filed; of a longer one the head is, and it lies aside for people to read."""

NEW = 10
"""The incidents that a run opens for mails: strangers who write by the hundred wait their turn."""

PAGES = 10
"""The pages of open issues, a hundred each, that are looked through for who knows a sender."""

OLD = 60
"""The open cases that are read since their card is of before it said who is known there."""

DAY = timedelta(days=1)
"""How long a sender of whom nothing is sure is told once that a mail has come."""

UNMATCHED = "Mail has arrived that matches no case. It stands below, as it came."
OF_SEVERAL = (
    "Mail has arrived from somebody who may appeal in more than one case, and it doesn't say in which: issues"
    " {numbers}. It stands below, as it came. File it where it belongs, by `/appeal` there and their words."
)
SEE_BELOW = "See the mail below."
TOO_LONG = "This is too long to stand here. The mail below holds it whole."

IN_THE_ROOM = "This is too long to stand here. The room holds it whole."

LONGEST_ANSWER = 5_000
"""Characters of an answer that stands in the body where all of them together don't fit."""


class Senders:
    """Which cases know a sender or a letter, by what their cards say: a read for each hundred open issues.

    A card is only an index: whoever asks reads the case, and looks.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._listed: dict[int, tuple[Listed, tuple[str, ...] | None]] | None = None
        self._now: datetime | None = None
        self._new: dict[int, tuple[str, ...]] = {}
        self.reads = 0

    @property
    def now(self) -> datetime:
        """The time of the listing."""
        self._all()
        assert self._now is not None  # noqa: S101 - each listing has it
        return self._now

    @property
    def new(self) -> int:
        """How many incidents this run has opened for mails."""
        return len(self._new)

    def opened_for(self, digest: str) -> tuple[int, ...]:
        """Return the issues that may have been opened for a letter, newest first.

        Whoever closed one, it isn't opened again for a letter that couldn't be marked as done.
        """
        mark = letter_mark(digest)
        return (*self.knowing(mark), *self.closed_knowing(mark))

    def closed_knowing(self, mark: str) -> tuple[int, ...]:
        """Return the closed issues, of those touched last, whose cards know an address or a letter."""
        return tuple(
            one.number for one, known in self._all().values() if not one.is_open and mark in (known or ())
        )

    def knowing(self, mark: str) -> tuple[int, ...]:
        """Return the open issues that may know an address or a letter, newest first.

        Those are among them of which it can't be known yet: of an older version, or opened for a mail and
        not begun.
        """
        found = [number for number, known in self._new.items() if mark in known]
        old = 0
        for number, (one, known) in sorted(self._all().items(), reverse=True):
            if not one.is_open or number in self._new:
                continue
            unborn = one.card is None and not {LETTERS, BY_ROOM}.isdisjoint(one.labels or ())
            if (known is None and one.card is not None) or unborn:
                old += 1
                found += [number] if old <= OLD else []
            elif known is not None and mark in known:
                found.append(number)
        return tuple(found)

    def surely(self, mark: str) -> bool:
        """Whether an open issue's card says that it knows an address."""
        listed = (known for one, known in self._all().values() if one.is_open)
        return any(mark in (known or ()) for known in (*listed, *self._new.values()))

    def lately(self, mark: str) -> bool:
        """Whether a case that came by mail knows an address, and something happened there within a day."""
        for one, known in self._all().values():
            recent = self._now is not None and self._now - one.updated_at < DAY
            if recent and LETTERS in (one.labels or ()) and mark in (known or ()):
                return True
        return any(mark in known for known in self._new.values())

    def opened(self, number: int, letter: Letter) -> None:
        """Keep that an incident was opened for a letter."""
        sender = (address_mark(letter.sender),) if letter.sender else ()
        self._new[number] = (*sender, letter_mark(digest_of(letter)))

    def _all(self) -> dict[int, tuple[Listed, tuple[str, ...] | None]]:
        if self._listed is None:
            self._listed = {}
            open_: str | None = ""
            closed: str | None = ""
            for _ in range(PAGES):
                page = self._desk.believed(self._desk.tracker.listing(open_=open_, closed=closed))
                self.reads += 1
                self._now = page.now
                self._listed |= {one.number: (one, _known(one)) for one in page.issues}
                open_, closed = page.next_open, None
                if open_ is None:
                    break
        return self._listed


def _known(listed: Listed) -> tuple[str, ...] | None:
    card = read_card(listed.card) if listed.card is not None else None
    if card is None:
        return None
    return () if not card.of_case or card.goes_on is not None else card.known


def as_filed(community: Community, letter: Letter) -> Letter:
    """Return a letter as it is filed.

    One that is too long has no words there, and lies aside. One that says that it comes from where letters
    go is nobody's: a list, or whoever has that mailbox, may have sent it for anybody.
    """
    if is_own(community, letter):
        letter = msgspec.structs.replace(letter, sender="", name="", verified=False)
    return (
        letter if len(letter.text) <= LONGEST else msgspec.structs.replace(letter, text="", unreadable=True)
    )


def digest_of(letter: Letter) -> str:
    """Return the digest by which a letter is filed: the same however often it is read."""
    if isinstance(letter, Written):
        return sha256(f"{letter.room}\n{letter.message_id}")
    return sha256(f"{letter.message_id}\n{letter.sender}\n{letter.text}")


def is_report(community: Community, letter: Letter) -> bool:
    """Whether a letter went to where reports go; if all mail does, any did."""
    return community.reports != "" and (_one_address(community) or _went_to(community.reports, letter))


def is_for_reports_alone(community: Community, letter: Letter) -> bool:
    """Whether a letter went to where reports go, and not to where appeals do, which is elsewhere."""
    return (
        not _one_address(community)
        and _went_to(community.reports, letter)
        and not _went_to(community.appeals, letter)
    )


def _one_address(community: Community) -> bool:
    return community.appeals.casefold() in ("", community.reports.casefold())


def _went_to(address: str, letter: Letter) -> bool:
    """Whether a letter went to an address, or to one with a plus that leads there."""
    return address.casefold() in {found for one in letter.addressed for found in (one, without_plus(one))}


def is_own(community: Community, letter: Envelope) -> bool:
    """Whether a letter says that it comes from where letters go: nobody is answered there."""
    own = {community.reports.casefold(), community.appeals.casefold()} - {""}
    return letter.sender == "" or letter.sender.casefold() in own


def taken_in(
    desk: Desk,
    letter: Letter,
    senders: Senders,
    opens: Callable[[int], str | None],
    appeals: tuple[int, ...] = (),
) -> int | None:
    """Return the incident of a letter's own, opened if it isn't yet; None where a run has opened enough.

    `opens`: which letter an issue was opened for, as its case says. `appeals`: in which cases it may be an
    appeal; then it is no report, and its sender is told that somebody looks at it. The writes: one.
    """
    digest = digest_of(letter)
    if (known := _known_for(digest, senders, opens)) is not None:
        return known
    if senders.new >= NEW:
        return None
    community = desk.community
    mine = is_report(community, letter) and letter.sender != ""
    report = mine and not appeals
    by_hand = letter.kind != "absence"  # a program may have written it, and none is answered
    sure = report and letter.verified and by_hand
    answered = mine and not sure and by_hand and not senders.lately(address_mark(letter.sender))
    line = arrival_line(Arrival(mail=digest, sure=sure, answered=answered), desk.seal)
    instead = OF_SEVERAL.format(numbers=listed(map(str, appeals))) if appeals else UNMATCHED
    body = f"{line}\n\n{_body(desk.definitions[INCIDENT].form, letter, '' if report else instead)}"
    number = desk.tracker.open_issue(title(INCIDENT, code_name(digest)), body, [LETTERS])
    senders.opened(number, letter)
    return number


def _known_for(digest: str, senders: Senders, opens: Callable[[int], str | None]) -> int | None:
    """Return the incident that was opened for a letter, None if none was."""
    return next((number for number in senders.opened_for(digest) if opens(number) == digest), None)


def written_in(form: Form, letter: Written) -> str:
    """Return all that somebody has written or chosen in a room so far: all of it but the boxes left empty."""
    empty = {f"- [ ] {option}" for field in form.fields if not field.free for option in field.options}
    typed = (line for line in letter.text.splitlines() if line.strip() not in empty)
    return "\n".join((letter.subject, *typed, letter.beside))


def filed_in_a_room(desk: Desk, letter: Written, senders: Senders, opens: Callable[[int], str | None]) -> int:
    """Return the incident of a report in a room, opened if it isn't yet: surely its guest's. One write."""
    digest = digest_of(letter)
    if (known := _known_for(digest, senders, opens)) is not None:
        return known
    arrival = Arrival(
        mail=digest,
        sure=True,
        room=letter.room,
        account=letter.account,
        login=letter.login,
        altered=letter.altered,
    )
    head, form = arrival_line(arrival, desk.seal), desk.definitions[INCIDENT].form
    body = f"{head}\n\n{_form_of(form, letter)}"
    if not fits(body):
        body = f"{head}\n\n{_short_form_of(form, letter, desk.community)}"
    number = desk.tracker.open_issue(title(INCIDENT, code_name(digest)), body, [BY_ROOM])
    senders.opened(number, letter)
    return number


def _form_of(form: Form, letter: Written) -> str:
    """Return the form as a guest filled it in, and above it what they wrote besides, all of it inert."""
    filed = read(form, letter.text)
    titled = f"Title: {letter.subject}" if letter.subject.casefold() != INCIDENT else ""
    beside = "\n\n".join(one for one in (titled, besides(filed, letter.text)) if one)
    extra = (("", unlinked(beside)),) if beside else ()
    return write(form, Answers(_inert_answers(form, filed.answers)), extra)


def _short_form_of(form: Form, letter: Written, community: Community) -> str:
    """Return the same without what is too long. Who is meant by it stands there: that keeps them out."""
    answers = _inert_answers(form, read(form, letter.text).answers)
    short = {id_: _shortened(value, IN_THE_ROOM) for id_, value in answers.items()}
    return write(form, Answers(short), (("", f"{IN_THE_ROOM}{_meant(community, written_in(form, letter))}"),))


def _inert_answers(form: Form, answers: Answers) -> dict[str, Value]:
    typed = {field.id for field in form.fields if field.free}
    return {id_: _inert(value) if id_ in typed else value for id_, value in answers.values.items()}


def _meant(community: Community, text: str) -> str:
    """Say whom of the administrators a text means, as surely as it does; "" for none."""
    found = ((one, one.meant_by(text)) for one in community.administrators)
    names = [
        unlinked(f"@{one.login}") if sureness == "surely" else max(one.name.split(), key=len)
        for one, sureness in found
        if sureness is not None
    ]
    return f" It may mean {', '.join(names)}." if names else ""


def _body(form: Form, letter: Letter, instead: str) -> str:
    """Return the form as a letter fills it in, so that nothing in it runs, mentions or points at anything.

    `instead`: what stands there of one that is no report, "" for a report.
    """
    if instead:
        given: dict[str, Value] = dict.fromkeys(QUESTIONS, SEE_BELOW)
        given[QUESTIONS[0]] = instead
        return write(form, _with_sender(form, given, letter))
    mailed = read_mailed(form, letter.text)
    answers = {id_: _inert(value) for id_, value in mailed.answers.values.items()}
    about = [("", f"Subject: {letter.subject}")] if letter.subject else []
    extra = tuple((heading, unlinked(text)) for heading, text in (*about, *mailed.extra))
    body = _written(form, answers, letter, extra)
    if fits(body):
        return body
    short = {id_: _shortened(value) for id_, value in answers.items()}
    return _written(form, short, letter, ())


def _written(form: Form, answers: dict[str, Value], letter: Letter, extra: tuple[Extra, ...]) -> str:
    return write(form, _with_sender(form, answers, letter), extra)


def _with_sender(form: Form, answers: dict[str, Value], letter: Letter) -> Answers:
    said = sender_of(letter)
    return Answers(answers | ({REPORTER: said} if said and form.field(REPORTER) is not None else {}))


def sender_of(letter: Letter) -> str:
    """Return a letter's sender as the form says who the reporter is: a name, and the address.

    "" where the letter names no address.
    """
    if not letter.sender:
        return ""
    name = " ".join(without_contacts(letter.name).split())[:80].strip(" \t,;:()<>\"'`-")
    whole = f"{name}, {letter.sender}" if name else letter.sender
    person = filed_for(whole)
    plain = person.mail.casefold() == letter.sender.casefold() and not person.login and not person.slack
    return whole if plain else letter.sender


def _inert(value: Value) -> Value:
    return unlinked(value) if isinstance(value, str) else value


def _shortened(value: Value, instead: str = TOO_LONG) -> Value:
    return instead if isinstance(value, str) and len(value) > LONGEST_ANSWER else value
