"""An organization's workspace: what it marks hosts with, in a folder of plain files (``docs/workspace.md``)."""
