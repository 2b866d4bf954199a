-- Several moves of one table at once, each with a caller of its own: what is plainly allowed, and free, is moved by one statement, which
-- costs a fraction of one statement each. The rest is left to be done one by one, which also says what is wrong with it. The test here
-- only spares the wall what it would refuse: the wall judges every row, as always.

create or replace function jalon_engine.at_once_branch(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = ''
as $$
    -- A row as it stands is tested as if it were created: the rule's expression then asks for nothing that only the change brings about.
    select jalon_engine.weave($branch$if p_tracked = @name@ then
        v_set := set_config('jalon.each', p_asked::text, true);
        v_set := set_config('jalon.more', '{"each": true}', true);
        return query with free as materialized (
            select a.place, n.@key@ as key, a.target, n.@column@::text as code
            from unnest(p_asked) a
            cross join lateral (select a.actor, string_to_array(a.roles, ',') as roles, nullif(btrim(a.reason), '') as reason, 'move' as kind) who
            join @table@ n on n.@key@ = case when @usual_key@ then a.id::@key_type@ end and n.@key@::text = a.id
            cross join lateral (
                -- Looked up for each record: joined, a record might be looked up for each rule that leads to its target.
                select r.* from jalon_engine.rule r
                where r.category = @category@ and r.scope = @scope@ and r.from_code = n.@column@::text and r.to_code = a.target offset 0) r1
            -- Triggers of others may ask who acts, and are right to expect one answer.
            where (select count(*) from pg_catalog.pg_trigger g where g.tgrelid = @table_name@::regclass and not g.tgisinternal and not g.tgname ^@ '~jalon_') = 0
              and (select count(*) from pg_catalog.pg_trigger g where g.tgrelid = @history_name@::regclass and not g.tgisinternal
                and not g.tgname ^@ '~jalon_' and g.tgname <> all (@known@)) = 0
              and @plain@
              and (a.expected_from is null or a.expected_from = n.@column@::text)
              and (a.expected_version is null or a.expected_version = n.status_version)
              and (a.etag is null or a.etag = jalon_engine.etag(a.id, n.status_version))
            for no key update of n skip locked
        )
        update @table@ x set @column@ = f.target::@type@ from free f where x.@key@ = f.key
        returning f.place, (@name@, f.key::text, @column_name@, f.code, f.target, x.status_version, x.status_changed_at, true)::jalon_engine.moved;
        v_set := set_config('jalon.more', '', true);
        v_set := set_config('jalon.each', '', true);
    els$branch$, jsonb_build_object('name', quote_literal(p_tracked.name), 'key_type', p_tracked.key_type, 'category', quote_literal(c.category),
        'column', quote_ident(c.column_name), 'column_name', quote_literal(c.column_name),
        'table', format('%I.%I', p_tracked.table_schema, p_tracked.table_name), 'table_name', quote_literal(format('%I.%I', p_tracked.table_schema, p_tracked.table_name)),
        'history_name', quote_literal(format('%I.%I', p_tracked.history_schema, p_tracked.history_name)), 'key', quote_ident(p_tracked.key_column),
        -- On history, those of Jalon's modules do not ask.
        'known', quote_literal(array(select g.tgname::text from pg_catalog.pg_trigger g join pg_catalog.pg_proc p on p.oid = g.tgfoid
            where g.tgrelid = to_regclass(format('%I.%I', p_tracked.history_schema, p_tracked.history_name)) and not g.tgisinternal
              and p.pronamespace = 'jalon_engine'::regnamespace order by 1)),
        'scope', case when p_tracked.workflow_column is null then quote_literal('*') else jalon_engine.scope_query(p_tracked, c) end,
        'plain', jalon_engine.plain_test(p_tracked, c, 'who', true), 'usual_key', jalon_engine.usual_key(p_tracked.key_type, 'a.id'), 'type', jalon_engine.column_type(p_tracked, c.column_name)))
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name and c.position = 1
$$;
comment on function jalon_engine.at_once_branch(jalon_engine.tracked) is 'PL/pgSQL that moves records of one tracked table at once, by its status proper.';

create or replace function jalon_engine.generate_at_once()
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_body text := jalon_engine.weave($body$
declare
    v_set text;
begin
    @branches@if true then
        return;
    end if;
end
$body$, jsonb_build_object('branches', coalesce((select string_agg(jalon_engine.at_once_branch(t), '' order by t.name) from jalon_engine.tracked t), '')));
begin
    if to_regtype('jalon_engine.asked') is null then
        return;  -- on the way back
    end if;
    if v_body is not distinct from (select p.prosrc from pg_catalog.pg_proc p where p.oid = to_regprocedure('jalon_generated.move_at_once(text, jalon_engine.asked[])')) then
        return;
    end if;
    execute format($sql$create or replace function jalon_generated.move_at_once(p_tracked text, p_asked jalon_engine.asked[])
        returns table (place integer, moved jalon_engine.moved) language plpgsql volatile security definer
        -- A plan for as few moves as these looks cheaper each time anew, and making it costs as much as making the moves.
        set search_path = '' set plan_cache_mode = force_generic_plan as %L$sql$, v_body);
    comment on function jalon_generated.move_at_once(text, jalon_engine.asked[]) is
    'Generated for every tracked table: moves at once what is plainly allowed and not locked by others, each record in the name of who asked; the rest it leaves.';
end
$$;
comment on function jalon_engine.generate_at_once() is 'Writes jalon_generated.move_at_once anew where tables came or went.';
