-- Dossiers. Their status is a code of CASE_STATUS under the workflow of their case type; the old enum stays beside it,
-- kept in step through two tables of rows.
set local role jalon_owner;
set local lock_timeout = '5s';

create schema jalon_dossiers;
comment on schema jalon_dossiers is 'Dossiers of several case types.';

create table jalon_dossiers.dossier (
    id uuid constraint dossier_pk primary key default gen_random_uuid(),
    case_type varchar(100),
    status_code varchar(100) not null,
    status varchar(100) not null,
    lead_name varchar(200),
    lead_phone varchar(50),
    source varchar(100),
    assignee varchar(200),
    organisation varchar(200),
    created_at timestamptz not null default now(),
    created_by text not null,
    updated_at timestamptz not null default now(),
    edited_at timestamptz,
    edited_by text,
    revision integer not null default 1,
    status_version integer not null default 1,
    status_changed_at timestamptz not null default now(),
    constraint lead_name_is_not_blank check (lead_name ~ '\S'),
    constraint lead_phone_is_not_blank check (lead_phone ~ '\S'),
    constraint source_is_not_blank check (source ~ '\S'),
    constraint assignee_is_not_blank check (assignee ~ '\S'),
    constraint organisation_is_not_blank check (organisation ~ '\S')
);
comment on table jalon_dossiers.dossier is 'Dossiers of every case type.';
comment on column jalon_dossiers.dossier.id is 'Identifier.';
comment on column jalon_dossiers.dossier.case_type is
'Code of CASE_TYPE, whose workflow the dossier obeys; empty: none.';
comment on column jalon_dossiers.dossier.status_code is
'Where it stands: code of CASE_STATUS. Derived from status where only that is given.';
comment on column jalon_dossiers.dossier.status is
'The same as a code of DOSSIER_STATUS, for clients that know no other; always in step with status_code.';
comment on column jalon_dossiers.dossier.lead_name is 'Name of the lead.';
comment on column jalon_dossiers.dossier.lead_phone is 'Telephone of the lead.';
comment on column jalon_dossiers.dossier.source is 'Where the lead comes from.';
comment on column jalon_dossiers.dossier.assignee is 'Actor who works on it.';
comment on column jalon_dossiers.dossier.organisation is 'Organisation it belongs to.';
comment on column jalon_dossiers.dossier.created_at is 'When it was opened.';
comment on column jalon_dossiers.dossier.created_by is 'Who opened it.';
comment on column jalon_dossiers.dossier.updated_at is 'When anything of it last changed.';
comment on column jalon_dossiers.dossier.revision is 'Counts all changes: 1, 2, 3, … The ETag is made of it.';
comment on column jalon_dossiers.dossier.status_version is 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';
comment on column jalon_dossiers.dossier.status_changed_at is 'When the status last changed. Kept by Jalon.';
comment on column jalon_dossiers.dossier.edited_at is
'When its content was last changed, its status and case type apart.';
comment on column jalon_dossiers.dossier.edited_by is 'Who did that.';
create index idx_dossier_case_type on jalon_dossiers.dossier (case_type);
create index idx_dossier_status_code on jalon_dossiers.dossier (status_code);
create index idx_dossier_case_type_status_code on jalon_dossiers.dossier (case_type, status_code);
create index idx_dossier_assignee on jalon_dossiers.dossier (assignee, updated_at desc, id desc);
create index idx_dossier_updated_at on jalon_dossiers.dossier (updated_at desc, id desc);

create table jalon_dossiers.status_mapping (
    status_code varchar(100) constraint status_mapping_pk primary key,
    status varchar(100) not null,
    rank integer not null default 0
);
comment on table jalon_dossiers.status_mapping is
'Which DOSSIER_STATUS a CASE_STATUS stands for. Changed by jalon.map_dossier_status, which brings the dossiers along.';
comment on column jalon_dossiers.status_mapping.status_code is 'Code of CASE_STATUS.';
comment on column jalon_dossiers.status_mapping.status is 'Code of DOSSIER_STATUS.';
comment on column jalon_dossiers.status_mapping.rank is
'Where several codes stand for one status, the lowest is derived from it.';

create table jalon_dossiers.outcome_mapping (
    outcome text constraint outcome_mapping_pk primary key,
    status varchar(100) not null
);
comment on table jalon_dossiers.outcome_mapping is
'Which DOSSIER_STATUS a code stands for that status_mapping does not name, by its outcome.';
comment on column jalon_dossiers.outcome_mapping.outcome is 'Outcome of the code.';
comment on column jalon_dossiers.outcome_mapping.status is 'Code of DOSSIER_STATUS.';

grant usage on schema jalon_dossiers to jalon_bi, jalon_dba;
grant select on jalon_dossiers.dossier to jalon_bi, jalon_dba;
