"""The demo: incidents of a winter at Enginexp, played on the sandbox over HTTP.

`story.py` holds who does what and what must come of it, as data in the shapes of `script.py`;
`stage.py` the sandbox with everybody on it, and the runs that GitHub Actions would start; `news.py`
what can be seen from outside; `player.py` plays and compares; `printing.py` tells. To play more, add a
step or a chapter to the story.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cocflow.demo.player import Played, play
from cocflow.demo.printing import JsonLines, Narrator, Teller
from cocflow.demo.script import Chapter
from cocflow.demo.stage import Stage
from cocflow.demo.story import REPOSITORY, STORY

__all__ = ["REPOSITORY", "STORY", "JsonLines", "Narrator", "Played", "Stage", "perform", "play"]


def perform(folder: Path, story: Sequence[Chapter], teller: Teller, *, keep: bool = False) -> bool:
    """Play a story in an empty folder and tell it; return whether all of it went as it had to.

    `keep` leaves the sandbox's database and everybody's tokens there too (see `Stage`).
    """
    right = True
    teller.open()
    with Stage(folder, keep=keep) as stage:
        for played in play(stage, story):
            teller.tell(played)
            right = right and played.ok
    teller.close()
    return right
