-- The changes of one record. A filter on record_key of jalon_history.changes compares texts and reads every row; this
-- one compares keys and takes the primary key.
set local role jalon_historian;

create or replace function jalon_history.changes_of(tracked text, record_key text)
returns table (
    column_name text, category text, case_type text, old_code text, new_code text, version integer,
    changed_at timestamptz, stay_began timestamptz, kind text, changed_by text, on_behalf_of text, db_role text,
    reason text, meta_data jsonb, workflow_version integer, bulk_id uuid, transaction_id xid8,
    stay_seconds double precision, transaction_number bigint
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v record;
begin
    for v in
        select jalon_engine.changes_branch_sql(t, c, p_is_keyed => true) as branch
        from jalon_engine.tracked t join jalon_engine.tracked_column c on c.tracked = t.name
        where t.name = changes_of.tracked order by c.position
    loop
        return query execute format($sql$
            select c.column_name, c.category, c.case_type, c.old_code, c.new_code, c.version, c.changed_at,
                c.stay_began, c.kind, c.changed_by, c.on_behalf_of, c.db_role, c.reason, c.meta_data,
                c.workflow_version, c.bulk_id, c.transaction_id, date_part('epoch', c.changed_at - c.stay_began),
                c.transaction_id::text::bigint
            from (%s) c (tracked, record_key, column_name, category, case_type, old_code, new_code, version, changed_at,
                stay_began, kind, changed_by, on_behalf_of, db_role, reason, meta_data, workflow_version, bulk_id,
                transaction_id)
            where c.old_code is distinct from c.new_code order by c.changed_at, c.version$sql$, v.branch)
        using changes_of.record_key;
    end loop;
end
$$;
comment on function jalon_history.changes_of(text, text) is
'The rows of jalon_history.changes of one record, found by its key; column by column, in their order.';
revoke execute on function jalon_history.changes_of(text, text) from public;
grant execute on function jalon_history.changes_of(text, text) to jalon_bi, jalon_dba;
