"""How a token is shown, and what refusals mean."""

from __future__ import annotations

import pytest

from cocflow.adapters.sasl import Shown, chosen, meaning


def test_a_token_is_shown_as_the_mechanism_wants_it() -> None:
    """XOAUTH2 names the user as is, OAUTHBEARER as RFC 7628 has it; asked again, both give way."""
    ours = Shown("XOAUTH2", "a@example.org", "t0ken")
    assert ours() == "user=a@example.org\x01auth=Bearer t0ken\x01\x01"
    assert ours(b'{"status":"400"}') == ours(b"again") == ""
    theirs = Shown("OAUTHBEARER", "a=b,c@example.org", "t0ken")
    assert theirs(b"") == "n,a=a=3Db=2Cc@example.org,\x01auth=Bearer t0ken\x01\x01"
    assert theirs(b"{}") == theirs(b"{}") == "\x01"
    assert repr(theirs) == "Shown()"


def test_what_fits_into_a_command() -> None:
    """A command of SMTP has 512 octets with its end (RFC 4954): a longer token waits until it's asked for."""
    fitting = [size for size in range(200, 400) if Shown("XOAUTH2", "a", "t" * size).fits]
    # "AUTH XOAUTH2 ", four octets for each three, and CR LF
    assert max(fitting) == 372 - len("user=a\x01auth=Bearer \x01\x01")
    assert fitting == list(range(200, max(fitting) + 1))


@pytest.mark.parametrize(
    ("offered", "way"),
    [
        ([], None),
        (["PLAIN", "LOGIN"], None),
        (["OAUTHBEARER", "PLAIN", "XOAUTH2"], "XOAUTH2"),
        (["oauthbearer"], "OAUTHBEARER"),
    ],
)
def test_the_way_that_a_server_offers(offered: list[str], way: str | None) -> None:
    """XOAUTH2 where it is offered, else OAUTHBEARER, else none."""
    assert chosen(offered) == way


REFUSALS = {
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit"
    " https://aka.ms/smtp_auth_disabled for more information. [AM0PR02CA0001.eurprd02.prod.outlook.com]": (
        "SMTP AUTH is off for the whole tenant"
    ),
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.": (
        "SMTP AUTH is off for this mailbox"
    ),
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.": "passwords are off",
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender": "may not send as",
    "554 5.2.252 SendAsDenied; conduct@example.org not allowed to send as coc@example.org": "may not send as",
    "User is authenticated but not connected.": "may not open this mailbox",
    "[ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page": "IMAP is off",
    "[ALERT] IMAP access is disabled for your domain. Please contact your administrator": "IMAP is off",
    "[ALERT] Application-specific password required: https://support.google.com/…": "app password",
    "534 5.7.9 Please log in with your web browser and then try again.": "with a browser first",
}


@pytest.mark.parametrize(("said", "means"), REFUSALS.items())
def test_a_refusal_that_says_what_is_switched_off(said: str, means: str) -> None:
    """Microsoft and Google say what is in the way; it is told in our words, without addresses of theirs."""
    assert means in meaning(said)
    assert "http" not in meaning(said)


@pytest.mark.parametrize("said", ["", "AUTHENTICATE failed.", "[AUTHENTICATIONFAILED] Invalid credentials"])
def test_a_refusal_that_says_no_more(said: str) -> None:
    """Most say that the login is refused, and nothing else."""
    assert meaning(said) == ""
