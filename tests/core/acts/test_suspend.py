"""Suspending: what an incident orders, for whom, and what it refuses."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cocflow.core.acts.suspend import Account, Suspend, Suspensions
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from cocflow.core.engine.decide import noted
from cocflow.core.engine.decision import Decision
from cocflow.core.engine.openness import stays_open
from cocflow.core.outcomes import Outcomes
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from tests.core.acts.asking import asked
from tests.core.drafts import AGREE
from tests.core.play import (
    DAY,
    HOUR,
    MFT,
    MIABOT,
    RIYA,
    ROSTER,
    START,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    definition,
    played_to,
    suspended_by,
    suspended_in,
)
from tests.fakes import templates

WEEK = 7 * DAY

ACCEPTED: list[tuple[str, Said]] = [
    ("/suspend Insults\nSam Poe", Suspend("Insults", (Account("Sam Poe"),))),
    (
        "/suspend Insults\n\nSam Poe, sam@example.org, U012AB3CD until 2 weeks\n\nAlex",
        Suspend("Insults", (Account("Sam Poe", "sam@example.org, U012AB3CD", "2 weeks"), Account("Alex"))),
    ),
    (
        "/suspend Insults\nJo until until tomorrow",
        Suspend("Insults", (Account("Jo until", None, "tomorrow"),)),
    ),
    ("/suspend Insults\nRobbie WILLIAMS", Suspend("Insults", (Account("Robbie WILLIAMS"),))),
]

REFUSED = [
    ("/suspend", "The reason is missing"),
    ("/suspend \u200b\nSam", "The reason is missing"),
    ("/suspend Insults", "Whom does it concern?"),
    ("/suspend Insults\n \n", "Whom does it concern?"),
    ("/suspend Insults\nSam until  ", "After `until` comes a time"),
    ("/suspend Insults\nSam until\nAlex", "After `until` comes a time"),
    ("/suspend Insults\nSam, sam@example.org until", "After `until` comes a time"),
    ("/suspend Insults\n-Sam", "To lift a suspension, go to its own page"),
    ("/suspend Insults\nsam@example.org", "A name is missing"),
    ("/suspend Insults\nreporter", "always means who reported it"),
    ("/suspend Insults\nSam\n/suspend Insults", "One command a comment"),
]


def ordered(text: str = "/suspend Insults\nSam Poe, sam@example.org", **fields: Any) -> tuple[Play, Decision]:
    """Return an incident in which MIABOT suspends, and the answer."""
    incident = Play(MFT, body(), **fields)
    incident.run()
    incident.says(MIABOT, text, 1)
    (answer,) = incident.run()
    return incident, answer


def test_several_accounts_are_suspended_at_once_each_with_its_own_end() -> None:
    """One command orders one suspension a line, all since the same second; only one end is known."""
    incident, _ = ordered("/suspend Insults\nSam Poe, sam@example.org\nAlex, alex@example.org until 2 weeks")
    first, second = incident.case().progress[Suspensions].standings.values()
    assert [one.name for one in incident.case().people_who("suspended")] == ["Sam Poe", "Alex"]
    assert first.since == second.since == START + HOUR
    assert (first.interim, first.until) == (True, None)
    assert (second.interim, second.until) == (False, START + HOUR + 2 * WEEK)


@pytest.mark.parametrize("again", ["sam poe", "Somebody, SAM@example.org", "Sam  Poe, other@example.org"])
def test_an_account_suspended_already_is_refused_by_name_and_the_rest_go_on(again: str) -> None:
    """Known by its name or by any way to reach it, the account is left as it was; a new one is suspended."""
    incident, _ = ordered()
    incident.says(MIABOT, f"/suspend Again\n{again}\nKit Lund, kit@example.org", 2)
    (answer,) = incident.run()
    assert not answer.record.refused
    assert list(incident.case().progress[Suspensions].standings) == ["s1", "s2"]
    seen = view("administrators", incident.case().after(answer.record), Occasion(decision=answer))
    assert getattr(seen, "already") == (again.partition(",")[0].replace("  ", " "),)  # noqa: B009


def test_suspending_nobody_new_is_refused() -> None:
    """Where every account is suspended already, nothing is done."""
    incident, _ = ordered()
    incident.says(MIABOT, "/suspend Again\nSam Poe", 2)
    (answer,) = incident.run()
    assert answer.record.refused
    assert answer.reason == "Every one of these accounts is suspended in this incident already."


@pytest.mark.parametrize(
    ("account", "why"),
    [
        ("Sam Poe until permanent", "`/until indefinite`"),
        ("Sam Poe and Kim Lee", "one person, or two"),
        ('"Sam and Kim" until in 3 days', None),
    ],
)
def test_an_account_is_one_persons_and_its_end_a_time(account: str, why: str | None) -> None:
    """Two names on a line, and an end that is none, are asked about before anybody is told anything."""
    answer = asked(played_to("triaged"), "accounts_new", f"/suspend Insults\n{account}")
    assert (answer is None) if why is None else why in (answer or "")


def test_an_end_in_the_past_refuses_the_whole_command() -> None:
    """A slip in one line suspends nobody, so that the command can be repeated as a whole."""
    incident, answer = ordered("/suspend Insults\nSam Poe\nAlex until 2020-01-01")
    assert answer.record.refused
    assert incident.case().progress[Suspensions].standings == {}


def test_more_suspensions_than_github_has_room_for_are_refused() -> None:
    """The hundredth is ordered; a hundred and first is refused, with what to do instead."""
    lines = "\n".join(f"Account {n}, a{n}@example.org" for n in range(100))
    incident, answer = ordered(f"/suspend Raid\n{lines}")
    assert not answer.record.refused
    incident.says(MIABOT, "/suspend Raid\nOne More, more@example.org", 2)
    (refused,) = incident.run()
    assert (
        refused.reason == "One incident holds at most 100 suspensions. Open a second incident for the rest."
    )


def test_the_label_suspend_gets_the_command_ready() -> None:
    """The label says nobody's name, so it only brings the command to fill in."""
    incident = Play(MFT)
    incident.run()
    incident.labels(MIABOT, "suspend", 1)
    (answer,) = incident.run()
    assert answer.record.refused
    assert answer.copy is not None
    assert answer.copy.startswith("/suspend <reason>\n")


