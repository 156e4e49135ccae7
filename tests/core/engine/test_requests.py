"""Requests: what asks for something, and whose words they are."""

from __future__ import annotations

import pytest

from cocflow.core.case.facts import Actor
from cocflow.core.case.progress import Record
from cocflow.core.case.records import receipt_line
from tests.core.play import (
    BOT,
    MFT,
    MIABOT,
    OTHER_BOT,
    START,
    Play,
    played_to,
)


@pytest.mark.parametrize(
    "text",
    [
        "> /estimate 3 days",
        "```\n/estimate 3 days\n```",
        "`/estimate 3 days`",
        " /estimate 3 days",
        "\n/estimate 3 days",
        "See [/estimate](x)",
        "Please\n/estimate 3 days",
    ],
)
def test_commands_in_quotes_code_and_links_do_not_count(text: str) -> None:
    """Only a comment whose very first character is a slash asks for anything."""
    play = played_to("reported")
    play.says(MFT, text)
    assert play.run() == []


@pytest.mark.parametrize("text", ["/estimate 3 days", "/resolve x", "/nonsense", "/help"])
@pytest.mark.parametrize("bot", [BOT, OTHER_BOT])
def test_bots_are_not_answered(bot: Actor, text: str) -> None:
    """A bot's command, cocflow's own included, is neither done nor refused."""
    play = played_to("reported")
    play.says(bot, text)
    play.labels(bot, "state: triaged")
    play.closes(bot)
    assert play.run() == []


def test_a_bot_may_open_a_report() -> None:
    """An issue that a bot opened is a report all the same, and the bot has no role in it."""
    play = Play(by=OTHER_BOT)
    play.run()
    assert play.state == "reported"
    assert play.case().roles(OTHER_BOT) == frozenset()


def test_a_command_edited_by_another_is_refused() -> None:
    """Words that somebody else put into an administrator's comment aren't that administrator's."""
    play = played_to("acknowledged")
    said = play.says(MFT, "/help")
    play.edits(said, MIABOT, "/resolve We talked.")
    (decision,) = play.run()
    assert decision.record.refused
    assert decision.reason is not None
    assert "Somebody else edited" in decision.reason
    assert play.state == "acknowledged"


def test_a_command_edited_by_its_author_before_the_run_counts_as_it_stands() -> None:
    """Who mends a typing mistake in time is answered by what stands there then."""
    play = played_to("reported")
    said = play.says(MFT, "/estimte 3 days")
    play.edits(said, MFT, "/estimate 3 days")
    play.run()
    assert play.state == "acknowledged"


def test_an_answered_command_does_not_run_again_when_it_is_edited() -> None:
    """One receipt a comment: an edit afterwards asks for nothing."""
    play = played_to("acknowledged")
    said = play.says(MFT, "/help")
    play.run()
    play.edits(said, MFT, "/resolve We talked.")
    assert play.run() == []


def test_a_deleted_command_is_not_run() -> None:
    """A comment that is gone before the run asks for nothing, and its deletion neither."""
    play = played_to("acknowledged")
    play.deletes(MFT, play.says(MFT, "/resolve We talked."))
    assert play.run() == []


def test_a_receipt_within_a_commands_words_is_only_words() -> None:
    """A `/resolve` whose words hold a receipt's line resolves, and forges nothing."""
    play = played_to("acknowledged")
    forged = Record(n=9, prev=None, of="I_1", at=START, process="incident/1.0")
    play.says(MFT, f"/resolve We talked.\n{receipt_line(forged)}")
    play.run()
    assert not play.case().ledger.broken
    assert play.state == "closed"
    assert [entry.record.n for entry in play.case().ledger.counted] == [1, 2, 3, 4]


def test_taking_a_label_off_asks_for_nothing() -> None:
    """A removed label is put back without a word, so it is no request."""
    play = played_to("acknowledged")
    play.unlabels(MFT, "state: acknowledged")
    assert play.run() == []
