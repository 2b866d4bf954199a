-- What every answer about dossiers is made of.

create or replace function jalon_engine.dossier_code_json(p_code text, p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('statusCode', f.code, 'status', jalon_engine.dossier_status(f.code),
        'label', jalon_engine.code_name(f.category, f.code, p_language),
        'color', f.color, 'icon', f.icon, 'outcome', f.outcome, 'isFinal', f.is_final)
    from jalon_engine.referential f where f.category = 'CASE_STATUS' and f.code = p_code
$$;
comment on function jalon_engine.dossier_code_json(text, text) is
'A status code with its label, colour, icon and the status it stands for.';

create or replace function jalon_engine.dossier_json(d jalon_dossiers.dossier, p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object(
        'id', d.id, 'caseType', d.case_type, 'caseTypeLabel', case
            when d.case_type is not null then jalon_engine.code_name('CASE_TYPE', d.case_type, p_language) end,
        'status', d.status, 'statusCode', d.status_code,
        'statusLabel', jalon_engine.code_name('CASE_STATUS', d.status_code, p_language), 'statusColor', f.color,
        'statusIcon', f.icon, 'statusOutcome', f.outcome, 'isFinal', f.is_final, 'leadName', d.lead_name,
        'leadPhone', d.lead_phone, 'source', d.source, 'assignee', d.assignee, 'organisation', d.organisation,
        'createdAt', d.created_at, 'createdBy', d.created_by, 'updatedAt', d.updated_at,
        'statusChangedAt', d.status_changed_at, 'version', d.status_version,
        'etag', jalon_engine.etag(d.id::text, d.revision))
    from (select) one
    left join jalon_engine.referential f on f.category = 'CASE_STATUS' and f.code = d.status_code
$$;
comment on function jalon_engine.dossier_json(jalon_dossiers.dossier, text) is 'A dossier as it goes over the wire.';

create or replace function jalon_engine.dossier_answer(
    d jalon_dossiers.dossier, p_caller jsonb, p_status integer default 200, p_headers jsonb default '{}'
)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.respond(p_status => p_status, p_body => jalon_engine.dossier_json(d, p_caller ->> 'language'),
        p_etag => jalon_engine.etag(d.id::text, d.revision), p_headers => p_headers || '{"vary": "Accept-Language"}')
$$;
comment on function jalon_engine.dossier_answer(jalon_dossiers.dossier, jsonb, integer, jsonb) is
'The answer that carries one dossier.';

create or replace function jalon_engine.get_dossier(p_key text, p_caller jsonb, p_locked boolean default false)
returns jalon_dossiers.dossier
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    d jalon_dossiers.dossier;
begin
    if not jalon_engine.is_key('uuid', p_key) then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'dossier', 'id', p_key));
    end if;
    if p_locked then
        select x.* into d from jalon_dossiers.dossier x where x.id = p_key::uuid for no key update;
    else
        select x.* into d from jalon_dossiers.dossier x where x.id = p_key::uuid;
    end if;
    -- Row by row only who does not read them all is asked.
    if d.id is null or not (jalon_engine.can_read_all('dossier', p_caller)
        or jalon_engine.can_read_record(jalon_engine.tracked_of('dossier'), p_caller,
            jalon_engine.caller_roles(p_caller), to_jsonb(d))) then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'dossier', 'id', p_key));
    end if;
    if p_locked and p_caller ? 'ifMatch'
        and not jalon_engine.matches(p_caller, jalon_engine.etag(p_key, d.revision)) then
        perform jalon_engine.fail_changed(jsonb_build_object('table', 'dossier', 'id', p_key, 'from', d.status_code,
            'version', d.status_version,
            'etag', jalon_engine.etag(p_key, d.revision), 'expected', p_caller ->> 'ifMatch',
            'allowed', jalon_engine.allowed_codes(
                'CASE_STATUS', jalon_engine.ruling_case_type('CASE_STATUS', d.case_type),
                d.status_code)), d.edited_by, d.edited_at, d.status_changed_at);
    end if;
    return d;
end
$$;
comment on function jalon_engine.get_dossier(text, jsonb, boolean) is
'A dossier that the caller may see, locked for a change and compared with If-Match where that is given.';

create or replace function jalon_engine.act_for_user(p_input jsonb, p_caller jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user text := nullif(btrim(p_input ->> 'userId'), '');
begin
    -- userId says on whose behalf: the caller's own name says nothing, another's needs the permission.
    if v_user <> p_caller ->> 'actor' then
        perform jalon_engine.require_permission('act_for_others', 'dossier');
        perform jalon_engine.set_marks(null, null, jsonb_build_object('onBehalfOf', v_user));
    end if;
end
$$;
comment on function jalon_engine.act_for_user(jsonb, jsonb) is
'From here on the caller acts for userId, where that is somebody else.';

create or replace function jalon_engine.wanted_dossier_code(p_dossier jalon_dossiers.dossier, p_input jsonb)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_status constant text := p_input ->> 'status';
    v_code constant text := p_input ->> 'statusCode';
begin
    if v_code is not null then
        perform jalon_engine.require_code_fits_status(v_status, v_code);
        return v_code;
    end if;
    if v_status is null then
        perform jalon_engine.fail('JL405', jsonb_build_object('table', 'dossier', 'field', 'statusCode'),
            'dossier.status_missing');
    end if;
    -- Who says the status that the dossier has, asks for nothing.
    return case when v_status = p_dossier.status then p_dossier.status_code
        else jalon_engine.require_dossier_code(p_dossier.case_type, p_dossier.status_code, v_status) end;
end
$$;
comment on function jalon_engine.wanted_dossier_code(jalon_dossiers.dossier, jsonb) is
'The status code that a request asks for by status, statusCode or both.';
