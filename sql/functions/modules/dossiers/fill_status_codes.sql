-- A table of dossiers that knows only the enum gets case_type and status_code: columns,
-- indexes, and the codes of its rows.
-- What is there stays; a second call finds nothing to do. Runs as a role that may alter the table.

create or replace function jalon.fill_status_codes(dossiers regclass default null)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant regclass := coalesce(fill_status_codes.dossiers, 'jalon_dossiers.dossier');
    v_statuses text[];
    v_count bigint;
begin
    if not exists (select from pg_catalog.pg_attribute a
            where a.attrelid = v_table and a.attname = 'status' and not a.attisdropped) then
        perform jalon_engine.cannot_track(v_table::text, 'it has no column status');
    end if;
    perform jalon_engine.add_status_columns(v_table);
    execute format('select array(select distinct t.status::text from %s t where t.status_code is null '
        'and t.status is not null)', v_table) into v_statuses;
    perform jalon_engine.require_dossier_statuses(v_statuses);
    execute format($sql$
        with derived as materialized (
            select s.case_type, s.status, jalon_engine.dossier_code(p_case_type => s.case_type, p_from => null,
                p_status => s.status::text) as code
            from (select distinct t.case_type, t.status from %1$s t where t.status_code is null) s
        )
        update %1$s t set status_code = coalesce(t.status_code, d.code)
        from derived d
        where t.status_code is null and d.code is not null and t.status = d.status
            and t.case_type is not distinct from d.case_type
    $sql$, v_table);
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
comment on function jalon.fill_status_codes(regclass)
is 'Gives a table of dossiers that has only the enum status its columns case_type and status_code, their indexes and '
    'the codes; returns how many rows got one. Safe to run again.';
grant execute on function jalon.fill_status_codes(regclass) to jalon_dba;

create or replace function jalon_engine.require_dossier_statuses(p_statuses text[])
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known constant text[] := array(select f.code from jalon_engine.referential f where f.category = 'DOSSIER_STATUS'
        order by f.position);
    v_unknown constant text[] := array(select s from unnest(p_statuses) s where s <> all (v_known) order by 1);
begin
    if v_unknown <> '{}' then
        perform jalon_engine.fail('JL402', jsonb_build_object('table', 'dossier', 'category', 'DOSSIER_STATUS',
            'to', array_to_string(v_unknown, ', '), 'allowed', v_known), 'dossier.status_unknown');
    end if;
end
$$;
comment on function jalon_engine.require_dossier_statuses(text[]) is
'Fails unless each of these texts is a status of the old enum.';
grant execute on function jalon_engine.require_dossier_statuses(text[]) to jalon_dba;

create or replace function jalon_engine.add_status_columns(p_table regclass)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_schema text := (select n.nspname from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = p_table);
    v_missing record;
begin
    for v_missing in
        select w.name, w.comment from (values
            ('case_type', 'Code of CASE_TYPE, whose workflow the dossier obeys; empty: none.'),
            ('status_code', 'Where it stands: code of CASE_STATUS.')) w (name, comment)
        where not exists (select from pg_catalog.pg_attribute a
            where a.attrelid = p_table and a.attname = w.name and not a.attisdropped)
    loop
        execute format('alter table %s add column %I varchar(100)', p_table, v_missing.name);
        execute format('comment on column %s.%I is %L', p_table, v_missing.name, v_missing.comment);
    end loop;
    for v_missing in
        select i.name, i.columns from (values
            ('idx_dossier_case_type', 'case_type'), ('idx_dossier_status_code', 'status_code'),
            ('idx_dossier_case_type_status_code', 'case_type, status_code')) i (name, columns)
        where to_regclass(format('%I.%I', v_schema, i.name)) is null
    loop
        execute format('create index %I on %s (%s)', v_missing.name, p_table, v_missing.columns);
    end loop;
end
$$;
comment on function jalon_engine.add_status_columns(regclass) is
'Adds the columns case_type and status_code and their three indexes where they are missing.';
grant execute on function jalon_engine.add_status_columns(regclass),
    jalon_engine.dossier_code(text, text, text) to jalon_dba;
