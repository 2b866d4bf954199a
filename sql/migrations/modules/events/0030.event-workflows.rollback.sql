set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.workflow where category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');
delete from jalon_engine.guard where name in ('event_may_be_submitted', 'event_may_be_resubmitted',
    'event_may_be_reverted', 'event_may_be_published');
delete from jalon_engine.rule where category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');
delete from jalon_engine.rule_case_type where category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');
delete from jalon_engine.action_label where category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');
delete from jalon_engine.workflow where category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');
delete from jalon_engine.referential where category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');
delete from jalon_engine.category where code in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');
