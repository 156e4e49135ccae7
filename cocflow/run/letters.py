"""Letters to the right issue: what arrives in the mailbox is filed where it belongs.

Owns the matching: by the reply token, which every notice bears, else by the address on record of a
suspended person. A letter is filed as
comments of the bot, quoted so that nothing in it can run or ping; the last one is a request like any
other, decided by the process. It is marked as done only after its receipt stands, so a run that
dies in between neither loses nor doubles it. What matches nothing goes before the administrators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from cocflow.core.acts.suspension import standing
from cocflow.core.case.case import Case
from cocflow.core.case.facts import sha256
from cocflow.core.case.records import Filed, mail_line
from cocflow.core.engine.decide import LETTERS
from cocflow.core.forms.form import QUESTIONS, Answers, Value
from cocflow.core.forms.writing import write
from cocflow.core.process import INCIDENT
from cocflow.core.text.when import format_when
from cocflow.core.views.tokens import reply_token, token_number
from cocflow.errors import AdapterError, CocflowError
from cocflow.messages import inline, quoted
from cocflow.ports import Addressees, ChannelError, Letter, Mailbox
from cocflow.run.budget import Budget
from cocflow.run.desk import Desk
from cocflow.run.issue import Outcome, enforce
from cocflow.run.trouble import OwnFaultError, Trouble, ending, of_letter, of_mailbox

LONGEST_PART = 20_000
"""Characters of a letter in one comment: quoting makes two of them five, and GitHub takes 65,536."""


class Collected(msgspec.Struct, kw_only=True):
    """What became of the letters: the issues they were filed on, and those that were not done.

    `aside` counts what lies aside in the mailbox for administrators, `failures` what is tried again.
    `spent`: what the letters' share was spent of, if anything was. `troubles`: what failed.
    """

    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    aside: int = 0
    failures: list[CocflowError] = msgspec.field(default_factory=list)
    spent: Literal["writes", "seconds", "limit"] | None = None
    troubles: list[Trouble] = msgspec.field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether nothing is left for the next run."""
        return not self.failures and all(outcome.complete for outcome in self.outcomes)


def collect(desk: Desk, mailbox: Mailbox, budget: Budget) -> Collected:
    """File every letter and answer it; one failing letter doesn't stop the others.

    Nor does the mailbox stop anything but letters. AdapterError only for a refused credential of GitHub's.
    """
    collected = Collected()
    try:
        _read_through(desk, mailbox, budget, collected)
    except CocflowError as error:
        _failed(collected, error, of_mailbox)
    except Exception as error:  # noqa: BLE001 - it costs the letters, and no issue
        _failed(collected, OwnFaultError(error), of_mailbox)
    return collected


def _read_through(desk: Desk, mailbox: Mailbox, budget: Budget, collected: Collected) -> None:
    addressees: Addressees | None = None
    for letter in mailbox.letters():
        collected.spent = budget.spent()
        if collected.spent is not None:
            return
        addressees = addressees or desk.tracker.addressees()
        try:
            addressees = _deal_with(desk, mailbox, letter, addressees, collected)
        except ChannelError as error:
            if error.fault != "folder":
                raise
            _failed(collected, error, of_mailbox)
        except CocflowError as error:
            _failed(collected, error, of_letter)
            if collected.spent is not None:
                return
        except Exception as error:  # noqa: BLE001 - it costs this letter, and no other
            _failed(collected, OwnFaultError(error), of_letter)


def _failed(collected: Collected, error: CocflowError, trouble: Callable[[CocflowError], Trouble]) -> None:
    """Keep what failed; a refused credential ends the run, and a limit of GitHub's the reading."""
    why = ending(error)
    if why == "credential":
        raise error
    if why == "limit":
        collected.spent = "limit"
    else:
        collected.failures.append(error)
        collected.troubles.append(trouble(error))


def _deal_with(
    desk: Desk, mailbox: Mailbox, letter: Letter, addressees: Addressees, collected: Collected
) -> Addressees:
    """File one letter, have it answered, and only then mark it; return where letters may belong now."""
    found = _matching(desk, letter, addressees)
    if found is None and letter.automatic:
        mailbox.set_aside(letter)
        collected.aside += 1
        return addressees
    number, on_record = found if found is not None else (addressees.letters, False)
    if number is None:
        number = _open_letters(desk)
        addressees = msgspec.structs.replace(addressees, letters=number)
    _file(desk, number, letter, verified=letter.verified and on_record)
    outcome = enforce(desk, number)
    collected.outcomes.append(outcome)
    if outcome.broken:
        return addressees
    if letter.unreadable:
        mailbox.set_aside(letter)
        collected.aside += 1
    else:
        mailbox.done(letter)
    return addressees


