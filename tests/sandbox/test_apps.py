"""Apps: how they are known, what their tokens reach, and what an organization's rooms are made of."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from github import Auth, GithubException, GithubIntegration
from githubkit_schemas.latest import models

from tests.sandbox.world import World

PERMISSIONS = {"administration": "write", "issues": "write", "contents": "read"}
SPEED: dict[str, Any] = {"retry": 0, "seconds_between_requests": None, "seconds_between_writes": None}


@dataclass
class House:
    """An organization without a base permission, its template, its vault, and an App for its rooms."""

    world: World
    app: dict[str, Any]

    @property
    def integration(self) -> GithubIntegration:
        """PyGithub as the App."""
        auth = Auth.AppAuth(self.app["id"], self.app["pem"])
        return GithubIntegration(auth=auth, base_url=self.world.sandbox.url, **SPEED)

    def signed(self, key: Any = None, **claims: Any) -> str:
        """Return a JWT of the App, with other claims and another key where they are given."""
        now = int(time.time())
        content = {"iat": now - 60, "exp": now + 540, "iss": str(self.app["id"])} | claims
        return jwt.encode(content, key or self.app["pem"], "RS256")

    def ask(self, signed: str, method: str, path: str, body: Any = None) -> Any:
        """Ask with a JWT."""
        self.world.tokens["jwt"] = signed
        return self.world.call("jwt", method, f"/{path}", body)

    def token(self, **narrower: Any) -> str:
        """Let the App have a token of its installation from now on, and return it."""
        path = f"/app/installations/{self.app['installation_id']}/access_tokens"
        made = self.ask(self.signed(), "POST", path, narrower)
        assert made.status_code == 201, made.text
        self.world.tokens["app"] = made.json()["token"]
        return str(made.json()["token"])

    def room(self, name: str = "room-a") -> str:
        """Have a room generated, and return its path."""
        body = {"owner": "house", "name": name, "private": True, "description": "A room"}
        self.world.ok("app", "POST", "//repos/house/template/generate", body)
        return f"//repos/house/{name}"

    def inside(self, who: str, name: str = "room-a", permission: str = "pull") -> None:
        """Let somebody into a room, all the way."""
        body = {"permission": permission}
        self.world.ok("app", "PUT", f"//repos/house/{name}/collaborators/{who}", body)
        self.world.accept(who)


@pytest.fixture
def house(world: World) -> House:
    """Found the organization, owned by admin, with a member who has no part in anything."""
    store = world.sandbox.store
    store.add_org("house", members={"admin": "admin", "write": "member"}, base_permission="none")
    for name in ("vault", "template"):
        store.add_repo(f"house/{name}")
    store.put_file("house/template", ".github/ISSUE_TEMPLATE/report.yml", "name: Report")
    world.ok("admin", "PATCH", "//repos/house/template", {"is_template": True})
    body = {"name": "House Rooms", "organization": "house", "permissions": PERMISSIONS}
    app = world.control("POST", "apps", body | {"repositories": ["house/template"]})
    made = House(world, app)
    made.token()
    return made


def test_an_app_is_known_by_its_key(house: House) -> None:
    """PyGithub signs in as it, and finds where it is installed."""
    shown = house.integration.get_app()
    assert (shown.slug, shown.permissions["issues"]) == ("house-rooms", "write")
    assert shown.raw_data["owner"]["login"] == "house"
    found = house.integration.get_org_installation("house")
    assert found.id == house.app["installation_id"]
    assert [one.id for one in house.integration.get_installations()] == [found.id]
    assert found.raw_data["repository_selection"] == "selected"
    by_template = house.ask(house.signed(), "GET", "/repos/house/template/installation")
    assert by_template.json()["id"] == found.id
    assert house.ask(house.signed(), "GET", "/repos/house/vault/installation").status_code == 404


def test_its_client_id_names_it_too(house: House) -> None:
    """GitHub recommends it as the issuer."""
    assert house.ask(house.signed(iss=house.app["client_id"]), "GET", "/app").json()["id"] == house.app["id"]


@pytest.mark.parametrize(
    ("claims", "status", "said"),
    [
        ({"exp": int(time.time()) + 7200}, 401, "too far in the future"),
        ({"exp": int(time.time()) - 1}, 401, "must be a numeric value"),
        ({"iat": int(time.time()) + 7200}, 401, "'Issued at'"),
        ({"iss": "1"}, 404, "Integration not found"),
    ],
    ids=["ends too late", "ended", "not yet", "of nobody"],
)
def test_a_jwt_lives_ten_minutes_at_most(
    house: House, claims: dict[str, Any], status: int, said: str
) -> None:
    """What was issued later, ends later, has ended or names no App is refused, in GitHub's words."""
    refused = house.ask(house.signed(**claims), "GET", "/app")
    assert refused.status_code == status
    assert said in refused.json()["message"]


