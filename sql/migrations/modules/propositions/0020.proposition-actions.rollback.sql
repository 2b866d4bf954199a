set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_propositions.proposition_custom_action_refusals;
drop table jalon_propositions.proposition_custom_action_events;
drop table jalon_propositions.proposition_custom_actions;
