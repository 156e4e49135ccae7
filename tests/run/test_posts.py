"""Posting to a channel: drafted, asked about word for word, approved by another, and only then sent.

No module's twin: a post goes through all of a run. Its grammar and guard are in `core/acts/test_post.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from cocflow.core.case.draft import Draft, DraftAnswered
from cocflow.core.case.facts import Actor
from cocflow.core.case.progress import Record
from tests.core.play import MFT, MIABOT, RIYA, ROSTER, STRANGER, body
from tests.scene import PUBLIC, ROBIN, SAM, SHARES, Scene

TEXT = "A joke about how somebody speaks was taken down last week."
POST = f"/post rules\n{TEXT}"
APPROVED = "approve"
SILENCE = timedelta(days=3)


def scene(share: str = "community", *parties: str, public: bool = False, **fields: Any) -> Scene:
    """Return an acknowledged incident about which something may be posted, by consent or as it was public."""
    answers: dict[str, str | None] = {"share": SHARES[share], "where": PUBLIC if public else None}
    made = Scene(answers=answers, **fields)
    made.acknowledged(*parties)
    return made


def draft(made: Scene) -> Any:
    """Return the present draft."""
    return made.case().progress.newest(Draft)


def posted(made: Scene) -> list[str]:
    """Return what went to the community."""
    return made.texts("community")


def last(made: Scene) -> Record:
    """Return the record of the newest receipt."""
    return made.tracker.records(1)[-1]


# --- the draft ---------------------------------------------------------------------------------------


def test_a_post_is_first_a_draft() -> None:
    """Nothing goes out; everyone concerned is asked about exactly that text, and told until when."""
    made = scene("community", ROBIN)
    made.says(MFT, f"/suspend Insults\n{SAM}")
    made.says(MFT, POST)
    assert posted(made) == []
    (party,) = made.texts("p1")
    (suspended,) = made.texts("s1")
    reporter = made.newest()
    for question in (party, suspended, reporter):
        assert f"> {TEXT}" in question
        assert "Thursday, 8 January 2026" in question
    assert "`/consent yes` or `/consent no`" in reporter


def test_a_reporter_who_is_not_here_is_asked_by_message() -> None:
    """Where an administrator filed for them, the question reaches the reporter by their own channel."""
    answers: dict[str, str | None] = {
        "learned": "I file for someone else",
        "reporter": "Riya Sen, riya@example.org",
        "share": SHARES["community"],
    }
    made = Scene(by=MFT, answers=answers)
    made.acknowledged()
    made.passes(timedelta(days=1))
    made.says(MFT, POST)
    assert f"> {TEXT}" in made.texts("reporter")[-1]
    assert "Answer this message, with `/consent yes`" in made.texts("reporter")[-1]


@pytest.mark.parametrize("channel", ["rules", "#rules", "Rules"])
def test_the_rules_channel_is_named_either_way(channel: str) -> None:
    """It goes by `rules`, and by its own name."""
    made = scene()
    made.says(MFT, f"/post {channel}\n{TEXT}")
    assert draft(made) is not None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (f"/post #general\n{TEXT}", "I post to the rules channel only"),
        ("/post rules", "The text is missing"),
        ("/post", "A channel is missing"),
        (f"/post rules\n{'x' * 3001}", "at most 3000 characters"),
    ],
)
def test_what_can_not_be_posted_is_no_draft(said: str, reason: str) -> None:
    """Another channel, no text, too much text: refused, and nobody is asked."""
    made = scene("community", ROBIN)
    made.says(MFT, said)
    assert reason in made.newest()
    assert draft(made) is None
    assert made.texts("p1") == []


@pytest.mark.parametrize("by", [RIYA, STRANGER])
def test_only_administrators_draft(by: Actor) -> None:
    """A reporter and a stranger ask in vain."""
    made = scene()
    made.says(by, POST)
    assert last(made).refused
    assert draft(made) is None


@pytest.mark.parametrize("share", ["none", "parties", "parties by name"])
def test_outside_a_public_channel_the_reporters_consent_for_the_community_is_needed(share: str) -> None:
    """Without it there is no draft, and the receipt says how to ask; with it there is."""
    made = scene(share)
    made.says(MFT, POST)
    assert "hasn't agreed to the community being told" in made.newest()
    assert "`/consent community`" in made.newest()
    assert draft(made) is None
    made.says(RIYA, "/consent community")
    made.says(MFT, POST)
    assert draft(made) is not None


def test_in_a_public_channel_those_involved_are_asked_without_that_consent() -> None:
    """What happened before everyone's eyes may be drafted with no consent; the asking is the same."""
    made = scene("none", ROBIN, public=True)
    made.says(MFT, POST)
    assert draft(made) is not None
    assert f"> {TEXT}" in made.texts("p1")[0]


