-- Whoever changes a role, it is remembered; the history goes with the user.
select jalon.track('membership.users', 'role', category => 'USER_ROLE', name => 'users',
    history => 'membership.role_change_history', history_key => 'user_id', on_delete => 'cascade', foreign_key => true,
    resolver => 'jalon_engine.user_relations');
