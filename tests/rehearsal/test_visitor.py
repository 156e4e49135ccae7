"""Eyes and hands of one person on the sandbox."""

from __future__ import annotations

import pytest

from cocflow.demo.story import REPOSITORY, SECOND
from cocflow.rehearsal.serving import Rehearsal
from cocflow.rehearsal.visitor import RefusedError


def test_each_is_shown_what_the_sandbox_lets_them_see(rehearsal: Rehearsal) -> None:
    """The reporter her room, an administrator the vault, a member nothing."""
    house = rehearsal.house
    (room,) = house.visitor("iris").repositories()
    assert (room.is_room, room.labels, room.writes) == (True, False, False)
    assert [one.name for one in house.visitor("mft").repositories()] == [REPOSITORY]
    assert [one.name for one in house.visitor("ines").repositories()] == [SECOND]
    assert house.visitor("juno").repositories() == ()


def test_what_is_refused_says_so_in_githubs_words(rehearsal: Rehearsal) -> None:
    """A member who tries gets the answer that somebody gets who asks for what isn't there."""
    with pytest.raises(RefusedError, match="404: Not Found"):
        rehearsal.house.visitor("juno").get(f"repos/{REPOSITORY}/issues")


def test_a_list_is_read_to_its_end(rehearsal: Rehearsal) -> None:
    """However many pages it has."""
    visitor = rehearsal.house.visitor("mft")
    names = [f"extra: {number}" for number in range(110)]
    for name in names:
        visitor.ask("POST", f"repos/{REPOSITORY}/labels", {"name": name, "color": "cccccc"})
    found = {one["name"] for one in visitor.listed(f"repos/{REPOSITORY}/labels")}
    assert set(names) <= found
