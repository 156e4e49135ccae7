"""The digest: one comment on the board, a day at most, made from the listing; and whom it calls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cocflow.core.case.facts import Commented
from cocflow.core.case.records import Board, is_card
from cocflow.run.board import Census, Found, write
from cocflow.run.digest import DIGEST, MOST
from cocflow.setup import shipped
from cocflow.setup.in_force import load_processes
from cocflow.setup.install import choice
from tests.core.play import DANGER, DAY, HOUR, MFT, MIABOT, RIYA, ROSTER
from tests.fakes import BOARD, nothing
from tests.scene import SAM, Scene

CALLS = "@mft ", "@mft @miabot ", "@mft @miabot @thclpr "


class Died(BaseException):
    """The run ends here, whatever it was about to do."""


def digests(scene: Scene) -> list[Commented]:
    """Return the digests on the board, oldest first."""
    return [one for one in scene.tracker.threads[BOARD].comments() if one.body.endswith(DIGEST)]


def said(scene: Scene) -> str:
    """Return what the one digest says."""
    (digest,) = digests(scene)
    return digest.body


def test_no_shipped_reminder_comes_for_ever_at_one_pace() -> None:
    """Whatever repeats does so in steps, be it of an incident, a suspension or a room."""
    timers = [timer for process in load_processes(shipped.root()) for timer in process.timers]
    repeating = [timer for timer in timers if timer.every is not None]
    assert repeating
    assert [timer.name for timer in repeating if not timer.patience] == []


def test_nothing_that_waits_makes_no_digest() -> None:
    """While nothing is due there is none, however many sweeps come."""
    scene = Scene()
    scene.passes(DAY - HOUR)
    assert digests(scene) == []


def test_the_last_one_is_replaced_and_calls_more_people_ever_more_seldom() -> None:
    """After a day, two, four, seven, and then each week; in between there is no other."""
    scene = Scene()
    seen: dict[int, str] = {}
    for hour in range(4, 24 * 30, 4):
        scene.passes(4 * HOUR)
        for digest in digests(scene):
            seen.setdefault(digest.database_id, f"{hour // 24} {digest.body.partition('this')[0]}")
        assert len(digests(scene)) <= 1
    everybody = CALLS[2]
    calls = [f"1 {CALLS[0]}", f"2 {CALLS[1]}", *(f"{day} {everybody}" for day in (4, 7, 14, 21, 28))]
    assert list(seen.values()) == calls
    assert "#1: the reporter has no estimate: `/estimate 3 days`. Since Tuesday" in said(scene)
    assert "; mft has it" in said(scene)


def test_it_is_made_from_the_listing() -> None:
    """A sweep in which a step is reached, and nothing else, reads no case."""
    scene = Scene()
    scene.passes(3 * DAY)
    scene.tracker.forget()
    scene.passes(DAY)
    assert scene.tracker.calls.count("listing") == 1
    assert scene.tracker.calls.count("read") == 1, "the board's own"


def test_all_cases_are_in_one() -> None:
    """Two reports and a suspension are one comment, the longest wait first."""
    scene = Scene()
    scene.passes(HOUR)
    scene.tracker.opens(RIYA)
    scene.run()
    scene.says(MFT, "/estimate 3 days", f"/suspend Insults\n{SAM}")
    scene.passes(30 * HOUR)
    text = said(scene)
    assert "these wait for somebody" in text
    assert text.index("#2: the reporter has no estimate") < text.index("#3: a suspension has no end")
    assert text.startswith("@mft @miabot ")


def test_what_is_seen_to_leaves_and_takes_the_digest_with_it() -> None:
    """Nothing stands there of which nobody is to be reminded any more, and nobody is called for that."""
    scene = Scene()
    scene.passes(DAY)
    assert len(digests(scene)) == 1
    scene.says(MFT, "/estimate 3 days")
    assert digests(scene) == []


def test_a_case_in_which_somebody_may_be_in_danger_calls_everybody_at_once() -> None:
    """The first digest already."""
    scene = Scene(answers={"danger": DANGER})  # type: ignore[dict-item]
    scene.passes(DAY)
    assert said(scene).startswith(CALLS[2])


def test_a_case_that_concerns_an_administrator_is_not_in_it() -> None:
    """All of them read the board; its own issue reminds those who have a say."""
    scene = Scene(answers={"involved": (choice(ROSTER[1]),)})  # type: ignore[dict-item]
    scene.passes(DAY)
    assert digests(scene) == []
    assert scene.newest().startswith("@mft the reporter of")


def test_the_outside_contact_hears_how_many_wait_and_nothing_else() -> None:
    """After a week, then every second week; a case that the digest leaves out counts too."""
    scene = Scene(answers={"involved": (choice(ROSTER[1]),)})  # type: ignore[dict-item]
    scene.tracker.opens(RIYA)
    scene.run()
    told: list[float] = []
    for day in range(1, 31):
        before = len(scene.texts("outside"))
        scene.passes(DAY)
        told += [day] if len(scene.texts("outside")) > before else []
    assert told == [7, 21]
    text = scene.texts("outside")[0]
    assert "2 reports, or suspensions, have waited" in text
    assert scene.case().code_name not in text
    assert "#" not in text


def test_the_administrators_channel_hears_once_it_is_everybodys_turn() -> None:
    """Before, it is the owner's and the next one's alone; then it hears how many wait, and where."""
    scene = Scene(administrators_slack_channel="C0ADMIN01")
    told: list[int] = []
    for day in range(1, 15):
        before = len(scene.texts("channel"))
        scene.passes(DAY)
        told += [day] if len(scene.texts("channel")) > before else []
    assert told == [4, 7, 14]
    text = scene.texts("channel")[-1]
    assert text.startswith("One thing waits for an administrator, and it's everybody's turn now. https://")
    assert scene.case().code_name not in text


def test_a_channel_that_takes_nothing_costs_no_digest() -> None:
    """Slack's failure keeps the digest from nobody; and a case that isn't in it isn't told to the channel."""
    scene = Scene(administrators_slack_channel="C0ADMIN01")
    scene.post.failing = {"channel"}
    scene.passes(4 * DAY)
    assert len(digests(scene)) == 1
    involved = {"involved": (choice(ROSTER[1]),)}
    apart = Scene(administrators_slack_channel="C0ADMIN01", answers=involved)  # type: ignore[arg-type]
    apart.passes(4 * DAY)
    assert not [one for one in apart.texts("channel") if "everybody's turn" in one]


