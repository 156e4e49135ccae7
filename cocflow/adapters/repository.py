"""A repository's premises on GitHub: its settings, files, labels and readers, for who sets it up.

Owns the administration side, which a person does with their own token; incidents are `github.py`'s.
Nothing is tried twice: whoever runs `cocflow init` again goes on where it stopped. Failures are
translated here, since their texts may hold anything.
"""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlparse

import github
from github.GithubObject import NotSet
from github.InputGitTreeElement import InputGitTreeElement
from github.NamedUser import NamedUser

from cocflow.adapters.connecting import connected
from cocflow.adapters.refusals import date_of, failed, understood
from cocflow.errors import AdapterError
from cocflow.ports import Actions, JobRun, JobRuns, Label, Reader, Readers, Settings, StrayRun

_Answer = TypeVar("_Answer")

PAUSE = 1.0
"""Seconds between writes, as GitHub asks for; none on loopback."""

MOST_RUNS = 1_000
"""How many of the newest runs are looked through for those of other branches."""

_JOBS = ".github/workflows/"
_EMPTY = _CONFLICT = 409
_FILING = (
    "query($owner: String!, $name: String!)"
    " { repository(owner: $owner, name: $name) { issueCreationPolicy } }"
)


class GitHubPremises:
    """The premises of one repository, `owner/name`; `token` is a person's own, `base_url` the REST address.

    `sleep` waits a number of seconds.
    """

    def __init__(
        self, repository: str, token: str, base_url: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._github = connected(github.Auth.Token(token), base_url)
        self._owner, _, self._name = repository.partition("/")
        self._repository = self._github.get_repo(repository)
        self._requester = self._github.requester
        self._url = f"/repos/{repository}"
        self._pause = 0.0 if urlparse(base_url).hostname in ("127.0.0.1", "localhost", "::1") else PAUSE
        self._sleep = sleep
        self._wrote = False

    # --- the repository ----------------------------------------------------------------------------

    def settings(self) -> Settings | None:
        """See `Premises.settings`."""
        try:
            _, found = self._get("")
        except AdapterError as error:
            if error.status == 404:
                return None
            raise
        with understood("GET repository"):
            return Settings(
                visibility=found["visibility"],
                organization=found["owner"]["type"] == "Organization",
                issues=found["has_issues"],
                wiki=found["has_wiki"],
                projects=found["has_projects"],
                discussions=found.get("has_discussions", False),
                forks=found.get("allow_forking", False),
                archived=found["archived"],
                template=found.get("is_template", False),
            )

    def create(self) -> None:
        """See `Premises.create`."""
        owner = self._call("GET owner", lambda: self._github.get_user(self._owner).type)
        if owner == "Organization":
            creator: Any = self._github.get_organization(self._owner)
        else:
            creator = self._github.get_user()
            if self._call("GET user", lambda: creator.login).casefold() != self._owner.casefold():
                raise AdapterError(403, "creating a repository for somebody else")
        self._write(
            "POST repository",
            lambda: creator.create_repo(
                self._name, private=True, has_wiki=False, has_projects=False, auto_init=True
            ),
        )

    def close_off(self) -> None:
        """See `Premises.close_off`. Only an organization's repositories have a switch for forks."""
        settings = self.settings()
        forks = False if settings is not None and settings.organization else NotSet
        self._write(
            "PATCH repository",
            lambda: self._repository.edit(
                name=self._name,
                has_issues=True,
                has_wiki=False,
                has_projects=False,
                has_discussions=False,
                allow_forking=forks,
            ),
        )

    def make_template(self) -> None:
        """See `Premises.make_template`."""
        self.close_off()
        self._write("PATCH repository", lambda: self._repository.edit(name=self._name, is_template=True))
        if self.actions().enabled:
            self._put("/actions/permissions", {"enabled": False})

    # --- files -------------------------------------------------------------------------------------

    def shas(self) -> dict[str, str]:
        """See `Files.shas`."""
        try:
            branch = self._branch()
            tree = self._call("GET tree", lambda: self._repository.get_git_tree(branch, recursive=True))
        except AdapterError as error:
            if error.status in (_EMPTY, 404):
                return {}
            raise
        if tree.raw_data.get("truncated"):
            raise AdapterError(None, "listing the files: there are too many")
        return {entry.path: entry.sha for entry in tree.tree if entry.type == "blob"}

    def content(self, path: str) -> bytes:
        """See `Files.content`. Beyond 1 MB GitHub says only which blob it is."""
        found = self._call("GET file", lambda: self._repository.get_contents(path))
        if isinstance(found, list):
            raise AdapterError(None, "reading a file: it is a folder")
        if found.encoding == "base64":
            return found.decoded_content
        return base64.b64decode(
            self._call("GET blob", lambda: self._repository.get_git_blob(found.sha).content)
        )

    def commit(self, changes: Mapping[str, bytes | None], message: str) -> None:
        """See `Files.commit`. The very first file makes the branch, since GitHub has no empty one."""
        rest = dict(changes)
        if not self.shas():
            first, content = next((path, text) for path, text in rest.items() if text is not None)
            self._write("PUT file", lambda: self._repository.create_file(first, message, content))
            del rest[first]
        if rest:
            self._commit(rest, message)

    def _commit(self, changes: Mapping[str, bytes | None], message: str) -> None:
        branch = self._branch()
        ref = self._call("GET branch", lambda: self._repository.get_git_ref(f"heads/{branch}"))
        sha = self._call("GET branch", lambda: ref.object.sha)
        parent = self._call("GET commit", lambda: self._repository.get_git_commit(sha))
        base = self._call("GET commit", lambda: parent.tree)
        elements = [self._element(path, content) for path, content in changes.items()]
        tree = self._write("POST tree", lambda: self._repository.create_git_tree(elements, base))
        made = self._write("POST commit", lambda: self._repository.create_git_commit(message, tree, [parent]))
        self._write("PATCH branch", lambda: ref.edit(made.sha))

    def _element(self, path: str, content: bytes | None) -> InputGitTreeElement:
        """Return one changed file of a tree; what isn't text travels as a blob of its own."""
        if content is None:
            return InputGitTreeElement(path, "100644", "blob", sha=None)
        if b"\0" not in content:
            return InputGitTreeElement(path, "100644", "blob", content=content.decode())
        encoded = base64.b64encode(content).decode()
        try:
            blob = self._write("POST blob", lambda: self._repository.create_git_blob(encoded, "base64"))
        except AdapterError as error:
            if error.status in (413, 422):
                raise AdapterError(error.status, "POST blob", reason="too_long") from None
            raise
        return InputGitTreeElement(path, "100644", "blob", sha=blob.sha)

    def _branch(self) -> str:
        _, found = self._get("")
        with understood("GET repository"):
            return str(found["default_branch"])

    # --- labels ------------------------------------------------------------------------------------

    def labels(self) -> tuple[Label, ...]:
        """See `Labels.labels`."""
        found = self._call("GET labels", lambda: list(self._repository.get_labels()))
        return tuple(
            Label(name=one.name, color=one.color.lower(), description=one.description or "") for one in found
        )

    def create_label(self, label: Label) -> None:
        """See `Labels.create_label`. Refused with 422 it may be there: somebody was quicker, or an issue."""
        try:
            self._write(
                "POST label",
                lambda: self._repository.create_label(label.name, label.color, label.description),
            )
        except AdapterError as error:
            if error.status != 422 or not self._has_label(label.name):
                raise

    def _has_label(self, name: str) -> bool:
        try:
            path = f"{self._url}/labels/{quote(name, safe='')}"
            self._call("GET label", lambda: self._requester.requestJsonAndCheck("GET", path))
        except AdapterError as error:
            if error.status != 404:
                raise
            return False
        return True

    def change_label(self, label: Label) -> None:
        """See `Labels.change_label`."""
        found = self._call("GET label", lambda: self._repository.get_label(label.name))
        self._write("PATCH label", lambda: found.edit(label.name, label.color, label.description))

    # --- who and what ------------------------------------------------------------------------------

    def account(self, login: str) -> int | None:
        """See `Accounts.account`."""
        try:
            _, found = self._call(
                "GET user", lambda: self._requester.requestJsonAndCheck("GET", f"/users/{login}")
            )
        except AdapterError as error:
            if error.status != 404:
                raise
            return None
        with understood("GET user"):
            return int(found["id"])

    def readers(self) -> Readers:
        """See `Premises.readers`."""
        everybody = {one.login: one for one in self._people("all")}
        sources: dict[str, list[str]] = {login: [] for login in everybody}
        unseen: list[str] = []
        for one in self._people("direct"):
            sources.setdefault(one.login, []).append("collaborator")
        for look in (self._owners, self._team_members):
            try:
                for login, source in look():
                    sources.setdefault(login, []).append(source)
            except AdapterError as error:
                if error.status not in (403, 404):
                    raise
                unseen.append("owners" if look == self._owners else "teams")
        rest = "source not visible to this token" if unseen else "base permission of the organization"
        people = (
            _reader(login, everybody.get(login), tuple(found or [rest])) for login, found in sources.items()
        )
        return Readers(tuple(people), tuple(unseen))

    def _people(self, affiliation: str) -> list[NamedUser]:
        return self._call(
            "GET collaborators",
            lambda: list(self._repository.get_collaborators(affiliation=affiliation)),
        )

    def _owners(self) -> list[tuple[str, str]]:
        _, found = self._get("")
        if found["owner"]["type"] != "Organization":
            return [(found["owner"]["login"], "owner of the repository")]
        organization = self._github.get_organization(self._owner)
        owners = self._call("GET owners", lambda: list(organization.get_members(role="admin")))
        return [(one.login, "owner of the organization") for one in owners]

    def _team_members(self) -> list[tuple[str, str]]:
        _, found = self._get("")
        if found["owner"]["type"] != "Organization":
            return []
        members: list[tuple[str, str]] = []
        for team in self._call("GET teams", lambda: list(self._repository.get_teams())):
            logins = self._members(f"/orgs/{self._owner}/teams/{team.slug}/members")
            members += [(login, f"team {team.slug}") for login in logins]
        return members

    def actions(self) -> Actions:
        """See `Premises.actions`."""
        _, switch = self._get("/actions/permissions")
        _, jobs = self._get("/actions/permissions/workflow")
        chosen: dict[str, Any] = {}
        if switch.get("allowed_actions") == "selected":
            _, chosen = self._get("/actions/permissions/selected-actions")
        with understood("GET actions/permissions"):
            return Actions(
                enabled=switch["enabled"],
                allowed=switch.get("allowed_actions", "all"),
                default=jobs["default_workflow_permissions"],
                githubs_own=chosen.get("github_owned_allowed") is True,
                patterns=tuple(chosen.get("patterns_allowed") or ()),
            )

    def secrets(self) -> Mapping[str, datetime]:
        """See `Premises.secrets`. Those of an organization are among them."""
        settings = self.settings()
        organization = settings is not None and settings.organization
        lists = ("organization-secrets", "secrets") if organization else ("secrets",)
        found: dict[str, datetime] = {}
        for name in lists:
            _, answer = self._get(f"/actions/{name}?per_page=100")
            with understood("GET secrets"):
                found |= {one["name"]: datetime.fromisoformat(one["updated_at"]) for one in answer["secrets"]}
        return found

    def set_secret(self, name: str, value: str) -> None:
        """See `Premises.set_secret`. It leaves this machine sealed, so that only GitHub opens it."""
        self._write("PUT secret", lambda: self._repository.create_secret(name, value))

    def filing_is_restricted(self) -> bool:
        """See `Premises.filing_is_restricted`. Only GraphQL shows it."""
        names = {"owner": self._owner, "name": self._name}
        _, found = self._call("POST graphql", lambda: self._requester.graphql_query(_FILING, names))
        with understood("POST graphql"):
            return bool(found["data"]["repository"]["issueCreationPolicy"] == "COLLABORATORS_ONLY")

    def set_actions(self) -> None:
        """See `Premises.set_actions`. Which actions may run is left as it is."""
        found = self.actions()
        if not found.enabled:
            self._switch_on()
        if found.default != "read":
            self._put("/actions/permissions/workflow", {"default_workflow_permissions": "read"})

    def _switch_on(self) -> None:
        """Switch Actions on; where the organization selects who has them, by being selected."""
        try:
            self._put("/actions/permissions", {"enabled": True, "allowed_actions": "all"})
        except AdapterError as error:
            if error.status != _CONFLICT:
                raise
            _, found = self._get("")
            chosen = f"/orgs/{self._owner}/actions/permissions/repositories/{found['id']}"
            self._write(
                "PUT organization's actions", lambda: self._requester.requestJsonAndCheck("PUT", chosen)
            )

    def _put(self, path: str, body: dict[str, Any]) -> None:
        self._write(
            f"PUT {path.strip('/')}",
            lambda: self._requester.requestJsonAndCheck("PUT", self._url + path, input=body),
        )

    def inactive_jobs(self) -> tuple[str, ...]:
        """See `Premises.inactive_jobs`."""
        found = self._call("GET jobs", lambda: list(self._repository.get_workflows()))
        return tuple(one.path.removeprefix(_JOBS) for one in found if one.state != "active")

    def runs(self, job: str) -> JobRuns:
        """See `Premises.runs`."""
        try:
            headers, found = self._get(f"/actions/workflows/{job}/runs?per_page=20")
        except AdapterError as error:
            if error.status != 404:
                raise
            headers, _ = self._get("")
            found = {"workflow_runs": []}
        with understood("GET runs"):
            runs = tuple(
                JobRun(
                    datetime.fromisoformat(one["created_at"]), one["conclusion"], one["event"] == "schedule"
                )
                for one in found["workflow_runs"]
            )
        now = date_of(headers)
        if now is None:  # without GitHub's time nothing can be called late
            raise AdapterError(200, "GET runs", kind="odd")
        return JobRuns(runs, now)

    def stray_runs(self) -> tuple[StrayRun, ...]:
        """See `Premises.stray_runs`."""
        branch = self._branch()
        found: list[StrayRun] = []
        for page in range(1, MOST_RUNS // 100 + 1):
            _, answer = self._get(f"/actions/runs?per_page=100&page={page}")
            with understood("GET runs"):
                runs = answer["workflow_runs"]
                found += [_stray(one) for one in runs if one["head_branch"] != branch]
            if len(runs) < 100:
                break
        return tuple(found)

    # --- calls -------------------------------------------------------------------------------------

    def _get(self, path: str) -> tuple[dict[str, Any], Any]:
        route = f"GET {path.partition('?')[0].strip('/') or 'repository'}"
        return self._call(route, lambda: self._requester.requestJsonAndCheck("GET", self._url + path))

    def _members(self, path: str) -> Iterator[str]:
        """Give the logins of a list by its slug; PyGithub asks by ids that GitHub documents no more."""
        for page in itertools.count(1):
            url = f"{path}?per_page=100&page={page}"
            _, people = self._call("GET members", partial(self._requester.requestJsonAndCheck, "GET", url))
            yield from (one["login"] for one in people)
            if len(people) < 100:
                return

    def _write(self, route: str, call: Callable[[], _Answer]) -> _Answer:
        if self._wrote and self._pause:
            self._sleep(self._pause)
        self._wrote = True
        return self._call(route, call)

    def _call(self, route: str, call: Callable[[], _Answer]) -> _Answer:
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - a client's fault is an answer's fault; both are told
            raise failed(error, route) from None


def _reader(login: str, found: NamedUser | None, sources: tuple[str, ...]) -> Reader:
    """Return a reader; one who isn't in the list of everybody has a role that can't be seen."""
    if found is None:
        return Reader(login=login, role="unknown", triages=False, writes=False, sources=sources)
    may = found.permissions
    return Reader(
        login=login,
        role=found.role_name,
        triages=bool(may.triage or may.push),
        writes=may.push,
        sources=sources,
        account=found.id,
    )


def _stray(run: dict[str, Any]) -> StrayRun:
    """Return a run of another branch. One made for a tag has no branch."""
    return StrayRun(
        job=str(run["path"]).removeprefix(_JOBS).partition("@")[0],
        branch=run["head_branch"] or "no branch",
        by=(run["actor"] or {}).get("login", "an account that is gone"),
        at=datetime.fromisoformat(run["created_at"]),
    )
