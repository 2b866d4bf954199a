-- Whoever changes a role, it is remembered; the history goes with the user.
select jalon.track('jalon_members.users', 'role', category => 'USER_ROLE', name => 'users',
    history_key => 'user_id', on_delete => 'cascade', foreign_key => true,
    resolver => 'jalon_engine.user_relations', move_permission => 'change_roles');

-- The indexes that the requirement asks for. On user_id alone there is none: the primary key begins with it.
set local role jalon_historian;
create index if not exists role_change_history_id_idx on jalon_history.jalon_members__users (id);
create index if not exists role_change_history_changed_at_idx on jalon_history.jalon_members__users (changed_at);
create index if not exists role_change_history_user_changed_at_idx
    on jalon_history.jalon_members__users (user_id, changed_at);
