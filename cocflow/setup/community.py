"""The committed configuration, `.github/cocflow.yml`: who the administrators are, and the figures.

Owns its format. Refuses to guess: what is missing, misspelt or still the shipped placeholder is
named with its line, and nothing is run on half a configuration.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import get_args

from cocflow.core.people.contacts import is_mail, is_nobodys
from cocflow.core.people.providers import PROVIDERS, is_server
from cocflow.core.people.roster import Administrator, Community, Reported, RoomsSettings, Vault
from cocflow.core.process import Figure
from cocflow.errors import DefinitionError
from cocflow.process.entries import (
    Entry,
    ReadEntry,
    day,
    instant,
    known,
    many,
    nearest,
    read_fields,
    read_yaml,
    shown,
    span,
)

REQUIRED = ("community", "code_of_conduct", "time_zone", "administrators")
"""What nobody can run the process without."""

CHANNELS = ("room", "mail", "slack")
"""The ways to people outside the vault, in the order in which they are tried unless it says otherwise."""

BY_OUTCOME = "by outcome"
"""That what is over is kept as long as its outcome says. Without the line it is kept for ever."""

_PLACEHOLDER = re.compile(r"<.*>", re.DOTALL)
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(_[A-Za-z0-9]{1,16})?")
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_SLACK = re.compile(r"[UW][A-Z0-9]{6,14}")
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{6,20}")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(_[A-Za-z0-9]{1,16})?/[A-Za-z0-9._-]{1,100}")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
_NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})


def is_web_address(text: str) -> bool:
    """Whether a text is the address of something on the web."""
    return _ADDRESS.fullmatch(text) is not None


def load_community(path: Path, figures: Mapping[str, Figure], repository: str = "") -> Community:
    """Load and check the configuration; `figures` are the waiting periods that it may set, by name.

    `repository`: the `owner/name` that it is of, where that is known: then no other may be the own one of
    its vaults.

    Raises DefinitionError with file, line and hint for the first mistake; for a file that is missing
    or still holds placeholders, one that names every field to fill in.
    """
    if not path.exists():
        hint = "`.github/cocflow.yml` of the cocflow repository explains every field"
        raise DefinitionError(
            f"cocflow isn't configured: write {', '.join(REQUIRED)}", file=str(path), hint=hint
        )
    root = read_yaml(path)
    _refuse_placeholders(root)
    optional: dict[str, ReadEntry] = {
        "administrators_as_of": day,
        "rules_channel": Entry.text,
        "outside_contact": Entry.text,
        "reports": _mail("reports@example.org"),
        "appeals": _mail("appeals@example.org"),
        "mail_provider": known("provider", tuple(PROVIDERS)),
        "authserv_id": _server,
        "letters_since": instant,
        "rules_slack_channel": _shaped(_CHANNEL, "a Slack channel id", "write it as C024BE7LR"),
        "administrators_slack_channel": _shaped(_CHANNEL, "a Slack channel id", "write it as C024BE7LR"),
        "rooms": _rooms,
        "vaults": _vaults,
        "channels": many(known("channel", CHANNELS), at_least=1),
        "on_suspension": many(Entry.text),
        "on_return": many(Entry.text),
        "retention": _retention,
        "report": known("rule", get_args(Reported)),
        "waiting_periods": _waiting_periods(figures),
    }
    required: dict[str, ReadEntry] = {
        "community": Entry.text,
        "code_of_conduct": _shaped(_ADDRESS, "an address", "write it as https://example.org/code-of-conduct"),
        "time_zone": _zone,
        "administrators": _administrators,
    }
    fields = read_fields(root, required, optional)
    if "authserv_id" in fields and "mail_provider" in fields:
        raise root.at("authserv_id").error(
            "authserv_id and mail_provider say the same thing twice", "keep mail_provider"
        )
    if (since := fields.get("letters_since")) is not None and since.tzinfo is None:
        fields["letters_since"] = since.replace(tzinfo=fields["time_zone"])
    if (vaults := fields.get("vaults")) is not None:
        fields["vaults"] = _with_the_own(vaults, fields["administrators"], root.at("vaults"), repository)
    return Community(name=fields.pop("community"), zone=fields.pop("time_zone"), **fields)


def _refuse_placeholders(root: Entry) -> None:
    """Name every field that still holds `<what to write>`, as the shipped file does."""
    unfilled = [(name, entry) for name, entry in root.mapping().items() if any(_placeholders(entry))]
    if not unfilled:
        return
    names = ", ".join(name for name, _ in unfilled)
    hint = f"only {', '.join(REQUIRED)} must be there; other lines may be deleted"
    raise unfilled[0][1].error(f"cocflow isn't configured: fill in {names}", hint)


def _placeholders(entry: Entry) -> Iterator[Entry]:
    if isinstance(entry.content, dict):
        for below in entry.content.values():
            yield from _placeholders(below)
    elif isinstance(entry.content, tuple):
        for below in entry.content:
            yield from _placeholders(below)
    elif _PLACEHOLDER.fullmatch(entry.raw.strip()):
        yield entry


def _administrators(entry: Entry) -> tuple[Administrator, ...]:
    """Read the roster; a login, account or Slack id belongs to one person, a mail address may be shared."""
    found: list[Administrator] = []
    seen: dict[str | int | None, int] = {}
    for item in entry.items():
        one = _administrator(item)
        handles = {one.login.casefold(), one.slack, one.account} - {"", None}
        for handle in handles & seen.keys():
            hint = f"the first one is on line {seen[handle]}"
            raise item.error(f"{entry.path} has the same login, account or Slack id twice", hint)
        seen.update(dict.fromkeys(handles, item.line))
        found.append(one)
    if not found:
        raise entry.error(f"{entry.path} must name somebody", "write a list of GitHub logins")
    return tuple(found)


def _vaults(entry: Entry) -> tuple[Vault, ...]:
    """Read the vaults in their order: each with its roster, but for the own one, which has none yet."""
    repository = _shaped(_REPOSITORY, "a repository", "write it as example/conduct")
    found: list[Vault] = []
    own: list[int] = []
    lines: dict[str, int] = {}
    for item in entry.items():
        given = read_fields(item, {"repository": repository}, {"administrators": _administrators})
        one = Vault(**{"administrators": ()} | given)
        if one.repository.casefold() in lines:
            first = f"the first one is on line {lines[one.repository.casefold()]}"
            raise item.error(f"{entry.path} has the same repository twice", first)
        lines[one.repository.casefold()] = item.line
        own += [] if one.administrators else [item.line]
        if len(own) > 1:
            hint = f"the one on line {own[0]} has none either, and only this repository's are those above"
            raise item.error(f"{entry.path} lacks somebody's `administrators`", hint)
        found.append(one)
    if not own:
        hint = "leave out its `administrators`: they are the ones of the whole file"
        raise entry.error(f"{entry.path} must hold this repository, too", hint)
    return tuple(found)


def _with_the_own(
    vaults: tuple[Vault, ...], administrators: tuple[Administrator, ...], entry: Entry, repository: str
) -> tuple[Vault, ...]:
    """Return the vaults with the roster of the own one, and its name as GitHub has it."""
    place = next(place for place, one in enumerate(vaults) if not one.administrators)
    own = Vault(repository=repository or vaults[place].repository, administrators=administrators)
    if own.repository.casefold() != vaults[place].repository.casefold():
        hint = f"write `repository: {own.repository}` there, or give that one its `administrators`"
        raise entry.at(place).error(f"{entry.path}: the one without administrators isn't this one", hint)
    return (*vaults[:place], own, *vaults[place + 1 :])


def _administrator(entry: Entry) -> Administrator:
    """Read one administrator: a login, or a mapping with it."""
    login = _shaped(_LOGIN, "a GitHub login", "letters, digits and hyphens, without @")
    if not isinstance(entry.content, dict):
        return Administrator(login=login(entry))
    optional: dict[str, ReadEntry] = {
        "account": _account,
        "name": Entry.text,
        "mail": _mail("robin@example.org"),
        "slack": _shaped(_SLACK, "a Slack member id", "copy it from the person's profile, as in U024BE7LH"),
    }
    return Administrator(**read_fields(entry, {"login": login}, optional))


def _account(entry: Entry) -> int:
    """Read the number of an account, as `cocflow roster pin` writes it."""
    if not _NUMBER.fullmatch(entry.raw):
        raise entry.error(
            f"{entry.path} is not the number of an account", "leave it out, and run cocflow roster pin"
        )
    return int(entry.raw)


def _rooms(entry: Entry) -> RoomsSettings:
    """Read where rooms are: whose, by which App, and what they are made from."""
    required: dict[str, ReadEntry] = {
        "organization": _shaped(_LOGIN, "a GitHub organization", "write its name alone, as in example-rooms"),
        "app": _app,
        "template": _shaped(_NAME, "a repository's name", "without its owner, as in template"),
    }
    return RoomsSettings(**read_fields(entry, required, {"installation": _installation}))


def _retention(entry: Entry) -> bool:
    """Read whether incidents are kept as long as their outcomes say."""
    return bool(known("rule", (BY_OUTCOME,))(entry))


def _installation(entry: Entry) -> int:
    """Read the number of the App's installation, as `cocflow rooms init` writes it."""
    if not _NUMBER.fullmatch(entry.raw):
        hint = "leave it out, and run cocflow rooms init"
        raise entry.error(f"{entry.path} is not the number of an installation", hint)
    return int(entry.raw)


