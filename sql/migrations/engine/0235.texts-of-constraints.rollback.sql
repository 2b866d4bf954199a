set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.constraint_text where constraint_name in (
    'code_is_not_blank', 'color_is_hexadecimal', 'max_stay_is_positive', 'meta_is_an_object', 'outcome_is_known',
    'published_workflows_say_when', 'state_is_known', 'version_counts_from_one', 'code_is_a_language_tag',
    'on_delete_is_known', 'relations_is_an_object', 'question_is_an_object', 'rate_limit_is_positive',
    'some_type_is_asked_for', 'what_is_disabled_says_why', 'it_is_for_a_person_or_a_permission', 'priority_is_known',
    'a_transition_leads_elsewhere', 'hash_is_sha256', 'name_is_a_word', 'last_row_is_whole', 'operation_is_known',
    'definition_is_an_object', 'http_status_is_an_error', 'sqlstate_is_ours', 'recap_has_a_function',
    'notification_clock_has_one_row', 'rule_epoch_has_one_row', 'there_is_one_secret', 'there_is_one_row',
    'secret_is_of_a_known_kind', 'name_is_not_blank', 'a_history_serves_one_table', 'a_position_is_given_once',
    'a_secret_is_used_once', 'a_table_is_tracked_once', 'a_transition_exists_once', 'a_role_is_held_once',
    'one_language_is_the_default', 'one_version_is_draft', 'one_version_is_published');
delete from jalon_engine.display_text where code like 'native.%';
