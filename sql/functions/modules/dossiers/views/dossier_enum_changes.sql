-- The transitions of the old enum by themselves: changes of status code that mean nothing to it are left out.
create or replace view jalon_recap.dossier_enum_changes as
select
    h.dossier_id, h.version, o.status as old_status, n.status as new_status, h.changed_at, h.changed_by, h.on_behalf_of,
        h.reason, h.kind
from jalon_history.jalon_dossiers__dossier h
left join (
    select f.code, coalesce(m.status, d.status) as status
    from jalon_engine.referential f
    left join jalon_dossiers.status_mapping m on m.status_code = f.code
    left join jalon_dossiers.outcome_mapping d on d.outcome = f.outcome
    where f.category = 'CASE_STATUS'
) o on o.code = h.old_status_code
join (
    select f.code, coalesce(m.status, d.status) as status
    from jalon_engine.referential f
    left join jalon_dossiers.status_mapping m on m.status_code = f.code
    left join jalon_dossiers.outcome_mapping d on d.outcome = f.outcome
    where f.category = 'CASE_STATUS'
) n on n.code = h.new_status_code
where o.status is distinct from n.status;
comment on view jalon_recap.dossier_enum_changes is
'Changes of the enum status of dossiers, derived from their status codes by the present mapping.';
comment on column jalon_recap.dossier_enum_changes.dossier_id is 'Dossier.';
comment on column jalon_recap.dossier_enum_changes.version is 'Version of the dossier after the change.';
comment on column jalon_recap.dossier_enum_changes.old_status is 'Status before; empty on creation.';
comment on column jalon_recap.dossier_enum_changes.new_status is 'Status after.';
comment on column jalon_recap.dossier_enum_changes.changed_at is 'When.';
comment on column jalon_recap.dossier_enum_changes.changed_by is 'By whom.';
comment on column jalon_recap.dossier_enum_changes.on_behalf_of is 'For whom, where another acted.';
comment on column jalon_recap.dossier_enum_changes.reason is 'Why.';
comment on column jalon_recap.dossier_enum_changes.kind is
'create, move, force, migration, import, backfill, timer or test.';
grant select on jalon_recap.dossier_enum_changes to jalon_bi, jalon_dba;
