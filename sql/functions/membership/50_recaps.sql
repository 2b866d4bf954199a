-- The requirement's queries on roles, with parameters.

create or replace function recap.role_changes(
    email text default null, from_role text default null, to_role text default null,
    since timestamptz default '-infinity', until timestamptz default 'infinity', with_creation boolean default false
)
returns table (
    user_id uuid, email text, old_role text, new_role text, changed_at timestamptz, changed_by text, reason text, stayed interval
)
language sql stable
set search_path = ''
as $$
    select u.id, u.email, h.old_role, h.new_role, h.changed_at, h.changed_by, h.reason, h.changed_at - h.previous_changed_at
    from membership.role_change_history h
    join membership.users u on u.id = h.user_id
    where (role_changes.email is null or lower(u.email) = lower(role_changes.email))
      and (role_changes.from_role is null or h.old_role = role_changes.from_role)
      and (role_changes.to_role is null or h.new_role = role_changes.to_role)
      and h.changed_at >= role_changes.since and h.changed_at < role_changes.until
      and (h.old_role is not null or role_changes.with_creation)
    order by h.changed_at desc, h.user_id, h.version desc
$$;
comment on function recap.role_changes(text, text, text, timestamptz, timestamptz, boolean) is
'Changes of roles, the latest first: of one user, from a role, to a role, within a period; creations only where asked for.';
revoke execute on function recap.role_changes(text, text, text, timestamptz, timestamptz, boolean) from public;
grant execute on function recap.role_changes(text, text, text, timestamptz, timestamptz, boolean) to jalon_bi, jalon_dba;

create or replace function recap.role_statistics(
    from_role text default null, to_role text default null,
    since timestamptz default '-infinity', until timestamptz default 'infinity'
)
returns table (
    old_role text, new_role text, total_changes bigint, share numeric, share_of_old_role numeric, users bigint, is_upgrade boolean,
    median_time interval, average_time interval, median_time_since_creation interval
)
language sql stable
set search_path = ''
as $$
    with change as (
        select h.old_role, h.new_role, h.user_id, h.changed_at - h.previous_changed_at as stayed, h.changed_at - b.changed_at as age
        from membership.role_change_history h
        join membership.role_change_history b on b.user_id = h.user_id and b.version = 1
        where h.old_role is not null and h.changed_at >= role_statistics.since and h.changed_at < role_statistics.until
    ),
    counted as (
        select c.old_role, c.new_role, count(*) as total_changes, count(distinct c.user_id) as users,
            percentile_cont(0.5) within group (order by c.stayed) as median_time, avg(c.stayed) as average_time,
            percentile_cont(0.5) within group (order by c.age) as median_age
        from change c
        group by c.old_role, c.new_role
    ),
    shared as (
        -- Shares are of all changes of the period, whatever roles are asked for.
        select c.*, round(c.total_changes / sum(c.total_changes) over (), 4) as share,
            round(c.total_changes / sum(c.total_changes) over (partition by c.old_role), 4) as share_of_old_role
        from counted c
    )
    select s.old_role, s.new_role, s.total_changes, s.share, s.share_of_old_role, s.users, n.position > o.position,
        s.median_time, s.average_time, s.median_age
    from shared s
    cross join recap.language() l
    left join recap.codes o on o.category = 'USER_ROLE' and o.code = s.old_role and o.language = l
    left join recap.codes n on n.category = 'USER_ROLE' and n.code = s.new_role and n.language = l
    where (role_statistics.from_role is null or s.old_role = role_statistics.from_role)
      and (role_statistics.to_role is null or s.new_role = role_statistics.to_role)
    order by s.total_changes desc, s.old_role, s.new_role
$$;
comment on function recap.role_statistics(text, text, timestamptz, timestamptz) is
'Per change of role in a period: how often, its share of all changes and of those from the same role, by how many users, how long they had held the old role, how long since they began.';
revoke execute on function recap.role_statistics(text, text, timestamptz, timestamptz) from public;
grant execute on function recap.role_statistics(text, text, timestamptz, timestamptz) to jalon_bi, jalon_dba;
