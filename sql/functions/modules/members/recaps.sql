-- The requirement's queries on roles, with parameters.

create or replace function jalon_engine.role_changes(
    p_email text, p_from_role text, p_to_role text, p_since timestamptz, p_until timestamptz, p_with_creation boolean,
    p_offset bigint default 0, p_limit bigint default null
)
returns table (
    user_id uuid, email text, old_role text, new_role text, changed_at timestamptz, changed_by text, reason text,
    stayed interval
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Filters are in the statement only where they are asked for; a page comes from the index
    -- on changed_at, month by month.
    return query execute 'select h.user_id, u.email::text, h.old_role::text, h.new_role::text, h.changed_at,
            h.changed_by::text, h.reason, h.changed_at - h.previous_changed_at
        from jalon_members.role_change_history h
        join jalon_members.users u on u.id = h.user_id
        where h.changed_at >= $4 and h.changed_at < $5'
        || case when p_email is null then ''
            else ' and h.user_id in (select x.id from jalon_members.users x where lower(x.email) = lower($1))' end
        || case when p_from_role is null then '' else ' and h.old_role = $2' end
        || case when p_to_role is null then '' else ' and h.new_role = $3' end
        || case when p_with_creation then '' else ' and h.old_role is not null' end
        || ' order by h.changed_at desc, h.user_id, h.version desc offset $6 limit $7'
    using p_email, p_from_role, p_to_role, p_since, p_until, p_offset, p_limit;
end
$$;
comment on function jalon_engine.role_changes(text, text, text, timestamptz, timestamptz, boolean, bigint, bigint) is
'The rows of jalon_recap.role_changes, all or a page of them.';

create or replace function jalon_recap.role_changes(
    email text default null, from_role text default null, to_role text default null,
    since timestamptz default '-infinity', until timestamptz default 'infinity', with_creation boolean default false
)
returns table (
    user_id uuid, email text, old_role text, new_role text, changed_at timestamptz, changed_by text, reason text,
    stayed interval, stayed_seconds double precision
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select c.user_id, c.email, c.old_role, c.new_role, c.changed_at, c.changed_by, c.reason, c.stayed,
        date_part('epoch', c.stayed)
    from jalon_engine.role_changes(role_changes.email, role_changes.from_role, role_changes.to_role, role_changes.since,
        role_changes.until, role_changes.with_creation) c
$$;
comment on function jalon_recap.role_changes(text, text, text, timestamptz, timestamptz, boolean) is
'Changes of roles, the latest first: of one user, from a role, to a role, within a period; creations only '
'where asked for.';
revoke execute on function jalon_recap.role_changes(text, text, text, timestamptz, timestamptz, boolean) from public;
grant execute on function jalon_recap.role_changes(text, text, text, timestamptz, timestamptz, boolean)
    to jalon_bi, jalon_dba;

create or replace function jalon_recap.role_statistics(
    from_role text default null, to_role text default null,
    since timestamptz default '-infinity', until timestamptz default 'infinity'
)
returns table (
    old_role text, new_role text, total_changes bigint, share numeric, share_of_old_role numeric, users bigint,
    is_upgrade boolean, median_time interval, average_time interval, median_time_since_creation interval,
    median_seconds double precision, average_seconds double precision, median_seconds_since_creation double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = 'force_custom_plan' set work_mem = '64MB'
as $$
    with changed as materialized (
        select h.old_role, h.new_role, h.user_id, h.version, h.changed_at, h.previous_changed_at
        from jalon_members.role_change_history h
        where h.old_role is not null and h.changed_at >= role_statistics.since and h.changed_at < role_statistics.until
    ),
    change as (
        -- The first role was given in the row before the second: only of later changes is it looked for.
        select c.old_role, c.new_role, c.user_id, c.changed_at - c.previous_changed_at as stayed,
            c.changed_at - c.previous_changed_at as age
        from changed c where c.version = 2
        union all
        select c.old_role, c.new_role, c.user_id, c.changed_at - c.previous_changed_at, c.changed_at - b.changed_at
        from changed c
        join jalon_members.role_change_history b on b.user_id = c.user_id and b.version = 1
        where c.version > 2
    ),
    counted as (
        select c.old_role, c.new_role, count(*) as total_changes, count(distinct c.user_id) as users,
            percentile_cont(0.5) within group (order by date_part('epoch', c.stayed)) as median_time,
            avg(c.stayed) as average_time,
            percentile_cont(0.5) within group (order by date_part('epoch', c.age)) as median_age
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
        justify_hours(make_interval(secs => s.median_time)), s.average_time,
        justify_hours(make_interval(secs => s.median_age)), s.median_time,
        date_part('epoch', s.average_time), s.median_age
    from shared s
    cross join jalon_recap.language() l
    left join jalon_recap.codes o on o.category = 'USER_ROLE' and o.code = s.old_role and o.language = l
    left join jalon_recap.codes n on n.category = 'USER_ROLE' and n.code = s.new_role and n.language = l
    where (role_statistics.from_role is null or s.old_role = role_statistics.from_role)
      and (role_statistics.to_role is null or s.new_role = role_statistics.to_role)
    order by s.total_changes desc, s.old_role, s.new_role
$$;
comment on function jalon_recap.role_statistics(text, text, timestamptz, timestamptz) is
'Per change of role in a period: how often, its share of all changes and of those from the same role, by how many '
'users, how long they had held the old role, how long since they began.';
revoke execute on function jalon_recap.role_statistics(text, text, timestamptz, timestamptz) from public;
grant execute on function jalon_recap.role_statistics(text, text, timestamptz, timestamptz) to jalon_bi, jalon_dba;
