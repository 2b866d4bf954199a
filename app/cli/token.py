"""Print a token that speaks for somebody.

A token names its subject and the roles they hold; give it as `Authorization: Bearer TOKEN`. Without --roles a person
of the demo gets the roles that the demo says they have, and anybody else none.
"""

import argparse

from jalon.install import demo
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", metavar="SUBJECT", help="who acts, such as anna")
    parser.add_argument("--roles", metavar="A,B", help="the roles that the token carries")
    parser.add_argument("--ttl", type=float, metavar="SECONDS", help="how long it lives (default: JALON_TOKEN_TTL)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    from jalon.server.auth import issue_token

    if options.roles is None:
        roles = demo_roles(settings, options.subject)
    else:
        roles = [role.strip() for role in options.roles.split(",") if role.strip()]
    print(issue_token(settings, options.subject, roles, options.ttl or settings.token_ttl))


def demo_roles(settings: Settings, subject: str) -> list[str]:
    """The roles of a person of the demo, where the demo is what `jalon serve` shows."""
    if not settings.demo or settings.dsn:
        return []
    return next((person.roles for person in demo.people() if person.subject == subject), [])
