-- The history under the name that the requirement gives it.
create or replace view jalon_roadshow.roadshow_counterparty_history as
select h.id, h.counterparty_id, h.old_statut, h.new_statut, h.changed_at, h.previous_changed_at, h.changed_by, h.reason,
    h.meta_data, h.version, h.workflow_version, h.kind, h.on_behalf_of, h.db_role, h.bulk_id, h.transaction_id
from jalon_history.jalon_roadshow__roadshow_counterparty h;
comment on view jalon_roadshow.roadshow_counterparty_history is 'Every change of a status: one row each.';
comment on column jalon_roadshow.roadshow_counterparty_history.id is 'Identifier.';
comment on column jalon_roadshow.roadshow_counterparty_history.counterparty_id is 'Key of the record.';
comment on column jalon_roadshow.roadshow_counterparty_history.old_statut is 'Old statut; empty on creation.';
comment on column jalon_roadshow.roadshow_counterparty_history.new_statut is 'New statut.';
comment on column jalon_roadshow.roadshow_counterparty_history.changed_at is 'When.';
comment on column jalon_roadshow.roadshow_counterparty_history.previous_changed_at is
'When the stay that this change ends had begun.';
comment on column jalon_roadshow.roadshow_counterparty_history.changed_by is 'By whom.';
comment on column jalon_roadshow.roadshow_counterparty_history.reason is 'Why.';
comment on column jalon_roadshow.roadshow_counterparty_history.meta_data is 'Whatever else the writer gave along.';
comment on column jalon_roadshow.roadshow_counterparty_history.version is 'The record''s version after the change.';
comment on column jalon_roadshow.roadshow_counterparty_history.workflow_version is
'Version of the workflow that allowed it; 0 where the category is free.';
comment on column jalon_roadshow.roadshow_counterparty_history.kind is
'create, move, force, migration, import, backfill, timer or test.';
comment on column jalon_roadshow.roadshow_counterparty_history.on_behalf_of is 'For whom, where another acted.';
comment on column jalon_roadshow.roadshow_counterparty_history.db_role is 'Database login it came through.';
comment on column jalon_roadshow.roadshow_counterparty_history.bulk_id is 'The bulk call that it was part of.';
comment on column jalon_roadshow.roadshow_counterparty_history.transaction_id is 'Transaction that wrote it.';
grant select on jalon_roadshow.roadshow_counterparty_history to jalon_bi, jalon_dba;
