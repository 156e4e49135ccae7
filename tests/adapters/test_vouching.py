"""Whose results are believed, and where; the corpus of letters shows the rest in whole mails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.adapters.vouching import RECEIVED, RESULTS, stamp_of, vouched
from cocflow.core.people.providers import PROVIDERS

PASS = "dmarc=pass header.from=example.org"
FAIL = "dmarc=fail header.from=example.org"
SENDER = "riya@example.org"


def trace(*headers: str) -> list[tuple[str, str]]:
    """Return a mail's headers; those that begin with `by ` or `from ` are Received."""
    return [(RECEIVED if one.startswith(("by ", "from ")) else RESULTS, one) for one in headers]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], False),
        ([f"mx.example.org; {PASS}"], True),
        ([f"MX.Example.org 1; {PASS}"], True),
        (["mx.example.org; spf=pass", "mx.example.org; dkim=pass", f"mx.example.org; {PASS}"], True),
        (["from a by mx.example.org", f"mx.example.org; {PASS}", "from b by a"], True),
        (["mx.example.org; dmarc=pass (p=none) policy.p=none header.from=Example.ORG"], True),
        (["mx.example.org; dmarc=pass(p=NONE) header.from=riya@example.org;"], True),
        # whoever adds something adds it below
        ([f"mx.example.org; {FAIL}", f"mx.example.org; {PASS}"], False),
        ([f"mx.example.org; {PASS}", f"mx.example.org; {FAIL}"], False),
        (["mx.example.org; none", "from a by mx.example.org", f"mx.example.org; {PASS}"], False),
        ([f"other.example; {PASS}", f"mx.example.org; {PASS}"], False),
        (["mx.example.org; none", "other.example; none", f"mx.example.org; {PASS}"], False),
        ([f"mx.example.org.evil.example; {PASS}"], False),
        ([f"evil.mx.example.org; {PASS}"], False),
        ([f"mx-example.org; {PASS}"], False),
        ([f"; {PASS}"], False),
        ([PASS], False),
        # what is no verdict on the sender's domain
        (["mx.example.org; dmarc=pass"], False),
        (["mx.example.org; dmarc=pass header.from=evil.example"], False),
        (["mx.example.org; dmarc=pass header.from=sub.example.org"], False),
        (["mx.example.org; dmarc=pass header.from=example.org header.from=evil.example"], False),
        ([f"mx.example.org; {PASS}; dmarc=pass header.from=evil.example"], False),
        (["mx.example.org; dmarc=bestguesspass header.from=example.org"], False),
        (["mx.example.org; x-dmarc=pass header.from=example.org"], False),
        (["mx.example.org; arc=pass (i=1 dmarc=pass header.from=example.org)"], False),
        (["mx.example.org; dkim=pass header.d=example.org; spf=pass smtp.mailfrom=example.org"], False),
        (["mx.example.org; spf=pass dmarc=pass header.from=example.org"], False),
        # comments and quoted texts
        ([f"evil.example (mx.example.org; {PASS})"], False),
        ([f"mx.example.org; none (; {PASS})"], False),
        ([f"mx.example.org; none (; (nested) {PASS}"], False),
        ([f'mx.example.org; spf=pass smtp.mailfrom="x; {PASS}"'], False),
        ([f'mx.example.org; spf=fail reason="; {PASS}"'], False),
        ([f'mx.example.org; spf=fail reason="\\"; {PASS}"'], False),
    ],
)
def test_only_the_topmost_results_of_our_server_count(headers: list[str], expected: bool) -> None:
    """Those on top without a gap decide, and in them only results that are results, of DMARC."""
    assert vouched(trace(*headers), SENDER, authserv_id="mx.example.org") == expected


