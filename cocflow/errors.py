"""The errors of cocflow: the class says who must act. No message holds what a person wrote, or a name."""


class CocflowError(Exception):
    """What cocflow itself raises; the top-level handler prints it as one line."""


class UserMistake(CocflowError):  # noqa: N818  # a mistake is not an error of ours
    """A person asked for something that can't be done; the message is safe to post as it stands."""


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


class MissingExtraError(CocflowError):
    """What was asked for needs packages that aren't installed; `extra` brings them."""

    def __init__(self, extra: str):
        super().__init__(f"This needs more than is installed: pip install 'cocflow[{extra}]'")


class AdapterError(CocflowError):
    """An outside service failed; only its status and our route are kept, never its answer.

    `uncertain`: a write may have been done all the same.
    """

    def __init__(self, status: int | None, route: str, *, uncertain: bool = False):
        super().__init__(f"{route} failed: {'no answer' if status is None else status}")
        self.status = status
        self.route = route
        self.uncertain = uncertain
