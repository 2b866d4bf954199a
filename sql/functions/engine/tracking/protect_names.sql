-- What a change of the schema could break. The generated functions name columns; a column or table renamed under them
-- would stop every write with a puzzling error, and one that is dropped takes its triggers along. Where a superuser
-- installed Jalon, event triggers refuse that at once, and say what does it instead.
-- Elsewhere writes stop (they never pass unchecked) and jalon.verify() names the column.

create or replace function jalon_engine.named_columns(p_tracked jalon_engine.tracked)
returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select unnest(jalon_engine.checked_columns(p_tracked))
    union select p_tracked.changed_by_column where p_tracked.changed_by_column is not null
    union select e.value from jsonb_each_text(p_tracked.relations) e
$$;
comment on function jalon_engine.named_columns(jalon_engine.tracked) is
'The columns of a tracked table that its triggers name.';

create or replace function jalon_engine.check_renaming(p_objects oid[])
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table regclass;
    v_column text;
    v_schema text;
    t jalon_engine.tracked;
begin
    if to_regclass('jalon_engine.tracked_column') is null
        or to_regprocedure('jalon_engine.named_columns(jalon_engine.tracked)') is null then
        return;  -- on the way back
    end if;
    for v_table, v_schema in select c.oid, n.nspname from unnest(p_objects) o (oid)
        join pg_catalog.pg_class c on c.oid = o.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_trigger g on g.tgrelid = c.oid and g.tgname = '~jalon_before_update' and g.tgparentid = 0
    loop
        select x.* into t from jalon_engine.tracked x where jalon_engine.table_of(x) = v_table;
        if not found then
            perform jalon_engine.fail('JL504', jsonb_build_object('table', v_table::text, 'column', 'the table'),
                'JL504.table_renamed');
        end if;
        select w.name into v_column from jalon_engine.named_columns(t) w (name) where not exists (
            select from pg_catalog.pg_attribute a
            where a.attrelid = v_table and a.attname = w.name and not a.attisdropped);
        if found then
            perform jalon_engine.fail('JL504', jsonb_build_object('table', v_table::text, 'column', v_column,
                'name', t.name), 'JL504.renamed');
        end if;
        -- Each generated function works on the types that it was made for.
        if exists (select from pg_catalog.pg_proc p cross join (values
                    ('__before_update', '~jalon_before_update', 'BEFORE'),
                    ('__after_update', '_jalon_after_update', 'AFTER')) w (suffix, trigger_name, fires)
                where p.oid = to_regprocedure(format('jalon_generated.%I()',
                        jalon_engine.generated_name(t, w.suffix)))
                    and strpos(p.prosrc,
                        jalon_engine.in_place_sql(t, w.trigger_name, w.fires, 'ROW', 'UPDATE')) = 0) then
            perform jalon_engine.fail('JL504', jsonb_build_object('table', v_table::text, 'name', t.name),
                'JL504.retyped');
        end if;
    end loop;
end
$$;
comment on function jalon_engine.check_renaming(oid[]) is
'Refuses to rename a tracked table, or to rename or retype a column that its triggers name.';

create or replace function jalon_engine.check_dropping(p_dropped jsonb)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table text;
    v_name text;
    v_column text;
begin
    if to_regclass('jalon_engine.tracked_column') is null
        or to_regprocedure('jalon_engine.named_columns(jalon_engine.tracked)') is null then
        return;  -- on the way back
    end if;
    -- What was dropped is not in the catalogue any more: it is known by its schema, name and column.
    select format('%I.%I', t.table_schema, t.table_name), t.name, d.names ->> 2 into v_table, v_name, v_column
    from jsonb_array_elements(p_dropped) d (names)
    join jalon_engine.tracked t on (t.table_schema, t.table_name) = (d.names ->> 0, d.names ->> 1)
    where d.names ->> 2 is null or d.names ->> 2 in (select jalon_engine.named_columns(t))
    limit 1;
    if found then
        perform jalon_engine.fail('JL504', jsonb_build_object('table', v_table, 'name', v_name, 'column', v_column),
            case when v_column is null then 'JL504.dropped' else 'JL504.column_dropped' end);
    end if;
