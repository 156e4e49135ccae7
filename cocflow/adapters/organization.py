"""An organization on GitHub in which rooms are: what it is set to, and what an App may do in it.

Owns what a person who owns it asks with their own token, and what an App is asked by its own key. Rooms
themselves are `rooms.py`'s. Failures are translated here, since their texts may hold anything.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import github

from cocflow.adapters.app import signing
from cocflow.adapters.connecting import connected
from cocflow.adapters.refusals import failed, understood
from cocflow.errors import AdapterError
from cocflow.ports import App, Installation, Organization

_Answer = TypeVar("_Answer")

_API = "https://api.github.com"
_ENTERPRISE = "/api/v3"
_PAGE = 100
_POLICY = ("enabled_repositories", "allowed_actions", "sha_pinning_required")


def web_of(base_url: str) -> str:
    """Return the address of GitHub's pages for that of its REST API."""
    bare = base_url.rstrip("/")
    return "https://github.com" if bare == _API else bare.removesuffix(_ENTERPRISE)


class GitHubGrounds:
    """The organization of that name; `token` is an owner's own, `base_url` the REST address."""

    def __init__(self, name: str, token: str, base_url: str) -> None:
        self._name = name
        self._base_url = base_url
        self._mine = connected(github.Auth.Token(token), base_url)

    @property
    def web(self) -> str:
        """See `Grounds.web`."""
        return web_of(self._base_url)

    def organization(self) -> Organization | None:
        """See `Grounds.organization`."""
        found = self._found("GET organization", self._mine, f"/orgs/{self._name}")
        if found is None:
            return None
        with understood("GET organization"):
            return Organization(
                base=found.get("default_repository_permission"),
                forks=found.get("members_can_fork_private_repositories"),
                two_factor=found.get("two_factor_requirement_enabled"),
            )

    def registered(self, code: str) -> App:
        """See `Grounds.registered`."""
        path = f"/app-manifests/{quote(code, safe='')}/conversions"
        _, found = self._call(
            "POST app-manifests", lambda: self._mine.requester.requestJsonAndCheck("POST", path)
        )
        with understood("POST app-manifests"):
            return App(number=int(found["id"]), key=str(found["pem"]))

    def installation(self, app: App) -> Installation | None:
        """See `Grounds.installation`."""
        if app.key:
            found = self._found("GET installation", self._by_key(app), f"/orgs/{self._name}/installation")
        else:
            found = self._listed(app.number)
        if found is None:
            return None
        with understood("GET installation"):
            return Installation(
                number=int(found["id"]),
                slug=found["app_slug"],
                selected=found["repository_selection"] == "selected",
                suspended=found["suspended_at"] is not None,
                permissions=dict(found["permissions"]),
            )

    def reaches(self, app: App, repository: str) -> bool:
        """See `Grounds.reaches`."""
        path = f"/repos/{repository}/installation"
        return self._found("GET installation", self._by_key(app), path) is not None

    def actions_everywhere(self) -> bool:
        """See `Grounds.actions_everywhere`."""
        return bool(self._actions().get("enabled_repositories") == "all")

    def with_actions(self) -> Mapping[str, int]:
        """See `Grounds.with_actions`."""
        there: dict[str, int] = {}
        for page in itertools.count(1):
            found = self._get("GET repositories", f"/orgs/{self._name}/repos?per_page={_PAGE}&page={page}")
            with understood("GET repositories"):
                there |= {one["name"]: int(one["id"]) for one in found}
            if len(found) < _PAGE:
                break
        return {name: number for name, number in there.items() if self._has_actions(name)}

    def _has_actions(self, name: str) -> bool:
        path = f"/repos/{self._name}/{quote(name, safe='')}/actions/permissions"
        return self._get("GET actions", path).get("enabled") is not False

    def select_actions(self, numbers: Collection[int]) -> None:
        """See `Grounds.select_actions`. GitHub takes the selection only after the policy."""
        before = self._actions()
        policy = {name: before[name] for name in _POLICY if name in before}
        self._put("", policy | {"enabled_repositories": "selected"})
        try:
            self._put("/repositories", {"selected_repository_ids": sorted(numbers)})
        except AdapterError:
            self._put("", policy)  # else no job runs anywhere
            raise

    def _actions(self) -> Any:
        return self._get("GET organization's actions", f"/orgs/{self._name}/actions/permissions")

    def _get(self, route: str, path: str) -> Any:
        return self._call(route, lambda: self._mine.requester.requestJsonAndCheck("GET", path))[1]

    def _put(self, path: str, body: dict[str, Any]) -> None:
        path = f"/orgs/{self._name}/actions/permissions{path}"
        self._call(
            "PUT organization's actions",
            lambda: self._mine.requester.requestJsonAndCheck("PUT", path, input=body),
        )

    def _listed(self, number: int) -> Any:
        path = f"/orgs/{self._name}/installations?per_page=100"
        found = self._get("GET installations", path)
        with understood("GET installations"):
            return next((one for one in found["installations"] if one["app_id"] == number), None)

    def _by_key(self, app: App) -> github.Github:
        return connected(signing(app.number, app.key), self._base_url)

    def _found(self, route: str, asked: github.Github, path: str) -> Any:
        """Return what stands there, None if there is nothing."""
        try:
            return self._call(route, lambda: asked.requester.requestJsonAndCheck("GET", path))[1]
        except AdapterError as error:
            if error.status != 404:
                raise
            return None

    def _call(self, route: str, call: Callable[[], _Answer]) -> _Answer:
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - a client's fault is an answer's fault; both are told
            raise failed(error, route) from None
