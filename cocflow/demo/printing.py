"""Two ways to tell what is played: a story for newcomers, and one JSON object a line for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol, TextIO
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.text import Text

from cocflow.core.forms.form import QUESTIONS
from cocflow.core.text.when import format_when
from cocflow.demo.player import Played
from cocflow.demo.script import Accept, AddLabel, Deed, File, How, Look, Mail, OpenRoom, Press, Wait, Write
from cocflow.demo.story import PUBLISHED, REPOSITORY, SECOND

ZONE = ZoneInfo("UTC")
NUMBER, LABEL = 4, 9
"""The widths of the two columns left of the text."""
LONGEST = 4
"""Lines of a text that are shown; the whole of it is in `--json`, and on the kept sandbox."""

OPENING = f"""\
In this story, Enginexp keeps its incidents as issues of a private repository, {REPOSITORY}, and what \
concerns those who handle them in a second one, {SECOND}. Here they stand on a local GitHub that was \
started for the story: no account is needed, and nothing leaves this computer. \
Whoever acts does so through GitHub's API with a token of their own, and cocflow answers after each step, \
as its job on GitHub Actions would. The administrators {", ".join(PUBLISHED[:-1])} and \
{PUBLISHED[-1]} are those of Enginexp's published process; everybody else, and all that happens, is \
made up."""


class Teller(Protocol):
    """Is told what is played, step by step, and passes it on."""

    def open(self) -> None:
        """Say what comes before the first step."""

    def tell(self, played: Played) -> None:
        """Tell one step."""

    def close(self) -> None:
        """Say what comes after the last step."""


class JsonLines:
    """Tells each step as a line of JSON, and nothing else."""

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def open(self) -> None:
        """See `Teller.open`."""

    def tell(self, played: Played) -> None:
        """See `Teller.tell`."""
        self._output.write(msgspec.json.encode(played).decode() + "\n")
        self._output.flush()

    def close(self) -> None:
        """See `Teller.close`."""


class Narrator:
    """Tells steps to a console, as a story that needs no knowledge of GitHub or of cocflow."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._chapter = ""
        self._chapters = 0
        self._when = ""
        self._steps: list[Played] = []

    def open(self) -> None:
        """Say where the story takes place."""
        self._write("", OPENING, indent=0)

    def tell(self, played: Played) -> None:
        """Tell one step: who did what, what cocflow answered, who was told, how the incident stands."""
        self._steps.append(played)
        if played.chapter != self._chapter:
            self._chapter = played.chapter
            self._chapters += 1
            self._console.print()
            self._console.rule(Text(f"Incident {self._chapters}: {played.chapter}", "bold"), align="left")
        self._console.print()
        self._head(played)
        for label, text, style in _rows(played):
            self._write(label, text, style=style)
        for sentence in played.unexpected:
            self._write("WRONG", sentence, style="bold red")

    def close(self) -> None:
        """Say whether all of it went as it had to."""
        wrong = [played for played in self._steps if not played.ok]
        mails = sum(told.how == "by mail" for played in self._steps for told in played.told)
        self._console.print()
        self._console.rule()
        summary = f"{len(self._steps)} steps; {mails} mails went into the outbox. "
        if not wrong:
            self._write("", f"{summary}Each step came out as it had to.", indent=0, style="bold green")
            return
        numbers = ", ".join(str(played.step) for played in wrong)
        self._write("", f"{summary}NOT AS EXPECTED: step {numbers}.", indent=0, style="bold red")

    def _head(self, played: Played) -> None:
        self._write(f"{played.step:2}", f"{played.who} {played.did}.", indent=NUMBER, style="bold")
        when = format_when(datetime.fromisoformat(played.at), ZONE) if played.at else self._when
        if when != self._when:
            self._when = when
            self._write("", when, indent=NUMBER, style="dim")

    def _write(self, label: str, text: str, *, indent: int = NUMBER + LABEL, style: str = "") -> None:
        """Print a text, wrapped, beside a label; by hand, since rich fills lines up with spaces."""
        margin = " " * NUMBER + label if indent > NUMBER else label
        for paragraph in text.split("\n"):
            for line in Text(paragraph, style).wrap(self._console, self._console.width - indent - 1):
                line.rstrip()
                self._console.print(Text.assemble((margin.ljust(indent), "dim"), line))
                margin = ""


WITH_WORDS: dict[How, str] = {"by mail": "mail", "in the room": "in room"}
"""The ways to be told that have words of their own, and how a row of them is labelled."""

Row = tuple[str, str, str]
"""A label, the text beside it, and its style."""


def _rows(played: Played) -> Iterator[Row]:
    """Return what is told of a step below its first line."""
    yield from _deed(played.deed)
    for answer in played.answered:
        for part in answer.split("\n\n---\n\n"):
            yield "cocflow", gist(part), "cyan"
    yield from _seen(played)
    if played.at and not played.answered and not played.seen:
        yield "cocflow", "(says nothing)", "dim"
    for told in played.told:
        if told.how in WITH_WORDS:
            subject = f": {told.subject}" if told.subject else ""
            yield WITH_WORDS[told.how], f"to {told.to}{subject}", "magenta"
            yield "", gist(told.words), "magenta"
    yield from _others_told(played)
    if played.state:
        yield "label", played.state, "green"


def _deed(deed: Deed) -> Iterator[Row]:
    match deed:
        case File(answers):
            for number, question in enumerate(QUESTIONS, start=1):
                label = "form" if number == 1 else ""
                yield label, f"{number}. {answers.get(question, '(no answer yet)')}", ""
            yield "", f"May be shared: {answers.get('share', '(no answer)')}", ""
        case Write(text):
            yield "writes", text, ""
        case AddLabel(label):
            yield "adds", f"the label {label}", ""
        case Press(button):
            yield "presses", button, ""
        case Mail(_, text):
            yield "mails", text, ""
        case OpenRoom(login):
            yield "form", f"For whom? {login}", ""
        case Accept() | Look() | Wait():
            return


def _seen(played: Played) -> Iterator[Row]:
    """Return what each could read: a row for each of them, and below it a line for each issue."""
    label = "sees"
    for one in played.seen:
        yield label, f"{one.who}, {one.role}:", "bold"
        for listing in one.repositories:
            for number, title in listing.issues:
                yield "", f"  {listing.name}#{number} {title}", ""
            if not listing.issues:
                yield "", f"  {listing.name}, which has no issues", ""
        if not one.repositories:
            yield "", "  nothing", ""
        label = ""


def _others_told(played: Played) -> Iterator[Row]:
    """Return who was told by what has no words of its own, in one row for each way."""
    label = "told"
    for how in dict.fromkeys(told.how for told in played.told if told.how not in WITH_WORDS):
        names = dict.fromkeys(told.to for told in played.told if told.how == how)
        yield label, f"{', '.join(names)} {how}", "magenta"
        label = ""


def gist(text: str) -> str:
    """Return the first lines of a Markdown text, without blank ones and the marks that only format."""
    lines = [line for line in text.replace("**", "").split("\n") if line.strip(" `-")]
    more = ["…"] if len(lines) > LONGEST else []
    return "\n".join(lines[:LONGEST] + more)
