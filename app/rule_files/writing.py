"""A document of rules as YAML: members in the schema's order, small things on one line, so that a diff is small."""

import re
from typing import Any

import yaml

from jalon.rule_files.reading import Schema, resolved, schema

HEAD = "# yaml-language-server: $schema=rules.schema.json\n"
WIDTH = 100
PLAIN = re.compile(r"[A-Za-z_][\w .!/()'é-]*[\w.!)]|[A-Za-z_]")


def as_yaml(document: dict[str, Any], comments: dict[tuple[str, ...], str] | None = None) -> str:
    """`comments` by the path of a list's item or of a section stand above it, or behind it where there is room."""
    return HEAD + "".join(f"{line}\n" for line in lines(document, schema(), (), comments or {}))


def scalar(value: Any) -> str:
    """A text that every version of YAML reads as the same text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if PLAIN.fullmatch(text) and ": " not in text and " #" not in text and is_text(text):
        return text
    written: str = yaml.dump(text, default_style='"', allow_unicode=True, width=1_000_000)
    return written.strip()


def is_text(text: str) -> bool:
    """Whether YAML 1.1 takes it for a text too: not NO, null or 1e3."""
    resolver: Any = yaml.SafeLoader("")
    return bool(resolver.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str")


def ordered(value: dict[str, Any], part: Schema) -> list[tuple[str, Any]]:
    places = {name: at for at, name in enumerate(part.get("properties", {}))}
    return sorted(value.items(), key=lambda member: (places.get(member[0], len(places)), member[0]))


def inner(part: Schema, name: str) -> Schema:
    return resolved(part.get("properties", {}).get(name) or part.get("additionalProperties") or {})


def flow(value: Any, part: Schema) -> str:
    """The value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v, inner(part, k))}" for k, v in ordered(value, part)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(in_flow(item, part) for item in value) + "]"
    return in_flow(value, part)


def in_flow(value: Any, part: Schema) -> str:
    if isinstance(value, (dict, list)):
        return flow(value, resolved(part.get("items", {})))
    text = scalar(value)
    return text if text.startswith('"') or not re.search(r"[,\[\]{}]", text) else yaml_quoted(value)


def yaml_quoted(value: Any) -> str:
    written: str = yaml.dump(str(value), default_style='"', allow_unicode=True, width=1_000_000)
    return written.strip()


def lines(
    value: dict[str, Any], part: Schema, path: tuple[str, ...], comments: dict[tuple[str, ...], str]
) -> list[str]:
    found: list[str] = []
    for name, member in ordered(value, part):
        kind = inner(part, name)
        here = (*path, name)
        if comment := comments.get(here):
            found += [f"# {line}" for line in comment.splitlines()]
        if isinstance(member, list) and member and isinstance(member[0], dict):
            found.append(f"{scalar(name)}:")
            for at, item in enumerate(member):
                found += item_lines(item, resolved(kind["items"]), (*here, str(at)), comments)
        else:
            found.append(f"{scalar(name)}: {flow(member, kind)}")
    return found


def item_lines(
    item: dict[str, Any], part: Schema, path: tuple[str, ...], comments: dict[tuple[str, ...], str]
) -> list[str]:
    comment = comments.get(path)
    line = f"  - {flow(item, part)}"
    has_lists = any(isinstance(value, list) and value and isinstance(value[0], dict) for value in item.values())
    if len(line) <= WIDTH and not has_lists:
        return [line + (f"  # {comment}" if comment else "")]
    inside = lines(item, part, path, comments)
    return [
        *([f"  # {comment}"] if comment else []),
        *(("  - " if at == 0 else "    ") + text for at, text in enumerate(inside)),
    ]
