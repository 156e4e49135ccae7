"""What GitHub Actions tells a job, and how it is asked to keep secrets out of the log.

Owns the environment and the event's payload. Refuses to keep any of the payload's words: an event
is only a hint that something happened, so all that leaves this module is a number and a fixed line.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from cocflow.core.text.placed import starts_job
from cocflow.errors import CocflowError

ACTIONS = {
    "issues": (
        "opened",
        "edited",
        "labeled",
        "unlabeled",
        "assigned",
        "unassigned",
        "closed",
        "reopened",
        "locked",
    ),
    "issue_comment": ("created", "edited", "deleted"),
}
"""The events that start `.github/workflows/incident.yml`, and their activity types."""

SECRETS = (
    "GITHUB_TOKEN",
    "SLACK_BOT_TOKEN",
    "COCFLOW_SMTP_URL",
    "COCFLOW_IMAP_URL",
    "COCFLOW_OAUTH",
    "COCFLOW_ROOMS_KEY",
    "COCFLOW_LEDGER_KEY",
    "COCFLOW_HEARTBEAT_URL",
)
"""Every variable by which a job is given a secret; the optional ones may be empty."""

_HELD = ("client_secret", "private_key", "refresh_token")
"""What is secret of what `COCFLOW_OAUTH` holds."""


class JobEnvironmentError(CocflowError):
    """The job's environment lacks something, or what it names can't be read."""


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says: whether there may be something for us, about which issue, in a fixed line."""

    wanted: bool
    number: int | None = None
    line: str


def required(environ: Mapping[str, str], name: str) -> str:
    """Return a variable of the job's environment. JobEnvironmentError if it is missing."""
    value = environ.get(name, "")
    if not value:
        raise JobEnvironmentError(f"{name} isn't set. GitHub Actions sets it; see docs/administrators.md.")
    return value


def refuse_other_branches(environ: Mapping[str, str]) -> None:
    """Raise JobEnvironmentError where a job runs as another branch has it: only one branch's roster counts.

    A run by hand can be of any branch, so there it has to be told which is the right one.
    """
    ref, path = environ.get("GITHUB_REF", ""), environ.get("GITHUB_EVENT_PATH", "")
    by_hand = environ.get("GITHUB_EVENT_NAME") == "workflow_dispatch"
    payload = _payload(Path(path)) if path and (ref or by_hand) else {}
    default = _object(payload, "repository").get("default_branch")
    if (by_hand and not (ref and default)) or (ref and default and ref != f"refs/heads/{default}"):
        raise JobEnvironmentError(
            "This run isn't of the default branch, so it may have another roster. Nothing was done."
        )


def read_event(environ: Mapping[str, str]) -> Hint:
    """Return what the event that started the job says.

    It asks what the job's `if:` asks too, so that neither answers what the other leaves out.
    JobEnvironmentError where a variable is missing or the payload can't be read; a payload that is
    read but has not the shape of such an event holds nothing for us.
    """
    name = required(environ, "GITHUB_EVENT_NAME")
    payload = _payload(Path(required(environ, "GITHUB_EVENT_PATH")))
    action, issue = payload.get("action"), _object(payload, "issue")
    number = issue.get("number")
    if name not in ACTIONS or action not in ACTIONS[name]:
        return _nothing("this kind of event asks for nothing")
    if type(number) is not int or number < 1:
        return _nothing("the event names no issue")
    reason = _reason_against(name, payload, issue)
    if reason:
        return _nothing(reason)
    return Hint(wanted=True, number=number, line=f"Issue {number}: {action}.")


def _reason_against(name: str, payload: dict[str, Any], issue: dict[str, Any]) -> str | None:
    if _object(payload, "repository").get("private") is not True:
        return "the repository isn't private"
    if "pull_request" in issue:
        return "this is a pull request"
    if _object(payload, "sender").get("type") == "Bot":
        return "a bot did it"
    said = _object(payload, "comment").get("body")
    before = _object(_object(payload, "changes"), "body").get("from")
    commands = (isinstance(one, str) and starts_job(one) for one in (said, before))
    writer = _object(_object(payload, "comment"), "user").get("login")
    opener = _object(_object(payload, "issue"), "user").get("login")
    of_opener = writer is not None and writer == opener
    if name == "issue_comment" and not any(commands) and not of_opener:
        return "a comment without a command is only talk"
    return None


def _nothing(reason: str) -> Hint:
    return Hint(wanted=False, line=f"Nothing to do: {reason}.")


def _payload(path: Path) -> dict[str, Any]:
    """Return the payload. `from None`: the original error's text may hold some of it."""
    try:
        payload = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise JobEnvironmentError("GITHUB_EVENT_PATH names no file that holds an event.") from None
    return payload if isinstance(payload, dict) else {}


def _object(payload: dict[str, Any], key: str) -> dict[str, Any]:
    value = payload.get(key)
    return value if isinstance(value, dict) else {}


def masks(environ: Mapping[str, str]) -> list[str]:
    """Return the lines that make Actions hide the secrets in its log; none outside of Actions.

    Actions knows the secrets as they were given; a part of one, such as the password in an address
    or one line of a key, it doesn't. The runner takes these lines and doesn't show them.
    """
    if environ.get("GITHUB_ACTIONS") != "true":
        return []
    parts = {part for name in SECRETS for part in _parts(environ.get(name, ""))}
    return [f"::add-mask::{_escaped(part)}" for part in sorted(parts, key=lambda part: (-len(part), part))]


def _parts(secret: str) -> set[str]:
    """Return a secret, its lines, and what is secret in an address or an object, as written and as meant."""
    found = {secret}
    for one in (secret, secret.replace("\\n", "\n"), _unpacked(secret), *_within(secret)):
        found |= {one, *(line for line in one.splitlines() if len(line) > 3)}  # not each brace of the log
    try:
        password = urlsplit(secret).password or ""
    except ValueError:  # not an address; what is wrong with it is not for the log
        password = ""
    return {part for part in found | {password, unquote(password)} if part.strip()}


def _unpacked(secret: str) -> str:
    """Return the key that a secret is in base64; "" where it is none."""
    try:
        text = b64decode("".join(secret.split()), validate=True).decode("ascii")
    except ValueError:  # its own kind is one, and so is that of a text of other letters
        return ""
    return text if text.startswith("-----BEGIN") else ""


def _within(secret: str) -> list[str]:
    """Return what is secret in the object that a secret is; it may be none."""
    try:
        fields = msgspec.json.decode(secret)
    except msgspec.DecodeError:
        return []
    known = fields if isinstance(fields, dict) else {}
    return [one for name in _HELD if isinstance(one := known.get(name), str)]


def _escaped(text: str) -> str:
    """Write a value as a workflow command wants it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
