"""Hearing the reporter: what they say while words wait holds these up until somebody has read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.consent import consent, silence_is_consent
from cocflow.core.acts.draft import silent
from cocflow.core.acts.hearing import Heard, held_since, label, unanswered, unheard
from cocflow.core.case.draft import Draft
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from tests.core.drafts import ROBIN, drafted, drafting
from tests.core.play import (
    APPROVE,
    DAY,
    FOR_ANOTHER,
    HOUR,
    MFT,
    MIABOT,
    RIYA,
    STRANGER,
    Play,
    body,
    community,
    definition,
    played_to,
    suspension_played_to,
)
from tests.scene import PUBLIC, SHARES

HEARD = "reporter: heard"
NO = "NO! Please don't post that!!"
POST = "/post rules\nBe kind."

Speak = Callable[[Play], object]

WAYS: dict[str, Speak] = {
    "talk": lambda play: play.says(RIYA, NO),
    "a command that adds something": lambda play: play.says(RIYA, f"/answer 2 {NO}"),
    "a command with a mistake": lambda play: play.says(RIYA, f"/witdraw {NO}"),
    "a yes with words": lambda play: play.says(RIYA, f"/consent yes {NO}"),
    "an edit": lambda play: play.edits_body(RIYA, body(privacy=NO)),
    "an edit of older talk": lambda play: play.edits(earlier(play), RIYA, NO),
    "what somebody else made a help of": lambda play: play.edits(play.says(RIYA, NO), STRANGER, "/help"),
    "what somebody else made a yes of": lambda play: play.edits(play.says(RIYA, NO), MFT, "/consent parties"),
}
"""How the reporter says it on the issue."""

BARE = ["/help", "/consent yes", "/consent parties"]
"""Commands of which cocflow itself draws all consequences."""


def earlier(play: Play) -> str:
    """Return the comment of the reporter's from before anything waited."""
    return next(fact.id for fact in play.facts if fact.by == RIYA and fact.id.startswith("IC"))


def resolution(state: str = "triaged") -> Play:
    """Return a play in which a resolution is drafted, after the reporter had talked before."""
    play = played_to(state, definition_=drafting("anybody"))
    play.says(RIYA, "I am glad that you look at it.")
    play.run(6)
    play.says(MFT, "/resolve We talked.", 7)
    play.run()
    return play


def posting(share: str = "community") -> Play:
    """Return a play in which a post was drafted, of what may be posted since it was public, or by consent."""
    text = body(share=SHARES[share], where=PUBLIC)
    play = played_to("triaged", text=text, community_=community(rules_channel="#rules"))
    play.says(MFT, POST)
    play.run()
    return play


def waits(play: Play) -> bool:
    """Whether the draft is there still."""
    return play.case().progress.newest(Draft) is not None


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("approved_before", [True, False])
def test_whatever_the_reporter_says_holds_a_draft(how: str, approved_before: bool) -> None:
    """By any channel, before or after the approval, in one run or several: nothing goes out."""
    play = resolution()
    if approved_before:
        play.labels(MIABOT, APPROVE)
    play.now += DAY
    WAYS[how](play)
    play.run()
    play.labels(MIABOT, APPROVE)
    play.run()
    assert play.state == "triaged"
    assert unheard(play.case())
    play.labels(MFT, HEARD)
    play.labels(MIABOT, APPROVE)
    play.run()
    assert play.state == "closed"


def test_talk_is_answered_once_to_both() -> None:
    """Administrators read what to do, the reporter that they are waited for; more talk adds nothing."""
    play = resolution()
    play.says(RIYA, NO)
    (decision,) = play.run()
    assert decision.says == ("reporter/you_are_heard", "administrators/reporter_spoke")
    assert not decision.record.refused
    play.says(RIYA, "Did you read that?")
    assert play.run() == []


def test_talk_while_nothing_waits_is_talk() -> None:
    """Before a draft, and before there is a resolution, no receipt answers ordinary talk."""
    play = played_to("triaged", definition_=drafting("anybody"))
    play.says(RIYA, NO)
    assert play.run() == []


@pytest.mark.parametrize("by", [STRANGER, MFT, None])
def test_nobody_elses_talk_holds_anything(by: Actor | None) -> None:
    """An administrator, a stranger and an account that is gone talk as before."""
    play = resolution()
    play.says(by, NO)
    assert play.run() == []
    assert not unheard(play.case())


