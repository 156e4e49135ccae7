"""A whole form in another language: the process knows its questions by id, and its choices by place.

No module's twin: reading, writing and template together, on one form.
"""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given

from cocflow.core.forms.form import QUESTIONS, Answers, Form, questions
from cocflow.core.forms.normal import normalised
from cocflow.core.forms.reading import read
from cocflow.core.forms.template import fill_template, form_from_template
from cocflow.core.forms.writing import write
from tests.core.forms.examples import SHIPPED, SHIPPED_TEXT, answers_to

TEXT = (Path(__file__).parent / "translated" / "incident.yml").read_text("utf-8")
GERMAN = form_from_template(yaml.safe_load(TEXT))

FILED = """\
### Wie hast du davon erfahren?

Ich melde es für jemand anderen

### Worin besteht der Vorfall oder der Verstoß gegen den Verhaltenskodex?

Geschrei,

### Who is involved in this incident?

und Türenschlagen.

### Wer ist an dem Vorfall beteiligt?

Ada und Jörg

### Was belegt das Geschehene?

Ein Mitschnitt

### Gibt es Bedenken zur Vertraulichkeit? (Ohne Zustimmung der meldenden Person wird nichts über den Vorfall \
weitergegeben)

Keine

### Falls du für jemand anderen meldest, wer ist die betroffene Person, und wie erreichen wir sie?

Ada

### Wo ist es geschehen?

In einem öffentlichen Kanal

### Was wurde bisher versucht?

- [x] Die Beteiligten haben versucht, es friedlich zu klären
- [ ] Im Kanal für die Regeln wurde um Rückmeldung gebeten
- [X] Beides war nicht möglich, nicht sicher oder nicht gewollt

### Was dürfen wir weitergeben?

Was die Beteiligten wissen müssen, und die Gemeinschaft darf davon erfahren, alles ohne meinen Namen
"""


def shape(form: Form) -> list[tuple[object, ...]]:
    """Return all of a form that isn't worded."""
    return [
        (one.id, one.kind, one.required, one.multiple, one.render, one.place, len(one.options))
        for one in form.fields
    ]


def test_translation_has_the_shape_of_the_shipped_form() -> None:
    """Ids, kinds, obligations and the number of choices are the shipped form's; its words aren't."""
    assert shape(GERMAN) == shape(SHIPPED)
    for ours, theirs in zip(GERMAN.fields, SHIPPED.fields, strict=True):
        assert ours.label != theirs.label
        assert not set(ours.options) & set(theirs.options)


def test_translation_has_every_marker() -> None:
    """What a community is called is filled into the translation as into the shipped form."""
    marker = re.compile(r"<!-- (cocflow:[a-z_]+) -->.*?<!-- (/cocflow:[a-z_]+) -->")
    assert marker.findall(TEXT) == marker.findall(SHIPPED_TEXT)
    filled = fill_template(TEXT, {"readers": "Ada und Jörg"})
    assert "**Wer sie liest:** <!-- cocflow:readers -->Ada und Jörg<!--" in filled
    assert form_from_template(yaml.safe_load(filled)) == GERMAN


def test_translated_report_is_read() -> None:
    """A body that was filed in another language answers the same ids; an English label in it is only text."""
    report = read(GERMAN, FILED)
    assert (report.complete, report.missing, report.ambiguous, report.extra) == (True, (), (), ())
    assert {id: report.answers[id] for id in QUESTIONS} == {
        "nature": "Geschrei,\n\n### Who is involved in this incident?\n\nund Türenschlagen.",
        "who": "Ada und Jörg",
        "material": "Ein Mitschnitt",
        "privacy": "Keine",
    }


@pytest.mark.parametrize(
    ("field", "chosen"), [("learned", [3]), ("where", [1]), ("tried", [1, 3]), ("share", [4]), ("nature", [])]
)
def test_translated_choices_are_asked_by_place(field: str, chosen: list[int]) -> None:
    """What was chosen is known by its place, whatever it's called."""
    answers = read(GERMAN, FILED).answers
    assert [place for place in range(7) if GERMAN.is_chosen(answers, field, place)] == chosen


def test_what_is_missing_is_named_in_the_language_of_the_form() -> None:
    """A question that is asked again bears the form's own words, and the process's number."""
    unanswered = read(GERMAN, FILED.replace("Ada und Jörg", "_No response_")).unanswered
    assert [(one.number, one.label) for one in unanswered] == [(2, "Wer ist an dem Vorfall beteiligt?")]
    assert unanswered == questions(GERMAN)[1:2]


@given(answers=answers_to(GERMAN))
def test_translated_answers_come_back(answers: Answers) -> None:
    """Whatever is answered to the translation comes back from the body that we write."""
    assert read(GERMAN, write(GERMAN, answers)).answers == normalised(GERMAN, answers)
