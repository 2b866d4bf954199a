-- What a table would be registered as, and whether it can be.

create or replace function jalon_engine.describe_table(p_table regclass, p_options jsonb)
returns jalon_engine.tracked
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_columns constant jsonb := p_options -> 'columns';
    v_class record;
    v_key record;
    t jalon_engine.tracked;
begin
    select c.relname, n.nspname into v_class
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = p_table;
    perform jalon_engine.check_kind(p_table);
    perform jalon_engine.check_columns(p_table, v_columns, p_options ->> 'workflow_column');
    select * into v_key from jalon_engine.key_of(p_table, p_options ->> 'key_column');
    perform jalon_engine.check_own_columns(p_table, p_options ->> 'changed_by_column');

    t.name := jalon_engine.name_to_track(p_table, p_options ->> 'name');
    t.table_schema := v_class.nspname;
    t.table_name := v_class.relname;
    t.key_column := v_key.name;
    t.key_type := v_key.type;
    t.workflow_column := p_options ->> 'workflow_column';
    t.history_schema := 'jalon_history';
    t.history_name := jalon_engine.free_history_name(t);
    t.history_key := coalesce(p_options ->> 'history_key',
        jalon_engine.usual_history_key(t.table_name, t.key_column));
    t.on_delete := coalesce(p_options ->> 'on_delete', 'keep');
    t.relations := coalesce(p_options -> 'relations', '{}');
    t.resolver := p_options ->> 'resolver';
    t.changed_by_column := p_options ->> 'changed_by_column';
    t.has_foreign_key := coalesce((p_options ->> 'foreign_key')::boolean, false);
    t.move_permission := coalesce(p_options ->> 'move_permission', 'move_freely');
    t.title_column := p_options ->> 'title';
    t.subtitle_column := p_options ->> 'subtitle';
    t.shown_columns := array(select c from jsonb_array_elements_text(nullif(p_options -> 'shown_columns', 'null')) c);
    t.shown_columns := nullif(t.shown_columns, '{}');
    t.tracked_at := now();
    t.tracked_by := jalon_engine.actor();
    if t.has_foreign_key and t.on_delete = 'keep' then
        perform jalon_engine.cannot_track(p_table::text, 'a foreign key takes the history along when the record goes; '
            'say on_delete => cascade or refuse, or leave the foreign key out');
    end if;
    if t.resolver is not null then
        perform jalon_engine.require_callable(t.resolver, 'text,text');
    end if;
    perform jalon_engine.check_relations(p_table, t.relations);
    perform jalon_engine.check_shown_columns(p_table, array[t.title_column, t.subtitle_column] || t.shown_columns);
    return t;
end
$$;
comment on function jalon_engine.describe_table(regclass, jsonb) is
'What a table would be registered as; refuses a table that cannot be tracked.';
grant execute on function jalon_engine.describe_table(regclass, jsonb) to jalon_dba;

