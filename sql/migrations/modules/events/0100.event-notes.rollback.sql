set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.constraint_text where constraint_name = 'a_note_template_is_named_once';
drop table jalon_events.note_template;
