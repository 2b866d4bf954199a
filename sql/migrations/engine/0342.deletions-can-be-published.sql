-- A publication may hold the deletions of one table: jalon_history.deletion where (tracked = 'orders'). An erasure
-- updates a deletion, and PostgreSQL refuses that unless the filter's column is part of the replica identity.
set local role jalon_historian;
set local lock_timeout = '5s';
alter table jalon_history.deletion replica identity full;
set local role jalon_owner;
