"""The form's behaviour: what is read from a body, what is written into one, and what is refused."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cocflow.core.forms.form import (
    CONSENTS,
    QUESTIONS,
    Answers,
    Consent,
    Extra,
    Field,
    Form,
    Value,
    consent,
    fill_template,
    form_from_template,
    merge,
    normalise,
    normalised,
    numbered_answers,
    questions,
    read,
    write,
)
from cocflow.errors import DefinitionError, UserMistake

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / ".github" / "ISSUE_TEMPLATE"
EXAMPLES = Path(__file__).parent / "form"
SHIPPED_TEXT = (TEMPLATES / "incident.yml").read_text("utf-8")
SHIPPED = form_from_template(yaml.safe_load(SHIPPED_TEXT))
NATURE, WHO, MATERIAL, PRIVACY = (question.label for question in questions(SHIPPED))

ALL_KINDS = Form(
    (
        Field(id="nature", label="What happened?", required=True),
        Field(id="who", label="Who?", kind="input"),
        Field(id="log", label="What does the log say?", render="shell"),
        Field(id="place", label="Where?", kind="dropdown", options=("Here", "There, or elsewhere")),
        Field(
            id="means",
            label="By which means?",
            kind="dropdown",
            multiple=True,
            options=("Mail", "A call, a meeting", "A call", "Chat, public", "Chat"),
        ),
        Field(id="told", label="Told", kind="checkboxes", options=("The host, at once", "A friend")),
    )
)
ENDING_IN_TEXT = Form((*ALL_KINDS.fields[3:], *ALL_KINDS.fields[:3]))


def body(**answers: str) -> str:
    """Return a body with these answers as GitHub renders them, without any care for what they hold."""
    empty = {"dropdown": "None", "checkboxes": "- [ ] Feedback was asked for in the rules channel"}
    return "\n\n".join(
        f"### {field.label}\n\n{answers.get(field.id, empty.get(field.kind, '_No response_'))}"
        for field in SHIPPED.fields
    )


FULL = {"nature": "Shouting.", "who": "A and B.", "material": "A log.", "privacy": "None"}


# --- Examples: adding a file adds a test ----------------------------------------------------------------


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


# --- The template ---------------------------------------------------------------------------------------


def test_shipped_form_asks_the_four_questions() -> None:
    """The shipped form asks the process's four questions in order, requires them, and sets no label."""
    data = yaml.safe_load(SHIPPED_TEXT)
    assert tuple(question.id for question in questions(SHIPPED)) == QUESTIONS
    assert all(field.required for field in SHIPPED.fields if field.id in QUESTIONS)
    assert "labels" not in data
    assert data["title"] == "Incident"


def test_every_shipped_choice_of_consent_is_understood() -> None:
    """Each choice about sharing means a known consent, and the first one is that nothing is shared."""
    share = SHIPPED.field("share")
    assert share is not None
    assert share.options == tuple(CONSENTS)
    assert consent(Answers({"share": share.options[0]})) == Consent("none")


@pytest.mark.parametrize("answers", [{}, {"share": "Everything"}, {"share": ("With my name",)}])
def test_unknown_consent_is_none(answers: dict[str, Value]) -> None:
    """No choice, or one that we don't know, shares nothing."""
    assert consent(Answers(answers)) == Consent("none", named=False)


def test_filling_puts_names_between_the_markers() -> None:
    """Filling replaces what stands between markers, keeps the rest, and can be done again."""
    once = fill_template(SHIPPED_TEXT, {"readers": "Ada and Grace", "rules_channel": r"#rules \1"})
    assert "<!-- cocflow:readers -->Ada and Grace<!-- /cocflow:readers -->" in once
    assert r"#rules \1" in once
    again = fill_template(once, {"readers": "Ada"})
    assert "Grace" not in again
    assert form_from_template(yaml.safe_load(again)) == SHIPPED