@pytest.mark.parametrize("by", [RIYA, STRANGER])
def test_only_an_administrator_suspends(by: Actor) -> None:
    """A reporter or a stranger suspends nobody."""
    incident = Play(RIYA)
    incident.run()
    incident.says(by, "/suspend Insults\nSam Poe", 1)
    (answer,) = incident.run()
    assert answer.record.refused
    assert incident.case().progress[Suspensions].standings == {}


def test_a_suspended_administrator_has_no_say_in_the_incident_either() -> None:
    """From the suspension on, whoever is suspended gets no administrators' part in the incident."""
    incident = Play(RIYA, body())
    incident.run()
    incident.says(MIABOT, "/suspend Insults\nmft, mika@example.org", 1)
    incident.says(THCLPR, "/confirm", 1)
    incident.run()
    assert [one.login for one in incident.case().eligible] == ["miabot", "thclpr"]
    incident.says(MFT, "/estimate 3 days", 2)
    (answer,) = incident.run()
    assert answer.record.refused


SOLE = community(ROSTER[0])


def resolving(text: str, *, suspended: str = "Sam Poe, sam@example.org until 2 weeks", **fields: Any) -> str:
    """Return why an incident with a suspension can't be decided so; "" if it can, up to its approval."""
    play = played_to("triaged", **fields)
    play.says(MFT, f"/suspend Insults\n{suspended}")
    play.says(MFT, "/heard Sam Poe skipped: There is no time.")
    play.run()
    play.says(MFT, text)
    (answer,) = play.run()
    return answer.reason or ""


@pytest.mark.parametrize("until", ["", " until 2 weeks", " until 2 years"])
@pytest.mark.parametrize("text", ["/resolve We talked.", "/dismiss not ours"])
def test_what_one_said_of_a_suspension_decides_nothing(until: str, text: str) -> None:
    """With an end or without, it is for the time being: the resolution says it, by as many as it takes."""
    reason = resolving(text, suspended=f"Sam Poe, sam@example.org{until}")
    assert "An interim suspension is in force: Sam Poe" in reason
    assert "`Sam Poe: suspension until <when>`" in reason


