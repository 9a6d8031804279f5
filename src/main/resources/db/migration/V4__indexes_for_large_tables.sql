-- Each reading of the revocation log asks for the largest id, ten times a second.
create index revocations_by_id on revocations (id);

-- Whoever deletes, demotes or expires an account locks all administrators, who are few.
create index users_administrators on users (id) where role = 'ADMIN';

-- Of addresses without an account, which anybody can make up, the surplus is deleted.
create index login_attempts_of_unknown on login_attempts (last_at) where length(account) = 32;

-- Few events of one kind of an account that has many.
create index audit_events_of_account_and_kind on audit_events (account, kind, id);
