-- The cache of recaps is renewed once a day, one recap a call: counting may take as long as a request may.

create or replace function jalon.renew_recaps()
returns table (recap text, question jsonb, counted_at timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_cached jalon_engine.recap_cache;
begin
    delete from jalon_engine.recap_cache k where k.asked_at < now() - interval '7 days';
    select k.* into v_cached from jalon_engine.recap_cache k
    where k.counted_at < now() - interval '20 hours'
    order by k.counted_at limit 1;
    if found then
        begin
            return query select c.recap, c.question, c.counted_at
                from jalon_engine.count_recap(p_name => v_cached.recap, p_tracked => v_cached.tracked,
                    p_question => v_cached.question, p_asked_at => v_cached.asked_at) c;
        exception when others then
            -- What can't be counted any more must not keep the others from being counted.
            delete from jalon_engine.recap_cache k where k.recap = v_cached.recap and k.question = v_cached.question;
            return query select v_cached.recap, v_cached.question, null::timestamptz;
        end;
    end if;
end
$$;
comment on function jalon.renew_recaps() is 'Counts one recap of a long history again that is a day old, and forgets '
'those that nobody asked for in a week; no row once all is done. The relay calls it once a day.';
revoke execute on function jalon.renew_recaps() from public;
grant execute on function jalon.renew_recaps() to jalon_dba, jalon_relay;
