import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.estimate import Estimate
from cocflow.core.acts.help import Help
from cocflow.core.acts.party import Party
from cocflow.core.acts.recover import Recover
from cocflow.core.acts.report import Answer
from cocflow.core.acts.resolve import Resolve
from cocflow.core.acts.told import Told, split_told
from cocflow.core.acts.withdraw import Withdraw
from cocflow.core.case.grammar import Said, is_command, read_command, show_usage
from cocflow.errors import UserMistake

USAGE = {name: one.usage for name, one in GRAMMAR.items()}

ACCEPTED: list[tuple[str, Said]] = [
    ("/estimate 3d", Estimate("3d")),
    ("/ESTIMATE \t 3 Days  ", Estimate("3 Days")),
    ("/estimate 3d triage tomorrow", Estimate("3d", "tomorrow")),
    ("/estimate 2026-11-30 17:00, Triage: 36h", Estimate("2026-11-30 17:00", "36h")),
    ("/estimate 3d\nWe are on it.\n", Estimate("3d", note="We are on it.")),
    ("/estimate\u00a03d", Estimate("3d")),
    ("/resolve We talked.", Resolve("We talked.")),
    ("/resolve\n\nWe talked.\nAll is well. \n", Resolve("We talked.\nAll is well.")),
    ("/resolve To reporter: Thanks.", Resolve("", "Thanks.")),
    ("/resolve A\nTO PARTIES:\nB\n\nC\n  to reporter : D", Resolve("A", "D", "B\n\nC")),
    ("/resolve\nTo parties: B", Resolve("", None, "B")),
    (
        "/resolve Say /help to see more.\n/etc is a folder.",
        Resolve("Say /help to see more.\n/etc is a folder."),
    ),
    ("/resolve <!-- kept -->", Resolve("<!-- kept -->")),
    ("/resolve Too reporter: A", Resolve("Too reporter: A")),
    ("/resolve We listened to parties: all of them", Resolve("We listened to parties: all of them")),
    ("/answer 2 On Tuesday.", Answer(2, "On Tuesday.")),
    ("/answer 2. On Tuesday.\nAt noon.", Answer(2, "On Tuesday.\nAt noon.")),
    ("/answer 4: no", Answer(4, "no")),
    ("/answer 3)no", Answer(3, "no")),
    ("/answer\n2\nOn Tuesday.", Answer(2, "On Tuesday.")),
    ("/answer 1. A\n2. B", Answer(None, "1. A\n2. B")),
    ("/answer\n\n1. A\nmore\n3) C", Answer(None, "1. A\nmore\n3) C")),
    ("/answer 1. A\n2.5 people saw it", Answer(1, "A\n2.5 people saw it")),
    ("/answer 1 He did\n2. that", Answer(1, "He did\n2. that")),
    ("/answer 3 He did\n1. this\n2. that", Answer(3, "He did\n1. this\n2. that")),
    ("/answer 3. He did\n1. this\n2. that", Answer(3, "He did\n1. this\n2. that")),
    ("/answer 3 They wrote\n/resolve in the channel", Answer(3, "They wrote\n/resolve in the channel")),
    ("/withdraw", Withdraw()),
    ("/withdraw We talked.", Withdraw("We talked.")),
    ("/withdraw\nBy mail:\n> It is all\n>right.\nBye", Withdraw("By mail:\nBye", "It is all\nright.")),
    ("/withdraw > fine", Withdraw("", "fine")),
    ("/withdraw\n>\n> \u200b", Withdraw()),
    ("/party Riya", Party("Riya")),
    ("/party @riya-s", Party("riya-s")),
    ("/party Riya  van der Berg", Party("Riya van der Berg")),
    ("/party Riya riya@example.org", Party("Riya", "riya@example.org")),
    ("/party Riya <riya@example.org>", Party("Riya", "riya@example.org")),
    ("/party Riya (mailto:riya@example.org)", Party("Riya", "riya@example.org")),
    ("/party Riya S, riya@example.org , U012AB3CD,", Party("Riya S", "riya@example.org, U012AB3CD")),
    ("/party Riya W012AB3CD riya@example.org", Party("Riya", "W012AB3CD, riya@example.org")),
    ("/party Riya <@UABCDEFGH>", Party("Riya", "UABCDEFGH")),
    ("/party Robbie WILLIAMS", Party("Robbie WILLIAMS")),
    ("/party Smith, Jane", Party("Smith, Jane")),
    ("/party فاطمه\u200cزهرا", Party("فاطمه\u200cزهرا")),
    ("/party -Riya", Party("Riya", remove=True)),
    ("/party - @Riya", Party("Riya", remove=True)),
    ("/party \u2013Riya", Party("Riya", remove=True)),
    ("/party Riya\nShe asked to be told.", Party("Riya", note="She asked to be told.")),
    ("/told reporter by phone", Told("reporter by phone")),
    ("/told Riya\nby mail", Told("Riya\nby mail")),
    ("/help", Help()),
    ("/help me\nplease", Help("me\nplease")),
    ("/recover An edited receipt.\nIt is right.", Recover("An edited receipt.\nIt is right.")),
]