@pytest.mark.parametrize("said", BARE)
def test_a_bare_command_says_all_that_it_does(said: str) -> None:
    """Help, a yes, and a consent are drawn their consequences of, so nobody has to read them."""
    play = posting()
    play.says(RIYA, said)
    play.run()
    assert not unheard(play.case())


def test_a_deletion_takes_nothing_back() -> None:
    """What a receipt says that the reporter said holds, though somebody deletes it."""
    play = resolution()
    said = play.says(RIYA, NO)
    play.run()
    play.deletes(MFT, said)
    play.labels(MIABOT, APPROVE)
    play.run()
    assert play.state == "triaged"


def test_a_new_draft_is_held_by_what_was_not_heard() -> None:
    """Writing the words anew gets nobody round what the reporter said."""
    play = resolution()
    play.says(RIYA, NO)
    play.run()
    play.says(MFT, "/resolve We talked again.")
    play.labels(MIABOT, APPROVE)
    play.run()
    assert play.state == "triaged"


def test_a_hearing_covers_what_was_said_up_to_then_and_no_more() -> None:
    """What is said after it holds again."""
    play = resolution()
    play.says(RIYA, NO)
    play.run()
    play.labels(MFT, HEARD, play.now + DAY)
    play.run()
    assert not unheard(play.case())
    play.says(RIYA, "I meant it.", play.now + DAY)
    play.run()
    play.labels(MIABOT, APPROVE)
    play.run()
    assert play.state == "triaged"
    assert unheard(play.case())


@pytest.mark.parametrize("by", [RIYA, STRANGER])
def test_only_somebody_with_a_say_hears(by: Actor) -> None:
    """The label of anybody else is refused, and nothing goes on."""
    play = resolution()
    play.says(RIYA, NO)
    play.run()
    play.labels(by, HEARD)
    play.refusal()
    assert unheard(play.case())


def test_there_is_nothing_to_hear_where_nobody_spoke() -> None:
    """The label is refused then, as it is once they were heard."""
    play = resolution()
    play.labels(MFT, HEARD)
    play.run()
    play.labels(MFT, HEARD)
    reason, _, _ = play.refusal()
    assert reason.startswith("They have written nothing that waits for an answer.")


def test_an_approval_says_what_it_waits_for() -> None:
    """Whoever approves over it reads which label comes first."""
    play = resolution()
    play.says(RIYA, NO)
    play.run()
    play.labels(MIABOT, APPROVE)
    reason, _, _ = play.refusal()
    assert f"put on the label `{HEARD}`" in reason


@pytest.mark.parametrize("share", ["none", "parties", "community"])
def test_the_reporters_silence_is_a_yes_only_where_they_gave_that_themself(share: str) -> None:
    """Of what was public, others' silence counts after three days; the reporter is waited for."""
    play = posting(share)
    play.labels(MIABOT, APPROVE)
    play.run(6 + 3 * 24)
    assert waits(play) is (share != "community")
    assert silent(play.case()) == (() if share == "community" else ("reporter",))
    if share != "community":
        play.says(RIYA, "/consent yes")
        play.run()
        assert not waits(play)


def test_silence_to_a_consent_that_was_recorded_is_no_yes() -> None:
    """What an administrator recorded, and nobody contradicted, lets drafts be made, and no silence count."""
    play = played_to("triaged", community_=community(rules_channel="#rules"))
    play.says(MFT, "/consent community\n> You may.")
    play.run(5 + 24)
    assert consent(play.case()).level == "community"
    assert not silence_is_consent(play.case())
    play.says(MFT, POST)
    play.labels(MIABOT, APPROVE, 30)
    play.run(30 + 4 * 24)
    assert silent(play.case()) == ("reporter",)
    assert waits(play)


def test_a_process_without_the_label_holds_nothing_up() -> None:
    """An older process file, in which nobody could say that they heard, goes on as it did."""
    shipped = drafting("anybody")
    moves = tuple(move for move in shipped.process.moves if move.name != "hear")
    older = msgspec.structs.replace(shipped, process=msgspec.structs.replace(shipped.process, moves=moves))
    play = drafted("anybody")
    play.definition = older
    play.says(RIYA, NO)
    play.run()
    assert held_since(play.case()) is None
    assert label(play.case()) == ""
    play.labels(MIABOT, APPROVE)
    play.run()
    assert play.state == "resolved"


