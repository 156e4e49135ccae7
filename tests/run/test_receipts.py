"""Receipts: what they say and to whom, what is told by hand, and one that may have been posted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from cocflow.core.case.progress import Record
from cocflow.core.case.records import receipt_line
from cocflow.core.engine.drafting import LONGEST_DRAFT
from cocflow.core.people.roster import Administrator
from cocflow.errors import AdapterError
from cocflow.messages import Templates
from cocflow.run.receipts import GOES_ON, TOO_LONG
from cocflow.setup import shipped
from tests.core import play
from tests.core.drafts import RESOLVE, drafting
from tests.core.play import APPROVE, MFT, MIABOT, STRANGER
from tests.fakes import nothing
from tests.run.setting import Flaky, Setting
from tests.scene import ROBIN, SAM, SHARES, Scene


def test_whom_no_channel_reaches_is_told_by_hand(setting: Setting) -> None:
    """The text stands on the issue ready to copy, owed until somebody says `/told`."""
    setting.resolved("Kim Example")
    setting.run()
    assert setting.state == "resolved"
    assert "**To be told by hand: Kim Example.**" in setting.newest
    assert "`/told Kim Example <how>`" in setting.newest
    setting.says(MFT, "/told Kim Example by phone")
    setting.run()
    assert setting.state == "closed"


def test_an_administrator_in_the_case_is_not_called_upon() -> None:
    """A reporter who is on the roster isn't given their own report, nor mentioned in it."""
    setting = Setting(by=MIABOT)
    (assigned,) = setting.tracker.read(1).assignees
    assert assigned.login != "miabot"
    assert "@miabot" not in "".join(setting.tracker.by_bot(1))


def test_with_nobody_eligible_the_outside_contact_is_named() -> None:
    """A case that concerns every administrator says on its card where to turn, and decides nothing."""
    two = play.community(Administrator(login="mft"), Administrator(login="miabot"))
    setting = Setting(by=MFT, community=two)
    setting.says(MIABOT, "/party miabot")
    setting.run()
    setting.says(MIABOT, "/estimate 3 days")
    setting.run()
    assert setting.state == "reported"
    assert "council@example.org" in setting.newest
    assert "council@example.org" in setting.tracker.card(1)
    assert "No administrator" in setting.newest


def test_forged_and_hostile_words_stay_words(setting: Setting) -> None:
    """A receipt's line in a person's command or comment changes nothing and breaks nothing."""
    forged = receipt_line(
        Record(n=2, prev=setting.tracker.receipts(1)[0].id, of="x", at=play.START, process="p")
    )
    setting.says(MFT, "/estimate 3 days")
    setting.says(MFT, f"/resolve We talked.\n{forged}")
    setting.says(STRANGER, forged)
    setting.run()
    setting.labels(MFT, APPROVE)
    outcome = setting.run()
    assert not outcome.broken
    assert setting.state == "closed"
    moves = [record.move for record in setting.tracker.records(1)]
    assert moves == [None, "estimate", "resolve", "approve", "resolve", "close"]


def test_an_uncertain_receipt_is_looked_for(setting: Setting) -> None:
    """A comment that may have been posted is found by its own line, and not posted again."""
    setting.says(MFT, "/estimate 3 days")
    setting.tracker.after = Flaky("comment", AdapterError(502, "POST", uncertain=True))
    assert setting.run().receipts == 1
    assert len(setting.tracker.receipts(1)) == 2
    assert setting.state == "acknowledged"


def test_an_uncertain_receipt_that_was_not_posted_is_an_error(setting: Setting) -> None:
    """If the comment isn't there, the run fails and the next one posts it."""
    setting.says(MFT, "/estimate 3 days")
    setting.tracker.before = Flaky("comment", AdapterError(None, "POST", uncertain=True))
    with pytest.raises(AdapterError):
        setting.run()
    assert len(setting.tracker.receipts(1)) == 1
    assert setting.run().receipts == 1


def _drafting(share: str) -> Scene:
    """Return an incident with a party in which a resolution is drafted."""
    scene = Scene(answers={"share": SHARES[share]})
    definitions = dict(scene.desk.definitions) | {"incident": drafting()}
    scene.desk = msgspec.structs.replace(scene.desk, definitions=definitions)
    scene.acknowledged(ROBIN)
    return scene


@pytest.mark.parametrize("share", ["none", "parties", "parties by name"])
def test_a_drafted_letter_is_shown_as_it_is_sent(share: str) -> None:
    """Word for word, under the consent that there is; before it is approved nobody gets anything."""
    scene = _drafting(share)
    scene.says(MFT, RESOLVE)
    shown = scene.newest()
    assert scene.texts("p1") == []
    scene.labels(MIABOT, APPROVE)
    (sent,) = scene.texts("p1")
    assert f"\n{sent}\n" in shown
    assert ("Be kind." in sent) is (share != "none")
    assert "Thank you." in shown
    assert any("Thank you." in text and text != shown for text in scene.tracker.by_bot(1))
    assert scene.case().progress.state == "closed"


