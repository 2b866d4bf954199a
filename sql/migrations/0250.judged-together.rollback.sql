set local role jalon_owner;
set local lock_timeout = '5s';

drop sequence lifecycle.judged_together;
