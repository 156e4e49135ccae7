"""Names for incidents that say nothing about them.

A title goes into every mail and every notification that GitHub sends, so it holds nobody's name
and nobody's words: two neutral words that the issue's node id picks, the same every time.
"""

from __future__ import annotations

import base64
import hashlib

_FIRST = """
    amber ashen azure bronze calm cedar clear coral crisp distant dusky early even fallow fern
    flint gentle golden granite hazel high hollow indigo ivory jade juniper lark late level linden
    long lunar maple marble mellow misty mossy northern oaken ochre olive opal outer pale pearl
    pine plain quartz quiet russet sable saffron sandy sienna silent silver slate southern spruce
    steady teal umber western willow
""".split()
_SECOND = """
    basin bay beacon bridge brook canal canyon cape cliff cloud cove creek dale delta dune estuary
    falls field fjord forest garden glade glen grove harbor heath hill hollow inlet island lagoon
    lake lantern ledge marsh meadow mesa mill moor mountain oasis orchard pass path peak pier plain
    plateau pond prairie quarry reef ridge river shore spring stream summit terrace tide trail
    valley vale
""".split()


def code_name(issue_id: str) -> str:
    """Return the code name of an issue: two capitalised words, from its node id alone."""
    digest = hashlib.sha256(issue_id.encode()).digest()
    return f"{_FIRST[digest[0] % len(_FIRST)]} {_SECOND[digest[1] % len(_SECOND)]}".title()


def room_name(issue_id: str) -> str:
    """Return what the room of an issue is called on GitHub: `room-quiet-harbor-k3fd`.

    There are some thousands of code names, and no two rooms may have one name: four letters keep them apart.
    """
    digest = base64.b32encode(hashlib.sha256(f"room:{issue_id}".encode()).digest()).decode().lower()
    return f"room-{code_name(issue_id).replace(' ', '-').lower()}-{digest[:4]}"


def title(process: str, name: str) -> str:
    """Return the neutral title of an issue: `Incident Quiet Harbor`."""
    return f"{process.capitalize()} {name}"
