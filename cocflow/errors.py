"""The errors of cocflow: the class says who must act. No message holds what a person wrote, or a name."""

from typing import Literal, Self

Kind = Literal["limited", "refused_credential", "refused_thing", "unavailable", "odd"]
"""What a failure of an outside service costs, and so who must act.

`limited`: a rate limit; nothing was done, and each further call would be refused alike until it ends.
`refused_credential`: who we are may not do that anywhere; each further call would be refused alike.
`refused_thing`: this thing can't be had or changed; others can.
`unavailable`: no answer, or one that says to try again.
`odd`: an answer that can't be understood, or that contradicts itself; nothing may be guessed from it.
"""

Reason = Literal["", "locked", "full", "missing", "gone", "too_long", "invalid"]
"""Why a thing was refused, where the service says: locked, full, not there (any more), too long, invalid."""


class CocflowError(Exception):
    """What cocflow itself raises; the top-level handler prints it as one line."""


class UserMistake(CocflowError):  # noqa: N818  # a mistake is not an error of ours
    """A person asked for something that can't be done; the message is safe to post as it stands.

    `copy` is the right form, ready to copy, where there is one, and `hint` the one thing to do.
    """

    def __init__(self, message: str, *, copy: str = "", hint: str = ""):
        super().__init__(message)
        self.copy = copy
        self.hint = hint


class DefinitionError(CocflowError):
    """A definition or the configuration is wrong: who maintains the repository must mend it."""

    def __init__(self, message: str, *, file: str = "", line: int | None = None, hint: str = ""):
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        """Give one line: where, what, and the nearest right form."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}: {self.message}{hint}" if where else f"{self.message}{hint}"

    def of_file(self, file: str) -> Self:
        """Return the same mistake as one of a file, which has the text in which it was found."""
        return type(self)(self.message, file=file, line=self.line, hint=self.hint)


class MissingExtraError(CocflowError):
    """What was asked for needs packages that aren't installed; `extra` brings them."""

    def __init__(self, extra: str):
        super().__init__(
            f"This needs more than is installed: pip install 'cocflow[{extra}]', where cocflow is"
        )


class AdapterError(CocflowError):
    """An outside service failed; only its status and our route are kept, never its answer.

    `uncertain`: a write may have been done all the same. `kind` is made of the status where it isn't given.
    `wait`: after how many seconds a rate limit may be over, None where that isn't known.
    """

    def __init__(
        self,
        status: int | None,
        route: str,
        *,
        uncertain: bool = False,
        kind: Kind | None = None,
        reason: Reason = "",
        wait: float | None = None,
    ):
        super().__init__(f"{route} failed: {_shown(status, kind, reason)}")
        self.status = status
        self.route = route
        self.uncertain = uncertain
        self.kind: Kind = kind or _kind(status)
        self.reason: Reason = reason
        self.wait = wait


def _shown(status: int | None, kind: Kind | None, reason: Reason) -> str:
    if kind == "odd":
        return "an answer that can't be understood"
    if status == 307:
        return "the repository has another name, or another owner, now: use that"
    said = "no answer" if status is None else str(status)
    more = "limited" if kind == "limited" and status != 429 else reason
    return f"{said} ({more})" if more else said


def _kind(status: int | None) -> Kind:
    """Return what a bare status says; a 403 without words is about the thing."""
    if status is None or status >= 500:
        return "unavailable"
    if status == 429:
        return "limited"
    if status == 401:
        return "refused_credential"
    return "refused_thing" if status >= 400 else "odd"
