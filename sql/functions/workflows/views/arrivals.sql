-- The arrivals of every version, drafts included.

create or replace view jalon.arrivals as
select a.category, a.case_type, a.version, w.state, a.from_case_type, a.from_code, a.to_code
from jalon_engine.workflow_arrival a
join jalon_engine.workflow w using (category, case_type, version);
comment on view jalon.arrivals is
'Where records that change their case type arrive, in every version of every workflow.';
comment on column jalon.arrivals.category is 'Category.';
comment on column jalon.arrivals.case_type is 'Case type that is arrived in.';
comment on column jalon.arrivals.version is 'Version.';
comment on column jalon.arrivals.state is 'State of the version.';
comment on column jalon.arrivals.from_case_type is 'Case type that is left; * for any.';
comment on column jalon.arrivals.from_code is 'Code before.';
comment on column jalon.arrivals.to_code is 'Code after.';
grant select on jalon.arrivals to jalon_dba;
