-- The history under the name that the requirement gives it.
create or replace view jalon_events.event_status_history as
select h.id, h.event_id, h.old_status, h.new_status, h.old_moderation_status, h.new_moderation_status,
    h.old_is_published, h.new_is_published, h.changed_at, h.previous_changed_at, h.changed_by, h.reason, h.meta_data,
    h.version, h.workflow_version, h.kind, h.on_behalf_of, h.db_role, h.bulk_id, h.transaction_id,
    h.meta_data ->> 'admin_notes' as admin_notes
from jalon_history.jalon_events__events h;
comment on view jalon_events.event_status_history is 'Every change of a status: one row each.';
comment on column jalon_events.event_status_history.id is 'Identifier.';
comment on column jalon_events.event_status_history.event_id is 'Key of the record.';
comment on column jalon_events.event_status_history.old_status is 'Old status; empty on creation.';
comment on column jalon_events.event_status_history.new_status is 'New status.';
comment on column jalon_events.event_status_history.old_moderation_status is
'Old moderation status; empty on creation.';
comment on column jalon_events.event_status_history.new_moderation_status is 'New moderation status.';
comment on column jalon_events.event_status_history.old_is_published is 'Old is published; empty on creation.';
comment on column jalon_events.event_status_history.new_is_published is 'New is published.';
comment on column jalon_events.event_status_history.changed_at is 'When.';
comment on column jalon_events.event_status_history.previous_changed_at is
'When the stay that this change ends had begun.';
comment on column jalon_events.event_status_history.changed_by is 'By whom.';
comment on column jalon_events.event_status_history.reason is 'Why.';
comment on column jalon_events.event_status_history.meta_data is 'Whatever else the writer gave along.';
comment on column jalon_events.event_status_history.version is 'The record''s version after the change.';
comment on column jalon_events.event_status_history.workflow_version is
'Version of the workflow that allowed it; 0 where the category is free.';
comment on column jalon_events.event_status_history.kind is
'create, move, force, migration, import, backfill, timer or test.';
comment on column jalon_events.event_status_history.on_behalf_of is 'For whom, where another acted.';
comment on column jalon_events.event_status_history.db_role is 'Database login it came through.';
comment on column jalon_events.event_status_history.bulk_id is 'The bulk call that it was part of.';
comment on column jalon_events.event_status_history.transaction_id is 'Transaction that wrote it.';
comment on column jalon_events.event_status_history.admin_notes is 'The moderator''s notes for the organizer.';
grant select on jalon_events.event_status_history to jalon_bi, jalon_dba;
