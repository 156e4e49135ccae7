"""What anyone may read of a year: numbers and the community's public words."""

from __future__ import annotations

from cocflow.core.people.roster import Vault
from cocflow.core.views.base import View
from cocflow.core.views.yearly import YearlyView, yearly
from cocflow.core.yearly.coarsening import Row
from cocflow.core.yearly.year import Counted, Waited, Year
from tests.core.play import community
from tests.fakes import templates

YEAR = Year(
    year=2026,
    over=True,
    tables=(
        Counted(title="Received", total=12, rows=(Row("on GitHub", 7), Row("by mail", 5))),
        Counted(title="Finished", total=11, left_out=True),
        Counted(title="Open at the end", total=0),
    ),
    waits=(Waited(title="From the report to the decision", none=True),),
)


def test_no_field_is_of_a_case() -> None:
    """Nothing but the year itself, and what anyone may know of the community."""
    own = set(YearlyView.__struct_fields__) - set(View.__struct_fields__)
    assert own == {"year", "complete", "tables", "waits", "least", "left_out", "apart"}


def test_the_text_for_those_who_see_no_picture_holds_every_number() -> None:
    """In one line, in the order of the bars."""
    said = templates().render("yearly/picture", yearly(community(), YEAR))
    assert "\n" not in said
    assert said.endswith("Received: 12, of these on GitHub 7, by mail 5. Finished: 11. Open at the end: 0.")


def test_another_place_is_said_to_have_a_report_of_its_own() -> None:
    """Its numbers are in none but its own, and nothing else is said of it."""
    alone = templates().render("yearly/report", yearly(community(), YEAR))
    vaults = (
        Vault(repository="example/conduct", administrators=()),
        Vault(repository="example/second", administrators=()),
    )
    several = templates().render("yearly/report", yearly(community(vaults=vaults), YEAR))
    assert "another place" not in alone
    assert "another place" in several
    assert "example/" not in several
