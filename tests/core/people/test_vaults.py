"""Vaults agree on who takes a report, and it never lies where somebody reads whom it may mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.people.roster import Administrator, Vault
from cocflow.core.people.vaults import is_beside, taker

KIM = Administrator(login="kimex", name="Kim Example", mail="kim@example.org", slack="U024BE7LH")
LOU = Administrator(login="lou-b", name="Lou Böhm")
SAM = Administrator(login="sam42", mail="sam@example.org")
PEOPLE = (KIM, LOU, SAM)

FIRST = Vault(repository="example/first", administrators=(KIM, SAM))
SECOND = Vault(repository="example/second", administrators=(LOU,))

NAMINGS = (
    "kimex",
    "@KimEx",
    "Kim",
    "Example",
    "kim@example.org",
    "U024BE7LH",
    "Lou",
    "bohm",
    "lou-b",
    "sam42",
)
WORDS = (*NAMINGS, "kimexes", "saml", "somebody", "at the meet-up.", "", "\n", "\u200b")

texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=8).map(" ".join)
vaults = st.lists(st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True), min_size=1, max_size=4).map(
    lambda rosters: tuple(
        Vault(repository=f"example/v{place}", administrators=tuple(roster))
        for place, roster in enumerate(rosters)
    )
)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("Somebody shouted at me.", "example/first"),
        ("It was Sam42.", "example/second"),
        ("kim, I think", "example/second"),
        ("Write to kim@example.org", "example/second"),
        ("It was Lou.", "example/first"),
        ("Lou and Kim laughed.", None),
        ("", "example/first"),
    ],
)
def test_the_first_vault_takes_it_of_whose_administrators_nobody_is_meant(
    said: str, taken: str | None
) -> None:
    """By a handle, the name, or one word of it; none takes what may mean somebody of each."""
    assert taker((FIRST, SECOND), said) == taken


def test_where_there_are_no_vaults_none_takes_anything() -> None:
    """Whoever asks has to have vaults."""
    assert taker((), "Anything") is None


@given(vaults, texts)
def test_a_report_never_lies_where_somebody_reads_whom_it_means(those: tuple[Vault, ...], said: str) -> None:
    """Nobody of the vault that takes it is meant, whatever it holds, and somebody of each before is."""
    name = taker(those, said)
    place = next((at for at, one in enumerate(those) if one.repository == name), len(those))
    meant = [any(one.meant_by(said) is not None for one in vault.administrators) for vault in those]
    assert all(meant[:place])
    assert (name is None) == all(meant)
    assert name is None or not meant[place]


@given(vaults, texts, texts)
def test_more_words_never_bring_a_report_back(those: tuple[Vault, ...], said: str, more: str) -> None:
    """Saying more on lines of its own leads to the same vault or to a later one."""
    order = [*(one.repository for one in those), None]
    assert order.index(taker(those, f"{said}\n{more}")) >= order.index(taker(those, said))


def test_the_vault_beside_the_first_is_known_by_its_place() -> None:
    """The first isn't, nor is one that stands alone; names are compared as GitHub compares them."""
    assert is_beside((FIRST, SECOND), "Example/Second")
    assert not is_beside((FIRST, SECOND), "example/first")
    assert not is_beside((), "example/first")
