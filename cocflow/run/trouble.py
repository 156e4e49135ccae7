"""What failed: to what, what that costs whom, and who can do what about it.

Owns the sentences. The command line prints them, and the administrators' list is made of them, so they
hold numbers, names of channels and settings, and nothing that anybody wrote. A trouble is known by its
kind and subject: the same one in a later run is the same trouble.
"""

from __future__ import annotations

from typing import Literal, assert_never

import msgspec

from cocflow.core.case.capacity import LAST, MOST, OWN
from cocflow.errors import AdapterError, CocflowError, DefinitionError
from cocflow.ports import ChannelError

Kind = Literal[
    "space",
    "issue",
    "notice",
    "channel",
    "mailbox",
    "letter",
    "setting",
    "limit",
    "schedule",
    "returned",
    "vanished",
    "room",
]

SETTINGS = {
    "room": "COCFLOW_ROOMS_KEY",
    "mail": "COCFLOW_SMTP_URL",
    "slack": "SLACK_BOT_TOKEN",
    "mailbox": "COCFLOW_IMAP_URL",
}
"""The secret that sets up a channel, or the mailbox."""

OAUTH = "COCFLOW_OAUTH"
BY_TOKEN = ("mail", "mailbox")
"""The secret by which these get a token, where they have no password."""

_BY_ITSELF = "Nothing, if it passes: the next run tries again."
_A_MAINTAINER = "An administrator of the repository"
_UNHEARD = "What guests write there waits, and so does what may not be told without their yes."
_A_BUG = "Whoever maintains cocflow: please report it. The kind of error is all that may be told."


UNLOCK = "Whoever has the role Write can unlock it; then it goes on by itself."
_GO_ON = "An administrator with a say has it go on in another issue: the label for that stands on its card."
_MOVED = f"{_A_MAINTAINER} sees whether it was moved or deleted."
_LOOK = (
    "GitHub doesn't say why. An administrator writes a comment there: if that is refused too, GitHub's page"
    f" says what is in the way; if not, {_A_MAINTAINER.lower()} sees whether the job may write issues."
)

_FOR_REASON = {
    "locked": UNLOCK,
    "full": _GO_ON,
    "missing": _MOVED,
    "gone": _MOVED,
    "too_long": _A_BUG,
    "invalid": _A_BUG,
}


class OwnFaultError(CocflowError):
    """An error of cocflow's own, of which only the kind may be told."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"stopped by {type(error).__name__}, a fault of cocflow's own")


def tellable(error: Exception) -> CocflowError:
    """Return an error as it may be told: one that cocflow didn't foresee is a fault of its own."""
    return error if isinstance(error, CocflowError) else OwnFaultError(error)


class LockedError(CocflowError):
    """An issue is locked, and cocflow may not unlock it. `by` is who locked it, as everybody may read it."""

    def __init__(self, by: str) -> None:
        super().__init__(f"it is locked, by {by}")


class NobodyOutsideError(CocflowError):
    """The outside contact can't be told of what no vault takes: there is none, or no channel leads there."""

    def __init__(self) -> None:
        super().__init__("it may concern somebody of each vault, and no channel leads to the outside contact")


