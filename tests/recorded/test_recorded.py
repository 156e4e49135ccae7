"""Cases that an older version of cocflow has run replay to the same states, deadlines and debts.

Each file beside this one was recorded by the version that its folder's README names, and holds what that
version made of it. What a newer version may do differently stands here in words, case by case.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cocflow.core.acts.appeal import Waiting
from cocflow.core.acts.consent import consent
from cocflow.core.acts.draft import silent
from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.owner import owner
from cocflow.core.acts.party import Parties
from cocflow.core.acts.report import ReporterKnown, report, reporter
from cocflow.core.acts.resolve import Resolution
from cocflow.core.acts.suspend import suspensions
from cocflow.core.acts.suspension import End
from cocflow.core.case import facts
from cocflow.core.case.case import Case, Definition
from cocflow.core.case.child import TwiceMadeError
from cocflow.core.case.draft import Draft
from cocflow.core.case.facts import Actor, Fact, Issue
from cocflow.core.case.ids import Edit, read_own
from cocflow.core.case.seal import Seal, read_seal
from cocflow.core.engine import timers
from cocflow.core.engine.decide import decide, noted
from cocflow.core.engine.decision import Decision
from cocflow.core.engine.openness import stays_open
from cocflow.core.engine.reading import open_case, parsed
from cocflow.core.engine.recovery import recovery
from cocflow.core.engine.requests import open_requests
from cocflow.core.people.roster import Administrator, Community
from tests.core import play

FILES = sorted(Path(__file__).parent.glob("*.json"))

LABELS = {"post: approved": "approve"}
"""What a label of the older version is called today: one approves whatever is drafted."""

MOVES = {"send_post": "post", "approve_post": "approve"}
"""What a move of the older version is part of today."""

SPLIT = {"others_answer_post": "answer_post", "record_consent": "consent"}
"""Moves that were one with another: who says something themself, and who records it, are told apart."""

DRAFTED = ("resolve", "uphold", "overturn", "late_party")
"""Moves whose words wait to be approved now, and went out at once: nothing is owed before."""

IN_ORDER = {
    ("post-answered-by-everybody", 2): "timer:post_asked@2026-01-08T12:00:00+00:00",
    ("post-approved-and-somebody-silent", 2): "timer:post_asked@2026-01-08T12:00:00+00:00",
}
"""Where silence counts at its own instant now, before later reminders, and was a reminder among others."""


WORDS_LOST = {("an-answer-edited-afterwards", 0), ("an-answer-edited-afterwards", 1)} | {
    ("post-edited-after-people-were-asked", 0)
}
"""Where an edit of words that are needed is answered now, and was passed over in silence."""

BY_A_WORD = {
    "a-party-is-an-administrator": ("thclpr",),
    "appeal-by-the-suspended-account-itself": ("riya",),
    "nobody-eligible": ("miabot",),
    "post-answered-by-administrators-in-the-case": ("miabot", "thclpr"),
    "suspend-an-administrator": ("thclpr",),
    "suspension-of-an-administrator": ("thclpr",),
}
"""Whose login is a word that named somebody, without its `@`: they had the role then, and have none now."""

REFUSED = ("suspension-of-an-administrator", "resolution-refused-over-an-interim-suspension")
"""Where what comes next was asked for in such a role, or takes several now: a suspension that one decided."""


@cache
def recorded(path: Path) -> dict[str, Any]:
    """Return what a file holds."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def instant(text: str | None) -> datetime | None:
    """Return a recorded instant."""
    return None if text is None else datetime.fromisoformat(text)


def moment(text: str) -> datetime:
    """Return the instant at which a recorded case was looked at."""
    return datetime.fromisoformat(text)


