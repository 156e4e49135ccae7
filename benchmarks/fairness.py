"""Rows about fairness: somebody else's report in the run after it was filed, and what that run spends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from benchmarks.sweeps import POINTS
from benchmarks.table import Row
from benchmarks.world import ADMINISTRATOR, OTHER, REPORTER, REPOSITORY, START, Asked, World
from cocflow.run.budget import WRITES_AN_HOUR
from cocflow.sandbox.issues import Transaction
from tests.servers.imap import PASSWORD, USER, imap_server

GROUP = "Under load, somebody else's report"
REPORTS = 2
"""One is filed before the run that first meets the load, one before the next."""
MOST_RUNS = 5
"""The runs after which a report isn't waited for any longer."""


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How heavy each load is."""

    mails: int = 1_000
    reports: int = 130
    comments: int = 2_300
    commands: int = 200


def rows(folder: Path, sizes: Sizes | None = None) -> Iterator[Row]:
    """Measure each load in a repository of its own: runs until the report is answered, and their costs."""
    sizes = sizes or Sizes()
    loads: dict[str, Callable[[World], None]] = {
        f"{sizes.reports} reports of one reader": lambda world: _reports(world, sizes.reports),
        f"{sizes.comments:,} comments on one report": lambda world: _comments(world, sizes.comments),
        f"{sizes.commands} commands of an administrator": lambda world: _commands(world, sizes.commands),
    }
    for name, load in loads.items():
        with World(folder / name.partition(" ")[2]) as world:
            load(world)
            yield from _measured(name, world, "handle")
    yield from _with_mails(f"{sizes.mails:,} mails of an outsider", folder / "mails", sizes.mails)


def _reports(world: World, count: int) -> None:
    for _ in range(count):
        world.files()


def _comments(world: World, count: int) -> None:
    """Fill a report; every twenty-fifth comment asks for something."""
    number = world.files()
    with Transaction(world.store, world.store.access(REPOSITORY, REPORTER)) as desk:
        for n in range(count):
            desk.add_comment(number, "More." if n % 25 else "/help")


def _commands(world: World, count: int) -> None:
    """Give so many commands, five on each report."""
    numbers = [world.files() for _ in range(count // 5)]
    with Transaction(world.store, world.store.access(REPOSITORY, ADMINISTRATOR)) as desk:
        for number in numbers * 5:
            desk.add_comment(number, "/help")


def _with_mails(name: str, folder: Path, count: int) -> Iterator[Row]:
    with imap_server() as server:
        with server.client() as client:
            for n in range(count):
                received = f'"{datetime.fromisoformat(START):%d-%b-%Y %H:%M:%S %z}"'
                client.append("INBOX", "", received, _mail(n))
        url = f"imap://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}/INBOX"
        with World(folder, {"COCFLOW_IMAP_URL": url}) as world:
            yield from _measured(name, world, "sweep")


def _mail(n: int) -> bytes:
    """Return a mail under a name that no other has."""
    head = f"From: <{n}@example.net>\r\nTo: <appeals@example.org>\r\nMessage-ID: <{n}@example.net>\r\n"
    return f"{head}Subject: Buy\r\n\r\n{'Buy. ' * 400}\r\n".encode()


def _measured(name: str, world: World, command: str) -> Iterator[Row]:
    """File a report before each of some runs, and say how many it took, and what the dearest cost."""
    asked: list[Asked] = []
    slowest = 0
    for _ in range(REPORTS):
        number, runs = world.files(OTHER), 0
        while runs < MOST_RUNS and not world.is_answered(number):
            asked.append(world.asks(command))
            runs += 1
        slowest = max(slowest, runs)
    yield _row(f"{name}: runs until it is answered", slowest, 1, "at the least")
    yield _row(f"{name}: writes a run", max(one.writes for one in asked), WRITES_AN_HOUR, "an hour")
    yield _row(f"{name}: points a run", max(one.points for one in asked), POINTS, "an hour")


def _row(name: str, measured: int, reference: int, beside: str) -> Row:
    return Row(group=GROUP, name=name, measured=measured, reference=reference, beside=beside, limit=1)
