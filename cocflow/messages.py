"""Views and templates to text, and the page for reports: the only module that knows jinja2.

Owns the loading of templates, each checked when it is loaded: it lies in an audience's folder and
names nothing that the audience's view lacks. Refuses to decide what is said to whom.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property, lru_cache, partial
from pathlib import Path
from types import CodeType
from zoneinfo import ZoneInfo

import jinja2
import jinja2.meta
import jinja2.nodes
import jinja2.sandbox

from cocflow.core.text.inert import inline as inline
from cocflow.core.text.inert import unlinked
from cocflow.core.text.when import format_when
from cocflow.core.views import VIEWS
from cocflow.core.views.base import View
from cocflow.errors import DefinitionError

SUFFIX = ".md.j2"

KEPT = Path(__file__).with_name("_compiled")
"""Where the code of templates may be kept, as it is in the archive of what the jobs import."""

_NO_LETTERS = ("administrators/", "board/", "channel/")
"""The folders in which no template shows words to whom they are for."""


class Templates:
    """Every template of a list of folders; a community's own folder stands before the shipped one.

    `kept`: a folder with the code of templates, as `keep` writes it; for any other text there is none.
    """

    def __init__(self, folders: Sequence[Path], zone: ZoneInfo, kept: Path = KEPT) -> None:
        self._folders, self._zone, self._kept = folders, zone, kept
        self._loaded: dict[str, jinja2.Template] = {}

    @cached_property
    def _environment(self) -> jinja2.Environment:
        """What templates mean here; made for the first that is read."""
        return _environment(self._zone, jinja2.FileSystemLoader([str(folder) for folder in self._folders]))

    def check(self, *names: str) -> None:
        """Load these templates, or every one there is; DefinitionError for the first that can't be used."""
        listed_ = (one for one in self._environment.list_templates() if one.endswith(SUFFIX))
        for name in names or map(_stem, listed_):
            self._load(name)

    def keep(self) -> None:
        """Write the code of every template into the folder for it, for this Python and this jinja2."""
        self._kept.mkdir(exist_ok=True)
        cache = jinja2.FileSystemBytecodeCache(str(self._kept))
        self.check()
        for name in self._loaded:
            source = self._source(name)
            bucket = cache.get_bucket(self._environment, name, None, source)
            bucket.code = _compiled(name, source, self._zone, self._kept)
            cache.set_bucket(bucket)

    def render(self, name: str, view: View) -> str:
        """Return what `<folder>/<notice>` says to its audience; DefinitionError if it can't be used."""
        template = self._load(name)
        fields = {field: getattr(view, field) for field in view.__struct_fields__}
        try:
            text = template.render(fields).strip()
        except (jinja2.TemplateError, AttributeError, TypeError, ValueError, ArithmeticError, LookupError):
            file = f"templates/{name}{SUFFIX}"
            raise DefinitionError("The template can't say what it is to say.", file=file) from None
        return re.sub(r"\n{3,}", "\n\n", text)

    def fields_of(self, name: str) -> frozenset[str]:
        """Return which fields of its view a template names."""
        return _fields(name, self._source(name), self._zone)

    def subject(self, name: str) -> str:
        """Return the subject under which a notice goes out: its template's first comment."""
        source = self._source(name)
        found = re.match(r"\{#\s*subject:\s*(.{1,100}?)\s*#\}", source)
        return found[1] if found else "A message from the administrators"

    @cached_property
    def wording(self) -> str:
        """A digest of the templates of all letters: who approved a letter saw it by these."""
        names = (one for one in self._environment.list_templates() if one.endswith(SUFFIX))
        letters = sorted(_stem(one) for one in names if not one.startswith(_NO_LETTERS))
        said = "\0".join(f"{name}\0{self._source(name)}" for name in letters)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def _source(self, name: str) -> str:
        loader = self._environment.loader
        assert loader is not None  # noqa: S101 - set in __init__
        try:
            return loader.get_source(self._environment, name + SUFFIX)[0]
        except jinja2.TemplateNotFound:
            raise DefinitionError(f"There is no template {name}{SUFFIX}.", file="templates") from None

    def _load(self, name: str) -> jinja2.Template:
        if name not in self._loaded:
            code = _compiled(name, self._source(name), self._zone, self._kept)
            variables = self._environment.make_globals(None)
            self._loaded[name] = jinja2.Template.from_code(self._environment, code, variables)
        return self._loaded[name]