def test_a_jwt_of_another_key_is_nobodys(house: House) -> None:
    """So is what is no JWT, and one whose key was revoked, until there is a new key."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    symmetric = jwt.encode({"iss": str(house.app["id"])}, "k" * 32, "HS256")
    for signed in (house.signed(other), symmetric, "nothing", house.world.tokens["admin"]):
        assert house.ask(signed, "GET", "/app").status_code == 401
    assert house.ask(house.signed(), "GET", "/app").status_code == 200
    house.world.control("DELETE", f"apps/{house.app['id']}/key")
    assert house.ask(house.signed(), "GET", "/app").status_code == 401
    house.app |= house.world.control("POST", f"apps/{house.app['id']}/key")
    assert house.ask(house.signed(), "GET", "/app").status_code == 200


def test_a_jwt_opens_nothing_else(house: House) -> None:
    """It asks for tokens, and reads no repository."""
    assert house.ask(house.signed(), "GET", "/repos/house/template").status_code == 401


def test_an_installations_token_is_long_and_lives_an_hour(house: House) -> None:
    """It says when it ends; then it is a bad credential."""
    token = house.token()
    assert token.startswith(f"ghs_{house.app['id']}_")
    assert 500 < len(token) < 560
    asked = house.integration.get_access_token(house.app["installation_id"])
    assert asked.expires_at.timestamp() - house.world.sandbox.store.clock.now() == pytest.approx(3600, abs=2)
    assert house.world.call("app", "GET", "//installation/repositories").status_code == 200
    house.world.control("POST", "clock", {"advance": 3600})
    assert house.world.call("app", "GET", "//installation/repositories").status_code == 401


def test_a_token_can_be_taken_back(house: House) -> None:
    """By itself."""
    assert house.world.call("app", "DELETE", "//installation/token").status_code == 204
    assert house.world.call("app", "GET", "//installation/repositories").status_code == 401


def test_a_token_is_narrowed_to_repositories_and_permissions(house: House) -> None:
    """It sees those alone, and may do no more than it asked for."""
    house.room("room-a")
    room = house.room("room-b")
    made = house.ask(
        house.signed(),
        "POST",
        f"/app/installations/{house.app['installation_id']}/access_tokens",
        {"repositories": ["room-b"], "permissions": {"issues": "write"}},
    ).json()
    assert [one["name"] for one in made["repositories"]] == ["room-b"]
    assert made["permissions"] == {"issues": "write", "metadata": "read"}
    house.world.tokens["narrow"] = made["token"]
    house.world.ok("narrow", "POST", f"{room}/issues", {"title": "Hello"})
    assert house.world.call("narrow", "GET", "//repos/house/room-a").status_code == 404
    refused = house.world.call("narrow", "PUT", f"{room}/collaborators/read", {"permission": "pull"})
    assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")
    by_id = house.token(repository_ids=[made["repositories"][0]["id"]])
    assert by_id
    assert house.world.call("app", "GET", "//repos/house/room-a").status_code == 404


@pytest.mark.parametrize(
    "wanted",
    [
        {"repositories": ["vault"]},
        {"repository_ids": [1]},
        {"permissions": {"secrets": "read"}},
        {"permissions": {"contents": "write"}},
    ],
    ids=["another repository", "no repository", "another permission", "a higher one"],
)
def test_a_token_gets_no_more_than_was_granted(house: House, wanted: dict[str, Any]) -> None:
    """Whatever the installation doesn't have is refused with 422."""
    path = f"/app/installations/{house.app['installation_id']}/access_tokens"
    assert house.ask(house.signed(), "POST", path, wanted).status_code == 422


