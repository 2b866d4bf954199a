"""What a refusal of the database says to programs: its SQLSTATE, and the facts that it carries as JSON in DETAIL."""

import json
import re
from typing import Any

# PostgreSQL refuses to alter the type of a column that a trigger's condition names. Its DETAIL names the trigger, in
# every language; it has no place for a hint of ours.
RETYPES_TRACKED = re.compile(r"\b_jalon_after_update\b|~jalon_before_update\b")
ADVICE = (
    "The table is tracked, and Jalon's triggers name that column. It gets another type, and its history with it, by: "
    "select jalon.alter_column_type('<table>', '<column>', '<type>')"
)


def sqlstate_of(error: Any) -> str:
    """Of psycopg 3 and asyncpg, or psycopg 2."""
    return getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""


def is_refusal(error: Any) -> bool:
    """Whether the SQLSTATE of a driver's error is one of Jalon's (docs/errors.md)."""
    return sqlstate_of(error).startswith("JL")


def advice_on(error: Any) -> str | None:
    """What to do instead, where PostgreSQL itself refused something on account of Jalon's triggers."""
    said = getattr(error, "diag", None)  # psycopg; asyncpg's own error is the cause
    detail = said.message_detail if said else getattr(getattr(error, "__cause__", None), "detail", None)
    return ADVICE if sqlstate_of(error) == "0A000" and RETYPES_TRACKED.search(detail or "") else None


class RefusalFacts:
    """For exceptions of frameworks: `code` to branch on, `allowed` codes, `blockers`, and all `facts`."""

    code: str
    message: str
    hint: str
    facts: dict[str, Any]

    def set_facts(self, sqlstate: str, message: str | None, detail: str | None, hint: str | None) -> None:
        self.code, self.message, self.hint = sqlstate, message or sqlstate, hint or ""
        try:
            self.facts = dict(json.loads(detail or "{}"))
        except ValueError:  # DETAIL of somebody else's function
            self.facts = {}

    @property
    def allowed(self) -> list[str]:
        """Codes to which the actor could have moved the record instead."""
        return list(self.facts.get("allowed") or [])

    @property
    def blockers(self) -> list[dict[str, Any]]:
        """Every reason why not, if the transition is one of the workflow's."""
        return list(self.facts.get("blockers") or [])

    @property
    def sentence(self) -> str:
        """What a person reads: what was refused, and the next step."""
        return f"{self.message}. {self.hint}" if self.hint else self.message

    def as_json(self) -> dict[str, Any]:
        """What a program that called the application needs."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "allowed": self.allowed,
            "blockers": self.blockers,
        }
