set local role jalon_owner;
set local lock_timeout = '5s';
drop index jalon_roadshow.roadshow_counterparty_words_idx;