def test_an_account_suspended_by_the_form_is_decided_on_by_its_key() -> None:
    """No words of the incident name it, so the line to copy has what does."""
    play = played_to("triaged")
    page = suspended_by(MFT, incident=play, number=3, start=play.now)
    page.run()
    note = noted(play.case(), page.case())
    assert note is not None
    play.post(note.record)
    play.says(MFT, "/resolve We talked.")
    assert "`d3: suspension until <when>`" in play.refusal()[0]
    play.says(MFT, "/heard d3 skipped: There is no time.")
    play.run()
    play.says(MFT, "/resolve We met.\nd3: suspension until 14 days\nStop for good.")
    decisions = play.run()
    shown = view("administrators", play.case(), Occasion(decision=decisions[-1]))
    assert "> Stop for good." in templates().render("administrators/drafted", shown), "sent words were seen"
    play.labels(MIABOT, AGREE)
    play.run()
    assert [one.person for one in play.case().outcomes] == ["d3"]


def test_a_resolution_that_says_it_decides_it() -> None:
    """A head, which takes several and a hearing."""
    assert not resolving("/resolve\nSam Poe: suspension until 2 weeks\nStop.")


@pytest.mark.parametrize("sole", [True, False])
def test_where_one_voice_suffices_an_end_decides(sole: bool) -> None:
    """A sole administrator, or a community without such outcomes, sets it as ever."""
    kept: dict[str, Any] = {"community_": SOLE}
    if not sole:
        process = msgspec.structs.replace(definition().process, outcomes=Outcomes())
        kept = {"definition_": msgspec.structs.replace(definition(), process=process)}
    assert not resolving("/resolve We talked.", **kept)
    assert "`/until <when>`" in resolving("/resolve We talked.", suspended="Sam Poe", **kept)


def test_a_suspension_since_the_resolution_keeps_the_incident_before_our_eyes() -> None:
    """It is safety's, and one's own; closed, the incident stays open until that is lifted or decided."""
    play = played_to("resolved")
    play.says(MFT, "/suspend Threats\nSam Poe, sam@example.org until 52 weeks")
    play.says(MFT, "/told Robin Example by phone")
    play.run()
    assert play.state == "closed"
    play.delivered.update(play.case().progress.notices)
    assert stays_open(play.case())
    page = suspended_in(play, "s1", 2, opened=play.now)
    page.run()
    page.says(MFT, "/until 100 weeks\nMore.")
    assert "Reopen it for that." in page.refusal()[0]
    page.labels(MFT, "state: lifted")
    page.run()
    note = noted(play.case(), page.case())
    assert note is not None
    play.post(note.record)
    play.delivered.update(play.case().progress.notices)
    assert not stays_open(play.case())


@pytest.mark.parametrize(
    ("typed", "copy"),
    [
        ("Ann Lee\nInsults", "/suspend <reason>\nAnn Lee"),
        ("@sam\nInsults", "/suspend <reason>\n@sam"),
        ("Sam Poe until 3 days\nInsults", "/suspend <reason>\nSam Poe until 3 days"),
        ("Insulted Ann Lee, @ann\nSam Poe", None),
        ("No insults until 3 days ago\nSam Poe", None),
        ("Cool down until tomorrow\nSam Poe until tomorrow", None),
    ],
)
def test_an_account_in_place_of_the_reason_is_asked_back(typed: str, copy: str | None) -> None:
    """Nobody is suspended by the name of a reason."""
    play = played_to("triaged", parties=("Ann Lee",))
    play.says(MFT, f"/suspend {typed}")
    (decision, *_) = play.run()
    assert (decision.record.refused, decision.copy) == (copy is not None, copy)


@pytest.mark.parametrize(
    ("typed", "copy"),
    [
        ("Ann, ann@example.org until 3 days", "Ann Lee, ann@example.org until 3 days"),
        ("Ann", "Ann Lee"),
        ("@ann", None),
        ('"Ann"', None),
    ],
)
def test_a_word_of_a_party_s_name_is_asked_back_and_a_login_is_not(typed: str, copy: str | None) -> None:
    """What stands beside the name isn't lost by it, and a login means its own account."""
    play = played_to("triaged", parties=("Ann Lee",))
    play.says(MFT, f"/suspend Insults\n{typed}")
    (decision, *_) = play.run()
    assert (decision.record.refused, decision.copy) == (copy is not None, copy)
