"""The template of a form: what a parsed issue form asks, and the filling with a community's names.

Owns which templates are forms that `read` can read back. Refuses any other, with what is wrong and the keys
that lead there: it sees no file, so whoever does adds its name and the line.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cocflow.core.forms.form import NO_CHOICE, NO_RESPONSE, QUESTIONS, Element, Field, Form, LeftAlone
from cocflow.core.forms.markdown import heading_text
from cocflow.errors import DefinitionError

Keys = tuple[str | int, ...]
"""What leads to a value of the template, as in `("body", 3, "attributes", "options")`."""


class TemplateError(DefinitionError):
    """A template is wrong at `keys`, or, where they lead to nothing, at the last of them that is there."""

    def __init__(self, keys: Keys, message: str, hint: str = ""):
        super().__init__(message, hint=hint)
        self.keys = keys


def form_from_template(data: Mapping[str, object], needed: Iterable[str] = QUESTIONS) -> Form:
    """Return the form that a parsed issue form template defines.

    Elements of an unknown type are left alone and listed: GitHub may add types at any time. Raises
    TemplateError where the template doesn't define a form that `read` could read back: ids or labels that
    are missing or stand twice, one of the `needed` ids gone, or an answer required that can't be read.
    """
    body = _Part(data).at("body")
    elements = body.items()
    if not elements:
        raise body.error("the form has no questions", "list them under `body`")
    found = [_element(element) for element in elements]
    form = Form(
        fields=tuple(one for one in found if isinstance(one, Field)),
        left_alone=tuple(one for one in found if isinstance(one, LeftAlone)),
    )
    _refuse_twins(form, elements)
    for id in needed:
        field = form.field(id)
        if field is None:
            raise body.error(f"the question `{id}` is gone", "the process knows it by this id")
        if not field.free:
            where = elements[field.place].at("type")
            raise where.error(f"nothing can be typed at `{id}`", "make it a textarea or an input")
    return form


def fill_template(text: str, values: Mapping[str, str | tuple[str, ...]]) -> str:
    """Return a template's text with a community's names put between its markers.

    `<!-- cocflow:name -->…<!-- /cocflow:name -->` in running text, and `key: …  # cocflow:name` for a line
    of YAML, get the value of that name: a text, or in YAML a list of texts. Names without a value stay as
    they are, and filling again with other values replaces the first ones. Raises DefinitionError for a value
    that would break the template.
    """
    for name, value in ((name, one) for name, given in values.items() for one in _texts(given)):
        if "\n" in value or "\r" in value or "<!--" in value:
            raise DefinitionError(f"`{name}` must be one line without `<!--`")

    def in_text(found: re.Match[str]) -> str:
        value = values.get(found[2], found[3])
        return found[1] + (value if isinstance(value, str) else found[3]) + found[4]

    def in_yaml(found: re.Match[str]) -> str:
        # JSON's quoted text is YAML's too, whatever it holds.
        value = json.dumps(values[found[3]], ensure_ascii=False) if found[3] in values else found[2]
        return f"{found[1]}{value}  # cocflow:{found[3]}"

    return _IN_YAML.sub(in_yaml, _IN_TEXT.sub(in_text, text))


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


_IN_TEXT = re.compile(r"(<!-- cocflow:([a-z_]+) -->)(.*?)(<!-- /cocflow:\2 -->)")
_IN_YAML = re.compile(r"^([ -]*[a-z_]+: )(\S.*?)  # cocflow:([a-z_]+)$", re.MULTILINE)


class _Part(msgspec.Struct, frozen=True):
    """A value of the template, and the keys that lead there."""

    value: object
    keys: Keys = ()

    def error(self, message: str, hint: str = "") -> TemplateError:
        """Return the error that says what is wrong here; the caller raises it."""
        return TemplateError(self.keys, message, hint)

    def at(self, key: str, absent: object = None) -> "_Part":
        """Return the part below a key."""
        value = self.value.get(key, absent) if isinstance(self.value, Mapping) else absent
        return _Part(value, (*self.keys, key))

    def items(self) -> tuple["_Part", ...]:
        """Return the parts of a list, none of anything else."""
        listed = self.value if isinstance(self.value, Sequence) and not isinstance(self.value, str) else ()
        return tuple(_Part(value, (*self.keys, place)) for place, value in enumerate(listed))

    def mapping(self, key: str, id: str) -> "_Part":
        """Return the mapping below a key, an empty one where there is none."""
        part = self.at(key, {})
        if not isinstance(part.value, Mapping):
            raise part.error(f"`{key}` of `{id}` isn't a mapping")
        return part

    def flag(self, key: str, id: str) -> bool:
        """Return the truth value below a key, False where there is none."""
        part = self.at(key, False)
        if not isinstance(part.value, bool):
            raise part.error(f"`{key}` of `{id}` is neither true nor false")
        return part.value


def _refuse_twins(form: Form, elements: Sequence[_Part]) -> None:
    """Raise TemplateError where two elements have the same id or label, as GitHub does too."""
    seen: set[tuple[str, str]] = set()
    for one in form.elements:
        element = elements[one.place]
        for what, text, where in (
            ("id", one.id, element.at("id")),
            ("label", one.label, element.at("attributes").at("label")),
        ):
            if text and (what, text) in seen:
                raise where.error(f"two questions have the {what} `{text}`", f"each needs its own {what}")
            seen.add((what, text))


def _element(element: _Part) -> Field | LeftAlone | None:
    """Return what an element of the template asks, checked; None for a text, which asks nothing."""
    if not isinstance(element.value, Mapping):
        raise element.error("a question isn't a mapping", "type, id, attributes, validations")
    type = element.at("type")
    match type.value:
        case "markdown":
            return None
        case "textarea" | "input" | "upload" | "dropdown" | "checkboxes" as kind:
            return _field(element, kind)
        case str(unknown) if _NAME.fullmatch(unknown):
            return _left_alone(element, unknown)
        case _:
            raise type.error("an element has no type", _TYPES)


_TYPES = "textarea, input, upload, dropdown, checkboxes or markdown"
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def _field(element: _Part, kind: Element) -> Field:
    """Return one question of the template, checked."""
    id = element.at("id").value
    if not isinstance(id, str) or not _NAME.fullmatch(id):
        raise element.at("id").error("a question has no id", "letters, digits, - and _")
    attributes = element.mapping("attributes", id)
    options, obliged = _options(attributes.at("options"), id, kind)
    return Field(
        id=id,
        label=_label(attributes.at("label"), id),
        kind=kind,
        required=element.mapping("validations", id).flag("required", id) or obliged,
        options=options,
        multiple=attributes.flag("multiple", id),
        render=_render(attributes.at("render"), id, kind),
        place=int(element.keys[-1]),
    )


def _left_alone(element: _Part, type: str) -> LeftAlone:
    """Return an element of unknown type; nothing is asked of it but that nobody is obliged to answer it."""
    id, label = element.at("id").value, element.at("attributes").at("label").value
    # Whatever the label is, its first line is what stands behind the ### in a body.
    first = label.strip().partition("\n")[0] if isinstance(label, str) else ""
    one = LeftAlone(
        id=id if isinstance(id, str) and _NAME.fullmatch(id) else "",
        label=heading_text(f"### {first}") or "",
        type=type,
        place=int(element.keys[-1]),
    )
    required = element.at("validations").at("required")
    if required.value not in (None, False):
        name = one.id or one.label or "an element"
        raise required.error(f"`{name}` is required, but of no known type: `{type}`", _TYPES)
    return one


def _label(label: _Part, id: str) -> str:
    """Return the label; it must survive being a heading."""
    text = label.value.strip() if isinstance(label.value, str) else ""
    if not text or "\n" in text or heading_text(f"### {text}") != text:
        raise label.error(f"`{id}` needs a label of one line that can be a heading")
    return text


def _render(render: _Part, id: str, kind: Element) -> str | None:
    """Return the language of the fence around an answer; GitHub puts one around a textarea's only."""
    language = render.value
    if language is None:
        return None
    if not isinstance(language, str) or not language.strip() or "`" in language:
        raise render.error(f"`render` of `{id}` isn't the name of a language")
    return language.strip() if kind == "textarea" else None


def _options(listed: _Part, id: str, kind: Element) -> tuple[tuple[str, ...], bool]:
    """Return the choices of a field, and whether one of them must be ticked."""
    if kind not in ("dropdown", "checkboxes"):
        return (), False
    if not listed.items():
        raise listed.error(f"`{id}` has no choices", "list them under `options`")
    obliged = False
    texts: dict[str, None] = {}
    for entry in listed.items():
        option = entry
        if kind == "checkboxes" and isinstance(entry.value, Mapping):
            option = entry.at("label")
            obliged = entry.flag("required", id) or obliged
        text = _option(option, id)
        if text in texts:
            raise option.error(f"`{id}` has the same choice twice")
        texts[text] = None
    return tuple(texts), obliged


def _option(option: _Part, id: str) -> str:
    if not isinstance(option.value, str):
        raise option.error(f"a choice of `{id}` isn't a text", "put yes, no and numbers in quotes")
    text = option.value.strip()
    if not text or "\n" in text or text in (NO_CHOICE, NO_RESPONSE):
        raise option.error(f"a choice of `{id}` can't be told from no choice", "another word, one line")
    return text