# --- the answers -------------------------------------------------------------------------------------


def answers(made: Scene) -> dict[str, bool]:
    """Return who has said what to the present draft."""
    found: dict[str, bool] = draft(made).answers
    return found


def test_answers_are_recorded_from_the_reporter_and_by_administrators_for_others() -> None:
    """The reporter answers here; what others say an administrator records by their name, with their words."""
    made = scene("community", ROBIN)
    made.says(MFT, f"/suspend Insults\n{SAM}")
    made.says(MFT, POST)
    made.says(RIYA, "/consent yes")
    made.says(MFT, "/consent Robin Example no, I'd rather not.")
    made.says(MIABOT, "/consent Sam Poe yes")
    assert answers(made) == {"reporter": True, "p1": False, "s1": True}
    (recorded,) = [
        change
        for record in made.tracker.records(1)
        for change in record.changes
        if isinstance(change, DraftAnswered) and change.to == "p1"
    ]
    assert recorded.words.fact in {one.id for one in made.tracker.threads[1].comments()}


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (MFT, "/consent yes"),
        (MFT, "/consent Nobody Known yes"),
        (RIYA, "/consent Robin Example yes"),
        (STRANGER, "/consent yes"),
    ],
)
def test_nobody_answers_for_whom_they_do_not_stand(by: Actor, said: str) -> None:
    """Not an administrator for themselves, not the reporter for a party, not for a stranger to the case."""
    made = scene("community", ROBIN)
    made.says(MFT, POST)
    made.says(by, said)
    assert last(made).refused
    assert answers(made) == {}


def test_an_answer_needs_a_draft() -> None:
    """A yes to nothing is refused, so that it can't be taken for a yes to what comes later."""
    made = scene()
    made.says(RIYA, "/consent yes")
    assert last(made).refused
    made.says(MFT, POST)
    assert answers(made) == {}


def test_a_changed_text_voids_the_answers() -> None:
    """A new draft is asked about anew, and neither answers nor approval are carried over."""
    made = scene("community", ROBIN)
    made.says(MFT, POST)
    made.says(RIYA, "/consent yes")
    made.says(MFT, "/consent Robin Example yes")
    made.says(MFT, f"{POST} Twice.")
    assert answers(made) == {}
    assert made.texts("p1")[-1] != made.texts("p1")[0]
    assert "Twice." in made.texts("p1")[-1]
    made.labels(MIABOT, APPROVED)
    assert posted(made) == [], "the earlier answers don't count"


def test_the_reporters_no_stops_it() -> None:
    """There is no draft any more, nothing can be approved, and time changes nothing."""
    made = scene("community", ROBIN)
    made.says(MFT, POST)
    made.says(RIYA, "/consent no")
    assert draft(made) is None
    made.labels(MIABOT, APPROVED)
    assert "There is no draft to approve" in made.newest()
    made.passes(SILENCE)
    assert posted(made) == []


def test_the_reporters_no_stops_an_approved_one_too() -> None:
    """It is never too late for the reporter while the text hasn't gone out."""
    made = scene("community", ROBIN)
    made.says(MFT, POST)
    made.labels(MIABOT, APPROVED)
    made.says(MFT, "/consent reporter no, they said")
    made.passes(SILENCE)
    assert posted(made) == []


def test_the_no_of_others_is_shown_and_does_not_stop_it() -> None:
    """Who approves reads who is against it, and decides."""
    made = scene("community", ROBIN)
    made.says(MFT, POST)
    made.says(RIYA, "/consent yes")
    made.says(MFT, "/consent Robin Example no")
    assert "Against it: Robin Example." in made.newest()
    assert "Against it: Robin Example." in made.tracker.card(1)
    made.labels(MIABOT, APPROVED)
    assert "Against it: Robin Example." in "".join(made.tracker.by_bot(1)[-2:])
    assert posted(made) == [TEXT]


