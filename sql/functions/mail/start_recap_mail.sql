-- What an e-mail says is found out when it is sent, and so is whether its reader may still read it.

create or replace function jalon_engine.subscriber(
    p_subscription jalon_engine.recap_subscription, p_role_sources text
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Roles that a sign-in brought count for some weeks, unless the actor's tokens were revoked since.
    select jsonb_strip_nulls(jsonb_build_object('actor', p_subscription.actor, 'language', p_subscription.language,
        'roleSources', p_role_sources, 'roles', case
            when p_role_sources = 'grants' or p_subscription.roles_at < now() - (
                select (c.value #>> '{}')::interval from jalon_engine.setting c where c.name = 'mail.roles_count_for')
                or jalon_engine.is_credential_revoked(null, p_subscription.actor, p_subscription.roles_at)
            then array[]::text[] else p_subscription.roles end))
$$;
comment on function jalon_engine.subscriber(jalon_engine.recap_subscription, text) is
'Who reads the e-mails of a subscription, as the caller of a function.';

create or replace function jalon_engine.mail_link(p_address text, p_words text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select format('<a href="%s">%s</a>', jalon_engine.html(p_address), jalon_engine.html(p_words)) $$;
comment on function jalon_engine.mail_link(text, text) is 'A link in HTML.';

create or replace function jalon_engine.recap_mail_body(
    p_subscription jalon_engine.recap_subscription, p_week text, p_caller jsonb, p_link text, p_settings text
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    l constant text := p_subscription.language;
    v_who constant text := jalon_engine.text_of(
        case when p_week is null then 'mail.confirm' else 'mail.recap_footer' end,
        jsonb_build_object('actor', p_subscription.actor), l);
    v_recap jsonb;
begin
    if p_week is null then
        return jsonb_build_object('subject', jalon_engine.text_of('mail.confirm_subject', '{}', l),
            'text', concat_ws(e'\n\n', v_who, jalon_engine.text_of('mail.confirm_link', '{}', l) || e':\n' || p_link),
            'html', format('<!doctype html><html lang="%s"><body><p>%s</p><p>%s</p></body></html>', l,
                jalon_engine.html(v_who),
                jalon_engine.mail_link(p_link, jalon_engine.text_of('mail.confirm_link', '{}', l))));
    end if;
    v_recap := jalon_engine.week_shortened(jalon_engine.week_compared(jalon_engine.readable_week(p_week,
        p_subscription.time_zone, l, p_subscription.tracked, p_caller)), 100);
    return jsonb_build_object(
        'subject', jalon_engine.text_of('mail.recap_subject',
            jsonb_build_object('title', jalon_engine.week_title(v_recap)), l),
        'text', (select string_agg(w.line, e'\n' order by w.ordinality)
            from jalon_engine.week_text(v_recap, false) with ordinality w (line, ordinality))
            || concat(e'\n\n-- \n', v_who, e'\n', jalon_engine.text_of('mail.settings', '{}', l), ': ', p_settings,
            e'\n', jalon_engine.text_of('mail.unsubscribe', '{}', l), ': ', p_link, e'\n'),
        'html', jalon_engine.week_page(v_recap, format('<hr><p style="color:#666">%s<br>%s · %s</p>',
            jalon_engine.html(v_who),
            jalon_engine.mail_link(p_settings, jalon_engine.text_of('mail.settings', '{}', l)),
            jalon_engine.mail_link(p_link, jalon_engine.text_of('mail.unsubscribe', '{}', l)))));
end
$$;
comment on function jalon_engine.recap_mail_body(jalon_engine.recap_subscription, text, jsonb, text, text) is
'What an e-mail says: the recap of a week, or the question whether it is wanted: {subject, text, html}.';

create or replace function jalon.start_recap_mail(mail uuid, lease uuid, role_sources text, public_url text)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_set constant text := set_config('jalon.role_sources', start_recap_mail.role_sources, true);
    v_token constant text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    v_link constant text := start_recap_mail.public_url || '/console/recap-mail/' || v_token;
    s jalon_engine.recap_subscription;
    m jalon_engine.recap_mail;
    v_caller jsonb;
begin
    select x.* into s from jalon_engine.recap_subscription x
    join jalon_engine.recap_mail y on y.subscription_id = x.id where y.id = start_recap_mail.mail for update of x;
    update jalon_engine.recap_mail x
    set started_at = now(), error = null, token_hash = encode(sha256(v_token::bytea), 'hex')
    where x.id = start_recap_mail.mail and x.lease = start_recap_mail.lease and x.started_at is null
        and s.ended_at is null
    returning x.* into m;
    if not found then
        return null;
    end if;
    v_caller := jalon_engine.subscriber(s, start_recap_mail.role_sources);
    -- Nothing is told to whom nothing may be told. The subscription waits.
    if not coalesce(s.tracked = any (jalon_engine.readable_tables(v_caller)),
            jalon_engine.readable_tables(v_caller) <> '{}') then
        delete from jalon_engine.recap_mail x where x.id = m.id;
        update jalon_engine.recap_subscription x set waits_since = coalesce(x.waits_since, now()) where x.id = s.id;
        perform jalon_engine.plan_next_mail(s);
        return null;
    end if;
    update jalon_engine.recap_subscription x set waits_since = null where x.id = s.id and x.waits_since is not null;
    return jalon_engine.recap_mail_body(s, m.week, v_caller, v_link,
            start_recap_mail.public_url || '/console/recaps/mail')
        || jsonb_build_object('to', s.address, 'language', s.language, 'link', v_link, 'week', m.week);
end
$$;
comment on function jalon.start_recap_mail(uuid, uuid, text, text) is
'Begins to send an e-mail that the relay has leased, and gives it; nothing where the lease has ended, or where its '
'reader may read none of it any more: then the subscription waits.';
grant execute on function jalon.start_recap_mail(uuid, uuid, text, text) to jalon_dba, jalon_relay;
