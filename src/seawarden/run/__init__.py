"""Source, engine, sinks: the same way for replay, demo, service and shards."""
