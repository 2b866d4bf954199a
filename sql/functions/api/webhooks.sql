-- Endpoints over HTTP. The web application has checked the address before it comes here.

create or replace function jalon_api.webhooks(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_webhooks', p_caller => p_caller);
    return jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(jalon_engine.webhook_json(w) order by w.created_at, w.id)
        from jalon_engine.webhook w), '[]')));
end
$$;
comment on function jalon_api.webhooks(text, jsonb, jsonb) is 'All endpoints.';

create or replace function jalon_api.webhook(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook := jalon_engine.get_webhook(p_key, p_caller);
begin
    return jalon_engine.ok(jalon_engine.webhook_json(w), jalon_engine.etag(w.id::text, w.revision));
end
$$;
comment on function jalon_api.webhook(text, jsonb, jsonb) is 'One endpoint.';

create or replace function jalon_api.create_webhook(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook;
    v_secret text;
begin
    perform jalon_engine.require_permission('manage_webhooks');
    w := jalon_engine.webhook_of(null, p_input);
    insert into jalon_engine.webhook (url, description, event_types, tables, case_types, from_codes, to_codes, is_thin,
        omitted, is_in_order, rate_limit, created_by)
    values (w.url, w.description, w.event_types, w.tables, w.case_types, w.from_codes, w.to_codes, w.is_thin, w.omitted,
        w.is_in_order, w.rate_limit, jalon_engine.actor())
    returning * into w;
    insert into jalon_engine.webhook_health (webhook_id) values (w.id);
    v_secret := jalon_engine.new_secret(w.id, p_input ->> 'signature');
    perform jalon_engine.refresh_message_triggers();
    return jalon_engine.created(p_body => (jalon_engine.webhook_json(w)::jsonb
        || jsonb_build_object('secret', v_secret))::json, p_location => '/api/v1/webhooks/' || w.id,
        p_etag => jalon_engine.etag(w.id::text, w.revision));
end
$$;
comment on function jalon_api.create_webhook(text, jsonb, jsonb) is
'Registers an endpoint; the answer holds its secret, this once: {url, eventTypes, tables, caseTypes, from, to, thin, '
'omit, inOrder, rateLimit, signature, description}.';

create or replace function jalon_api.change_webhook(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook;
begin
    w := jalon_engine.webhook_of(jalon_engine.get_webhook(p_key, p_caller, p_locked => true), p_input);
    update jalon_engine.webhook x
    set url = w.url, description = w.description, event_types = w.event_types, tables = w.tables,
        case_types = w.case_types, from_codes = w.from_codes,
        to_codes = w.to_codes, is_thin = w.is_thin, omitted = w.omitted, is_in_order = w.is_in_order,
        rate_limit = w.rate_limit, revision = x.revision + 1
    where x.id = w.id returning x.* into w;
    perform jalon_engine.refresh_message_triggers();
    return jalon_engine.ok(jalon_engine.webhook_json(w), jalon_engine.etag(w.id::text, w.revision));
end
$$;
comment on function jalon_api.change_webhook(text, jsonb, jsonb) is
'Changes what is given of an endpoint; null empties a filter.';

create or replace function jalon_api.drop_webhook(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w constant jalon_engine.webhook := jalon_engine.get_webhook(p_key, p_caller, p_locked => true);
begin
    delete from jalon_engine.webhook x where x.id = w.id;
    perform jalon_engine.refresh_message_triggers();
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.drop_webhook(text, jsonb, jsonb) is 'Drops an endpoint with its deliveries.';

create or replace function jalon_api.pause_webhook(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook;
begin
    w := jalon_engine.get_webhook(p_key, p_caller, p_locked => true);
    update jalon_engine.webhook x
    set is_paused = (p_input ->> 'paused')::boolean, revision = x.revision + 1,
        disabled_at = case when (p_input ->> 'paused')::boolean then x.disabled_at end,
        disabled_why = case when (p_input ->> 'paused')::boolean then x.disabled_why end
    where x.id = w.id returning x.* into w;
    update jalon_engine.webhook_health h set failing_since = null, held_until = null
    where h.webhook_id = w.id and not w.is_paused;
    return jalon_engine.ok(jalon_engine.webhook_json(w), jalon_engine.etag(w.id::text, w.revision));
end
$$;
comment on function jalon_api.pause_webhook(text, jsonb, jsonb) is
'Pauses an endpoint or resumes it, also one that was disabled: {paused}. What waits is kept.';
