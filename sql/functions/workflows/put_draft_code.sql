-- A draft keeps of a code only what it sets, and what was there before: so a change of the code by somebody else stays
-- where the draft doesn't speak of it, and is seen where it does.

create or replace function jalon_engine.draft_labels(
    p_draft jalon_engine.workflow, p_code jalon_engine.referential, p_labels jsonb, p_descriptions jsonb
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_labels jsonb;
begin
    perform jalon_engine.require_language(l.language)
    from (select jsonb_object_keys(p_labels || p_descriptions) as language) l;
    -- A description in a language in which there is no label stands below the code's own.
    select coalesce(jsonb_object_agg(l.language, jsonb_build_object(
        'label', coalesce(p_labels ->> l.language, t.label, p_code.label),
        'description', coalesce(p_descriptions ->> l.language, t.description))), '{}') into v_labels
    from (select jsonb_object_keys(p_labels || p_descriptions) as language) l
    left join jalon_engine.version_labels(p_draft.category, p_draft.case_type, p_draft.version) t
        on t.code = p_code.code and t.language = l.language;
    return v_labels;
end
$$;
comment on function jalon_engine.draft_labels(jalon_engine.workflow, jalon_engine.referential, jsonb, jsonb) is
'Labels and descriptions by language as a draft keeps them.';

create or replace function jalon_engine.published_labels(p_category text, p_code text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_object_agg(l.language, jsonb_build_object('label', l.label, 'description', l.description)),
        '{}')
    from jalon_engine.referential_label l where l.category = p_category and l.code = p_code
$$;
comment on function jalon_engine.published_labels(text, text) is
'The labels and descriptions of a code by language, without any draft.';

create or replace function jalon_engine.put_draft_code(
    p_draft jalon_engine.workflow, p_code jalon_engine.referential, p_labels jsonb
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set intervalstyle = 'iso_8601'
as $$
declare
    v_facts constant jsonb := to_jsonb(p_code) - '{category,code}'::text[];
    v_now jsonb;
    v_kept jalon_engine.draft_code;
    v_labels jsonb;
    v_drafted text[];
    v_before jsonb;
begin
    -- Who deletes or renames the code meanwhile waits, and then sees this draft.
    select to_jsonb(r) || jsonb_build_object('labels', jalon_engine.published_labels(r.category, r.code)) into v_now
    from jalon_engine.referential r where r.category = p_code.category and r.code = p_code.code for key share;
    select d.* into v_kept from jalon_engine.draft_code d
    where (d.category, d.case_type, d.version, d.code)
        = (p_draft.category, p_draft.case_type, p_draft.version, p_code.code);
    v_labels := coalesce(v_kept.labels, '{}') || p_labels;
    if v_now is null or v_kept.code is not null and v_kept.before is null then
        v_drafted := array(select jsonb_object_keys(v_facts) order by 1);
    else
        v_drafted := array(select e.key from jsonb_each(v_facts) e where e.value is distinct from v_now -> e.key
            order by 1);
        v_labels := coalesce(jalon_engine.different_members(v_labels, v_now -> 'labels'), '{}');
        if v_drafted = '{}' and v_labels = '{}' then
            delete from jalon_engine.draft_code d
            where (d.category, d.case_type, d.version, d.code)
                = (p_draft.category, p_draft.case_type, p_draft.version, p_code.code);
            return;
        end if;
        v_before := jalon_engine.kept_before(v_kept.before, v_now, v_drafted) || jsonb_build_object('labels',
            jalon_engine.kept_before(v_kept.before -> 'labels', v_now -> 'labels',
                array(select jsonb_object_keys(v_labels))));
    end if;
    insert into jalon_engine.draft_code
    select p_code.*, p_draft.case_type, p_draft.version, v_labels, v_drafted, v_before
    on conflict on constraint draft_code_pk do update set (label, description, position, color, icon, outcome,
        is_initial, is_final, is_active, max_stay, meta, labels, drafted, before) = row(excluded.label,
        excluded.description, excluded.position, excluded.color, excluded.icon, excluded.outcome, excluded.is_initial,
        excluded.is_final, excluded.is_active, excluded.max_stay, excluded.meta, excluded.labels, excluded.drafted,
        excluded.before);
end
$$;
comment on function jalon_engine.put_draft_code(jalon_engine.workflow, jalon_engine.referential, jsonb) is
'Keeps what a draft makes of a code: only what differs from the code as it is, unless the draft adds it.';

create or replace function jalon_engine.kept_before(p_kept jsonb, p_now jsonb, p_names text[])
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_object_agg(n.name, coalesce(p_kept -> n.name, p_now -> n.name, 'null')), '{}')
    from unnest(p_names) n (name)
$$;
comment on function jalon_engine.kept_before(jsonb, jsonb, text[]) is
'What members were when they were drafted first: as it is kept, else as they are now.';