def render_page(folders: Sequence[Path], fields: Mapping[str, object]) -> str:
    """Return the page of `templates/page/` for reports by mail, with these fields.

    It is one file, and its policy lets nothing else be loaded or run. A community's own folder stands
    before the shipped one, for each of the three files. Raises DefinitionError if it can't be made.
    """
    loader = jinja2.FileSystemLoader([str(folder) for folder in folders])
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        loader=loader, undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    try:
        style, script = (loader.get_source(made, f"page/report.{one}")[0].strip() for one in ("css", "js"))
        policy = (
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none';"
            " form-action 'none'"
        )
        return made.get_template("page/report.html.j2").render(
            **fields, style=style, script=script, policy=policy
        )
    except jinja2.TemplateError as error:
        line = getattr(error, "lineno", None)
        file = "templates/page/report.html.j2"
        raise DefinitionError("The page can't be made.", file=file, line=line) from None


def _hash(source: str) -> str:
    """Return how a policy names what alone may stand in a page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def _environment(zone: ZoneInfo, loader: jinja2.BaseLoader | None = None) -> jinja2.Environment:
    """Return what templates mean in a time zone."""
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.filters |= {
        "when": partial(format_when, zone=zone),
        "listed": listed,
        "quoted": quoted,
        "inline": inline,
    }
    return made


@lru_cache(maxsize=512)
def _compiled(name: str, source: str, zone: ZoneInfo, kept: Path) -> CodeType:
    """Return the code of a template; DefinitionError if it can't be used.

    Kept for a process, by all that it is made of: the same words are read and checked once. Whatever was kept
    in a folder was checked then.
    """
    environment = _environment(zone)
    cache = jinja2.FileSystemBytecodeCache(str(kept))
    code = cache.get_bucket(environment, name, None, source).code
    return code or environment.compile(_checked(environment, name, source), name + SUFFIX)


@lru_cache(maxsize=512)
def _fields(name: str, source: str, zone: ZoneInfo) -> frozenset[str]:
    """Return which fields a template names; DefinitionError if it can't be read. Kept like its code."""
    try:
        tree = _environment(zone).parse(source)
    except jinja2.TemplateSyntaxError as error:
        file = f"templates/{name}{SUFFIX}"
        raise DefinitionError("The template can't be read.", file=file, line=error.lineno) from None
    return frozenset(jinja2.meta.find_undeclared_variables(tree))


def _checked(environment: jinja2.Environment, name: str, source: str) -> jinja2.nodes.Template:
    """Return the parsed template; DefinitionError if it can't be used."""
    file = f"templates/{name}{SUFFIX}"
    audience = name.partition("/")[0]
    if audience not in VIEWS:
        known = ", ".join(sorted(VIEWS))
        raise DefinitionError(f"The folder {audience} is no audience.", file=file, hint=f"one of {known}")
    try:
        tree = environment.parse(source)
        asked = jinja2.meta.find_undeclared_variables(tree)
    except jinja2.TemplateSyntaxError as error:
        raise DefinitionError("The template can't be read.", file=file, line=error.lineno) from None
    fields = VIEWS[audience].__struct_fields__
    for unknown in sorted(asked - set(fields)):
        raise DefinitionError(
            f"The audience {audience} may not know {unknown}.",
            file=file,
            hint=f"it knows {', '.join(get_close_matches(unknown, fields, n=5, cutoff=0.4) or fields)}",
        )
    return tree


def _stem(file: str) -> str:
    return file.removesuffix(SUFFIX)


def listed(items: Iterable[str], word: str = "and") -> str:
    """Return "a, b and c"."""
    *others, last = list(items) or [""]
    return f"{', '.join(others)} {word} {last}" if others else last


def quoted(text: str) -> str:
    """Return a person's words as a Markdown quotation that mentions nobody, and points at no issue."""
    safe = unlinked(re.sub(r"\r\n?", "\n", text))
    return "\n".join(f"> {line}".rstrip() for line in safe.split("\n"))


def coded(text: str) -> str:
    """Return a line of text as code that nothing in it can end: ready to copy, inert to read."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"


def fenced(text: str) -> str:
    """Return text in a code fence that nothing in it can close: ready to copy, inert to read."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
