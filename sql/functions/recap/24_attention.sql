-- What deserves a look: records that stay too long, changes outside the arrows, codes that nobody ever reached.

create or replace function recap.overdue(tracked text default null, language text default null, case_type text default null)
returns table (
    tracked_table text, record_key text, column_name text, case_type text, code text, label text,
    entered_at timestamptz, due_at timestamptz, overdue_by interval
)
language sql stable
set search_path = ''
as $$
    select s.tracked, s.record_key, s.column_name, s.case_type, s.code, l.label, s.entered_at, s.entered_at + l.max_stay, now() - (s.entered_at + l.max_stay)
    from history.standing s
    join recap.codes l on l.category = s.category and l.code = s.code and l.language = recap.language(overdue.language)
    where l.max_stay is not null and s.entered_at + l.max_stay < now()
      and (overdue.tracked is null or s.tracked = overdue.tracked)
      and (overdue.case_type is null or s.case_type = overdue.case_type)
    order by 9 desc, s.tracked, s.record_key
$$;
comment on function recap.overdue(text, text, text) is 'Records that have stayed longer than the code''s longest stay, the longest overdue first.';
revoke execute on function recap.overdue(text, text, text) from public;
grant execute on function recap.overdue(text, text, text) to jalon_bi, jalon_dba;

create or replace function recap.forced(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity', language text default null
)
returns table (
    tracked_table text, record_key text, column_name text, changed_at timestamptz, from_code text, from_label text, to_code text, to_label text,
    changed_by text, db_role text, reason text
)
language sql stable
set search_path = ''
as $$
    select c.tracked, c.record_key, c.column_name, c.changed_at, c.old_code, coalesce(o.label, c.old_code), c.new_code, coalesce(n.label, c.new_code),
        c.changed_by, c.db_role, c.reason
    from history.changes c
    cross join recap.language(forced.language) r
    left join recap.codes o on o.category = c.category and o.code = c.old_code and o.language = r
    left join recap.codes n on n.category = c.category and n.code = c.new_code and n.language = r
    where c.kind = 'force' and c.changed_at >= forced.since and c.changed_at < forced.until
      and (forced.tracked is null or c.tracked = forced.tracked)
    order by c.changed_at desc, c.tracked, c.record_key
$$;
comment on function recap.forced(text, timestamptz, timestamptz, text) is 'Changes outside the arrows, with who and why, the latest first.';
revoke execute on function recap.forced(text, timestamptz, timestamptz, text) from public;
grant execute on function recap.forced(text, timestamptz, timestamptz, text) to jalon_bi, jalon_dba;

create or replace function recap.unreached(tracked text default null, language text default null)
returns table (tracked_table text, column_name text, category text, code text, label text, is_active boolean)
language sql stable
set search_path = ''
as $$
    select t.tracked, t.column_name, t.category, l.code, l.label, l.is_active
    from history.tracked_columns t
    join recap.codes l on l.category = t.category and l.language = recap.language(unreached.language)
    where (unreached.tracked is null or t.tracked = unreached.tracked)
      and (t.tracked, t.column_name, l.code) not in (
          select c.tracked, c.column_name, c.new_code from history.changes c where c.new_code is not null
          union
          select s.tracked, s.column_name, s.code from history.standing s where s.code is not null)
    order by t.tracked, t.position, l.position, l.code
$$;
comment on function recap.unreached(text, text) is 'Codes that no record of the table ever stood on, as far as its history goes.';
revoke execute on function recap.unreached(text, text) from public;
grant execute on function recap.unreached(text, text) to jalon_bi, jalon_dba;
