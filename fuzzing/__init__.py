"""Looking for inputs that nobody thought of: fuzz targets, what they must keep, and mutation of our own source."""
