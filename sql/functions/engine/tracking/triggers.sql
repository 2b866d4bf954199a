-- The triggers of a tracked table, as PostgreSQL spells them back: a trigger is as it should be if its definition is
-- this text. A reload with nothing changed locks nothing.

create or replace function jalon_engine.spelled(p_table regclass, p_column text, p_row text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when y.typtype = 'd' then format('(%s.%I)::%s', p_row, p_column,
            case when jalon_engine.base_type(a.atttypid) in ('text', 'character varying')
                and not jalon_engine.is_own_type(a.atttypid) then 'text' else (
                    with recursive made_of as (
                        select y.oid, y.typbasetype as base
                        union all select z.oid, z.typbasetype from made_of m join pg_catalog.pg_type z on z.oid = m.base
                    ) select format_type(m.oid, null) from made_of m where m.base = 0) end)
        when a.atttypid = 'varchar'::regtype then format('(%s.%I)::text', p_row, p_column)
        else format('%s.%I', p_row, p_column) end
    from pg_catalog.pg_attribute a join pg_catalog.pg_type y on y.oid = a.atttypid
    where a.attrelid = p_table and a.attname = p_column
$$;
comment on function jalon_engine.spelled(regclass, text, text) is
'A column in a comparison, as PostgreSQL spells it back.';

create or replace function jalon_engine.spelled_condition(p_table regclass, p_columns text[])
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format('(%s)', string_agg(format('(%s IS DISTINCT FROM %s)', jalon_engine.spelled(p_table, c.name, 'old'),
        jalon_engine.spelled(p_table, c.name, 'new')), ' OR ' order by c.place))
    from unnest(p_columns) with ordinality c (name, place)
$$;
comment on function jalon_engine.spelled_condition(regclass, text[]) is
'The condition that one of several columns differs, as PostgreSQL spells it back.';

create or replace function jalon_engine.wanted_triggers(p_tracked jalon_engine.tracked)
returns table (on_table regclass, trigger_name text, definition text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select w.on_table, w.trigger_name, format(w.definition, quote_ident(w.trigger_name), w.on_table,
        format('jalon_generated.%I', jalon_engine.generated_name(p_tracked, w.suffix)))
    from (
        select x.tracked_table as on_table, w.*
        from (select jalon_engine.table_of(p_tracked) as tracked_table) x
        cross join lateral (values
            ('~jalon_before_insert', '__before_insert',
                'CREATE TRIGGER %s BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION %s()'),
            ('~jalon_before_update', '__before_update',
                format('CREATE TRIGGER %%s BEFORE UPDATE ON %%s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION %%s()',
                    replace(jalon_engine.spelled_condition(x.tracked_table, jalon_engine.checked_columns(p_tracked)
                        || array(select c from unnest(jalon_engine.fixed_columns(p_tracked)) c
                            where c <> p_tracked.key_column)),
                    '%', '%%'))), ('_jalon_after_insert', '__after_insert', 'CREATE CONSTRAINT TRIGGER %s AFTER INSERT '
                        'ON %s NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION %s()'),
            ('_jalon_after_update', '__after_update', format('CREATE CONSTRAINT TRIGGER %%s AFTER UPDATE ON %%s NOT '
                'DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (%s) EXECUTE FUNCTION %%s()',
                replace(jalon_engine.spelled_condition(x.tracked_table, jalon_engine.checked_columns(p_tracked)), '%',
                    '%%'))), ('_jalon_after_delete', '__after_delete', 'CREATE CONSTRAINT TRIGGER %s AFTER DELETE '
                        'ON %s NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION %s()')
        ) w (trigger_name, suffix, definition)
        union all
        -- TRUNCATE of a partition fires its own triggers only.
        select p.relid, '_jalon_before_truncate', '__before_truncate',
            'CREATE TRIGGER %s BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION %s()'
        from (select jalon_engine.table_of(p_tracked) as relid
            union select t.relid from pg_partition_tree(jalon_engine.table_of(p_tracked)) t) p
    ) w
    where w.on_table is not null
$$;
comment on function jalon_engine.wanted_triggers(jalon_engine.tracked) is
'The triggers that a tracked table must have, as PostgreSQL spells them back.';

create or replace function jalon_engine.trigger_statements(p_table regclass)
returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- A constraint trigger cannot be replaced, by nobody; that is why it is one.
    select s.statement
    from jalon_engine.tracked t
    cross join lateral jalon_engine.wanted_triggers(t) w
    left join pg_catalog.pg_trigger g on g.tgrelid = w.on_table and g.tgname = w.trigger_name and not g.tgisinternal
    cross join lateral (values
        (1, case when g.oid is not null then format('drop trigger %I on %s', w.trigger_name, w.on_table) end),
        (2, w.definition)) s (place, statement)
    where jalon_engine.table_of(t) = p_table and pg_get_triggerdef(g.oid) is distinct from w.definition
        and s.statement is not null
    order by w.on_table, w.trigger_name, s.place
$$;
comment on function jalon_engine.trigger_statements(regclass) is
'The statements that bring the triggers of a tracked table to what they must be; none if they are.';
grant execute on function jalon_engine.trigger_statements(regclass) to jalon_dba;

create or replace function jalon_engine.create_triggers(p_table regclass)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_statement text;
begin
    for v_statement in select s from jalon_engine.trigger_statements(p_table) s loop
        execute v_statement;
    end loop;
end
$$;
comment on function jalon_engine.create_triggers(regclass) is
'Puts the triggers on a tracked table if they are missing or different; runs as a role that may alter the table.';
grant execute on function jalon_engine.create_triggers(regclass) to jalon_dba;

create or replace function jalon_engine.drop_triggers(p_table regclass)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_statement text;
begin
    for v_statement in select format('drop trigger %I on %s', g.tgname, g.tgrelid::regclass)
        from pg_catalog.pg_trigger g where g.tgparentid = 0 and not g.tgisinternal and g.tgname ~ '^[~_]jalon_'
          and g.tgrelid in (select p_table union all select p.relid from pg_partition_tree(p_table) p) loop
        execute v_statement;
    end loop;
end
$$;
comment on function jalon_engine.drop_triggers(regclass) is
'Takes Jalon''s triggers off a table; runs as a role that may alter the table.';
grant execute on function jalon_engine.drop_triggers(regclass) to jalon_dba;
