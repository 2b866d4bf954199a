"""Print a token that speaks for somebody.

A token names its subject and the roles they hold; give it as `Authorization: Bearer TOKEN`.
"""

import argparse

from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", metavar="SUBJECT", help="who acts, such as anna")
    parser.add_argument("--roles", default="", metavar="A,B", help="the roles that the token carries")
    parser.add_argument("--ttl", type=float, metavar="SECONDS", help="how long it lives (default: JALON_TOKEN_TTL)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    from jalon.server.auth import issue_token

    roles = [role.strip() for role in options.roles.split(",") if role.strip()]
    print(issue_token(settings, options.subject, roles, options.ttl or settings.token_ttl))
