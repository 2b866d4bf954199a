-- Statistics of roles for a page: of a long time they are cached like other recaps (count_recap.sql).

create or replace function jalon_api.role_statistics_page(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_question constant jsonb := jalon_engine.recap_question('users',
        p_input || jsonb_build_object('lang', jalon_recap.language(p_caller ->> 'language')));
begin
    -- The changes of a quarter are few enough to be counted while the page waits; those of a longer
    -- time are cached (count_recap.sql).
    if jalon_engine.recap_since(p_input) > now() - interval '100 days'
       or (select r.is_counted_at_once
           from jalon_engine.recap_table('role-statistics', '{"table": "users"}', p_caller) r) then
        return jalon_api.role_statistics(p_key, p_input, p_caller);
    end if;
    perform jalon_engine.require_permission('read_all', 'users', p_caller => p_caller);
    return jalon_engine.ok((jalon_engine.cached_recap('role-statistics', v_question)
        || jsonb_build_object('question', v_question))::json);
end
$$;
comment on function jalon_api.role_statistics_page(text, jsonb, jsonb)
is 'jalon_api.role_statistics for a page: of a long time as it was counted last (items null: not yet); {from, to, days '
    'or since, until}.';