def test_filling_quotes_a_line_of_yaml() -> None:
    """A value in a line of YAML is quoted, so it can't become anything but a text."""
    text = (TEMPLATES / "config.yml").read_text("utf-8")
    url = 'https://example.org/a: "b" # c'
    for _ in range(2):
        text = fill_template(text, {"outside_contact_url": url})
        assert yaml.safe_load(text)["contact_links"][0]["url"] == url
    assert yaml.safe_load(text)["blank_issues_enabled"] is False


@pytest.mark.parametrize("value", ["two\nlines", "two\rlines", "a <!-- comment"])
def test_filling_refuses_what_would_break_the_template(value: str) -> None:
    """A value with a line break or the beginning of a comment is refused."""
    with pytest.raises(DefinitionError, match="readers"):
        fill_template(SHIPPED_TEXT, {"readers": value})


def question(**attributes: object) -> dict[str, object]:
    """Return a textarea of a template, with changes."""
    return {"type": "textarea", "id": "more", "attributes": {"label": "More?"}} | attributes


FOUR = [question(id=id, attributes={"label": id}) for id in QUESTIONS]


def choices(*options: object, kind: str = "dropdown") -> dict[str, object]:
    """Return a question of a template with these choices."""
    return question(type=kind, attributes={"label": "Which?", "options": list(options)})


@pytest.mark.parametrize(
    ("element", "says"),
    [
        ("text", "mapping"),
        (question(id=None), "no id"),
        (question(id="two words"), "no id"),
        (question(id="who"), "id `who`"),
        (question(attributes={"label": "who"}), "label `who`"),
        (question(attributes={"label": "  "}), "label of one line"),
        (question(attributes={"label": "two\nlines"}), "label of one line"),
        (question(attributes={"label": "closing ##"}), "can be a heading"),
        (question(attributes="none"), "attributes"),
        (question(type="slider"), "no known type"),
        (question(validations={"required": "yes"}), "required"),
        (question(attributes={"label": "More?", "render": 3}), "render"),
        (choices(), "no choices"),
        (choices(True, False), "isn't a text"),
        (choices("None", "Some"), "can't be told"),
        (choices("A", "A"), "same choice twice"),
        (choices({"name": "A"}, kind="checkboxes"), "isn't a text"),
    ],
)
def test_nonsense_in_a_template_is_refused(element: object, says: str) -> None:
    """A template that couldn't be read back from a body is refused, with what is wrong."""
    with pytest.raises(DefinitionError, match=re.escape(says)):
        form_from_template({"body": [*FOUR, element]})


@pytest.mark.parametrize("data", [{}, {"body": []}, {"body": "text"}])
def test_template_without_questions_is_refused(data: Mapping[str, object]) -> None:
    """A template that asks nothing is refused."""
    with pytest.raises(DefinitionError, match="no questions"):
        form_from_template(data)


@pytest.mark.parametrize("id", QUESTIONS)
def test_template_must_ask_all_four_questions(id: str) -> None:
    """A template that lacks one of the four questions is refused by that question's name."""
    with pytest.raises(DefinitionError, match=f"`{id}` is gone"):
        form_from_template({"body": [element for element in FOUR if element["id"] != id]})


def test_template_keeps_what_it_says_of_a_field() -> None:
    """Kind, obligation, choices, multiplicity and rendering are taken from the template."""
    boxes = choices({"label": "A, or B", "required": True}, kind="checkboxes")
    several = choices("A, B", "C")
    several |= {"id": "several", "attributes": {"label": "S?", "multiple": True, "options": ["A, B", "C"]}}
    log = question(id="log", attributes={"label": "Log", "render": "shell"})
    fields = form_from_template({"body": [*FOUR, {"type": "markdown"}, boxes, several, log]}).fields[4:]
    assert fields == (
        Field(id="more", label="Which?", kind="checkboxes", required=True, options=("A, or B",)),
        Field(id="several", label="S?", kind="dropdown", options=("A, B", "C"), multiple=True),
        Field(id="log", label="Log", render="shell"),
    )


# --- Reading --------------------------------------------------------------------------------------------


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


