-- A workflow in the language of Graphviz: `psql -Atc "select jalon.workflow_dot('ORDER_STATUS')" | dot -Tsvg`.

create or replace function jalon_engine.dot_text(p_text text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select '"' || replace(replace(regexp_replace(p_text, '\s+', ' ', 'g'), '\', '\\'), '"', '\"') || '"' $$;
comment on function jalon_engine.dot_text(text) is 'Any text as a quoted Graphviz text.';

create or replace function jalon.workflow_dot(
    category text, case_type text default null, version integer default null,
    tracked text default null, id text default null, actor text default null, language text default null
)
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with drawing as (
        select jalon_engine.drawing(p_category => workflow_dot.category, p_case_type => workflow_dot.case_type,
            p_version => workflow_dot.version,
            p_tracked => workflow_dot.tracked, p_id => workflow_dot.id, p_actor => workflow_dot.actor,
            p_language => workflow_dot.language) as d
    ),
    lines (rank, place, line) as (
        select 0, 0, 'digraph ' || jalon_engine.dot_text(p_text => workflow_dot.category)
            || e' {\n    rankdir=LR;\n    node [shape=box, style="rounded,filled", fillcolor=white];'
        union all
        select 1, 0, '    start [shape=point, fillcolor=black];'
        from drawing where d -> 'edges' @> '[{"from": "start"}]'
        union all
        select 2, n.ordinality, format('    %s [%s];', n.value ->> 'id', concat_ws(', ',
            'label=' || jalon_engine.dot_text(p_text => n.value ->> 'label'),
            'fillcolor="' || (n.value ->> 'color') || '", fontcolor="'
                || jalon_engine.ink_on(p_color => n.value ->> 'color') || '"',
            case when (n.value ->> 'is_final')::boolean then 'peripheries=2' end,
            case when not (n.value ->> 'is_active')::boolean then 'style="rounded,filled,dashed"' end,
            case when (n.value ->> 'is_current')::boolean then 'penwidth=4' end))
        from drawing cross join lateral jsonb_array_elements(d -> 'nodes') with ordinality n
        union all
        select 3, e.ordinality, format('    %s -> %s [label=%s%s];', e.value ->> 'from', e.value ->> 'to',
            jalon_engine.dot_text(p_text => e.value ->> 'label'),
            case when (e.value ->> 'is_mine')::boolean then ', penwidth=3' end)
        from drawing cross join lateral jsonb_array_elements(d -> 'edges') with ordinality e
        union all
        select 4, 0, '}'
    )
    select string_agg(l.line, e'\n' order by l.rank, l.place) from lines l
$$;
comment on function jalon.workflow_dot(text, text, integer, text, text, text, text)
is 'A workflow version for Graphviz; with tracked, id and actor: where the record stands and what the actor may do.';
grant execute on function jalon.workflow_dot(text, text, integer, text, text, text, text) to jalon_dba;
