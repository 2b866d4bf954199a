-- A change is checked and recorded.

create or replace function jalon_engine.after_update_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($body$
declare
    who jalon_engine.context := jalon_engine.context();
    v_old jsonb;
    v_new jsonb;
    v_workflow_version integer;
begin
    -- 1. Only as the trigger that it was made for.
    if ({in_place}) is not true then
        perform jalon_engine.refuse_misplaced({name}, tg_relid, tg_name);
    end if;
    -- 2. Key, version and time are those that the BEFORE trigger left: no later trigger altered them.
    if {key_differs}
        or not ({status_differs})
        or new.status_version <> old.status_version + 1
        or new.status_changed_at
            not between greatest(statement_timestamp(), old.status_changed_at + interval '1 microsecond')
            and greatest(clock_timestamp(), statement_timestamp(), old.status_changed_at + interval '1 microsecond')
    then
        if not ({key_differs})
            and not ({status_differs})
            and {is_renumbered} then
            return null;  -- an import wrote its past
        end if;
        perform jalon_engine.check_numbers(who, {name}, {old_key},
            case when ({status_differs})
                and not ({key_differs}) then old.status_version end,
            old.status_changed_at, new.status_version, new.status_changed_at);
    end if;
    -- 3. The usual change: one statement finds its transition and records it.
    -- It finds none unless it is plainly allowed.
    insert into {history} ({history_columns})
    select {history_values},
        {workflow_version}
    from (select) one{rules}
    where {all_allowed};
    -- 4. Anything else: the check refuses, or says which version of the workflow allows it.
    if not found then
        v_old := {old_row};
        v_new := {new_row};
        v_workflow_version := {checks};
        insert into {history} ({history_columns})
        select {history_values},
        v_workflow_version;
    end if;
    -- 5. The message for the outside.
    {message}
    return null;
end
$body$, jsonb_build_object('name', quote_literal(p_tracked.name),
        'old_key', jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'old'),
        'in_place', jalon_engine.in_place_sql(p_tracked, '_jalon_after_update', 'AFTER', 'ROW', 'UPDATE'),
        'is_renumbered', jalon_engine.is_renumbered_sql(p_tracked), 'key_differs', jalon_engine.differs(
            p_tracked.key_column), 'status_differs', jalon_engine.any_differs(array_remove(
            jalon_engine.status_columns(p_tracked) || p_tracked.workflow_column, null)),
        'history', jalon_engine.history_of(p_tracked), 'history_columns', jalon_engine.history_columns_sql(p_tracked),
        'history_values', jalon_engine.history_values_sql(p_tracked, false),
        'workflow_version', jalon_engine.greatest_sql(p_tracked), 'rules', jalon_engine.rules_sql(p_tracked, false),
        'all_allowed', jalon_engine.all_allowed_sql(p_tracked, false),
        'old_row', jalon_engine.row_sql(p_tracked, 'old'), 'new_row', jalon_engine.row_sql(p_tracked, 'new'),
        'checks', jalon_engine.checks_sql(p_tracked, false), 'message', jalon_engine.message_sql(p_tracked, false)))
$$;
comment on function jalon_engine.after_update_body(jalon_engine.tracked) is
'Body of the trigger function that checks and records a change.';
