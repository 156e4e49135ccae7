"""The normal form of an answer."""

from hypothesis import given

from cocflow.core.forms.normal import normalise
from tests.core.forms.examples import TYPED


@given(TYPED)
def test_normalising_twice_changes_nothing(text: str) -> None:
    """Normalising is a projection: once is enough, and no CR or blank end is left."""
    kept = normalise(text)
    assert normalise(kept) == kept
    assert "\r" not in kept
    assert kept == "" or (kept.split("\n")[0].strip() and kept.split("\n")[-1].strip())
