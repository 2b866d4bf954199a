set local role jalon_owner;
set local lock_timeout = '5s';

drop type lifecycle.answered;
drop type lifecycle.asked;
