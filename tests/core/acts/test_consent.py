"""Consent: none until it is given, taken back at any time; moves never wait for it, words do."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.consent import Consent, consent, is_public, may_tell_community
from cocflow.core.acts.report import FormRead
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from cocflow.core.case.progress import Record
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.run.issue import enforce
from tests.core.play import (
    APPROVE,
    FOR_ANOTHER,
    MFT,
    MIABOT,
    RIYA,
    ROSTER,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    definition,
    played_to,
)
from tests.scene import PUBLIC, ROBIN, SAM, SHARES, Scene

QUOTE = "\n> You may, I said on the phone."
STATES = ("incomplete", "reported", "acknowledged", "triaged", "resolved", "closed", "withdrawn", "dismissed")
WORDS = "We talked about Zebra.\nTo reporter: Thank you, Zebra.\nTo parties: Please be kind, Zebra."

ACCEPTED: list[tuple[str, Said]] = [
    ("/consent none", Consent(level="none")),
    ("/consent Parties By Name", Consent(level="parties", named=True)),
    ("/consent community\n> You may.", Consent(level="community", quote="You may.")),
    ("/consent yes", Consent(yes=True)),
    ("/consent No, I'd rather not.", Consent(words="I'd rather not.")),
    (
        "/consent Robin Example: yes\n> All right.",
        Consent(name="Robin Example", yes=True, words="> All right.", quote="All right."),
    ),
    ("/consent @riya no", Consent(name="riya")),
]

REFUSED = [
    ("/consent", "Say what may be shared"),
    ("/consent maybe", "Say what may be shared"),
    ("/consent parties please", "After the level comes `by name`"),
    ("/consent yes\n/consent no", "One command a comment"),
]


def level(play: Play) -> tuple[str, bool]:
    """Return what may be shared now, and whether by name."""
    given = consent(play.case())
    return given.level, given.named


def answered(play: Play, by: Actor, said: str) -> Record:
    """Let somebody comment, and return the record of the answer."""
    play.says(by, said)
    (decision, *_) = play.run()
    return decision.record


# --- how it is given ---------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [None, SHARES["none"], "Whatever you like", "community"])
def test_nothing_may_be_shared_until_the_reporter_says_so(share: str | None) -> None:
    """No choice, the first choice, and one that the form doesn't know are all no consent."""
    said = body() if share is None else body(share=SHARES["parties"]).replace(SHARES["parties"], share)
    play = Play(text=said)
    play.run()
    assert level(play) == ("none", False)


@pytest.mark.parametrize("choice", ["parties", "parties by name", "community", "community by name"])
def test_the_form_gives_consent(choice: str) -> None:
    """Each of the form's further choices is a level, with or without the name."""
    play = Play(text=body(share=SHARES[choice]))
    play.run()
    assert level(play) == (choice.partition(" ")[0], "name" in choice)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("said", ["parties", "community by name", "none"])
def test_the_reporter_says_it_by_a_command_at_any_time(state: str, said: str) -> None:
    """In every state, also after the end, the reporter's own word is enough, and moves nothing."""
    play = played_to(state)
    assert not answered(play, RIYA, f"/consent {said}").refused
    assert level(play) == (said.partition(" ")[0], "name" in said)
    assert play.state == state


@pytest.mark.parametrize("said", ["parties", "community", "none"])
def test_an_administrator_records_it_with_the_reporters_words_only(said: str) -> None:
    """Without a quotation it is refused, for consent is the reporter's alone; with one it counts."""
    play = played_to("reported")
    refused = answered(play, MFT, f"/consent {said}")
    assert refused.refused
    assert level(play) == ("none", False)
    assert not answered(play, MFT, f"/consent {said}{QUOTE}").refused
    play.run(30)
    assert level(play)[0] == said


@pytest.mark.parametrize("by", [STRANGER, THCLPR])
def test_nobody_else_gives_it(by: Actor) -> None:
    """A stranger and a party, be it an administrator, change nothing, quoting or not."""
    play = played_to("reported", parties=("thclpr",))
    assert answered(play, by, f"/consent community{QUOTE}").refused
    assert level(play) == ("none", False)


