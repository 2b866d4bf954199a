"""The grants matrix: sql/grants.txt and each module's grants.txt against the catalogue, both ways."""

from fnmatch import fnmatchcase
from typing import Any

import psycopg
from msgspec import Struct

from jalon.install import files
from jalon.install.catalog import QUERIES


class Line(Struct, frozen=True):
    role: str
    privilege: str
    kind: str
    pattern: str

    def covers(self, kind: str, name: str) -> bool:
        return kind == self.kind and fnmatchcase(name.split("(")[0], self.pattern)


def read_matrix() -> list[Line]:
    """The engine's lines and every module's; a line for what is not installed covers nothing."""
    paths = [files.ROOT / "grants.txt", *(part.functions / "grants.txt" for part in files.module_parts().values())]
    lines = [line.split("#")[0].split() for path in paths if path.exists() for line in files.text(path).splitlines()]
    return [Line(*words) for words in lines if words]


def differences(connection: psycopg.Connection[Any], schemas: list[str]) -> list[str]:
    """Plain sentences; none where matrix and catalogue agree."""
    lines = read_matrix()
    granted: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for kind, name, grantee, privilege in connection.execute(QUERIES["grants"], {"schemas": schemas}):
        granted.setdefault((kind, name), set()).update({(grantee, privilege)} if grantee else set())
    found = []
    for (kind, name), held in granted.items():
        wanted = {(line.role, line.privilege) for line in lines if line.covers(kind, name)}
        found += [
            f"{role} may {privilege} on {kind} {name}, and should not."
            f" `revoke {on(privilege, kind, name)} from {role}` ends that."
            for role, privilege in sorted(held - wanted)
        ]
        found += [
            f"{role} may not {privilege} on {kind} {name}, and should."
            f" `grant {on(privilege, kind, name)} to {role}` mends that."
            for role, privilege in sorted(wanted - held)
        ]
    return found


def on(privilege: str, kind: str, name: str) -> str:
    """A privilege on an object, as GRANT and REVOKE write it."""
    if kind == "column":
        table, _, column = name.rpartition(".")
        return f"{privilege} ({column}) on {table}"
    return f"{privilege} on {'table' if kind == 'view' else kind} {name}"
