-- The codes of a draft at its publication: what somebody changed meanwhile is said in the report, then the draft's own
-- facts and labels become those of the codes.

create or replace function jalon_engine.check_codes(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.finding
language sql stable
set search_path = pg_catalog, pg_temp
set intervalstyle = 'iso_8601'
as $$
    with drafted as materialized (
        select d.code, d.before is null as is_new, to_jsonb(r) as now, d.before,
            jalon_engine.drafted_facts(d) as facts, d.labels,
            jalon_engine.published_labels(r.category, r.code) as labels_now
        from jalon_engine.draft_code d
        join jalon_engine.referential r on (r.category, r.code) = (d.category, d.code)
        where (d.category, d.case_type, d.version) = (p_category, p_case_type, p_version)
    ),
    passed as (
        select d.code, d.is_new, m.members
        from drafted d
        cross join lateral (
            select string_agg(x.member, ', ' order by x.member) from (
                select f.key from jsonb_each(d.facts) f
                where not d.is_new and d.now -> f.key is distinct from d.before -> f.key
                    and d.now -> f.key is distinct from f.value
                union all
                select 'label.' || l.key from jsonb_each(d.labels) l
                where not d.is_new and d.labels_now -> l.key is distinct from l.value
                    and coalesce(d.labels_now -> l.key, 'null')
                        is distinct from d.before #> array['labels', l.key]) x (member)) m (members)
        where d.is_new or m.members is not null
    )
    select f.*
    from passed p
    cross join lateral jalon_engine.finding(p_severity => 'warning',
        p_code => case when p.is_new then 'code_added' else 'code_changed' end, p_subject => p.code,
        p_params => jsonb_build_object('members', coalesce(p.members, ''), 'who', coalesce((
            select h.changed_by from jalon_engine.config_history h
            where h.table_name in ('referential', 'referential_label')
                and h.key @> jsonb_build_object('category', p_category, 'code', p.code)
            order by h.changed_at desc limit 1), '–'))) f
$$;
comment on function jalon_engine.check_codes(text, text, integer) is
'Codes of a draft that somebody added or changed otherwise meanwhile.';

create or replace function jalon_engine.publish_codes(p_draft jalon_engine.workflow)
returns setof jalon_engine.effect
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from jalon_engine.draft_code d
            where (d.category, d.case_type, d.version) = (p_draft.category, p_draft.case_type, p_draft.version)) then
        return;
    end if;
    perform jalon_engine.require_permission('manage_referentials');
    return query
    select case when exists (select from jalon_engine.referential r
            where (r.category, r.code) = (d.category, d.code)) then 'code_changed' else 'code_added' end,
        d.code::text, null::bigint, null::text
    from jalon_engine.draft_code d
    where (d.category, d.case_type, d.version) = (p_draft.category, p_draft.case_type, p_draft.version)
    order by d.position, d.code;
    -- In one statement: the rules are compiled once for all.
    insert into jalon_engine.referential as r
    select c.* from jalon_engine.version_codes(p_draft.category, p_draft.case_type, p_draft.version) c
    where exists (select from jalon_engine.draft_code d where (d.category, d.case_type, d.version, d.code)
        = (p_draft.category, p_draft.case_type, p_draft.version, c.code))
    on conflict on constraint referential_pk do update set (label, description, position, color, icon, outcome,
        is_initial, is_final, is_active, max_stay, meta) = row(excluded.label, excluded.description, excluded.position,
        excluded.color, excluded.icon, excluded.outcome, excluded.is_initial, excluded.is_final, excluded.is_active,
        excluded.max_stay, excluded.meta);
    insert into jalon_engine.referential_label as l (category, code, language, label, description)
    select t.* from jalon_engine.version_labels(p_draft.category, p_draft.case_type, p_draft.version) t
    where exists (select from jalon_engine.draft_code d where (d.category, d.case_type, d.version, d.code)
        = (p_draft.category, p_draft.case_type, p_draft.version, t.code) and d.labels ? t.language)
    on conflict on constraint referential_label_pk do update set label = excluded.label,
        description = excluded.description;
    delete from jalon_engine.draft_code d
    where (d.category, d.case_type, d.version) = (p_draft.category, p_draft.case_type, p_draft.version);
end
$$;
comment on function jalon_engine.publish_codes(jalon_engine.workflow) is
'Makes the codes what their draft says, and says which it added and changed.';
