-- All that a tracked table owns in the database, made or brought up to date. Runs as whoever may alter the table;
-- what Jalon owns is made as jalon_owner.

create or replace function logic.generate(p_name text)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    t lifecycle.tracked;
begin
    select * into strict t from lifecycle.tracked x where x.name = p_name;
    perform logic.generate_history(t);
    perform logic.generate_function(t.name, t.name || '__begin', logic.stamp_body(t, true), 'stamps version and time of what is created.');
    perform logic.generate_function(t.name, t.name || '__stamp', logic.stamp_body(t, false), 'stamps version and time, keeps the key.');
    perform logic.generate_function(t.name, t.name || '__created', logic.writer_body(t, true), 'judges and records creations.');
    perform logic.generate_function(t.name, t.name || '__moved', logic.writer_body(t, false), 'judges and records changes.');
    perform logic.generate_function(t.name, t.name || '__deleted', logic.delete_body(t), 'records deletions.');
    perform logic.generate_function(t.name, t.name || '__truncated', logic.truncate_body(t), 'guards against truncation.');
    perform logic.generate_door();
    perform logic.generate_at_once();
    perform logic.generate_row_reader();
    perform logic.generate_history_views(t.name);
    perform logic.ensure_months(t.name, now(), now() + interval '3 months');
end
$$;
comment on function logic.generate(text) is 'Makes or renews history, functions, views and partitions of a tracked table.';

create or replace function logic.generate_triggers(p_name text)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    t lifecycle.tracked;
    v_table text;
    v_tables text[];
    v_level text;
    v_of text;
begin
    select * into strict t from lifecycle.tracked x where x.name = p_name;
    v_table := format('%I.%I', t.table_schema, t.table_name);
    v_of := coalesce((select ' of ' || string_agg(quote_ident(x), ', ') from unnest(logic.stamp_columns(t)) x), '');
    v_level := case t.mode when 'row' then 'for each row' else 'for each statement' end;
    perform logic.ensure_trigger(v_table, '~jalon_900_stamp', 'before insert', 'for each row', format('generated.%I', t.name || '__begin'));
    perform logic.ensure_trigger(v_table, '~jalon_910_stamp', 'before update' || v_of, 'for each row', format('generated.%I', t.name || '__stamp'));
    perform logic.ensure_trigger(v_table, '~jalon_100_created', 'after insert',
        case t.mode when 'row' then v_level else 'referencing new table as new_rows ' || v_level end, format('generated.%I', t.name || '__created'));
    -- For each row that moves, whatever the statement names: its condition is data, which nobody can forge and no other part of the
    -- statement can take back.
    perform logic.ensure_trigger(v_table, '~jalon_110_moved', 'after update',
        case t.mode when 'row' then '' else 'referencing old table as old_rows new table as new_rows ' end
        || format('for each row when (%s)', logic.any_differs(t, 'new', 'old')), format('generated.%I', t.name || '__moved'));
    perform logic.ensure_trigger(v_table, '~jalon_120_deleted', 'after delete',
        case t.mode when 'row' then v_level else 'referencing old table as old_rows ' || v_level end, format('generated.%I', t.name || '__deleted'));
    -- TRUNCATE of a partition fires its own triggers only.
    select array_agg(p.relid::text) into v_tables from pg_partition_tree(v_table::regclass) p;
    perform logic.ensure_trigger(p, '~jalon_130_truncated', 'before truncate', 'for each statement', format('generated.%I', t.name || '__truncated'))
    from unnest(coalesce(v_tables, array[v_table])) p;
end
$$;
comment on function logic.generate_triggers(text) is 'Puts the triggers on a tracked table where they are missing or different.';
