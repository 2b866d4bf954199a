-- POST /api/v1/recaps/{name}/count: who looks at a page of a long history has its recap counted.

create or replace function jalon_api.count_recap(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_tracked constant text := (select r.tracked from jalon_engine.recap_table(p_key, p_input, p_caller) r);
    v_cached constant jalon_engine.recap_cache := jalon_engine.count_recap(p_key, v_tracked,
        jalon_engine.recap_question(v_tracked, p_input));
begin
    return jalon_engine.ok(json_build_object('table', coalesce(v_tracked, '*'), 'countedAt', v_cached.counted_at));
end
$$;
comment on function jalon_api.count_recap(text, jsonb, jsonb) is
'Counts a recap again, for pages to show: {table, since, until, caseType, bucket}.';
