"""Earlier versions: what the first one meant by what its receipts lack; today's receipts as they are."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cocflow.core.acts.appeal import AppealDecided, Waiting
from cocflow.core.acts.consent import ConsentGiven
from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.party import Parties
from cocflow.core.acts.report import Later
from cocflow.core.acts.resolve import Resolution
from cocflow.core.acts.suspend import SuspensionNoted, Suspensions
from cocflow.core.acts.suspension import End
from cocflow.core.case.draft import Draft
from cocflow.core.case.ledger import Receipt
from cocflow.core.case.progress import Moved, Progress, Record, Reminded
from cocflow.core.case.records import Words, receipt_line
from cocflow.core.engine.legacy import SilenceOnce, upgraded
from cocflow.core.engine.reading import read_receipt, replay
from cocflow.core.process import Timer
from tests.core.play import (
    DAY,
    HOUR,
    MFT,
    MIABOT,
    START,
    body,
    community,
    definition,
    played_to,
    suspension_played_to,
)

WORDS = {"fact": "IC_1", "sha": "sha 1"}
SAID = Words("IC_1", "sha 1")
AT = START.isoformat()


def record(*changes: object, **fields: Any) -> Record:
    """Return a record of the first version with these changes."""
    given: dict[str, Any] = {"n": 1, "prev": None, "of": "F_1", "at": START, "process": "incident/1.0"}
    return Record(changes=changes, **(given | fields))  # type: ignore[arg-type]


def restored(**old: Any) -> Progress:
    """Return what a checkpoint of the first version becomes, read from its comment."""
    snapshot = {"stays": [{"state": "reported", "since": AT}], "told": ["1.x"], "answered_upto": AT} | old
    read = read_receipt(f"Gone on.\n\n{receipt_line(record(snapshot=snapshot))}")
    assert read is not None
    return replay([Receipt(id="IC_9", database_id=9, record=read)])


@pytest.mark.parametrize("state", ["", "active", "appealable", "appealed", "upheld"])
def test_an_account_was_suspended_unless_its_state_was_over(state: str) -> None:
    """The first version said it by the name of the state alone."""
    noted = SuspensionNoted(key="s1", issue="I_2", number=2, state=state)
    (change,) = upgraded(record(noted)).changes
    assert isinstance(change, SuspensionNoted)
    assert change.in_force is True


@pytest.mark.parametrize("state", ["overturned", "lifted", "ended"])
def test_an_account_was_free_again_where_its_state_was_over(state: str) -> None:
    """In these three states of the first version it was suspended no more."""
    noted = SuspensionNoted(key="s1", issue="I_2", number=2, state=state)
    (change,) = upgraded(record(noted)).changes
    assert isinstance(change, SuspensionNoted)
    assert change.in_force is False


@pytest.mark.parametrize("in_force", [True, False])
def test_what_a_receipt_says_is_not_guessed_from_a_name(in_force: bool) -> None:
    """A process of a community's own may call a state by any name."""
    mine = record(SuspensionNoted(key="s1", issue="I_2", number=2, state="lifted", in_force=in_force))
    assert upgraded(mine) is mine


def test_a_reminder_of_silence_counted_it() -> None:
    """The first version's reminder is today's record, once, and of no other timer."""
    silence, other = (Reminded(timer=name, due=START) for name in ("post_asked", "untold"))
    assert upgraded(record(silence)).changes == (silence, SilenceOnce())
    today = record(silence, SilenceOnce())
    assert upgraded(today) is today
    mine = record(other, Moved(to="reported"))
    assert upgraded(mine) is mine


def test_todays_receipts_are_as_they_are() -> None:
    """No receipt that today's version writes is changed by being read, of an incident or a suspension."""
    records = [*played_to("resolved").records(), *suspension_played_to("upheld").records()]
    assert records
    for one in records:
        assert upgraded(one) is one


def test_what_all_subjects_share_is_taken_over() -> None:
    """States, what was told and since when everything is answered."""
    progress = restored()
    assert (progress.state, progress.told, progress.answered_upto) == ("reported", {"1.x"}, START)


def test_a_checkpoint_of_nothing_keeps_nothing() -> None:
    """Empty fields of the old shape leave no trace, so every subject begins as ever."""
    empty: dict[str, Any] = dict.fromkeys(
        ("estimate", "reporter", "began", "resolution", "decided", "draft", "until")
    ) | {"answers": {}, "parties": {}, "suspensions": {}, "appeal": [], "consent": {"level": "none"}}
    assert restored(**empty).kept == restored().kept == {}


