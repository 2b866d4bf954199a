-- jalon.verify: what a DBA runs after a restore, an incident, an upgrade, or on a Monday. No rows is good news.

create or replace function jalon_engine.verify_sessions()
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.*
    from pg_catalog.pg_db_role_setting s
    left join pg_catalog.pg_database d on d.oid = s.setdatabase
    cross join lateral unnest(s.setconfig) c (setting)
    cross join lateral jalon_engine.problem(p_tracked => null, p_code => 'replication_role',
        p_params => jsonb_build_object('setting', c.setting,
        'role', coalesce(pg_get_userbyid(nullif(s.setrole, 0)), 'public'),
        'statement', format('alter role %s reset session_replication_role', concat_ws(' in database ',
            case when s.setrole = 0 then 'all' else quote_ident(pg_get_userbyid(s.setrole)) end,
            quote_ident(d.datname))))) p
    where c.setting like 'session\_replication\_role=%' and c.setting not like '%=origin'
      and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = current_database()))
$$;
comment on function jalon_engine.verify_sessions() is 'Roles and databases whose sessions fire no triggers.';

create or replace function jalon_engine.verify_structure(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query select s.* from jalon_engine.verify_shape(p_tracked) s;
    if found then
        return;
    end if;
    return query
    select v.* from jalon_engine.verify_triggers(p_tracked) v
    union all select v.* from jalon_engine.verify_functions(p_tracked) v
    union all select v.* from jalon_engine.verify_rights(p_tracked) v
    union all select v.* from jalon_engine.verify_history_objects(p_tracked) v
    union all select v.* from jalon_engine.verify_key(p_tracked) v
    union all select v.* from jalon_engine.verify_upkeep(p_tracked) v;
    return query
    select v.* from jalon_engine.verify_readable(p_tracked) v
    union all select v.* from jalon_engine.verify_column_types(p_tracked) v;
exception when others then
    -- One table's trouble must not hide what is wrong with the others.
    return query select p.* from jalon_engine.problem(p_tracked.name, 'failed', jsonb_build_object('error', sqlerrm)) p;
end
$$;
comment on function jalon_engine.verify_structure(jalon_engine.tracked) is
'The problems of one tracked table that its catalogue shows: names, triggers, functions, rights, months, rules.';

create or replace function jalon_engine.verify_records(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- What is not there under its name, or may not be read, can't be proved.
    if exists (select from jalon_engine.verify_shape(p_tracked) s)
        or exists (select from jalon_engine.verify_readable(p_tracked) s)
        or exists (select from jalon_engine.verify_column_types(p_tracked) s) then
        return;
    end if;
    return query
    select v.* from jalon_engine.verify_rows(p_tracked) v
    union all select v.* from jalon_engine.verify_times(p_tracked) v
    union all select v.* from jalon_engine.verify_ids(p_tracked) v
    union all select v.* from jalon_engine.verify_keys(p_tracked) v
    union all select v.* from jalon_engine.verify_deletions(p_tracked) v
    union all select v.* from jalon_engine.verify_test_rows(p_tracked) v
    union all select v.* from jalon_engine.verify_transitions(p_tracked) v;
exception when others then
    return query select p.* from jalon_engine.problem(p_tracked.name, 'failed', jsonb_build_object('error', sqlerrm)) p;
end
$$;
comment on function jalon_engine.verify_records(jalon_engine.tracked) is
'The problems in records and history of one tracked table: reads every row.';

create or replace function jalon_engine.verify_installation()
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- What is generated for all tables can only be told if they all are there.
    if not exists (select from jalon_engine.tracked x cross join lateral jalon_engine.verify_shape(x) s) then
        return query select v.* from jalon_engine.verify_shared_functions() v;
    end if;
    return query
    select v.* from jalon_engine.verify_test_mode() v
    union all select v.* from jalon_engine.verify_reloaded_functions() v
    union all select v.* from jalon_engine.verify_members() v
    union all select v.* from jalon_engine.verify_private_rights() v
    union all select v.* from jalon_engine.verify_sessions() v;
end
$$;
comment on function jalon_engine.verify_installation() is 'The problems of Jalon itself, of no tracked table.';

create or replace function jalon.verify(tracked text default null)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    t jalon_engine.tracked;
    v_name text := case when verify.tracked is not null then (jalon_engine.tracked_of(verify.tracked)).name end;
begin
    for t in select x.* from jalon_engine.tracked x where v_name is null or x.name = v_name order by x.name loop
        return query
        select v.* from jalon_engine.verify_structure(t) v union all select v.* from jalon_engine.verify_records(t) v;
    end loop;
    return query select v.* from jalon_engine.verify_installation() v;
end
$$;
comment on function jalon.verify(text) is
'Proves a tracked table, or all: records, history and deletions agree, versions are gapless, every step was allowed '
'by the version that it names; triggers, functions, owners and rights are as they should be. Every row is a problem. '
'A superuser who knows all this can still edit who, why and when consistently, take a record with its whole history '
'away, or write a lawful change that nobody made: docs/history.md.';
revoke execute on function jalon.verify(text) from public;
grant execute on function jalon.verify(text) to jalon_dba;
