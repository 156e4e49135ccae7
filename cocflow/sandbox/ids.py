"""Node ids in GitHub's present form: a type prefix, and base64 of a MessagePack array of database ids.

Clients must treat them as opaque; ours have the real shape so that a client that doesn't is found out.
"""

from __future__ import annotations

import base64
import binascii
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
}

PREFIXES = {
    "User": "U",
    "Bot": "BOT",
    "Organization": "O",
    "Mannequin": "M",
    "Team": "T",
    "Repository": "R",
    "Issue": "I",
    "IssueComment": "IC",
    "Label": "LA",
    "LabeledEvent": "LE",
    "UnlabeledEvent": "UNLE",
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
    "WorkflowRun": "WFR",
    "Workflow": "W",
}
KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}


def _packed(number: int) -> bytes:
    if number < 2**32:
        return b"\xce" + number.to_bytes(4, "big")
    return b"\xcf" + number.to_bytes(8, "big")


def node_id(kind: str, database_id: int, repository_id: int | None = None) -> str:
    """Return the node id of a thing; things inside a repository carry its id too."""
    parts = [database_id] if repository_id is None else [repository_id, database_id]
    raw = bytes([0x91 + len(parts), 0]) + b"".join(_packed(part) for part in parts)
    return f"{PREFIXES[kind]}_{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def parse_node_id(text: str) -> tuple[str, int] | None:
    """Return the kind and the database id, or None if this is no node id of ours."""
    prefix, _, encoded = text.partition("_")
    try:
        raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        return None
    if prefix not in KINDS or len(raw) < 7:
        return None
    wide = len(raw) >= 9 and raw[-9] == 0xCF
    return KINDS[prefix], int.from_bytes(raw[-8:] if wide else raw[-4:], "big")


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
