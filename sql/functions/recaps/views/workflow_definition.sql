-- The transitions under the name that people ask for.

create or replace view jalon_recap.workflow_definition as
select d.category, d.case_type, d.version, d.from_status, d.to_status, d.action, d.roles, d.relation, d.requires_reason,
    d.required_fields, d.guard, d.position, d.published_at
from jalon_engine.workflow_definition d;
comment on view jalon_recap.workflow_definition is 'The transitions now in force, one row each.';
comment on column jalon_recap.workflow_definition.category is 'Category.';
comment on column jalon_recap.workflow_definition.case_type is 'Case type; empty where the workflow is for all.';
comment on column jalon_recap.workflow_definition.version is 'Published version.';
comment on column jalon_recap.workflow_definition.from_status is 'Code left; empty for creation.';
comment on column jalon_recap.workflow_definition.to_status is 'Code entered.';
comment on column jalon_recap.workflow_definition.action is 'Name of the action.';
comment on column jalon_recap.workflow_definition.roles is 'Roles that may take it.';
comment on column jalon_recap.workflow_definition.relation is 'Relation that the actor must have to the record.';
comment on column jalon_recap.workflow_definition.requires_reason is 'Whether it requires a reason.';
comment on column jalon_recap.workflow_definition.required_fields is 'Fields that it requires.';
comment on column jalon_recap.workflow_definition.guard is 'Guard that may refuse it.';
comment on column jalon_recap.workflow_definition.position is 'Order.';
comment on column jalon_recap.workflow_definition.published_at is 'Since when.';
grant select on jalon_recap.workflow_definition to jalon_bi, jalon_dba;
