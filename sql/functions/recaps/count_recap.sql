-- The cache of recaps, for pages, which may not count a year while somebody waits. Only count_recap writes it. A reader
-- of a page has its recap counted, and jalon.renew_recaps counts it again every day.

create or replace function jalon_engine.recap_question(p_tracked text, p_input jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_strip_nulls(jsonb_build_object('table', p_tracked, 'caseType', p_input -> 'caseType',
        'since', p_input -> 'since', 'until', p_input -> 'until', 'bucket', p_input -> 'bucket',
        'week', p_input -> 'week', 'tz', p_input -> 'tz', 'lang', p_input -> 'lang', 'days', p_input -> 'days',
        'from', p_input -> 'from', 'to', p_input -> 'to'))
$$;
comment on function jalon_engine.recap_question(text, jsonb) is
'What decides the rows of a recap. The reader''s language is part of it only where it is asked for.';

create or replace function jalon_engine.cached_recap(
    p_name text, p_question jsonb, p_old_before timestamptz default now() - interval '1 day'
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(k.answer, '{"items": null}') || jsonb_build_object('countedAt', k.counted_at, 'isLong', true,
        'isOld', coalesce(k.counted_at < p_old_before, true))
    from (select) one left join jalon_engine.recap_cache k on k.recap = p_name and k.question = p_question
$$;
comment on function jalon_engine.cached_recap(text, jsonb, timestamptz) is
'A recap as it was counted last, and when (items null: not yet).';

create or replace function jalon_engine.count_recap(
    p_name text, p_tracked text, p_question jsonb, p_asked_at timestamptz default statement_timestamp()
)
returns jalon_engine.recap_cache
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_turn constant text := 'recap ' || abs(hashtextextended(p_name || p_question, 0) % 32);
    v_function constant text := (select m.function_name from jalon_engine.module_recap m where m.recap = p_name);
    v_at timestamptz;
    v_cached jalon_engine.recap_cache;
    v_answer jsonb;
begin
    -- One counts; others who want the same meanwhile wait for it, and take that.
    perform from jalon_engine.turn t where t.name = v_turn for update skip locked;
    if not found then
        perform from jalon_engine.turn t where t.name = v_turn for update;
        update jalon_engine.recap_cache k set asked_at = greatest(k.asked_at, p_asked_at)
        where k.recap = p_name and k.question = p_question
        returning k.* into v_cached;
        if found then
            return v_cached;
        end if;
    end if;
    v_at := clock_timestamp();
    if v_function is not null then
        execute format('select jalon_engine.%I($1)', v_function) into v_answer using p_question;
    else
        if p_name = 'compliance' then
            perform from jalon.prove(p_tracked);
        end if;
        -- Of a list of records the first thousand: nobody reads on, and the total says how many there are.
        select jsonb_strip_nulls(jsonb_build_object('total', r.total)) || jsonb_build_object('items', r.items)
        into v_answer
        from jalon_engine.recap(p_name, p_question || '{"limit": 1000}', p_question ->> 'lang') r;
    end if;
    insert into jalon_engine.recap_cache as k (recap, question, tracked, answer, counted_at, asked_at)
    values (p_name, p_question, p_tracked, v_answer, v_at, p_asked_at)
    on conflict on constraint recap_cache_pk do update set answer = excluded.answer, counted_at = excluded.counted_at,
        asked_at = greatest(k.asked_at, excluded.asked_at)
    returning k.* into v_cached;
    return v_cached;
end
$$;
comment on function jalon_engine.count_recap(text, text, jsonb, timestamptz) is 'Counts a recap and caches it.';

