-- A record that went is remembered.

create or replace function jalon_engine.after_delete_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($body$
declare
    who jalon_engine.context := jalon_engine.context();
    v_now timestamptz := greatest(clock_timestamp(), old.status_changed_at);
begin
    -- 1. Only as the trigger that it was made for.
    if ({in_place}) is not true then
        perform jalon_engine.refuse_misplaced({name}, tg_relid, tg_name);
    end if;
    -- 2. Whether the record may go.
    {refuse}
    -- 3. That it went, when and by whom.
    insert into jalon_history.deletion (id, tracked, record_key, operation, deleted_at, deleted_by, db_role,
        transaction_id, last_version, last_changed_at)
    values ({id}, {name}, {record_key},
        case when exists (select from jalon_history.erasure e
            where e.tracked = {name} and e.record_key = {key}
                and e.transaction_id = pg_current_xact_id())
        then 'ERASE' else 'DELETE' end, v_now, who.actor, who.db_role, pg_current_xact_id(),
        {last_row});
    -- 4. Its key may have another record from now on.
    {end_record}
    -- 5. Its history, if it goes along.
    {cascade}
    return null;
end
$body$, jsonb_build_object('name', quote_literal(p_tracked.name), 'id', jalon_engine.new_id(),
        'in_place', jalon_engine.in_place_sql(p_tracked, '_jalon_after_delete', 'AFTER', 'ROW', 'DELETE'),
        'key', jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'old'),
        'record_key', case p_tracked.on_delete when 'cascade' then 'null'
            else jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'old') end,
        'last_row', case p_tracked.on_delete when 'cascade' then 'null, null'
            else 'old.status_version, old.status_changed_at' end,
        'end_record', jalon_engine.end_record_sql(p_tracked),
        'refuse', case p_tracked.on_delete
            when 'refuse' then format('perform jalon_engine.require_erasing(%L, %s);', p_tracked.name,
                jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'old'))
            else 'null;  -- it may' end,
        'cascade', case p_tracked.on_delete
            when 'cascade' then format('delete from %s h where h.%I = %s;', jalon_engine.history_of(p_tracked),
                p_tracked.history_key, jalon_engine.value_sql(p_tracked, p_tracked.key_column, 'old'))
            else 'null;  -- it stays' end))
$$;
comment on function jalon_engine.after_delete_body(jalon_engine.tracked) is
'Body of the trigger function that records a deletion and does with the history what was declared.';

create or replace function jalon_engine.require_erasing(p_name text, p_key text)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- jalon.erase said so before, for this record and transaction; only its permission lets it.
    if not exists (select from jalon_history.erasure e
            where e.tracked = p_name and e.record_key = p_key
                and e.transaction_id = pg_current_xact_id_if_assigned()) then
        perform jalon_engine.fail('JL503', jsonb_build_object('table', p_name, 'id', p_key, 'operation', 'DELETE'));
    end if;
end
$$;
comment on function jalon_engine.require_erasing(text, text) is
'Refuses to delete a record of a table that keeps them all, unless it is being erased.';
