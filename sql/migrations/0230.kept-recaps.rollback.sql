set local role jalon_owner;
set local lock_timeout = '5s';

delete from lifecycle.setting where name = 'recap.counted_at_once';
drop table lifecycle.kept_recap;
