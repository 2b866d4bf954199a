-- Indexes for the start page, which reads a code's records in the order of time, and somebody's likewise.
set local role jalon_owner;
set local lock_timeout = '5s';

create index dossier_status_time_idx on jalon_dossiers.dossier (status_code, status_changed_at);
create index dossier_assignee_time_idx on jalon_dossiers.dossier (assignee, status_changed_at);
create index dossier_author_time_idx on jalon_dossiers.dossier (created_by, status_changed_at);