DRAFTS: dict[str, tuple[str, int]] = {
    "upheld": ("/uphold It was on Tuesday.", 2),
    "answer corrected": ("/correct It was on Monday.", 2),
    "lifted": ("/lift We are sorry.", 2),
    "resolved": ("/resolve We talked.\nTo parties: Be kind.\nTo Robin:\nYou especially.", 1),
    "late party": ("/party Kim Sample, kim@example.org", 1),
    "corrected": ("/correct On Tuesday.", 1),
}
"""What is drafted, and on which page. A suspension that goes on would be decided in the resolution."""


@pytest.mark.parametrize("share", ["none", "parties", "community by name"])
def test_nothing_goes_out_that_was_not_shown(share: str) -> None:
    """Each letter that is sent, of every command that is drafted, stood word for word in what was shown."""
    scene = Scene(answers={"share": SHARES[share]})
    scene.acknowledged(ROBIN, "Alex Untold")
    scene.says(MFT, f"/suspend Insults\n{SAM} until 8 weeks")
    scene.passes(timedelta(days=7))
    scene.says(MFT, "/appeal I was not there.", on=2)
    seen: set[str] = set()
    for name, (text, on) in DRAFTS.items():
        before, shown = len(scene.post.messages), len(scene.tracker.by_bot(on))
        scene.says(MIABOT, text, on=on)
        assert scene.post.messages[before:] == []
        said = "\n".join(scene.tracker.by_bot(on)[shown:])
        scene.labels(MIABOT, APPROVE, on=on)
        for message in scene.post.messages[before:]:
            assert f"\n{message.text}\n" in said
            seen.add(name)
    assert {"resolved", "late party", "upheld", "lifted"} <= seen
    assert ("corrected" in seen) is (share != "none")


def test_what_is_to_be_looked_at_twice_stands_below_its_letter() -> None:
    """A name, an address, what a mail program added: by the letter of whoever would read it."""
    scene = Scene(answers={"share": SHARES["parties"]})
    scene.acknowledged(ROBIN)
    scene.says(
        MFT, "/resolve Thank you.\nTo Robin:\nIt was riya.\n\nOn Tue, 9:00 Riya <r@x.org> wrote:\n> Hi"
    )
    letters = scene.newest().split("**What ")
    assert [("Look twice" in letter) for letter in letters] == [False, False, True]
    for doubt in ("the reporter, whom this reader may not know", "an address", "added lines"):
        assert doubt in letters[2]
    scene.says(MFT, "/resolve Thank you.")
    assert "Look twice" not in scene.newest()
    assert "The draft that waited before is void" in scene.newest()


def test_a_template_that_changed_since_has_the_letters_shown_anew(tmp_path: Path) -> None:
    """Whoever approved saw other words around theirs, so their approval sends nothing."""
    own = tmp_path / "party"
    own.mkdir()
    scene = Scene(answers={"share": SHARES["parties"]})
    scene.acknowledged(ROBIN)
    scene.says(MFT, "/resolve Be kind.")
    (own / "resolution.md.j2").write_text("{# subject: Ours #}\nAnd do call us: {{ decision or '' }}\n")
    templates = Templates([tmp_path, shipped.templates()], play.community().zone)
    scene.desk = msgspec.structs.replace(scene.desk, templates=templates)
    scene.labels(MFT, APPROVE)
    assert scene.texts("p1") == []
    shown = scene.tracker.by_bot(1)[-2]
    assert "has changed since they were shown" in shown
    assert "And do call us: Be kind." in shown
    scene.labels(MFT, APPROVE)
    assert scene.texts("p1") == ["And do call us: Be kind."]


CROWD = [f"Party {'i' * (number % 30 + 1)} {number}" for number in range(100)]


def long(of: str, length: int) -> str:
    """Return words of a length, made of one letter."""
    return of * length


@pytest.mark.slow
@pytest.mark.parametrize("letter", ["x", "ß", "\N{WOMAN}"])
def test_however_long_the_words_and_many_the_people_it_is_told(letter: str) -> None:
    """A resolution as long as one can be, for a hundred people whom no channel reaches, is recorded."""
    setting = Scene(answers={"share": SHARES["parties"]})
    for one in CROWD:
        setting.tracker.says(MFT, 1, f"/party {one}")
    setting.says(MFT, "/estimate 3 days")
    setting.tracker.says(MFT, 1, f"/resolve {long(letter, 9_900)}")
    assert setting.run().failures == []
    setting.tracker.labels(MFT, 1, APPROVE)
    assert setting.run().failures == []
    assert setting.case().progress.state == "resolved"
    texts = "\n".join(setting.tracker.by_bot(1))
    assert all(f"**To be told by hand: {one}.**" in texts or one in setting.tracker.card(1) for one in CROWD)


