"""The player: plays a story on a stage, and compares what came of each step with what had to come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

import msgspec
from github import GithubException

from cocflow.core.process import STATE_PREFIX
from cocflow.demo.news import News
from cocflow.demo.script import Chapter, Deed, Expect, Heard, Sees, Step
from cocflow.demo.stage import Listing, Shown, Stage
from cocflow.errors import CocflowError


class Seen(msgspec.Struct, frozen=True):
    """All that somebody could read, and who they are."""

    who: str
    role: str
    repositories: tuple[Listing, ...]


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a step. `incident` is its number, 0 for none; `state` the labels of states that stand.

    `unexpected` holds a sentence for each thing that is not as the story says; `ok`: there is none.
    """

    step: int
    chapter: str
    shows: str
    incident: int = 0
    at: str = ""
    who: str
    did: str
    deed: Deed
    answered: tuple[str, ...] = ()
    told: tuple[Heard, ...] = ()
    seen: tuple[Seen, ...] = ()
    state: str = ""
    ok: bool = False
    unexpected: tuple[str, ...] = ()


def play(stage: Stage, story: Sequence[Chapter]) -> Iterator[Played]:
    """Play a story, and yield what came of each step; one that fails doesn't stop the others."""
    count = 0
    for chapter in story:
        incident = 0
        for step in chapter.steps:
            count += 1
            announced = Played(
                step=count,
                chapter=chapter.title,
                shows=step.shows,
                incident=incident,
                who=step.who,
                did=step.did,
                deed=step.deed,
            )
            played = _play(stage, step, announced, chapter.vault)
            incident = played.incident
            yield played


def _play(stage: Stage, step: Step, announced: Played, vault: int) -> Played:
    """Let somebody do a step, let the runs answer it, and look at what came of it."""
    try:
        number = announced.incident
        if step.on:
            number = stage.suspension(vault, number, step.on)
        number = stage.perform(step.who, step.deed, vault, number, in_room=step.in_room)
        at = stage.now()
        complete = stage.run()
        news, standing = stage.news(), stage.standing(vault, number)
        seen = tuple(Seen(one.who, one.role, stage.listing(one.who)) for one in step.expect.sees)
    except GithubException as error:
        # Only the status: the rest may hold what somebody wrote.
        return msgspec.structs.replace(announced, unexpected=(f"GitHub answered {error.status}.",))
    except CocflowError as error:
        return msgspec.structs.replace(announced, unexpected=(str(error),))
    unexpected = mismatches(step.expect, news, standing) + misseen(step.expect.sees, seen)
    if not complete:
        unexpected = (*unexpected, "A run left something undone.")
    return msgspec.structs.replace(
        announced,
        incident=announced.incident if step.on else number,
        at=at,
        answered=tuple(answer.text for answer in news.answers),
        told=news.told,
        seen=seen,
        state=", ".join(standing.states),
        ok=not unexpected,
        unexpected=unexpected,
    )


def mismatches(expect: Expect, news: News, standing: Shown) -> tuple[str, ...]:
    """Return a sentence for each thing that is not as expected; none if all of it is."""
    refused = sum(answer.record.refused for answer in news.answers)
    compared: tuple[tuple[str, object, object], ...] = (
        ("Labels", f"{STATE_PREFIX}{expect.state}", ", ".join(standing.states)),
        ("Open", expect.is_open, standing.is_open),
        ("Answers", expect.receipts, len(news.answers)),
        ("Refusals among them", expect.refused, refused),
    )
    wrong = [f"{what}: {want} expected, {is_} found." for what, want, is_ in compared if want != is_]
    want_told, is_told = (Counter(map(str, told)) for told in (expect.told, news.told))
    wrong += [f"Not told: {one}." for one in sorted((want_told - is_told).elements())]
    wrong += [f"Heard, but should not be: {one}." for one in sorted((is_told - want_told).elements())]
    return tuple(wrong)


def misseen(expected: Sequence[Sees], seen: Sequence[Seen]) -> tuple[str, ...]:
    """Return a sentence for each thing that somebody can read and shouldn't, or should and can't."""
    wrong: list[str] = []
    for want, is_ in zip(expected, seen, strict=True):
        left = dict(want.repositories)
        for one in is_.repositories:
            name = next((pattern for pattern in left if fnmatchcase(one.name, pattern)), None)
            if name is None:
                wrong.append(f"{want.who} can read {one.name}, and shouldn't.")
            elif (may := left.pop(name)) != (found := tuple(number for number, _ in one.issues)):
                wrong.append(f"Issues of {name} that {want.who} can read: {may} expected, {found} found.")
        wrong += [f"{want.who} can't read {name}." for name in left]
    return tuple(wrong)
