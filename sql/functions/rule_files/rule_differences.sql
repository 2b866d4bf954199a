-- What a document of rules would change: things that are new, gone or otherwise. A section that the document doesn't
-- have isn't its own: what the database has there stays.

create or replace function jalon_engine.is_owned(p_document jsonb, p_item jalon_engine.rule_item)
returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case p_item.kind
        when 'code' then p_document ? 'codes'
        when 'action' then p_document ? 'actions'
        when 'table' then p_document ? 'tables'
        when 'permission' then p_document ? 'permissions'
        when 'role' then false  -- roles are shared: a file adds and names them, and takes none away
        when 'category' then false
        else p_document ? 'workflows' end
$$;
comment on function jalon_engine.is_owned(jsonb, jalon_engine.rule_item) is
'Whether a thing goes if a document of rules doesn''t have it.';

create or replace function jalon_engine.item_differences(p_old jsonb, p_new jsonb)
returns setof jalon_engine.rule_difference
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with olds as (select o.* from jalon_engine.rule_items(p_old) o),
    news as (select n.* from jalon_engine.rule_items(p_new) n),
    pairs as (
        select coalesce(n.kind, o.kind) as kind, coalesce(n.key, o.key) as key, n.path, n.place,
            n.facts as new_facts, n.kind is null as is_gone, o.kind is null as is_new,
            -- A table's key is found by itself where the file doesn't name it.
            case when n.kind = 'table' then o.facts - array(
                select m from unnest('{key,history_key}'::text[]) m where not n.facts ? m) else o.facts end as old_facts
        from olds o full join news n on n.kind = o.kind and n.key = o.key
        where n.kind is not null or jalon_engine.is_owned(p_new, o) and not (o.kind = 'code' and o.facts ? 'inactive'))
    select p.kind, p.key, case when p.is_gone then 'removed' when p.is_new then 'added' else 'changed' end,
        case when p.is_gone then p.old_facts else jalon_engine.different_members(p.old_facts, p.new_facts) end,
        case when p.is_new then p.new_facts else jalon_engine.different_members(p.new_facts, p.old_facts) end, p.path
    from pairs p
    where (p.is_gone or p.is_new or p.old_facts <> p.new_facts)
      -- A workflow that comes or goes says so once.
      and not (p.kind in ('transition', 'arrival') and exists (select from pairs w
          where w.kind = 'workflow' and w.key = p.key[1:1] and (w.is_gone or w.is_new)))
    order by array_position(array['category', 'role', 'code', 'action', 'workflow', 'transition', 'arrival', 'table',
        'permission'], p.kind), p.place nulls last, p.key
$$;
comment on function jalon_engine.item_differences(jsonb, jsonb) is
'The things that differ between two documents of rules.';

create or replace function jalon_engine.order_differences(p_old jsonb, p_new jsonb)
returns setof jalon_engine.rule_difference
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Among what both have: what comes and goes doesn't move the others. Codes, and the transitions from one code.
    with both_have as (
        select o.kind, case o.kind when 'code' then '{}' else o.key[1:2] end as list, o.key[cardinality(o.key)] as name,
            o.place as old_place, n.place as new_place, n.path[1:cardinality(n.path) - 1] as path
        from jalon_engine.rule_items(p_old) o join jalon_engine.rule_items(p_new) n on n.kind = o.kind and n.key = o.key
        where o.kind in ('code', 'transition')),
    orders as (
        select b.kind, b.list, min(b.path) as path, jsonb_agg(b.name order by b.old_place) as olds,
            jsonb_agg(b.name order by b.new_place) as news
        from both_have b group by b.kind, b.list)
    select 'order', array[o.kind] || o.list, 'changed', o.olds, o.news, o.path
    from orders o where o.olds <> o.news
    order by 2
$$;
comment on function jalon_engine.order_differences(jsonb, jsonb) is
'Lists of codes, and of transitions from a code, whose order differs between two documents of rules.';

create or replace function jalon_engine.rule_differences(p_old jsonb, p_new jsonb)
returns setof jalon_engine.rule_difference
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select * from jalon_engine.item_differences(p_old, p_new)
    union all
    select * from jalon_engine.order_differences(p_old, p_new)
$$;
comment on function jalon_engine.rule_differences(jsonb, jsonb) is
'What a document of rules would change of another one.';
