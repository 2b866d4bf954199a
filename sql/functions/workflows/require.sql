-- What a person names must exist; a refusal lists what does.

create or replace function jalon_engine.require_category(p_category text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from jalon_engine.category c where c.code = p_category) then
        perform jalon_engine.fail('JL402', jsonb_build_object('category', p_category, 'allowed',
            coalesce((select jsonb_agg(c.code order by c.code) from jalon_engine.category c), '[]')), 'JL402.category');
    end if;
end
$$;
comment on function jalon_engine.require_category(text) is 'Fails with JL402 unless the category exists.';

create or replace function jalon_engine.require_code(p_category text, p_code text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_category(p_category => p_category);
    if not exists (select from jalon_engine.referential r where r.category = p_category and r.code = p_code) then
        perform jalon_engine.fail('JL402', jsonb_build_object('category', p_category, 'to', p_code, 'allowed',
            coalesce((select jsonb_agg(r.code order by r.position, r.code) from jalon_engine.referential r
                where r.category = p_category), '[]')));
    end if;
end
$$;
comment on function jalon_engine.require_code(text, text) is 'Fails with JL402 unless the category has the code.';

create or replace function jalon_engine.get_version(p_category text, p_case_type text, p_version integer)
returns jalon_engine.workflow
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_category(p_category => p_category);
    select v.* into w
    from jalon_engine.workflow v
    where v.category = p_category and v.case_type = p_case_type and v.version = p_version;
    if p_version is null then
        perform jalon_engine.fail('JL401',
            jsonb_build_object('category', p_category, 'caseType', p_case_type, 'allowed', coalesce((
                select jsonb_agg(v.case_type order by v.case_type) from jalon_engine.workflow v
                where v.category = p_category and v.state = 'published'), '[]')), 'draft.unpublished');
    elsif not found then
        perform jalon_engine.fail('JL401',
            jsonb_build_object('category', p_category, 'caseType', p_case_type, 'version', p_version, 'allowed',
                coalesce((select jsonb_agg(v.version order by v.version) from jalon_engine.workflow v
                          where v.category = p_category and v.case_type = p_case_type), '[]')), 'JL401.version');
    end if;
    return w;
end
$$;
comment on function jalon_engine.get_version(text, text, integer) is
'A version of a workflow, or JL401 with the versions there are.';

create or replace function jalon_engine.version_in(p_category text, p_case_type text, p_states text[])
returns integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select w.version
    from jalon_engine.workflow w
    where w.category = p_category and w.case_type = p_case_type and w.state = any (p_states)
    order by array_position(p_states, w.state), w.version desc
    limit 1
$$;
comment on function jalon_engine.version_in(text, text, text[]) is
'The version in the first of these states that there is one in.';
