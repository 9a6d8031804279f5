-- A migration may take longer than the timeouts of a role, or of a connection that a pooler gave to the service before.
set local statement_timeout = 0;
set local lock_timeout = 0;
