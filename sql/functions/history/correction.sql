-- What a reader needs who copies history bit by bit (jalon_recap.records_since): which transaction wrote a row, by an
-- index, and which records had rows altered or deleted after they were written.
set local role jalon_historian;

create or replace function jalon_history.index_transactions(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_history constant text := jalon_engine.history_of(p_tracked);
    v_name constant text := p_tracked.history_name || '_transaction';
    v_part record;
begin
    if to_regclass(format('%I.%I', p_tracked.history_schema, v_name)) is not null then
        return;
    end if;
    -- Month by month, the present one last, so that writers wait for one month's index and not for all. An expression,
    -- because BRIN knows no xid8.
    for v_part in select m.part_name from jalon_history.months_of(v_history::regclass) m
        order by m.is_default desc, m.lower_bound loop
        execute format('create index on %s using brin (((transaction_id::text)::bigint))', v_part.part_name);
    end loop;
    execute format('create index %I on %s using brin (((transaction_id::text)::bigint))', v_name, v_history);
end
$$;
comment on function jalon_history.index_transactions(jalon_engine.tracked) is
'Creates the index of a history on the transactions that wrote it, unless it is there.';

create or replace function jalon_history.note_correction(p_part regclass, p_row jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Who reads by transaction has not yet read what this transaction wrote.
    if (p_row ->> 'transaction_id')::xid8 = pg_current_xact_id() then
        return;
    end if;
    insert into jalon_engine.correction (tracked, record_key, transaction_id, corrected_at)
    select t.name, case when t.on_delete <> 'cascade' then p_row ->> t.history_key end, pg_current_xact_id(),
        clock_timestamp()
    from pg_catalog.pg_class c
    join jalon_engine.tracked t on t.history_schema = c.relnamespace::regnamespace::text and t.history_name = c.relname
    where c.oid = coalesce(pg_partition_root(p_part), p_part)
    on conflict do nothing;
end
$$;
comment on function jalon_history.note_correction(regclass, jsonb) is
'Notes that a row of history is altered or deleted after the transaction that wrote it.';
