-- What jalon_historian makes for a tracked table: the history, the trigger functions, the views. Each function here
-- takes a table or a name and looks the rest up in the registry; none takes SQL.
set local role jalon_historian;

create or replace function jalon_history.tracked_by_table(p_table regclass)
returns jalon_engine.tracked
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked;
begin
    select x.* into t from jalon_engine.tracked x where jalon_engine.table_of(x) = p_table;
    if not found then
        perform jalon_engine.fail('JL404', jsonb_build_object('table', p_table::text, 'allowed', '[]'::jsonb));
    end if;
    return t;
end
$$;
comment on function jalon_history.tracked_by_table(regclass) is 'The registry''s row of a table.';

create or replace function jalon_history.generate(p_table regclass)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_history.tracked_by_table(p_table);
    v_owner constant text := (select pg_get_userbyid(c.relowner) from pg_catalog.pg_class c where c.oid = p_table);
begin
    perform jalon_history.generate_history_table(t);
    perform jalon_history.generate_function(t, '__before_insert', jalon_engine.before_insert_body(t),
        'gives a new row its version and time.', v_owner);
    perform jalon_history.generate_function(t, '__before_update', jalon_engine.before_update_body(t),
        'counts versions, keeps the key.', v_owner);
    perform jalon_history.generate_function(t, '__after_insert', jalon_engine.after_insert_body(t),
        'checks and records a new row.', v_owner);
    perform jalon_history.generate_function(t, '__after_update', jalon_engine.after_update_body(t),
        'checks and records a change.', v_owner);
    perform jalon_history.generate_function(t, '__after_delete', jalon_engine.after_delete_body(t),
        'records a deletion.', v_owner);
    perform jalon_history.generate_function(t, '__before_truncate', jalon_engine.before_truncate_body(t),
        'guards against TRUNCATE.', v_owner);
    perform jalon_history.generate_history_views(t.name);
    perform jalon_history.ensure_months(t.name, now(), now() + interval '3 months');
    perform jalon_history.generate_shared();
end
$$;
comment on function jalon_history.generate(regclass) is
'Makes or renews history, trigger functions, views and partitions of a tracked table.';

