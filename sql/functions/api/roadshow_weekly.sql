-- For the console: the recap of a week, of the roadshow, in the time zone in which it dates its events, and no longer than a
-- page is read. All of it comes from /api/v1/recaps/weekly.

create or replace function api.roadshow_weekly(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql stable security definer
set search_path = ''
as $$
declare
    v_answer lifecycle.answer := api.weekly(null, jsonb_build_object(
        'tz', (select s.value #>> '{}' from lifecycle.setting s where s.name = 'roadshow.time_zone')) || p_input
        || '{"table": "roadshow_counterparty"}', p_caller);
    v_part constant jsonb := v_answer.body::jsonb #> '{tables,0}';
begin
    v_answer.body := v_answer.body::jsonb || jsonb_build_object('tables', jsonb_build_array(v_part || (
        select jsonb_object_agg(n.name, coalesce((
                select jsonb_agg(e.value order by e.ordinality)
                from jsonb_array_elements(v_part -> n.name) with ordinality e where e.ordinality <= 200), '[]'))
            || jsonb_build_object('totals', jsonb_object_agg(n.name, jsonb_array_length(v_part -> n.name)) || jsonb_build_object('silent', v_part -> 'silentCount'))
        from unnest(array['records', 'entered', 'left', 'passed', 'interactions']) n (name))));
    return v_answer;
end
$$;
comment on function api.roadshow_weekly(text, jsonb, jsonb) is 'The roadshow''s recap of an ISO week, the first 200 of each list and how many there are: {week, tz}.';
grant execute on function api.roadshow_weekly(text, jsonb, jsonb) to jalon_api;
