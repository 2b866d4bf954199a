-- What a change of the schema could break. The generated functions name columns; a column or table renamed under them would stop every write with a puzzling error.
-- Where Jalon was installed by a superuser an event trigger refuses the renaming at once, in a sentence. Elsewhere writes
-- stop (never pass unguarded) and jalon.verify() names the column.

create or replace function jalon_engine.tg_ddl__keep_names()
returns event_trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    v_table text;
    v_name text;
begin
    if to_regclass('jalon_engine.tracked_column') is null then
        return;
    end if;
    select format('%I.%I', n.nspname, c.relname), coalesce(w.name, 'the table') into v_table, v_name
    from (select distinct d.objid from pg_event_trigger_ddl_commands() d where d.classid = 'pg_catalog.pg_class'::regclass) d
    join pg_catalog.pg_class c on c.oid = d.objid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_trigger g on g.tgrelid = c.oid and g.tgname = '~jalon_900_stamp' and g.tgparentid = 0
    left join jalon_engine.tracked t on t.table_schema = n.nspname and t.table_name = c.relname
    left join lateral (
        select t.key_column as name union all select t.workflow_column union all select 'status_version' union all select 'status_changed_at'
        union all select k.column_name from jalon_engine.tracked_column k where k.tracked = t.name
    ) w on t.name is not null
    where t.name is null or (w.name is not null and not exists (
        select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = w.name and not a.attisdropped))
    limit 1;
    if found then
        perform jalon_engine.fail('JL504', jsonb_build_object('table', v_table, 'column', v_name), 'JL504.renamed');
    end if;
end
$$;
comment on function jalon_engine.tg_ddl__keep_names() is 'Refuses to rename a tracked table or a column that its triggers name.';

create or replace function jalon_engine.tg_ddl__keep_stamps()
returns event_trigger
language plpgsql volatile
set search_path = ''
as $$
declare
    v_name text;
begin
    for v_name in
        select distinct t.name from pg_event_trigger_ddl_commands() d
        join pg_catalog.pg_trigger g on g.oid = d.objid and d.classid = 'pg_catalog.pg_trigger'::regclass and not exists (
            select from pg_catalog.pg_proc f where f.oid = g.tgfoid and f.pronamespace = 'jalon_generated'::regnamespace)
        join jalon_engine.tracked t on to_regclass(format('%I.%I', t.table_schema, t.table_name)) = g.tgrelid
    loop
        perform jalon_engine.generate_triggers(v_name);
    end loop;
exception when insufficient_privilege then
    null;  -- whoever may not renew Jalon's trigger is refused when his own alters a status
end
$$;
comment on function jalon_engine.tg_ddl__keep_stamps() is 'Lets the stamp fire for every update once other triggers may alter rows of a tracked table.';

create or replace function jalon_engine.keep_names()
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_role text := coalesce(current_setting('role', true), 'none');
begin
    if not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = session_user) then
        return;
    end if;
    perform set_config('role', 'none', true);
    if not exists (select from pg_catalog.pg_event_trigger e where e.evtname = 'jalon_keep_names') then
        create event trigger jalon_keep_names on ddl_command_end when tag in ('ALTER TABLE') execute function jalon_engine.tg_ddl__keep_names();
        comment on event trigger jalon_keep_names is 'Tracked tables and the columns that their triggers name keep their names.';
    end if;
    if not exists (select from pg_catalog.pg_event_trigger e where e.evtname = 'jalon_keep_stamps') then
        create event trigger jalon_keep_stamps on ddl_command_end when tag in ('CREATE TRIGGER') execute function jalon_engine.tg_ddl__keep_stamps();
        comment on event trigger jalon_keep_stamps is 'A new trigger on a tracked table cannot alter a status behind the stamp.';
    end if;
    perform set_config('role', v_role, true);
end
$$;
comment on function jalon_engine.keep_names() is 'Puts the event trigger in place where the installing role is a superuser.';
