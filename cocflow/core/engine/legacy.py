"""What receipts of earlier versions mean: the one place that knows it.

The first version tied some meanings to names. Cases begun then go on, so their records are read as those of
today: a counted silence, whether an account is suspended, and checkpoints of the old shape. They are known
by what they lack, since a community may have given its process a version of its own.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cocflow.core.acts.suspend import SuspensionNoted
from cocflow.core.case.draft import Draft, SilenceCounted
from cocflow.core.case.progress import Change, Progress, Record, Reminded

_OVER = ("overturned", "lifted", "ended")
"""The states in which an account was suspended no more."""

_SILENCE = "post_asked"
"""The timer after which nobody was waited for any more."""

_SHARED = (
    "stays",
    "notices",
    "owed_since",
    "told",
    "reminded",
    "answered",
    "answered_upto",
    "process",
)


class SilenceOnce(SilenceCounted, frozen=True, kw_only=True, tag="silence"):
    """The first version's counted silence: of its own drafts only, as later ones name their timer."""

    def apply(self, progress: Progress, record: Record) -> None:
        """Wait for nobody any more, if the draft is one of the first version's."""
        draft = progress.newest(Draft)
        if draft is not None and not draft.basis:
            SilenceCounted.apply(self, progress, record)


def upgraded(record: Record) -> Record:
    """Return a record as today's version would have written it; today's own as they are."""
    changes = tuple(new for old in record.changes for new in _upgraded(old, record))
    snapshot = record.snapshot
    if snapshot is not None and "kept" not in snapshot:
        snapshot = _snapshot(snapshot)
    if changes == record.changes and snapshot is record.snapshot:
        return record
    return msgspec.structs.replace(record, changes=changes, snapshot=snapshot)


def _upgraded(change: Change, record: Record) -> tuple[Change, ...]:
    if isinstance(change, SuspensionNoted) and change.in_force is None:
        return (msgspec.structs.replace(change, in_force=change.state not in _OVER),)
    counted = any(isinstance(one, SilenceCounted) for one in record.changes)
    if isinstance(change, Reminded) and change.timer == _SILENCE and not counted:
        return (change, SilenceOnce())
    return (change,)


def _snapshot(old: dict[str, Any]) -> dict[str, Any]:
    """Return a checkpoint of the old shape in the present one; what isn't one fails when it is restored."""
    kept: dict[str, Any] = {
        tag: old[name]
        for name, tag in (("estimate", "estimated"), ("reporter", "reporter"), ("began", "suspension_began"))
        if old.get(name) is not None
    }
    if isinstance(consent := old.get("consent"), dict) and consent.get("level") != "none":
        kept["consent"] = consent
    if answers := old.get("answers"):
        kept["answers"] = {"is": "answers", "words": answers}
    if old.get("parties_ever"):
        handles = old.get("party_handles", {})
        members = {
            key: {"words": words, "handles": handles.get(key, [])} for key, words in _items(old, "parties")
        }
        kept["parties"] = {"is": "parties", "members": members, "ever": old["parties_ever"]}
    if old.get("resolution") is not None:
        receipt = old.get("resolution_round", 0)
        kept["resolution"] = {"is": "resolution", "words": old["resolution"], "receipt": receipt}
    if old.get("suspensions"):
        standings = {key: _standing(one) for key, one in _items(old, "suspensions")}
        kept["suspensions"] = {"is": "suspensions", "standings": standings, "highest": len(standings)}
    if end := {name: old[name] for name in ("until", "indefinite", "returned") if old.get(name)}:
        kept["end"] = {"is": "end"} | end
    if old.get("appeal"):
        kept["appeal"] = {"is": "appeal", "appeal": old["appeal"]}
    if old.get("decided") is not None:
        kept["appeal_decided"] = {"is": "appeal_decided", "words": old["decided"]}
    if (draft := old.get("draft")) is not None:
        kept["draft"] = _draft(draft, old.get("reminded", {}))
    return {name: old[name] for name in _SHARED if name in old} | {"kept": kept}


def _items(old: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    found = old.get(name, {})
    return list(found.items()) if isinstance(found, dict) else []


def _standing(old: Any) -> Any:
    if not isinstance(old, dict):
        return old
    state = "" if old.get("state") == "ordered" else old.get("state", "")
    return old | {"state": state, "in_force": state not in _OVER}


def _draft(old: Any, reminded: Any) -> Any:
    if not isinstance(old, dict):
        return old
    asked = reminded.get(_SILENCE) if isinstance(reminded, dict) else None
    return {
        "is": "draft",
        "words": old.get("words"),
        "by": old.get("by", ""),
        "since": old.get("since"),
        "answers": old.get("answers", {}),
        "asked": asked is not None and str(asked) >= str(old.get("since")),
        "approvals": [{"by": ""}] if old.get("approved") else [],
    }