def _matching(desk: Desk, letter: Letter, addressees: Addressees) -> tuple[int, bool] | None:
    """Return the issue that a letter belongs to, and whether it came from an address on record.

    None where nothing matches, or more than one suspension that is in force: then people decide.
    """
    for token in letter.tokens:
        case = _case(desk, token_number(token))
        if case is not None and reply_token(case.issue.number, case.issue.id) == token:
            return case.issue.number, _is_from(case, letter)
    found = [_case(desk, number) for _, number in addressees.suspensions]
    matches = [
        case
        for case in found
        if case is not None and case.is_suspension and _is_from(case, letter) and _runs(case)
    ]
    return (matches[0].issue.number, True) if len(matches) == 1 else None


def _case(desk: Desk, number: int) -> Case | None:
    """Return the case of an issue, None if there is no such issue."""
    try:
        read = desk.read(number)
    except AdapterError as error:
        if error.status != 404:
            raise
        return None
    return desk.open(read, incident=desk.incident_of(read))


def _is_from(case: Case, letter: Letter) -> bool:
    """Whether a letter comes from an address on record: the suspended person's, or in an incident any."""
    people = (one for one in case.people if case.is_suspension or not one.suspended)
    return letter.sender.casefold() in {person.mail.casefold() for person in people if person.mail}


def _runs(case: Case) -> bool:
    return case.state is not None and not case.state.final and not _repeats(case)


def _repeats(case: Case) -> bool:
    """Whether the incident knows another issue for this suspension: two runs may have opened two."""
    known = standing(case)
    return known is not None and known.issue not in ("", case.issue.id)


def _open_letters(desk: Desk) -> int:
    """Open an incident for letters that match nothing, so that they are answered for like any other."""
    definition = desk.definitions[INCIDENT]
    form, choice = definition.form, definition.process.choice("filed_for_another")
    nature, *others = QUESTIONS
    answers: dict[str, Value] = dict.fromkeys(others, "See the mail.")
    answers[nature] = "Mail has arrived that matches no suspension. It stands below, as it came."
    if choice is not None and (option := form.option(choice.field, choice.option)) is not None:
        field = form.field(choice.field)
        several = field is not None and (field.multiple or field.kind == "checkboxes")
        answers[choice.field] = (option,) if several else option
    return desk.tracker.open_issue(INCIDENT.capitalize(), write(form, Answers(answers)), [LETTERS])


def _file(desk: Desk, number: int, letter: Letter, *, verified: bool) -> None:
    """Post what isn't there yet of a letter's parts; the same letter twice is there already."""
    digest = sha256(f"{letter.message_id}\n{letter.sender}\n{letter.text}")
    case = desk.open(desk.read(number))
    issue = case.issue
    filed_here = (case.mail(comment) for comment in issue.comments())
    there = {filed.part for filed in filed_here if filed is not None and filed.mail == digest}
    parts = list(_parts(letter.text))
    for part, text in enumerate(parts, start=1):
        if part in there:
            continue
        filed = Filed(
            mail=digest,
            received=letter.received,
            verified=verified,
            automatic=letter.automatic,
            part=part,
            parts=len(parts),
        )
        head = _head(desk, letter, verified) if part == 1 else "(The mail goes on.)"
        desk.tracker.comment(number, f"{head}\n\n{quoted(text)}\n\n{mail_line(filed, desk.seal, issue.id)}")


def _head(desk: Desk, letter: Letter, verified: bool) -> str:
    """Return what stands above a letter: when it came, from whom as far as can be told, what came with it."""
    sender = "the address on record" if verified else f"{inline(letter.sender)}, which can't be verified"
    lines = [f"**A mail**, received {format_when(letter.received, desk.community.zone)}, from {sender}."]
    if letter.attachments:
        names = ", ".join(inline(name) for name in letter.attachments)
        lines.append(f"Attachments, which stay in the mailbox: {names}.")
    if letter.unreadable:
        lines.append("It couldn't be read; it lies in the mailbox, set aside.")
    return "\n\n".join(lines)


def _parts(text: str) -> Iterator[str]:
    """Cut a text into parts that fit into comments, at ends of lines where there are any."""
    while len(text) > LONGEST_PART:
        end = text.rfind("\n", LONGEST_PART // 2, LONGEST_PART)
        end = LONGEST_PART if end < 0 else end
        yield text[:end]
        text = text[end:].removeprefix("\n")
    yield text
