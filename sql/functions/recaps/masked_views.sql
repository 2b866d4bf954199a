-- The views of jalon_masked: each table and view of Jalon that jalon_bi reads has one of the same name and columns, in
-- which persons are pseudonyms and what people wrote is missing. jalon_engine.masked_column says which column is what.
-- A pseudonym is a digest over a secret that only jalon_owner reads: the same person has the same one everywhere, and
-- nobody finds the person by trying names.

create or replace function jalon_engine.masked_column_sql(p_relation text, p_column text, p_type text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when k.treatment = 'omit' then format('null::%s as %I', p_type, p_column)
        when k.treatment = 'person' and p_type ~ '^(text|character varying)' then format(
            $sql$(case v.%1$I when 'erased' then 'erased' else 'person-' || left(encode(sha256(convert_to(
                (select s.value from jalon_engine.secret s) || '/person/' || v.%1$I, 'UTF8')), 'hex'), 16)
                end)::%2$s as %1$I$sql$, p_column, p_type)
        else format('v.%I', p_column) end
    from (select) one
    left join lateral (
        select m.treatment from jalon_engine.masked_column m
        where m.column_name = p_column and m.relation in (p_relation, '*')
        order by m.relation = '*' limit 1
    ) k on true
$$;
comment on function jalon_engine.masked_column_sql(text, text, text) is
'SQL of a column as jalon_bi_masked sees it.';

create or replace function jalon_engine.generate_masked_views()
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
begin
    for v in
        select c.relname, c.oid::regclass as source, format('jalon_masked.%I', c.relname) as view_name,
            format('create or replace view jalon_masked.%I as select %s from %s v', c.relname, string_agg(
                jalon_engine.masked_column_sql(c.relname, a.attname, format_type(a.atttypid, a.atttypmod)), ', '
                order by a.attnum), c.oid::regclass) as sql,
            jsonb_object_agg(a.attname, col_description(c.oid, a.attnum)) as comments
        from pg_catalog.pg_class c
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace::regnamespace::text like 'jalon\_%' and c.relkind in ('r', 'v') and not c.relispartition
            and has_table_privilege('jalon_bi', c.oid, 'select')
        group by c.relname, c.oid order by c.relname
    loop
        perform jalon_engine.renew_masked_view(v.source, v.view_name, v.sql, v.comments);
    end loop;
    perform jalon_engine.drop_masked_view(c.oid::regclass) from pg_catalog.pg_class c
    where c.relnamespace = 'jalon_masked'::regnamespace and c.relkind = 'v' and not exists (
        select from pg_catalog.pg_class s
        where s.relname = c.relname and s.relnamespace::regnamespace::text like 'jalon\_%' and s.oid <> c.oid
            and has_table_privilege('jalon_bi', s.oid, 'select'));
end
$$;
comment on function jalon_engine.generate_masked_views() is
'Makes or renews the views of jalon_masked, and drops those whose table or view is gone.';

create or replace function jalon_engine.renew_masked_view(
    p_source regclass, p_view text, p_sql text, p_comments jsonb
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_digest constant text := md5(p_sql || p_comments);
    v_column text;
    v_comment text;
begin
    if to_regclass(p_view) is not null and exists (select from jalon_engine.generated_view g
            where g.object_name = p_view and g.digest = v_digest) then
        return;
    end if;
    begin
        execute p_sql;
    exception when invalid_table_definition then  -- other columns than before
        perform jalon_engine.drop_masked_view(p_view::regclass);
        execute p_sql;
    end;
    execute format('comment on view %s is %L', p_view,
        'Generated for readers who see no persons: ' || obj_description(p_source, 'pg_class'));
    for v_column, v_comment in select e.key, e.value from jsonb_each_text(p_comments) e loop
        execute format('comment on column %s.%I is %L', p_view, v_column, v_comment);
    end loop;
    execute format('grant select on %s to jalon_bi_masked', p_view);
    insert into jalon_engine.generated_view as g (object_name, digest) values (p_view, v_digest)
    on conflict (object_name) do update set digest = excluded.digest;
end
$$;
comment on function jalon_engine.renew_masked_view(regclass, text, text, jsonb) is
'Makes or renews one view of jalon_masked unless it stands there as wanted.';

create or replace function jalon_engine.drop_masked_view(p_relation regclass)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_view constant text := format('jalon_masked.%I',
        (select c.relname from pg_catalog.pg_class c where c.oid = p_relation));
begin
    if to_regclass(v_view) is not null then
        execute format('drop view %s', v_view);
    end if;
exception when dependent_objects_still_exist then
    null;  -- somebody's own view reads it, and what it reads is left empty for its sake
end
$$;
comment on function jalon_engine.drop_masked_view(regclass) is
'Drops the view of jalon_masked that bears the name of a table or view, unless views of others read it.';
