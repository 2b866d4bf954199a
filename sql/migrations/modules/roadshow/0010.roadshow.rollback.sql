set local role jalon_owner;
set local lock_timeout = '5s';
revoke usage on schema jalon_roadshow from jalon_bi;
drop table jalon_roadshow.roadshow_event;
drop table jalon_roadshow.roadshow_counterparty;
drop schema jalon_roadshow;
