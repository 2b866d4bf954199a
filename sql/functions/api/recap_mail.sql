-- What the links of an e-mail lead to. Whoever has the secret reads that address, and needs no sign-in: the key is the
-- hash of the secret.

create or replace function jalon_engine.subscription_of_mail(p_hash text)
returns jalon_engine.recap_subscription
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.recap_subscription;
begin
    select s.* into v from jalon_engine.recap_mail m
    join jalon_engine.recap_subscription s on s.id = m.subscription_id where m.token_hash = p_hash;
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'recap_subscription', 'id', '…'));
    end if;
    return v;
end
$$;
comment on function jalon_engine.subscription_of_mail(text) is
'The subscription of an e-mail, by the hash of its secret.';

create or replace function jalon_engine.subscription_of_mail_json(p_subscription jalon_engine.recap_subscription)
returns json
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('table', p_subscription.tracked, 'language', p_subscription.language,
        'address', p_subscription.address, 'isConfirmed', p_subscription.confirmed_at is not null,
        'isEnded', p_subscription.ended_at is not null)
$$;
comment on function jalon_engine.subscription_of_mail_json(jalon_engine.recap_subscription) is
'A subscription as it is shown to whoever reads its e-mails.';

create or replace function jalon_api.recap_mail(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(jalon_engine.subscription_of_mail_json(jalon_engine.subscription_of_mail(p_key)))
$$;
comment on function jalon_api.recap_mail(text, jsonb, jsonb) is 'The subscription of an e-mail.';

create or replace function jalon_api.confirm_recap_mail(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.recap_subscription := jalon_engine.subscription_of_mail(p_key);
begin
    update jalon_engine.recap_subscription s set confirmed_at = now()
    where s.id = v.id and s.confirmed_at is null and s.ended_at is null
    returning s.* into v;
    if found then
        perform jalon_engine.plan_next_mail(v);
    end if;
    return jalon_engine.ok(jalon_engine.subscription_of_mail_json(jalon_engine.subscription_of_mail(p_key)));
end
$$;
comment on function jalon_api.confirm_recap_mail(text, jsonb, jsonb) is
'Whoever reads the address of a subscription wants its e-mails.';

create or replace function jalon_api.unsubscribe_recap_mail(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.recap_subscription := jalon_engine.subscription_of_mail(p_key);
begin
    update jalon_engine.recap_subscription s set ended_at = now(), due_at = null
    where s.id = v.id and s.ended_at is null;
    return jalon_engine.ok(jalon_engine.subscription_of_mail_json(jalon_engine.subscription_of_mail(p_key)));
end
$$;
comment on function jalon_api.unsubscribe_recap_mail(text, jsonb, jsonb) is
'Whoever reads the address of a subscription wants no more of its e-mails.';
