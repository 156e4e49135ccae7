"""What whoever filed for somebody else may know: that it has arrived, what is missing, who goes on."""

from __future__ import annotations

from cocflow.core.acts.report import REPORTER, agreed, in_danger
from cocflow.core.case.case import Case
from cocflow.core.views.base import Occasion, Possible, View, answered, common, missing, possible


class FilerView(View, frozen=True, kw_only=True):
    """For whoever filed for somebody else. `named`: the report says for whom; `agreed`: they said yes.

    `in_danger`: the report says that somebody may be.
    """

    code_name: str
    means: str
    readers: tuple[str, ...]
    missing: tuple[str, ...]
    named: bool
    agreed: bool
    possible: tuple[Possible, ...]
    reason: str | None = None
    copy: str | None = None
    hint: str | None = None
    in_danger: bool = False


def filer(case: Case, occasion: Occasion) -> FilerView:
    """Return what whoever filed for somebody else may know: how it goes on is the reporter's to know."""
    return FilerView(
        **common(case),
        code_name=case.code_name,
        means=case.state.means if case.state else "",
        readers=tuple(one.shown() for one in case.community.administrators),
        missing=missing(case),
        named=bool(case.filed.answers.text(REPORTER).strip()),
        agreed=agreed(case),
        in_danger=in_danger(case),
        possible=possible(case, "filer"),
        **answered(occasion),
    )
