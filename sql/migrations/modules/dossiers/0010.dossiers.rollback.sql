set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_dossiers.outcome_mapping;
drop table jalon_dossiers.status_mapping;
drop table jalon_dossiers.dossier;
drop schema jalon_dossiers;
