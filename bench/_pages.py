"""The pages that bench/console.py measures: every page of the console; lists at the beginning, deep, with filters."""

# Names in braces are what these queries find: identifiers, and positions half-way down a list as its `after` has them.
FINDS = {
    "order": "select max(id)::text from shop.orders",
    "changed_order": "select '1'",
    "changes_half_way": "select jalon_engine.cursor(jsonb_build_array(changed_at, lpad(version::text, 12, '0'))) "
    "from jalon_history.shop__orders where orders_id = 1 order by version desc offset 500 limit 1",
    "orders_deep": "select jalon_engine.cursor(jsonb_build_array(status_changed_at, id)) from shop.orders "
    "order by status_changed_at desc, id desc offset 50000 limit 1",
    "counterparty": "select min(id)::text from jalon_roadshow.roadshow_counterparty",
    "counterparties_deep": "select jalon_engine.cursor(jsonb_build_array(lower(name), id)) "
    "from jalon_roadshow.roadshow_counterparty order by lower(name), id offset 50000 limit 1",
    "interactions_deep": "select jalon_engine.cursor(jsonb_build_array(date::timestamptz, lpad(id::text, 12, '0'))) "
    "from jalon_roadshow.roadshow_event "
    "where counterparty_id = (select min(id) from jalon_roadshow.roadshow_counterparty) order by date desc, "
    "id desc offset 5000 limit 1",
    "week": "select to_char(now() - interval '7 days', 'IYYY-\"W\"IW')",
    "old_week": "select to_char(now() - interval '200 days', 'IYYY-\"W\"IW')",
    "event": "select id::text from jalon_events.events where organizer_id = 'anna' order by created_at desc limit 1",
    "events_deep": "select jalon_engine.cursor(jsonb_build_array(created_at, id)) from jalon_events.events "
    "where organizer_id = 'anna' order by created_at desc, id desc offset 15000 limit 1",
    "queue_deep": "select jalon_engine.cursor(jsonb_build_array(status_changed_at, id)) from jalon_events.events "
    "where moderation_status = 'under_review' order by status_changed_at, id offset 5000 limit 1",
    "queue_all_deep": "select jalon_engine.cursor(jsonb_build_array(status_changed_at, id)) from jalon_events.events "
    "order by status_changed_at, id offset 50000 limit 1",
    "proposition": "select proposition_id::text from jalon_propositions.proposition_custom_action_events limit 1",
    "action": "select action_id::text from jalon_propositions.proposition_custom_action_events limit 1",
    "propositions_deep": "select jalon_engine.cursor(jsonb_build_array(created_at, id)) "
    "from jalon_propositions.proposition order by created_at desc, id desc offset 50000 limit 1",
    "triggered_deep": "select jalon_engine.cursor(jsonb_build_array(triggered_at, id)) "
    "from jalon_propositions.proposition_custom_action_events order by triggered_at desc, id desc offset 50000 "
    "limit 1",
    "refused_deep": "select jalon_engine.cursor(jsonb_build_array(refused_at, id)) "
    "from jalon_propositions.proposition_custom_action_refusals order by refused_at desc, id desc offset 50000 "
    "limit 1",
    "dossier": "select id::text from jalon_dossiers.dossier order by status_version desc limit 1",
    "case_type": "select case_type from jalon_dossiers.dossier where case_type is not null order by 1 limit 1",
    "status_code": "select status_code from jalon_dossiers.dossier where case_type is not null order by case_type "
    "limit 1",
    "dossiers_deep": "select jalon_engine.cursor(jsonb_build_array(updated_at, id)) from jalon_dossiers.dossier "
    "order by updated_at desc, id desc offset 50000 limit 1",
    "tracked_dossiers_deep": "select jalon_engine.cursor(jsonb_build_array(status_changed_at, id)) "
    "from jalon_dossiers.dossier order by status_changed_at desc, id desc offset 50000 limit 1",
    "person": "select id::text from jalon_members.users order by status_version desc limit 1",
    "people_deep": "select jalon_engine.cursor(jsonb_build_array(lower(name), id)) from jalon_members.users "
    "order by lower(name), id offset 50000 limit 1",
    "changes_deep": "select jalon_engine.cursor(jsonb_build_array(now() - interval '200 days', 0))",
    "notifications_deep": "select jalon_engine.cursor(jsonb_build_array(id)) from jalon_engine.notification "
    "where recipient = 'anna' order by id desc offset 40000 limit 1",
    "webhook": "select webhook_id::text from jalon_engine.webhook_delivery limit 1",
    "delivery": "select message_id::text from jalon_engine.webhook_delivery order by created_at desc, "
    "message_id desc limit 1",
    "deliveries_deep": "select jalon_engine.cursor(jsonb_build_array(created_at, message_id)) "
    "from jalon_engine.webhook_delivery order by created_at desc, message_id desc offset 50000 limit 1",
    "overdue_deep": "select jalon_engine.cursor('[5000]')",
    "month_ago": "select (now() - interval '30 days')::date::text",
    "year_ago": "select (now() - interval '1 year')::date::text",
}
LISTED = """
/console
/console/work/waiting
/console/work/overdue
/console/work/changed
/console/work/mine
/console/work/drafts
/console/search?q=lead+99
/console/search?q=nothing
/console/access
/console/access?who=zoe
/console/kit
/console/roadshow
/console/roadshow?after={counterparties_deep}
/console/roadshow?statut=No-go
/console/roadshow?owner=claire
/console/roadshow?owner=nobody
/console/roadshow?sector=Banque
/console/roadshow?q=99
/console/roadshow?q=nowhere
/console/roadshow/{counterparty}
/console/roadshow/{counterparty}?after={interactions_deep}
/console/roadshow/{counterparty}?kind=change
/console/roadshow/weekly
/console/roadshow/weekly?week={week}
/console/roadshow/weekly?week={old_week}
/console/events
/console/events?after={events_deep}
/console/events?status=completed
/console/events?status=suspended
/console/events?moderation_status=rejected
/console/events?is_published=true
/console/events/new
/console/events/{event}
/console/events/{event}/edit
/console/moderation
/console/moderation?after={queue_deep}
/console/moderation?status=active
/console/moderation?status=suspended
/console/moderation?moderation_status=approved
/console/moderation?moderation_status=flagged
/console/moderation?is_published=true
/console/moderation?is_published=true&after={queue_all_deep}
/console/moderation?organizer_id=oscar
/console/moderation?organizer_id=nobody
/console/propositions
/console/propositions?after={propositions_deep}
/console/propositions?status=adopted
/console/propositions?status=rejected
/console/propositions?author=zoe
/console/propositions?author=nobody
/console/propositions/settings
/console/propositions/{proposition}
/console/propositions/{proposition}/role-history
/console/propositions/{proposition}/actions
/console/propositions/{proposition}/actions/new
/console/propositions/{proposition}/actions/{action}
/console/propositions/{proposition}/log
/console/propositions/{proposition}/log?after={triggered_deep}&refused={refused_deep}
/console/permissions
/console/permissions?module=&table=*&role=*
/console/dossiers
/console/dossiers?after={dossiers_deep}
/console/dossiers?caseType={case_type}
/console/dossiers?statusCode={status_code}
/console/dossiers?caseType={case_type}&statusCode={status_code}
/console/dossiers?outcome=done
/console/dossiers?outcome=dropped
/console/dossiers?assignee=paul
/console/dossiers?assignee=nobody
/console/dossiers?organisation=Lyon
/console/dossiers?organisation=Nowhere
/console/dossiers?text=lead+99
/console/dossiers?text=nothing
/console/dossiers?changedSince={month_ago}
/console/dossiers/new
/console/dossiers/{dossier}
/console/dossiers/{dossier}/edit
/console/members
/console/members?after={people_deep}
/console/members?role=PREMIUM
/console/members?role=ADMIN
/console/members?q=99
/console/members?q=nobody
/console/members/changes
/console/members/changes?days=90
/console/members/changes?days=365
/console/members/changes?days=365&after={changes_deep}
/console/members/changes?days=365&to=PREMIUM
/console/members/changes?days=365&from=PREMIUM
/console/members/changes?days=365&email=person99@example.com
/console/members/{person}
/console/records
/console/records/orders
/console/records/orders?after={orders_deep}
/console/records/orders?status=PAID
/console/records/orders?status=NONE
/console/records/orders?changedSince={month_ago}
/console/records/dossier
/console/records/dossier?after={tracked_dossiers_deep}
/console/records/dossier?caseType={case_type}
/console/records/dossier?caseType=NONE
/console/records/events
/console/records/users
/console/records/orders/{order}
/console/records/orders/{order}/force
/console/records/orders/{changed_order}
/console/records/orders/{changed_order}?after={changes_half_way}
/console/workflows
/console/workflows/ORDER_STATUS/*
/console/workflows/ORDER_STATUS/*?since={year_ago}
/console/workflows/ORDER_STATUS/*?table=orders&id={order}
/console/workflows/ORDER_STATUS/*/file
/console/workflows/EVENT_STATUS/*
/console/workflows/CASE_STATUS/{case_type}
/console/workflows/PROPOSITION_STATUS/*
/console/recaps/mail
/console/recaps
/console/recaps?table=orders
/console/recaps?table=events
/console/recaps?table=dossier&caseType={case_type}
/console/recaps?table=orders&since={month_ago}
/console/recaps?table=orders&since={year_ago}
/console/recaps/funnel
/console/recaps/funnel?table=orders
/console/recaps/funnel?table=events
/console/recaps/funnel?table=dossier&caseType={case_type}
/console/recaps/funnel?table=orders&since={month_ago}
/console/recaps/overdue
/console/recaps/overdue?table=orders
/console/recaps/overdue?table=events
/console/recaps/overdue?table=dossier&caseType={case_type}
/console/recaps/overdue?table=orders&after={overdue_deep}
/console/recaps/transitions
/console/recaps/transitions?table=orders
/console/recaps/transitions?table=events
/console/recaps/transitions?table=dossier&caseType={case_type}
/console/recaps/transitions?table=orders&since={year_ago}
/console/recaps/forced
/console/recaps/forced?table=orders
/console/recaps/forced?table=orders&since={month_ago}
/console/recaps/unreached
/console/recaps/unreached?table=orders
/console/recaps/unreached?table=events
/console/recaps/compliance
/console/recaps/compliance?table=orders
/console/health
/console/webhooks
/console/webhooks/new
/console/webhooks/{webhook}
/console/webhooks/{webhook}?after={deliveries_deep}
/console/webhooks/{webhook}?state=dead
/console/webhooks/{webhook}?state=delivered
/console/webhooks/{webhook}?state=waiting
/console/webhooks/{webhook}/edit
/console/webhooks/{webhook}/deliveries/{delivery}
/console/notifications
/console/notifications?after={notifications_deep}
/console/notifications?unread=true
/console/notifications?type=event_approval
/console/notifications?type=event_status
"""
# Whose own these are among many, and who may see nothing else.
OF_A_MEMBER = """
/console
/console/work/mine
/console/search?q=event+99
/console/roadshow
/console/events
/console/propositions
/console/propositions?status=draft
/console/dossiers
/console/members
/console/records/orders
/console/records/dossier
/console/records/events
/console/records/proposition
/console/records/users
/console/notifications
/console/workflows/ORDER_STATUS/*
"""
PAGES, MEMBERS_PAGES = LISTED.split(), OF_A_MEMBER.split()
