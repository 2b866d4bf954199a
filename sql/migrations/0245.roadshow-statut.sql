-- Without an index on its status, of which there are three, a counterparty that moves stays in its page and its other
-- indexes are left alone; no question was answered the sooner for it.
set local role jalon_owner;
set local lock_timeout = '5s';

-- The table is small, and the migration runs in a transaction.
-- squawk-ignore require-concurrent-index-deletion
drop index jalon_roadshow.roadshow_counterparty_statut_idx;
