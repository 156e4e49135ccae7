"""Whether an issue is to be open: by its state, or since a final one leaves something undone."""

from __future__ import annotations

from cocflow.core.acts import ACTS
from cocflow.core.case.act import Ask
from cocflow.core.case.case import Case


def stays_open(case: Case) -> bool:
    """Whether the issue is to be open.

    The state's `open_while` says what keeps a finished case before the administrators' eyes.
    """
    state = case.state
    if state is None or not state.final:
        return True
    ask = Ask(at=case.issue.now, roles=frozenset())
    return any(ACTS.refusal(case, (name,), ask) is None for name in state.open_while)
