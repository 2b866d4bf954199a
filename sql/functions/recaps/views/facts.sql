-- Questions of jalon_recap as views, so that a tool that lists views finds them. Days and months are those of the
-- session's time zone. Durations are seconds, since not every tool reads an interval.

create or replace view jalon_recap.stays as
select
    s.tracked, s.record_key, s.column_name, s.category, s.case_type, s.category || ':' || s.case_type as case_type_key,
    s.code, s.category || ':' || s.code as status_key, s.entered_at, s.left_at,
    greatest(extract(epoch from coalesce(s.left_at, now()) - s.entered_at), 0)::double precision as seconds,
    s.left_at is null as is_current, s.next_code, s.category || ':' || s.next_code as next_status_key
from (
    select c.tracked, c.record_key, c.column_name, c.category, c.case_type, c.old_code as code,
        c.stay_began as entered_at, c.changed_at as left_at, c.new_code as next_code
    from jalon_history.changes c where c.old_code is not null
    union all
    select r.tracked, r.record_key, r.column_name, r.category, r.case_type, r.code, r.entered_at, null, null
    from jalon_history.current r where r.code is not null
) s;
comment on view jalon_recap.stays is
'Stays of every record on a code of one status column; those that last have no end. A filter on left_at reads only '
'its months.';
comment on column jalon_recap.stays.tracked is 'Tracked table.';
comment on column jalon_recap.stays.record_key is 'Key of the record, as text.';
comment on column jalon_recap.stays.column_name is 'Status column.';
comment on column jalon_recap.stays.category is 'Category of its codes.';
comment on column jalon_recap.stays.case_type is 'Case type when it ended, or now.';
comment on column jalon_recap.stays.case_type_key is 'Key of the case type in jalon_recap.case_types.';
comment on column jalon_recap.stays.code is 'Code.';
comment on column jalon_recap.stays.status_key is 'Key of the status in jalon_recap.statuses.';
comment on column jalon_recap.stays.entered_at is 'When it began.';
comment on column jalon_recap.stays.left_at is 'When it ended; empty while it lasts.';
comment on column jalon_recap.stays.seconds is 'How long it lasted, or has lasted so far.';
comment on column jalon_recap.stays.is_current is 'Whether the record stands here now.';
comment on column jalon_recap.stays.next_code is 'Code after it; empty while it lasts, or if the record was deleted.';
comment on column jalon_recap.stays.next_status_key is 'Key of the next status in jalon_recap.statuses.';
grant select on jalon_recap.stays to jalon_bi, jalon_dba;

create or replace view jalon_recap.time_in_status_by_month as
select
    x.tracked, x.column_name, x.category, x.case_type, x.case_type_key, x.code, x.status_key, x.month,
    count(*) as stays, count(distinct x.record_key) as records, count(*) filter (where x.is_current) as lasting,
    sum(x.stayed) as total_seconds, avg(x.stayed) as average_seconds,
    percentile_cont(0.5) within group (order by x.stayed) as median_seconds,
    percentile_cont(0.9) within group (order by x.stayed) as p90_seconds, max(x.stayed) as longest_seconds
from (
    select s.tracked, s.column_name, s.category, s.case_type, s.case_type_key, s.code, s.status_key, s.record_key,
        s.is_current, m.month::date as month,
        extract(epoch from least(coalesce(s.left_at, now()), m.month + interval '1 month')
            - greatest(s.entered_at, m.month))::double precision as stayed
    from jalon_recap.stays s
    cross join lateral generate_series(date_trunc('month', s.entered_at), coalesce(s.left_at, now()),
        interval '1 month') m (month)
    where m.month < coalesce(s.left_at, now()) or m.month <= s.entered_at
) x
group by x.tracked, x.column_name, x.category, x.case_type, x.case_type_key, x.code, x.status_key, x.month;
comment on view jalon_recap.time_in_status_by_month is
'Per table, case type, code and month: how many stays, and how long each was within the month. Sums of neighbouring '
'months add up.';
comment on column jalon_recap.time_in_status_by_month.tracked is 'Tracked table.';
comment on column jalon_recap.time_in_status_by_month.column_name is 'Status column.';
comment on column jalon_recap.time_in_status_by_month.category is 'Category of its codes.';
comment on column jalon_recap.time_in_status_by_month.case_type is 'Case type; empty where the table has none.';
comment on column jalon_recap.time_in_status_by_month.case_type_key is
'Key of the case type in jalon_recap.case_types.';
comment on column jalon_recap.time_in_status_by_month.code is 'Code.';
comment on column jalon_recap.time_in_status_by_month.status_key is 'Key of the status in jalon_recap.statuses.';
comment on column jalon_recap.time_in_status_by_month.month is 'First day of the month.';
comment on column jalon_recap.time_in_status_by_month.stays is 'Stays that were, at some time of the month.';
comment on column jalon_recap.time_in_status_by_month.records is 'Records that they are of.';
comment on column jalon_recap.time_in_status_by_month.lasting is 'Those of them that last until now.';
comment on column jalon_recap.time_in_status_by_month.total_seconds is 'Their time within the month, added up.';
comment on column jalon_recap.time_in_status_by_month.average_seconds is 'Their time within the month, on average.';
comment on column jalon_recap.time_in_status_by_month.median_seconds is 'Their time within the month, in the middle.';
comment on column jalon_recap.time_in_status_by_month.p90_seconds is 'The time that nine in ten do not exceed.';
comment on column jalon_recap.time_in_status_by_month.longest_seconds is 'The longest time; a month at most.';
grant select on jalon_recap.time_in_status_by_month to jalon_bi, jalon_dba;

