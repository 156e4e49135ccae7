"""What the administrators' channel is told: where to look, and nothing of what it is about."""

from __future__ import annotations

import msgspec

from cocflow.core.views import view
from tests.core.views.marked import MARK, PARTIES, known, told


def test_the_channel_knows_where_to_look_and_no_more() -> None:
    """A code name, a state and a link: neither words nor names, whatever may be shared."""
    said = known(told(PARTIES), "channel")
    assert MARK not in said
    assert "riya" not in said
    case = told().case()
    shown = msgspec.to_builtins(view("channel", case))
    assert (shown["code_name"], shown["state"], shown["link"]) == (case.code_name, "resolved", case.issue.url)