def test_it_reaches_its_repositories_only(house: House) -> None:
    """The vault doesn't exist for it; what it creates joins the installation."""
    assert house.world.call("app", "GET", "//repos/house/vault").status_code == 404
    assert house.world.call("app", "GET", "//repos/house/vault/issues").status_code == 404
    house.room()
    house.world.ok("app", "POST", "//orgs/house/repos", {"name": "room-b", "private": True})
    listed = house.world.ok("app", "GET", "//installation/repositories")
    assert [one["name"] for one in listed["repositories"]] == ["template", "room-a", "room-b"]
    assert listed["total_count"] == 3
    assert house.world.call("app", "GET", "//user").status_code == 403


def test_a_suspended_installation_is_told_so(house: House) -> None:
    """Its tokens open nothing, and it gets no new ones, until it may go on."""
    number = house.app["installation_id"]
    house.world.control("POST", f"installations/{number}/suspended", {"suspended": True})
    shown = house.ask(house.signed(), "GET", f"/app/installations/{number}").json()
    assert shown["suspended_at"] is not None
    for answer in (
        house.ask(house.signed(), "POST", f"/app/installations/{number}/access_tokens"),
        house.world.call("app", "GET", "//repos/house/template"),
    ):
        assert answer.status_code == 403
        assert answer.json()["message"] == "This installation has been suspended"
    house.world.control("POST", f"installations/{number}/suspended", {"suspended": False})
    house.world.ok("app", "GET", "//repos/house/template")


def test_an_uninstalled_app_is_out(house: House) -> None:
    """Its tokens end, and there is no installation to ask for another."""
    number = house.app["installation_id"]
    house.world.control("DELETE", f"installations/{number}")
    assert house.world.call("app", "GET", "//repos/house/template").status_code == 401
    assert house.ask(house.signed(), "GET", "/orgs/house/installation").status_code == 404
    again = house.world.control("POST", "installations", {"app": house.app["id"], "repositories": []})
    assert again["installation_id"] != number


def test_a_manifest_becomes_an_app_once(house: House) -> None:
    """Its code is good for an hour, needs no token, and gives the key."""
    manifest = {"name": "Other Rooms", "default_permissions": PERMISSIONS, "public": False}
    offer = {"organization": "house", "manifest": manifest}
    code = house.world.control("POST", "manifests", offer)["code"]
    made = house.world.call(None, "POST", f"//app-manifests/{code}/conversions")
    assert made.status_code == 201
    app = House(house.world, made.json())
    assert app.ask(app.signed(), "GET", "/app").json()["slug"] == "other-rooms"
    assert app.ask(app.signed(), "GET", "/app/installations").json() == []
    assert house.world.call(None, "POST", f"//app-manifests/{code}/conversions").status_code == 404
    late = house.world.control("POST", "manifests", offer)["code"]
    house.world.control("POST", "clock", {"advance": 3601})
    assert house.world.call(None, "POST", f"//app-manifests/{late}/conversions").status_code == 404


