"""Contacts: a mail address is matched whole or not at all, and a name is no Slack id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.people.contacts import (
    contact,
    is_mail,
    is_nobodys,
    login_in,
    mail_in,
    not_addresses,
    slack_in,
    with_plus,
    without_contacts,
    without_plus,
)

ADDRESSES = [
    "riya@example.org",
    "sean.o'neil@example.org",
    "a#b@example.org",
    "x&y@example.org",
    "~tilde~@example.org",
    "dept/person@example.org",
    "me+coc@mail.example.co.uk",
    "{odd}!%$*=?^@example.org",
    "josé@exämple.org",
    "U012AB3CD@example.org",
]
AROUND = [
    "{}",
    "<{}>",
    "({})",
    "Riya, {}",
    "Riya {}.",
    "mailto:{}",
    "<mailto:{}>",
    '"{}"',
    "{}, U012AB3CD",
    "`{}`",
    "'{}'",
    "**{}**",
    "Riya<{}>",
    "E-Mail:{}",
    "[Riya](mailto:{})",
    "<mailto:{}|Riya>",
    "{}\u2026",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_found_whole_whatever_stands_around_it(address: str, around: str) -> None:
    """No letter of it is lost, and none of the sentence's is taken for it."""
    assert mail_in(around.format(address)) == address


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_word_that_is_an_address_is_a_contact(address: str) -> None:
    """Bare, in angle brackets, in parentheses and with `mailto:` it is the same address."""
    assert {contact(word) for word in (address, f"<{address}>", f"({address})", f"mailto:{address}")} == {
        address
    }


@pytest.mark.parametrize("text", ["", "Riya", "riya@", "riya@example", "a @ b.org", "@example.org"])
def test_what_is_no_address_is_none(text: str) -> None:
    """Without a name before the `@` and a domain behind it, there is nothing to write to."""
    assert mail_in(text) == ""
    assert contact(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "a" * 65 + "@example.org",
        f"a@example.{'o' * 64}",
        "a@" + ".".join("bcdefghijk"),
    ],
)
def test_an_address_that_is_too_long_is_not_cut(text: str) -> None:
    """A part of an address is somebody else's address: it is whole or it is none."""
    assert mail_in(f"Riya, {text}") == ""
    assert contact(text) is None


@pytest.mark.parametrize(
    "text",
    [
        'a"b@example.org',
        "a|b@example.org",
        "a:b@example.org",
        "a(b@example.org",
        "a`b@example.org",
        "a\u200bb@example.org",
        "a..b@example.org",
        ".b@example.org",
        "kim@example.org/riya@example.org",
        "[kim@example.org](mailto:riya@example.org)",
        "<mailto:kim@example.org|riya@example.org>",
        "b@exam_ple.org",
        "b@192.0.2.1",
    ],
)
def test_what_can_not_be_read_whole_is_refused_and_never_shortened(text: str) -> None:
    """Its end may be somebody else's address: it is none, and known as one that is meant."""
    assert mail_in(f"Riya {text}") == ""
    assert contact(text) is None
    assert not_addresses(f"Riya {text}")


@pytest.mark.parametrize("text", ["riya@users.noreply.github.com", "1+riya@USERS.noreply.github.com"])
def test_an_address_for_commits_is_nobodys(text: str) -> None:
    """Nobody reads what is sent there, so nobody is written to."""
    assert is_nobodys(text)
    assert not is_mail(text)
    assert mail_in(f"Riya, {text}") == ""
    assert not_addresses(text) == (text,)


@given(st.text("ab.@-_ <>,;:", max_size=200))
def test_what_is_found_is_an_address_and_stands_there(text: str) -> None:
    """Whatever the text, what is found in it stands in it, and is a contact by itself."""
    found = mail_in(text)
    assert found in text
    assert not found or contact(found) == found


SLACK = ["U012AB3CD", "W012AB3CD", "U0MIKA001", "UABCDEF1"]
NO_SLACK = [
    "WILLIAMS",
    "UMBRELLA",
    "u012ab3cd",
    "U1",
    "X012AB3CD",
    "WORLDWIDEWEB",
    "xU012AB3CD",
    "U012AB3CDé",
]