def test_an_outside_contact_who_cannot_be_reached_now_is_told_later() -> None:
    """The channel's failure costs neither the digest nor the sweep, and isn't taken for told."""
    scene = Scene()
    scene.post.failing = {"outside"}
    for _ in range(8):
        scene.passes(DAY)
    assert scene.texts("outside") == []
    assert len(digests(scene)) == 1


def test_a_hundred_and_more_are_counted() -> None:
    """What has no room is counted, the longest wait is named."""
    scene = Scene()
    for _ in range(MOST + 4):
        scene.tracker.opens(RIYA)
    for _ in range(4):
        scene.run()
    scene.passes(2 * DAY)
    text = said(scene)
    assert text.count("the reporter has no estimate") == MOST
    assert "- 5 more." in text


def test_a_digest_that_was_left_behind_goes_with_the_next() -> None:
    """A run that died after it had written one leaves no second one for good."""
    scene = Scene()
    scene.passes(DAY)
    scene.tracker.says(scene.tracker.me, BOARD, f"An old one.\n\n{DIGEST}")
    scene.passes(DAY)
    assert len(digests(scene)) == 1


def test_the_sweep_that_opens_the_board_writes_it() -> None:
    """Below the card, and the next sweep changes nothing."""
    scene = Scene()
    del scene.tracker.threads[BOARD]
    scene.passes(DAY)
    card, digest = scene.tracker.threads[BOARD].comments()
    assert is_card(card.body)
    assert digest.body.endswith(DIGEST)
    scene.run()
    assert scene.tracker.threads[BOARD].comments() == [card, digest]


