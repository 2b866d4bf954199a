-- Months of history as files. `jalon archive` writes a month, reads it back and notes it here; jalon.retain then drops
-- the month instead of leaving it as a table.

create or replace function jalon_engine.lock_month(p_tracked text, p_month text)
returns table (part_name text, key_column text, month date)
language plpgsql volatile
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s'
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v_facts constant jsonb := jsonb_build_object('field', 'month', 'month', p_month, 'table', t.name);
    v_part record;
begin
    if p_month is null or p_month !~ '^[0-9]{4}-(0[1-9]|1[0-2])$' or p_month < '0001' then
        perform jalon_engine.fail('JL405', v_facts, 'keeping.month');
    end if;
    month := (p_month || '-01')::date;
    if month + interval '1 month' > now() then
        perform jalon_engine.fail('JL405', v_facts, 'keeping.month_not_over');
    end if;
    if exists (select from jalon_history.stray_months(t.name) m where m = month) then
        perform jalon_engine.fail('JL405', v_facts, 'keeping.month_in_default');
    end if;
    select m.* into v_part from jalon_history.months_of(jalon_engine.history_of(t)::regclass) m
    where m.lower_bound = month::timestamptz;
    if not found then
        perform jalon_engine.fail('JL405', v_facts, 'keeping.month_missing');
    end if;
    part_name := v_part.part_name;
    key_column := t.history_key;
    perform jalon_history.keep_month_as_it_is(part_name::regclass);
    return next;
end
$$;
comment on function jalon_engine.lock_month(text, text) is
'The partition of a month that is over and whole, to be archived; until the transaction ends nobody writes to it.';

create or replace function jalon_engine.note_archive(
    p_tracked text, p_month text, p_file_name text, p_rows bigint, p_sha256 text
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_part record;
    v_content record;
begin
    select m.* into v_part from jalon_engine.lock_month(p_tracked, p_month) m;
    select c.* into v_content from jalon_history.month_content(v_part.part_name::regclass) c;
    if v_content.row_count <> p_rows then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'rows', 'table', p_tracked, 'month', p_month,
            'found', p_rows, 'count', v_content.row_count), 'keeping.rows_differ');
    end if;
    insert into jalon_engine.archived_month (tracked, month, file_name, row_count, sha256, content_digest, archived_by)
    values ((jalon_engine.tracked_of(p_tracked)).name, v_part.month, p_file_name, p_rows, p_sha256, v_content.digest,
        session_user)
    on conflict on constraint archived_month_pk do update set file_name = excluded.file_name,
        row_count = excluded.row_count, sha256 = excluded.sha256, content_digest = excluded.content_digest,
        archived_at = now(), archived_by = excluded.archived_by;
    return v_content.row_count;
end
$$;
comment on function jalon_engine.note_archive(text, text, text, bigint, text) is
'Notes that a file holds a month of history; refuses a file with another number of rows.';

set local role jalon_historian;

create or replace function jalon_history.keep_month_as_it_is(p_part regclass)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('lock table %s in share mode', p_part);
end
$$;
comment on function jalon_history.keep_month_as_it_is(regclass) is
'Lets nobody write to a month of history until the transaction ends.';

create or replace function jalon_history.month_content(p_part regclass, out row_count bigint, out digest text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO' set extra_float_digits = 1
as $$
begin
    execute format('select count(*), coalesce(sum(hashtextextended(h::text, 0)::numeric), 0)::text from %s h', p_part)
    into row_count, digest;
end
$$;
comment on function jalon_history.month_content(regclass) is
'How many rows a month of history has, and a digest of them that any change of a row changes.';

create or replace function jalon_history.drop_archived_month(p_tracked text, p_part text, p_end timestamptz)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
declare
    v_content record;
begin
    select c.* into v_content from jalon_history.month_content(p_part::regclass) c;
    -- What was erased or imported after it was written to the file stays in the database.
    if not exists (select from jalon_engine.archived_month a
            where a.tracked = p_tracked and a.month + interval '1 month' = p_end
                and (a.row_count, a.content_digest) = (v_content.row_count, v_content.digest)) then
        return false;
    end if;
    execute format('drop table %s', p_part);
    return true;
end
$$;
comment on function jalon_history.drop_archived_month(text, text, timestamptz) is
'Drops a month that was detached, if a file holds it as it is; says whether it did.';

grant execute on function jalon_history.keep_month_as_it_is(regclass), jalon_history.month_content(regclass),
    jalon_history.drop_archived_month(text, text, timestamptz) to jalon_owner;
