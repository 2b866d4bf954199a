-- Why not. Every target of every record, allowed or not, with all that stands in the way, in one statement.

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
    t jalon_engine.tracked := jalon_engine.tracked_of(explain_many.tracked);
    v_actor text := coalesce(explain_many.actor, jalon_engine.actor());
    v_roles text[] := jalon_engine.roles_of(v_actor,
        coalesce(explain_many.roles, case when explain_many.actor is null then (jalon_engine.context()).roles end));
    v_language text := coalesce(explain_many.language, jalon_engine.language());
begin
    return query execute format($sql$
        select j.row ->> %1$L, c.column_name, j.row ->> c.column_name, r.to_code::text, r.action,
            jalon_engine.action_name(r.category, r.action, r.to_code, $5), b.blockers = '[]',
            jalon_engine.with_messages(b.blockers, jsonb_build_object(
                'table', $1, 'id', j.row ->> %1$L, 'column', c.column_name, 'from', j.row ->> c.column_name,
                'to', r.to_code, 'actor', $2), $5),
            f.color, coalesce(r.icon, f.icon), (j.row ->> 'status_version')::integer, r.position
        -- once a record, not once a transition
        from (select i.row, jalon_engine.roles_for_record($6, $2, $3, i.row) as roles
            from jalon_engine.rows_as_mover(%3$L,
                array(select i from unnest($4) i where jalon_engine.is_key(%5$L, i))) i (row) offset 0) j
        join jalon_engine.tracked_column c on c.tracked = $1
        join jalon_engine.rule r on r.category = c.category
            and r.case_type = jalon_engine.ruling_case_type(c.category, j.row ->> %4$L)
            and r.from_code = j.row ->> c.column_name
        join jalon_engine.referential f on f.category = r.category and f.code = r.to_code
        cross join lateral (select jalon_engine.blockers(r, $2, j.roles, $7, $8, j.row,
            j.row || jsonb_build_object(c.column_name, r.to_code))
            || jalon_engine.permission_blockers($6, r, $3, $9)) as b (blockers)
        order by array_position($4, j.row ->> %1$L), c.position, r.position, f.position, r.to_code
        $sql$, t.key_column, null, format('select x.* from %s x where x.%I = any (($1)::%s[])',
            jalon_engine.table_of(t), t.key_column, t.key_type), t.workflow_column, t.key_type)
    using t.name, v_actor, v_roles, explain_many.ids, v_language, t, explain_many.reason, explain_many.meta,
        case when explain_many.actor is not null then 'c' else (jalon_engine.context()).named_by end;
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
