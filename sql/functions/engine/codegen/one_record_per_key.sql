-- A key has one living record at a time, and a record begins after the one before it ended. A table's unique index sees
-- to the first. A partitioned table can have no such index unless the key decides the partition, so
-- jalon_history.partitioned_record is that index for it.

create or replace function jalon_engine.is_partitioned(p_tracked jalon_engine.tracked)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select c.relkind = 'p' from pg_catalog.pg_class c where c.oid = jalon_engine.table_of(p_tracked)
$$;
comment on function jalon_engine.is_partitioned(jalon_engine.tracked) is 'Whether a tracked table has partitions.';

create or replace function jalon_engine.kept_key_sql(p_tracked jalon_engine.tracked, p_key text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Where history goes with the record, nobody is to learn later which keys there were.
    select case p_tracked.on_delete when 'cascade' then format('jalon_engine.key_digest(%s)', p_key) else p_key end
$$;
comment on function jalon_engine.kept_key_sql(jalon_engine.tracked, text) is
'SQL of the key of a record (SQL of a text) as jalon_history.partitioned_record keeps it.';

create or replace function jalon_engine.key_digest(p_key text)
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select encode(sha256(convert_to((select s.value from jalon_engine.secret s) || p_key, 'UTF8')), 'hex') $$;
comment on function jalon_engine.key_digest(text) is
'A digest of a key that tells nobody without the secret which key it was.';

create or replace function jalon_engine.begin_record_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when jalon_engine.is_partitioned(p_tracked) then jalon_engine.render(
            $sql$insert into jalon_history.partitioned_record as r (tracked, record_key)
    values ({name}, {kept_key})
    on conflict (tracked, record_key) do update set ended_at = null, ended_in = null
        where r.ended_at < new.status_changed_at and r.ended_in <> pg_current_xact_id();
    if not found then
        perform jalon_engine.refuse_second_record({name}, {key}, {kept_key});
    end if;$sql$, v.parts || jsonb_build_object('kept_key', jalon_engine.kept_key_sql(p_tracked, v.parts ->> 'key')))
        when p_tracked.on_delete = 'cascade' then 'null;  -- its history would have gone with it'
        else jalon_engine.render(
            $sql$if exists (select from jalon_history.deletion d
            where d.tracked = {name} and d.record_key = {key}
                and d.deleted_at >= new.status_changed_at) then
        perform jalon_engine.refuse_overlap({name}, {key});  -- this INSERT waited for a DELETE
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        perform jalon_engine.check_snapshot({name}, {key}, new.status_changed_at);
    end if;$sql$, v.parts) end
    from (select jsonb_build_object('name', quote_literal(p_tracked.name),
        'key', jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'new')) as parts) v
$$;
comment on function jalon_engine.begin_record_sql(jalon_engine.tracked) is
'PL/pgSQL that refuses a new row unless its key has no living record and an earlier one had ended before.';

create or replace function jalon_engine.end_record_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when jalon_engine.is_partitioned(p_tracked) then format(
        $sql$update jalon_history.partitioned_record r set ended_at = v_now, ended_in = pg_current_xact_id()
    where r.tracked = %L and r.record_key = %s;$sql$, p_tracked.name,
        jalon_engine.kept_key_sql(p_tracked, jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'old')))
        else 'null;  -- its unique index says so' end
$$;
comment on function jalon_engine.end_record_sql(jalon_engine.tracked) is
'PL/pgSQL that frees the key of a deleted row of a partitioned table.';

create or replace function jalon_engine.refuse_second_record(p_name text, p_key text, p_kept_key text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    r jalon_history.partitioned_record;
begin
    select x.* into strict r from jalon_history.partitioned_record x
    where x.tracked = p_name and x.record_key = p_kept_key;
    if r.ended_at is null then
        perform jalon_engine.fail('JL501', jsonb_build_object('table', p_name, 'id', p_key), 'JL501.twice');
    elsif r.ended_in = pg_current_xact_id() then
        -- A trigger that alters the partition turns an UPDATE into DELETE and INSERT, which no AFTER UPDATE trigger
        -- sees.
        perform jalon_engine.fail('JL509', jsonb_build_object('table', p_name, 'id', p_key));
    end if;
    perform jalon_engine.refuse_overlap(p_name, p_key);
end
$$;
comment on function jalon_engine.refuse_second_record(text, text, text) is
'Says why a key of a partitioned table cannot begin a record: it has one (JL501), the earlier one ended in this '
'transaction (JL509) or after this one began (40001).';

create or replace function jalon_engine.refuse_overlap(p_name text, p_key text)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    raise serialization_failure
        using message = jalon_engine.text_of('life.overlaps', jsonb_build_object('table', p_name, 'id', p_key));
end
$$;
comment on function jalon_engine.refuse_overlap(text, text) is
'Refuses a record that would begin before the earlier one of its key ended (40001): the next try begins later.';

create or replace function jalon_engine.check_snapshot(p_name text, p_key text, p_begins timestamptz)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_name);
    v_last timestamptz;
begin
    execute format('select max(h.changed_at) from %s h where h.%I = $1::%s and h.changed_at < $2',
        jalon_engine.history_of(t), t.history_key, t.key_type)
    into v_last using p_key, p_begins;
    -- An old snapshot shows a record that ended since. When, it does not show: locking it raises 40001.
    if v_last is not null and not exists (select from jalon_history.deletion d
            where d.tracked = t.name and d.record_key = p_key and d.deleted_at >= v_last) then
        perform from jalon_engine.lock_row_as_mover(format(
            'select x.status_version from %s x where x.%I = ($1)[1]::%s for key share',
            jalon_engine.table_of(t), t.key_column, t.key_type), array[p_key]);
    end if;
end
$$;
comment on function jalon_engine.check_snapshot(text, text, timestamptz) is
'Refuses a record whose key had a living one when the snapshot of the transaction was taken (40001).';