REFUSED = [
    ("", "very first character"),
    (" /help", "very first character"),
    ("/", "The commands are `/estimate`"),
    ("/ help", "The commands are"),
    ("//", "The commands are"),
    ("/frobnicate", "I don't know the command `/frobnicate`. Nothing was done. The commands are"),
    ("/estmate 3d", "Did you mean `/estimate`?"),
    ("/resolved It is.", "Did you mean `/resolve`?"),
    ("/EST 3d", "Did you mean `/estimate`?"),
    ("/estimate: 3d", "a character in it that doesn't belong there"),
    ("/est\u200bimate 3d", "a character in it that doesn't belong there"),
    ("/\u202eestimate 3d", "a character in it that doesn't belong there"),
    ("/to\u212ad Riya by mail", "I don't know that command."),
    ("/estimate", "A time is missing"),
    ("/estimate\n3d", "A time is missing"),
    ("/estimate triage 1d", "A time is missing"),
    ("/estimate 3d triage", "After `triage` comes one time"),
    ("/estimate 3d triage 1d triage 2d", "After `triage` comes one time"),
    ("/estimate 3d\n/party Riya", "One command a comment"),
    ("/estimate 3d\n\n  /whatever", "One command a comment"),
    ("/party Riya\n/party Sam", "One command a comment"),
    ("/told Riya by mail\n/told reporter by mail", "One command a comment"),
    ("/help\n/help", "One command a comment"),
    ("/resolve We talked.\n/TOLD Riya by mail", "One command a comment"),
    ("/withdraw\n/help", "One command a comment"),
    ("/recover Because.\n/help", "One command a comment"),
    ("/resolve", "The words are missing"),
    ("/resolve \u200b\n\u2060", "The words are missing"),
    ("/resolve A\nTo parties:\n", "The words after `To parties:` are missing"),
    ("/resolve\nTo reporter: A\nto Reporter: B", "`To reporter:` is there twice"),
    ("/resolve A\n**To reporter:** B", "looks like the start of a part"),
    ("/resolve A\n\u200bTo reporter: B", "looks like the start of a part"),
    ("/resolve A\nTo the reporter: B", "looks like the start of a part"),
    ("/resolve A\nTo reporter (Sam): B", "looks like the start of a part"),
    ("/resolve A\nFor the parties - B", "looks like the start of a part"),
    ("/resolve A\nTo partie\u017f: B", "looks like the start of a part"),
    ("/resolve A\nTo party\nB", "looks like the start of a part"),
    ("/answer", "Say which question"),
    ("/answer On Tuesday", "Say which question"),
    ("/answer Here they are:\n1. A", "Say which question"),
    ("/answer 2nd of May", "Say which question"),
    ("/answer 12:30 he came", "Say which question"),
    ("/answer 0 A", "numbered from 1 to 4"),
    ("/answer 5. A", "numbered from 1 to 4"),
    ("/answer 2", "The answer itself is missing"),
    ("/answer 2. \u200b", "The answer itself is missing"),
    ("/party", "A name is missing"),
    ("/party -", "A name is missing"),
    ("/party @", "A name is missing"),
    ("/party riya@example.org", "A name is missing"),
    ("/party riya@example.org Riya", "First comes the name"),
    ("/party Reporter", "always means who reported it"),
    ("/party @reporter: U012AB3CD", "always means who reported it"),
    ("/party Ri\u200bya", "can't be seen"),
    ("/party Riya r\u200b@example.org", "can't be seen"),
    ("/party Ri\u202eya", "can't be seen"),
    ("/party Ri\x00ya", "can't be seen"),
    ("/party " + "a" * 101, "longer than 100"),
    ("/party Riya " + "r@x.example " * 40, "has to fit into 300"),
    ("/told", "Say who was told"),
    ("/recover", "A reason is missing"),
    ("/recover \u200b", "A reason is missing"),
]


