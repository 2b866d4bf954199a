"""Print the weekly recap: what changed, who came in and went out, who is silent.

    jalon recap weekly                                     this week
    jalon recap weekly --week 2026-W47 --tz Europe/Paris --lang fr
    jalon recap weekly --table roadshow_counterparty --format html > week.html

In psql the same lines are: select line from jalon_recap.weekly_lines('2026-W47', 'Europe/Paris', 'fr');
"""

import argparse

import psycopg

from jalon.install import files, postgres
from jalon.install.schema_version import require_installed
from jalon.refusal import Refusal
from jalon.settings import Settings

FORMS = {
    "text": "select line from jalon_recap.weekly_lines(%(week)s, %(tz)s, %(lang)s, %(table)s)",
    "json": "select jsonb_pretty(jalon_recap.weekly(%(week)s, %(tz)s, %(lang)s, %(table)s))",
    "html": "select jalon_recap.weekly_page(%(week)s, %(tz)s, %(lang)s, %(table)s)",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recap", choices=["weekly"], help="which recap")
    parser.add_argument("--week", metavar="2026-W47", help="ISO week (default: this one)")
    parser.add_argument("--tz", default="UTC", metavar="ZONE", help="time zone in which weeks begin (default: UTC)")
    parser.add_argument("--lang", metavar="LANGUAGE", help="language of labels and words (fr)")
    parser.add_argument("--table", help="only this tracked table")
    parser.add_argument("--format", choices=FORMS, default="text", help="text, json or html")


def run(settings: Settings, options: argparse.Namespace) -> None:
    chosen = {name: getattr(options, name) for name in ("week", "tz", "lang", "table")}
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        state = require_installed(connection)
        try:
            if options.table:
                connection.execute("select jalon_engine.tracked_of(%s)", (options.table,))
            for (line,) in connection.execute(FORMS[options.format], chosen):
                print(line)
        except psycopg.Error as error:
            if not (error.sqlstate or "").startswith("JL"):
                raise
            raise Refusal(refusal_text(error, options.table or "", state.modules)) from None


def refusal_text(error: psycopg.Error, table: str, installed: list[str]) -> str:
    module = module_of(table) if error.sqlstate == "JL404" else None
    if module and module not in installed:
        return (
            f"{table} is a table of the module {module}, which isn't installed in this database:"
            f" `jalon migrate --modules {module}` installs it."
        )
    words = (error.diag.message_primary, error.diag.message_hint)
    return ". ".join(word.rstrip(".") for word in words if word) + "."


def module_of(table: str) -> str | None:
    """The module that puts a table of this name under Jalon: a table has a file of triggers."""
    file = f"{table.rpartition('.')[2]}.sql"
    return next((name for name, part in files.module_parts().items() if (part.triggers / file).exists()), None)
