-- One field for everything: records by what they are called or by their key, and moves by what they do ("approve
-- marché"): the first words name the move, the others the record.

create or replace function jalon_engine.moves_called(p_statuses json, p_words text[])
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(m.value::jsonb || jsonb_build_object('column', s.value ->> 'column',
        'isOnly', json_array_length(p_statuses) = 1) order by s.ordinality, m.ordinality), '[]')
    from json_array_elements(p_statuses) with ordinality s
    cross join lateral json_array_elements(s.value -> 'moves') with ordinality m
    where not exists (
        select from unnest(p_words) w (word) where not exists (
            select from unnest(jalon_engine.words_of(concat_ws(' ', m.value ->> 'actionLabel', m.value ->> 'label',
                m.value ->> 'action')))
                l (word) where l.word ^@ w.word))
$$;
comment on function jalon_engine.moves_called(json, text[]) is
'The moves of a record that are called so, every word by its beginning.';

create or replace function jalon_engine.searched(
    p_text text, p_words text[], p_move_words text[], p_caller jsonb, p_roles text[]
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(jsonb_build_object('table', t.name, 'id', r.row ->> t.key_column,
        'title', jalon_engine.record_title(t, r.row), 'caseType', jalon_engine.case_type_name(t.name,
            r.row ->> t.workflow_column, p_caller ->> 'language'),
        'etag', jalon_engine.etag(r.row ->> t.key_column, (r.row ->> 'status_version')::integer),
        'statuses', s.statuses, 'moves', jalon_engine.moves_called(s.statuses, p_move_words))
        order by r.row ->> 'status_changed_at' desc), '[]')
    from jalon_engine.tracked t
    cross join lateral jalon_engine.search_table(t, p_text, p_words, p_caller, p_roles) r (row)
    cross join lateral (select jalon_engine.statuses(t, r.row, jalon_engine.roles_for_record(t, p_caller ->> 'actor',
        p_roles, r.row), p_caller ->> 'language') as statuses) s
    where jalon_engine.table_of(t) is not null
$$;
comment on function jalon_engine.searched(text, text[], text[], jsonb, text[]) is
'What is found of all tables, each with its moves that are called by some words.';

create or replace function jalon_api.search(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_text constant text := coalesce(p_input ->> 'q', '');
    v_words constant text[] := jalon_engine.words_of(v_text);
    v_roles constant text[] := jalon_engine.caller_roles(p_caller);
    v_moves jsonb := '[]';
begin
    for v_head in 1..least(cardinality(v_words) - 1, 3) loop
        v_moves := v_moves || coalesce((
            select jsonb_agg(f) from jsonb_array_elements(jalon_engine.searched('', v_words[v_head + 1:],
                v_words[:v_head], p_caller, v_roles)) f where f -> 'moves' <> '[]'), '[]');
    end loop;
    return jalon_engine.ok(json_build_object('q', v_text, 'moves', v_moves,
        'records', case when v_words = '{}' then '[]'
            else jalon_engine.searched(v_text, v_words, '{}', p_caller, v_roles) end,
        'unindexed', (select coalesce(jsonb_agg(jsonb_build_object('table', t.name, 'statement', m.statement)
                order by t.name), '[]')
            from jalon_engine.tracked t
            cross join lateral (select jalon_engine.missing_search_index(t) as statement) m
            where m.statement is not null and jalon_engine.can_read_all(t.name, p_caller))));
end
$$;
comment on function jalon_api.search(text, jsonb, jsonb) is
'Records by the beginning of any word or by key, and moves of records by both: {q}.';
