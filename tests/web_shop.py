"""A small tracked shop for tests over HTTP."""

SHOP = """
create schema shop;
create table shop.orders (
    id integer generated always as identity primary key, status text not null default 'NEW', customer text, created_by
        text
);
insert into jalon_engine.category (code, label) values ('ORDER_STATUS', 'Orders');
insert into jalon_engine.referential (category, code, label, position, is_initial, is_final)
values ('ORDER_STATUS', 'NEW', 'New', 1, true, false), ('ORDER_STATUS', 'PAID', 'Paid', 2, false, false),
       ('ORDER_STATUS', 'SHIPPED', 'Shipped', 3, false, true), ('ORDER_STATUS', 'CANCELLED', 'Cancelled', 4, false,
           true);
insert into jalon_engine.referential_label (category, code, language, label)
values ('ORDER_STATUS', 'PAID', 'fr', 'Payée'), ('ORDER_STATUS', 'CANCELLED', 'fr', 'Annulée');
insert into jalon_engine.role (code, label) values ('clerk', 'Clerk') on conflict do nothing;
insert into jalon_engine.permission_rule (role, permission) values ('clerk', 'read_all');
insert into jalon_engine.workflow (category, version, state) values ('ORDER_STATUS', 1, 'draft');
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles, requires_reason)
values ('ORDER_STATUS', 1, 'NEW', 'PAID', 'pay', '{clerk}', false),
    ('ORDER_STATUS', 1, 'PAID', 'NEW', 'unpay', '{clerk}', false),
       ('ORDER_STATUS', 1, 'PAID', 'SHIPPED', 'ship', '{clerk}', false), ('ORDER_STATUS', 1, 'NEW', 'CANCELLED',
           'cancel', '{any}', true);
update jalon_engine.workflow set state = 'published', published_at = now() where category = 'ORDER_STATUS';
select jalon_engine.compile_rules('ORDER_STATUS');
select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS', relations => '{"author": "created_by"}');
insert into shop.orders (customer, created_by) select 'customer ' || n, 'author ' || n from generate_series(1, 60) n;
"""
