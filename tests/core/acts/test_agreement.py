"""Agreement: a decision of several is proposed, agreed to or objected to, and never locks."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.acts import ACTS
from cocflow.core.acts.agreement import Object, alone, asked_to_agree, label_for, standing
from cocflow.core.acts.draft import lacks_voices, several, voices
from cocflow.core.case.decided import Outcomes
from cocflow.core.case.draft import AgreementMissed, Draft
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from cocflow.core.engine.timers import waits
from cocflow.core.people.person import digest
from cocflow.core.people.roster import Administrator
from cocflow.core.people.rota import Rota
from cocflow.core.views.base import possible
from tests.core.drafts import AGREE, draft, skips
from tests.core.play import (
    APPROVE,
    DAY,
    MFT,
    MIABOT,
    RIYA,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    played_to,
)

ROBIN = "Robin Example robin@example.org"
SHARED = body(share="What the people concerned need to know, without my name")
BAN = "/resolve\nRobin: ban\nNo more."
LIMITS = "/resolve\nRobin: limits until 90 days\nKeep out of the rules channel."
ACTORS = (MFT, MIABOT, THCLPR, Actor("U_4", "four"), Actor("U_5", "five"))

ACCEPTED: list[tuple[str, Said]] = [
    ("/object A warning would do.", Object("A warning would do.")),
    (
        "/object\nA warning would do.\nIt was the first time.",
        Object("A warning would do.\nIt was the first time."),
    ),
]

REFUSED = [
    ("/object", "Say why"),
    (f"/object {'x' * 1_001}", "at most 1,000 characters"),
]


def roster(many: int) -> tuple[Administrator, ...]:
    """Return that many administrators."""
    return tuple(Administrator(login=one.login) for one in ACTORS[:many])


def ready(many: int = 3, *out: Actor) -> Play:
    """Return a triaged incident of so many administrators, of whom some are out, with a party not heard."""
    play = played_to("triaged", parties=(ROBIN,), text=SHARED, community_=community(*roster(many)))
    for one in out:
        play.says(one, "/recuse")
    play.run()
    skips(play, "Robin")
    return play


def proposed(text: str = BAN, many: int = 3, *out: Actor, by: Actor = MFT) -> Play:
    """Return a play in which that is proposed."""
    play = ready(many, *out)
    play.says(by, text)
    play.run()
    assert draft(play) is not None
    return play


def agrees(play: Play, *by: Actor, label: str = AGREE) -> None:
    """Let each of these agree, one after the other, with a run after each."""
    for one in by:
        play.labels(one, label)
        play.run()


def decided(play: Play) -> Outcomes:
    """Return what was decided."""
    return play.case().progress[Outcomes]


# --- what it takes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [AGREE, APPROVE])
def test_a_decision_of_two_waits_for_another(label: str) -> None:
    """Proposed, nobody is told; another's yes lets it go out, by either label, and both are recorded."""
    play = proposed()
    assert play.state == "triaged"
    agrees(play, MIABOT, label=label)
    assert play.state == "resolved"
    assert (decided(play).agreed, decided(play).alone) == ((MFT.id, MIABOT.id), "")


def test_whoever_proposed_it_has_agreed_already() -> None:
    """Their own label adds nothing, and says who else could."""
    play = proposed()
    play.labels(MFT, AGREE)
    assert play.refusal()[0] == "You drafted it, and so you have agreed. Others who may: miabot, thclpr."


@pytest.mark.parametrize(("many", "more"), [(2, 1), (3, 1), (4, 2), (5, 3)])
def test_a_ban_takes_two_thirds_and_at_least_two(many: int, more: int) -> None:
    """Of two both, of three two, of four three, of five four."""
    play = proposed(BAN, many)
    for count in range(more):
        assert play.state == "triaged"
        assert f"**{more - count} more**" in standing(play.case())
        agrees(play, ACTORS[count + 1])
    assert play.state == "resolved"


def test_the_gravest_outcome_says_how_many_it_takes() -> None:
    """One resolution is agreed to as a whole; what is mild takes one voice, as ever."""
    play = ready(4)
    play.says(MFT, "/party Kim Example")
    play.run()
    skips(play, "Kim")
    play.says(MFT, f"{LIMITS}\nKim: talk")
    play.run()
    assert several(play.case()) == 2
    play.says(MFT, f"{BAN}\nKim: talk")
    play.run()
    assert several(play.case()) == 3
    play.says(MFT, "/resolve\nRobin: warning\nStop the jokes.\nKim: talk")
    play.run()
    assert several(play.case()) == 1
    assert label_for(play.case()) == APPROVE
    agrees(play, MFT, label=APPROVE)
    assert play.state == "resolved"
    assert (decided(play).agreed, decided(play).alone) == ((MFT.id,), "")


