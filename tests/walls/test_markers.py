"""Nothing passes a wall but what may: every field of two vaults and of four rooms bears a marker of its own.

All that stands in each repository, as REST and GraphQL show it to an owner, is searched for every marker, and
so are the logs, the board, the titles and the mails. `MAY_STAND` says, as data, what may stand where; any
other marker is a leak. That the search finds one is shown with a gate taken away.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import msgspec
import pytest

from cocflow.cli.running import finish
from cocflow.core.case.facts import Issue, Tail
from cocflow.core.views.tokens import reply_token
from cocflow.ports import Rooms, Tracker
from cocflow.run import board
from cocflow.run.desk import Desk
from cocflow.run.sweep import Run
from cocflow.sandbox import Sandbox
from docs.walls import CHANGING, Place
from tests.core import play
from tests.core.drafts import AGREE
from tests.run.test_leaks import MARK, everything_captured, mark
from tests.walls.place import FIRST, SECOND, Setting, Wrapped, sandbox
from tests.walls.test_reading import newest

OWN = ("nature", "who", "material", "privacy")
PAULA, PAT = f"Paula {mark('paula')}", f"Pat {mark('pat')}"
ANSWERED = frozenset({"ada", "ben", "cleo"})
"""Whom a reporter is told of: who handles reports in the vault that took theirs."""
FIRSTS = frozenset(
    {
        *(f"{whose}{answer}" for whose in ("riya", "robin") for answer in OWN),
        *("word", "edited", "robinword", "paulaword"),
        *("talk", "talkedited", "robintalk", "roomtalk", "pagetalk", "withestimate", "title", "label"),
        *("paula", "pat", "patmail", "account", "accountmail", "reason", "mailed"),
        *("skipped", "toaccount"),
        *("saidriya", "toriya", "toparties", "resolution", "saidpaula"),
    }
)
SECONDS = frozenset({*(f"tess{answer}" for answer in OWN), "tessword", "secondtalk", "saidtess"})

MAY_STAND: dict[str, frozenset[str]] = {
    # Their own words, who handles reports, the words that are addressed to them, and what is for all.
    "room": ANSWERED
    | {*(f"riya{answer}" for answer in OWN), "word", "edited"}
    | {"withestimate", "saidriya", "toriya", "resolution"},
    # A party learns what is for them once the reporter agrees, and by which name people call them.
    "party's room": frozenset({"paulaword", "saidpaula", "toparties", "resolution"}),
    "other's room": ANSWERED | {*(f"robin{answer}" for answer in OWN), "robinword"},
    # The wall: whoever is reported here handles reports in the first vault, and is named by the reporter.
    "crossing's room": frozenset(
        {*(f"tess{answer}" for answer in OWN), "tessword", "saidtess", "cleo", "dora"}
    ),
    "template": frozenset(),
    "first vault": FIRSTS | ANSWERED,
    "second vault": SECONDS | {"dora", "cleo"},
    # Whoever has no room is told by mail.
    "mail to p2": frozenset({"toparties", "resolution"}),
    # How a suspension goes on is decided in the resolution: its words reach whoever is suspended.
    "mail to suspended": frozenset({"account", "reason", "resolution", "toparties", "toaccount"}),
    **dict.fromkeys(("log", "board", "titles"), frozenset[str]()),
}
"""Where which markers may stand. All else is a leak."""

EDITS = """query($id: ID!) {
  node(id: $id) { ... on Comment { userContentEdits(first: 50) { nodes { diff } } } }
}"""
SHOWN = (
    "",
    "/labels",
    "/contents/README.md",
    "/collaborators",
    "/invitations",
    "/issues/comments?per_page=100",
)
OF_ISSUES = ("/comments", "/events", "/timeline", "/labels", "/sub_issues")


class Marked(Setting):
    """The organization, with a marker in every field, and all that its jobs print."""

    def __init__(
        self, sandbox: Sandbox, folder: Path, rooms: Callable[[Rooms], Rooms] = lambda rooms: rooms
    ) -> None:
        super().__init__(sandbox, folder, rooms)
        self._kept, self.log = folder, ""

    def run(self, repository: str | None = None) -> list[Run]:
        """Let the jobs run, and keep what is printed, logged, or shown of them."""
        with everything_captured(self._kept) as said:
            runs = super().run(repository)
            for one in runs:
                said += [repr(one), *(f"{failure.error} {failure.error!r}" for failure in one.failures)]
                try:
                    finish(one)
                except SystemExit as left:
                    said.append(str(left))
        self.log += "\n".join(said)
        return runs

    # --- what there is to search ---

    def stands_in(self, place: Place) -> str:
        """Return every text of a repository that GitHub shows to an owner."""
        repository = self.repository(place)
        texts = [self.send("kim", "GET", f"/repos/{repository}{route}").text for route in SHOWN]
        issues = self.does("kim", "GET", f"/repos/{repository}/issues?state=all&per_page=100")
        comments = self.does("kim", "GET", f"/repos/{repository}/issues/comments?per_page=100")
        for issue in issues:
            root = f"/repos/{repository}/issues/{issue['number']}"
            texts += [self.send("kim", "GET", f"{root}{route}?per_page=100").text for route in OF_ISSUES]
        for one in (*issues, *comments):
            asked = {"query": EDITS, "variables": {"id": one["node_id"]}}
            texts += [str(one), self.send("kim", "POST", "/graphql", asked).text]
        return "\n".join(texts)

    def titles(self, repository: str) -> tuple[str, str]:
        """Return the titles of a vault's issues as they are now, and all of its board."""
        issues = self.does("kim", "GET", f"/repos/{repository}/issues?state=all&per_page=100")
        boards = [one for one in issues if one["title"] == board.TITLE]
        comments = [
            self.send("kim", "GET", f"/repos/{repository}/issues/{one['number']}/comments") for one in boards
        ]
        return " ".join(one["title"] for one in issues), "".join(
            (str(boards), *(one.text for one in comments))
        )

    def fields(self) -> dict[str, set[str]]:
        """Return which markers stand where."""
        made = [place for place in _PLACES if place not in CHANGING or place in self.rooms]
        texts: dict[str, str] = {place: self.stands_in(place) for place in made}
        for repository in (FIRST, SECOND):
            titles, shown = self.titles(repository)
            texts["titles"] = f"{texts.get('titles', '')} {titles}"
            texts["board"] = f"{texts.get('board', '')} {shown}"
        texts["log"] = self.log
        for one in self.notifier.messages:
            key = f"mail to {one.to.key}"
            texts[key] = f"{texts.get(key, '')} {one.subject} {one.text}"
        return {where: set(MARK.findall(text.casefold())) for where, text in texts.items()}


