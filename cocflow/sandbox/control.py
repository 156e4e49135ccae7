"""The routes under ``/_sandbox/``: set things up, move time, ask what happened. No token is needed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import render
from cocflow.sandbox.clock import parse_instant
from cocflow.sandbox.context import answer, base, sent, store
from cocflow.sandbox.eventlog import events_after
from cocflow.sandbox.limits import PERSON
from cocflow.sandbox.refusals import Refusal
from cocflow.sandbox.store import SCOPES

routes = Blueprint("control", __name__, url_prefix="/_sandbox")


def _needed(body: dict[str, Any], name: str) -> Any:
    if name not in body:
        raise Refusal(422, f"{name} is missing")
    return body[name]


@routes.before_request
def only_from_here() -> None:
    """Refuse browsers that another site's page sends, be it under a name that leads here."""
    name = request.host.rpartition(":")[0] or request.host
    if name not in ("127.0.0.1", "localhost") or "Origin" in request.headers:
        raise Refusal(403, "These routes are for programs on this machine")


@routes.errorhandler(ValueError)
def not_a_value(_: ValueError) -> Response:
    """Refuse a number, instant, permission or role that is none."""
    return answer(Refusal(422, "A value isn't one that this route knows").as_dict(), 422)


@routes.post("/users")
def users() -> Response:
    """Create an account: {login, kind?: User|Bot|Organization, name?, legacy?}; a member: {.., org, role};
    an organization, or set it anew: {.., base_permission?, two_factor?, forks_private?, deletes_issues?,
    actions?};
    somebody who has no two-factor authentication: {.., two_factor: false}.
    """
    body = sent()
    login, kind = str(_needed(body, "login")), body.get("kind", "User")
    if kind == "Bot":
        account = store().add_bot(login)
    elif kind == "Organization":
        account = store().add_org(
            login,
            base_permission=body.get("base_permission", "read"),
            two_factor=bool(body.get("two_factor")),
            forks_private=bool(body.get("forks_private")),
            deletes_issues=bool(body.get("deletes_issues")),
            actions=body.get("actions", "all"),
        )
    else:
        account = store().add_user(login, body.get("name"), kind=kind, legacy=bool(body.get("legacy")))
    if kind == "User" and "two_factor" in body:
        store().set_two_factor(login, bool(body["two_factor"]))
    if "org" in body:
        store().add_member(body["org"], login, body.get("role", "member"), public=bool(body.get("public")))
    return answer({"id": account, "login": login}, 201)


@routes.post("/tokens")
def tokens() -> Response:
    """Give out a token: {login, scopes?}, or a job's: {repository, permissions?}."""
    body = sent()
    if "repository" in body:
        return answer({"token": store().job_token(body["repository"], body.get("permissions"))}, 201)
    scopes = tuple(body.get("scopes", SCOPES))
    return answer({"token": store().add_token(_needed(body, "login"), scopes)}, 201)


@routes.post("/repos")
def repositories() -> Response:
    """Create a repository: {full_name, visibility?, labels?: bool}."""
    body = sent()
    made = store().add_repo(
        _needed(body, "full_name"),
        visibility=body.get("visibility", "private"),
        labels=bool(body.get("labels", True)),
    )
    with store().read() as db:
        return answer(render.repository(db, base(), made), 201)


@routes.post("/collaborators")
def collaborators() -> Response:
    """Set a permission: {repository, login, permission}."""
    body = sent()
    store().set_permission(*(_needed(body, name) for name in ("repository", "login", "permission")))
    return Response(status=204)


@routes.post("/teams")
def teams() -> Response:
    """Create a team: {org, slug, members?: [login], repositories?: {full_name: permission}}."""
    body = sent()
    members = tuple(body.get("members", ()))
    store().add_team(_needed(body, "org"), _needed(body, "slug"), members, body.get("repositories"))
    return Response(status=204)


@routes.post("/apps")
def apps() -> Response:
    """Register an App: {name, organization, permissions: {issues: write, ..}, repositories?: [full_name]}.

    With repositories it is installed on them. Returns {id, slug, client_id, pem, installation_id or null}.
    """
    body = sent()
    name, organization, permissions = (_needed(body, one) for one in ("name", "organization", "permissions"))
    made = store().apps.register(name, organization, permissions)
    chosen = body.get("repositories")
    installed = None if chosen is None else store().apps.install(made.id, chosen)
    shown = {"id": made.id, "slug": made.slug, "client_id": made.client_id, "pem": made.pem}
    return answer(shown | {"installation_id": installed}, 201)


