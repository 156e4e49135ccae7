"""Setting up a repository: what it must hold, what it holds, and the difference.

Owns which files are shipped to a community's repository, the record of what was installed
(`.github/cocflow.lock`), and the order of the steps. A file that the community has changed is theirs
and stays; one that they haven't is brought up to date. Every step asks what is there, so a run that was
interrupted is finished by the next one. Refuses a repository that isn't private.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from cocflow.core.forms.template import fill_template
from cocflow.core.people.roster import Administrator, Community, Vault
from cocflow.core.process import Process
from cocflow.core.text.blobs import blob_sha
from cocflow.errors import AdapterError, CocflowError, DefinitionError
from cocflow.ports import Files, Premises, Settings
from cocflow.setup.archive import is_of_archive
from cocflow.setup.job import (
    JOB,
    SWEEP_JOB,
    as_installed,
    quick_labels_of,
    with_hourly_sweep,
    with_quick_labels,
    with_schedule_of,
)
from cocflow.setup.labels import labels_of, make_labels, wanting

CONFIGURATION = ".github/cocflow.yml"
RECORD = ".github/cocflow.lock"
FORMS = ".github/ISSUE_TEMPLATE/"
JOBS = ".github/workflows/"
ACTIONS = ".github/actions/"
LOCK = ".github/requirements.txt"
SHIPPED = (FORMS, JOBS, ACTIONS, LOCK, "workflows/", "templates/")
"""What a community's repository holds of what is shipped: folders, and single files."""

NOT_SHIPPED = frozenset({f"{JOBS}ci.yml", f"{JOBS}release.yml", f"{JOBS}site.yml"})
"""The gate, the release and the site of cocflow's own repository."""

TOO_LARGE = (
    "GitHub didn't take what the jobs import as archives: they are too large. The jobs do without, and"
    " install it each time, which takes some seconds. To have them all the same: `cocflow init --local` in a"
    " checkout of the repository, then commit and push."
)

_NOTE = "Written by cocflow init: git's names of the shipped files as they were installed. Don't edit it."

Say: TypeAlias = Callable[[str], None]
Kind: TypeAlias = Literal["add", "update", "remove", "keep"]


class NotPrivateError(CocflowError):
    """An existing repository can be read by others than its members."""

    def __init__(self, visibility: str) -> None:
        super().__init__(
            f"The repository is {visibility}. Incidents need a private one, which only those read whom you"
            " let in: make it private, or name a repository that doesn't exist yet."
        )


class ArchivedError(CocflowError):
    """The repository is archived."""

    def __init__(self) -> None:
        super().__init__("The repository is archived, so nothing can be written. Unarchive it first.")


class UnfinishedError(CocflowError):
    """A step failed (`cause`); those before it are done."""

    def __init__(self, step: str, cause: CocflowError, done: Iterable[str]) -> None:
        so_far = "; ".join(done) or "nothing"
        super().__init__(
            f"Stopped while trying to {step}: {cause}. Done so far: {so_far}."
            " Once the cause is mended, give the same command again: it does only what is left."
        )
        self.cause = cause


class UnconvertedError(CocflowError):
    """A process file of the community's own isn't written as this version reads it."""

    def __init__(self, mistake: DefinitionError) -> None:
        super().__init__(
            f"{str(mistake).rstrip('.')}. You have changed this file, so it stays yours, and nothing was"
            " written: first put it into the language of this version. CHANGELOG.md tells how, and `cocflow"
            " process check` names every place."
        )
        self.mistake = mistake


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one file. `keep`: the community's own words stay in place of `after`."""

    path: str
    kind: Kind
    before: bytes | None
    after: bytes | None

    def difference(self) -> str:
        """Return the difference as a patch, "" for a new file."""
        if self.before is None:
            return ""
        if b"\0" in self.before:
            return "(not text)\n"
        old, new = (
            (text or b"").decode(errors="replace").splitlines(keepends=True)
            for text in (self.before, self.after)
        )
        lines = difflib.unified_diff(old, new, f"a/{self.path}", f"b/{self.path}")
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


