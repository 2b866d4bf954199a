-- A new row is checked and recorded.

create or replace function jalon_engine.after_insert_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($body$
declare
    who jalon_engine.context := jalon_engine.context();
    v_new jsonb;
    v_old jsonb;
    v_workflow_version integer;
begin
    -- 1. Only as the trigger that it was made for.
    if ({in_place}) is not true then
        perform jalon_engine.refuse_misplaced({name}, tg_relid, tg_name);
    end if;
    -- 2. Version and time are those that the BEFORE trigger gave: no later trigger altered them.
    if new.status_version <> 1
        or new.status_changed_at not between statement_timestamp()
            and greatest(clock_timestamp(), statement_timestamp()) then
        perform jalon_engine.check_numbers(who, {name}, {key}, 0, null,
            new.status_version, new.status_changed_at);
    end if;
    -- 3. The key has no other living record, and an earlier one had ended before this one began.
    {begin_record}
    -- 4. The usual beginning: one statement finds its rule and records it. It finds none unless it is plainly allowed.
    insert into {history} ({history_columns})
    select {history_values},
        {workflow_version}
    from (select) one{rules}
    where {all_allowed};
    -- 5. Anything else: the check refuses, or says which version of the workflow allows it.
    if not found then
        v_new := {new_row};
        {checked}
        insert into {history} ({history_columns})
        select {history_values},
        v_workflow_version;
    end if;
    -- 6. The message for the outside.
    {message}
    return null;
end
$body$, jsonb_build_object('name', quote_literal(p_tracked.name),
        'key', jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'new'),
        'in_place', jalon_engine.in_place_sql(p_tracked, '_jalon_after_insert', 'AFTER', 'ROW', 'INSERT'),
        'begin_record', jalon_engine.begin_record_sql(p_tracked),
        'history', jalon_engine.history_of(p_tracked), 'history_columns', jalon_engine.history_columns_sql(p_tracked),
        'history_values', jalon_engine.history_values_sql(p_tracked, true),
        'workflow_version', jalon_engine.greatest_sql(p_tracked), 'rules', jalon_engine.rules_sql(p_tracked, true),
        'all_allowed', jalon_engine.all_allowed_sql(p_tracked, true), 'new_row', jalon_engine.row_sql(p_tracked, 'new'),
        'checked', jalon_engine.checked_beginning_sql(p_tracked), 'message', jalon_engine.message_sql(p_tracked, true)))
$$;
comment on function jalon_engine.after_insert_body(jalon_engine.tracked) is
'Body of the trigger function that checks and records a new row.';

create or replace function jalon_engine.checked_beginning_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when not jalon_engine.is_test_mode() then v.checked
        else format(e'begin\n            %s\n'
            '        -- Test mode: a record may begin on any code, and history says that it did so in a test.\n'
            '        exception when sqlstate ''JL101'' or sqlstate ''JL103'' or sqlstate ''JL202'' '
            'or sqlstate ''JL203''\n            or sqlstate ''JL204'' or sqlstate ''JL301'' or sqlstate ''JL302'' '
            'or sqlstate ''JL303''\n            or sqlstate ''JL403'' or sqlstate ''JL406'' '
            'or sqlstate ''JL409'' then\n'
            '            who.kind := ''test'';\n            v_workflow_version := 0;\n        end;', v.checked) end
    from (select format('v_workflow_version := %s;', jalon_engine.checks_sql(p_tracked, true)) as checked) v
$$;
comment on function jalon_engine.checked_beginning_sql(jalon_engine.tracked) is
'PL/pgSQL that has the beginning of a record checked, or marked as a test in test mode.';

create or replace function jalon_engine.check_numbers(
    p_who jalon_engine.context, p_name text, p_key text, p_old_version integer, p_old_time timestamptz,
    p_new_version integer, p_new_time timestamptz
)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- An import brings its own time; whether it may is asked by the check of the change.
    if p_new_version = p_old_version + 1 and p_who.kind in ('import', 'backfill')
        and p_new_time <= clock_timestamp() and (p_old_time is null or p_new_time >= p_old_time)
    then
        return;
    end if;
    perform jalon_engine.fail('JL507',
        jsonb_build_object('table', p_name, 'id', p_key, 'version', p_new_version, 'at', p_new_time));
end
$$;
comment on function jalon_engine.check_numbers(jalon_engine.context, text, text, integer, timestamptz, integer,
    timestamptz) is
'Refuses a version or time that Jalon did not give; an import may bring its own time, in the past.';
