-- The history table of a tracked table: typed, narrow, partitioned by month, owned by jalon_owner.

create or replace function jalon_engine.generate_history(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_table regclass := format('%I.%I', t.table_schema, t.table_name)::regclass;
    v_history text := format('%I.%I', t.history_schema, t.history_name);
    v_columns text;
    v_column record;
    v_is_new boolean := to_regclass(v_history) is null;
begin
    if v_is_new then
        select string_agg(format('%I %s', x.name, x.type), ', ' order by x.position) into v_columns
        from (
            select 0 as position, t.workflow_column as name, jalon_engine.plain_type(a.atttypid, a.atttypmod) as type
            from pg_catalog.pg_attribute a where a.attrelid = v_table and a.attname = t.workflow_column
            union all
            select c.position * 2 + o.place, o.prefix || c.column_name, jalon_engine.plain_type(a.atttypid, a.atttypmod)
            from jalon_engine.tracked_column c
            join pg_catalog.pg_attribute a on a.attrelid = v_table and a.attname = c.column_name
            cross join (values (0, 'old_'), (1, 'new_')) o (place, prefix)
            where c.tracked = t.name
        ) x;
        execute format($sql$create table %1$s (
            id uuid not null, %2$I %3$s not null, %4$s,
            changed_at timestamptz not null, previous_changed_at timestamptz, changed_by text not null, reason text, meta_data jsonb,
            version integer not null, workflow_version integer, kind text not null, on_behalf_of text, db_role text not null,
            bulk_id uuid, transaction_id xid8 not null,
            constraint %5$I primary key (%2$I, version, changed_at)
        ) partition by range (changed_at)$sql$, v_history, t.history_key, t.key_type, v_columns, t.history_name || '_pk');
        execute format('create index %I on %s using brin (changed_at, previous_changed_at)', t.history_name || '_changed_at_idx', v_history);
        execute format('create table %I.%I partition of %s default', t.history_schema, t.history_name || '_default', v_history);
        if t.has_foreign_key then
            execute format('alter table %s add constraint %I foreign key (%I) references %I.%I (%I) on delete cascade',
                v_history, t.history_name || '_record_fk', t.history_key, t.table_schema, t.table_name, t.key_column);
        end if;
        execute format('comment on table %s is %L', v_history, format('Every change of %s: one row each, written by its trigger, never changed.', t.name));
        for v_column in
            select a.attname from pg_catalog.pg_attribute a where a.attrelid = v_history::regclass and a.attnum > 0 and not a.attisdropped
        loop
            execute format('comment on column %s.%I is %L', v_history, v_column.attname, jalon_engine.history_comment(t, v_column.attname));
        end loop;
    end if;
    perform jalon_engine.ensure_trigger(v_history, '_100_append_only', 'before update or delete', 'for each row', 'jalon_engine.tg_history__append_only');
    perform jalon_engine.ensure_trigger(v_history, '_110_no_truncate', 'before truncate', 'for each statement', 'jalon_engine.tg_history__append_only');
end
$$;
comment on function jalon_engine.generate_history(jalon_engine.tracked) is 'Creates the history table of a tracked table where it is missing, and its guards.';

create or replace function jalon_engine.history_comment(p_tracked jalon_engine.tracked, p_column text)
returns text
language sql stable
set search_path = ''
as $$
    select case
        when p_column = p_tracked.history_key then 'Key of the record.'
        when p_column = p_tracked.workflow_column then 'Case type after the change.'
        when p_column like 'old\_%' then format('%s before; empty on creation.', initcap(substr(p_column, 5)))
        when p_column like 'new\_%' then format('%s after.', initcap(substr(p_column, 5)))
        else (jsonb_build_object(
            'id', 'Identifier.', 'changed_at', 'When the change was made.',
            'previous_changed_at', 'When the stay that this change ends had begun.', 'changed_by', 'Who made it.',
            'reason', 'Why.', 'meta_data', 'Whatever else the writer gave along, as JSON.',
            'version', 'The record''s version after the change: 1, 2, 3, … without gaps.',
            'workflow_version', 'Version of the workflow that allowed it; 0 where the category is free.',
            'kind', 'create, move, force, migration, import, backfill or timer.',
            'on_behalf_of', 'For whom it was made, where another acted.', 'db_role', 'Database login it came through.',
            'bulk_id', 'The bulk call that it was part of.', 'transaction_id', 'Transaction that wrote it.')) ->> p_column
    end
$$;
comment on function jalon_engine.history_comment(jalon_engine.tracked, text) is 'What a column of a history table holds.';
