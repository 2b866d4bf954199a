CREATE OR REPLACE FUNCTION jalon_generated.shop__tickets__after_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    who jalon_engine.context := jalon_engine.context();
    v_new jsonb;
    v_old jsonb;
    v_workflow_version integer;
begin
    -- 1. Only as the trigger that it was made for.
    if (tg_relid = OID
        and tg_name = '_jalon_after_insert' and tg_when = 'AFTER'
        and tg_level = 'ROW' and tg_op = 'INSERT'
        and pg_typeof(new.id) = 25
        and pg_typeof(new.line) = 25
        and pg_typeof(new.status) = OID) is not true then
        perform jalon_engine.refuse_misplaced('tickets', tg_relid, tg_name);
    end if;
    -- 2. Version and time are those that the BEFORE trigger gave: no later trigger altered them.
    if new.status_version <> 1
        or new.status_changed_at not between statement_timestamp()
            and greatest(clock_timestamp(), statement_timestamp()) then
        perform jalon_engine.check_numbers(who, 'tickets', new.id::pg_catalog.text, 0, null,
            new.status_version, new.status_changed_at);
    end if;
    -- 3. The key has no other living record, and an earlier one had ended before this one began.
    if exists (select from jalon_history.deletion d
            where d.tracked = 'tickets' and d.record_key = new.id::pg_catalog.text
                and d.deleted_at >= new.status_changed_at) then
        perform jalon_engine.refuse_overlap('tickets', new.id::pg_catalog.text);  -- this INSERT waited for a DELETE
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        perform jalon_engine.check_snapshot('tickets', new.id::pg_catalog.text, new.status_changed_at);
    end if;
    -- 4. The usual beginning: one statement finds its rule and records it. It finds none unless it is plainly allowed.
    insert into jalon_history.shop__tickets (id, tickets_id, version, changed_at, previous_changed_at, line,
        old_status, new_status,
        kind, changed_by, on_behalf_of, db_role, reason, meta_data, bulk_id, transaction_id, workflow_version)
    select (to_hex(txid_current() << 16 | 1152921504606879744)
            || to_hex(hashtextextended(new.id::pg_catalog.text collate "C", timestamp_hash_extended(
                new.status_changed_at at time zone 'UTC', new.status_version + bigint 'HASH'))
                & 4611686018427387903 | (-9223372036854775807 - 1)))::uuid,
        new.id, new.status_version, new.status_changed_at, null, new.line,
        null,
        case when new.status is not null then pg_catalog.format('%s', new.status) end,
        case who.kind when 'move' then 'create' else who.kind end,
        who.actor, who.on_behalf_of, who.db_role, who.reason, who.meta, who.bulk_id, pg_current_xact_id(),
        r1.workflow_version
    from (select) one
    left join jalon_engine.rule r1 on r1.category = 'ORDER_STATUS'
        and r1.case_type = coalesce((select s.case_type from jalon_engine.rule_case_type s
            where s.category = 'ORDER_STATUS' and s.case_type = new.line::pg_catalog.text), '*')
        and r1.from_code = ''
        and r1.to_code = case when new.status is not null then pg_catalog.format('%s', new.status) end
        and who.kind = 'move'
        and r1.is_plain                                                 -- no guard, no required field
        and (r1.workflow_version > 0 or who.named_by is null or who.named_by = 'a')
        and (not r1.requires_reason or who.reason is not null)
        and (r1.is_open
            or r1.roles && who.roles                                    -- roles of the token
            or jalon_engine.is_granted(who.actor, r1.roles))
        and (r1.relation is null or false)
    where r1.to_code is not null;
    -- 5. Anything else: the check refuses, or says which version of the workflow allows it.
    if not found then
        v_new := jalon_engine.row_as_json(new) || pg_catalog.jsonb_build_object(
            'id', new.id::pg_catalog.text,
            'line', new.line::pg_catalog.text,
            'status', case when new.status is not null then pg_catalog.format('%s', new.status) end,
            'status_version', new.status_version);
        v_workflow_version := jalon_engine.check_change('tickets', 'status', 'ORDER_STATUS', v_old, v_new);
        insert into jalon_history.shop__tickets (id, tickets_id, version, changed_at, previous_changed_at, line,
        old_status, new_status,
        kind, changed_by, on_behalf_of, db_role, reason, meta_data, bulk_id, transaction_id, workflow_version)
        select (to_hex(txid_current() << 16 | 1152921504606879744)
            || to_hex(hashtextextended(new.id::pg_catalog.text collate "C", timestamp_hash_extended(
                new.status_changed_at at time zone 'UTC', new.status_version + bigint 'HASH'))
                & 4611686018427387903 | (-9223372036854775807 - 1)))::uuid,
        new.id, new.status_version, new.status_changed_at, null, new.line,
        null,
        case when new.status is not null then pg_catalog.format('%s', new.status) end,
        case who.kind when 'move' then 'create' else who.kind end,
        who.actor, who.on_behalf_of, who.db_role, who.reason, who.meta, who.bulk_id, pg_current_xact_id(),
        v_workflow_version;
    end if;
    -- 6. The message for the outside.
    null;  -- nobody listens
    return null;
end
$function$
