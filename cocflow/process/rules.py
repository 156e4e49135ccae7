"""A process in plain words: who may do what, when, and what follows.

Owns the sentences of `cocflow process show` and of `docs/process.md`, made from the definition alone,
so that they can't say anything else than what is enforced. Refuses to explain why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.outcomes import Outcomes
from cocflow.core.process import (
    BACK,
    PROPERTIES,
    Audible,
    Drafting,
    Figure,
    Move,
    Opening,
    Process,
    Property,
    Step,
    Timer,
)
from cocflow.process.steps import leads_to, writers

_ROLES = {
    "reporter": "the reporter",
    "filer": "whoever filed it for somebody else",
    "administrator": "an administrator",
    "party": "somebody whom the incident concerns",
    "suspended": "the suspended person",
    "guest": "the guest of the room",
    "outside": "the outside contact",
    "anyone": "anybody who can read it",
    "cocflow": "cocflow by itself",
}
_AUDIENCES = {
    "reporter": "the reporter",
    "filer": "whoever files for somebody else",
    "party": "everybody whom the incident concerns",
    "suspended": "the suspended person",
    "guest": "the guest of the room",
    "administrators": "the administrators",
    "community": "the community",
    "outside": "the outside contact",
    "sender": "whoever a mail says wrote it",
}
_LISTENERS: dict[Audible, str] = {
    "owner": "whoever has the case",
    "next": "they and the next in turn",
    "everyone": "everybody who may decide",
}
_APPROVED = {"anybody": "an administrator", "another": "another administrator, where there is one,"}


def rules(process: Process) -> str:
    """Return the whole process as Markdown."""
    lines = [
        f"# The {process.name} process, version {process.version}",
        "",
        f"Published {process.published}.",
        "",
        "## States",
        "",
        *_states(process),
        "",
        *_sets(process),
        "## How it begins",
        "",
        *(f"- {_opening(process, place)}" for place in range(len(process.openings))),
        "",
        "## What may be done",
        "",
        *(line for move in process.moves for line in (*_move(process, move), "")),
    ]
    if process.outcomes:
        lines += ["## How it may end for somebody", "", *_outcomes(process.outcomes), ""]
    if depends := list(across(process)):
        lines += ["## Where it looks at the other process", "", *depends, ""]
    if process.timers:
        lines += ["## What the clock does", "", *(f"- {_timer(process, one)}" for one in process.timers), ""]
    if process.figures:
        lines += ["## Figures that a community may set", "", *_figures(process.figures), ""]
    if process.marks:
        lines += ["## Labels that show something else", "", *_marks(process), ""]
    return "\n".join(lines)


_VOICES = {1: "one", "two_thirds": "two thirds, at least two"}


def _outcomes(outcomes: Outcomes) -> Iterator[str]:
    """Give the outcomes, from mildest to gravest, as a table."""
    yield "A line of a resolution states one: a name, a colon, the outcome, and until when. Afterwards its"
    yield "label does. From mildest to gravest:"
    yield ""
    yield "| outcome | means | who agree | a note of it is kept |"
    yield "|---|---|---|---|"
    for one in outcomes:
        voices = _VOICES.get(one.voices, str(one.voices))
        since = "its end" if one.keep.since == "end" else "the closing"
        asked = " Told only to somebody who was asked." if one.asked_only else ""
        yield f"| `{one.form}` | {one.means}{asked} | {voices} | {_months(one.keep.months)} after {since} |"


def _months(count: int) -> str:
    return f"{count} month{'' if count == 1 else 's'}"


def listed(items: Iterable[str], word: str = "and") -> str:
    """Return "a, b and c"; "" for nothing."""
    *others, last = list(items) or [""]
    return f"{', '.join(others)} {word} {last}" if others else last


def span(duration: timedelta | None) -> str:
    """Say a waiting period: `24 hours`, `7 days`, `never`."""
    if duration is None:
        return "never"
    seconds = int(duration.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        # A day is said as 24 hours: a span knows nothing of calendars, and "a day" might.
        if seconds % size == 0 and seconds > (86400 if unit == "day" else 0):
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def told(notices: Sequence[str]) -> str:
    """Say who is told, by the audiences of the notices; "" if nobody is."""
    audiences = dict.fromkeys(notice.partition("/")[0] for notice in notices)
    return listed(_AUDIENCES[one] for one in audiences)


def _states(process: Process) -> Iterator[str]:
    yield "| state | means |"
    yield "|---|---|"
    for state in process.states:
        end = " It ends here." if state.final else ""
        if state.open_while:
            end += f" It stays open while {listed(map(_guard, state.open_while), 'or')}."
        yield f"| {state.name} | {state.means}{end} |"


def _sets(process: Process) -> Iterator[str]:
    """Say which states a name stands for, as the moves and timers below use it."""
    if process.sets:
        yield "Several states together:"
        yield ""
        for name, states in process.sets:
            yield f"- *{_said(name)}*: {listed(states)}"
        yield ""


def _properties(properties: Sequence[Property]) -> str:
    return "".join(f" {PROPERTIES[one]}" for one in properties)


def _while(process: Process, states: Sequence[str]) -> str:
    """Say in which states: `while it is *open* or *closed*`."""
    everywhere = {state.name for state in process.states} <= set(states)
    return "in every state" if everywhere else f"while it is {_which(process, states)}"


def _which(process: Process, states: Sequence[str]) -> str:
    """Name states, by the names of sets where they fit: `*open* or *closed*`."""
    left, said = list(states), []
    for name, members in sorted(process.sets, key=lambda one: -len(one[1])):
        if len(members) > 1 and set(members) <= set(left):
            said.append(_said(name))
            left = [one for one in left if one not in members]
    return listed((f"*{one}*" for one in (*said, *left)), "or")


def _said(name: str) -> str:
    return name.replace("_", " ")


def _marks(process: Process) -> Iterator[str]:
    yield "| label | means |"
    yield "|---|---|"
    for mark in process.marks:
        yield f"| `{mark.name}` | {mark.means} |"


def _opening(process: Process, place: int) -> str:
    opening: Opening = process.openings[place]
    if opening.guards:
        begin = f"If {_demands(opening.guards)}, it is **{opening.to}**"
    else:
        begin = f"{'Otherwise' if place else 'Once opened,'} it is **{opening.to}**"
    return f"{begin}.{_and_told(opening.notices)}"


def _move(process: Process, move: Move) -> Iterator[str]:
    states = _while(process, move.from_)
    people = listed((_ROLES[one] for one in move.by if one != "cocflow"), "or")
    yield f"### {move.means}"
    yield ""
    yield f"- **Who and when:** {people or _ROLES['cocflow']}, {states}."
    yield f"- **How:** {listed(_ways(process, move), 'or')}."
    if move.guards:
        yield f"- **Only if:** {_demands(move.guards)}."
    if move.care is not None:
        only = f", if {_demands(move.care)}" if move.care else ""
        yield f"- **Care:** an administrator whose say is in question may do it too{only}."
    if move.drafted is not None:
        yield f"- **First:** {_drafted(move.drafted)}"
    follows = _follows(process, move)
    yield f"- **What follows:** {follows}{_and_told(move.notices)}"
    if move.records:
        yield f"- **What is recorded:** {_recorded(move.records)}."


def _follows(process: Process, move: Move) -> str:
    if move.to == BACK:
        states = listed((f"**{one}**" for one in leads_to(process, move)), "or")
        return f"it is again what it was: {states}."
    return f"it is then **{move.to}**." if move.to else "it stays in its state."


def _drafted(drafting: Drafting) -> str:
    """Say how a draft is approved, and who is asked about it."""
    by = drafting.approved_by
    approve = f"{by} different administrators, or all there are," if isinstance(by, int) else _APPROVED[by]
    asked = told(drafting.asks)
    ask = f" {asked[0].upper()}{asked[1:]} {_are(asked)} asked about exactly these words." if asked else ""
    return f"it is a draft until {approve} {'approves' if by == 1 or by in _APPROVED else 'approve'} it.{ask}"


def _recorded(records: Sequence[str]) -> str:
    return "; ".join(ACTS.records[one].means for one in records)


def _ways(process: Process, move: Move) -> Iterator[str]:
    state = process.state(move.to or "")
    if move.label and state is not None:
        yield f"the label `{state.label}`"
    if move.quick_labels:
        yield "the label " + listed((f"`{label}`" for label, _ in move.quick_labels), "or")
    if move.button:
        yield f"the button {move.button.capitalize()}"
    if move.command:
        yield f"a comment `{GRAMMAR[move.command].usage.form.splitlines()[0]}`"
    if move.edit:
        yield "an edit of the report"
    if move.assign:
        yield "assigning the issue"
    if move.letter:
        yield f"a letter of {listed((_ROLES[one] for one in move.by if one in writers(move)), 'or')}"
    if move.automatic:
        yield "by itself, as soon as it may be"


def _timer(process: Process, timer: Timer) -> str:
    if timer.after is not None and timer.at is None:
        when = f"{_figure(process, timer.after)} after it became {_which(process, timer.in_)}"
    else:
        when = f"{_while(process, timer.in_)}, {_instant(process, timer)}"
    again = f", and then every {_figure(process, timer.every)}" if timer.every and not timer.patience else ""
    only = f" Only if {_demands(timer.guards)}." if timer.guards else ""
    follows = f" It is then **{timer.to}**." if timer.to else ""
    sentence = f"{when[0].upper()}{when[1:]}{again}: {timer.means[0].lower()}{timer.means[1:]}."
    kept = f" It is recorded {_recorded(timer.records)}." if timer.records else ""
    kept += _patience(process, timer)
    return sentence + only + follows + kept + _and_told(timer.notices) + _properties(timer.is_)


def _patience(process: Process, timer: Timer) -> str:
    """Say in which steps a reminder comes, and where."""
    if not timer.patience:
        return ""
    steps = "; ".join(_step(process, timer, one) for one in timer.patience)
    where = " It stands in the digest on the board, and on the case only where it concerns an administrator."
    return f" In steps: {steps}.{where if timer.digest else ''}"


def _step(process: Process, timer: Timer, one: Step) -> str:
    who = _LISTENERS[one.tells] + (" and the outside contact" if one.outside else "")
    every = process.figure(timer.every).default if timer.every else None
    if every is None:
        return who
    when = "at once" if not one.after else f"{span(every * one.after)} later"
    return f"{when} {who}" + (f", and again every {span(every * one.again)}" if one.again else "")


def _instant(process: Process, timer: Timer) -> str:
    instant = _sentence(ACTS.instants[timer.at or ""].means)
    if timer.before is not None:
        return f"{_figure(process, timer.before)} before {instant}"
    if timer.after is not None:
        return f"{_figure(process, timer.after)} after {instant}"
    return f"at {instant}"


def across(process: Process) -> Iterator[str]:
    """Say where a process looks at another one: the guards that do, and what they hold back."""
    for what, guards in (
        *((f"*{move.means}*: only if", move.guards) for move in process.moves),
        *((f"*{timer.means}*: only if", timer.guards) for timer in process.timers),
        *((f"*{state.name}* stays open while", state.open_while) for state in process.states),
    ):
        for guard in (ACTS.guards[one] for one in guards if ACTS.guards[one].across):
            yield f"- {what} {_sentence(guard.means)} ({guard.across})."


def _guard(name: str) -> str:
    return _sentence(ACTS.guards[name].means)


def _sentence(text: str) -> str:
    return f"{text[0].lower()}{text[1:].rstrip('.')}"


def _figure(process: Process, name: str) -> str:
    return f"{span(process.figure(name).default)} (`{name}`)"


def _figures(figures: Sequence[Figure]) -> Iterator[str]:
    yield "| figure | unless set otherwise | means |"
    yield "|---|---|---|"
    for one in figures:
        yield f"| `{one.name}` | {span(one.default)} | {one.means} |"


def _demands(guards: Sequence[str]) -> str:
    return listed(map(_guard, guards))


def _and_told(notices: Sequence[str]) -> str:
    who = told(notices)
    if not who:
        return ""
    return f" {who[0].upper()}{who[1:]} {_are(who)} told."


def _are(who: str) -> str:
    return "are" if " and " in who or who == "the administrators" else "is"
