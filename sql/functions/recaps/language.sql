-- Labels come in the reader's language, which is an argument: a report sets nothing in its session.

create or replace function jalon_recap.language(wanted text default null)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select l.code from jalon_recap.languages l
    order by l.code = language.wanted desc nulls last, l.code = split_part(language.wanted, '-', 1) desc nulls last,
        l.is_default desc, l.position
    limit 1
$$;
comment on function jalon_recap.language(text) is
'The language that labels come in: the one wanted (fr-CA finds fr), else the default.';
revoke execute on function jalon_recap.language(text) from public;
grant execute on function jalon_recap.language(text) to jalon_bi, jalon_bi_masked, jalon_dba;

create or replace function jalon_recap.week_bounds(
    week text default null, time_zone text default 'UTC', out iso_week text, out starts_at timestamptz,
    out ends_at timestamptz
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_monday date;
begin
    begin
        iso_week := upper(coalesce(week_bounds.week, to_char(now() at time zone week_bounds.time_zone, 'IYYY-"W"IW')));
        perform now() at time zone week_bounds.time_zone;
    exception when invalid_parameter_value then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'time_zone', 'time_zone', week_bounds.time_zone),
            'recap.time_zone');
    end;
    if iso_week !~ '^[0-9]{4}-W[0-9]{2}$' or to_char(to_date(iso_week, 'IYYY-"W"IW'), 'IYYY-"W"IW') <> iso_week then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'week', 'week', week_bounds.week), 'recap.week');
    end if;
    v_monday := to_date(iso_week, 'IYYY-"W"IW');
    starts_at := v_monday::timestamp at time zone week_bounds.time_zone;
    ends_at := (v_monday + 7)::timestamp at time zone week_bounds.time_zone;
end
$$;
comment on function jalon_recap.week_bounds(text, text) is 'The ISO week (2026-W47; this week, where none is given) '
'from its Monday 00:00 to the next in a time zone: 167 or 169 hours where clocks change.';
revoke execute on function jalon_recap.week_bounds(text, text) from public;
grant execute on function jalon_recap.week_bounds(text, text) to jalon_bi, jalon_bi_masked, jalon_dba;