create or replace function jalon_engine.name_to_track(p_table regclass, p_name text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_schema text;
    v_table text;
    v_name text;
begin
    select n.nspname, c.relname into v_schema, v_table
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = p_table;
    v_name := coalesce(p_name, case
        when exists (select from jalon_engine.tracked x
            where x.name = v_table and (x.table_schema, x.table_name) <> (v_schema, v_table))
        then v_schema || '_' || v_table else v_table end);
    if octet_length(v_name) > 40 then
        perform jalon_engine.cannot_track(p_table::text,
            format('the name %s is longer than 40 characters; give a shorter one with name =>', v_name));
    end if;
    if exists (select from jalon_engine.tracked x
            where x.name = v_name and (x.table_schema, x.table_name) <> (v_schema, v_table)) then
        perform jalon_engine.cannot_track(p_table::text,
            format('the name %s is taken; give another with name =>', v_name));
    end if;
    return v_name;
end
$$;
comment on function jalon_engine.name_to_track(regclass, text) is
'The name under which a table is tracked, the one asked for or its own; refuses one that is taken or too long.';

create or replace function jalon_engine.free_history_name(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Another table's history, or a month of it, may have that name.
    select case
        when not exists (select from jalon_engine.tracked x
            where x.history_name = h.name and x.table_schema = p_tracked.table_schema
                and x.table_name = p_tracked.table_name)
            and (exists (select from jalon_engine.tracked x where x.history_name = h.name)
                or exists (select from pg_catalog.pg_class c
                    where c.relnamespace = 'jalon_history'::regnamespace and (c.relname = h.name and c.relispartition
                        or c.relname = h.name || '_default' and c.relkind <> 'r')))
        then jalon_engine.cut(h.name, 39) || '_'
            || left(md5(p_tracked.table_schema || '.' || p_tracked.table_name), 10)
        else h.name end
    from (select jalon_engine.history_name(p_tracked) as name) h
$$;
comment on function jalon_engine.free_history_name(jalon_engine.tracked) is
'What a table''s history is to be called: by its schema and name, unless another history is called so.';

create or replace function jalon_engine.check_kind(p_table regclass)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_class pg_catalog.pg_class;
begin
    select c.* into v_class from pg_catalog.pg_class c where c.oid = p_table;
    if v_class.relkind not in ('r', 'p') or v_class.relispartition or v_class.relpersistence = 't' then
        perform jalon_engine.cannot_track(p_table::text,
            case when v_class.relispartition then 'it is a partition; track its parent'
                when v_class.relpersistence = 't' then 'it is temporary' else 'it is not a table' end);
    end if;
    if v_class.relkind = 'r' and exists (select from pg_catalog.pg_inherits i where i.inhparent = p_table) then
        perform jalon_engine.cannot_track(p_table::text, 'other tables inherit from it, '
            'and their rows would pass its triggers; track those, or make them partitions');
    end if;
    if v_class.relrowsecurity then
        perform jalon_engine.cannot_track(p_table::text, 'row level security is on, '
            'and its history would show what the policies hide; keep such rows in a table of their own');
    end if;
end
$$;
comment on function jalon_engine.check_kind(regclass) is 'Refuses what is not a table of its own, or hides rows.';

create or replace function jalon_engine.history_name(p_tracked jalon_engine.tracked)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- Months are named after it, so it is shorter than a name may be.
    select case when octet_length(n.name) <= 50 and n.name !~ '__.*__|___' then n.name
        else jalon_engine.cut(n.name, 39) || '_' || left(md5(n.whole), 10) end
    from (select p_tracked.table_schema || '__' || p_tracked.table_name as name,
            p_tracked.table_schema || '.' || p_tracked.table_name as whole) n
$$;
comment on function jalon_engine.history_name(jalon_engine.tracked) is
'<schema>__<table>, with a digest if it is long, or could be read as the name of another.';

create or replace function jalon_engine.check_own_columns(p_table regclass, p_changed_by text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_column record;
begin
    for v_column in
        select a.attname, format_type(a.atttypid, null) as type, a.attgenerated, a.attidentity, a.attnotnull,
            y.typnamespace = 'pg_catalog'::regnamespace as is_plain
        from pg_catalog.pg_attribute a join pg_catalog.pg_type y on y.oid = a.atttypid
        where a.attrelid = p_table and not a.attisdropped
            and a.attname in ('status_version', 'status_changed_at', p_changed_by)
    loop
        if v_column.attname = p_changed_by then
            if not v_column.is_plain or v_column.attgenerated <> '' then
                perform jalon_engine.cannot_track(p_table::text,
                    format('%s cannot name who changed a record: its type is somebody''s own, or it is generated',
                        p_changed_by));
            end if;
        elsif v_column.type || ' ' || v_column.attname not in ('integer status_version',
                'timestamp with time zone status_changed_at')
            or v_column.attgenerated <> '' or v_column.attidentity <> '' or not v_column.attnotnull then
            perform jalon_engine.cannot_track(p_table::text,
                format('it has a column of another kind that Jalon needs: %s %s', v_column.type, v_column.attname));
        end if;
    end loop;
    if p_changed_by is not null and not exists (select from pg_catalog.pg_attribute a
            where a.attrelid = p_table and a.attname = p_changed_by and not a.attisdropped) then
        perform jalon_engine.cannot_track(p_table::text, format('it has no column %s', p_changed_by));
    end if;
end
$$;
comment on function jalon_engine.check_own_columns(regclass, text) is
'Refuses a table whose columns for version, time or actor are of a kind that Jalon cannot keep.';

create or replace function jalon_engine.check_relations(p_table regclass, p_relations jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_missing text;
begin
    select e.value into v_missing from jsonb_each_text(p_relations) e
    where not exists (select from pg_catalog.pg_attribute a
        where a.attrelid = p_table and a.attname = e.value and a.attnum > 0 and not a.attisdropped) limit 1;
    if found then
        perform jalon_engine.cannot_track(p_table::text, format('it has no column %s', v_missing));
    end if;
end
$$;
comment on function jalon_engine.check_relations(regclass, jsonb) is
'Refuses relations to columns that the table lacks.';
