-- History rows name the version of the workflow they obeyed, so a version that was in force stays as it was.

create or replace function jalon_engine.tg_workflow__keep_published()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'DELETE' then
        if old.state = 'draft' or not exists (select from jalon_engine.tracked_column c
                where c.category = old.category) then
            return old;
        end if;
    elsif old.state = 'draft' or to_jsonb(old) - 'label' = to_jsonb(new) - 'label'
        or old.state = 'published' and new.state = 'retired'
           and to_jsonb(old) - array['state', 'retired_at'] = to_jsonb(new) - array['state', 'retired_at'] then
        return new;
    end if;
    perform jalon_engine.fail('JL508', jsonb_build_object(
        'category', old.category, 'caseType', old.case_type, 'version', old.version, 'state', old.state));
    return null;
end
$$;
comment on function jalon_engine.tg_workflow__keep_published() is
'A published version may only be retired, or called otherwise; it goes with the last tracked table of its category.';

create or replace function jalon_engine.tg_workflow_transition__keep_published()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    -- The share lock makes an edit of the draft and its publication wait for each other.
    for w in
        select v.* from jalon_engine.workflow v
        where (tg_op <> 'INSERT' and (v.category, v.case_type, v.version) = (old.category, old.case_type, old.version))
           or (tg_op <> 'DELETE' and (v.category, v.case_type, v.version) = (new.category, new.case_type, new.version))
        for share
    loop
        -- Rows of a migration come as published, workflow, transitions and arrivals in one transaction.
        if w.state <> 'draft' and w.published_at is distinct from now() then
            perform jalon_engine.fail('JL508', jsonb_build_object(
                'category', w.category, 'caseType', w.case_type, 'version', w.version, 'state', w.state));
        end if;
    end loop;
    return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function jalon_engine.tg_workflow_transition__keep_published() is
'Transitions and arrivals change only in drafts, or in the transaction that published them.';