def microsoft(*headers: str) -> list[tuple[str, str]]:
    """Return a mail's headers as they stand on one that Microsoft 365 has received."""
    return trace(
        "from AM0PR02MB1.eurprd02.prod.outlook.com (2603:10a6::1) by VI1PR02MB2.eurprd02.prod.outlook.com",
        "from AM6FT01.eop-eur03.prod.protection.outlook.com (2603:10a6::2) by AM0PR1.outlook.office365.com",
        *headers,
    )


ENTRY = "from mail.example.org (192.0.2.1) by AM6FT01.mail.protection.outlook.com (10.0.0.1) with Microsoft"
SHAPE = (
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=pass (signature was verified)"
    " header.d=example.org;dmarc=pass action=none header.from=example.org;compauth=pass reason=100"
)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (microsoft(SHAPE, ENTRY), True),
        (trace(SHAPE, ENTRY), True),
        (microsoft(SHAPE.replace("dmarc=pass", "dmarc=fail"), ENTRY), False),
        (microsoft(SHAPE.replace("dmarc=pass", "dmarc=bestguesspass"), ENTRY), False),
        (microsoft(SHAPE.replace("header.from=example.org", "header.from=evil.example"), ENTRY), False),
        # put there by the sender, below what Microsoft writes, or where it writes nothing
        (microsoft(ENTRY, SHAPE), False),
        (microsoft(ENTRY, SHAPE, "from x by AM6FT01.mail.protection.outlook.com"), False),
        (trace(SHAPE), False),
        (trace(SHAPE, "from x by mx.evil.example"), False),
        (trace("from x by mx.example.org", SHAPE, ENTRY), False),
        (trace("from x by mx.example.org (by a.outlook.com)", SHAPE, ENTRY), False),
        (microsoft(SHAPE, "from x by AM6FT01.mail.protection.outlook.com.evil.example"), False),
        (microsoft(SHAPE, "from by.mail.protection.outlook.com (by a) by mx.evil.example"), False),
        # two headers, or one with a server's name
        (microsoft(SHAPE, SHAPE, ENTRY), False),
        (microsoft(f"mx.evil.example; {SHAPE}", ENTRY), False),
        (microsoft("dkim=none header.d=none;dmarc=none action=none header.from=example.org", ENTRY), False),
    ],
)
def test_results_without_a_servers_name_count_where_microsoft_puts_them(
    headers: list[tuple[str, str]], expected: bool
) -> None:
    """They stand alone, above the way in, below nobody else's headers; and only if the setting says so."""
    assert vouched(headers, SENDER, mail_provider="microsoft365") == expected
    assert not vouched(headers, SENDER, authserv_id="mx.example.org")
    assert not vouched(headers, SENDER, mail_provider="gmail")


SHAPES = {
    "fastmail": [
        "from mailmx.internal ([10.0.0.1]) by sloti.internal",
        "mx1.messagingengine.com; x-csa=none; x-me-sender=none",
        "mx1.messagingengine.com; bimi=skipped (DMARC Policy is not at enforcement)",
        "mx1.messagingengine.com; dkim=pass (2048-bit rsa key sha256) header.d=example.org; dmarc=pass "
        "policy.published-domain-policy=none (p=none,d=none) policy.policy-from=p header.from=example.org; "
        "spf=pass smtp.mailfrom=riya@example.org",
        "from mail.example.org by mx1.messagingengine.com",
    ],
    "gmail": [
        "by 2002:a05:6102:22c6:0:0:0:0 with SMTP id a6csp1",
        "from mail.example.org by mx.google.com with ESMTPS id x",
        "mx.google.com; dkim=pass header.i=@example.org; arc=pass (i=1 dmarc=pass fromdomain=x.example); "
        "dmarc=pass (p=NONE sp=QUARANTINE dis=NONE) header.from=example.org",
    ],
    "icloud": [
        "bimi.icloud.com; bimi=none",
        "arc.icloud.com; arc=none",
        "dmarc.icloud.com; dmarc=pass header.from=example.org",
        "dkim-verifier.icloud.com; dkim=pass (2048-bit key) header.d=example.org",
        "spf.icloud.com; spf=pass (spf.icloud.com: domain of riya@example.org as allowed)",
    ],
    "microsoft365": [SHAPE, ENTRY],
    "yahoo": [
        "from 127.0.0.1 by atlas206.free.mail.ne1.yahoo.com with HTTPS",
        "atlas206.free.mail.ne1.yahoo.com; dkim=pass header.i=@example.org header.s=k; "
        "spf=pass smtp.mailfrom=example.org; dmarc=pass(p=NONE,sp=QUARANTINE) header.from=example.org;",
    ],
    "zoho": [
        "mx.zohomail.eu; dkim=pass; spf=pass (zohomail.eu: domain of example.org designates 192.0.2.1) "
        "smtp.mailfrom=riya@example.org; dmarc=pass(p=none dis=none) header.from=example.org",
    ],
}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_is_known_by_its_shape(provider: str) -> None:
    """What a provider writes verifies with its own setting and no other, and is found without one."""
    headers = trace(*SHAPES[provider])
    assert [one for one in PROVIDERS if vouched(headers, SENDER, mail_provider=one)] == [provider]
    stamp = stamp_of(headers, SENDER)
    assert (stamp.provider, stamp.decides, stamp.believed, stamp.verified) == (provider, True, False, False)


