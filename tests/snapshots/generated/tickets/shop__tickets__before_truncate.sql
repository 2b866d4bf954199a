CREATE OR REPLACE FUNCTION jalon_generated.shop__tickets__before_truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    who jalon_engine.context := jalon_engine.context();
begin
    -- 1. Only as the trigger that it was made for.
    if (tg_relid = OID
        and tg_name = '_jalon_before_truncate' and tg_when = 'BEFORE'
        and tg_level = 'STATEMENT' and tg_op = 'TRUNCATE') is not true then
        perform jalon_engine.refuse_misplaced('tickets', tg_relid, tg_name);
    end if;
    -- 2. Only if the table's records may go, and the actor may erase.
    perform jalon_engine.require_fresh_grants(who.actor);
    if true or not jalon_engine.may('erase', jalon_engine.roles_of(who.actor,
            case when who.named_by is distinct from 'a' then who.roles end), 'tickets') then
        perform jalon_engine.fail('JL503', jsonb_build_object('table', 'tickets', 'operation', 'TRUNCATE'));
    end if;
    -- 3. What went, when and by whom. A partition's own trigger repeats nothing.
    insert into jalon_history.deletion (id, tracked, record_key, records, operation, deleted_at, deleted_by, db_role,
        transaction_id, last_version, last_changed_at)
    select uuidv7(), 'tickets', x.record_key, 1, 'TRUNCATE', greatest(clock_timestamp(), x.changed_at),
        who.actor, who.db_role, pg_current_xact_id(), x.version, x.changed_at
    from jalon_engine.states_as_mover(
        case tg_relid when OID
            then 'select x.id::pg_catalog.text,
                array[case when x.status is not null then pg_catalog.format(''%s'', x.status) end],
                x.line::pg_catalog.text, x.status_version, x.status_changed_at
                from shop.tickets x'
            else 'select x.id::pg_catalog.text,
                array[case when x.status is not null then pg_catalog.format(''%s'', x.status) end],
                x.line::pg_catalog.text, x.status_version, x.status_changed_at
                from shop.tickets x where x.tableoid = $2'
        end, null, tg_relid) x
    where not exists (select from jalon_history.deletion d
        where d.tracked = 'tickets' and d.record_key = x.record_key and d.transaction_id = pg_current_xact_id()
            and d.operation = 'TRUNCATE');
    -- 4. Their keys may have other records from now on.
    null;  -- its unique index says so
    -- 5. Their history, if it goes along.
    null;  -- it stays
    return null;
end
$function$
