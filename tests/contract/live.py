"""`make live`: run the probes of the contract against github.com, and write down what was seen.

Owns what is refused before the first write, the pace, where a run that was stopped goes on, what is printed,
and the cleaning up. Prints names of rows and tests, counts and advice: nothing that anybody wrote, no token.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import msgspec
import pytest
import requests

from cocflow.errors import CocflowError
from tests.contract.rows import (
    HERE,
    VERDICTS,
    DamagedError,
    Seen,
    Verdict,
    rows,
    together,
    verdicts,
    written,
)
from tests.contract.target import SUFFIX, TOPIC, App, NotAskedError, StoppedError, Target

PREFIX = "COCFLOW_CONTRACT_"
ADMIN = "GH_TOKEN"
JOB = f"{PREFIX}JOB"
OTHERS = ("read", "triage", "write", "outsider")
LONGEST = timedelta(days=8)
EXPIRES = "GitHub-Authentication-Token-Expiration"
MINE = ("README.md", "LICENSE", ".gitignore", ".github/")
"""Files that there may be in an empty repository."""
PROBES = ("probe-", "probe/")
"""Files that probes write."""
HOLDS = {"holds": "as cocflow takes it", "differs": "OTHERWISE", "unclear": "couldn't be asked"}


class RefusedError(CocflowError):
    """Nothing was written: the repository or the token isn't what it should be. Says what to do."""


class Pace:
    """When the next write may be: a second apart, 60 a minute, 400 an hour, below what GitHub asks for."""

    SPANS = ((1.0, 1), (60.0, 60), (3600.0, 400))

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._writes: deque[float] = deque(maxlen=max(most for _, most in self.SPANS))

    def wait(self) -> None:
        """Wait until one more may be written, and count it."""
        now = self._clock()
        due = [self._writes[-most] + span for span, most in self.SPANS if len(self._writes) >= most]
        if (pause := max(due, default=now) - now) > 0:
            self._sleep(pause)
        self._writes.append(self._clock())


# --- what is refused -----------------------------------------------------------------------------------


def check(target: Target, begun: bool) -> str:
    """Return the node id of the repository; RefusedError unless it is there for probes, and the token for it.

    `begun`: an earlier run was stopped, so that what it made may be there still.
    """
    names = [one for one in (target.repository, target.other) if one]
    if not all(one.endswith(SUFFIX) for one in names):
        raise RefusedError(
            f"Not every name ends in {SUFFIX}. Make a new private repository for nothing else, called so, and"
            " name that."
        )
    _check_tokens(target)
    found = [_check_repository(target, one, begun) for one in names]
    _check_reach(target, names)
    return found[0]


def _check_tokens(target: Target) -> None:
    made = "Make a fine-grained one for this repository alone, for 7 days: Settings, Developer settings."
    for who, token in target.tokens.items():
        if who == "job":
            if not token.startswith("ghs_"):
                raise RefusedError(
                    f"{JOB} is no job's token. In a job, set it to github.token; else leave it out."
                )
            continue
        if not token.startswith("github_pat_"):
            raise RefusedError(
                f"The token of `{who}` isn't a fine-grained one: it may do more than this. {made}"
            )
        answer = target.rest(who, "GET", "//user")
        if answer.headers.get("X-OAuth-Scopes"):
            raise RefusedError(f"The token of `{who}` has the scopes of a classic one. {made}")
        ends = _ends(answer.headers.get(EXPIRES, ""))
        if ends is not None and ends - _now(answer) > LONGEST:
            raise RefusedError(f"The token of `{who}` is good for more than a week. {made}")


