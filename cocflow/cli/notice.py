"""`cocflow notice`: read a notice as its reader would, with invented people, by every channel."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cocflow.core.views.base import View
    from cocflow.messages import Templates

CHANNELS = ("issue", "mail", "slack", "hand")


@click.group()
def notice() -> None:
    """Read notices before anybody gets them: the files of `templates/`."""


@notice.command()
@click.argument("name", metavar="AUDIENCE/NOTICE")
@click.option("--channel", type=click.Choice(CHANNELS), help="Only as this channel shows it; else as all do.")
@click.option("--least", is_flag=True, help="As it reads when everything is missing that may be.")
@click.option(
    "--templates",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("templates"),
    help="A community's own templates, which stand before the shipped ones.",
)
def preview(name: str, channel: str | None, least: bool, folder: Path) -> None:
    """Show a notice with invented people, as in `cocflow notice preview reporter/arrived`.

    \b
    Example: cocflow notice preview reporter/arrived
    """
    from zoneinfo import ZoneInfo

    from cocflow.core.views import VIEWS, samples
    from cocflow.messages import Templates
    from cocflow.setup import shipped

    audience = name.partition("/")[0]
    if audience not in VIEWS:
        raise click.UsageError(f"{audience} is no audience: it is one of {', '.join(sorted(VIEWS))}.")
    templates = Templates([folder, shipped.templates()], ZoneInfo("UTC"))
    seen = (samples.least if least else samples.full)(audience)
    for one in (channel,) if channel else CHANNELS:
        if channel is None:
            click.echo(f"--- {one} ---\n")
        click.echo(f"{_SHOWN[one](templates, name, seen)}\n")


def _issue(templates: Templates, name: str, view: View) -> str:
    return templates.render(name, view)


def _mail(templates: Templates, name: str, view: View) -> str:
    from cocflow.adapters.markdown import html, plain

    text = templates.render(name, view)
    return (
        f"Subject: {_subject(templates, name, view)}\n\n{plain(text)}\n\n(as HTML)\n\n{html(text)}".rstrip()
    )


def _slack(templates: Templates, name: str, view: View) -> str:
    from cocflow.adapters.markdown import blocks

    heading = _subject(templates, name, view)
    shown = {"text": heading, "blocks": blocks(templates.render(name, view))}
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _hand(templates: Templates, name: str, view: View) -> str:
    from cocflow.messages import fenced

    subject = _subject(templates, name, view)
    return f"Copy this to them (subject: *{subject}*):\n\n{fenced(templates.render(name, view))}"


def _subject(templates: Templates, name: str, view: View) -> str:
    subject, code_name = templates.subject(name), getattr(view, "code_name", "")
    return f"{subject} ({code_name})" if code_name else subject


_SHOWN: Mapping[str, Callable[[Templates, str, View], str]] = {
    "issue": _issue,
    "mail": _mail,
    "slack": _slack,
    "hand": _hand,
}
