"""What the reporter lets us share, as far as the form says.

Owns what each choice of the field `share` means. Refuses to take anything else for a yes.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from cocflow.core.forms.form import Answers


class Consent(msgspec.Struct, frozen=True):
    """What the reporter lets us share: nothing, with the people concerned, or with the community as well."""

    level: Literal["none", "parties", "community"] = "none"
    named: bool = False
    """Whether the reporter's name may be told to those who may be told."""


CONSENTS: Mapping[str, Consent] = {
    "Nothing until you have asked me": Consent(),
    "What the people concerned need to know, without my name": Consent("parties"),
    "What the people concerned need to know, with my name": Consent("parties", named=True),
    "What the people concerned need to know, and the community may be told, all without my name": Consent(
        "community"
    ),
    "What the people concerned need to know, and the community may be told, all with my name": Consent(
        "community", named=True
    ),
}
"""What each choice of the field `share` means. A choice that isn't here shares nothing."""


def consent(answers: Answers) -> Consent:
    """Return what the reporter allowed by the form: nothing, unless a known choice says more."""
    return CONSENTS.get(answers.text("share"), Consent())
