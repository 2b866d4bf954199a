"""Examine an installation, and say in plain words what is wrong.

Roles, migrations and their digests, owners, triggers in place and awake, grants, and the engine's
own proof over the recorded history. Exit code 1 when something is off.
"""

import argparse

from jalon.install import doctor, postgres
from jalon.settings import Settings


def run(settings: Settings, options: argparse.Namespace) -> int:
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        found = list(doctor.findings(connection))
        for finding in found:
            print(f"✗ {finding}")
        for note in doctor.notes(connection):
            print(f"  {note}")
    print(f"{len(found)} problem{'s' * (len(found) != 1)} found." if found else "All is well.")
    return 1 if found else 0