def test_an_interim_suspension_waits_for_nobody() -> None:
    """Neither for others to agree nor for the person to be heard."""
    play = played_to("triaged", community_=community(*roster(5)))
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    (ordered,) = play.run()
    assert not ordered.record.refused


def test_a_sole_administrator_is_recorded_as_such() -> None:
    """Where nobody else has a say, the author agrees alone, having seen the letters, and that is recorded."""
    play = proposed(BAN, 2, MIABOT)
    assert play.state == "triaged"
    assert asked_to_agree(play.case()) == ()
    agrees(play, MFT, label=APPROVE)
    assert play.state == "resolved"
    assert (decided(play).agreed, decided(play).alone) == ((MFT.id,), "sole")


def test_whoever_is_away_is_needed_all_the_same() -> None:
    """Being away takes nobody's say: two of two are needed."""
    play = proposed(BAN, 2)
    away = Rota(away=frozenset({digest("miabot")}))
    case = msgspec.structs.replace(play.case(), rota=away)
    assert voices(case) == voices(play.case()) == 2


def test_who_leaves_the_case_counts_no_more() -> None:
    """Neither as a voice nor among those it takes: with two left, both are needed."""
    play = proposed(BAN, 4)
    agrees(play, MIABOT)
    assert play.state == "triaged"
    play.says(MIABOT, "/recuse")
    play.run()
    assert play.state == "triaged"
    assert lacks_voices(play.case())
    agrees(play, THCLPR)
    assert play.state == "resolved"
    assert decided(play).agreed == (MFT.id, THCLPR.id)


# --- another draft, and objections --------------------------------------------------------------------


def test_a_new_draft_has_no_agreement() -> None:
    """Who agreed to the one before agreed to something else."""
    play = proposed(BAN, 4)
    agrees(play, MIABOT)
    play.says(MFT, f"{BAN}\nNever.")
    play.run()
    agrees(play, THCLPR)
    assert play.state == "triaged"
    agrees(play, MIABOT)
    assert play.state == "resolved"


def test_a_tap_on_a_draft_that_was_replaced_meanwhile_is_refused() -> None:
    """Put on after the other's new draft and before anybody saw its letters, it agrees to nothing."""
    play = proposed()
    play.says(THCLPR, LIMITS, 6)
    late = play.labels(MIABOT, AGREE, 6.1)
    play.run(7)
    assert play.answer(late).refused
    assert play.state == "triaged"
    waiting = draft(play)
    assert waiting is not None
    assert waiting.by == THCLPR.id


def test_two_taps_at_once_count_as_two() -> None:
    """In one run, both are counted; the one that comes after enough is refused and changes nothing."""
    play = proposed(BAN, 4)
    first, second, third = (play.labels(one, AGREE) for one in ACTORS[1:4])
    play.run()
    assert play.state == "resolved"
    assert not play.answer(first).refused
    assert not play.answer(second).refused
    assert play.answer(third).refused
    assert decided(play).agreed == tuple(one.id for one in ACTORS[:3])


def test_one_who_taps_twice_at_once_is_one() -> None:
    """Two labels by one person are one voice."""
    play = proposed(BAN, 4)
    play.labels(MIABOT, AGREE)
    again = play.labels(MIABOT, APPROVE)
    play.run()
    assert play.answer(again).refused
    assert play.state == "triaged"


def test_an_objection_is_shown_and_stops_nothing() -> None:
    """It stands on the card with its reason; whoever agrees all the same counts."""
    play = proposed()
    play.says(THCLPR, "/object A warning would do.")
    (answer,) = play.run()
    assert answer.says == ("administrators/objected",)
    assert standing(play.case()).endswith("Against it: thclpr (\u201cA warning would do.\u201d).")
    agrees(play, MIABOT)
    assert play.state == "resolved"
    assert decided(play).agreed == (MFT.id, MIABOT.id)


def test_whoever_objects_agrees_no_more_until_they_do() -> None:
    """Their yes is gone, the author's too; a yes afterwards takes the objection back."""
    play = proposed(BAN, 4)
    agrees(play, MIABOT)
    play.says(MIABOT, "/object I have thought about it.")
    play.says(MFT, "/object So have I.")
    play.run()
    agrees(play, THCLPR)
    assert play.state == "triaged"
    assert "Agreed: thclpr. **2 more**" in standing(play.case())
    agrees(play, MFT, MIABOT)
    assert play.state == "resolved"
    assert decided(play).agreed == (MFT.id, THCLPR.id, MIABOT.id)


