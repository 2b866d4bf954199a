set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.constraint_text where constraint_name in (
    'currency_is_three_letters', 'ticket_size_is_not_negative', 'a_change_of_status_makes_one_event');
