"""A folder as a repository's files."""

from __future__ import annotations

from pathlib import Path

from cocflow.adapters.folder import Folder


def test_files_are_written_replaced_and_taken_out(tmp_path: Path) -> None:
    """A commit leaves exactly what it says, and nothing besides."""
    folder = Folder(tmp_path / "new")
    assert folder.shas() == {}
    folder.commit({"a/b.md": b"one", "c.md": b"two"}, "Write")
    folder.commit({"a/b.md": b"three", "c.md": None}, "Change")
    assert (list(folder.shas()), folder.content("a/b.md")) == (["a/b.md"], b"three")


def test_gits_own_files_are_not_looked_at(tmp_path: Path) -> None:
    """What lies in `.git` is none of the repository's files."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main")
    assert Folder(tmp_path).shas() == {}