create or replace function jalon_history.generate_function(
    p_tracked jalon_engine.tracked, p_suffix text, p_body text, p_comment text, p_owner text
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_function constant text := format('jalon_generated.%I()', jalon_engine.generated_name(p_tracked, p_suffix));
begin
    if not exists (select from pg_catalog.pg_proc p
        where p.oid = to_regprocedure(v_function) and p.prosrc = p_body and p.prosecdef
            and p.proconfig = '{"search_path=pg_catalog, pg_temp"}' and p.provolatile = 'v') then
        execute format('create or replace function %s returns trigger language plpgsql volatile security definer '
            'set search_path = pg_catalog, pg_temp as %L',
            v_function, p_body);
        execute format('comment on function %s is %L', v_function,
            format('Generated for %s: %s', p_tracked.name, p_comment));
        execute format('revoke execute on function %s from public', v_function);
    end if;
    -- The role that creates a trigger must be allowed to execute its function.
    if p_owner <> 'jalon_historian' and not has_function_privilege(p_owner, v_function, 'execute') then
        execute format('grant execute on function %s to %I', v_function, p_owner);
    end if;
    if not has_schema_privilege(p_owner, 'jalon_generated', 'usage') then
        execute format('grant usage on schema jalon_generated to %I', p_owner);
    end if;
end
$$;
comment on function jalon_history.generate_function(jalon_engine.tracked, text, text, text, text) is
'Creates or replaces one trigger function, if it differs, and lets the table''s owner use it.';

create or replace function jalon_history.generate_shared()
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_body constant text := jalon_engine.update_row_body();
    v_row_of constant text := jalon_engine.row_of_body();
    v_settings constant text[] := '{"search_path=pg_catalog, pg_temp"}';
begin
    if not exists (select from pg_catalog.pg_proc p
            where p.pronamespace = 'jalon_generated'::regnamespace and p.proname = 'update_row'
                and p.prosrc = v_body and not p.prosecdef and p.proconfig = v_settings and p.provolatile = 'v') then
        execute format('create or replace function jalon_generated.update_row(
            p_tracked text, p_column text, p_id text, p_target text, p_expected_from text, p_expected_version integer,
            p_is_key boolean default false,
            out tracked text, out id text, out column_name text, out old_code text, out new_code text,
            out version integer, out changed_at timestamptz, out has_changed boolean
        ) language plpgsql volatile set search_path = pg_catalog, pg_temp as %L', v_body);
        comment on function jalon_generated.update_row(text, text, text, text, text, integer, boolean) is
        'Generated for every tracked table: locks one row, compares it with what is expected, updates it. Runs as its '
        'caller and raises nothing of Jalon''s.';
        revoke execute on function jalon_generated.update_row(text, text, text, text, text, integer, boolean)
            from public;
        grant execute on function jalon_generated.update_row(text, text, text, text, text, integer, boolean)
            to jalon_owner, jalon_mover, jalon_dba, jalon_app;
    end if;
    if not exists (select from pg_catalog.pg_proc p
            where p.pronamespace = 'jalon_generated'::regnamespace and p.proname = 'row_of'
                and p.prosrc = v_row_of and not p.prosecdef and p.proconfig = v_settings and p.provolatile = 's') then
        execute format('create or replace function jalon_generated.row_of(p_tracked text, p_id text) returns jsonb
            language plpgsql stable set search_path = pg_catalog, pg_temp as %L', v_row_of);
        comment on function jalon_generated.row_of(text, text) is
        'Generated for every tracked table: one row as JSON. Runs as its caller.';
        revoke execute on function jalon_generated.row_of(text, text) from public;
        grant execute on function jalon_generated.row_of(text, text) to jalon_mover;
    end if;
    perform jalon_history.generate_changes_view();
    perform jalon_engine.generate_masked_views();
end
$$;
comment on function jalon_history.generate_shared() is
'Renews what is made for all tracked tables together: jalon_generated.update_row, row_of, the union views and the '
'views of jalon_masked.';

create or replace function jalon_history.ungenerate(p_tracked text, p_drop_history boolean)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v record;
begin
    perform jalon_engine.require_no_triggers(t.name);
    perform jalon_history.generate_changes_view(p_without => t.name);
    perform jalon_engine.drop_masked_view(c.oid::regclass) from pg_catalog.pg_class c
    where c.relnamespace = 'jalon_history'::regnamespace and c.relkind = 'v'
      and obj_description(c.oid, 'pg_class') like format('Generated for %s:%%', replace(t.name, '_', '\_'));
    for v in
        select 'function' as kind, p.oid::regprocedure::text as name from pg_catalog.pg_proc p
        where p.pronamespace in ('jalon_generated'::regnamespace, 'jalon_history'::regnamespace)
          and obj_description(p.oid, 'pg_proc') like format('Generated for %s:%%', replace(t.name, '_', '\_'))
        union all
        select 'view', c.oid::regclass::text from pg_catalog.pg_class c
        where c.relnamespace = 'jalon_history'::regnamespace and c.relkind = 'v'
          and obj_description(c.oid, 'pg_class') like format('Generated for %s:%%', replace(t.name, '_', '\_')) loop
        perform jalon_history.drop_generated(v.kind, v.name);
    end loop;
    delete from jalon_history.partitioned_record r where r.tracked = t.name;
    if p_drop_history then
        execute format('drop table %s', jalon_engine.history_of(t));
    end if;
end
$$;
comment on function jalon_history.ungenerate(text, boolean) is
'Drops what was made for a table whose triggers are gone; its history only if that is wanted.';

create or replace function jalon_history.backfill(p_table regclass)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_history.tracked_by_table(p_table);
    v_columns text;
    v_values text;
    v_count bigint;
begin
    select string_agg(format(', %I', 'new_' || c.column_name), '' order by c.position),
        string_agg(format(', x.%I', c.column_name), '' order by c.position)
    into v_columns, v_values from jalon_engine.tracked_column c where c.tracked = t.name;
    if t.workflow_column is not null then
        v_columns := v_columns || format(', %I', t.workflow_column);
        v_values := v_values || format(', x.%I', t.workflow_column);
    end if;
    -- A row that history knows already (the table was under Jalon before) gets no second beginning.
    execute format('insert into %1$s (id, %2$I%3$s, version, changed_at, kind, changed_by, db_role, workflow_version,
            transaction_id)
        select %4$s, x.%5$I%6$s, x.status_version, x.status_changed_at, ''backfill'', $1, session_user, null,
            pg_current_xact_id()
        from %7$s x where not exists (select from %1$s h where h.%2$I = x.%5$I)',
        jalon_engine.history_of(t), t.history_key, v_columns, jalon_engine.new_id(), t.key_column, v_values,
        jalon_engine.live_rows_sql(t)) using t.tracked_by;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
comment on function jalon_history.backfill(regclass) is
'Writes a first history row, marked as backfill, for every row that history does not know.';

create or replace function jalon_history.keep_keys(p_table regclass)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_history.tracked_by_table(p_table);
    v_rows constant text := format('jalon_engine.states_as_mover(%L)', jalon_engine.states_sql(t));
    v_twice text;
begin
    if not jalon_engine.is_partitioned(t) then
        return;
    end if;
    execute format('select x.record_key from %s x group by 1 having count(*) > 1 order by 1 limit 1', v_rows)
    into v_twice;
    if v_twice is not null then
        perform jalon_engine.cannot_track(p_table::text, format('several rows have the key %s', v_twice));
    end if;
    -- The kept form of a key differs where on_delete was declared anew.
    execute format($sql$
        with live as materialized (select %1$s as record_key from %2$s x),
        gone as (delete from jalon_history.partitioned_record r
            where r.tracked = $1 and r.ended_at is null and r.record_key not in (select l.record_key from live l))
        insert into jalon_history.partitioned_record as r (tracked, record_key) select $1, l.record_key from live l
        on conflict (tracked, record_key) do update set ended_at = null, ended_in = null
            where r.ended_at is not null$sql$, jalon_engine.kept_key_sql(t, 'x.record_key'), v_rows) using t.name;
end
$$;
comment on function jalon_history.keep_keys(regclass) is
'Writes down the keys of a partitioned table, so that none begins a second record beside a living one. Refuses a table '
'in which a key is there twice.';

grant execute on function jalon_history.generate(regclass), jalon_history.generate_shared(),
    jalon_history.ungenerate(text, boolean), jalon_history.backfill(regclass), jalon_history.keep_keys(regclass)
    to jalon_dba, jalon_owner;
