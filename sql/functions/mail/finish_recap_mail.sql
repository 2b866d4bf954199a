-- What became of an e-mail. After a failure it is tried again, later each time, until the next one is due.

create or replace function jalon.finish_recap_mail(
    mail uuid, lease uuid, error text default null, is_final boolean default false
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    s jalon_engine.recap_subscription;
    m jalon_engine.recap_mail;
    v_retry_at timestamptz;
begin
    select x.* into s from jalon_engine.recap_subscription x
    join jalon_engine.recap_mail y on y.subscription_id = x.id where y.id = finish_recap_mail.mail for update of x;
    update jalon_engine.recap_mail x set lease = null, error = left(finish_recap_mail.error, 1000),
        sent_at = case when finish_recap_mail.error is null then now() end,
        -- What is final stays begun, and so is never begun again.
        started_at = case when finish_recap_mail.error is null or finish_recap_mail.is_final
            then coalesce(x.started_at, now()) end
    where x.id = finish_recap_mail.mail and x.lease = finish_recap_mail.lease
    returning x.* into m;
    if not found or s.ended_at is not null then
        return;
    end if;
    if m.started_at is null then
        select now() + make_interval(secs => (c.value ->> m.attempts - 1)::double precision) into v_retry_at
        from jalon_engine.setting c where c.name = 'mail.retry_after';
    end if;
    if v_retry_at is null
        or v_retry_at >= jalon_engine.next_mail_at(s.time_zone, s.day, s.hour, s.planned_at) and m.week is not null then
        perform jalon_engine.plan_next_mail(s);
    else
        update jalon_engine.recap_subscription x set due_at = v_retry_at where x.id = s.id;
    end if;
end
$$;
comment on function jalon.finish_recap_mail(uuid, uuid, text, boolean) is
'Says that the mail server took an e-mail, or why not: it is tried again, unless that is final.';
grant execute on function jalon.finish_recap_mail(uuid, uuid, text, boolean) to jalon_dba, jalon_relay;
