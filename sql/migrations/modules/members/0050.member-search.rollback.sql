set local role jalon_owner;
set local lock_timeout = '5s';
drop index jalon_members.users_words_idx;
