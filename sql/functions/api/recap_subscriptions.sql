-- /recap-subscriptions: who gets the weekly recap by e-mail. Everybody subscribes for themselves; what an e-mail tells
-- is decided when it is sent (start_recap_mail.sql).

create or replace function jalon_engine.recap_subscription_json(p_subscription jalon_engine.recap_subscription)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('id', p_subscription.id, 'table', p_subscription.tracked,
        'language', p_subscription.language, 'timeZone', p_subscription.time_zone, 'day', p_subscription.day,
        'hour', p_subscription.hour, 'address', p_subscription.address, 'createdAt', p_subscription.created_at,
        'confirmedAt', p_subscription.confirmed_at, 'nextAt', p_subscription.due_at,
        'waitsSince', p_subscription.waits_since, 'lastSentAt', l.sent_at, 'lastWeek', l.week,
        'error', case when n.sent_at is null then coalesce(n.error, case when n.lease is not null
            and n.started_at < now() - interval '1 hour' then jalon_engine.text_of('mail.unknown') end) end)
    from (select) x
    left join lateral (
        select m.sent_at, m.week from jalon_engine.recap_mail m
        where m.subscription_id = p_subscription.id and m.sent_at is not null and m.week is not null
        order by m.sent_at desc limit 1) l on true
    left join lateral (
        select m.sent_at, m.error, m.lease, m.started_at from jalon_engine.recap_mail m
        where m.subscription_id = p_subscription.id order by m.created_at desc limit 1) n on true
$$;
comment on function jalon_engine.recap_subscription_json(jalon_engine.recap_subscription) is
'A subscription as the web application shows it.';

create or replace function jalon_engine.require_time_zone(p_zone text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from pg_catalog.pg_timezone_names z where z.name = p_zone) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'timeZone', 'why', p_zone), 'JL405.time_zone');
    end if;
end
$$;
comment on function jalon_engine.require_time_zone(text) is 'Fails unless there is this time zone.';

create or replace function jalon_engine.remember_roles(p_caller jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    update jalon_engine.recap_subscription s set roles = jalon_engine.token_roles(p_caller), roles_at = now()
    where s.actor = jalon_engine.caller_actor(p_caller) and s.ended_at is null
$$;
comment on function jalon_engine.remember_roles(jsonb) is
'Keeps the roles that a caller brings along, for what their e-mails may tell.';

create or replace function jalon_engine.get_recap_subscription(p_key text, p_caller jsonb)
returns jalon_engine.recap_subscription
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.recap_subscription;
begin
    if jalon_engine.is_key('uuid', p_key) then
        select s.* into v from jalon_engine.recap_subscription s
        where s.id = p_key::uuid and s.actor = jalon_engine.caller_actor(p_caller) and s.ended_at is null for update;
    end if;
    if v.id is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'recap_subscription', 'id', p_key));
    end if;
    return v;
end
$$;
comment on function jalon_engine.get_recap_subscription(text, jsonb) is 'A subscription of the caller''s own.';

create or replace function jalon_api.recap_subscriptions(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object(
        'items', coalesce((
            select json_agg(jalon_engine.recap_subscription_json(s) order by s.created_at, s.id)
            from jalon_engine.recap_subscription s
            where s.actor = jalon_engine.caller_actor(p_caller) and s.ended_at is null), '[]'),
        'tables', jalon_engine.readable_tables(p_caller),
        'languages', (select json_agg(json_build_object('code', l.code, 'label', l.label) order by l.position)
            from jalon_recap.languages l),
        -- A relay looks once or twice a minute.
        'isSent', exists (select from jalon_engine.mail_sender m where m.looked_at > now() - interval '10 minutes')))
$$;
comment on function jalon_api.recap_subscriptions(text, jsonb, jsonb) is
'The caller''s subscriptions, the tables that they may subscribe to, and whether any relay sends e-mails.';

create or replace function jalon_api.subscribe_to_recap(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant text := case
        when p_input ->> 'table' is not null then (jalon_engine.tracked_of(p_input ->> 'table')).name end;
    v_zone constant text := coalesce(p_input ->> 'timeZone', 'UTC');
    v_language constant text := coalesce(p_input ->> 'language', jalon_recap.language(p_caller ->> 'language'));
    v jalon_engine.recap_subscription;
begin
    if v_table is not null or jalon_engine.readable_tables(p_caller) = '{}' then
        perform jalon_engine.require_permission('read_all', coalesce(v_table, '*'));
    end if;
    perform jalon_engine.require_time_zone(v_zone);
    perform jalon_engine.require_language(v_language);
    -- Each one sends an e-mail to an address that nobody has confirmed.
    if 20 <= (select count(*) from jalon_engine.recap_subscription s
            where s.actor = jalon_engine.actor() and s.created_at > now() - interval '1 day') then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'address', 'why', 20), 'JL405.subscriptions');
    end if;
    insert into jalon_engine.recap_subscription as s (actor, tracked, language, time_zone, day, hour, address, due_at)
    values (jalon_engine.actor(), v_table, v_language, v_zone, coalesce((p_input ->> 'day')::integer, 1),
        coalesce((p_input ->> 'hour')::integer, 8), p_input ->> 'address', now())
    returning s.* into v;
    perform jalon_engine.remember_roles(p_caller);
    return jalon_engine.created(jalon_engine.recap_subscription_json(v));
end
$$;
comment on function jalon_api.subscribe_to_recap(text, jsonb, jsonb) is
'Subscribes the caller to the weekly recap: {table, language, timeZone, day, hour, address}; whoever reads that '
'address has to confirm it.';

create or replace function jalon_api.change_recap_subscription(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.recap_subscription := jalon_engine.get_recap_subscription(p_key, p_caller);
begin
    perform jalon_engine.require_time_zone(coalesce(p_input ->> 'timeZone', v.time_zone));
    perform jalon_engine.require_language(coalesce(p_input ->> 'language', v.language));
    update jalon_engine.recap_subscription s set
        language = coalesce(p_input ->> 'language', s.language),
        time_zone = coalesce(p_input ->> 'timeZone', s.time_zone),
        day = coalesce((p_input ->> 'day')::integer, s.day),
        hour = coalesce((p_input ->> 'hour')::integer, s.hour)
    where s.id = v.id
    returning s.* into v;
    if v.confirmed_at is not null then
        perform jalon_engine.plan_next_mail(v);
    end if;
    perform jalon_engine.remember_roles(p_caller);
    select s.* into v from jalon_engine.recap_subscription s where s.id = v.id;
    return jalon_engine.ok(jalon_engine.recap_subscription_json(v));
end
$$;
comment on function jalon_api.change_recap_subscription(text, jsonb, jsonb) is
'Changes when and in which language a recap is sent: {language, timeZone, day, hour}; what is not given stays.';

create or replace function jalon_api.end_recap_subscription(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.recap_subscription := jalon_engine.get_recap_subscription(p_key, p_caller);
begin
    update jalon_engine.recap_subscription s set ended_at = now(), due_at = null where s.id = v.id;
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.end_recap_subscription(text, jsonb, jsonb) is 'Ends a subscription of the caller''s.';
