"""Whether GitHub does as cocflow takes for granted, as far as reading a repository shows it.

Owns the read-only rows of docs/contract.md. Asks for no title, no body and no login but a bot's, and writes
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any, Literal, TypeAlias

import github
import msgspec

from cocflow.adapters.client import API, NEW_IDS
from cocflow.adapters.connecting import connected
from cocflow.adapters.refusals import failed

Seen: TypeAlias = Literal["holds", "differs", "unseen"]

NOWHERE = 999_999_999
SWITCHES = ("visibility", "has_issues", "has_wiki", "has_projects", "archived", "default_branch")
_REPOSITORY = """query($owner: String!, $name: String!) {{
  repository(owner: $owner, name: $name) {{ {inside} }} }}"""
_ACTOR = "__typename ... on Bot { login }"
_ISSUES = f"""visibility
  issues(first: 30, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{ nodes {{
  id fullDatabaseId createdAt
  comments(first: 20) {{ nodes {{
    id fullDatabaseId createdAt lastEditedAt author {{ {_ACTOR} }} editor {{ {_ACTOR} }} }} }} }} }}"""


class Probed(msgspec.Struct, frozen=True):
    """A row of the contract, what it says, and whether it is so; `unseen` where nothing here shows it."""

    row: str
    says: str
    seen: Seen


class GitHubProbing:
    """A repository, looked at with a person's token."""

    def __init__(self, repository: str, token: str, base_url: str = API) -> None:
        self._github = connected(github.Auth.Token(token), base_url)
        self._requester = self._github.requester
        self._repository = repository

    def close(self) -> None:
        """Hang up."""
        self._github.close()

    def probe(self) -> tuple[Probed, ...]:
        """Return what each row that reading shows is like; AdapterError where GitHub can't be asked."""
        return tuple(self._rows())

    def _rows(self) -> Iterator[Probed]:
        yield from self._headers()
        yield from self._premises()
        yield from self._queries()
        yield from _of_issues(self._nodes(_ISSUES))

    # --- over REST -----------------------------------------------------------------------------------

    def _headers(self) -> Iterator[Probed]:
        _, headers, body = self._get("", must=True)
        left, reset = (headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "reset"))
        date = headers.get("date", "")
        yield Probed("LIMIT-07", "Every answer has a date.", _is(_is_date(date)))
        yield Probed("LIMIT-03", "It tells what is left of a limit.", _is(f"{left}{reset}".isdecimal()))
        version = headers.get("x-github-api-version-selected") == "2022-11-28"
        yield Probed("REST-01", "The version 2022-11-28 is answered.", _is(version))
        yield Probed("INIT-01", "A repository tells its switches.", _is(all(one in body for one in SWITCHES)))

    def _premises(self) -> Iterator[Probed]:
        status, _, people = self._get("/collaborators?per_page=100")
        told = status == 200 and all("role_name" in one and "permissions" in one for one in people)
        yield Probed("ROLE-07", "Collaborators are listed with their roles.", _may(status, told))
        status, _, actions = self._get("/actions/permissions")
        told = status == 200 and isinstance(actions.get("enabled"), bool)
        yield Probed("INIT-03", "The settings of Actions can be read.", _may(status, told))
        missing = self._get("-nowhere-at-all")[0] == 404
        yield Probed("INIT-09", "A repository that isn't there is 404.", _is(missing))
        missing = self._get("/actions/workflows/nothing.yml/runs")[0] == 404
        yield Probed("INIT-10", "Runs of an unknown workflow are 404.", _is(missing))

    def _get(self, path: str, *, must: bool = False) -> tuple[int, dict[str, Any], Any]:
        return self._sent("GET repository", "GET", f"/repos/{self._repository}{path}", None, must=must)

    # --- over GraphQL ----------------------------------------------------------------------------------

    def _queries(self) -> Iterator[Probed]:
        answer = self._ask(f"issue(number: {NOWHERE}) {{ id }}")
        kinds = [one.get("type") for one in answer.get("errors", ())]
        found = ((answer.get("data") or {}).get("repository") or {}).get("issue", "")
        yield Probed(
            "GQL-02",
            "A missing issue is NOT_FOUND beside a null.",
            _is((found, kinds) == (None, ["NOT_FOUND"])),
        )
        refused = "errors" in self._ask("issues(first: 101) { nodes { id } }")
        yield Probed("GQL-05", "More than a hundred at once is an error.", _is(refused))

    def _ask(self, inside: str) -> Any:
        owner, _, name = self._repository.partition("/")
        sent = {"query": _REPOSITORY.format(inside=inside), "variables": {"owner": owner, "name": name}}
        return self._sent("query repository", "POST", self._requester.graphql_url, sent, must=True)[2]

    def _nodes(self, inside: str) -> dict[str, Any]:
        data = self._ask(inside).get("data") or {}
        found: dict[str, Any] = data.get("repository") or {}
        return found

    def _sent(
        self, route: str, method: str, url: str, sent: Any, *, must: bool
    ) -> tuple[int, dict[str, Any], Any]:
        """Send a request. `must`: it fails only where this repository can't be asked anything."""
        try:
            status, headers, text = self._requester.requestJson(
                method, url, headers=dict(NEW_IDS), input=sent
            )
            body = msgspec.json.decode(text) if text else {}
            self._check(status, headers, body, must=must)
        except Exception as error:  # noqa: BLE001 - a client's fault is an answer's fault; both are told
            raise failed(error, route) from None
        return status, headers, body

    def _check(self, status: int, headers: dict[str, Any], body: Any, *, must: bool) -> None:
        """Raise PyGithub's error where GitHub wasn't asked at all: a bad token, a limit, no answer."""
        errors = body.get("errors", ()) if must else ()
        if any(one.get("type") == "RATE_LIMITED" for one in errors):
            raise self._requester.createException(429, headers, body)
        spent = status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")
        if spent or status in (401, 429) or status >= 500 or (must and status != 200):
            raise self._requester.createException(status, headers, body)


