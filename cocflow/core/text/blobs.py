"""What git calls a file: the name of its content, by which two of them are compared without reading."""

from __future__ import annotations

from hashlib import sha1


def blob_sha(content: bytes) -> str:
    """Return git's name of a file's content, in hexadecimal digits."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
