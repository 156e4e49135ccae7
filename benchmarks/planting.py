"""Many incidents at once: copies of one that cocflow answered itself, with the ids made theirs.

Answering ten thousand reports over HTTP takes an hour of a benchmark; a copied receipt and card say
the same. A test shows that cocflow finds nothing to do on a copy.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.world import ADMINISTRATOR, JOB, REPORTER, REPOSITORY, START, World, report
from cocflow.core.text.codename import code_name, title
from cocflow.sandbox.ids import node_id
from cocflow.sandbox.issues import IssueDesk, Transaction

OPENED = datetime.fromisoformat(START)
HOUR = timedelta(hours=1)
DAY_LATER = OPENED + 24 * HOUR
"""When the incident that is copied is opened: a day later it is due, and until then never."""


class Planter:
    """Copies the first incident of a world, in its state after the opening's receipt."""

    def __init__(self, world: World) -> None:
        self._world = world
        store = world.store
        store.move_clock(to=START, advance=24 * 3600)
        world.files()
        world.asks("sweep")
        self._report = report()
        self._repository = int(store.repository(REPOSITORY)["id"])
        with store.read() as db:
            issue = db.execute("SELECT * FROM issue WHERE number = 1").fetchone()
            comments = db.execute("SELECT * FROM comment WHERE issue_id = ? ORDER BY id", (issue["id"],))
            self._comments = [(row["id"], str(row["body"])) for row in comments]
            labels = db.execute(
                "SELECT l.name FROM issue_label il JOIN label l ON l.id = il.label_id WHERE il.issue_id = ?",
                (issue["id"],),
            )
            self._labels = [str(row["name"]) for row in labels]
            self._issue = int(issue["id"])

    def plant(self, count: int, opened: datetime, *, is_open: bool = True) -> None:
        """Add so many incidents that were opened and answered at one instant."""
        store = self._world.store
        store.move_clock(to=opened.strftime("%Y-%m-%dT%H:%M:%SZ"), tick=0)
        job = store.access(REPOSITORY, JOB)
        with Transaction(store, store.access(REPOSITORY, REPORTER)) as reporter:
            bot = IssueDesk(reporter.db, reporter.at, job)
            for _ in range(count):
                self._copy(reporter, bot, opened, is_open=is_open)
        store.move_clock(tick=1)

    def _copy(self, reporter: IssueDesk, bot: IssueDesk, opened: datetime, *, is_open: bool) -> None:
        issue = reporter.open_issue("Incident", self._report, [])
        id_ = node_id("Issue", issue["id"], self._repository)
        now = {self._id("Issue", self._issue): id_, _instant(DAY_LATER): _instant(opened)}
        now[_instant(DAY_LATER + 24 * HOUR)] = _instant(opened + 24 * HOUR)
        now['"is_open":true'] = f'"is_open":{str(is_open).lower()}'  # what the card says of it
        for old, body in self._comments:
            made = bot.add_comment(issue["number"], _replaced(body, now))
            now[self._id("IssueComment", old)] = self._id("IssueComment", made["id"])
        bot.add_labels(issue["number"], self._labels)
        bot.assign(issue["number"], [ADMINISTRATOR])
        bot.change_issue(issue["number"], {"title": title("incident", code_name(id_))})
        if not is_open:
            bot.change_issue(issue["number"], {"state": "closed"})

    def _id(self, kind: str, id_: int) -> str:
        return _escaped(node_id(kind, id_, self._repository))


def _replaced(body: str, now: dict[str, str]) -> str:
    for before, after in now.items():
        body = body.replace(before, after)
    return body


def _instant(at: datetime) -> str:
    """Return an instant as a record holds it."""
    return _escaped(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _escaped(text: str) -> str:
    """Return a text as a record holds it: without `-`."""
    return text.replace("-", "\\u002d")
