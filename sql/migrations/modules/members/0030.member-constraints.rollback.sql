set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.constraint_text where constraint_name in (
    'email_looks_like_one', 'an_email_is_used_once');
