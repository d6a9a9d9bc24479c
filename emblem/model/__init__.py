"""What things are: identifiers, tokens, purposes, reasons, verdicts. Frozen values without behaviour of their own."""
