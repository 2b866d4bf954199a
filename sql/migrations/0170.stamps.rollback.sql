set local role jalon_owner;
set local lock_timeout = '5s';

update jalon_engine.message set hint = 'Another trigger fires later than ~jalon_900_stamp; rename it so that it fires before.'
where code = 'JL507' and language = 'en';
update jalon_engine.message set hint = 'Un autre déclencheur passe après ~jalon_900_stamp ; renommez-le pour qu''il passe avant.'
where code = 'JL507' and language = 'fr';