@pytest.mark.parametrize(("body", "command"), ACCEPTED)
def test_a_well_formed_command_is_read(body: str, command: Said) -> None:
    """Every documented way to write a command gives its record, words kept as they were typed."""
    assert read_command(body, GRAMMAR) == command


@pytest.mark.parametrize(("body", "answer"), REFUSED)
def test_anything_else_is_a_mistake_with_a_way_out(body: str, answer: str) -> None:
    """What can't be read is refused with the reason, and with a command that can be copied or looked up."""
    with pytest.raises(UserMistake) as refused:
        read_command(body, GRAMMAR)
    assert answer in str(refused.value)
    if is_command(body):
        assert "Nothing was done." in str(refused.value)
        assert "```\n/" in str(refused.value) or "`/help`" in str(refused.value)


@pytest.mark.parametrize(
    ("body", "asks"), [("/", True), ("/help", True), ("", False), (" /help", False), ("\u200b/help", False)]
)
def test_only_the_very_first_character_makes_a_command(body: str, asks: bool) -> None:
    """A comment asks for something if its very first character is a slash, and not otherwise."""
    assert is_command(body) is asks


@pytest.mark.parametrize("name", GRAMMAR)
def test_every_command_shares_its_name_with_its_record_and_its_form(name: str) -> None:
    """Who knows a command's name knows what it becomes, and how it is written."""
    command = read_command(USAGE[name].example, GRAMMAR)
    assert type(command).__name__.lower() == name
    assert USAGE[name].form.startswith(f"/{name}")
    assert USAGE[name].example in show_usage(USAGE[name])


def test_every_command_is_read_as_a_record_of_its_own_kind() -> None:
    """No two commands give the same kind of record, so a guard knows by it which one was said."""
    kinds = [type(read_command(one.usage.example, GRAMMAR)) for one in GRAMMAR.values()]
    assert len(set(kinds)) == len(GRAMMAR)


def test_a_part_of_the_grammar_knows_only_its_own_commands() -> None:
    """A command outside the given grammar is unknown, and is not offered either."""
    some = {name: GRAMMAR[name] for name in ("help", "told")}
    with pytest.raises(UserMistake, match=r"The commands are `/help`, `/told`\.$"):
        read_command("/estimate 3d", some)


def test_a_letter_that_only_lowers_to_a_plain_one_is_another() -> None:
    """A command word of look-alike letters is unknown, as the Kelvin sign, which is a k in lower case."""
    kick = {"kick": GRAMMAR["help"]}
    assert read_command("/Kick", kick) == Help()
    with pytest.raises(UserMistake, match=r"^I don't know that command\."):
        read_command("/\u212aick", kick)


def test_records_do_not_show_their_words() -> None:
    """A repr names the command only, for reprs end up in logs and tracebacks."""
    party = Party("Riya", "riya@example.org")
    assert repr(party) == str(party) == "Party(…)"
    assert repr([party]) == "[Party(…)]"
    assert party.__rich_repr__() == []


@pytest.mark.parametrize(
    "word",
    ["@everyone", "<!channel>", "`x`", "[a](http://b)", "resolve<!--", "a" * 21, "naïve", "x" * 60_000],
)
def test_a_hostile_command_word_is_not_repeated(word: str) -> None:
    """Only a short word of plain letters returns in the reply; everything else stays out of it."""
    with pytest.raises(UserMistake) as refused:
        read_command(f"/{word} secret", GRAMMAR)
    assert word not in str(refused.value)
    assert "secret" not in str(refused.value)


KNOWN = ["Riya", "Riya Sharma", "Smith, Jane", "José", "The Reporter"]


