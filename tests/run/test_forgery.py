"""Forgery: what is altered in a case's records stops it, and nobody without a say moves it by any road.

Everything is tried twice: without a key, and with one (`COCFLOW_LEDGER_KEY`). What another job writes
in cocflow's own name is found with the key only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec
import pytest

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.report import reporter
from cocflow.core.case.facts import Actor, Commented
from cocflow.core.case.progress import Moved, Record
from cocflow.core.case.records import (
    Card,
    Filed,
    Halt,
    Marker,
    card_line,
    halt_line,
    mail_line,
    marker_line,
    read_card,
    receipt_line,
)
from cocflow.core.case.seal import Seal
from cocflow.core.views.tokens import reply_token
from cocflow.run.sweep import Run
from cocflow.setup.examine import Survey, receipts_are_whole
from tests.core import play
from tests.core.play import BOT, DAY, FOR_ANOTHER, MFT, MIABOT, OTHER_BOT, RIYA, STRANGER, THCLPR
from tests.fakes import copied
from tests.scene import SAM, SHARES, Scene
from tests.setup.test_examine import SETTINGS, Shut

pytestmark = pytest.mark.slow
"""Every forgery by everybody, with a key and without: part of the gate, and not of the quick loop."""

SEAL = Seal((b"the community's own key, 32 long!",))
SEALS = pytest.mark.parametrize("seal", [None, SEAL], ids=["no key", "key"])
INCIDENT, SUSPENSION = 1, 2
EVERYBODY_ELSE = (STRANGER, OTHER_BOT)


def scene(seal: Seal | None = None) -> Scene:
    """Return an incident by RIYA with an estimate, and a suspension that MFT ordered in it."""
    return copied(_scene(seal))


@cache
def _scene(seal: Seal | None) -> Scene:
    made = Scene(seal=seal)
    made.says(MFT, "/estimate 3 days", f"/suspend Insults\n{SAM}")
    assert made.case(SUSPENSION).progress.state == "active"
    return made


def says(made: Scene, number: int) -> dict[str, Any]:
    """Return all that the receipts of an issue have decided, but for what was answered and told."""
    kept: dict[str, Any] = msgspec.to_builtins(made.case(number).progress, str_keys=True)
    for name in ("answered", "answered_upto", "told", "owed_since", "reminded"):
        kept.pop(name)
    subjects: dict[str, Any] = kept.pop("kept")
    return subjects | kept


def shows(made: Scene, number: int) -> tuple[set[str], bool]:
    """Return the labels and whether the issue is open."""
    thread = made.tracker.threads[number]
    return set(thread.labels), thread.is_open


def receipt(made: Scene, number: int = INCIDENT, place: int = -1) -> Commented:
    """Return a receipt, the newest unless another is asked for."""
    return made.tracker.receipts(number)[place]


def card(made: Scene, number: int = INCIDENT) -> Commented:
    """Return the comment that is the card."""
    text = made.tracker.card(number)
    return next(one for one in made.tracker.threads[number].comments() if one.body == text)


def next_record(made: Scene, number: int = INCIDENT, **fields: Any) -> Record:
    """Return a record that would fit behind the newest receipt, and closes the case."""
    last = made.tracker.ledger(number).counted[-1]
    given: dict[str, Any] = {
        "n": last.record.n + 1,
        "prev": last.id,
        "of": "auto:close@1",
        "at": made.tracker.now,
        "process": last.record.process,
        "changes": (Moved(to="closed"),),
    }
    return Record(**(given | fields))


def looks(made: Scene, number: int = INCIDENT) -> Run:
    """Let somebody say something, so that a run looks: what its own account does calls for none."""
    made.tracker.says(MFT, number, "Is there anything new?")
    return made.run()


def doctor_fails(made: Scene) -> bool:
    """Whether the doctor finds broken receipts."""
    survey = Survey(Shut(), SETTINGS)
    survey.desk = made.desk
    return receipts_are_whole(survey).verdict == "failure"


# --- receipts that aren't as they were written --------------------------------------------------------


def edited(made: Scene) -> None:
    """Move the case by editing a receipt."""
    one = receipt(made)
    made.tracker.edits(STRANGER, INCIDENT, one.id, one.body.replace("acknowledged", "triaged"))


def edited_by_job(made: Scene) -> None:
    """The same by another job, whose account is cocflow's."""
    one = receipt(made, place=0)
    made.tracker.edits(BOT, INCIDENT, one.id, one.body.replace("reported", "triaged"))