def leaks(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return which markers stand where they may not."""
    more = {where: fields - MAY_STAND.get(where, frozenset()) for where, fields in found.items()}
    return {where: fields for where, fields in more.items() if fields}


_PLACES: tuple[Place, ...] = (
    "room",
    "party's room",
    "other's room",
    "crossing's room",
    "template",
    "first vault",
    "second vault",
)


def report(whose: str, who: str = "") -> str:
    """Return a filed form with a marker in every answer."""
    marks = {answer: mark(f"{whose}{answer}") for answer in OWN}
    return play.body(**marks | {"who": f"{marks['who']} {who}"})


def comes_in(setting: Setting, place: Place, login: str) -> str:
    """Let somebody into the newest room that is theirs; return its repository."""
    setting.comes_in(login)
    setting.rooms[place] = setting.room_of(login)
    return setting.repository(place)


def others(setting: Setting) -> None:
    """Let another report in a room, and another an administrator of the first vault."""
    setting.run()
    setting.asks_for_room("ada", FIRST, "robin")
    room = comes_in(setting, "other's room", "robin")
    setting.says("robin", room, setting.files("robin", room, report("robin")), mark("robinword"))
    setting.says("ada", FIRST, newest(setting), mark("robintalk"))
    setting.asks_for_room("dora", SECOND, "tess")
    room = comes_in(setting, "crossing's room", "tess")
    setting.says("tess", room, setting.files("tess", room, report("tess", "Cleo Zqcleox7")), mark("tessword"))


def second(setting: Setting) -> None:
    """Let the second vault deal with what came to it."""
    incident = newest(setting, SECOND)
    setting.says("dora", SECOND, incident, mark("secondtalk"), "/estimate 3 days")
    setting.sends("dora", SECOND, incident, f"/say reporter {mark('saidtess')}")


def first(setting: Setting) -> None:
    """Let one report in a room, and go all the way with it, with a marker wherever somebody writes."""
    page = setting.asks_for_room("ada", FIRST, "riya")
    room = comes_in(setting, "room", "riya")
    number = setting.files("riya", room, report("riya"))
    setting.says("riya", room, number, mark("word"), "/consent parties")
    edits(setting, "riya", room, mark("word"), f"{mark('word')} {mark('edited')}")
    incident = newest(setting)
    issue = f"/repos/{FIRST}/issues/{incident}"
    setting.says("ada", FIRST, page, mark("roomtalk"))
    setting.says("ada", FIRST, incident, mark("talk"), f"/party {PAULA}")
    edits(setting, "ada", FIRST, mark("talk"), f"{mark('talk')} {mark('talkedited')}")
    setting.says("ada", FIRST, incident, f"/party {PAT}, {mark('patmail')}@example.org")
    setting.says("ada", FIRST, incident, f"/estimate 3 days\n{mark('withestimate')}")
    setting.says("ada", FIRST, incident, f"/room paula as party {PAULA}")
    with_room = comes_in(setting, "party's room", "paula")
    setting.does("ada", "PATCH", issue, {"title": mark("title")})
    setting.does("ada", "POST", f"{issue}/labels", {"labels": [mark("label")]})
    suspend = f"/suspend {mark('reason')}\n{mark('account')}, {mark('accountmail')}@example.org until 8 weeks"
    setting.says("ada", FIRST, incident, suspend)
    below = setting.does("kim", "GET", f"{issue}/sub_issues")
    (suspension,) = [one["number"] for one in below if one["title"].startswith("Suspension")]
    setting.says("ada", FIRST, suspension, mark("pagetalk"))
    mailed(setting, incident)
    setting.sends("ada", FIRST, incident, f"/say reporter {mark('saidriya')}")
    setting.sends("ada", FIRST, incident, f"/say {PAULA} {mark('saidpaula')}")
    setting.says("paula", with_room, 1, mark("paulaword"))
    account = mark("account")
    setting.says("ada", FIRST, incident, f"/heard {account} skipped: {mark('skipped')}")
    parts = f"To reporter: {mark('toriya')}\nTo parties: {mark('toparties')}"
    resolve = (
        f"/resolve {mark('resolution')}\n{account}: suspension until 8 weeks\n{mark('toaccount')}\n{parts}"
    )
    setting.says("ada", FIRST, incident, resolve)
    setting.labels("ben", FIRST, incident, AGREE)
    setting.passes(3600)


def edits(setting: Setting, who: str, repository: str, before: str, after: str) -> None:
    """Let somebody edit a comment of theirs."""
    listed = setting.does("kim", "GET", f"/repos/{repository}/issues/comments?per_page=100")
    (found,) = [one for one in listed if one["body"] == before]
    setting.does(who, "PATCH", f"/repos/{repository}/issues/comments/{found['id']}", {"body": after})
    setting.run()


def mailed(setting: Setting, incident: int) -> None:
    """Let the party without a room answer by mail."""
    desk, shown = setting.desk(FIRST), setting.does("kim", "GET", f"/repos/{FIRST}/issues/{incident}")
    setting.mailbox.arrives(
        mark("mailed"),
        received=setting.now,
        sender=f"{mark('patmail')}@example.org",
        subject=mark("subject"),
        tokens=(reply_token(incident, shown["node_id"], "p2", desk.seal),),
    )
    setting.run()


def test_no_field_stands_where_it_may_not(tmp_path: Path) -> None:
    """Not in another's room, beyond the wall, in logs, titles, the board or a mail; and none is lost."""
    with sandbox() as running:
        setting = Marked(running, tmp_path)
        others(setting)
        second(setting)
        first(setting)
        found = setting.fields()
        assert leaks(found) == {}
        assert found == MAY_STAND, "what may stand somewhere does: nothing was searched that is empty"


# --- controls: a gate is taken away, and the same search finds it -----------------------------------------


def test_what_the_vault_says_in_a_room_is_found(tmp_path: Path) -> None:
    """Rooms that repeat on each answer what stands in the vault: everything of it is a leak."""
    with sandbox() as running:

        def talks(rooms: Rooms) -> Rooms:
            def tracker(name: str) -> Tracker:
                right = rooms.tracker(name)

                def answer(issue: Issue, body: str) -> tuple[str, Tail]:
                    vault = setting.send("kim", "GET", f"/repos/{FIRST}/issues?state=all").text
                    said = sorted(set(MARK.findall(vault.casefold())))
                    return right.answer(issue, f"{' '.join(map(mark, said))}\n{body}")

                return cast(Tracker, Wrapped(right, answer=answer))

            return cast(Rooms, Wrapped(rooms, tracker=tracker))

        setting = Marked(running, tmp_path, talks)
        others(setting)
        assert {"robinnature", "robinwho"} <= leaks(setting.fields())["crossing's room"]


def test_a_report_beyond_the_wall_is_found(tmp_path: Path) -> None:
    """A first vault that knows of no second one takes what concerns its own administrator."""
    with sandbox() as running:
        setting = Marked(running, tmp_path)

        def alone(desk: Desk) -> Desk:
            community = msgspec.structs.replace(desk.community, vaults=())
            return msgspec.structs.replace(desk, community=community)

        setting.vaults = {**setting.vaults, FIRST: alone}
        others(setting)
        assert {f"tess{answer}" for answer in OWN} <= leaks(setting.fields())["first vault"]


@pytest.mark.parametrize("field", sorted(FIRSTS | SECONDS))
def test_each_marker_is_one(field: str) -> None:
    """The search knows every field by its marker."""
    assert MARK.findall(mark(field)) == [field]
