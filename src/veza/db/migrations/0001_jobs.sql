-- Work to do later. A job is enqueued in the transaction that makes it necessary, and runs at least once.
CREATE TABLE jobs (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name         text NOT NULL CHECK (name <> ''),
  payload      jsonb NOT NULL,
  status       text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'dead')),
  run_at       timestamptz NOT NULL DEFAULT now(),
  attempts     integer NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND max_attempts),
  max_attempts integer NOT NULL DEFAULT 8 CHECK (max_attempts BETWEEN 1 AND 1000),
  unique_key   text,
  lease        uuid,
  lease_until  timestamptz,
  last_error   text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  CHECK ((status = 'running') = (lease IS NOT NULL AND lease_until IS NOT NULL))
);

-- Of one unique_key, at most one job waits or runs.
CREATE UNIQUE INDEX jobs_unique_key ON jobs (unique_key) WHERE unique_key IS NOT NULL AND status <> 'dead';
CREATE INDEX jobs_due ON jobs (run_at) WHERE status = 'queued';
CREATE INDEX jobs_lease ON jobs (lease_until) WHERE status = 'running';
CREATE INDEX jobs_dead ON jobs (created_at) WHERE status = 'dead';

-- The newest slot of each periodic job that a worker has enqueued.
CREATE TABLE job_slots (
  name       text PRIMARY KEY,
  started_at timestamptz NOT NULL
);