def test_empty_fence_is_no_answer() -> None:
    """A fence with nothing in it is no answer to a rendered question."""
    assert read(ALL_KINDS, "### What does the log say?\n\n```shell\n\n```").answers == Answers()


def test_unknown_sections_are_kept() -> None:
    """Text before the questions, and sections where nobody can type an answer, are kept."""
    filed = f"Hello.\n\n{body(**FULL)}\n\n### Asked by an older form\n\nYes."
    report = read(SHIPPED, filed)
    assert report.extra == (("", "Hello."), ("Asked by an older form", "Yes."))
    assert report.complete


def test_nothing_that_was_said_is_shown() -> None:
    """Neither a repr nor an exception shows an answer; a repr shows which fields there are."""
    report = read(SHIPPED, f"secret\n\n{body(**FULL, where='secret')}")
    for holder in (report, report.answers):
        assert "Shouting" not in repr(holder) + str(holder) + repr(holder.__rich_repr__())
        assert "nature" in repr(holder)
    assert "secret" not in repr(report)
    with pytest.raises(ValueError, match="place") as refusal:
        write(ALL_KINDS, Answers({"place": "secret"}))
    assert "secret" not in str(refusal.value)


# --- Writing, and reading again -------------------------------------------------------------------------

LABELS = [field.label for field in ALL_KINDS.fields]
FRAGMENTS = st.sampled_from(
    [
        *(
            f"{indent}{slash}### {LABELS[0]}{end}"
            for indent in ("", " ")
            for slash in ("", "\\", "\\\\")
            for end in ("", " #")
        ),
        *(f"### {label}" for label in LABELS),
        *("```", "~~~~", "   ~~~", "```shell", "- a", "  - b", "1. c", "> quote", "> ```", "- ```", "  ```"),
        *("<!--", "-->", "<pre>", "</script>", "<div>", "<?", "<!DOCTYPE", "<![CDATA[", "]]>", "<b>"),
        *("", " ", "\t", "### Other", "\\### Other", "###", "#", "    code", "---", "===", "\x0b", "\u2028"),
        *(
            "_No response_",
            "None",
            "- [x] A friend",
            "Here",
            "<!-- cocflow: closed -->",
            "[a]: b",
            "\r",
            "a\r\nb",
        ),
    ]
)
TYPED = st.one_of(
    st.text(),
    st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=8).map("\n".join),
    st.lists(FRAGMENTS, max_size=6).map("\r\n".join),
    st.text(alphabet="#`~<>!-? \n\\", max_size=30),
)


def chosen_from(field: Field) -> st.SearchStrategy[Value]:
    """Return what a person may answer to a field."""
    if field.free:
        return TYPED
    if field.kind == "dropdown" and not field.multiple:
        return st.sampled_from(field.options)
    return st.lists(st.sampled_from(field.options), unique=True).map(tuple)


def answers_to(form: Form) -> st.SearchStrategy[Answers]:
    """Return what a person may answer to a form, any part of it left out."""
    optional = {field.id: chosen_from(field) for field in form.fields}
    return st.fixed_dictionaries({}, optional=optional).map(Answers)


def as_heading(text: str) -> bool:
    """Tell whether a text survives as the heading of an extra section."""
    return bool(text) and text not in LABELS and text[0] not in " #" and text[-1] not in " #"


HEADINGS = st.text(alphabet="abc #\\`<", min_size=1, max_size=6).filter(as_heading)
EXTRAS = st.lists(st.tuples(HEADINGS, TYPED.map(normalise)), max_size=2)


@given(answers=answers_to(ALL_KINDS), extra=EXTRAS)
def test_what_is_written_is_read_again(answers: Answers, extra: list[Extra]) -> None:
    """Whatever a person answers comes back from the body that we write, and extra sections with it."""
    report = read(ALL_KINDS, write(ALL_KINDS, answers, extra))
    assert report.answers == normalised(ALL_KINDS, answers)
    assert report.extra == tuple(extra)
    assert report.ambiguous == ()


