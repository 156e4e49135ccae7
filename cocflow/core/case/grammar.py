"""Comment commands in general: from what a person typed to one frozen record, or to their mistake.

Owns what all commands have in common; each subject has the grammar of its own (`core/acts/`). Refuses to
judge: who may say it, in which state, and what a `<when>` or a name means is decided elsewhere. A command
begins a comment with `/`; white space may stand before it, a quote and one line of talk above it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from itertools import takewhile
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from cocflow.core.text.inert import JOINER
from cocflow.core.text.mailed import mailed_lines
from cocflow.core.text.placed import is_indented, is_within, leading, own_lines, plain_lines
from cocflow.core.text.typed import INVISIBLE, has_words, quoted_lines, unquoted_lines
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
    happens. `instead`: other words that people write for it. `is_whole`: whether all that follows on its
    line is the command's own and nobody's talk, besides `keywords`. `withheld`: what stands for its words
    where those may not be read.
    """

    name: str
    usage: Usage
    parse: Parser
    slashes: Slashes
    holds: bool = False
    at_once: bool = False
    keywords: tuple[str, ...] = ()
    asks: bool = False
    instead: tuple[str, ...] = ()
    is_whole: Callable[[str], bool] | None = None
    withheld: str = ""


Grammar: TypeAlias = Mapping[str, Command]
"""Commands by their names."""

_ENDS = ".,:;!\u2026"
"""What ends a clause, and no command."""

_NEAR = 0.75
"""How alike two words are that may be one: `/close` is no `/consent`."""

_BLANK = re.compile(r"<[^<>\n]+>")
_OPTION = re.compile(r"\[[^\[\]\n]{3,}\]")
_BLANKS = frozenset({"<name>", "<words>", "<how>", "<when>"})
"""What messages of cocflow's leave open in a command, besides what the forms do."""

_CAPITALS = re.compile(r"(?<!\S)(?:NAME|WORDS|HOW|WHEN|REASON)(?![\w-])")

_MOST_TRIED = 20
"""Lines that begin with `/` and are looked at: each may stand within code that begins anywhere above."""

_LONGEST_WORD = 20
"""Letters of a word that is repeated."""

_KEPT = 4096
"""Texts that a process keeps as they were read, as a run comes back to each: more than an issue takes."""

_LONGEST_BARE = 8
"""Words of a command and what is its own on its line."""


class Standing(NamedTuple):
    """A command in a comment: its line and all below it, and the talk above it.

    `sure`: it stands where a command does; one further down, or drawn into a quote, has to be asked about.
    """

    text: str
    above: str = ""
    sure: bool = True


def standing(body: str, grammar: Grammar) -> Standing | None:
    """Return the command that stands in a comment; None where there is none.

    What begins with `/` is one, known or not. Further down only a known one is.
    """
    return _standing(body, frozenset(grammar))


@lru_cache(maxsize=_KEPT)
def _standing(body: str, names: frozenset[str]) -> Standing | None:
    text = plain_lines(body)
    if (first := leading(text)).startswith("/"):
        return None if is_indented(text) else Standing(first)
    if "/" not in text:
        return None
    lines = text.split("\n")
    above: list[str] = []
    tried = 0
    for line in own_lines(text):
        said = leading(line.text)
        tried += said.startswith("/")
        if tried > _MOST_TRIED:
            return None
        if said.startswith("/") and _word_and_line(said)[0] in names and not is_within(lines, line.place):
            sure = len(above) < 2 and not line.in_quote and not "".join(above).rstrip().endswith(":")
            return Standing("\n".join((said, *lines[line.place + 1 :])), "\n".join(above), sure)
        if not line.in_quote:
            above.append(line.text)
    return None


def is_command(body: str, grammar: Grammar) -> bool:
    """Tell whether a comment asks for something by a command."""
    found = standing(body, grammar)
    return found is not None and found.sure


def talk_in(body: str, grammar: Grammar) -> str:
    """Return what a comment says besides a command: all of it, or what stands above one."""
    found = standing(body, grammar)
    return found.above if found is not None and found.sure else body


def command_word(body: str, grammar: Grammar) -> str:
    """Return the word of a command as it would be looked up; "" where there is none."""
    found = standing(body, grammar)
    return _word_and_line(found.text.partition("\n")[0])[0] if found is not None and found.sure else ""