def deleted(made: Scene) -> None:
    """Take a receipt out of the middle."""
    made.tracker.deletes(STRANGER, INCIDENT, receipt(made, place=1).id)


def newest_deleted(made: Scene) -> None:
    """Take the newest one away."""
    made.tracker.deletes(STRANGER, INCIDENT, receipt(made).id)


def other_bots(made: Scene) -> None:
    """Another app writes a receipt."""
    made.tracker.says(OTHER_BOT, INCIDENT, receipt_line(next_record(made)))


def unreadable(made: Scene) -> None:
    """Another job writes nonsense."""
    made.tracker.says(BOT, INCIDENT, '<!-- cocflow:receipt {"n":99999999999999999999} -->')


def bad_checkpoint(made: Scene) -> None:
    """Another job writes a checkpoint that can't be restored."""
    made.tracker.says(BOT, INCIDENT, receipt_line(next_record(made, snapshot={"stays": 3})))


FORGERIES: tuple[Callable[[Scene], None], ...] = (
    edited,
    edited_by_job,
    deleted,
    newest_deleted,
    other_bots,
    unreadable,
    bad_checkpoint,
)


@SEALS
@pytest.mark.parametrize("forge", FORGERIES)
def test_a_broken_case_stops_and_is_told_and_goes_on(
    forge: Callable[[Scene], None], seal: Seal | None
) -> None:
    """It isn't believed, doctor and administrators are told once, and `/recover` by one of them goes on."""
    made = scene(seal)
    before = shows(made, INCIDENT)
    assert not doctor_fails(made)
    forge(made)
    made.tracker.says(MFT, INCIDENT, "/withdraw\n> I take it back.")
    assert not made.run().complete
    assert shows(made, INCIDENT) == before
    assert "cocflow has stopped" in made.newest()
    assert "@mft" in made.newest()
    assert doctor_fails(made)
    for who in (RIYA, *EVERYBODY_ELSE):
        made.tracker.says(who, INCIDENT, "/recover Let it go on.")
    made.tracker.forget()
    assert not made.run().complete
    assert made.tracker.writes() == []
    made.tracker.says(MIABOT, INCIDENT, "/recover It was a mistake.")
    assert made.run().complete
    assert not doctor_fails(made)
    assert not made.case().ledger.broken


@SEALS
def test_the_same_thing_happening_again_is_told_again(seal: Seal | None) -> None:
    """After a `/recover`, a fault of the same words is a new one, and stops the case aloud."""
    made = scene(seal)
    for _ in range(2):
        unreadable(made)
        assert not looks(made).complete
        assert "cocflow has stopped" in made.newest()
        made.tracker.says(MFT, INCIDENT, "/recover Another job did it.")
        assert made.run().complete


def moved_from_another_issue(made: Scene) -> None:
    """A receipt that was signed for another issue."""
    other = made.tracker.opens(RIYA)
    line = receipt_line(next_record(made), SEAL, made.tracker.threads[other].opened.id)
    made.tracker.says(BOT, INCIDENT, line)


def signed_by_another_key(made: Scene) -> None:
    """A receipt that somebody signed with a key of their own."""
    line = receipt_line(next_record(made), Seal((b"x" * 32,)), made.tracker.threads[INCIDENT].opened.id)
    made.tracker.says(BOT, INCIDENT, line)


def unsigned(made: Scene) -> None:
    """A receipt as good as cocflow's own, but for the signature."""
    made.tracker.says(BOT, INCIDENT, f"Closed.\n\n{receipt_line(next_record(made))}")


def unsigned_checkpoint(made: Scene) -> None:
    """A whole case in one receipt, as `/recover` writes it."""
    last = next_record(made, snapshot={}, prev=None, move="recover")
    made.tracker.says(BOT, INCIDENT, receipt_line(last))