@pytest.mark.parametrize("provider", [name for name, one in PROVIDERS.items() if one.servers])
@pytest.mark.parametrize("verdict", ["", "; dmarc=none header.from=example.org"])
def test_a_forged_header_right_below_a_providers_own_counts_for_nothing(provider: str, verdict: str) -> None:
    """Even if the provider left it there: its one header decides, or its own verdict among several."""
    name = PROVIDERS[provider].servers[0].replace("*", "a")
    if PROVIDERS[provider].several and not verdict:
        verdict = "; dmarc=none"
    headers = trace(f"{name}; spf=pass smtp.mailfrom=example.org{verdict}", f"{name}; {PASS}")
    assert not vouched(headers, SENDER, mail_provider=provider)


def test_another_server_is_shown_by_its_name() -> None:
    """Whoever runs a server of their own reads what its name is, and whether it decides."""
    own = trace("mail.example.org; dkim=pass header.d=example.org", f"mail.example.org; {PASS}")
    found = stamp_of(own, SENDER, authserv_id="*.example.org")
    assert (found.server, found.provider, found.decides, found.believed) == (
        "mail.example.org",
        "",
        True,
        True,
    )
    silent = stamp_of(trace("gmx.net; dkim=pass header.i=@example.org"), SENDER, authserv_id="gmx.net")
    assert (silent.decides, silent.believed, silent.verified) == (False, True, False)
    assert stamp_of([], SENDER).server == ""


@given(
    st.lists(st.tuples(st.sampled_from([RESULTS, RECEIVED]), st.text(max_size=100)), max_size=4), st.text()
)
def test_no_header_makes_it_fail(headers: list[tuple[str, str]], sender: str) -> None:
    """Any headers give an answer, and without our server's name it is no."""
    assert not vouched(headers, sender)
    vouched(headers, sender, authserv_id="mx.example.org")
    vouched(headers, sender, mail_provider="microsoft365")


@given(st.lists(st.sampled_from([f"mx.example.org; {PASS}", SHAPE, ENTRY, f"x; {PASS}"]), max_size=5))
def test_what_a_sender_puts_below_a_refusal_changes_nothing(forged: list[str]) -> None:
    """Below a server's own no, no headers make a yes."""
    for first in (f"mx.example.org; {FAIL}", "mx.example.org; none"):
        headers = trace(first, "from x by mx.example.org", *forged)
        assert not vouched(headers, SENDER, authserv_id="mx.example.org")
    refused = microsoft(SHAPE.replace("dmarc=pass", "dmarc=fail"), ENTRY, *forged)
    assert not vouched(refused, SENDER, mail_provider="microsoft365")
