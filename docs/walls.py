"""Who can read what: the tables of `docs/confidentiality.md`, of which `tests/walls/` asks GitHub each cell.

Owns the table, and what stands between two marks of the page. Refuses to say more than is asked over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, get_args

from docs.administrators import with_part

PAGE = "confidentiality.md"

Reader = Literal[
    "reporter",
    "other",
    "party",
    "crossing",
    "member",
    "onlooker",
    "deciding",
    "recused",
    "concerned",
    "second",
    "keeper",
    "app",
    "jobs",
    "stranger",
]
Place = Literal[
    "first vault", "second vault", "room", "party's room", "other's room", "crossing's room", "template"
]
State = Literal["asked", "invited", "expired", "open", "under way", "put out", "closed", "erased"]

READERS: Final[Mapping[Reader, str]] = {
    "reporter": "The reporter, in a room of their own",
    "party": "A party of that incident, with a room",
    "other": "Another reporter, with a room",
    "crossing": "Who reports an administrator of the first vault, in a room",
    "member": "A member of the organization",
    "onlooker": "Who was let into the first vault, without a say",
    "deciding": "An administrator of the first vault, with a say",
    "recused": "One who recuses themself from that incident",
    "concerned": "One who becomes a party of it, and is reported by somebody else",
    "second": "An administrator of the second vault",
    "keeper": "A keeper: an owner of the organization",
    "app": "The App",
    "jobs": "The first vault's jobs, without the App's key",
    "stranger": "Anybody else",
}
PLACES: Final[Mapping[Place, str]] = {
    "first vault": "the first vault",
    "second vault": "the second vault",
    "other's room": "another reporter's room",
    "crossing's room": "the room of who reports an administrator",
    "template": "the template",
}
"""The repositories that are the same whatever becomes of a room, as the page calls them."""
STATES: Final[Mapping[State, str]] = {
    "asked": "asked for",
    "invited": "invited",
    "expired": "the invitation ran out",
    "open": "let in",
    "under way": "reported",
    "put out": "two have lost their say",
    "closed": "closed",
    "erased": "erased",
}
"""What becomes of a reporter's room, one after the other."""

_DECIDING: Final[frozenset[Reader]] = frozenset({"deciding", "recused", "concerned"})
_ALWAYS: Final[frozenset[Reader]] = frozenset({"keeper", "app"})
_NOBODY: Final[frozenset[Reader]] = frozenset()

LASTING: Final[Mapping[Place, frozenset[Reader]]] = {
    "first vault": _DECIDING | {"onlooker", "keeper", "jobs"},
    "second vault": frozenset({"second", "keeper"}),
    "other's room": _ALWAYS | _DECIDING | {"other"},
    "crossing's room": _ALWAYS | {"crossing", "second"},
    "template": _ALWAYS,
}
"""Who reads a repository, whatever becomes of the reporter's room."""
CHANGING: Final[Mapping[Place, Mapping[State, frozenset[Reader]]]] = {
    "room": {
        "asked": _NOBODY,
        "invited": _ALWAYS,
        "expired": _ALWAYS,
        "open": _ALWAYS | {"reporter"},
        "under way": _ALWAYS | _DECIDING | {"reporter"},
        "put out": _ALWAYS | {"reporter", "deciding"},
        "closed": _ALWAYS | {"reporter", "deciding"},
        "erased": _NOBODY,
    },
    "party's room": {
        "asked": _NOBODY,
        "invited": _NOBODY,
        "expired": _NOBODY,
        "open": _NOBODY,
        "under way": _ALWAYS | _DECIDING | {"party"},
        "put out": _ALWAYS | {"party", "deciding"},
        "closed": _ALWAYS | {"party", "deciding"},
        "erased": _ALWAYS | {"party", "deciding"},
    },
}
"""Who reads a room of the incident, by what becomes of the reporter's."""

EVERYWHERE: Final[tuple[Place, ...]] = get_args(Place)

_BEGIN = "<!-- Who reads what, by `make docs`, from docs/walls.py. Change that, not this. -->"


def readers(place: Place, state: State) -> frozenset[Reader]:
    """Return who reads a repository in a state of the reporter's room, and nobody else does."""
    return LASTING[place] if place in LASTING else CHANGING[place][state]


def with_table(page: str) -> str:
    """Return the page with its tables current. ValueError where it has no place for them."""
    return with_part(PAGE, page, _BEGIN, _tables())


def _tables() -> Iterator[str]:
    yield from _table({name: LASTING[place] for place, name in PLACES.items()})
    yield ""
    yield "The reporter's room, as it goes on:"
    yield ""
    yield from _table({name: CHANGING["room"][state] for state, name in STATES.items()})
    yield ""
    yield "The room of a party of that incident, from its opening on:"
    yield ""
    made = {state: found for state, found in CHANGING["party's room"].items() if found}
    yield from _table({STATES[state]: found for state, found in made.items()})


def _table(columns: Mapping[str, frozenset[Reader]]) -> Iterator[str]:
    yield f"| Who | {' | '.join(columns)} |"
    yield f"|---{'|---' * len(columns)}|"
    for reader, name in READERS.items():
        cells = ("reads" if reader in found else "–" for found in columns.values())
        yield f"| {name} | {' | '.join(cells)} |"