@pytest.mark.parametrize(
    "forge", [unsigned, unsigned_checkpoint, moved_from_another_issue, signed_by_another_key]
)
def test_with_a_key_what_another_job_writes_is_found(forge: Callable[[Scene], None]) -> None:
    """A receipt in cocflow's own name that the community's key didn't sign for this issue stops the case."""
    made = scene(SEAL)
    before = shows(made, INCIDENT)
    forge(made)
    assert doctor_fails(made)
    assert not looks(made).complete
    assert shows(made, INCIDENT) == before
    assert made.case().ledger.broken[0].endswith("isn't signed with this community's key.")
    made.tracker.says(MFT, INCIDENT, "/recover Another job did it.")
    assert made.run().complete
    assert made.case().progress.state == "acknowledged"


def test_without_a_key_another_job_is_believed() -> None:
    """That is what the key is for: without it nothing tells another job's receipt from cocflow's own."""
    made = scene()
    unsigned(made)
    looks(made)
    assert made.tracker.state_labels(INCIDENT) == {"state: closed"}


def test_a_new_case_cannot_be_begun_by_another_job() -> None:
    """With a key, the first receipt must be signed like any other."""
    made = scene(SEAL)
    number = made.tracker.opens(RIYA)
    opening = Record(
        n=1,
        prev=None,
        of=f"I_{number}",
        at=made.tracker.now,
        process="incident/1.0",
        changes=(Moved(to="closed"),),
    )
    made.tracker.says(BOT, number, receipt_line(opening))
    assert not made.run().complete
    assert made.tracker.threads[number].is_open


@pytest.mark.parametrize("forged", ["nothing due", "signed elsewhere", "signed by another key"])
def test_a_card_that_is_not_signed_is_as_good_as_none(forged: str) -> None:
    """A forged card can neither keep a run from looking nor mark a notice as delivered."""
    made = scene(SEAL)
    lines = {
        "nothing due": lambda it: card_line(it),
        "signed elsewhere": lambda it: card_line(it, SEAL, "I_9"),
        "signed by another key": lambda it: card_line(it, Seal((b"x" * 32,)), "I_1"),
    }
    made.tracker.says(MFT, INCIDENT, "/party Robin Example")
    made.run()
    made.tracker.says(MFT, INCIDENT, "/help")
    true = read_card(card(made).body)
    assert true is not None
    seen = made.tracker.threads[INCIDENT].comments()[-1].id
    owed = tuple(one.id for one in made.case().progress.owed())
    new = msgspec.structs.replace(true, due=None, seen=seen, told=(*owed, "9.made.up"))
    made.tracker.edits(BOT, INCIDENT, card(made).id, lines[forged](new))
    asked = [one.of for one in made.tracker.records(INCIDENT)]
    made.run()
    assert seen not in asked
    assert seen in [one.of for one in made.tracker.records(INCIDENT)]
    assert "9.made.up" not in made.case().progress.told


@SEALS
@pytest.mark.parametrize("by", [MFT, STRANGER, OTHER_BOT])
def test_a_card_that_somebody_else_edited_is_rebuilt(by: Actor, seal: Seal | None) -> None:
    """Whether there is a key or not, nothing of it is believed: who is owed a notice gets it."""
    made = Scene(seal=seal)
    made.acknowledged("Robin Example robin@example.org")
    made.post.failing = {"p1"}
    made.sends(MFT, "/resolve We talked.\nTo parties: Be kind.")
    true = read_card(card(made).body)
    assert true is not None
    owed = tuple(one.id for one in made.case().progress.owed())
    assert owed
    new = msgspec.structs.replace(true, due=None, told=owed, tries={})
    made.tracker.edits(by, INCIDENT, card(made).id, card_line(new, seal, "I_1"))
    made.post.failing = set()
    sent = len(made.post.messages)
    made.run()
    assert [message.to.mail for message in made.post.messages[sent:]] == ["robin@example.org"]
    assert not card(made).edited_by_another
    assert made.run().outcomes == []


def test_a_card_that_was_edited_to_what_it_says_is_written_anew() -> None:
    """To GitHub the same text is no edit, so cocflow's differs, and no run looks there again and again."""
    made = scene()
    for _ in range(2):
        true = card(made)
        made.tracker.edits(STRANGER, INCIDENT, true.id, true.body)
        assert [one.number for one in made.run().outcomes] == [INCIDENT]
        assert not card(made).edited_by_another
        assert made.run().outcomes == []


