"""Node ids in GitHub's present form: a type prefix, and base64 of a MessagePack array of database ids.

Accounts from before 2021 are shown in the legacy form, unless the new one is asked for.

Clients must treat them as opaque; ours have the real shape so that a client that doesn't is found out.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from hashlib import sha1

# Where each kind of database id starts: issues, comments, labels and events have passed 2**31 on GitHub,
# users and repositories haven't.
FIRST_IDS = {
    "account": 190_000_000,
    "repository": 1_100_000_000,
    "issue": 3_200_000_000,
    "comment": 3_400_000_000,
    "label": 9_100_000_000,
    "timeline": 21_000_000_000,
    "edit": 5_100_000_000,
    "workflow_run": 18_000_000_000,
    "team": 12_000_000,
    "app": 2_100_000,
    "installation": 90_000_000,
    "invitation": 270_000_000,
}

PREFIXES = {
    "User": "U",
    "Bot": "BOT",
    "App": "A",
    "RepositoryInvitation": "RI",
    "Organization": "O",
    "Mannequin": "M",
    "Team": "T",
    "Repository": "R",
    "Issue": "I",
    "IssueComment": "IC",
    "Label": "LA",
    "LabeledEvent": "LE",
    "UnlabeledEvent": "UNLE",
    "AssignedEvent": "AE",
    "UnassignedEvent": "UNAE",
    "ClosedEvent": "CE",
    "ReopenedEvent": "REE",
    "RenamedTitleEvent": "RTE",
    "CommentDeletedEvent": "CDE",
    "SubIssueAddedEvent": "SIAE",
    "SubIssueRemovedEvent": "SIRE",
    "ParentIssueAddedEvent": "PIAE",
    "ParentIssueRemovedEvent": "PIRE",
    "UserContentEdit": "UCE",
    "Ref": "REF",
    "Blob": "B",
    "WorkflowRun": "WFR",
    "CheckRun": "CR",
    "Workflow": "W",
    "LockedEvent": "LOE",
    "UnlockedEvent": "UNLOE",
    "TransferredEvent": "TRE",
}
KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}


def _packed(number: int) -> bytes:
    if number < 2**32:
        return b"\xce" + number.to_bytes(4, "big")
    return b"\xcf" + number.to_bytes(8, "big")


@lru_cache(maxsize=10_000)
def node_id(kind: str, database_id: int, repository_id: int | None = None) -> str:
    """Return the node id of a thing; things inside a repository carry its id too."""
    parts = [database_id] if repository_id is None else [repository_id, database_id]
    raw = bytes([0x91 + len(parts), 0]) + b"".join(_packed(part) for part in parts)
    return f"{PREFIXES[kind]}_{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def account_node_id(kind: str, database_id: int, *, legacy: bool) -> str:
    """Return the node id of an account: the legacy form is base64 of the kind's length, itself and the id."""
    if not legacy:
        return node_id(kind, database_id)
    return base64.b64encode(f"0{len(kind)}:{kind}{database_id}".encode()).decode()


def parse_node_id(text: str) -> tuple[str, int] | None:
    """Return the kind and the database id, or None if this is no node id of ours."""
    legacy = _parse_legacy(text)
    if legacy is not None:
        return legacy
    prefix, _, encoded = text.partition("_")
    try:
        raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        return None
    if prefix not in KINDS or len(raw) < 7:
        return None
    wide = len(raw) >= 9 and raw[-9] == 0xCF
    return KINDS[prefix], int.from_bytes(raw[-8:] if wide else raw[-4:], "big")


def _parse_legacy(text: str) -> tuple[str, int] | None:
    try:
        found = re.fullmatch(r"0\d+:([A-Za-z]+?)(\d+)", base64.b64decode(text, validate=True).decode())
    except ValueError:
        return None
    return (found[1], int(found[2])) if found and found[1] in PREFIXES else None


def blob_sha(content: bytes) -> str:
    """Return git's name of a file's content."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def cursor(*position: int) -> str:
    """Return the opaque cursor of a position: the values of the columns that the list is ordered by."""
    return base64.b64encode(b"cursor:v2:" + b":".join(b"%d" % part for part in position)).decode()


def parse_cursor(text: str) -> tuple[int, ...] | None:
    """Return the position that a cursor stands for, or None if it is none of ours."""
    try:
        head, version, *parts = base64.b64decode(text, validate=True).decode().split(":")
        return tuple(int(part) for part in parts) if (head, version) == ("cursor", "v2") else None
    except ValueError:
        return None