def test_what_an_app_is_told_validates(house: House) -> None:
    """Each answer has every field that GitHub's description requires, of its type."""
    number = house.app["installation_id"]
    body = {"repositories": ["template"], "permissions": {"issues": "write"}}
    token = house.ask(house.signed(), "POST", f"/app/installations/{number}/access_tokens", body).json()
    models.InstallationToken.model_validate(token)
    models.Integration.model_validate(house.ask(house.signed(), "GET", "/app").json())
    shown = house.ask(house.signed(), "GET", f"/app/installations/{number}").json()
    models.Installation.model_validate(shown)
    listed = house.world.ok("app", "GET", "//installation/repositories")
    models.InstallationRepositoriesGetResponse200.model_validate(listed)
    manifest = {"name": "Other Rooms", "default_permissions": PERMISSIONS}
    offer = {"organization": "house", "manifest": manifest}
    code = house.world.control("POST", "manifests", offer)["code"]
    made = house.world.call(None, "POST", f"//app-manifests/{code}/conversions").json()
    models.AppManifestsCodeConversionsPostResponse201.model_validate(made)


def test_the_page_for_a_manifest_sends_the_browser_back(house: House) -> None:
    """With a code that makes the App, and with the state that it came with."""
    url = f"{house.world.sandbox.url}/organizations/house/settings/apps/new?state=s3"
    manifest = {"name": "Other Rooms", "redirect_url": "http://127.0.0.1:1/registered"}
    form = {"manifest": json.dumps(manifest)}
    back = house.world.session.post(url, data=form, allow_redirects=False, timeout=10)
    place = urlsplit(back.headers["Location"])
    assert (back.status_code, place.path) == (302, "/registered")
    query = parse_qs(place.query)
    assert query["state"] == ["s3"]
    made = house.world.call(None, "POST", f"//app-manifests/{query['code'][0]}/conversions")
    assert made.json()["slug"] == "other-rooms"
    assert house.world.session.post(url, data={}, timeout=10).status_code == 422


# what an App does


def test_a_template_gives_its_files_only(house: House) -> None:
    """No labels of its own, no settings, secrets, issues and collaborators."""
    store = house.world.sandbox.store
    template = "//repos/house/template"
    house.world.ok("admin", "POST", f"{template}/labels", {"name": "ours", "color": "ededed"})
    house.world.ok("admin", "POST", f"{template}/issues", {"title": "Of the template"})
    house.world.ok("admin", "PATCH", template, {"has_wiki": False})
    store.add_secret("house/template", "KEY")
    store.set_permission("house/template", "triage", "triage")
    room = house.room()
    shown = house.world.ok("admin", "GET", room)
    assert (shown["private"], shown["description"], shown["is_template"]) == (True, "A room", False)
    assert shown["template_repository"]["full_name"] == "house/template"
    assert shown["has_wiki"] is True
    form = house.world.ok("app", "GET", f"{room}/contents/.github/ISSUE_TEMPLATE/report.yml")
    assert form["name"] == "report.yml"
    labels = house.world.ok("app", "GET", f"{room}/labels")
    assert "ours" not in [one["name"] for one in labels]
    assert house.world.ok("admin", "GET", f"{room}/actions/secrets")["total_count"] == 0
    assert house.world.ok("app", "GET", f"{room}/issues?state=all") == []
    people = house.world.ok("app", "GET", f"{room}/collaborators")
    assert [one["login"] for one in people] == ["admin"]


def test_generating_has_its_conditions(house: House) -> None:
    """A name that is free, a template that is one, an owner that one may create in, and the permission."""
    path, body = "//repos/house/template/generate", {"owner": "house", "name": "room-a", "private": True}
    house.world.ok("app", "POST", path, body)
    taken = house.world.call("app", "POST", path, body | {"name": "ROOM-A"})
    assert taken.status_code == 422
    assert taken.json()["message"] == "Could not clone: Name already exists on this account"
    assert house.world.call("app", "POST", "//repos/house/room-a/generate", body).status_code == 404
    assert house.world.call("app", "POST", path, body | {"name": "b", "owner": "acme"}).status_code == 403
    house.token(permissions={"contents": "read"})
    assert house.world.call("app", "POST", path, body | {"name": "b"}).status_code == 403
    house.token(permissions={"administration": "write"})
    unread = house.world.call("app", "POST", path, body | {"name": "b"})
    assert (unread.status_code, unread.json()["message"]) == (
        422,
        "Could not clone: template repository not found.",
    )
    assert house.world.call("read", "POST", path, body | {"name": "b"}).status_code == 404
    house.world.ok("admin", "POST", path, body | {"name": "b"})