@pytest.mark.parametrize(
    ("periods", "after"),
    [({}, SILENCE), ({"post.silence": timedelta(hours=12)}, timedelta(hours=12))],
)
def test_silence_counts_as_asked_after_the_configured_time(
    periods: dict[str, timedelta], after: timedelta
) -> None:
    """Not a minute before; then a text approved earlier goes out by itself."""
    made = scene("community", ROBIN, waiting_periods=periods)
    made.says(MFT, POST)
    made.labels(MIABOT, APPROVED)
    made.passes(after - timedelta(minutes=1))
    assert posted(made) == []
    made.passes(timedelta(minutes=1))
    assert posted(made) == [TEXT]


def test_silence_may_never_count() -> None:
    """A community that sets the time to `never` waits for everybody's word."""
    made = scene("community", ROBIN, waiting_periods={"post.silence": None})
    made.says(MFT, POST)
    made.labels(MIABOT, APPROVED)
    made.passes(timedelta(days=300))
    assert posted(made) == []
    made.says(RIYA, "/consent yes")
    made.says(MFT, "/consent Robin Example yes")
    assert posted(made) == [TEXT]


def test_the_silence_of_one_draft_is_not_that_of_the_next() -> None:
    """A new text gives everybody the whole time again."""
    made = scene("community", ROBIN)
    made.says(MFT, POST)
    made.passes(SILENCE)
    made.says(MFT, f"{POST} Twice.")
    made.labels(MIABOT, APPROVED)
    assert posted(made) == []
    made.passes(SILENCE)
    assert posted(made) == [f"{TEXT} Twice."]


# --- the approval, and the posting -------------------------------------------------------------------


def asked(**fields: Any) -> Scene:
    """Return a scene with a draft by MFT about which everybody has said yes."""
    made = scene("community", **fields)
    made.says(MFT, POST)
    made.says(RIYA, "/consent yes")
    return made


def test_another_administrator_approves_and_then_it_goes_out() -> None:
    """Who drafted can't approve, another can; the text goes out word for word, once, and nameless."""
    made = asked()
    assert posted(made) == []
    made.labels(MFT, APPROVED)
    assert "You drafted it, so somebody else approves it: Mia, thclpr." in made.newest()
    assert posted(made) == []
    made.labels(MIABOT, APPROVED)
    assert posted(made) == [TEXT]
    (message,) = [one for one in made.post.messages if one.to.key == "community"]
    assert (message.to.slack, message.subject) == ("C0RULES01", "From the administrators")
    assert draft(made) is None
    assert APPROVED not in made.tracker.threads[1].labels
    made.run()
    assert posted(made) == [TEXT]


@pytest.mark.parametrize("by", [RIYA, STRANGER])
def test_nobody_else_approves(by: Actor) -> None:
    """The label of a reporter or a stranger is put back, and nothing goes out."""
    made = asked()
    made.labels(by, APPROVED)
    assert posted(made) == []
    assert APPROVED not in made.tracker.threads[1].labels


def test_a_sole_administrator_needs_no_other() -> None:
    """Where nobody else is eligible, the asking is enough."""
    made = asked(roster=ROSTER[:1])
    assert posted(made) == [TEXT]


def test_administrators_in_the_case_are_no_others() -> None:
    """Of two administrators one leaves the case, so the other needs no approval, and hers doesn't count."""
    made = scene("community", "Mia, miabot", roster=(ROSTER[0], ROSTER[1]))
    made.says(MIABOT, "/recuse")
    made.says(MFT, POST)
    made.labels(MIABOT, APPROVED)
    assert posted(made) == []
    made.passes(SILENCE)
    assert posted(made) == [TEXT]


def test_without_a_slack_channel_it_is_posted_by_hand() -> None:
    """The text stands ready to copy, is owed until `/told community`, and keeps the incident from view."""
    made = asked(rules_slack_channel="")
    made.labels(MIABOT, APPROVED)
    assert posted(made) == []
    assert f"```\n{TEXT}\n```" in made.newest()
    made.says(MFT, "/told community in #rules, this morning")
    assert "Everyone has been told" in made.newest()


