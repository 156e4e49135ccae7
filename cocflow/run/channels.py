"""The ways to reach somebody outside GitHub, in order of preference, as one.

Owns which channel serves whom, and which one is left alone: a channel that fails itself is not asked
again in that run, whoever a notice is for, so that it costs a run one failure and no more. A refusal of
one person says nothing of the others. Refuses Slack to a suspended person: it accepts messages to
deactivated accounts without a word, so nothing there counts as delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from cocflow.core.case.facts import Access
from cocflow.core.people.person import Person
from cocflow.errors import AdapterError, CocflowError
from cocflow.ports import (
    Attached,
    ChannelError,
    Envelope,
    Letter,
    Message,
    Notifier,
    RefusedError,
    Room,
    Stamp,
    Tracker,
)

DEAF_TO_SUSPENDED = frozenset({"slack"})


class LeftAloneError(AdapterError):
    """The channel failed earlier in this run and wasn't asked: this says nothing of the notice."""


class Unusable:
    """A channel whose setting is wrong: it would reach people, and delivers nothing until that is mended."""

    def __init__(self, reaches: Callable[[Person], bool], error: ChannelError) -> None:
        self._reaches = reaches
        self.error = error

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`: whom the channel would reach, so that their notices wait for it."""
        return self._reaches(person)

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""
        raise self.error

    def try_out(self) -> str:
        """See `Notifier.try_out`."""
        raise self.error


class UnusableRooms:
    """Rooms whose setting is wrong: nobody is heard in them, or let in, until that is mended."""

    written = 0

    def __init__(self, error: ChannelError) -> None:
        self.error = error

    def listing(self) -> tuple[Room, ...]:
        """See `Rooms.listing`."""
        raise self.error

    def lists(self, repository: str) -> bool:
        """See `Rooms.lists`: nothing was listed."""
        return False

    def access(self, name: str) -> Access:
        """See `Rooms.access`."""
        raise self.error

    def open(self, name: str, description: str) -> None:
        """See `Rooms.open`."""
        raise self.error

    def let_in(self, name: str, login: str, account: int | None = None) -> bool:
        """See `Rooms.let_in`."""
        raise self.error

    def put_out(self, name: str, login: str) -> None:
        """See `Rooms.put_out`."""
        raise self.error

    def tracker(self, name: str) -> Tracker:
        """See `Rooms.tracker`."""
        raise self.error

    def erase(self, name: str) -> None:
        """See `Rooms.erase`."""
        raise self.error

    def try_out(self) -> None:
        """See `Rooms.try_out`."""
        raise self.error


class Unreadable:
    """A mailbox whose setting is wrong: letters wait in it until that is mended."""

    def __init__(self, error: ChannelError) -> None:
        self.error = error

    def waiting(self, since: Callable[[], datetime]) -> tuple[Envelope, ...]:
        """See `Mailbox.waiting`."""
        raise self.error

    def letter(self, envelope: Envelope) -> Letter | None:
        """See `Mailbox.letter`."""
        raise self.error

    def done(self, letter: Envelope) -> None:
        """See `Mailbox.done`."""
        raise self.error

    def attached(self, received: datetime, is_it: Callable[[Letter], bool]) -> tuple[Attached, ...] | None:
        """See `Mailbox.attached`."""
        raise self.error

    def set_aside(self, letter: Envelope) -> None:
        """See `Mailbox.set_aside`."""
        raise self.error

    def try_out(self) -> None:
        """See `Mailbox.try_out`."""
        raise self.error

    def stamps(self, count: int) -> tuple[Stamp, ...]:
        """See `Mailbox.stamps`."""
        raise self.error

    def close(self) -> None:
        """See `Mailbox.close`."""


class Channels:
    """A notifier over several, each with its name.

    `failed`: the channels that are left alone, by name, and why; `faulty`: those in which an error of
    ours kept a notice back, and its kind.
    """

    def __init__(self, channels: Sequence[tuple[str, Notifier]]) -> None:
        self._channels = tuple(channels)
        unusable = ((name, one) for name, one in self._channels if isinstance(one, Unusable))
        self.failed: dict[str, ChannelError] = {name: one.error for name, one in unusable}
        self.faulty: dict[str, str] = {}

    @classmethod
    def begun(cls, notifier: Notifier) -> Channels:
        """Return a notifier's channels as a run begins with them: none of them has failed yet."""
        return cls(notifier._channels if isinstance(notifier, Channels) else [("notices", notifier)])

    def with_(self, name: str, channel: Notifier, order: Sequence[str]) -> Channels:
        """Return the channels with one more, each in its place of an order; others come last."""
        both = [*self._channels, (name, channel)]
        return Channels(sorted(both, key=lambda one: order.index(one[0]) if one[0] in order else len(order)))

    def _for(self, person: Person) -> Iterator[tuple[str, Notifier]]:
        for name, channel in self._channels:
            if person.suspended and name in DEAF_TO_SUSPENDED:
                continue
            if channel.reaches(person):
                yield name, channel

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`."""
        return any(True for _ in self._for(person))

    def deliver(self, message: Message) -> None:
        """Deliver by the first channel that doesn't refuse for good; RefusedError if all of them do.

        LeftAloneError where that channel has failed in this run.
        """
        refused = RefusedError(None, "no channel")
        for name, channel in self._for(message.to):
            try:
                return self._by(name, channel, message)
            except RefusedError as error:
                refused = error
        raise refused

    def try_out(self) -> str:
        """See `Notifier.try_out`; here none of them raises, but is left alone."""
        return " ".join(note for note in self.tried().values() if note)

    def tried(self) -> dict[str, str]:
        """Try each channel, sending nothing, unless it is left alone; one that fails is left alone.

        Returns, by its name, what couldn't be tried of one that seems to work.
        """
        notes: dict[str, str] = {}
        for name, channel in self._channels:
            if name in self.failed:
                continue
            try:
                notes[name] = channel.try_out()
            except ChannelError as error:
                self.failed[name] = error
            except AdapterError as error:
                self.failed[name] = ChannelError("connection", error.route, status=error.status)
            except Exception as error:  # noqa: BLE001 - it costs this channel, and no other
                self.faulty[name] = type(error).__name__
        return notes

    def _by(self, name: str, channel: Notifier, message: Message) -> None:
        if name in self.failed:
            raise LeftAloneError(None, name)
        try:
            channel.deliver(message)
        except ChannelError as error:
            self.failed[name] = error
            raise
        except CocflowError:
            raise
        except Exception as error:  # noqa: BLE001 - it costs this notice, and no other
            self.faulty[name] = type(error).__name__
            raise AdapterError(None, f"{name} ({type(error).__name__})", uncertain=True) from None
