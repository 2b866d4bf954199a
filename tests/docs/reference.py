"""docs/reference: pages that nobody writes. They are made of comments, grants, parsers and the OpenAPI document."""

import argparse
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, LiteralString

import psycopg

from jalon import cli
from tests.docs.pages import ROOT, table

Connection = psycopg.Connection[Any]

# Whom people log in as; who owns things and who is nobody's login are left out.
CALLERS = ("jalon_app", "jalon_dba", "jalon_bi", "jalon_bi_masked", "jalon_relay")
FUNCTIONS = """
select n.nspname || '.' || p.proname as name, p.proargnames as names, p.proargmodes::text[] as modes,
    array(select format_type(t, null)
        from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality u(t, i) order by i) as types,
    array(select pg_get_function_arg_default(p.oid, i) from generate_series(1, p.pronargs) i) as defaults,
    format_type(p.prorettype, null) as returned, p.proretset as many, obj_description(p.oid, 'pg_proc') as says,
    array(select grantee::regrole::text from aclexplode(p.proacl) where privilege_type = 'EXECUTE') as callers
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('jalon', 'jalon_recap', 'jalon_history') and p.prokind = 'f'
order by 1, p.pronargs, 4
"""
VIEWS = """
select n.nspname || '.' || c.relname as name, obj_description(c.oid, 'pg_class') as says,
    array(select grantee::regrole::text from aclexplode(c.relacl) where privilege_type = 'SELECT') as readers,
    array(select array[a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)]
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        order by a.attnum) as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('jalon', 'jalon_recap', 'jalon_history') and c.relkind = 'v'
order by 1
"""
# The subjects, each a folder of sql/functions; what lies in none of them is made for a table.
SUBJECTS = {
    "engine/context": "Who acts",
    "engine/tracking": "Tracked tables",
    "engine/codegen": "Tracked tables",
    "engine/moving": "Moves",
    "engine/rules": "Rules",
    "engine/texts": "Texts",
    "workflows": "Codes, workflows, roles and permissions",
    "rule_files": "Rules in files",
    "history": "History",
    "recaps": "Recaps",
    "maintenance": "Maintenance",
    "api": "Keys and tokens",
    "outbox": "Webhooks",
    "mail": "Mails",
    "notifications": "Notifications",
    "modules/dossiers": "Module dossiers",
    "modules/events": "Module events",
    "modules/members": "Module members",
    "modules/propositions": "Module propositions",
    "modules/roadshow": "Module roadshow",
}
GENERATED = "Made for a table"


def read(db: Connection, query: LiteralString) -> list[Any]:
    with db.cursor(row_factory=psycopg.rows.namedtuple_row) as cursor:
        return list(cursor.execute(query).fetchall())


def short(text: str) -> str:
    """Types and defaults as one writes them."""
    text = re.sub(r"::[a-z][a-z_. ]*(\[\])?$", "", text).replace("NULL", "null")
    return text.replace("timestamp with time zone", "timestamptz").replace("character varying", "varchar")


def one_line(text: str) -> str:
    return " ".join(text.split())


def cell(text: str) -> str:
    """Text in a cell of a table: a bar would end it, and a tag would be one."""
    return re.sub(r"<(?=[a-z/!])", "&lt;", one_line(text)).replace("|", "\\|")


def named(people: Iterable[str]) -> str:
    found = [f"`{role}`" for role in CALLERS if role in people]
    return ", ".join(found) if found else "nobody"


def folders() -> dict[str, str]:
    """The subject of each function by its name."""
    found = {}
    for folder, subject in SUBJECTS.items():
        for file in sorted((ROOT / "sql/functions" / folder).rglob("*.sql")):
            for name in re.findall(r"^create or replace function (jalon\w*\.\w+)", file.read_text(), re.MULTILINE):
                found[name] = subject
    return found


