set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.constraint_text where constraint_name in (
    'an_event_ends_after_it_starts', 'an_event_that_ends_starts', 'capacity_is_positive',
    'description_is_ten_thousand_characters_at_most', 'organizer_is_somebody',
    'place_is_five_hundred_characters_at_most', 'price_is_not_negative', 'published_events_have_a_date',
    'published_means_approved', 'title_is_one_to_two_hundred_characters', 'follow_up_sets_something',
    'follow_up_watches_a_known_column', 'notice_watches_a_known_column', 'displays_have_an_order',
    'follow_ups_have_an_order', 'notices_have_an_order');