def test_the_reporters_letter_holds_too() -> None:
    """Of a reporter who isn't here, a letter from their address, or from nobody's, is what they say."""
    play = resolution()
    play.mails(NO, reporter=True, verified=False)
    (decision,) = play.run()
    assert "administrators/reporter_spoke" in decision.says
    assert "reporter/you_are_heard" not in decision.says
    assert unheard(play.case())


@pytest.mark.parametrize("fields", [{"automatic": True, "reporter": True}, {"reporter": False}])
def test_an_automatic_answer_and_others_letters_hold_nothing(fields: dict[str, bool]) -> None:
    """Nobody has said anything by them."""
    play = resolution()
    play.mails("I am away until Monday.", **fields)
    play.run()
    assert not unheard(play.case())


def test_the_label_stands_in_the_shipped_process() -> None:
    """It is one that an administrator puts on."""
    (move,) = [move for move in definition().process.moves if "heard" in move.records]
    assert [name for name, _ in move.quick_labels] == [HEARD]
    assert move.by == ("administrator",)


# --- what anybody wrote, and nobody has answered --------------------------------------------------------

BY_MAIL = body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org")
SAYS = "I am afraid to come."


def waiting(play: Play) -> list[str]:
    """Return the keys of those who wait for an answer."""
    return list(unanswered(play.case()))


def told(play: Play, how: Speak) -> Play:
    """Let an hour pass, and an administrator do something after it."""
    play.now += HOUR
    how(play)
    play.run()
    return play


