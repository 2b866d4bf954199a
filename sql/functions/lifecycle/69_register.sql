-- The registry's side of jalon.track.

create or replace function jalon_engine.register(p_tracked jalon_engine.tracked, p_columns jsonb)
returns boolean
language plpgsql volatile
set search_path = ''
as $$
declare
    v_known jalon_engine.tracked;
    v_is_new boolean;
begin
    select * into v_known from jalon_engine.tracked t where t.table_schema = p_tracked.table_schema and t.table_name = p_tracked.table_name;
    v_is_new := not found;
    if not v_is_new and (v_known.name, v_known.key_column, v_known.history_schema, v_known.history_name, v_known.history_key)
           is distinct from (p_tracked.name, p_tracked.key_column, p_tracked.history_schema, p_tracked.history_name, p_tracked.history_key) then
        perform jalon_engine.cannot_track(p_tracked.table_name, format('it is tracked already as %s with the history %s.%s; untrack it first',
            v_known.name, v_known.history_schema, v_known.history_name));
    end if;
    insert into jalon_engine.tracked select p_tracked.*
    on conflict on constraint a_table_is_tracked_once do update set
        workflow_column = excluded.workflow_column, on_delete = excluded.on_delete, relations = excluded.relations,
        resolver = excluded.resolver, changed_by_column = excluded.changed_by_column, mode = excluded.mode
    where (jalon_engine.tracked.workflow_column, jalon_engine.tracked.on_delete, jalon_engine.tracked.relations, jalon_engine.tracked.resolver,
           jalon_engine.tracked.changed_by_column, jalon_engine.tracked.mode)
       is distinct from (excluded.workflow_column, excluded.on_delete, excluded.relations, excluded.resolver, excluded.changed_by_column, excluded.mode);
    if not v_is_new and exists (
        select c.column_name, c.category from jalon_engine.tracked_column c where c.tracked = v_known.name
        except select e.key, e.value from jsonb_each_text(p_columns) e) then
        perform jalon_engine.cannot_track(p_tracked.table_name, 'its status columns differ from those it is tracked with; untrack it first');
    end if;
    insert into jalon_engine.tracked_column (tracked, column_name, category, position)
    select p_tracked.name, e.key, e.value, row_number() over (order by
        -- jsonb forgets the order in which keys were written: the column called status comes first, then as in the table.
        e.key <> 'status', a.attnum)
    from jsonb_each_text(p_columns) e
    join pg_catalog.pg_attribute a on a.attname = e.key
        and a.attrelid = format('%I.%I', p_tracked.table_schema, p_tracked.table_name)::regclass
    on conflict do nothing;
    return v_is_new;
end
$$;
comment on function jalon_engine.register(jalon_engine.tracked, jsonb) is 'Enters a table in the registry; says whether it is new there.';

create or replace function jalon_engine.backfill(p_name text)
returns bigint
language plpgsql volatile
set search_path = ''
as $$
declare
    t jalon_engine.tracked;
    v_columns text;
    v_values text;
    v_count bigint;
begin
    select * into strict t from jalon_engine.tracked x where x.name = p_name;
    select string_agg(format(', %I', 'new_' || c.column_name), '' order by c.position), string_agg(format(', x.%I', c.column_name), '' order by c.position)
    into v_columns, v_values from jalon_engine.tracked_column c where c.tracked = p_name;
    if t.workflow_column is not null then
        v_columns := v_columns || format(', %I', t.workflow_column);
        v_values := v_values || format(', x.%I', t.workflow_column);
    end if;
    -- A row that history knows already (the table was under Jalon before) gets no second beginning.
    execute format('insert into %1$I.%2$I (id, %3$I%4$s, version, changed_at, kind, changed_by, db_role, workflow_version, transaction_id)
        select %5$s, x.%6$I%7$s, x.status_version, x.status_changed_at, ''backfill'', $1, session_user, null, pg_current_xact_id()
        from %8$I.%9$I x where not exists (select from %1$I.%2$I h where h.%3$I = x.%6$I)',
        t.history_schema, t.history_name, t.history_key, v_columns,
        jalon_engine.derived_id(t, 'x'),
        t.key_column, v_values, t.table_schema, t.table_name) using t.tracked_by;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
comment on function jalon_engine.backfill(text) is 'Writes a first history row, marked as backfill, for every row that history does not know.';

create or replace function jalon_engine.grant_triggers(p_name text)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_owner text := (select pg_get_userbyid(c.relowner) from jalon_engine.tracked t
        join pg_catalog.pg_class c on c.oid = to_regclass(format('%I.%I', t.table_schema, t.table_name)) where t.name = p_name);
begin
    if v_owner <> 'jalon_owner' then
        execute format('grant usage on schema jalon_generated to %I', v_owner);
        execute format('grant execute on function %s to %I',
            (select string_agg(p.oid::regprocedure::text, ', ') from pg_catalog.pg_proc p
             where p.pronamespace = 'jalon_generated'::regnamespace and p.prorettype = 'trigger'::regtype
               and p.proname like replace(p_name, '_', '\_') || '\_\_%'), v_owner);
    end if;
end
$$;
comment on function jalon_engine.grant_triggers(text) is 'Lets the owner of a tracked table put the generated trigger functions on it.';