def test_an_incidents_subjects_are_taken_over() -> None:
    """Estimate, consent, answers, parties with their digests, and the resolution with its receipt."""
    progress = restored(
        estimate={"is": "estimated", "resolve": AT},
        consent={"is": "consent", "level": "parties", "named": True},
        answers={"2": WORDS},
        parties={"p2": WORDS},
        parties_ever=2,
        party_handles={"p2": ["digest"]},
        resolution=WORDS,
        resolution_round=7,
    )
    assert progress.newest(Estimated) == Estimated(resolve=START)
    assert progress.newest(ConsentGiven) == ConsentGiven(level="parties", named=True)
    assert progress[Later].words == {2: SAID}
    assert progress[Parties].members["p2"].words == SAID
    assert progress[Parties].members["p2"].handles == ("digest",)
    assert progress[Parties].ever == 2
    assert (progress[Resolution].words, progress[Resolution].receipt) == (SAID, 7)


def test_a_suspensions_subjects_are_taken_over() -> None:
    """Its end, what waits of an appeal, and what decided one."""
    progress = restored(
        until=AT,
        returned=True,
        appeal=[{"is": "appeal_kept", "words": WORDS, "verified": False}],
        decided=WORDS,
    )
    assert (progress[End].until, progress[End].returned, progress[End].interim) == (START, True, False)
    assert [(one.words, one.verified) for one in progress[Waiting].appeal] == [(SAID, False)]
    assert progress.newest(AppealDecided) == AppealDecided(words=SAID)


@pytest.mark.parametrize(
    ("state", "today", "in_force"),
    [("ordered", "", True), ("active", "active", True), ("lifted", "lifted", False)],
)
def test_standings_are_taken_over(state: str, today: str, in_force: bool) -> None:
    """One that was only ordered has no state yet; by the state it is in force or not."""
    standing = {"key": "s1", "state": state, "words": WORDS, "handles": ["digest"]}
    (known,) = restored(suspensions={"s1": standing})[Suspensions].standings.values()
    assert (known.state, known.in_force, known.words, known.handles) == (today, in_force, SAID, ("digest",))


@pytest.mark.parametrize(("reminded", "asked"), [(START + HOUR, True), (START - DAY, False), (None, False)])
@pytest.mark.parametrize("approved", [True, False])
def test_a_draft_is_taken_over(approved: bool, reminded: Any, asked: bool) -> None:
    """Its words, answers and approval, and whether silence was counted of this very draft."""
    old = {"words": WORDS, "by": "U_1", "since": AT, "answers": {"p1": True}, "approved": approved}
    said = {} if reminded is None else {"post_asked": reminded.isoformat()}
    found = restored(draft=old, reminded=said).newest(Draft)
    assert found is not None
    assert (found.words, found.by, found.since, found.answers) == (SAID, "U_1", START, {"p1": True})
    assert (found.asked, bool(found.approved_by())) == (asked, approved)


@pytest.mark.parametrize(
    "field", ["parties", "suspensions", "draft", "answers", "appeal", "estimate", "stays"]
)
@pytest.mark.parametrize("value", ["x", 3, ["x"], {"x": "y"}])
def test_what_is_no_checkpoint_is_unreadable_and_no_accident(field: str, value: object) -> None:
    """Whatever stands in a field, the receipt is read, or is none; nothing else is raised."""
    snapshot = {"parties_ever": 1, field: value}
    read = read_receipt(receipt_line(record(snapshot=snapshot)))
    assert read is None or replay([Receipt(id="IC_9", database_id=9, record=read)]).state is None


def test_a_reminder_of_that_name_counts_no_silence_about_todays_drafts() -> None:
    """A community may call a timer `post_asked` that only reminds: those asked are waited for as before."""
    shipped = definition()
    timers = tuple(
        msgspec.structs.replace(one, name="silence_is_over") if "silence" in one.records else one
        for one in shipped.process.timers
    )
    reminder = Timer(
        name="post_asked",
        means="Somebody hasn't answered",
        in_=("triaged",),
        at="draft.made",
        after="estimate.remind_after",
        notices=("administrators/post_silence",),
    )
    process = msgspec.structs.replace(shipped.process, timers=(*timers, reminder))
    play = played_to(
        "triaged",
        text=body(where="In a public channel"),
        definition_=msgspec.structs.replace(shipped, process=process),
        community_=community(rules_channel="#rules"),
    )
    play.says(MFT, "/post rules\nBe kind.", 6)
    play.run()
    play.labels(MIABOT, "approve", 7)
    play.run(6 + 30)
    assert "post_asked" in play.case().progress.reminded
    kept = play.case().progress.newest(Draft)
    assert kept is not None
    assert not kept.asked
