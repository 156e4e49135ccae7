"""The ways to reach somebody outside GitHub, in order of preference, as one.

Owns which channel serves whom. Refuses Slack to a suspended person: it accepts messages to
deactivated accounts without a word, so nothing there counts as delivered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cocflow.core.people.person import Person
from cocflow.ports import Message, Notifier, RefusedError

DEAF_TO_SUSPENDED = frozenset({"slack"})


class Channels:
    """A notifier over several, each with its name."""

    def __init__(self, channels: Sequence[tuple[str, Notifier]]) -> None:
        self._channels = tuple(channels)

    def _for(self, person: Person) -> Iterator[Notifier]:
        for name, channel in self._channels:
            if person.suspended and name in DEAF_TO_SUSPENDED:
                continue
            if channel.reaches(person):
                yield channel

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`."""
        return any(True for _ in self._for(person))

    def deliver(self, message: Message) -> None:
        """Deliver by the first channel that doesn't refuse for good; RefusedError if all of them do."""
        refused = RefusedError(None, "no channel")
        for channel in self._for(message.to):
            try:
                return channel.deliver(message)
            except RefusedError as error:
                refused = error
        raise refused
