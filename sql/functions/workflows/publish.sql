-- A draft comes into force in one transaction: checked, no record left without a place, the old
-- version retired, mapped rows moved.
-- While that happens nobody is between a check and a write: the tracked tables are locked against writers.

create or replace function jalon.publish(
    category text, case_type text default '*', mapping jsonb default '{}', dry_run boolean default false,
    expected_revision integer default null, reason text default null
)
returns setof jalon_engine.effect
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_effects jalon_engine.effect[];
    v_is_rehearsed boolean := false;
begin
    begin
        v_effects := array(select e
            from jalon_engine.publish(p_category => publish.category, p_case_type => publish.case_type,
                p_mapping => coalesce(publish.mapping, '{}'), p_is_rehearsal => publish.dry_run,
                p_expected_revision => publish.expected_revision, p_reason => publish.reason) e);
        if publish.dry_run then
            v_is_rehearsed := true;
            raise transaction_rollback;
        end if;
    exception when transaction_rollback then
        -- The rehearsal is over; any other rollback is real.
        if not v_is_rehearsed then
            raise;
        end if;
    end;
    return query select * from unnest(v_effects);
end
$$;
comment on function jalon.publish(text, text, jsonb, boolean, integer, text)
is 'Publishes the draft; mapping says where rows on vanishing codes go: ''{"ON_HOLD": "OPEN"}''. dry_run => true '
    'reports and changes nothing.';
grant execute on function jalon.publish(text, text, jsonb, boolean, integer, text) to jalon_dba;

create or replace function jalon_engine.refuse_workflow(
    p_draft jalon_engine.workflow, p_findings jalon_engine.finding[]
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_unlabelled constant text[] := array(
        select f.subject from unnest(p_findings) f where f.code = 'no_label' and f.severity = 'error');
    -- The active languages in which all of them have a label.
    v_languages constant text[] := array(
        select l.code from jalon_engine.language l
        where l.is_active and not exists (
            select from unnest(v_unlabelled) u (code)
            where not exists (
                select from jalon_engine.version_labels(p_draft.category, p_draft.case_type, p_draft.version) t
                where (t.code, t.language) = (u.code, l.code) and t.label ~ '\S'))
        order by l.position, l.code);
begin
    perform jalon_engine.fail('JL505',
        jsonb_build_object('category', p_draft.category, 'caseType', p_draft.case_type,
            'findings', to_jsonb(p_findings),
            'why', (select string_agg(f.message, '; ') from unnest(p_findings) f where f.severity = 'error'))
        || case when v_unlabelled <> '{}' then jsonb_build_object('languages', v_languages) else '{}' end,
        case when v_unlabelled = '{}' then 'JL505' when v_languages = '{}' then 'JL505.label'
            else 'JL505.language' end);
end
$$;
comment on function jalon_engine.refuse_workflow(jalon_engine.workflow, jalon_engine.finding[]) is
'Refuses a draft that has errors; where labels are missing, the hint has both ways out.';

create or replace function jalon_engine.publish(
    p_category text, p_case_type text, p_mapping jsonb, p_is_rehearsal boolean,
    p_expected_revision integer, p_reason text
)
returns setof jalon_engine.effect
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(p_category => p_category, p_case_type => p_case_type,
        p_expected_revision => p_expected_revision);
    v_findings jalon_engine.finding[];
    v_unmapped jalon_engine.effect[];
begin
    perform from jalon_engine.category c where c.code = p_category for no key update;
    perform from jalon_engine.referential r where r.category = p_category for share;
    perform jalon_engine.require_version_codes(w);
    v_findings := array(select f
        from jalon.workflow_check(category => p_category, case_type => p_case_type, version => w.version) f);
    return query select f.severity, f.code || ': ' || f.subject, null::bigint, f.message from unnest(v_findings) f;
    if exists (select from unnest(v_findings) f where f.severity = 'error') then
        if p_is_rehearsal then
            return;
        end if;
        perform jalon_engine.refuse_workflow(p_draft => w, p_findings => v_findings);
    end if;
    -- The codes first: a mapping may lead to a new one.
    return query select c.* from jalon_engine.publish_codes(w) c;
    v_unmapped := array(select s from jalon_engine.find_unmapped_records(p_category => p_category, p_case_type =>
        p_case_type, p_mapping => p_mapping, p_codes => jalon_engine.workflow_codes(p_category => p_category,
            p_case_type => p_case_type, p_version => w.version), p_is_rehearsal => p_is_rehearsal) s);
    if v_unmapped <> '{}' then
        return query select * from unnest(v_unmapped);
        return;
    end if;

    delete from jalon_engine.draft_step d
    where (d.category, d.case_type, d.version) = (w.category, w.case_type, w.version);
    return query
    update jalon_engine.workflow v set state = 'retired', retired_at = now()
    where v.category = p_category and v.case_type = p_case_type and v.state = 'published'
    returning 'retired', jalon_engine.version_name(p_workflow => v), null::bigint, null::text;
    return query
    update jalon_engine.workflow v set state = 'published', published_at = now(), published_by = jalon_engine.actor()
    where v.category = p_category and v.case_type = p_case_type and v.version = w.version
    returning 'published', jalon_engine.version_name(p_workflow => v), null::bigint, null::text;
    return query
    select m.* from jalon_engine.move_mapped_records(p_category => p_category, p_case_type => p_case_type,
        p_mapping => p_mapping, p_reason => p_reason) m;
end
$$;
comment on function jalon_engine.publish(text, text, jsonb, boolean, integer, text) is
'Publishes a draft; a rehearsal reports what stands in the way instead of failing.';