def test_it_is_taken_back_as_easily_as_it_is_given() -> None:
    """The last word counts, by command or by the form, and each way down is as open as the way up."""
    play = Play(text=body(share=SHARES["community by name"]))
    play.run()
    answered(play, RIYA, "/consent parties")
    assert level(play) == ("parties", False)
    answered(play, RIYA, "/consent none")
    assert level(play) == ("none", False)
    play.edits_body(RIYA, body(share=SHARES["parties"]), 5)
    play.run()
    assert level(play) == ("parties", False)
    play.edits_body(RIYA, body(), 6)
    play.run()
    assert level(play) == ("none", False)


@pytest.mark.parametrize("how", ["deleted", "edited by somebody else", "edited to what can't be read"])
def test_what_the_reporter_said_counts_while_it_stands(how: str) -> None:
    """Whoever deletes their yes has taken it back; and nobody else can change it. Administrators are told."""
    play = played_to("triaged")
    said = play.says(RIYA, "/consent community by name")
    play.run()
    assert level(play) == ("community", True)
    if how == "deleted":
        play.deletes(RIYA, said)
    else:
        play.edits(said, MFT if "else" in how else RIYA, "/consent everybody by name")
    assert level(play) == ("none", False)
    (told,) = [one for one in play.run() if "words_lost" in str(one.says)]
    assert told.reason is not None
    assert told.reason.startswith("The consent, without which nothing is shared, can't be read any more")
    answered(play, RIYA, "/consent parties")
    assert level(play) == ("parties", False)


@pytest.mark.parametrize("said", ["everybody", "", "parties and community", "parties please", "by name"])
def test_what_is_no_level_gives_nothing(said: str) -> None:
    """An unclear word is no consent: it is refused with the form of the command."""
    play = played_to("reported")
    assert answered(play, RIYA, f"/consent {said}").refused
    assert level(play) == ("none", False)


# --- how it shows ------------------------------------------------------------------------------------


def test_consent_shows_as_labels_that_follow_it() -> None:
    """There is one label for the level and one for the name; a hand that changes them changes nothing."""
    scene = Scene()
    assert scene.shown() == {"consent: none"}
    scene.says(RIYA, "/consent parties by name")
    assert scene.shown() == {"consent: parties", "consent: by name"}
    scene.tracker.unlabels(MFT, 1, "consent: parties")
    scene.labels(MFT, "consent: community")
    scene.says(RIYA, "/consent community")
    assert scene.shown() == {"consent: community"}


def test_a_label_is_no_consent() -> None:
    """Whoever puts a consent label on has shown nothing: the words stay held back, the label goes."""
    scene = Scene()
    scene.acknowledged(ROBIN)
    scene.labels(MFT, "consent: parties")
    scene.sends(MFT, f"/resolve {WORDS}")
    assert scene.shown() == {"consent: none"}
    assert "Zebra" not in scene.texts("p1")[0]


# --- what waits for it -------------------------------------------------------------------------------


def test_without_consent_a_party_learns_the_decision_in_fixed_words() -> None:
    """The move isn't held up: the party is told at once, but none of the administrators' words."""
    scene = Scene()
    scene.acknowledged(ROBIN)
    scene.sends(MFT, f"/resolve {WORDS}")
    assert scene.case().progress.state == "closed"
    (told,) = scene.texts("p1")
    assert "Zebra" not in told
    assert "riya" not in told
    assert "have decided about something that concerns you" in told


def test_the_receipt_says_what_is_held_back_and_how_to_ask() -> None:
    """Administrators read that parties get fixed words, and by which command to record a yes."""
    scene = Scene()
    scene.acknowledged(ROBIN)
    scene.sends(MFT, f"/resolve {WORDS}")
    (receipt,) = [text for text in scene.tracker.by_bot(1) if "Nothing has been sent yet" in text]
    assert "others get a fixed sentence and not your words" in receipt
    assert "`/consent parties`" in receipt


@pytest.mark.parametrize(("said", "named"), [("parties", False), ("parties by name", True)])
def test_with_consent_a_party_reads_the_words_and_the_name_only_if_said(said: str, named: bool) -> None:
    """The parties' own part goes out; the reporter's part never, the name only with `by name`."""
    scene = Scene()
    scene.acknowledged(ROBIN)
    scene.says(RIYA, f"/consent {said}")
    scene.sends(MFT, f"/resolve {WORDS}")
    (told,) = scene.texts("p1")
    assert "Please be kind, Zebra." in told
    assert "Thank you, Zebra." not in told
    assert ("riya" in told) is named
    assert all("fixed sentence" not in text for text in scene.tracker.by_bot(1))


