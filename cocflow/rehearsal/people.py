"""Who can be played in the rehearsal room: each with an account, a mailbox, or both.

Owns the list. Everybody but the published administrators is made up.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cocflow.demo.story import GUEST, MEMBER, OTHERS, PUBLISHED


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be: `slug` names them in addresses of pages; "" for what they haven't got."""

    slug: str
    name: str
    part: str
    about: str
    login: str = ""
    mail: str = ""


PERSONAS = (
    Persona(
        slug="iris",
        name="Iris",
        part="reporter",
        about="Has a GitHub account, and a room of her own in which she can report.",
        login=GUEST,
    ),
    Persona(
        slug="kim",
        name="Kim Doe",
        part="reporter by mail",
        about="Has no GitHub account. Reports by mail, and is answered by mail.",
        mail="kim@example.net",
    ),
    *(
        Persona(
            slug=login,
            name=login,
            part="administrator",
            about="Handles reports, and reads everything in the vault.",
            login=login,
        )
        for login in PUBLISHED
    ),
    Persona(
        slug="dario",
        name="dario",
        part="administrator",
        about="Handles reports too. A report may be about him.",
        login="dario",
    ),
    Persona(
        slug=OTHERS[0],
        name=OTHERS[0],
        part="administrator of the second vault",
        about="Handles what concerns the administrators of the first one.",
        login=OTHERS[0],
    ),
    Persona(
        slug="sam",
        name="Sam Okafor",
        part="accused",
        about="Reads only what he is told by mail.",
        mail="sam@example.org",
    ),
    Persona(
        slug="pim",
        name="Pim Ode",
        part="suspended",
        about="His account may be suspended. He reads his mail, and can appeal by answering it.",
        mail="pim@example.org",
    ),
    Persona(
        slug=MEMBER,
        name=MEMBER,
        part="member",
        about="Belongs to the community, and to no case.",
        login=MEMBER,
    ),
)


def persona(slug: str, addresses: Iterable[str] = ()) -> Persona | None:
    """Return who is meant: somebody of the list, or whoever has got mail at an address; None for nobody."""
    known = next((one for one in PERSONAS if slug in (one.slug, one.mail)), None)
    if known is None and slug in addresses:
        return Persona(slug=slug, name=slug, part="somebody", about="Got a mail.", mail=slug)
    return known
