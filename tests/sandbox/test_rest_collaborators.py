"""Invitations: who is let in at once, who has to accept, and what an invitation is worth when."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import World

ROOM = "//repos/house/room"
INVITATIONS = f"{ROOM}/invitations"
MINE = "//user/repository_invitations"
DAY = 24 * 3600


@pytest.fixture
def room(world: World) -> World:
    """Make a private repository of an organization that admin owns and write is a member of."""
    store = world.sandbox.store
    store.add_org("house", members={"admin": "admin", "write": "member"}, base_permission="none")
    store.add_repo("house/room")
    return world


def invite(room: World, who: str, permission: str = "pull") -> Any:
    """Ask that somebody be let in, and return the answer."""
    return room.call("admin", "PUT", f"{ROOM}/collaborators/{who}", {"permission": permission})


def roles(room: World) -> dict[str, str]:
    """Return everybody's role, as the owner sees it."""
    return {one["login"]: one["role_name"] for one in room.ok("admin", "GET", f"{ROOM}/collaborators")}


def test_somebody_from_outside_is_invited(room: World) -> None:
    """Nothing is open to them until they accept; then their role is what was offered."""
    asked = invite(room, "read")
    assert asked.status_code == 201
    body = asked.json()
    assert (body["invitee"]["login"], body["inviter"]["login"]) == ("read", "admin")
    assert (body["permissions"], body["expired"]) == ("read", False)
    assert room.call("read", "GET", ROOM).status_code == 404
    assert roles(room) == {"admin": "admin"}
    assert [one["id"] for one in room.ok("admin", "GET", INVITATIONS)] == [body["id"]]
    assert [one["id"] for one in room.ok("read", "GET", MINE)] == [body["id"]]
    assert room.call("read", "PATCH", f"{MINE}/{body['id']}").status_code == 204
    assert roles(room) == {"admin": "admin", "read": "read"}
    assert room.ok("admin", "GET", INVITATIONS) == room.ok("read", "GET", MINE) == []
    assert room.call("read", "PATCH", f"{MINE}/{body['id']}").status_code == 404


def test_a_member_and_a_collaborator_need_no_invitation(room: World) -> None:
    """They have their role at once, and another at once."""
    for permission, role in (("pull", "read"), ("triage", "triage"), ("push", "write")):
        assert invite(room, "write", permission).status_code == 204
        assert roles(room)["write"] == role
    invite(room, "read")
    room.accept("read")
    assert invite(room, "read", "triage").status_code == 204
    assert roles(room)["read"] == "triage"


def test_nobody_accepts_for_another(room: World) -> None:
    """Nor declines, and a job's token has no invitations."""
    path = f"{MINE}/{invite(room, 'read').json()['id']}"
    for method in ("PATCH", "DELETE"):
        assert room.call("triage", method, path).status_code == 404
        assert room.call("job", method, path).status_code == 403
    assert room.call("read", "DELETE", path).status_code == 204
    assert room.ok("admin", "GET", INVITATIONS) == []


def test_an_invitation_can_be_changed_and_taken_back(room: World) -> None:
    """Asking again changes what is offered, and sends no second one."""
    first = invite(room, "read").json()
    again = invite(room, "READ", "triage").json()
    assert (again["id"], again["permissions"]) == (first["id"], "triage")
    path = f"{INVITATIONS}/{first['id']}"
    assert room.ok("admin", "PATCH", path, {"permissions": "write"})["permissions"] == "write"
    assert room.call("admin", "DELETE", path).status_code == 204
    assert room.call("admin", "DELETE", path).status_code == 404
    assert room.call("read", "PATCH", f"{MINE}/{first['id']}").status_code == 404