@routes.post("/apps/<int:number>/key")
def new_key(number: int) -> Response:
    """Replace the key of an App, and return the new one: {pem}."""
    return answer({"pem": store().apps.new_key(number)}, 201)


@routes.delete("/apps/<int:number>/key")
def revoke_key(number: int) -> Response:
    """Revoke the key of an App."""
    store().apps.revoke_key(number)
    return Response(status=204)


@routes.post("/installations")
def installations() -> Response:
    """Install an App, or choose its repositories anew: {app: id, repositories: [name], organization?}."""
    body = sent()
    app, chosen = _needed(body, "app"), _needed(body, "repositories")
    made = store().apps.install(int(app), chosen, body.get("organization"))
    return answer({"installation_id": made}, 201)


@routes.post("/installations/<int:number>/suspended")
def suspend(number: int) -> Response:
    """Suspend an installation: {suspended: true}, or let it go on: {suspended: false}."""
    store().apps.suspend(number, suspended=bool(_needed(sent(), "suspended")))
    return Response(status=204)


@routes.delete("/installations/<int:number>")
def uninstall(number: int) -> Response:
    """Uninstall an App."""
    store().apps.uninstall(number)
    return Response(status=204)


@routes.post("/manifests")
def manifests() -> Response:
    """Have an owner agree to an App's manifest: {organization, manifest: {name, default_permissions, ..}}."""
    body = sent()
    code = store().apps.offer(_needed(body, "organization"), _needed(body, "manifest"))
    return answer({"code": code}, 201)


@routes.get("/clock")
def clock() -> Response:
    """Tell the time, whether it stands still, and what a write costs."""
    return answer(store().clock.as_dict())


@routes.post("/clock")
def move_clock() -> Response:
    """Move time: {advance: seconds} or {set: instant}, and {frozen: bool}, {tick: seconds}."""
    body = sent()
    store().move_clock(
        advance=int(body.get("advance", 0)),
        to=body.get("set"),
        frozen=body.get("frozen"),
        tick=body.get("tick"),
    )
    return answer(store().clock.as_dict())


@routes.post("/lag")
def lag() -> Response:
    """Let lists lag: {writes: number} or {seconds: number}; {} ends it."""
    body = sent()
    store().set_lag(writes=int(body.get("writes", 0)), seconds=int(body.get("seconds", 0)))
    return Response(status=204)


@routes.get("/events")
def events() -> Response:
    """Tell what happened after ``?after=SEQ`` that starts a workflow."""
    with store().read() as db:
        return answer(events_after(db, request.args.get("after", 0, type=int), base()))


@routes.post("/runs")
def runs() -> Response:
    """Record a run: {repository, workflow, event?, status?, conclusion?, created_at?}."""
    body = sent()
    stamp = body.get("created_at")
    made = store().record_run(
        _needed(body, "repository"),
        _needed(body, "workflow"),
        body.get("event", "schedule"),
        status=body.get("status", "completed"),
        conclusion=body.get("conclusion", "success"),
        created_at=None if stamp is None else parse_instant(stamp),
    )
    return answer({"id": made}, 201)


@routes.post("/schedule")
def schedule() -> Response:
    """Log that a schedule fell due: {repository, cron?}."""
    body = sent()
    store().record_schedule(_needed(body, "repository"), body.get("cron", "17 */4 * * *"))
    return Response(status=204)


@routes.get("/requests")
def requests() -> Response:
    """Tell how many requests were answered, by kind and by route."""
    return answer(store().requests.as_dict())


@routes.delete("/requests")
def reset_requests() -> Response:
    """Start counting again from nothing."""
    store().requests.reset()
    return Response(status=204)


@routes.post("/limits")
def limits() -> Response:
    """Set limits: {core|graphql: remaining}, {secondary: requests, status?, retry_after?: seconds|date|null},
    {nodes: number, status?: 200|502|504}; {} clears.
    """
    body = sent()
    wanted = store().limits
    if not body:
        wanted.clear()
    for resource in ("core", "graphql"):
        if resource in body:
            wanted.set_remaining(resource, int(body[resource]), int(body.get("limit", PERSON)))
    if "secondary" in body:
        wanted.refuse_next(
            int(body["secondary"]),
            status=int(body.get("status", 403)),
            retry_after=body.get("retry_after", 60),
        )
    if "nodes" in body:
        wanted.give_up_over(body["nodes"], status=int(body.get("status", 200)))
    return Response(status=204)
