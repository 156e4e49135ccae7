"""Comment commands in general: from what a person typed to one frozen record, or to their mistake.

Owns what all commands have in common; each subject has the grammar of its own (`core/acts/`). Refuses to
judge: who may say it, in which state, and what a `<when>` or a name means is decided elsewhere. A command
is a comment whose very first character is `/`, which is what the job's `if:` tests too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from itertools import takewhile
from typing import Any, Literal, TypeAlias

import msgspec

from cocflow.core.text.inert import JOINER
from cocflow.core.text.mailed import mailed_lines
from cocflow.core.text.typed import has_words, quoted_lines, unquoted_lines
from cocflow.errors import UserMistake


class Confidential:
    """A record that doesn't show its words in a repr, nor in rich's tracebacks: those end up in logs."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show no fields in rich's tracebacks either."""
        return []


class Said(Confidential, msgspec.Struct, frozen=True):
    """What every command is."""


Parser: TypeAlias = Callable[[str, str], Said]
"""Takes the rest of the command's line, and the lines that follow, both stripped."""

Slashes: TypeAlias = Literal["refused", "no command", "text"]
"""What a further line may be that begins with `/`: nothing; anything but a known command; any text.

A second command would not run. Where the further lines are only a note it is refused outright; where
they are words to be kept or sent, a command among them is refused, as nobody would want it sent; where
they may be pasted from elsewhere, they are nothing but text.
"""


class Usage(msgspec.Struct, frozen=True):
    """How a command is written, for replies and for the documentation."""

    form: str
    example: str
    """Ready to copy: it is read without a mistake."""
    meaning: str


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One command: what it is called, how it is written, and who reads it.

    `holds`: nothing may be told to anybody while one is unanswered, for it may take back what is told.
    `at_once`: its words reach somebody before anybody else has seen them. `keywords` are the words of its
    own that may follow it, and are nobody's. `asks`: whoever writes it is told something, and nothing else
    happens.
    """

    name: str
    usage: Usage
    parse: Parser
    slashes: Slashes
    holds: bool = False
    at_once: bool = False
    keywords: tuple[str, ...] = ()
    asks: bool = False


Grammar: TypeAlias = Mapping[str, Command]
"""Commands by their names."""

_HEAD = re.compile(r"/(\S*)(.*)", re.DOTALL)
_ENDS = ".,:;!"
"""What ends a clause, and no command."""

_LONGEST_BARE = 8
"""Words of a command and what is its own on its line."""


def is_command(body: str) -> bool:
    """Tell whether a comment asks for something: only its very first character decides."""
    return body.startswith("/")


def command_word(body: str) -> str:
    """Return the word of a command as it would be looked up; "" where there is none."""
    found = _HEAD.match(body.partition("\n")[0].rstrip("\r"))
    return found[1].lower() if found and found[1].isascii() else ""


def read_command(body: str, grammar: Grammar) -> Said:
    """Read a comment as the one command that it holds, by `grammar`.

    Raises UserMistake for everything else, with the form and an example ready to copy. The message
    repeats nothing that was typed but a command word of plain letters.
    """
    head, _, rest = body.replace("\r\n", "\n").replace("\r", "\n").partition("\n")
    word, line = _word_and_line(head)
    command = grammar.get(word.lower()) if word.isascii() else None
    if command is None:
        raise UserMistake(_unknown(word, grammar))
    try:
        _refuse_second(rest, command, grammar)
        return command.parse(line, rest.strip())
    except UserMistake as mistake:
        raise UserMistake(f"{mistake} Nothing was done.\n\n{show_usage(command.usage)}") from None


UNSURE = "?"
"""What stands for the word of a letter's command where it begins with none, or doubtfully."""

_FIRST_WORD = re.compile(r"([A-Za-z]+)[.,:;!]*(?=\s|$)")


