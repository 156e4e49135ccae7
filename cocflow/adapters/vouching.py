"""Whether the server that received a mail vouches for its sender (RFC 8601).

Pure. Anybody can write an Authentication-Results header; ours removes those that bear its name and
puts its own on top, so only the topmost one that bears it is believed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence


def vouched(headers: Sequence[str], authserv_id: str, sender: str) -> bool:
    """Whether one of our server's results says that the sender's domain sent the mail.

    `headers`: every Authentication-Results, topmost first. DMARC passes, or a DKIM signature of the
    sender's own domain or of one above it does.
    """
    domain = sender.rpartition("@")[2].lower()
    own = authserv_id.strip().lower()
    if not own or not domain:
        return False
    for header in headers:
        name, *results = [part.strip() for part in _bare(header).split(";")]
        if name.split(" ")[0].lower() == own:
            return any(_speaks_for(result, domain) for result in results)
    return False


def _speaks_for(result: str, domain: str) -> bool:
    method, *properties = result.lower().split() or [""]
    fields = dict(field.split("=", 1) for field in reversed(properties) if field.count("=") == 1)
    if method in ("dmarc=pass", "dmarc/1=pass"):
        return fields.get("header.from", domain) == domain
    if method not in ("dkim=pass", "dkim/1=pass"):
        return False
    signer = fields.get("header.d") or fields.get("header.i", "").rpartition("@")[2]
    return signer == domain or ("." in signer and domain.endswith(f".{signer}"))


def _bare(header: str) -> str:
    """Return a header without comments; in quoted texts nothing stays that could pass for syntax."""
    found, depth, quoted, escaped = [], 0, False, False
    for character in header:
        if escaped:
            escaped, character = False, "_"
        elif character == "\\" and (quoted or depth):
            escaped = True
            continue
        elif character == '"' and not depth:
            quoted = not quoted
            continue
        elif character == "(" and not quoted:
            depth += 1
        elif character == ")" and depth and not quoted:
            depth -= 1
            continue
        if not depth:
            found.append(re.sub(r"[\s;=]", "_", character) if quoted else character)
    return re.sub(r" ?= ?", "=", " ".join("".join(found).split()))
