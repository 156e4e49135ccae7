"""The documentation as a site, `make site`: the pages as they lie in the repository, with a search.

Owns what the site holds, which is what the README leads to under "Read on", and where a link leads that
doesn't stay on it. Refuses to load anything from another host, and a link that leads nowhere.
"""

from __future__ import annotations

import re
import runpy
import shutil
import tempfile
from pathlib import Path

import click
from sphinx.application import Sphinx

from docs import gallery
from docs.making import ROOT

START, INDEX, GALLERY = "README.md", "index.md", f"docs/{gallery.PAGE}"
ADDRESS = runpy.run_path(str(ROOT / ".ci" / "links.py"))["address"]() or "https://github.com/OWNER/cocflow"
SOURCE = f"{ADDRESS}/blob/main/"
"""Where a file is that is linked and isn't on the site."""

PICTURES = (".svg", ".jpg", ".png")
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")
_SETTINGS = {
    "project": "cocflow",
    "extensions": ["myst_parser"],
    "root_doc": Path(INDEX).stem,
    "myst_heading_anchors": 4,
    "myst_enable_extensions": ["html_image"],
    "html_theme": "furo",
    "html_title": "cocflow",
    "html_copy_source": False,
    "html_show_copyright": False,
    "html_show_search_summary": False,  # they are fetched, which a page that is a file may not do
    "html_static_path": ["static"],
    "html_css_files": ["letters.css"],
}


def doors() -> dict[str, tuple[str, ...]]:
    """Return the pages by whom they are for, as the README has them under "Read on"."""
    _, _, read_on = (ROOT / START).read_text("utf-8").partition("\n## Read on\n")
    _, *parts = re.split(r"^### (.+)\n", read_on, flags=re.MULTILINE)
    found = zip(parts[::2], parts[1::2], strict=True)
    return {name: tuple(re.findall(r"^- \[[^]]+\]\(([^)]+)\)", part, re.MULTILINE)) for name, part in found}


def pages() -> tuple[str, ...]:
    """Return the paths of what is a page of the site, in the repository."""
    return (START, *(page for listed in doors().values() for page in listed))


def lay_out(folder: Path) -> None:
    """Write the sources of the site: the pages with their links made right, and the pictures."""
    there = frozenset(pages())
    for page in there - {GALLERY}:
        text = _linked((ROOT / page).read_text("utf-8"), page, there)
        _write(folder / _name(page), text + (_contents() if page == START else ""))
    _write(folder / _name(GALLERY), gallery.markdown())
    _write(folder / "static" / "letters.css", gallery.STYLE)
    for picture in (ROOT / "docs").rglob("*"):
        if picture.suffix in PICTURES:
            target = folder / picture.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, target)


def _name(page: str) -> str:
    return INDEX if page == START else str(Path(page).with_suffix(".md"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _contents() -> str:
    """Return what makes the navigation, in Sphinx's words."""
    return "".join(
        "\n".join(["\n```{toctree}", ":hidden:", f":caption: {door}", "", *map(_name, listed), "```\n"])
        for door, listed in doors().items()
    )


def _linked(text: str, page: str, there: frozenset[str]) -> str:
    """Return a page whose links to what isn't on the site lead to the repository."""
    up = "../" * page.count("/")

    def led(found: re.Match[str]) -> str:
        target = (ROOT / page).parent.joinpath(found[1]).resolve().relative_to(ROOT.resolve()).as_posix()
        if target in there:
            return f"{up}{_name(target)}"
        return found[1] if target.endswith(PICTURES) else SOURCE + target

    # Sphinx colours no Mermaid, and draws none without a script from elsewhere.
    return _LINK.sub(led, text).replace("```mermaid\n", "```text\n")


def build(target: Path) -> None:
    """Build the site into a folder. Raises what Sphinx does of the first thing that is wrong."""
    with tempfile.TemporaryDirectory() as name:
        source, trees = Path(name) / "source", Path(name) / "trees"
        lay_out(source)
        Sphinx(
            source,
            None,
            target,
            trees,
            "html",
            _SETTINGS,
            status=None,
            warningiserror=True,
            exception_on_warning=True,
        ).build()


@click.command()
@click.argument("target", type=click.Path(path_type=Path), default=ROOT / "site")
def main(target: Path) -> None:
    """Build the site into TARGET."""
    build(target)
    click.echo(f"Open {target / 'index.html'}.")


if __name__ == "__main__":
    main()
