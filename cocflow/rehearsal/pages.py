"""The pages: who one is, what GitHub would show that person, and beside it what GitHub hasn't.

Owns the routes. Who acts stands in the address (`/as/iris/...`), so two people are two tabs, and no cookie is
kept. Everything a person sees is asked of the sandbox with that person's token. Refuses requests that come
by another name than loopback's, and acts that another site's page asks for.
"""

from __future__ import annotations

import base64
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import msgspec
from flask import Flask, abort, g, redirect, render_template, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from cocflow.core.case.case import Case
from cocflow.core.process import BOARD_LABEL, Process
from cocflow.core.text.when import format_when
from cocflow.demo.story import KEEPER, REPORTS
from cocflow.errors import MissingExtraError
from cocflow.process import graph
from cocflow.rehearsal.house import DAY, HOUR, House, Mail, Moment
from cocflow.rehearsal.issue_form import IssueForm, read_form
from cocflow.rehearsal.nights.night import Night
from cocflow.rehearsal.nights.nights import NIGHTS
from cocflow.rehearsal.nights.playing import NoNightError, Playing, night
from cocflow.rehearsal.people import PERSONAS, Persona
from cocflow.rehearsal.reading import as_read, led_here
from cocflow.rehearsal.slack import Shown, as_shown
from cocflow.rehearsal.visitor import RefusedError, Seen, Visitor
from cocflow.setup.labels import labels_of

UTC = ZoneInfo("UTC")
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
MADE, BACK, TITLE = "page.made", "page.back", "page.title"
"""Fields of a page's own: after how many moments it was made, which page was left, and the title of what is
filed. No question's id has a dot.
"""
ANEW = "Everything has begun anew meanwhile, so what was asked for isn’t there any more."
FORMS, CHOOSER = ".github/ISSUE_TEMPLATE", "config.yml"
LARGEST = 2**31 - 1
"""The largest number that GraphQL takes: of a larger one it says what is tried again for seconds."""
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#0b5d56"/>'
    '<path d="M11 5.5a4 4 0 1 0 0 5" fill="none" stroke="#fff" stroke-width="2"/></svg>'
)
_SAYS = {
    "assigned": "assigned it to",
    "closed": "closed it",
    "labeled": "put the label",
    "locked": "locked the conversation",
    "parent_issue_added": "put it under another one",
    "pinned": "pinned it",
    "renamed": "gave it the title",
    "reopened": "reopened it",
    "sub_issue_added": "put another one under it",
    "unassigned": "took it from",
    "unlabeled": "removed the label",
    "unlocked": "unlocked the conversation",
    "unpinned": "unpinned it",
}
"""What is told of an event; others aren't shown."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a timeline: a comment (`text` is its HTML), or an event in a few words.

    `id`: the comment's, 0 for the issue's own text. `mine`: its reader may edit it.
    """

    who: str
    at: str
    text: Markup | None = None
    says: str = ""
    label: Any = None
    id: int = 0
    mine: bool = False
    edited: bool = False


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """An issue as somebody sees it: what GitHub answers of it, and its timeline."""

    shown: Any
    rows: tuple[Row, ...]

    @property
    def labels(self) -> list[str]:
        """Return the names of its labels."""
        return [one["name"] for one in self.shown["labels"]]


class Room(Protocol):
    """What is served: the house that stands there now, and the night that is played in it."""

    house: House
    playing: Playing | None

    def begin_anew(self, night: Night | None = None) -> None:
        """Put a new house in its place; `night`: what is to be played in it."""

    def leave(self) -> None:
        """Play no night any more."""