@pytest.mark.parametrize("approved_first", [True, False])
def test_an_edited_draft_is_not_posted(approved_first: bool) -> None:
    """A comment that was changed after people were asked is not what they were asked about."""
    made = scene("community", ROBIN)
    made.says(MFT, POST)
    (said,) = [one.id for one in made.tracker.threads[1].comments() if one.body.startswith("/post")]
    if approved_first:
        made.labels(MIABOT, APPROVED)
    made.tracker.edits(MFT, 1, said, f"{POST} And it was Robin.")
    if not approved_first:
        made.labels(MIABOT, APPROVED)
    made.passes(SILENCE)
    assert posted(made) == []


def test_an_edit_while_the_channel_fails_is_not_posted_either() -> None:
    """Between the decision and the delivery the text is compared once more."""
    made = asked()
    made.post.failing = {"community"}
    made.labels(MIABOT, APPROVED)
    (said,) = [one.id for one in made.tracker.threads[1].comments() if one.body.startswith("/post")]
    made.tracker.edits(MFT, 1, said, f"{POST} And it was Robin.")
    made.post.failing = set()
    made.passes(timedelta(hours=1))
    assert posted(made) == []


def test_consent_taken_back_stops_a_draft_for_good() -> None:
    """With the community's consent goes the draft; the consent given again doesn't bring it back."""
    made = asked()
    made.says(RIYA, "/consent parties", "/consent community")
    made.labels(MIABOT, APPROVED)
    made.passes(SILENCE)
    assert posted(made) == []


def test_consent_taken_back_stops_what_was_decided_but_not_sent() -> None:
    """A post that waits for its channel doesn't go out, and nobody is asked to post it by hand."""
    made = asked()
    made.post.failing = {"community"}
    made.labels(MIABOT, APPROVED)
    made.says(RIYA, "/consent none")
    made.post.failing = set()
    made.passes(timedelta(days=1))
    assert posted(made) == []
    assert "the community" not in made.tracker.card(1)


@pytest.mark.parametrize("failing", [False, True])
def test_nobody_is_asked_about_a_text_that_may_not_be_posted_any_more(failing: bool) -> None:
    """Taken back in the same minute, or while mail fails: it is asked of nobody, and owed to nobody."""
    made = scene("community", ROBIN)
    if failing:
        made.post.failing = {"p1"}
        made.says(MFT, POST)
        made.tracker.says(RIYA, 1, "/consent none")
    else:
        made.tracker.says(MFT, 1, POST)
        made.tracker.says(RIYA, 1, "/consent none")
    made.run()
    made.post.failing = set()
    made.passes(timedelta(days=1))
    assert made.texts("p1") == []
    assert not made.case().progress.owed()


def test_nobody_is_asked_about_a_text_that_another_replaced() -> None:
    """A question that hasn't arrived yet is moot once there is another draft, of whatever."""
    made = scene("community", ROBIN)
    made.post.failing = {"p1"}
    made.says(MFT, POST, "/resolve We talked.")
    made.post.failing = set()
    made.passes(timedelta(days=1))
    assert made.texts("p1") == []


def test_where_it_happened_decides_whom_a_question_still_reaches() -> None:
    """A question on its way isn't sent once the reporter says that it wasn't public."""
    made = scene("none", ROBIN, public=True)
    made.post.failing = {"p1"}
    made.says(MFT, POST)
    made.tracker.edits_body(RIYA, 1, body(share=SHARES["none"]))
    made.post.failing = set()
    made.passes(timedelta(days=1))
    assert made.texts("p1") == []


def test_in_a_public_channel_consent_taken_back_leaves_the_draft() -> None:
    """Where that consent wasn't needed, the reporter stops a text by saying no to it."""
    made = scene("community", public=True)
    made.says(MFT, POST)
    made.says(RIYA, "/consent none")
    assert draft(made) is not None
    made.says(RIYA, "/consent no")
    assert draft(made) is None


