"""Pure helpers that every ring may use. No network, no database, no framework; the one home of clock and chance."""
