"""Work to do later: enqueued in the caller's transaction, run at least once by the worker, never silently lost."""
