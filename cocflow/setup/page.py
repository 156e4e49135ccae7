"""The page on which whoever has no GitHub account writes a report: one file, made of the form's own words.

Owns what stands on it, and to whom its mail may go. Refuses a community without an address for reports. The
page makes a mail that `cocflow.core.forms.by_mail` reads; how it looks stands in `templates/page/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import msgspec

from cocflow.core.forms.by_mail import END, Asked, asked, needs_backslash
from cocflow.core.forms.form import QUESTIONS
from cocflow.core.people.roster import Community
from cocflow.errors import DefinitionError
from cocflow.messages import listed, render_page
from cocflow.process.loading import load_wording
from cocflow.setup.community import load_community
from cocflow.setup.in_force import form_file, load_process_and_form, load_processes, templates_of
from cocflow.setup.install import CONFIGURATION, form_values, values_of_all_vaults

INVOLVED = "involved"
"""The id of the question which of the administrators are involved: with the four, it is always shown."""

LONGEST_LINK = 2000
"""Characters of a link to a mail program. Windows hands on 2,081, Chrome there 2,046; Firefox had 2,008.

What is longer isn't cut: it doesn't open.

https://github.com/electron/electron/issues/9987
"""


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to whom the mail may go; `ticked` unless the reporter chooses otherwise."""

    address: str
    name: str
    about: str
    ticked: bool = False


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it stands on the page: `line` above its answer in the mail, `hint` below it here."""

    id: str
    line: str
    label: str
    hint: str
    free: bool
    several: bool
    options: tuple[str, ...]


def page(folder: Path, html: Callable[[str], str], *, administrators: bool = False) -> str:
    """Return the page of the community whose repository is checked out in a folder.

    `html` makes HTML of the form's Markdown. `administrators`: offer each one's own address too. Raises
    DefinitionError for whatever is wrong in the files, and where no address for reports is configured.
    """
    figures = {one.name: one for process in load_processes(folder) for one in process.figures}
    community = load_community(folder / CONFIGURATION, figures)
    if not community.reports:
        hint = "write reports: and a mail address that your mailbox receives"
        raise DefinitionError("there is no address for reports", file=CONFIGURATION, hint=hint)
    process, form = load_process_and_form(folder, "incident")
    values = form_values(community) | values_of_all_vaults(community)
    wording = load_wording(form_file(folder, "incident"), values)
    questions = [_shown(one, wording.hints) for one in asked(form)]
    if community.vaults:  # the form's own choices are those of this vault
        named = tuple(values["administrators"])
        questions = [
            msgspec.structs.replace(one, options=named) if one.id == INVOLVED else one for one in questions
        ]
    danger = process.choice("in_danger")
    first = (*QUESTIONS, INVOLVED, danger.field if danger is not None else "")
    begins, lines = needs_backslash(form)
    return render_page(
        templates_of(folder),
        {
            "title": wording.name,
            "community": community.name,
            "intro": _below_the_title("".join(map(html, wording.texts))),
            "questions": [one for one in questions if one.id in first],
            "others": [one for one in questions if one.id not in first],
            "recipients": list(_recipients(community, administrators=administrators)),
            "reports": community.reports,
            "by_hand": _by_hand(questions),
            "link": _link(community.reports, wording.name, _by_hand(questions)),
            "data": {
                "subject": wording.name,
                "begins": begins,
                "lines": lines,
                "end": END,
                "longest": LONGEST_LINK,
            },
        },
    )


def _below_the_title(text: str) -> str:
    """Return HTML with its headings so high that the highest stands right below the page's title."""
    highest = min((int(one) for one in re.findall(r"<h([1-6])>", text)), default=2)
    return re.sub(r"(</?h)([1-6])>", lambda found: f"{found[1]}{int(found[2]) - highest + 2}>", text)


def _shown(one: Asked, hints: Mapping[str, str]) -> Shown:
    field = one.field
    return Shown(
        id=field.id,
        line=one.line,
        label=field.label,
        hint=hints.get(field.id, ""),
        free=field.free,
        several=field.kind == "checkboxes" or field.multiple,
        options=field.options,
    )


def _recipients(community: Community, *, administrators: bool) -> Iterator[Recipient]:
    """Give to whom the mail may go: by itself to the administrators together."""
    names = listed([one.shown() for one in community.administrators])
    yield Recipient(address=community.reports, name="The administrators", about=names, ticked=True)
    if administrators:
        for one in community.administrators:
            if one.mail:
                yield Recipient(address=one.mail, name=one.shown(), about="An administrator")
    if contact := community.outside_contact_mail:
        yield Recipient(address=contact, name="The outside contact", about=community.outside_contact)


def _by_hand(questions: list[Shown]) -> str:
    """Return the four questions to copy, with room below each."""
    return "\n\n\n".join(one.line for one in questions if one.id in QUESTIONS) + "\n\n"


def _link(address: str, subject: str, text: str) -> str:
    body = quote(text.replace("\n", "\r\n"), safe="")
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}&body={body}"
