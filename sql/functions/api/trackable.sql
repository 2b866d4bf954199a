-- The statement that puts a table under a category. The owner of the table runs it. The page of a workflow that no
-- table obeys yet shows one for each table that seems to have a status.

create or replace function jalon_engine.untracked_tables(p_limit integer)
returns table (tracked regclass, status_column text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select c.oid::regclass, a.attname::text
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary and i.indnkeyatts = 1
    cross join lateral (
        select a.attname from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and not a.attisdropped and a.attname ~* '(status|state|statut|etat|stage|phase)$'
            and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
        order by a.attname <> 'status', a.attnum limit 1
    ) a
    where c.relkind in ('r', 'p') and c.relpersistence = 'p' and not c.relispartition
        and n.nspname !~ '^(pg_|jalon|information_schema$)'
        and not exists (select from jalon_engine.tracked t where jalon_engine.table_of(t) = c.oid)
        and not exists (select from pg_catalog.pg_depend d
            where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by n.nspname, c.relname limit p_limit
$$;
comment on function jalon_engine.untracked_tables(integer) is
'Tables that are not tracked and have a key and a column of text that is called like a status.';

create or replace function jalon_api.trackable(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    -- A case type other than * needs a column that says of which type a record is; only its owner knows which.
    v_more constant text := case when p_input ->> 'caseType' <> '*' then ', workflow_column => ''case_type'''
        else '' end;
begin
    perform jalon_engine.require_permission('manage_workflows', p_caller => p_caller);
    return jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(json_build_object('table', u.tracked::text,
            'statement', format('select jalon.track(%L, %L, category => %L%s);', u.tracked, u.status_column, p_key,
                v_more)))
        from jalon_engine.untracked_tables(5) u
        where not exists (select from jalon_engine.tracked_column k where k.category = p_key)), '[]'),
        'any', format('select jalon.track(%L, %L, category => %L%s);', 'schema.table', 'status', p_key, v_more)));
end
$$;
comment on function jalon_api.trackable(text, jsonb, jsonb) is
'Statements that put a table under a category that has none yet (the key): {caseType}.';
