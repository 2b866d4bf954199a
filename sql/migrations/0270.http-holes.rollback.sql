set local role jalon_owner;
set local lock_timeout = '5s';

delete from jalon_engine.display_text m where m.code in ('JL203.replay', 'JL405.template_role');
alter table jalon_engine.idempotency drop column rights;
