-- The records behind a bar of a recap: those that it counted, so that a list of them says the same number.

create or replace function jalon_engine.recap_records_sql(
    p_recap text, p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_is_whole boolean
)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- $1 to $6 are those of stays_sql; $7 is the code, $8 the code before.
    return case p_recap
        when 'funnel' then format($sql$
            select distinct h.%1$I::text as id
            from (select b.%1$I as id, b.changed_at from %2$s b
                where b.%3$I is null and b.%4$I is not null and b.kind <> 'backfill' and b.changed_at >= $1
                    and b.changed_at < $2 and ($3 is null or %5$s = $3)) b
            join %2$s h on h.%1$I = b.id and h.changed_at >= b.changed_at
            where h.%4$I::text = $7 and h.%3$I is distinct from h.%4$I$sql$, p_tracked.history_key,
            jalon_engine.history_of(p_tracked), 'old_' || p_column.column_name, 'new_' || p_column.column_name,
            jalon_engine.case_type_sql(p_tracked, 'b'))
        when 'time-in-status' then format('select distinct x.id::text as id from (%s) x '
            'where x.code = $7', jalon_engine.stays_sql(p_tracked, p_column, p_is_whole))
        when 'transitions' then format($sql$
            select distinct x.id::text as id from (%s) x
            where x.kind <> 'backfill' and ($3 is null or x.case_type = $3) and ($7 is null or x.new_code = $7)
                and ($8 is null or x.old_code = $8)$sql$, jalon_engine.changes_sql(p_tracked, p_column, p_is_whole))
        end;
end
$$;
comment on function jalon_engine.recap_records_sql(
    text, jalon_engine.tracked, jalon_engine.tracked_column, boolean) is
'SQL of the records that a bar of a recap counted; null for a recap without bars.';

create or replace function jalon_engine.as_object(p_text text)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case when jsonb_typeof(p_text::jsonb) = 'object' then p_text::jsonb end;
exception when data_exception then
    return null;
end
$$;
comment on function jalon_engine.as_object(text) is 'A text as a JSON object; null where it is none.';

create or replace function jalon_engine.recap_records(
    p_tracked jalon_engine.tracked, p_bar text, p_caller jsonb
)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_bar jsonb;
    v_since timestamptz;
    v_until timestamptz;
    v_sql text;
    v_keys text[];
begin
    perform jalon_engine.require_permission('read_all', p_tracked.name, p_caller => p_caller);
    v_bar := jalon_engine.as_object(p_bar);
    v_since := coalesce(jalon_engine.moment('since', v_bar ->> 'since'), '-infinity');
    v_until := coalesce(jalon_engine.moment('until', v_bar ->> 'until'), 'infinity');
    select jalon_engine.recap_records_sql(v_bar ->> 'recap', r.t, r.c, not isfinite(v_since)) into v_sql
    from jalon_engine.recap_columns(p_tracked.name) r where (r.c).column_name = v_bar ->> 'column';
    if v_sql is null then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'bar', 'why', p_bar, 'allowed',
            '{"recap": "funnel", "column": "status", "code": "…"}'), 'JL405.choice');
    end if;
    execute format('select coalesce(array_agg(r.id), ''{}'') from (%s) r', v_sql) into v_keys
    using v_since, case when v_bar ->> 'recap' = 'time-in-status' then 'infinity' else v_until end,
        v_bar ->> 'caseType', v_until, null::text, least(v_until, now()), v_bar ->> 'code', v_bar ->> 'from';
    return v_keys;
end
$$;
comment on function jalon_engine.recap_records(jalon_engine.tracked, text, jsonb) is
'The keys of the records that a bar of a recap counted: {recap, column, code, from, since, until, caseType} as JSON.';
