"""The seal: what it signs, what it vouches for, and how its setting is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.case.seal import Seal, read_seal
from cocflow.errors import DefinitionError

OLD, NEW = "o" * 32, "n" * 32
SINCE = datetime(2026, 11, 30, tzinfo=UTC)


@given(st.text(), st.text(), st.text(), st.text())
def test_a_signature_holds_for_its_own_text_and_issue_only(
    issue: str, text: str, other_issue: str, other_text: str
) -> None:
    """Moved to another issue, or put below another text, a signature is none."""
    seal = Seal((NEW.encode(),))
    signature = seal.sign(issue, text)
    assert seal.holds(issue, text, signature)
    if f"{issue}\n{text}" != f"{other_issue}\n{other_text}":
        assert not seal.holds(other_issue, other_text, signature)


@given(st.text())
def test_no_text_is_a_signature(signature: str) -> None:
    """Whatever stands in the place of a signature, it holds only if the key made it."""
    assert not Seal((NEW.encode(),), SINCE).holds("I_1", "text", signature, SINCE)


def test_another_key_does_not_vouch() -> None:
    """A signature by a key that the community hasn't, holds for nothing."""
    assert not Seal((NEW.encode(),)).holds("I_1", "text", Seal((OLD.encode(),)).sign("I_1", "text"))


def test_of_several_keys_the_first_signs_and_each_vouches() -> None:
    """A key is changed by putting the new one in front and leaving the old one for what it signed."""
    both, old, new = read_seal(f"{NEW} {OLD}"), read_seal(OLD), read_seal(NEW)
    assert both is not None
    assert old is not None
    assert new is not None
    assert both.holds("I_1", "text", old.sign("I_1", "text"))
    assert both.sign("I_1", "text") == new.sign("I_1", "text")


@pytest.mark.parametrize(("hours", "holds"), [(-1, True), (0, False), (1, False)])
def test_what_is_older_than_the_date_needs_no_signature(hours: int, holds: bool) -> None:
    """A key that comes later leaves the history before it in force, whoever signed it, and nothing since."""
    seal = read_seal(f"{NEW} 2026-11-30")
    assert seal is not None
    assert seal.holds("I_1", "text", "", SINCE + timedelta(hours=hours)) is holds
    assert not seal.holds("I_1", "text", "", None)
    assert seal.holds("I_1", "text", "s1:by a lost key", SINCE + timedelta(hours=hours)) is holds


def test_without_a_date_nothing_goes_unsigned() -> None:
    """The age of a text says nothing where no date is given."""
    seal = read_seal(NEW)
    assert seal is not None
    assert not seal.holds("I_1", "text", "", SINCE - timedelta(days=9999))


@pytest.mark.parametrize("setting", ["", "  \n"])
def test_an_empty_setting_is_no_seal(setting: str) -> None:
    """GitHub gives a secret that isn't set as an empty text."""
    assert read_seal(setting) is None


@pytest.mark.parametrize(
    "setting", ["short", "n" * 31, f"{NEW} short", "2026-11-30", f"2026-11-30 2026-12-01 {NEW}"]
)
def test_a_setting_that_protects_nothing_is_refused_without_repeating_it(setting: str) -> None:
    """Too short, a date alone or two of them: refused, and no word of it is in the message."""
    with pytest.raises(DefinitionError) as refused:
        read_seal(setting)
    assert not any(word in str(refused.value) for word in setting.split())


@pytest.mark.parametrize("word", ["2026-11-30T17:00Z", "2026-11-30T18:00+01:00", "2026-11-30T17:00"])
def test_the_date_may_have_a_time(word: str) -> None:
    """With a zone it is that instant; without one it is meant in UTC."""
    seal = read_seal(f"{word} {NEW}")
    assert seal is not None
    assert seal.since == SINCE + timedelta(hours=17)


def test_a_key_is_never_shown() -> None:
    """Neither its own repr nor rich's tracebacks show a key."""
    seal = Seal((NEW.encode(),))
    assert NEW not in repr(seal)
    assert seal.__rich_repr__() == []