@given(answers=answers_to(ENDING_IN_TEXT), extra=EXTRAS, before=TYPED.map(normalise).filter(bool))
def test_what_is_written_is_read_again_when_text_comes_last(
    answers: Answers, extra: list[Extra], before: str
) -> None:
    """The same holds for a form whose last question is typed, and for words before everything."""
    report = read(ENDING_IN_TEXT, write(ENDING_IN_TEXT, answers, [*extra, ("", before)]))
    assert report.answers == normalised(ENDING_IN_TEXT, answers)
    assert report.extra == (("", before), *extra)


@given(answers=answers_to(SHIPPED))
def test_written_bodies_survive_the_web(answers: Answers) -> None:
    """A body that we write reads the same after its line ends became CRLF and space was added around it."""
    written = write(SHIPPED, answers)
    assert read(SHIPPED, "\r\n" + written.replace("\n", "\r\n") + "\r\n").answers == normalised(
        SHIPPED, answers
    )


@given(TYPED)
def test_normalising_twice_changes_nothing(text: str) -> None:
    """Normalising is a projection: once is enough, and no CR or blank end is left."""
    kept = normalise(text)
    assert normalise(kept) == kept
    assert "\r" not in kept
    assert kept == "" or (kept.split("\n")[0].strip() and kept.split("\n")[-1].strip())


@given(st.lists(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"])), min_size=1).map("\n".join))
def test_plain_answers_are_written_as_they_are(text: str) -> None:
    """Words without Markdown structure stand in the body as they were typed, for those who read it there."""
    plain = "\n".join(f"a{unicodedata.normalize('NFC', line)}" for line in text.split("\n"))
    assert f"\n\n{plain}\n\n" in write(SHIPPED, Answers({"nature": plain}))


@pytest.mark.parametrize(
    ("answers", "extra"),
    [
        ({"unknown": "x"}, []),
        ({"means": "Mail"}, []),
        ({"nature": ("x",)}, []),
        ({"told": ("A stranger",)}, []),
        ({}, [("Who?", "x")]),
        ({}, [("two\nlines", "x")]),
        ({}, [("closing #", "x")]),
    ],
)
def test_what_the_form_cannot_take_is_not_written(answers: dict[str, Value], extra: list[Extra]) -> None:
    """Answers and headings that couldn't be read back are refused, not bent."""
    with pytest.raises(ValueError, match=r"takes|not a choice|doesn't ask|told from"):
        write(ALL_KINDS, Answers(answers), extra)


STRUCTURES = st.lists(
    st.sampled_from(
        [
            *(
                "- a",
                "  - b",
                "1. x",
                "2) y",
                "+     five",
                "\ttab",
                "    code",
                "    ```",
                "> q",
                "***",
                "text",
            ),
            *(
                "```",
                "~~~~",
                "`````",
                "<!--",
                "-->",
                "<!-- c -->",
                "<div>",
                "</div>",
                "<?",
                "?>",
                "",
                "",
                "   ",
            ),
            *("# t", "## Who?", " ### Who?", "### Who? #", "### Who?"),
        ]
    ),
    max_size=10,
)


@given(STRUCTURES)
def test_headings_are_where_markdown_sees_them(lines: list[str]) -> None:
    """A question is answered exactly if full Markdown sees its label once as a top-level heading."""
    filed = "\n".join([*lines, "", "### Who?", "", "Ada"])
    full = MarkdownIt("commonmark")
    full.core.ruler.enableOnly(["normalize", "block"])
    tokens = full.parse(filed)
    seen = [
        token for token in tokens if (token.type, token.level, token.markup) == ("heading_open", 0, "###")
    ]
    form = Form((Field(id="who", label="Who?"), Field(id="never", label="Never rendered")))
    report = read(form, filed)
    assert (report.answers["who"] is not None, report.ambiguous) == (
        len(seen) == 1,
        ("who",) * (len(seen) > 1),
    )


@given(st.text(alphabet="#`~<>[]-*+ 1.\n\t\r\\!x", max_size=400))
def test_reading_never_fails(filed: str) -> None:
    """Whatever a body holds, it's read without an error, and what isn't an answer is kept."""
    report = read(SHIPPED, filed)
    assert len(report.unanswered) == len(QUESTIONS)
    assert bool(report.extra) == bool(filed.strip())


# --- Answers given later --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("2 Ada and Bob", {2: "Ada and Bob"}),
        (" 2. Ada", {2: "Ada"}),
        ("2) Ada", {2: "Ada"}),
        ("2: Ada\nand Bob\n\nand Cleo", {2: "Ada\nand Bob\n\nand Cleo"}),
        ("4\nNone", {4: "None"}),
        ("1. a\n2. b\n3) c\n4. None", {1: "a", 2: "b", 3: "c", 4: "None"}),
        ("\r\n1. a\r\nmore\r\n\r\n3.\r\nc\r\n", {1: "a\nmore", 3: "c"}),
        ("3 The steps:\n 1. first\n 2. second", {3: "The steps:\n 1. first\n 2. second"}),
        (
            "3 A log:\n```\n1. first\n9. last\n```\n4. None",
            {3: "A log:\n```\n1. first\n9. last\n```", 4: "None"},
        ),
        ("1. at 2.30\n2 of them", {1: "at 2.30\n2 of them"}),
    ],
)
def test_numbered_answers_are_told_apart(text: str, answers: dict[int, str]) -> None:
    """One answer by its number, or a list of them, each of one or more lines, is read by number."""
    assert numbered_answers(text) == answers


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ada",
        "Ada\n2. Bob",
        "0 x",
        "5 x",
        "1. a\n5. b",
        "1. a\n1. b",
        "3 steps:\n1. a\n2. b",
        "2",
        "1.\n2. b",
        "06012345. x",
    ],
)
def test_numbers_that_answer_nothing_are_refused(text: str) -> None:
    """Numbers that are unknown, repeated, falling or without words are refused, quoting nothing."""
    with pytest.raises(UserMistake, match="questions are 1 to 4") as refusal:
        numbered_answers(text)
    assert not re.search("Ada|steps|0601", str(refusal.value))


