-- A workflow as a Mermaid flowchart, which GitHub, GitLab and most wikis show as a picture.

create or replace function jalon_engine.mermaid_text(p_text text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- Mermaid knows no escapes inside quotes, but character references written #name;.
    select '"' || replace(replace(replace(replace(replace(replace(replace(regexp_replace(p_text, '\s+', ' ', 'g'),
        '#', '#35;'), '"', '#quot;'), '<', '#lt;'), '>', '#gt;'), '`', '#96;'), '\', '#92;'), '%', '#37;') || '"'
$$;
comment on function jalon_engine.mermaid_text(text) is 'Any text as a quoted Mermaid text.';

create or replace function jalon_engine.ink_on(p_color text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when 299 * ('x' || lpad(substr(p_color, 2, 2), 8, '0'))::bit(32)::integer + 587 * ('x'
        || lpad(substr(p_color, 4, 2), 8, '0'))::bit(32)::integer
        + 114 * ('x' || lpad(substr(p_color, 6, 2), 8, '0'))::bit(32)::integer > 140000 then
            '#000000' else '#ffffff' end
$$;
comment on function jalon_engine.ink_on(text) is 'Black or white, whichever is readable on a colour.';

create or replace function jalon.workflow_mermaid(
    category text, case_type text default null, version integer default null,
    tracked text default null, id text default null, actor text default null, language text default null
)
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with drawing as (
        select jalon_engine.drawing(p_category => workflow_mermaid.category, p_case_type => workflow_mermaid.case_type,
            p_version => workflow_mermaid.version,
            p_tracked => workflow_mermaid.tracked, p_id => workflow_mermaid.id, p_actor => workflow_mermaid.actor,
            p_language => workflow_mermaid.language) as d
    ),
    lines (rank, place, line) as (
        select 0, 0, 'flowchart LR'
        union all
        select 1, 0, '    start((" "))'
        from drawing where d -> 'edges' @> '[{"from": "start"}]'
        union all
        select 2, n.ordinality, '    ' || (n.value ->> 'id') || case when (n.value ->> 'is_final')::boolean
            then '([' || jalon_engine.mermaid_text(p_text => n.value ->> 'label') || '])' else
                '[' || jalon_engine.mermaid_text(p_text => n.value ->> 'label') || ']' end
        from drawing cross join lateral jsonb_array_elements(d -> 'nodes') with ordinality n
        union all
        select 3, e.ordinality, '    ' || (e.value ->> 'from')
            || case when (e.value ->> 'is_mine')::boolean then ' ==>|' else ' -->|' end
            || jalon_engine.mermaid_text(p_text => e.value ->> 'label') || '| ' || (e.value ->> 'to')
        from drawing cross join lateral jsonb_array_elements(d -> 'edges') with ordinality e
        union all
        select 4, n.ordinality, '    style ' || (n.value ->> 'id') || ' ' || concat_ws(',',
            'fill:' || (n.value ->> 'color'), 'color:' || jalon_engine.ink_on(p_color => n.value ->> 'color'),
            case when not (n.value ->> 'is_active')::boolean then 'stroke-dasharray:4' end,
            case when (n.value ->> 'is_current')::boolean then 'stroke:#000000,stroke-width:4px' end)
        from drawing cross join lateral jsonb_array_elements(d -> 'nodes') with ordinality n
        where n.value ->> 'color' is not null or (n.value ->> 'is_current')::boolean
            or not (n.value ->> 'is_active')::boolean
    )
    select string_agg(l.line, e'\n' order by l.rank, l.place) from lines l
$$;
comment on function jalon.workflow_mermaid(text, text, integer, text, text, text, text)
is 'A workflow version as a Mermaid flowchart; with tracked, id and actor: where the record stands and what the '
    'actor may do.';
grant execute on function jalon.workflow_mermaid(text, text, integer, text, text, text, text) to jalon_dba;
