-- GET /api/v1/recaps/role-changes and …/role-statistics: the requirement's queries over HTTP.

create or replace function jalon_engine.require_code_of_question(p_field text, p_category text, p_code text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_code is not null
        and not exists (select from jalon_engine.referential f where f.category = p_category and f.code = p_code) then
        perform jalon_engine.fail('JL402',
            jsonb_build_object('field', p_field, 'category', p_category, 'to', p_code, 'allowed', coalesce((
                select jsonb_agg(f.code order by f.position, f.code) from jalon_engine.referential f
                where f.category = p_category), '[]')));
    end if;
end
$$;
comment on function jalon_engine.require_code_of_question(text, text, text) is
'Fails with JL402 where a category lacks a code that a question names.';

create or replace function jalon_engine.recap_since(p_input jsonb)
returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jalon_engine.moment('since', p_input ->> 'since'),
        now() - (p_input ->> 'days')::integer * interval '1 day', '-infinity')
$$;
comment on function jalon_engine.recap_since(jsonb) is
'Where the period of a recap begins: since, else so many days ago, else at the beginning.';

create or replace function jalon_api.role_changes(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_language constant text := jalon_recap.language(p_caller ->> 'language');
    v_limit constant integer := (p_input ->> 'limit')::integer;
    v_after constant jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    -- A page ends at an instant, and after so many of its changes.
    v_until constant timestamptz := jalon_engine.moment('after', v_after ->> 0);
    v_rows jsonb[];
    v_last text;
    v_next text;
begin
    perform jalon_engine.require_permission('read_all', 'users', p_caller => p_caller);
    perform jalon_engine.require_code_of_question('from', 'USER_ROLE', p_input ->> 'from'),
        jalon_engine.require_code_of_question('to', 'USER_ROLE', p_input ->> 'to');
    v_rows := array(
        select jsonb_build_object('user_id', r.user_id, 'email', r.email, 'old_role', r.old_role,
            'new_role', r.new_role, 'changed_at', r.changed_at, 'changed_by', r.changed_by, 'reason', r.reason,
            'days', round(extract(epoch from r.stayed) / 86400, 2),
            'old_role_label', case
                when r.old_role is not null then jalon_engine.code_name('USER_ROLE', r.old_role, v_language) end,
            'new_role_label', jalon_engine.code_name('USER_ROLE', r.new_role, v_language))
        from (
            select x.* from jalon_engine.role_changes(p_input ->> 'email', p_input ->> 'from', p_input ->> 'to',
                jalon_engine.recap_since(p_input),
                least(coalesce(jalon_engine.moment('until', p_input ->> 'until'), 'infinity'),
                    v_until + interval '1 microsecond'),
                coalesce((p_input ->> 'with_creation')::boolean, false), coalesce((v_after ->> 1)::bigint, 0),
                v_limit + 1) with ordinality x) r
        order by r.ordinality);
    if cardinality(v_rows) > v_limit then
        v_last := v_rows[v_limit] ->> 'changed_at';
        v_next := jalon_engine.cursor(jsonb_build_array(v_last,
            (select count(*) from unnest(v_rows[:v_limit]) r where r ->> 'changed_at' = v_last)
            + case when v_last::timestamptz = v_until then (v_after ->> 1)::integer else 0 end));
    end if;
    return jalon_engine.ok(json_build_object('items', coalesce((
            select json_agg(json_build_object('user_id', r -> 'user_id', 'email', r -> 'email',
                'old_role', r -> 'old_role', 'new_role', r -> 'new_role', 'changed_at', r -> 'changed_at',
                'changed_by', r -> 'changed_by', 'reason', r -> 'reason', 'days', r -> 'days',
                'old_role_label', r -> 'old_role_label', 'new_role_label', r -> 'new_role_label') order by n)
            from unnest(case when v_limit is null then v_rows else v_rows[:v_limit] end) with ordinality u (r, n)),
        '[]'), 'next', v_next, 'since', nullif(jalon_engine.recap_since(p_input), '-infinity')),
        p_headers => jalon_engine.page_headers(v_next));
end
$$;
comment on function jalon_api.role_changes(text, jsonb, jsonb) is 'Changes of roles, the latest first, all or in '
'pages; {email, from, to, days or since, until, with_creation, after, limit}.';

create or replace function jalon_engine.role_statistics_json(p_question jsonb)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('items', coalesce((
        select json_agg(json_build_object('old_role', s.old_role, 'new_role', s.new_role,
            'total_changes', s.total_changes, 'share', s.share, 'share_of_old_role', s.share_of_old_role,
            'users', s.users, 'is_upgrade', s.is_upgrade,
            'median_days', round(extract(epoch from s.median_time) / 86400, 2),
            'average_days', round(extract(epoch from s.average_time) / 86400, 2),
            'median_days_since_creation', round(extract(epoch from s.median_time_since_creation) / 86400, 2),
            'old_role_label', jalon_engine.code_name('USER_ROLE', s.old_role, p_question ->> 'lang'),
            'new_role_label', jalon_engine.code_name('USER_ROLE', s.new_role, p_question ->> 'lang'))
            order by s.total_changes desc, s.old_role, s.new_role)
        from jalon_recap.role_statistics(p_question ->> 'from', p_question ->> 'to',
            jalon_engine.recap_since(p_question),
            coalesce(jalon_engine.moment('until', p_question ->> 'until'), 'infinity')) s), '[]'))
$$;
comment on function jalon_engine.role_statistics_json(jsonb) is
'The rows of jalon_recap.role_statistics: {from, to, days or since, until, lang}.';

create or replace function jalon_api.role_statistics(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('read_all', 'users', p_caller => p_caller);
    perform jalon_engine.require_code_of_question('from', 'USER_ROLE', p_input ->> 'from'),
        jalon_engine.require_code_of_question('to', 'USER_ROLE', p_input ->> 'to');
    return jalon_engine.ok(jalon_engine.role_statistics_json(p_input
        || jsonb_build_object('lang', jalon_recap.language(p_caller ->> 'language'))),
        p_headers => '{":columns": ["old_role", "new_role", "total_changes", "share", "share_of_old_role", "users", '
        '"is_upgrade", "median_days", "average_days", "median_days_since_creation", "old_role_label", '
        '"new_role_label"]}');
end
$$;
comment on function jalon_api.role_statistics(text, jsonb, jsonb) is
'How often roles were changed, with shares and times; {from, to, days or since, until}.';
