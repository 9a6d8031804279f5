-- Ids of accounts were counted up, so after the restore of a backup an account could get the id of another one that was created
-- after the backup, and that other systems still know. A random number of 52 bits, which JSON numbers hold, is not given twice.
alter table users alter column id drop identity;
alter table users alter column id set default
    ('x' || right(replace(gen_random_uuid()::text, '-', ''), 13))::bit(52)::bigint;
