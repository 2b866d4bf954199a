set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_engine.saved_view;
delete from jalon_engine.display_text where code = 'JL405.views';
delete from jalon_engine.constraint_text
where constraint_name in ('name_of_a_view_is_not_blank', 'query_of_a_view_is_an_object');
delete from jalon_engine.permission_rule where permission = 'share_views';
delete from jalon_engine.permission_label where permission = 'share_views';
delete from jalon_engine.permission where code = 'share_views';
