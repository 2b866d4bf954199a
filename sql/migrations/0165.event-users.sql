-- Events name the user who last changed their status, now that there are users.
set local role jalon_owner;
set local lock_timeout = '5s';

-- On delete the name goes, the event stays. No row names anybody yet, so that validation costs nothing.
-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
alter table jalon_events.events add constraint events_status_changed_by_fk
foreign key (status_changed_by) references jalon_members.users (id) on delete set null;