def read_letter(filed: str, grammar: Grammar) -> tuple[str, Said | None]:
    """Return the command with which a letter begins, as it is filed: its word, and what it says.

    With its slash it is a command as any other. Without, its word is a clause of its own, unless the command
    is nothing without more words: "Withdraw, please" is one, "Withdraw my name" is none; and who only asks
    for something writes nothing else on that line: "Help, he is here" is no question. What the letter quotes,
    and what a mail program added below, isn't its own. (UNSURE, None) where it begins with none for sure.
    """
    own = unquoted_lines(quoted_lines(filed) or "").replace(JOINER, "")
    added = next(iter(mailed_lines(own)), None)
    if added is not None:
        lines = own.split("\n")
        own = "\n".join(lines[: next(n for n, line in enumerate(lines) if line.strip() == added)]).strip()
    said = own if is_command(own) else _with_slash(own, grammar)
    try:
        return command_word(said) or UNSURE, read_command(said, grammar)
    except UserMistake:
        return UNSURE, None


def _with_slash(text: str, grammar: Grammar) -> str:
    """Return a text with the slash that its command lacks; as it is where it begins with none for sure."""
    found = _FIRST_WORD.match(text)
    command = grammar.get(found[1].lower()) if found is not None else None
    if found is None or command is None:
        return text
    more = text[found.end() :].partition("\n")[0].strip()
    clause = found[0] != found[1]
    if more and _says_all_alone(command) and (command.asks or not clause):
        return text
    return f"/{found[1]}{text[found.end() :]}"


def _says_all_alone(command: Command) -> bool:
    try:
        command.parse("", "")
    except UserMistake:
        return False
    return True


def show_usage(usage: Usage) -> str:
    """Show a command's form and an example, each in a block that can be copied, in Markdown."""
    return f"Its form:\n\n```\n{usage.form}\n```\n\nFor example:\n\n```\n{usage.example}\n```"


def needed_words(line: str, rest: str, missing: str) -> str:
    """Return the words of a command, on its line and below; UserMistake(`missing`) where there are none."""
    text = f"{line}\n{rest}".strip()
    if not has_words(text):
        raise UserMistake(missing)
    return text


def bare_command(text: str, grammar: Grammar) -> str:
    """Return the command that a letter begins with, and what of its line is the command's own; "" if none.

    Not a word of the writer's is in it.
    """
    first, *others = text.lstrip().partition("\n")[0].split()[:_LONGEST_BARE] or [""]
    command = grammar.get(first.removeprefix("/").rstrip(_ENDS).lower())
    if command is None:
        return ""
    own = takewhile(command.keywords.__contains__, (one.strip(_ENDS).lower() for one in others))
    return " ".join((f"/{command.name}", *own))


def _word_and_line(head: str) -> tuple[str, str]:
    """Cut the first line into the command word, without its slash, and the rest of the line."""
    match = _HEAD.fullmatch(head)
    if match is None:
        raise UserMistake("A command begins with `/`, as the very first character.")
    return match[1], match[2].strip()


def _refuse_second(rest: str, command: Command, grammar: Grammar) -> None:
    """Refuse a second command, as it would not run: better nothing is done than half of it."""
    if command.slashes == "text":
        return
    for line in map(str.lstrip, rest.split("\n")):
        if not line.startswith("/"):
            continue
        if command.slashes == "refused" or _word_and_line(line)[0].lower() in grammar:
            raise UserMistake("One command a comment, please: send the others each in a comment of its own.")


def _unknown(word: str, grammar: Grammar) -> str:
    """Name the nearest command; the typed word returns only if it is short and of plain letters."""
    letters = "".join(letter for letter in word[:40] if letter.isascii() and letter.isalpha()).lower()
    plain = len(letters) == len(word) <= 20 and letters
    known = f"I don't know the command `/{letters}`." if plain else "I don't know that command."
    near = get_close_matches(letters, grammar, n=1) or [
        name for name in grammar if len(letters) > 1 and name.startswith(letters)
    ]
    if not near:
        names = ", ".join(f"`/{name}`" for name in grammar)
        return f"{known} Nothing was done. The commands are {names}."
    retype = " There is a character in it that doesn't belong there, perhaps one that can't be seen."
    hint = retype if near[0] == letters else ""
    return f"{known}{hint} Nothing was done. Did you mean `/{near[0]}`? {show_usage(grammar[near[0]].usage)}"
