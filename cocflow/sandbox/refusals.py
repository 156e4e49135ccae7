"""What GitHub says when it says no."""

from __future__ import annotations

DOCS = "https://docs.github.com/rest"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """An answer other than success; the transaction it is raised in is undone."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: list[dict[str, object]] | None = None,
        *,
        kind: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.message = message
        self.errors = errors
        self.kind = kind or {404: "NOT_FOUND", 403: "FORBIDDEN"}.get(status, "UNPROCESSABLE")
        self.headers = headers or {}

    def as_dict(self) -> dict[str, object]:
        """Return the JSON body of GitHub's REST errors."""
        body: dict[str, object] = {"message": self.message}
        if self.errors is not None:
            body["errors"] = self.errors
        return body | {"documentation_url": DOCS, "status": str(self.status)}


def not_found() -> Refusal:
    """Refuse as if there were nothing there, which GitHub also says of what you may not see."""
    return Refusal(404, "Not Found")


def forbidden(message: str = "Must have admin rights to Repository.") -> Refusal:
    """Refuse someone who may see the thing but not do this to it."""
    return Refusal(403, message)


def not_for_integrations() -> Refusal:
    """Refuse a job's token."""
    return Refusal(403, "Resource not accessible by integration")


def suspended() -> Refusal:
    """Refuse whatever an installation asks for while an owner has suspended it."""
    return Refusal(403, "This installation has been suspended")


def limited(message: str, headers: dict[str, str] | None = None, status: int = 403) -> Refusal:
    """Refuse for a rate limit, by a status that GraphQL may be told as 200."""
    return Refusal(status, message, kind="RATE_LIMITED", headers=headers)


def invalid(resource: str, field: str, code: str, message: str | None = None) -> Refusal:
    """Refuse a value, with GitHub's list of what was wrong."""
    error: dict[str, object] = {"resource": resource, "field": field, "code": code}
    if message is not None:
        error["message"] = message
    return Refusal(422, "Validation Failed", [error])