def test_a_halt_that_is_not_signed_silences_nothing() -> None:
    """Another job can't keep cocflow from saying that a case has stopped by having said so already."""
    made = scene(SEAL)
    edited(made)
    twin = scene(SEAL)
    edited(twin)
    looks(twin)
    said = twin.tracker.threads[INCIDENT].comments()[-1].body
    assert "cocflow has stopped" in said
    made.tracker.says(BOT, INCIDENT, said.rpartition(" s1:")[0] + " -->")
    looks(made)
    assert len(made.tracker.by_bot(INCIDENT)) == len(twin.tracker.by_bot(INCIDENT)) + 1


def test_a_suspension_that_another_job_opens_is_none() -> None:
    """An issue in cocflow's name with an unsigned marker suspends nobody."""
    made = scene(SEAL)
    before = says(made, INCIDENT)
    marker = marker_line(Marker(incident="I_1", number=INCIDENT, key="s9"))
    made.tracker.opens(BOT, f"{marker}\n\n{play.suspension_body(reach='robin@example.org')}")
    sent = len(made.post.messages)
    made.run()
    assert says(made, INCIDENT)["suspensions"] == before["suspensions"]
    assert len(made.post.messages) == sent


def filed(made: Scene, text: str = "> Let me back in.", **fields: Any) -> str:
    """Let another job file a mail on the suspension in cocflow's name, without the key."""
    given: dict[str, Any] = {"mail": "x", "received": made.tracker.now, "verified": True} | fields
    return made.tracker.says(BOT, SUSPENSION, f"{text}\n\n{mail_line(Filed(**given))}")


def test_a_mail_that_is_not_signed_is_not_heard() -> None:
    """Another job can't file an appeal for somebody."""
    made = scene(SEAL)
    made.passes(8 * DAY)
    before = says(made, SUSPENSION)
    filed(made)
    looks(made, SUSPENSION)
    assert says(made, SUSPENSION) == before


def test_a_mail_that_was_edited_on_the_issue_is_not_heard() -> None:
    """Whoever may edit comments can't put words into an appeal; administrators are sent to the mailbox."""
    made = scene()
    made.passes(8 * DAY)
    before = says(made, SUSPENSION)
    mail = filed(made)
    text = made.tracker.threads[SUSPENSION].comments()[-1].body
    made.tracker.edits(STRANGER, SUSPENSION, mail, text)
    looks(made, SUSPENSION)
    assert says(made, SUSPENSION)["stays"] == before["stays"]
    assert "The mail itself lies in the mailbox." in made.newest(SUSPENSION)


# --- introducing, losing and changing the key ------------------------------------------------------------


def with_seal(made: Scene, seal: Seal | None) -> None:
    """Give the community another key."""
    made.desk = msgspec.structs.replace(made.desk, seal=seal)


def test_a_key_introduced_without_a_date_stops_each_case_until_recovered() -> None:
    """The safe way: nothing from before is believed unasked, and `/recover` writes a signed checkpoint."""
    made = scene()
    with_seal(made, SEAL)
    assert not made.run().complete
    for number in (INCIDENT, SUSPENSION):
        made.tracker.says(MFT, number, "/recover We have a key now.")
    made.run()
    assert made.run().complete
    assert made.case().progress.state == "acknowledged"


@pytest.mark.parametrize("before", [None, Seal((b"an older key that nobody has now",))])
def test_a_key_introduced_with_its_date_leaves_the_history_in_force(before: Seal | None) -> None:
    """What was posted before the date counts, unsigned or by a lost key; since then everything is signed."""
    made = scene(before)
    made.tracker.moves_clock(DAY)
    with_seal(made, msgspec.structs.replace(SEAL, since=made.tracker.now))
    made.says(MFT, "/estimate 1 week")
    assert made.run().complete
    assert made.case().progress.state == "acknowledged"
    unsigned(made)
    assert not looks(made).complete


def test_a_key_that_was_lost_is_replaced_by_recovering() -> None:
    """Receipts of a key that nobody has any more stop their case, until an administrator goes on."""
    made = scene(SEAL)
    with_seal(made, Seal((b"a new key, and the old one is lost",)))
    assert not made.run().complete
    made.tracker.says(MFT, INCIDENT, "/recover We lost the key.")
    made.tracker.says(MFT, SUSPENSION, "/recover We lost the key.")
    made.run()
    assert made.run().complete


