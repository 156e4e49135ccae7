"""The template of a form: what a parsed issue form asks, and the filling with a community's names.

Owns which templates are forms that `read` can read back. Refuses any other, with what is wrong.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from cocflow.core.forms.form import NO_CHOICE, NO_RESPONSE, QUESTIONS, Field, Form, Kind
from cocflow.core.forms.markdown import heading_text
from cocflow.errors import DefinitionError


def form_from_template(data: Mapping[str, object], needed: Iterable[str] = QUESTIONS) -> Form:
    """Return the form that a parsed issue form template defines.

    Raises DefinitionError, without file and line, where the template doesn't define one that `read` could
    read back: unknown kinds, ids or labels that are missing or stand twice, or one of the `needed` ids gone.
    """
    body = data.get("body")
    if not isinstance(body, Sequence) or isinstance(body, str) or not body:
        raise DefinitionError("the form has no questions", hint="list them under `body`")
    fields = tuple(_field(element) for element in body if not _is_text(element))
    for what, texts in (("id", [field.id for field in fields]), ("label", [field.label for field in fields])):
        if twice := [text for text, times in Counter(texts).items() if times > 1]:
            raise DefinitionError(
                f"two questions have the {what} `{twice[0]}`", hint=f"each needs its own {what}"
            )
    form = Form(fields)
    for id in needed:
        field = form.field(id)
        if field is None or not field.free:
            raise DefinitionError(f"the question `{id}` is gone", hint="all four are needed, as textareas")
    return form


def fill_template(text: str, values: Mapping[str, str]) -> str:
    """Return a template's text with a community's names put between its markers.

    `<!-- cocflow:name -->…<!-- /cocflow:name -->` in running text, and `key: …  # cocflow:name` for a line
    of YAML, get the value of that name. Names without a value stay as they are, and filling again with
    other values replaces the first ones. Raises DefinitionError for a value that would break the template.
    """
    for name, value in values.items():
        if "\n" in value or "\r" in value or "<!--" in value:
            raise DefinitionError(f"`{name}` must be one line without `<!--`")

    def in_text(found: re.Match[str]) -> str:
        return found[1] + values.get(found[2], found[3]) + found[4]

    def in_yaml(found: re.Match[str]) -> str:
        # JSON's quoted text is YAML's too, whatever it holds.
        value = json.dumps(values[found[3]], ensure_ascii=False) if found[3] in values else found[2]
        return f"{found[1]}{value}  # cocflow:{found[3]}"

    return _IN_YAML.sub(in_yaml, _IN_TEXT.sub(in_text, text))


_IN_TEXT = re.compile(r"(<!-- cocflow:([a-z_]+) -->)(.*?)(<!-- /cocflow:\2 -->)")
_IN_YAML = re.compile(r"^([ -]*[a-z_]+: )(\S.*?)  # cocflow:([a-z_]+)$", re.MULTILINE)


def _is_text(element: object) -> bool:
    return isinstance(element, Mapping) and element.get("type") == "markdown"


def _field(element: object) -> Field:
    """Return one question of the template, checked."""
    if not isinstance(element, Mapping):
        raise DefinitionError("a question isn't a mapping", hint="type, id, attributes, validations")
    id = element.get("id")
    if not isinstance(id, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", id):
        raise DefinitionError("a question has no id", hint="letters, digits, - and _")
    match element.get("type"):
        case "textarea" | "input" | "dropdown" | "checkboxes" as kind:
            pass
        case _:
            raise DefinitionError(
                f"`{id}` is of no known type", hint="textarea, input, dropdown or checkboxes"
            )
    attributes = _mapping(id, "attributes", element)
    validations = _mapping(id, "validations", element)
    options, obliged = _options(id, kind, attributes.get("options", ()))
    render = attributes.get("render")
    if render is not None and not (isinstance(render, str) and render.strip() and "`" not in render):
        raise DefinitionError(f"`render` of `{id}` isn't the name of a language")
    return Field(
        id=id,
        label=_label(id, attributes.get("label")),
        kind=kind,
        required=_flag(id, "required", validations) or obliged,
        options=options,
        multiple=_flag(id, "multiple", attributes),
        render=render.strip() if render and kind == "textarea" else None,
    )


def _mapping(id: str, key: str, element: Mapping[str, object]) -> Mapping[str, object]:
    value = element.get(key, {})
    if not isinstance(value, Mapping):
        raise DefinitionError(f"`{key}` of `{id}` isn't a mapping")
    return value


def _flag(id: str, key: str, within: Mapping[str, object]) -> bool:
    value = within.get(key, False)
    if not isinstance(value, bool):
        raise DefinitionError(f"`{key}` of `{id}` is neither true nor false")
    return value


def _label(id: str, label: object) -> str:
    """Return the label; it must survive being a heading."""
    text = label.strip() if isinstance(label, str) else ""
    if not text or "\n" in text or heading_text(f"### {text}") != text:
        raise DefinitionError(f"`{id}` needs a label of one line that can be a heading")
    return text


def _options(id: str, kind: Kind, listed: object) -> tuple[tuple[str, ...], bool]:
    """Return the choices of a field, and whether one of them must be ticked."""
    if kind in ("textarea", "input"):
        return (), False
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        raise DefinitionError(f"`{id}` has no choices", hint="list them under `options`")
    obliged = False
    texts: list[str] = []
    for entry in listed:
        option = entry
        if kind == "checkboxes" and isinstance(entry, Mapping):
            option = entry.get("label")
            obliged = _flag(id, "required", entry) or obliged
        texts.append(_option(id, option))
    if len(set(texts)) < len(texts):
        raise DefinitionError(f"`{id}` has the same choice twice")
    return tuple(texts), obliged


def _option(id: str, option: object) -> str:
    if not isinstance(option, str):
        raise DefinitionError(f"a choice of `{id}` isn't a text", hint="put yes, no and numbers in quotes")
    text = option.strip()
    if not text or "\n" in text or text in (NO_CHOICE, NO_RESPONSE):
        raise DefinitionError(
            f"a choice of `{id}` can't be told from no choice", hint="another word, one line"
        )
    return text
