"""A process in plain words: who may do what, when, and what follows.

Owns the sentences of `cocflow process show` and of `docs/process.md`, made from the definition alone,
so that they can't say anything else than what is enforced. Refuses to explain why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.guards import ACROSS, GUARDS, INSTANTS
from cocflow.core.process import Figure, Move, Opening, Process, Timer

_ROLES = {
    "reporter": "the reporter",
    "administrator": "an administrator",
    "party": "somebody whom the incident concerns",
    "suspended": "the suspended person",
    "anyone": "anybody who can read it",
    "cocflow": "cocflow by itself",
}
_AUDIENCES = {
    "reporter": "the reporter",
    "party": "everybody whom the incident concerns",
    "suspended": "the suspended person",
    "administrators": "the administrators",
    "community": "the community",
}


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
        "## How it begins",
        "",
        *(f"- {_opening(process, place)}" for place in range(len(process.openings))),
        "",
        "## What may be done",
        "",
        *(line for move in process.moves for line in (*_move(process, move), "")),
    ]
    if depends := list(across(process)):
        lines += ["## Where it looks at the other process", "", *depends, ""]
    if process.timers:
        lines += ["## What the clock does", "", *(f"- {_timer(process, one)}" for one in process.timers), ""]
    if process.figures:
        lines += ["## Figures that a community may set", "", *_figures(process.figures), ""]
    return "\n".join(lines)


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
            end += (
                f" It stays open while {listed((_sentence(GUARDS[one]) for one in state.open_while), 'or')}."
            )
        yield f"| {state.name} | {state.means}{end} |"


def _opening(process: Process, place: int) -> str:
    opening: Opening = process.openings[place]
    if opening.guards:
        begin = f"If {_demands(opening.guards)}, it is **{opening.to}**"
    else:
        begin = f"{'Otherwise' if place else 'Once opened,'} it is **{opening.to}**"
    return f"{begin}.{_and_told(opening.notices)}"


def _move(process: Process, move: Move) -> Iterator[str]:
    states = listed((f"*{one}*" for one in move.from_), "or")
    people = listed((_ROLES[one] for one in move.by if one != "cocflow"), "or")
    yield f"### {move.means}"
    yield ""
    yield f"- **Who and when:** {people or _ROLES['cocflow']}, while it is {states}."
    yield f"- **How:** {listed(_ways(process, move), 'or')}."
    if move.guards:
        yield f"- **Only if:** {_demands(move.guards)}."
    follows = f"it is then **{move.to}**." if move.to else "it stays in its state."
    yield f"- **What follows:** {follows}{_and_told(move.notices)}"


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
    if move.automatic:
        yield "by itself, as soon as it may be"


def _timer(process: Process, timer: Timer) -> str:
    states = listed((f"*{one}*" for one in timer.in_), "or")
    if timer.after is not None and timer.at is None:
        when = f"{_figure(process, timer.after)} after it became {states}"
    else:
        when = f"While it is {states}, {_instant(process, timer)}"
    again = f", and then every {_figure(process, timer.every)}" if timer.every else ""
    only = f" Only if {_demands(timer.guards)}." if timer.guards else ""
    follows = f" It is then **{timer.to}**." if timer.to else ""
    sentence = f"{when[0].upper()}{when[1:]}{again}: {timer.means[0].lower()}{timer.means[1:]}."
    return sentence + only + follows + _and_told(timer.notices)


def _instant(process: Process, timer: Timer) -> str:
    instant = _sentence(INSTANTS[timer.at or ""])
    if timer.before is not None:
        return f"{_figure(process, timer.before)} before {instant}"
    if timer.after is not None:
        return f"{_figure(process, timer.after)} after {instant}"
    return f"at {instant}"


def across(process: Process) -> Iterator[str]:
    """Say where a process looks at another one: the guards that do, and what they hold back."""
    for move in process.moves:
        for guard in (one for one in move.guards if one in ACROSS):
            yield f"- *{move.means}*: only if {_sentence(GUARDS[guard])} ({ACROSS[guard]})."
    for timer in process.timers:
        for guard in (one for one in timer.guards if one in ACROSS):
            yield f"- *{timer.means}*: only if {_sentence(GUARDS[guard])} ({ACROSS[guard]})."
    for state in process.states:
        for guard in (one for one in state.open_while if one in ACROSS):
            yield f"- *{state.name}* stays open while {_sentence(GUARDS[guard])} ({ACROSS[guard]})."


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
    return listed(_sentence(GUARDS[one]) for one in guards)


def _and_told(notices: Sequence[str]) -> str:
    who = told(notices)
    if not who:
        return ""
    verb = "are" if " and " in who or who == "the administrators" else "is"
    return f" {who[0].upper()}{who[1:]} {verb} told."
