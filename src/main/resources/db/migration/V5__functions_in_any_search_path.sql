-- Whoever changes tokens and accounts by SQL may have another search path than the service, as psql and pg_restore do.
alter function keep_login_attempts() set search_path from current;
alter function log_revoked_tokens() set search_path from current;
alter function log_changed_account() set search_path from current;
alter function log_everything() set search_path from current;
