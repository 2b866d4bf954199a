-- Why not. Every target of every record, allowed or not, with all that stands in the way, in one statement.

create or replace function jalon_engine.explained_moves(
    p_tracked jalon_engine.tracked, p_ids text[], p_actor text, p_roles text[], p_reason text, p_meta jsonb,
    p_language text
)
returns table (
    id text, column_name text, from_code text, to_code text, action text, label text, blockers jsonb, color text,
    icon text, version integer, "position" integer
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor constant text := coalesce(p_actor, jalon_engine.actor());
    v_roles constant text[] := jalon_engine.roles_of(v_actor,
        coalesce(p_roles, case when p_actor is null then (jalon_engine.context()).roles end));
begin
    return query execute format($sql$
        with named as materialized ( -- once a rule, not once a record
            select c.column_name, c.position as place, r as rule, f.color, coalesce(r.icon, f.icon) as icon,
                f.position as code_place,
                jalon_engine.action_name(r.category, r.action, r.to_code, $5) as label
            from jalon_engine.tracked_column c
            join jalon_engine.rule r on r.category = c.category
            join jalon_engine.referential f on f.category = r.category and f.code = r.to_code
            where c.tracked = $1
        )
        select j.row ->> %1$L, n.column_name, j.row ->> n.column_name, (n.rule).to_code::text, (n.rule).action, n.label,
            b.blockers, n.color, n.icon, (j.row ->> 'status_version')::integer, (n.rule).position
        -- once a record, not once a transition
        from (select i.row, jalon_engine.roles_for_record($6, $2, $3, i.row) as roles
            from jalon_engine.rows_as_mover(%2$L,
                array(select i from unnest($4) i where jalon_engine.is_key(%4$L, i))) i (row) offset 0) j
        join named n on (n.rule).from_code = j.row ->> n.column_name
            and (n.rule).case_type = jalon_engine.ruling_case_type((n.rule).category, j.row ->> %3$L)
        cross join lateral (select jalon_engine.blockers(n.rule, $2, j.roles, $7, $8, j.row,
            j.row || jsonb_build_object(n.column_name, (n.rule).to_code))
            || jalon_engine.permission_blockers($6, n.rule, $3, $9) offset 0) as b (blockers)
        order by array_position($4, j.row ->> %1$L), n.place, (n.rule).position, n.code_place, (n.rule).to_code
        $sql$, p_tracked.key_column, format('select x.* from %s x where x.%I = any (($1)::%s[])',
            jalon_engine.table_of(p_tracked), p_tracked.key_column, p_tracked.key_type), p_tracked.workflow_column,
            p_tracked.key_type)
    using p_tracked.name, v_actor, v_roles, p_ids, p_language, p_tracked, p_reason, p_meta,
        case when p_actor is not null then 'c' else (jalon_engine.context()).named_by end;
end
$$;
comment on function jalon_engine.explained_moves(jalon_engine.tracked, text[], text, text[], text, jsonb, text) is
'jalon.explain_many with blockers that are not yet in words.';

create or replace function jalon.explain_many(
    tracked text, ids text[], actor text default null, roles text[] default null, reason text default null,
    meta jsonb default null, language text default null
)
returns table (
    id text, column_name text, from_code text, to_code text, action text, label text, is_allowed boolean,
    blockers jsonb, color text, icon text, version integer, "position" integer
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_language constant text := coalesce(explain_many.language, jalon_engine.language());
begin
    return query select x.id, x.column_name, x.from_code, x.to_code, x.action, x.label, x.blockers = '[]',
        jalon_engine.with_messages(x.blockers, jsonb_build_object('table', t.name, 'id', x.id, 'column', x.column_name,
            'from', x.from_code, 'to', x.to_code, 'actor', coalesce(explain_many.actor, jalon_engine.actor())),
            v_language), x.color, x.icon, x.version, x."position"
    from jalon_engine.tracked_of(explain_many.tracked) t
    cross join lateral jalon_engine.explained_moves(t, explain_many.ids, explain_many.actor, explain_many.roles,
        explain_many.reason, explain_many.meta, v_language) x;
end
$$;
comment on function jalon.explain_many(text, text[], text, text[], text, jsonb, text) is
'For each record every move that its code has, whether the actor may take it, and if not every reason why.';
grant execute on function jalon.explain_many(text, text[], text, text[], text, jsonb, text) to jalon_dba, jalon_app;

create or replace function jalon.explain(
    tracked text, id text, actor text default null, roles text[] default null, reason text default null
)
returns table (to_code text, action text, label text, is_allowed boolean, why_not text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select e.to_code, e.action, e.label, e.is_allowed,
        (select string_agg(b.value ->> 'message', '; ') from jsonb_array_elements(e.blockers) b)
    from jalon.explain_many(explain.tracked, array[explain.id], explain.actor, explain.roles, explain.reason) e
$$;
comment on function jalon.explain(text, text, text, text[], text) is
'The moves of one record in words, for psql.';
grant execute on function jalon.explain(text, text, text, text[], text) to jalon_dba, jalon_app;

create or replace function jalon.explain(
    tracked text, id anyelement, actor text default null, roles text[] default null, reason text default null
)
returns table (to_code text, action text, label text, is_allowed boolean, why_not text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select e.* from jalon.explain($1, format('%s', $2), $3, $4, $5) e
$$;
comment on function jalon.explain(text, anyelement, text, text[], text) is
'The same for a key that is not text.';
grant execute on function jalon.explain(text, anyelement, text, text[], text) to jalon_dba, jalon_app;

create or replace function jalon_engine.with_messages(p_blockers jsonb, p_facts jsonb, p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(b.value || jsonb_build_object('message',
        jalon_engine.text_of(b.value ->> 'code',
            jalon_engine.with_role_names(p_facts || (b.value -> 'params'), p_language), p_language))
        order by b.ordinality), '[]')
    from jsonb_array_elements(p_blockers) with ordinality b
$$;
comment on function jalon_engine.with_messages(jsonb, jsonb, text) is 'Blockers with their message in a language.';

create or replace function jalon_engine.code_name(p_category text, p_code text, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (select l.label from jalon_engine.referential_label l where l.category = p_category and l.code = p_code
         and l.language in (p_language, split_part(p_language, '-', 1)) order by l.language = p_language desc limit 1),
        (select f.label from jalon_engine.referential f where f.category = p_category and f.code = p_code), p_code)
$$;
comment on function jalon_engine.code_name(text, text, text) is
'The label of a code in a language, else its own, else the code.';

create or replace function jalon_engine.action_name(p_category text, p_action text, p_to_code text, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((select a.label from jalon_engine.action_label a
    where a.category = p_category and a.action = p_action
        and a.language in (p_language, split_part(p_language, '-', 1)) order by a.language = p_language desc limit 1),
        jalon_engine.code_name(p_category, p_to_code, p_language))
$$;
comment on function jalon_engine.action_name(text, text, text, text) is
'What an action is called in a language, else the label of the code it leads to.';
