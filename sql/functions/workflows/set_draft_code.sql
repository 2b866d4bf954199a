-- A code of a draft, added or edited by one call; what is left out stays, an empty text or a stay of nothing clears.
-- It takes effect when the draft is published.

create or replace function jalon.set_draft_code(
    category text, code text, case_type text default '*', label text default null, labels jsonb default null,
    outcome text default null, is_initial boolean default null, is_final boolean default null,
    is_active boolean default null, color text default null, icon text default null, place integer default null,
    description text default null, max_stay interval default null, meta jsonb default null,
    descriptions jsonb default null, expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => set_draft_code.category, p_case_type => set_draft_code.case_type,
        p_expected_revision => set_draft_code.expected_revision);
    v jalon_engine.referential;
    v_default constant text := jalon_engine.default_language();
    v_label constant text := coalesce(set_draft_code.labels ->> v_default, set_draft_code.label);
    v_constraint text;
    v_words jsonb;
begin
    perform jalon_engine.require_permission('manage_referentials');
    perform jalon_engine.keep_draft_step(w);
    select c.* into v from jalon_engine.version_codes(w.category, w.case_type, w.version) c
    where c.code = set_draft_code.code;
    v.category := w.category;
    v.code := set_draft_code.code;
    v.label := coalesce(v_label, v.label, set_draft_code.code);
    v.description := nullif(coalesce(set_draft_code.description, v.description), '');
    v.position := coalesce(set_draft_code.place, v.position, (select max(c.position)
        from jalon_engine.version_codes(w.category, w.case_type, w.version) c) + 10, 10);
    v.color := nullif(coalesce(set_draft_code.color, v.color), '');
    v.icon := nullif(coalesce(set_draft_code.icon, v.icon), '');
    v.is_initial := coalesce(set_draft_code.is_initial, v.is_initial, false);
    v.is_final := coalesce(set_draft_code.is_final, v.is_final, false);
    v.outcome := coalesce(set_draft_code.outcome, v.outcome, jalon_engine.usual_outcome(v.is_initial, v.is_final));
    v.is_active := coalesce(set_draft_code.is_active, v.is_active, true);
    v.max_stay := nullif(coalesce(set_draft_code.max_stay, v.max_stay), '0');
    v.meta := coalesce(set_draft_code.meta, v.meta, '{}');
    perform jalon_engine.put_draft_code(w, v, jalon_engine.draft_labels(w, v, coalesce(set_draft_code.labels, '{}')
        || case when v_label is null then '{}' else jsonb_build_object(v_default, v_label) end,
        coalesce(set_draft_code.descriptions, '{}')));
    return jalon_engine.touch_draft(p_draft => w);
exception when check_violation then
    get stacked diagnostics v_constraint = constraint_name;
    v_words := jalon_engine.native_refusal(p_sqlstate => sqlstate, p_message => sqlerrm, p_schema => 'jalon_engine',
        p_column => null, p_constraint => v_constraint);
    perform jalon_engine.fail('JL405', jsonb_build_object('field', v_words ->> 'field', 'why', v_words ->> 'message'));
end
$$;
comment on function jalon.set_draft_code(text, text, text, text, jsonb, text, boolean, boolean, boolean, text, text,
    integer, text, interval, jsonb, jsonb, integer)
is 'Adds a code to a draft or edits one in it, and returns the draft; it takes effect when that is published: '
    'jalon.set_draft_code(''ORDER_STATUS'', ''HELD'', labels => ''{"en": "On hold"}'', outcome => ''waiting'').';
grant execute on function jalon.set_draft_code(text, text, text, text, jsonb, text, boolean, boolean, boolean, text,
    text, integer, text, interval, jsonb, jsonb, integer) to jalon_dba;

create or replace function jalon.drop_draft_code(
    category text, code text, case_type text default '*', expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => drop_draft_code.category, p_case_type => drop_draft_code.case_type,
        p_expected_revision => drop_draft_code.expected_revision);
begin
    perform jalon_engine.require_permission('manage_referentials');
    perform jalon_engine.keep_draft_step(w);
    delete from jalon_engine.draft_code d
    where (d.category, d.case_type, d.version, d.code) = (w.category, w.case_type, w.version, drop_draft_code.code);
    if not found then
        perform jalon_engine.fail('JL401',
            jsonb_build_object('table', 'draft_code', 'id', drop_draft_code.code));
    end if;
    return jalon_engine.touch_draft(p_draft => w);
end
$$;
comment on function jalon.drop_draft_code(text, text, text, integer) is
'Takes a new code, or the edits of a code, out of a draft and returns the draft.';
grant execute on function jalon.drop_draft_code(text, text, text, integer) to jalon_dba;
