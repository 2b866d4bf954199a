CREATE OR REPLACE FUNCTION jalon_generated.shop__orders__after_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    who jalon_engine.context := jalon_engine.context();
    v_old jsonb;
    v_new jsonb;
    v_workflow_version integer;
begin
    -- 1. Only as the trigger that it was made for.
    if (tg_relid = OID
        and tg_name = '_jalon_after_update' and tg_when = 'AFTER'
        and tg_level = 'ROW' and tg_op = 'UPDATE'
        and pg_typeof(new.id) = 20
        and pg_typeof(new.status) = 25
        and pg_typeof(new.seller) = 25) is not true then
        perform jalon_engine.refuse_misplaced('orders', tg_relid, tg_name);
    end if;
    -- 2. Key, version and time are those that the BEFORE trigger left: no later trigger altered them.
    if new.id is distinct from old.id
        or not (new.status is distinct from old.status)
        or new.status_version <> old.status_version + 1
        or new.status_changed_at
            not between greatest(statement_timestamp(), old.status_changed_at + interval '1 microsecond')
            and greatest(clock_timestamp(), statement_timestamp(), old.status_changed_at + interval '1 microsecond')
    then
        if not (new.id is distinct from old.id)
            and not (new.status is distinct from old.status)
            and exists (select from jalon_history.renumbering r
            where r.tracked = 'orders' and r.record_key = new.id::pg_catalog.text
                and r.transaction_id = pg_current_xact_id() and r.version = new.status_version
                and r.changed_at = new.status_changed_at) then
            return null;  -- an import wrote its past
        end if;
        perform jalon_engine.check_numbers(who, 'orders', old.id::pg_catalog.text,
            case when (new.status is distinct from old.status)
                and not (new.id is distinct from old.id) then old.status_version end,
            old.status_changed_at, new.status_version, new.status_changed_at);
    end if;
    -- 3. The usual change: one statement finds its transition and records it.
    -- It finds none unless it is plainly allowed.
    insert into jalon_history.shop__orders (id, orders_id, version, changed_at, previous_changed_at,
        old_status, new_status,
        kind, changed_by, on_behalf_of, db_role, reason, meta_data, bulk_id, transaction_id, workflow_version)
    select (to_hex(txid_current() << 16 | 1152921504606879744)
            || to_hex(hashint8extended(new.id, timestamp_hash_extended(
                new.status_changed_at at time zone 'UTC', new.status_version + bigint 'HASH'))
                & 4611686018427387903 | (-9223372036854775807 - 1)))::uuid,
        new.id, new.status_version, new.status_changed_at, old.status_changed_at,
        old.status,
        new.status,
        who.kind,
        who.actor, who.on_behalf_of, who.db_role, who.reason, who.meta, who.bulk_id, pg_current_xact_id(),
        r1.workflow_version
    from (select) one
    left join jalon_engine.rule r1 on r1.category = 'ORDER_STATUS'
        and r1.case_type = '*'
        and r1.from_code = old.status::pg_catalog.text
        and r1.to_code = new.status::pg_catalog.text
        and who.kind = 'move'
        and r1.is_plain                                                 -- no guard, no required field
        and (r1.workflow_version > 0 or who.named_by is null or who.named_by = 'a')
        and (not r1.requires_reason or who.reason is not null)
        and (r1.is_open
            or r1.roles && who.roles                                    -- roles of the token
            or ('seller' = any (r1.roles) and old.seller::pg_catalog.text = who.actor)
            or jalon_engine.is_granted(who.actor, r1.roles))
        and (r1.relation is null or (r1.relation = 'seller' and old.seller::pg_catalog.text = who.actor))
    where r1.to_code is not null;
    -- 4. Anything else: the check refuses, or says which version of the workflow allows it.
    if not found then
        v_old := jalon_engine.row_as_json(old) || pg_catalog.jsonb_build_object(
            'id', old.id::pg_catalog.text,
            'seller', old.seller::pg_catalog.text,
            'status', old.status::pg_catalog.text,
            'status_version', old.status_version);
        v_new := jalon_engine.row_as_json(new) || pg_catalog.jsonb_build_object(
            'id', new.id::pg_catalog.text,
            'seller', new.seller::pg_catalog.text,
            'status', new.status::pg_catalog.text,
            'status_version', new.status_version);
        v_workflow_version := jalon_engine.check_change('orders', 'status', 'ORDER_STATUS', v_old, v_new);
        insert into jalon_history.shop__orders (id, orders_id, version, changed_at, previous_changed_at,
        old_status, new_status,
        kind, changed_by, on_behalf_of, db_role, reason, meta_data, bulk_id, transaction_id, workflow_version)
        select (to_hex(txid_current() << 16 | 1152921504606879744)
            || to_hex(hashint8extended(new.id, timestamp_hash_extended(
                new.status_changed_at at time zone 'UTC', new.status_version + bigint 'HASH'))
                & 4611686018427387903 | (-9223372036854775807 - 1)))::uuid,
        new.id, new.status_version, new.status_changed_at, old.status_changed_at,
        old.status,
        new.status,
        who.kind,
        who.actor, who.on_behalf_of, who.db_role, who.reason, who.meta, who.bulk_id, pg_current_xact_id(),
        v_workflow_version;
    end if;
    -- 5. The message for the outside.
    null;  -- nobody listens
    return null;
end
$function$