def test_an_edited_objection_has_no_words() -> None:
    """Whoever objects is named; what they wrote once isn't shown as something else."""
    play = proposed()
    said = play.says(THCLPR, "/object A warning would do.")
    play.run()
    play.edits(said, THCLPR, "/object Never mind.")
    assert standing(play.case()).endswith("Against it: thclpr.")


def test_any_draft_can_be_objected_to() -> None:
    """The words that wait for one approval, too."""
    play = ready()
    play.says(MFT, "/say reporter We look at it.")
    play.run()
    play.says(MIABOT, "/object Let us wait until Monday.")
    play.run()
    assert standing(play.case()) == "Against it: miabot (\u201cLet us wait until Monday.\u201d)."


@pytest.mark.parametrize("by", [RIYA, STRANGER])
def test_nobody_without_a_say_objects(by: Actor) -> None:
    """Nor agrees."""
    play = proposed()
    asked = (play.says(by, "/object No."), play.labels(by, AGREE))
    play.run()
    assert all(play.answer(one).refused for one in asked)
    assert play.state == "triaged"


def test_without_a_draft_there_is_nothing_to_object_to() -> None:
    """Nor is there before its letters were shown."""
    play = ready()
    play.says(MIABOT, "/object No.")
    assert play.refusal()[0].startswith("There is no draft to object to.")
    play.says(MFT, BAN, 6)
    early = play.says(MIABOT, "/object No.", 6.1)
    play.run(7)
    assert play.answer(early).refused


# --- it never locks -----------------------------------------------------------------------------------


def missed(play: Play) -> list[tuple[str, timedelta]]:
    """Return what followed from too few agreeing, and how long after the proposal."""
    waiting = draft(play)
    assert waiting is not None
    since = waiting.waits_since
    assert since is not None
    found = [(record.at, change) for record in play.records() for change in record.changes]
    return [(one.follows, at - since) for at, one in found if isinstance(one, AgreementMissed)]


def test_after_a_week_the_outside_contact_is_told_and_after_two_one_voice_suffices() -> None:
    """Each once; then the letters are shown anew, as they say so, and nobody's silence was a yes."""
    play = proposed(BAN, 4)
    agrees(play, MIABOT)
    play.run(5 + 24 * 7 - 1)
    assert missed(play) == []
    play.run(5 + 24 * 7)
    assert missed(play) == [("outside", 7 * DAY)]
    assert "The outside contact was told that this decision waits." in ACTS.notes(play.case())
    assert [one.to for record in play.records() for one in record.owed].count("outside") == 1
    play.run(5 + 24 * 14)
    assert missed(play) == [("outside", 7 * DAY), ("one", 14 * DAY)]
    assert play.state == "triaged"
    assert "one voice is enough now" in standing(play.case())
    play.run(5 + 24 * 30)
    assert play.state == "triaged"
    agrees(play, THCLPR)
    assert play.state == "resolved"
    assert (decided(play).agreed, decided(play).alone) == ((MFT.id, THCLPR.id), "late")


def test_the_one_voice_may_be_the_authors() -> None:
    """Two weeks on they say so once more, having seen what the letters say now."""
    play = proposed(BAN, 4)
    play.run(5 + 24 * 14)
    agrees(play, MFT)
    assert play.state == "resolved"
    assert (decided(play).agreed, decided(play).alone) == ((MFT.id,), "late")


def test_a_run_that_comes_late_does_both_in_order() -> None:
    """What was due stands at its own instants, however late cocflow looked."""
    play = proposed()
    play.run(5 + 24 * 20)
    assert missed(play) == [("outside", 7 * DAY), ("one", 14 * DAY)]


def test_another_draft_begins_the_time_anew() -> None:
    """Nobody decides alone about what nobody has seen for long."""
    play = proposed(LIMITS)
    play.run(5 + 24 * 15)
    play.says(MFT, BAN)
    play.run()
    assert lacks_voices(play.case())
    assert alone(play.case()) == ""
    play.labels(MFT, AGREE)
    assert "You drafted it" in play.refusal()[0]


