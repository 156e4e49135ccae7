"""Servers' names and patterns: what is one, and what fits one."""

from __future__ import annotations

import pytest

from cocflow.core.people.providers import PROVIDERS, is_server, matches


@pytest.mark.parametrize(
    "name", ["mx.example.org", "mx", "*.messagingengine.com", "mx-*.example.org", "a_b.c"]
)
def test_a_name_or_a_pattern_within_one_domain_is_taken(name: str) -> None:
    """A name is, and a pattern whose last two labels stand fast."""
    assert is_server(name)


@pytest.mark.parametrize(
    "name", ["", "*", "*.com", "mx*.com", "mx.example.*", "a b", "mx.example.org;", "a..b", "."]
)
def test_what_somebody_else_could_have_is_refused(name: str) -> None:
    """A pattern that another domain fits, and what no server is called, is none."""
    assert not is_server(name)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_preset_fits_another_domain(provider: str) -> None:
    """Each preset is a right pattern."""
    one = PROVIDERS[provider]
    patterns = [*one.servers, *one.hosts, *([one.entry] if one.entry else [])]
    assert patterns
    assert all(is_server(pattern) for pattern in patterns)
    assert bool(one.servers) != bool(one.entry)


def test_a_star_is_one_label_or_several_and_never_the_rest() -> None:
    """What ends otherwise, or has nothing in the star's place, doesn't fit."""
    assert matches("PHL-mx-01.messagingengine.com", "*.messagingengine.com")
    assert matches("a.b.messagingengine.com", "*.messagingengine.com")
    assert not matches("messagingengine.com", "*.messagingengine.com")
    assert not matches("messagingengine.com.evil.example", "*.messagingengine.com")
    assert not matches("evilmessagingengine.com", "*.messagingengine.com")
    assert not matches("a b.messagingengine.com", "*.messagingengine.com")
    assert not matches("mxxexample.org", "mx.example.org")