class Plan(msgspec.Struct, frozen=True):
    """Every file that isn't as shipped, and what the record must hold afterwards (None: what it holds)."""

    changes: tuple[Change, ...]
    record: bytes | None

    @property
    def is_first(self) -> bool:
        """Whether the repository has had no configuration so far."""
        return any(one.path == CONFIGURATION and one.before is None for one in self.changes)

    @property
    def kept(self) -> tuple[str, ...]:
        """The files that stay as the community has them."""
        return tuple(one.path for one in self.changes if one.kind == "keep")

    @property
    def writes(self) -> dict[str, bytes | None]:
        """What has to be written: the changed files, and the record with them."""
        changed = {one.path: one.after for one in self.changes if one.kind != "keep"}
        return changed | ({RECORD: self.record} if self.record is not None else {})

    def without_archives(self, shas: Mapping[str, str]) -> Plan:
        """Return the same without the archives of what the jobs import; those that are there go.

        `shas`: git's names of what is there.
        """
        others = tuple(one for one in self.changes if not is_of_archive(one.path))
        gone = tuple(
            msgspec.structs.replace(one, kind="remove", after=None)
            for one in self.changes
            if is_of_archive(one.path) and one.before is not None
        )
        record = self.record
        if record is not None:
            files = json.loads(record)["files"]
            record = _record_of({path: sha for path, sha in files.items() if not is_of_archive(path)}, shas)
        return Plan(others + gone, record)


# --- what is wanted ----------------------------------------------------------------------------------


def is_shipped(path: str) -> bool:
    """Whether a file of that path belongs to what cocflow ships."""
    return path not in NOT_SHIPPED and path.startswith(SHIPPED)


def shipped_files(root: Path) -> dict[str, bytes]:
    """Return what a repository must hold, by path, as it lies in `root`; forms aren't filled in yet."""
    parts = (root / part for part in SHIPPED)
    files = (one for part in parts for one in ([part] if part.is_file() else sorted(part.rglob("*"))))
    named = {one.relative_to(root).as_posix(): one for one in files if one.is_file()}
    return {path: one.read_bytes() for path, one in named.items() if is_shipped(path)}


def with_wheel(shipped: Mapping[str, bytes], name: str, wheel: bytes) -> dict[str, bytes]:
    """Return what a repository holds that doesn't hold the package: a wheel, and its hash in the lock."""
    digest = hashlib.sha256(wheel).hexdigest()
    lock = shipped[LOCK] + f"./.github/{name} --hash=sha256:{digest}\n".encode()
    return {**shipped, LOCK: lock, f".github/{name}": wheel}


def holds_package(files: Files) -> bool:
    """Whether a repository holds the package itself, as a copy of the template repository does."""
    return "cocflow/__main__.py" in files.shas()


class Filling(msgspec.Struct, frozen=True, kw_only=True):
    """What is put into shipped files: the community's names into forms, its quick labels into the job.

    `quick_labels` None leaves the job's as they are. `hourly`: the sweep comes every hour.
    """

    values: Mapping[str, str | tuple[str, ...]]
    quick_labels: Collection[str] | None = None
    hourly: bool = False

    def of(self, path: str, content: bytes) -> bytes:
        """Return a file, filled if it is one that holds any of this; one that isn't text stays as it is."""
        if path.startswith(FORMS):
            return fill_template(content.decode(), self.values).encode()
        if path == JOB and self.quick_labels is not None:
            return with_quick_labels(content.decode(), self.quick_labels).encode()
        if path == SWEEP_JOB and self.hourly:
            return with_hourly_sweep(content.decode()).encode()
        return content


def filling_of(community: Community, processes: Iterable[Process]) -> Filling:
    """Return what is put into the files of a community's vault."""
    return Filling(
        values=form_values(community),
        quick_labels=quick_labels_of(processes),
        hourly=community.rooms is not None,
    )


