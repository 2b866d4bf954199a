-- Finding a record of any table by the beginning of any word of what it is called. A module says which columns these
-- words stand in, by a function jalon_engine.<table>_search_columns() that is found by its name; of any other table it
-- is the column that names its records, if it holds text. A GIN index over the same expression serves it. Any table is
-- searched by its key.

create or replace function jalon_engine.search_columns(p_tracked jalon_engine.tracked)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_function constant regprocedure := to_regprocedure(
        format('jalon_engine.%I()', p_tracked.name || '_search_columns'));
    v_columns text[];
begin
    if v_function is not null then
        execute format('select %s()', v_function::oid::regproc) into v_columns;
        return v_columns;
    end if;
    return array(select a.attname from pg_catalog.pg_attribute a
        where a.attrelid = jalon_engine.table_of(p_tracked) and a.attname = jalon_engine.naming_column(p_tracked)
            and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype));
end
$$;
comment on function jalon_engine.search_columns(jalon_engine.tracked) is
'The columns in which the words of a record stand; none where it is found by its key alone.';

create or replace function jalon_engine.plain_words_sql(p_text text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select format('pg_catalog.translate(pg_catalog.lower(%s), %L, %L)', p_text,
        'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’''', 'aaaaaaceeeeiiiinooooouuuuyy  ')
$$;
comment on function jalon_engine.plain_words_sql(text) is 'SQL of a text in small letters without accents.';

create or replace function jalon_engine.search_vector_sql(p_columns text[], p_row text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select format('pg_catalog.to_tsvector(''pg_catalog.simple''::pg_catalog.regconfig, %s)',
        jalon_engine.plain_words_sql((select string_agg(format('coalesce(%s%I, '''')', p_row, c), ' || '' '' || '
            order by n) from unnest(p_columns) with ordinality u (c, n))))
$$;
comment on function jalon_engine.search_vector_sql(text[], text) is 'SQL of the words of some columns, for the index '
'and for the question alike.';

create or replace function jalon_engine.search_query(p_words text[])
returns tsquery
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select to_tsquery('simple', (select string_agg(quote_literal(w) || ':*', ' & ') from unnest(p_words) w)) $$;
comment on function jalon_engine.search_query(text[]) is 'A question for all of some words, each by its beginning.';

create or replace function jalon_engine.words_of(p_text text)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_plain text;
begin
    execute 'select ' || jalon_engine.plain_words_sql('$1') into v_plain using coalesce(p_text, '');
    return (array_remove(regexp_split_to_array(v_plain, '[^[:alnum:]]+'), ''))[:8];
end
$$;
comment on function jalon_engine.words_of(text) is 'The words of what somebody looks for, plain; eight at most.';

create or replace function jalon_engine.missing_search_index(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format('create index on %s using gin (%s);', jalon_engine.table_of(p_tracked),
        jalon_engine.search_vector_sql(s.columns, ''))
    from (select jalon_engine.search_columns(p_tracked) as columns) s
    join pg_catalog.pg_class c on c.oid = jalon_engine.table_of(p_tracked)
    where s.columns <> '{}' and (c.reltuples >= 10000 or pg_catalog.pg_table_size(c.oid) >= 4000000)
        and not exists (
            select from pg_catalog.pg_index i
            where i.indrelid = c.oid and i.indisvalid
                and pg_catalog.pg_get_indexdef(i.indexrelid) ilike '%using gin (to_tsvector(%')
$$;
comment on function jalon_engine.missing_search_index(jalon_engine.tracked) is
'The statement for the index without which a long table is searched by key alone; null where nothing is missing.';

create or replace function jalon_engine.search_table(
    p_tracked jalon_engine.tracked, p_text text, p_words text[], p_caller jsonb, p_roles text[]
)
returns setof jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_columns constant text[] := jalon_engine.search_columns(p_tracked);
    v_reads_all constant boolean := jalon_engine.can_read_all(p_tracked.name, p_caller);
    v_asks_each constant boolean := not v_reads_all and jalon_engine.asks_each_row(p_tracked);
    v_sight constant text := case when v_reads_all or v_asks_each then 'true'
        else '(' || jalon_engine.visible_rows_sql(p_tracked) || ')' end;
    v_branches text[] := '{}';
begin
    if jalon_engine.is_key(p_tracked.key_type, btrim(p_text)) then
        v_branches := v_branches || format('x.%I = %L', p_tracked.key_column, btrim(p_text));
    end if;
    if v_columns <> '{}' and p_words <> '{}' and jalon_engine.missing_search_index(p_tracked) is null then
        v_branches := v_branches || format('%s @@ %L::pg_catalog.tsquery',
            jalon_engine.search_vector_sql(v_columns, 'x.'), jalon_engine.search_query(p_words));
    end if;
    if v_branches <> '{}' then
        return query
        select r from jalon_engine.rows_as_mover((
            select string_agg(format('(select x.* from %s x where %s and %s limit 100)',
                jalon_engine.table_of(p_tracked), w, v_sight), ' union all ') from unnest(v_branches) w),
            jalon_engine.visible_rows_values(p_tracked, p_caller, p_roles)) r
        where not v_asks_each or jalon_engine.can_read_record(p_tracked, p_caller, p_roles, r)
        order by r ->> 'status_changed_at' desc limit 8;
    end if;
end
$$;
comment on function jalon_engine.search_table(jalon_engine.tracked, text, text[], jsonb, text[]) is
'Up to eight records of a table that the caller may see and that are called so or have this key.';
