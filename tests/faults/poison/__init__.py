"""An app for a living Studio: its engine is killed by one kind of picture."""
