-- Recaps of long histories are counted again when somebody looks at them, and once a day.

create or replace function jalon_api.count_recap(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_tracked text := (select r.tracked from jalon_engine.recap_table(p_key, p_input, p_caller) r);
    v_kept jalon_engine.cached_recap := jalon_engine.count_recap(p_key, v_tracked,
        jalon_engine.recap_question(v_tracked, p_input));
begin
    update jalon_engine.cached_recap k set asked_at = statement_timestamp()
    where k.recap = v_kept.recap and k.question = v_kept.question;
    return (200, json_build_object('table', coalesce(v_tracked, '*'), 'countedAt', v_kept.counted_at), null,
        null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.count_recap(text, jsonb, jsonb) is
'Counts a recap again, for pages to show: {table, since, until, caseType, bucket}.';

create or replace function jalon.renew_recaps()
returns table (recap text, question jsonb, counted_at timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_kept jalon_engine.cached_recap;
begin
    delete from jalon_engine.cached_recap k where k.asked_at < now() - interval '7 days';
    select k.* into v_kept from jalon_engine.cached_recap k
    where k.counted_at < now() - interval '20 hours'
    order by k.counted_at limit 1;
    if found then
        begin
            return query select c.recap, c.question, c.counted_at
                from jalon_engine.count_recap(v_kept.recap, v_kept.tracked, v_kept.question) c;
        exception when others then
            -- What can't be counted any more must not keep the others from being counted.
            delete from jalon_engine.cached_recap k where k.recap = v_kept.recap and k.question = v_kept.question;
            return query select v_kept.recap, v_kept.question, null::timestamptz;
        end;
    end if;
end
$$;
comment on function jalon.renew_recaps() is 'Counts one recap of a long history again that is a day old, and forgets '
'those that nobody asked for in a week; no row once all is done. The relay calls it once a day.';
revoke execute on function jalon.renew_recaps() from public;
grant execute on function jalon.renew_recaps() to jalon_dba, jalon_relay;
