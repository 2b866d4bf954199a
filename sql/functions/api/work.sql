-- The start page: what waits for the caller, what is overdue, what is theirs, what changed, their drafts.

create or replace function jalon_engine.last_looked(p_caller jsonb)
returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((select l.looked_at from jalon_engine.last_look l where l.actor = p_caller ->> 'actor'),
        now() - interval '7 days')
$$;
comment on function jalon_engine.last_looked(jsonb) is
'Since when changes are news to the caller: since they last said so, else for a week.';

create or replace function jalon_engine.workflow_drafts(p_caller jsonb, p_roles text[])
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object('category', w.category, 'caseType', w.case_type,
        'label', coalesce(w.label, w.category), 'version', w.version, 'at', w.created_at, 'by', w.created_by)
        order by w.created_at desc), '[]')
    from jalon_engine.workflow w
    where w.state = 'draft' and jalon_engine.may('manage_workflows', p_roles)
$$;
comment on function jalon_engine.workflow_drafts(jsonb, text[]) is
'The drafts of workflows, for people who may publish them.';

create or replace function jalon_api.work(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles constant text[] := jalon_engine.caller_roles(p_caller);
    v_looked constant timestamptz := jalon_engine.last_looked(p_caller);
    v_sections constant text[] := '{waiting,overdue,changed,mine,drafts}';
begin
    if p_key is not null and p_key <> all (v_sections) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'section', 'why', p_key,
            'allowed', v_sections), 'JL405.choice');
    end if;
    return jalon_engine.ok(json_build_object('lookedAt', v_looked,
        'workflowDrafts', jalon_engine.workflow_drafts(p_caller, v_roles),
        'sections', (select json_agg(jalon_engine.work_section(s.name, p_caller, v_roles, v_looked,
                case when p_key is null then 6 else 100 end) order by s.ordinality)
            from unnest(v_sections) with ordinality s (name) where p_key is null or s.name = p_key)));
end
$$;
comment on function jalon_api.work(text, jsonb, jsonb) is
'What the caller has to do: five sections with their first records, or one (the key) with up to a hundred.';

create or replace function jalon_api.look(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into jalon_engine.last_look (actor, looked_at) values (jalon_engine.caller_actor(p_caller), now())
    on conflict on constraint last_look_pk do update set looked_at = excluded.looked_at;
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.look(text, jsonb, jsonb) is 'What changed until now is no news to the caller any more.';
