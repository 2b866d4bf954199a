-- What a change of the schema could break. The generated functions name columns; a column or table renamed under them
-- would stop every write with a puzzling error. Where a superuser installed Jalon, an event trigger
-- refuses the renaming at once.
-- Elsewhere writes stop (they never pass unchecked) and jalon.verify() names the column.

create or replace function jalon_engine.check_renaming(p_objects oid[])
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table text;
    v_name text;
begin
    if to_regclass('jalon_engine.tracked_column') is null then
        return;  -- on the way back
    end if;
    select c.oid::regclass::text, coalesce(w.name, 'the table') into v_table, v_name
    from unnest(p_objects) o (oid)
    join pg_catalog.pg_class c on c.oid = o.oid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_trigger g on g.tgrelid = c.oid and g.tgname = '~jalon_before_update' and g.tgparentid = 0
    left join jalon_engine.tracked t on t.table_schema = n.nspname and t.table_name = c.relname
    left join lateral (
        select t.key_column as name union all select t.workflow_column union all select 'status_version'
        union all select 'status_changed_at'
        union all select k.column_name from jalon_engine.tracked_column k where k.tracked = t.name
        union all select e.value from jsonb_each_text(t.relations) e
    ) w on t.name is not null
    where t.name is null or (w.name is not null and not exists (
        select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = w.name and not a.attisdropped))
    limit 1;
    if found then
        perform jalon_engine.fail('JL504', jsonb_build_object('table', v_table, 'column', v_name), 'JL504.renamed');
    end if;
end
$$;
comment on function jalon_engine.check_renaming(oid[]) is
'Refuses to rename a tracked table, or to rename or drop a column that its triggers name.';

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
    -- The function belongs to the superuser whose event trigger it is: whoever owned it could become that superuser. It
    -- calls one function of jalon_owner's, and that only as long as it runs as jalon_owner.
    create or replace function jalon_engine.on_ddl_command_end() returns event_trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $body$
    declare
        v_statement text;
    begin
        if (select p.prosecdef and pg_get_userbyid(p.proowner) = 'jalon_owner' from pg_catalog.pg_proc p
                where p.oid = to_regprocedure('jalon_engine.check_renaming(oid[])')) then
            perform jalon_engine.check_renaming(array(select distinct d.objid from pg_event_trigger_ddl_commands() d
                where d.classid = 'pg_catalog.pg_class'::regclass));
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
    revoke execute on function jalon_engine.on_ddl_command_end() from public;
    comment on function jalon_engine.on_ddl_command_end() is 'Generated for the event trigger jalon_protect_names: '
    'asks jalon_engine.check_renaming, as jalon_owner, and guards new partitions against TRUNCATE.';
    if not exists (select from pg_catalog.pg_event_trigger e where e.evtname = 'jalon_protect_names') then
        -- Each of these renames a table or a column of one.
        create event trigger jalon_protect_names on ddl_command_end
            when tag in ('ALTER TABLE', 'ALTER INDEX', 'ALTER VIEW',
                'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER SEQUENCE', 'ALTER TYPE', 'CREATE TABLE')
        execute function jalon_engine.on_ddl_command_end();
        comment on event trigger jalon_protect_names is
        'Tracked tables and the columns that their triggers name keep their names.';
    end if;
    perform set_config('role', v_role, true);
end
$$;
comment on function jalon_engine.protect_names() is 'Makes the event trigger if the installing role is a superuser.';
