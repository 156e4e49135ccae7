"""Recovering: it needs a reason."""

from __future__ import annotations

from cocflow.core.acts.recover import Recover
from cocflow.core.case.grammar import Said

ACCEPTED: list[tuple[str, Said]] = [
    ("/recover An edited receipt.\nIt is right.", Recover("An edited receipt.\nIt is right.")),
]

REFUSED = [
    ("/recover Because.\n/help", "One command a comment"),
    ("/recover", "A reason is missing"),
    ("/recover \u200b", "A reason is missing"),
]
