"""The reader of comment commands: from what a person typed to one frozen record, or to their mistake.

Owns the grammar of every command: its form, an example ready to copy, what it means, and its parser, in
one row of GRAMMAR; a parser has its command's name, so adding a command is a record, a parser and a row.
Refuses to judge: who may say it, in which state, and what a `<when>` or a name means is decided elsewhere.
A command is a comment whose very first character is `/`, which is what the job's `if:` tests too.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any, Literal

import msgspec

from cocflow.errors import UserMistake


class Said(msgspec.Struct, frozen=True, tag_field="command", tag=str.lower):
    """What every command is: a record that doesn't show its words in a repr, for those end up in logs."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show no fields in rich's tracebacks either."""
        return []


class Estimate(Said, frozen=True):
    """Set by when it should be resolved, and by when looked into; both as typed, for read_when."""

    resolve: str
    triage: str | None = None
    note: str = ""
    """Lines that followed the command; they are not sent to anyone."""


class Resolve(Said, frozen=True):
    """Resolve with these words; `words` are for both audiences, where an audience's own are absent."""

    words: str
    to_reporter: str | None = None
    to_parties: str | None = None


class Answer(Said, frozen=True):
    """Answer question `number`; without a number, `text` is a pasted list `1.` to `4.`."""

    number: int | None
    text: str


class Withdraw(Said, frozen=True):
    """Withdraw the report; `quote` holds the lines typed behind `>`, without it, and `words` the others."""

    words: str = ""
    quote: str | None = None


class Party(Said, frozen=True):
    """Name who else it concerns, or take the name off again."""

    name: str
    contact: str | None = None
    """Mail addresses and Slack ids, joined by `, `."""
    remove: bool = False
    note: str = ""


class Told(Said, frozen=True):
    """Record that someone was told by other means; `rest` is cut into who and how by split_told."""

    rest: str


class Help(Said, frozen=True):
    """Ask for the state, the deadlines, and what one may do now."""

    note: str = ""


class Recover(Said, frozen=True):
    """Go on after a broken receipt."""

    reason: str


class Account(msgspec.Struct, frozen=True):
    """One account that a `/suspend` names: how to reach the person, and until when, as typed."""

    name: str
    contact: str | None = None
    until: str | None = None

    def __repr__(self) -> str:
        return "Account(…)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show no fields in rich's tracebacks either."""
        return []


class Suspend(Said, frozen=True):
    """Suspend these accounts, for this reason."""

    reason: str
    accounts: tuple[Account, ...]


class Until(Said, frozen=True):
    """Set when a suspension ends, as typed; None for one that is indefinite by decision."""

    when: str | None
    reason: str


class Appeal(Said, frozen=True):
    """File the suspended person's justification."""

    words: str


class Uphold(Said, frozen=True):
    """Let the suspension stand, for these reasons."""

    reasons: str


class Overturn(Said, frozen=True):
    """End the suspension, in view of this new context."""

    context: str


Level = Literal["none", "parties", "community"]


class Consent(Said, frozen=True):
    """Let this much be shared, by name or not; or answer what is to be posted.

    With `level` it is the reporter's consent. Without, `yes` is an answer to the present draft, by
    `name` (None: by whoever writes). `quote` holds the lines behind `>`.
    """

    level: Level | None = None
    named: bool = False
    name: str | None = None
    yes: bool = False
    words: str = ""
    quote: str | None = None


class Post(Said, frozen=True):
    """Draft this text for that channel."""

    channel: str
    text: str


Command = (
    Estimate
    | Resolve
    | Answer
    | Withdraw
    | Party
    | Told
    | Help
    | Recover
    | Suspend
    | Until
    | Appeal
    | Uphold
    | Overturn
    | Consent
    | Post
)

Parser = Callable[[str, str], Command]
"""Takes the rest of the command's line, and the lines that follow, both stripped."""

Slashes = Literal["refused", "no command", "text"]
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


class Rule(msgspec.Struct, frozen=True):
    """One command: how it is written, and who reads it."""

    usage: Usage
    parse: Parser
    slashes: Slashes


Grammar = Mapping[str, Rule]