def test_a_key_is_changed_without_stopping_anything() -> None:
    """With the new key in front of the old one, both sign for what they signed."""
    made = scene(SEAL)
    with_seal(made, Seal((b"the new key of the community, long", *SEAL.keys)))
    made.says(MFT, "/estimate 1 week")
    assert made.run().complete
    with_seal(made, Seal((b"the new key of the community, long",)))
    assert not made.run().complete, "the old receipts are the old key's"


def test_without_the_key_signed_receipts_are_read() -> None:
    """A person who looks with a token of their own sees the case, signatures or not."""
    made = scene(SEAL)
    with_seal(made, None)
    assert made.case().progress.state == "acknowledged"


# --- people without a say ----------------------------------------------------------------------------------

Deed = Callable[[Scene, Actor], object]


def _comment(text: str, number: int) -> Deed:
    return lambda made, who: made.tracker.says(who, number, text)


def _label(label: str, number: int) -> Deed:
    return lambda made, who: made.tracker.labels(who, number, label)


def _unlabel(label: str, number: int) -> Deed:
    return lambda made, who: made.tracker.unlabels(who, number, label)


def _labels() -> list[tuple[str, int]]:
    """Return every label that means anything, and one that only looks so, with an issue where it does."""
    found = {("suspension", 1), ("suspension", 2), ("state: nonsense", 1), ("state: nonsense", 2)}
    for number, definition in ((1, play.definition()), (2, play.suspension_definition())):
        process = definition.process
        found |= {(one.label, number) for one in process.states}
        found |= {(label, number) for label in process.quick_labels()}
        found |= {(one.name, number) for one in process.marks}
    return sorted(found)


def _forged_line(made: Scene, number: int, what: str) -> str:
    issue = made.tracker.threads[number].opened.id
    last = made.tracker.ledger(number).counted[-1]
    lines = {
        "receipt": receipt_line(next_record(made, number)),
        "checkpoint": receipt_line(next_record(made, number, snapshot={}, prev=None)),
        "card": card_line(Card(n=last.record.n, last=last.id, told=("1.made.up",))),
        "halt": halt_line(Halt(why="x")),
        "mail": mail_line(Filed(mail="x", received=made.tracker.now - 300 * DAY, verified=True)),
        "marker": marker_line(Marker(incident=issue, number=number, key="s9")),
        "signed copy": receipt(made, number).body,
    }
    return lines[what]


def _forged(what: str, number: int) -> Deed:
    return lambda made, who: made.tracker.says(who, number, f"Hi.\n\n{_forged_line(made, number, what)}")


def _forged_command(what: str, number: int) -> Deed:
    return lambda made, who: made.tracker.says(
        who, number, f"/withdraw\n> Please.\n\n{_forged_line(made, number, what)}"
    )


def _opens_suspension(made: Scene, who: Actor) -> None:
    number = made.tracker.opens(who, play.suspension_body(incident="1", reach="robin@example.org"))
    made.tracker.labels(who, number, "suspension")
    made.tracker.parents[number] = INCIDENT


def _opens_with_marker(made: Scene, who: Actor) -> None:
    marker = marker_line(Marker(incident="I_1", number=INCIDENT, key="s1"))
    number = made.tracker.opens(who, f"{marker}\n\n{play.suspension_body(reach='robin@example.org')}")
    made.tracker.labels(who, number, "suspension")
    made.tracker.parents[number] = INCIDENT


def _links_elsewhere(made: Scene, who: Actor) -> None:
    made.tracker.parents[SUSPENSION] = made.tracker.opens(who)


def _unlinks(made: Scene, who: Actor) -> None:
    del made.tracker.parents[SUSPENSION]


def _edits_command(made: Scene, who: Actor) -> None:
    asked = made.tracker.says(MFT, INCIDENT, "/help")
    made.tracker.edits(who, INCIDENT, asked, "/withdraw\n> Please.")


def _edits_talk(made: Scene, who: Actor) -> None:
    talk = made.tracker.says(MFT, INCIDENT, "I have talked with them.")
    made.tracker.edits(who, INCIDENT, talk, "/withdraw\n> Please.")


def _edits_answered_command(made: Scene, who: Actor) -> None:
    asked = next(one for one in made.tracker.threads[INCIDENT].comments() if one.body.startswith("/estimate"))
    made.tracker.edits(who, INCIDENT, asked.id, "/estimate 2 weeks")


