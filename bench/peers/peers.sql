-- The same work for the peers: a status is changed where the transition is allowed, and a history row is written, in one transaction.
create role peer login;
create schema peer;
create table peer.orders (id integer primary key, status text not null default 'NEW', changed_at timestamptz not null default now());
create table peer.history (
    id bigint generated always as identity primary key, order_id integer not null references peer.orders (id),
    old_status text not null, new_status text not null, changed_by text not null, reason text, changed_at timestamptz not null default now()
);
create index on peer.history (order_id, id);
create table peer.transition (from_status text, to_status text, primary key (from_status, to_status));
insert into peer.transition values ('NEW', 'PAID'), ('PAID', 'NEW');
insert into peer.orders (id) select n from generate_series(1, 10000) n;

create function peer.move(id integer, target text, actor text, reason text default null) returns json language plpgsql as $$
declare
    v_from text;
begin
    select o.status into v_from from peer.orders o where o.id = move.id for update;
    if not exists (select from peer.transition a where a.from_status = v_from and a.to_status = move.target) then
        raise sqlstate 'PT409' using message = 'no such transition';
    end if;
    update peer.orders o set status = move.target, changed_at = now() where o.id = move.id;
    insert into peer.history (order_id, old_status, new_status, changed_by, reason) values (move.id, v_from, move.target, move.actor, move.reason);
    return json_build_object('id', move.id, 'from', v_from, 'to', move.target);
end
$$;
-- What the roadshow's endpoint does beyond that: an event of the change, in a table that is asked by record and by day.
create table peer.event (
    id bigint generated always as identity primary key, order_id integer not null references peer.orders (id), type text not null,
    day date not null, meta jsonb not null
);
create index on peer.event (order_id, day, id);
create index on peer.event (day);
create function peer.set_status(id integer, target text, actor text, reason text default null) returns json language plpgsql as $$
declare
    v_moved json := peer.move(set_status.id, set_status.target, set_status.actor, set_status.reason);
begin
    insert into peer.event (order_id, type, day, meta)
    values (set_status.id, 'status_change', current_date, jsonb_build_object('oldStatus', v_moved ->> 'from', 'newStatus', set_status.target));
    return json_build_object('success', true);
end
$$;
grant usage on schema peer to peer;
grant select, insert, update on all tables in schema peer to peer;
grant usage on all sequences in schema peer to peer;