ANSWERS: dict[str, Speak] = {
    "an estimate": lambda play: play.says(MFT, "/estimate 2 days"),
    "words": lambda play: play.sends(MFT, "/say reporter We look after you."),
    "a question": lambda play: play.sends(MFT, "/ask reporter Who was it?"),
    "a resolution": lambda play: play.sends(MFT, "/resolve We talked."),
    "a comment": lambda play: play.says(MIABOT, "We look after you."),
    "the label": lambda play: play.labels(MFT, HEARD),
    "the command": lambda play: play.says(MFT, "/heard reporter"),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_the_reporter_waits_for_an_answer_until_there_is_one(how: str) -> None:
    """Whatever an administrator tells them is one, and so is their word that it needs none."""
    play = played_to("triaged")
    play.says(RIYA, SAYS)
    play.run()
    assert waiting(play) == ["reporter"]
    (note,) = ACTS.notes(play.case())
    assert note.startswith(
        "The reporter has written, and has had no answer since Monday, 5 January 2026, 14:00"
    )
    assert waiting(told(play, ANSWERS[how])) == []


NO_ANSWERS: dict[str, Speak] = {
    "nothing": lambda play: None,
    "a draft": lambda play: play.says(MFT, "/say reporter We look after you."),
    "words to somebody else": lambda play: play.sends(MFT, "/say Robin Please wait."),
    "help": lambda play: play.says(MFT, "/help"),
    "a stranger's comment": lambda play: play.says(STRANGER, "Hello."),
    "a party": lambda play: play.says(MFT, "/party Kim"),
    "their own further words": lambda play: play.says(RIYA, "Please."),
}


@pytest.mark.parametrize("how", NO_ANSWERS)
def test_nothing_else_answers_the_reporter(how: str) -> None:
    """What others are told, or is merely drafted, leaves them waiting since they wrote first."""
    play = played_to("triaged", parties=(ROBIN,))
    play.says(RIYA, SAYS)
    at = play.now
    told(play, NO_ANSWERS[how])
    assert waiting(play) == ["reporter"]
    assert unanswered(play.case())["reporter"][0].at == at


@pytest.mark.parametrize(
    ("text", "waits_"),
    [
        (SAYS, True),
        ("/witdraw I am afraid.", True),
        ("/help I am afraid.", True),
        ("/consent none I am afraid.", True),
        ("/resolve Please stop.", True),
        ("/help", False),
        ("/consent parties", False),
        ("/answer 2 Somebody else.", False),
        ("  \n", False),
    ],
)
def test_whatever_words_they_used(text: str, waits_: bool) -> None:
    """A command that was refused says something still; one that was granted is dealt with."""
    play = played_to("triaged")
    play.says(RIYA, text)
    play.run()
    assert bool(waiting(play)) is waits_


def test_letters_of_everybody_in_the_case_wait_for_an_answer() -> None:
    """Each until something is told to that person; a comment tells nothing to who isn't there."""
    play = played_to("triaged", parties=(ROBIN,), by=MFT, text=BY_MAIL)
    play.mails("When?", person="reporter")
    play.mails("I am sorry.", person="p1", verified=False)
    play.run()
    assert waiting(play) == ["reporter", "p1"]
    assert "Robin Example has written (it isn't sure that it was them)" in ACTS.notes(play.case())[1]
    assert waiting(told(play, lambda play: play.says(MIABOT, "Let us talk."))) == ["reporter", "p1"]
    assert waiting(told(play, lambda play: play.sends(MFT, "/say reporter Soon."))) == ["p1"]
    assert waiting(told(play, lambda play: play.says(MFT, "/heard Robin"))) == []


def test_whoever_filed_for_somebody_waits_for_themself() -> None:
    """What they write isn't the reporter's; what the reporter is told answers nothing of it."""
    play = played_to("reported", by=STRANGER, text=BY_MAIL)
    play.says(STRANGER, "Any news?")
    play.run()
    assert waiting(play) == ["filer"]
    assert ACTS.notes(play.case())[-1].endswith("If it needs none: `/heard filer`.")
    assert waiting(told(play, lambda play: play.says(MFT, "/estimate 2 days"))) == ["filer"]
    assert waiting(told(play, lambda play: play.says(MFT, "/heard filer"))) == []


@pytest.mark.parametrize("fields", [{"automatic": True}, {"part": 1, "parts": 2}, {"returned": ("1.0",)}])
def test_what_nobody_said_waits_for_nothing(fields: dict[str, Any]) -> None:
    """An absence, a part of a letter, a mail that came back."""
    play = played_to("triaged", parties=(ROBIN,), by=MFT, text=BY_MAIL)
    play.mails("Away.", person="p1", **fields)
    play.run()
    assert waiting(play) == []


def test_who_was_heard_and_writes_again_waits_again() -> None:
    """What they were told covers what they wrote up to then."""
    play = played_to("triaged", parties=(ROBIN,))
    play.mails("I am sorry.", person="p1")
    play.run()
    told(play, lambda play: play.says(MFT, "/heard Robin"))
    play.now += HOUR
    play.mails("And when?", person="p1")
    play.run()
    assert waiting(play) == ["p1"]


def test_a_checkpoint_keeps_who_was_heard() -> None:
    """A case that goes on after a broken receipt asks for no second hearing."""
    play = played_to("triaged", parties=(ROBIN,))
    play.mails("I am sorry.", person="p1")
    play.run()
    told(play, lambda play: play.says(MFT, "/heard Robin\n> I am sorry."))
    play.now += HOUR
    play.edits(play.receipt_ids()[0], STRANGER, "Nothing.")
    play.says(MIABOT, "/recover Somebody edited it.")
    play.run()
    assert waiting(play) == []


def test_nobody_is_heard_who_is_nobody() -> None:
    """The command says who it can be."""
    play = played_to("triaged", parties=(ROBIN,))
    play.says(MFT, "/heard Kim")
    reason, _, _ = play.refusal()
    assert reason == "Begin with the name of whom you mean. It can be reporter, Robin Example."


ACCEPTED: list[tuple[str, Said]] = [
    ("/heard Robin", Heard("Robin")),
    ("/heard reporter\n> I am sorry.", Heard("reporter", "I am sorry.")),
    ("/heard Robin skipped: They would know.", Heard("Robin", skipped="They would know.")),
    ("/heard Robin Example, skipped\nThey would know.", Heard("Robin Example", skipped="They would know.")),
]

REFUSED = [
    ("/heard", "Say who was heard."),
    ("/heard Robin skipped", "Say why nobody hears them first."),
    ("/heard Robin skipped:\n> They would know.", "Say why nobody hears them first."),
]


def test_nobody_is_skipped_where_nothing_waits_for_them() -> None:
    """On a suspension's page nothing would follow from it, and the decision would wait all the same."""
    play = suspension_played_to("active")
    play.says(MIABOT, "/heard Sam Poe skipped: He would destroy it.")
    assert "It is decided on the incident: say it there." in play.refusal()[0]
