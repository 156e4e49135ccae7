"""Forms, and what people answer to them: as filed, and as Hypothesis types it."""

from pathlib import Path

import msgspec
import yaml
from hypothesis import strategies as st

from cocflow.core.forms.form import Answers, Field, Form, LeftAlone, Value, questions
from cocflow.core.forms.template import form_from_template

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / ".github" / "ISSUE_TEMPLATE"
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
        Field(id="shots", label="Screenshots", kind="upload"),
        Field(id="told", label="Told", kind="checkboxes", options=("The host, at once", "A friend")),
    )
)
LEAVING_ALONE = Form(
    tuple(msgspec.structs.replace(field, place=2 * place) for place, field in enumerate(ALL_KINDS.fields)),
    tuple(
        LeftAlone(id=label.lower(), label=label, type="slider", place=place)
        for label, place in (("Before", -1), ("Mood", 1), ("Nothing", 7), ("After", 99))
    ),
)
"""The same questions, and between them what we don't know how to read."""
ENDING_IN_TEXT = Form((*ALL_KINDS.fields[3:], *ALL_KINDS.fields[:3]))


def body(**answers: str) -> str:
    """Return a body with these answers as GitHub renders them, without any care for what they hold."""
    return "\n\n".join(
        f"### {field.label}\n\n{answers.get(field.id, _empty(field))}" for field in SHIPPED.fields
    )


def _empty(field: Field) -> str:
    """Return what GitHub renders where nothing was answered."""
    if field.kind == "checkboxes":
        return f"- [ ] {field.options[0]}"
    return "None" if field.kind == "dropdown" else "_No response_"


FULL = {"nature": "Shouting.", "who": "A and B.", "material": "A log.", "privacy": "None"}


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
        *(
            "",
            " ",
            "\t",
            "### Other",
            "\\### Other",
            "### Mood",
            "\\### Mood",
            "###",
            "#",
            "    code",
            "---",
            "===",
            "\x0b",
            "\u2028",
        ),
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
