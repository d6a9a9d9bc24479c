"""What is scanned: lists of targets in any form, read as a stream, in the order and with the omissions asked for."""
