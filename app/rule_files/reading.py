"""A YAML file as a document of rules, checked against the JSON Schema; a refusal names line and column.

Every scalar is read as the schema wants it: NO, 007 and null are codes where a text belongs, and never a boolean, a
number or nothing.
"""

import difflib
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from jalon.refusal import Refusal

Schema = dict[str, Any]
TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
MEANINGS = {"object": "members", "array": "a list", "string": "a text", "boolean": "true or false"}
MAX_BYTES = 4_000_000


@cache
def schema() -> Schema:
    text = resources.files(__package__).joinpath("rules.schema.json").read_text(encoding="utf-8")
    found: Schema = json.loads(text)
    return found


def resolved(part: Schema) -> Schema:
    """A part of the schema with what it refers to."""
    if "$ref" not in part:
        return part
    return {**schema()["$defs"][part["$ref"].rpartition("/")[2]], **{k: v for k, v in part.items() if k != "$ref"}}


class RulesFile:
    """What a file says, and where it says it."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.faults = path, list[str]()
        self.places: dict[tuple[str, ...], yaml.Mark] = {}
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise Refusal(f"{self.position(mark)}: this is not YAML: {error.problem or error.context}.") from None
        except (yaml.YAMLError, RecursionError) as error:
            raise Refusal(f"{path}: this is not YAML: {' '.join(str(error).split())}.") from None
        if node is None:
            raise Refusal(f"{path} is empty.")
        self.document: dict[str, Any] = self.read(node, schema(), ())
        if self.faults:
            raise Refusal("\n".join(self.faults))

    def position(self, mark: yaml.Mark | None) -> str:
        return f"{self.path}:{mark.line + 1}:{mark.column + 1}" if mark else self.path

    def place_of(self, path: list[str] | None) -> str:
        """File, line and column of a member, or of the nearest thing around it."""
        wanted = tuple(path or ())
        while wanted and wanted not in self.places:
            wanted = wanted[:-1]
        return self.position(self.places.get(wanted))

    def fault(self, node: yaml.Node, text: str) -> None:
        self.faults.append(f"{self.position(node.start_mark)}: {text}")

    def read(self, node: yaml.Node, part: Schema, path: tuple[str, ...]) -> Any:
        part = resolved(part)
        self.places[path] = node.start_mark
        kind = part.get("type", "string")
        if kind == "object":
            return self.read_members(node, part, path)
        if kind == "array":
            if not isinstance(node, yaml.SequenceNode):
                self.fault(node, f"{name_of(path)} is a list.")
                return []
            return [self.read(item, part["items"], (*path, str(at))) for at, item in enumerate(node.value)]
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{name_of(path)} is {MEANINGS[kind]}.")
            return None
        return self.read_scalar(node, part, kind, path)

    def read_scalar(self, node: yaml.ScalarNode, part: Schema, kind: str, path: tuple[str, ...]) -> Any:
        value: str = node.value
        if kind == "boolean":
            if value.lower() not in TRUTHS:
                self.fault(node, f"{name_of(path)} is true or false, not {value}.")
            return TRUTHS.get(value.lower())
        known = part.get("enum") or ([part["const"]] if "const" in part else [])
        if known and value not in known:
            self.fault(node, f"{name_of(path)} is one of {', '.join(known)}, not {value!r}.")
        if "pattern" in part and not re.search(part["pattern"], value):
            self.fault(node, f"{name_of(path)} can't be {value!r}: {part.get('description', 'it must not be blank.')}")
        return value

    def read_members(self, node: yaml.Node, part: Schema, path: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{name_of(path)} has members.")
            return {}
        if "properties" not in part and "additionalProperties" not in part:
            return self.free(node)
        members, seen = part.get("properties", {}), dict[str, Any]()
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            inner = members.get(name) or (part["additionalProperties"] or None)
            if name in seen:
                self.fault(key, f"{name} stands there twice.")
            elif inner is None:
                near = difflib.get_close_matches(name, members, n=1)
                self.fault(
                    key,
                    f"{name_of(path)} has no member {name}"
                    + (f"; did you mean {near[0]}?" if near else f". It has {', '.join(members)}."),
                )
            else:
                seen[name] = self.read(value, inner, (*path, name))
        for name in part.get("required", ()):
            if name not in seen:
                self.fault(node, f"{name_of(path)} lacks {name}.")
        return seen

    def free(self, node: yaml.Node) -> dict[str, Any]:
        """Members that are nobody's business but the writer's, as JSON."""
        try:
            value = yaml.SafeLoader("").construct_document(node)
            json.dumps(value, allow_nan=False)
        except (yaml.YAMLError, TypeError, ValueError):
            self.fault(node, "this can't be written as JSON.")
            return {}
        found: dict[str, Any] = value
        return found


def name_of(path: tuple[str, ...]) -> str:
    """What a place in a document is called in a sentence."""
    words = [int(part) + 1 if part.isdigit() else part for part in path]
    return " ".join(str(word) for word in words) or "the file"


def read_files(paths: list[Path]) -> list[RulesFile]:
    """The files, and of each folder its *.yaml and *.yml."""
    found = [RulesFile(str(path), text) for path, text in texts(paths)]
    by_category: dict[str, str] = {}
    for file in found:
        category = file.document.get("category", "*")
        if category in by_category:
            raise Refusal(f"{file.path} and {by_category[category]} are both for {category}: one file owns a category.")
        by_category[category] = file.path
    return found


def texts(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml"})
            if not inside:
                raise Refusal(f"{path} holds no .yaml file.")
            yield from texts(inside)
            continue
        try:
            data = path.read_bytes()
            if len(data) > MAX_BYTES:
                raise Refusal(f"{path} is larger than {MAX_BYTES:,} bytes.")
            yield path, data.decode("utf-8-sig")
        except OSError as error:
            raise Refusal(f"{path} can't be read: {error.strerror}.") from None
        except UnicodeDecodeError as error:
            raise Refusal(f"{path} is not UTF-8: byte {error.start}.") from None
