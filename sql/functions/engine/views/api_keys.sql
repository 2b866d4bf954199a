-- Which machines may call, without what would let somebody else call as them.
create or replace view jalon.api_keys as
select k.name, k.roles, k.created_at, k.created_by, k.expires_at, k.revoked_at, k.revoked_by,
    k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) as works
from jalon_engine.api_key k;
comment on view jalon.api_keys is 'API keys of machines.';
comment on column jalon.api_keys.name is 'Name of the machine; it acts as key:<name>.';
comment on column jalon.api_keys.roles is 'Roles that the key carries.';
comment on column jalon.api_keys.created_at is 'When it was made.';
comment on column jalon.api_keys.created_by is 'By whom.';
comment on column jalon.api_keys.expires_at is 'Until when it works; empty for good.';
comment on column jalon.api_keys.revoked_at is 'When it was revoked.';
comment on column jalon.api_keys.revoked_by is 'By whom.';
comment on column jalon.api_keys.works is 'Whether it works now.';
grant select on jalon.api_keys to jalon_dba;
