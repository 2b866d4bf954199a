-- A table is emptied only if its records may go.

create or replace function jalon_engine.before_truncate_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select replace(replace(jalon_engine.render($body$
declare
    who jalon_engine.context := jalon_engine.context();
begin
    -- 1. Only as the trigger that it was made for.
    if ({in_place}) is not true then
        perform jalon_engine.refuse_misplaced({name}, tg_relid, tg_name);
    end if;
    -- 2. Only if the table's records may go, and the actor may erase.
    {allowed}
    -- 3. What went, when and by whom. A partition's own trigger repeats nothing.
    insert into jalon_history.deletion (id, tracked, record_key, records, operation, deleted_at, deleted_by, db_role,
        transaction_id, last_version, last_changed_at)
    {gone};
    -- 4. Their keys may have other records from now on.
    {end_records}
    -- 5. Their history, if it goes along.
    {cascade}
    return null;
end
$body$, jsonb_build_object('name', quote_literal(p_tracked.name), 'allowed', jalon_engine.truncation_sql(p_tracked),
        'in_place', jalon_engine.in_place_sql(p_tracked, '_jalon_before_truncate', 'BEFORE', 'STATEMENT', 'TRUNCATE'),
        'gone', format(case when p_tracked.on_delete <> 'cascade'
            then $k$select %1$s, %2$L, x.record_key, 1, {operation}, greatest(clock_timestamp(), x.changed_at),
        who.actor, who.db_role, pg_current_xact_id(), x.version, x.changed_at
    from {rows} x
    where not exists (select from jalon_history.deletion d
        where d.tracked = %2$L and d.record_key = x.record_key and d.transaction_id = pg_current_xact_id()
            and d.operation = {operation})$k$
            else $k$select %1$s, %2$L, null, count(*), {operation}, clock_timestamp(), who.actor, who.db_role,
        pg_current_xact_id(), null, null
    from {rows} x
    having not exists (select from jalon_history.deletion d where d.tracked = %2$L and d.operation = {operation}
        and d.transaction_id = pg_current_xact_id() and d.deleted_at >= statement_timestamp())$k$ end,
            jalon_engine.new_id(), p_tracked.name),
        'end_records', case when jalon_engine.is_partitioned(p_tracked) then format(
            $k$update jalon_history.partitioned_record r
    set ended_at = clock_timestamp(), ended_in = pg_current_xact_id()
    where r.tracked = %L and r.ended_at is null
        and r.record_key in (select %s from {rows} x);$k$,
            p_tracked.name, jalon_engine.kept_key_sql(p_tracked, 'x.record_key'))
            else 'null;  -- its unique index says so' end,
        'cascade', case when p_tracked.on_delete <> 'cascade' then 'null;  -- it stays'
            else format(e'delete from %s h where h.%I in (select x.record_key::%s\n        from {rows} x);',
                jalon_engine.history_of(p_tracked), p_tracked.history_key, p_tracked.key_type) end)),
        -- All rows for the table itself, those of one partition for a partition.
        '{rows}', format(e'jalon_engine.states_as_mover(\n        case tg_relid when %s\n            then %L\n'
            '            else %L\n        end, null, tg_relid)',
            jalon_engine.table_of(p_tracked)::oid,
            jalon_engine.states_sql(p_tracked), jalon_engine.states_sql(p_tracked, 'partition'))),
        '{operation}', case when jalon_engine.is_test_mode() then '''TEST''' else '''TRUNCATE''' end)
$$;
comment on function jalon_engine.before_truncate_body(jalon_engine.tracked) is
'Body of the trigger function that guards a tracked table against TRUNCATE.';

create or replace function jalon_engine.truncation_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when jalon_engine.is_test_mode() then 'null;  -- in test mode they may'
        else format($sql$perform jalon_engine.require_fresh_grants(who.actor);
    if %s or not jalon_engine.may('erase', jalon_engine.roles_of(who.actor,
            case when who.named_by is distinct from 'a' then who.roles end), %2$L) then
        perform jalon_engine.fail('JL503', jsonb_build_object('table', %2$L, 'operation', 'TRUNCATE'));
    end if;$sql$, (p_tracked.on_delete = 'refuse')::text, p_tracked.name) end
$$;
comment on function jalon_engine.truncation_sql(jalon_engine.tracked) is
'PL/pgSQL that refuses TRUNCATE unless the records may go and the actor may erase, or in test mode.';
