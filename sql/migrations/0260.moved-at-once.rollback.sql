set local role jalon_owner;
set local lock_timeout = '5s';

drop type jalon_engine.answered;
drop type jalon_engine.asked;
