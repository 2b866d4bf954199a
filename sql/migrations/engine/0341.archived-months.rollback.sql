set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_engine.archived_month;
delete from jalon_engine.constraint_text where constraint_name = 'sha256_is_hexadecimal';
delete from jalon_engine.display_text where code in ('keeping.month', 'keeping.month_not_over', 'keeping.month_missing',
    'keeping.month_in_default', 'keeping.rows_differ');
