set local role jalon_owner;
drop table jalon_engine.rule_epoch;
drop table jalon_engine.rule_scope;
drop table jalon_engine.rule;
drop table jalon_engine.action_label;
drop table jalon_engine.workflow_arrival;
drop table jalon_engine.workflow_transition;
drop table jalon_engine.workflow;
drop table jalon_engine.guard;