create or replace view jalon_recap.transitions_by_day as
select
    c.tracked, c.column_name, c.category, c.case_type, c.category || ':' || c.case_type as case_type_key,
    c.changed_at::date as day, c.old_code as from_code, c.category || ':' || c.old_code as from_status_key,
    c.new_code as to_code, c.category || ':' || c.new_code as to_status_key, count(*) as changes,
    count(distinct c.record_key) as records, count(*) filter (where c.kind = 'force') as forced,
    sum(extract(epoch from c.changed_at - c.stay_began))::double precision as stay_seconds
from jalon_history.changes c
where c.kind <> 'backfill'
group by c.tracked, c.column_name, c.category, c.case_type, c.changed_at::date, c.old_code, c.new_code;
comment on view jalon_recap.transitions_by_day is
'Per day: how often each transition was taken. From nothing is creation, to nothing deletion.';
comment on column jalon_recap.transitions_by_day.tracked is 'Tracked table.';
comment on column jalon_recap.transitions_by_day.column_name is 'Status column.';
comment on column jalon_recap.transitions_by_day.category is 'Category of its codes.';
comment on column jalon_recap.transitions_by_day.case_type is
'Case type after the change; empty where the table has none.';
comment on column jalon_recap.transitions_by_day.case_type_key is 'Key of the case type in jalon_recap.case_types.';
comment on column jalon_recap.transitions_by_day.day is 'Day.';
comment on column jalon_recap.transitions_by_day.from_code is 'Code before; empty on creation.';
comment on column jalon_recap.transitions_by_day.from_status_key is 'Key of the status before.';
comment on column jalon_recap.transitions_by_day.to_code is 'Code after; empty on deletion.';
comment on column jalon_recap.transitions_by_day.to_status_key is 'Key of the status after.';
comment on column jalon_recap.transitions_by_day.changes is 'How often.';
comment on column jalon_recap.transitions_by_day.records is 'By how many records.';
comment on column jalon_recap.transitions_by_day.forced is 'How many were forced.';
comment on column jalon_recap.transitions_by_day.stay_seconds is
'The stays that they ended, added up; divided by changes it is the average.';
grant select on jalon_recap.transitions_by_day to jalon_bi, jalon_dba;

create or replace view jalon_recap.overdue_records as
select
    o.tracked_table as tracked, o.record_key, o.column_name, t.category, o.case_type,
    t.category || ':' || o.case_type as case_type_key, o.code, t.category || ':' || o.code as status_key, o.entered_at,
    o.due_at, o.overdue_seconds
from jalon_recap.overdue() o
join jalon_history.tracked_columns t on t.tracked = o.tracked_table and t.column_name = o.column_name;
comment on view jalon_recap.overdue_records is
'Records that have stayed longer than the longest stay of their code.';
comment on column jalon_recap.overdue_records.tracked is 'Tracked table.';
comment on column jalon_recap.overdue_records.record_key is 'Key of the record, as text.';
comment on column jalon_recap.overdue_records.column_name is 'Status column.';
comment on column jalon_recap.overdue_records.category is 'Category of its codes.';
comment on column jalon_recap.overdue_records.case_type is 'Case type; empty where the table has none.';
comment on column jalon_recap.overdue_records.case_type_key is 'Key of the case type in jalon_recap.case_types.';
comment on column jalon_recap.overdue_records.code is 'Code it stands on.';
comment on column jalon_recap.overdue_records.status_key is 'Key of the status in jalon_recap.statuses.';
comment on column jalon_recap.overdue_records.entered_at is 'Since when.';
comment on column jalon_recap.overdue_records.due_at is 'When the longest stay was over.';
comment on column jalon_recap.overdue_records.overdue_seconds is 'How long ago that was.';
grant select on jalon_recap.overdue_records to jalon_bi, jalon_dba;

