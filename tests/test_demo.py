"""The demo's story, its comparison of what came with what had to come, and how it is told."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from rich.console import Console

from cocflow.demo import STORY, JsonLines, Narrator, Played, Stage, perform, play
from cocflow.demo.player import Seen, misseen
from cocflow.demo.printing import LONGEST, gist
from cocflow.demo.script import (
    AddLabel,
    Chapter,
    Deed,
    Expect,
    File,
    Heard,
    Look,
    Mail,
    OpenRoom,
    Press,
    Sees,
    Step,
    Wait,
    Write,
)
from cocflow.demo.stage import Listing
from cocflow.demo.story import HER_ROOM, REPOSITORY, SECOND
from docs import demo
from docs.yearly import COUNTED, counted
from tests.sandbox.facts.reading import findings, route_of
from tests.sandbox.listening import Exchange, listen

ALL_PLAYED = [step.shows for chapter in STORY for step in chapter.steps]

HAPPENINGS = [
    "filed by an administrator for a reporter, incomplete",
    "missing answer given",
    "missed estimate reminded",
    "estimate",
    "illegal label put back",
    "command without a say refused",
    "triage by label",
    "party with a mail address",
    "party without an address",
    "resolution drafted",
    "resolution told",
    "told by hand, and closed by itself",
    "a room opened",
    "the invitation accepted",
    "filed in a room",
    "the same moment as each sees it",
    "peer resolution",
    "withdrawn by its reporter",
    "two accounts suspended at once",
    "triage of the suspensions",
    "one suspension lifted",
    "an early appeal by mail",
    "the appeal filed on the seventh day",
    "the suspending administrator refused",
    "overturned by another",
    "the new context agreed to",
    "the new context told",
    "resolved, told and closed",
    "a report by mail",
    "the question sent",
    "the reporter's answer by mail",
    "consent in the reporter's words",
    "the other side asked",
    "the other side's answer by mail",
    "each told their own",
    "an objection by mail",
    "the outcome stated afterwards",
    "an end with an outcome",
    "agreed to by another, told by the outcome's own letter, and closed again",
]


DOCS = Path(__file__).parents[1] / "docs"


class Performance(NamedTuple):
    """What came of each step, by what it is there to show; what was said to the sandbox; and the count."""

    played: dict[str, Played]
    said: list[Exchange]
    year: bytes


@pytest.fixture(scope="module")
def performance(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """Play the whole story once."""
    with Stage(tmp_path_factory.mktemp("demo")) as stage:
        said = listen(stage._place._sandbox)
        found = {one.shows: one for one in play(stage, STORY)}
        return Performance(found, said, counted(stage))


@pytest.fixture(scope="module")
def played(performance: Performance) -> dict[str, Played]:
    """Return what came of each step."""
    return performance.played


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Set up a stage for a story of a test's own."""
    with Stage(tmp_path) as stage:
        yield stage


def test_each_step_comes_out_as_the_story_says(played: dict[str, Played]) -> None:
    """Nothing in the whole story is unexpected, and no step of it is left out."""
    assert {one.shows: one.unexpected for one in played.values() if not one.ok} == {}
    assert list(played) == ALL_PLAYED


def test_the_year_in_the_docs_is_the_one_that_is_played(performance: Performance) -> None:
    """What `docs/report.md` shows is counted from the whole story."""
    assert len(performance.played) == len(ALL_PLAYED)
    assert (DOCS / COUNTED).read_bytes() == performance.year, "out of date: run `make docs`"


def test_the_picture_in_the_readme_is_of_what_is_played(played: dict[str, Played]) -> None:
    """It shows the chosen steps as they are told, is current, and loads nothing from anywhere."""
    drawn = (DOCS / demo.DRAWING).read_text("utf-8")
    assert drawn == demo.svg(played.values()), "out of date: run `make docs`"
    assert all(f">{played[shows].step:>2}" in drawn.replace("&#160;", " ") for shows in demo.SHOWS)
    assert re.findall(r"(?:https?:|url\()(?!//www.w3.org/2000/svg|#)[^ ]*", drawn) == []


