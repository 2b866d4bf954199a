-- Endpoints as their managers see them: never their secrets, but for the moment in which one is made.

create or replace function jalon_engine.webhook_json(p_webhook jalon_engine.webhook)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object(
        'id', p_webhook.id, 'url', p_webhook.url, 'description', p_webhook.description,
        'eventTypes', p_webhook.event_types, 'tables', p_webhook.tables, 'caseTypes', p_webhook.case_types,
        'from', p_webhook.from_codes, 'to', p_webhook.to_codes, 'thin', p_webhook.is_thin, 'omit', p_webhook.omitted,
        'inOrder', p_webhook.is_in_order, 'rateLimit', p_webhook.rate_limit,
        'signature', case when exists (select from jalon_engine.webhook_secret s
            where s.webhook_id = p_webhook.id and s.secret like 'whsk\_%') then 'v1a' else 'v1' end,
        'state', case when p_webhook.disabled_at is not null then 'disabled' when p_webhook.is_paused then 'paused'
            when h.failing_since is not null then 'failing' else 'active' end,
        'paused', p_webhook.is_paused, 'disabledAt', p_webhook.disabled_at, 'disabledWhy', p_webhook.disabled_why,
        'failingSince', h.failing_since, 'lastFailureAt', h.last_failure_at, 'lastFailure', h.last_failure,
        'waiting', (select count(*) from (select from jalon_engine.webhook_delivery d
            where d.webhook_id = p_webhook.id and d.due_at is not null limit 10000) c),
        'dead', (select count(*) from (select from jalon_engine.webhook_delivery d
            where d.webhook_id = p_webhook.id and d.due_at is null and d.delivered_at is null limit 10000) c),
        'createdAt', p_webhook.created_at, 'createdBy', p_webhook.created_by,
        'etag', jalon_engine.etag(p_webhook.id::text, p_webhook.revision))
    from (select) one left join jalon_engine.webhook_health h on h.webhook_id = p_webhook.id
$$;
comment on function jalon_engine.webhook_json(jalon_engine.webhook) is 'An endpoint, without its secrets.';

create or replace function jalon_engine.new_secret(p_webhook_id uuid, p_signature text)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_secret text;
begin
    -- Three random UUIDs are 366 bits of the server's strong randomness.
    v_secret := case p_signature when 'v1a' then 'whsk_' else 'whsec_' end || encode(sha256(convert_to(
        gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'base64');
    insert into jalon_engine.webhook_secret (webhook_id, secret) values (p_webhook_id, v_secret);
    return v_secret;
end
$$;
comment on function jalon_engine.new_secret(uuid, text) is
'A new secret of an endpoint, for HMAC (v1) or ed25519 (v1a).';

create or replace function jalon_engine.texts(p_list jsonb)
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when jsonb_typeof(p_list) = 'array' then array(select t.value
        from jsonb_array_elements_text(p_list) t) end
$$;
comment on function jalon_engine.texts(jsonb) is 'A JSON list as texts; anything else is null.';

create or replace function jalon_engine.webhook_of(p_webhook jalon_engine.webhook, p_input jsonb)
returns jalon_engine.webhook
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook := p_webhook;
    v_unknown text;
begin
    -- What is given replaces; what is not stays.
    w.url := coalesce(p_input ->> 'url', w.url);
    w.description := case when p_input ? 'description' then p_input ->> 'description' else w.description end;
    w.event_types := coalesce(jalon_engine.texts(p_input -> 'eventTypes'), w.event_types);
    w.tables := case when p_input ? 'tables' then nullif(jalon_engine.texts(p_input -> 'tables'), '{}')
        else w.tables end;
    w.case_types := case when p_input ? 'caseTypes' then nullif(jalon_engine.texts(p_input -> 'caseTypes'), '{}')
        else w.case_types end;
    w.from_codes := case when p_input ? 'from' then nullif(jalon_engine.texts(p_input -> 'from'), '{}')
        else w.from_codes end;
    w.to_codes := case when p_input ? 'to' then nullif(jalon_engine.texts(p_input -> 'to'), '{}') else w.to_codes end;
    w.is_thin := coalesce((p_input ->> 'thin')::boolean, w.is_thin, false);
    w.omitted := coalesce(jalon_engine.texts(p_input -> 'omit'), w.omitted, '{}');
    w.is_in_order := coalesce((p_input ->> 'inOrder')::boolean, w.is_in_order, false);
    w.rate_limit := case when p_input ? 'rateLimit' then (p_input ->> 'rateLimit')::integer else w.rate_limit end;
    select t into v_unknown from unnest(w.tables) t
    where not exists (select from jalon_engine.tracked x where x.name = t) limit 1;
    if v_unknown is not null then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'tables', 'why', v_unknown, 'allowed',
            (select coalesce(jsonb_agg(t.name order by t.name), '[]') from jalon_engine.tracked t)), 'JL405.choice');
    end if;
    return w;
end
$$;
comment on function jalon_engine.webhook_of(jalon_engine.webhook, jsonb) is 'An endpoint with what was given about it.';

create or replace function jalon_engine.get_webhook(p_key text, p_caller jsonb, p_locked boolean default false)
returns jalon_engine.webhook
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook;
begin
    perform jalon_engine.require_permission('manage_webhooks', p_caller => p_caller);
    if p_locked then
        select x.* into w from jalon_engine.webhook x where x.id::text = p_key for update;
    else
        select x.* into w from jalon_engine.webhook x where x.id::text = p_key;
    end if;
    if w.id is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'webhook', 'id', p_key));
    end if;
    if p_locked then
        perform jalon_engine.require_match(p_caller, 'webhook', w.id::text, w.revision);
    end if;
    return w;
end
$$;
comment on function jalon_engine.get_webhook(text, jsonb, boolean) is
'An endpoint for a caller who manages webhooks, locked for a change and compared with If-Match if asked; JL401 where '
'there is none.';
