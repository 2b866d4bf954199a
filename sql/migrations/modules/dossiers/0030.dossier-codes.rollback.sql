set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_dossiers.status_mapping;
delete from jalon_dossiers.outcome_mapping;
delete from jalon_engine.rule where category in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS');
delete from jalon_engine.rule_case_type where category in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS');
delete from jalon_engine.referential where category in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS');
delete from jalon_engine.category where code in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS');
