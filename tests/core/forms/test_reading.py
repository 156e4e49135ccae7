"""What is read from a body, and what is kept for a doubt."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.forms.form import QUESTIONS, Answers, Field, Form, LeftAlone
from cocflow.core.forms.normal import normalise
from cocflow.core.forms.reading import read
from tests.core.forms.examples import ALL_KINDS, FULL, MATERIAL, NATURE, SHIPPED, WHO, body

EXAMPLES = Path(__file__).parent / "form"


@pytest.mark.parametrize("path", sorted((EXAMPLES / "positive").glob("*.md")), ids=lambda path: path.stem)
def test_example_is_complete(path: Path) -> None:
    """Every body in `positive/` answers all four questions, without a doubt about any."""
    report = read(SHIPPED, path.read_bytes().decode())
    assert (report.complete, report.ambiguous) == (True, ())


@pytest.mark.parametrize("path", sorted((EXAMPLES / "negative").glob("*.md")), ids=lambda path: path.stem)
def test_example_is_incomplete(path: Path) -> None:
    """Every body in `negative/` lacks exactly the questions that its file's name ends with."""
    report = read(SHIPPED, path.read_bytes().decode())
    assert [question.id for question in report.unanswered] == path.stem.split("--")[1].split("-")


def test_answers_are_read_from_a_rendered_body() -> None:
    """Answers come back by their ids, and `None` is an answer to a typed question."""
    report = read(SHIPPED, body(**FULL, learned="I saw it"))
    assert report.answers == Answers({"learned": "I saw it", **FULL})
    assert (report.missing, report.ambiguous, report.extra, report.complete) == ((), (), (), True)


def test_line_ends_of_the_web_are_read() -> None:
    """A body with CRLF reads like one with LF."""
    filed = body(**{**FULL, "nature": "One\n\ntwo"})
    assert read(SHIPPED, filed.replace("\n", "\r\n")) == read(SHIPPED, filed)


@pytest.mark.parametrize("empty", ["", " \t", "_No response_", "\n\n_No response_\n\n"])
def test_empty_answers_are_missing(empty: str) -> None:
    """No response, or nothing at all, is no answer, and the question is named."""
    report = read(SHIPPED, body(**{**FULL, "who": empty, "learned": "I saw it"}))
    assert report.missing == ("who",)
    assert [(one.number, one.label) for one in report.unanswered] == [(2, WHO)]


def test_empty_body_misses_everything() -> None:
    """An empty body answers nothing, and that is no error."""
    report = read(SHIPPED, "")
    assert report.missing == ("learned", *QUESTIONS)
    assert report.extra == ()
    assert not report.complete


def test_none_is_empty_for_choices_only() -> None:
    """`None` is no choice where choices are made, in every kind of them."""
    rendered = "### Where?\n\nNone\n\n### By which means?\n\nNone\n\n### Told\n\n_No response_"
    assert read(ALL_KINDS, rendered).answers == Answers()


@pytest.mark.parametrize(
    "hidden",
    [
        "```\n{}\n\nMallory\n```",
        "~~~ text\n```\n{}\n~~~",
        "`````\n```\n{}\n`````",
        "   ```\n{}\n   ```",
        "> {}\n> Mallory",
        "- a list\n\n  {}\n\n  Mallory",
        "1. {}",
        "<!--\n{}\n-->",
        "<pre>\n\n{}\n\n</pre>",
        "    {}",
        "#### {}",
        "so {} it is",
    ],
)
def test_label_that_is_no_heading_is_text(hidden: str) -> None:
    """A label in a fence, quote, list, HTML block or in running text is a part of the answer it stands in."""
    typed = hidden.format(f"### {WHO}")
    report = read(SHIPPED, body(**{**FULL, "nature": typed}))
    assert report.answers["nature"] == normalise(typed)
    assert report.answers["who"] == FULL["who"]
    assert report.ambiguous == ()