def test_a_listing_without_the_board_makes_no_other() -> None:
    """What the board says counts, which is read before anything is written there."""
    scene = Scene()
    scene.passes(2 * DAY)
    scene.passes(6 * DAY)
    told = scene.texts("outside")
    assert told
    first = digests(scene)
    scene.desk.believed(scene.tracker.listing(open_="", closed=""))
    assert write(scene.desk, Found(BOARD, Board(), True), (), scene.tracker.now, Census())
    assert (digests(scene), scene.texts("outside")) == (first, told)


def test_it_stays_while_a_listing_lacks_cases() -> None:
    """What GitHub leaves out may wait as before; once all is listed again, what is seen to leaves."""
    scene = Scene()
    scene.passes(DAY)
    first, opened = digests(scene), scene.tracker.threads.pop(1)
    scene.tracker.unreadable = 1
    scene.run()
    assert digests(scene) == first
    scene.tracker.unreadable, scene.tracker.threads[1] = 0, opened
    scene.says(MFT, "/estimate 3 days")
    assert digests(scene) == []


def test_what_others_write_there_is_left_alone() -> None:
    """Nobody's words are taken for a digest, whatever their last line."""
    scene = Scene()
    scene.passes(DAY)
    scene.tracker.says(MIABOT, BOARD, f"Mine.\n\n{DIGEST}")
    scene.passes(DAY)
    assert [one.by for one in digests(scene) if one.by == MIABOT] == [MIABOT]


@pytest.mark.parametrize("hours", [1, 4])
def test_a_day_has_one_at_most(hours: int) -> None:
    """What falls due later on a day waits for the next."""
    scene = Scene()  # at nine
    scene.passes(timedelta(hours=24 + hours))
    scene.tracker.opens(RIYA)
    scene.run()
    first = digests(scene)
    scene.passes(HOUR)
    assert digests(scene) == first


def test_the_mail_to_the_outside_contact_belongs_to_no_case() -> None:
    """It has a subject that tells nothing, and no thread."""
    scene = Scene()
    scene.passes(2 * DAY)
    scene.passes(6 * DAY)
    (message,) = [one for one in scene.post.messages if one.to.key == "outside"]
    assert (message.subject, message.thread, message.token) == ("Reports wait", "", "")


def test_a_run_that_dies_behind_the_digest_calls_nobody_twice() -> None:
    """The next one finds what was written, keeps it, and goes on to write the card."""
    scene = Scene()
    scene.passes(HOUR)
    written: list[int] = []

    def dies(call: str) -> None:
        if call == "comment" and digests(scene):
            written.extend(one.database_id for one in digests(scene))
            raise Died

    scene.tracker.after = dies
    with pytest.raises(Died):
        scene.passes(DAY)
    scene.tracker.after = nothing
    scene.passes(HOUR)
    assert [one.database_id for one in digests(scene)] == written[:1]
    scene.passes(DAY)
    assert [one.database_id for one in digests(scene)] != written[:1]


def test_nobody_outside_hears_of_what_no_administrator_was_reminded_of() -> None:
    """Where no sweep came for ten days, the administrators are reminded first, and have a day."""
    scene = Scene()
    scene.passes(10 * DAY)
    assert len(digests(scene)) == 1
    assert scene.texts("outside") == []
    scene.passes(DAY)
    (text,) = scene.texts("outside")
    assert "though they were reminded" in text
    scene.passes(DAY)
    assert len(scene.texts("outside")) == 1


def test_nobody_is_said_to_be_reminded_where_nobody_may_decide() -> None:
    """The outside contact knows that they are needed, and isn't asked to ask those whom it concerns."""
    scene = Scene(roster=ROSTER[:1])
    scene.says(MFT, "/estimate 3 days", "/recuse")
    for _ in range(20):
        scene.passes(DAY)
    assert [one for one in scene.texts("outside") if "no administrator may decide" in one]
    assert not [one for one in scene.texts("outside") if "though they were reminded" in one]
    late = "\n".join(one for one in scene.tracker.by_bot(1) if one.startswith("We are late"))
    assert "nobody among the administrators may decide it" in late
    assert "are reminded of it" not in late
