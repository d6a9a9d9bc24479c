"""Many targets: where they come from, the engine that asks about them, and where the findings go."""