def form_values(community: Community) -> dict[str, str | tuple[str, ...]]:
    """Return what stands between the markers of the forms."""
    contact = community.outside_contact
    values: dict[str, str | tuple[str, ...]] = {
        "administrators": tuple(choice(one) for one in community.administrators),
        "community": community.name,
        "code_of_conduct": f"[Code of Conduct]({community.code_of_conduct})",
        "readers": _names(community.administrators),
        "outside_contact": contact or "an administrator whom it isn't about, in private",
        "outside_contact_url": _address(contact) or community.code_of_conduct,
    }
    if others := elsewhere(community):
        values["involved"] = _involved_here(community, others)
    return values | ({"rules_channel": community.rules_channel} if community.rules_channel else {})


def values_of_all_vaults(community: Community) -> dict[str, str | tuple[str, ...]]:
    """Return what stands between the markers of a form that leads to whichever vault takes it; {} without.

    That is a mail's, and a room's.
    """
    if not community.vaults:
        return {}
    people = {one.login.casefold(): one for vault in community.vaults for one in vault.administrators}
    groups = [_names(vault.administrators) for vault in community.vaults]
    readers = "; or, where one of these may be meant, ".join(groups)
    return {
        "administrators": tuple(map(choice, people.values())),
        "readers": f"{readers}. Only one of these groups reads it",
        "involved": "It goes to a group of which your words may mean nobody. If they may mean somebody of"
        " each, none gets it: whoever is outside them is told that it has come. You can always write to",
    }


def elsewhere(community: Community) -> tuple[Vault, ...]:
    """Return the community's vaults besides the one with this roster."""
    return tuple(one for one in community.vaults if one.administrators != community.administrators)


def _involved_here(community: Community, others: Iterable[Vault]) -> str:
    """Return what to do about an administrator who can read what is filed in the vault's own form."""
    ways = [
        f"file it [where only {_names(one.administrators)} read it]"
        f"(https://github.com/{one.repository}/issues/new/choose), if you were let in there"
        for one in others
    ]
    if community.reports:
        ways.append(f"write a mail to {community.reports}, which goes to those whom it doesn't mean")
    return (
        "But they can read what is kept there, and so could read your report. If that matters to you, don't"
        f" file it here: {'; or '.join(ways)}. Or write to"
    )


def _names(administrators: Sequence[Administrator]) -> str:
    names = [one.shown() for one in administrators]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def choice(administrator: Administrator) -> str:
    """Return how the form offers an administrator: what was chosen is joined by commas, so it has none."""
    name = administrator.name.replace(",", " ")
    return f"@{administrator.login} ({name})" if name else f"@{administrator.login}"