@pytest.mark.parametrize(
    ("rest", "who", "how"),
    [
        ("reporter by phone", "reporter", "by phone"),
        ("Reporter: by phone", "reporter", "by phone"),
        ("riya by mail", "Riya", "by mail"),
        ("@RIYA  sharma \u2013 by mail", "Riya Sharma", "by mail"),
        ("Riya Sharmas mother told her", "Riya", "Sharmas mother told her"),
        ("Smith, Jane, in person", "Smith, Jane", "in person"),
        ("Jose\u0301\nin person,\nat noon", "José", "in person,\nat noon"),
        ("the reporter by phone", "The Reporter", "by phone"),
    ],
)
def test_told_is_cut_after_the_longest_known_name(rest: str, who: str, how: str) -> None:
    """The longest name that is known counts, in any case, with or without @, and the rest is how."""
    assert split_told(rest, KNOWN) == (who, how)


@pytest.mark.parametrize(
    ("rest", "answer"),
    [
        ("Sam by mail", "I know nobody of that name"),
        ("", "I know nobody of that name"),
        ("Riyas by mail", "I know nobody of that name"),
        ("Riya", "Say how"),
        ("Riya Sharma:", "Say how"),
        ("reporter \u200b", "Say how"),
    ],
)
def test_told_needs_someone_known_and_a_way(rest: str, answer: str) -> None:
    """Nobody known, or no way of telling, is a mistake, and the reply doesn't list who is known."""
    with pytest.raises(UserMistake, match=answer) as refused:
        split_told(rest, KNOWN)
    assert "Sharma" not in str(refused.value)


def test_the_reporter_cannot_be_hidden_by_a_name() -> None:
    """`reporter` means the reporter, also where somebody known is called so."""
    assert split_told("Reporter by phone", ["Reporter", "", " @ "]) == ("reporter", "by phone")


def _read(body: str) -> Said | str:
    """Give the command, or the mistake's message: all that a person can see of the reading."""
    try:
        return read_command(body, GRAMMAR)
    except UserMistake as mistake:
        return str(mistake)


PIECES = [
    *(f"/{name}" for name in GRAMMAR),
    *("\n", "\n", " ", "/", ",", ">", "-", "@", ":", "<", "1.", "2", "triage", "To reporter:", "to parties:"),
    *("Riya", "a@b", "U012AB3CD", "\u200b", "\x85", "\u2028", "**", "```"),
]
bodies = st.text() | st.tuples(
    st.sampled_from(sorted(GRAMMAR)),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=5)),
).map(lambda parts: f"/{parts[0]} {''.join(parts[1])}")


@given(bodies)
@example("/\ud800")
def test_no_text_raises_anything_but_a_mistake(body: str) -> None:
    """Any text is a command or a mistake, never an accident, and only a leading slash makes a command."""
    read = _read(body)
    assert isinstance(read, str) or is_command(body)


@given(bodies)
def test_line_endings_make_no_difference(body: str) -> None:
    """CRLF, CR and LF are read alike."""
    unix = body.replace("\r", "")
    assert _read(unix) == _read(unix.replace("\n", "\r\n")) == _read(unix.replace("\n", "\r"))


@given(st.sampled_from(ACCEPTED), st.sampled_from([str.upper, str.lower, str.title]))
def test_the_case_of_a_command_makes_no_difference(
    accepted: tuple[str, Said], change: Callable[[str], str]
) -> None:
    """The command word in any case gives the same record."""
    body, command = accepted
    word = body.split()[0]
    assert read_command(change(word) + body.removeprefix(word), GRAMMAR) == command


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.lists(st.text("abAB ,:@-", min_size=1)))
def test_told_never_loses_words(rest: str, known: list[str]) -> None:
    """Who is one of those known, and how ends what was typed."""
    try:
        who, how = split_told(rest, known)
    except UserMistake:
        return
    assert who in {"reporter", *known}
    assert rest.rstrip().endswith(how)


@pytest.mark.parametrize("name", GRAMMAR)
@pytest.mark.parametrize(
    "piece",
    ["a", " ", "\n", "/", "1. ", "\n1. a", "\n/", ">", "\n> a", "to reporter", "A@", "a@b,", "U1", "- ", "("],
)
def test_the_longest_comments_are_read_at_once(name: str, piece: str) -> None:
    """Reading takes time linear in the length: the longest comment that GitHub takes is no burden."""
    body = f"/{name} " + piece * (65_536 // len(piece))
    before = time.process_time()
    _read(body)
    assert time.process_time() - before < 0.5
