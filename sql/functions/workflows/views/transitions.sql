-- The transitions of every version, drafts included.

create or replace view jalon.transitions as
select a.category, a.case_type, a.version, w.state, a.from_code, a.to_code, a.action, a.roles, a.relation,
    a.requires_reason, a.required_fields, a.guard, a.icon, a.position
from jalon_engine.workflow_transition a
join jalon_engine.workflow w using (category, case_type, version);
comment on view jalon.transitions is 'Transitions of every version of every workflow.';
comment on column jalon.transitions.category is 'Category.';
comment on column jalon.transitions.case_type is 'Case type or *.';
comment on column jalon.transitions.version is 'Version.';
comment on column jalon.transitions.state is 'State of the version.';
comment on column jalon.transitions.from_code is 'Code it leaves; empty for creation.';
comment on column jalon.transitions.to_code is 'Code it leads to.';
comment on column jalon.transitions.action is 'What taking it is called.';
comment on column jalon.transitions.roles is 'Roles that may take it.';
comment on column jalon.transitions.relation is 'Relation that the actor must have to the record.';
comment on column jalon.transitions.requires_reason is 'Whether it requires a reason.';
comment on column jalon.transitions.required_fields is 'Fields that it requires.';
comment on column jalon.transitions.guard is 'Guard that may refuse it.';
comment on column jalon.transitions.icon is 'Icon.';
comment on column jalon.transitions.position is 'Order.';
grant select on jalon.transitions to jalon_dba;
