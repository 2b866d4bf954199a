-- Which table a page's recap is about, and whether its history is too long to be counted while somebody waits.

create or replace function jalon_engine.history_size(p_tracked text)
returns bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- In bytes: neither counted, nor as the planner guessed it at some time. A row takes about 128 of them.
    select coalesce(sum(pg_relation_size(m.relid)), 0)::bigint / 128
    from jalon_engine.tracked t
    cross join lateral pg_partition_tree(to_regclass(format('%I.%I', t.history_schema, t.history_name))) m
    where t.name = p_tracked and m.isleaf
$$;
comment on function jalon_engine.history_size(text) is 'About how many changes the history of a tracked table holds.';

create or replace function jalon_engine.recap_table(
    p_name text, p_input jsonb, p_caller jsonb, out tracked text, out is_counted_at_once boolean
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_at_once constant bigint := (select (s.value #>> '{}')::bigint from jalon_engine.setting s
        where s.name = 'recap.counted_at_once');
    v_all bigint;
begin
    if p_input ->> 'table' <> '*' then
        tracked := (jalon_engine.tracked_of(p_input ->> 'table')).name;
        perform jalon_engine.require_permission('read_all', tracked, p_caller => p_caller);
        is_counted_at_once := jalon_engine.history_size(tracked) <= v_at_once;
        return;
    end if;
    -- Unless said otherwise all tables, as long as that is counted at once, else the one with the longest history.
    select coalesce(sum(l.size), 0), (array_agg(l.name order by l.size desc, l.name))[1] into v_all, tracked
    from (select t.name, jalon_engine.history_size(t.name) as size from jalon_engine.tracked t
        where t.name = any (jalon_engine.readable_tables(p_caller))) l;
    is_counted_at_once := v_all <= v_at_once;
    if tracked is not null and not p_input ? 'table'
        and not jalon_engine.has_permission('read_all', p_caller => p_caller) then
        -- Who reads some of the tables sees one of these.
        is_counted_at_once := jalon_engine.history_size(tracked) <= v_at_once;
    elsif p_name <> 'funnel' and (is_counted_at_once or p_input ? 'table') or tracked is null then
        tracked := null;
        perform jalon_engine.require_permission('read_all', p_caller => p_caller);
    elsif not is_counted_at_once then
        is_counted_at_once := jalon_engine.history_size(tracked) <= v_at_once;
    end if;
end
$$;
comment on function jalon_engine.recap_table(text, jsonb, jsonb) is 'The table that a page''s recap is about, none for '
'all (asked for as *), and whether it can be counted while the page waits.';
