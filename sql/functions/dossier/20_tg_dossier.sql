-- Keeps a dossier whole, whoever writes: a case type that exists, status and status_code in step, revision and time.
-- Whether the status may change at all is not asked here; that is the wall's business, right after.

create or replace function jalon_engine.tg_dossier__keep_in_step()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        perform jalon_engine.demand_case_type(new.case_type);
        if new.status_code is not null then
            perform jalon_engine.demand_agreement(new.status, new.status_code);
        elsif new.status is not null then
            new.status_code := jalon_engine.need_dossier_code(new.case_type, null, new.status);
        else
            new.status_code := jalon_engine.first_dossier_code(new.case_type);
        end if;
        new.status := coalesce(jalon_engine.dossier_status(new.status_code), new.status, '?');  -- an unknown code: the wall refuses it
        new.created_by := coalesce(new.created_by, jalon_engine.actor());
        return new;
    end if;
    if new.case_type is distinct from old.case_type then
        perform jalon_engine.demand_case_type(new.case_type);
    end if;
    if new.status_code is distinct from old.status_code then
        if new.status is distinct from old.status then
            perform jalon_engine.demand_agreement(new.status, new.status_code);
        end if;
        new.status := coalesce(jalon_engine.dossier_status(new.status_code), new.status);
    elsif new.status is distinct from old.status and new.status is distinct from jalon_engine.dossier_status(new.status_code) then
        new.status_code := jalon_engine.need_dossier_code(new.case_type, old.status_code, new.status);
    end if;
    if new.case_type is distinct from old.case_type and new.status_code is distinct from old.status_code then
        perform jalon_engine.demand_same_stage(new.case_type, old.status_code, new.status_code);
    end if;
    new.revision := old.revision + 1;
    if new.updated_at is not distinct from old.updated_at or not jalon_engine.is_importing() then
        new.updated_at := clock_timestamp();
    end if;
    if (new.status_code, new.case_type) is not distinct from (old.status_code, old.case_type) then
        new.edited_at := new.updated_at;
        new.edited_by := jalon_engine.actor();
    end if;
    return new;
end
$$;
comment on function jalon_engine.tg_dossier__keep_in_step() is 'Checks the case type, derives status from status_code or the other way round, counts the revision and says whose edit it is.';

create or replace function jalon_engine.demand_same_stage(p_case_type text, p_from text, p_to text)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_facts jsonb := jsonb_build_object('table', 'dossier', 'case_type', p_case_type, 'from', p_from, 'to', p_to);
begin
    -- Otherwise a change of case type would be a way around the arrows.
    if (jalon_engine.context()).kind not in ('move', 'timer') then
        return;
    end if;
    if jalon_engine.has_code(p_case_type, p_from) then
        perform jalon_engine.fail('JL101', v_facts || jsonb_build_object('allowed', jsonb_build_array(p_from)), 'dossier.one_at_a_time');
    end if;
    if (select count(distinct f.is_final) from jalon_engine.referential f where f.category = 'CASE_STATUS' and f.code in (p_from, p_to)) > 1 then
        perform jalon_engine.fail('JL101', v_facts || jsonb_build_object('allowed', array(
            select t.code from jalon_engine.referential t join jalon_engine.referential f on f.category = t.category and f.is_final = t.is_final
            where t.category = 'CASE_STATUS' and f.code = p_from and t.is_active and jalon_engine.has_code(p_case_type, t.code)
            order by t.position)), 'dossier.ends_alike');
    end if;
end
$$;
comment on function jalon_engine.demand_same_stage(text, text, text) is 'Fails where a change of case type changes the status code without need, or closes or reopens the dossier.';

create or replace function jalon_engine.has_code(p_case_type text, p_code text)
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from jalon_engine.rule r
        where r.category = 'CASE_STATUS' and r.scope = jalon_engine.scope_of('CASE_STATUS', p_case_type) and p_code in (r.from_code, r.to_code))
$$;
comment on function jalon_engine.has_code(text, text) is 'Whether the workflow of a case type uses a status code.';
