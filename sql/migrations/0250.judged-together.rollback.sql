set local role jalon_owner;
set local lock_timeout = '5s';

drop sequence jalon_engine.judged_together;
