-- The arrows of every version, drafts included.

create or replace view jalon.arrows as
select a.category, a.case_type, a.version, w.state, a.from_code, a.to_code, a.action, a.roles, a.relation,
    a.requires_reason, a.required_fields, a.guard, a.icon, a.position
from jalon_engine.workflow_arrow a
join jalon_engine.workflow w using (category, case_type, version);
comment on view jalon.arrows is 'Arrows of every version of every workflow.';
comment on column jalon.arrows.category is 'Category.';
comment on column jalon.arrows.case_type is 'Case type or *.';
comment on column jalon.arrows.version is 'Version.';
comment on column jalon.arrows.state is 'State of the version.';
comment on column jalon.arrows.from_code is 'Code it leaves; empty for creation.';
comment on column jalon.arrows.to_code is 'Code it leads to.';
comment on column jalon.arrows.action is 'What taking it is called.';
comment on column jalon.arrows.roles is 'Roles that may take it.';
comment on column jalon.arrows.relation is 'Relation demanded.';
comment on column jalon.arrows.requires_reason is 'Whether a reason is demanded.';
comment on column jalon.arrows.required_fields is 'Fields demanded.';
comment on column jalon.arrows.guard is 'Guard demanded.';
comment on column jalon.arrows.icon is 'Icon.';
comment on column jalon.arrows.position is 'Order.';
grant select on jalon.arrows to jalon_dba;