INVISIBLE = frozenset(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Characters that make two names look alike. Joiners are not among them: many scripts need those."""

QUESTIONS = 4
LONGEST_NAME = 100
LONGEST_CONTACT = 300

_HEAD = re.compile(r"/(\S*)(.*)", re.DOTALL)
_NUMBER = re.compile(r"([0-9]{1,4})(?:([.):])(?![0-9])|(?=\s|$))")
_LISTED = re.compile(rf"^([1-{QUESTIONS}])[.)](?=[ \t]|$)", re.MULTILINE)
# Only plain letters head a part: ſ is an s to IGNORECASE, and the words under it would belong to nobody.
_PART = re.compile(r"\s{0,8}to\s{1,8}(reporter|parties)\s{0,8}:(.*)", re.IGNORECASE | re.ASCII)
_NEARLY_PART = re.compile(
    r"[\s>#*_-]{0,16}(?:to|for)\s{1,8}(?:the\s{1,8}|all\s{1,8})?(?:reporters?|party|parties)\b"
    r"(?:[^:\uff1a]{0,40}[:\uff1a]|[\s*_]{0,8}(?:[\u2013\u2014-]|$))",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[^\s@<>,;:()]+@[^\s@<>,;:()]+")
_SLACK = re.compile(r"(?=[A-Z]*[0-9])[UW][A-Z0-9]{6,20}")
_SLACK_MENTION = re.compile(r"<@([UW][A-Z0-9]{6,20})>")


def is_command(body: str) -> bool:
    """Tell whether a comment asks for something: only its very first character decides."""
    return body.startswith("/")


def read_command(body: str, grammar: Grammar) -> Command:
    """Read a comment as the one command that it holds, by `grammar` (GRAMMAR, or some of its rows).

    Raises UserMistake for everything else, with the form and an example ready to copy. The message
    repeats nothing that was typed but a command word of plain letters.
    """
    head, _, rest = body.replace("\r\n", "\n").replace("\r", "\n").partition("\n")
    word, line = _word_and_line(head)
    rule = grammar.get(word.lower()) if word.isascii() else None
    if rule is None:
        raise UserMistake(_unknown(word, grammar))
    try:
        _refuse_second(rest, rule, grammar)
        return rule.parse(line, rest.strip())
    except UserMistake as mistake:
        raise UserMistake(f"{mistake} Nothing was done.\n\n{show_usage(rule.usage)}") from None


def show_usage(usage: Usage) -> str:
    """Show a command's form and an example, each in a block that can be copied, in Markdown."""
    return f"Its form:\n\n```\n{usage.form}\n```\n\nFor example:\n\n```\n{usage.example}\n```"


def split_told(rest: str, known: Iterable[str]) -> tuple[str, str]:
    """Cut the words of `/told` into who, as spelt in `known` or `reporter`, and how.

    The longest known name wins; case doesn't matter, nor a leading `@`. Raises UserMistake when nobody
    known is named, without listing who is known, or when it isn't said how.
    """
    names = {tuple(_fold(name).split()): name for name in (*known, "reporter")}
    names.pop((), None)
    tokens = list(islice(re.finditer(r"\S+", rest), max(map(len, names))))
    for length in range(len(tokens), 0, -1):
        said = tuple(_fold(" ".join(token[0] for token in tokens[:length])).split())
        if said in names:
            how = rest[tokens[length - 1].end() :].lstrip(" \t\n:,-\u2013\u2014").rstrip()
            if _has_words(how):
                return names[said], how
            raise UserMistake(f"Say how they were told. {show_usage(USAGE['told'])}")
    raise UserMistake(
        "I know nobody of that name here. It is either `reporter`, or a name as it was given to `/party`. "
        + show_usage(USAGE["told"])
    )


def estimate(line: str, rest: str) -> Estimate:
    """Read `<when> [triage <when>]`."""
    when, *triage = (part.strip(" \t,;:") for part in re.split(r"\btriage\b", line, flags=re.IGNORECASE))
    if not when:
        raise UserMistake("A time is missing: by when do you expect it to be resolved?")
    if len(triage) > 1 or triage == [""]:
        raise UserMistake("After `triage` comes one time: by when do you expect to have looked into it?")
    return Estimate(when, triage[0] if triage else None, rest)


def resolve(line: str, rest: str) -> Resolve:
    """Read words with optional parts, each headed `To reporter:` or `To parties:` at a line's start."""
    parts: dict[str, list[str]] = {"": []}
    part = ""
    for text in f"{line}\n{rest}".split("\n"):
        heading = _PART.match(text)
        if heading is None:
            _refuse_nearly_part(text)
            parts[part].append(text)
            continue
        part = heading[1].lower()
        if part in parts:
            raise UserMistake(f"`To {part}:` is there twice, so I can't tell which words are meant.")
        parts[part] = [heading[2]]
    words = {name: "\n".join(lines).strip() for name, lines in parts.items()}
    for name, text in words.items():
        if not _has_words(text) and (name or len(words) == 1):
            raise UserMistake(
                f"The words after `To {name}:` are missing." if name else "The words are missing."
            )
    return Resolve(words[""], words.get("reporter"), words.get("parties"))


def answer(line: str, rest: str) -> Answer:
    """Read `<n> text`, or a pasted list. `1. …` followed by a line `2. …` is a list, not answer 1."""
    text = f"{line}\n{rest}".strip()
    number = _NUMBER.match(text)
    if number is None:
        raise UserMistake(f"Say which question you answer, by its number from 1 to {QUESTIONS}.")
    if not 1 <= int(number[1]) <= QUESTIONS:
        raise UserMistake(f"The questions are numbered from 1 to {QUESTIONS}.")
    following = _LISTED.search(text, number.end())
    if number[2] and following and int(following[1]) > int(number[1]):
        return Answer(None, text)
    words = text[number.end() :].strip()
    if not _has_words(words):
        raise UserMistake("The answer itself is missing.")
    return Answer(int(number[1]), words)


def withdraw(line: str, rest: str) -> Withdraw:
    """Read optional words, and apart from them the quoted ones."""
    lines = f"{line}\n{rest}".split("\n")
    quote = "\n".join(text[1:].removeprefix(" ") for text in lines if text.startswith(">")).strip()
    words = "\n".join(text for text in lines if not text.startswith(">")).strip()
    return Withdraw(words, quote if _has_words(quote) else None)


def party(line: str, rest: str) -> Party:
    """Read `<name> [contact]`, or `-<name>`; a minus that a phone made into a dash counts."""
    remove = line.startswith(("-", "\u2013", "\u2014", "\u2212"))
    tokens = (line[1:] if remove else line).replace(",", " , ").split()
    end = len(tokens)
    while end and (tokens[end - 1] == "," or _contact(tokens[end - 1])):
        end -= 1
    name = " ".join(tokens[:end]).replace(" ,", ",").removeprefix("@").strip(" ,")
    contact = ", ".join(filter(None, map(_contact, tokens[end:])))
    _refuse_name(name)
    if len(contact) > LONGEST_CONTACT:
        raise UserMistake(f"How to reach someone has to fit into {LONGEST_CONTACT} characters.")
    return Party(name, contact or None, remove, rest)


def told(line: str, rest: str) -> Told:
    """Read `<name> <how>`, uncut: only who knows the case can tell a name's end; see split_told."""
    text = f"{line}\n{rest}".strip()
    if not _has_words(text):
        raise UserMistake("Say who was told, and how.")
    return Told(text)


def help(line: str, rest: str) -> Help:
    """Read nothing: who asks for help gets it, whatever else they typed."""
    return Help(f"{line}\n{rest}".strip())


def recover(line: str, rest: str) -> Recover:
    """Read a reason."""
    reason = f"{line}\n{rest}".strip()
    if not _has_words(reason):
        raise UserMistake("A reason is missing.")
    return Recover(reason)


def suspend(line: str, rest: str) -> Suspend:
    """Read a reason on the command's line, and on each further line one account.

    A line is `name, mail address, Slack id`, then perhaps `until <when>`.
    """
    if not _has_words(line):
        raise UserMistake("The reason is missing; it stands on the line of the command.")
    accounts = tuple(_account(text) for text in rest.split("\n") if text.strip())
    if not accounts:
        raise UserMistake("Whom does it concern? Write one account a line, below the command.")
    return Suspend(line, accounts)


def _account(text: str) -> Account:
    head, until, when = text.rpartition(" until ")
    if until and not when.strip():
        raise UserMistake("After `until` comes a time.")
    named = party(head if until else text, "")
    if named.remove:
        raise UserMistake("A line begins with the account's name. To lift a suspension, go to its own page.")
    return Account(named.name, named.contact, when.strip() if until else None)


def until(line: str, rest: str) -> Until:
    """Read `<when>` or `indefinite` on the command's line, and a reason below it."""
    if not line:
        raise UserMistake("A time is missing, or `indefinite`.")
    if not _has_words(rest):
        raise UserMistake("A reason is missing; write it below the command.")
    return Until(None if line.lower() == "indefinite" else line, rest)


def appeal(line: str, rest: str) -> Appeal:
    """Read the justification, as it was sent."""
    return Appeal(_words(line, rest, "The justification is missing: copy what the person wrote."))


def uphold(line: str, rest: str) -> Uphold:
    """Read the reasons, which the suspended person is told."""
    return Uphold(_words(line, rest, "The reasons are missing; the suspended person is told them."))


def overturn(line: str, rest: str) -> Overturn:
    """Read the new context, in the administrator's own words."""
    return Overturn(_words(line, rest, "The new context is missing: what do you see differently now?"))


LEVELS: tuple[Level, ...] = ("none", "parties", "community")


def consent(line: str, rest: str) -> Consent:
    """Read `none`, `parties` or `community`, perhaps `by name`; or `[name] yes` or `no`, and words."""
    lines = rest.split("\n")
    quote = "\n".join(text[1:].removeprefix(" ") for text in lines if text.startswith(">")).strip()
    said = quote if _has_words(quote) else None
    tokens = line.split()
    if tokens and (level := next((one for one in LEVELS if tokens[0].lower() == one), None)):
        how = " ".join(tokens[1:]).lower()
        if how not in ("", "by name"):
            raise UserMistake("After the level comes `by name`, or nothing. Quote words below, behind `>`.")
        return Consent(level=level, named=how == "by name", quote=said)
    for index, token in enumerate(tokens):
        if (answer := token.lower().strip(".,:;")) in ("yes", "no"):
            words = "\n".join(part for part in (" ".join(tokens[index + 1 :]), rest) if part)
            name = " ".join(tokens[:index]).removeprefix("@").strip(" ,:") or None
            return Consent(name=name, yes=answer == "yes", words=words, quote=said)
    raise UserMistake("Say what may be shared, or answer `yes` or `no` to what is to be posted.")


def post(line: str, rest: str) -> Post:
    """Read a channel on the command's line, and below it the text as it would be posted."""
    if not line:
        raise UserMistake("A channel is missing.")
    if not _has_words(rest):
        raise UserMistake("The text is missing; write it below the command, as it would be posted.")
    return Post(line, rest)


def _words(line: str, rest: str, missing: str) -> str:
    text = f"{line}\n{rest}".strip()
    if not _has_words(text):
        raise UserMistake(missing)
    return text


def _row(parse: Parser, slashes: Slashes, form: str, example: str, meaning: str) -> tuple[str, Rule]:
    return parse.__name__, Rule(Usage(form, example, meaning), parse, slashes)


GRAMMAR: Grammar = dict(
    (
        _row(
            estimate,
            "refused",
            "/estimate <when> [triage <when>]",
            "/estimate 3 days triage tomorrow",
            "Say by when you expect it to be resolved, and by when looked into. The reporter is told.",
        ),
        _row(
            resolve,
            "no command",
            "/resolve <words>\n[To reporter: <words>]\n[To parties: <words>]",
            "/resolve We talked with everyone, and agreed on how to go on.\n"
            "To reporter: Thank you for telling us.\n"
            "To parties: Please keep to what we agreed.",
            "Say how it was resolved. The reporter and the parties are told; a part is for them alone.",
        ),
        _row(
            answer,
            "text",
            "/answer <1 to 4> <text>",
            "/answer 2 It was on Tuesday, in the afternoon.",
            "Answer one of the four questions, or paste a list from 1. to 4. with several answers.",
        ),
        _row(
            withdraw,
            "no command",
            "/withdraw [words]",
            "/withdraw\n> We have talked, and it is all right now.",
            "Withdraw the report. Who does it for the reporter quotes them in lines that begin with `>`.",
        ),
        _row(
            party,
            "refused",
            "/party [-]<name> [mail address or Slack id]",
            "/party Robin Example robin@example.org",
            "Name someone else it concerns, who is then told the resolution. With `-`, take the name off.",
        ),
        _row(
            told,
            "refused",
            "/told <name or reporter> <how>",
            "/told reporter by phone, this morning",
            "Record that someone was told by other means.",
        ),
        _row(
            help,
            "refused",
            "/help",
            "/help",
            "See where it stands, what is due when, and what you can do now.",
        ),
        _row(
            recover,
            "no command",
            "/recover <reason>",
            "/recover A receipt was edited by mistake; the state shown is right.",
            "Go on from here after a receipt was changed or is missing.",
        ),
        _row(
            suspend,
            "refused",
            "/suspend <reason>\n<name, mail address, Slack id> [until <when>]",
            "/suspend Repeated insults in the general channel\n"
            "Robin Example, robin@example.org until 2 weeks",
            "Suspend accounts, one a line. Each gets a page and a clock of its own, and is told at once.",
        ),
        _row(
            until,
            "no command",
            "/until <when or indefinite>\n<reason>",
            "/until 2 weeks\nThat is how long the last one was.",
            "Set when a suspension ends. Without an end it is an interim one, to be reviewed every day.",
        ),
        _row(
            appeal,
            "text",
            "/appeal <what the suspended person wrote>",
            "/appeal\n> I was not in the channel on that day.",
            "File an appeal that reached you by mail or message. Before its time comes it is kept.",
        ),
        _row(
            uphold,
            "no command",
            "/uphold <reasons>",
            "/uphold The messages are from that account, and nothing speaks for a mistake.",
            "Decide an appeal: the suspension stands. The suspended person is told the reasons.",
        ),
        _row(
            overturn,
            "no command",
            "/overturn <new context>",
            "/overturn The account had been taken over by somebody else.",
            "Decide an appeal: the suspension ends at once. The community is told that fact, and no more.",
        ),
        _row(
            consent,
            "no command",
            "/consent <none, parties or community> [by name]\n/consent [name] <yes or no> [words]",
            "/consent parties\n> You may tell those concerned, without my name.",
            "Say what may be shared of a report, or answer about a text that is to be posted.",
        ),
        _row(
            post,
            "no command",
            "/post <channel>\n<text>",
            "/post rules\nA joke about how somebody speaks was taken down last week.",
            "Draft a text for a channel. Those concerned are asked about exactly that text first.",
        ),
    )
)
"""Every command, by its name."""

USAGE: Mapping[str, Usage] = {name: rule.usage for name, rule in GRAMMAR.items()}
"""How every command is written, by its name."""


def _word_and_line(head: str) -> tuple[str, str]:
    """Cut the first line into the command word, without its slash, and the rest of the line."""
    match = _HEAD.fullmatch(head)
    if match is None:
        raise UserMistake("A command begins with `/`, as the very first character.")
    return match[1], match[2].strip()


def _refuse_second(rest: str, rule: Rule, grammar: Grammar) -> None:
    """Refuse a second command, as it would not run: better nothing is done than half of it."""
    if rule.slashes == "text":
        return
    for line in map(str.lstrip, rest.split("\n")):
        if not line.startswith("/"):
            continue
        if rule.slashes == "refused" or _word_and_line(line)[0].lower() in grammar:
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


def _refuse_nearly_part(text: str) -> None:
    """Refuse what looks like a part's heading but isn't: its words would go to everyone."""
    start = "".join(letter for letter in text[:120] if letter not in INVISIBLE)
    if _NEARLY_PART.match(start):
        raise UserMistake(
            "One line looks like the start of a part. A part starts with exactly `To reporter:` or "
            "`To parties:`, and I would rather ask than tell someone what isn't meant for them."
        )


def _contact(token: str) -> str | None:
    """Give the mail address or Slack id that a token is, bare; None if it is part of a name.

    A bare Slack id needs a digit, for WILLIAMS is a name; `<@WILLIAMS>` is an id.
    """
    if mention := _SLACK_MENTION.fullmatch(token):
        return mention[1]
    bare = token.strip("<>()").removeprefix("mailto:")
    if INVISIBLE.isdisjoint(bare) and (_MAIL.fullmatch(bare) or _SLACK.fullmatch(bare)):
        return bare
    return None


def _refuse_name(name: str) -> None:
    """Refuse what can't stand for a person: nothing, too much, what can't be seen, another's role."""
    if not _has_words(name):
        raise UserMistake("A name is missing.")
    if len(name) > LONGEST_NAME:
        raise UserMistake(f"That name is longer than {LONGEST_NAME} characters.")
    if not INVISIBLE.isdisjoint(name) or any(ord(letter) < 32 for letter in name):
        raise UserMistake("There is a character in the name that can't be seen. Please type it anew.")
    if "@" in name:
        raise UserMistake("First comes the name, and how to reach them comes last.")
    if _fold(name) == "reporter":
        raise UserMistake("`reporter` always means who reported it, so nobody else can have that name.")


def _fold(name: str) -> str:
    """Give the form in which names are compared."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return " ".join(folded.split()).removeprefix("@").rstrip(":,").strip()


def _has_words(text: str) -> bool:
    """Tell whether there is anything to see; invisible characters alone are nothing."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)
