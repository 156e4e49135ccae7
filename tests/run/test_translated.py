"""A community in another language: its form is translated, and the process works as in English.

No module's twin: a whole run under a definition of another language.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cocflow.bootstrap import load_definition
from cocflow.core.case.case import Definition
from cocflow.core.case.facts import Actor
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.process import CHOICES
from cocflow.errors import DefinitionError
from cocflow.run.sweep import sweep
from tests.core import play
from tests.core.play import MFT, MIABOT, RIYA
from tests.fakes import FakeTracker, desk
from tests.scene import Post

FORM = Path(__file__).parents[1] / "core" / "forms" / "translated" / "incident.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a community's folder that holds nothing but the translated form."""
    forms = tmp_path / ".github" / "ISSUE_TEMPLATE"
    forms.mkdir(parents=True)
    shutil.copy(FORM, forms / "incident.yml")
    return tmp_path


class Abroad:
    """An incident that somebody files in the translated form, choosing by place."""

    def __init__(self, definition: Definition, by: Actor, **chosen: int) -> None:
        self.tracker, self.post = FakeTracker(), Post()
        definitions = {"incident": definition, "suspension": play.suspension_definition()}
        self.desk = desk(self.tracker, self.post, definitions=definitions)
        form, options = definition.form, {"learned": 1} | chosen
        answers: dict[str, str | tuple[str, ...]] = {
            **dict.fromkeys(("nature", "who", "material", "privacy"), "Es steht hier."),
            **{field: form.option(field, place) or "" for field, place in options.items()},
        }
        if by != RIYA:
            answers["reporter"] = "Riya Sen, riya@example.org"
        self.tracker.opens(by, write(form, Answers(answers)))
        sweep(self.desk)

    def says(self, by: Actor, text: str) -> None:
        """Let somebody comment, and a run follow."""
        self.tracker.says(by, 1, text)
        sweep(self.desk)

    def sends(self, by: Actor, text: str) -> None:
        """Let somebody draft words, and send them as they were shown."""
        self.says(by, text)
        self.tracker.labels(by, 1, play.APPROVE)
        sweep(self.desk)

    @property
    def labels(self) -> set[str]:
        """The labels of the incident."""
        return set(self.tracker.threads[1].labels)


def test_a_report_in_another_language_is_filed_estimated_and_resolved(folder: Path) -> None:
    """Consent, the person filed for and the whole way to a told resolution depend on no English word."""
    made = Abroad(load_definition(folder, "incident"), MFT, learned=3, share=2)
    assert {"state: reported", "consent: parties"} <= made.labels
    made.says(MIABOT, "/party Robin Example robin@example.org")
    made.says(MIABOT, "/estimate 3 days")
    made.sends(MIABOT, "/resolve Wir haben gesprochen.")
    assert {"state: closed"} <= made.labels
    assert [message.to.mail for message in made.post.messages if "Wir haben" in message.text] == [
        "riya@example.org",
        "robin@example.org",
    ]


def test_a_reporter_who_chose_nothing_shares_nothing_in_any_language(folder: Path) -> None:
    """Without a choice, and with the choice for nothing, the label says that nothing may be shared."""
    definition = load_definition(folder, "incident")
    for chosen in ({}, {"share": 1}):
        assert {"state: reported", "consent: none"} <= Abroad(definition, RIYA, **chosen).labels


@pytest.mark.parametrize("name", CHOICES)
def test_a_form_that_lacks_a_choice_is_refused_with_file_and_line(folder: Path, name: str) -> None:
    """Of every choice that the process depends on, the form that lost it is named, and where."""
    definition = load_definition(folder, "incident")
    choice = next(one for one in definition.process.choices if one.name == name)
    path = folder / ".github" / "ISSUE_TEMPLATE" / "incident.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    last = definition.form.option(choice.field, choice.option)
    kept = [line for line in lines if last is None or last not in line]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_definition(folder, "incident")
    assert refused.value.file == str(path)
    assert refused.value.line is not None
    assert choice.field in kept[refused.value.line - 1] or choice.field in str(refused.value)
