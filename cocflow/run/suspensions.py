"""Suspensions as issues of their own: opened once, noted by their incident, given up if they repeat another.

Owns what runs between an incident and its sub-issues, for the rule *Suspensions*, and the checklists in
the bodies of suspensions. It refuses to open one whose command has changed since it was answered.
Draining an incident is the business of whoever calls: it is passed in.
"""

from __future__ import annotations

from collections.abc import Callable

from cocflow.core.acts.continuation import numbers
from cocflow.core.acts.suspend import Standing, SuspensionNamed, account_in, reason_in, suspensions
from cocflow.core.acts.suspension import (
    ACCOUNT,
    OF_INCIDENT,
    REACH,
    REASON,
    UNTIL,
    End,
    TwiceMadeError,
    began_at,
    needs_another,
)
from cocflow.core.case.case import Case
from cocflow.core.case.ids import suspension_id
from cocflow.core.case.ledger import Ledger
from cocflow.core.case.records import Card, Marker, card_line, marker_line, read_marker
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.process import SUSPENSION
from cocflow.core.text.codename import code_name, title
from cocflow.errors import DefinitionError
from cocflow.run.desk import Desk

AT_ONCE = 10
"""The suspensions that are opened at a time: each costs some ten writes, and others wait."""

_ON_SUSPENSION = "<!-- cocflow: on suspension -->"
_ON_RETURN = "<!-- cocflow: on return -->"


def unopened(case: Case) -> list[Standing]:
    """Return the ordered suspensions that no issue is known of."""
    return [one for one in suspensions(case).values() if one.number is None]


def open_suspensions(desk: Desk, case: Case) -> list[int]:
    """Open the issues of some ordered suspensions that have none; return their numbers.

    The receipt on the incident comes first, so a run that died in between is taken up here: what
    it opened is known by its marker.
    """
    ordered = unopened(case)[:AT_ONCE]
    if not ordered:
        return []
    known = desk.tracker.children(case.issue.number)
    opened: list[int] = []
    for standing in ordered:
        ever = (known.get((number, standing.key)) for number in numbers(case))
        child = next((one for one in ever if one is not None), None)
        if child is not None and not child.linked:
            desk.tracker.link(case.issue.number, child.database_id)
        opened.append(_open_suspension(desk, case, standing) if child is None else child.number)
    return opened


def named_anew(case: Case, before: Ledger) -> list[int]:
    """Return the numbers of the suspensions whose account was named anew since."""
    new = case.ledger.counted[len(before.counted) :]
    changes = (change for entry in new for change in entry.record.changes)
    keys = {change.key for change in changes if isinstance(change, SuspensionNamed)}
    known = suspensions(case)
    return [number for key in sorted(keys) if (number := known[key].number) is not None]


def _open_suspension(desk: Desk, case: Case, standing: Standing) -> int:
    account = account_in(case, standing)
    if account is None:
        raise DefinitionError(
            f"The `/suspend` of incident {case.issue.number} has changed since it was answered.",
            hint="open the suspension with the suspension form",
        )
    answers = {
        ACCOUNT: account.name,
        REASON: reason_in(case, standing),
        UNTIL: account.until,
        REACH: account.contact,
        OF_INCIDENT: str(case.issue.number),
    }
    form = desk.definitions[SUSPENSION].form
    marker = Marker(incident=case.issue.id, number=case.issue.number, key=standing.key)
    said = write(form, Answers({name: text for name, text in answers.items() if text}))
    alone = not needs_another(case, account.person(standing.key))
    tasks = desk.community.on_suspension if alone else ()
    todo = _checklist(_ON_SUSPENSION, "When the account is suspended", tasks)
    body = "\n\n".join(part for part in (marker_line(marker, desk.seal), todo, said) if part)
    name = title(SUSPENSION, code_name(suspension_id(case.subjects.name_of(case), standing.key)))
    return desk.tracker.open_child(case.issue.number, name, body, [SUSPENSION])


def note(case: Case, drained: Callable[[int], bool]) -> set[str]:
    """Have the incident note how its suspension stands; return the marks of what it noted.

    `drained` drains the incident of a number about this suspension, and returns whether that went on.
    """
    owed = {notice.id for notice in case.progress.owed() if notice.to == "incident"}
    if not owed or case.incident is None:
        return set()
    return owed if drained(case.incident.issue.number) else set()


def give_up(desk: Desk, case: Case, twice: TwiceMadeError) -> None:
    """Close an issue that repeats a suspension (two runs may both have opened one); nobody is told."""
    last = case.ledger.last
    card = Card(n=last.record.n, last=last.id, seen=case.issue.newest_by_person()) if last else None
    if card is not None and case.ledger.card is None:
        text = f"This was opened twice. The suspension is #{twice.first}; nothing happens here."
        desk.tracker.comment(case.issue.number, f"{text}\n\n{card_line(card, desk.seal, case.issue.id)}")
    desk.tracker.edit_issue(case.issue.number, open_=False)


def with_checklists(case: Case, said: str) -> str | None:
    """Return a suspension's body with the checklists that it lacks, None if it lacks none."""
    community = case.community
    over = bool(case.progress[End].returned or (case.state and case.state.final and began_at(case)))
    tasks = community.on_suspension if began_at(case) is not None else ()
    lists = [_checklist(_ON_SUSPENSION, "When the account is suspended", tasks)]
    if over:
        lists.append(_checklist(_ON_RETURN, "When the account comes back", community.on_return))
    missing = [one for one in lists if one and one.partition("\n")[0] not in said]
    if not case.is_suspension or not missing:
        return None
    first, _, rest = said.partition("\n")
    if read_marker(said) is None:
        return "\n\n".join((*missing, said))
    return "\n\n".join((first, *missing, rest.strip("\n")))


def _checklist(mark: str, heading: str, tasks: tuple[str, ...]) -> str:
    """Return what administrators do by hand, to be ticked off; "" if the community lists nothing."""
    return "\n".join((mark, f"**{heading}:**", "", *(f"- [ ] {task}" for task in tasks))) if tasks else ""
