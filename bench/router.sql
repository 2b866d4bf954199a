-- Prints the statements that make a router of an empty database: psql -qAt -f router.sql SHARD | psql -q ROUTER
--
-- A router has a function for each function of a shard that is about one record. It has the same name, arguments and
-- result; it asks the shard that has the record by PL/Proxy, and hands on a refusal as the shard raised it. Two servers
-- of PL/Proxy have to be there: jalon_web, whose user is jalon_api, and jalon_sql, whose user is a login of jalon_app.
\set QUIET on
create temporary view routed as
select n.nspname as schema, p.proname as name, p.proretset as is_set, pg_get_function_arguments(p.oid) as arguments,
    pg_get_function_result(p.oid) as result, p.prorettype as result_type,
    case n.nspname when 'jalon_api' then 'jalon_web' else 'jalon_sql' end as server,
    format('%s__%s', n.nspname, p.proname) as remote,
    (select string_agg('$' || i, ', ' order by i) from generate_series(1, p.pronargs) i) as parameters,
    k.position
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
cross join lateral (
    select a.position from unnest(p.proargnames[:p.pronargs]) with ordinality a (name, position)
    where a.name in ('p_key', 'id', 'record_key') and p.proargtypes[a.position::integer - 1] = 'text'::regtype
) k
where (n.nspname, p.proname) in (('jalon_api', 'run'), ('jalon', 'move'), ('jalon', 'force_move'), ('jalon', 'explain'),
    ('jalon_history', 'changes_of'));

select 'create schema ' || s || ';'
from (select schema as s from routed union select t.typnamespace::regnamespace::text from routed r
    join pg_type t on t.oid = r.result_type and t.typrelid <> 0 union select 'remote') x
order by s;

-- What they return, as it is on the shards.
select format('create type %s as (%s);', t.oid::regtype, string_agg(format('%I %s', a.attname,
    format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum))
from (select distinct result_type from routed) r
join pg_type t on t.oid = r.result_type and t.typrelid <> 0
join pg_attribute a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
group by t.oid;

-- PL/Proxy writes its own words before message, detail and hint of a shard.
select $$create function remote.refuse(p_state text, p_message text, p_detail text, p_hint text) returns void
language plpgsql as $function$
begin
    raise exception using errcode = p_state, message = regexp_replace(p_message, '^.*?\] REMOTE ERROR: ', ''),
        detail = regexp_replace(p_detail, '^Remote detail: ', ''), hint = regexp_replace(p_hint, '^Remote hint: ', '');
end $function$;$$;

select format($$create function remote.%I(%s) returns %s language plproxy as $function$
    cluster '%s'; run on hashtext($%s); target %I.%I;
$function$;$$, remote, arguments, result, server, position, schema, name)
from routed;

select format($$create function %I.%I(%s) returns %s language plpgsql as $function$
#variable_conflict use_column
declare
    v_state text; v_message text; v_detail text; v_hint text;
begin
    %s
exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail,
        v_hint = pg_exception_hint;
    perform remote.refuse(v_state, v_message, v_detail, v_hint);
end $function$;$$, schema, name, arguments, result,
    case when is_set then format('return query select * from remote.%I(%s);', remote, parameters)
        else format('return remote.%I(%s);', remote, parameters) end)
from routed;
