set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text where code like 'webhook.%';
delete from jalon_engine.notification where type = 'webhook_disabled';
delete from jalon_engine.notification_type where code = 'webhook_disabled';
delete from jalon_engine.setting where name like 'webhook.%' or name like 'recap.%';
