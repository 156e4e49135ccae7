"""The JSON Schema of process files: made from the structs and vocabularies, never written by hand.

Owns what an editor can see of a file: which keys there are, what each may hold, and what it means. What the
entries mean together is for `cocflow process check` alone. Draft 7, which every editor knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias, get_args

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.outcomes import OUTCOME_PREFIX, Ending, From, Table
from cocflow.core.process import (
    AUDIENCES,
    BACK,
    CHOICES,
    INCIDENT,
    OPTIONAL_CHOICES,
    PROPERTIES,
    STATE_PREFIX,
    Audible,
    Button,
    FigureProperty,
    Kind,
    MarkProperty,
    Role,
    StateProperty,
    TimerProperty,
)
from cocflow.process.drafts import ONLY_DRAFTED
from cocflow.process.loading import COLOR, FIGURE, LONGEST_LABEL, MOST_TIMES, NAME
from cocflow.process.outcomes import MONTHS, MOST_VOICES, OUTCOME

Schema: TypeAlias = dict[str, Any]

OUTCOMES_FILE = "outcomes.schema.json"
"""What the schema of the outcomes is called."""

FILE = "process.schema.json"
"""What it is called, in `workflows/schema/`; the first line of the shipped files names it."""

LONGEST_OUTCOME = LONGEST_LABEL - len(OUTCOME_PREFIX)
"""Characters of an outcome, which its label holds."""

_N = "[0-9]{1,6}"
_DURATION = rf"^(never|P(?=.*[1-9])({_N}W|({_N}D)?(T(?=[0-9])({_N}H)?({_N}M)?({_N}S)?)?))$"

_ROLES: Mapping[Role, str] = {
    "reporter": "Who reported the incident.",
    "filer": "Who filed it for somebody else, without being an administrator.",
    "administrator": "Whoever has a say in the case.",
    "party": "Whom the incident concerns.",
    "suspended": "Whose account is suspended.",
    "guest": "Whose room it is.",
    "outside": "The outside contact, by letter.",
    "anyone": "Anybody who can read the issue.",
    "cocflow": "cocflow by itself, with `automatic: true`.",
}


_LISTENERS: Mapping[Audible, str] = {
    "owner": "Whoever has the case.",
    "next": "Whoever has the case, and the next one in turn.",
    "everyone": "Everybody who may decide in it.",
}


def schema_text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> Schema:
    """Return the schema of a process file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A process of cocflow",
        "description": "Who may do what, when, and who is told. `cocflow process check` checks the rest.",
        "definitions": _definitions(),
        "allOf": [_choices_by_kind()],
        **_mapping(
            {
                "process": _enum("What the file governs, and is named after.", get_args(Kind)),
                "version": _text("The version that receipts record. A change of meaning needs a new one."),
                "published": _published(),
                "states": _named("state", "states", least=1),
                "opening": _list(
                    "Where a new issue starts: the first whose guards all pass.", _ref("opening")
                ),
                "moves": _named("move", "moves", least=1),
            },
            {
                "sets": {
                    "description": "Names for several states, usable wherever states are listed.",
                    "type": "object",
                    "propertyNames": {"pattern": _whole(NAME), "not": {"const": BACK}},
                    "additionalProperties": _states("The states, or earlier sets, that the name stands for."),
                },
                "choices": _choices(),
                "timers": _named("timer", "timers"),
                "figures": _named("figure", "figures", name=_whole(FIGURE)),
                "marks": {
                    "description": "Labels that only show something, by their names.",
                    "type": "object",
                    "propertyNames": {**_label_name(), "not": {"pattern": f"^{STATE_PREFIX.strip()}"}},
                    "additionalProperties": _ref("mark"),
                },
            },
        ),
    }


def outcomes_schema_text() -> str:
    """Return the schema of the outcomes as it is committed."""
    return json.dumps(outcomes_schema(), indent=2, ensure_ascii=False) + "\n"


