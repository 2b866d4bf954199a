-- The transitions as the requirements name them, of the versions now in force.

create or replace view jalon_engine.workflow_definition as
select
    a.category, nullif(a.case_type, '*') as case_type, a.version, a.from_code as from_status, a.to_code as to_status,
        a.action, a.roles,
    a.relation, a.requires_reason, a.required_fields, a.guard, a.position, w.published_at
from jalon_engine.workflow_transition a
join jalon_engine.workflow w using (category, case_type, version)
where w.state = 'published';
comment on view jalon_engine.workflow_definition is 'The transitions now in force, one row each.';
comment on column jalon_engine.workflow_definition.category is 'Category.';
comment on column jalon_engine.workflow_definition.case_type is 'Case type; empty where the workflow is for all.';
comment on column jalon_engine.workflow_definition.version is 'Published version.';
comment on column jalon_engine.workflow_definition.from_status is 'Code left; empty for creation.';
comment on column jalon_engine.workflow_definition.to_status is 'Code entered.';
comment on column jalon_engine.workflow_definition.action is 'Name of the action.';
comment on column jalon_engine.workflow_definition.roles is 'Roles that may take it.';
comment on column jalon_engine.workflow_definition.relation is 'Relation that the actor must have to the record.';
comment on column jalon_engine.workflow_definition.requires_reason is 'Whether it requires a reason.';
comment on column jalon_engine.workflow_definition.required_fields is 'Fields that it requires.';
comment on column jalon_engine.workflow_definition.guard is 'Guard that may refuse it.';
comment on column jalon_engine.workflow_definition.position is 'Order.';
comment on column jalon_engine.workflow_definition.published_at is 'Since when.';
