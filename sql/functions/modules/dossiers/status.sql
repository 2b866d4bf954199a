-- status and status_code say the same in two vocabularies. What corresponds to what is rows:
-- jalon_dossiers.status_mapping, and for codes that it does not name jalon_dossiers.outcome_mapping.

create or replace function jalon_engine.dossier_status(p_code text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(m.status, o.status)
    from jalon_engine.referential f
    left join jalon_dossiers.status_mapping m on m.status_code = f.code
    left join jalon_dossiers.outcome_mapping o on o.outcome = f.outcome
    where f.category = 'CASE_STATUS' and f.code = p_code
$$;
comment on function jalon_engine.dossier_status(text) is
'The DOSSIER_STATUS that a status code stands for; null where there is no such code.';

create or replace function jalon_engine.dossier_code(p_case_type text, p_from text, p_status text)
returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ruling constant text := jalon_engine.ruling_case_type('CASE_STATUS', p_case_type);
    v_codes text[];
    v_code text;
begin
    -- Among the codes that stand for the status: by rank the first that can follow, else the
    -- first that the case type has.
    select array_agg(f.code order by m.rank, f.position, f.code) into v_codes
    from jalon_engine.referential f
    left join jalon_dossiers.status_mapping m on m.status_code = f.code
    left join jalon_dossiers.outcome_mapping o on o.outcome = f.outcome
    where f.category = 'CASE_STATUS' and coalesce(m.status, o.status) = p_status;
    select c.code into v_code
    from unnest(v_codes) with ordinality c (code, place)
    join jalon_engine.rule r
        on r.category = 'CASE_STATUS' and r.case_type = v_ruling and r.from_code = coalesce(p_from, '')
        and r.to_code = c.code
    order by c.place limit 1;
    if not found then
        select c.code into v_code
        from unnest(v_codes) with ordinality c (code, place)
        where exists (select from jalon_engine.rule r
            where r.category = 'CASE_STATUS' and r.case_type = v_ruling and r.to_code = c.code)
        order by c.place limit 1;
    end if;
    return v_code;
end
$$;
comment on function jalon_engine.dossier_code(text, text, text) is
'The status code to which a DOSSIER_STATUS leads, for a case type and from a code (null: on creation).';

create or replace function jalon_engine.first_dossier_code(p_case_type text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (select jalon_engine.dossier_code(p_case_type => p_case_type, p_from => null,
            p_status => d.code) from jalon_engine.referential d
         where d.category = 'DOSSIER_STATUS' and d.is_initial order by d.position limit 1),
        jalon_engine.allowed_codes(p_category => 'CASE_STATUS',
            p_case_type => jalon_engine.ruling_case_type('CASE_STATUS', p_case_type), p_from => null) ->> 0)
$$;
comment on function jalon_engine.first_dossier_code(text) is
'The status code of a new dossier if the caller gave neither status nor code.';

create or replace function jalon_engine.require_dossier_code(p_case_type text, p_from text, p_status text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_code text := jalon_engine.dossier_code(p_case_type, p_from, p_status);
    v_statuses text[];
    v_facts jsonb;
begin
    if v_code is not null then
        return v_code;
    end if;
    v_statuses := array(select f.code from jalon_engine.referential f where f.category = 'DOSSIER_STATUS'
        order by f.position, f.code);
    v_facts := jsonb_build_object('table', 'dossier', 'field', 'status', 'category', 'DOSSIER_STATUS', 'to', p_status,
        'caseType', p_case_type);
    if p_status = any (v_statuses) then
        perform jalon_engine.fail('JL406', v_facts || jsonb_build_object('allowed', array(
            select s from unnest(v_statuses) s where jalon_engine.dossier_code(p_case_type, p_from, s) is not null)),
            'dossier.status_without_code');
    end if;
    perform jalon_engine.fail('JL402', v_facts || jsonb_build_object('allowed', v_statuses), 'dossier.status_unknown');
    return null;
end
$$;
comment on function jalon_engine.require_dossier_code(text, text, text) is
'The same; fails where the status is unknown or the case type has no code for it.';

create or replace function jalon_engine.require_code_fits_status(p_status text, p_code text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_meant text := jalon_engine.dossier_status(p_code);
begin
    if p_status <> v_meant then
        perform jalon_engine.fail('JL405', jsonb_build_object('table', 'dossier', 'field', 'status', 'status', p_status,
            'to', p_code, 'meant', v_meant, 'allowed', jsonb_build_array(v_meant)), 'dossier.contradiction');
    end if;
end
$$;
comment on function jalon_engine.require_code_fits_status(text, text) is
'Fails where a status and a status code contradict each other; an unknown code is left to the transition trigger.';

create or replace function jalon_engine.require_case_type(p_case_type text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_active boolean;
begin
    if p_case_type is null then
        return;
    end if;
    select f.is_active into v_is_active from jalon_engine.referential f
    where f.category = 'CASE_TYPE' and f.code = p_case_type;
    if v_is_active is not true then
        perform jalon_engine.fail(case when v_is_active is null then 'JL402' else 'JL403' end,
            jsonb_build_object('table', 'dossier', 'field', 'caseType', 'category', 'CASE_TYPE', 'to', p_case_type,
                'allowed', array(
                    select f.code from jalon_engine.referential f where f.category = 'CASE_TYPE' and f.is_active
                    order by f.position, f.code)),
            case when v_is_active is null then 'dossier.case_type_unknown' else 'dossier.case_type_inactive' end);
    end if;
end
$$;
comment on function jalon_engine.require_case_type(text) is
'Fails unless a case type exists and is active; none at all is fine.';
