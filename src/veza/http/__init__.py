"""What every route stands on: the envelope, strict bodies, errors as statuses, limits, idempotency, deadlines."""
