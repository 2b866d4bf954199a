set local role jalon_owner;
set local lock_timeout = '5s';
drop index jalon_dossiers.dossier_author_time_idx;
drop index jalon_dossiers.dossier_assignee_time_idx;
drop index jalon_dossiers.dossier_status_time_idx;
