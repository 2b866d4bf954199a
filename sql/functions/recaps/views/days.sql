-- A row for each day, so that a chart shows the days on which nothing happened.

create or replace view jalon_recap.days as
select
    d.day::date as day, to_char(d.day, 'IYYY-"W"IW') as week, date_trunc('month', d.day)::date as month,
    date_trunc('quarter', d.day)::date as quarter, extract(year from d.day)::integer as year,
    extract(isodow from d.day)::integer as weekday, extract(isodow from d.day) >= 6 as is_weekend
from (
    -- From the first month of any history until the end of next year. Bounds of partitions: nothing is read.
    select coalesce(min(substring(pg_get_expr(p.relpartbound, p.oid) from 'FROM \(''([0-9-]{10})')::timestamp),
        date_trunc('year', localtimestamp)) as begins
    from jalon_engine.tracked t
    join pg_catalog.pg_class c on c.relnamespace = to_regnamespace(quote_ident(t.history_schema))
        and c.relname = t.history_name
    join pg_catalog.pg_inherits i on i.inhparent = c.oid
    join pg_catalog.pg_class p on p.oid = i.inhrelid
) f
cross join lateral generate_series(f.begins, date_trunc('year', localtimestamp) + interval '2 years' - interval '1 day',
    interval '1 day') d (day);
comment on view jalon_recap.days is
'Days, from the first month of any history until the end of next year.';
comment on column jalon_recap.days.day is 'The day; key.';
comment on column jalon_recap.days.week is 'ISO week, as 2026-W47.';
comment on column jalon_recap.days.month is 'First day of its month.';
comment on column jalon_recap.days.quarter is 'First day of its quarter.';
comment on column jalon_recap.days.year is 'Year.';
comment on column jalon_recap.days.weekday is '1 is Monday, 7 Sunday.';
comment on column jalon_recap.days.is_weekend is 'Saturday or Sunday.';
grant select on jalon_recap.days to jalon_bi, jalon_dba;