def said(at: datetime | None) -> str | None:
    """Return an instant as it is recorded."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def actor(saved: dict[str, Any] | None) -> Actor | None:
    """Return a recorded account."""
    return None if saved is None else Actor(**saved)


def fact(saved: dict[str, Any]) -> Fact:
    """Return a recorded fact."""
    fields = {name: value for name, value in saved.items() if name != "kind"}
    for name in ("at", "edited_at"):
        if fields.get(name) is not None:
            fields[name] = instant(fields[name])
    if "label" in fields:
        fields["label"] = LABELS.get(fields["label"], fields["label"])
    for name in ("by", "edited_by"):
        if name in fields:
            fields[name] = actor(fields[name])
    made: Fact = getattr(facts, saved["kind"])(**fields)
    return made


def issue(saved: dict[str, Any], now: datetime) -> Issue:
    """Return a recorded issue, read at an instant."""
    fields = saved | {
        "author": actor(saved["author"]),
        "opened_at": instant(saved["opened_at"]),
        "body_edited_at": instant(saved["body_edited_at"]),
        "labels": frozenset(saved["labels"]),
        "facts": tuple(map(fact, saved["facts"])),
        "now": now,
    }
    return Issue(**fields)


def community(saved: dict[str, Any]) -> Community:
    """Return a recorded community."""
    periods = {
        name: None if seconds is None else timedelta(seconds=seconds)
        for name, seconds in saved["waiting_periods"].items()
    }
    people = tuple(Administrator(**one) for one in saved["administrators"])
    texts: dict[str, Any] = {name: tuple(saved[name]) for name in ("channels", "on_suspension", "on_return")}
    texts |= {"administrators": people, "zone": ZoneInfo(saved["zone"]), "waiting_periods": periods}
    return Community(
        **(
            saved
            | texts
            | {"administrators": people, "zone": ZoneInfo(saved["zone"]), "waiting_periods": periods}
        )
    )


@cache
def of_before(definition: Definition) -> Definition:
    """Return a definition as a community has it that knows no steps, no digest and no owners of cases.

    Under it, a case is reminded of as it was.
    """
    process = definition.process
    timers_ = (one for one in process.timers if one.notices != ("reporter/late",))
    plain = tuple(msgspec.structs.replace(one, patience=(), digest="") for one in timers_)
    moves = tuple(one for one in process.moves if "owner" not in one.records)
    return msgspec.structs.replace(
        definition, process=msgspec.structs.replace(process, timers=plain, moves=moves)
    )


def opened(file: dict[str, Any], now: datetime, *, shipped: bool = False) -> Case:
    """Return a recorded case, and its incident with it, at an instant; under the `shipped` file if asked."""
    made, seal = community(file["community"]), seal_of(file)
    incident = None
    if file["incident"] is not None:
        incident = open_case(parsed(issue(file["incident"], now), seal), of_before(play.definition()), made)
    definition = play.definition() if file["process"] == "incident" else play.suspension_definition()
    definition = definition if shipped else of_before(definition)
    return open_case(parsed(issue(file["issue"], now), seal), definition, made, file["delivered"], incident)


def seal_of(file: dict[str, Any]) -> Seal | None:
    """Return the key of a recorded community."""
    return read_seal(file["seal_key"]) if file["seal_key"] else None


def instants() -> list[Any]:
    """Return every recorded file with each instant at which it was looked at."""
    return [
        pytest.param(path, place, id=f"{path.stem}-{place}")
        for path in FILES
        for place in range(len(recorded(path)["expected"]["at"]))
    ]


@pytest.mark.parametrize(("path", "place"), instants())
def test_a_recorded_case_stands_as_it_did(path: Path, place: int) -> None:
    """States, deadlines, debts, people and consent are those that the older version saw."""
    expected = recorded(path)["expected"]["at"][place]
    case = opened(recorded(path), moment(expected["now"]))
    found = standing(case)
    new = {name: due for name, due in found["dues"].items() if name not in expected["dues"]}
    found["dues"] = {name: due for name, due in found["dues"].items() if name not in new}
    if any(new.values()):  # somebody is told now whom the older version told nothing
        del found["earliest"]
    roles = expected["roles"] | {login: [] for login in BY_A_WORD.get(path.stem, ())}
    expected = expected | {"roles": roles}
    assert found == {name: expected[name] for name in found}


@pytest.mark.parametrize(("path", "place"), instants())
def test_a_recorded_case_stands_so_under_the_shipped_file_too(path: Path, place: int) -> None:
    """But for whom it reminds of what, and when, nothing is else; and it is nobody's before somebody acts."""
    now = moment(recorded(path)["expected"]["at"][place]["now"])
    before, after = (standing(opened(recorded(path), now, shipped=one)) for one in (False, True))
    for name in ("dues", "earliest"):
        del before[name], after[name]
    assert after == before
    assert owner(opened(recorded(path), now, shipped=True)) is None


