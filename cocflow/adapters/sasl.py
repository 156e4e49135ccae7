"""How a mail server is shown a token, and what its refusals mean: the same for IMAP and SMTP.

Owns the two mechanisms by which a token takes the place of a password, and the refusals that say what
whoever logs in lacks, so that somebody can switch it on. Refuses to pass on a server's own words: ours are
told.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable

Token = Callable[[str], str]
"""A user's name at the mail server to a token that lets them in; ChannelError if there is none to be had."""

MECHANISMS = ("XOAUTH2", "OAUTHBEARER")
"""The ways to show a token, in the order in which they are chosen: Microsoft and Google name the first."""

_GOES_ON = {"XOAUTH2": "", "OAUTHBEARER": "\x01"}
"""What is answered to the reason of a refusal, so that the server refuses."""

_LINE = 512
"""The octets of a command of SMTP, its end included (RFC 4954 says what to do with a longer one)."""

NO_WAY = "it takes no tokens, neither by XOAUTH2 nor by OAUTHBEARER"
NOT_TAKEN = (
    "it doesn't take the token: the app has no consent for mail, or may not use this mailbox, or the user"
    " isn't named rightly"
)

_SENDER = "whoever logs in may not send as the address that from= names"
_MEANINGS = (
    ("smtpclientauthentication is disabled for the tenant", "SMTP AUTH is off for the whole tenant"),
    ("smtpclientauthentication is disabled", "SMTP AUTH is off for this mailbox"),
    ("basic authentication is disabled", "passwords are off there; a token is needed (docs/oauth.md)"),
    ("authenticated but not connected", "the app may not open this mailbox, or IMAP is off for it"),
    ("permissions to send as this sender", _SENDER),
    ("sender address rejected: not owned", _SENDER),
    ("sendasdenied", _SENDER),
    ("not enabled for imap", "IMAP is off for this mailbox"),
    ("imap access is disabled", "IMAP is off for this mailbox"),
    ("application-specific password required", "it wants an app password, or a token (docs/oauth.md)"),
    ("web browser", "it wants the user to sign in with a browser first"),
)
"""What servers say where something is off, in small letters, and what it means."""


def meaning(answer: str) -> str:
    """Return what a refusal means, "" if it says no more than that the login is refused."""
    said = answer.casefold()
    return next((ours for theirs, ours in _MEANINGS if theirs in said), "")


def chosen(offered: Iterable[str]) -> str | None:
    """Return the way to show a token that a server offers, None if it offers none."""
    names = {one.upper() for one in offered}
    return next((one for one in MECHANISMS if one in names), None)


class Shown:
    """A token as a mechanism shows it: once, and then only so much that the server can refuse it.

    `fits`: whether it may be said with SMTP's command itself; the others wait until they are asked.
    """

    def __init__(self, mechanism: str, user: str, token: str) -> None:
        name = user.replace("=", "=3D").replace(",", "=2C")
        begins = f"user={user}" if mechanism == "XOAUTH2" else f"n,a={name},"
        self._first: str = f"{begins}\x01auth=Bearer {token}\x01\x01"
        self._goes_on = _GOES_ON[mechanism]
        self.fits = len(f"AUTH {mechanism} ") + len(b64encode(self._first.encode())) + 2 <= _LINE

    def __repr__(self) -> str:
        """Show nothing: it holds a secret."""
        return "Shown()"

    def __call__(self, challenge: bytes | None = None) -> str:
        """Return what to answer."""
        first, self._first = self._first, self._goes_on
        return first
