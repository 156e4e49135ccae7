"""Withdrawing the report, and taking that back: the reporter's to say, or for them an administrator's."""

from __future__ import annotations

from cocflow.core.acts.consent import Consent
from cocflow.core.acts.report import in_their_name
from cocflow.core.case.act import Act, Ask, Guard
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.text.typed import quoted_lines, unquoted_lines


class Withdraw(Said, frozen=True):
    """Withdraw the report; `quote` holds the lines typed behind `>`, without it, and `words` the others."""

    words: str = ""
    quote: str | None = None


def parse(line: str, rest: str) -> Withdraw:
    """Read optional words, and apart from them the quoted ones."""
    text = f"{line}\n{rest}"
    return Withdraw(unquoted_lines(text), quoted_lines(text))


class Reopen(Said, frozen=True):
    """Take up again what is closed or withdrawn; `note` is what else was typed."""

    note: str = ""


def quotes_reporter(case: Case, ask: Ask) -> str | None:
    """Refuse an administrator who says what is the reporter's to say, without their own words.

    Nor is anything said for somebody who never said that they want to be the reporter.
    """
    if "reporter" in ask.roles:
        return None
    if (reason := in_their_name(case, ask)) is not None:
        return reason
    if isinstance(ask.command, Withdraw | Consent) and ask.command.quote:
        return None
    return "That is the reporter's to say. Quote their words below the command, behind `>`."


def _quoting(case: Case, ask: Ask) -> str | None:
    """Return the command with room for the reporter's words."""
    if in_their_name(case, ask) is not None:
        return None
    command = ask.command
    if isinstance(command, Consent) and command.level is not None:
        return f"/consent {command.level}{' by name' if command.named else ''}\n> <their words>"
    return "/withdraw\n> <their words>" if isinstance(command, Withdraw) else None


ACT = Act(
    name="withdraw",
    serves=("incident",),
    commands=(
        Command(
            name="withdraw",
            usage=Usage(
                "/withdraw [words]",
                "/withdraw\n> We have talked, and it is all right now.",
                "Withdraw the report. Who does it for the reporter quotes them in lines that begin with `>`.",
            ),
            parse=parse,
            slashes="no command",
            instead=("cancel", "retract", "delete", "remove", "stop"),
        ),
        Command(
            name="reopen",
            usage=Usage("/reopen", "/reopen", "Take up again what is closed, or what was withdrawn."),
            parse=lambda line, rest: Reopen(f"{line}\n{rest}".strip()),
            slashes="no command",
            instead=("open", "undo"),
        ),
    ),
    guards=(
        Guard(
            "quotes_reporter",
            "The reporter asks in person, or the administrator who asks quotes them.",
            quotes_reporter,
            commands=("withdraw", "consent"),
            copies=_quoting,
        ),
    ),
)
