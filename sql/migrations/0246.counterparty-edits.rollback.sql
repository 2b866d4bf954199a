set local role jalon_owner;
set local lock_timeout = '5s';
alter table jalon_roadshow.roadshow_counterparty drop column revision, drop column edited_at, drop column edited_by;