def test_consent_counts_as_it_is_when_the_words_go_out() -> None:
    """Taken back while a notice waits for its channel, it takes the words out of that notice."""
    scene = Scene(answers={"share": SHARES["parties"]})
    scene.acknowledged(ROBIN)
    scene.post.failing = {"p1"}
    scene.sends(MFT, f"/resolve {WORDS}")
    scene.says(RIYA, "/consent none")
    scene.post.failing = set()
    scene.passes(timedelta(minutes=15))
    (told,) = scene.texts("p1")
    assert "Zebra" not in told


def test_what_waits_to_be_told_by_hand_follows_the_consent() -> None:
    """A changed consent gives the administrators the text anew, so that they don't copy the old one."""
    scene = Scene(answers={"share": SHARES["parties"]})
    scene.acknowledged("Kim Example")
    scene.sends(MFT, f"/resolve {WORDS}")
    assert "Please be kind, Zebra." in scene.newest()
    scene.says(RIYA, "/consent none")
    assert "another text now" in scene.newest()
    assert "Zebra" not in scene.newest()
    scene.says(RIYA, "/consent parties")
    assert "Please be kind, Zebra." in scene.newest()
    scene.says(RIYA, "/consent parties")
    assert "another text now" not in scene.newest()


@pytest.mark.parametrize(("share", "told"), [("none", False), ("parties", True)])
def test_a_suspended_person_learns_the_reason_only_with_consent(share: str, told: bool) -> None:
    """They are told at once in any case: since when, and from when they may appeal."""
    scene = Scene(answers={"share": SHARES[share]}, appeals="appeals@example.org")
    scene.says(MFT, f"/suspend Insults, Zebra\n{SAM} until 3 weeks")
    (message,) = scene.texts("suspended")
    assert ("Insults, Zebra" in message) is told
    assert "is suspended since Monday, 5 January 2026" in message
    assert "you may appeal" in message
    receipt = scene.tracker.by_bot(2)[0]
    assert ("not why: the reporter hasn't agreed" in receipt) is not told
    assert ("(#1) with `/consent parties`" in receipt) is not told


@pytest.mark.parametrize(("share", "told"), [("none", False), ("parties", True)])
def test_the_reasons_of_an_upheld_suspension_wait_for_consent(share: str, told: bool) -> None:
    """The answer to an appeal comes either way; its words only with the reporter's yes."""
    scene = Scene(answers={"share": SHARES[share]})
    scene.says(MFT, f"/suspend Insults\n{SAM} until 8 weeks")
    scene.passes(timedelta(days=7))
    scene.says(MFT, "/appeal I was not there.", on=2)
    scene.sends(MIABOT, "/uphold We looked again, Zebra.", on=2)
    answer = scene.texts("suspended")[-1]
    assert "stands" in answer
    assert ("Zebra" in answer) is told
    (receipt,) = [text for text in scene.tracker.by_bot(2) if "Nothing has been sent yet" in text]
    assert ("get a fixed sentence and not your words" in receipt) is not told


@pytest.mark.parametrize("share", list(SHARES))
def test_the_community_is_told_of_an_overturned_suspension_as_an_unnamed_fact(share: str) -> None:
    """Whatever may be shared, nothing but the fact goes out by itself: neither name nor context."""
    scene = Scene(answers={"share": SHARES[share]})
    scene.says(MFT, f"/suspend Insults\n{SAM} until 8 weeks")
    scene.passes(timedelta(days=7))
    scene.says(MFT, "/appeal I was not there.", on=2)
    scene.sends(MIABOT, "/overturn It was somebody else, Zebra.", on=2)
    (message,) = [one for one in scene.post.messages if one.to.key == "community"]
    assert (
        message.text
        == "A suspension was overturned on appeal. To protect those involved, no details are shared."
    )
    assert message.subject == "A suspension was overturned"
    assert message.token == ""


def test_the_community_hears_nothing_of_an_incident_by_itself() -> None:
    """Resolved or withdrawn, in public and with every consent: without `/post` nothing is posted."""
    scene = Scene(answers={"share": SHARES["community by name"], "where": PUBLIC})
    scene.acknowledged(ROBIN)
    scene.sends(MFT, f"/resolve {WORDS}")
    assert scene.texts("community") == []


