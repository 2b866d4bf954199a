-- One call puts a table under Jalon. Calling it again changes nothing, or brings the table to the new declaration. A
-- bare name of the table is resolved by the caller's search_path. It runs as its caller, who may alter the table; what
-- lies in Jalon's own schemas is made by functions of their owners, which take a table and options, never SQL.

create or replace function jalon.track(
    tracked regclass, status_column text default 'status', category text default null, columns jsonb default null,
    workflow_column text default null, key_column text default null, name text default null,
    history_key text default null, on_delete text default 'keep', relations jsonb default '{}',
    resolver text default null,
    changed_by_column text default null, add_missing_codes boolean default false, foreign_key boolean default false,
    move_permission text default 'move_freely', title text default null, subtitle text default null,
    shown_columns text[] default null
)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_options constant jsonb := jsonb_build_object(
        'columns', coalesce(track.columns, jsonb_build_object(track.status_column, track.category)),
        'workflow_column', track.workflow_column, 'key_column', track.key_column, 'name', track.name,
        'history_key', track.history_key, 'on_delete', track.on_delete, 'relations', track.relations,
        'resolver', track.resolver, 'changed_by_column', track.changed_by_column, 'foreign_key', track.foreign_key,
        'move_permission', track.move_permission, 'add_missing_codes', track.add_missing_codes, 'title',
        track.title, 'subtitle', track.subtitle, 'shown_columns', track.shown_columns);
    v_table constant regclass := track.tracked;
    v_is_new boolean;
    t jalon_engine.tracked;
begin
    perform jalon_engine.require_theirs(v_table, current_user);
    perform jalon_engine.require_table_owner(v_table, current_user);
    t := jalon_engine.describe_table(v_table, v_options);
    -- 1. As the caller: nobody writes meanwhile; two columns, and rights for Jalon's roles.
    execute format('lock table %s in share row exclusive mode', v_table);
    perform jalon_engine.add_own_columns(v_table);
    perform jalon_engine.grant_rights(v_table, t.key_column,
        array(select e from jsonb_object_keys(v_options -> 'columns') e), t.workflow_column, t.has_foreign_key);
    -- 2. As jalon_owner: the table is registered, its codes are known. As jalon_historian:
    -- history, functions and views.
    v_is_new := jalon_engine.register(v_table, v_options);
    perform jalon_history.generate(v_table);
    perform jalon_history.keep_keys(v_table);
    if v_is_new then
        perform jalon_history.backfill(v_table);
    end if;
    -- 3. As the caller: the triggers.
    perform jalon_engine.create_triggers(v_table);
    return t.name;
end
$$;
comment on function jalon.track(regclass, text, text, jsonb, text, text, text, text, text, jsonb, text, text,
    boolean, boolean, text, text, text, text[]) is
'Puts a table under Jalon: its status columns obey their workflows from now on, whoever writes, and every change '
'is recorded.';
grant execute on function jalon.track(regclass, text, text, jsonb, text, text, text, text, text, jsonb, text, text,
    boolean, boolean, text, text, text, text[]) to jalon_dba;

create or replace function jalon_engine.require_theirs(p_table regclass, p_caller name)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_class pg_catalog.pg_class;
    v_meant text;
begin
    select c.* into v_class from pg_catalog.pg_class c where c.oid = p_table;
    -- Modules put their own tables under Jalon, as jalon_owner. Everybody else who names one meant another: in the
    -- search_path of jalon_dba Jalon's schemas come first.
    if v_class.relnamespace::regnamespace::text !~ '^jalon(_|$)' or p_caller = 'jalon_owner' then
        return;
    end if;
    select string_agg(format('%I.%I', n.nspname, c.relname), ', ' order by n.nspname) into v_meant
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relname = v_class.relname and c.relkind in ('r', 'p')
        and n.nspname !~ '^(jalon(_|$)|pg_|information_schema$)';
    perform jalon_engine.fail('JL504', jsonb_build_object('table', v_class.relname, 'on', p_table::text,
        'meant', v_meant), case when v_meant is null then 'JL504.ours' else 'JL504.ambiguous' end);
