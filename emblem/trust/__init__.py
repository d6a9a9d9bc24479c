"""Trust as files: what a person keeps, read into what validation takes."""
