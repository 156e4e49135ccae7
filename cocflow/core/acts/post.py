"""Posts: a text for the community's channel, which those concerned are asked about first."""

from __future__ import annotations

from cocflow.core.acts.consent import may_tell_community
from cocflow.core.acts.correct import Correct
from cocflow.core.case.act import Act, Ask, Guard
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.records import Words
from cocflow.core.text.typed import has_words
from cocflow.errors import UserMistake

LONGEST_POST = 3000
"""Characters, as Slack takes them in one piece."""

NOT_ALLOWED = (
    "The reporter hasn't agreed to the community being told, and it wasn't in a public channel. Ask them,"
    " and record it with `/consent community` and their words behind `>`."
)


class Post(Said, frozen=True):
    """Draft this text for that channel."""

    channel: str
    text: str


def parse(line: str, rest: str) -> Post:
    """Read a channel on the command's line, and below it the text as it would be posted."""
    if not line:
        raise UserMistake("A channel is missing.")
    if not has_words(rest):
        raise UserMistake("The text is missing; write it below the command, as it would be posted.")
    return Post(line, rest)


def post_in(case: Case, words: Words | None) -> str | None:
    """Return the text that is to be posted; None if the words have changed since, or are no post."""
    command = case.command(words)
    if isinstance(command, Correct) and command.of_post:
        return command.parts[0].words
    return command.text if isinstance(command, Post) else None


def post_allowed(case: Case, ask: Ask) -> str | None:
    """Refuse a draft for no channel of ours, or about what the reporter keeps to themselves."""
    if not isinstance(ask.command, Post):
        return "Say what is to be posted."
    channel = case.community.rules_channel
    said = ask.command.channel.casefold().removeprefix("#")
    if not channel or said not in ("rules", channel.casefold().removeprefix("#")):
        return "I post to the rules channel only, by the name `rules`; it stands in `.github/cocflow.yml`."
    if len(ask.command.text) > LONGEST_POST:
        return f"A post has at most {LONGEST_POST} characters."
    return None if may_tell_community(case) else NOT_ALLOWED


ACT = Act(
    name="post",
    serves=("incident",),
    commands=(
        Command(
            name="post",
            usage=Usage(
                "/post <channel>\n<text>",
                "/post rules\nA joke about how somebody speaks was taken down last week.",
                "Draft a text for a channel. Those concerned are asked about exactly that text first.",
            ),
            parse=parse,
            slashes="no command",
            instead=("publish", "announce"),
        ),
    ),
    guards=(
        Guard(
            "post_allowed",
            "It is the rules channel, and the reporter lets the community know, or it was public.",
            post_allowed,
            commands=("post",),
        ),
    ),
)
