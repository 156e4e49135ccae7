"""A report by mail: what is written is read again, and so is what people and mail programs make of it."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cocflow.core.forms.by_mail import END, asked, read_mailed, write_mailed
from cocflow.core.forms.form import Answers, Form, Value
from cocflow.core.forms.normal import normalised
from cocflow.core.forms.reading import read
from cocflow.core.forms.writing import write
from tests.core.forms.examples import (
    ALL_KINDS,
    FULL,
    LABELS,
    LEAVING_ALONE,
    MATERIAL,
    NATURE,
    PRIVACY,
    SHIPPED,
    TYPED,
    WHO,
    answers_to,
    chosen_from,
)

LOOKS = [
    f"{before}{label}{behind}" for label in LABELS for before in ("", "2. ") for behind in ("", " x", ":")
]
ODD = st.sampled_from(
    ["Any", "* * *", "1. a", "2. b", "2) c", "- A friend", "\u202b\u05d0\u05d1", "\U0001f642", "-- "]
)
LINES = st.builds(
    "{}{}".format, st.sampled_from(["", "", "\\", "\\\\", "> ", "- "]), st.sampled_from(LOOKS) | ODD
)
WRITTEN = st.lists(LINES | TYPED, max_size=8).map("\n".join)
"""What looks like questions, ends and lists, in the middle of what people type."""


def answered(form: Form) -> st.SearchStrategy[Answers]:
    """Return what a person may answer to a form, with questions and ends among the words."""
    each = {field.id: WRITTEN if field.free else chosen_from(field) for field in form.fields}
    return st.fixed_dictionaries({}, optional=each).map(Answers)


@pytest.mark.parametrize("form", [ALL_KINDS, LEAVING_ALONE], ids=["all kinds", "and unknown ones"])
@given(data=st.data())
def test_what_is_written_is_read_again(form: Form, data: st.DataObject) -> None:
    """Whatever a person answers comes back from the mail, with nothing beside it and no doubt."""
    answers = data.draw(answered(form))
    report = read_mailed(form, write_mailed(form, answers))
    assert report.answers == normalised(form, answers)
    assert (report.ambiguous, report.extra) == ((), ())


@given(
    answers=answers_to(SHIPPED).filter(lambda one: normalised(SHIPPED, one).values != {}),
    signature=TYPED.filter(lambda text: END not in text),
)
def test_what_stands_below_the_end_is_no_answer(answers: Answers, signature: str) -> None:
    """A signature that a mail program puts below stands beside the answers, and CRLF changes nothing."""
    mail = f"{write_mailed(SHIPPED, answers)}\n{signature}"
    assert read_mailed(SHIPPED, mail.replace("\n", "\r\n")).answers == normalised(SHIPPED, answers)


@given(text=WRITTEN)
@example("2. Told\n> 2. Told\nx\n1. What happened?")
def test_whatever_was_read_makes_a_body_that_says_the_same(text: str) -> None:
    """Any text is read, and the body that is made of it is read to the same answers, and the same beside."""
    report = read_mailed(ALL_KINDS, text)
    again = read(ALL_KINDS, write(ALL_KINDS, report.answers, report.extra))
    assert (again.answers, again.extra) == (report.answers, report.extra)


def test_a_mail_asks_the_four_first_and_by_their_numbers() -> None:
    """The four questions have their own numbers, and what else the form asks goes on from 5."""
    assert [one.line for one in asked(SHIPPED)][:5] == [
        f"1. {NATURE}",
        f"2. {WHO}",
        f"3. {MATERIAL}",
        f"4. {PRIVACY}",
        "5. How did you learn of it?",
    ]
    mail = write_mailed(SHIPPED, Answers({"who": "Ada", "tried": (SHIPPED.fields[-2].options[0],)}))
    assert mail == (
        f"2. {WHO}\n\nAda\n\n10. What has been tried so far?\n\n"
        f"- Those involved tried to resolve it peacefully\n\n{END}"
    )


THREE = {"nature": "Shouting.", "who": "Ada\nand Bob", "privacy": "None"}

BELOW = [NATURE, "", "Shouting.", "", WHO, "Ada", "and Bob", "", MATERIAL, "", PRIVACY, "None"]


ASKED = (NATURE, WHO, MATERIAL, PRIVACY)


def decorated(before: str, behind: str = "") -> list[str]:
    """Return the mail with something around each question."""
    return [f"{before}{line}{behind}" if line in ASKED else line for line in BELOW]


def wrapped(width: int, quote: str) -> list[str]:
    """Return the mail with its longest question wrapped."""
    lines = textwrap.wrap(f"4. {PRIVACY}", width, initial_indent=quote, subsequent_indent=quote)
    return [*BELOW[:-2], *lines, BELOW[-1]]


@pytest.mark.parametrize(
    ("shape", "mail"),
    [
        ("as they stand", BELOW),
        ("behind a greeting", ["Dear all,", "", *BELOW]),
        ("in a listing", decorated("- ")),
        ("with emphasis", decorated("**", "**")),
        ("quoted questions", ["On Mon, Riya wrote:", *(line or ">" for line in decorated("> 1. "))]),
        ("quoted, twice", decorated("> > ")),
        ("all of it quoted", ["See below.", "", *(f"> {line}".rstrip() for line in BELOW)]),
        ("wrapped", wrapped(72, "")),
        ("wrapped and quoted", wrapped(40, "> ")),
        (
            "by another keyboard",
            [one.replace("\u2019", "'").upper() if one in ASKED else one for one in BELOW],
        ),
        (
            "beside the questions",
            [f"1) {NATURE} Shouting.", f"2) {WHO} Ada", "and Bob", f"4) {PRIVACY}: None"],
        ),
        ("by number", ["Hello,", "", "1. Shouting.", "2. Ada", "and Bob", "4. None"]),
        (
            "by number, below all questions",
            [*ASKED, "", "1. Shouting.", "", "2) Ada", "and Bob", "", "4)", "None"],
        ),
        ("once more, below all questions", [*ASKED, "", *BELOW]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_answers_are_read_in_every_shape(shape: str, mail: list[str]) -> None:
    """Below the questions, beside them or by number; wrapped, quoted or decorated: the same answers."""
    assert read_mailed(SHIPPED, "\n".join(mail)).answers == Answers(THREE), shape


@pytest.mark.parametrize(
    "text",
    [
        "He shouted at me.",
        "It was like this:\n1. He came in.\n2. He shouted.",
        "1. He came in.\n2. He shouted.\n3. I left.\n4. He came after me.\n5. I called somebody.",
        "1. In the channel he shouted.",
        "There were 3 of us.\n\nThis is a longer story, and a list in it:\n\n1. a\n2. b",
        f"Help.\n\nOn Mon, Riya wrote:\n> 1. {NATURE}\n> 2. {WHO}\n>",
        "Told him to stop.\nWho is involved in this I can't say.",
    ],
)
def test_plain_words_answer_the_first_question(text: str) -> None:
    """A story, or a list of one's own, is all of it what happened, and the other questions are still open."""
    report = read_mailed(SHIPPED, f"\n{text}\n")
    assert report.answers == Answers({"nature": text})
    assert [one.number for one in report.unanswered] == [2, 3, 4]