def test_pygithub_makes_a_room(house: House) -> None:
    """The unmodified client generates, invites, lists, comments and deletes as the App."""
    github = house.integration.get_github_for_installation(house.app["installation_id"])
    template = github.get_repo("house/template")
    body = {"owner": "house", "name": "room-a", "private": True}
    _, made = template.requester.requestJsonAndCheck("POST", f"{template.url}/generate", input=body)
    room = github.get_repo(made["full_name"])
    invitation = room.add_to_collaborators("read", "pull")
    assert invitation is not None
    assert [one.invitee.login for one in room.get_pending_invitations()] == ["read"]
    room.remove_invitation(invitation.id)
    issue = room.create_issue("Hello")
    assert issue.create_comment("text").user.login == "house-rooms[bot]"
    room.delete()
    with pytest.raises(GithubException):
        github.get_repo("house/room-a")
    github.close()


def test_the_app_speaks_as_its_bot(house: House) -> None:
    """GraphQL knows its own words from others', and its events start runs, as an App's do."""
    room = house.room()
    number = house.world.ok("app", "POST", f"{room}/issues", {"title": "Hello"})["number"]
    house.world.ok("admin", "POST", f"{room}/issues/{number}/comments", {"body": "theirs"})
    query = """{viewer {login} repository(owner: "house", name: "room-a") {issue(number: 1) {
      viewerDidAuthor author {__typename login} comments(first: 9) {nodes {viewerDidAuthor}}}}}"""
    data = house.world.graphql("app", query)["data"]
    issue = data["repository"]["issue"]
    assert data["viewer"]["login"] == "house-rooms[bot]"
    assert issue["author"] == {"__typename": "Bot", "login": "house-rooms"}
    assert (issue["viewerDidAuthor"], issue["comments"]["nodes"]) == (True, [{"viewerDidAuthor": False}])
    assert house.world.events() == [("issues", "opened", True), ("issue_comment", "created", True)]


def test_where_actions_are_off_nothing_starts(house: House) -> None:
    """Neither for people nor for the App; switched on again, it does."""
    room = house.room()
    house.world.ok("app", "PUT", f"{room}/actions/permissions", {"enabled": False})
    assert house.world.ok("app", "GET", f"{room}/actions/permissions")["enabled"] is False
    house.world.ok("app", "POST", f"{room}/issues", {"title": "One"})
    house.world.ok("admin", "POST", f"{room}/issues", {"title": "Two"})
    house.world.ok("app", "PUT", f"{room}/actions/permissions", {"enabled": True})
    house.world.ok("admin", "POST", f"{room}/issues", {"title": "Three"})
    assert [starts for _, _, starts in house.world.events()] == [False, False, True]


def test_a_deleted_repository_is_gone(house: House) -> None:
    """With all that was in it; its name can be used again, and nothing old is in what has it then."""
    room = house.room()
    house.inside("read")
    number = house.world.ok("read", "POST", f"{room}/issues", {"title": "Hello"})["number"]
    house.world.ok("app", "POST", f"{room}/issues/{number}/comments", {"body": "hello"})
    assert house.world.call("read", "DELETE", room).status_code == 403
    assert house.world.call("app", "DELETE", room).status_code == 204
    for who in ("read", "app", "admin"):
        for path in ("", f"/issues/{number}", f"/issues/{number}/comments"):
            assert house.world.call(who, "GET", room + path).status_code == 404
    house.room()
    assert house.world.ok("app", "GET", f"{room}/issues?state=all") == []
    assert house.world.call("read", "GET", room).status_code == 404


def test_a_person_deletes_with_the_scope_for_it(house: House) -> None:
    """An owner's token without `delete_repo` is refused."""
    room = house.room()
    assert house.world.call("admin", "DELETE", room).status_code == 403
    made = house.world.control("POST", "tokens", {"login": "admin", "scopes": ["repo", "delete_repo"]})
    house.world.tokens["owner"] = made["token"]
    assert house.world.call("owner", "DELETE", room).status_code == 204


