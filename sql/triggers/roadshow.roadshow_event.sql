-- Types are codes; and those that history writes, nothing else writes.
create or replace trigger _100_guard before insert or update or delete on roadshow.roadshow_event
for each row execute function logic.tg_roadshow_event__guard();
comment on trigger _100_guard on roadshow.roadshow_event is 'Types are codes of the referential; an event of a change of status is not made, altered or deleted by hand.';
