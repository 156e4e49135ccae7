"""What Actions tells a job is read as a hint, and its secrets are kept out of the log."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from cocflow.adapters.actions import (
    SECRETS,
    Hint,
    JobEnvironmentError,
    masks,
    read_event,
    refuse_other_branches,
    required,
)

REPO = "acme/incidents"
EVENT = {
    "action": "created",
    "issue": {"number": 7, "title": "a title", "user": {"login": "somebody"}},
    "comment": {"body": "/help", "user": {"login": "somebody"}},
    "repository": {"private": True},
    "sender": {"login": "somebody", "type": "User"},
}


def read(folder: Path, name: str, payload: object) -> Hint:
    """Read an event of a name and payload."""
    path = folder / "event.json"
    path.write_text(json.dumps(payload), "utf-8")
    return read_event({"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)})


def test_a_hint_is_a_number_and_a_fixed_line(tmp_path: Path) -> None:
    """What an event leaves behind holds no word of its payload but the kind of act."""
    assert read(tmp_path, "issue_comment", EVENT) == Hint(wanted=True, number=7, line="Issue 7: created.")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"repository": {"private": False}}, "the repository isn't private"),
        ({"issue": {"number": 7, "pull_request": {}}}, "this is a pull request"),
        ({"sender": {"login": "somebody", "type": "Bot"}}, "a bot did it"),
        ({"comment": {"body": "please /help"}}, "a comment without a command is only talk"),
        ({"comment": {"body": None}}, "a comment without a command is only talk"),
        ({"action": "pinned"}, "this kind of event asks for nothing"),
        ({"issue": {}}, "the event names no issue"),
    ],
)
def test_a_hint_says_why_there_is_nothing_to_do(
    change: dict[str, object], reason: str, tmp_path: Path
) -> None:
    """Each thing that isn't for us has its own line, and no number."""
    hint = read(tmp_path, "issue_comment", EVENT | change)
    assert hint == Hint(wanted=False, line=f"Nothing to do: {reason}.")


def test_an_error_about_a_payload_keeps_nothing_of_it(tmp_path: Path) -> None:
    """Not even the cause of the error, whose text may quote the payload, is kept."""
    path = tmp_path / "event.json"
    path.write_text('{"title": secretword', "utf-8")
    with pytest.raises(JobEnvironmentError) as caught:
        read_event({"GITHUB_EVENT_NAME": "issues", "GITHUB_EVENT_PATH": str(path)})
    assert caught.value.__suppress_context__
    assert "secretword" not in str(caught.value)


@pytest.mark.parametrize("environ", [{}, {"GITHUB_TOKEN": ""}])
def test_an_empty_variable_is_missing(environ: dict[str, str]) -> None:
    """GitHub gives a secret that isn't set as an empty text."""
    with pytest.raises(JobEnvironmentError, match="GITHUB_TOKEN isn't set"):
        required(environ, "GITHUB_TOKEN")


def test_every_secret_is_masked() -> None:
    """Each variable that holds a secret is hidden, the longest first, and empty ones are left out."""
    environ = {name: f"value-of-{name}" for name in SECRETS}
    assert set(masks(environ | {"GITHUB_ACTIONS": "true"})) == {
        f"::add-mask::{value}" for value in environ.values()
    }
    assert masks(dict.fromkeys(SECRETS, "") | {"GITHUB_ACTIONS": "true"}) == []


def test_parts_of_a_secret_are_masked() -> None:
    """The password of an address, as written and as meant, and each line of a key are hidden too."""
    environ = {
        "GITHUB_ACTIONS": "true",
        "COCFLOW_SMTP_URL": "smtps://us:pass%2Fword@mail.example",
        "COCFLOW_LEDGER_KEY": "first\nsecond\n",
    }
    assert set(masks(environ)) == {
        "::add-mask::smtps://us:pass%252Fword@mail.example",
        "::add-mask::pass%252Fword",
        "::add-mask::pass/word",
        "::add-mask::first%0Asecond%0A",
        "::add-mask::first",
        "::add-mask::second",
    }


