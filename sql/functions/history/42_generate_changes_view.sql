-- The two union views are made here from the registry; an empty registry gives empty views of the same columns.

create or replace function jalon_engine.generate_changes_view()
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    v_changes text;
    v_standing text;
    v_table record;
begin
    for v_table in
        select t as tracked, c as col
        from jalon_engine.tracked t
        join jalon_engine.tracked_column c on c.tracked = t.name
        where to_regclass(format('%I.%I', t.history_schema, t.history_name)) is not null
          and to_regprocedure(format('jalon_history.%I(timestamptz, text)', t.name || '_as_of')) is not null
        order by t.name, c.position
    loop
        v_changes := concat(v_changes, e'\nunion all\n', jalon_engine.changes_branch(v_table.tracked, v_table.col));
        v_standing := concat(v_standing, e'\nunion all\n', jalon_engine.standing_branch(v_table.tracked, v_table.col));
    end loop;
    if jalon_engine.renew('view', 'jalon_history.changes', $sql$create or replace view jalon_history.changes as
select null::text as tracked, null::text as record_key, null::text as column_name, null::text as category, null::text as case_type,
    null::text as old_code, null::text as new_code, null::integer as version, null::timestamptz as changed_at, null::timestamptz as stay_began,
    null::text as kind, null::text as changed_by, null::text as on_behalf_of, null::text as db_role, null::text as reason,
    null::jsonb as meta_data, null::integer as workflow_version, null::uuid as bulk_id, null::xid8 as transaction_id
where false$sql$ || coalesce(v_changes, ''), 'Generated for all tracked tables: every change of every status column, deletions included.') then
        perform jalon_engine.comment_columns('jalon_history.changes', jsonb_build_object(
            'tracked', 'Tracked table.', 'record_key', 'Key of the record, as text.', 'column_name', 'Status column that changed.',
            'category', 'Category of its codes.', 'case_type', 'Case type after the change; empty where the table has none.',
            'old_code', 'Code before; empty on creation.', 'new_code', 'Code after; empty on deletion.',
            'version', 'The record''s version after the change.', 'changed_at', 'When.',
            'stay_began', 'When the stay on the old code had begun.',
            'kind', 'create, move, force, migration, import, backfill, timer; delete or truncate where the record went.',
            'changed_by', 'By whom.', 'on_behalf_of', 'For whom, where another acted.', 'db_role', 'Database login it came through.',
            'reason', 'Why.', 'meta_data', 'Whatever else the writer gave along.', 'workflow_version', 'Version of the workflow that allowed it.',
            'bulk_id', 'The bulk call that it was part of.', 'transaction_id', 'Transaction that wrote it.'));
    end if;
    if jalon_engine.renew('view', 'jalon_history.standing', $sql$create or replace view jalon_history.standing as
select null::text as tracked, null::text as record_key, null::text as column_name, null::text as category, null::text as case_type,
    null::text as code, null::integer as version, null::timestamptz as entered_at
where false$sql$ || coalesce(v_standing, ''), 'Generated for all tracked tables: where every record stands now.') then
        perform jalon_engine.comment_columns('jalon_history.standing', jsonb_build_object(
            'tracked', 'Tracked table.', 'record_key', 'Key of the record, as text.', 'column_name', 'Status column.',
            'category', 'Category of its codes.', 'case_type', 'Case type; empty where the table has none.', 'code', 'Code it stands on.',
            'version', 'The record''s version.', 'entered_at', 'Since when it stands there.'));
    end if;
end
$$;
comment on function jalon_engine.generate_changes_view() is 'Makes or renews jalon_history.changes and jalon_history.standing from the registry of tracked tables.';

create or replace function jalon_engine.comment_columns(p_object text, p_comments jsonb)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_name text;
    v_comment text;
begin
    for v_name, v_comment in select e.key, e.value from jsonb_each_text(p_comments) e loop
        execute format('comment on column %s.%I is %L', p_object, v_name, v_comment);
    end loop;
end
$$;
comment on function jalon_engine.comment_columns(text, jsonb) is 'Comments on several columns at once.';

-- What schema recap is written on must exist when its files are loaded.
do $$
begin
    perform jalon_engine.generate_changes_view();
end
$$;
