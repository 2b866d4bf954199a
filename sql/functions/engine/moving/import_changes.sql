-- jalon.import_changes: the past of a table's records, from a query. It runs as its caller, who may alter the table: so
-- the query runs with their rights, and no cast or function of theirs with ours.

create or replace function jalon.import_changes(
    tracked text, query text, mode text default 'all', dry_run boolean default false
)
returns table (outcome text, records bigint, changes bigint, line bigint, record_key text, problem text)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant regclass := jalon_engine.table_to_alter(import_changes.tracked, current_user);
    v_rows jsonb[];
begin
    begin
        execute format(e'select array(select to_jsonb(q) from (%s\n) q)', rtrim(import_changes.query, e' \t\r\n;'))
        into v_rows;
    exception when undefined_table or undefined_function then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'query', 'error', sqlerrm), 'import.names');
    end;
    -- Only a role that may alter the table can give this right. It ends with this call.
    -- One import of a table at a time; writers go on.
    execute format('lock table %s in share update exclusive mode', v_table);
    execute format('grant update (status_version) on %s to jalon_mover', v_table);
    return query select i.* from jalon_history.import_changes(v_table, v_rows, import_changes.mode,
        import_changes.dry_run) i;
    execute format('revoke update (status_version) on %s from jalon_mover', v_table);
end
$$;
comment on function jalon.import_changes(text, text, text, boolean) is
'Gives records the past that they had before Jalon: the query has the columns record, to and at, and may have from, '
'by, reason, case_type and status_column. Each row that contradicts itself is named; then nothing is imported, or '
'with mode => each the other records. dry_run shows the same and leaves nothing.';
grant execute on function jalon.import_changes(text, text, text, boolean) to jalon_dba;

create or replace function jalon_engine.require_renumbering(p_tracked jalon_engine.tracked)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The right on the column itself: one on the whole table was given for something else.
    if not exists (select from pg_catalog.pg_attribute a cross join lateral aclexplode(a.attacl) c
            where a.attrelid = jalon_engine.table_of(p_tracked) and a.attname = 'status_version'
                and c.grantee = 'jalon_mover'::regrole and c.privilege_type = 'UPDATE') then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'tracked', 'why',
            jalon_engine.text_of('import.caller', jsonb_build_object('table', p_tracked.name))));
    end if;
end
$$;
comment on function jalon_engine.require_renumbering(jalon_engine.tracked) is
'Refuses unless a role that may alter the table has let jalon_mover renumber its records.';

create or replace function jalon_engine.time_of(p_text text)
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- PostgreSQL takes words for times that depend on the day of reading, or that no calendar has.
    if p_text ~* '\m(now|today|tomorrow|yesterday|epoch|infinity|allballs)\M' then
        return null;
    end if;
    return p_text::timestamptz;
exception when data_exception then
    return null;
end
$$;
comment on function jalon_engine.time_of(text) is
'The time of a calendar that a text says, in the session''s time zone where it names none; empty if it says none.';
grant execute on function jalon_engine.time_of(text) to jalon_dba;

create or replace function jalon_engine.text_for(p_code text, p_params jsonb)
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.text_of(p_code, p_params) $$;
comment on function jalon_engine.text_for(text, jsonb) is
'jalon_engine.text_of for the functions of jalon_historian.';

create or replace function jalon_engine.forget_recaps(p_tracked text)
returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$ delete from jalon_engine.recap_cache k where k.tracked = p_tracked or k.tracked is null $$;
comment on function jalon_engine.forget_recaps(text) is
'Forgets what pages show of the recaps of a table, since its past has changed.';
