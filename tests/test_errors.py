"""Errors: each says in one line who must act, and holds no answer of an outside service."""

from __future__ import annotations

import pytest

from cocflow.errors import AdapterError, CocflowError, DefinitionError, MissingExtraError, UserMistake
from cocflow.ports import RefusedError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DefinitionError("Wrong."), "Wrong."),
        (DefinitionError("Wrong.", hint="write it so"), "Wrong. (write it so)"),
        (DefinitionError("Wrong.", file="a.yml"), "a.yml: Wrong."),
        (DefinitionError("Wrong.", file="a.yml", line=3), "a.yml:3: Wrong."),
        (DefinitionError("Wrong.", file="a.yml", line=0, hint="so"), "a.yml:0: Wrong. (so)"),
        (AdapterError(502, "GET /x"), "GET /x failed: 502"),
        (AdapterError(None, "GET /x", uncertain=True), "GET /x failed: no answer"),
        (RefusedError(550, "SMTP RCPT"), "SMTP RCPT failed: 550"),
        (
            MissingExtraError("mail"),
            "This needs more than is installed: pip install 'cocflow[mail]', where cocflow is",
        ),
        (UserMistake("A name is missing."), "A name is missing."),
    ],
)
def test_an_error_says_in_one_line_what_is_wrong_and_where(error: CocflowError, said: str) -> None:
    """The place before it, and the nearest right form behind it, where there are any."""
    assert str(error) == said
    assert isinstance(error, CocflowError)


@pytest.mark.parametrize("uncertain", [True, False])
def test_a_failed_write_says_whether_it_may_have_been_done(uncertain: bool) -> None:
    """So that nothing is done twice, and nothing is taken for done."""
    error = AdapterError(None, "POST /x", uncertain=uncertain)
    assert (error.status, error.route, error.uncertain) == (None, "POST /x", uncertain)
    assert not AdapterError(502, "POST /x").uncertain


def test_what_is_refused_for_good_is_a_failure_too() -> None:
    """Who doesn't tell them apart treats both alike."""
    with pytest.raises(AdapterError):
        raise RefusedError(550, "SMTP RCPT")
