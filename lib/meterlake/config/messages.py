"""Turns what pydantic found into lines that name file, field, value, limit and next step."""

import difflib
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from meterlake.config.layers import Layer
from meterlake.errors import ConfigError, ConfigErrors

LIMITS = {
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of names to values",
    "mapping_type": "must be a mapping of names to values",
    "model_type": "must be a group of settings",
    "literal_error": "must be {expected}",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_short": "must not be empty",
}


def as_error(error: ValidationError, model: type[BaseModel], layer: Layer) -> ConfigError:
    """All problems as one ConfigError; several as ConfigErrors, one line each."""
    problems = [_problem(details, model, layer) for details in error.errors(include_url=False)]
    return problems[0] if len(problems) == 1 else ConfigErrors(problems)


def _problem(details: ErrorDetails, model: type[BaseModel], layer: Layer) -> ConfigError:
    context = details.get("ctx", {})
    path = _written_path(details["loc"], layer.values)
    if context.get("field"):
        path = (*path, *context["field"].split("."))
    field = ".".join(map(str, path)) or "the configuration"
    where = _origin(path, layer)
    if details["type"] == "extra_forbidden":
        return ConfigError(f"{field} is not a setting", where, _known_keys(path, model))
    if details["type"] == "missing":
        return ConfigError(f"{field} is missing", where, "add it")
    value = context.get("value")
    shown = _shown(_at(path, layer.values) if value is None else value)
    limit = context.get("limit") or LIMITS.get(details["type"], details["msg"]).format_map(context)
    return ConfigError(f"{field} is {shown}: it {limit}", where, context.get("next") or f"correct {field} there")


def _written_path(loc: tuple[str | int, ...], values: Any) -> tuple[str | int, ...]:
    """pydantic's location without the steps that are its own (the branch of a union, [key])."""
    path: list[str | int] = []
    for step in loc:
        if not isinstance(values, dict | list):
            break
        if isinstance(values, dict) and step not in values and step == "[key]":
            break
        path.append(step)
        values = _at((step,), values)
    return tuple(path)


def _has(values: Any, step: str | int) -> bool:
    return step in values if isinstance(values, dict) else isinstance(step, int) and step < len(values)


def _at(path: tuple[str | int, ...], values: Any) -> Any:
    for step in path:
        if not isinstance(values, dict | list) or not _has(values, step):
            return None
        values = values[step]  # type: ignore
    return values


def _origin(path: tuple[str | int, ...], layer: Layer) -> str:
    """Where the value, or the nearest mapping around it, was written."""
    for length in range(len(path), -1, -1):
        if path[:length] in layer.origins:
            return layer.origins[path[:length]]
    return "conf/base.yaml"


def _known_keys(path: tuple[str | int, ...], model: type[BaseModel]) -> str:
    known = _fields_at(path[:-1], model)
    close = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    if close:
        return f"did you mean {'.'.join(map(str, (*path[:-1], close[0])))}?"
    return f"known here: {', '.join(known)}" if known else "take it out"


def _fields_at(path: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    here: Any = model
    for step in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = here.model_fields[str(step)].annotation
        elif get_origin(here) is not None and issubclass(get_origin(here), Mapping):
            here = get_args(here)[1]
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else f"[{', '.join(map(_shown, value))}]"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