def test_an_invitation_ends_after_seven_days(room: World) -> None:
    """It is listed as expired, and asking again doesn't renew it: it has to be taken back first."""
    first = invite(room, "read").json()
    room.control("POST", "clock", {"advance": 7 * DAY - 60})
    assert room.ok("admin", "GET", INVITATIONS)[0]["expired"] is False
    room.control("POST", "clock", {"advance": 60})
    assert room.ok("admin", "GET", INVITATIONS)[0]["expired"] is True
    assert room.call("read", "PATCH", f"{MINE}/{first['id']}").status_code == 404
    assert invite(room, "read").json()["expired"] is True
    room.ok("admin", "DELETE", f"{INVITATIONS}/{first['id']}")
    assert invite(room, "read").json()["expired"] is False
    room.accept("read")
    assert roles(room)["read"] == "read"


def test_a_repository_sends_fifty_invitations_a_day(room: World) -> None:
    """Those that were taken back count; members don't; after a day there are more."""
    for number in range(51):
        room.sandbox.store.add_user(f"guest-{number}")
    for number in range(50):
        made = invite(room, f"guest-{number}").json()
        room.ok("admin", "DELETE", f"{INVITATIONS}/{made['id']}")
    assert invite(room, "guest-50").status_code == 422
    assert invite(room, "write").status_code == 204
    room.control("POST", "clock", {"advance": DAY})
    assert invite(room, "guest-50").status_code == 201


def test_who_lacks_two_factor_cannot_accept_where_it_is_demanded(room: World) -> None:
    """Once they have it, they can."""
    store = room.sandbox.store
    store.add_org("house", base_permission="none", two_factor=True)
    room.control("POST", "users", {"login": "read", "two_factor": False})
    path = f"{MINE}/{invite(room, 'read').json()['id']}"
    assert room.call("read", "PATCH", path).status_code == 403
    assert roles(room) == {"admin": "admin"}
    room.control("POST", "users", {"login": "read", "two_factor": True})
    assert room.call("read", "PATCH", path).status_code == 204


@pytest.mark.parametrize(
    ("who", "permission", "status"),
    [("nobody-at-all", "pull", 404), ("house", "pull", 404), ("read", "none", 422), ("read", "all", 422)],
)
def test_what_makes_no_sense_is_refused(room: World, who: str, permission: str, status: int) -> None:
    """An account that is none, or no person's, and a role that is none."""
    assert invite(room, who, permission).status_code == status


def test_an_owner_is_no_collaborator(room: World) -> None:
    """A person can't be let into their own repository."""
    room.sandbox.store.add_repo("read/own")
    assert room.call("read", "PUT", "//repos/read/own/collaborators/read").status_code == 422


def test_whoever_is_removed_is_out(room: World) -> None:
    """Removing takes access away and leaves an invitation; one may leave by oneself; twice is no error."""
    invite(room, "read")
    room.accept("read")
    path = f"{ROOM}/collaborators/read"
    assert [room.call("admin", "DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert room.call("read", "GET", ROOM).status_code == 404
    invite(room, "read")
    room.accept("read")
    assert room.call("read", "DELETE", path).status_code == 204
    assert room.call("read", "GET", ROOM).status_code == 404
    invite(room, "triage")
    room.ok("admin", "DELETE", f"{ROOM}/collaborators/triage")
    assert len(room.ok("admin", "GET", INVITATIONS)) == 1


def test_only_administrators_see_and_send_invitations(room: World) -> None:
    """A guest sees who else is in as little as whom else it was offered to."""
    invite(room, "read")
    room.accept("read")
    assert room.call("read", "GET", INVITATIONS).status_code == 403
    assert room.call("read", "GET", f"{ROOM}/collaborators").status_code == 403
    assert room.call("read", "PUT", f"{ROOM}/collaborators/triage", {}).status_code == 403


def test_an_account_that_is_deleted_is_invited_no_more(room: World) -> None:
    """What it was invited to is gone; what it had invited others to stands, by nobody."""
    invite(room, "read")
    room.sandbox.store.delete_user("read")
    assert room.ok("admin", "GET", INVITATIONS) == []
    invite(room, "triage")
    room.sandbox.store.add_member("house", "maintain", "admin")
    room.sandbox.store.delete_user("admin")
    assert room.ok("maintain", "GET", INVITATIONS)[0]["inviter"] is None
