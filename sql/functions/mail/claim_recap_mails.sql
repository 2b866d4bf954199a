-- Who sends what: a relay leases subscriptions that are due in one short transaction. It starts and finishes each
-- e-mail in one more (start_recap_mail.sql, finish_recap_mail.sql). A row a week (a_week_is_mailed_once) says that an
-- e-mail was begun, so two relays never send the same. If a relay dies before it began one, its lease ends and another
-- takes it; if it dies while it sends, the e-mail is not sent again.

create or replace function jalon_engine.next_mail_at(
    p_zone text, p_day integer, p_hour integer, p_after timestamptz
)
returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- In local time: where clocks change, a week has 167 or 169 hours, and an hour may be missing.
    select min(x.at)
    from generate_series(0, 8) n
    cross join lateral (select (p_after at time zone p_zone)::date + n as day) d
    cross join lateral (select (d.day + make_interval(hours => p_hour)) at time zone p_zone as at) x
    where extract(isodow from d.day) = p_day and x.at > p_after
$$;
comment on function jalon_engine.next_mail_at(text, integer, integer, timestamptz) is
'The next time after an instant that it is this day (1 is Monday) and hour in a time zone.';

create or replace function jalon_engine.week_to_mail(p_zone text, p_planned_at timestamptz)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select to_char((p_planned_at at time zone p_zone) - interval '7 days', 'IYYY-"W"IW') $$;
comment on function jalon_engine.week_to_mail(text, timestamptz) is 'The ISO week before the one of an instant.';

create or replace function jalon_engine.plan_next_mail(p_subscription jalon_engine.recap_subscription)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    update jalon_engine.recap_subscription s set planned_at = n.at, due_at = n.at
    from (select case when p_subscription.confirmed_at is not null then
        jalon_engine.next_mail_at(p_subscription.time_zone, p_subscription.day, p_subscription.hour, now()) end as at) n
    where s.id = p_subscription.id
$$;
comment on function jalon_engine.plan_next_mail(jalon_engine.recap_subscription) is
'Plans the next e-mail of a subscription; none where it is not confirmed.';

create or replace function jalon_engine.forget_recap_mails()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- The links of an e-mail work for more than a year.
    delete from jalon_engine.recap_mail m where m.created_at < now() - interval '400 days';
    delete from jalon_engine.recap_subscription s
    where s.ended_at < now() - interval '400 days' or s.confirmed_at is null and s.created_at < now() - (
        select (c.value #>> '{}')::interval from jalon_engine.setting c where c.name = 'mail.confirm_within')
$$;
comment on function jalon_engine.forget_recap_mails() is
'Deletes old e-mails, and subscriptions that ended long ago or that nobody confirmed.';

create or replace function jalon.claim_recap_mails(lease uuid, seconds double precision, most integer)
returns table (mail_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    s jalon_engine.recap_subscription;
    v_mail uuid;
begin
    insert into jalon_engine.mail_sender as m (looked_at) values (now())
    on conflict on constraint mail_sender_pk do update set looked_at = now()
    where m.looked_at < now() - interval '1 minute';
    for s in
        select x.* from jalon_engine.recap_subscription x where x.due_at <= now() and x.ended_at is null
        order by x.due_at limit claim_recap_mails.most for update skip locked
    loop
        -- A relay that was away for weeks sends the last one.
        s.planned_at := greatest(s.planned_at, (
            select n from jalon_engine.next_mail_at(s.time_zone, s.day, s.hour, now() - interval '7 days') n
            where n <= now()));
        insert into jalon_engine.recap_mail as m (subscription_id, week, lease)
        values (s.id, case when s.confirmed_at is not null then
            jalon_engine.week_to_mail(s.time_zone, s.planned_at) end, claim_recap_mails.lease)
        on conflict on constraint a_week_is_mailed_once do update
        set lease = excluded.lease, attempts = m.attempts + 1 where m.started_at is null
        returning m.id into v_mail;
        if not found then
            perform jalon_engine.plan_next_mail(s);
            continue;
        end if;
        update jalon_engine.recap_subscription x
        set planned_at = s.planned_at, due_at = now() + make_interval(secs => claim_recap_mails.seconds)
        where x.id = s.id;
        mail_id := v_mail;
        return next;
    end loop;
end
$$;
comment on function jalon.claim_recap_mails(uuid, double precision, integer) is
'Leases e-mails that are due: whose lease, for how many seconds, how many at most.';
grant execute on function jalon.claim_recap_mails(uuid, double precision, integer) to jalon_dba, jalon_relay;
