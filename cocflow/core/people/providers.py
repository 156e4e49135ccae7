"""Who receives a community's mail, and how that server signs what it verified (RFC 8601).

Pure data: presets of what may also be given by a server's own name. A provider whose server doesn't say
what came of DMARC isn't here, as nobody could be verified by it.
"""

from __future__ import annotations

import re

import msgspec


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider's server names itself in Authentication-Results: patterns, in which `*` is any name.

    `several`: its results take several headers, of which one always says what came of DMARC, so that no
    forged one is the only one. Without `servers` it names nobody; then its results stand above the Received
    of the host by which the mail came in (`entry`), and below those of its own hosts only (`hosts`).
    """

    servers: tuple[str, ...] = ()
    several: bool = False
    hosts: tuple[str, ...] = ()
    entry: str = ""


PROVIDERS = {
    "fastmail": Provider(servers=("*.messagingengine.com",), several=True),
    "gmail": Provider(servers=("mx.google.com",)),
    "icloud": Provider(servers=("*.icloud.com",), several=True),
    "microsoft365": Provider(
        hosts=("*.outlook.com", "*.outlook.office365.com"), entry="*.mail.protection.outlook.com"
    ),
    "yahoo": Provider(servers=("*.mail.*.yahoo.com", "*.omega.yahoo.com")),
    "zoho": Provider(
        servers=(
            "mx.zohomail.com",
            "mx.zohomail.eu",
            "mx.zohomail.in",
            "mx.zohomail.jp",
            "mx.zohomail.com.au",
        )
    ),
}
"""By the name that stands in the configuration."""

_LABEL = re.compile(r"[a-z0-9*_-]+", re.IGNORECASE)


def is_server(text: str) -> bool:
    """Whether a text is a server's name, or a pattern of names that all belong to one domain."""
    labels = text.split(".")
    if not all(_LABEL.fullmatch(one) for one in labels):
        return False
    return "*" not in text or (len(labels) > 2 and "*" not in "".join(labels[-2:]))


def matches(name: str, pattern: str) -> bool:
    """Whether a server's name fits a pattern; `*` stands for one label or several, or for a part of one."""
    parts = (re.escape(part) for part in pattern.lower().split("*"))
    return re.fullmatch("[a-z0-9._-]+".join(parts), name.lower()) is not None
