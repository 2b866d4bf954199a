-- What the columns of reports mean, one row a key: tools that draw relations between tables want a key of one column.

create or replace view jalon_recap.statuses as
select
    c.status_key, c.category, c.code, c.label, c.description, c.position, c.color, c.icon, c.outcome, c.is_running,
    c.is_initial, c.is_final, c.is_active, c.max_stay_seconds
from jalon_recap.codes c
join jalon_recap.languages l on l.code = c.language and l.is_default;
comment on view jalon_recap.statuses is
'Statuses, one row each, in the default language; jalon_recap.codes has them in every language.';
comment on column jalon_recap.statuses.status_key is 'Category and code; key.';
comment on column jalon_recap.statuses.category is 'Category.';
comment on column jalon_recap.statuses.code is 'Code, as rows and history hold it.';
comment on column jalon_recap.statuses.label is 'Label in the default language.';
comment on column jalon_recap.statuses.description is 'What it means to be here, in the default language.';
comment on column jalon_recap.statuses.position is 'Order in lists.';
comment on column jalon_recap.statuses.color is 'Colour as #rrggbb.';
comment on column jalon_recap.statuses.icon is 'Name of an icon.';
comment on column jalon_recap.statuses.outcome is 'open, active, waiting, done or dropped.';
comment on column jalon_recap.statuses.is_running is
'Whether a record that stands here is still in the pipe: neither done nor dropped.';
comment on column jalon_recap.statuses.is_initial is 'Records may begin here.';
comment on column jalon_recap.statuses.is_final is 'Records end here.';
comment on column jalon_recap.statuses.is_active is 'Whether it may still be entered.';
comment on column jalon_recap.statuses.max_stay_seconds is 'Longest stay, in seconds.';
grant select on jalon_recap.statuses to jalon_bi, jalon_dba;

create or replace view jalon_recap.case_types as
select k.category || ':' || k.case_type as case_type_key, k.category, k.case_type,
    coalesce(w.label, k.case_type) as label, w.version is not null as has_workflow
from (
    select w.category, w.case_type from jalon_engine.workflow w where w.case_type <> '*'
    union
    select c.category, c.case_type from jalon_history.current c where c.case_type is not null
) k
left join jalon_engine.workflow w on w.category = k.category and w.case_type = k.case_type and w.state = 'published'
left join jalon_recap.statuses l on l.category = 'CASE_TYPE' and l.code = k.case_type;
comment on view jalon_recap.case_types is
'Case types that have a workflow of their own, or a record now.';
comment on column jalon_recap.case_types.case_type_key is 'Category and case type; key.';
comment on column jalon_recap.case_types.category is 'Category of the statuses.';
comment on column jalon_recap.case_types.case_type is 'Case type, as records hold it.';
comment on column jalon_recap.case_types.label is 'What its workflow is called, else the case type.';
comment on column jalon_recap.case_types.has_workflow is 'Whether it has a published workflow of its own.';
grant select on jalon_recap.case_types to jalon_bi, jalon_dba;

create or replace view jalon_recap.roles as
select r.code as role, l.code as language, coalesce(o.label, d.label, r.label) as label,
    coalesce(o.description, d.description, r.description) as description
from jalon_engine.role r
cross join jalon_engine.language l
left join jalon_engine.role_label o on o.role = r.code and o.language = l.code
left join jalon_engine.language f on f.is_default
left join jalon_engine.role_label d on d.role = r.code and d.language = f.code;
comment on view jalon_recap.roles is
'Roles in every language; a language and a role are a key.';
comment on column jalon_recap.roles.role is 'Name of the role.';
comment on column jalon_recap.roles.language is 'Language of label and description.';
comment on column jalon_recap.roles.label is 'Label in that language, else in the default language.';
comment on column jalon_recap.roles.description is 'Who holds it.';
grant select on jalon_recap.roles to jalon_bi, jalon_dba;

create or replace view jalon_recap.people as
select c.changed_by as person,
    case when c.changed_by = 'erased' then 'erased' when c.changed_by like 'db:%' then 'database login'
        else 'actor' end as kind,
    count(*) as changes, min(c.changed_at) as first_changed_at, max(c.changed_at) as last_changed_at
from jalon_history.changes c
group by c.changed_by;
comment on view jalon_recap.people is
'People who changed something. It reads the whole history.';
comment on column jalon_recap.people.person is 'Name, as changed_by has it; key.';
comment on column jalon_recap.people.kind is 'actor, database login, or erased: whoever was erased together.';
comment on column jalon_recap.people.changes is 'How many changes they made.';
comment on column jalon_recap.people.first_changed_at is 'When the first.';
comment on column jalon_recap.people.last_changed_at is 'When the last.';
grant select on jalon_recap.people to jalon_bi, jalon_dba;