def test_words_below_all_questions_are_what_happened() -> None:
    """Whoever copies the questions and then just writes isn't taken to have answered the last of them."""
    report = read_mailed(SHIPPED, "\n".join([NATURE, WHO, MATERIAL, PRIVACY, "", "He shouted."]))
    assert report.answers == Answers({"nature": "He shouted."})


def test_an_empty_mail_answers_nothing() -> None:
    """Nothing written is nothing read, and no answers make no mail."""
    assert read_mailed(SHIPPED, " \n").answers == Answers()
    assert write_mailed(SHIPPED, Answers({"nature": "  "})) == ""


SHARE = "What the people concerned need to know, and the community may be told, all without my name"


@pytest.mark.parametrize(
    ("label", "typed", "values"),
    [
        ("What may we share?", SHARE, {"share": SHARE}),
        ("What may we share?", textwrap.fill(SHARE, 40).lower(), {"share": SHARE}),
        ("What may we share?", f"- {SHARE}", {"share": SHARE}),
        (
            "What has been tried so far?",
            "Neither was possible, safe or wanted",
            {"tried": ("Neither was possible, safe or wanted",)},
        ),
        (
            "What has been tried so far?",
            "- Those involved tried to resolve it\npeacefully\n- Feedback was asked for in the rules channel",
            {
                "tried": (
                    "Those involved tried to resolve it peacefully",
                    "Feedback was asked for in the rules channel",
                )
            },
        ),
        ("Is one of the administrators involved?", "somebody who reads the reports.", {}),
        ("What may we share?", "With my friends", {}),
        ("What may we share?", "Nothing until you have asked me\nwith my name", {}),
    ],
)
def test_a_choice_is_told_or_doubted(label: str, typed: str, values: dict[str, Value]) -> None:
    """A choice is known as it was wrapped or retyped; one that isn't among them is doubtful, and kept."""
    report = read_mailed(SHIPPED, f"1. {NATURE}\n\nShouting.\n\n8. {label}\n\n{typed}\n")
    assert report.answers.values == {"nature": "Shouting.", **values}
    assert (len(report.ambiguous), report.extra) == ((0, ()) if values else (1, (("", f"{label}\n{typed}"),)))


def test_what_answers_no_question_is_kept_beside() -> None:
    """Words before the first question and below the end are in the report, beside the answers."""
    mail = write_mailed(SHIPPED, Answers(FULL))
    report = read_mailed(SHIPPED, f"Dear all,\n\n{mail}\n\n-- \nSent from a phone")
    assert report.answers == Answers(FULL)
    assert report.extra == (("", "Dear all,\n\n-- \nSent from a phone"),)


def test_nothing_shows_what_was_written() -> None:
    """Neither the report nor what it is made of repeats words in its repr."""
    assert "Shouting" not in repr(read_mailed(SHIPPED, f"1. {NATURE}\nShouting."))
