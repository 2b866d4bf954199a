-- What stands in a document of rules that no database could take, or that this one lacks: each with its place in the
-- file. The form (members, their types) was looked at before, with the JSON Schema.

create or replace function jalon_engine.fault(
    p_index integer, p_path text[], p_code text, p_params jsonb, p_severity text default 'error'
)
returns jalon_engine.planned
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select row(p_index, p_severity, null, p_params ->> 'name', jalon_engine.text_of('rules.fault.' || p_code, p_params),
        p_path, null, null, null, null, null)::jalon_engine.planned
$$;
comment on function jalon_engine.fault(integer, text[], text, jsonb, text) is
'A sentence of a plan that says what is wrong.';

create or replace function jalon_engine.faults_of_names(p_document jsonb, p_index integer)
returns setof jalon_engine.planned
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with items as (select * from jalon_engine.rule_items(p_document))
    select jalon_engine.fault(p_index, max(i.path), 'twice', jsonb_build_object('name', array_to_string(i.key, ' ')))
    from items i group by i.kind, i.key having count(*) > 1
    union all
    select jalon_engine.fault(p_index, i.path || array['labels', l.key], 'language', jsonb_build_object('name', l.key,
        'allowed', (select jsonb_agg(g.code order by g.position) from jalon_engine.language g)))
    from items i cross join lateral jsonb_object_keys(i.facts -> 'labels') l (key)
    where not exists (select from jalon_engine.language g where g.code = l.key)
    union all
    select jalon_engine.fault(p_index, i.path || array['guard'], 'guard', jsonb_build_object('name',
        i.facts ->> 'guard', 'allowed', (select jsonb_agg(g.name order by g.name) from jalon_engine.guard g)))
    from items i
    where i.kind = 'transition' and not exists (
        select from jalon_engine.guard g where g.name = coalesce(i.facts ->> 'guard', g.name))
        and i.facts ? 'guard'
    union all
    select jalon_engine.fault(p_index, i.path || array['permission'], 'permission', jsonb_build_object('name', i.key[2],
        'allowed', (select jsonb_agg(p.code order by p.code) from jalon_engine.permission p)))
    from items i
    where i.kind = 'permission' and not exists (select from jalon_engine.permission p where p.code = i.key[2])
$$;
comment on function jalon_engine.faults_of_names(jsonb, integer) is
'Things that stand twice, and languages, guards and permissions that the database lacks.';

create or replace function jalon_engine.faults_of_references(p_document jsonb, p_index integer, p_documents jsonb)
returns setof jalon_engine.planned
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with items as (select * from jalon_engine.rule_items(p_document)),
    codes as (
        select i.key[1] as code from items i where i.kind = 'code'
        union all
        select r.code from jalon_engine.referential r
        where r.category = p_document ->> 'category' and not p_document ? 'codes'),
    roles as (
        select i.key[1] as code from jsonb_array_elements(p_documents) d
        cross join lateral jalon_engine.rule_items(d) i where i.kind = 'role'
        union all
        select r.code from jalon_engine.role r)
    select jalon_engine.fault(p_index, i.path || array[x.member], 'code', jsonb_build_object('name', x.code, 'allowed',
        (select jsonb_agg(c.code) from codes c)))
    from items i
    cross join lateral (values ('from', i.key[cardinality(i.key) - 1]), ('to', i.key[cardinality(i.key)]))
        x (member, code)
    where i.kind in ('transition', 'arrival') and x.code <> ''
      and not exists (select from codes c where c.code = x.code)
    union all
    select jalon_engine.fault(p_index, i.path || x.path, 'role', jsonb_build_object('name', x.role, 'allowed',
        (select jsonb_agg(distinct r.code) from roles r)), x.severity)
    from items i
    cross join lateral (
        -- A transition may name a role that is made later, as those of a proposition are.
        select array['roles'] as path, e.value as role, 'warning' as severity
        from jsonb_array_elements_text(i.facts -> 'roles') e where i.kind = 'transition'
        union all select array['role'], i.key[1], 'error' where i.kind = 'permission') x
    where not exists (select from roles r where r.code = x.role)
    union all
    select jalon_engine.fault(p_index, i.path || array['table'], 'table', jsonb_build_object('name', i.key[1]))
    from items i
    where i.kind = 'table' and not exists (
        select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where array[n.nspname, c.relname]::text[] = parse_ident(i.key[1]))
    union all
    select jalon_engine.fault(p_index, i.path || array['columns', c.key], 'category', jsonb_build_object(
        'name', c.value, 'allowed', (select jsonb_agg(g.code order by g.code) from jalon_engine.category g)))
    from items i cross join lateral jsonb_each_text(i.facts -> 'columns') c
    where i.kind = 'table' and not exists (select from jalon_engine.category g where g.code = c.value)
      and not exists (select from jsonb_array_elements(p_documents) d where d ->> 'category' = c.value)
$$;
comment on function jalon_engine.faults_of_references(jsonb, integer, jsonb) is
'Codes, roles, tables and categories that are named and are nowhere.';

create or replace function jalon_engine.faults_of_drafts(p_document jsonb, p_index integer)
returns setof jalon_engine.planned
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.fault(p_index, null, 'draft', jsonb_build_object('name', w.case_type,
        'category', w.category, 'caseType', w.case_type, 'who', coalesce(w.created_by, '–')))
    from jalon_engine.workflow w
    where w.category = p_document ->> 'category' and w.state = 'draft' and w.case_type in (
        select c from jalon_engine.changed_workflows(
            jalon_engine.exported_rules(p_document ->> 'category'), p_document) c)
$$;
comment on function jalon_engine.faults_of_drafts(jsonb, integer) is
'Drafts that somebody is working on, of workflows that a document changes.';

create or replace function jalon_engine.rule_faults(p_documents jsonb)
returns setof jalon_engine.planned
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select f.* from jsonb_array_elements(p_documents) with ordinality d (value, place)
    cross join lateral (
        select * from jalon_engine.faults_of_names(d.value, d.place::integer - 1)
        union all
        select * from jalon_engine.faults_of_references(d.value, d.place::integer - 1, p_documents)
        union all
        select * from jalon_engine.faults_of_drafts(d.value, d.place::integer - 1)) f;
end
$$;
comment on function jalon_engine.rule_faults(jsonb) is 'What is wrong with documents of rules, each with its place.';
grant execute on function jalon_engine.rule_faults(jsonb) to jalon_dba;
