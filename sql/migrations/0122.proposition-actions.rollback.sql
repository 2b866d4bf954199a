set local role jalon_owner;
set local lock_timeout = '5s';
drop table proposition.proposition_custom_action_refusals;
drop table proposition.proposition_custom_action_events;
drop table proposition.proposition_custom_actions;
