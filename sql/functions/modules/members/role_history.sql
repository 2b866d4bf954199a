-- What is remembered of one user.

create or replace function jalon.user_role_history(of_user uuid, most integer default null)
returns table (
    id uuid, user_id uuid, old_role text, new_role text, changed_at timestamptz, changed_by text, reason text,
    meta_data jsonb
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select h.id, h.user_id, h.old_role, h.new_role, h.changed_at, h.changed_by, h.reason, h.meta_data
    from jalon_members.role_change_history h
    where h.user_id = user_role_history.of_user
    order by h.version desc
    limit user_role_history.most
$$;
comment on function jalon.user_role_history(uuid, integer) is
'The changes of a user''s role, the latest first, at most so many.';
grant execute on function jalon.user_role_history(uuid, integer) to jalon_dba;

create or replace function jalon.role_change_summary(user_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_summary jsonb;
begin
    perform jalon_engine.require_user(role_change_summary.user_id);
    select jsonb_build_object(
        'total_changes', count(*) filter (where h.old_role is not null),
        'initial_role', (array_agg(h.new_role order by h.version))[1],
        'current_role', (select u.role from jalon_members.users u where u.id = role_change_summary.user_id),
        'last_change_date', max(h.changed_at) filter (where h.old_role is not null),
        'changes', coalesce(jsonb_agg(jsonb_build_object('date', h.changed_at, 'from', h.old_role, 'to', h.new_role,
            'changed_by', h.changed_by, 'reason', h.reason)
            order by h.version) filter (where h.old_role is not null), '[]'))
    into v_summary
    from jalon_members.role_change_history h
    where h.user_id = role_change_summary.user_id;
    return v_summary;
end
$$;
comment on function jalon.role_change_summary(uuid) is
'A user''s way in short: how many changes, first and current role, when last, and each change in order.';
grant execute on function jalon.role_change_summary(uuid) to jalon_dba;
