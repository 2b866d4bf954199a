-- The rules of a category as one document: what `jalon export` writes as YAML and `jalon apply` reads. What is usual is
-- left out, and lists stand in the order that people see, so that a change of one rule is a change of one line.

create or replace function jalon_engine.said(p_facts jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_object_agg(e.key, e.value), '{}') from jsonb_each(p_facts) e
    where e.value not in ('null', 'false', '""', '[]', '{}')
$$;
comment on function jalon_engine.said(jsonb) is 'An object without the members that say nothing: empty ones and false.';

create or replace function jalon_engine.stay_text(p_stay interval)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
set intervalstyle = 'iso_8601'
as $$ select p_stay::text $$;
comment on function jalon_engine.stay_text(interval) is 'A length of time as ISO 8601 writes it: P3D.';

create or replace function jalon_engine.usual_outcome(p_is_initial boolean, p_is_final boolean)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select case when p_is_initial then 'open' when p_is_final then 'done' else 'active' end $$;
comment on function jalon_engine.usual_outcome(boolean, boolean) is
'The outcome of a code of which a rules file doesn''t say it.';

create or replace function jalon_engine.usual_action(p_from text, p_to text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select case when p_from is null then 'create' else lower(p_to) end $$;
comment on function jalon_engine.usual_action(text, text) is 'What a transition is called unless somebody names it.';

create or replace function jalon_engine.default_language()
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select l.code from jalon_engine.language l where l.is_default $$;
comment on function jalon_engine.default_language() is 'The language of labels that name none.';

create or replace function jalon_engine.exported_codes(
    p_category text, p_case_type text default null, p_version integer default null
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(jalon_engine.said(jsonb_build_object('code', r.code, 'label', nullif(r.label, r.code),
        'labels', (select jsonb_object_agg(t.language, t.label)
            from jalon_engine.version_labels(p_category, p_case_type, p_version) t
            where t.code = r.code and t.language <> jalon_engine.default_language()),
        'description', r.description,
        'outcome', nullif(r.outcome, jalon_engine.usual_outcome(r.is_initial, r.is_final)),
        'initial', r.is_initial, 'final', r.is_final, 'inactive', not r.is_active, 'color', r.color,
        'icon', r.icon, 'max_stay', jalon_engine.stay_text(r.max_stay), 'meta', r.meta)) order by r.position, r.code)
    from jalon_engine.version_codes(p_category, p_case_type, p_version) r
$$;
comment on function jalon_engine.exported_codes(text, text, integer) is
'The codes of a category as a rules file has them; with the version of a draft as that has them.';

create or replace function jalon_engine.exported_transitions(p_category text, p_case_type text, p_version integer)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(jalon_engine.said(jsonb_build_object('from', a.from_code, 'to', a.to_code,
        'action', nullif(a.action, jalon_engine.usual_action(a.from_code, a.to_code)), 'roles', a.roles,
        'relation', a.relation, 'requires_reason', a.requires_reason, 'required_fields', a.required_fields,
        'guard', a.guard, 'icon', a.icon))
        order by f.position nulls first, a.from_code nulls first, a.position, t.position, a.to_code)
    from jalon_engine.workflow_transition a
    join jalon_engine.version_codes(p_category, p_case_type, p_version) t on t.code = a.to_code
    left join jalon_engine.version_codes(p_category, p_case_type, p_version) f on f.code = a.from_code
    where a.category = p_category and a.case_type = p_case_type and a.version = p_version
$$;
comment on function jalon_engine.exported_transitions(text, text, integer) is
'The transitions of a workflow version as a rules file has them.';

create or replace function jalon_engine.exported_arrivals(p_category text, p_case_type text, p_version integer)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(jalon_engine.said(jsonb_build_object('from_case_type',
        nullif(a.from_case_type, '*'), 'from', a.from_code, 'to', a.to_code))
        order by a.from_case_type, a.from_code, a.to_code)
    from jalon_engine.workflow_arrival a
    where a.category = p_category and a.case_type = p_case_type and a.version = p_version
$$;
comment on function jalon_engine.exported_arrivals(text, text, integer) is
'The arrivals of a workflow version as a rules file has them.';

create or replace function jalon_engine.exported_workflows(p_category text, p_draft_of text default null)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(jalon_engine.said(jsonb_build_object('case_type', nullif(w.case_type, '*'), 'label', w.label,
        'transitions', jalon_engine.exported_transitions(w.category, w.case_type, w.version),
        'arrivals', jalon_engine.exported_arrivals(w.category, w.case_type, w.version)))
        order by w.case_type)
    from jalon_engine.workflow w
    where w.category = p_category and w.state = case when exists (
            select from jalon_engine.workflow d
            where d.category = p_category and d.case_type = p_draft_of and w.case_type = p_draft_of
              and d.state = 'draft') then 'draft' else 'published' end
$$;
comment on function jalon_engine.exported_workflows(text, text) is
'The published workflows of a category as a rules file has them; of one case type the draft, where it is named.';

create or replace function jalon_engine.exported_tables(p_category text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(jalon_engine.said(jsonb_build_object('table', format('%I.%I', t.table_schema, t.table_name),
        'name', nullif(t.name, t.table_name), 'key', t.key_column,
        'columns', (select jsonb_object_agg(o.column_name, o.category) from jalon_engine.tracked_column o
            where o.tracked = t.name),
        'case_type_column', t.workflow_column, 'history_key', nullif(t.history_key,
            jalon_engine.usual_history_key(t.table_name, t.key_column)),
        'on_delete', nullif(t.on_delete, 'keep'), 'relations', t.relations, 'resolver', t.resolver,
        'changed_by_column', t.changed_by_column, 'foreign_key', t.has_foreign_key,
        'move_permission', nullif(t.move_permission, 'move_freely'), 'title', t.title_column,
        'subtitle', t.subtitle_column, 'shown_columns', t.shown_columns)) order by t.name)
    from jalon_engine.tracked t
    join jalon_engine.tracked_column c on c.tracked = t.name and c.position = 1
    where c.category = p_category
$$;
comment on function jalon_engine.exported_tables(text) is
'The tables whose first status column has codes of a category, with their options, as a rules file has them.';

create or replace function jalon_engine.exported_permissions(p_category text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(jalon_engine.said(jsonb_build_object('role', r.role, 'permission', r.permission,
        'table', nullif(r.scope, '*'), 'status', nullif(r.status, '*'), 'forbidden', not r.is_allowed))
        order by r.scope, r.permission, r.role, r.status)
    from jalon_engine.permission_rule r
    where case when p_category = '*' then r.scope = '*' else r.scope in (
        select c.tracked from jalon_engine.tracked_column c where c.category = p_category and c.position = 1) end
$$;
comment on function jalon_engine.exported_permissions(text) is
'Permissions for the tables of a category, or with * those for all tables, as a rules file has them.';

create or replace function jalon_engine.exported_roles(p_codes text[])
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(jalon_engine.said(jsonb_build_object('role', r.code, 'label', nullif(r.label, r.code),
        'labels', (select jsonb_object_agg(l.language, l.label) from jalon_engine.role_label l
            where l.role = r.code and l.language <> jalon_engine.default_language()),
        'description', r.description)) order by r.code)
    from jalon_engine.role r where p_codes is null or r.code = any (p_codes)
$$;
comment on function jalon_engine.exported_roles(text[]) is 'Some roles, or all, as a rules file has them.';

create or replace function jalon_engine.exported_actions(p_category text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(jsonb_build_object('action', a.action, 'labels', a.labels) order by a.action)
    from (select l.action, jsonb_object_agg(l.language, l.label) as labels
        from jalon_engine.action_label l where l.category = p_category group by l.action) a
$$;
comment on function jalon_engine.exported_actions(text) is
'What the actions of a category are called, as a rules file has it.';

create or replace function jalon_engine.exported_rules(p_category text, p_draft_of text default null)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.said(x.document || jsonb_build_object('format', 'jalon-rules/1', 'roles',
        case when p_category = '*' then jalon_engine.exported_roles(null)
        else jalon_engine.exported_roles(array(
            select jsonb_array_elements_text(e -> 'roles') from jsonb_array_elements(x.document -> 'workflows') w
            cross join lateral jsonb_array_elements(w -> 'transitions') e
            union
            select e ->> 'role' from jsonb_array_elements(nullif(x.document -> 'permissions', 'null')) e)) end))
    from (select jsonb_build_object('category', c.code, 'label', nullif(c.label, c.code),
            'description', c.description,
            'codes', jalon_engine.exported_codes(p_category, p_draft_of, jalon_engine.version_in(
                p_category => p_category, p_case_type => p_draft_of, p_states => '{draft}')),
            'actions', jalon_engine.exported_actions(p_category),
            'workflows', coalesce(jalon_engine.exported_workflows(p_category, p_draft_of), '[]'),
            'tables', jalon_engine.exported_tables(p_category),
            'permissions', jalon_engine.exported_permissions(p_category)) as document
        from (values (1)) one (n) left join jalon_engine.category c on c.code = p_category) x
$$;
comment on function jalon_engine.exported_rules(text, text) is
'The rules of a category, or with * roles and permissions for all tables, as a rules file has them.';

create or replace function jalon.export_rules(category text, draft_of text default null)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if export_rules.category <> '*' then
        perform jalon_engine.require_category(p_category => export_rules.category);
    end if;
    return jalon_engine.exported_rules(export_rules.category, export_rules.draft_of);
end
$$;
comment on function jalon.export_rules(text, text) is
'The rules of a category as a document for jalon.apply_rules; * for roles and the permissions for all tables. '
'draft_of => a case type (or *) takes its draft, with the codes of that, instead of the published workflow.';
grant execute on function jalon.export_rules(text, text) to jalon_dba;
