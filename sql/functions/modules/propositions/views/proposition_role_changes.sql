-- Who made, changed, handed out and took back which custom role, and what ran out by itself.
create or replace view jalon_recap.proposition_role_changes as
with spans as (
    select a.*, r.name as role_name
    from jalon_propositions.proposition_role_assignments a
    join jalon_propositions.proposition_roles r on r.id = a.role_id
)
select s.proposition_id, s.granted_at as happened_at, 'granted' as what, s.role_id, s.role_name, s.user_id,
    s.granted_by as happened_by, s.valid_until, s.reason, null::jsonb as before, null::jsonb as after
from spans s
union all
select s.proposition_id, s.revoked_at, 'revoked', s.role_id, s.role_name, s.user_id, s.revoked_by, s.valid_until,
    s.revocation_reason, null, null
from spans s
where s.revoked_at is not null and s.revoked_at is distinct from s.valid_until
union all
select s.proposition_id, s.valid_until, 'expired', s.role_id, s.role_name, s.user_id, null, s.valid_until,
    null, null, null
from spans s
where s.valid_until <= now() and (s.revoked_at is null or s.revoked_at = s.valid_until)
union all
select r.proposition_id, h.changed_at,
    case when h.operation = 'INSERT' then 'made' when h.after ->> 'deleted_at' is not null then 'taken away'
        else 'changed' end,
    r.id, h.after ->> 'name', null, h.changed_by, null, h.reason, h.before, h.after
from jalon_engine.config_history h
join jalon_propositions.proposition_roles r on r.id = (h.key ->> 'id')::uuid
where h.table_name = 'proposition_roles';
comment on view jalon_recap.proposition_role_changes is
'What became of the custom roles of propositions, one row a change.';
comment on column jalon_recap.proposition_role_changes.proposition_id is 'Proposition.';
comment on column jalon_recap.proposition_role_changes.happened_at is 'When.';
comment on column jalon_recap.proposition_role_changes.what is
'made, changed, taken away, granted, revoked or expired.';
comment on column jalon_recap.proposition_role_changes.role_id is 'Custom role.';
comment on column jalon_recap.proposition_role_changes.role_name is 'Its name.';
comment on column jalon_recap.proposition_role_changes.user_id is 'Whom it was granted to or taken from.';
comment on column jalon_recap.proposition_role_changes.happened_by is 'By whom; empty where it ran out by itself.';
comment on column jalon_recap.proposition_role_changes.valid_until is 'Until when it was granted; empty for good.';
comment on column jalon_recap.proposition_role_changes.reason is 'Why.';
comment on column jalon_recap.proposition_role_changes.before is 'The role before.';
comment on column jalon_recap.proposition_role_changes.after is 'The role after.';
grant select on jalon_recap.proposition_role_changes to jalon_bi, jalon_dba;
