-- Who holds, or held, which role.

create or replace view jalon.grants as
select g.principal, g.role, r.label, g.granted_at, g.granted_by, g.valid_until, g.revoked_at, g.revoked_by,
    jalon_engine.is_in_force(g.revoked_at, g.valid_until) as is_held
from jalon_engine.role_grant g
join jalon_engine.role r on r.code = g.role;
comment on view jalon.grants is 'Grants of roles, the revoked ones too.';
comment on column jalon.grants.principal is 'Actor; db:<login> for a database session.';
comment on column jalon.grants.role is 'Role.';
comment on column jalon.grants.label is 'What people call it.';
comment on column jalon.grants.granted_at is 'Since when.';
comment on column jalon.grants.granted_by is 'By whom.';
comment on column jalon.grants.valid_until is 'Until when; empty for good.';
comment on column jalon.grants.revoked_at is 'When it was taken back.';
comment on column jalon.grants.revoked_by is 'By whom.';
comment on column jalon.grants.is_held is 'Whether it counts now.';
grant select on jalon.grants to jalon_dba;