LISTING = """query($first: Int!, $after: String) {
  organization(login: "house") {
    repositories(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      nodes {
        id name description isArchived isTemplate isPrivate
        issues(first: 10, orderBy: {field: UPDATED_AT, direction: DESC}) {
          nodes { number title comments(first: 1) { nodes { body viewerDidAuthor } } }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
  rateLimit { cost }
}"""


def test_one_query_lists_the_rooms_with_their_issues(house: House) -> None:
    """A hundred rooms with ten issues and their first comments are eleven points."""
    room = house.room("room-a")
    house.room("room-b")
    house.world.ok("app", "POST", f"{room}/issues", {"title": "Hello"})
    house.world.ok("app", "POST", f"{room}/issues/1/comments", {"body": "claim"})
    data = house.world.graphql("app", LISTING, first=100)["data"]
    found = data["organization"]["repositories"]["nodes"]
    assert [one["name"] for one in found] == ["template", "room-a", "room-b"]
    assert [one["isTemplate"] for one in found] == [True, False, False]
    comments = found[1]["issues"]["nodes"][0]["comments"]["nodes"]
    assert comments == [{"body": "claim", "viewerDidAuthor": True}]
    assert data["rateLimit"]["cost"] == 11


def test_the_listing_has_pages_that_a_deletion_does_not_disturb(house: House) -> None:
    """What comes after a cursor comes after it still."""
    for name in ("a", "b", "c"):
        house.room(f"room-{name}")
    first = house.world.graphql("app", LISTING, first=2)["data"]["organization"]["repositories"]
    assert [one["name"] for one in first["nodes"]] == ["template", "room-a"]
    assert first["pageInfo"]["hasNextPage"] is True
    house.world.ok("app", "DELETE", "//repos/house/room-a")
    after = first["pageInfo"]["endCursor"]
    second = house.world.graphql("app", LISTING, first=2, after=after)["data"]["organization"]["repositories"]
    assert [one["name"] for one in second["nodes"]] == ["room-b", "room-c"]
    assert second["pageInfo"]["hasNextPage"] is False


def test_everybody_lists_what_they_may_read(house: House) -> None:
    """A guest one room, a member nothing, an owner all, the vault's job the vault."""
    house.room("room-a")
    house.room("room-b")
    house.inside("read", "room-b")
    house.world.tokens["vault"] = house.world.sandbox.store.job_token("house/vault")
    seen = {}
    for who in ("read", "write", "admin", "vault"):
        found = house.world.graphql(who, LISTING, first=9)["data"]["organization"]["repositories"]
        seen[who] = [one["name"] for one in found["nodes"]]
    every = ["vault", "template", "room-a", "room-b"]
    assert seen == {"read": ["room-b"], "write": [], "admin": every, "vault": ["vault"]}


def test_a_guest_with_read_talks_and_can_do_no_more(house: House) -> None:
    """They file, comment, close and take up again; what the App has closed they can't reopen."""
    room = house.room()
    house.inside("read")
    house.inside("triage")
    mine = house.world.ok("read", "POST", f"{room}/issues", {"title": "Mine", "labels": ["bug"]})
    assert mine["labels"] == []
    path = f"{room}/issues/{mine['number']}"
    house.world.ok("read", "POST", f"{path}/comments", {"body": "more"})
    assert house.world.call("read", "POST", f"{path}/labels", ["bug"]).status_code == 403
    assert house.world.call("triage", "PATCH", path, {"state": "closed"}).status_code == 403
    for state in ("closed", "open"):
        house.world.ok("read", "PATCH", path, {"state": state})
    house.world.ok("app", "PATCH", path, {"state": "closed"})
    assert house.world.call("read", "PATCH", path, {"state": "open"}).status_code == 403
    house.world.ok("read", "POST", f"{path}/comments", {"body": "still here"})
