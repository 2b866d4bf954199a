-- The permissions there are and who has them.

create or replace view jalon.permissions as
select p.code as permission, p.label, p.description, p.module, r.role, r.scope, r.status, r.is_allowed
from jalon_engine.permission p
left join jalon_engine.permission_rule r on r.permission = p.code;
comment on view jalon.permissions is
'The matrix role x permission x table x status; a permission that no role has stands once, without a role.';
comment on column jalon.permissions.permission is 'Permission.';
comment on column jalon.permissions.label is 'What people call it.';
comment on column jalon.permissions.description is 'What it allows.';
comment on column jalon.permissions.module is 'Module it belongs to.';
comment on column jalon.permissions.role is 'Role.';
comment on column jalon.permissions.scope is 'Tracked table; * for all.';
comment on column jalon.permissions.status is 'Status; * for all.';
comment on column jalon.permissions.is_allowed is 'Granted, or explicitly not.';
grant select on jalon.permissions to jalon_dba;
