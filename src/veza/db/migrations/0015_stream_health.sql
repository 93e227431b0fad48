-- How well the encoder of a stream on air sends, as media measured it last (docs/reference/api.md, live).

alter table streams
    add column health    jsonb,
    add column health_at timestamptz;
