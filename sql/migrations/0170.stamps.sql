-- What to do where a trigger altered a status behind the stamp.
set local role jalon_owner;
set local lock_timeout = '5s';

update jalon_engine.message set hint = 'Another trigger alters rows where Jalon does not see it: run jalon.retrack_all(), and name the trigger so that it fires before ~jalon_900_stamp.'
where code = 'JL507' and language = 'en';
update jalon_engine.message set hint = 'Un autre déclencheur modifie des lignes à l''insu de Jalon : lancez jalon.retrack_all(), et nommez-le pour qu''il passe avant ~jalon_900_stamp.'
where code = 'JL507' and language = 'fr';
