-- What a transition or an arrival names is a code of the category or of its own draft, whoever writes; and neither goes
-- while they name it.

create or replace function jalon_engine.tg_workflow_transition__keep_codes()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Who deletes or renames the code meanwhile waits, and then sees this row.
    perform from jalon_engine.referential r
    where r.category = new.category and r.code in (new.from_code, new.to_code) for key share;
    perform jalon_engine.require_version_code(p_category => new.category, p_case_type => new.case_type,
        p_version => new.version, p_code => c.code)
    from unnest(array[new.from_code, new.to_code]) c (code) where c.code is not null;
    return new;
end
$$;
comment on function jalon_engine.tg_workflow_transition__keep_codes() is
'Refuses a transition or an arrival whose codes neither the category nor its draft has.';

create or replace function jalon_engine.tg_draft_code__keep_used()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A code that is published or was there before stays a code without its row here; a draft goes with all it has.
    if exists (select from jalon_engine.workflow w
            where (w.category, w.case_type, w.version) = (old.category, old.case_type, old.version))
        and not exists (select from jalon_engine.referential r where (r.category, r.code) = (old.category, old.code))
        and (exists (select from jalon_engine.workflow_transition a
                where (a.category, a.case_type, a.version) = (old.category, old.case_type, old.version)
                    and old.code in (a.from_code, a.to_code))
            or exists (select from jalon_engine.workflow_arrival a
                where (a.category, a.case_type, a.version) = (old.category, old.case_type, old.version)
                    and old.code in (a.from_code, a.to_code))) then
        perform jalon_engine.fail('JL407', jsonb_build_object('category', old.category, 'code', old.code),
            'JL407.draft_code');
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function jalon_engine.tg_draft_code__keep_used() is
'Refuses to take a new code out of a draft, or to rename it, while the draft''s transitions or arrivals name it.';