def _edits_report(made: Scene, who: Actor) -> None:
    made.tracker.edits_body(
        who,
        INCIDENT,
        play.body(share=SHARES["community by name"], learned=FOR_ANOTHER, reporter="x@evil.example"),
    )


def _edits_suspension(made: Scene, who: Actor) -> None:
    body = made.tracker.threads[SUSPENSION].body
    made.tracker.edits_body(who, SUSPENSION, body.replace("Sam Poe", "Mika").replace("sam@", "mika@"))


def _title(made: Scene, who: Actor) -> None:
    made.tracker.threads[INCIDENT].title = "/resolve state: closed"
    made.tracker.says(who, INCIDENT, "Look at the title.")


DEEDS: dict[str, Deed] = {
    **{f"/{name} on {n}": _comment(one.usage.example, n) for name, one in GRAMMAR.items() for n in (1, 2)},
    **{f"{label} on {n}": _label(label, n) for label, n in _labels()},
    "state label off": _unlabel("state: acknowledged", INCIDENT),
    "kind off": _unlabel("suspension", SUSPENSION),
    "close": lambda made, who: made.tracker.closes(who, INCIDENT),
    "close suspension": lambda made, who: made.tracker.closes(who, SUSPENSION),
    **{
        f"{what} on {n}": _forged(what, n)
        for what in ("receipt", "checkpoint", "card", "halt", "mail", "marker", "signed copy")
        for n in (1, 2)
    },
    **{f"command above a {what}": _forged_command(what, 1) for what in ("receipt", "mail", "card")},
    "mention": _comment("@github-actions /resolve We talked.", INCIDENT),
    "mention of everybody": _comment("@mft @miabot please /lift this", SUSPENSION),
    "quoted command": _comment("> /withdraw", INCIDENT),
    "command below": _comment("Hello\n/withdraw\n> Please.", INCIDENT),
    "opens a suspension": _opens_suspension,
    "opens a suspension with a marker": _opens_with_marker,
    "links elsewhere": _links_elsewhere,
    "unlinks": _unlinks,
    "edits a command": _edits_command,
    "edits talk into a command": _edits_talk,
    "edits an answered command": _edits_answered_command,
    "edits the report": _edits_report,
    "edits the suspension": _edits_suspension,
    "title": _title,
}


TRIES = [
    (deed, who)
    for deed in DEEDS
    for who in EVERYBODY_ELSE
    if who is STRANGER or not any(what in deed for what in ("receipt", "checkpoint", "signed copy"))
]
"""Every deed by a person, and by another bot, whose receipts stop a case (see FORGERIES)."""


@SEALS
@pytest.mark.parametrize(("deed", "who"), TRIES, ids=[f"{deed} by {who.login}" for deed, who in TRIES])
def test_nobody_without_a_say_moves_anything(deed: str, who: Actor, seal: Seal | None) -> None:
    """By no road: nothing is decided, nobody is told, and labels, titles and buttons are put back."""
    made = scene(seal)
    decided = [says(made, number) for number in (INCIDENT, SUSPENSION)]
    shown = [shows(made, number) for number in (INCIDENT, SUSPENSION)]
    titles = [made.tracker.threads[number].title for number in (INCIDENT, SUSPENSION)]
    suspended, sent = made.case(SUSPENSION).people_who("suspended"), len(made.post.messages)
    DEEDS[deed](made, who)
    made.run()
    assert made.run().complete
    assert [says(made, number) for number in (INCIDENT, SUSPENSION)] == decided
    assert [shows(made, number) for number in (INCIDENT, SUSPENSION)] == shown
    assert [made.tracker.threads[number].title for number in (INCIDENT, SUSPENSION)] == titles
    assert len(made.post.messages) == sent
    assert made.case(SUSPENSION).people_who("suspended") == suspended


@SEALS
@pytest.mark.parametrize("number", [INCIDENT, SUSPENSION])
def test_reopening_without_a_say_is_undone(number: int, seal: Seal | None) -> None:
    """A finished case that somebody reopens is closed again, and decided no further."""
    made = scene(seal)
    made.labels(MFT, "state: lifted", on=SUSPENSION)
    made.says(MFT, "/withdraw\n> Please.", "/told reporter by phone")
    made.run()
    assert not made.tracker.threads[number].is_open
    decided = says(made, number)
    made.tracker.reopens(STRANGER, number)
    made.run()
    assert not made.tracker.threads[number].is_open
    assert says(made, number) == decided


