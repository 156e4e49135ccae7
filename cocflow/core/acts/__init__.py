"""The subjects of the process, one file each: what may be said, what it records, who is in a case by it.

Owns the registry of all of them. A new subject is a file here and a line below; the process files then
say where it applies. The order is that of the commands in messages, and of the people in a case.
"""

from __future__ import annotations

from cocflow.core.acts import (
    agreement,
    appeal,
    consent,
    continuation,
    conversation,
    correct,
    dismiss,
    draft,
    estimate,
    guest,
    hearing,
    help,
    hold,
    lift,
    outcome,
    owner,
    party,
    post,
    recover,
    report,
    resolve,
    room,
    say,
    suspend,
    suspension,
    told,
    withdraw,
)
from cocflow.core.case.act import Acts
from cocflow.core.case.grammar import Grammar

ACTS = Acts(
    (
        estimate.ACT,
        resolve.ACT,
        outcome.ACT,
        report.ACT,
        withdraw.ACT,
        dismiss.ACT,
        party.ACT,
        told.ACT,
        help.ACT,
        recover.ACT,
        suspend.ACT,
        suspension.ACT,
        appeal.ACT,
        lift.ACT,
        owner.ACT,
        room.ACT,
        guest.ACT,
        consent.ACT,
        post.ACT,
        correct.ACT,
        draft.ACT,
        agreement.ACT,
        hearing.ACT,
        conversation.ACT,
        say.ACT,
        hold.ACT,
        continuation.ACT,
    )
)
"""Every subject."""

GRAMMAR: Grammar = ACTS.grammar
"""Every command, by its name."""
