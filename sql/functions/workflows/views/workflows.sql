-- Every version of every workflow: what is in force, what is being drafted, what was.

create or replace view jalon.workflows as
select w.category, w.case_type, w.version, w.state, w.label, w.revision,
    (select count(*) from jalon_engine.workflow_transition a
     where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)) as transitions,
    w.created_at, w.created_by, w.published_at, w.published_by, w.retired_at
from jalon_engine.workflow w;
comment on view jalon.workflows is 'Versions of workflows.';
comment on column jalon.workflows.category is 'Category.';
comment on column jalon.workflows.case_type is 'Case type; * for all that have none of their own.';
comment on column jalon.workflows.version is 'Version.';
comment on column jalon.workflows.state is 'draft, published or retired.';
comment on column jalon.workflows.label is 'What it is called.';
comment on column jalon.workflows.revision is 'Edits of the draft.';
comment on column jalon.workflows.transitions is 'How many transitions it has.';
comment on column jalon.workflows.created_at is 'When it was begun.';
comment on column jalon.workflows.created_by is 'By whom.';
comment on column jalon.workflows.published_at is 'When it came into force.';
comment on column jalon.workflows.published_by is 'By whom.';
comment on column jalon.workflows.retired_at is 'When it went.';
grant select on jalon.workflows to jalon_dba;