end
$$;
comment on function jalon_engine.require_theirs(regclass, name) is
'Refuses to track a table of Jalon''s own; if the caller has one of that name, the refusal names both.';
grant execute on function jalon_engine.require_theirs(regclass, name) to jalon_dba;

create or replace function jalon_engine.register(p_table regclass, p_options jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.describe_table(p_table, p_options);
    v_columns constant jsonb := p_options -> 'columns';
    v_known jalon_engine.tracked;
    v_is_new boolean;
begin
    -- A role that may alter the table gave Jalon these rights; another has not.
    if not has_column_privilege('jalon_mover', p_table, 'status_version', 'select')
        or not has_table_privilege('jalon_owner', p_table, 'update') then
        perform jalon_engine.cannot_track(p_table::text, 'call jalon.track as its owner');
    end if;
    select * into v_known from jalon_engine.tracked x
    where x.table_schema = t.table_schema and x.table_name = t.table_name;
    v_is_new := not found;
    if not v_is_new and (v_known.name, v_known.key_column, v_known.history_key)
            is distinct from (t.name, t.key_column, t.history_key) then
        perform jalon_engine.cannot_track(t.table_name,
            format('it is tracked already as %s with the key %s; untrack it first', v_known.name, v_known.key_column));
    end if;
    insert into jalon_engine.tracked select t.*
    on conflict on constraint a_table_is_tracked_once do update set
        workflow_column = excluded.workflow_column, on_delete = excluded.on_delete, relations = excluded.relations,
        resolver = excluded.resolver, changed_by_column = excluded.changed_by_column,
        move_permission = excluded.move_permission, title_column = excluded.title_column,
        subtitle_column = excluded.subtitle_column, shown_columns = excluded.shown_columns
    where (jalon_engine.tracked.workflow_column, jalon_engine.tracked.on_delete, jalon_engine.tracked.relations,
           jalon_engine.tracked.resolver, jalon_engine.tracked.changed_by_column, jalon_engine.tracked.move_permission,
           jalon_engine.tracked.title_column, jalon_engine.tracked.subtitle_column, jalon_engine.tracked.shown_columns)
       is distinct from (excluded.workflow_column, excluded.on_delete, excluded.relations, excluded.resolver,
           excluded.changed_by_column, excluded.move_permission, excluded.title_column, excluded.subtitle_column,
           excluded.shown_columns);
    if not v_is_new and exists (
        select c.column_name, c.category from jalon_engine.tracked_column c where c.tracked = v_known.name
        except select e.key, e.value from jsonb_each_text(v_columns) e) then
        perform jalon_engine.cannot_track(t.table_name,
            'its status columns differ from those it is tracked with; untrack it first');
    end if;
    insert into jalon_engine.tracked_column (tracked, column_name, category, position)
    select t.name, e.key, e.value, row_number() over (order by
        -- jsonb forgets the order in which keys were written: the column called status
        -- comes first, then as in the table.
        e.key <> 'status', a.attnum)
    from jsonb_each_text(v_columns) e
    join pg_catalog.pg_attribute a on a.attname = e.key and a.attrelid = p_table
    on conflict do nothing;
    if v_is_new then
        perform jalon_engine.check_codes(t, p_table, v_columns,
            coalesce((p_options ->> 'add_missing_codes')::boolean, false));
        perform jalon_engine.compile_rules(e.value) from jsonb_each_text(v_columns) e;
        if (p_options ->> 'add_missing_codes')::boolean is not true then
            perform jalon_engine.check_places(t, p_table);
        end if;
    end if;
    return v_is_new;
end
$$;
comment on function jalon_engine.register(regclass, jsonb) is 'Enters a table in the registry; says whether it is new '
'there. Refuses a table whose owner has not given Jalon its rights.';
grant execute on function jalon_engine.register(regclass, jsonb) to jalon_dba;

create or replace function jalon.untrack(tracked text, drop_history boolean default false)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant regclass := jalon_engine.tracked_table(untrack.tracked);
begin
    -- 1. As the caller, who may alter the table: its triggers go.
    if v_table is not null then
        perform jalon_engine.require_table_owner(v_table, current_user);
        perform jalon_engine.drop_triggers(v_table);
    end if;
    -- 2. What Jalon made for it goes, the history only if that is wanted. Refuses if triggers of ours are left.
    perform jalon_history.ungenerate(untrack.tracked, untrack.drop_history);
    perform jalon_engine.unregister(untrack.tracked);
    perform jalon_history.generate_shared();
    if v_table is not null then
        perform jalon_engine.revoke_rights(v_table);
    end if;
end
$$;
comment on function jalon.untrack(text, boolean) is
'Takes a table out of Jalon: its rules end, its history stays unless it is to be dropped.';
grant execute on function jalon.untrack(text, boolean) to jalon_dba;

create or replace function jalon_engine.tracked_table(p_tracked text)
returns regclass
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.table_of(jalon_engine.tracked_of(p_tracked)) $$;
comment on function jalon_engine.tracked_table(text) is 'The table that is tracked under a name; empty if it is gone.';
grant execute on function jalon_engine.tracked_table(text) to jalon_dba;

create or replace function jalon_engine.require_no_triggers(p_tracked text)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant regclass := jalon_engine.tracked_table(p_tracked);
begin
    if exists (select from pg_catalog.pg_trigger g
            where g.tgrelid = v_table and not g.tgisinternal and g.tgname ~ '^[~_]jalon_') then
        perform jalon_engine.cannot_track(v_table::text, 'its triggers are in place; call jalon.untrack as its owner');
    end if;
end
$$;
comment on function jalon_engine.require_no_triggers(text) is
'Refuses to forget a table whose triggers are in place: only whoever may drop them may untrack it.';

create or replace function jalon_engine.unregister(p_tracked text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_no_triggers(p_tracked);
    delete from jalon_engine.tracked x where x.name = (jalon_engine.tracked_of(p_tracked)).name;
end
$$;
comment on function jalon_engine.unregister(text) is 'Takes a table without triggers of ours out of the registry.';
grant execute on function jalon_engine.unregister(text) to jalon_dba;

create or replace function jalon.retrack_all()
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table regclass;
    v_count integer := 0;
begin
    for v_table in select x from jalon_engine.tracked_tables() x loop
        perform jalon_history.generate(v_table);
        if pg_has_role(current_user, (select c.relowner from pg_catalog.pg_class c where c.oid = v_table),
                'member') then
            perform jalon_engine.create_triggers(v_table);
        end if;
        v_count := v_count + 1;
    end loop;
    perform jalon_history.generate_shared();
    return v_count;
end
$$;
comment on function jalon.retrack_all() is
'Renews functions, views, partitions and triggers of every tracked table; what is as it should be is not touched.';
grant execute on function jalon.retrack_all() to jalon_dba;

create or replace function jalon_engine.tracked_tables()
returns setof regclass
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select r from (select t.name, jalon_engine.table_of(t) as r from jalon_engine.tracked t) x where x.r is not null
    order by x.name
$$;
comment on function jalon_engine.tracked_tables() is 'Every tracked table that is there.';
grant execute on function jalon_engine.tracked_tables() to jalon_dba;

create or replace function jalon_engine.refresh_derived()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.compile_rules(c.code) from jalon_engine.category c;
    perform jalon_engine.protect_names();
    perform jalon.retrack_all();
end
$$;
comment on function jalon_engine.refresh_derived() is 'After a reload: rules compiled, tracked tables renewed.';