def _address(contact: str) -> str:
    """Return a contact as something that a link can lead to, "" if it is only words."""
    if contact.startswith(("https://", "http://", "mailto:")):
        return contact
    return f"mailto:{contact}" if "@" in contact and " " not in contact else ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a new configuration says: `texts` by field, "" where there is nothing to say."""

    texts: dict[str, str]
    administrators: tuple[Administrator, ...]


def configuration(template: str, asked: Asked) -> str:
    """Return the shipped `.github/cocflow.yml`, filled in; what has no value is commented out."""
    lines: list[str] = []
    for block in _blocks(template):
        key = block[0].partition(":")[0]
        if key == "administrators":
            lines += [block[0], *_roster(asked.administrators)]
        elif asked.texts.get(key):
            lines.append(f"{key}: {_quoted(asked.texts[key])}")
        elif key[:1].isalpha() and any("<" in line for line in block):
            lines += [f"# {line}" for line in block]
        else:
            lines += block
    return "\n".join(lines) + "\n"


def _blocks(text: str) -> list[list[str]]:
    """Return the lines of a YAML mapping, each with the indented ones that belong to it."""
    blocks: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith(" ") and blocks:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _roster(administrators: Iterable[Administrator], indent: str = "  ") -> Iterator[str]:
    for one in administrators:
        yield f"{indent}- login: {_quoted(one.login)}"
        if one.account is not None:
            yield f"{indent}  account: {one.account}"
        for name in ("name", "mail", "slack"):
            if getattr(one, name):
                yield f"{indent}  {name}: {_quoted(getattr(one, name))}"


OF_ONE_VAULT = ("administrators_as_of", "administrators_slack_channel")
"""What a configuration says of the administrators of one vault, and another one's doesn't take over."""


def another_vault(text: str, administrators: tuple[Administrator, ...], slack_channel: str) -> str:
    """Return a configuration as that of another vault of the same community, with its own administrators."""
    text = _with_block(text, "administrators", ["administrators:", *_roster(administrators)])
    for name in OF_ONE_VAULT:
        text = _with_block(text, name, [])
    channel = [f"administrators_slack_channel: {_quoted(slack_channel)}"] if slack_channel else []
    return _with_block(text, "administrators_slack_channel", channel)


def with_vaults(text: str, vaults: Iterable[Vault], own: str) -> str:
    """Return a configuration with these vaults; the one of the repository `own` has its roster above."""
    lines = ["vaults:"]
    for one in vaults:
        lines.append(f"  - repository: {_quoted(one.repository)}")
        if one.repository.casefold() != own.casefold():
            lines += ["    administrators:", *_roster(one.administrators, "      ")]
    return _with_block(text, "vaults", lines)


def _with_block(text: str, key: str, block: Sequence[str]) -> str:
    """Return a YAML mapping with these lines for a key: in place of those that are there, or at its end.

    Blank lines and comments behind the old ones stay.
    """
    lines = text.splitlines()
    start = next((place for place, line in enumerate(lines) if line.startswith(f"{key}:")), None)
    if start is None:
        return "\n".join([*lines, *(["", *block] if block else [])]) + "\n"
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t-#]}"):
        end += 1
    while not lines[end - 1].strip() or lines[end - 1].startswith("#"):
        end -= 1
    return "\n".join([*lines[:start], *block, *lines[end:]]) + "\n"


def _quoted(text: str) -> str:
    # JSON's quoted text is YAML's too, whatever it holds.
    return json.dumps(text, ensure_ascii=False)


# --- what is there, and the difference -----------------------------------------------------------------


class Remembered:
    """Files as they were when they were first looked at, so that two plans cost one reading."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._contents: dict[str, bytes] = {}

    @cached_property
    def _shas(self) -> dict[str, str]:
        return self._files.shas()

    def shas(self) -> dict[str, str]:
        """See `Files.shas`."""
        return self._shas

    def content(self, path: str) -> bytes:
        """See `Files.content`."""
        if path not in self._contents:
            self._contents[path] = self._files.content(path)
        return self._contents[path]

    def commit(self, changes: Mapping[str, bytes | None], message: str) -> None:
        """See `Files.commit`."""
        self._files.commit(changes, message)


