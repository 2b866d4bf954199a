-- Codes are created and changed by one call; what is left out stays, an empty text or a stay of nothing clears.

create or replace function jalon.set_code(
    category text, code text, label text default null, labels jsonb default null, outcome text default null,
    is_initial boolean default null, is_final boolean default null, color text default null, icon text default null,
    place integer default null, description text default null, max_stay interval default null, meta jsonb default null
)
returns jalon_engine.referential
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.referential;
    v_default text := (select l.code from jalon_engine.language l where l.is_default);
    v_label text := coalesce(set_code.label, set_code.labels ->> v_default);
    v_outcome text := coalesce(set_code.outcome,
        case when set_code.is_initial then 'open' when set_code.is_final then 'done' end);
    v_constraint text;
    v_words jsonb;
begin
    perform jalon_engine.require_permission('manage_referentials');
    perform jalon_engine.require_category(p_category => set_code.category);
    insert into jalon_engine.referential as r (category, code, label, description, position, color, icon, outcome,
        is_initial, is_final, max_stay, meta)
    values (
        set_code.category, set_code.code, coalesce(v_label, set_code.code), nullif(set_code.description, ''),
        coalesce(set_code.place,
            (select max(o.position) from jalon_engine.referential o where o.category = set_code.category) + 10, 10),
        nullif(set_code.color, ''), nullif(set_code.icon, ''), coalesce(v_outcome, 'active'),
        coalesce(set_code.is_initial, false), coalesce(set_code.is_final, false), nullif(set_code.max_stay, '0'),
        coalesce(set_code.meta, '{}')
    )
    on conflict on constraint referential_pk do update set
        label = coalesce(v_label, r.label),
        description = nullif(coalesce(set_code.description, r.description), ''),
        position = coalesce(set_code.place, r.position),
        color = nullif(coalesce(set_code.color, r.color), ''),
        icon = nullif(coalesce(set_code.icon, r.icon), ''),
        outcome = coalesce(set_code.outcome, r.outcome),
        is_initial = coalesce(set_code.is_initial, r.is_initial),
        is_final = coalesce(set_code.is_final, r.is_final),
        max_stay = nullif(coalesce(set_code.max_stay, r.max_stay), '0'),
        meta = coalesce(set_code.meta, r.meta)
    returning r.* into v;

    perform jalon_engine.put_label(p_category => set_code.category, p_code => set_code.code, p_language => n.language,
        p_label => n.label)
    from (
        select e.key as language, e.value as label from jsonb_each_text(set_code.labels) e
        union
        select v_default, v_label where v_label is not null and not coalesce(set_code.labels ? v_default, false)
    ) n;
    return v;
exception when check_violation then
    get stacked diagnostics v_constraint = constraint_name;
    v_words := jalon_engine.native_refusal(p_sqlstate => sqlstate, p_message => sqlerrm, p_schema => 'jalon_engine',
        p_column => null, p_constraint => v_constraint);
    perform jalon_engine.fail('JL405', jsonb_build_object('field', v_words ->> 'field', 'why', v_words ->> 'message'));
end
$$;
comment on function jalon.set_code(text, text, text, jsonb, text, boolean, boolean, text, text, integer, text,
    interval, jsonb)
is 'Creates or changes a code and its labels: jalon.set_code(''ORDER_STATUS'', ''NEW'', labels => ''{"en": "New", '
    '"fr": "Nouvelle"}'', is_initial => true).';
grant execute on function jalon.set_code(text, text, text, jsonb, text, boolean, boolean, text, text, integer, text,
    interval, jsonb) to jalon_dba;
