"""PostgreSQL, one dialect: the pool, the transaction, statements as values, migrations, and the bundled server."""