def test_the_picture_in_the_readme_can_be_read_on_a_phone_in_light_and_dark(
    played: dict[str, Played],
) -> None:
    """Letters are large beside its width, it fits on one screen, and each colour stands out."""
    drawn = demo.svg(played.values())
    size = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', drawn)
    letters = re.search(r"font: ([0-9]+)px ui-monospace", drawn)
    assert size is not None
    assert letters is not None
    assert float(letters[1]) / float(size[1]) >= 1 / 32
    assert float(size[2]) / float(size[1]) <= 2
    colours = re.findall(r"fill: #([0-9a-f]{6})", drawn)
    assert len(set(colours)) >= 4
    ground = brightness(*demo.BACKGROUND)
    assert min((brightness(*bytes.fromhex(one)) + 0.05) / (ground + 0.05) for one in colours) >= 4.5


def brightness(*rgb: int) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    parts = [one / 255 for one in rgb]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_all_that_the_story_asks_and_hears_is_as_githubs_document_says(performance: Performance) -> None:
    """The people's requests and the engine's, and every answer to them."""
    assert len({route_of(one.method, one.path) for one in performance.said}) > 10
    assert findings(performance.said) == []


@pytest.mark.parametrize("shows", HAPPENINGS)
def test_the_story_holds_what_a_newcomer_is_to_see(played: dict[str, Played], shows: str) -> None:
    """Each of the promised happenings is a step of the story, and came out right."""
    assert played[shows].ok


@pytest.mark.parametrize(
    ("shows", "told"),
    [
        (HAPPENINGS[0], Heard("riya@example.org", "by mail", "reporter/arrived")),
        ("resolution told", Heard("riya@example.org", "by mail", "reporter/resolution")),
        ("resolution told", Heard("sam@example.org", "by mail", "party/resolution")),
        ("resolution told", Heard("Kit Lund", "to be told by hand", "party/resolution")),
        ("told by hand, and closed by itself", Heard("Kit Lund", "by hand", "party/resolution")),
        ("a room opened", Heard("iris", "by invitation", "guest/invited")),
        ("filed in a room", Heard("iris", "in the room", "reporter/arrived")),
        ("withdrawn by its reporter", Heard("iris", "in the room", "reporter/withdrawn")),
        ("filed in public", Heard("noor", "on the incident", "reporter/arrived")),
        ("two accounts suspended at once", Heard("pim@example.org", "by mail", "suspended/suspended")),
        ("an early appeal by mail", Heard("pim@example.org", "by mail", "suspended/appeal_kept")),
        ("the appeal filed on the seventh day", Heard("miabot", "by mention")),
        ("overturned by another", Heard("#rands-slack-rules", "in the channel", "community/overturned")),
        ("the new context told", Heard("#rands-slack-rules", "in the channel", "community/post")),
        ("a report by mail", Heard("kim@example.net", "by mail", "reporter/arrived")),
        ("the question sent", Heard("kim@example.net", "by mail", "reporter/asked")),
        ("the other side asked", Heard("robin@example.net", "by mail", "party/asked")),
        ("an objection by mail", Heard("thclpr", "by mention")),
    ],
)
def test_everybody_concerned_is_told(played: dict[str, Played], shows: str, told: Heard) -> None:
    """Reporters, parties and administrators are told in the way that reaches each of them."""
    assert str(told) in map(str, played[shows].told)


def test_mails_hold_the_words_meant_for_who_gets_them(played: dict[str, Played]) -> None:
    """The reporter's mail has the words to the reporter, the party's those to the parties, and no others."""
    words = {told.to: told.words for told in played["resolution told"].told if told.how == "by mail"}
    assert "what it did to you" in words["riya@example.org"]
    assert "end here" not in words["riya@example.org"]
    assert "end here" in words["sam@example.org"]
    assert not [secret for secret in ("what it did to you", "Riya") if secret in words["sam@example.org"]]


