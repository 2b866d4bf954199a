"""docs/rights.md: what each endpoint asks for and which function of the database decides, read from the routes and the
functions.

A handler names the functions of schema jalon_api that it calls. From each of these the walk goes on through the
functions that its source names and the triggers of the tables that it writes. A right is needed if a function
that can refuse with JL203 names a permission, if a record is looked for (a person who may not see it gets 404), and if
a status changes.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from jalon.install.catalog import SCHEMAS
from jalon.server.database import Database

# What asks for no permission, on purpose. An endpoint stands here by its function of schema jalon_api, or by itself
# where it calls none.
PUBLIC: dict[str, tuple[str, ...]] = {
    "A load balancer asks, which has no token.": ("GET /health/live", "GET /health/ready"),
    "The public reads what is published.": ("public_events", "public_event"),
    "Whoever was refused reads why, also for want of a token.": ("error_code",),
    "Whoever signs in has not signed in yet; a preference is a cookie.": (
        "GET /console/sign-in", "POST /console/sign-in", "POST /console/sign-out", "POST /console/preferences",
        "GET /console/sign-in/provider", "GET /console/sign-in/callback",
    ),
    "Whose session it is: nobody's, if nobody is signed in.": ("GET /console/session",),
    "Whoever has the secret of an e-mail reads that address.": (
        "GET /console/recap-mail/{secret}", "POST /console/recap-mail/{secret}",
        "POST /console/recap-mail/{secret}/confirm",
    ),
    "Style sheets, scripts and icons are the same for everybody.": ("GET /console/static/{version}/{name}",),
}  # fmt: skip
SIGNED_IN: dict[str, tuple[str, ...]] = {
    "Names and rules are no secret: which tables, codes, workflows and permissions there are.": (
        "tracked", "tracked_table", "categories", "codes", "code", "workflows", "check_workflow", "diff_workflow",
        "templates", "permissions",
        "allowed_status_codes", "case_types", "dossier_statuses", "dossier_choices",
        "proposition_settings",
    ),
    "One's own: the rows are those of the caller.": (
        "profile", "my_events", "my_event", "my_event_status_history", "navigation", "look",
        "notifications", "read_notification", "read_all_notifications", "saved_views",
        "change_recap_subscription", "end_recap_subscription",
        "GET /api/organizer/notifications/stream",
    ),
    "Counters, without a name of anybody.": ("health", "GET /metrics"),
    "It shows components with made-up values and asks nothing of the database.": ("GET /console/kit",),
}  # fmt: skip
OPEN = PUBLIC | SIGNED_IN

FUNCTIONS = """
select pronamespace::regnamespace || '.' || proname, string_agg(prosrc, E'\n') from pg_proc
where pronamespace::regnamespace::text = any (%s) group by 1
"""
TRIGGERS = """
select e.event || ' ' || c.relnamespace::regnamespace || '.' || c.relname,
    array_agg(distinct p.pronamespace::regnamespace || '.' || p.proname)
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
join (values (4, 'insert into'), (8, 'delete from'), (16, 'update')) e (bit, event) on t.tgtype & e.bit > 0
where not t.tgisinternal and p.pronamespace::regnamespace::text = any (%s) group by 1
"""
CALLED = re.compile(r"\b([a-z_]+\.[a-z_0-9]+)\s*\(")
WRITTEN = re.compile(r"\b((?:insert into|update|delete from) [a-z_]+\.[a-z_0-9]+)")
ASKED = re.compile(r"\b(jalon_engine\.require_\w*permission)\((?:[^()';]|\([^()]*\))*'(\w+)'")
TESTED = re.compile(r"\bjalon_engine\.(?:may|has_permission)\('(\w+)'")


class Right(NamedTuple):
    """What is asked for, and the function that decides."""

    asked: str
    decider: str


SEE = "see the record"
SEEN = Right(SEE, "jalon_engine.can_read_record")
MOVE = Right("take the transition", "jalon_engine.check_change")
DECIDED = {
    **dict.fromkeys(("jalon_engine.can_read_record", "jalon_engine.can_read_all", "jalon_engine.visible_rows_sql",
            "jalon_engine.readable_codes"), SEEN),
    **dict.fromkeys(("jalon_engine.check_change", "jalon_engine.update_row_as_mover", "jalon_generated.update_row"),
            MOVE),
}  # fmt: skip


# They name functions in SQL that they write or compare, and do not call them.
NAMING = {"jalon.verify", "jalon.known_problems", "jalon.prove", "jalon_history.generate"}


class Endpoint(NamedTuple):
    """A method and a path, and the functions of schema jalon_api that its handler calls."""

    thing: str
    method: str
    path: str
    functions: tuple[str, ...]
    is_public: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def called_by(function: Any, seen: set[Any]) -> Iterator[str]:
    """The functions of schema jalon_api that the source names: call("…"), ask("…"), ask_optional("…"), here and in what
    it calls of ours."""
    if function in seen:
        return
    seen.add(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in (n for body in tree.body for n in ast.walk(body) if isinstance(n, ast.Call)):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("call", "ask", "ask_optional") and node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
        is_of_database = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).endswith(
            ("database", "self")
        )
        other = getattr(Database, name, None) if is_of_database else inspect.unwrap(function).__globals__.get(name)
        if (
            inspect.isfunction(other)
            and other.__module__.startswith("jalon.")
            and name not in ("call", "ask", "ask_optional")
        ):
            yield from called_by(other, seen)


def endpoints(app: Litestar) -> list[Endpoint]:
    found = {}
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else []:
            if not isinstance(handler, HTTPRouteHandler) or not inspect.unwrap(handler.fn).__module__.startswith(
                "jalon."
            ):
                continue
            functions = tuple(sorted(set(called_by(handler.fn, set()))))
            thing = handler.tags[0] if handler.tags else "Pages"
            for method in sorted(m for m in handler.http_methods if m not in ("HEAD", "OPTIONS")):
                found[method, route.path_format] = Endpoint(
                    thing, str(method), route.path_format, functions, bool(handler.opt.get("public"))
                )
    return sorted(found.values(), key=lambda e: (e.thing == "Pages", e.thing, e.path, e.method))


class Rights:
    """What the functions of the database ask for."""

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        self.sources = {
            name: re.sub(r"--[^\n]*", "", source) for name, source in db.execute(FUNCTIONS, (list(SCHEMAS),)).fetchall()
        }
        self.triggers = dict(db.execute(TRIGGERS, (list(SCHEMAS),)).fetchall())
        self.permissions = {code for (code,) in db.execute("select code from jalon_engine.permission").fetchall()}

    def of(self, function: str) -> list[Right]:
        """What a function of schema jalon_api asks for, on some way through it."""
        found: set[Right] = set()
        seen, waiting = set(), [f"jalon_api.{function}"]
        while waiting:
            name = waiting.pop()
            if name in seen or name in NAMING or name not in self.sources:
                continue
            seen.add(name)
            if name in DECIDED:
                found.add(DECIDED[name])
                continue
            source = self.sources[name]
            found |= {Right(code, by) for by, code in ASKED.findall(source) if code in self.permissions}
            if "'JL203'" in source:
                found |= {Right(code, name) for code in TESTED.findall(source) if code in self.permissions}
            elif "read_all" in TESTED.findall(source):
                found.add(Right(SEE, name))
            waiting += CALLED.findall(source)
            for statement in WRITTEN.findall(source):
                waiting += self.triggers.get(statement, [])
        return sorted(found)


def label(asked: str) -> str:
    return asked if asked in (SEEN.asked, MOVE.asked) else f"`{asked}`"


def api(endpoint: Endpoint) -> str:
    return ", ".join(f"`jalon_api.{name}`" for name in endpoint.functions)


def document(db: psycopg.Connection[Any], app: Litestar) -> str:
    """The tables of docs/rights.md."""
    rights, found = Rights(db), endpoints(app)
    asked = {one: sorted({right for name in one.functions for right in rights.of(name)}) for one in found}
    pages = [one for one in found if one.thing == "Pages"]
    lines = ["| thing | endpoint | function | asks for | decided by |", "| --- | --- | --- | --- | --- |"]
    for one in found:
        if asked[one] and one not in pages:
            words = "<br>".join(label(right.asked) for right in asked[one])
            deciders = "<br>".join(f"`{right.decider}`" for right in asked[one])
            lines.append(f"| {one.thing} | `{one.name}` | {api(one)} | {words} | {deciders} |")
    lines += ["", "## Pages", "", "A page asks these functions, as the person who is signed in.", ""]
    lines += ["| page | function | asks for |", "| --- | --- | --- |"]
    for one in pages:
        if one.functions:
            words = ", ".join(sorted({label(right.asked) for right in asked[one]}))
            lines.append(f"| `{one.name}` | {api(one)} | {words or 'nothing'} |")
    for title, table, is_public in (
        ("Open to everybody", PUBLIC, True),
        ("Open to whoever is signed in", SIGNED_IN, False),
    ):
        lines += ["", f"## {title}", "", "| endpoint | function | why |", "| --- | --- | --- |"]
        for why, names in table.items():
            for one in found:
                if one.name in names or (
                    one not in pages and one.is_public == is_public and {*one.functions} & {*names}
                ):
                    lines.append(f"| `{one.name}` | {api(one)} | {why} |")
    return "\n".join(lines)
