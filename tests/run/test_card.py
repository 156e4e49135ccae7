"""The card: what it notes between receipts; and the message of a case that stopped."""

from __future__ import annotations

from datetime import timedelta

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
    told = {one for record in setting.tracker.records(1) for one in record.reached} | set(card.reached)
    assert set(delivered) <= told
    setting.says(MFT, "/help")
    setting.run()
    assert len(setting.notifier.messages) == len(delivered)
    card = read_card(setting.tracker.card(1))
    assert card is not None
    assert card.reached == {}
    assert set(delivered) <= {one for record in setting.tracker.records(1) for one in record.reached}


MOST = 4
"""How many things to do next stand in sight."""


@pytest.mark.parametrize(
    ("by", "answers", "who"),
    [
        (RIYA, {}, "The reporter"),
        (MFT, {}, "The reporter"),
        (STRANGER, {"learned": FOR_ANOTHER, "reporter": "Riya Sen"}, "Whoever filed this"),
    ],
)
def test_the_card_says_who_else_reads_it(by: Actor, answers: dict[str, str | None], who: str) -> None:
    """Who filed it reads it: that is in sight, first in `/help`, and what others can do is folded away."""
    scene = Scene(by=by, answers=answers)
    scene.says(MIABOT, "/help")
    assert scene.newest().startswith(f"**{who} reads this page**")
    shown, _, folded = scene.tracker.card(1).partition("<details>")
    assert f"**{who} reads this page**" in shown
    assert "write `/" not in shown
    assert "write `/estimate" in folded


def test_the_card_names_no_reader_where_an_administrator_filed_it() -> None:
    """What administrators write on such a page stays among them."""
    scene = Scene(by=MFT, answers={"learned": FOR_ANOTHER, "reporter": "Riya Sen, riya@example.org"})
    scene.says(MFT, "/help")
    for text in (scene.tracker.card(1), scene.newest()):
        assert text.startswith(f"**{scene.case().code_name}**")
        assert "reads this page" not in text
    shown, _, folded = scene.tracker.card(1).partition("<details>")
    assert "estimate: 1 day" in shown
    assert 1 <= shown.count(": write `/") + shown.count(": add a label") <= MOST
    assert "write `/recuse`" in folded


def test_who_is_mentioned_is_led_to_the_card() -> None:
    """The first answer says where it is, and each later mention links to it."""
    scene = Scene()
    assert "is kept in a comment of mine below" in scene.tracker.by_bot(1)[0]
    scene.acknowledged()
    scene.says(MFT, "/resolve We talked with everyone.")
    scene.says(RIYA, "There is something else.")
    card = scene.case().ledger.card
    assert card is not None
    assert f"{scene.case().issue.url}#issuecomment-{card.database_id})" in scene.newest()


def test_the_card_says_first_whose_turn_it_is_and_until_when() -> None:
    """State, turn and date stand in the first line; once the date has passed, since when it is overdue."""
    scene = Scene()
    first = scene.tracker.card(1).splitlines()[0]
    assert first == (
        f"**{scene.case().code_name}** · **reported**: it is up to Mika,"
        " until **Tuesday, 6 January 2026, 09:00 UTC**."
    )
    scene.says(MFT, "/estimate 3 days")
    scene.passes(timedelta(days=4))
    first = scene.tracker.card(1).splitlines()[0]
    assert "**acknowledged**: **overdue since " in first
    assert first.endswith("It is up to Mika.")


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
