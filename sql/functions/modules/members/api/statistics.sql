-- Statistics of roles for a page: of a long time they are kept like other recaps (recap_page.sql).

create or replace function jalon_engine.cached_role_statistics(p_question jsonb)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.role_statistics_json(p_question)::jsonb $$;
comment on function jalon_engine.cached_role_statistics(jsonb) is
'What is kept of the statistics of roles: {from, to, days or since, until, lang}.';

create or replace function jalon_api.role_statistics_page(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_question constant jsonb := jalon_engine.recap_question('users',
        p_input || jsonb_build_object('lang', jalon_recap.language(p_caller ->> 'language')));
    v_kept jalon_engine.cached_recap;
begin
    -- The changes of a quarter are few enough to be counted while the page waits; those of a longer
    -- time are kept (recap_page.sql).
    if jalon_engine.recap_since(p_input) > now() - interval '100 days'
       or (select r.is_counted_at_once
           from jalon_engine.recap_table('role-statistics', '{"table": "users"}', p_caller) r) then
        return jalon_api.role_statistics(p_key, p_input, p_caller);
    end if;
    perform jalon_engine.require_read_all(p_caller, 'users');
    select k.* into v_kept from jalon_engine.cached_recap k
    where k.recap = 'role-statistics' and k.question = v_question;
    return (200, coalesce(v_kept.answer, '{"items": null}')
        || jsonb_build_object('isLong', true, 'countedAt', v_kept.counted_at, 'question', v_question,
            'isOld', coalesce(v_kept.counted_at < now() - interval '1 day', true)), null, null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.role_statistics_page(text, jsonb, jsonb)
is 'jalon_api.role_statistics for a page: of a long time as it was counted last (items null: not yet); {from, to, days '
    'or since, until}.';
