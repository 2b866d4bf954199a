set local role jalon_owner;
set local lock_timeout = '5s';

create index roadshow_counterparty_statut_idx on jalon_roadshow.roadshow_counterparty (statut);
