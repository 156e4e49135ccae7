"""Who can be played."""

from __future__ import annotations

from cocflow.rehearsal.people import PERSONAS, persona


def test_everybody_has_a_name_of_their_own_and_a_way_to_be_reached() -> None:
    """Nobody is in the list twice, and nobody is there who could neither read nor write."""
    assert len({one.slug for one in PERSONAS}) == len(PERSONAS)
    assert all(one.login or one.mail for one in PERSONAS)


def test_all_parts_of_an_incident_can_be_played() -> None:
    """A reporter, three administrators and more, the accused, the suspended, and somebody without a part."""
    parts = [one.part for one in PERSONAS]
    assert {"reporter", "reporter by mail", "accused", "suspended", "member"} <= set(parts)
    assert parts.count("administrator") >= 3


def test_somebody_is_found_by_name_or_address_and_a_stranger_only_once_they_got_mail() -> None:
    """Whoever was written to has a mailbox; an address that nobody has leads nowhere."""
    assert persona("pim@example.org") == persona("pim")
    assert persona("zoe@example.org") is None
    met = persona("zoe@example.org", {"zoe@example.org"})
    assert met is not None
    assert (met.mail, met.login) == ("zoe@example.org", "")