def signature(row: Any) -> str:
    """As one calls it: what comes in, and what comes back."""
    taken, answered = [], []
    for position, kind in enumerate(row.types):
        mode = row.modes[position] if row.modes else "i"
        name, kind = row.names[position] if row.names else "", short(kind)
        if mode in "ibv":
            default = row.defaults[position] if position < len(row.defaults) else None
            word = "variadic " if mode == "v" else ""
            taken.append(word + " ".join(filter(None, (name, kind))) + (f" = {short(default)}" if default else ""))
        if mode in "otb":
            answered.append(f"{name} {kind}".strip())
    head = f"{row.name}({', '.join(taken)})"
    if len(head) > 100:
        head = f"{row.name}(\n    " + ",\n    ".join(taken) + ")"
    if answered:
        returned = ("rows of (" if row.many else "(") + ", ".join(answered) + ")"
    else:
        returned = ("rows of " if row.many else "") + short(row.returned)
    shown = f"{head} → {returned}"
    return shown if len(shown.splitlines()[-1]) <= 100 else f"{head}\n    → {returned}"


def functions(db: Connection) -> str:
    known = folders()
    subjects: dict[str, dict[str, list[Any]]] = {subject: {} for subject in (*SUBJECTS.values(), GENERATED)}
    for row in read(db, FUNCTIONS):
        # In jalon_history lie functions of the engine's own too.
        if row.name.startswith("jalon_history.") and "jalon_bi" not in row.callers:
            continue
        subjects[known.get(row.name, GENERATED)].setdefault(row.name, []).append(row)
    parts = []
    for subject, names in subjects.items():
        if names:
            parts.append(f"## {subject}\n")
        for name, forms in names.items():
            parts.append(f"### {name}\n")
            for said in dict.fromkeys(form.says for form in forms):
                alike = [form for form in forms if form.says == said]
                parts.append("```text\n" + "\n".join(map(signature, alike)) + "\n```\n")
                parts.append(prose(said) + "\n")
            parts.append(f"May be called by: {named({who for form in forms for who in form.callers})}.\n")
    return "\n".join(parts).rstrip()


def prose(text: str) -> str:
    """A comment as Markdown: calls and names with underscores are code."""
    text = re.sub(r"<(?=[a-z/!])", "&lt;", one_line(text))
    text = re.sub(r"(?<![\w`])(jalon(?:_\w+)?\.\w+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)(?!`)", r"`\1`", text)
    return text.replace("*", "\\*") if "`" not in text else text


def views(db: Connection) -> str:
    parts = []
    schema = ""
    for row in read(db, VIEWS):
        if row.name.split(".")[0] != schema:
            schema = row.name.split(".")[0]
            parts.append(f"## Schema {schema}\n")
        columns = [(f"`{name}`", f"`{short(kind)}`", cell(says or "")) for name, kind, says in row.columns]
        parts.append(f"### {row.name}\n\n{prose(row.says)}\n\nMay be read by: {named(row.readers)}.\n")
        parts.append(table(("column", "type", "is"), columns) + "\n")
    return "\n".join(parts).rstrip()


def arguments(command: str) -> str:
    """What a command takes beside --dsn and --home, which all take."""
    parser = argparse.ArgumentParser(add_help=False)
    getattr(cli.command_module(command), "arguments", lambda parser: None)(parser)
    rows = []
    for action in parser._actions:
        choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else ""
        value = "" if action.nargs == 0 else str(action.metavar or choices or action.dest.upper())
        name = f"{action.option_strings[0]} {value}".strip() if action.option_strings else value
        if action.choices and action.metavar:
            name = f"{name}: {', '.join(map(str, action.choices))}"
        optional = "" if action.required or action.option_strings else " (may be left out)"
        says = (action.help or "") % {"default": action.default, "prog": "jalon"} if action.help else ""
        required = " (required)" if action.required and action.option_strings else ""
        rows.append((f"`{name}`{optional}{required}".replace("|", "\\|"), cell(says)))
    return table(("argument", "says"), rows) if rows else "It takes no arguments of its own."