def test_later_answers_take_their_place() -> None:
    """Answers given by number fill what was missing, settle what was ambiguous, and replace earlier ones."""
    report = read(SHIPPED, body(**{**FULL, "nature": f"### {WHO}\n", "material": ""}))
    later = merge(report, {1: "Shouting.", 2: "Ada\r\n", 4: "Only Ada."})
    assert later.answers == Answers({"nature": "Shouting.", "who": "Ada", "privacy": "Only Ada."})
    assert (later.ambiguous, [one.id for one in later.unanswered]) == ((), ["material"])
    assert report.ambiguous == ("who",)


def test_empty_later_answer_changes_nothing() -> None:
    """An answer without words takes nothing away."""
    report = read(SHIPPED, body(**FULL))
    assert merge(report, {1: " \n"}) == report


@pytest.mark.parametrize("number", [0, 5])
def test_later_answer_to_no_question_is_refused(number: int) -> None:
    """There are four questions to answer by number."""
    with pytest.raises(UserMistake):
        merge(read(SHIPPED, ""), {number: "x"})


# --- Hostile bodies --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pack",
    [
        lambda n: "#\n" * n,
        lambda n: "```\n" * n,
        lambda n: "> " * n,
        lambda n: "- " * n,
        lambda n: "- a\n" * n,
        lambda n: "<!--\n" * n,
        lambda n: "".join(f"{'  ' * depth}- a\n" for depth in range(int(n**0.5))),
    ],
    ids=["headings", "fences", "quotes", "one-line lists", "lists", "comments", "nested lists"],
)
def test_hostile_bodies_are_read_and_written(pack: Callable[[int], str]) -> None:
    """Bodies packed with structure, however deep, neither fail nor swallow the next answer."""
    answers = Answers({"nature": pack(10_000), "who": "Ada"})
    assert read(SHIPPED, write(SHIPPED, answers)).answers == normalised(SHIPPED, answers)