def test_what_is_secret_in_an_object_is_masked() -> None:
    """Of how tokens are got, the secrets are hidden as they are meant, and no brace as every log has them."""
    held = {"client_secret": "s3cr3t", "private_key": "-----BEGIN\nMIIE\n", "refresh_token": "1//x"}
    fields = {"type": "authorized_user", "client_id": "an-app", **held}
    written = json.dumps(fields, indent=2)
    hidden = masks({"GITHUB_ACTIONS": "true", "COCFLOW_OAUTH": written})
    for part in ("s3cr3t", "-----BEGIN%0AMIIE%0A", "MIIE", "1//x", '  "refresh_token": "1//x"'):
        assert f"::add-mask::{part}" in hidden
    for part in ("{", "}", "authorized_user", "an-app"):
        assert f"::add-mask::{part}" not in hidden
    for odd in ("[]", "7", '{"client_secret": 7}'):
        assert masks({"GITHUB_ACTIONS": "true", "COCFLOW_OAUTH": odd}) == [f"::add-mask::{odd}"]


def test_a_secret_that_is_no_address_is_masked_as_it_is() -> None:
    """A mistyped address is hidden, and doesn't end the job here."""
    assert masks({"GITHUB_ACTIONS": "true", "COCFLOW_IMAP_URL": "imaps://[us"}) == ["::add-mask::imaps://[us"]


def in_base64(key: str) -> str:
    """Return a key in base64."""
    return b64encode(key.encode()).decode()


@pytest.mark.parametrize("packed", [lambda key: key, lambda key: key.replace("\n", "\\n"), in_base64])
def test_each_line_of_a_key_is_hidden_however_it_was_pasted(packed: Callable[[str], str]) -> None:
    """What is read from it is as secret as what was written."""
    lines = ["-----BEGIN KEY-----", "c2VjcmV0LXNlY3JldA", "-----END KEY-----"]
    shown = masks({"GITHUB_ACTIONS": "true", "COCFLOW_ROOMS_KEY": packed("\n".join(lines))})
    assert {f"::add-mask::{line}" for line in lines} < set(shown)


def test_outside_of_actions_no_secret_is_printed() -> None:
    """On a terminal nobody would take the line for a command, so there is none."""
    assert masks({"GITHUB_TOKEN": "t"}) == []


@pytest.mark.parametrize("action", ["edited", "deleted"])
def test_a_comment_that_was_changed_is_looked_at_wherever_it_stands(action: str, tmp_path: Path) -> None:
    """A command that was edited, be it into talk, or deleted names its issue: a listing may not show that."""
    changed = {"action": action, "comment": {"body": "/help"}}
    talk = {"action": action, "comment": {"body": "Oh."}, "changes": {"body": {"from": "/help"}}}
    for change in (changed, talk):
        hint = read(tmp_path, "issue_comment", EVENT | change)
        assert hint == Hint(wanted=True, number=7, line=f"Issue 7: {action}.")
    assert not read(tmp_path, "issue_comment", EVENT | {"action": action, "comment": {"body": "Oh."}}).wanted


def started(folder: Path, name: str, ref: str, payload: object) -> dict[str, str]:
    """Return the environment of a job that an event of that branch starts."""
    path = folder / "event.json"
    path.write_text(json.dumps(payload), "utf-8")
    return {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path), "GITHUB_REF": ref}


OF_MAIN = {"repository": {"default_branch": "main"}}


@pytest.mark.parametrize("name", ["workflow_dispatch", "push", "issues", "schedule"])
@pytest.mark.parametrize("ref", ["refs/heads/mine", "refs/tags/main", "main", "refs/heads/main2"])
def test_a_run_of_another_branch_is_refused(name: str, ref: str, tmp_path: Path) -> None:
    """Whatever started it, a branch brings a roster of its own, which is nobody's."""
    with pytest.raises(JobEnvironmentError, match="default branch"):
        refuse_other_branches(started(tmp_path, name, ref, OF_MAIN))


@pytest.mark.parametrize(("ref", "payload"), [("", OF_MAIN), ("refs/heads/main", {})])
def test_a_run_by_hand_that_is_of_no_known_branch_is_refused(
    ref: str, payload: object, tmp_path: Path
) -> None:
    """Where it can't be told, nothing is done."""
    with pytest.raises(JobEnvironmentError):
        refuse_other_branches(started(tmp_path, "workflow_dispatch", ref, payload))


@pytest.mark.parametrize(
    ("name", "payload"),
    [("workflow_dispatch", OF_MAIN), ("issues", OF_MAIN), ("schedule", {"schedule": "x"})],
)
def test_a_run_of_the_default_branch_goes_on(name: str, payload: object, tmp_path: Path) -> None:
    """By hand, by an event, and by schedule, whose payload may not say which branch is the default one."""
    refuse_other_branches(started(tmp_path, name, "refs/heads/main", payload))
    refuse_other_branches({})