def _ends(text: str) -> datetime | None:
    """Return when a token ends, as GitHub writes it; None where it doesn't say."""
    for form in ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S %z"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _now(answer: requests.Response) -> datetime:
    return datetime.strptime(answer.headers["Date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


def _check_repository(target: Target, name: str, begun: bool) -> str:
    answer = target.rest("admin", "GET", f"//repos/{name}")
    if answer.is_redirect:
        raise RefusedError("The repository has another name now. Give it back its name, or name the new one.")
    if not answer.ok:
        raise RefusedError("The token can't see the repository. Choose it under `Only select repositories`.")
    shown = answer.json()
    if shown["visibility"] != "private":
        raise RefusedError("The repository isn't private. Make a new private one; don't change this one.")
    if TOPIC not in shown["topics"]:
        raise RefusedError(
            f"The repository lacks the topic {TOPIC}. If it is there for nothing else, add it."
        )
    if shown["archived"] or shown["fork"] or not shown["has_issues"]:
        raise RefusedError("The repository is archived, a fork, or without issues. Make a new private one.")
    if not shown["permissions"]["admin"]:
        raise RefusedError("The token's owner doesn't administer the repository. Make one of your own.")
    _check_people(target, name)
    if not begun:
        _check_empty(target, name, shown["default_branch"])
    return str(shown["node_id"])


def check_still_there(target: Target, path: Path) -> None:
    """RefusedError where the repository went away under its probes: what they saw then is no answer."""
    if target.rest("admin", "GET", f"//repos/{target.repository}").status_code != 200:
        raise RefusedError(
            "The repository was renamed or taken away meanwhile, so that answers can't be believed. Delete"
            f" {path}, and begin anew with another one."
        )


def _check_people(target: Target, name: str) -> None:
    """Nobody may be written to: whoever can read may be mailed what probes write."""
    people = {one["login"] for one in _all(target, f"//repos/{name}/collaborators")}
    known = {target.ok(who, "GET", "//user")["login"] for who in target.tokens if who != "job"}
    if others := people - known:
        raise RefusedError(
            f"{len(others)} more can read the repository, and might get mail. Take them out, or make"
            " another one."
        )


def _check_empty(target: Target, name: str, branch: str) -> None:
    if target.ok("admin", "GET", f"//repos/{name}/issues?state=all&per_page=1"):
        raise RefusedError("The repository has issues. Make a new one, which was never used for anything.")
    tree = target.rest("admin", "GET", f"//repos/{name}/git/trees/{quote(branch)}?recursive=1")
    files = [one["path"] for one in tree.json()["tree"] if one["type"] == "blob"] if tree.ok else []
    if more := [one for one in files if not one.startswith((*MINE, *PROBES))]:
        raise RefusedError(f"The repository has {len(more)} files of something else. Make a new one.")


def _check_reach(target: Target, names: Sequence[str]) -> None:
    """The token may be for these repositories alone: any other private one that it sees is one too many."""
    for one in _all(target, "//user/repos?visibility=private"):
        if one["full_name"] not in names and target.rest("admin", "GET", f"//repos/{one['full_name']}").ok:
            raise RefusedError(
                "The token reaches another private repository. Make one for this alone: `Only select"
                " repositories`."
            )


def _all(target: Target, path: str) -> Iterator[Any]:
    mark = "&" if "?" in path else "?"
    for page in range(1, 11):
        found = target.ok("admin", "GET", f"{path}{mark}per_page=100&page={page}")
        yield from found
        if len(found) < 100:
            return


# --- what was asked already ----------------------------------------------------------------------------


class State(msgspec.Struct):
    """How far a run came: the repository's node id, and what each test saw. Holds no text and no token."""

    repository: str = ""
    seen: dict[str, Verdict] = msgspec.field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> State:
        """Return what an earlier run left, or nothing yet; DamagedError where it can't be read any more."""
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls) if path.exists() else cls()
        except msgspec.DecodeError:
            remedy = "Delete that file, and begin anew with an empty repository: delete this one."
            raise DamagedError(path, remedy) from None

    def keep(self, path: Path) -> None:
        """Write it down, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(self))
        beside.replace(path)


class Live:
    """The plugin by which pytest asks the target, skips what was asked, and keeps what each test saw."""

    __name__ = "live"

    def __init__(self, target: Target, state: State, path: Path, stop_after: int | None = None) -> None:
        self.target, self.state, self.path = target, state, path
        self.rows: dict[str, tuple[str, ...]] = {}
        self.skipped = 0
        self._left = stop_after

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what was asked already."""
        for item in items:
            self.rows[item.nodeid] = item.function.rows  # type: ignore[attr-defined]
        items[:] = [one for one in items if one.nodeid not in self.state.seen]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Keep what a test saw, and print it."""
        error = call.excinfo.value if call.excinfo is not None else None
        if isinstance(error, pytest.skip.Exception):
            self.skipped += 1
        elif isinstance(error, (StoppedError, requests.RequestException)):
            said = str(error) if isinstance(error, StoppedError) else "GitHub didn't answer."
            item.session.shouldstop = said
            click.echo(said)
        elif error is not None or call.when == "call":
            self._saw(item, error)

    def _saw(self, item: pytest.Item, error: BaseException | None) -> None:
        seen, before = _seen(error), self.state.seen.get(item.nodeid)
        worse = together([seen, before.seen]) if before is not None else seen
        self.state.seen[item.nodeid] = Verdict(seen=worse, on=datetime.now(UTC).date())
        self.state.keep(self.path)
        why = f" {error}" if isinstance(error, NotAskedError) else ""
        test = item.nodeid.rpartition("::")[2]
        click.echo(f"{', '.join(self.rows[item.nodeid])}: {HOLDS[seen]} ({test}){why}")
        if self._left is not None:
            self._left -= 1
            item.session.shouldstop = item.session.shouldstop or self._left == 0

    def verdicts(self) -> dict[str, Verdict]:
        """Return what is known of each row, by all the tests about it."""
        of: dict[str, list[Verdict]] = {}
        for test, verdict in self.state.seen.items():
            for name in self.rows.get(test, ()):
                of.setdefault(name, []).append(verdict)
        return {
            name: Verdict(seen=together(one.seen for one in all_), on=max(one.on for one in all_))
            for name, all_ in of.items()
        }


def _seen(error: BaseException | None) -> Seen:
    """Return what an outcome says: an assertion that fails is an answer, anything else is none."""
    if error is None:
        return "holds"
    return "differs" if isinstance(error, (AssertionError, pytest.fail.Exception)) else "unclear"


# --- the run -------------------------------------------------------------------------------------------


def ask(live: Live) -> bool:
    """Run the probes; whether all of them were, and it wasn't stopped."""
    files = sorted(str(one) for one in HERE.glob("test_probe_*.py"))
    quiet = [
        "-s",
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-o",
        "faulthandler_timeout=0",
    ]
    code = pytest.main([*quiet, "-o", "addopts=", *files], plugins=[live])
    done = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
    return code in done  # none is left where only the cleaning up was stopped


def clean(target: Target) -> int:
    """Delete what probes made, and return how many issues are left that can't be deleted."""
    left = 0
    for name in (one for one in (target.repository, target.other) if one):
        for issue in list(_all(target, f"//repos/{name}/issues?state=all")):
            mutation = "mutation($id: ID!) { deleteIssue(input: {issueId: $id}) { clientMutationId } }"
            left += "errors" in target.graphql("admin", mutation, id=issue["node_id"])
        for label in list(_all(target, f"//repos/{name}/labels")):
            if label["name"].casefold().startswith("probe"):
                target.rest("admin", "DELETE", f"//repos/{name}/labels/{quote(label['name'], safe='')}")
        branch = target.ok("admin", "GET", f"//repos/{name}")["default_branch"]
        tree = target.rest("admin", "GET", f"//repos/{name}/git/trees/{quote(branch)}?recursive=1")
        for file in tree.json()["tree"] if tree.ok else ():
            if file["type"] == "blob" and file["path"].startswith(PROBES):
                gone = {"message": "Clean up", "sha": file["sha"]}
                target.rest("admin", "DELETE", f"//repos/{name}/contents/{quote(file['path'])}", gone)
    return left


def target_of(repository: str, environ: Mapping[str, str], pace: Pace) -> Target:
    """Return the target that the environment describes; RefusedError without a token."""
    if not environ.get(ADMIN):
        raise RefusedError(
            f"Set {ADMIN} to a fine-grained token for this one repository, for 7 days, with Issues, Contents,"
            " Actions, Workflows, Administration: read and write."
        )
    tokens = {"admin": environ[ADMIN]}
    for who in ("job", *OTHERS):
        if given := environ.get(f"{PREFIX}{who.upper()}"):
            tokens[who] = given
    parts = [environ.get(f"{PREFIX}{name}", "") for name in ("ORGANIZATION", "APP", "APP_KEY")]
    if parts[1] and not parts[1].isdecimal():
        raise RefusedError(f"{PREFIX}APP isn't the App's number. It stands on the App's page, as App ID.")
    app = App(parts[0], int(parts[1]), parts[2]) if all(parts) else None
    url = (environ.get("GITHUB_API_URL") or "https://api.github.com").rstrip("/")
    other = environ.get(f"{PREFIX}OTHER", "")
    return Target(url, repository, tokens, other, app, wait=pace.wait)


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Check, ask, write down, clean up; return the exit code."""
    target = target_of(arguments.repository, environ, Pace())
    path = arguments.state / f"{arguments.repository.replace('/', '+')}.json"
    state, where = State.of(path), arguments.verdicts or (None if target.is_here else VERDICTS)
    before = verdicts(where) if where is not None else {}
    found = check(target, begun=bool(state.repository))
    if state.repository not in ("", found):
        raise RefusedError(
            f"{path} is of another repository that had this name. Delete that file, and begin anew."
        )
    target.checked = True
    if state.repository:
        click.echo(f"Going on: {len(state.seen)} tests were asked already.")
    state.repository = found
    state.keep(path)
    live = Live(target, state, path, arguments.stop_after)
    if not ask(live):
        click.echo(f"Stopped. Run it again to go on; {path} knows how far it came.")
        return 3
    check_still_there(target, path)
    if summary := environ.get("GITHUB_STEP_SUMMARY"):  # a job's own files are gone with it
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"```toml\n{written(live.verdicts())}```\n")
    if where is not None:
        where.write_text(written(before | live.verdicts()), "utf-8")
    return _finish(live, target, path, where)


def _finish(live: Live, target: Target, path: Path, where: Path | None) -> int:
    seen = live.verdicts()
    _tell(seen, live.skipped)
    if where is not None:
        click.echo(f"Written to {where.name}; `make docs` puts it on the page.")
    else:
        click.echo("This was a sandbox, so nothing is written down.")
    if left := clean(target):
        click.echo(f"{left} issues couldn't be deleted: delete the repository.")
    else:
        click.echo("Everything that was made is deleted again. Delete the repository and the token, too.")
    path.unlink()
    return 1 if any(one.seen == "differs" for one in seen.values()) else 0


def _tell(seen: Mapping[str, Verdict], skipped: int) -> None:
    names = {word: sorted(name for name, one in seen.items() if one.seen == word) for word in HOLDS}
    click.echo(f"\n{len(seen)} of {len(rows())} rows were asked.")
    for word, says in HOLDS.items():
        click.echo(
            f"  {says}: {len(names[word])}{'' if word == 'holds' else ' ' + ', '.join(names[word])}".rstrip()
        )
    if skipped:
        click.echo(
            f"{skipped} tests need a token or a repository that wasn't given: see tests/contract/README.md."
        )
    if names["differs"]:
        click.echo(
            "Where it differs: change the sandbox and the probe to agree, and see what cocflow makes of it."
        )


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run it; refusals and failures of the network are a sentence."""
    parser = argparse.ArgumentParser(
        prog="make live", description=__doc__.partition("\n")[0] if __doc__ else ""
    )
    parser.add_argument("repository", metavar="OWNER/NAME-contract")
    parser.add_argument(
        "--state", type=Path, default=Path("build/live"), help="where it is kept how far it came"
    )
    parser.add_argument("--verdicts", type=Path, help="the file that verdicts go to, also those of a sandbox")
    parser.add_argument("--stop-after", type=int, help="stop after so many tests; another run goes on")
    try:
        return run(parser.parse_args(arguments), environ)
    except CocflowError as error:
        click.echo(error, err=True)
    except (NotAskedError, StoppedError) as error:
        click.echo(f"{error} Run it again to go on.", err=True)
    except requests.RequestException:
        click.echo("GitHub didn't answer. Run it again to go on.", err=True)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
