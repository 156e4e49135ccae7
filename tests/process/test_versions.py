"""Versions: what of a change needs a new one, and what a file was when it was committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cocflow.core.process import Process
from cocflow.process.loading import load_process
from cocflow.process.versions import committed, load_committed, needs_new_version, unversioned
from cocflow.setup import shipped

TEXT = (shipped.workflows() / "incident.yml").read_text()
ROOM = (shipped.workflows() / "room.yml").read_text()


def changed(folder: Path, *changes: tuple[str, str], text: str = TEXT, name: str = "incident") -> Process:
    """Return a shipped process, changed so."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / f"{name}.yml"
    path.write_text(text)
    return load_process(path, shipped.templates())


@pytest.fixture
def before(tmp_path: Path) -> Process:
    """The process as it was."""
    return changed(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        ("means: There is an estimate.", "means: They know by when."),
        ("color: 1d76db", "color: 000000"),
        ("notices: [reporter/estimate]", "notices: [reporter/estimate, administrators/closed]"),
        ("    reply: told\n", ""),
        (
            "asks: [reporter/post_question, party/post_question,",
            "asks: [reporter/estimate, party/resolution,",
        ),
        ("    by: [reporter, administrator]\n", "    by: [administrator, reporter]\n"),
        (
            "    from: [unresolved]\n    by: [administrator]",
            "    from: [waiting, in_work]\n    by: [administrator]",
        ),
        ("    default: P3D", "    default: P4D"),
    ],
    ids=lambda change: str(change[1])[:30],
)
def test_wording_colours_and_notices_need_none(
    change: tuple[str, str], before: Process, tmp_path: Path
) -> None:
    """What decides nothing may be changed at any time, and so may how it is written."""
    assert needs_new_version(before, changed(tmp_path, change)) == ()


def test_what_is_added_needs_none(before: Process, tmp_path: Path) -> None:
    """A new state, move or role does nothing to a case that is open."""
    added = changed(
        tmp_path,
        (
            "  triaged:\n    color",
            "  mediated:\n    color: 000000\n    means: They talk.\n  triaged:\n    color",
        ),
        ("[acknowledged, triaged]", "[acknowledged, triaged, mediated]"),
        (
            "  resolve:\n",
            "  mediate:\n    means: Let them talk\n    from: [triaged]\n    to: mediated\n"
            "    by: [administrator]\n    label: true\n  resolve:\n",
        ),
    )
    assert needs_new_version(before, added) == ()
    assert needs_new_version(added, before) != ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("  triage:\n", "  understood:\n")], "the move `triage` is gone"),
        ([("  untold:\n", "  unsaid:\n")], "the timer `untold` is gone"),
        ([("triaged", "examined")], "the state `triaged` is gone"),
        (
            [("waiting,", "early,"), ("waiting:", "early:"), ("[waiting]", "[early]")],
            "the set `waiting` is gone",
        ),
        ([("[resolved, appealed, closed]", "[resolved, appealed]")], "the set `decided` lacks `closed`"),
        (
            [
                (
                    "    to: reported\n    by: [administrator, r",
                    "    to: incomplete\n    by: [administrator, r",
                )
            ],
            "the move `return` has another `to`",
        ),
        (
            [("      approved_by: another\n", "      approved_by: 2\n")],
            "the move `post` has another `drafted`",
        ),
        (
            [("    after: post.silence\n", "    after: told.remind_every\n")],
            "the timer `post_asked` has another `after`",
        ),
        ([("    is: [promise]\n", "")], "the timer `estimate_missing` has another `is`"),
        (
            [("    open_while: [notices_owed, suspension_undecided, appeal_waiting]\n", "")],
            "the state `closed` has another `open_while`",
        ),
        (
            [("{field: where, option: 1, of: 2}", "{field: where, option: 2, of: 2}")],
            "the choice `in_public` stands elsewhere in the form",
        ),
        ([("post.silence", "post.wait")], "the figure `post.silence` is gone"),
        (
            [("    by: [administrator, reporter]\n    label", "    by: [reporter]\n    label")],
            "the move `return` lacks `administrator` in `by`",
        ),
        ([('day": 1 day\n', 'day": 2 days\n')], "the move `estimate` has another `quick_labels`"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_means_something_else_needs_one(
    changes: list[tuple[str, str]], said: str, before: Process, tmp_path: Path
) -> None:
    """What was taken away, renamed or given another meaning is named."""
    after = changed(tmp_path, *changes)
    assert said in needs_new_version(before, after)
    assert said in unversioned(before, after)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("    color: 1d76db", "    color: 000000"), ""),
        (("    default: P7D", "    default: P5D"), ""),
        (("  renew:\n", "  invite_again:\n"), "the move `renew` is gone"),
        (
            ("    is: [guest_inside]\n    final: true", "    final: true"),
            "the state `closed` has another `is`",
        ),
        (("outside: [asked, invited,", "outside: [invited,"), "the set `outside` lacks `asked`"),
        (("    to: closed\n    by: [cocflow]", "    to: dropped\n    by: [cocflow]"), "the move `end` has"),
        (("    after: room.invitation_lasts\n", "    after: told.remind_every\n"), "has another `after`"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_room_s_process_is_compared_alike(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    """What a room's page does by its rules needs a new version where it changes, and its words need none."""
    before = changed(tmp_path, text=ROOM, name="room")
    needed = needs_new_version(before, changed(tmp_path, change, text=ROOM, name="room"))
    assert any(said in one for one in needed) if said else needed == ()


def test_another_version_tells_it(before: Process, tmp_path: Path) -> None:
    """Once the version differs, nothing more is asked."""
    after = changed(tmp_path, ("  triage:\n", "  understood:\n"), ('version: "1.1"', 'version: "1.2"'))
    assert needs_new_version(before, after) != ()
    assert unversioned(before, after) == ()


def git(folder: Path, *words: str) -> None:
    """Run git in a folder, by nobody in particular."""
    who = ("-c", "user.name=Kim", "-c", "user.email=kim@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_a_file_is_compared_with_what_was_committed(before: Process, tmp_path: Path) -> None:
    """In a git work tree, the text at HEAD is found, whatever stands in the folder now."""
    path = tmp_path / "incident.yml"
    git(tmp_path, "init", "--quiet")
    assert committed(path) is None
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "As it was")
    changed(tmp_path, ("  triage:\n", "  understood:\n"))
    assert committed(path) == TEXT
    assert load_committed(path, [shipped.templates()]) == before


def test_outside_of_git_there_is_nothing_to_compare(before: Process, tmp_path: Path) -> None:
    """Without a repository, nothing was committed."""
    assert committed(tmp_path / "incident.yml") is None
    assert load_committed(tmp_path / "incident.yml", [shipped.templates()]) is None


def test_a_file_in_the_former_language_is_not_compared(tmp_path: Path) -> None:
    """What this version can't read is nothing that it could be compared with."""
    path = tmp_path / "incident.yml"
    path.write_text(TEXT.replace("    shows: undelivered\n", ""))
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "As it was")
    path.write_text(TEXT)
    assert load_committed(path, [shipped.templates()]) is None