class Trouble(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One thing that failed. `subject`: an issue's number, or the name of a channel or setting.

    `says`: what failed; `costs`: what that costs, and whom; `remedy`: what to do, and who can. `undone`:
    something that a run had to do isn't done; else it is for people to know, and the run has done its own.
    """

    kind: Kind
    subject: str
    says: str
    costs: str
    remedy: str
    undone: bool = True

    @property
    def line(self) -> str:
        """All of it as one line."""
        return f"{self.says} {self.costs} {self.remedy}"


def ending(error: CocflowError) -> Literal["limit", "credential"] | None:
    """Return why GitHub would refuse every further call alike; None for what is one thing's failure."""
    if not isinstance(error, AdapterError) or isinstance(error, ChannelError):
        return None
    if error.kind == "limited":
        return "limit"
    return "credential" if error.kind == "refused_credential" else None


def of_issue(number: int, error: CocflowError) -> Trouble:
    """Return what it means that an issue couldn't be dealt with."""
    return Trouble(
        kind="issue",
        subject=str(number),
        says=_sentence(f"Issue {number} couldn't be dealt with: {error}"),
        costs="Nobody is answered there, and what is due there waits.",
        remedy=_for_issue(error),
    )


def _for_issue(error: CocflowError) -> str:
    if isinstance(error, OwnFaultError):
        return _A_BUG
    if isinstance(error, LockedError):
        return UNLOCK
    if isinstance(error, DefinitionError):
        return "Whoever maintains the processes puts that right."
    if not isinstance(error, AdapterError) or error.kind != "refused_thing":
        return _BY_ITSELF
    known = _FOR_REASON.get(error.reason)
    if known is None:
        known = _MOVED if error.status in (404, 410) else _LOOK
    return known


def filling(number: int, left: int, filler: str) -> Trouble:
    """Return what it means that an issue has hardly any room left. `filler`: who writes most there."""
    if left > OWN:
        costs = f"With {OWN} left, only administrators are answered there; with none, nobody is."
    elif left > LAST:
        costs = "Only administrators are answered there; what others ask waits until it goes on."
    else:
        costs = "Nobody is answered there, and what is due there waits."
    by = f" Most are by {filler}." if filler else ""
    return Trouble(
        kind="space",
        subject=str(number),
        says=f"Issue {number} has room for {left} more comments of {MOST:,}.{by}",
        costs=costs,
        remedy=_GO_ON,
        undone=False,
    )


def of_roster(place: int) -> Trouble:
    """Return what it means that an administrator's login is another account's now; `place` from 1."""
    return Trouble(
        kind="setting",
        subject=f"roster {place}",
        says=f"The login of administrator {place} of the roster belongs to another account than is pinned.",
        costs="That account has no say. If the administrator renamed theirs, mentions don't reach them.",
        remedy=f"{_A_MAINTAINER} runs `cocflow doctor`, and writes their new login in .github/cocflow.yml.",
    )


def of_accounts(error: CocflowError) -> Trouble:
    """Return what it means that it couldn't be looked up whose the logins of the roster are."""
    return Trouble(
        kind="setting",
        subject="roster",
        says=_sentence(f"Whose the logins of the roster are couldn't be looked up: {error}"),
        costs="If one belongs to another account now, nobody is told yet; that account has no say.",
        remedy=_A_BUG if isinstance(error, OwnFaultError) else _BY_ITSELF,
    )


def stopped(number: int) -> Trouble:
    """Return what it means that a case has stopped."""
    return Trouble(
        kind="issue",
        subject=str(number),
        says=f"Incident {number} has stopped: its receipts are not as they were written.",
        costs="Nobody is answered there, and none of its clocks runs.",
        remedy="An administrator reads what it says there, and writes `/recover` and why.",
    )


def untold(number: int, count: int) -> Trouble:
    """Return what it means that notices of a case were not delivered."""
    return Trouble(
        kind="notice",
        subject=str(number),
        says=f"Incident {number}: {count} notices could not be delivered yet.",
        costs="Whoever they are for hasn't been told.",
        remedy="Later runs try again; whoever has a say in the case can tell them by hand at any time.",
    )


def returned(number: int) -> Trouble:
    """Return what it means that a notice came back, or was refused for good."""
    return Trouble(
        kind="returned",
        subject=str(number),
        says=f"A notice of issue {number} came back, or was refused for good.",
        costs="Somebody there has not been told.",
        remedy="An administrator tells it by hand: the text stands there, ready to copy, with `/told`.",
    )


def pausing(count: int) -> Trouble:
    """Return what it means that notices of issues that a run left out wait to be tried again."""
    return Trouble(
        kind="notice",
        subject="others",
        says=f"{count} notices elsewhere wait to be tried again.",
        costs="Whoever they are for hasn't been told.",
        remedy=_BY_ITSELF,
    )


def of_channel(name: str, error: ChannelError) -> Trouble:
    """Return what it means that a channel is left alone."""
    return Trouble(
        kind="setting" if error.fault == "setting" else "channel",
        subject=name,
        says=_says(f"The channel {name}", error),
        costs="Whoever is told by it hears nothing for now; their notices wait.",
        remedy=_remedy(name, error),
    )


def of_notices(name: str, kind: str) -> Trouble:
    """Return what it means that an error of ours kept a notice back on a channel."""
    return Trouble(
        kind="channel",
        subject=name,
        says=f"A notice by {name} was stopped by {kind}, a fault of cocflow's own.",
        costs="Whoever it is for hasn't been told; it is tried again.",
        remedy=_A_BUG,
    )


def of_mailbox(error: CocflowError) -> Trouble:
    """Return what it means that the mailbox can't be read, or a letter can't be put away there."""
    return _of_road("mailbox", "mailbox", "The mailbox", "Appeals and answers by mail wait in it.", error)


def of_rooms(error: CocflowError) -> Trouble:
    """Return what it means that rooms can't be read."""
    return _of_road("room", "rooms", "The way to the rooms", _UNHEARD, error)


def _of_road(
    kind: Literal["mailbox", "room"], subject: str, called: str, costs: str, error: CocflowError
) -> Trouble:
    if isinstance(error, ChannelError):
        says, remedy = _says(called, error), _remedy(kind, error)
    else:
        says = _sentence(f"{called} can't be read: {error}")
        remedy = _A_BUG if isinstance(error, OwnFaultError) else _BY_ITSELF
    setting = isinstance(error, ChannelError) and error.fault == "setting"
    return Trouble(
        kind="setting" if setting else kind, subject=subject, says=says, costs=costs, remedy=remedy
    )


def of_room(name: str, error: CocflowError) -> Trouble:
    """Return what it means that one room can't be read."""
    return Trouble(
        kind="room",
        subject=name,
        says=_sentence(f"The room {name} can't be read: {error}"),
        costs=_UNHEARD,
        remedy=_A_BUG if isinstance(error, OwnFaultError) else _BY_ITSELF,
    )


def in_a_room(name: str) -> Trouble:
    """Return what it means that an administrator has written in a room."""
    return Trouble(
        kind="room",
        subject=f"{name} written in",
        says=f"An administrator has written in the room {name}. Whoever may look in there reads it.",
        costs="Nothing was done about it: words for the guest are drafted on the case.",
        remedy="Whoever wrote it takes it away there, and writes `/say` on the case.",
        undone=False,
    )


def opened_by_rooms() -> Trouble:
    """Return what it means that the App of rooms gets at the vault, too."""
    return Trouble(
        kind="room",
        subject="the vault",
        says="The App that makes rooms is installed in this repository, too.",
        costs="Whoever has its key, which every room's work needs, could read every incident with it.",
        remedy="An owner of the organization takes this repository out of it: Settings, GitHub Apps.",
    )


def shut_out(name: str) -> Trouble:
    """Return what it means that an administrator couldn't be let into a room."""
    return Trouble(
        kind="room",
        subject=f"{name} shut out",
        says=f"An administrator couldn't be let into the room {name}: their login is nobody's, or another's.",
        costs="They can't read what is attached there; all else stands on the case.",
        remedy="Correct their login in `.github/cocflow.yml`; `cocflow doctor` says whose it is.",
    )


def put_out_of(name: str) -> Trouble:
    """Return what it means that somebody was in a room without being its guest or having a say."""
    return Trouble(
        kind="room",
        subject=f"{name} let into",
        says=f"Somebody had been let into the room {name} by hand, and read what stands there.",
        costs="They were put out: only the guest, and who decides in every case there, may look in.",
        remedy="Ask whoever owns the organization how it came about. The guest may have to be told.",
        undone=False,
    )


def of_letter(error: CocflowError) -> Trouble:
    """Return what it means that a letter couldn't be filed."""
    return Trouble(
        kind="letter",
        subject="a letter",
        says=_sentence(f"A letter couldn't be filed: {error}"),
        costs="Whoever wrote it waits for an answer; it lies in the mailbox.",
        remedy=_for_letter(error),
    )


def _for_letter(error: CocflowError) -> str:
    if isinstance(error, NobodyOutsideError):
        return (
            f"{_A_MAINTAINER} gives the outside contact a mail address in .github/cocflow.yml, and sets the"
            " secret COCFLOW_SMTP_URL up."
        )
    return _A_BUG if isinstance(error, OwnFaultError) else _BY_ITSELF


def of_labels(error: AdapterError) -> Trouble:
    """Return what it means that labels are missing and couldn't be made."""
    return Trouble(
        kind="setting",
        subject="labels",
        says=_sentence(f"Labels are missing, and couldn't be made: {error}"),
        costs="How incidents stand isn't shown as it should be, and nothing can be moved by a label.",
        remedy=f"{_A_MAINTAINER} runs `cocflow labels`; the next sweep tries again.",
    )


def limited(left: int) -> Trouble:
    """Return what it means that GitHub asks for a pause."""
    return Trouble(
        kind="limit",
        subject="GitHub",
        says="GitHub asks for a pause: a rate limit is reached.",
        costs=f"{left} issues wait for the next run.",
        remedy=_BY_ITSELF,
    )


def of_board(error: CocflowError) -> Trouble:
    """Return what it means that what is in trouble can't be written down for everybody."""
    return Trouble(
        kind="issue",
        subject="board",
        says=_sentence(f"The board couldn't be written: {error}"),
        costs="Administrators don't see there what else is said here.",
        remedy=_A_BUG if isinstance(error, OwnFaultError) else _BY_ITSELF,
    )


def of_book(error: CocflowError) -> Trouble:
    """Return what it means that nobody looked after what is to be erased."""
    return Trouble(
        kind="issue",
        subject="book",
        says=_sentence(f"What is to be erased couldn't be looked through: {error}"),
        costs="What is over is kept longer.",
        remedy=_A_BUG if isinstance(error, OwnFaultError) else _BY_ITSELF,
    )


def unreadable(count: int) -> Trouble:
    """Return what it means that a listing of issues has entries that can't be understood."""
    return Trouble(
        kind="issue",
        subject="unreadable",
        says=f"GitHub listed {count} issues in a form that can't be understood.",
        costs="Nothing is done about them, and who waits there waits.",
        remedy=_BY_ITSELF,
    )


def unread(number: int, count: int) -> Trouble:
    """Return what it means that entries of an issue can't be understood."""
    return Trouble(
        kind="issue",
        subject=str(number),
        says=f"Issue {number}: GitHub shows {count} entries in a form that can't be understood.",
        costs="If one of them asks for something, whoever wrote it waits.",
        remedy=_BY_ITSELF,
    )


def vanished(number: int) -> Trouble:
    """Return what it means that an open case isn't to be had any more."""
    return Trouble(
        kind="vanished",
        subject=str(number),
        says=f"Issue {number} was open, and is gone: it was deleted, moved, or GitHub hides its author.",
        costs="Whoever waits there is answered no more, and none of its clocks runs.",
        remedy=(
            "An owner of the organization sees in its audit log who did that, and can move it back. Once an"
            f" administrator has written `/gone {number}` on the board, the next sweep stops saying this."
        ),
    )


def suppressed() -> Trouble:
    """Return what it means that GitHub starts no scheduled runs."""
    return Trouble(
        kind="schedule",
        subject="sweep",
        says="The sweep that GitHub starts by schedule hasn't come for long; an event has done its work.",
        costs="While nothing else happens here, nobody is reminded, no appeal opens and no mail is read.",
        remedy=f"{_A_MAINTAINER} starts it by hand: Actions, sweep, Run workflow.",
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", ")")) else f"{text}."


def _says(what: str, error: ChannelError) -> str:
    match error.fault:
        case "setting":
            return _sentence(f"{what} can't be used: {error.detail}")
        case "library":
            return f"{what} can't be used: its library isn't installed."
        case "connection":
            return f"{what} gives no answer: there is no connection, or it broke ({error.route})."
        case "certificate":
            return f"{what} can't be trusted: its certificate is not valid for that server."
        case "token":
            return f"{what} can't be logged in to: {error.detail or 'there is no token'}."
        case "login":
            return f"{what} refuses the login{f': {error.detail}' if error.detail else ''}."
        case "folder":
            return f"{what}: {error.detail or 'a folder can neither be opened nor made'}."
        case "scopes":
            return f"{what} may not do what is needed: {error.detail or 'it lacks scopes'}."
        case "place":
            return f"{what} can't write where it should: {error.detail or 'a place is closed to it'}."
        case "pause":
            return f"{what} asks for a pause."
        case _:
            assert_never(error.fault)


def _for_rooms(error: ChannelError) -> str:
    match error.fault:
        case "setting":
            return f"{_A_MAINTAINER} puts a right value into the secret {SETTINGS['room']}."
        case "login":
            return (
                "An owner of the organization looks at the App's page: whether it is suspended, or its key"
                " was deleted. A new key goes in by `cocflow rooms init` with `--key`, as docs/rooms.md says."
            )
        case "scopes":
            return (
                "An owner of the organization gives the App the permissions that docs/rooms.md names, and"
                " agrees to them on the page of the installation."
            )
        case "place":
            return "An owner of the organization runs `cocflow rooms init`, which makes the template anew."
        case _:
            return _BY_ITSELF


def _remedy(name: str, error: ChannelError) -> str:
    if name == "room":
        return _for_rooms(error)
    setting = SETTINGS.get(name, "its setting")
    match error.fault:
        case "setting" if error.route == OAUTH:
            return f"{_A_MAINTAINER} puts a right value into the secret {OAUTH}."
        case "login" if error.detail:
            return (
                "Whoever administers the mail puts that right there, as docs/oauth.md says; or"
                f" {_A_MAINTAINER.lower()} puts a right value into the secret {setting}."
            )
        case "setting" | "login":
            return f"{_A_MAINTAINER} puts a right value into the secret {setting}."
        case "token":
            return (
                f"If it lasts, {_A_MAINTAINER.lower()} goes through the steps of docs/oauth.md, and puts a"
                f" right value into the secret {OAUTH}; later runs try again."
            )
        case "library":
            return f"{_A_MAINTAINER} installs cocflow[{'slack' if name == 'slack' else 'mail'}] in the job."
        case "connection":
            return (
                f"{_A_MAINTAINER} sees whether the server that {setting} names is up; later runs try again."
            )
        case "certificate":
            return (
                f"Whoever runs the server that {setting} names renews its certificate, or names it rightly."
            )
        case "folder":
            return "Whoever runs the mailbox makes that folder, or lets cocflow make it."
        case "scopes":
            return "Whoever administers the workspace gives the bot that scope, and installs it again."
        case "place":
            return (
                "Whoever is in that channel invites the bot, or whoever has the role Write puts the right id"
                " into .github/cocflow.yml."
            )
        case "pause":
            return _BY_ITSELF
        case _:
            assert_never(error.fault)