def outcomes_schema() -> Schema:
    """Return the schema of the file of outcomes."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "The outcomes of cocflow",
        "description": "How an incident may end for somebody. `cocflow process check` checks the rest.",
        "definitions": {"outcome": _outcome(), "months": _months()},
        **_mapping(
            {
                "version": _text("The version of the vocabulary."),
                "outcomes": {
                    "description": "The outcomes by their names, from mildest to gravest.",
                    "type": "object",
                    "propertyNames": {"pattern": _whole(OUTCOME), "maxLength": LONGEST_OUTCOME},
                    "additionalProperties": _ref("outcome"),
                    "minProperties": 1,
                },
            }
        ),
    }


def _outcome() -> Schema:
    return _mapping(
        {
            "means": _means(),
            "table": _enum("The row of the yearly report in which it is counted.", get_args(Table)),
            "keep": {
                "description": "How long a note of it is kept, and from when.",
                **_mapping(
                    {
                        "for": _ref("months"),
                        "from": _enum(
                            "From the incident's closing, or from the outcome's end.", get_args(From)
                        ),
                    }
                ),
            },
        },
        {
            "end": _enum("Whether it is said with an end, as in `until 30 days`.", get_args(Ending)),
            "counts": {
                "description": "How long it counts if it happens again.",
                "allOf": [_ref("months")],
            },
            "voices": {
                "description": "How many must agree; `two_thirds`: of those who may, and at least two.",
                "anyOf": [
                    {"const": "two_thirds"},
                    {"type": "integer", "minimum": 1, "maximum": MOST_VOICES},
                ],
            },
            "heard": _flag("The person must have been asked before."),
            "suspends": _flag("It suspends their account, by the same receipt."),
            "measure": _flag("A measure was taken."),
            "letter": _name("The template in `templates/party/` that tells it."),
            "asked_only": _flag("It is told only to somebody who was asked."),
        },
    )


def _months() -> Schema:
    return {"description": "A number of months, as P12M.", "type": "string", "pattern": _whole(MONTHS)}


def _definitions() -> Schema:
    return {
        "guard": _explained("A condition.", {one.name: one.means for one in ACTS.guards.values()}),
        "record": _explained(
            "What is kept.", {one.name: f"Keeps {one.means}." for one in ACTS.records.values()}
        ),
        "instant": _explained("A time of the case.", {one.name: one.means for one in ACTS.instants.values()}),
        "command": _explained("A command.", {one.name: one.usage.meaning for one in GRAMMAR.values()}),
        "role": _explained("Who asks.", _ROLES),
        "name": {"type": "string", "pattern": _whole(NAME)},
        "notice": {
            "description": "A template of `templates/`: its audience, then its name.",
            "type": "string",
            "pattern": f"^({'|'.join(AUDIENCES)})/.+$",
        },
        "figure_name": {"description": "A figure of this file.", "type": "string", "pattern": _whole(FIGURE)},
        "color": {
            "description": "Six hexadecimal digits without #.",
            "anyOf": [{"type": "string", "pattern": _whole(COLOR)}, {"type": "number"}],
        },
        "state": _state(),
        "opening": _mapping({"to": _name("The state in which it starts.")}, _consequences()),
        "move": _move(),
        "timer": _timer(),
        "figure": _mapping(
            {
                "default": {
                    "description": "An ISO 8601 duration in days, hours or weeks, or never.",
                    "anyOf": [
                        {"type": "null"},
                        {"type": "string", "pattern": _DURATION},
                    ],
                },
                "means": _means(),
            },
            {"is": _properties(get_args(FigureProperty))},
        ),
        "mark": _mapping(
            {
                "color": _ref("color"),
                "means": _means(),
                "shows": _explained("What it shows.", _meanings(get_args(MarkProperty))),
            }
        ),
        "choice": _mapping(
            {
                "field": _text("The id of a field of the form."),
                "option": {
                    "description": "The choice's place in it, from 1.",
                    "type": "integer",
                    "minimum": 1,
                },
                "of": {
                    "description": "How many choices that field has, so that none is lost unseen.",
                    "type": "integer",
                    "minimum": 1,
                },
            }
        ),
    }


def _state() -> Schema:
    return _mapping(
        {"color": _ref("color"), "means": _means()},
        {
            "final": _flag("Whether an issue in this state is closed."),
            "open_while": _list(
                "It stays open all the same while one of these holds.", _ref("guard"), least=0
            ),
            "is": _properties(get_args(StateProperty)),
        },
    )


def _choices_by_kind() -> Schema:
    """An incident's form offers every choice, a suspension's none."""
    return {
        "if": {"properties": {"process": {"const": INCIDENT}}},
        "then": {
            "required": ["choices"],
            "properties": {"choices": {"required": [one for one in CHOICES if one not in OPTIONAL_CHOICES]}},
        },
        "else": {"properties": {"choices": {"maxProperties": 0}}},
    }


def _move() -> Schema:
    """A move, and what of it the subjects say must go together."""
    return {**_move_fields(), "allOf": list(_together()), "dependencies": {"drafted": ["command"]}}


def _together() -> Iterator[Schema]:
    records = ACTS.records.values()
    for command in GRAMMAR:
        if kept := [one.name for one in records if command in one.commands]:
            yield _if({"command": {"const": command}}, {"records": {"contains": {"enum": kept}}})
    for command in ONLY_DRAFTED:
        yield _if({"command": {"const": command}}, {"drafted": {}})
    for one in (each for each in records if each.guards):
        demanded = {"allOf": [{"contains": {"const": guard}} for guard in one.guards]}
        yield _if({"records": {"contains": {"const": one.name}}}, {"guards": demanded})
    yield _if({"edit": {"const": True}}, {"records": _contains(one.name for one in records if one.by_edit)})
    keeping = sorted({command for one in records for command in one.commands})
    yield _if(
        {"letter": {"const": True}, "command": {"enum": keeping}},
        {"records": _contains(one.name for one in records if one.by_letter)},
    )
    yield _if({"label": {"const": True}}, {"to": {"not": {"const": BACK}}})
    yield _if({"automatic": {"const": True}}, {"by": _contains(["cocflow"])})
    yield _if({"by": _contains(["cocflow"])}, {"automatic": {"const": True}})


def _if(those: Mapping[str, Schema], then: Mapping[str, Schema]) -> Schema:
    return {
        "if": {"properties": dict(those), "required": list(those)},
        "then": {"properties": dict(then), "required": list(then)},
    }


def _contains(names: Iterable[str]) -> Schema:
    return {"contains": {"enum": list(names)}}


def _move_fields() -> Schema:
    return _mapping(
        {
            "means": _means(),
            "from": _states("The states or sets in which it may be asked for."),
            "by": _list("Who may ask.", _ref("role")),
        },
        {
            "to": _name(f"The state that follows; `{BACK}`: the one before. Without it, the state stays."),
            "command": _ref("command"),
            "label": _flag("Ask by adding the label of the state that it leads to."),
            "quick_labels": {
                "description": "Labels that ask, with what each stands for; empty: how to write the command.",
                "type": "object",
                "propertyNames": {**_label_name(), "not": {"pattern": f"^{STATE_PREFIX.strip()}"}},
                "additionalProperties": {"type": ["string", "null"], "pattern": r"\S"},
            },
            "button": _enum("GitHub's own button.", get_args(Button)),
            "edit": _flag("Ask by editing the report."),
            "assign": _flag("Ask by assigning the issue to somebody."),
            "letter": _flag("Ask by a letter that begins with the command; an appeal is nothing but words."),
            "care": _list(
                "An administrator whose say is in question may do it all the same, under these guards.",
                _ref("guard"),
                least=0,
            ),
            "automatic": _flag("cocflow does it by itself, as soon as the guards let it."),
            "records": _records(),
            "drafted": _drafted(),
            "reply": _name("The template that answers whoever asked, in the folder of their role."),
            **_consequences(),
        },
    )


def _drafted() -> Schema:
    return {
        "description": "Its words are shown first, and it happens once they are approved.",
        **_mapping(
            {
                "approved_by": {
                    "description": "Whose approval it takes: anybody's, another administrator's, so many.",
                    "anyOf": [{"enum": ["anybody", "another"]}, {"type": "integer", "minimum": 1}],
                }
            },
            {
                "asks": _list(
                    "The notices by which those are asked first who have a say in it.",
                    {"type": "string", "pattern": "^(reporter|party|suspended)/.+$"},
                )
            },
        ),
    }


def _timer() -> Schema:
    figure = _ref("figure_name")
    by_timer = [one.name for one in ACTS.records.values() if one.by_timer]
    together = {
        "anyOf": [{"required": ["after"]}, {"required": ["at"]}],
        "dependencies": {"before": ["at"], "digest": ["patience"]},
    }
    fields = _mapping(
        {"means": _means(), "in": _states("The states or sets in which it runs.")},
        {
            "after": figure,
            "at": _ref("instant"),
            "before": figure,
            "every": figure,
            "patience": _list("The steps in which a reminder comes, instead of every time.", _step()),
            "digest": _text("What the digest on the board says of it; then it is no comment on the case."),
            "to": {**_name("The state that follows."), "not": {"const": BACK}},
            "records": _list("What the receipt keeps.", {"enum": by_timer}, least=0),
            "is": _properties(get_args(TimerProperty)),
            **_consequences(),
        },
    )
    return {**fields, **together}


def _step() -> Schema:
    return _mapping(
        {
            "after": _times("After so many times `every`, counted from when it is first due.", 0),
            "tells": _explained("Who hears of it.", _LISTENERS),
        },
        {
            "outside": _flag("The outside contact hears how many reports wait, too."),
            "again": _times("It comes again after so many times `every`.", 1),
        },
    )


def _times(description: str, least: int) -> Schema:
    return {"description": description, "type": "integer", "minimum": least, "maximum": MOST_TIMES}


def _consequences() -> Schema:
    return {
        "guards": _list("What must hold.", _ref("guard"), least=0),
        "notices": _list("Who is told, by the templates.", _ref("notice"), least=0),
    }


def _choices() -> Schema:
    return {
        "description": "Where the form offers what the process depends on.",
        "type": "object",
        "properties": {
            name: {"description": means, "allOf": [_ref("choice")]} for name, means in CHOICES.items()
        },
        "additionalProperties": False,
    }


def _published() -> Schema:
    return {
        "description": "The day since when it applies.",
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    }


def _mapping(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _named(what: str, key: str, *, name: str = "", least: int = 0) -> Schema:
    names: Schema = {"pattern": name or _whole(NAME)}
    return {
        "description": f"The {key}, by their names.",
        "type": "object",
        "propertyNames": {**names, "not": {"const": BACK}} if what == "state" else names,
        "additionalProperties": _ref(what),
        "minProperties": least,
    }


def _list(description: str, items: Schema, *, least: int = 1) -> Schema:
    return {
        "description": description,
        "type": "array",
        "items": items,
        "uniqueItems": True,
        "minItems": least,
    }


def _states(description: str) -> Schema:
    return _list(description, _ref("name"))


def _records() -> Schema:
    return _list("What the receipt keeps.", _ref("record"), least=0)


def _properties(names: Iterable[Any]) -> Schema:
    return _list(
        "What the program and the templates know it by.", _explained("A property.", _meanings(names))
    )


def _meanings(names: Iterable[Any]) -> dict[str, str]:
    return {name: PROPERTIES[name] for name in names}


def _explained(description: str, meanings: Mapping[Any, str]) -> Schema:
    """Return an enumeration each of whose values has a description of its own."""
    values = [{"const": name, "description": means} for name, means in meanings.items()]
    return {"description": description, "enum": list(meanings), "oneOf": values}


def _enum(description: str, values: Iterable[str]) -> Schema:
    return {"description": description, "enum": list(values)}


def _text(description: str) -> Schema:
    return {"description": description, "type": "string", "pattern": r"\S"}


def _means() -> Schema:
    return _text("What it means, for people.")


def _name(description: str) -> Schema:
    return {"description": description, "type": "string", "pattern": _whole(NAME)}


def _flag(description: str) -> Schema:
    return {"description": description, "type": "boolean"}


def _label_name() -> Schema:
    return {"minLength": 1, "maxLength": LONGEST_LABEL, "pattern": r"\S"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _whole(pattern: str) -> str:
    return f"^({pattern})$"