@pytest.mark.parametrize("place", ["nature", "who", "privacy", "reporter"])
@pytest.mark.parametrize("typed", [f"### {WHO}", f"### {WHO} ###", f"  ###\t{WHO}  "])
def test_label_typed_as_a_heading_is_refused(place: str, typed: str) -> None:
    """A question whose heading stands twice counts as unanswered, is named, and leaves the others alone."""
    report = read(SHIPPED, body(**{**FULL, place: f"Before.\n{typed}\n\nMallory did it."}))
    assert report.ambiguous == ("who",)
    assert "who" in report.missing
    assert report.answers["who"] is None
    others = {id: report.answers[id] for id in QUESTIONS if id not in ("who", place)}
    assert others == {id: text for id, text in FULL.items() if id in others}


def test_other_headings_are_text() -> None:
    """A heading of a person's own stays in the answer that it was typed in."""
    typed = "### Background\n\nLong ago.\n\n## More\n\n###\n\n### Who are they?"
    assert read(SHIPPED, body(**{**FULL, "nature": typed})).answers["nature"] == typed


def test_label_out_of_order_is_text() -> None:
    """A label after one that follows it in the template doesn't open its question."""
    filed = f"### {MATERIAL}\n\nA log.\n\n### {WHO}\n\nMallory"
    report = read(SHIPPED, filed)
    assert report.answers == Answers({"material": f"A log.\n\n### {WHO}\n\nMallory"})


@pytest.mark.parametrize("opened", ["```", "~~~~ python", "<!-- a draft", "<script>"])
def test_unclosed_block_of_a_filed_report_swallows_nothing(opened: str) -> None:
    """What a person left unclosed costs no later answer, if each label stands once and alone."""
    report = read(SHIPPED, body(**{**FULL, "nature": f"Look:\n{opened}\nshouting"}))
    assert report.complete
    assert report.answers["privacy"] == "None"


def test_label_in_an_unclosed_fence_is_text() -> None:
    """A label inside a fence that never ends is text, as long as the body isn't plainly the form's own."""
    report = read(SHIPPED, f"### {NATURE}\n\n```\n### {WHO}\n\nMallory")
    assert [one.id for one in report.unanswered] == ["who", "material", "privacy"]
    assert report.answers["nature"] == f"```\n### {WHO}\n\nMallory"


def test_label_repeated_behind_an_unclosed_fence_is_not_guessed() -> None:
    """Of two equal labels behind an unclosed fence, neither answers its question."""
    report = read(SHIPPED, body(**{**FULL, "nature": f"```\n\n### {WHO}\n\nMallory"}))
    assert report.answers["who"] is None


def test_choices_with_commas_are_matched() -> None:
    """Joined choices are told apart by what the template offers, not by commas, and in any order."""
    rendered = "### By which means?\n\nChat, public, A call, a meeting, Mail"
    chosen = read(ALL_KINDS, rendered).answers.choices("means")
    assert chosen == ("Mail", "A call, a meeting", "Chat, public")


@pytest.mark.parametrize(
    "rendered",
    [
        "### Where?\n\nNowhere",
        "### Where?\n\nHere\n\nor There",
        "### By which means?\n\nMail, Pigeon",
        "### By which means?\n\nMail, Mail",
        "### By which means?\n\nMail,",
        "### Told\n\n- [x] A stranger",
        "### Told\n\n- [x] A friend\n- [ ] A friend",
        "### Told\n\nA friend",
    ],
)
def test_choice_that_was_not_offered_is_refused(rendered: str) -> None:
    """A choice that isn't among the choices counts as no answer, and the field is named."""
    report = read(ALL_KINDS, rendered)
    assert report.answers == Answers()
    assert len(report.ambiguous) == 1


def test_choices_that_read_in_two_ways_are_refused() -> None:
    """Where the joined text can be read as different choices, none of them is taken."""
    means = Field(id="m", label="M", kind="dropdown", multiple=True, options=("A", "B", "A, B"))
    assert read(Form((means,)), "### M\n\nA, B").ambiguous == ("m",)


