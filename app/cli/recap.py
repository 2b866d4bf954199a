"""Print the weekly recap: what changed, who came in and went out, who is silent.

    jalon recap weekly                                     this week
    jalon recap weekly --week 2026-W47 --tz Europe/Paris --lang fr
    jalon recap weekly --table roadshow_counterparty --format html > week.html

In psql the same lines are: select line from jalon_recap.weekly_lines('2026-W47', 'Europe/Paris', 'fr');
"""

import argparse

import psycopg

from jalon.install import postgres
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
        try:
            if options.table:
                connection.execute("select jalon_engine.tracked_of(%s)", (options.table,))
            for (line,) in connection.execute(FORMS[options.format], chosen):
                print(line)
        except psycopg.Error as error:
            if (error.sqlstate or "").startswith("JL"):
                raise Refusal(str(error.diag.message_primary)) from None
            raise