create or replace view jalon_recap.daily_stock as
with moved as (
    -- What each day added to a code, and took from it.
    select x.tracked, x.column_name, x.category, x.code, x.day, sum(x.added) as added
    from (
        select c.tracked, c.column_name, c.category, c.new_code as code, c.changed_at::date as day, 1 as added
        from jalon_history.changes c
        union all
        select c.tracked, c.column_name, c.category, c.old_code, c.changed_at::date, -1 from jalon_history.changes c
    ) x
    where x.code is not null
    group by x.tracked, x.column_name, x.category, x.code, x.day
),
code as (
    select m.tracked, m.column_name, m.category, m.code,
        min(min(m.day)) over (partition by m.tracked, m.column_name) as begins
    from moved m group by m.tracked, m.column_name, m.category, m.code
),
present as (
    select r.tracked, r.column_name, r.code, count(*) as records from jalon_history.current r
    group by r.tracked, r.column_name, r.code
)
-- What stands now, less what came since.
select
    k.tracked, k.column_name, k.category, k.code, k.category || ':' || k.code as status_key, d.day::date as day,
    (coalesce(p.records, 0) - coalesce(sum(m.added) over (partition by k.tracked, k.column_name, k.code order by d.day
        rows between 1 following and unbounded following), 0))::bigint as records
from code k
cross join lateral generate_series(k.begins::timestamp, localtimestamp, interval '1 day') d (day)
left join moved m on m.tracked = k.tracked and m.column_name = k.column_name and m.code = k.code and m.day = d.day::date
left join present p on p.tracked = k.tracked and p.column_name = k.column_name and p.code = k.code;
comment on view jalon_recap.daily_stock is
'How many records stood on each code at the end of each day, from the first change of the table until today.';
comment on column jalon_recap.daily_stock.tracked is 'Tracked table.';
comment on column jalon_recap.daily_stock.column_name is 'Status column.';
comment on column jalon_recap.daily_stock.category is 'Category of its codes.';
comment on column jalon_recap.daily_stock.code is 'Code.';
comment on column jalon_recap.daily_stock.status_key is 'Key of the status in jalon_recap.statuses.';
comment on column jalon_recap.daily_stock.day is 'Day; today as it is now.';
comment on column jalon_recap.daily_stock.records is 'Records that stood there when the day ended.';
grant select on jalon_recap.daily_stock to jalon_bi, jalon_dba;

create or replace view jalon_recap.funnel_steps as
select
    t.tracked, f.column_name, t.category, f.code, t.category || ':' || f.code as status_key, f.reached,
    f.share::double precision as share, f.current_records,
    f.median_seconds
from (select distinct c.tracked from jalon_history.tracked_columns c) n
cross join lateral jalon_recap.funnel(n.tracked) f
join jalon_history.tracked_columns t on t.tracked = n.tracked and t.column_name = f.column_name;
comment on view jalon_recap.funnel_steps is
'Of all records that were created: how many reached each code, and how soon.';
comment on column jalon_recap.funnel_steps.tracked is 'Tracked table.';
comment on column jalon_recap.funnel_steps.column_name is 'Status column.';
comment on column jalon_recap.funnel_steps.category is 'Category of its codes.';
comment on column jalon_recap.funnel_steps.code is 'Code.';
comment on column jalon_recap.funnel_steps.status_key is 'Key of the status in jalon_recap.statuses.';
comment on column jalon_recap.funnel_steps.reached is 'Records that reached it.';
comment on column jalon_recap.funnel_steps.share is 'Their share, from 0 to 1.';
comment on column jalon_recap.funnel_steps.current_records is 'Those of them that stand here now.';
comment on column jalon_recap.funnel_steps.median_seconds is 'The time from creation until then, in the middle.';
grant select on jalon_recap.funnel_steps to jalon_bi, jalon_dba;