def test_a_conversation_by_mail_keeps_each_sides_words_apart(played: dict[str, Played]) -> None:
    """Nobody reads what the other wrote, nor the reporter's name or address; each reads their own ending."""
    mails = [one for step in played.values() for one in step.told if one.how == "by mail"]
    to_kim = "\n".join(one.words for one in mails if one.to == "kim@example.net")
    to_robin = "\n".join(one.words for one in mails if one.to == "robin@example.net")
    assert "will keep away" in to_kim
    assert "for the rest of the season" in to_robin
    assert not [word for word in ("Kim", "kim@", "shoulder", "rather not meet") if word in to_robin]
    assert not [word for word in ("rest of the season", "didn't hear the no") if word in to_kim]


def test_a_suspended_person_is_told_the_date_of_their_appeal(played: dict[str, Played]) -> None:
    """The first mail and the answer to the early one name the same day, a week after the suspension."""
    days = {"two accounts suspended at once": "From", "an early appeal by mail": "filed on"}
    for shows, before in days.items():
        (words,) = {told.words for told in played[shows].told if told.to == "pim@example.org"}
        assert f"{before} Tuesday, 13 January 2026, 10:02 UTC" in " ".join(words.split())


def test_the_community_hears_no_name_and_no_word_of_the_incident(played: dict[str, Played]) -> None:
    """What goes to the channel is the fact, and later the text that was approved."""
    told = [one for step in played.values() for one in step.told if one.how == "in the channel"]
    assert len(told) == 2
    assert "overturned" in told[0].words
    assert "taken it over" in told[1].words
    assert not [word for one in told for word in ("Pim", "Zoe", "Noor", "insult") if word in one.words]


SAME_MOMENT = "the same moment as each sees it"


def test_each_sees_their_own_and_nothing_more(played: dict[str, Played]) -> None:
    """The guest sees her room alone, the accused nothing of the report, and another member nothing at all."""
    seen = {one.who: [listing.name for listing in one.repositories] for one in played[SAME_MOMENT].seen}
    (room,) = seen["iris"]
    assert room.startswith(HER_ROOM.rstrip("*"))
    assert seen["juno"] == []
    assert seen["ines"] == [SECOND, room]
    assert seen["dario"] == [REPOSITORY]


def test_who_is_accused_hears_nothing_while_a_room_is_used(played: dict[str, Played]) -> None:
    """From the room's opening to the withdrawal nobody is told but the guest and whoever has her case."""
    told = {one.to for step in played.values() if step.chapter == STORY[1].title for one in step.told}
    assert told == {"iris", "ines"}


ROOMS_SEEN = (Listing("acme/room-one", ((1, "Incident"),)), Listing("acme/vault", ((1, "A"), (2, "B"))))


@pytest.mark.parametrize(
    ("may", "wrong"),
    [
        ({"acme/room-*": (1,), "acme/vault": (1, 2)}, ()),
        ({"acme/room-*": (1,)}, ("iris can read acme/vault, and shouldn't.",)),
        ({"acme/room-one": (1,), "acme/vault": (1, 2), "acme/other": ()}, ("iris can't read acme/other.",)),
        (
            {"acme/room-*": (1,), "acme/vault": (1,)},
            ("Issues of acme/vault that iris can read: (1,) expected, (1, 2) found.",),
        ),
        (
            {"acme/room-*": (), "acme/vault": (1, 2)},
            ("Issues of acme/room-* that iris can read: () expected, (1,) found.",),
        ),
        ({}, ("iris can read acme/room-one, and shouldn't.", "iris can read acme/vault, and shouldn't.")),
    ],
)
def test_whatever_is_seen_otherwise_than_foretold_is_named(
    may: dict[str, tuple[int, ...]], wrong: tuple[str, ...]
) -> None:
    """A repository or an issue too many is a sentence, and so is one too few."""
    assert misseen([Sees("iris", "", may)], [Seen("iris", "", ROOMS_SEEN)]) == wrong


