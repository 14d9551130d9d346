"""Reads YAML files and `key=value` overrides into layers, and merges them. Each value remembers where it was written.

The scalars are YAML 1.2's: NO is Norway and not false, 10:00 is text and not 600, a stamp stays text, and a number with
a fraction is a Decimal of exactly the digits that were typed.
"""

import os
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from meterlake.errors import ConfigError

ENVIRONMENT = re.compile(r"\$\{(\w+)\}")
# Below these a dotted override's rest is one key: spark.conf.spark.hadoop.fs.s3a.endpoint
MAPPINGS_OF_ANY_NAME = (
    ("spark", "conf"),
    ("units", "power_kw"),
    ("units", "energy_kwh"),
    ("validation", "max_kw_by_meter_type"),
)
DEEPEST = 8

Path_ = tuple[str | int, ...]


class Layer(NamedTuple):
    """Settings as nested dicts, and for the path of each value the place where it was written."""

    values: dict[str, Any]
    origins: dict[Path_, str]


class _Yaml(yaml.SafeLoader):
    """Safe YAML with the scalars of YAML 1.2."""


_Yaml.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Yaml.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)
_Yaml.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
_Yaml.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(node.value))


def base_file() -> Traversable:
    """conf/base.yaml: of the folder METERLAKE_CONF, of the installed package, or of the repository."""
    folders: list[Traversable] = [package_files("meterlake") / "conf", Path(__file__).parents[3] / "conf"]
    if chosen := os.environ.get("METERLAKE_CONF"):
        folders = [Path(chosen)]
    for folder in folders:
        if (folder / "base.yaml").is_file():
            return folder / "base.yaml"
    raise ConfigError(
        "there is no base.yaml with the defaults",
        " or ".join(str(folder) for folder in folders),
        "set METERLAKE_CONF to the folder that holds it, or install Meterlake again",
    )


def read_file(file: Traversable | Path | str) -> Layer:
    """A YAML file as a layer."""
    source = Path(file) if isinstance(file, str) else file
    name = _short(str(source))
    try:
        text = source.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"the file is not UTF-8 ({error.reason})", name, "save it as UTF-8") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(
            f"cannot read the configuration file: {reason}", name, f"relative paths start at {Path.cwd()}"
        ) from None
    return _layer(text, name)


def read_override(text: str) -> Layer:
    """`dotted.key=value` as a layer; the value is YAML."""
    name = f"--set {text}"
    key, equals, value = text.partition("=")
    parts = tuple(key.strip().split("."))
    if not equals or not all(parts):
        raise ConfigError("an override is not key=value", name, "write --set gaps.interpolate_below_hours=3")
    for mapping in MAPPINGS_OF_ANY_NAME:
        if parts[: len(mapping)] == mapping and len(parts) > len(mapping):
            parts = (*mapping, ".".join(parts[len(mapping) :]))
    origins: dict[Path_, str] = {parts[: i + 1]: name for i in range(len(parts))}
    nested: Any = _values(_parsed(value, name), parts, name, origins)
    for part in reversed(parts):
        nested = {part: nested}
    return Layer(nested, origins)


def merged(layers: Sequence[Layer]) -> Layer:
    """The layers over each other: mappings are merged, everything else is replaced."""
    values: dict[str, Any] = {}
    origins: dict[Path_, str] = {}
    for layer in layers:
        values = _over(values, layer.values)
        origins |= layer.origins
    return Layer(values, origins)


def _over(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    both = {key for key in lower if isinstance(lower[key], dict) and isinstance(upper.get(key), dict)}
    return {**lower, **upper, **{key: _over(lower[key], upper[key]) for key in both}}


def _layer(text: str, name: str) -> Layer:
    origins: dict[Path_, str] = {}
    node = _parsed(text, name)
    values = {} if node is None else _values(node, (), name, origins)
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise ConfigError("the file is not a mapping of settings", name, "write key: value lines as in base.yaml")
    return Layer(values, origins)


def _parsed(text: str, name: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, _Yaml)
    except RecursionError:
        raise ConfigError("the settings are nested too deep", name, "check the brackets") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        where = f"{name} line {mark.line + 1}" if mark and not name.startswith("--set") else name
        raise ConfigError(f"this is not YAML: {problem}", where, "check indentation, quotes and brackets") from None


def _values(node: yaml.Node | None, path: Path_, name: str, origins: dict[Path_, str]) -> Any:
    if node is None:
        return None
    where = _place(node, name)
    if len(path) > DEEPEST:  # an anchor that holds itself never ends
        raise ConfigError("the settings are nested too deep", where, "check the anchors and brackets")
    origins.setdefault(path, where)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, name, origins)
    if isinstance(node, yaml.SequenceNode):
        return [_values(item, (*path, i), name, origins) for i, item in enumerate(node.value)]
    return _scalar(node, where)


def _place(node: yaml.Node, name: str) -> str:
    return name if name.startswith("--set") else f"{name} line {node.start_mark.line + 1}"


def _mapping(node: yaml.MappingNode, path: Path_, name: str, origins: dict[Path_, str]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        where = _place(key_node, name)
        if not isinstance(key_node, yaml.ScalarNode):
            raise ConfigError("a key is not a plain name", where, "write key: value")
        key = key_node.value
        if key in result:
            field = ".".join(map(str, (*path, key)))
            raise ConfigError(f"{field} is there twice", where, "keep one of the two")
        origins[(*path, key)] = where
        result[key] = _values(value_node, (*path, key), name, origins)
    return result


def _scalar(node: yaml.Node, where: str) -> Any:
    assert isinstance(node, yaml.ScalarNode)

    def of_environment(reference: re.Match[str]) -> str:
        if reference[1] not in os.environ:
            raise ConfigError(
                f"the environment variable {reference[1]} is not set", where, f"export {reference[1]}=... and try again"
            )
        return os.environ[reference[1]]

    loader = _Yaml("")
    text = ENVIRONMENT.sub(of_environment, node.value)
    if text != node.value and node.style is None:  # an unquoted reference is worth what its value would be there
        tag = loader.resolve(yaml.ScalarNode, text, (True, False))
    else:
        tag = node.tag
    node = yaml.ScalarNode(tag, text, node.start_mark, node.end_mark)
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError, ArithmeticError):
        raise ConfigError(f"{node.value!r} is not a {node.tag}", where, "write a plain value") from None


def _short(name: str) -> str:
    folder = f"{Path.cwd()}/"
    return name.removeprefix(folder)
