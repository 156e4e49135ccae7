"""Git's names of contents."""

from __future__ import annotations

from cocflow.core.text.blobs import blob_sha


def test_a_content_has_the_name_that_git_gives_it() -> None:
    """The name is what `git hash-object` prints."""
    assert blob_sha(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert blob_sha(b"test content\n") == "d670460b4b4aece5915caf5c68d12f560a9fe3e4"