@pytest.mark.parametrize("text", SLACK)
def test_a_bare_id_with_a_digit_is_one(text: str) -> None:
    """A capital U or W and then capitals and digits, at least one of these."""
    assert slack_in(f"Riya, {text}, riya@example.org") == text
    assert contact(text) == text


@pytest.mark.parametrize("text", NO_SLACK)
def test_a_name_in_capitals_is_no_id(text: str) -> None:
    """Robbie WILLIAMS is somebody's name, and so is what else lacks a digit or stands within a word."""
    assert slack_in(f"Robbie {text}") == ""
    assert contact(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<@UABCDEFGH>", "UABCDEFGH"),
        ("<@UABCDEFGH|riya>", "UABCDEFGH"),
        ("U012AB3CD <@WILLIAMS>", "WILLIAMS"),
        ("Riya <@U012AB3CD>, riya@example.org", "U012AB3CD"),
        ("She is U012AB3CD.", "U012AB3CD"),
        ("<@nobody>", ""),
    ],
)
def test_a_mention_is_an_id_also_without_a_digit(text: str, found: str) -> None:
    """Slack itself wrote it, so it is one, and goes before a bare one."""
    assert slack_in(text) == found


@pytest.mark.parametrize("text", ["U012AB3CD@example.org", "@U012AB3CD", "x.U012AB3CD", "riya@U012AB3CD.org"])
def test_a_part_of_something_else_is_no_id(text: str) -> None:
    """What looks like an id within an address or a word is a part of that."""
    assert slack_in(text) == ""


@pytest.mark.parametrize(
    "around", ["{}", "({})", "Riya, {}", "Riya {}.", "`{}`", "{}, riya@example.org", "{}:"]
)
@pytest.mark.parametrize("login", ["riya", "Riya-Sen", "r", "r2-d2", "a" * 39, "riya_acme"])
def test_a_login_is_one_with_its_sign(login: str, around: str) -> None:
    """`@login` is found whatever stands around it; the same word without the sign is nobody's login."""
    assert login_in(around.format(f"@{login}")) == login
    assert login_in(around.format(login)) == ""
    assert mail_in(around.format(f"@{login}")) in ("", "riya@example.org")


@pytest.mark.parametrize(
    "text",
    [
        "riya@example.org",
        "<@U012AB3CD>",
        "@acme/team",
        "@riya@social.example",
        "@-riya",
        "@ri--ya",
        "x@riya",
        "@riya.sen",
        "@",
        "@@riya",
        "@" + "a" * 40,
        "dept/@riya",
    ],
)
def test_a_part_of_something_else_is_no_login(text: str) -> None:
    """Not within an address, a mention of another service, a team or a longer word: it is whole or none."""
    assert login_in(text) == ""


@pytest.mark.parametrize("word", ["@riya", "(@riya)", "`@riya`", "<@riya>"])
def test_a_word_that_is_a_login_is_a_contact(word: str) -> None:
    """With the sign it is a way to say who somebody is; in code it mentions nobody on GitHub."""
    assert contact(word) == "@riya"


@pytest.mark.parametrize("written", [*ADDRESSES, *SLACK, "@riya", "<@UABCDEFGH>", "<@UABCDEFGH|riya>"])
def test_what_is_left_without_contacts_is_the_name(written: str) -> None:
    """Nothing of an address stays behind, and nothing of the name goes with it."""
    assert without_contacts(f"Robbie WILLIAMS {written}").strip() == "Robbie WILLIAMS"
    assert without_contacts("Robbie WILLIAMS") == "Robbie WILLIAMS"


def test_an_address_with_a_plus_leads_to_the_one_without() -> None:
    """Only what stands before the `@` counts, and from the first plus on."""
    assert without_plus("reports+a+b@example.org") == "reports@example.org"
    assert without_plus("reports@a+b.example.org") == "reports@a+b.example.org"
    assert without_plus(with_plus("reports@example.org", "word")) == "reports@example.org"
    assert with_plus("reports@example.org", "word") == "reports+word@example.org"
