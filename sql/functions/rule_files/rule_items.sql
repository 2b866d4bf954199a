-- A document of rules taken apart: one row a thing, with what names it and what is said of it. Both documents of a
-- comparison go through here, so that what is left out and what is usual are the same.

create or replace function jalon_engine.labelled(p_facts jsonb, p_code text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The label in the default language may stand among the others or alone.
    select jalon_engine.said(p_facts || jsonb_build_object(
        'label', nullif(coalesce(p_facts -> 'labels' ->> l.code, p_facts ->> 'label'), p_code),
        'labels', jalon_engine.said((p_facts -> 'labels') - l.code)))
    from jalon_engine.default_language() l (code)
$$;
comment on function jalon_engine.labelled(jsonb, text) is
'What is said of a thing, its label in the default language apart and left out where it is the code.';

create or replace function jalon_engine.sorted(p_list jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select jsonb_agg(e.value order by e.value) from jsonb_array_elements_text(p_list) e $$;
comment on function jalon_engine.sorted(jsonb) is 'A list of texts whose order means nothing, in alphabetical order.';

create or replace function jalon_engine.items_of_codes(p_document jsonb)
returns setof jalon_engine.rule_item
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select 'category', array[p_document ->> 'category'], 1,
        jalon_engine.said(jsonb_build_object('label', nullif(p_document ->> 'label', p_document ->> 'category'),
            'description', p_document -> 'description')), '{}'::text[]
    where p_document ? 'category'
    union all
    select 'role', array[r.value ->> 'role'], r.place::integer,
        jalon_engine.labelled(r.value - 'role', r.value ->> 'role'), array['roles', (r.place - 1)::text]
    from jsonb_array_elements(p_document -> 'roles') with ordinality r (value, place)
    union all
    select 'code', array[c.value ->> 'code'], c.place::integer,
        jalon_engine.labelled(c.value - 'code' || jsonb_build_object(
            'outcome', coalesce(c.value ->> 'outcome', jalon_engine.usual_outcome(
                (c.value ->> 'initial')::boolean, (c.value ->> 'final')::boolean)),
            'max_stay', jalon_engine.stay_text((c.value ->> 'max_stay')::interval)), c.value ->> 'code'),
        array['codes', (c.place - 1)::text]
    from jsonb_array_elements(p_document -> 'codes') with ordinality c (value, place)
    union all
    select 'action', array[a.value ->> 'action'], a.place::integer,
        jalon_engine.said(a.value - 'action'), array['actions', (a.place - 1)::text]
    from jsonb_array_elements(p_document -> 'actions') with ordinality a (value, place)
$$;
comment on function jalon_engine.items_of_codes(jsonb) is 'Category, roles, codes and actions of a document of rules.';

create or replace function jalon_engine.items_of_workflows(p_document jsonb)
returns setof jalon_engine.rule_item
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with workflows as (
        select w.value, coalesce(w.value ->> 'case_type', '*') as case_type, w.place,
            array['workflows', (w.place - 1)::text] as path
        from jsonb_array_elements(p_document -> 'workflows') with ordinality w (value, place))
    select 'workflow', array[w.case_type], w.place::integer,
        jalon_engine.said(jsonb_build_object('label', w.value -> 'label')), w.path
    from workflows w
    union all
    select 'transition', array[w.case_type, coalesce(a.value ->> 'from', ''), a.value ->> 'to'], a.place::integer,
        jalon_engine.said(a.value - '{from,to}'::text[] || jsonb_build_object(
            'roles', jalon_engine.sorted(a.value -> 'roles'),
            'required_fields', jalon_engine.sorted(a.value -> 'required_fields'), 'action', coalesce(
                a.value ->> 'action', jalon_engine.usual_action(a.value ->> 'from', a.value ->> 'to')))),
        w.path || array['transitions', (a.place - 1)::text]
    from workflows w
    cross join lateral jsonb_array_elements(w.value -> 'transitions') with ordinality a (value, place)
    union all
    select 'arrival', array[w.case_type, coalesce(a.value ->> 'from_case_type', '*'), a.value ->> 'from',
        a.value ->> 'to'], a.place::integer, '{}', w.path || array['arrivals', (a.place - 1)::text]
    from workflows w
    cross join lateral jsonb_array_elements(w.value -> 'arrivals') with ordinality a (value, place)
$$;
comment on function jalon_engine.items_of_workflows(jsonb) is
'Workflows, transitions and arrivals of a document of rules.';

create or replace function jalon_engine.items_of_tables(p_document jsonb)
returns setof jalon_engine.rule_item
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select 'table', array[jalon_engine.quoted_name(t.value ->> 'table')], t.place::integer,
        jalon_engine.said(t.value - 'table' || jsonb_build_object(
            'name', coalesce(t.value ->> 'name', jalon_engine.bare_name(t.value ->> 'table')),
            'on_delete', coalesce(t.value ->> 'on_delete', 'keep'),
            'move_permission', coalesce(t.value ->> 'move_permission', 'move_freely'))),
        array['tables', (t.place - 1)::text]
    from jsonb_array_elements(p_document -> 'tables') with ordinality t (value, place)
    union all
    select 'permission', array[p.value ->> 'role', p.value ->> 'permission', coalesce(p.value ->> 'table', '*'),
        coalesce(p.value ->> 'status', '*')], p.place::integer,
        jsonb_build_object('allowed', not coalesce((p.value ->> 'forbidden')::boolean, false)),
        array['permissions', (p.place - 1)::text]
    from jsonb_array_elements(p_document -> 'permissions') with ordinality p (value, place)
$$;
comment on function jalon_engine.items_of_tables(jsonb) is 'Tables and permissions of a document of rules.';

create or replace function jalon_engine.quoted_name(p_table text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select string_agg(quote_ident(i.part), '.' order by i.place)
    from unnest(parse_ident(p_table)) with ordinality i (part, place) $$;
comment on function jalon_engine.quoted_name(text) is
'The name of a table with the quotes that it needs and no others.';

create or replace function jalon_engine.bare_name(p_table text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select (parse_ident(p_table))[cardinality(parse_ident(p_table))] $$;
comment on function jalon_engine.bare_name(text) is 'The name of a table without its schema and quotes.';

create or replace function jalon_engine.rule_items(p_document jsonb)
returns setof jalon_engine.rule_item
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select * from jalon_engine.items_of_codes(p_document)
    union all
    select * from jalon_engine.items_of_workflows(p_document)
    union all
    select * from jalon_engine.items_of_tables(p_document)
$$;
comment on function jalon_engine.rule_items(jsonb) is 'Everything that a document of rules says, a row each.';
