-- Types are codes; and those that history writes, nothing else writes. What Jalon's own trigger on
-- history writes need not be asked again: nobody but Jalon's functions runs as its owner, and none but
-- that one writes from so deep.
create or replace trigger _100_guard before insert or update or delete on jalon_roadshow.roadshow_event
for each row when (pg_trigger_depth() < 2 or current_user <> 'jalon_owner')
execute function jalon_engine.tg_roadshow_event__guard();
comment on trigger _100_guard on jalon_roadshow.roadshow_event is
'Types are codes of the referential; an event of a change of status is not made, altered or deleted by hand.';
