-- Which records are somebody's work, as branches of SQL over a tracked table: one for each code of each status column,
-- so that an index on code and time serves each. Whom a code waits for is read off the published transitions: a code
-- whose outcome is "waiting" waits for the roles that may lead on from it; any other waits for whoever stands in a
-- relation of the record that may. A code whose meta says {"rests": true} waits for nobody.

create or replace function jalon_engine.code_is_sql(p_tracked jalon_engine.tracked, p_column text, p_value text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Compared in its own type, so that an index serves it; in a type of somebody's own, as text.
    select case when jalon_engine.is_own_type(a.atttypid)
        then format('%s = %L', jalon_engine.text_sql(p_tracked, p_column, 'x'), p_value)
        else format('x.%I = %L', p_column, p_value) end
    from pg_catalog.pg_attribute a where a.attrelid = jalon_engine.table_of(p_tracked) and a.attname = p_column
$$;
comment on function jalon_engine.code_is_sql(jalon_engine.tracked, text, text) is
'SQL of whether a column of a row x has a value.';

create or replace function jalon_engine.relation_sql(p_tracked jalon_engine.tracked, p_relation text, p_actor text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Of transitions: null is anybody, "author" only whoever stands there, "!author" anybody else.
    select case when p_relation is null then 'true'
        when not p_tracked.relations ? ltrim(p_relation, '!') then (p_relation like '!%')::text
        else case when p_relation like '!%' then 'not coalesce(' else 'coalesce(' end
            || jalon_engine.code_is_sql(p_tracked, p_tracked.relations ->> ltrim(p_relation, '!'), p_actor)
            || ', false)' end
$$;
comment on function jalon_engine.relation_sql(jalon_engine.tracked, text, text) is
'SQL of whether an actor fulfils the relation that a transition asks for to a row x.';

create or replace function jalon_engine.mine_sql(p_tracked jalon_engine.tracked, p_actor text)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array(
        select jalon_engine.code_is_sql(p_tracked, r.value, p_actor)
        from jsonb_each_text(p_tracked.relations) r
        where jalon_engine.is_quickly_found(p_tracked, r.value) order by r.key)
$$;
comment on function jalon_engine.mine_sql(jalon_engine.tracked, text) is
'SQL of whether an actor stands in a relation of a row x, one condition a relation.';

create or replace function jalon_engine.is_quickly_found(p_tracked jalon_engine.tracked, p_column text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
            select from pg_catalog.pg_index i
            join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
            where i.indrelid = jalon_engine.table_of(p_tracked) and i.indisvalid and i.indpred is null
                and a.attname = p_column)
        or (select c.reltuples < 10000 and pg_catalog.pg_table_size(c.oid) < 4000000 from pg_catalog.pg_class c
            where c.oid = jalon_engine.table_of(p_tracked))
$$;
comment on function jalon_engine.is_quickly_found(jalon_engine.tracked, text) is
'Whether rows are found by a column without reading a long table: an index begins with it, or the table is short.';

create or replace function jalon_engine.waiting_branches(
    p_tracked jalon_engine.tracked, p_actor text, p_roles text[], p_sight text
)
returns table (column_name text, code text, condition text, max_stay interval)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A transition that is open to anybody waits for the assignee of the record; its author is not asked. Of many
    -- transitions few conditions come: each is written once.
    with asked as (
        select distinct c.column_name, c.position, f.code, f.max_stay, r.relation, e.value as person_column
        from jalon_engine.tracked_column c
        join jalon_engine.referential f on f.category = c.category and not f.is_final
            and f.outcome in ('open', 'active', 'waiting') and not coalesce((f.meta ->> 'rests')::boolean, false)
        join jalon_engine.rule r on r.category = c.category and r.from_code = f.code
        left join jsonb_each_text(p_tracked.relations) e on f.outcome <> 'waiting'
            and (r.workflow_version > 0 and (e.key = any (r.roles) or r.relation = e.key)
                or r.is_open and e.key = 'assignee')
        where c.tracked = p_tracked.name and case when f.outcome = 'waiting'
            then r.roles && array_remove(p_roles, 'any') and r.workflow_version > 0 else e.key is not null end
    )
    select a.column_name, a.code, string_agg(format('(%s and %s)',
        case when a.person_column is null then p_sight
            else jalon_engine.code_is_sql(p_tracked, a.person_column, p_actor) end,
        jalon_engine.relation_sql(p_tracked, a.relation, p_actor)), ' or '), a.max_stay
    from asked a
    where jalon_engine.is_quickly_found(p_tracked, a.column_name)
    group by a.column_name, a.position, a.code, a.max_stay order by a.position, a.code
$$;
comment on function jalon_engine.waiting_branches(jalon_engine.tracked, text, text[], text) is
'The codes that wait for an actor in these roles, each with SQL of which rows x on it do.';

create or replace function jalon_engine.overdue_branches(
    p_tracked jalon_engine.tracked, p_actor text, p_roles text[], p_sight text
)
returns table (column_name text, code text, condition text, max_stay interval)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whoever may lead on from it is concerned, and whoever it belongs to.
    with concerned as (
        select distinct c.column_name, c.position, f.code, f.max_stay, r.relation, r.from_code is not null as may_move
        from jalon_engine.tracked_column c
        join jalon_engine.referential f on f.category = c.category and not f.is_final and f.max_stay is not null
        left join jalon_engine.rule r on r.category = c.category and r.from_code = f.code
            and (r.roles && array_remove(p_roles, 'any') or r.is_open and (
                select jalon_engine.may(p_tracked.move_permission, p_roles, p_tracked.name)))
        where c.tracked = p_tracked.name and (r.from_code is not null or p_tracked.relations <> '{}')
    )
    select a.column_name, a.code, format('x.status_changed_at < now() - %L::interval and (%s)', a.max_stay,
        concat_ws(' or ', string_agg(format('(%s and %s)', p_sight,
                jalon_engine.relation_sql(p_tracked, a.relation, p_actor)), ' or ') filter (where a.may_move),
            nullif(array_to_string(jalon_engine.mine_sql(p_tracked, p_actor), ' or '), ''), 'false')), a.max_stay
    from concerned a
    where jalon_engine.is_quickly_found(p_tracked, a.column_name)
    group by a.column_name, a.position, a.code, a.max_stay order by a.position, a.code
$$;
comment on function jalon_engine.overdue_branches(jalon_engine.tracked, text, text[], text) is
'The codes that have a longest stay, each with SQL of which rows x stay longer and concern an actor in these roles.';