# --- the roster --------------------------------------------------------------------------------------


def test_a_sole_administrator_quotes_too() -> None:
    """Being alone makes nobody the reporter: the words are still the reporter's."""
    scene = Scene(roster=ROSTER[:1])
    scene.says(MFT, "/consent community")
    assert scene.shown() == {"consent: none"}
    scene.says(MFT, f"/consent community{QUOTE}")
    assert scene.shown() == {"consent: parties"}
    scene.passes(timedelta(days=1))
    assert scene.shown() == {"consent: community"}


# --- a word about consent that isn't answered yet ----------------------------------------------------


@pytest.mark.parametrize("by_form", [True, False])
def test_nothing_goes_out_over_a_withdrawal_that_waits(by_form: bool) -> None:
    """Said after the resolution and before the run, the reporter's no still reaches the words in time."""
    scene = Scene(answers={"share": SHARES["parties"]})
    scene.acknowledged(ROBIN)
    scene.says(MFT, f"/resolve {WORDS}")
    scene.tracker.labels(MFT, 1, APPROVE)
    if by_form:
        scene.tracker.edits_body(RIYA, 1, body())
    else:
        scene.tracker.says(RIYA, 1, "/consent none")
    scene.run()
    if by_form:
        assert scene.texts("p1") == [], "what they wrote has to be read first"
        scene.labels(MFT, "reporter: heard")
        scene.labels(MFT, APPROVE)
    (told,) = scene.texts("p1")
    assert "Zebra" not in told
    assert scene.case().progress.state == "closed"


def test_a_suspensions_notice_waits_for_its_incidents_consent() -> None:
    """A no that waits on the incident holds the suspension's words back until it is answered there."""
    scene = Scene(answers={"share": SHARES["parties"]})
    scene.says(MFT, f"/suspend Insults\n{SAM} until 8 weeks")
    scene.tracker.says(MFT, 2, "/until 9 weeks\nZebra.")
    scene.tracker.says(RIYA, 1, "/consent none")
    enforce(scene.desk, 2)
    assert len(scene.texts("suspended")) == 1
    scene.run()
    scene.run()
    assert len(scene.texts("suspended")) == 2


def test_whoever_chose_nothing_shares_nothing_whatever_else_is_chosen() -> None:
    """A community's form may take several choices; the one that shares nothing counts."""
    shipped = definition()
    fields = tuple(
        msgspec.structs.replace(one, multiple=True) if one.id == "share" else one
        for one in shipped.form.fields
    )
    several = msgspec.structs.replace(shipped, form=msgspec.structs.replace(shipped.form, fields=fields))
    form = several.form.field("share")
    assert form is not None
    text = write(several.form, Answers({"share": (form.options[0], form.options[3])}))
    play = Play(definition_=several, text=text)
    play.run()
    assert consent(play.case()).level == "none"


# --- whose answers they are --------------------------------------------------------------------------

ALL = {"share": SHARES["community by name"], "where": PUBLIC}


@pytest.mark.parametrize("by", [MFT, STRANGER, None])
def test_what_somebody_else_edited_before_the_first_run_is_no_answer(by: Actor | None) -> None:
    """Neither consent nor that it was public counts, and the reporter and the administrators are told."""
    play = Play()
    play.edits_body(by, body(**ALL))
    (decision, *_) = play.run()
    case = play.case()
    assert level(play) == ("none", False)
    assert not is_public(case)
    assert view("reporter", case, Occasion(decision=decision)).altered  # type: ignore[attr-defined]
    assert any("nothing counts of what it says" in note for note in ACTS.notes(case))


def test_what_the_reporter_edits_then_is_theirs() -> None:
    """Asked, they look at it and edit it: now it counts."""
    play = Play()
    play.edits_body(MFT, body(**ALL))
    play.run()
    play.edits_body(RIYA, body(**ALL), 1)
    play.run()
    assert level(play) == ("community", True)
    assert is_public(play.case())
    assert not any("nothing counts" in note for note in ACTS.notes(play.case()))


