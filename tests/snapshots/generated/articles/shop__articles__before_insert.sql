CREATE OR REPLACE FUNCTION jalon_generated.shop__articles__before_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
-- Fires last of all BEFORE triggers, so that it sees the row as it will be stored.
begin
    -- 1. Only as the trigger that it was made for.
    if (tg_relid = OID
        and tg_name = '~jalon_before_insert' and tg_when = 'BEFORE'
        and tg_level = 'ROW' and tg_op = 'INSERT'
        and pg_typeof(new.id) = 2950
        and pg_typeof(new.editor) = 25
        and pg_typeof(new.status_version) = 23
        and pg_typeof(new.status_changed_at) = 1184) is not true then
        perform jalon_engine.refuse_misplaced('articles', tg_relid, tg_name);
    end if;
    -- 2. A record begins at version 1, now. Only an import says when it began.
    new.status_version := 1;
    if new.status_changed_at is null
        or not (new.status_changed_at < statement_timestamp() and jalon_engine.is_importing()) then
        new.status_changed_at := greatest(clock_timestamp(), statement_timestamp());
    end if;
    new.editor := jalon_engine.actor_as(new.editor);
    return new;
end
$function$
