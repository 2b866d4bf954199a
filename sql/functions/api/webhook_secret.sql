-- A new secret; the old one also signs for a day, so that a receiver may change at leisure.

create or replace function jalon_api.rotate_webhook_secret(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook;
    v_until timestamptz := clock_timestamp() + (select (s.value #>> '{}')::interval from jalon_engine.setting s
        where s.name = 'webhook.overlap');
    v_signature text;
begin
    w := jalon_engine.get_webhook(p_key, p_caller, p_locked => true);
    select coalesce(p_input ->> 'signature', case when s.secret like 'whsk\_%' then 'v1a' else 'v1' end)
    into v_signature
    from jalon_engine.webhook_secret s where s.webhook_id = w.id order by s.created_at desc limit 1;
    update jalon_engine.webhook_secret s set expires_at = v_until where s.webhook_id = w.id and s.expires_at is null;
    update jalon_engine.webhook x set revision = x.revision + 1 where x.id = w.id returning x.* into w;
    return jalon_engine.ok(
        json_build_object('secret', jalon_engine.new_secret(w.id, v_signature), 'previousUntil', v_until),
        jalon_engine.etag(w.id::text, w.revision));
end
$$;
comment on function jalon_api.rotate_webhook_secret(text, jsonb, jsonb) is
'Makes a new secret, shown this once; the one before also signs for the setting webhook.overlap: {signature}.';
