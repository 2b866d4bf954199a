-- What jalon_bi_masked sees of propositions.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.masked_column (relation, column_name, treatment) values
('proposition', 'author_id', 'person'),
('proposition', 'title', 'omit'),
('proposition', 'body', 'omit'),
('proposition_roles', 'description', 'omit'),
('proposition_role_assignments', 'user_id', 'person'),
('proposition_role_assignments', 'granted_by', 'person'),
('proposition_role_assignments', 'revoked_by', 'person'),
('proposition_role_assignments', 'revocation_reason', 'omit'),
('proposition_role_changes', 'user_id', 'person'),
('proposition_role_changes', 'happened_by', 'person'),
('proposition_role_changes', 'before', 'omit'),
('proposition_role_changes', 'after', 'omit'),
('proposition_custom_action_events', 'triggered_by', 'person'),
('proposition_custom_action_events', 'input', 'omit'),
('proposition_custom_action_events', 'payload', 'omit'),
('proposition_action_events', 'triggered_by', 'person'),
('proposition_action_events', 'payload', 'omit'),
('proposition_custom_action_refusals', 'actor', 'person'),
('proposition_custom_action_refusals', 'message', 'omit');
