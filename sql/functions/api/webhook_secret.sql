-- A new secret; the old one signs besides for a day, so that a receiver may change at leisure.

create or replace function api.rotate_webhook_secret(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    w lifecycle.webhook;
    v_until timestamptz := clock_timestamp() + (select (s.value #>> '{}')::interval from lifecycle.setting s where s.name = 'webhook.overlap');
    v_signature text;
begin
    perform logic.enter(p_caller);
    w := logic.webhook_locked(p_key, p_caller);
    select coalesce(p_input ->> 'signature', case when s.secret like 'whsk\_%' then 'v1a' else 'v1' end) into v_signature
    from lifecycle.webhook_secret s where s.webhook_id = w.id order by s.created_at desc limit 1;
    update lifecycle.webhook_secret s set expires_at = v_until where s.webhook_id = w.id and s.expires_at is null;
    update lifecycle.webhook x set revision = x.revision + 1 where x.id = w.id returning x.* into w;
    perform logic.leave();
    return (200, json_build_object('secret', logic.new_secret(w.id, v_signature), 'previousUntil', v_until),
        logic.etag(w.id::text, w.revision), null)::lifecycle.answer;
end
$$;
comment on function api.rotate_webhook_secret(text, jsonb, jsonb) is 'Makes a new secret, shown this once; the one before signs besides for the setting webhook.overlap: {signature}.';
grant execute on function api.rotate_webhook_secret(text, jsonb, jsonb) to jalon_api;
