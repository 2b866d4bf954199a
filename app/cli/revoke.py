"""Revoke tokens before they expire.

`jalon revoke SUBJECT` ends all sessions of somebody in the console and refuses every token that was issued to them
so far, whoever signed it. `jalon revoke --token` reads one token from standard input and refuses that one. Both work
within seconds. For the keys of machines: `jalon api-key revoke NAME`.
"""

import argparse
import sys

from jalon.install import postgres
from jalon.install.schema_version import require_installed
from jalon.refusal import Refusal
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", nargs="?", metavar="SUBJECT", help="whose tokens, such as anna")
    parser.add_argument("--token", action="store_true", help="read one token from standard input instead")


def run(settings: Settings, options: argparse.Namespace) -> None:
    from jalon.server.auth import hash_key

    if bool(options.subject) is options.token:
        raise Refusal("Whose tokens? jalon revoke SUBJECT. Or one, from standard input: jalon revoke --token")
    token = sys.stdin.read().strip() if options.token else ""
    if options.token and not token:
        raise Refusal("There is no token on standard input.")
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        require_installed(connection)
        if options.token:
            connection.execute("select jalon.revoke_token(%s)", [hash_key(token)])
            print("The token is revoked.")
        else:
            connection.execute("select jalon.revoke_tokens_of(%s)", [options.subject])
            print(f"All tokens of {options.subject} so far are revoked, and their sessions have ended.")
