"""Words that are drafted first: who must be able to approve them, and to be asked about them.

Owns the rules without which a draft would wait for ever, or go out unheard.
"""

from __future__ import annotations

from collections.abc import Iterator

from cocflow.core.process import INCIDENT, Move, Process, Timer
from cocflow.process.entries import Entry, Mistakes

APPROVAL, ANSWER, SILENCE, HEARD = "approval", "draft_answer", "silence", "heard"
"""What is recorded of a draft, by the names of `core/acts/draft.py` and `core/acts/hearing.py`."""

ONLY_DRAFTED = {
    "post": "{approved_by: another, asks: [reporter/post_question]}",
    "correct": "{approved_by: anybody}",
}
"""Commands whose words nobody gets but as a draft that was approved, and how they may be."""

MADE = "draft.made"
"""The instant from which silence counts."""

OUTCOMES, ONE, TOLD = "outcomes", "one_suffices", "outside_named"
"""What is recorded of a decision, and where too few agree to it."""

PROPOSED = "agreement.proposed"
"""The instant from which they are waited for."""

AGREED = "agreed"
"""What a label stands for that approves where several have to agree; another one does elsewhere."""


def _drafted(process: Process) -> list[Move]:
    return [move for move in process.moves if move.drafted is not None]


def _recording(process: Process, name: str) -> list[Move]:
    return [move for move in process.moves if name in move.records]


def _counting(process: Process) -> list[Timer]:
    return [timer for timer in process.timers if SILENCE in timer.records]


def _drafts_are_words(process: Process, root: Entry) -> Mistakes:
    """What is drafted are the words of a comment, so a command asks for it and nothing else."""
    for move in _drafted(process):
        entry = root.at("moves", move.name)
        if move.command is None:
            hint = "add a command, or take `drafted` out"
            yield entry.at("drafted").error(f"`{move.name}` has no words to draft", hint)
        wordless = {
            "label": move.label,
            "button": bool(move.button),
            "edit": move.edit,
            "assign": move.assign,
            "letter": move.letter,
            "automatic": move.automatic,
            "quick_labels": any(value for _, value in move.quick_labels),
        }
        for way in (way for way, there in wordless.items() if there and move.command):
            hint = "take it out: once approved, the draft goes out by itself"
            yield entry.at(way).error(f"`{way}` in `{move.name}` has no words to draft", hint)


def _drafts_are_administrators(process: Process, root: Entry) -> Mistakes:
    """Drafts are by administrators, and so are approvals: nobody else has a say."""
    for move in _drafted(process):
        entry = root.at("moves", move.name)
        if set(move.by) != {"administrator"}:
            hint = "write `by: [administrator]`, or take `drafted` out"
            yield entry.at("by").error(f"what `{move.name}` says is drafted by administrators only", hint)
    for move in _recording(process, APPROVAL):
        if set(move.by) != {"administrator"}:
            entry = root.at("moves", move.name, "by")
            yield entry.error("only an administrator's approval counts", "write `by: [administrator]`")
        if move.to is not None and _drafted(process):
            entry = root.at("moves", move.name, "to")
            yield entry.error("an approval lets the draft's own move happen", "take `to` out")


def _posts_are_drafted(process: Process, root: Entry) -> Mistakes:
    for move in process.moves:
        if move.command in ONLY_DRAFTED and move.drafted is None:
            hint = f"add `drafted: {ONLY_DRAFTED[move.command]}`"
            entry = root.at("moves", move.name, "command")
            yield entry.error(f"what `/{move.command}` says waits to be approved", hint)


def _drafts_are_approved(process: Process, root: Entry) -> Mistakes:
    drafted = _drafted(process)
    if not drafted:
        return
    approving = [move for move in _recording(process, APPROVAL) if move.quick_labels]
    labels = [(move, label, value) for move in approving for label, value in move.quick_labels]
    if not labels:
        hint = f"add a move with one quick label, `guards: [may_approve]` and `records: [{APPROVAL}]`"
        yield root.at("moves", drafted[0].name, "drafted").error(
            f"nobody can approve what `{drafted[0].name}` drafts", hint
        )
        return
    for move, label, value in labels:
        first = next(one for _, one, said in labels if (said == AGREED) is (value == AGREED))
        if label != first:
            entry = root.at("moves", move.name, "quick_labels", label)
            yield entry.error(f"there is another label that approves: `{first}`", "leave one of them")
    covered = {state for move in approving for state in move.from_}
    yield from _uncovered(root.at("moves", approving[0].name, "from"), drafted, covered, "be approved")


