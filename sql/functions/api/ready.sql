-- GET /health/ready: what the web application compares with its own files, and whether anything can be written. It
-- reads no table that somebody may hold for long.

create or replace function jalon_api.ready(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object(
        'is_standby', pg_is_in_recovery(),
        'is_read_only', current_setting('transaction_read_only')::boolean,
        'major', current_setting('server_version_num')::integer / 10000,
        'reload', (select json_build_array(r.digest, r.jalon_version) from jalon_install.reload r),
        'migrations', (select coalesce(json_object_agg(d.id, d.digest order by d.id), '{}')
            from jalon_install.migration_digest d)
    ))
$$;
comment on function jalon_api.ready(text, jsonb, jsonb) is
'Migrations and functions of this database, and whether it takes changes.';