def test_a_second_room_is_one_too_many() -> None:
    """A name that isn't foretold in full stands for one repository."""
    rooms = (ROOMS_SEEN[0], Listing("acme/room-two", ()))
    wrong = ("iris can read acme/room-two, and shouldn't.",)
    assert misseen([Sees("iris", "", {"acme/room-*": (1,)})], [Seen("iris", "", rooms)]) == wrong


class Leaky(Stage):
    """A stage on which somebody lets the accused administrator into everything, once the report is there."""

    def perform(self, who: str, deed: Deed, vault: int, number: int, *, in_room: bool = False) -> int:
        """Let him in before anybody looks."""
        if isinstance(deed, Look):
            for repository in (self._rooms["iris"].full_name, SECOND):
                self._place.let_in(repository, "dario", "read")
        return super().perform(who, deed, vault, number, in_room=in_room)


def test_a_report_that_the_accused_can_read_fails_the_demo(tmp_path: Path) -> None:
    """What people see is read over HTTP with their own tokens: a hole in the wall is found."""
    (look,) = [number for number, step in enumerate(STORY[1].steps) if step.shows == SAME_MOMENT]
    chapter = msgspec.structs.replace(STORY[1], steps=STORY[1].steps[: look + 1])
    with Leaky(tmp_path) as stage:
        *_, last = play(stage, (chapter,))
    (room,) = [one.name for one in last.seen[0].repositories]
    leaks = {f"dario can read {name}, and shouldn't." for name in (SECOND, room)}
    assert not last.ok
    assert leaks <= set(last.unexpected)


@pytest.mark.parametrize(
    "shows",
    [
        "illegal label put back",
        "command without a say refused",
        "the suspending administrator refused",
    ],
)
def test_what_is_refused_changes_nothing(played: dict[str, Played], shows: str) -> None:
    """After a refusal the same label stands as before it."""
    before = ALL_PLAYED[ALL_PLAYED.index(shows) - 1]
    assert played[shows].state == played[before].state
    assert played[shows].answered


def test_answers_are_shown_without_their_hidden_record(played: dict[str, Played]) -> None:
    """What is told of an answer is what people read."""
    answers = [text for one in played.values() for text in one.answered]
    assert answers
    assert not [text for text in answers if "<!--" in text or not text]


FILED = STORY[2].steps[0]
RIGHT = FILED.expect


def _story(*expectations: Expect) -> tuple[Chapter, ...]:
    """Return a story in which the same report is filed once for each expectation."""
    steps = (msgspec.structs.replace(FILED, expect=expect) for expect in expectations)
    return tuple(Chapter(title=f"Report {n}", steps=(step,)) for n, step in enumerate(steps, 1))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"state": "resolved"}, "Labels: state: resolved expected, state: reported found."),
        ({"is_open": False}, "Open: False expected, True found."),
        ({"receipts": 2}, "Answers: 2 expected, 1 found."),
        ({"refused": 1}, "Refusals among them: 1 expected, 0 found."),
        ({"told": (*RIGHT.told, Heard("lena", "by mention"))}, "Not told: lena by mention."),
        ({"told": RIGHT.told[:-1]}, "Heard, but should not be: noor on the incident (reporter/arrived)."),
    ],
)
def test_a_wrong_expectation_is_found_out(stage: Stage, wrong: dict[str, Any], named: str) -> None:
    """Whatever the story foretells wrongly is named, and the story goes on."""
    first, second = play(stage, _story(msgspec.structs.replace(RIGHT, **wrong), RIGHT))
    assert (first.ok, first.unexpected) == (False, (named,))
    assert second.ok


def _step(who: str, deed: Deed, **expect: Any) -> Step:
    return Step(shows="", who=who, did="does something", deed=deed, expect=Expect(**expect))


def test_what_github_refuses_is_unexpected(stage: Stage) -> None:
    """A reader who labels gets GitHub's own refusal: the wall around an incident stands."""
    steps = (FILED, _step("noor", AddLabel("state: closed"), state="reported", receipts=0))
    _, refused = play(stage, (Chapter(title="A reader labels", steps=steps),))
    assert (refused.ok, refused.unexpected) == (False, ("GitHub answered 403.",))


