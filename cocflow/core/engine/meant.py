"""What somebody meant whose comment is no command, but nearly: the nearest right thing, for who they are.

Owns which commands are offered to whom, and what is said of words for which GitHub or a label has the way.
Nobody is offered, nor shown the form of, what isn't theirs to do.
"""

from __future__ import annotations

from collections.abc import Iterable

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Commented
from cocflow.core.case.grammar import (
    Command,
    Grammar,
    is_near,
    nearest,
    slashless,
    standing,
    unknown,
    written_for,
)
from cocflow.core.process import STATE_PREFIX, Move, Role
from cocflow.errors import UserMistake

_CLOSE = ("close", "closed")
_GITHUB: dict[str, str] = {
    **dict.fromkeys(
        ("assign", "assigned", "unassign", "take", "claim", "mine", "handover"),
        "Who takes care of it is chosen with GitHub's own *Assignees*, beside the issue.",
    ),
    **dict.fromkeys(
        ("away", "back"),
        "That is said on the board, the pinned issue *What needs attention*.",
    ),
    "label": "A label is put on with GitHub's own *Labels*, beside the issue.",
}
_FURTHER_DOWN = "It stands further down, or within a quote, so I left it alone."
_SLASHLESS = "Is that a command? One begins with `/`."
_SO = "If you mean it, send it so."
_ALONE = "If you mean it, send it as the first line of a comment of its own."
_AGAIN = "If it still holds, send it anew, as the first line of a comment."


def grammar_for(case: Case, roles: Iterable[Role]) -> Grammar:
    """Return the commands that somebody with these roles may ever give, those that are possible now first."""
    mine = [move for move in case.process.moves if move.command and not set(roles).isdisjoint(move.by)]
    mine.sort(key=lambda move: case.progress.state not in move.from_)
    return {move.command: GRAMMAR[move.command] for move in mine if move.command}


def is_meant(case: Case, fact: Commented) -> bool:
    """Whether a comment that is no command has to be asked about: it holds one, or is one but for its slash.

    Whoever has no part here is left alone, and so is a word for which there is no command now.
    """
    roles = case.roles(fact.by)
    found = standing(fact.body, GRAMMAR)
    if not roles or found is not None:
        return bool(roles) and found is not None and not found.sure
    return _without_slash(case, fact, roles) is not None


def _without_slash(case: Case, fact: Commented, roles: frozenset[Role]) -> tuple[Command, str] | None:
    if slashless(fact.body, GRAMMAR) is None:
        return None
    found = slashless(fact.body, grammar_for(case, roles))
    here = {move.command for move in _here(case, roles)}
    return found if found is not None and found[0].name in here else None


def _here(case: Case, roles: frozenset[Role]) -> list[Move]:
    """Return the moves that somebody with these roles is offered now."""
    here = case.process.moves_from(case.progress.state)
    return [one for one in here if roles & set(one.by) and ACTS.is_offered(case, one.guards)]


def asked_about(case: Case, fact: Commented) -> UserMistake:
    """Return what is said of a comment that `is_meant`."""
    found = _without_slash(case, fact, case.roles(fact.by))
    if found is not None:
        hint = "If you mean it, send it with your own words." if "<" in found[1] else _SO
        return UserMistake(_SLASHLESS, copy=found[1], hint=hint)
    return UserMistake(_FURTHER_DOWN, hint=_ALONE)


def too_late() -> UserMistake:
    """Return what is said of a command that nothing told of, and that is too old to be done now."""
    return UserMistake(
        "Nothing told me of this command, so I see it only now, a day late or more.", hint=_AGAIN
    )


def no_command(case: Case, word: str, roles: frozenset[Role], body: str = "") -> UserMistake:
    """Return the mistake of a word that is no command, with the label, the button or the command for it.

    Words for other commands are understood where these are possible now; a slip of the finger always, but
    of a word that is written for another command. `body`: the comment, of which what is right is offered.
    """
    here, state = _here(case, roles), case.progress.state or ""
    near = written_for(word, {one.command: GRAMMAR[one.command] for one in here if one.command})
    if near is None and word in _CLOSE:
        near = _like_the_button(here)
    if near is None:
        if is_near(word, state):
            return UserMistake(f"It is {state} already.")
        if (label := _label(case, roles, word)) is not None:
            return UserMistake(f"That is no command but a label: put on `{label}`.")
        if word in _CLOSE and any(move.button == "close" for move in here):
            return UserMistake("That is no command but a button: use GitHub's own *Close*.")
        if "administrator" in roles and word in _GITHUB:
            return UserMistake(_GITHUB[word])
        near = nearest(word, grammar_for(case, roles)) if written_for(word, GRAMMAR) is None else None
    mine = (*here, *(one for one in case.process.moves if roles & set(one.by)))
    means = next((one.means for one in mine if near is not None and one.command == near.name), "")
    return unknown(word, near, means, _with_word(body, near))


def _with_word(body: str, near: Command | None) -> str:
    """Return a comment with that command's word, where all else of it is the command's own; "" if not."""
    found = standing(body, GRAMMAR)
    typed = found.text.removeprefix("/").split(maxsplit=1) if found is not None and near is not None else []
    if near is None or len(typed) < 2:
        return ""
    said = slashless(f"{near.name} {typed[1]}", {near.name: near})
    return said[1] if said is not None and "<" not in said[1] else ""


def _like_the_button(here: Iterable[Move]) -> Command | None:
    """Return the command that leads where GitHub's *Close* would, None if there is none."""
    to = {one.to for one in here if one.button == "close"}
    return next((GRAMMAR[one.command] for one in here if one.command and one.to in to), None)


def _label(case: Case, roles: frozenset[Role], word: str) -> str | None:
    """Return the label that does what a word says, its name or a form of it; None where none does."""
    for move in case.process.moves_from(case.progress.state):
        if roles.isdisjoint(move.by):
            continue
        labels = [label for label, _ in move.quick_labels if move.command is None]
        labels += [f"{STATE_PREFIX}{move.to}"] if move.label and move.to else []
        for label in labels:
            name = label.removeprefix(STATE_PREFIX).casefold()
            if word == name or (len(word) > 3 and is_near(word, name)):
                return label
    return None
