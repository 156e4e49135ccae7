"""The report: answers given later, and what is still missing."""

from __future__ import annotations

from cocflow.core.acts.report import Answer
from cocflow.core.case.grammar import Said
from tests.core.acts.asking import asked
from tests.core.play import Play, body, played_to

ACCEPTED: list[tuple[str, Said]] = [
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
]

REFUSED = [
    ("/answer", "Say which question"),
    ("/answer On Tuesday", "Say which question"),
    ("/answer Here they are:\n1. A", "Say which question"),
    ("/answer 2nd of May", "Say which question"),
    ("/answer 12:30 he came", "Say which question"),
    ("/answer 0 A", "numbered from 1 to 4"),
    ("/answer 5. A", "numbered from 1 to 4"),
    ("/answer 2", "The answer itself is missing"),
    ("/answer 2. \u200b", "The answer itself is missing"),
]


def test_answers_complete() -> None:
    """All four answers, in the body or by `/answer`; what is missing is named by number."""
    assert asked(played_to("reported"), "answers_complete") is None
    missing = Play(text=body(nature=None, material=None))
    missing.run()
    assert asked(missing, "answers_complete") == "There is still no answer to question 1, 3."
    assert asked(missing, "answers_complete", "/answer 1 x") == "There is still no answer to question 3."
    assert asked(missing, "answers_complete", "/answer 1. x\n3. y") is None
