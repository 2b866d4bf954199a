set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.constraint_text where constraint_name in (
    'an_action_is_for_somebody', 'an_action_shows_somewhere', 'code_is_a_word', 'deleted_actions_say_by_whom',
    'visibility_is_known', 'max_holders_is_not_negative', 'max_roles_is_not_negative', 'title_is_not_blank',
    'revocations_say_by_whom', 'user_is_not_blank', 'deleted_roles_say_by_whom', 'a_role_belongs_to_one_proposition',
    'a_custom_role_is_held_once', 'a_key_triggers_once', 'a_role_is_made_once', 'an_action_is_declared_once');
