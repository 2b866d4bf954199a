CREATE OR REPLACE FUNCTION jalon_generated.shop__orders__before_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
-- Fires last of all BEFORE triggers, so that it sees the row as it will be stored,
-- and only if one of its columns differs.
begin
    -- 1. Only as the trigger that it was made for.
    if (tg_relid = OID
        and tg_name = '~jalon_before_update' and tg_when = 'BEFORE'
        and tg_level = 'ROW' and tg_op = 'UPDATE'
        and pg_typeof(new.id) = 20
        and pg_typeof(new.status_version) = 23
        and pg_typeof(new.status_changed_at) = 1184) is not true then
        perform jalon_engine.refuse_misplaced('orders', tg_relid, tg_name);
    end if;
    -- 2. The key and the partition stay.
    if new.id is distinct from old.id then
        perform jalon_engine.refuse_fixed_columns('orders', old.id::pg_catalog.text,
            array[case when new.id is distinct from old.id then 'id' end]);
    end if;
    -- 3. A change counts one version on, now and later than the change before. Only an import says when it was.
    if new.status is distinct from old.status then
        new.status_version := old.status_version + 1;
        if new.status_changed_at is not distinct from old.status_changed_at
            and strpos(coalesce(current_setting('jalon.marks', true), ''), '"kind"') = 0
            or not jalon_engine.is_importing() then
            new.status_changed_at := greatest(clock_timestamp(), statement_timestamp(),
                old.status_changed_at + interval '1 microsecond');
        end if;
    -- 4. Without a change, version and time stay, whatever the statement says, unless an import gave the record a past.
    elsif (exists (select from jalon_history.renumbering r
            where r.tracked = 'orders' and r.record_key = new.id::pg_catalog.text
                and r.transaction_id = pg_current_xact_id() and r.version = new.status_version
                and r.changed_at = new.status_changed_at)) is not true then
        new.status_version := old.status_version;
        new.status_changed_at := old.status_changed_at;
    end if;
    return new;
end
$function$