def test_letters_that_are_shown_anew_keep_the_time() -> None:
    """Another party voids who agreed, and not for how long it has waited."""
    play = proposed(BAN, 4)
    agrees(play, MIABOT)
    play.says(MFT, "/party Kim Example", 5 + 24 * 6)
    play.run()
    assert "Agreed: mft. **2 more**" in standing(play.case())
    play.run(5 + 24 * 7)
    assert missed(play) == [("outside", 7 * DAY)]


def test_the_same_words_about_somebody_else_begin_the_time_anew() -> None:
    """Who waits with a harmless name and swaps the person decides nothing alone."""
    play = proposed(BAN, 4)
    play.run(5 + 24 * 15)
    play.says(MFT, "/party -Robin Example")
    play.says(MFT, "/party Robin Vale robin.vale@example.org")
    play.run()
    skips(play, "Robin")
    play.run()
    assert "This decision takes **3**" in standing(play.case())
    agrees(play, MFT)
    assert play.state == "triaged"


def test_what_is_agreed_to_in_time_has_no_clock() -> None:
    """Nobody outside is told of a decision that was made."""
    play = proposed()
    agrees(play, MIABOT)
    play.run(5 + 24 * 30)
    assert not [
        one for record in play.records() for one in record.changes if isinstance(one, AgreementMissed)
    ]


def test_the_digest_names_what_waits_for_others_apart() -> None:
    """It isn't among the words that only wait to be sent."""
    play = proposed()
    play.run(5 + 24 * 2)
    assert {"agreement_waits"} == {"agreement_waits", "draft_waits"} & waits(play.case()).keys()
    agrees(play, MIABOT)
    assert not {"agreement_waits", "draft_waits"} & waits(play.case()).keys()


# --- what administrators read -------------------------------------------------------------------------


def test_the_card_says_who_agreed_and_how_many_more_it_takes() -> None:
    """With the one label that fits."""
    play = proposed(BAN, 4)
    assert standing(play.case()) == (
        "This decision takes **3** administrators. Agreed: mft. **2 more** have to agree, by the label"
        " `decision: agree`: miabot, thclpr"
        " or four. Whoever doesn't agree writes `/object <why>`."
    )
    assert standing(play.case()) in ACTS.notes(play.case())
    ways = [one.how for one in possible(play.case(), "administrator")]
    assert f"add a label `{AGREE}`" in ways
    assert f"add a label `{APPROVE}`" not in ways


# --- however it goes ----------------------------------------------------------------------------------

DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("agrees"), st.integers(0, 4)),
        st.tuples(st.just("approves"), st.integers(0, 4)),
        st.tuples(st.just("objects"), st.integers(0, 4)),
        st.tuples(st.just("recuses"), st.integers(0, 4)),
        st.tuples(st.just("concerns"), st.integers(0, 4)),
        st.tuples(st.just("redrafts"), st.integers(0, 4)),
        st.tuples(st.just("waits"), st.integers(1, 9)),
    ),
    max_size=8,
)


def does(play: Play, deed: str, who: int) -> None:
    """Let one thing happen, and a run."""
    by = ACTORS[who % len(play.community.administrators)]
    match deed:
        case "agrees":
            play.labels(by, AGREE)
        case "approves":
            play.labels(by, APPROVE)
        case "objects":
            play.says(by, "/object No.")
        case "recuses":
            play.says(by, "/recuse")
        case "concerns":
            play.says(MFT, f"/party {by.login}")
        case "redrafts":
            play.says(by, f"{BAN}\nBy {who}.")
        case _:
            play.now += who * DAY
    play.run()


@given(st.integers(1, 5), DEEDS)
def test_however_it_goes_a_ban_is_made_by_as_many_as_it_takes(
    many: int, deeds: list[tuple[str, int]]
) -> None:
    """Whoever counted had a say; one decides alone only where nobody else could, or after two weeks."""
    play = proposed(BAN, many)
    for deed, who in deeds:
        before = play.case()
        does(play, deed, who)
        if play.state != "triaged":
            break
    else:
        return
    case, made = play.case(), decided(play)
    known = [case.administrator_of(one) for one in made.agreed]
    assert made.agreed
    assert len(set(known)) == len(known)
    assert all(one in case.eligible for one in known)
    if made.alone == "":
        assert len(known) >= max(2, -(-2 * len(case.eligible) // 3))
    elif made.alone == "sole":
        assert len(case.eligible) == 1
    else:
        waiting = before.progress.newest(Draft)
        assert waiting is not None
        assert waiting.waits_since is not None
        assert play.now - waiting.waits_since >= 14 * DAY
