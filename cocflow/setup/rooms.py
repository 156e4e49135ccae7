"""Setting rooms up: what an organization has to be, the template that rooms are made from, and the App.

Owns what the template holds, what an App may do, and how its registration is asked for. Refuses an
organization in which others than those who were let in could read a room.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import msgspec

from cocflow.core.case.facts import ROOM
from cocflow.core.forms.template import fill_template
from cocflow.core.people.roster import Community, RoomsSettings
from cocflow.core.text.blobs import blob_sha
from cocflow.errors import CocflowError
from cocflow.ports import Grounds, Organization, Premises
from cocflow.setup.install import FORMS, Installation, form_values, values_of_all_vaults

KEY = "COCFLOW_ROOMS_KEY"
"""The secret of the vault's jobs that holds the App's private key."""

TEMPLATE = "template"
"""What the repository is called that rooms are made from, unless somebody says otherwise."""

PERMISSIONS = {"administration": "write", "contents": "read", "issues": "write", "metadata": "read"}
"""What the App may do, in the repositories that it is installed in: no more, and no less."""

README = "README.md"
CHOOSER = f"{FORMS}config.yml"
FORM = f"{FORMS}incident.yml"
LONGEST_NAME = 34
"""GitHub's limit for an App's name."""

_INVOLVED = (
    "Your report is then kept only where those whom it is about can't read it. Where there is no such place,"
    " it stays in this room, the outside contact is told that you wrote, and not what. If you"
    " would rather not write here, write to"
)
_KEPT = (
    "They are let in once you have filed, but for those whom you name below. What you write is kept in"
    " private repositories on GitHub; whoever owns those is able to read it as well."
)
_BLOCK = re.compile(r"^(# )?rooms:.*\n((# )? {2,}.*(\n|\Z))*", re.MULTILINE)


class UnfitError(CocflowError):
    """The organization isn't as it has to be for rooms."""


def fit(grounds: Grounds, name: str) -> Organization:
    """Return what an organization is set to; UnfitError where rooms can't be private in it."""
    found = grounds.organization()
    if found is None:
        raise UnfitError(
            f"{name} is no organization. In a person's own account whoever is let into a repository can"
            " write there, delete, and change it, so a guest can't be. Make an organization (the free plan"
            f" will do): {grounds.web}/organizations/plan. Until then administrators file, or people"
            " report by mail."
        )
    if found.base is None:
        raise UnfitError(
            f"The token shows no settings of {name}: it has to be of an owner of it, with the scope admin:org"
            " (gh auth refresh --scopes admin:org)."
        )
    if wrong := list(unfit(found)):
        raise UnfitError(f"{' '.join(wrong)} Nothing was done. ({settings_page(grounds, name)})")
    return found


def unfit(found: Organization) -> Iterator[str]:
    """Give what would let others read a room, and how it is mended."""
    if found.base not in ("none", None):
        yield f"Its base permission is {found.base}, so each member reads each room: set it to none."
    if found.forks:
        yield "Its members may fork private repositories, so a copy of a room could stay: forbid that."


def settings_page(grounds: Grounds, name: str) -> str:
    """Return where an owner sets what members may do."""
    return f"{grounds.web}/organizations/{name}/settings/member_privileges"


def keep_jobs_out(work: Installation, grounds: Grounds, name: str, template: str) -> None:
    """Have no job run in what is made in an organization from now on; where jobs ran, they go on."""
    if not grounds.actions_everywhere():
        return
    kept = {
        one: number
        for one, number in grounds.with_actions().items()
        if one.casefold() != template.casefold() and not one.casefold().startswith(ROOM)
    }
    go_on = f"; they stay on in {', '.join(sorted(kept))}" if kept else ""
    work.step(
        f"switch Actions off in whatever is made in {name} from now on",
        f"Switched Actions off in whatever is made in {name} from now on{go_on}",
        lambda: grounds.select_actions(kept.values()),
    )