def _app(entry: Entry) -> int:
    """Read the number of an App, which its page shows on top."""
    if not _NUMBER.fullmatch(entry.raw):
        raise entry.error(f"{entry.path} is not the number of an App", "it stands on the App's page, on top")
    return int(entry.raw)


def _waiting_periods(figures: Mapping[str, Figure]) -> Callable[[Entry], dict[str, timedelta | None]]:
    def read(entry: Entry) -> dict[str, timedelta | None]:
        for name, value in entry.mapping().items():
            if name not in figures:
                raise value.error(f"unknown figure `{shown(name)}` in {entry.path}", nearest(name, figures))
        return {name: span(value) for name, value in entry.mapping().items()}

    return read


def _shaped(pattern: re.Pattern[str], what: str, hint: str) -> Callable[[Entry], str]:
    """Return the reader of a text of one shape, as typed: a login of digits needs no quotes."""

    def read(entry: Entry) -> str:
        if not pattern.fullmatch(entry.raw):
            raise entry.error(f"{entry.path} is not {what}", hint)
        return entry.raw

    return read


def _mail(example: str) -> Callable[[Entry], str]:
    """Return the reader of an address at which somebody can be reached."""

    def read(entry: Entry) -> str:
        if is_nobodys(entry.raw):
            raise entry.error(f"{entry.path} is an address of GitHub's that nobody reads", f"write {example}")
        if not is_mail(entry.raw):
            raise entry.error(f"{entry.path} is not a mail address", f"write it as {example}")
        return entry.raw

    return read


def _server(entry: Entry) -> str:
    """Read how a mail server names itself."""
    if not is_server(entry.raw):
        raise entry.error(
            f"{entry.path} is no name of a mail server", "write it as mx.example.org or *.mx.example.org"
        )
    return entry.raw


def _zone(entry: Entry) -> zoneinfo.ZoneInfo:
    name = entry.text()
    try:
        if name not in _NOT_PLACES:
            return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    zones = zoneinfo.available_timezones() - _NOT_PLACES
    if not zones:
        raise entry.error("this machine has no time zone database", "pip install tzdata")
    hint = nearest(name, zones) or "write it as Europe/Berlin, or UTC"
    raise entry.error(f"unknown time zone `{shown(name)}`", hint)
