-- The calls of jalon.role_manager, one function each.

create or replace function jalon.record_initial_role(
    user_id uuid, reason text default null, meta_data jsonb default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The trigger wrote the row when the user was created; reason and meta may be completed in that transaction only.
    if not exists (select from jalon_members.role_change_history h
        where h.user_id = record_initial_role.user_id and h.version = 1
            and h.transaction_id = pg_current_xact_id_if_assigned())
            or not jalon_history.complete_last_change('users', record_initial_role.user_id::text,
            record_initial_role.reason, (select coalesce(h.meta_data, '{}') || record_initial_role.meta_data
                from jalon_members.role_change_history h
                where h.user_id = record_initial_role.user_id and h.version = 1)) then
        perform jalon_engine.require_user(record_initial_role.user_id);
        perform jalon_engine.fail('JL502', jsonb_build_object('table', 'role_change_history', 'operation', 'UPDATE',
            'id', record_initial_role.user_id), 'membership.first_role');
    end if;
end
$$;
comment on function jalon.record_initial_role(uuid, text, jsonb) is
'Completes reason and meta of a user''s first role, in the transaction that created the user and never after.';
grant execute on function jalon.record_initial_role(uuid, text, jsonb) to jalon_dba;

create or replace function jalon.change_user_role(
    user_id uuid, new_role text, changed_by text default null, reason text default null, meta_data jsonb default null,
    changed_at timestamptz default null
)
returns jalon_engine.moved
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_before text[] := jalon_engine.speak_as(change_user_role.changed_by, change_user_role.reason,
        change_user_role.meta_data, change_user_role.changed_at);
    v_old text := (select u.role from jalon_members.users u where u.id = change_user_role.user_id for no key update);
    v_moved jalon_engine.moved;
begin
    if change_user_role.changed_at is null or v_old = change_user_role.new_role then
        v_moved := jalon_engine.move('users', 'role', change_user_role.user_id::text, change_user_role.new_role);
    else
        v_moved := jalon.import_change('jalon_members.users', change_user_role.user_id::text, change_user_role.new_role,
            change_user_role.changed_at, change_user_role.reason, change_user_role.meta_data);
    end if;
    perform jalon_engine.speak_again(v_before);
    return v_moved;
end
$$;
comment on function jalon.change_user_role(uuid, text, text, text, jsonb, timestamptz) is
'Gives a user another role, now or (as an import) at a time past; has_changed is false where it was that role already.';
grant execute on function jalon.change_user_role(uuid, text, text, text, jsonb, timestamptz) to jalon_dba;

create or replace function jalon_engine.require_user(p_user uuid)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from jalon_members.users u where u.id = p_user) then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'users', 'id', p_user));
    end if;
end
$$;
comment on function jalon_engine.require_user(uuid) is 'Fails with JL401 where there is no such user.';
