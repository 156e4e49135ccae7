"""What the reporter lets us share, as far as the form says."""

import pytest

from cocflow.core.forms.consent import CONSENTS, Consent, consent
from cocflow.core.forms.form import Answers, Value
from tests.core.forms.examples import SHIPPED


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