# --- the template --------------------------------------------------------------------------------------


def template_files(
    community: Community, form: str, chooser: str, readme: str, answered: str
) -> dict[str, bytes]:
    """Return what the template holds, by path; `answered` says by when a guest is answered."""
    values: Mapping[str, str | tuple[str, ...]] = form_values(community) | {
        "involved": _INVOLVED,
        "kept": _KEPT,
        "answered": answered,
        **values_of_all_vaults(community),
    }
    texts = {README: readme, FORM: form, CHOOSER: chooser}
    return {path: fill_template(text, values).encode() for path, text in texts.items()}


def set_up_template(work: Installation, template: Premises, wanted: Mapping[str, bytes]) -> None:
    """Make the template what it should be: each step only where something is left."""
    settings = template.settings()
    if settings is None:
        settings = work.create(template)
    if settings is not None and settings.visibility != "private":
        raise UnfitError(f"The template is {settings.visibility}: make it private, as rooms are like it.")
    if settings is not None and not (
        settings.template and settings.issues and not (settings.forks or template.actions().enabled)
    ):
        work.step("make it a template", "Made it a template, in which no job runs", template.make_template)
    shas = template.shas() if settings is not None else {}
    if changed := {path: text for path, text in wanted.items() if shas.get(path) != blob_sha(text)}:
        work.step(
            "write the template's files",
            f"Wrote {len(changed)} files of the template",
            lambda: template.commit(changed, "Set up the template of rooms"),
        )


# --- the App -------------------------------------------------------------------------------------------


def app_name(organization: str) -> str:
    """Return what the App is called; no two Apps on GitHub have the same name."""
    return f"{organization}-rooms"[:LONGEST_NAME]


def registration_page(grounds: Grounds, organization: str) -> str:
    """Return where an owner registers an App of the organization's."""
    return f"{grounds.web}/organizations/{organization}/settings/apps/new"


def registration_link(grounds: Grounds, organization: str) -> str:
    """Return the link that leads to the registration with everything filled in."""
    asked = {
        "name": app_name(organization),
        "description": "Makes rooms in which people report to the administrators.",
        "url": f"{grounds.web}/{organization}",
        "public": "false",
        "webhook_active": "false",
        **PERMISSIONS,
    }
    return f"{registration_page(grounds, organization)}?{urlencode(asked)}"


def manifest(grounds: Grounds, organization: str, redirect: str) -> str:
    """Return the same as a manifest, in JSON; GitHub comes back to `redirect` with a code."""
    page = f"{grounds.web}/{organization}"
    return json.dumps(
        {
            "name": app_name(organization),
            "description": "Makes rooms in which people report to the administrators.",
            "url": page,
            "public": False,
            "hook_attributes": {"url": page, "active": False},
            "redirect_url": redirect,
            "default_permissions": PERMISSIONS,
        }
    )


def lacking(permissions: Mapping[str, str]) -> str:
    """Return what an App may not do that it must, and what it may that it needn't, as a sentence; ""."""
    missing = [f"{name} ({level})" for name, level in PERMISSIONS.items() if permissions.get(name) != level]
    more = sorted(permissions.keys() - PERMISSIONS.keys())
    parts = [f"lacks {', '.join(missing)}"] if missing else []
    parts += [f"may more than it needs: {', '.join(more)}"] if more else []
    return f"The App {' and '.join(parts)}." if parts else ""


# --- the configuration ---------------------------------------------------------------------------------


def with_rooms(text: str, rooms: RoomsSettings) -> str:
    """Return a configuration that says where rooms are, in place of what it said of them."""
    lines = "".join(f"  {name}: {value}\n" for name, value in msgspec.structs.asdict(rooms).items() if value)
    said = f"rooms:\n{lines}"
    if _BLOCK.search(text):
        return _BLOCK.sub(lambda _: said, text, count=1)
    return f"{text.rstrip()}\n\n# Where rooms are (docs/rooms.md).\n{said}"
