-- What a file would change, with whether the file or the database moved since it was applied last, and who moved it.

create or replace function jalon_engine.changed_since(
    p_difference jalon_engine.rule_difference, p_category text, p_since timestamptz
)
returns jalon_engine.config_history
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select h.* from jalon_engine.config_history h
    cross join (select (p_difference).*) d
    where h.changed_at > p_since and case
        when d.kind = 'category' then h.table_name = 'category' and h.key ->> 'code' = p_category
        when d.kind = 'role' then h.table_name in ('role', 'role_label')
            and d.key[1] in (h.key ->> 'code', h.key ->> 'role')
        when d.kind = 'code' then h.table_name in ('referential', 'referential_label')
            and h.key @> jsonb_build_object('category', p_category, 'code', d.key[1])
        when d.kind = 'action' then h.table_name = 'action_label'
            and h.key @> jsonb_build_object('category', p_category, 'action', d.key[1])
        when d.kind = 'permission' then h.table_name = 'permission_rule'
            and h.key = jsonb_build_object('role', d.key[1], 'permission', d.key[2], 'scope', d.key[3],
                'status', d.key[4])
        when d.kind = 'table' then h.table_name in ('tracked', 'tracked_column')
            and jalon_engine.bare_name(d.key[1]) in (h.key ->> 'name', h.key ->> 'tracked')
        when d.kind = 'order' and d.key[1] = 'code' then h.table_name = 'referential'
            and h.key ->> 'category' = p_category
        else h.table_name = 'workflow' and h.key @> jsonb_build_object('category', p_category, 'case_type',
            case d.kind when 'order' then d.key[2] else d.key[1] end) end
    order by h.changed_at desc
    limit 1
$$;
comment on function jalon_engine.changed_since(jalon_engine.rule_difference, text, timestamptz) is
'The last change in the database of what a difference is about, since a moment.';

create or replace function jalon_engine.severity_of(p_difference jalon_engine.rule_difference)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when (p_difference).change = 'removed' and (p_difference).kind in ('code', 'workflow', 'table')
        then 'drop' else 'change' end
$$;
comment on function jalon_engine.severity_of(jalon_engine.rule_difference) is
'Whether a difference takes something away that `jalon apply` asks about: drop, else change.';

create or replace function jalon_engine.planned_differences(p_document jsonb, p_index integer)
returns setof jalon_engine.planned
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_category constant text := coalesce(p_document ->> 'category', '*');
    v_now constant jsonb := jalon_engine.exported_rules(v_category);
    v_applied jalon_engine.rule_file;
begin
    perform jalon_engine.require_permission('manage_workflows');
    select f.* into v_applied from jalon_engine.rule_file f where f.category = v_category;
    return query
    with wanted as (select d as difference, row_number() over () as place
        from jalon_engine.rule_differences(v_now, p_document) d),
    -- What the file has changed since, and what the database has.
    by_file as (select d.kind, d.key from jalon_engine.rule_differences(v_applied.document, p_document) d),
    by_database as (select d.kind, d.key from jalon_engine.rule_differences(v_now, v_applied.document) d)
    select p_index, jalon_engine.severity_of(w.difference), (w.difference).kind,
        jalon_engine.item_name(w.difference, v_category), s.message, (w.difference).path, (w.difference).before,
        (w.difference).after,
        case when v_applied.category is null then null
            when not m.in_database then 'file' when m.in_file then 'both' else 'database' end,
        case when m.in_database then h.changed_by end, case when m.in_database then h.changed_at end
    from wanted w
    cross join lateral jalon_engine.rule_sentences(w.difference, v_category) with ordinality s (message, place)
    cross join lateral (select v_applied.category is not null and exists (select from by_database b
            where b.kind = (w.difference).kind and b.key = (w.difference).key) as in_database,
        exists (select from by_file f
            where f.kind = (w.difference).kind and f.key = (w.difference).key) as in_file) m
    left join lateral jalon_engine.changed_since(w.difference, v_category, v_applied.applied_at) h on m.in_database
    order by w.place, s.place;
end
$$;
comment on function jalon_engine.planned_differences(jsonb, integer) is
'The sentences of a plan for one document of rules.';
grant execute on function jalon_engine.planned_differences(jsonb, integer) to jalon_dba;
