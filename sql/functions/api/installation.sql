-- Where the installation stands, for those who watch its health: what `jalon status` says,
-- but for what only files know.

create or replace function jalon_api.installation(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('watch_health', p_caller => p_caller);
    return jalon_engine.ok(json_build_object(
        'server', current_setting('server_version'), 'major', current_setting('server_version_num')::integer / 10000,
        'database', current_database(), 'startedAt', pg_postmaster_start_time(),
        'migrations', (select coalesce(json_agg(d.id order by d.applied_at, d.id), '[]')
            from jalon_install.migration_digest d),
        'reload', (select json_build_object('digest', r.digest, 'at', r.reloaded_at) from jalon_install.reload r),
        'tables', (select coalesce(json_agg(json_build_object('name', t.name, 'table', t.table_name,
            'rows', t.rows_estimate, 'lastChange', t.last_change, 'triggersEnabled', t.triggers_enabled,
            'history', t.history_table) order by t.name), '[]') from jalon.tracked t),
        'partitions', (select coalesce(
            json_agg(json_build_object('table', p.table_name, 'until', p.until) order by p.until, p.table_name), '[]')
            from jalon.partitions p)
    ));
end
$$;
comment on function jalon_api.installation(text, jsonb, jsonb) is
'Server, applied migrations, last reload, tracked tables, and how far partitions reach.';

create or replace function jalon_api.verify(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('watch_health', p_caller => p_caller);
    return jalon_engine.ok(json_build_object('items', (
        select coalesce(json_agg(json_build_object('table', v.tracked_table, 'problem', v.problem,
            'detail', v.detail, 'hint', v.hint)), '[]') from jalon.verify(p_input ->> 'table') v)));
end
$$;
comment on function jalon_api.verify(text, jsonb, jsonb) is
'What jalon.verify finds, of one tracked table or of all; nothing is good news: {table}.';
