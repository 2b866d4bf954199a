-- Keeps a dossier whole, whoever writes: a case type that exists, status and status_code in step, revision and time.
-- Whether the status may change at all is not asked here; the transition trigger checks that, right after.

create or replace function jalon_engine.tg_dossier__keep_in_step()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        perform jalon_engine.require_case_type(new.case_type);
        if new.status_code is not null then
            perform jalon_engine.require_code_fits_status(new.status, new.status_code);
        elsif new.status is not null then
            new.status_code := jalon_engine.require_dossier_code(p_case_type => new.case_type, p_from => null,
                p_status => new.status);
        else
            new.status_code := jalon_engine.first_dossier_code(new.case_type);
        end if;
        -- an unknown code: the transition trigger refuses it
        new.status := coalesce(jalon_engine.dossier_status(new.status_code), new.status, '?');
        new.created_by := coalesce(new.created_by, jalon_engine.actor());
        return new;
    end if;
    if new.case_type is distinct from old.case_type then
        perform jalon_engine.require_case_type(new.case_type);
    end if;
    if new.status_code is distinct from old.status_code then
        if new.status is distinct from old.status then
            perform jalon_engine.require_code_fits_status(new.status, new.status_code);
        end if;
        new.status := coalesce(jalon_engine.dossier_status(new.status_code), new.status);
    elsif new.status is distinct from old.status
        and new.status is distinct from jalon_engine.dossier_status(new.status_code) then
        new.status_code := case when new.case_type is distinct from old.case_type
            then jalon_engine.arriving_dossier_code(new.case_type, old.case_type, old.status_code, new.status)
            else jalon_engine.require_dossier_code(new.case_type, old.status_code, new.status) end;
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
comment on function jalon_engine.tg_dossier__keep_in_step() is 'Checks the case type, derives status from status_code '
'or the other way round, counts the revision and says whose edit it is.';

create or replace function jalon_engine.arriving_dossier_code(
    p_case_type text, p_old_case_type text, p_from text, p_status text
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Where the status has no code on which the dossier may arrive, the one that it has is
    -- refused with those that are allowed.
    select coalesce(
        (select a.code
         from unnest(jalon_engine.arrivals('CASE_STATUS', jalon_engine.ruling_case_type('CASE_STATUS', p_case_type),
             p_old_case_type, p_from)) a (code)
         join jalon_engine.referential f on f.category = 'CASE_STATUS' and f.code = a.code
         left join jalon_dossiers.status_mapping m on m.status_code = a.code
         where jalon_engine.dossier_status(a.code) = p_status
         order by m.rank, f.position, f.code limit 1),
        jalon_engine.require_dossier_code(p_case_type, p_from, p_status))
$$;
comment on function jalon_engine.arriving_dossier_code(text, text, text, text) is
'The status code to which a DOSSIER_STATUS leads where a dossier changes its case type.';
