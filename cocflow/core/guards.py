"""The closed vocabulary of guards and named instants that a process may use.

Owns the names: a definition that uses another one is refused when it is loaded.
"""

from __future__ import annotations

GUARDS: dict[str, str] = {
    "answers_complete": "All four questions of the form have an answer.",
    "estimate_ahead": "The estimate lies in the future, and an estimate of the triage not after it.",
    "everyone_told": "The reporter and every party have been told the resolution.",
    "party_known": "The party to be added is new to the case, or the one to be removed is in it.",
    "quotes_reporter": "The reporter asks in person, or the administrator who asks quotes them.",
    "someone_untold": "The person named has something to be told and has not been told it yet.",
}
"""What each guard demands, by name."""

INSTANTS: dict[str, str] = {
    "estimate.resolve": "The time by which the reporter was last told to expect a resolution.",
    "estimate.triage": "The time by which the reporter was last told to expect the triage.",
}
"""The instants of a case that a timer may be due `at`, by name; a case may lack one."""
