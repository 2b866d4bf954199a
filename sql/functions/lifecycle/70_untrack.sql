-- Leaving Jalon, and bringing everything that is derived up to date.

create or replace function jalon.untrack(tracked text, drop_history boolean default false)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(untrack.tracked);
    v_table regclass := to_regclass(format('%I.%I', t.table_schema, t.table_name));
    v_object text;
    v_role text := coalesce(current_setting('role', true), 'none');
begin
    for v_object in select format('drop trigger %I on %s', g.tgname, g.tgrelid::regclass)
        from pg_catalog.pg_trigger g where g.tgparentid = 0 and g.tgname like '~jalon\_%'
          and g.tgrelid in (select v_table union all select p.relid from pg_partition_tree(v_table) p) loop
        execute v_object;
    end loop;
    perform set_config('role', 'jalon_owner', true);
    delete from jalon_engine.tracked x where x.name = t.name;
    perform jalon_engine.generate_door();
    perform jalon_engine.generate_at_once();
    perform jalon_engine.generate_row_reader();
    perform jalon_engine.generate_changes_view();
    for v_object in
        select format('drop function %s', p.oid::regprocedure) from pg_catalog.pg_proc p
        where p.pronamespace in ('jalon_generated'::regnamespace, 'jalon_history'::regnamespace)
          and obj_description(p.oid, 'pg_proc') like format('Generated for %s:%%', replace(t.name, '_', '\_'))
        union all
        select format('drop view %s', c.oid::regclass) from pg_catalog.pg_class c
        where c.relnamespace = 'jalon_history'::regnamespace and c.relkind = 'v'
          and obj_description(c.oid, 'pg_class') like format('Generated for %s:%%', replace(t.name, '_', '\_')) loop
        execute v_object;
    end loop;
    if untrack.drop_history then
        execute format('drop table %I.%I', t.history_schema, t.history_name);
    end if;
    perform set_config('role', v_role, true);
end
$$;
comment on function jalon.untrack(text, boolean) is 'Takes a table out of Jalon: its rules end, its history stays unless it is to be dropped.';
grant execute on function jalon.untrack(text, boolean) to jalon_dba;

create or replace function jalon.retrack_all()
returns integer
language plpgsql volatile
set search_path = ''
as $$
declare
    t jalon_engine.tracked;
    v_count integer := 0;
    v_role text := coalesce(current_setting('role', true), 'none');
begin
    for t in select * from jalon_engine.tracked x order by x.name loop
        continue when to_regclass(format('%I.%I', t.table_schema, t.table_name)) is null;
        perform set_config('role', 'jalon_owner', true);
        perform jalon_engine.generate(t.name);
        perform jalon_engine.grant_triggers(t.name);
        perform set_config('role', v_role, true);
        if pg_has_role(current_user, (select c.relowner from pg_catalog.pg_class c
                where c.oid = format('%I.%I', t.table_schema, t.table_name)::regclass), 'member') then
            perform jalon_engine.generate_triggers(t.name);
        end if;
        v_count := v_count + 1;
    end loop;
    perform set_config('role', 'jalon_owner', true);
    perform jalon_engine.generate_door();
    perform jalon_engine.generate_at_once();
    perform jalon_engine.generate_row_reader();
    perform jalon_engine.generate_changes_view();
    perform set_config('role', v_role, true);
    return v_count;
end
$$;
comment on function jalon.retrack_all() is 'Renews functions, views, partitions and triggers of every tracked table; what stands as wanted is not touched.';
grant execute on function jalon.retrack_all() to jalon_dba;

create or replace function jalon_engine.settle()
returns void
language plpgsql volatile
set search_path = ''
as $$
begin
    perform jalon_engine.compile_rules(c.code) from jalon_engine.category c;
    perform jalon_engine.keep_names();
    perform jalon.retrack_all();
end
$$;
comment on function jalon_engine.settle() is 'After a reload: rules compiled, tracked tables renewed.';
