-- Work that is done by one at a time is guarded by a row that only jalon_owner may lock. An advisory lock can be
-- taken by anybody who may connect.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.turn (
    name text constraint turn_pk primary key
);
comment on table jalon_engine.turn is
'Work that is done by one at a time: whoever does it holds a lock on its row.';
comment on column jalon_engine.turn.name is
'The work. A recap is counted under one of several names, by a digest of its question.';

insert into jalon_engine.turn (name)
values ('fan_out'), ('maintenance'), ('message_triggers')
union all
select 'recap ' || n from generate_series(0, 31) n;
