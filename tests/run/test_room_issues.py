"""Rooms as issues of the vault: what stands in them, and that they end with what they are for."""

from __future__ import annotations

import pytest

from cocflow.core.acts.room import rooms
from cocflow.errors import DefinitionError
from cocflow.run.room_issues import outlasting, room_body
from tests.core.play import MFT, RIYA
from tests.run.test_children import Setting


@pytest.fixture
def setting() -> Setting:
    """Return an incident with a room for Robin, which is being used for nothing yet."""
    made = Setting()
    made.tracker.says(MFT, 1, "/room robin as party Robin Example")
    made.run()
    return made


def test_the_form_holds_the_login_and_nothing_else(setting: Setting) -> None:
    """The page of a room names no case, no role and no other person."""
    case = setting.case(1)
    assert room_body(setting.desk, case, rooms(case)["room1"]) == "### For whom?\n\nrobin"


def test_a_changed_command_opens_nothing(setting: Setting) -> None:
    """Whom an edited `/room` names is let in nowhere."""
    said = next(one for one in setting.tracker.threads[1].comments() if one.body.startswith("/room"))
    setting.tracker.edits(MFT, 1, said.id, "/room mallory as party Robin Example")
    case = setting.case(1)
    with pytest.raises(DefinitionError):
        room_body(setting.desk, case, rooms(case)["room1"])


def test_a_room_ends_in_the_run_in_which_its_case_ends(setting: Setting) -> None:
    """The room of whoever hasn't come in is dropped as the report is withdrawn, and not looked at again."""
    assert outlasting(setting.case(1)) == []
    setting.tracker.says(RIYA, 1, "/withdraw")
    setting.run()
    assert setting.case(2).progress.state == "dropped"
    assert outlasting(setting.case(1)) == []
