"""An installable folder for a machine without a network: wheels, their digests, and a script that installs them."""
