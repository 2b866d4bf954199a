-- When somebody last said that they had seen what changed, so that the start page shows what came after.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.last_look (
    actor text constraint last_look_pk primary key,
    looked_at timestamptz not null default now()
);
comment on table jalon_engine.last_look is 'When an actor last said that they had seen what changed.';
comment on column jalon_engine.last_look.actor is 'Actor.';
comment on column jalon_engine.last_look.looked_at is 'When.';
