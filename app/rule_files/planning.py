"""A plan: what the database says that files would change, shown to people and machines."""

import json
import sys
from dataclasses import dataclass
from typing import Any

import psycopg

from jalon.refusal import Refusal
from jalon.rule_files.reading import RulesFile

PLAN = "select p.* from jalon.plan_rules(%s::jsonb, %s::jsonb) p"
APPLY = "select p.* from jalon.apply_rules(%s::jsonb, %s::jsonb, %s, %s) p"
SIGNS = {"change": "~", "drop": "-", "strand": "!", "warning": "?", "error": "x", "note": " "}
COLORS = {"change": "33", "drop": "31", "strand": "31", "warning": "36", "error": "31;1", "note": "2"}


@dataclass
class Planned:
    """A sentence of a plan: the columns of jalon_engine.planned."""

    document: int | None
    severity: str
    kind: str | None
    subject: str | None
    message: str
    path: list[str] | None
    before: Any
    after: Any
    changed_in: str | None
    changed_by: str | None
    changed_at: Any

    @property
    def is_change(self) -> bool:
        return self.severity in {"change", "drop", "strand"}

    def since(self) -> str:
        """Who else changed it since the file was applied, in words."""
        if self.changed_in not in {"database", "both"}:
            return ""
        when = f" on {self.changed_at:%Y-%m-%d %H:%M}" if self.changed_at else ""
        who = f" by {self.changed_by}" if self.changed_by else ""
        here = "here and in the file" if self.changed_in == "both" else "here, not in the file"
        return f" [changed {here}{who}{when}]"


def documents(files: list[RulesFile]) -> str:
    return json.dumps([file.document for file in files])


def ask(connection: psycopg.Connection[Any], statement: str, *parameters: Any) -> list[Planned]:
    try:
        return [Planned(*row) for row in connection.execute(statement, parameters)]
    except psycopg.Error as error:
        if not (error.sqlstate or "").startswith("JL"):
            raise
        raise Refusal(" ".join(filter(None, (f"{error.diag.message_primary}.", error.diag.message_hint)))) from None


def show(plan: list[Planned], files: list[RulesFile]) -> None:
    colored = sys.stdout.isatty()
    for each in plan:
        text = f"{SIGNS.get(each.severity, ' ')} {each.message}{each.since()}"
        if each.severity in {"error", "warning"} and each.document is not None:
            text = f"{SIGNS[each.severity]} {files[each.document].place_of(each.path)}: {each.message}"
        print(f"\x1b[{COLORS.get(each.severity, '0')}m{text}\x1b[0m" if colored else text)


def as_json(plan: list[Planned], files: list[RulesFile]) -> str:
    return json.dumps(
        [
            {k: v for k, v in vars(each).items() if v is not None and k not in {"document", "path"}}
            | ({"at": files[each.document].place_of(each.path)} if each.document is not None else {})
            for each in plan
        ],
        default=str,
        ensure_ascii=False,
        indent=2,
    )


def mapping(given: list[str]) -> str:
    """--map ON_HOLD=OPEN, any number of times."""
    found = dict[str, str]()
    for each in given:
        code, sign, target = each.partition("=")
        if not sign or not code or not target:
            raise Refusal(f"--map takes CODE=CODE, not {each}.")
        found[code] = target
    return json.dumps(found)