@SEALS
@pytest.mark.parametrize(
    ("text", "verified"),
    [("Let me back in.", False), ("/overturn New context.", False), ("/overturn New context.", True)],
)
def test_a_mail_decides_nothing(text: str, verified: bool, seal: Seal | None) -> None:
    """A stranger's mail with the right token moves no suspension, nor does one that holds a command."""
    made = scene(seal)
    made.passes(8 * DAY)
    decided = says(made, SUSPENSION)
    token = reply_token(SUSPENSION, made.tracker.threads[SUSPENSION].opened.id, "suspended", seal)
    line = mail_line(Filed(mail="y", received=made.tracker.now, verified=True))
    made.mailbox.arrives(
        f"{text}\n\n{line}",
        received=made.tracker.now,
        sender="stranger@example.org",
        verified=verified,
        tokens=(token,),
    )
    made.run()
    after = says(made, SUSPENSION)
    assert after["stays"] == decided["stays"]
    assert after.get("appeal_decided") == decided.get("appeal_decided")
    assert not any(one["verified"] for one in after["appeal"]["appeal"])


@SEALS
def test_a_command_is_not_decided_before_its_time(seal: Seal | None) -> None:
    """A mail's record below somebody's own command doesn't make it older than GitHub says."""
    made = scene(seal)
    made.tracker.moves_clock(timedelta(hours=1))
    long_ago = mail_line(Filed(mail="x", received=play.START, verified=True))
    first = made.tracker.says(MFT, INCIDENT, "/estimate 1 week")
    second = made.tracker.says(MFT, INCIDENT, f"/resolve We talked.\n\n{long_ago}")
    made.run()
    answered = [one.of for one in made.tracker.records(INCIDENT)]
    assert answered.index(first) < answered.index(second)


# --- nobody buys themselves a say, or somebody else's notices ----------------------------------------------


@SEALS
@pytest.mark.parametrize("deed", ["edit", "delete"])
def test_an_administrator_who_is_a_party_stays_one(deed: str, seal: Seal | None) -> None:
    """Editing or deleting the words that named them gives nobody their say back."""
    made = scene(seal)
    made.says(MFT, "/party miabot")
    named = next(one for one in made.tracker.threads[INCIDENT].comments() if one.body == "/party miabot")
    if deed == "edit":
        made.tracker.edits(MIABOT, INCIDENT, named.id, "/party somebody")
    else:
        made.tracker.deletes(MIABOT, INCIDENT, named.id)
    made.labels(MIABOT, "state: triaged")
    assert made.case().progress.state == "acknowledged"
    assert "miabot" not in {one.login for one in made.case().eligible}


def test_a_reporters_address_is_only_what_was_filed_or_put_right_by_an_administrator() -> None:
    """Who edits the report can't have the reporter's notices sent elsewhere; administrators may mend it."""
    filed_for = {"learned": FOR_ANOTHER, "reporter": "Robin, robin@example.org"}
    made = Scene(by=MFT, answers=dict(filed_for))
    assert reporter(made.case()).mail == "robin@example.org"
    made.tracker.edits_body(
        STRANGER, INCIDENT, play.body(**(filed_for | {"reporter": "Robin, x@evil.example"}))
    )
    made.says(MFT, "/estimate 3 days")
    assert {one.to.mail for one in made.post.messages} == {"robin@example.org"}
    assert "told by hand" in made.newest()
    mended = play.body(**(filed_for | {"reporter": "Robin, robin@example.net"}))
    made.tracker.edits_body(THCLPR, INCIDENT, mended)
    made.run()
    assert reporter(made.case()).mail == "robin@example.net"


def test_an_administrator_for_whom_was_filed_stays_the_reporter() -> None:
    """Taking their own name out of the report gives an administrator no say in it."""
    filed_for = {"learned": FOR_ANOTHER, "reporter": "miabot"}
    made = Scene(by=MFT, answers=dict(filed_for))
    made.tracker.edits_body(MIABOT, INCIDENT, play.body(**(filed_for | {"reporter": "somebody"})))
    made.run()
    assert "miabot" not in {one.login for one in made.case().eligible}
