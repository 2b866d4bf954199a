-- All that a tracked table owns in the database, made or brought up to date. Runs as whoever may alter the table;
-- what Jalon owns is made as jalon_owner.

create or replace function jalon_engine.generate(p_name text)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    t jalon_engine.tracked;
begin
    select * into strict t from jalon_engine.tracked x where x.name = p_name;
    perform jalon_engine.generate_history(t);
    perform jalon_engine.generate_function(t.name, t.name || '__begin', jalon_engine.stamp_body(t, true), 'stamps version and time of what is created.');
    perform jalon_engine.generate_function(t.name, t.name || '__stamp', jalon_engine.stamp_body(t, false), 'stamps version and time, keeps the key.');
    perform jalon_engine.generate_function(t.name, t.name || '__created', jalon_engine.writer_body(t, true), 'judges and records creations.');
    perform jalon_engine.generate_function(t.name, t.name || '__moved', jalon_engine.writer_body(t, false), 'judges and records changes.');
    perform jalon_engine.generate_function(t.name, t.name || '__deleted', jalon_engine.delete_body(t), 'records deletions.');
    perform jalon_engine.generate_function(t.name, t.name || '__truncated', jalon_engine.truncate_body(t), 'guards against truncation.');
    perform jalon_engine.generate_door();
    perform jalon_engine.generate_at_once();
    perform jalon_engine.generate_row_reader();
    perform jalon_engine.generate_history_views(t.name);
    perform jalon_engine.ensure_months(t.name, now(), now() + interval '3 months');
end
$$;
comment on function jalon_engine.generate(text) is 'Makes or renews history, functions, views and partitions of a tracked table.';

create or replace function jalon_engine.generate_triggers(p_name text)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    t jalon_engine.tracked;
    v_table text;
    v_tables text[];
    v_level text;
    v_of text;
begin
    select * into strict t from jalon_engine.tracked x where x.name = p_name;
    v_table := format('%I.%I', t.table_schema, t.table_name);
    v_of := coalesce((select ' of ' || string_agg(quote_ident(x), ', ') from unnest(jalon_engine.stamp_columns(t)) x), '');
    v_level := case t.mode when 'row' then 'for each row' else 'for each statement' end;
    perform jalon_engine.ensure_trigger(v_table, '~jalon_900_stamp', 'before insert', 'for each row', format('jalon_generated.%I', t.name || '__begin'));
    perform jalon_engine.ensure_trigger(v_table, '~jalon_910_stamp', 'before update' || v_of, 'for each row', format('jalon_generated.%I', t.name || '__stamp'));
    perform jalon_engine.ensure_trigger(v_table, '~jalon_100_created', 'after insert',
        case t.mode when 'row' then v_level else 'referencing new table as new_rows ' || v_level end, format('jalon_generated.%I', t.name || '__created'));
    -- For each row that moves, whatever the statement names: its condition is data, which nobody can forge and no other part of the
    -- statement can take back.
    perform jalon_engine.ensure_trigger(v_table, '~jalon_110_moved', 'after update',
        case t.mode when 'row' then '' else 'referencing old table as old_rows new table as new_rows ' end
        || format('for each row when (%s)', jalon_engine.any_differs(t, 'new', 'old')), format('jalon_generated.%I', t.name || '__moved'));
    perform jalon_engine.ensure_trigger(v_table, '~jalon_120_deleted', 'after delete',
        case t.mode when 'row' then v_level else 'referencing old table as old_rows ' || v_level end, format('jalon_generated.%I', t.name || '__deleted'));
    -- TRUNCATE of a partition fires its own triggers only.
    select array_agg(p.relid::text) into v_tables from pg_partition_tree(v_table::regclass) p;
    perform jalon_engine.ensure_trigger(p, '~jalon_130_truncated', 'before truncate', 'for each statement', format('jalon_generated.%I', t.name || '__truncated'))
    from unnest(coalesce(v_tables, array[v_table])) p;
end
$$;
comment on function jalon_engine.generate_triggers(text) is 'Puts the triggers on a tracked table where they are missing or different.';