def test_an_incident_can_be_closed_and_reopened_with_buttons(stage: Stage) -> None:
    """Every deed of a story can be played, also those that the present one doesn't need."""
    steps = (
        FILED,
        _step("noor", Press("Close"), state="withdrawn", is_open=False),
        _step("noor", Wait(hours=1), state="withdrawn", is_open=False, receipts=0),
        _step(
            "noor",
            Press("Reopen"),
            state="reported",
            told=(Heard("noor", "on the incident", "reporter/reopened"),),
        ),
    )
    assert [one.unexpected for one in play(stage, (Chapter(title="Second thoughts", steps=steps),))] == [
        ()
    ] * 4


class Hurried(Stage):
    """A stage on which every run says that it left something undone."""

    def run(self) -> bool:
        """Run, and say so."""
        super().run()
        return False


def test_a_run_that_leaves_something_undone_is_unexpected(tmp_path: Path) -> None:
    """A step isn't right when a run couldn't do all that there was to do."""
    with Hurried(tmp_path) as stage:
        (only,) = play(stage, _story(RIGHT))
    assert only.unexpected == ("A run left something undone.",)


@pytest.mark.parametrize("width", [80, 120])
def test_the_story_fits_its_console(played: dict[str, Played], width: int) -> None:
    """Heard without colour, no line is wider than the console, ends in spaces or holds formatting marks."""
    output = io.StringIO()
    narrator = Narrator(Console(file=output, width=width, highlight=False))
    narrator.open()
    for one in played.values():
        narrator.tell(one)
    narrator.close()
    lines = output.getvalue().split("\n")
    assert max(map(len, lines)) <= width
    assert [line for line in lines if line != line.rstrip() or "**" in line or "\x1b" in line] == []
    assert all(one.did.split()[0] in output.getvalue() for one in played.values())


def test_what_is_wrong_is_told_clearly(tmp_path: Path) -> None:
    """A mismatch stands beside its step and at the end, and the whole counts as not right."""
    output = io.StringIO()
    narrator = Narrator(Console(file=output, width=100))
    assert not perform(tmp_path, _story(msgspec.structs.replace(RIGHT, receipts=5)), narrator)
    told = output.getvalue()
    assert "WRONG" in told
    assert "Answers: 5 expected, 1 found." in told
    assert "NOT AS EXPECTED: step 1." in told


def test_a_step_is_one_line_of_json(tmp_path: Path) -> None:
    """Line breaks in what was answered don't break the line, and every field is there."""
    output = io.StringIO()
    assert perform(tmp_path, _story(RIGHT), JsonLines(output))
    (line,) = output.getvalue().splitlines()
    step = json.loads(line)
    assert {"step", "who", "did", "answered", "told", "state", "ok"} <= set(step)
    assert (step["who"], step["state"], step["ok"]) == ("noor", "state: reported", True)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("one\n\n**two**", "one\ntwo"),
        ("Copy it:\n\n```\nwords\n```\n\n---", "Copy it:\nwords"),
        ("a\nb\nc\nd\ne", "a\nb\nc\nd\n…"),
        ("- x\n> y", "- x\n> y"),
    ],
)
def test_the_gist_is_the_first_lines(text: str, short: str) -> None:
    """Blank lines and marks that only format go; a text that is cut says so."""
    assert LONGEST == 4
    assert gist(text) == short


def test_a_story_is_data() -> None:
    """Every step names a deed and somebody to do it, and shows something that no other step shows."""
    steps = [step for chapter in STORY for step in chapter.steps]
    assert len({step.shows for step in steps}) == len(steps)
    assert all(isinstance(chapter.steps[0].deed, File | Mail | OpenRoom) for chapter in STORY)
    assert all(step.deed.text for step in steps if isinstance(step.deed, Write))
