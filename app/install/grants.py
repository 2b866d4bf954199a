"""The grants matrix: sql/grants.txt and each module's grants.txt against the catalogue, both ways."""

from fnmatch import fnmatchcase
from typing import Any

import psycopg
from msgspec import Struct

from jalon.install import files

# Every object of ours with what is granted on it beyond its owner; what track generated and partitions aside.
GRANTS = """
with object (kind, name, owner, acl, comment) as (
    select 'schema', nspname, nspowner, nspacl, null from pg_namespace where nspname = any (%(schemas)s)
    union all
    select case when relkind = 'v' then 'view' when relkind = 'S' then 'sequence' else 'table' end,
        relnamespace::regnamespace || '.' || relname, relowner, relacl, obj_description(oid, 'pg_class')
    from pg_class where relnamespace::regnamespace::text = any (%(schemas)s)
        and relkind in ('r', 'p', 'v', 'm', 'S') and not relispartition
    union all
    select 'function',
        pronamespace::regnamespace || '.' || proname || '(' || pg_get_function_identity_arguments(oid) || ')',
        proowner, coalesce(proacl, acldefault('f', proowner)), obj_description(oid, 'pg_proc')
    from pg_proc where pronamespace::regnamespace::text = any (%(schemas)s)
    union all
    -- Columns of a tracked table are granted by jalon.track, to those who may move.
    select 'column', relnamespace::regnamespace || '.' || relname || '.' || attname, relowner, attacl, null
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attacl is not null
    where relnamespace::regnamespace::text = any (%(schemas)s)
        and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = '~jalon_before_update')
)
select o.kind, o.name, case when g.grantee = 0 then 'PUBLIC' else g.grantee::regrole::text end, g.privilege_type
from object o left join lateral aclexplode(o.acl) g on g.grantee <> o.owner
where coalesce(o.comment, '') not like 'Generated for %%'
    and (g.grantee is null or g.grantee = 0 or g.grantee::regrole::text like 'jalon\\_%%')
order by 1, 2, 3, 4
"""


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
    for kind, name, grantee, privilege in connection.execute(GRANTS, {"schemas": schemas}):
        granted.setdefault((kind, name), set()).update({(grantee, privilege)} if grantee else set())
    found = []
    for (kind, name), held in granted.items():
        wanted = {(line.role, line.privilege) for line in lines if line.covers(kind, name)}
        found += [
            f"{role} may {privilege} on {kind} {name}, and should not." for role, privilege in sorted(held - wanted)
        ]
        found += [
            f"{role} may not {privilege} on {kind} {name}, and should." for role, privilege in sorted(wanted - held)
        ]
    return found
