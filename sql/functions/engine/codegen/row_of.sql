-- The statement behind every record read: one function with a branch a table, so that no statement is planned for a
-- reader. It runs as jalon_mover: making JSON of a row runs casts of the table's owner.

create or replace function jalon_engine.row_of_body()
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select e'\nbegin' || coalesce(string_agg(jalon_engine.render($branch$
    if p_tracked = {name} then
        return (select to_jsonb(x) from {table} x where x.{key} = p_id::{key_type});
    end if;$branch$, jsonb_build_object(
            'name', quote_literal(t.name), 'table', format('%I.%I', t.table_schema, t.table_name),
            'key', quote_ident(t.key_column), 'key_type', t.key_type)), '' order by t.name), '')
        || e'\n    return null;\nend\n'
    from jalon_engine.tracked t
    where jalon_engine.table_of(t) is not null
$$;
comment on function jalon_engine.row_of_body() is 'Body of jalon_generated.row_of, for every tracked table.';
