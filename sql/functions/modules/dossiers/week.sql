-- What the dossiers add to the recap of a week: whom they are about instead of identifiers.

create or replace function jalon_recap.dossier_week(
    week text default null, time_zone text default 'UTC', language text default null, records text[] default '{}'
)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('names', coalesce(jsonb_object_agg(d.id, d.lead_name), '{}'))
    from jalon_dossiers.dossier d where d.id = any (dossier_week.records::uuid[]) and d.lead_name is not null
$$;
comment on function jalon_recap.dossier_week(text, text, text, text[]) is
'The dossiers'' part of the recap of a week: the names of the leads in it.';
revoke execute on function jalon_recap.dossier_week(text, text, text, text[]) from public;
grant execute on function jalon_recap.dossier_week(text, text, text, text[]) to jalon_bi, jalon_dba;
