set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_roadshow.roadshow_event;
drop table jalon_roadshow.roadshow_counterparty;
drop schema jalon_roadshow;
