"""A person of a case: by which ways they are known, what they are called, and that a repr names nobody."""

from __future__ import annotations

import pytest

from cocflow.core.people.person import Person, digest, named
from cocflow.core.process import Role

EVERYTHING = "Riya Sen, riya@example.org or <@U0RIYA123>, on GitHub @riya-sen"


@pytest.mark.parametrize("role", ["reporter", "party", "suspended"])
def test_who_is_named_is_reached_as_the_words_say(role: Role) -> None:
    """The first address and the first id in the words are those of the person."""
    person = named("p1", "Riya Sen", EVERYTHING, role)
    assert (person.mail, person.slack, person.login) == ("riya@example.org", "U0RIYA123", "riya-sen")
    assert (person.key, person.name, person.role) == ("p1", "Riya Sen", role)
    assert person.suspended is (role == "suspended")


def test_nobody_is_reached_by_a_name() -> None:
    """Words without an address give none."""
    person = named("p1", "Robbie WILLIAMS", "Robbie WILLIAMS", "party")
    assert (person.mail, person.slack, person.login) == ("", "", "")


def test_who_is_named_by_a_login_alone_is_called_by_it() -> None:
    """The sign that makes it a login is no part of the name."""
    assert named("p1", "@riya-sen", "", "party").name == "riya-sen"
    assert named("p1", "", "@riya-sen", "party").name == "riya-sen"


RIYA = named("p1", "riya", EVERYTHING, "party")


@pytest.mark.parametrize(
    "known", [{"login": "Riya-Sen"}, {"mail": "riya@EXAMPLE.org"}, {"slack": "U0RIYA123"}]
)
def test_an_account_is_surely_somebodys_by_login_mail_or_slack_id(known: dict[str, str]) -> None:
    """Each of them by itself, in any case of letters."""
    assert RIYA.is_surely(**known)


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"login": ""},
        {"login": "riya"},
        {"login": "riya@example.org"},
        {"login": "u0riya123"},
        {"mail": "riya-sen"},
        {"slack": "riya-sen"},
        {"mail": "U0RIYA123"},
    ],
)
def test_nothing_else_is_surely_somebodys(known: dict[str, str]) -> None:
    """Neither the name, nor one kind of handle taken for another, nor nothing at all."""
    assert not RIYA.is_surely(**known)
    assert not named("p1", "riya", "", "party").is_surely(**known)


@pytest.mark.parametrize(
    ("person", "handles"),
    [
        (Person(key="p1", name="MFT"), {"mft"}),
        (Person(key="p1", name="@mft"), {"mft"}),
        (Person(key="p1", name="Mika Example"), set()),
        (Person(key="p1", name="Mika Example", mail="Mika@Example.org"), {"mika@example.org"}),
        (Person(key="p1", name="", login="mft", slack="U0MIKA001"), {"mft", "u0mika001"}),
        (Person(key="p1", name=""), set()),
    ],
)
def test_a_person_is_known_by_addresses_and_by_a_name_of_one_word(person: Person, handles: set[str]) -> None:
    """A name of several words is nobody's login; letter case and a leading `@` don't matter."""
    assert person.handles() == handles
    assert set(person.digests()) == {digest(one) for one in handles}


def test_a_digest_tells_nothing_and_is_the_same_every_time() -> None:
    """Two ways to name somebody have two digests, in which the name doesn't stand."""
    assert digest("mft") == digest("mft")
    assert digest("mft") != digest("mia")
    assert "mft" not in digest("mft")
    assert digest("\ud800") != digest("\ud801")


@pytest.mark.parametrize(
    ("person", "called"),
    [
        (Person(key="reporter", name="Riya", role="reporter"), "the reporter"),
        (Person(key="community", name="#rules"), "the community"),
        (Person(key="p2", name="Robin", role="party"), "Robin"),
        (Person(key="p2", name="", role="party"), "party 2"),
        (Person(key="s1", name="Sam Poe", role="suspended"), "Sam Poe"),
        (Person(key="s1", name="", role="suspended"), "an account"),
    ],
)
def test_what_somebody_is_called_where_administrators_read(person: Person, called: str) -> None:
    """By name where it is known, else by their part; the reporter always by their part."""
    assert person.called == called


def test_no_name_enters_a_repr() -> None:
    """A repr, which may end up in a log, shows the key and nothing else."""
    assert repr(named("p1", "Riya Sen", EVERYTHING, "party")) == "Person(p1)"
