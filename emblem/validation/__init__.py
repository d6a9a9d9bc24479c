"""The procedure: records, a target, a time and what is trusted in; a verdict out. No input or output of its own."""
