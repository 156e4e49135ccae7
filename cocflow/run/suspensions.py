"""Suspensions as issues of their own: what stands in them, and which are about an account named anew.

Owns the bodies of suspensions, with their checklists. It refuses to open one whose command has changed since
it was answered.
"""

from __future__ import annotations

from cocflow.core.acts.suspend import Standing, SuspensionNamed, account_in, reason_in, suspensions
from cocflow.core.acts.suspension import (
    ACCOUNT,
    OF_INCIDENT,
    REACH,
    REASON,
    UNTIL,
    End,
    began_at,
    needs_another,
)
from cocflow.core.case.case import Case
from cocflow.core.case.ledger import Ledger
from cocflow.core.case.records import read_marker
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.process import SUSPENSION
from cocflow.core.text.when import format_when
from cocflow.errors import DefinitionError
from cocflow.run.desk import Desk

_ON_SUSPENSION = "<!-- cocflow: on suspension -->"
_ON_RETURN = "<!-- cocflow: on return -->"


def named_anew(case: Case, before: Ledger) -> list[int]:
    """Return the numbers of the suspensions whose account was named anew since."""
    new = case.ledger.counted[len(before.counted) :]
    changes = (change for entry in new for change in entry.record.changes)
    keys = {change.key for change in changes if isinstance(change, SuspensionNamed)}
    known = suspensions(case)
    return [number for key in sorted(keys) if (number := known[key].number) is not None]


def suspension_body(desk: Desk, case: Case, standing: Standing) -> str:
    """Return what stands in the issue of an ordered suspension, below its marker.

    Raises DefinitionError where its command has changed since it was answered.
    """
    account = account_in(case, standing)
    if account is None:
        raise DefinitionError(
            f"The `/suspend` of incident {case.issue.number} has changed since it was answered.",
            hint="open the suspension with the suspension form",
        )
    answers = {
        ACCOUNT: account.name,
        REASON: reason_in(case, standing),
        UNTIL: account.until
        or (format_when(standing.until, case.community.zone) if standing.until else None),
        REACH: account.contact,
        OF_INCIDENT: str(case.issue.number),
    }
    form = desk.definitions[SUSPENSION].form
    said = write(form, Answers({name: text for name, text in answers.items() if text}))
    alone = not needs_another(case, account.person(standing.key))
    tasks = desk.community.on_suspension if alone else ()
    todo = _checklist(_ON_SUSPENSION, "When the account is suspended", tasks)
    return f"{todo}\n\n{said}" if todo else said


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
