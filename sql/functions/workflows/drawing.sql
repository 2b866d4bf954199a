-- What a picture of a workflow shows, whatever draws it: codes with label and colour, transitions with their action,
-- where a record stands and which of the transitions from there an actor may take.

create or replace function jalon_engine.get_row(p_tracked text, p_id text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v_row jsonb;
begin
    v_row := jalon_engine.read_row(t, p_id);
    if v_row is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', t.name, 'id', p_id));
    end if;
    return v_row;
end
$$;
comment on function jalon_engine.get_row(text, text) is
'A row of a tracked table by its key, whoever asks; JL401 where there is none.';

create or replace function jalon_engine.moves_of(
    p_tracked text, p_row jsonb, p_category text, p_case_type text, p_from text, p_actor text
)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v_roles text[] := jalon_engine.roles_for_record(t, p_actor, jalon_engine.roles_of(p_actor), p_row);
begin
    -- A reason or a field is asked for when the time comes; it does not take the transition away.
    return array(
        select r.to_code from jalon_engine.rule r
        where r.category = p_category and r.case_type = p_case_type and r.from_code = p_from and not exists (
            select from jsonb_array_elements(jalon_engine.blockers(p_rule => r, p_actor => p_actor, p_roles => v_roles,
                p_reason => null, p_meta => null, p_old => p_row, p_new => p_row)) b
            where b.value ->> 'code' not in ('JL301', 'JL302')));
end
$$;
comment on function jalon_engine.moves_of(text, jsonb, text, text, text, text) is
'Codes that an actor may lead a record to.';

create or replace function jalon_engine.drawing(
    p_category text, p_case_type text, p_version integer, p_tracked text, p_id text, p_actor text, p_language text
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
    v_tracked jalon_engine.tracked;
    v_row jsonb;
    v_column text;
    v_type text := p_case_type;
    v_moves text[] := '{}';
begin
    if p_id is not null then
        v_tracked := jalon_engine.tracked_of(p_tracked);
        v_row := jalon_engine.get_row(p_tracked => p_tracked, p_id => p_id);
        v_type := coalesce(v_type, jalon_engine.ruling_case_type(p_category, v_row ->> v_tracked.workflow_column));
        select c.column_name into v_column
        from jalon_engine.tracked_column c
        where c.tracked = v_tracked.name and c.category = p_category
        order by c.position limit 1;
    end if;
    v_type := coalesce(v_type, '*');
    w := jalon_engine.get_version(p_category => p_category, p_case_type => v_type, p_version => coalesce(p_version,
        jalon_engine.version_in(p_category => p_category, p_case_type => v_type, p_states => '{published,draft}')));
    if v_row is not null and p_actor is not null then
        v_moves := jalon_engine.moves_of(p_tracked => p_tracked, p_row => v_row, p_category => p_category,
            p_case_type => v_type, p_from => v_row ->> v_column, p_actor => p_actor);
    end if;
    return (
        with edges as (
            select e.* from jalon_engine.workflow_edges(p_category => w.category, p_case_type => w.case_type,
                p_version => w.version) e
        ),
        codes as (
            select r.code, 'c' || row_number() over (order by r.position, r.code) as id, r.color, r.is_final,
                r.is_active, coalesce(l.label, r.label) as label
            from jalon_engine.version_codes(w.category, w.case_type, w.version) r
            left join jalon_engine.version_labels(w.category, w.case_type, w.version) l on l.code = r.code
                and l.language = coalesce(p_language, jalon_engine.language())
            where exists (select from edges e where r.code in (e.from_code, e.to_code))
        )
        select jsonb_build_object(
            'nodes', (select jsonb_agg(
                to_jsonb(c) || jsonb_build_object('is_current', c.code is not distinct from v_row ->> v_column)
                order by length(c.id), c.id) from codes c),
            'edges', (
                select jsonb_agg(jsonb_build_object('from', coalesce(f.id, 'start'), 'to', t.id,
                    'label', coalesce(l.label, case when e.from_code is null
                        then jalon_engine.text_of('action.create', p_language => p_language) end, e.action),
                    'is_mine', e.from_code is not distinct from v_row ->> v_column and e.to_code = any (v_moves))
                    order by e.position, e.from_code nulls first, e.to_code)
                from edges e
                join codes t on t.code = e.to_code
                left join codes f on f.code = e.from_code
                left join jalon_engine.action_label l on l.category = p_category and l.action = e.action
                    and l.language = coalesce(p_language, jalon_engine.language()))));
end
$$;
comment on function jalon_engine.drawing(text, text, integer, text, text, text, text) is
'Nodes and edges of a workflow version as JSON, with the record''s place and the actor''s moves marked.';
