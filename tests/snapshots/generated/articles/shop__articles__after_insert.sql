CREATE OR REPLACE FUNCTION jalon_generated.shop__articles__after_insert()
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
        and pg_typeof(new.id) = 2950
        and pg_typeof(new.status) = 1043
        and pg_typeof(new.is_published) = 16) is not true then
        perform jalon_engine.refuse_misplaced('articles', tg_relid, tg_name);
    end if;
    -- 2. Version and time are those that the BEFORE trigger gave: no later trigger altered them.
    if new.status_version <> 1
        or new.status_changed_at not between statement_timestamp()
            and greatest(clock_timestamp(), statement_timestamp()) then
        perform jalon_engine.check_numbers(who, 'articles', new.id::pg_catalog.text, 0, null,
            new.status_version, new.status_changed_at);
    end if;
    -- 3. The key has no other living record, and an earlier one had ended before this one began.
    null;  -- its history would have gone with it
    -- 4. The usual beginning: one statement finds its rule and records it. It finds none unless it is plainly allowed.
    insert into jalon_history.shop__articles (id, articles_id, version, changed_at, previous_changed_at,
        old_status, new_status,
        old_is_published, new_is_published,
        kind, changed_by, on_behalf_of, db_role, reason, meta_data, bulk_id, transaction_id, workflow_version)
    select (to_hex(txid_current() << 16 | 1152921504606879744)
            || to_hex(uuid_hash_extended(new.id, timestamp_hash_extended(
                new.status_changed_at at time zone 'UTC', new.status_version + bigint 'HASH'))
                & 4611686018427387903 | (-9223372036854775807 - 1)))::uuid,
        new.id, new.status_version, new.status_changed_at, null,
        null,
        new.status,
        null,
        new.is_published,
        case who.kind when 'move' then 'create' else who.kind end,
        who.actor, who.on_behalf_of, who.db_role, who.reason, who.meta, who.bulk_id, pg_current_xact_id(),
        greatest(r1.workflow_version, r2.workflow_version)
    from (select) one
    left join jalon_engine.rule r1 on r1.category = 'ORDER_STATUS'
        and r1.case_type = '*'
        and r1.from_code = ''
        and r1.to_code = new.status::pg_catalog.text
        and who.kind = 'move'
        and r1.is_plain                                                 -- no guard, no required field
        and (r1.workflow_version > 0 or who.named_by is null or who.named_by = 'a')
        and (not r1.requires_reason or who.reason is not null)
        and (r1.is_open
            or r1.roles && who.roles                                    -- roles of the token
            or jalon_engine.is_granted(who.actor, r1.roles))
        and (r1.relation is null or false)
    left join jalon_engine.rule r2 on r2.category = 'PUBLICATION'
        and r2.case_type = '*'
        and r2.from_code = ''
        and r2.to_code = new.is_published::pg_catalog.text
        and who.kind = 'move'
        and r2.is_plain                                                 -- no guard, no required field
        and (r2.workflow_version > 0 or who.named_by is null or who.named_by = 'a')
        and (not r2.requires_reason or who.reason is not null)
        and (r2.is_open
            or r2.roles && who.roles                                    -- roles of the token
            or jalon_engine.is_granted(who.actor, r2.roles))
        and (r2.relation is null or false)
    where r1.to_code is not null
        and r2.to_code is not null;
    -- 5. Anything else: the check refuses, or says which version of the workflow allows it.
    if not found then
        v_new := jalon_engine.row_as_json(new) || pg_catalog.jsonb_build_object(
            'id', new.id::pg_catalog.text,
            'is_published', new.is_published::pg_catalog.text,
            'status', new.status::pg_catalog.text,
            'status_version', new.status_version);
        v_workflow_version := greatest(jalon_engine.check_change('articles', 'status', 'ORDER_STATUS', v_old, v_new),
            jalon_engine.check_change('articles', 'is_published', 'PUBLICATION', v_old, v_new));
        insert into jalon_history.shop__articles (id, articles_id, version, changed_at, previous_changed_at,
        old_status, new_status,
        old_is_published, new_is_published,
        kind, changed_by, on_behalf_of, db_role, reason, meta_data, bulk_id, transaction_id, workflow_version)
        select (to_hex(txid_current() << 16 | 1152921504606879744)
            || to_hex(uuid_hash_extended(new.id, timestamp_hash_extended(
                new.status_changed_at at time zone 'UTC', new.status_version + bigint 'HASH'))
                & 4611686018427387903 | (-9223372036854775807 - 1)))::uuid,
        new.id, new.status_version, new.status_changed_at, null,
        null,
        new.status,
        null,
        new.is_published,
        case who.kind when 'move' then 'create' else who.kind end,
        who.actor, who.on_behalf_of, who.db_role, who.reason, who.meta, who.bulk_id, pg_current_xact_id(),
        v_workflow_version;
    end if;
    -- 6. The message for the outside.
    null;  -- nobody listens
    return null;
end
$function$
