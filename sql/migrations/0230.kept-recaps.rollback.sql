set local role jalon_owner;
set local lock_timeout = '5s';

delete from jalon_engine.setting where name = 'recap.counted_at_once';
drop table jalon_engine.cached_recap;
