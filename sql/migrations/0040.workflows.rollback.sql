set local role jalon_owner;
drop table lifecycle.rule_epoch;
drop table lifecycle.rule_scope;
drop table lifecycle.rule;
drop table lifecycle.action_label;
drop table lifecycle.workflow_arrow;
drop table lifecycle.workflow;
drop table lifecycle.guard;
