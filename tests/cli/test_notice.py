"""`cocflow notice preview`: what a reader gets, by every channel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cocflow.cli import cocflow
from cocflow.cli.notice import CHANNELS
from cocflow.messages import SUFFIX
from cocflow.setup import shipped

NAMES = sorted(
    str(path.relative_to(shipped.templates())).removesuffix(SUFFIX)
    for path in shipped.templates().glob(f"*/*{SUFFIX}")
)


def preview(*words: str) -> Result:
    """Give the command."""
    return CliRunner().invoke(cocflow, ("notice", "preview", *words))


@pytest.mark.parametrize("name", NAMES)
def test_every_notice_is_shown_for_every_channel(name: str) -> None:
    """Without a choice all four ways are shown, of every shipped notice."""
    done = preview(name)
    assert done.exit_code == 0, done.output
    assert [line for line in done.output.split("\n") if line in {f"--- {one} ---" for one in CHANNELS}] == [
        f"--- {one} ---" for one in CHANNELS
    ]


def test_a_channel_shows_its_own_form() -> None:
    """A mail has a subject and HTML, Slack gets blocks of plain text, what is told by hand can be copied."""
    assert preview("party/resolution", "--channel", "issue").output.startswith("You have appealed")
    mail = preview("party/resolution", "--channel", "mail").output
    assert mail.startswith("Subject: A decision that concerns you (Quiet Harbor)\n")
    assert "<blockquote>" in mail
    slack = json.loads(preview("party/resolution", "--channel", "slack").output)
    assert {block["text"]["type"] for block in slack["blocks"]} <= {"plain_text", "mrkdwn"}
    assert "```\nYou have appealed" in preview("party/resolution", "--channel", "hand").output


def test_the_least_is_shown_too() -> None:
    """Without consent and dates a notice says its fixed words."""
    assert "no details are shared" in preview("community/post", "--least", "--channel", "issue").output
    assert "keep to what we agreed" not in preview("party/resolution", "--least").output


def test_a_communitys_own_template_is_shown(tmp_path: Path) -> None:
    """What lies in the community's folder is what its people would get."""
    own = tmp_path / "party" / f"resolution{SUFFIX}"
    own.parent.mkdir()
    own.write_text("{# subject: Decided #}\nIn {{ community }}.", encoding="utf-8")
    done = preview("party/resolution", "--templates", str(tmp_path), "--channel", "mail")
    assert done.output.startswith("Subject: Decided (Quiet Harbor)\n\nIn Harbor Readers.")


@pytest.mark.parametrize("name", ["nobody/arrived", "arrived", "/", ""])
def test_an_unknown_audience_is_named(name: str) -> None:
    """Whoever mistypes reads which audiences there are."""
    done = preview(name)
    assert done.exit_code == 2
    assert (
        "administrators, board, channel, community, filer, guest, outside, party, reporter, sender, suspended"
        in done.output
    )


def test_a_notice_that_is_not_there_is_named() -> None:
    """An audience without that notice is an error of who asks, and is said."""
    done = preview("party/nothing")
    assert done.exit_code != 0
    assert "There is no template party/nothing" in str(done.exception)
