set local role jalon_owner;
set local lock_timeout = '5s';

create type jalon_engine.asked as (
    place integer, id text, target text, expected_from text, expected_version integer, etag text, actor text, roles text, reason text
);
comment on type jalon_engine.asked is
'One move of several that are asked for at once: which record, where to, what its caller believes, who he is (roles of the token, separated by commas) and why.';

create type jalon_engine.answered as (places integer[], answers jalon_engine.answer[]);
comment on type jalon_engine.answered is 'Answers to some of several calls, and the places of these calls.';
