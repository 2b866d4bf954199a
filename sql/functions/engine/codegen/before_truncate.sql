create or replace function jalon_engine.before_truncate_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($body$
declare
    who jalon_engine.context := jalon_engine.context();
begin
    -- 1. Only as the trigger that it was made for.
    if ({in_place}) is not true then
        perform jalon_engine.refuse_misplaced({name}, tg_relid, tg_name);
    end if;
    -- 2. Only if the table's records may go, and the actor may erase.
    if {refuse} or not jalon_engine.may('erase', jalon_engine.roles_of(who.actor, case when who.named_by is distinct from 'a' then who.roles end), {name}) then
        perform jalon_engine.fail('JL503', jsonb_build_object('table', {name}, 'operation', 'TRUNCATE'));
    end if;
    -- 3. What went, when and by whom. A partition's own trigger repeats nothing.
    insert into jalon_history.deletion (id, tracked, record_key, records, operation, deleted_at, deleted_by, db_role, transaction_id)
    {gone};
    -- 4. Their history, if it goes along.
    {cascade}
    return null;
end
$body$, jsonb_build_object('name', quote_literal(p_tracked.name), 'refuse', (p_tracked.on_delete = 'refuse')::text,
        'in_place', jalon_engine.in_place_sql(p_tracked, '_jalon_before_truncate', 'BEFORE', 'STATEMENT', 'TRUNCATE'),
        'gone', format(case when p_tracked.on_delete = 'keep' then $k$select %4$s, %3$L, %1$s, 1, 'TRUNCATE', greatest(clock_timestamp(), x.status_changed_at), who.actor, who.db_role, pg_current_xact_id()
    from %2$s x
    where tg_relid in (x.tableoid, %5$s) and not exists (select from jalon_history.deletion d
        where d.tracked = %3$L and d.record_key = %1$s and d.transaction_id = pg_current_xact_id() and d.operation = 'TRUNCATE')$k$
            else $k$select %4$s, %3$L, null, count(*), 'TRUNCATE', clock_timestamp(), who.actor, who.db_role, pg_current_xact_id()
    from %2$s x where tg_relid in (x.tableoid, %5$s)
    having not exists (select from jalon_history.deletion d where d.tracked = %3$L and d.operation = 'TRUNCATE'
        and d.transaction_id = pg_current_xact_id() and d.deleted_at >= statement_timestamp())$k$ end,
            jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'x'), jalon_engine.table_of(p_tracked), p_tracked.name,
            jalon_engine.new_id(), jalon_engine.table_of(p_tracked)::oid),
        'cascade', case when p_tracked.on_delete <> 'cascade' then 'null;  -- it stays'
            else format('delete from %1$s h where h.%2$I in (select %3$s from %4$s x where tg_relid in (x.tableoid, %5$s));',
                jalon_engine.history_of(p_tracked), p_tracked.history_key, jalon_engine.value_sql(p_tracked, p_tracked.key_column, 'x'),
                jalon_engine.table_of(p_tracked), jalon_engine.table_of(p_tracked)::oid) end))
$$;
comment on function jalon_engine.before_truncate_body(jalon_engine.tracked) is 'Body of the trigger function that guards a tracked table against TRUNCATE.';