@pytest.mark.parametrize(("path", "place"), instants())
def test_a_recorded_case_goes_on_as_it_would_have(path: Path, place: int) -> None:
    """What is decided next is what the older version would have decided, and owes the same notices."""
    file = recorded(path)
    expected = file["expected"]["at"][place]
    case = opened(file, moment(expected["now"]))
    found = next_of(recovery(case) if case.ledger.broken else decide(case))
    if (path.stem, place) in IN_ORDER:
        assert found is not None
        assert found["of"] == IN_ORDER[path.stem, place]
    elif (path.stem, place) in WORDS_LOST:
        assert found is not None
        assert isinstance(read_own(found["of"]), Edit)
    elif path.stem in REFUSED and expected["next"] is not None:
        assert found == expected_next(expected["next"] | {"refused": True, "move": None, "owed": []})
    else:
        assert found == expected_next(expected["next"])


@pytest.mark.parametrize(("path", "place"), instants())
def test_a_recorded_incident_notes_its_suspension_as_it_would_have(path: Path, place: int) -> None:
    """What an incident has yet to note of a suspension is what the older version would have noted."""
    file = recorded(path)
    expected = file["expected"]["at"][place]
    case = opened(file, moment(expected["now"]))
    if case.incident is None:
        assert expected.get("noted") is None
        return
    if expected["noted"] is not None and "twice" in expected["noted"]:
        with pytest.raises(TwiceMadeError) as twice:
            noted(case.incident, case)
        assert twice.value.first == expected["noted"]["twice"]
    else:
        assert next_of(noted(case.incident, case)) == expected_next(expected["noted"])


def standing(case: Case) -> dict[str, Any]:
    """Return how a case stands, in the words of the recording."""
    progress, draft = case.progress, case.progress.newest(Draft)
    known, estimate = progress.newest(ReporterKnown), progress.newest(Estimated)
    person = reporter(case)
    end = progress[End]
    return {
        "state": progress.state,
        "since": said(progress.since) if progress.stays else None,
        "stays": [[stay.state, said(stay.since)] for stay in progress.stays],
        "stays_open": stays_open(case),
        "owed": sorted([one.id, one.notice, one.to] for one in progress.owed()),
        "told": sorted(progress.told),
        "marks": list(case.marks),
        "answered": len(progress.answered),
        "open_requests": [one.id for one in open_requests(case)],
        "earliest": said(timers.earliest(case)),
        "dues": {
            timer.name: said(due.at) if (due := timers.next_due(case, timer)) else None
            for timer in case.process.timers
        },
        "eligible": [one.login for one in case.eligible],
        "consent": {"level": consent(case).level, "named": consent(case).named},
        "estimate": {"resolve": said(estimate.resolve), "triage": said(estimate.triage)}
        if estimate
        else None,
        "parties": list(progress[Parties].members),
        "party_names": [one.name for one in case.people_who("party")],
        "reporter": None
        if case.is_suspension
        else {"is_author": known.is_author if known else None, "name": person.name, "mail": person.mail},
        "unanswered": None if case.is_suspension else [one.number for one in report(case).unanswered],
        "resolution": progress[Resolution].words is not None,
        "suspensions": {
            key: {
                "state": one.state or "ordered",
                "until": said(one.until),
                "interim": one.interim,
                "in_force": one.in_force,
                "number": one.number,
            }
            for key, one in suspensions(case).items()
        },
        "suspended": [[one.key, one.name, one.mail] for one in case.people_who("suspended")],
        "until": said(end.until),
        "indefinite": end.indefinite,
        "returned": end.returned,
        "appeal": len(progress[Waiting].appeal),
        "draft": None
        if draft is None
        else {"answers": draft.answers, "approved": bool(draft.approvals), "silent": list(silent(case))},
        "broken": list(case.ledger.broken),
        "code_name": case.code_name,
        "roles": {one.by.login: sorted(case.roles(one.by)) for one in case.issue.facts if one.by is not None},
    }


def next_of(decision: Decision | None) -> dict[str, Any] | None:
    """Return what is decided next, in the words of the recording."""
    if decision is None:
        return None
    record = decision.record
    return {
        "of": record.of,
        "move": SPLIT.get(record.move or "", record.move),
        "refused": record.refused,
        "at": said(record.at),
        "owed": sorted([one.id, one.notice, one.to] for one in record.owed),
    }


def expected_next(recorded_next: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what an older version would have decided next, in the words of this one."""
    if recorded_next is None:
        return None
    kept = {key: recorded_next[key] for key in ("of", "refused", "at")}
    for old, new in MOVES.items():
        kept["of"] = kept["of"].replace(f"auto:{old}@", f"auto:{new}@")
    return kept | {
        "move": MOVES.get(recorded_next["move"], recorded_next["move"]),
        "owed": [] if recorded_next["move"] in DRAFTED else sorted(recorded_next["owed"]),
    }
