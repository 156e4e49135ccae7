"""Requests: what asks for something, and whose words they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.suspend import Suspend
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import read_command
from cocflow.core.case.progress import Record
from cocflow.core.case.records import receipt_line
from cocflow.core.engine.requests import open_requests, trigger_of, when, words_wait
from tests.core.play import (
    BOT,
    FOR_ANOTHER,
    HOUR,
    MFT,
    MIABOT,
    OTHER_BOT,
    RIYA,
    START,
    Play,
    body,
    played_to,
    suspension_played_to,
)


@pytest.mark.parametrize(
    "text",
    [
        "> /estimate 3 days",
        "```\n/estimate 3 days\n```",
        "`/estimate 3 days`",
        "    /estimate 3 days",
        "See [/estimate](x)",
        "Please /estimate 3 days",
        "<!--\n/estimate 3 days\n-->",
    ],
)
def test_commands_in_quotes_code_and_links_do_not_count(text: str) -> None:
    """What GitHub shows as quoted, as code or as a link asks for nothing, nor does a slash within a line."""
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
    """Whoever edits it is told once that it was read before."""
    play = played_to("acknowledged")
    said = play.says(MFT, "/help")
    play.run()
    play.edits(said, MFT, "/resolve We talked.")
    assert "the change does nothing" in play.refusal()[0]
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
    play.sends(MFT, f"/resolve We talked.\n{receipt_line(forged)}")
    play.run()
    assert not play.case().ledger.broken
    assert play.state == "closed"
    assert [entry.record.n for entry in play.case().ledger.counted] == [1, 2, 3, 4, 5, 6]


def test_taking_a_label_off_asks_for_nothing() -> None:
    """A removed label is put back without a word, so it is no request."""
    play = played_to("acknowledged")
    play.unlabels(MFT, "state: acknowledged")
    assert play.run() == []


# --- what a request can mean ------------------------------------------------------------------------


def means(play: Play, id_: str) -> list[str]:
    """Return the names of the moves that a fact can mean, in any state."""
    case = play.case()
    fact = next(fact for fact in case.issue.facts if fact.id == id_)
    trigger = trigger_of(case, fact)
    return [move.name for move in case.process.moves if trigger.means(move)]


def test_a_request_means_the_moves_that_are_asked_for_in_its_way() -> None:
    """A command those of its word, a label those to its state, a button and an edit those that have it."""
    play = played_to("reported")
    moves = play.case().process.moves
    for made, expected in (
        (play.says(MFT, "/party Kim"), [move for move in moves if move.command == "party"]),
        (
            play.labels(MFT, "state: reported"),
            [move for move in moves if move.label and move.to == "reported"],
        ),
        (play.labels(MFT, "state: nowhere"), []),
        (play.labels(MFT, "suspend"), [move for move in moves if "suspend" in dict(move.quick_labels)]),
        (play.closes(MFT), [move for move in moves if move.button == "close"]),
        (play.reopens(MFT), [move for move in moves if move.button == "reopen"]),
        (play.edits_body(RIYA, "new"), [move for move in moves if move.edit]),
    ):
        assert means(play, made) == [move.name for move in expected]


def test_a_quick_label_is_its_command_with_its_words() -> None:
    """What the label stands for is read as if it had been written."""
    play = played_to("reported")
    label, words = next((one, said) for one, said in play.case().process.quick_labels().items() if said)
    play.labels(MFT, label)
    trigger = trigger_of(play.case(), play.facts[-1])
    assert trigger.command == read_command(f"/estimate {words}", GRAMMAR)
    assert trigger.copy is None


def test_a_quick_label_without_words_only_asks_how_the_command_is_written() -> None:
    """The form comes back to be filled in, and nothing is meant yet."""
    play = played_to("reported")
    play.labels(MFT, "suspend")
    trigger = trigger_of(play.case(), play.facts[-1])
    assert trigger.command is None
    assert trigger.copy == GRAMMAR["suspend"].usage.form


# --- when, and what holds back ------------------------------------------------------------------------


@pytest.mark.parametrize("edited", [False, True])
def test_a_mail_is_asked_when_its_server_received_it(edited: bool) -> None:
    """Its comment may come later; one that was edited is of when it stands there."""
    play = suspension_played_to("appealable")
    mailed = play.mails("Please look again.", 210, received=START + 201 * HOUR)
    if edited:
        play.edits(mailed, MFT, play.facts[-1].body)  # type: ignore[attr-defined]
    case = play.case()
    (fact,) = open_requests(case)
    assert when(case, fact) == (START + 210 * HOUR if edited else START + 201 * HOUR)


def test_a_mail_in_parts_asks_once_with_its_last() -> None:
    """Until all of it is filed, nothing is asked."""
    play = suspension_played_to("appealable")
    first = play.mails("Please", part=1, parts=2)
    assert open_requests(play.case()) == []
    last = play.mails("look again.", part=2, parts=2)
    assert [fact.id for fact in open_requests(play.case())] == [last]
    assert first != last


@pytest.mark.parametrize(
    ("asks", "holds"),
    [
        (lambda play: play.says(RIYA, "/consent none"), True),
        (lambda play: play.says(RIYA, "/consents none"), True),
        (lambda play: play.edits_body(RIYA, "new"), True),
        (lambda play: play.says(RIYA, "/withdraw"), False),
        (lambda play: play.says(RIYA, "consent none"), False),
        (lambda play: play.labels(MFT, "state: triaged"), False),
    ],
)
def test_what_may_take_back_words_holds_them_until_it_is_answered(
    asks: Callable[[Play], object], holds: bool
) -> None:
    """A word about consent, be it misspelt, and an edit of the report; nothing else, and not for longer."""
    play = played_to("acknowledged")
    asks(play)
    assert words_wait(play.case()) is holds
    play.run()
    assert not words_wait(play.case())


# --- what a mail program added ------------------------------------------------------------------------


def test_a_suspension_sent_by_mail_with_a_quoted_thread_is_refused() -> None:
    """It would go out at once, the quoted lines as accounts; the lines and the form are shown."""
    play = played_to("triaged")
    play.says(
        MFT,
        "/suspend Insults\nSam Poe, sam@example.org\n\n"
        "On Tue, Nov 24, 2026 at 9:00 AM Riya <riya@example.org> wrote:\n> It was me who told you",
    )
    reason, copy, _ = play.refusal()
    assert "They begin with: On Tue, Nov 24, 2026 at 9:00 AM Riya" in reason
    assert (copy or "").startswith("/suspend <reason>")


def test_a_suspension_that_an_older_version_took_is_read_as_it_was() -> None:
    """Only what is asked for now is refused."""
    play = played_to("triaged")
    said = "/suspend Insults\nSam Poe, sam@example.org\nSent from my iPhone"
    play.says(MFT, said)
    assert isinstance(read_command(said, GRAMMAR), Suspend)
    assert "Sent from my iPhone" in play.refusal()[0]


# --- letters, whenever they were received -------------------------------------------------------------

WRITERS = ("reporter", "p1", "outside", "")
LETTER = st.tuples(
    st.just("letter"),
    st.sampled_from(
        ("I would add something.", "/consent none", "withdraw", "reopen", "/help", "agree", "clear")
    ),
    st.sampled_from(WRITERS),
    st.integers(-24 * 30, 24 * 30),
    st.booleans(),
)
OTHER = st.tuples(
    st.sampled_from(("says", "label", "close", "reopen", "edit", "run")),
    st.sampled_from(
        (
            "/estimate 3 days",
            "/party Robin, robin@example.org",
            "/resolve We talked.",
            "approve",
            "state: triaged",
        )
    ),
    st.sampled_from((MFT, MIABOT, RIYA)),
    st.integers(0, 48),
    st.booleans(),
)


def happens(play: Play, event: tuple[Any, ...]) -> str | None:
    """Let something happen after some hours; return its id if it is a letter."""
    kind, what, who, hours, flag = event
    if kind == "letter":
        received = play.now + hours * HOUR
        person = {"person": who} if who else {}
        return play.mails(what, received=received, verified=flag, **person)
    play.now += hours * HOUR
    match kind:
        case "says":
            play.says(who, what)
        case "label":
            play.labels(who, what)
        case "close":
            play.closes(who)
        case "reopen":
            play.reopens(who)
        case "edit":
            play.edits_body(who, body())
        case _:
            play.run()
    return None


@given(st.lists(LETTER | OTHER, max_size=14), st.booleans())
def test_every_letter_is_decided_once_whenever_it_was_received(events: list[Any], other: bool) -> None:
    """Before what opened the case, with or after anything else: once, in its turn, holding nothing up."""
    play = Play(MFT, body(learned=FOR_ANOTHER, reporter="Riya Sen, riya@example.org")) if other else Play()
    letters = [id_ for event in events if (id_ := happens(play, event)) is not None]
    play.run()
    answered = [record.of for record in play.records()]
    assert [answered.count(id_) for id_ in letters] == [1] * len(letters)
    assert answered[0] == "I_1"
    assert open_requests(play.case()) == []
    instants = [record.at for record in play.records()]
    assert instants == sorted(instants)
    assert play.run() == []


def test_a_label_that_its_own_hand_took_off_again_asks_for_nothing() -> None:
    """Before it is read; nobody takes back another's tap, and what was answered stays so."""
    for undone_by, moved in ((MFT, False), (MIABOT, True)):
        play = played_to("acknowledged")
        play.labels(MFT, "state: triaged")
        play.unlabels(undone_by, "state: triaged")
        play.run()
        assert (play.state == "triaged") is moved
    play = played_to("acknowledged")
    play.labels(MFT, "state: triaged")
    play.unlabels(MFT, "state: triaged")
    play.labels(MFT, "state: triaged")
    play.run()
    play.unlabels(MFT, "state: triaged")
    play.run()
    assert play.state == "triaged"


def test_an_agreement_taken_back_at_once_sends_nothing() -> None:
    """Who slipped with the thumb takes the label off, and no letter goes out."""
    play = played_to("triaged", parties=("Robin Example",))
    play.says(MFT, "/resolve We talked.")
    play.run()
    play.labels(MFT, "approve")
    play.unlabels(MFT, "approve")
    assert play.run() == []
    play.labels(MFT, "approve")
    play.run()
    assert play.state == "resolved"
