"""Whatever a file holds, only a DefinitionError comes out of it, in one line that says where and what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cocflow.errors import DefinitionError
from cocflow.process.entries import read_yaml


def write(folder: Path, text: str) -> Path:
    """Write a file of that text, and return its path."""
    path = folder / "written.yml"
    path.write_bytes(text.encode())
    return path


def test_every_entry_knows_its_line_also_through_an_alias(tmp_path: Path) -> None:
    """The line of a value is that of its key; what an alias repeats keeps its own lines."""
    root = read_yaml(
        write(tmp_path, "# first\na: &anchor\n  b: 1\nc: *anchor\nd:\n  - x\n  - y: |\n      z\n")
    )
    assert [root.line, root.at("a").line, root.at("a", "b").line] == [2, 2, 3]
    assert [root.at("c").line, root.at("c", "b").line] == [4, 3]
    assert [item.line for item in root.at("d").items()] == [6, 7]
    assert root.plain() == {"a": {"b": 1}, "c": {"b": 1}, "d": ["x", {"y": "z\n"}]}


def test_an_entry_in_a_list_is_found_by_its_place(tmp_path: Path) -> None:
    """Keys and places lead to a value; where they lead nowhere, the last one that there is stands for it."""
    root = read_yaml(write(tmp_path, "body:\n  - id: a\n  - id: b\n    options:\n      - x\n      - y\n"))
    assert root.at("body", 1, "options", 1).content == "y"
    assert root.at("body", 1, "options", 1).line == 6
    assert root.at("body", 2, "options").line == root.at("body").line == 1
    assert root.at("body", -1) == root.at("body") == root.at("body", "id")
    assert root.at(0) == root


def test_keys_are_kept_as_typed(tmp_path: Path) -> None:
    """A key that YAML would take for a truth value or a number, such as `on`, stays the text it is."""
    assert read_yaml(write(tmp_path, "on: 1\n7: two\n")).plain() == {"on": 1, "7": "two"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1: the file is empty"),
        (b"a: 1\nb: \xff\n", "2: not UTF-8 text"),
        (b"a: 1\nb: \x01\n", "2: not valid YAML: a character that YAML doesn't allow (look at"),
        (b"a: 1\nb: c: d\n", "2: not valid YAML: mapping values are not allowed here (look at"),
        (b"a: 1\nb: *c\n", "2: not valid YAML: found undefined alias 'c' (look at"),
        (b"a: 1\n---\nb: 2\n", "2: not valid YAML: but found another document (look at"),
        (b"a: 1\nb: 2\na: 3\n", "3: key `a` is there twice (the first one is on line 1)"),
        (b"a: 1\n? [b]\n: 2\n", "2: a key must be a text"),
        (b"a: &a {b: 1}\nc:\n  <<: *a\n", "3: `<<` isn't supported (write the keys out)"),
        (b"a: 1\nb: &b [*b]\n", "2: an alias repeats what it stands in, or the file is far too long"),
        (b"a: 2019-13-45\n", "1: `2019-13-45` can't be read (write it in quotes, without a tag)"),
        (b"a: !!python/name:os.system ''\n", "1: `` can't be read (write it in quotes, without a tag)"),
        (b"a: !!bool perhaps\n", "1: `perhaps` can't be read (write it in quotes, without a tag)"),
        (b"[" * 5000 + b"]" * 5000, "1: nested too deeply to be read"),
        (
            b"a: &a [1, 1]\n"
            + b"".join(b"%c: &%c [*%c, *%c]\n" % (n, n, n - 1, n - 1) for n in range(98, 123)),
            "1: an alias repeats what it stands in, or the file is far too long",
        ),
        (b"- a\n", "1: the file must be a mapping, but is a list"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_a_file_that_is_no_yaml_mapping_is_refused_with_its_line(
    content: bytes, expected: str, tmp_path: Path
) -> None:
    """Whatever stands in a file, only a DefinitionError comes out, in one line that says where and what."""
    path = tmp_path / "written.yml"
    path.write_bytes(content)
    with pytest.raises(DefinitionError) as refusal:
        read_yaml(path).mapping()
    said = str(refusal.value).removeprefix(f"{path}:")
    assert said.startswith(expected)
    assert "\n" not in said


def test_a_file_that_is_missing_is_refused_by_name(tmp_path: Path) -> None:
    """A file that can't be opened is named, with the system's reason."""
    path = tmp_path / "absent.yml"
    with pytest.raises(DefinitionError, match=rf"^{re.escape(str(path))}: can't be read: No such file"):
        read_yaml(path)
