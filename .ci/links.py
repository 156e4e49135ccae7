"""Where a text leads that is read elsewhere than beside the files: on PyPI, in release notes, on the site.

A job knows of which repository it is. Elsewhere nobody does, and texts stay as they are.
"""

from __future__ import annotations

import os
import re


def address() -> str:
    """Return the address of the repository, "" where no job says it."""
    repository = os.environ.get("GITHUB_REPOSITORY")
    return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{repository}" if repository else ""


def led_to(tag: str, text: str) -> str:
    """Return a text whose links lead to files, and whose pictures are, as they are at a tag."""
    if not (there := address()):
        return text
    text = re.sub(r'(!\[[^]]*\]\(|<img src=")(?![a-z]+:)', rf"\g<1>{there}/raw/{tag}/", text)
    return re.sub(r"\]\((?![a-z]+:|#)", f"]({there}/blob/{tag}/", text)