def test_what_an_edit_leaves_as_it_stands_says_nothing() -> None:
    """The reporter said no since by a command, and edits something else: it stays a no, and they are told."""
    scene = Scene(answers={"share": SHARES["community by name"]})
    scene.says(RIYA, "/consent none")
    scene.tracker.edits_body(RIYA, 1, body(share=SHARES["community by name"], nature="More of it."))
    scene.run()
    assert consent(scene.case()).allows == ("none", False)
    assert "what counts is what you said last:** nothing is shared" in scene.newest()
    scene.tracker.edits_body(RIYA, 1, body(share=SHARES["parties by name"]))
    scene.run()
    assert consent(scene.case()).allows == ("parties", True)
    assert "what counts" not in scene.newest()


@pytest.mark.parametrize("by", [MFT, STRANGER])
def test_the_reporters_edit_takes_over_nothing_that_somebody_else_wrote_there(by: Actor) -> None:
    """Somebody else widens the form, and the reporter edits something else in it: not even then, nor ever."""
    play = Play()
    play.run()
    for hour, (who, changed) in enumerate([(by, {}), (RIYA, {"nature": "More."}), (RIYA, {"who": "Two."})]):
        play.edits_body(who, body(**ALL, **changed), hour)
        play.run()
        assert level(play) == ("none", False)
        assert not is_public(play.case())
    play.edits_body(RIYA, body(), 4)
    play.run()
    play.edits_body(RIYA, body(**ALL), 5)
    play.run()
    assert level(play) == ("community", True)
    assert is_public(play.case())


def test_the_reporters_edit_after_somebody_elses_may_always_let_less_be_shared() -> None:
    """Whoever had edited it, a no counts at once."""
    play = Play(text=body(**ALL))
    play.run()
    play.edits_body(STRANGER, body(**ALL, nature="Nothing happened."), 1)
    play.run()
    play.edits_body(RIYA, body(), 2)
    play.run()
    assert level(play) == ("none", False)
    assert not is_public(play.case())


def test_the_reporters_own_edit_before_the_first_run_counts() -> None:
    """The version that is read first is theirs."""
    play = Play()
    play.edits_body(RIYA, body(**ALL))
    play.run()
    assert level(play) == ("community", True)
    assert is_public(play.case())


@pytest.mark.parametrize("by", [MFT, STRANGER])
def test_a_later_edit_by_somebody_else_changes_nothing_and_is_shown(by: Actor) -> None:
    """Whatever they make of the form, what was recorded stands, and administrators see that it was edited."""
    play = Play()
    play.run()
    play.edits_body(by, body(**ALL), 1)
    play.run()
    assert level(play) == ("none", False)
    assert not may_tell_community(play.case())
    assert any("stand as they were recorded" in note for note in ACTS.notes(play.case()))


def test_an_outsiders_edit_of_where_opens_no_post() -> None:
    """It was refused, so nothing is allowed by it."""
    scene = Scene()
    scene.acknowledged()
    scene.tracker.edits_body(STRANGER, 1, body(where=PUBLIC))
    scene.run()
    scene.says(MFT, "/post rules\nBe kind.")
    assert "hasn't agreed to the community being told" in scene.newest()


def test_an_older_case_reads_where_it_happened_while_nobody_else_edited_it() -> None:
    """Its receipts don't say it, so the form does, but for what others made of it."""
    play = Play(text=body(where=PUBLIC))
    play.run()
    progress = play.case().progress.copy()
    progress.forget(FormRead)
    assert is_public(msgspec.structs.replace(play.case(), progress=progress))
    play.edits_body(STRANGER, body(where=PUBLIC), 1)
    assert not is_public(msgspec.structs.replace(play.case(), progress=progress))


def test_whoever_files_for_somebody_edits_no_consent() -> None:
    """An administrator who filed for the reporter records what they say in their words, not by an edit."""
    play = Play(MFT, body(learned=FOR_ANOTHER, reporter="Riya Sen, riya@example.org"))
    play.run()
    play.edits_body(MFT, body(learned=FOR_ANOTHER, reporter="Riya Sen, riya@example.org", **ALL), 1)
    play.run()
    assert level(play) == ("none", False)


