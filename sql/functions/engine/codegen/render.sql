-- Pieces of SQL that depend on a tracked table, and templates to put them in.

create or replace function jalon_engine.render(p_template text, p_parts jsonb)
returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_texts constant text[] := regexp_split_to_array(p_template, '\{[a-z][a-z_0-9]*\}');
    v_names constant text[] := array(select m[1] from regexp_matches(p_template, '\{([a-z][a-z_0-9]*)\}', 'g') m);
    v_text text := v_texts[1];
begin
    -- In one pass, so that a name that looks like a hole is only a name.
    for i in 1..coalesce(cardinality(v_names), 0) loop
        if p_parts ->> v_names[i] is null then
            raise exception 'the template has no part {%}', v_names[i];
        end if;
        v_text := v_text || (p_parts ->> v_names[i]) || v_texts[i + 1];
    end loop;
    return v_text;
end
$$;
comment on function jalon_engine.render(text, jsonb) is 'A template of SQL with its {holes} filled.';

create or replace function jalon_engine.quoted(p_name text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when p_name in ('begin', 'by', 'declare', 'execute', 'foreach', 'if', 'loop', 'strict', 'while')
        then '"' || p_name || '"' else quote_ident(p_name) end
$$;
comment on function jalon_engine.quoted(text) is
'A name in quotes where SQL or PL/pgSQL needs them: the latter has reserved words of its own.';

create or replace function jalon_engine.table_of(p_tracked jalon_engine.tracked)
returns regclass
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- By the catalogue, since a role that may not use the schema cannot look the name up.
    select c.oid::regclass from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = p_tracked.table_schema and c.relname = p_tracked.table_name and c.relkind in ('r', 'p')
$$;
comment on function jalon_engine.table_of(jalon_engine.tracked) is 'The tracked table itself; empty if it is gone.';

create or replace function jalon_engine.cut(p_text text, p_bytes integer)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select left(p_text,
        (select coalesce(max(i), 0) from generate_series(1, p_bytes) i where octet_length(left(p_text, i)) <= p_bytes))
$$;
comment on function jalon_engine.cut(text, integer) is 'The beginning of a text that takes so many bytes at most.';

create or replace function jalon_engine.generated_name(p_tracked jalon_engine.tracked, p_suffix text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- A digest stands for what does not fit into a name, and tells a__b.c from a.b__c.
    select case when octet_length(n.name || p_suffix) <= 63 and n.name !~ '__.*__|___' then n.name || p_suffix
        else jalon_engine.cut(n.name, 52 - octet_length(p_suffix)) || '_' || left(md5(n.whole), 10) || p_suffix end
    from (select p_tracked.table_schema || '__' || p_tracked.table_name as name,
            p_tracked.table_schema || '.' || p_tracked.table_name as whole) n
$$;
comment on function jalon_engine.generated_name(jalon_engine.tracked, text) is
'<schema>__<table><suffix>, 63 bytes at most: what Jalon calls the things that it makes for a table.';

create or replace function jalon_engine.uuid7()
returns uuid
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    select encode(set_byte(set_byte(
        overlay(uuid_send(gen_random_uuid()) placing substring(
            int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
        6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112),
        8, (get_byte(uuid_send(gen_random_uuid()), 8) & 63) | 128), 'hex')::uuid
$$;
comment on function jalon_engine.uuid7() is
'A UUID of version 7, for servers before PostgreSQL 18, which has uuidv7().';

create or replace function jalon_engine.base_type(p_type oid, p_modifier integer default -1)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive made_of as (
        select p_type as type_id, (select y.typbasetype from pg_catalog.pg_type y where y.oid = p_type) as base
        union all
        select m.base, (select y.typbasetype from pg_catalog.pg_type y where y.oid = m.base) from made_of m
        where m.base <> 0
    )
    -- A type of somebody's own is kept as text: its owner can rename its values, or drop it with all columns of it.
    select case when y.typnamespace = 'pg_catalog'::regnamespace
            then format_type(m.type_id, case when m.type_id = p_type then p_modifier else -1 end) else 'text' end
    from made_of m join pg_catalog.pg_type y on y.oid = m.type_id where m.base = 0
$$;
comment on function jalon_engine.base_type(oid, integer) is
'The type in which history keeps a value: what a domain is made of, text for a type of somebody''s own.';

create or replace function jalon_engine.column_type(p_tracked jalon_engine.tracked, p_column text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
    where a.attrelid = jalon_engine.table_of(p_tracked) and a.attname = p_column
$$;
comment on function jalon_engine.column_type(jalon_engine.tracked, text) is
'The type of a column of a tracked table, as SQL.';

create or replace function jalon_engine.text_sql(p_tracked jalon_engine.tracked, p_column text, p_row text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A cast to text of a type of somebody's own may be a function of its owner's; format() asks the output function.
    select case when jalon_engine.is_own_type(a.atttypid)
        then format('case when %1$s is not null then pg_catalog.format(''%%s'', %1$s) end',
            p_row || '.' || jalon_engine.quoted(p_column))
        else format('%s::pg_catalog.text', p_row || '.' || jalon_engine.quoted(p_column)) end
    from pg_catalog.pg_attribute a where a.attrelid = jalon_engine.table_of(p_tracked) and a.attname = p_column
$$;
comment on function jalon_engine.text_sql(jalon_engine.tracked, text, text) is
'SQL of a column''s value as text, made by nobody''s cast.';

create or replace function jalon_engine.is_own_type(p_type oid)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive made_of as (
        select y.oid, y.typbasetype, y.typnamespace from pg_catalog.pg_type y where y.oid = p_type
        union all
        select y.oid, y.typbasetype, y.typnamespace from made_of m join pg_catalog.pg_type y on y.oid = m.typbasetype
    )
    select m.typnamespace <> 'pg_catalog'::regnamespace from made_of m where m.typbasetype = 0
$$;
comment on function jalon_engine.is_own_type(oid) is 'Whether a type, or what a domain is made of, is somebody''s own.';

create or replace function jalon_engine.value_sql(p_tracked jalon_engine.tracked, p_column text, p_row text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when jalon_engine.is_own_type(a.atttypid) then jalon_engine.text_sql(p_tracked, p_column, p_row)
        when a.atttypid <> coalesce(nullif(y.typbasetype, 0), a.atttypid)
            then format('%s::%s', p_row || '.' || jalon_engine.quoted(p_column), jalon_engine.base_type(a.atttypid))
        else p_row || '.' || jalon_engine.quoted(p_column) end
    from pg_catalog.pg_attribute a join pg_catalog.pg_type y on y.oid = a.atttypid
    where a.attrelid = jalon_engine.table_of(p_tracked) and a.attname = p_column
$$;
comment on function jalon_engine.value_sql(jalon_engine.tracked, text, text) is
'SQL of a column''s value as history keeps it.';

create or replace function jalon_engine.differs(p_column text, p_new text default 'new', p_old text default 'old')
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select format('%2$s.%1$s is distinct from %3$s.%1$s', jalon_engine.quoted(p_column), p_new, p_old)
    where p_column is not null
$$;
comment on function jalon_engine.differs(text, text, text) is 'SQL that is true if a column changed.';

create or replace function jalon_engine.any_differs(p_columns text[])
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select string_agg(jalon_engine.differs(c.name), e'\n            or ' order by c.place)
    from unnest(p_columns) with ordinality c (name, place)
$$;
comment on function jalon_engine.any_differs(text[]) is 'SQL that is true if one of several columns changed.';

create or replace function jalon_engine.status_columns(p_tracked jalon_engine.tracked)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array(select c.column_name from jalon_engine.tracked_column c where c.tracked = p_tracked.name
        order by c.position)
$$;
comment on function jalon_engine.status_columns(jalon_engine.tracked) is
'The status columns of a tracked table, the status proper first.';

create or replace function jalon_engine.partition_columns(p_table regclass)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Of every level, and those that expressions of a partition key name.
    select array(
        select distinct a.attname::text
        from (select p_table as relid union select t.relid from pg_partition_tree(p_table) t) l
        join pg_catalog.pg_partitioned_table p on p.partrelid = l.relid
        join pg_catalog.pg_attribute k on k.attrelid = p.partrelid
            and (k.attnum = any (p.partattrs::smallint[]) or exists (
                select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
                    and d.objid = p.partrelid and d.objsubid = 0
                  and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = p.partrelid
                  and d.refobjsubid = k.attnum)
                or exists (select from pg_catalog.pg_depend d
              where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = p.partrelid
                      and d.objsubid = k.attnum and d.refclassid = 'pg_catalog.pg_class'::regclass
                      and d.refobjid = p.partrelid and d.refobjsubid = 0))
        join pg_catalog.pg_attribute a on a.attrelid = p_table and a.attname = k.attname and a.attnum > 0
        order by 1)
$$;
comment on function jalon_engine.partition_columns(regclass) is
'The columns that decide in which partition a row lies, at every level.';

create or replace function jalon_engine.fixed_columns(p_tracked jalon_engine.tracked)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array[p_tracked.key_column] || array(
        select c from unnest(jalon_engine.partition_columns(jalon_engine.table_of(p_tracked))) c
        where c <> p_tracked.key_column)
$$;
comment on function jalon_engine.fixed_columns(jalon_engine.tracked) is
'Columns of a tracked row that never change: its key, and whatever decides its partition.';

create or replace function jalon_engine.checked_columns(p_tracked jalon_engine.tracked)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.status_columns(p_tracked) || array_remove(
        array[p_tracked.workflow_column, p_tracked.key_column, 'status_version', 'status_changed_at'], null)
$$;
comment on function jalon_engine.checked_columns(jalon_engine.tracked) is
'A row that differs in one of these columns has changed: statuses, case type, key, version and time.';