def create_app(room: Room) -> Flask:
    """Return the application that serves a house, and puts another one in its place when it is asked to."""
    app = Flask("cocflow.rehearsal", root_path=str(Path(__file__).parent), static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {"when": _when, "who": _called, "quoted": partial(quote, safe=""), "read": _read}
    app.config["MAX_FORM_MEMORY_SIZE"] = 1_000_000

    @app.before_request
    def admit() -> None:
        name = request.host.rpartition(":")[0] or request.host
        if name not in ("127.0.0.1", "localhost"):
            abort(421, "These pages are for this machine only: open them at 127.0.0.1.")
        if request.method == "POST" and request.headers.get("Origin") != f"http://{request.host}":
            abort(403, "That came from another page than one of these, so nothing was done.")
        g.house, g.playing = room.house, room.playing

    @app.before_request
    def do_once() -> Response | None:
        """Do what is sent twice from one page, by a second press, once: lead where the first one led."""
        if request.method == "POST" and MADE in request.form:
            g.house.sending.acquire()
            g.sending = g.house.sending
            g.sent = repr((request.path, sorted(request.form.items(multi=True))))
            if led := g.house.led.get(g.sent):
                return redirect(led, 303)
        return None

    @app.teardown_request
    def let_go(error: BaseException | None) -> None:
        if "sending" in g:
            g.pop("sending").release()

    @app.after_request
    def close_up(response: Response) -> Response:
        if "sent" in g and response.status_code == 303:
            g.house.led[g.sent] = response.location
        response.headers["Content-Security-Policy"] = CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.context_processor
    def always() -> dict[str, Any]:
        now = g.house.now()
        number = request.args.get("after", 0, type=int)
        moments = g.house.moments
        return {
            "now": now,
            "due": g.house.due,
            "personas": PERSONAS,
            "me": g.get("me"),
            "after": moments[number - 1] if 0 < number <= len(moments) else None,
            "elsewhere": _elsewhere,
            "made": Markup('<input type="hidden" name="{}" value="{}">').format(MADE, len(moments)),
            "path": request.full_path.rstrip("?"),
            "nights": NIGHTS,
            "playing": g.playing,
        }

    @app.errorhandler(RefusedError)
    def refused(error: RefusedError) -> tuple[str, int] | Response:
        if error.status == 404 and request.args.get("unseen") == "home":
            return redirect(url_for("home", unseen="said"), 303)
        return _page("refused.html", error=error, kept=_kept()), error.status

    @app.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> tuple[str, int]:
        g.setdefault("house", room.house)
        g.setdefault("playing", room.playing)
        return _page("wrong.html", says=error.description, kept=_kept()), error.code or 500

    @app.errorhandler(Exception)
    def fault(error: Exception) -> tuple[str, int]:
        if g.house is not room.house:
            g.house, g.playing = room.house, room.playing
            return _page("wrong.html", says=ANEW, kept=_kept()), 409
        # Its kind, never its text, which may hold what somebody wrote.
        says = f"cocflow stopped here: {type(error).__name__}. Nothing else is lost; go back and try again."
        return _page("wrong.html", says=says, kept=_kept()), 500

    @app.url_value_preprocessor
    def who_asks(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "who" in values:
            g.who = values.pop("who")

    @app.url_defaults
    def keep_who(endpoint: str, values: dict[str, Any]) -> None:
        if "who" not in values and app.url_map.is_endpoint_expecting(endpoint, "who") and "who" in g:
            values["who"] = g.who

    @app.before_request
    def be_somebody() -> None:
        if "who" in g:
            found = g.house.persona(g.who)
            if found is None:
                abort(404, "There is nobody of that name here.")
            g.me = found

    _routes_of_the_house(app, room)
    _routes_of_nights(app, room)
    _routes_of_github(app)
    _routes_of_mail(app)
    return app


# --- what pages are made of ------------------------------------------------------------------------------


def _page(template: str, **shown: Any) -> str:
    return render_template(template, **shown)


def _when(instant: Any) -> str:
    when = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return format_when(when, UTC)


def _called(login: str) -> str:
    return "cocflow" if login.endswith("[bot]") else login


def _elsewhere(one: Persona) -> str:
    """Return the same page as somebody else would open it, or their own first page; see `refused`."""
    view = request.view_args or {}
    if one.login and request.endpoint in ("listing", "issue", "members") and "owner" in view:
        return url_for(request.endpoint, **view, who=one.slug, unseen="home")
    return url_for("home", who=one.slug)


def _kept() -> list[tuple[str, str]]:
    """Return what was typed on the page that couldn't be done, so that nobody has to write it again."""
    sent = request.form.items(multi=True)
    return [
        (name.removeprefix("page."), text) for name, text in sent if text.strip() and name not in (BACK, MADE)
    ]


def _me() -> Persona:
    me: Persona = g.me
    return me


def _house() -> House:
    house: House = g.house
    return house


def _visitor() -> Visitor:
    if not _me().login:
        raise RefusedError(404, "Not Found")
    return _house().visitor(_me().login)


def _read(source: str | None, owner: str = "", repo: str = "") -> Markup:
    """Return a text as whoever is on this page reads it."""
    here = _here()
    # Its only HTML is what `as_read` lets pass.
    return Markup(  # noqa: S704
        as_read(source or "", ours=_house().url, here=here, number_leads_to=f"{here}{owner}/{repo}/")
    )


def _here() -> str:
    """Return the address below which whoever is on this page sees issues."""
    who = quote(_me().slug if "me" in g else KEEPER)
    return f"{request.host_url}as/{who}/r/"


def _done(moment: Moment, endpoint: str, **values: Any) -> Response:
    """Lead to a page that tells what came of what was done."""
    return redirect(url_for(endpoint, **values, after=moment.number, _anchor="now"), 303)


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n")


# --- the house: who one is, the clock, the outbox, what cocflow did ------------------------------------


def _routes_of_the_house(app: Flask, room: Room) -> None:
    @app.get("/")
    def start() -> str:
        return _page("start.html")

    @app.get("/style.css")
    def style() -> Response:
        return Response(_style(), content_type="text/css; charset=utf-8")

    @app.get("/favicon.ico")
    def icon() -> Response:
        return Response(_ICON, content_type="image/svg+xml")

    @app.get("/outbox")
    def outbox() -> str:
        mails = _house().mails[::-1]
        readers = dict.fromkeys(mail.reader for mail in mails)
        reader = request.args.get("reader", "")
        return _page(
            "outbox.html",
            mails=[one for one in mails if reader in ("", one.reader)],
            readers=list(readers),
            reader=reader,
            mail_html=_mail_html,
            in_slack=_in_slack,
        )

    @app.get("/why")
    def cases() -> str:
        found = [
            (vault, one)
            for vault in _house().vaults()
            for one in _house().visitor(KEEPER).listed(f"repos/{vault}/issues", state="all")
            if not _is_board(one)
        ]
        return _page("cases.html", cases=found)

    @app.get(f"/why/<owner>/<repo>/<int(max={LARGEST}):number>")
    def why(owner: str, repo: str, number: int) -> str:
        told = _house().told(f"{owner}/{repo}", number)
        if told is None:
            abort(404, "There is no case there.")
        texts = [_read(one.text, owner, repo) for one in told.entries]
        drawing = _lit(told.process, told.state)
        return _page("why.html", told=told, texts=texts, drawing=drawing, owner=owner, repo=repo)

    @app.get("/beside")
    def beside() -> str:
        asked = request.args
        left = _pane(asked.get("left", "mft"), asked.get("left_at", ""))
        right = _pane(asked.get("right", "iris"), asked.get("right_at", ""))
        return _page("beside.html", left=left, right=right)

    @app.post("/clock")
    def clock() -> Response:
        ways = {
            "hour": lambda: _house().let_pass(HOUR),
            "day": lambda: _house().let_pass(DAY),
            "week": lambda: _house().let_pass(7 * DAY),
            "sweep": _house().to_next_sweep,
            "due": _house().to_next_due,
        }
        way = ways.get(_text("way"))
        if way is None:
            abort(400, "The clock can't be moved like that.")
        return redirect(_back(way()), 303)

    @app.get("/reset")
    def reset() -> str:
        return _page("reset.html")

    @app.post("/reset")
    def begin_anew() -> Response:
        room.begin_anew()
        return redirect(url_for("start"), 303)


def _routes_of_nights(app: Flask, room: Room) -> None:
    @app.get("/night")
    def whole_night() -> str | Response:
        return _page("night.html") if g.playing is not None else redirect(url_for("start"), 303)

    @app.post("/night/leave")
    def leave_night() -> Response:
        room.leave()
        return redirect(url_for("start"), 303)

    @app.post("/night/<slug>")
    def begin_night(slug: str) -> Response:
        try:
            wanted = night(slug)
        except NoNightError as error:
            abort(404, str(error))
        room.begin_anew(wanted)
        return redirect(url_for("home", who=wanted.who, _anchor="night"), 303)


def _back(moment: Moment) -> str:
    """Return the page that was left, which is one of these, with what came of it."""
    path = urlsplit(_text(BACK)).path
    if not path.startswith("/") or path.startswith("//"):
        path = "/"
    query = urlsplit(_text(BACK)).query
    kept = "&".join(one for one in query.split("&") if one and not one.startswith("after="))
    return f"{path}?{kept + '&' if kept else ''}after={moment.number}"


@cache
def _style() -> str:
    return (Path(__file__).parent / "style.css").read_text("utf-8")


def _lit(process: Process, state: str) -> Markup | None:
    """Return the drawing of a process with a state lit; None where drawings can't be made."""
    try:
        drawn = _drawn(process)
    except MissingExtraError:
        return None
    drawn = drawn[drawn.index("<svg") :]
    place = f'class="node">\n<title>{state}</title>'
    lit = drawn.replace(place, place.replace('"node"', '"node lit"'))
    name = f"The {process.name} process; the state now: {state or 'none yet'}"
    # Made from the definition alone.
    return Markup(lit.replace("<svg", f'<svg role="img" aria-label="{name}"', 1))  # noqa: S704


_drawings: dict[str, str] = {}


def _drawn(process: Process) -> str:
    if process.name not in _drawings:
        _drawings[process.name] = graph.svg(process)
    return _drawings[process.name]


# --- GitHub: repositories, issues, forms ----------------------------------------------------------------


def _routes_of_github(app: Flask) -> None:
    base = "/as/<who>/r/<owner>/<repo>"

    @app.get("/as/<who>/")
    def home() -> str | Response:
        if not _me().login:
            return redirect(url_for("inbox"), 303)
        return _page("home.html", seen=_visitor().repositories(), invitations=_visitor().invitations())

    @app.post("/as/<who>/invitations/<int:number>")
    def accept(number: int) -> Response:
        deed = partial(_visitor().ask, "PATCH", f"user/repository_invitations/{number}")
        moment = _house().act(_me().slug, "accepted an invitation", deed, waits=True)
        return _done(moment, "home")

    @app.get(f"{base}/")
    def listing(owner: str, repo: str) -> str:
        state, label = request.args.get("state", "open"), request.args.get("label", "")
        only: dict[str, str] = {"labels": label} if label else {}
        found = _visitor().listed(f"repos/{owner}/{repo}/issues", state=state, **only)
        labels = _visitor().listed(f"repos/{owner}/{repo}/labels")
        return _page(
            "listing.html",
            here=_seen(owner, repo),
            issues=found,
            labels=labels,
            state=state,
            label=label,
            owner=owner,
            repo=repo,
        )

    @app.get(f"{base}/members")
    def members(owner: str, repo: str) -> str:
        here = _seen(owner, repo)
        if here is None:
            raise RefusedError(404, "Not Found")
        # GitHub shows it only to those who may write.
        found = _visitor().listed(f"repos/{owner}/{repo}/collaborators") if here.writes else None
        return _page("members.html", here=here, members=found, owner=owner, repo=repo)

    @app.get(f"{base}/new")
    def choose(owner: str, repo: str) -> str:
        forms = _forms(owner, repo)
        return _page("choose.html", here=_seen(owner, repo), forms=forms, owner=owner, repo=repo)

    @app.get(f"{base}/new/<file>")
    def form(owner: str, repo: str, file: str) -> str:
        return _form_page(_form(owner, repo, file), owner, repo, {}, {})

    @app.post(f"{base}/new/<file>")
    def file(owner: str, repo: str, file: str) -> str | Response | tuple[str, int]:
        asked = _form(owner, repo, file)
        sent = {name: request.form.getlist(name) for name in request.form}
        answers = asked.answers(sent)
        if missing := asked.missing(answers):
            return _form_page(asked, owner, repo, sent, missing), 422
        made: dict[str, Any] = {}
        body = {"title": _text(TITLE).strip() or asked.title, "body": asked.body(answers)}

        def open_it() -> None:
            made.update(_visitor().ask("POST", f"repos/{owner}/{repo}/issues", _labelled(body, asked)))

        moment = _house().act(_me().slug, f"filed “{asked.name}”", open_it, waits=_waits(owner, repo))
        return _done(moment, "issue", owner=owner, repo=repo, number=made["number"])

    @app.get(f"{base}/<int:number>")
    def issue(owner: str, repo: str, number: int) -> str:
        found = _issue(_visitor(), owner, repo, number)
        here = _seen(owner, repo)
        may = here is not None and here.labels
        labels = _visitor().listed(f"repos/{owner}/{repo}/labels") if may else []
        return _page(
            "issue.html",
            here=here,
            issue=found,
            told=not _waits(owner, repo) and not _is_board(found.shown),
            vault=_vault_of_mine() if here is not None and here.is_room else "",
            may=may,
            labels=_grouped(labels, found, f"{owner}/{repo}", number) if may else [],
            people=_assignable(owner, repo) if may else [],
            owner=owner,
            repo=repo,
        )

    @app.post(f"{base}/<int:number>/comment")
    def comment(owner: str, repo: str, number: int) -> Response:
        route = f"repos/{owner}/{repo}/issues/{number}"
        text, button = _text("text"), _text("button")

        def write() -> None:
            if text.strip():
                _visitor().ask("POST", f"{route}/comments", {"body": text})
            if button in ("close", "reopen"):
                state = "closed" if button == "close" else "open"
                _visitor().ask("PATCH", route, {"state": state})

        if button not in ("close", "reopen") and not text.strip():
            abort(400, "There is nothing in the comment yet.")
        did = {"close": "closed it", "reopen": "reopened it"}.get(button, "wrote a comment")
        moment = _house().act(_me().slug, did, write, waits=_waits(owner, repo))
        return _done(moment, "issue", owner=owner, repo=repo, number=number)

    @app.get(f"{base}/<int:number>/edit/<int:id>")
    def edit(owner: str, repo: str, number: int, id: int) -> str:
        found = _visitor().get(_text_route(owner, repo, number, id))
        return _page("edit.html", text=found["body"], owner=owner, repo=repo, number=number, id=id)

    @app.post(f"{base}/<int:number>/edit/<int:id>")
    def edited(owner: str, repo: str, number: int, id: int) -> Response:
        deed = partial(_visitor().ask, "PATCH", _text_route(owner, repo, number, id), {"body": _text("text")})
        moment = _house().act(_me().slug, "edited a text", deed, waits=_waits(owner, repo))
        return _done(moment, "issue", owner=owner, repo=repo, number=number)

    @app.post(f"{base}/<int:number>/labels")
    def label(owner: str, repo: str, number: int) -> Response:
        route = f"repos/{owner}/{repo}/issues/{number}/labels"
        there = {one["name"] for one in _visitor().get(route)}
        wanted = set(request.form.getlist("label"))

        def choose() -> None:
            if new := sorted(wanted - there):
                _visitor().ask("POST", route, {"labels": new})
            for one in sorted(there - wanted):
                _visitor().ask("DELETE", f"{route}/{quote(one, safe='')}")

        moment = _house().act(_me().slug, "chose labels", choose, waits=_waits(owner, repo))
        return _done(moment, "issue", owner=owner, repo=repo, number=number)

    @app.post(f"{base}/<int:number>/assignees")
    def assign(owner: str, repo: str, number: int) -> Response:
        route = f"repos/{owner}/{repo}/issues/{number}"
        there = {one["login"] for one in _visitor().get(route)["assignees"]}
        wanted = set(request.form.getlist("assignee"))

        def choose() -> None:
            for method, logins in (("POST", wanted - there), ("DELETE", there - wanted)):
                if logins:
                    _visitor().ask(method, f"{route}/assignees", {"assignees": sorted(logins)})

        did = "chose who it is assigned to"
        moment = _house().act(_me().slug, did, choose, waits=_waits(owner, repo))
        return _done(moment, "issue", owner=owner, repo=repo, number=number)


def _labelled(body: dict[str, Any], form: IssueForm) -> dict[str, Any]:
    return body | ({"labels": list(form.labels)} if form.labels else {})


def _waits(owner: str, repo: str) -> bool:
    """Whether nothing starts by what is done in a repository: no job runs in a room."""
    return f"{owner}/{repo}" not in _house().vaults()


def _grouped(labels: list[Any], issue: Issue, repository: str, number: int) -> list[tuple[str, list[Any]]]:
    """Return labels in groups, the likely ones first: what is on the issue, or may be asked by from here."""
    case = _house().case(repository, number)
    likely, others = list(issue.labels), list[str]()
    if isinstance(case, Case):
        process = case.process
        for move in process.moves_from(case.progress.state):
            likely += [name for name, _ in move.quick_labels]
            likely += [one.label for one in process.states if move.label and one.name == move.to]
        others = [one.name for one in labels_of([process]) if one.name != BOARD_LABEL]
    groups: dict[str, list[Any]] = {"On it, or likely now": [], "Others of its process": [], "All others": []}
    for one in labels:
        name = one["name"]
        at = 0 if name in likely else 1 if name in others else 2
        groups[list(groups)[at]].append(one)
    return [(said, group) for said, group in groups.items() if group]


def _is_board(shown: Any) -> bool:
    """Whether an issue is the board, on which no process runs."""
    return any(one["name"] == BOARD_LABEL for one in shown["labels"])


def _seen(owner: str, repo: str, visitor: Visitor | None = None) -> Seen | None:
    shown = (visitor or _visitor()).repositories()
    return next((one for one in shown if one.name == f"{owner}/{repo}"), None)


def _vault_of_mine() -> str:
    """Return the vault that whoever looks is shown; "" for none."""
    seen = (one.name for one in _visitor().repositories())
    return next((one for one in seen if one in _house().vaults()), "")


def _assignable(owner: str, repo: str) -> list[str]:
    return [one["login"] for one in _visitor().listed(f"repos/{owner}/{repo}/assignees")]


def _text_route(owner: str, repo: str, number: int, id: int) -> str:
    issues = f"repos/{owner}/{repo}/issues"
    return f"{issues}/comments/{id}" if id else f"{issues}/{number}"


def _issue(visitor: Visitor, owner: str, repo: str, number: int) -> Issue:
    route = f"repos/{owner}/{repo}/issues/{number}"
    shown = visitor.get(route)
    me = _me().login if "me" in g else ""
    opening = _comment_row(shown, 0, me, owner, repo)
    rows = [_row(one, me, owner, repo) for one in visitor.listed(f"{route}/timeline")]
    return Issue(shown=shown, rows=(opening, *(one for one in rows if one is not None)))


def _row(event: Any, me: str, owner: str, repo: str) -> Row | None:
    if event["event"] == "commented":
        return _comment_row(event, event["id"], me, owner, repo)
    says = _SAYS.get(event["event"])
    if says is None:
        return None
    more = event.get("assignee", {}).get("login") or event.get("rename", {}).get("to") or ""
    who = event["actor"]["login"] if event["actor"] else "ghost"
    return Row(who=who, at=event["created_at"], says=f"{says} {more}".strip(), label=event.get("label"))


def _comment_row(body: Any, id: int, me: str, owner: str, repo: str) -> Row:
    who = body["user"]["login"] if body["user"] else "ghost"
    return Row(
        who=who,
        at=body["created_at"],
        text=_read(body["body"], owner, repo),
        id=id,
        mine=who == me,
    )


def _forms(owner: str, repo: str) -> list[IssueForm]:
    found = _visitor().get(f"repos/{owner}/{repo}/contents/{FORMS}")
    names = [one["name"] for one in found if one["name"].endswith(".yml") and one["name"] != CHOOSER]
    return [_form(owner, repo, name) for name in names]


def _form(owner: str, repo: str, file: str) -> IssueForm:
    if file == CHOOSER:
        abort(404, "That is no form.")
    found = _visitor().get(f"repos/{owner}/{repo}/contents/{FORMS}/{quote(file, safe='')}")
    return read_form(file, base64.b64decode(found["content"]).decode())


def _form_page(
    form: IssueForm, owner: str, repo: str, sent: dict[str, list[str]], missing: dict[str, str]
) -> str:
    texts = [_read(one.text, owner, repo) for one in form.elements]
    return _page(
        "form.html",
        here=_seen(owner, repo),
        form=form,
        texts=texts,
        sent=sent,
        missing=missing,
        owner=owner,
        repo=repo,
    )


# --- two people side by side ------------------------------------------------------------------------------


class Pane(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody sees at this moment: all they are shown, and one issue, or their mail, in full."""

    who: Persona
    seen: tuple[tuple[Seen, list[Any]], ...] = ()
    at: str = ""
    issue: Issue | None = None
    mails: tuple[tuple[Mail, Markup], ...] = ()


def _pane(slug: str, at: str) -> Pane:
    """Return what somebody sees: the issue that is asked for, or the one that was changed last."""
    who = _house().persona(slug)
    if who is None:
        abort(404, "There is nobody of that name here.")
    g.me = who
    mails = tuple((one, _mail_html(one)) for one in reversed(_house().mails) if one.to == who.mail)
    if not who.login:
        del g.me
        return Pane(who=who, mails=mails)
    visitor = _house().visitor(who.login)
    seen = tuple(
        (one, visitor.listed(f"repos/{one.name}/issues", state="all")) for one in visitor.repositories()
    )
    places = {f"{one.name}/{issue['number']}": issue for one, issues in seen for issue in issues}
    newest = max(places, key=lambda place: str(places[place]["updated_at"]), default="")
    at = at if at in places else newest
    issue = None
    if at:
        owner, repo, number = at.split("/")
        issue = _issue(visitor, owner, repo, int(number))
    del g.me
    return Pane(who=who, seen=seen, at=at, issue=issue, mails=mails)


# --- mail ---------------------------------------------------------------------------------------------------


def _mail_html(mail: Mail) -> Markup:
    return _read(mail.text)


def _in_slack(mail: Mail) -> list[Shown]:
    """Return the messages that Slack shows."""
    return as_shown(mail.to, mail.subject, led_here(mail.text, ours=_house().url, here=_here()))


def _routes_of_mail(app: Flask) -> None:
    @app.get("/as/<who>/mail")
    def inbox() -> str:
        address = _address()
        mails = [one for one in reversed(_house().mails) if one.to == address]
        sent = [one for one in reversed(_house().answers) if one.sender == address]
        return _page("inbox.html", mails=mails, sent=sent)

    @app.get("/as/<who>/mail/<int:number>")
    def mail(number: int) -> str:
        found = _mail(number)
        return _page("mail.html", mail=found, text=_mail_html(found))

    @app.post("/as/<who>/mail/<int:number>")
    def answer(number: int) -> Response:
        if not _text("text").strip():
            abort(400, "There is nothing in the mail yet.")
        return _done(_house().answer_mail(_mail(number), _text("text")), "inbox")

    @app.get("/as/<who>/mail/new")
    def new_mail() -> str:
        _address()
        return _page("new_mail.html", to=REPORTS)

    @app.post("/as/<who>/mail/new")
    def write_mail() -> Response:
        if not _text("text").strip():
            abort(400, "There is nothing in the mail yet.")
        subject = _text("subject").strip() or "Hello"
        return _done(_house().write_mail(_address(), _text("text"), subject=subject), "inbox")


def _address() -> str:
    if not _me().mail:
        abort(404, "They have no mailbox here.")
    return _me().mail


def _mail(number: int) -> Mail:
    """Return one of the mails to whoever asks; nobody reads another one's."""
    found = next((one for one in _house().mails if one.number == number and one.to == _address()), None)
    if found is None:
        abort(404, "There is no such mail in this mailbox.")
    return found