# --- what is recorded in the reporter's words --------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "said", "at_once"),
    [
        ("none", "parties", ("parties", False)),
        ("none", "parties by name", ("parties", False)),
        ("none", "community by name", ("parties", False)),
        ("parties by name", "community by name", ("parties", True)),
        ("community", "community by name", ("community", False)),
        ("community by name", "parties by name", ("parties", True)),
        ("community by name", "none", ("none", False)),
    ],
)
def test_what_is_recorded_opens_no_more_than_the_parties_at_once(
    before: str, said: str, at_once: tuple[str, bool]
) -> None:
    """Naming and the community wait; what takes back counts at once. A day later all of it counts."""
    play = Play(text=body(share=SHARES[before]))
    play.run()
    play.says(MFT, f"/consent {said}{QUOTE}", 1)
    (decision, *_) = play.run()
    assert level(play) == at_once
    assert decision.says == ("reporter/consent_recorded", "administrators/consented")
    play.run(24.9)
    assert level(play) == at_once
    play.run(25)
    assert level(play) == (said.partition(" ")[0], "name" in said)


@pytest.mark.parametrize("said", ["none", "parties"])
def test_the_reporters_own_word_voids_what_was_recorded(said: str) -> None:
    """Whoever contradicts in time is asked by nobody why."""
    play = played_to("reported")
    play.says(MFT, f"/consent community by name{QUOTE}")
    play.run()
    play.says(RIYA, f"/consent {said}")
    play.run(200)
    assert level(play) == (said, False)


def test_what_the_reporter_says_meanwhile_has_to_be_heard_first() -> None:
    """Without a command, it may be a no: nothing more opens before somebody has read it."""
    play = played_to("reported")
    play.says(MFT, f"/consent community{QUOTE}", 6)
    play.run()
    play.says(RIYA, "I never said that!", 7)
    (decision,) = play.run()
    assert "administrators/reporter_spoke" in decision.says
    play.run(100)
    assert level(play) == ("parties", False)
    play.labels(MIABOT, "reporter: heard")
    play.run(101)
    assert level(play) == ("community", False)


def test_a_community_may_let_it_wait_for_ever() -> None:
    """Then nothing but the reporter's own word opens more."""
    never = community(waiting_periods={"consent.waits": None})
    play = played_to("reported", community_=never)
    play.says(MFT, f"/consent community{QUOTE}")
    play.run(1000)
    assert level(play) == ("parties", False)
    play.says(RIYA, "/consent community")
    play.run()
    assert level(play) == ("community", False)


def test_the_reporter_is_told_where_they_are() -> None:
    """On the issue, with how to contradict; by mail where somebody filed for them."""
    scene = Scene()
    scene.says(MFT, f"/consent community by name{QUOTE}")
    assert "**If that isn't what you said,** write `/consent none` here" in scene.newest()
    assert "Tuesday, 6 January 2026" in scene.newest()
    filed = {"learned": FOR_ANOTHER, "reporter": "Riya Sen, riya@example.org"}
    scene = Scene(by=MFT, answers=filed)  # type: ignore[arg-type]
    scene.says(MFT, f"/consent community{QUOTE}")
    assert "answer this message, and write `/consent none`" in scene.texts("reporter")[-1]


def test_it_does_not_count_before_the_reporter_was_told() -> None:
    """Whom no channel reaches has to be told by hand; until then nothing more opens."""
    scene = Scene(by=MFT, answers={"learned": FOR_ANOTHER, "reporter": "Riya Sen"})
    scene.says(MFT, f"/consent community{QUOTE}")
    scene.passes(timedelta(days=3))
    assert scene.shown() == {"consent: parties"}
    scene.says(MFT, "/told reporter on the phone")
    assert scene.shown() == {"consent: community"}


def test_the_reporters_letter_says_it_as_well_as_they() -> None:
    """A verified mail from their address, with the command in its first line, is their own word."""
    play = Play(MFT, body(learned=FOR_ANOTHER, reporter="Riya Sen, riya@example.org", **ALL))
    play.run()
    play.mails("/consent none\nI never said that.", 1, reporter=True, verified=True)
    play.run(100)
    assert level(play) == ("none", False)
    play.mails("/consent community", reporter=True, verified=False)
    play.run()
    assert level(play) == ("none", False), "it may be anybody's"


def test_what_an_administrator_chose_for_the_reporter_waits_too() -> None:
    """The form of somebody who files for another is no word of the reporter's."""
    play = Play(MFT, body(learned=FOR_ANOTHER, reporter="Riya Sen, riya@example.org", **ALL))
    play.run()
    assert level(play) == ("parties", False)
    for one in play.case().progress.owed():
        play.delivered.add(one.id)
    play.run(30)
    assert level(play) == ("community", True)