def endpoints(document: dict[str, Any]) -> str:
    """Headers that many endpoints take or answer once, then the endpoints by their tags."""
    tags: dict[str, list[str]] = {}
    components = document["components"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            tags.setdefault(operation["tags"][0], []).append(endpoint(path, method, operation, components))
    asked = [(f"`{each['name']}`", cell(each["description"])) for each in components["parameters"].values()]
    answered = [(f"`{name}`", cell(each["description"])) for name, each in components["headers"].items()]
    parts = [
        f"## Headers of requests\n\n{table(('header', 'says'), sorted(asked))}\n",
        f"## Headers of answers\n\n{table(('header', 'says'), sorted(answered))}\n",
        *(f"## {tag}\n\n" + "\n".join(found) for tag, found in sorted(tags.items())),
    ]
    return "\n".join(parts).rstrip()


def found_in(components: dict[str, Any], part: str, thing: dict[str, Any]) -> dict[str, Any]:
    """The thing itself, where it only names one that several share."""
    found: dict[str, Any] = components[part][thing["$ref"].rpartition("/")[2]] if "$ref" in thing else thing
    return found


def endpoint(path: str, method: str, operation: dict[str, Any], components: dict[str, Any]) -> str:
    lines = [f"### {method.upper()} {path}\n", prose_of(operation["description"]) + "\n"]
    given = [found_in(components, "parameters", each) for each in operation.get("parameters", [])]
    rows = [
        (f"`{each['name']}`", each["in"], kind(each["schema"]), cell(each.get("description", "")))
        for each in given
        if each["in"] != "header"
    ]
    if rows:
        lines.append(table(("parameter", "in", "type", "says"), rows) + "\n")
    if headers := [f"`{each['name']}`" for each in given if each["in"] == "header"]:
        lines.append(f"Headers: {', '.join(headers)}.\n")
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        lines.append(f"Body ({media}): {kind(body['schema'])}.\n")
    answers, refusals = [], []
    for status, named_answer in sorted(operation["responses"].items()):
        content = found_in(components, "responses", named_answer).get("content", {})
        said = f"{status} {HTTPStatus(int(status)).phrase}"
        if "application/problem+json" in content:
            refusals.append(said)
            continue
        kinds = [
            kind(body["schema"]) if media == "application/json" else f"`{media}`" for media, body in content.items()
        ]
        answers.append(f"{said}: {', '.join(kinds)}" if kinds else said)
    lines.append(f"Answers {'; '.join(answers)}.\n")
    lines.append(f"Refuses with {', '.join(refusals)}.\n")
    if {} in operation["security"] or not operation["security"]:
        lines.append("A token may be left out.\n")
    return "\n".join(lines)


def prose_of(text: str) -> str:
    return re.sub(r"<(?=[a-z/!])", "&lt;", text.strip())


def kind(schema: dict[str, Any]) -> str:
    """The type of a value in a word or two; a shape is a link."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](shapes.md#{name.lower()})"
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(kind(each) for each in schema[several]))
    if "enum" in schema:
        return ", ".join("null" if value is None else f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    named_types = schema.get("type", "any")
    if named_types == "array":
        return f"list of {kind(schema.get('items', {}))}"
    words = named_types if isinstance(named_types, str) else " or ".join(named_types)
    return f"{words} ({schema['format']})" if "format" in schema else words


def shapes(document: dict[str, Any]) -> str:
    return "\n".join(shape(name, schema) for name, schema in sorted(document["components"]["schemas"].items())).rstrip()


def shape(name: str, schema: dict[str, Any]) -> str:
    lines = [f"## {name}\n"]
    if schema.get("description"):
        lines.append(prose_of(schema["description"]) + "\n")
    members = list(members_of(schema))
    if members:
        lines.append(table(("member", "type", "says"), members) + "\n")
    else:
        lines.append(
            f"One of: {kind(schema)}.\n" if {"enum", "oneOf", "anyOf"} & schema.keys() else f"{kind(schema)}.\n"
        )
    return "\n".join(lines)


def members_of(schema: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, member in schema.get("properties", {}).items():
        must = "" if name in schema.get("required", []) else " (may be left out)"
        default = f" Default: `{member['default']}`." if member.get("default") not in (None, "") else ""
        yield f"`{name}`{must}", kind(member), cell(member.get("description", "") + default)
