"""Is it up, is it ready, what is wrong: the questions of probes and operators."""
