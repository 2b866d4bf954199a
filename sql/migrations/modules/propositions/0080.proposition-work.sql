-- An index for the start page, which reads the propositions on a code.
set local role jalon_owner;
set local lock_timeout = '5s';

create index proposition_status_idx on jalon_propositions.proposition (status);
