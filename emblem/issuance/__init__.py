"""The desk of an organization or an authority: signing emblems and endorsements, and laying out their records."""