def read_command(body: str, grammar: Grammar) -> Said:
    """Read a comment as the one command that it holds, by `grammar`.

    Raises UserMistake for everything else, with the right form ready to copy. It repeats nothing that was
    typed but a command word of plain letters.
    """
    found = standing(body, grammar)
    if found is None or not found.sure:
        raise UserMistake("A command begins with `/`, as the first character of a comment.")
    head, _, rest = found.text.partition("\n")
    word, line = _word_and_line(head)
    command = grammar.get(word)
    if command is None:
        raise unknown(word, nearest(word, grammar))
    try:
        _refuse_second(rest, command, grammar)
    except UserMistake as mistake:
        raise _misread(command, str(mistake)) from None
    said = _parsed(command.parse, line, rest.strip())
    if isinstance(said, str):
        raise _misread(command, said)
    return said


@lru_cache(maxsize=_KEPT)
def _parsed(parse: Parser, line: str, rest: str) -> Said | str:
    """Return what a command's words say, or what is wrong with them."""
    try:
        return parse(line, rest)
    except UserMistake as mistake:
        return str(mistake)


def refuse_unfilled(body: str, grammar: Grammar) -> None:
    """Refuse a form that was copied and not filled in: nobody is called `<name>`.

    It is no part of reading: what an older version took for words is still read as it was.
    """
    found = standing(body, grammar)
    word, line = _word_and_line(found.text.partition("\n")[0]) if found is not None else ("", "")
    command = grammar.get(word)
    if found is None or command is None:
        return
    blanks = {one for each in grammar.values() for one in _BLANK.findall(each.usage.form)} | _BLANKS
    blanks |= {one for each in grammar.values() for one in _OPTION.findall(each.usage.form)}
    own = unquoted_lines(found.text)
    rest = " ".join(found.text.split()[1:]).casefold()
    literal = any(one in own for one in blanks) or _CAPITALS.search(line) is not None
    if literal or f"<{rest}>" in _BLANK.findall(command.usage.form):
        raise _misread(command, "It isn't filled in yet.")


def slashless(body: str, grammar: Grammar) -> tuple[Command, str] | None:
    """Return the command that a comment would be with a slash, and it ready to copy; None if it is talk.

    It is one line, and every word of it is the command's own. What draws a line bold, or as one of a list,
    or puts it in quotes, is none of it, and the slash behind that is one.
    """
    said = leading(plain_lines(body)).rstrip()
    said = _DRAWN.sub("", said).rstrip('*_"\u201d')
    found = _FIRST_WORD.match(said)
    command = grammar.get(found[1].lower()) if found is not None and "\n" not in said else None
    if found is None or command is None:
        return None
    rest = said[found.end() :].strip(f" {_ENDS}")
    words = [one.strip(_ENDS).lower() for one in rest.split()]
    whole = command.is_whole is not None and command.is_whole(rest)
    if not rest and not whole and not command.asks and not _says_all_alone(command):
        return command, form_of(command)
    if rest and not whole and not all(one in command.keywords for one in words):
        return None
    plain = re.fullmatch(r"[\w .:/#-]{1,60}", rest, re.ASCII) is not None
    return command, (f"/{command.name} {rest}".rstrip() if plain or not rest else form_of(command))


UNSURE = "?"
"""What stands for the word of a letter's command where it begins with none, or doubtfully."""

_DRAWN = re.compile(r"^(?:@cocflow +|[-+\u2022] +|[0-9]{1,2}[.)] +|[*_\"\u201c\u201e.!]+)+ */?|^[\\\uff0f]")
_SALUTATION = re.compile(r"(?:hi|hey|hello|hallo|dear|good [a-z]{3,9})\b[^.!?\n]{0,40}", re.IGNORECASE)
_FIRST_WORD = re.compile(r"([A-Za-z]+)[.,:;!]*(?=\s|$)")