def _of_issues(found: dict[str, Any]) -> Iterator[Probed]:
    """Tell what the newest issues and their comments show; nothing where there are none."""
    issues = [one for one in (found.get("issues") or {}).get("nodes") or () if one]
    comments = [one for issue in issues for one in issue["comments"]["nodes"] or () if one]
    things = [*issues, *comments]
    bots = [one for one in comments if (one["author"] or {}).get("__typename") == "Bot"]
    untouched = [one["editor"] is None for one in comments if one["lastEditedAt"] is None]
    visible = found.get("visibility") in ("PRIVATE", "INTERNAL", "PUBLIC")
    yield Probed("GQL-04", "The visibility can be read.", _is(visible))
    forms = [bool(re.match("I_|IC_", one["id"])) for one in things]
    yield Probed("ID-06", "Ids have the new form, if asked for.", _all(forms))
    numbers = [str(one["fullDatabaseId"]).isdecimal() for one in things]
    yield Probed("ID-08", "Issues and comments have their numbers.", _all(numbers))
    times = [bool(re.fullmatch(r"[0-9-]{10}T[0-9:]{8}Z", one["createdAt"])) for one in things]
    yield Probed("TIME-02", "Times are whole seconds.", _all(times))
    plain = [not one["author"]["login"].endswith("[bot]") for one in bots]
    yield Probed("ID-03", "GraphQL calls a bot without [bot].", _all(plain))
    yield Probed("EDIT-01", "What wasn't edited has no editor.", _all(untouched))
    own = [
        one["editor"] == one["author"]
        for one in bots
        if one["lastEditedAt"] is not None and (one["editor"] or one["author"])["__typename"] == "Bot"
    ]
    yield Probed("EDIT-02", "A job is named as the editor of its own comment.", _all(own))


def _is(true: bool) -> Seen:
    return "holds" if true else "differs"


def _may(status: int, true: bool) -> Seen:
    """Tell what was seen of what only some may read: whoever may not hasn't seen anything."""
    return "unseen" if status in (403, 404) else _is(true)


def _all(found: list[bool]) -> Seen:
    return _is(all(found)) if found else "unseen"


def _is_date(text: str) -> bool:
    try:
        return parsedate_to_datetime(text).tzinfo is not None
    except ValueError:
        return False
