"""The card: what it notes between receipts; and the message of a case that stopped."""

from __future__ import annotations

import pytest

from cocflow.core.case.facts import Actor
from cocflow.core.case.records import read_card
from tests.core.play import FOR_ANOTHER, MFT, MIABOT, OTHER_BOT, RIYA, STRANGER
from tests.run.setting import Setting, break_it
from tests.scene import Scene


def test_ordinary_talk_costs_one_write(setting: Setting) -> None:
    """A comment that asks for nothing is noted in the card, and no more."""
    said = setting.says(RIYA, "I forgot to say thank you.")
    setting.run()
    assert setting.tracker.writes() == ["edit_comment"]
    card = read_card(setting.tracker.card(1))
    assert card is not None
    assert card.seen == said


def test_marks_in_the_card_are_absorbed_by_the_next_receipt(setting: Setting) -> None:
    """What the card marks as delivered is not sent again, and the next receipt holds it."""
    setting.resolved()
    setting.says(MFT, "/party Kim Example")  # nobody reaches Kim, so it stays resolved
    setting.run()
    card = read_card(setting.tracker.card(1))
    assert card is not None
    delivered = [message.id.removeprefix("I_1.") for message in setting.notifier.messages]
    told = {one for record in setting.tracker.records(1) for one in record.told} | set(card.told)
    assert set(delivered) <= told
    setting.says(MFT, "/help")
    setting.run()
    assert len(setting.notifier.messages) == len(delivered)
    card = read_card(setting.tracker.card(1))
    assert card is not None
    assert card.told == ()
    assert set(delivered) <= {one for record in setting.tracker.records(1) for one in record.told}


@pytest.mark.parametrize(
    ("by", "answers", "who"),
    [
        (RIYA, {}, "The reporter"),
        (MFT, {}, "The reporter"),
        (STRANGER, {"learned": FOR_ANOTHER, "reporter": "Riya Sen"}, "Whoever filed this"),
    ],
)
def test_the_card_begins_with_who_else_reads_it(by: Actor, answers: dict[str, str | None], who: str) -> None:
    """Who filed it reads it: that comes first, also in `/help`, and what others can do is folded away."""
    scene = Scene(by=by, answers=answers)
    scene.says(MIABOT, "/help")
    for text in (scene.tracker.card(1), scene.newest()):
        assert text.startswith(f"**{who} reads this page**")
    shown, _, folded = scene.tracker.card(1).partition("<details>")
    assert "write `/" not in shown
    assert "write `/estimate" in folded


def test_the_card_names_no_reader_where_an_administrator_filed_it() -> None:
    """What administrators write on such a page stays among them."""
    scene = Scene(by=MFT, answers={"learned": FOR_ANOTHER, "reporter": "Riya Sen, riya@example.org"})
    scene.says(MFT, "/help")
    for text in (scene.tracker.card(1), scene.newest()):
        assert text.startswith(f"**{scene.case().code_name}**")
        assert "reads this page" not in text
    assert "<details>" not in scene.tracker.card(1)


def test_a_broken_case_stops_and_says_so_once(setting: Setting) -> None:
    """Nothing is believed or moved; the administrators are told once, however many runs there are."""
    break_it(setting)
    setting.labels(MFT, "state: triaged")
    setting.says(MFT, "/estimate 3 days")
    setting.tracker.forget()
    first = setting.run()
    assert first.broken
    assert not first.complete
    assert setting.tracker.writes() == ["comment"]
    assert "cocflow has stopped" in setting.newest
    assert "@mft" in setting.newest
    setting.tracker.forget()
    assert setting.run().broken
    assert setting.tracker.writes() == []


def test_a_case_that_breaks_in_another_way_says_so_again(setting: Setting) -> None:
    """A new finding is a new message."""
    break_it(setting)
    setting.run()
    setting.tracker.says(OTHER_BOT, 1, "x\n\n<!-- cocflow:receipt x -->")
    setting.tracker.forget()
    setting.run()
    assert setting.tracker.writes() == ["comment"]
