"""Whether the server that received a mail vouches for its sender (RFC 8601).

Pure. Anybody can write an Authentication-Results header. A server takes out those that bear its name and
puts its own on top, several of them or one; so only the topmost ones are believed, without a gap, and only
what they say of DMARC. Whatever could be read in two ways is no.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TypeAlias

from cocflow.core.people.providers import PROVIDERS, Provider, matches
from cocflow.ports import Stamp

Trace: TypeAlias = Sequence[tuple[str, str]]
"""A mail's headers Received and Authentication-Results, by their small names, topmost first."""

RESULTS, RECEIVED = "authentication-results", "received"
_PROPERTY = re.compile(r"[a-z][\w.-]*=", re.IGNORECASE)
_DMARC = re.compile(r"dmarc(?:/\d+)?=(.*)", re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)by\s+([\w.-]+)", re.IGNORECASE)


def vouched(trace: Trace, sender: str, *, authserv_id: str = "", mail_provider: str = "") -> bool:
    """Whether the receiving server's results say that the sender's domain sent the mail: DMARC passes.

    `authserv_id`: its name or a pattern; `mail_provider`: one of PROVIDERS. Without either, nobody is.
    """
    return stamp_of(trace, sender, authserv_id=authserv_id, mail_provider=mail_provider).verified


def stamp_of(trace: Trace, sender: str, *, authserv_id: str = "", mail_provider: str = "") -> Stamp:
    """Return what stands on top of a mail: whose results, and whether the sender is verified by them."""
    ours = _block(trace, _believed(authserv_id, mail_provider))
    found = {name: block for name, one in PROVIDERS.items() if (block := _block(trace, one))}
    provider, block = next(iter(found.items()), ("", _first(trace)))
    domain = sender.rpartition("@")[2].lower()
    verdicts = list(_verdicts(ours))
    return Stamp(
        server=_server(block[0]) if block else "",
        provider=provider,
        decides=any(True for _ in _verdicts(block)),
        believed=bool(ours),
        verified=domain != "" and verdicts != [] and all(one == ("pass", [domain]) for one in verdicts),
    )


def _believed(authserv_id: str, mail_provider: str) -> Provider:
    named = Provider(servers=(authserv_id.strip(),) if authserv_id.strip() else (), several=True)
    return PROVIDERS.get(mail_provider, named)


def _block(trace: Trace, provider: Provider) -> list[str]:
    """Return the results that a provider's server put on top of a mail, bare."""
    block = _topmost(trace)
    if provider.entry:
        return block if _is_its_own(trace, block, provider) else []
    own = list(takewhile(lambda one: _is_any(_server(one), provider.servers), block))
    return own if provider.several else own[:1]


def _first(trace: Trace) -> list[str]:
    """Return the topmost results of one server, whichever it is."""
    block = _topmost(trace)
    return list(takewhile(lambda one: _server(one) == _server(block[0]), block))


def _topmost(trace: Trace) -> list[str]:
    """Return the topmost results without a gap: a Received between them is another server's beginning."""
    names = [name for name, _ in trace]
    start = names.index(RESULTS) if RESULTS in names else len(names)
    return [_bare(value) for name, value in takewhile(lambda one: one[0] == RESULTS, trace[start:])]


def _is_its_own(trace: Trace, block: list[str], provider: Provider) -> bool:
    """Whether the one header without a server's name stands where only the provider can have put it.

    What a sender wrote stands below the host by which the mail came in, whichever hosts it names.
    """
    if len(block) != 1 or not _PROPERTY.match(block[0]):
        return False
    start = [name for name, _ in trace].index(RESULTS)
    above = [_by(value) for _, value in trace[:start]]
    below = [_by(value) for name, value in trace[start + 1 : start + 2] if name == RECEIVED]
    inside = all(_is_any(host, provider.hosts) and not matches(host, provider.entry) for host in above)
    return inside and any(matches(host, provider.entry) for host in below)


def _is_any(server: str, patterns: Sequence[str]) -> bool:
    return any(matches(server, one) for one in patterns)


def _by(received: str) -> str:
    found = _BY.search(_bare(received))
    return found[1] if found else ""


def _server(bare: str) -> str:
    """Return who names itself in results; "" where nobody does."""
    name = bare.partition(";")[0].strip().partition(" ")[0].lower()
    return "" if _PROPERTY.match(name) else name


def _verdicts(block: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Give what came of DMARC each time that it is told, and for which domains."""
    for bare in block:
        for result in bare.lower().split(";"):
            method, *properties = result.split() or [""]
            if (dmarc := _DMARC.fullmatch(method)) is not None:
                fields = (field.split("=", 1) for field in properties if "=" in field)
                yield dmarc[1], [value.rpartition("@")[2] for name, value in fields if name == "header.from"]


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
            character = " "
        if not depth:
            found.append(re.sub(r"[\s;=]", "_", character) if quoted else character)
    return re.sub(r" ?= ?", "=", " ".join("".join(found).split()))
