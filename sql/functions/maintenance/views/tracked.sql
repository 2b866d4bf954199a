-- The tables under Jalon at a glance.
create or replace view jalon.tracked as
select
    t.name, format('%I.%I', t.table_schema, t.table_name) as table_name, c.columns, c.categories,
    format('%I.%I', t.history_schema, t.history_name) as history_table,
    jalon_engine.are_triggers_enabled(t.name) as triggers_enabled,
    (select sum(k.reltuples) filter (where k.reltuples >= 0)::bigint
     from pg_catalog.pg_class r
     join pg_catalog.pg_namespace n on n.oid = r.relnamespace
     join pg_catalog.pg_class k on k.oid = r.oid
         or k.oid in (select p.relid from pg_partition_tree(r.oid) p where p.isleaf)
     where n.nspname = t.table_schema and r.relname = t.table_name) as rows_estimate,
    jalon_engine.last_change(t.name) as last_change, t.on_delete, t.tracked_at, t.tracked_by
from jalon_engine.tracked t
cross join lateral (
    select array_agg(x.column_name order by x.position) as columns,
        array_agg(x.category order by x.position) as categories
    from jalon_engine.tracked_column x where x.tracked = t.name
) c;
comment on view jalon.tracked is 'Tables under Jalon: what is tracked, where its history lies, whether its triggers '
'are enabled, how many rows, the last change.';
comment on column jalon.tracked.name is 'Name in calls, views and addresses.';
comment on column jalon.tracked.table_name is 'The table.';
comment on column jalon.tracked.columns is 'Its status columns; the first is the status proper.';
comment on column jalon.tracked.categories is 'Their categories, in the same order.';
comment on column jalon.tracked.history_table is 'Its history.';
comment on column jalon.tracked.triggers_enabled is
'Whether all its triggers stand there, enabled; jalon.verify() looks closer.';
comment on column jalon.tracked.rows_estimate is 'Rows, as the planner last counted them; empty as long as it has not.';
comment on column jalon.tracked.last_change is 'The last change in its history.';
comment on column jalon.tracked.on_delete is 'What becomes of history when a record goes.';
comment on column jalon.tracked.tracked_at is 'Since when.';
comment on column jalon.tracked.tracked_by is 'By whom.';
grant select on jalon.tracked to jalon_dba;