end
$$;
comment on function jalon_engine.check_dropping(jsonb) is
'Refuses to drop a tracked table, or a column that its triggers name: [[schema, table, column], …].';

create or replace function jalon_engine.make_event_function()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The function belongs to the superuser whose event triggers they are: whoever owned it could become that
    -- superuser. It calls two functions of jalon_owner's, and these only as long as they run as jalon_owner.
    create or replace function jalon_engine.on_schema_change() returns event_trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $body$
    declare
        v_is_drop constant boolean := tg_event = 'sql_drop';
        v_statement text;
    begin
        -- On the way back the tables go first, and no function that names their row types can be called any more.
        if to_regclass('jalon_engine.tracked_column') is not null
            and (select p.prosecdef and pg_get_userbyid(p.proowner) = 'jalon_owner' from pg_catalog.pg_proc p
                where p.oid = to_regprocedure(case when v_is_drop then 'jalon_engine.check_dropping(jsonb)'
                    else 'jalon_engine.check_renaming(oid[])' end)) then
            if v_is_drop then
                perform jalon_engine.check_dropping((select coalesce(jsonb_agg(to_jsonb(d.address_names)), '[]')
                    from pg_event_trigger_dropped_objects() d where d.object_type in ('table', 'table column')));
            else
                perform jalon_engine.check_renaming(array(select distinct d.objid from pg_event_trigger_ddl_commands() d
                    where d.classid = 'pg_catalog.pg_class'::regclass));
            end if;
        end if;
        if v_is_drop then
            return;
        end if;
        -- A statement trigger is not cloned to partitions that come later.
        for v_statement in
            select distinct format('create trigger %I before truncate on %s for each statement execute function %s()',
                g.tgname, p.relid::regclass, g.tgfoid::regproc)
            from pg_event_trigger_ddl_commands() d
            cross join lateral pg_partition_tree(d.objid) p
            cross join lateral pg_partition_ancestors(d.objid) a
            join pg_catalog.pg_trigger g on g.tgrelid = a.relid and g.tgname = '_jalon_before_truncate'
            where d.classid = 'pg_catalog.pg_class'::regclass
              and not exists (select from pg_catalog.pg_trigger o where o.tgrelid = p.relid and o.tgname = g.tgname)
        loop
            execute v_statement;
        end loop;
    end
    $body$;
    revoke execute on function jalon_engine.on_schema_change() from public;
    comment on function jalon_engine.on_schema_change() is 'Generated for the event triggers of Jalon: asks '
    'jalon_engine.check_renaming and check_dropping, as jalon_owner, and guards new partitions against TRUNCATE.';
end
$$;
comment on function jalon_engine.make_event_function() is
'Makes the function of the event triggers, as the superuser who calls this.';

create or replace function jalon_engine.protect_names()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_role text := coalesce(current_setting('role', true), 'none');
begin
    if not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = session_user) then
        return;
    end if;
    perform set_config('role', 'none', true);
    perform jalon_engine.make_event_function();
    if not exists (select from pg_catalog.pg_event_trigger e where e.evtname = 'jalon_protect_names') then
        -- Each of these renames a table or a column of one.
        create event trigger jalon_protect_names on ddl_command_end
            when tag in ('ALTER TABLE', 'ALTER INDEX', 'ALTER VIEW',
                'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER SEQUENCE', 'ALTER TYPE', 'CREATE TABLE')
        execute function jalon_engine.on_schema_change();
        comment on event trigger jalon_protect_names is
        'Tracked tables and the columns that their triggers name keep their names and types.';
    end if;
    if not exists (select from pg_catalog.pg_event_trigger e where e.evtname = 'jalon_protect_tables') then
        -- A caller who drops a whole schema, or all that a role owns, means it.
        create event trigger jalon_protect_tables on sql_drop
            when tag in ('DROP TABLE', 'ALTER TABLE', 'DROP TYPE', 'DROP DOMAIN')
        execute function jalon_engine.on_schema_change();
        comment on event trigger jalon_protect_tables is
        'Tracked tables, and the columns that their triggers name, are not dropped.';
    end if;
    perform set_config('role', v_role, true);
end
$$;
comment on function jalon_engine.protect_names() is 'Makes the event triggers if the installing role is a superuser.';
