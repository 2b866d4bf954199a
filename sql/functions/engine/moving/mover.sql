-- Whatever touches a customer's table runs as jalon_mover, a role that may execute nothing of Jalon's: writing runs the
-- table's triggers, policies and checks; planning alone runs what its indexes, statistics and partitions call
-- immutable; a cast runs what the owner of the type wrote. So no role that owns something of ours ever plans a
-- statement over such a table. jalon_mover owns these functions, because only inside a function of its owner's is SET
-- ROLE forbidden; it can neither name nor alter them, since it may not use this schema.
grant usage, create on schema jalon_engine to jalon_mover;
set local role jalon_mover;

create or replace function jalon_engine.update_row_as_mover(
    p_tracked text, p_column text, p_id text, p_target text, p_expected_from text, p_expected_version integer,
    p_is_key boolean default false,
    out tracked text, out id text, out column_name text, out old_code text, out new_code text, out version integer,
    out changed_at timestamptz, out has_changed boolean
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
    select u.tracked, u.id, u.column_name, u.old_code, u.new_code, u.version, u.changed_at, u.has_changed
    into tracked, id, column_name, old_code, new_code, version, changed_at, has_changed
    from jalon_generated.update_row(p_tracked, p_column, p_id, p_target, p_expected_from,
        p_expected_version, p_is_key) u;
end
$$;
comment on function jalon_engine.update_row_as_mover(text, text, text, text, text, integer, boolean) is
'jalon_generated.update_row as jalon_mover, for the web application.';

create or replace function jalon_engine.update_mapped_rows(
    p_table regclass, p_column name, p_mapping jsonb, p_case_type_column name, p_only text, p_except text[]
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('update %1$s x set %2$I = (($1 ->> format(''%%s'', x.%2$I)))::%3$s
        where $1 ->> format(''%%s'', x.%2$I) <> format(''%%s'', x.%2$I) and %4$s',
        p_table, p_column, (select format_type(a.atttypid, a.atttypmod) from pg_attribute a
            where a.attrelid = p_table and a.attname = p_column),
        case when p_case_type_column is null then (p_only is null)::text
            when p_only is not null then format('format(''%%s'', x.%I) = $2', p_case_type_column)
            else format('format(''%%s'', x.%I) <> all ($3)', p_case_type_column) end)
    using p_mapping, p_only, p_except;
end
$$;
comment on function jalon_engine.update_mapped_rows(regclass, name, jsonb, name, text, text[]) is
'Moves rows from codes that go to those that a mapping names, in one UPDATE, as jalon_mover.';

create or replace function jalon_engine.import_row(
    p_table regclass, p_key name, p_column name, p_id text, p_target text, p_at timestamptz
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_version integer;
begin
    execute format('update %1$s x set %2$I = $2::%3$s, status_changed_at = $3 where x.%4$I = $1::%5$s '
        'and x.status_changed_at <= $3 returning x.status_version', p_table, p_column,
        (select format_type(a.atttypid, a.atttypmod) from pg_attribute a
            where a.attrelid = p_table and a.attname = p_column), p_key, (select format_type(a.atttypid, a.atttypmod)
                from pg_attribute a where a.attrelid = p_table and a.attname = p_key))
    into v_version using p_id, p_target, p_at;
    return v_version;
end
$$;
comment on function jalon_engine.import_row(regclass, name, name, text, text, timestamptz) is
'Gives a row a code at a time past, as jalon_mover; returns its version, or nothing if there is no such row or it '
'changed later.';

create or replace function jalon_engine.rows_as_mover(p_sql text, p_arguments text[] default '{}')
returns setof jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Stable: it sees what the statement that asks sees.
    return query execute format('select to_jsonb(r) from (%s) r', p_sql) using p_arguments;
end
$$;
comment on function jalon_engine.rows_as_mover(text, text[]) is
'The rows of a query over a customer''s table, as JSON; its $1 is an array of texts. Only for Jalon''s own functions.';

create or replace function jalon_engine.lock_row_as_mover(p_sql text, p_arguments text[])
returns setof jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query execute format('select to_jsonb(r) from (%s) r', p_sql) using p_arguments;
end
$$;
comment on function jalon_engine.lock_row_as_mover(text, text[]) is
'As jalon_engine.rows_as_mover, for a query that locks its rows.';

create or replace function jalon_engine.states_as_mover(
    p_sql text, p_id text default null, p_partition oid default null
)
returns table (record_key text, codes text[], case_type text, version integer, changed_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query execute p_sql using p_id, p_partition;
end
$$;
comment on function jalon_engine.states_as_mover(text, text, oid) is
'Key, codes, case type, version and time of the rows of a customer''s table, by the statement that '
'jalon_engine.states_sql makes.';

create or replace function jalon_engine.fire_deferred_as_mover()
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    set constraints all immediate;
end
$$;
comment on function jalon_engine.fire_deferred_as_mover() is
'Fires deferred triggers as jalon_mover: before PostgreSQL 18 they run as whoever is current when they fire.';

create or replace function jalon_engine.row_as_json(p_row anyelement)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return to_jsonb(p_row);
end
$$;
comment on function jalon_engine.row_as_json(anyelement) is
'A row as JSON. to_jsonb asks the casts to json of customers'' types, which may be any function.';

do $$
declare
    v_function text;
begin
    for v_function in select p.oid::regprocedure::text from pg_proc p
        where pg_get_userbyid(p.proowner) = 'jalon_mover' loop
        execute format('revoke execute on function %s from public', v_function);
        execute format('grant execute on function %s to jalon_owner, jalon_historian', v_function);
    end loop;
end
$$;

set local role jalon_owner;
revoke usage, create on schema jalon_engine from jalon_mover;
