"""Organizations: what they demand, who owns them, and what a member has."""

from __future__ import annotations

import pytest

from tests.sandbox.world import World


@pytest.fixture
def house(world: World) -> World:
    """Found an organization that demands 2FA, owned by admin, with write as a member."""
    store = world.sandbox.store
    store.add_org(
        "house", members={"admin": "admin", "write": "member"}, base_permission="none", two_factor=True
    )
    store.add_repo("house/vault")
    world.tokens["owner"] = store.add_token("admin", ("admin:org", "repo"))
    return world


def test_an_owner_sees_what_members_may_do(house: World) -> None:
    """With the scope for it; everybody else sees the organization without that."""
    shown = house.ok("owner", "GET", "//orgs/house")
    assert shown["default_repository_permission"] == "none"
    assert shown["members_can_fork_private_repositories"] is False
    assert shown["two_factor_requirement_enabled"] is True
    for who in ("admin", "write", "outsider", "job"):
        less = house.ok(who, "GET", "//orgs/house")
        assert less["login"] == "house"
        assert "default_repository_permission" not in less
    assert house.call("owner", "GET", "//orgs/owner").status_code == 404


def test_settings_can_be_set_anew(house: World) -> None:
    """By the control route, too, and members stay."""
    body = {"login": "house", "kind": "Organization", "base_permission": "read", "forks_private": True}
    house.control("POST", "users", body)
    shown = house.ok("owner", "GET", "//orgs/house")
    assert shown["default_repository_permission"] == "read"
    assert shown["members_can_fork_private_repositories"] is True
    assert shown["two_factor_requirement_enabled"] is False


def test_owners_are_listed_apart(house: World) -> None:
    """To whoever is inside; from outside only those who show it."""
    for role, logins in (("admin", ["admin"]), ("member", ["write"]), ("all", ["write", "admin"])):
        shown = house.ok("write", "GET", f"//orgs/house/members?role={role}")
        assert sorted(one["login"] for one in shown) == sorted(logins)
    assert house.ok("outsider", "GET", "//orgs/house/members?role=admin") == []


@pytest.mark.parametrize(("base", "status"), [("none", 404), ("read", 200), ("write", 200)])
def test_the_base_permission_is_what_a_member_has(house: World, base: str, status: int) -> None:
    """On every repository of the organization; an owner has all, somebody from outside nothing."""
    house.sandbox.store.add_org("house", base_permission=base)
    vault = "//repos/house/vault"
    assert house.call("write", "GET", vault).status_code == status
    assert house.call("outsider", "GET", vault).status_code == 404
    assert house.ok("admin", "GET", vault)["permissions"]["admin"] is True
    people = {one["login"]: one["role_name"] for one in house.ok("admin", "GET", f"{vault}/collaborators")}
    assert people == {"admin": "admin"} | ({} if base == "none" else {"write": base})


def test_owners_see_which_apps_are_installed(house: World) -> None:
    """Nobody else does."""
    body = {"name": "Rooms", "organization": "house", "permissions": {"issues": "write"}, "repositories": []}
    made = house.control("POST", "apps", body)
    shown = house.ok("admin", "GET", "//orgs/house/installations")
    assert [one["id"] for one in shown["installations"]] == [made["installation_id"]]
    assert shown["installations"][0]["app_slug"] == "rooms"
    for who in ("write", "outsider", "job"):
        assert house.call(who, "GET", "//orgs/house/installations").status_code == 403


def test_an_app_with_that_permission_sees_members(house: World) -> None:
    """Without it, those who show it only."""
    store = house.sandbox.store
    for name, permissions, seen in (("One", {"members": "read"}, 2), ("Two", {"issues": "write"}, 0)):
        made = store.apps.register(name, "house", permissions)
        number = store.apps.install(made.id, ["house/vault"])
        house.tokens[name] = store.apps.token(number)
        assert len(house.ok(name, "GET", "//orgs/house/members")) == seen


def test_new_repositories_follow_the_organizations_actions(house: World) -> None:
    """On by default; where repositories are selected, off in a new one until an owner selects it."""
    policy, vault = "//orgs/house/actions/permissions", "//repos/house/vault/actions/permissions"
    assert house.ok("owner", "GET", policy)["enabled_repositories"] == "all"
    assert house.ok("admin", "GET", vault)["enabled"] is True
    selected: dict[str, list[int]] = {"selected_repository_ids": []}
    assert house.call("owner", "PUT", f"{policy}/repositories", selected).status_code == 409
    for who in ("admin", "write", "job"):
        assert house.call(who, "PUT", policy, {"enabled_repositories": "none"}).status_code == 403
    for wanted in ("none", "selected"):
        house.ok("owner", "PUT", policy, {"enabled_repositories": wanted})
        house.sandbox.store.add_repo(f"house/{wanted}")
        new = f"//repos/house/{wanted}/actions/permissions"
        assert house.ok("admin", "GET", new)["enabled"] is False
        assert house.call("admin", "PUT", new, {"enabled": True}).status_code == 409
    ids = {one["name"]: one["id"] for one in house.ok("owner", "GET", "//orgs/house/repos")}
    house.ok("owner", "PUT", f"{policy}/repositories", {"selected_repository_ids": [ids["vault"]]})
    house.ok("owner", "PUT", f"{policy}/repositories/{ids['none']}")
    names = [
        name
        for name in ids
        if house.ok("admin", "GET", f"//repos/house/{name}/actions/permissions")["enabled"]
    ]
    assert sorted(names) == ["none", "vault"]
