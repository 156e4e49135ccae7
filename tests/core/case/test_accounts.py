"""Whose account a node id names: GitHub's two forms, and what is neither."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import msgspec
import pytest

from cocflow.core.case.accounts import (
    account_number,
    database_number,
    other_account,
    same_account,
)
from cocflow.core.case.facts import Actor, Commented, Opened
from cocflow.core.people.person import Person
from tests.core import play

LEGACY_BOT, BOT = "MDM6Qm90NDE4OTgyODI=", "BOT_kgDOAn9RKg"
"""The job's bot in both forms, as seen on github.com."""
LEGACY_USER, USER = "MDQ6VXNlcjU4MzIzMQ==", "U_kgDOAAjmPw"
"""One account in both forms."""
AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("node_id", "number"),
    [
        ("MDQ6VXNlcjE=", 1),
        ("MDQ6VXNlcjE", 1),
        (LEGACY_BOT, 41898282),
        ("MDEyOk9yZ2FuaXphdGlvbjE=", 1),
        (BOT, 41898282),
        (LEGACY_USER, 583231),
        (USER, 583231),
        ("U_kgAB", 1),
    ],
)
def test_an_account_has_a_number(node_id: str, number: int) -> None:
    """Both forms, of every kind of account, with or without padding, give the same number."""
    assert account_number(node_id) == number


@pytest.mark.parametrize(
    "node_id",
    [
        "",
        "_",
        "U_",
        "U_mft",
        "BOT_cocflow",
        "I_kwDOAAAAAc4AAAAB",
        base64.b64encode(b"05:User1").decode(),
        base64.b64encode(b"012:IssueComment1").decode(),
        "MDQ6VXNlcg==",
        "U_kgDOAAj",
        "U_kgDOAAjmPwA",
        "u_kgDOAAjmPw",
        "é" * 9,
    ],
)
def test_what_is_no_account_has_none(node_id: str) -> None:
    """Other things, wrong lengths and plain texts have no account's number, and raise nothing."""
    assert account_number(node_id) is None


def test_a_comment_has_a_number_too() -> None:
    """A comment's number stands last in both forms, so it is known where GitHub leaves it out."""
    packed = base64.urlsafe_b64encode(b"\x93\x00\xce\x00\x00\x00\x07\xcf" + (2**33).to_bytes(8, "big"))
    assert database_number(f"IC_{packed.decode().rstrip('=')}") == 2**33
    assert database_number(base64.b64encode(b"012:IssueComment123").decode()) == 123
    assert database_number("IC_17") is None


def test_one_account_is_one_in_either_form() -> None:
    """The forms of one account are the same, and surely not another's."""
    assert same_account(LEGACY_USER, USER)
    assert not other_account(LEGACY_USER, USER)
    assert not same_account(LEGACY_BOT, USER)
    assert other_account(LEGACY_BOT, USER)


def test_doubt_grants_nothing() -> None:
    """An id that can't be read is surely the same as that very text only, and surely nobody else's."""
    assert not same_account("U_new-form", USER)
    assert not other_account("U_new-form", USER)
    assert same_account("U_mft", "U_mft")
    assert not same_account("", "")
    assert not other_account("", USER)
    assert not other_account("U_mft", "U_riya")


def test_an_edit_by_the_author_is_theirs_in_either_form() -> None:
    """A comment is its author's own though the editor's id has the other form; in doubt it isn't."""
    edited = Commented(
        id="IC_1",
        at=AT,
        by=Actor(LEGACY_USER, "riya"),
        body="/help",
        database_id=1,
        edited_at=AT,
        edited_by=Actor(USER, "riya"),
    )
    assert not edited.edited_by_another
    other = msgspec.structs.replace(edited, edited_by=Actor("U_new-form", "riya"))
    assert other.edited_by_another


def test_the_bot_is_itself_in_either_form() -> None:
    """What the bot did is its own though the id that asks has the other form."""
    issue = play.issue([Opened(id="I_1", at=AT, by=Actor(USER, "riya"))], now=AT, me=LEGACY_BOT)
    assert issue.is_me(Actor(BOT, "github-actions", bot=True))
    assert not issue.is_me(Actor(USER, "riya"))
    assert not issue.is_me(None)


def test_two_people_are_two_only_beyond_doubt() -> None:
    """What only somebody else may do isn't given for another form of an id, nor where the login is one."""
    story = play.Play()
    for actor in (
        Actor(LEGACY_USER, "mft"),
        Actor("U_new-form", "mft"),
        Actor("U_kgAB", "mft"),
        Actor(BOT, "github-actions", bot=True),
        play.MIABOT,
    ):
        story.says(actor, "Hello.")
    case = play.case_of(play.issue(story.facts, now=story.now))
    assert not case.is_another(USER, LEGACY_USER)
    assert not case.is_another("U_new-form", LEGACY_USER)
    assert not case.is_another("U_kgAB", LEGACY_USER)
    assert case.is_another(BOT, LEGACY_USER)
    assert case.is_another(play.MIABOT.id, USER)
    assert not case.is_another(play.MIABOT.id, "U_elsewhere")
    assert not case.is_another(play.MIABOT.id, "")
    assert case.administrator_of(USER) == play.ROSTER[0]
    assert all(one.login != "mft" for one in case.others(USER))


def test_a_receipt_keeps_its_author_whatever_form_asks() -> None:
    """An account that a receipt names in the old form is the reporter's still."""
    person = Person(key="reporter", name="Riya", role="reporter", account=LEGACY_USER)
    case = play.case_of(play.issue(play.Play().facts, now=play.START))
    assert case.is_account_of(person, Actor(USER, "renamed"))
    assert not case.is_account_of(person, Actor(BOT, "riya", bot=True))
