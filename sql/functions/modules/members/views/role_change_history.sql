-- The history under the name that the requirement gives it.
create or replace view jalon_members.role_change_history as
select h.id, h.user_id, h.old_role, h.new_role, h.changed_at, h.previous_changed_at,
    h.changed_by::varchar(255) as changed_by, h.reason, h.meta_data, h.version, h.workflow_version, h.kind,
    h.on_behalf_of, h.db_role, h.bulk_id, h.transaction_id
from jalon_history.jalon_members__users h;
comment on view jalon_members.role_change_history is 'Every change of a status: one row each.';
comment on column jalon_members.role_change_history.id is 'Identifier.';
comment on column jalon_members.role_change_history.user_id is 'Key of the record.';
comment on column jalon_members.role_change_history.old_role is 'Old role; empty on creation.';
comment on column jalon_members.role_change_history.new_role is 'New role.';
comment on column jalon_members.role_change_history.changed_at is 'When.';
comment on column jalon_members.role_change_history.previous_changed_at is
'When the stay that this change ends had begun.';
comment on column jalon_members.role_change_history.changed_by is 'By whom.';
comment on column jalon_members.role_change_history.reason is 'Why.';
comment on column jalon_members.role_change_history.meta_data is 'Whatever else the writer gave along.';
comment on column jalon_members.role_change_history.version is 'The record''s version after the change.';
comment on column jalon_members.role_change_history.workflow_version is
'Version of the workflow that allowed it; 0 where the category is free.';
comment on column jalon_members.role_change_history.kind is
'create, move, force, migration, import, backfill, timer or test.';
comment on column jalon_members.role_change_history.on_behalf_of is 'For whom, where another acted.';
comment on column jalon_members.role_change_history.db_role is 'Database login it came through.';
comment on column jalon_members.role_change_history.bulk_id is 'The bulk call that it was part of.';
comment on column jalon_members.role_change_history.transaction_id is 'Transaction that wrote it.';
grant select on jalon_members.role_change_history to jalon_bi, jalon_dba;
