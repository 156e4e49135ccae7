"""What a form says around its questions."""

from __future__ import annotations

import yaml

from cocflow.core.forms.wording import Wording, wording_from_template
from tests.core.forms.examples import SHIPPED, SHIPPED_TEXT


def test_the_words_of_a_form_are_had_with_a_community_s_names() -> None:
    """Its name, its texts without a marker and with the names, and each question's hint come from it."""
    wording = wording_from_template(yaml.safe_load(SHIPPED_TEXT), {"readers": "Ada and Grace"})
    assert wording.name == "Report an incident"
    assert "**Who will read it:** Ada and Grace." in wording.texts[0]
    assert "<!--" not in wording.texts[0]
    assert wording.hints["who"] == "Question 2 of 4. Names or handles, and who else was there."
    assert set(wording.hints) <= {field.id for field in SHIPPED.fields}
    assert "where" not in wording.hints


def test_what_is_no_text_says_nothing() -> None:
    """A template that says nothing around its questions has empty words."""
    body = [{"type": "markdown"}, {"id": "who", "attributes": {"description": 3}}, "?"]
    assert wording_from_template({"body": body}, {}) == Wording("", ("",), {})
    assert wording_from_template(None, {}) == Wording("", (), {})