@pytest.mark.parametrize("mark", ["x", "X"])
def test_ticked_boxes_are_read(mark: str) -> None:
    """Boxes ticked with either letter count, empty ones don't."""
    rendered = f"### Told\n\n- [{mark}] The host, at once\n- [ ] A friend"
    assert read(ALL_KINDS, rendered).answers["told"] == ("The host, at once",)


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_rendered_answer_loses_its_fence(fence: str) -> None:
    """The fence that the form puts around a rendered answer isn't a part of it."""
    rendered = (
        f"### What does the log say?\n\n{fence}shell\n  $ ls\n\n### Who?\n{fence}\n\n### Where?\n\nHere"
    )
    assert read(ALL_KINDS, rendered).answers == Answers({"log": "  $ ls\n\n### Who?", "place": "Here"})


def test_upload_is_read_as_the_text_that_github_puts_there() -> None:
    """An upload's links and images are its answer, on as many lines as there are files; none is no answer."""
    links = (
        "[log.txt](https://github.com/user-attachments/files/1/log.txt)\n"
        '<img width="640" alt="shot" src="https://github.com/user-attachments/assets/6f1c" />'
    )
    rendered = f"### Screenshots\n\n{links}\n\n### Told\n\n- [x] A friend\n- [ ] The host, at once"
    assert read(ALL_KINDS, rendered).answers == Answers({"shots": links, "told": ("A friend",)})
    assert read(ALL_KINDS, "### Screenshots\n\n_No response_").answers == Answers()


def test_empty_fence_is_no_answer() -> None:
    """A fence with nothing in it is no answer to a rendered question."""
    assert read(ALL_KINDS, "### What does the log say?\n\n```shell\n\n```").answers == Answers()


def test_unknown_sections_are_kept() -> None:
    """Text before the questions, and sections where nobody can type an answer, are kept."""
    filed = f"Hello.\n\n{body(**FULL)}\n\n### Asked by an older form\n\nYes."
    report = read(SHIPPED, filed)
    assert report.extra == (("", "Hello."), ("Asked by an older form", "Yes."))
    assert report.complete


@given(st.text(alphabet="#`~<>[]-*+ 1.\n\t\r\\!x", max_size=400))
def test_reading_never_fails(filed: str) -> None:
    """Whatever a body holds, it's read without an error, and what isn't an answer is kept."""
    report = read(SHIPPED, filed)
    assert len(report.unanswered) == len(QUESTIONS)
    assert bool(report.extra) == bool(filed.strip())


ASIDE = Form(
    (Field(id="nature", label="What?", place=0), Field(id="who", label="Who?", place=2)),
    (LeftAlone(label="Mood", type="slider", place=1),),
)


@pytest.mark.parametrize(
    "before", ["Shouting.", "Shouting:\n```", "Shouting:\n<!-- \nand more", "- Shouting\n\n  and more"]
)
def test_what_is_left_alone_leaks_into_no_answer(before: str) -> None:
    """What stands below the heading of an element that we can't read is no part of the answer before it."""
    report = read(ASIDE, f"### What?\n\n{before}\n\n### Mood\n\n7 of 10\n\n### Who?\n\nAda")
    assert report.answers == Answers({"nature": before, "who": "Ada"})
    assert (report.extra, report.ambiguous) == ((("Mood", "7 of 10"),), ())


def test_what_is_left_alone_may_be_missing() -> None:
    """Whether GitHub renders an unknown element or not, the questions around it are read."""
    report = read(ASIDE, "### What?\n\n```\n\n### Who?\n\nAda")
    assert report.answers == Answers({"nature": "```", "who": "Ada"})


def test_what_is_left_alone_is_kept_after_an_answer_in_doubt() -> None:
    """After a heading that stands twice, an unknown element's text is kept, and the next question read."""
    filed = "### What?\n\nA\n\n### What?\n\nB\n\n### Mood\n\n7\n\n### Who?\n\nAda"
    report = read(ASIDE, filed)
    assert report.answers == Answers({"who": "Ada"})
    assert (report.extra, report.ambiguous) == ((("Mood", "7"),), ("nature",))


def test_heading_of_what_is_left_alone_is_text_after_its_place() -> None:
    """The heading of an unknown element after the question that follows it is a part of the answer there."""
    report = read(ASIDE, "### What?\n\nA\n\n### Who?\n\nAda\n\n### Mood\n\nBad.")
    assert report.answers == Answers({"nature": "A", "who": "Ada\n\n### Mood\n\nBad."})