def read_letter(filed: str, grammar: Grammar) -> tuple[str, Said | None]:
    """Return the command with which a letter begins, as it is filed: its word, and what it says.

    With its slash it is a command as any other. Without, its word is a clause of its own, unless the command
    is nothing without more words: "Withdraw, please" is one, "Withdraw my name" is none; and who only asks
    for something writes nothing else on that line: "Help, he is here" is no question. A salutation may stand
    above it; any other words there have to be read by somebody. What the letter quotes, and what a mail
    program added below, isn't its own. (UNSURE, None) where it begins with none for sure.
    """
    own = unquoted_lines(quoted_lines(filed) or "").replace(JOINER, "")
    added = next(iter(mailed_lines(own)), None)
    if added is not None:
        lines = own.split("\n")
        own = "\n".join(lines[: next(n for n, line in enumerate(lines) if line.strip() == added)]).strip()
    found = standing(own, grammar)
    if found is None or not found.sure:
        found = Standing(_with_slash(own, grammar))
    word = command_word(found.text, grammar)
    asks_more = word in grammar and grammar[word].asks and len(found.text.partition("\n")[0].split()) > 1
    if asks_more or (found.above and not _SALUTATION.fullmatch(found.above.strip())):
        return UNSURE, None
    try:
        return word or UNSURE, read_command(found.text, grammar)
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


def _misread(command: Command, why: str) -> UserMistake:
    return UserMistake(f"`/{command.name}`: {why}", copy=form_of(command), hint=_hint(command))


def form_of(command: Command) -> str:
    """Return a command's form to copy: where nothing has to be filled in, without what may be left out."""
    form = command.usage.form
    return form if "<" in form else _OPTION.sub("", form).strip()


def _hint(command: Command) -> str:
    """Say what to do with a command's form: fill it in, with an example where that is one line."""
    usage = command.usage
    if "<" not in usage.form:
        return "Send it as it is."
    example = f", as in `{usage.example}`" if "\n" not in usage.example else ""
    return f"Send it with your own words in place of `<…>`{example}."


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
    return " ".join((f"/{command.name}", *own, *filter(None, (command.withheld,))))


def _word_and_line(head: str) -> tuple[str, str]:
    """Cut a first line that begins with `/` into the command word, without what ends it, and the rest.

    A space behind the slash is none of the word, nor is what can't be seen. A word that isn't of plain
    letters is nobody's, for some of them only lower to such.
    """
    said = head[1:].lstrip()
    word, rest = [*said.split(maxsplit=1), "", ""][:2]
    seen = "".join(letter for letter in word if letter not in INVISIBLE)
    seen = seen.rstrip(_ENDS) or seen
    return (seen.lower() if seen.isascii() else seen), rest.strip()


def _refuse_second(rest: str, command: Command, grammar: Grammar) -> None:
    """Refuse a second command, as it would not run: better nothing is done than half of it."""
    if command.slashes == "text":
        return
    for line in map(str.lstrip, rest.split("\n")):
        if not line.startswith("/"):
            continue
        if command.slashes == "refused" or _word_and_line(line)[0] in grammar:
            raise UserMistake("One command a comment: send each of the others in a comment of its own.")


def unknown(word: str, near: Command | None, means: str = "", line: str = "") -> UserMistake:
    """Return the mistake of a word that is no command, with the nearest one where one is near.

    `means`: what that does for whoever asks; `line`: that command as it may be meant, ready to copy. The
    typed word returns only if it is short and of plain letters.
    """
    plain = word.isascii() and word.isalpha() and len(word) <= _LONGEST_WORD
    known = f"I don't know the command `/{word}`." if plain else "I don't know that command."
    if near is None:
        return UserMistake(known)
    nearest_ = f"Nearest is `/{near.name}`: {means or near.usage.meaning}".rstrip(".")
    if line:
        return UserMistake(f"{known} {nearest_}.", copy=line, hint="If you mean it, send it so.")
    return UserMistake(f"{known} {nearest_}.", copy=form_of(near), hint=_hint(near))


def nearest(word: str, grammar: Grammar) -> Command | None:
    """Return the command that a word most likely is, with a slip in it, or cut short; None: none is near."""
    own = re.match(r"[a-z]{4,}", word)
    if own is not None and own[0] in grammar:
        return grammar[own[0]]
    letters = "".join(letter for letter in word[:40] if letter.isascii() and letter.isalpha()).lower()
    if len(letters) < len(word.strip("/")):
        return None
    close = get_close_matches(letters, grammar, n=1, cutoff=_NEAR)
    short = [name for name in grammar if len(letters) > 1 and name.startswith(letters)]
    return grammar[(close or short)[0]] if close or short else None


def is_near(word: str, name: str) -> bool:
    """Whether a word is a name but for a slip in it."""
    return bool(get_close_matches(word, (name,), cutoff=_NEAR))


def written_for(word: str, grammar: Grammar) -> Command | None:
    """Return the command for which people write that word; None if there is none."""
    return next((one for one in grammar.values() if word in one.instead), None)
