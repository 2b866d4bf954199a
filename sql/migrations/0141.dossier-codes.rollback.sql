set local role jalon_owner;
set local lock_timeout = '5s';
delete from dossier.status_mapping;
delete from dossier.outcome_mapping;
delete from lifecycle.rule where category in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS');
delete from lifecycle.rule_scope where category in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS');
delete from lifecycle.referential where category in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS');
delete from lifecycle.category where code in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS');
