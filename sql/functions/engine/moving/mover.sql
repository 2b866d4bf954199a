-- Whatever touches a customer's table runs as jalon_mover, a role that may execute nothing of Jalon's: writing runs the
-- table's triggers, policies and checks; planning alone runs what its indexes, statistics and partitions call
-- immutable; a cast runs what the owner of the type wrote. So no role that owns something of ours ever plans a
-- statement over such a table. jalon_mover owns these functions, because only inside a function of its owner's is SET
-- ROLE forbidden; it can neither name nor alter them, since it may not use this schema.
grant usage, create on schema jalon_engine to jalon_mover;
grant usage on type jalon_engine.moved to jalon_mover;
set local role jalon_mover;

create or replace function jalon_engine.update_row_as_mover(
    p_tracked text, p_column text, p_id text, p_target text, p_expected_from text, p_expected_version integer,
    p_is_key boolean default false
)
returns jalon_engine.moved
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return jalon_generated.update_row(p_tracked, p_column, p_id, p_target, p_expected_from, p_expected_version,
        p_is_key);
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
    p_table regclass, p_key name, p_column name, p_id text, p_target text, p_at timestamptz,
    out old_code text, out changed_at timestamptz, out version integer, out has_changed boolean
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_types constant text[] := array(
        select format_type(a.atttypid, a.atttypmod) from unnest(array[p_column, p_key]) with ordinality n (name, place)
        join pg_attribute a on a.attrelid = p_table and a.attname = n.name order by n.place);
begin
    execute format('select x.status_version, x.status_changed_at, format(''%%s'', x.%1$I), x.%1$I is distinct from '
        '$2::%2$s from %3$s x where x.%4$I = $1::%5$s for no key update', p_column, v_types[1], p_table, p_key,
        v_types[2])
    into version, changed_at, old_code, has_changed using p_id, p_target;
    if has_changed and changed_at <= p_at then
        execute format('update %1$s x set %2$I = $2::%3$s, status_changed_at = $3 where x.%4$I = $1::%5$s '
            'returning x.status_version, x.status_changed_at', p_table, p_column, v_types[1], p_key, v_types[2])
        into version, changed_at using p_id, p_target, p_at;
    end if;
end
$$;
comment on function jalon_engine.import_row(regclass, name, name, text, text, timestamptz) is
'Gives a row a code at a time past, as jalon_mover, unless it changed later or has that code; returns where it stood, '
'and version and time as they are now.';

create or replace function jalon_engine.renumber_rows(
    p_table regclass, p_key name, p_key_type text, p_keys text[], p_versions integer[], p_times timestamptz[]
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('update %1$s x set status_version = n.version, status_changed_at = n.changed_at
        from unnest($1::%2$s[], $2, $3) n (key, version, changed_at) where x.%3$I = n.key', p_table, p_key_type, p_key)
    using p_keys, p_versions, p_times;
end
$$;
comment on function jalon_engine.renumber_rows(regclass, name, text, text[], integer[], timestamptz[]) is
'Gives rows the versions and times that an import found for them, as jalon_mover.';

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

create or replace function jalon_engine.row_as_mover(p_tracked text, p_id text)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return jalon_generated.row_of(p_tracked, p_id);
end
$$;
comment on function jalon_engine.row_as_mover(text, text) is 'jalon_generated.row_of as jalon_mover.';

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
revoke usage on type jalon_engine.moved from jalon_mover;
