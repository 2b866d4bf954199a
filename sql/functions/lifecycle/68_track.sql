-- One call puts a table under Jalon. Calling it again changes nothing, or brings the table to the new declaration.

create or replace function jalon.track(
    tracked text, status_column text default 'status', category text default null, columns jsonb default null,
    workflow_column text default null, key_column text default null, name text default null, history text default null,
    history_key text default null, on_delete text default 'keep', relations jsonb default '{}', resolver text default null,
    changed_by_column text default null, add_missing_codes boolean default false, foreign_key boolean default false
)
returns text
language plpgsql volatile
set search_path = ''
as $$
declare
    v_table regclass := to_regclass(track.tracked);
    v_columns jsonb := coalesce(track.columns, jsonb_build_object(track.status_column, track.category));
    v_key record;
    v_class record;
    t jalon_engine.tracked;
    v_is_new boolean;
    v_role text := coalesce(current_setting('role', true), 'none');
begin
    if v_table is null then
        perform jalon_engine.cannot_track(track.tracked, 'there is no such table');
    end if;
    select c.relname, n.nspname, c.relkind, c.relispartition into v_class
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = v_table;
    if v_class.relkind not in ('r', 'p') or v_class.relispartition then
        perform jalon_engine.cannot_track(track.tracked, case when v_class.relispartition then 'it is a partition; track its parent' else 'it is not a table' end);
    end if;
    if v_class.relkind = 'r' and exists (select from pg_catalog.pg_inherits i where i.inhparent = v_table) then
        perform jalon_engine.cannot_track(track.tracked, 'other tables inherit from it, and their rows would pass its triggers; track those, or make them partitions');
    end if;
    perform jalon_engine.check_columns(v_table, v_columns, track.workflow_column);
    select * into v_key from jalon_engine.key_of(v_table, track.key_column);

    t.name := coalesce(track.name, case when exists (select from jalon_engine.tracked x where x.name = v_class.relname
                  and (x.table_schema, x.table_name) <> (v_class.nspname, v_class.relname)) then v_class.nspname || '_' end || v_class.relname, v_class.relname);
    if length(t.name) > 40 then
        perform jalon_engine.cannot_track(track.tracked, format('the name %s is longer than 40 characters; give a shorter one with name =>', t.name));
    end if;
    t.table_schema := v_class.nspname;
    t.table_name := v_class.relname;
    t.key_column := v_key.name;
    t.key_type := v_key.type;
    t.workflow_column := track.workflow_column;
    t.history_schema := case when position('.' in track.history) > 0 then split_part(track.history, '.', 1) else t.table_schema end;
    t.history_name := coalesce(nullif(split_part(track.history, '.', 2), ''), track.history, t.table_name || '_history');
    if octet_length(t.history_name) > 45 then
        perform jalon_engine.cannot_track(track.tracked, format('the name %s is too long for a history, whose months are named after it; give a shorter one with history =>', t.history_name));
    end if;
    t.history_key := coalesce(track.history_key, t.table_name || '_' || case when t.key_column = 'id' then 'id' else t.key_column end);
    t.on_delete := track.on_delete;
    t.relations := track.relations;
    t.resolver := track.resolver;
    t.changed_by_column := track.changed_by_column;
    t.has_foreign_key := track.foreign_key;
    -- Neither a partitioned table nor one that inherits can have row triggers that see all rows of a statement.
    t.mode := case when v_class.relkind = 'p' or exists (select from pg_catalog.pg_inherits i where i.inhrelid = v_table) then 'row' else 'statement' end;
    t.tracked_at := now();
    t.tracked_by := jalon_engine.actor();

    perform jalon_engine.add_stamps(v_table);
    perform set_config('role', 'jalon_owner', true);
    v_is_new := jalon_engine.register(t, v_columns);
    if v_is_new then
        execute format('lock table %s in share row exclusive mode', v_table);
        perform jalon_engine.check_codes(v_table, v_columns, track.add_missing_codes);
        perform jalon_engine.compile_rules(e.value) from jsonb_each_text(v_columns) e;
    end if;
    perform jalon_engine.generate(t.name);
    if v_is_new then
        perform jalon_engine.backfill(t.name);
    end if;
    perform jalon_engine.grant_triggers(t.name);
    perform set_config('role', v_role, true);
    perform jalon_engine.generate_triggers(t.name);
    return t.name;
end
$$;
comment on function jalon.track(text, text, text, jsonb, text, text, text, text, text, text, jsonb, text, text, boolean, boolean) is
'Puts a table under Jalon: its status columns obey their workflows from now on, whoever writes, and every change is remembered.';
grant execute on function jalon.track(text, text, text, jsonb, text, text, text, text, text, text, jsonb, text, text, boolean, boolean) to jalon_dba;