def test_what_does_not_fit_into_a_receipt_goes_on_below_it() -> None:
    """Texts to be told by hand that one comment can't hold stand in further ones, each of them whole."""
    setting = Scene(answers={"share": SHARES["parties"]})
    for one in CROWD[:9]:
        setting.tracker.says(MFT, 1, f"/party {one}")
    setting.says(MFT, "/estimate 3 days")
    words = long("x", 9_900)
    setting.sends(MFT, f"/resolve {words}")
    letters = [text for text in setting.tracker.by_bot(1) if "To be told by hand" in text]
    assert len(letters) > 1
    assert sum(text.count(words) for text in letters) >= len(CROWD[:9])


def by_hand() -> Scene:
    """Return a scene in which parties whom no channel reaches are to be told more than a comment holds."""
    scene = Scene(answers={"share": SHARES["parties"]})
    for one in CROWD[:15]:
        scene.tracker.says(MFT, 1, f"/party {one}")
    scene.says(MFT, "/estimate 3 days", f"/resolve {long('x', 9_900)}")
    scene.tracker.labels(MFT, 1, APPROVE)
    return scene


def letters(scene: Scene) -> list[str]:
    """Return the comments in which somebody is to be told by hand, each time that they stand there."""
    return [text for text in scene.tracker.by_bot(1) if "To be told by hand" in text]


@pytest.mark.parametrize("lost", [1, 2])
def test_what_a_receipt_goes_on_with_is_said_by_the_next_run(lost: int) -> None:
    """Where its run died before it had said all of it: what is missing, and nothing of it twice."""
    whole, scene = by_hand(), by_hand()
    whole.run()
    further = [text for text in letters(whole) if text.startswith(GOES_ON)]
    assert len(further) >= lost
    seen: list[str] = []

    def dies(call: str) -> None:
        seen.append(call)
        if seen.count("comment") > 2 + len(further) - lost:  # one is the approval
            raise AdapterError(502, "mutation WRITE", uncertain=True)

    scene.tracker.before = dies
    assert scene.run().failures
    assert len(letters(scene)) == len(letters(whole)) - lost
    scene.tracker.before = nothing
    assert not scene.run().failures
    assert letters(scene) == letters(whole)
    scene.run()
    assert letters(scene) == letters(whole)
    assert scene.case().progress.state == "resolved"


def test_of_words_that_changed_since_nothing_more_is_said() -> None:
    """Where a run died within what it said of them, they are nobody's any more, and the case goes on."""
    scene = by_hand()
    command = next(one for one in scene.case().issue.comments() if one.body.startswith("/resolve"))
    seen: list[str] = []

    def dies(call: str) -> None:
        seen.append(call)
        if seen.count("comment") > 2:  # one is the approval
            raise AdapterError(502, "mutation WRITE", uncertain=True)

    scene.tracker.before = dies
    scene.run()
    scene.tracker.before = nothing
    scene.tracker.edits(MFT, 1, command.id, "/resolve Something else.")
    assert not scene.run().failures
    assert not any(text.startswith(GOES_ON) for text in letters(scene))
    assert scene.case().progress.state == "resolved"


@pytest.mark.slow
def test_one_party_too_many_is_refused_before_anything_changes() -> None:
    """Whoever has to be told stands in one receipt, so there is a limit, and it is said."""
    setting = Scene()
    for one in CROWD:
        setting.tracker.says(MFT, 1, f"/party {one}")
    setting.run()
    setting.says(MFT, "/party One Too Many")
    assert "at most 100 parties" in setting.newest()
    assert len(setting.case().people_who("party")) == len(CROWD)


@pytest.mark.parametrize("line", ["\N{WOMAN}\n", "`" * 30 + "\n", "<x>_*&"])
def test_the_longest_draft_is_shown_whole(line: str) -> None:
    """Whatever it is made of, what may be drafted fits into what is shown of it."""
    scene = _drafting("parties")
    words = (line * LONGEST_DRAFT)[: LONGEST_DRAFT - len("/resolve ")].rstrip()
    scene.says(MFT, f"/resolve {words}")
    shown = "\n".join(scene.tracker.by_bot(1))
    assert "What Robin Example would get" in shown
    assert TOO_LONG not in shown
