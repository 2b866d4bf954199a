-- A change to a code that the category lacks: the refusal lists the codes that a change of its kind may enter.

create or replace function jalon_engine.refuse_unknown_code(p_change jalon_engine.change, p_kind text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A move is told the transitions; what passes the rules may enter any active code.
    perform jalon_engine.refuse_change('JL402', p_change,
        case when p_kind in ('move', 'timer') then '{}'
            else jsonb_build_object('allowed', jalon_engine.active_codes(p_change.category)) end,
        case when p_change.new_row ->> p_change.column_name is null then 'JL402.empty' end);
end
$$;
comment on function jalon_engine.refuse_unknown_code(jalon_engine.change, text) is
'Refuses a change to a code that the category lacks, with the codes that a change of this kind may enter.';

create or replace function jalon_engine.active_codes(p_category text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(f.code order by f.position, f.code), '[]')
    from jalon_engine.referential f where f.category = p_category and f.is_active
$$;
comment on function jalon_engine.active_codes(text) is 'The active codes of a category, in order.';
