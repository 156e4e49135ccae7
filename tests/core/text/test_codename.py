"""Code names: neutral, the same every time, and of nobody's words."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.text.codename import code_name, room_name, title


@given(st.text(max_size=60))
def test_a_code_name_is_two_plain_words(issue_id: str) -> None:
    """Whatever the node id, its code name is two capitalised words and always the same two."""
    assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", code_name(issue_id))
    assert code_name(issue_id) == code_name(issue_id)


def test_code_names_tell_incidents_apart() -> None:
    """A hundred incidents have nearly a hundred names."""
    names = {code_name(f"I_kwDO{number:04}") for number in range(100)}
    assert len(names) > 90


def test_a_title_names_the_process_and_the_code_name_alone() -> None:
    """A title, which every mail shows, is the process's name and the code name."""
    name = code_name("I_1")
    assert title("incident", name) == f"Incident {name}"
    assert title("suspension", name) == f"Suspension {name}"


@given(st.text(), st.text())
def test_no_two_issues_share_a_room(one: str, other: str) -> None:
    """A room is named as its issue is, and by more: code names repeat, and a shared room would tell all."""
    name = room_name(one)
    assert re.fullmatch(r"room-[a-z]+-[a-z]+-[a-z2-7]{4}", name)
    assert name.startswith(f"room-{code_name(one).replace(' ', '-').lower()}-")
    assert (name == room_name(other)) is (one == other)
