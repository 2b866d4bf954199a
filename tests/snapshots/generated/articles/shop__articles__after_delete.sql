CREATE OR REPLACE FUNCTION jalon_generated.shop__articles__after_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    who jalon_engine.context := jalon_engine.context();
    v_now timestamptz := greatest(clock_timestamp(), old.status_changed_at);
begin
    -- 1. Only as the trigger that it was made for.
    if (tg_relid = OID
        and tg_name = '_jalon_after_delete' and tg_when = 'AFTER'
        and tg_level = 'ROW' and tg_op = 'DELETE'
        and pg_typeof(old.id) = 2950
        and pg_typeof(old.status) = 1043
        and pg_typeof(old.is_published) = 16) is not true then
        perform jalon_engine.refuse_misplaced('articles', tg_relid, tg_name);
    end if;
    -- 2. Whether the record may go.
    null;  -- it may
    -- 3. That it went, when and by whom.
    insert into jalon_history.deletion (id, tracked, record_key, operation, deleted_at, deleted_by, db_role,
        transaction_id, last_version, last_changed_at)
    values (uuidv7(), 'articles', null,
        case when exists (select from jalon_history.erasure e
            where e.tracked = 'articles' and e.record_key = old.id::pg_catalog.text
                and e.transaction_id = pg_current_xact_id())
        then 'ERASE' else 'DELETE' end, v_now, who.actor, who.db_role, pg_current_xact_id(),
        null, null);
    -- 4. Its key may have another record from now on.
    null;  -- its unique index says so
    -- 5. Its history, if it goes along.
    delete from jalon_history.shop__articles h where h.articles_id = old.id;
    return null;
end
$function$