def test_where_it_happened_is_asked_again_before_it_goes_out() -> None:
    """A report whose answer no longer says that it was public posts nothing without consent."""
    made = scene("none", public=True)
    made.says(MFT, POST)
    made.post.failing = {"community"}
    made.says(RIYA, "/consent yes")
    made.labels(MIABOT, APPROVED)
    body = made.tracker.threads[1].body.replace(PUBLIC, "Elsewhere, such as a direct message")
    made.tracker.edits_body(RIYA, 1, body)
    made.post.failing = set()
    made.passes(timedelta(hours=1))
    assert posted(made) == []


def test_a_waiting_draft_stands_on_the_card() -> None:
    """A tired administrator sees at the top whose answer is missing, until when, and who may approve."""
    made = scene("community", ROBIN)
    made.says(MFT, POST)
    card = made.tracker.card(1)
    assert "A text waits to be posted in #rules." in card
    assert "Nothing heard yet from the reporter and Robin Example" in card
    assert "To approve, with the label `approve`: Mia or thclpr." in card
    made.says(RIYA, "/consent no")
    assert "waits to be posted" not in made.tracker.card(1)


# --- owed until delivered ----------------------------------------------------------------------------


def untold() -> Scene:
    """Return a resolved incident whose party's channel fails."""
    made = Scene(answers={"share": SHARES["parties"]})
    made.acknowledged(ROBIN)
    made.post.failing = {"p1"}
    made.sends(MFT, "/resolve We talked.\nTo parties: Be kind.")
    return made


def test_pauses_between_tries_grow_up_to_half_a_day() -> None:
    """A quarter of an hour, then twice as long each time: not one try more than that, and none less."""
    made = untold()
    begun = made.tracker.now
    tries: list[datetime] = []
    before = made.post.attempts
    while len(tries) < 9:
        made.passes(timedelta(minutes=5))
        if made.post.attempts > before:
            tries.append(made.tracker.now)
            before = made.post.attempts
    pauses = [round((b - a) / timedelta(minutes=15)) for a, b in zip([begun, *tries], tries, strict=False)]
    assert pauses == [1, 2, 4, 8, 16, 32, 48, 48, 48]
    made.post.failing = set()
    made.passes(timedelta(hours=12))
    assert "Be kind" in made.texts("p1")[0]
    assert made.case().progress.state == "closed"


def test_after_a_day_of_failures_a_label_says_so() -> None:
    """Not before: a server may be down for a night. Once it is delivered, the label goes."""
    made = untold()
    for _ in range(23):
        made.passes(timedelta(hours=1))
    assert made.shown() == {"consent: parties"}
    for _ in range(13):
        made.passes(timedelta(hours=1))
    assert made.shown() == {"consent: parties", "notice: undelivered"}
    assert made.tracker.threads[1].is_open
    made.post.failing = set()
    made.passes(timedelta(hours=12))
    assert made.shown() == {"consent: parties"}


def test_what_is_refused_for_good_is_told_by_hand_at_once() -> None:
    """The text stands on the card, the label is on, nothing is tried again, `/told` ends it."""
    made = Scene(answers={"share": SHARES["parties"]})
    made.acknowledged(ROBIN)
    made.post.refusing = {"p1"}
    made.sends(MFT, "/resolve We talked.\nTo parties: Be kind.")
    assert made.shown() == {"consent: parties", "notice: undelivered"}
    assert "To be told by hand: Robin Example." in made.tracker.card(1)
    assert "> Be kind." in made.tracker.card(1)
    before = made.post.attempts
    for _ in range(5):
        made.passes(timedelta(days=1))
    assert made.post.attempts == before
    assert made.case().progress.state == "resolved"
    made.says(MFT, "/told Robin Example by phone")
    assert made.case().progress.state == "closed"
    assert made.shown() == {"consent: parties"}
    assert "told by hand" not in made.tracker.card(1)


def test_a_text_on_the_card_follows_the_consent() -> None:
    """What waits there to be copied is what may be told now."""
    made = Scene(answers={"share": SHARES["parties"]})
    made.acknowledged(ROBIN)
    made.post.refusing = {"p1"}
    made.sends(MFT, "/resolve We talked.\nTo parties: Be kind.")
    made.says(RIYA, "/consent none")
    assert "Be kind" not in made.tracker.card(1)
    assert "To be told by hand: Robin Example." in made.tracker.card(1)
