-- The two columns stay: a tracked table has them.
set local role jalon_owner;
set local lock_timeout = '5s';
create index proposition_author_idx on jalon_propositions.proposition (author_id);
create index proposition_status_idx on jalon_propositions.proposition (status);
drop index jalon_propositions.proposition_author_time_idx;
drop index jalon_propositions.proposition_status_time_idx;
