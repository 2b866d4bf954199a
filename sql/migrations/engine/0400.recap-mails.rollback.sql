set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_engine.mail_sender;
drop table jalon_engine.recap_mail;
drop table jalon_engine.recap_subscription;
delete from jalon_engine.setting where name in ('mail.retry_after', 'mail.roles_count_for', 'mail.confirm_within');
delete from jalon_engine.constraint_text where constraint_name in (
    'day_is_one_of_the_week', 'hour_is_one_of_the_day', 'address_can_be_written_to', 'a_recap_is_subscribed_once',
    'a_week_is_mailed_once', 'a_mail_has_its_own_token', 'there_is_one_row_of_senders');
delete from jalon_engine.display_text where code like 'mail.%'
or code in ('JL405.subscriptions', 'weekly.entered_before', 'weekly.departed_before');
