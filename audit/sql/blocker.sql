-- The oldest open transaction of this database that has written something: sealing waits for it.
-- At most one row.
SELECT activity.usename, activity.pid, activity.application_name, activity.xact_start
  FROM pg_stat_activity AS activity
 WHERE activity.backend_xid IS NOT NULL AND activity.pid <> pg_backend_pid()
   AND activity.datname = current_database()
 UNION ALL
SELECT prepared.owner, NULL, 'prepared transaction ' || prepared.gid, prepared.prepared
  FROM pg_prepared_xacts AS prepared
 WHERE prepared.database = current_database()
 ORDER BY 4
 LIMIT 1