def _asked_are_heard(process: Process, root: Entry) -> Mistakes:
    """Whoever is asked can answer, and isn't waited for for ever."""
    asking = [move for move in _drafted(process) if move.drafted is not None and move.drafted.asks]
    if not asking:
        return
    answering, counting = _recording(process, ANSWER), _counting(process)
    asks = root.at("moves", asking[0].name, "drafted", "asks")
    if answering:
        covered = {state for move in answering for state in move.from_}
        yield from _uncovered(root.at("moves", answering[0].name, "from"), asking, covered, "be answered")
    else:
        hint = f"add a move with `command: consent`, `guards: [{ANSWER}]` and `records: [{ANSWER}]`"
        yield asks.error(f"those whom `{asking[0].name}` asks can't answer", hint)
    if counting:
        covered = {state for timer in counting for state in timer.in_}
        yield from _uncovered(root.at("timers", counting[0].name, "in"), asking, covered, "count as asked")
    else:
        hint = f"add a timer with `at: {MADE}`, `after` and `records: [{SILENCE}]`"
        yield asks.error(f"whoever says nothing to `{asking[0].name}` is waited for for ever", hint)


def _the_reporter_is_heard(process: Process, root: Entry) -> Mistakes:
    """What uses a report waits while its reporter has said something, until somebody has read it."""
    drafted, hearing = _drafted(process), _recording(process, HEARD)
    if process.name != INCIDENT or not drafted:
        return
    labelled = [move for move in hearing if move.quick_labels and set(move.by) == {"administrator"}]
    if not labelled:
        hint = (
            "add a move `by: [administrator]` with one quick label, `guards: [reporter_unheard]` and"
            f" `records: [{HEARD}]`"
        )
        yield root.at("moves", drafted[0].name, "drafted").error(
            f"what the reporter says to what `{drafted[0].name}` drafts isn't heard", hint
        )
        return
    covered = {state for move in labelled for state in move.from_}
    yield from _uncovered(root.at("moves", labelled[0].name, "from"), drafted, covered, "be heard about")


def _uncovered(entry: Entry, drafted: list[Move], covered: set[str], what: str) -> Mistakes:
    for move in drafted:
        for state in (one for one in move.from_ if one not in covered):
            yield entry.error(f"what `{move.name}` drafts in `{state}` can't {what}", f"add `{state}` here")


def _agreement_never_locks(process: Process, root: Entry) -> Mistakes:
    """What takes several voices goes on with one in the end, counted from when it was proposed."""
    deciding = [move for move in _drafted(process) if OUTCOMES in move.records]
    counting = [timer for timer in process.timers if ONE in timer.records]
    if deciding and not counting:
        hint = f"add a timer with `at: {PROPOSED}`, `after` and `records: [{ONE}]`"
        yield root.at("moves", deciding[0].name, "records").error(
            f"what `{deciding[0].name}` decides may wait for ever for others to agree", hint
        )
    if counting:
        covered = {state for timer in counting for state in timer.in_}
        yield from _uncovered(root.at("timers", counting[0].name, "in"), deciding, covered, "go on with one")
    for timer in (one for one in process.timers if {ONE, TOLD} & set(one.records) and one.at != PROPOSED):
        entry = root.at("timers", timer.name)
        yield (entry.at("at") if timer.at else entry).error(
            f"`{timer.name}` counts from when a decision was proposed", f"write `at: {PROPOSED}`"
        )


def _silence_counts_from_the_draft(process: Process, root: Entry) -> Mistakes:
    for timer in _counting(process):
        if timer.at != MADE:
            entry = root.at("timers", timer.name)
            yield (entry.at("at") if timer.at else entry).error(
                f"`{SILENCE}` in `{timer.name}` counts from when the draft was shown", f"write `at: {MADE}`"
            )


def _nothing_waits_without_a_draft(process: Process, root: Entry) -> Mistakes:
    if _drafted(process) or any(move.command in ONLY_DRAFTED for move in process.moves):
        return
    for entry, name in _of_drafts(process, root):
        hint = "give a move with a command `drafted: {approved_by: another}`, or delete this one"
        yield entry.error(f"nothing is drafted in this process, so there is no `{name}`", hint)


def _of_drafts(process: Process, root: Entry) -> Iterator[tuple[Entry, str]]:
    for name in (APPROVAL, ANSWER):
        yield from ((root.at("moves", move.name, "records"), name) for move in _recording(process, name))
    yield from ((root.at("timers", timer.name, "records"), SILENCE) for timer in _counting(process))


RULES = (
    _drafts_are_words,
    _drafts_are_administrators,
    _posts_are_drafted,
    _drafts_are_approved,
    _asked_are_heard,
    _the_reporter_is_heard,
    _agreement_never_locks,
    _silence_counts_from_the_draft,
    _nothing_waits_without_a_draft,
)
"""The rules of this file."""
