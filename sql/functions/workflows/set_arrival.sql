-- Arrivals: where a record that changes its case type may go on in the workflow of the new one. Without one it begins
-- there as a new record does, on an initial code.

create or replace function jalon.set_arrival(
    category text, case_type text, to_code text, from_code text, from_case_type text default '*',
    expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => set_arrival.category, p_case_type => set_arrival.case_type,
        p_expected_revision => set_arrival.expected_revision);
begin
    perform jalon_engine.keep_draft_step(w);
    perform jalon_engine.require_version_code(w.category, w.case_type, w.version, c.code)
    from unnest(array[set_arrival.from_code, set_arrival.to_code]) c (code);
    insert into jalon_engine.workflow_arrival (category, case_type, version, from_case_type, from_code, to_code)
    values (w.category, w.case_type, w.version, coalesce(set_arrival.from_case_type, '*'), set_arrival.from_code,
        set_arrival.to_code)
    on conflict on constraint workflow_arrival_pk do nothing;
    return jalon_engine.touch_draft(p_draft => w);
end
$$;
comment on function jalon.set_arrival(text, text, text, text, text, integer)
is 'Lets records of another case type (* for any) arrive in the draft of a case type, and returns the draft: '
    'jalon.set_arrival(''CASE_STATUS'', ''SALE'', ''OFFER'', ''WON'', ''LEAD'').';
grant execute on function jalon.set_arrival(text, text, text, text, text, integer) to jalon_dba;

create or replace function jalon.drop_arrival(
    category text, case_type text, to_code text, from_code text, from_case_type text default '*',
    expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => drop_arrival.category, p_case_type => drop_arrival.case_type,
        p_expected_revision => drop_arrival.expected_revision);
begin
    perform jalon_engine.keep_draft_step(w);
    delete from jalon_engine.workflow_arrival a
    where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)
      and (a.from_case_type, a.from_code, a.to_code) = (coalesce(drop_arrival.from_case_type, '*'),
          drop_arrival.from_code, drop_arrival.to_code);
    if not found then
        perform jalon_engine.fail('JL401',
            jsonb_build_object('table', 'workflow_arrival', 'id', jalon_engine.arrival_name(
                p_from_case_type => coalesce(drop_arrival.from_case_type, '*'), p_from => drop_arrival.from_code,
                p_to => drop_arrival.to_code)));
    end if;
    return jalon_engine.touch_draft(p_draft => w);
end
$$;
comment on function jalon.drop_arrival(text, text, text, text, text, integer) is
'Takes an arrival out of a draft and returns the draft.';
grant execute on function jalon.drop_arrival(text, text, text, text, text, integer) to jalon_dba;

create or replace function jalon_engine.arrival_name(p_from_case_type text, p_from text, p_to text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select p_from_case_type || ': ' || p_from || ' => ' || p_to $$;
comment on function jalon_engine.arrival_name(text, text, text) is
'What an arrival is called in reports; * stands for any case type.';