def read_record(files: Files, shas: Mapping[str, str]) -> dict[str, str]:
    """Return git's names of the files as they were installed, by path; {} without a readable record."""
    if RECORD not in shas:
        return {}
    try:
        record = json.loads(files.content(RECORD))
        return {str(path): str(sha) for path, sha in record["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def plan(
    files: Files,
    shipped: Mapping[str, bytes],
    filling: Filling,
    new: Mapping[str, bytes],
) -> Plan:
    """Compare what is there with what is shipped, filled; `new` is written as it is."""
    shas = files.shas()
    record: dict[str, str] = {}
    installed = read_record(files, shas)
    changes: list[Change] = []
    for path, raw in shipped.items():
        if path in new:
            continue
        before = files.content(path) if shas.get(path) not in (None, blob_sha(raw)) else None
        if before is None and path in shas:
            before = raw
        change, recorded = _compare(path, before, raw, installed.get(path), filling)
        changes += [change] if change else []
        record |= {path: recorded} if recorded else {}
    changes += _left_over(files, shas, installed, shipped)
    for path, content in new.items():
        before = files.content(path) if path in shas else None
        if before != content:
            kind: Kind = "add" if before is None else "update"
            changes.append(Change(path=path, kind=kind, before=before, after=content))
    return Plan(tuple(changes), _record_of(record, shas))


def _compare(
    path: str, before: bytes | None, raw: bytes, installed: str | None, filling: Filling
) -> tuple[Change | None, str | None]:
    """Return what becomes of a file, and what is recorded for it.

    It isn't the community's own if it is as it was installed, or as it lies in the template
    repository, from which it may have been copied. In one of their own only the names are renewed. When the
    sweep comes is theirs to say, in a job that is as it was installed besides.
    """
    after = filling.of(path, raw)
    if before is None:
        return Change(path=path, kind="add", before=None, after=after), blob_sha(after)
    if before == after:
        return None, blob_sha(after)
    if blob_sha(before) in (installed, blob_sha(raw)):
        return Change(path=path, kind="update", before=before, after=after), blob_sha(after)
    if path == SWEEP_JOB and _is_as_installed_but_for_its_time(before, (installed, blob_sha(raw))):
        own = with_schedule_of(after.decode(), before.decode()).encode()
        change = Change(path=path, kind="update", before=before, after=own)
        return (change if own != before else None), blob_sha(after)
    renewed = filling.of(path, before)
    kind: Kind = "keep" if renewed == before else "update"
    return Change(path=path, kind=kind, before=before, after=after if kind == "keep" else renewed), installed


def _is_as_installed_but_for_its_time(job: bytes, known: Collection[str | None]) -> bool:
    return any(blob_sha(one.encode()) in known for one in as_installed(job.decode(errors="replace")))


def _left_over(
    files: Files, shas: Mapping[str, str], installed: Mapping[str, str], shipped: Mapping[str, bytes]
) -> Iterator[Change]:
    """Give the files that are shipped no more; one that the community has changed stays, and is named."""
    for path, sha in installed.items():
        if path not in shipped and path in shas:
            kind: Kind = "remove" if shas[path] == sha else "keep"
            yield Change(path=path, kind=kind, before=files.content(path), after=None)


def _record_of(record: Mapping[str, str], shas: Mapping[str, str]) -> bytes | None:
    """Return the record's text, None where it is there already."""
    body = {"note": _NOTE, "files": dict(sorted(record.items()))}
    text = (json.dumps(body, indent=1) + "\n").encode()
    return None if shas.get(RECORD) == blob_sha(text) else text


def renew(folder: Path, planned: Plan) -> None:
    """Bring the processes and templates in a folder to what they will be once a plan is carried out.

    A process as it was installed by an earlier version can't be read by this one, and needn't be.
    """
    for change in planned.changes:
        if change.kind == "keep" or not change.path.startswith(("workflows/", "templates/")):
            continue
        target = folder / change.path
        if change.after is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(change.after)


def blame(planned: Plan, mistake: DefinitionError) -> CocflowError:
    """Return the error about a process that can't be read: one of the community's own has to be converted."""
    own = any(one.kind == "keep" and one.path == mistake.file for one in planned.changes)
    return UnconvertedError(mistake) if own else mistake


def own_files(files: Files) -> dict[str, bytes]:
    """Return what a community has changed or added of what is shipped, by path: words, processes, templates.

    Without a record of what was installed, nothing can be told.
    """
    shas = files.shas()
    installed = read_record(files, shas)
    changed = (path for path, sha in shas.items() if is_shipped(path) and installed.get(path) != sha)
    return {path: files.content(path) for path in changed if installed and not path.startswith(LOCK)}


def is_outdated(files: Files, shipped: Mapping[str, bytes], path: str) -> bool:
    """Whether a process or a template is as another version of cocflow installed it."""
    if not path.startswith(("workflows/", "templates/")):
        return False
    shas = files.shas()
    installed = read_record(files, shas).get(path)
    return shas.get(path) == installed and path in shipped and installed != blob_sha(shipped[path])


def fetch(files: Files, shipped: Mapping[str, bytes], folder: Path) -> None:
    """Write what a repository holds of cocflow's files into a folder; what is as shipped isn't read."""
    known = {blob_sha(content): content for content in shipped.values()}
    for path, sha in files.shas().items():
        if is_shipped(path) or path in (CONFIGURATION, RECORD):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(known[sha] if sha in known else files.content(path))


# --- the steps -----------------------------------------------------------------------------------------


def acceptable(premises: Premises) -> Settings | None:
    """Return the settings of a repository that may be set up, None if there is none of that name."""
    settings = premises.settings()
    if settings is not None and settings.visibility != "private":
        raise NotPrivateError(settings.visibility)
    if settings is not None and settings.archived:
        raise ArchivedError
    return settings


class Installation:
    """The steps that bring a repository to what it should be, each done only where something is left.

    `say` is told of each step as it is done; with `dry_run` nothing is written and `say` is told what
    would be done.
    """

    def __init__(self, say: Say, *, dry_run: bool = False) -> None:
        self._say = say
        self.dry_run = dry_run
        self.done: list[str] = []

    @property
    def changed(self) -> bool:
        """Whether anything was done, or would be."""
        return bool(self.done)

    def create(self, premises: Premises) -> Settings | None:
        """Create the repository; None in a dry run."""
        self.step("create the private repository", "Created the private repository", premises.create)
        return None if self.dry_run else acceptable(premises)

    def close_off(self, premises: Premises, settings: Settings) -> None:
        """Switch off what would let incidents be read, copied or filed elsewhere."""
        forks = settings.forks and settings.organization
        if settings.wiki or settings.projects or settings.discussions or forks or not settings.issues:
            self.step(
                "switch off wiki, projects, discussions and forks",
                "Switched off wiki, projects, discussions and forks",
                premises.close_off,
            )
        actions = premises.actions()
        if not actions.enabled or actions.default != "read":
            self.step("set up Actions", "Set up Actions", premises.set_actions)

    def make_labels(self, premises: Premises, processes: Iterable[Process]) -> None:
        """Create the labels, and make those that look otherwise as they should be."""
        wanted = tuple(processes)
        lacks = wanting(premises.labels(), labels_of(wanted))
        if lacks:
            count = len(lacks.missing) + len(lacks.different)
            self.step("set the labels", f"Set {count} labels", lambda: make_labels(premises, wanted))

    def write(self, files: Files, planned: Plan) -> None:
        """Write every file that has to be, in one commit; no archives where they are larger than is taken."""
        for one in planned.changes if self.dry_run and planned.writes else ():
            self._say(f"  {one.kind} {one.path}")
        if self.dry_run and planned.record is not None:
            self._say(f"  write {RECORD}")
        try:
            self._commit(files, planned)
        except UnfinishedError as error:
            is_too_large = isinstance(error.cause, AdapterError) and error.cause.reason == "too_long"
            if not is_too_large or not any(is_of_archive(path) for path in planned.writes):
                raise
            self._commit(files, planned.without_archives(files.shas()))
            self._say(TOO_LARGE)

    def _commit(self, files: Files, planned: Plan) -> None:
        if planned.writes:
            count = sum(one.kind != "keep" for one in planned.changes)
            said = f"Wrote {count} files" if count else "Wrote the record of the files"
            message = "Set up cocflow" if count else "Record cocflow's files"
            self.step("write the files", said, lambda: files.commit(planned.writes, message))

    def step(self, what: str, done: str, act: Callable[[], object]) -> None:
        """Do one thing and say so; UnfinishedError if it fails."""
        if self.dry_run:
            self._say(f"Would {what}.")
        else:
            try:
                act()
            except CocflowError as error:
                raise UnfinishedError(what, error, self.done) from None
            self._say(f"{done}.")
        self.done.append(done)
