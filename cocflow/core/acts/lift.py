"""Lifting a suspension with words: what the person is told besides that it is over."""

from __future__ import annotations

from cocflow.core.case.act import Act, Recorder
from cocflow.core.case.grammar import Command, Said, Usage, needed_words
from cocflow.core.case.progress import Change, Progress
from cocflow.core.case.records import Words


class Lift(Said, frozen=True):
    """End the suspension, with these words to the person."""

    words: str


class Lifted(Change, frozen=True, kw_only=True, tag="lifted"):
    """The words of a comment say why the suspension was lifted."""

    words: Words

    def words_told(self, before: Progress) -> Words | None:
        """These are the words."""
        return self.words


def parse(line: str, rest: str) -> Lift:
    """Read the words."""
    return Lift(
        needed_words(line, rest, "The words are missing; without any, add the label `state: lifted`.")
    )


ACT = Act(
    name="lift",
    serves=("suspension",),
    commands=(
        Command(
            name="lift",
            usage=Usage(
                "/lift <words>",
                "/lift The messages were from somebody else. We are sorry.",
                "Draft that a suspension ends, with words to the person. The label alone ends it at once.",
            ),
            parse=parse,
            slashes="no command",
            instead=("unban", "unsuspend", "unblock", "unmute", "pardon", "revoke"),
        ),
    ),
    changes=(Lifted,),
    records=(
        Recorder(
            "lifting",
            "which words say why the suspension was lifted",
            lambda case, ask: (Lifted(words=ask.words),),
            commands=("lift",),
            holds_words=True,
        ),
    ),
)
