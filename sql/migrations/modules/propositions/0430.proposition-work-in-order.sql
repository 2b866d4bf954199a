-- Indexes for the start page, which reads a code's propositions in the order of time, and somebody's likewise: with the
-- code or the author alone, all of them had to be read and sorted. In a new database the table is tracked after all
-- migrations; so the two columns of a tracked table are added here.
set local role jalon_owner;
set local lock_timeout = '5s';

alter table jalon_propositions.proposition
add column if not exists status_version integer not null default 1,
add column if not exists status_changed_at timestamptz not null default now();
comment on column jalon_propositions.proposition.status_version is
'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';
comment on column jalon_propositions.proposition.status_changed_at is 'When the status last changed. Kept by Jalon.';
create index proposition_status_time_idx on jalon_propositions.proposition (status, status_changed_at);
create index proposition_author_time_idx on jalon_propositions.proposition (author_id, status_changed_at);
drop index jalon_propositions.proposition_status_idx;
drop index jalon_propositions.proposition_author_idx;
